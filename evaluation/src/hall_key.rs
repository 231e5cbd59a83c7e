//! The hall key 会场密钥: a secret on a slip of paper, made on a trustee's terminal and scanned by each booth at opening. Drafts of ballots
//! on the server open only with the card and this key, so neither a found card nor a stolen database opens one.
//!
//! It is kept in memory and on the one slip, which is destroyed after closing.

use std::fmt;

use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    hash::Sha256Hash,
    paper_code::{self, PaperCodeError},
};

/// What the square code on the slip begins with.
const PREFIX: &str = "PINGYI-HALL:";
/// What is hashed for the mark begins with this, so that the mark is of no other use.
const MARK: &str = "pingyi hall key mark\n";
/// The kind of the printed code.
const KIND: &str = "hall";

/// The 32 bytes. `Debug` hides them, dropping wipes them.
#[derive(Clone, PartialEq, Eq)]
pub struct HallKey(Zeroizing<[u8; 32]>);

/// A text is no hall key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HallKeyError {
    /// It is a square code of something else.
    #[error("this is not the slip with the hall key")]
    Other,
    /// It was mistyped.
    #[error("the hall key was not typed correctly")]
    Mistyped(#[from] PaperCodeError),
}

impl HallKey {
    /// A fresh key.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(bytes)
    }

    /// Reads the square code of the slip, or its characters as a person types them, with or without what stands before the colon.
    ///
    /// # Errors
    /// [`HallKeyError`]
    pub fn parse(text: &str) -> Result<Self, HallKeyError> {
        let text = text.trim();
        let code = match text.split_once(':') {
            Some((prefix, code)) if PREFIX.trim_end_matches(':').eq_ignore_ascii_case(prefix.trim()) => code,
            Some(_) => return Err(HallKeyError::Other),
            None => text,
        };
        Ok(Self(paper_code::parse(KIND, code)?))
    }

    /// The characters in groups of four, for people.
    #[must_use]
    pub fn code(&self) -> Zeroizing<String> {
        paper_code::print(KIND, self.0.as_slice())
    }

    /// What the square code on the slip says.
    #[must_use]
    pub fn scanned(&self) -> Zeroizing<String> {
        Zeroizing::new([PREFIX, self.code().as_str()].concat())
    }

    /// A mark by which two booths find out whether they were given the same key. It tells nothing of the key, which is 32 random
    /// bytes.
    #[must_use]
    pub fn mark(&self) -> Sha256Hash {
        let text = Zeroizing::new([MARK, self.code().as_str()].concat());
        Sha256Hash::of(text.as_str())
    }

    /// The key itself, for deriving the keys of drafts.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for HallKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HallKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    #[test]
    fn a_slip_is_read_scanned_or_typed() {
        let key = HallKey::generate(&mut ChaCha20Rng::seed_from_u64(1));
        assert_eq!(HallKey::parse(&key.scanned()), Ok(key.clone()));
        assert_eq!(HallKey::parse(&format!(" {}\n", key.scanned().to_lowercase())), Ok(key.clone()));
        assert_eq!(HallKey::parse(&key.code().replace('-', " ")), Ok(key));
    }

    #[test]
    fn another_square_code_and_a_slip_of_the_finger_are_told_apart() {
        let key = HallKey::generate(&mut ChaCha20Rng::seed_from_u64(1));
        assert_eq!(HallKey::parse("https://example.invalid/"), Err(HallKeyError::Other));
        let short = HallKey::parse(&key.code()[1..]);
        assert_eq!(short, Err(HallKeyError::Mistyped(PaperCodeError::Length)));
    }

    #[test]
    fn debug_output_shows_no_key() {
        let key = HallKey(Zeroizing::new([0xab; 32]));
        assert_eq!(format!("{key:?}"), "HallKey(…)");
    }

    #[test]
    fn the_same_key_has_the_same_mark_and_another_key_another() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (one, other) = (HallKey::generate(&mut rng), HallKey::generate(&mut rng));
        assert_eq!(HallKey::parse(&one.scanned()).map(|same| same.mark()), Ok(one.mark()));
        assert!(one.mark() != other.mark());
        assert!(!one.mark().to_string().contains(&hex::encode(one.expose())));
    }
}
