//! A person's name.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::draw::canon::is_forbidden;

/// A person's name as the ID card has it: 1 to 50 letters of any script, which may be joined by `·`, a space, a hyphen,
/// an apostrophe or a full stop; Unicode normal form C.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[expect(missing_docs, reason = "the field is the character that the variant is about")]
pub enum NameError {
    /// Nothing is there.
    Empty,
    /// A control or invisible character.
    Invisible { character: char },
    /// A digit or sign that no name has, or a character of one computer's own font.
    NoLetter { character: char },
    /// More than 50 characters.
    TooLong,
}

impl NameError {
    /// What is wrong and what to do, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Empty => "请填写姓名。".to_owned(),
            Self::Invisible { character } => {
                format!("姓名里有看不见的字符 U+{:04X}，请删去后重新输入。", u32::from(*character))
            }
            Self::NoLetter { character } if is_private(*character) => {
                "姓名里有只在个别电脑上能显示的造字，请换用输入法里的标准字（身份证上的字）。".to_owned()
            }
            Self::NoLetter { character } => {
                format!("姓名里不能有“{character}”。请只填身份证上的姓名，间隔号用“·”。")
            }
            Self::TooLong => "姓名最多 50 个字。请只填身份证上的姓名。".to_owned(),
        }
    }

    /// What is wrong and what to do, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Empty => "Fill in the name.".to_owned(),
            Self::Invisible { character } => format!(
                "The name has the invisible character U+{:04X}; delete it and type the name again.",
                u32::from(*character)
            ),
            Self::NoLetter { character } if is_private(*character) => {
                "The name has a character that only some computers know; type the standard character of the ID card."
                    .to_owned()
            }
            Self::NoLetter { character } => {
                format!("A name has no \"{character}\". Give the name of the ID card alone.")
            }
            Self::TooLong => {
                "A name has 50 characters at the most. Give the name of the ID card alone.".to_owned()
            }
        }
    }
}

impl PersonName {
    /// Most characters of a name.
    pub const LONGEST: usize = 50;

    /// The name that somebody typed. Other signs for the middle dot become `·`; spaces that only set Chinese characters
    /// apart (张　三) are left out, others become one space.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if let Some(character) = text.chars().find(|&character| is_forbidden(character)) {
            return Err(NameError::Invisible { character });
        }
        let composed: String = text.nfc().map(usual).collect();
        let chinese =
            composed.chars().all(|letter| letter.is_whitespace() || letter == '·' || is_chinese(letter));
        let separator = if chinese { "" } else { " " };
        let name = composed.split_whitespace().collect::<Vec<_>>().join(separator);
        let Some(first) = name.chars().next() else { return Err(NameError::Empty) };
        let wrong = name.chars().find(|&character| !character.is_alphabetic() && !joins(character));
        if let Some(character) = wrong.or_else(|| Some(first).filter(|first| !first.is_alphabetic())) {
            return Err(NameError::NoLetter { character });
        }
        if name.chars().count() > Self::LONGEST {
            return Err(NameError::TooLong);
        }
        Ok(Self(name))
    }

    /// The name in full, for those who need it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The name as it is published: of one character nothing, of two the first, of more the first and the last; the
    /// others become `*`, the middle dot too.
    #[must_use]
    pub fn masked(&self) -> String {
        let last = self.0.chars().count().saturating_sub(1);
        let shown = |index: usize| last > 0 && (index == 0 || (index == last && last > 1));
        (0..).zip(self.0.chars()).map(|(index, letter)| if shown(index) { letter } else { '*' }).collect()
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonName({})", self.masked())
    }
}

/// The usual sign for one that looks like it.
const fn usual(character: char) -> char {
    match character {
        '\u{2022}' | '\u{2027}' | '\u{30fb}' | '\u{ff65}' | '\u{22c5}' | '\u{2219}' | '\u{0387}' => '·',
        '\'' | '\u{ff07}' => '’',
        '\u{ff0d}' | '\u{2010}' => '-',
        other => other,
    }
}

const fn joins(character: char) -> bool {
    matches!(character, '·' | '’' | '-' | '.' | ' ')
}

const fn is_chinese(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

const fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> String {
        PersonName::parse(text).unwrap().expose().to_owned()
    }

    #[test]
    fn a_name_is_taken_as_people_write_it() {
        for good in ["张三", "欧阳娜娜", "买买提·艾力", "𠮷田", "李〇", "Anna-Maria Müller", "O’Neil"]
        {
            assert_eq!(name(good), good);
        }
        assert_eq!(name("\u{3000}张\u{3000}三 "), "张三");
        assert_eq!(name("买买提•艾力"), "买买提·艾力");
        assert_eq!(name("Anna  Muller"), "Anna Muller");
        assert_eq!(name("Ame\u{301}lie"), "Amélie");
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_reason() {
        for (text, error) in [
            ("", NameError::Empty),
            (" \u{3000}", NameError::Empty),
            ("张\u{200b}三", NameError::Invisible { character: '\u{200b}' }),
            ("张三\t", NameError::Invisible { character: '\t' }),
            ("张三1", NameError::NoLetter { character: '1' }),
            ("=张三", NameError::NoLetter { character: '=' }),
            ("·张三", NameError::NoLetter { character: '·' }),
            ("张（三）", NameError::NoLetter { character: '（' }),
            ("张\u{e000}", NameError::NoLetter { character: '\u{e000}' }),
        ] {
            assert_eq!(PersonName::parse(text), Err(error), "{text:?}");
        }
        assert_eq!(PersonName::parse(&"张".repeat(51)), Err(NameError::TooLong));
        assert!(PersonName::parse(&"张".repeat(50)).is_ok());
        assert!(NameError::NoLetter { character: '\u{e000}' }.zh().contains("造字"));
    }

    #[test]
    fn the_masked_name_keeps_first_and_last() {
        for (full, masked) in [
            ("张", "*"),
            ("张三", "张*"),
            ("张三丰", "张*丰"),
            ("欧阳娜娜", "欧**娜"),
            ("买买提·艾力", "买****力"),
            ("𠮷田丰", "𠮷*丰"),
        ] {
            assert_eq!(PersonName::parse(full).unwrap().masked(), masked);
        }
    }

    proptest! {
        #[test]
        fn a_name_that_was_taken_is_taken_again_unchanged(text in "\\PC{0,20}|[张三丰·• 　a-zé']{0,20}") {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert_eq!(PersonName::parse(name.expose()), Ok(name.clone()));
                prop_assert_eq!(name.masked().chars().count(), name.expose().chars().count());
            }
        }

        #[test]
        fn no_name_of_two_or_more_is_printed_in_full(text in "[张三丰李四]{2,6}") {
            let name = PersonName::parse(&text).unwrap();
            let printed = format!("{name:?}");
            prop_assert!(!printed.contains(name.expose()));
        }
    }
}
