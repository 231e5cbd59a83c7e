//! Sealed drafts: the choices of a person who has not cast yet, kept by the server so that any booth can go on with the same card.
//!
//! The server sees bytes of one length under a name that only the card tells. It cannot open them: that takes the card and the
//! hall key ([`crate::hall_key`]), which it never has.

use std::{fmt, str::FromStr};

use belenios::text::Uuid;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The header in which a ballot's delivery names the draft that goes with it: a [`DraftLocator`] as text.
pub const DRAFT_HEADER: &str = "pingyi-draft";

/// Bytes of a sealed draft beside one for each office: nonce and tag of XChaCha20-Poly1305, version, order seed, office on the
/// screen, marks.
const AROUND_THE_CHOICES: usize = 24 + 16 + 1 + 32 + 2 + 1;

/// Bytes of every sealed draft of an election with so many offices, whatever was chosen.
#[must_use]
pub const fn sealed_draft_size(offices: usize) -> usize {
    AROUND_THE_CHOICES.saturating_add(offices)
}

/// Under what name a draft is kept: derived from the secret of the card, never from its public half. Written as 64 lower-case
/// hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DraftLocator([u8; 32]);

impl DraftLocator {
    /// The locator of these bytes.
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

/// A draft as it travels and rests: nonce, ciphertext, tag. Written as hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedDraft(Vec<u8>);

impl SealedDraft {
    /// These bytes; whether anybody can open them shows only with the key.
    #[must_use]
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A booth asks for the draft of a card that was presented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftQuery {
    /// Uuid of the election.
    pub poll: Uuid,
    /// The name of the draft.
    pub locator: DraftLocator,
}

/// The answer to a [`DraftQuery`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftReport {
    /// The draft, if there is one.
    pub sealed: Option<SealedDraft>,
}

/// A booth stores a draft in place of an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftSave {
    /// Uuid of the election.
    pub poll: Uuid,
    /// The name of the draft.
    pub locator: DraftLocator,
    /// The draft; [`sealed_draft_size`] bytes.
    pub sealed: SealedDraft,
}

/// A booth drops a draft: the person has begun anew or left for good. One that is not there is fine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftDrop {
    /// Uuid of the election.
    pub poll: Uuid,
    /// The name of the draft.
    pub locator: DraftLocator,
}

/// A text is no locator or no sealed draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftTextError {
    /// It is not written in lower-case hexadecimal digits, 64 of them for a locator.
    #[error("lower-case hexadecimal digits are expected")]
    Digits,
}

impl fmt::Display for DraftLocator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for DraftLocator {
    type Err = DraftTextError;

    fn from_str(text: &str) -> Result<Self, DraftTextError> {
        let mut bytes = [0; 32];
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(DraftTextError::Digits);
        }
        hex::decode_to_slice(text, &mut bytes).map_err(|_| DraftTextError::Digits)?;
        Ok(Self(bytes))
    }
}

/// It names a person's draft, so no log shows it.
impl fmt::Debug for DraftLocator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DraftLocator(hidden)")
    }
}

impl fmt::Debug for SealedDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedDraft({} bytes)", self.0.len())
    }
}

impl Serialize for DraftLocator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DraftLocator {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for SealedDraft {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for SealedDraft {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(text).map(Self).map_err(|_| serde::de::Error::custom(DraftTextError::Digits))
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_json_snapshot;
    use proptest::prelude::*;

    use super::*;

    fn poll() -> Uuid {
        "1r7xvBB2ZoyrxA".parse().unwrap()
    }

    #[test]
    fn what_booth_and_server_say_of_a_draft_is_frozen() {
        let locator = DraftLocator::from_bytes([0xa5; 32]);
        let sealed = SealedDraft::new(vec![0, 1, 0xfe]);
        let query = DraftQuery { poll: poll(), locator };
        let reports = [DraftReport { sealed: None }, DraftReport { sealed: Some(sealed.clone()) }];
        let save = DraftSave { poll: poll(), locator, sealed };
        let drop = DraftDrop { poll: poll(), locator };
        assert_json_snapshot!("draft", (query, reports, save, drop));
    }

    #[test]
    fn debug_output_names_no_draft_and_shows_none() {
        let save = DraftSave {
            poll: poll(),
            locator: DraftLocator::from_bytes([0xa5; 32]),
            sealed: SealedDraft::new(vec![0xa5; 9]),
        };
        assert!(!format!("{save:?}").contains("a5"));
    }

    proptest! {
        #[test]
        fn what_is_sent_comes_back(locator: [u8; 32], sealed: Option<Vec<u8>>) {
            let locator = DraftLocator::from_bytes(locator);
            prop_assert_eq!(locator.to_string().parse(), Ok(locator));
            let report = DraftReport { sealed: sealed.map(SealedDraft::new) };
            let text = serde_json::to_string(&report).unwrap();
            prop_assert_eq!(serde_json::from_str::<DraftReport>(&text).unwrap(), report);
        }

        #[test]
        fn arbitrary_text_is_no_locator_and_never_panics(text: String) {
            prop_assert!(text.parse::<DraftLocator>().is_err());
        }
    }
}
