//! The secret of a party, and the commitment to it (draw specification §5).

use std::fmt;

use rand::CryptoRng;
use zeroize::Zeroizing;

use super::canon::PROTOCOL;
use crate::hash::Sha256Hash;

/// The 32-byte secret of a party, written as 64 lower-case hexadecimal digits. Wiped when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// A text is not 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret is written as 64 lower-case hexadecimal digits")]
pub struct SecretFormatError;

impl Secret {
    /// A fresh secret.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(Zeroizing::new(hex::encode(bytes.as_slice())))
    }

    /// The secret that was printed, typed or scanned.
    ///
    /// # Errors
    /// If `text` is not 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, SecretFormatError> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 64 && text.bytes().all(is_digit) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(SecretFormatError)
        }
    }

    /// The 64 digits, for the sheet in the envelope.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The commitment of party `party` (from 1) to `secret`. The announcement's hash in it stops a replay from another draw,
/// the party's number stops a copy of another party's commitment.
#[must_use]
pub fn commitment(announce_sha256: Sha256Hash, party: usize, secret: &Secret) -> Sha256Hash {
    // Reserved at once, so that growing leaves no copy of the secret behind.
    let mut line = Zeroizing::new(String::with_capacity(256));
    for part in [PROTOCOL, "\tcommit\t", &announce_sha256.to_string(), "\t", &party.to_string(), "\t"] {
        line.push_str(part);
    }
    line.push_str(secret.expose());
    line.push('\n');
    Sha256Hash::of(line.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_is_one_line_that_anyone_can_hash() {
        let (announcement, secret) = (Sha256Hash::of(b"a"), Secret::parse(&"0f".repeat(32)).unwrap());
        let line = format!("public-draw/1\tcommit\t{announcement}\t2\t{}\n", "0f".repeat(32));
        assert_eq!(commitment(announcement, 2, &secret), Sha256Hash::of(line));
    }

    #[test]
    fn a_secret_has_one_spelling_and_is_never_printed_by_accident() {
        for bad in ["", "0f", &"0F".repeat(32), &"0g".repeat(32), &"0f".repeat(33)] {
            assert_eq!(Secret::parse(bad).unwrap_err(), SecretFormatError);
        }
        assert_eq!(format!("{:?}", Secret::parse(&"0f".repeat(32)).unwrap()), "Secret(…)");
    }
}
