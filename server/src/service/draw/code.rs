//! The code with which a party hands in its commitment on its own device.

use std::fmt;

use evaluation::hash::Sha256Hash;
use rand::{CryptoRng, RngExt};
use zeroize::Zeroizing;

use super::without_spaces;

/// Digits and letters that nobody mistakes for each other: no 0, 1, i, l, o.
const ALPHABET: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// Ten characters are 49 bits, and a code lives for the hours of one ceremony.
const LENGTH: usize = 10;

/// A code that is good for one commitment of one party; shown once, only its hash is stored.
pub struct CommitmentCode(Zeroizing<String>);

impl CommitmentCode {
    /// A new code.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let pick = |rng: &mut _| -> Option<char> {
            let index = RngExt::random_range(rng, 0..ALPHABET.len());
            ALPHABET.get(index).copied().map(char::from)
        };
        Self(Zeroizing::new((0..LENGTH).filter_map(|_| pick(&mut *rng)).collect()))
    }

    /// What somebody typed: white space, hyphens and case do not matter. Whether there is such a code, its hash tells.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self(Zeroizing::new(without_spaces(text).replace('-', "").to_lowercase()))
    }

    /// The code in two groups, to be handed to the party.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let (first, second) = self.0.split_at_checked(LENGTH / 2).unwrap_or((&self.0, ""));
        Zeroizing::new(format!("{first}-{second}"))
    }

    pub(super) fn hash(&self) -> Sha256Hash {
        Sha256Hash::of(self.0.as_bytes())
    }
}

impl fmt::Debug for CommitmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CommitmentCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rng;

    #[test]
    fn a_code_is_read_however_it_is_typed_and_never_printed_by_accident() {
        let code = CommitmentCode::generate(&mut rng());
        let shown = code.expose();
        assert_eq!(shown.len(), LENGTH + 1);
        for typed in [shown.to_uppercase(), shown.replace('-', " "), format!(" {}\n", shown.replace('-', ""))]
        {
            assert_eq!(CommitmentCode::read(&typed).hash(), code.hash());
        }
        assert_eq!(format!("{code:?}"), "CommitmentCode(…)");
    }
}
