//! 核验本机: a booth says that a ballot is about to be opened, and afterwards what was opened.

use belenios::text::{Fingerprint, Uuid};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::{StatementError, StatementSignature};

/// A ballot is about to be opened. Said before anything that opens it leaves the booth's memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeNotice {
    /// Uuid of the election.
    pub poll: Uuid,
    /// Tracker of the ballot, as the booth has shown it (protocol note §3.5).
    pub tracker: Fingerprint,
}

/// The server will never store the ballot with this tracker.
///
/// The signature covers `pingyi-challenge/1\npoll <uuid>\ntracker <tracker>\n`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengePromise {
    /// Uuid of the election.
    pub poll: Uuid,
    /// Tracker of the ballot that will never be stored.
    pub tracker: Fingerprint,
    /// Address of the page where other devices find what was opened. Not signed: what is found there proves itself.
    pub page: String,
    /// Signature of the publication key.
    pub signature: StatementSignature,
}

/// A ballot that was opened, for other devices to fetch while the poll is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedBallotFile {
    /// Uuid of the election.
    pub poll: Uuid,
    /// The text of [`belenios::ballot::OpenedBallot::to_json`].
    pub opened: String,
}

impl ChallengePromise {
    /// Signs that the ballot with this tracker will never be stored.
    #[must_use]
    pub fn sign(poll: Uuid, tracker: Fingerprint, page: String, publication_key: &SigningKey) -> Self {
        let signature = publication_key.sign(promise_text(&poll, tracker).as_bytes()).into();
        Self { poll, tracker, page, signature }
    }

    /// Checks the signature. Whether it is the right poll and ballot is the caller's to compare.
    ///
    /// # Errors
    /// [`StatementError::Signature`]
    pub fn verify(&self, publication_key: &VerifyingKey) -> Result<(), StatementError> {
        self.signature.verify(&promise_text(&self.poll, self.tracker), publication_key)
    }
}

/// The name under which an opened ballot is saved, by its tracker.
#[must_use]
pub fn opened_file_name(tracker: &Fingerprint) -> String {
    let hex = hex::encode(tracker.as_bytes());
    format!("challenge-{}.json", hex.get(..12).unwrap_or(&hex))
}

fn promise_text(poll: &Uuid, tracker: Fingerprint) -> String {
    format!("pingyi-challenge/1\npoll {poll}\ntracker {tracker}\n")
}

#[cfg(test)]
mod tests {
    use insta::assert_json_snapshot;

    use super::*;

    fn poll() -> Uuid {
        "1r7xvBB2ZoyrxA".parse().unwrap()
    }

    fn promise() -> ChallengePromise {
        let page = "http://10.0.0.1:8600/challenge".to_owned();
        ChallengePromise::sign(poll(), Fingerprint::of(""), page, &SigningKey::from_bytes(&[7; 32]))
    }

    #[test]
    fn what_a_challenge_says_and_hears_is_frozen_and_comes_back() {
        let notice = ChallengeNotice { poll: poll(), tracker: Fingerprint::of("") };
        let opened = OpenedBallotFile { poll: poll(), opened: "{}".into() };
        let said = (notice, promise(), opened);
        let text = serde_json::to_string(&said).unwrap();
        let again: (ChallengeNotice, ChallengePromise, OpenedBallotFile) =
            serde_json::from_str(&text).unwrap();
        assert_eq!(again, said);
        assert_json_snapshot!("challenge", said);
    }

    #[test]
    fn a_promise_is_about_one_ballot_of_one_poll_and_no_receipt() {
        let public = SigningKey::from_bytes(&[7; 32]).verifying_key();
        let promise = promise();
        assert_eq!(promise.verify(&public), Ok(()));
        let other_ballot = ChallengePromise { tracker: Fingerprint::of("other"), ..promise.clone() };
        assert_eq!(other_ballot.verify(&public), Err(StatementError::Signature));
        let other_poll = ChallengePromise { poll: "2r7xvBB2ZoyrxA".parse().unwrap(), ..promise.clone() };
        assert_eq!(other_poll.verify(&public), Err(StatementError::Signature));
        let receipt = super::super::Receipt {
            poll: promise.poll,
            tracker: promise.tracker,
            signature: promise.signature,
        };
        assert_eq!(receipt.verify(&public), Err(StatementError::Signature));
    }

    #[test]
    fn a_file_is_named_by_its_tracker() {
        assert_eq!(opened_file_name(&Fingerprint::of("")), "challenge-e3b0c44298fc.json");
    }
}
