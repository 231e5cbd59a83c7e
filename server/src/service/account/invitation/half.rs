//! One half of an invitation code: how it is made, shown and read.

use std::fmt;

use rand::{CryptoRng, RngExt};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::service::account::AccountError;

/// Digits and letters that nobody mistakes for each other: no 0, 1, i, l, o. Their number is a prime, so that the check
/// character finds every single wrong character and every exchange of two neighbours.
const ALPHABET: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// Random characters of a half: 39 bits, which nobody guesses while guessing is slowed down. A check character follows.
const RANDOM: usize = 8;

/// Characters of a group, as a half is shown.
const GROUP: usize = 3;

/// Who was shown a half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// The one who proposed.
    Proposer,
    /// The one who confirmed.
    Confirmer,
}

impl Half {
    /// What the check character begins with, so that two halves typed into each other's field are noticed.
    const fn salt(self) -> usize {
        match self {
            Self::Proposer => 1,
            Self::Confirmer => 2,
        }
    }
}

/// One half of an invitation code; shown once, only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct HalfCode {
    half: Half,
    text: Zeroizing<String>,
}

impl HalfCode {
    pub(super) fn generate(half: Half, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut places = [0_usize; RANDOM];
        places.fill_with(|| RngExt::random_range(rng, 0..ALPHABET.len()));
        let characters = places.into_iter().chain([check(half, &places)]).filter_map(character);
        Self { half, text: Zeroizing::new(characters.collect()) }
    }

    /// Reads what somebody typed: white space, hyphens and case do not matter.
    ///
    /// # Errors
    /// [`AccountError::HalfMistyped`] if the check character does not fit, before anything is compared or counted.
    pub fn read(half: Half, text: &str) -> Result<Self, AccountError> {
        let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(RANDOM.saturating_add(2));
        let text = Zeroizing::new(kept.collect::<String>().to_lowercase());
        let places: Option<Vec<_>> = text.bytes().map(place).collect();
        match places.as_deref().and_then(<[usize]>::split_last) {
            Some((last, random)) if random.len() == RANDOM && *last == check(half, random) => {
                Ok(Self { half, text })
            }
            _ => Err(AccountError::HalfMistyped(half)),
        }
    }

    /// Whose half it is.
    #[must_use]
    pub const fn half(&self) -> Half {
        self.half
    }

    /// The half in groups of three, to be handed to the person.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let groups: Vec<_> =
            self.text.as_bytes().chunks(GROUP).filter_map(|group| str::from_utf8(group).ok()).collect();
        Zeroizing::new(groups.join("-"))
    }

    /// What is hashed as a password is.
    pub(super) fn secret(&self) -> SecretString {
        SecretString::from(format!("invitation {}", self.text.as_str()))
    }
}

/// Never printed by accident.
impl fmt::Debug for HalfCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HalfCode({:?}, …)", self.half)
    }
}

fn character(place: usize) -> Option<char> {
    ALPHABET.get(place).copied().map(char::from)
}

fn place(byte: u8) -> Option<usize> {
    ALPHABET.iter().position(|&known| known == byte)
}

/// Every place counts with a weight of its own, modulo the size of the alphabet.
fn check(half: Half, random: &[usize]) -> usize {
    let weighted = random.iter().zip(3_usize..).map(|(place, weight)| place.saturating_mul(weight));
    weighted.fold(half.salt(), usize::saturating_add) % ALPHABET.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    proptest! {
        #[test]
        fn a_half_is_read_as_it_is_shown_and_never_as_the_other(seed: u64) {
            for (half, other) in [(Half::Proposer, Half::Confirmer), (Half::Confirmer, Half::Proposer)] {
                let code = HalfCode::generate(half, &mut StdRng::seed_from_u64(seed));
                let shown = code.expose();
                prop_assert_eq!(shown.len(), 11);
                let typed = format!(" {} ", shown.to_uppercase().replace('-', " "));
                prop_assert_eq!(HalfCode::read(half, &typed).unwrap(), code);
                prop_assert!(HalfCode::read(other, &shown).is_err());
            }
        }

        #[test]
        fn one_wrong_character_or_two_exchanged_ones_are_noticed(seed: u64, at in 0..9_usize, by in 1..31_usize) {
            let code = HalfCode::generate(Half::Proposer, &mut StdRng::seed_from_u64(seed));
            let mut wrong: Vec<u8> = code.text.bytes().collect();
            wrong[at] = ALPHABET[(place(wrong[at]).unwrap() + by) % 31];
            prop_assert!(HalfCode::read(Half::Proposer, str::from_utf8(&wrong).unwrap()).is_err());
            let mut exchanged: Vec<u8> = code.text.bytes().collect();
            exchanged.swap(at, (at + 1) % 8);
            let same = exchanged == code.text.as_bytes();
            prop_assert_eq!(HalfCode::read(Half::Proposer, str::from_utf8(&exchanged).unwrap()).is_ok(), same);
        }
    }

    #[test]
    fn nothing_else_is_a_half() {
        for text in ["", "2", "222-222-222-2", "评议评议评议评议评", "a-b_c", &"2".repeat(10_000)] {
            let refused = HalfCode::read(Half::Confirmer, text);
            assert!(matches!(refused, Err(AccountError::HalfMistyped(Half::Confirmer))), "{text}");
        }
    }
}
