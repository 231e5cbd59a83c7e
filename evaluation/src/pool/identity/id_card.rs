//! The number of a resident's ID card 公民身份号码 (GB 11643).

use std::fmt;

use jiff::civil::Date;

use super::plain;

/// A number of 18 characters: six digits of the place, the date of birth, three digits of order, and a check character
/// (ISO 7064, MOD 11-2), which may be X.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdCardNumber {
    text: String,
    born: Date,
}

/// Why a text is no ID card number. The number itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[expect(missing_docs, reason = "the fields are the place or the length that the variant is about")]
pub enum IdCardError {
    /// Something other than a digit, or than X in the last place; positions from 1.
    Character { position: usize },
    /// The check character does not fit: a slip of the pen.
    CheckCharacter,
    /// Digits 7 to 14 are no date.
    Date,
    /// Nothing is there.
    Empty,
    /// Not 18 characters.
    Length { found: usize },
    /// The first two digits are no province.
    Place,
    /// A spreadsheet program has made a rounded number of it.
    Rounded,
}

impl IdCardError {
    /// What is wrong and what to do, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Character { position } => {
                format!("身份证号第 {position} 位不对：前 17 位应为数字，末位为数字或 X。")
            }
            Self::CheckCharacter => {
                "身份证号与末位校验码不符，可能有一位写错或两位颠倒。请对照证件逐位核对。".to_owned()
            }
            Self::Date => "身份证号第 7 至 14 位应为出生日期，所填的不是日期。请对照证件核对。".to_owned(),
            Self::Empty => "请填写身份证号。".to_owned(),
            Self::Length { found: 15 } => "这是 15 位旧号码，请填写现用的 18 位号码。".to_owned(),
            Self::Length { found } => format!("身份证号应为 18 位，所填的有 {found} 位。"),
            Self::Place => "身份证号前两位不是省级行政区代码。请对照证件核对。".to_owned(),
            Self::Rounded => {
                "身份证号被表格软件当成数字，末几位已丢失。请把这一列设为“文本”格式，重新输入。".to_owned()
            }
        }
    }

    /// What is wrong and what to do, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Character { position } => format!(
                "Character {position} of the ID card number is wrong: 17 digits, then a digit or X."
            ),
            Self::CheckCharacter => {
                "The ID card number does not fit its check character: a digit is wrong or two are swapped. Compare it with the card."
                    .to_owned()
            }
            Self::Date => {
                "Digits 7 to 14 of the ID card number are no date of birth. Compare it with the card.".to_owned()
            }
            Self::Empty => "Fill in the ID card number.".to_owned(),
            Self::Length { found: 15 } => "This is an old number of 15 digits; give the one of 18.".to_owned(),
            Self::Length { found } => {
                format!("An ID card number has 18 characters, this one has {found}.")
            }
            Self::Place => {
                "The first two digits of the ID card number are no province. Compare it with the card.".to_owned()
            }
            Self::Rounded => {
                "A spreadsheet program has rounded the ID card number. Make the column text and type it again.".to_owned()
            }
        }
    }
}

/// Codes of the provinces (GB/T 2260), with 81 to 83 for residents from Hong Kong, Macao and Taiwan.
const PROVINCES: [u8; 35] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54,
    61, 62, 63, 64, 65, 71, 81, 82, 83,
];
const LENGTH: usize = 18;
const WEIGHTS: [u32; LENGTH - 1] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: &str = "10X98765432";

impl IdCardNumber {
    /// The number that somebody typed. Full-width characters, spaces, hyphens and a small x are taken without a word.
    ///
    /// # Errors
    /// What exactly is wrong.
    pub fn parse(text: &str) -> Result<Self, IdCardError> {
        let text = plain(text).replace('-', "").to_ascii_uppercase();
        if text.is_empty() {
            return Err(IdCardError::Empty);
        }
        if text.contains("E+") {
            return Err(IdCardError::Rounded);
        }
        let found = text.chars().count();
        if found != LENGTH {
            return Err(IdCardError::Length { found });
        }
        let fits = |(position, character): (usize, char)| {
            character.is_ascii_digit() || (position == LENGTH && character == 'X')
        };
        if let Some((position, _)) = (1..).zip(text.chars()).find(|&place| !fits(place)) {
            return Err(IdCardError::Character { position });
        }
        // A foreigner's permanent residence card begins with 9.
        let is_place = text.starts_with('9')
            || text.get(..2).and_then(|code| code.parse().ok()).is_some_and(|code| PROVINCES.contains(&code));
        if !is_place {
            return Err(IdCardError::Place);
        }
        let born = text.get(6..14).and_then(date).ok_or(IdCardError::Date)?;
        if text.chars().last() == check_character(&text) {
            Ok(Self { text, born })
        } else {
            Err(IdCardError::CheckCharacter)
        }
    }

