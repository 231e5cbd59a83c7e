//! A phone number in mainland China.

use std::fmt;

use super::plain;

/// A mobile number of 11 digits, or a line with its area code; digits alone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// Why a text is no phone number. The number itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
pub enum PhoneError {
    /// Nothing is there.
    Empty,
    /// Neither a mobile number nor a line with its area code.
    Format,
}

impl PhoneError {
    /// What is wrong and what to do, in Chinese.
    #[must_use]
    pub const fn zh(&self) -> &'static str {
        match self {
            Self::Empty => "请填写电话号码。",
            Self::Format => "电话号码不对：手机为 11 位，座机请带区号，如 0319-5800000。",
        }
    }

    /// What is wrong and what to do, in English.
    #[must_use]
    pub const fn en(&self) -> &'static str {
        match self {
            Self::Empty => "Fill in the phone number.",
            Self::Format => {
                "This is no phone number: a mobile has 11 digits, a line needs its area code, such as 0319-5800000."
            }
        }
    }
}

impl Phone {
    /// The number that somebody typed. Full-width digits, spaces, hyphens, brackets and +86 are taken without a word.
    ///
    /// # Errors
    /// If it is neither a mobile number nor a line with its area code.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let mut digits = plain(text);
        if digits.is_empty() {
            return Err(PhoneError::Empty);
        }
        digits.retain(|character| !matches!(character, '-' | '(' | ')' | '–' | '—'));
        let national = digits.strip_prefix("+86").or_else(|| digits.strip_prefix("0086")).unwrap_or(&digits);
        let all_digits = national.bytes().all(|byte| byte.is_ascii_digit());
        let is_mobile = national.len() == 11
            && national.starts_with('1')
            && national.get(1..2).is_some_and(|second| second >= "3");
        let is_line = (10..=12).contains(&national.len())
            && national.starts_with('0')
            && national.get(1..2).is_some_and(|second| second >= "1");
        if all_digits && (is_mobile || is_line) {
            Ok(Self(national.to_owned()))
        } else {
            Err(PhoneError::Format)
        }
    }

    /// The number in full, for those who need it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_spelling() {
        for (typed, stored) in [
            ("13800138000", "13800138000"),
            ("+86 138-0013-8000", "13800138000"),
            ("１３８００１３８０００", "13800138000"),
            ("（0319）5800000", "03195800000"),
            ("010-62345678", "01062345678"),
        ] {
            assert_eq!(Phone::parse(typed).unwrap().expose(), stored);
        }
    }

    #[test]
    fn other_texts_are_refused_and_none_is_printed() {
        assert_eq!(Phone::parse(" "), Err(PhoneError::Empty));
        for bad in
            ["1380013800", "23800138000", "12800138000", "138001380001", "5800000", "1.38E+10", "1380013800a"]
        {
            assert_eq!(Phone::parse(bad), Err(PhoneError::Format), "{bad}");
        }
        assert_eq!(format!("{:?}", Phone::parse("13800138000").unwrap()), "Phone(…)");
    }
}
