//! Ids, one type each, so that none can stand in for another.
//!
//! Ids are random (UUID version 4) or chosen by people; none contains a time or a sequence (a version 7 UUID would
//! tell the millisecond at which a row was made).

use std::{fmt, str::FromStr};

use rand::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text is not an id of the expected kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}: {rule}")]
pub struct IdError {
    kind: &'static str,
    rule: &'static str,
}

impl IdError {
    pub(super) const fn new(kind: &'static str, rule: &'static str) -> Self {
        Self { kind, rule }
    }
}

/// An id that is kept as checked text.
macro_rules! text_id {
    ($(#[$meta:meta])* $name:ident, $kind:literal, $rule:literal, $check:path) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                if $check(text) { Ok(Self(text.to_owned())) } else { Err(IdError { kind: $kind, rule: $rule }) }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// A [`text_id`] that is a random UUID.
macro_rules! random_id {
    ($(#[$meta:meta])* $name:ident, $kind:literal) => {
        text_id!($(#[$meta])* $name, $kind, "a lower-case version 4 UUID", is_random_uuid);

        impl $name {
            /// A new random id.
            #[must_use]
            pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
                Self(random_uuid(rng))
            }
        }
    };
}

text_id!(
    /// A county (tenant): what keeps the rows of several counties in one database apart.
    CountyId, "county id", "1 to 32 of a–z, 0–9 and -", is_county
);
text_id!(
    /// A poll: the `uuid` of the Belenios election (protocol note §2), at least 14 Base58 characters.
    PollId, "poll id", "14 to 64 Base58 characters", is_poll
);
random_id!(
    /// An account: somebody who signs in to the console.
    AccountId, "account id"
);
random_id!(
    /// One year's evaluation.
    EditionId, "edition id"
);
random_id!(
    /// A person recommended for the pool; not the id inside the pool.
    NominationId, "nomination id"
);
random_id!(
    /// A device in the hall.
    TerminalId, "terminal id"
);
random_id!(
    /// A device that asks to be let in.
    EnrolmentId, "enrolment id"
);
random_id!(
    /// An act that waits for its second person.
    ProposalId, "proposal id"
);

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const POLL_ID_LENGTH: usize = 14;

impl PollId {
    /// A new random poll id of 14 Base58 characters (82 bits).
    #[must_use]
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut text = String::with_capacity(POLL_ID_LENGTH);
        while text.len() < POLL_ID_LENGTH {
            let mut byte = [0];
            rng.fill_bytes(&mut byte);
            // Six bits, those from 58 on are thrown away: every character is equally likely.
            if let Some(&character) = BASE58.get(usize::from(byte[0] & 0x3f)) {
                text.push(char::from(character));
            }
        }
        Self(text)
    }
}

fn is_county(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_poll(text: &str) -> bool {
    (POLL_ID_LENGTH..=64).contains(&text.len()) && text.bytes().all(|byte| BASE58.contains(&byte))
}

fn is_random_uuid(text: &str) -> bool {
    uuid::Uuid::try_parse(text)
        .is_ok_and(|uuid| uuid.get_version_num() == 4 && uuid.as_hyphenated().to_string() == text)
}

fn random_uuid(rng: &mut (impl CryptoRng + ?Sized)) -> String {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid().as_hyphenated().to_string()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    #[test]
    fn generated_ids_are_read_back() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let account = AccountId::generate(&mut rng);
        assert_eq!(account.as_str().parse(), Ok(account));
        let poll = PollId::generate(&mut rng);
        assert_eq!(poll.as_str().len(), 14);
        assert_eq!(poll.as_str().parse(), Ok(poll));
    }

    #[test]
    fn ids_that_tell_a_time_are_refused() {
        let version_7 = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert!(version_7.parse::<TerminalId>().is_err());
    }

    #[test]
    fn malformed_ids_are_refused() {
        for text in ["", "Ningjin", "宁晋", "a/b", "a".repeat(33).as_str()] {
            assert!(text.parse::<CountyId>().is_err(), "{text}");
        }
        for text in ["short", "0OIl0OIl0OIl0OIl", "1r7xvBB2ZoyrxA/../x"] {
            assert!(text.parse::<PollId>().is_err(), "{text}");
        }
        assert!("67E55044-10B1-426F-9247-BB680E5FE0C8".parse::<AccountId>().is_err());
    }
}