    /// The number in full, for those who need it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Whether the number is a man's: the last digit of the order is odd.
    #[must_use]
    pub fn is_male(&self) -> bool {
        let order = self.expose().as_bytes().get(16);
        order.is_some_and(|digit| digit % 2 == 1)
    }

    /// The date of birth.
    #[must_use]
    pub const fn born(&self) -> Date {
        self.born
    }
}

impl fmt::Debug for IdCardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdCardNumber(…)")
    }
}

fn date(digits: &str) -> Option<Date> {
    let year: i16 = digits.get(..4)?.parse().ok()?;
    let month = digits.get(4..6)?.parse().ok()?;
    let day = digits.get(6..)?.parse().ok()?;
    Date::new(year, month, day).ok().filter(|_| year >= 1880)
}

/// The check character that belongs to the first 17 digits.
fn check_character(text: &str) -> Option<char> {
    let digits = text.chars().filter_map(|character| character.to_digit(10));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit.saturating_mul(weight)).sum();
    CHECK_CHARACTERS.chars().nth(usize::try_from(sum % 11).ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The example of GB 11643.
    const EXAMPLE: &str = "11010519491231002X";

    #[test]
    fn the_example_of_the_standard_is_taken_however_it_is_typed() {
        let number = IdCardNumber::parse(EXAMPLE).unwrap();
        assert_eq!(number.born().to_string(), "1949-12-31");
        for typed in [
            "11010519491231002x",
            " 110105 19491231 002X ",
            "１１０１０５１９４９１２３１００２Ｘ",
            "110105-19491231-002x",
        ] {
            assert_eq!(IdCardNumber::parse(typed).unwrap().expose(), EXAMPLE);
        }
        assert_eq!(IdCardNumber::parse("440524188001010014").unwrap().born().to_string(), "1880-01-01");
    }

    #[test]
    fn what_is_wrong_is_said_and_the_number_is_not_repeated() {
        for (text, error) in [
            ("", IdCardError::Empty),
            ("1101051949123100", IdCardError::Length { found: 16 }),
            ("110105491231002", IdCardError::Length { found: 15 }),
            ("1101051949123100A2", IdCardError::Character { position: 17 }),
            ("11010519491231002Y", IdCardError::Character { position: 18 }),
            ("X1010519491231002X", IdCardError::Character { position: 1 }),
            ("100105194912310021", IdCardError::Place),
            ("110105194913310021", IdCardError::Date),
            ("110105194902300021", IdCardError::Date),
            ("110105194912310021", IdCardError::CheckCharacter),
            ("1.10105E+17", IdCardError::Rounded),
        ] {
            assert_eq!(IdCardNumber::parse(text), Err(error), "{text:?}");
            assert!(text.is_empty() || !error.zh().contains(text) && !error.en().contains(text));
        }
    }

    #[test]
    fn the_number_is_never_printed_by_accident() {
        assert_eq!(format!("{:?}", IdCardNumber::parse(EXAMPLE).unwrap()), "IdCardNumber(…)");
    }

    proptest! {
        #[test]
        fn every_single_wrong_digit_is_noticed(position in 0_usize..17, change in 1_u8..10) {
            let mut digits = EXAMPLE.as_bytes().to_vec();
            digits[position] = b'0' + (digits[position] - b'0' + change) % 10;
            prop_assert!(IdCardNumber::parse(str::from_utf8(&digits).unwrap()).is_err());
        }

        #[test]
        fn two_swapped_neighbours_are_noticed(position in 0_usize..16) {
            let mut digits = EXAMPLE.as_bytes().to_vec();
            digits.swap(position, position + 1);
            prop_assume!(digits != EXAMPLE.as_bytes());
            prop_assert!(IdCardNumber::parse(str::from_utf8(&digits).unwrap()).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let _ = IdCardNumber::parse(&text);
        }
    }
}
