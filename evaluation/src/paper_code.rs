//! Secrets that people copy from paper: thirty-two characters that are hard to mistake, in groups of four, with check characters.
//!
//! The alphabet is Crockford's: digits and capital letters without I, L, O and U. Small letters, `O` for zero and `I` or `L` for one are
//! read as what they were meant to be; dashes and white space are passed over.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The characters, by value.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters between two dashes.
const GROUP: usize = 4;
/// Fewer check characters would let too many mistakes through.
const FEWEST_CHECKS: usize = 2;

/// A text is not the code that was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaperCodeError {
    /// A character that no code has.
    #[error("a character of the code is none of its alphabet")]
    Character,
    /// The check characters do not fit.
    #[error("the check characters do not fit, something was mistyped")]
    Check,
    /// Characters are missing, or there are too many.
    #[error("the code does not have the right number of characters")]
    Length,
}

/// The printed form of `bytes`. `kind` goes into the check characters: a code of another kind does not pass.
#[must_use]
pub fn print(kind: &str, bytes: &[u8]) -> Zeroizing<String> {
    let symbols = symbols(kind, bytes);
    // Reserved at once, so that growing leaves no copy of the secret behind.
    let mut text = Zeroizing::new(String::with_capacity(symbols.len().saturating_mul(2)));
    for (place, symbol) in symbols.iter().enumerate() {
        if place > 0 && place % GROUP == 0 {
            text.push('-');
        }
        text.push(char::from(*symbol));
    }
    text
}

/// Reads what [`print()`] wrote.
///
/// # Errors
/// [`PaperCodeError`]
pub fn parse<const LENGTH: usize>(kind: &str, text: &str) -> Result<Zeroizing<[u8; LENGTH]>, PaperCodeError> {
    let mut typed = Zeroizing::new(Vec::with_capacity(text.len()));
    for character in text.chars().filter(|character| !character.is_whitespace() && *character != '-') {
        typed.push(value(character).ok_or(PaperCodeError::Character)?);
    }
    if typed.len() != code_length(LENGTH) {
        return Err(PaperCodeError::Length);
    }
    let mut bytes = Zeroizing::new([0; LENGTH]);
    for (place, byte) in bytes.iter_mut().enumerate() {
        for bit in 0..8 {
            let bit = place.saturating_mul(8).saturating_add(bit);
            let symbol = typed.get(bit / 5).copied().unwrap_or_default();
            *byte = (*byte << 1) | ((symbol >> (4 - bit % 5)) & 1);
        }
    }
    // Also refuses other bits behind the last byte.
    let printed = symbols(kind, bytes.as_slice());
    let same = typed.iter().zip(printed.iter()).all(|(typed, printed)| symbol(*typed) == *printed);
    if same { Ok(bytes) } else { Err(PaperCodeError::Check) }
}

/// The characters without dashes: the bits of the bytes in fives, and check characters up to a full group.
fn symbols(kind: &str, bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut hasher = Sha256::new();
    for piece in ["pingyi-paper-code/1\n".as_bytes(), kind.as_bytes(), b"\n", bytes] {
        hasher.update(piece);
    }
    let check: [u8; 32] = hasher.finalize().into();
    let (data, length) = (data_length(bytes.len()), code_length(bytes.len()));
    let data = (0..data).map(|place| symbol(five_bits(bytes, place)));
    let checks = (0..length.saturating_sub(data.len())).map(|place| symbol(five_bits(&check, place)));
    let mut symbols = Zeroizing::new(Vec::with_capacity(length));
    symbols.extend(data.chain(checks));
    symbols
}

fn data_length(bytes: usize) -> usize {
    bytes.saturating_mul(8).div_ceil(5)
}

fn code_length(bytes: usize) -> usize {
    data_length(bytes).saturating_add(FEWEST_CHECKS).next_multiple_of(GROUP)
}

fn five_bits(bytes: &[u8], place: usize) -> u8 {
    (0..5).fold(0, |value, bit| {
        let bit = place.saturating_mul(5).saturating_add(bit);
        let byte = bytes.get(bit / 8).copied().unwrap_or_default();
        (value << 1) | ((byte >> (7 - bit % 8)) & 1)
    })
}

fn symbol(value: u8) -> u8 {
    ALPHABET.get(usize::from(value)).copied().unwrap_or(b'0')
}

fn value(character: char) -> Option<u8> {
    let character = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        character => character,
    };
    let place = ALPHABET.iter().position(|symbol| char::from(*symbol) == character)?;
    u8::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_printed_is_read_however_it_is_typed(bytes: [u8; 16], long: [u8; 32]) {
            let code = print("test", &bytes);
            prop_assert_eq!(code.len(), 7 * 4 + 6);
            prop_assert_eq!(*parse::<16>("test", &code).unwrap(), bytes);
            let typed = format!(" {} ", code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l"));
            prop_assert_eq!(*parse::<16>("test", &typed).unwrap(), bytes);
            prop_assert_eq!(*parse::<32>("test", &print("test", &long)).unwrap(), long);
        }

        #[test]
        fn a_mistyped_code_is_not_read_as_another_one(bytes: [u8; 32], place in 0..56_usize, other in 0..32_usize) {
            let code = print("test", &bytes).replace('-', "");
            let mut typed = code.clone().into_bytes();
            typed[place] = ALPHABET[other];
            let typed = String::from_utf8(typed).unwrap();
            prop_assume!(typed != code);
            prop_assert_eq!(parse::<32>("test", &typed), Err(PaperCodeError::Check));
        }
    }

    #[test]
    fn what_is_no_code_of_this_kind_is_refused() {
        let code = print("test", &[7; 16]);
        assert_eq!(parse::<16>("other", &code), Err(PaperCodeError::Check));
        assert_eq!(parse::<32>("test", &code), Err(PaperCodeError::Length));
        assert_eq!(parse::<16>("test", &code[1..]), Err(PaperCodeError::Length));
        assert_eq!(parse::<16>("test", &code.replacen('-', "U", 1)), Err(PaperCodeError::Character));
        assert_eq!(parse::<16>("test", ""), Err(PaperCodeError::Length));
    }
}
