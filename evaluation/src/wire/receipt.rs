//! What the server signs with the publication key when a ballot arrives.

use std::{fmt, str::FromStr};

use belenios::text::{Fingerprint, Uuid};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The server has stored this ballot durably.
///
/// The signature covers `pingyi-receipt/1\npoll <uuid>\ntracker <tracker>\n`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Uuid of the election.
    pub poll: Uuid,
    /// Tracker of the stored ballot (protocol note §3.5).
    pub tracker: Fingerprint,
    /// Signature of the publication key.
    pub signature: StatementSignature,
}

/// The server does not store this ballot and never will, because another one of the same credential is stored already, or
/// because the card was declared void before.
///
/// The signature covers `pingyi-refusal/1\npoll <uuid>\nrefused <tracker>\n` and then `stored <tracker>\n` or `void\n`.
/// Refusals are published with the reconciliation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// Uuid of the election.
    pub poll: Uuid,
    /// Tracker of the ballot that was refused.
    pub refused: Fingerprint,
    /// Tracker of the ballot that is stored; `null` if the card was declared void.
    pub stored: Option<Fingerprint>,
    /// Signature of the publication key.
    pub signature: StatementSignature,
}

/// An Ed25519 signature, written as 128 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StatementSignature([u8; 64]);

/// Why a receipt or a refusal proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// Another key signed this, or another text.
    #[error("the signature under this statement does not hold")]
    Signature,
    /// A signature is written as 128 lower-case hexadecimal digits.
    #[error("a signature is written as 128 lower-case hexadecimal digits")]
    SignatureFormat,
}

impl Receipt {
    /// Signs that the ballot with this tracker is stored.
    #[must_use]
    pub fn sign(poll: Uuid, tracker: Fingerprint, publication_key: &SigningKey) -> Self {
        let signature = publication_key.sign(receipt_text(&poll, tracker).as_bytes()).into();
        Self { poll, tracker, signature }
    }

    /// Checks the signature. Whether it is the right poll and ballot is the caller's to compare.
    ///
    /// # Errors
    /// [`StatementError::Signature`]
    pub fn verify(&self, publication_key: &VerifyingKey) -> Result<(), StatementError> {
        self.signature.verify(&receipt_text(&self.poll, self.tracker), publication_key)
    }
}

impl Refusal {
    /// Signs that the ballot `refused` is not stored because the ballot `stored` is, or the card void.
    #[must_use]
    pub fn sign(
        poll: Uuid,
        refused: Fingerprint,
        stored: Option<Fingerprint>,
        publication_key: &SigningKey,
    ) -> Self {
        let signature = publication_key.sign(refusal_text(&poll, refused, stored).as_bytes()).into();
        Self { poll, refused, stored, signature }
    }

    /// Checks the signature. Whether it is the right poll and ballot is the caller's to compare.
    ///
    /// # Errors
    /// [`StatementError::Signature`]
    pub fn verify(&self, publication_key: &VerifyingKey) -> Result<(), StatementError> {
        self.signature.verify(&refusal_text(&self.poll, self.refused, self.stored), publication_key)
    }
}

impl StatementSignature {
    pub(super) fn verify(&self, text: &str, key: &VerifyingKey) -> Result<(), StatementError> {
        key.verify_strict(text.as_bytes(), &Signature::from_bytes(&self.0))
            .map_err(|_| StatementError::Signature)
    }
}

impl From<Signature> for StatementSignature {
    fn from(signature: Signature) -> Self {
        Self(signature.to_bytes())
    }
}

impl fmt::Display for StatementSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for StatementSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for StatementSignature {
    type Err = StatementError;

    fn from_str(text: &str) -> Result<Self, StatementError> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(StatementError::SignatureFormat);
        }
        let mut bytes = [0; 64];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| StatementError::SignatureFormat)?;
        Ok(Self(bytes))
    }
}

impl Serialize for StatementSignature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StatementSignature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

fn receipt_text(poll: &Uuid, tracker: Fingerprint) -> String {
    format!("pingyi-receipt/1\npoll {poll}\ntracker {tracker}\n")
}

