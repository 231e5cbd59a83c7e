//! What a booth says of itself from the opening to the closed archive.

use belenios::text::{Hash, Uuid};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::hash::Sha256Hash;

use super::{PollState, StatementError, StatementSignature};

/// Where the poll stands, and what the server has noted of the booth that asks: a booth says again what the server does not
/// know (any more, after a backup was restored).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoothState {
    /// Uuid of the election.
    pub poll: Uuid,
    /// Where it stands.
    pub state: PollState,
    /// Whether this booth is known to take part ([`BoothReady`]).
    pub takes_part: bool,
    /// Whether this booth is known to have delivered everything ([`BoothFinished`]).
    pub has_finished: bool,
    /// Whether the server has this booth's statement ([`SignedBoothStatement`]).
    pub has_signed: bool,
    /// Head of the log in the backup that the poll continues from, as long as this booth has to deliver once more whatever it
    /// had delivered before ([`BoothRedelivered`]).
    pub redeliver: Option<Sha256Hash>,
}

/// People at a booth have compared the signed opening sheet with it: from here on it takes part in the poll, and its
/// statement is expected at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoothReady {
    /// Uuid of the election.
    pub poll: Uuid,
    /// Hash of the Setup event, from the opening sheet.
    pub setup_event: Hash,
}

/// Nobody is voting at this booth, and every ballot of it is delivered. Said while the poll is closing, never before: in between
/// it would tell when somebody votes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoothFinished {
    /// Uuid of the election.
    pub poll: Uuid,
}

/// After a backup was restored: the server has answered once more for every ballot that this booth had delivered before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoothRedelivered {
    /// Uuid of the election.
    pub poll: Uuid,
    /// Head of the log in that backup, as the server named it ([`BoothState::redeliver`]).
    pub backup: Sha256Hash,
}

/// A booth has found every ballot it delivered in the closed archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoothStatement {
    /// Uuid of the election.
    pub poll: Uuid,
    /// Hash of the `EndBallots` event of the archive.
    pub end_ballots_event: Hash,
    /// How many ballots this booth delivered, all of them in the archive.
    pub ballots: u64,
}

/// The statement with the signature of the booth's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedBoothStatement {
    /// What the booth says.
    pub statement: BoothStatement,
    /// Signature of the terminal's key over [`BoothStatement::signed_text`].
    pub signature: StatementSignature,
}

impl BoothStatement {
    /// The text that is signed: a line `pingyi-booth/1`, then the statement as compact JSON.
    #[must_use]
    pub fn signed_text(&self) -> String {
        format!("pingyi-booth/1\n{}", serde_json::to_string(self).unwrap_or_default())
    }

    /// Signs the statement with the terminal's key.
    #[must_use]
    pub fn sign(self, terminal: &SigningKey) -> SignedBoothStatement {
        let signature = terminal.sign(self.signed_text().as_bytes()).into();
        SignedBoothStatement { statement: self, signature }
    }
}

impl SignedBoothStatement {
    /// Checks the signature. Whether poll, event and terminal are the right ones is the caller's to compare.
    ///
    /// # Errors
    /// [`StatementError::Signature`]
    pub fn verify(&self, terminal: &VerifyingKey) -> Result<(), StatementError> {
        self.signature.verify(&self.statement.signed_text(), terminal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_holds_for_its_own_key_and_count_only() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let statement = BoothStatement {
            poll: "1r7xvBB2ZoyrxA".parse().unwrap(),
            end_ballots_event: Hash::of(b"end"),
            ballots: 4,
        };
        let signed = statement.sign(&key);
        assert_eq!(signed.verify(&key.verifying_key()), Ok(()));
        let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert_eq!(signed.verify(&other), Err(StatementError::Signature));
        let mut more = signed;
        more.statement.ballots = 5;
        assert_eq!(more.verify(&key.verifying_key()), Err(StatementError::Signature));
    }
}
