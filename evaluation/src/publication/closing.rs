//! `closing.json`: what was true when the poll closed. The trustees sign it with their key shares before they decrypt,
//! so that nothing in it can be tuned to the result.

use belenios::group::Group;
use belenios::proof::Proof;
use belenios::text::{Fingerprint, Hash, Uuid};
use serde::{Deserialize, Serialize};

use super::to_pretty_json;
use crate::hash::Sha256Hash;

/// What the trustees sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosingStatement {
    /// Uuid of the election.
    pub poll: Uuid,
    /// The time in the archive's header, in Unix seconds: nothing else proves it.
    pub archive_timestamp: u64,
    /// Hash of the Setup event, as printed on the opening sheet.
    pub setup_event: Hash,
    /// Hash of the `EndBallots` event.
    pub end_ballots_event: Hash,
    /// Ballots in the archive.
    pub ballots: u64,
    /// Public credentials declared void; none of them may have voted.
    pub void_credentials: Vec<String>,
    /// Second ballots of a credential, each refused because another one was stored.
    pub refused: Vec<RefusedBallot>,
    /// Trackers of ballots that were opened to check a booth; none of them may be counted.
    pub challenged: Vec<Fingerprint>,
    /// Statements of the booths about the ballots they delivered.
    pub booth_statements: Vec<BoothStatement>,
    /// SHA-256 of `sanctions.csv`: sanctions are frozen before the first decryption (mission rule 9).
    pub sanctions_sha256: Sha256Hash,
    /// SHA-256 of `draw/absences.tsv`, if anybody was absent.
    pub absences_sha256: Option<Sha256Hash>,
}

/// A second ballot of a credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedBallot {
    /// Tracker of the ballot that is not stored.
    pub refused: Fingerprint,
    /// Tracker of the ballot that is.
    pub stored: Fingerprint,
}

/// What a booth says of the ballots it delivered. Booths make none yet, so the list is always empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BoothStatement {}

/// A trustee's signature over the statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct TrusteeSignature<G: Group> {
    /// The trustee, from 1 as in the archive.
    pub owner: usize,
    /// The signature (protocol note §5).
    pub signature: Proof<G>,
}

/// The file: the statement and its signatures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Closing<G: Group> {
    /// What is signed.
    pub statement: ClosingStatement,
    /// One signature a trustee who decrypted.
    pub trustee_signatures: Vec<TrusteeSignature<G>>,
}

impl ClosingStatement {
    /// The text that is signed: a line `pingyi-closing/1`, then the statement as compact JSON.
    #[must_use]
    pub fn signed_text(&self) -> String {
        format!("pingyi-closing/1\n{}", serde_json::to_string(self).unwrap_or_default())
    }

    /// Reads [`ClosingStatement::signed_text`].
    ///
    /// # Errors
    ///
    /// The parser's, if it is anything else.
    pub fn parse_signed_text(text: &str) -> Result<Self, serde_json::Error> {
        let json = text.strip_prefix("pingyi-closing/1\n").unwrap_or_default();
        let statement: Self = serde_json::from_str(json)?;
        if statement.signed_text() == text {
            Ok(statement)
        } else {
            Err(serde::de::Error::custom("the statement is not in canonical form"))
        }
    }
}

impl<G: Group> Closing<G> {
    /// The bytes of `closing.json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_pretty_json(self)
    }
}