fn refusal_text(poll: &Uuid, refused: Fingerprint, stored: Option<Fingerprint>) -> String {
    let because = stored.map_or_else(|| "void".to_owned(), |stored| format!("stored {stored}"));
    format!("pingyi-refusal/1\npoll {poll}\nrefused {refused}\n{because}\n")
}

#[cfg(test)]
mod tests {
    use insta::assert_json_snapshot;

    use super::*;

    fn poll() -> Uuid {
        "1r7xvBB2ZoyrxA".parse().unwrap()
    }

    fn tracker() -> Fingerprint {
        Fingerprint::of("")
    }

    fn other() -> Fingerprint {
        Fingerprint::of("other")
    }

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    #[test]
    fn what_is_signed_is_frozen() {
        assert_eq!(
            receipt_text(&poll(), tracker()),
            "pingyi-receipt/1\n\
             poll 1r7xvBB2ZoyrxA\n\
             tracker 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n"
        );
        assert_eq!(
            refusal_text(&poll(), other(), None),
            "pingyi-refusal/1\n\
             poll 1r7xvBB2ZoyrxA\n\
             refused 2SmKENGwc1g33EvYXaxkGw887yekfl1TpU8vP1svz/o\n\
             void\n"
        );
        assert_eq!(
            refusal_text(&poll(), other(), Some(tracker())),
            "pingyi-refusal/1\n\
             poll 1r7xvBB2ZoyrxA\n\
             refused 2SmKENGwc1g33EvYXaxkGw887yekfl1TpU8vP1svz/o\n\
             stored 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n"
        );
    }

    #[test]
    fn receipt_and_refusal_are_frozen_and_come_back() {
        let receipt = Receipt::sign(poll(), tracker(), &key());
        let refusal = Refusal::sign(poll(), tracker(), Some(other()), &key());
        let text = serde_json::to_string(&(&receipt, &refusal)).unwrap();
        assert_eq!(
            serde_json::from_str::<(Receipt, Refusal)>(&text).unwrap(),
            (receipt.clone(), refusal.clone())
        );
        assert_json_snapshot!("receipt_and_refusal", (receipt, refusal));
    }

    #[test]
    fn a_receipt_proves_only_what_was_signed() {
        let public = key().verifying_key();
        let receipt = Receipt::sign(poll(), tracker(), &key());
        assert_eq!(receipt.verify(&public), Ok(()));

        let other_ballot = Receipt { tracker: other(), ..receipt.clone() };
        assert_eq!(other_ballot.verify(&public), Err(StatementError::Signature));
        let other_poll = Receipt { poll: "2r7xvBB2ZoyrxA".parse().unwrap(), ..receipt.clone() };
        assert_eq!(other_poll.verify(&public), Err(StatementError::Signature));
        let other_key = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert_eq!(receipt.verify(&other_key), Err(StatementError::Signature));
    }

    #[test]
    fn a_refusal_names_both_ballots_in_their_roles() {
        let public = key().verifying_key();
        let refusal = Refusal::sign(poll(), tracker(), Some(other()), &key());
        assert_eq!(refusal.verify(&public), Ok(()));
        let swapped = Refusal { refused: other(), stored: Some(tracker()), ..refusal.clone() };
        assert_eq!(swapped.verify(&public), Err(StatementError::Signature));
        let void = Refusal { stored: None, ..refusal };
        assert_eq!(void.verify(&public), Err(StatementError::Signature));
        assert_eq!(Refusal::sign(poll(), tracker(), None, &key()).verify(&public), Ok(()));
    }

    #[test]
    fn a_line_break_cannot_smuggle_in_another_line() {
        let smuggled = serde_json::json!({
            "poll": "1r7xvBB2ZoyrxA\ntracker x",
            "tracker": tracker(),
            "signature": "00".repeat(64),
        });
        assert!(serde_json::from_value::<Receipt>(smuggled).is_err());
    }

    #[test]
    fn a_signature_that_is_not_hexadecimal_is_refused() {
        assert_eq!("zz".parse::<StatementSignature>(), Err(StatementError::SignatureFormat));
        assert_eq!("AB".repeat(64).parse::<StatementSignature>(), Err(StatementError::SignatureFormat));
    }
}
