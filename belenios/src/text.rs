//! The small text forms of the protocol: hashes, fingerprints, identifiers (protocol note §1.4).

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

/// The 58 characters of identifiers and credentials; `0`, `O`, `I` and `l` are not among them.
pub const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// A text is not in the form that its kind demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Not 64 lower-case hexadecimal digits.
    #[error("a hash is written as 64 lower-case hexadecimal digits")]
    Hash,
    /// Not 43 characters of unpadded standard Base64.
    #[error("a fingerprint is written as 43 Base64 characters without padding")]
    Fingerprint,
    /// Not at least 14 Base58 characters.
    #[error("an election identifier has at least 14 Base58 characters")]
    Uuid,
}

/// A SHA-256 value, written as 64 lower-case hexadecimal digits: the name of an object in the archive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for Hash {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| TextError::Hash)?;
        let hash = Self(bytes);
        if hash.to_string() == text { Ok(hash) } else { Err(TextError::Hash) }
    }
}

/// A SHA-256 value in unpadded Base64: the fingerprint of an election, the hash of a ballot, a tracker (回执码).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD_NO_PAD.encode(self.0))
    }
}

impl FromStr for Fingerprint {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let bytes = STANDARD_NO_PAD.decode(text).map_err(|_| TextError::Fingerprint)?;
        bytes.try_into().map(Self).map_err(|_| TextError::Fingerprint)
    }
}

/// The identifier of an election: at least 14 Base58 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(String);

impl Uuid {
    /// A random identifier of 14 characters.
    pub fn random(rng: &mut impl rand::CryptoRng) -> Self {
        Self(random_base58(rng, 14))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Uuid {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        if text.len() >= 14 && text.bytes().all(|byte| BASE58.contains(&byte)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TextError::Uuid)
        }
    }
}

/// `length` uniform Base58 characters.
pub(crate) fn random_base58(rng: &mut impl rand::CryptoRng, length: usize) -> String {
    let mut text = String::with_capacity(length);
    let mut byte = [0];
    while text.len() < length {
        rng.fill_bytes(&mut byte);
        // 232 = 4 · 58: larger bytes would favour the first characters.
        if byte[0] < 232
            && let Some(character) = BASE58.get(usize::from(byte[0] % 58))
        {
            text.push(char::from(*character));
        }
    }
    text
}

macro_rules! sha256_value {
    ($kind:ty) => {
        impl $kind {
            /// The value of `bytes`.
            #[must_use]
            pub fn of(bytes: impl AsRef<[u8]>) -> Self {
                Self(Sha256::digest(bytes.as_ref()).into())
            }

            /// The value with these 32 bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }
    };
}

sha256_value!(Hash);
sha256_value!(Fingerprint);

macro_rules! as_text {
    ($kind:ty) => {
        impl fmt::Debug for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

as_text!(Hash);
as_text!(Fingerprint);
as_text!(Uuid);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_written_as_sha256sum_prints_it_and_read_in_no_other_form() {
        let hash = Hash::of("");
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hash.to_string(), text);
        assert_eq!(text.parse(), Ok(hash));
        for other in [text.to_uppercase().as_str(), &text[1..], ""] {
            assert_eq!(other.parse::<Hash>(), Err(TextError::Hash));
        }
    }

    #[test]
    fn fingerprint_of_nothing_is_the_one_of_the_protocol_note() {
        let fingerprint = Fingerprint::of("");
        assert_eq!(fingerprint.to_string(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
        assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
    }

    #[test]
    fn identifiers_are_base58_of_fourteen_or_more() {
        assert!("12345678912345".parse::<Uuid>().is_ok());
        for text in ["1234567891234", "1234567891234-5", "1234567891234O", "12345678912340"] {
            assert_eq!(text.parse::<Uuid>(), Err(TextError::Uuid), "{text}");
        }
    }
}
