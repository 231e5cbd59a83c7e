//! Short texts about a person: the recommending unit, the workplace and position.

use unicode_normalization::UnicodeNormalization;

use crate::draw::canon::is_forbidden;

/// Most characters of such a text.
const LONGEST: usize = 100;

/// Why a short text cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[expect(missing_docs, reason = "the field is the character that the variant is about")]
pub enum NoteError {
    /// A control or invisible character.
    Invisible { character: char },
    /// More than 100 characters.
    TooLong,
}

impl NoteError {
    /// What is wrong and what to do, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Invisible { character } => {
                format!("含有看不见的字符 U+{:04X}，请删去后重新输入。", u32::from(*character))
            }
            Self::TooLong => format!("最多 {LONGEST} 个字，请写短一些。"),
        }
    }

    /// What is wrong and what to do, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Invisible { character } => format!(
                "It has the invisible character U+{:04X}; delete it and type the text again.",
                u32::from(*character)
            ),
            Self::TooLong => format!("{LONGEST} characters at the most; make it shorter."),
        }
    }
}

/// The text in Unicode normal form C without white space at its ends; it may be empty.
///
/// # Errors
/// If it has an invisible character or more than 100 characters.
pub fn note(text: &str) -> Result<String, NoteError> {
    if let Some(character) = text.trim().chars().find(|&character| is_forbidden(character)) {
        return Err(NoteError::Invisible { character });
    }
    let text: String = text.trim().nfc().collect();
    if text.chars().count() > LONGEST { Err(NoteError::TooLong) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_one_clean_line() {
        assert_eq!(note(" 县医院\u{3000}").as_deref(), Ok("县医院"));
        assert_eq!(note("").as_deref(), Ok(""));
        assert_eq!(note("县\n医院"), Err(NoteError::Invisible { character: '\n' }));
        assert_eq!(note(&"县".repeat(101)), Err(NoteError::TooLong));
    }
}
