//! `closing.json`: what was true when the poll closed. The trustees sign it with their key shares before they decrypt,
//! so that nothing in it can be tuned to the result.

mod check;

use belenios::group::Group;
use belenios::proof::Proof;
use belenios::text::{Fingerprint, Hash, Uuid};
use serde::{Deserialize, Serialize};

use super::exception::Exception;
use super::reconciliation::{Attendance, ByKind};
use super::to_pretty_json;
use crate::hash::Sha256Hash;
use crate::wire::{self, SignedBoothStatement, StatementSignature, VoidCard};

pub use check::{Fault, faults};

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
    /// What the stored rows said when the poll was opened.
    pub zero_report: ZeroReport,
    /// Hash of the `EndBallots` event.
    pub end_ballots_event: Hash,
    /// Ballots in the archive.
    pub ballots: u64,
    /// Cards declared void, each signed with its own credential, sorted by credential; none of them may have voted.
    pub void_cards: Vec<VoidCard>,
    /// Public credentials of cards that are neither void nor used, sorted: not returned, or not readable any more.
    pub not_returned: Vec<String>,
    /// Void statements that came too late, because a ballot of that card is stored: counted, no card is named. A card that is
    /// scanned again after the server has begun anew is counted again.
    pub void_refused: ByKind,
    /// Ballots that were refused, because another one of the same card was stored, or because the card had been declared void.
    pub refused: Vec<RefusedBallot>,
    /// Trackers of ballots that were opened to check a booth; none of them may be counted.
    pub challenged: Vec<Fingerprint>,
    /// The booths that took part, by label and key, each with what it says of the ballots it delivered.
    pub booths: Vec<Booth>,
    /// What the check-in desk counted; `None` if people were not checked in with this program.
    pub attendance: Option<Attendance>,
    /// What two people recorded because something did not go as it must, sorted.
    pub exceptions: Vec<Exception>,
    /// SHA-256 of `sanctions.csv`: sanctions are frozen before the first decryption (mission rule 9).
    pub sanctions_sha256: Sha256Hash,
    /// SHA-256 of `draw/absences.tsv`, if anybody was absent.
    pub absences_sha256: Option<Sha256Hash>,
}

/// The zero report 零票报告: what the stored rows said at the opening, in the transaction that opened the poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZeroReport {
    /// Hash of the Setup event, as printed on the opening sheet.
    pub setup_event: Hash,
    /// Public credentials: as many as cards.
    pub credentials: u64,
    /// Stored ballots; zero.
    pub ballots: u64,
    /// Cards that had been used; zero.
    pub spent: u64,
    /// Cards that had been declared void; zero.
    pub void: u64,
    /// Entries of the commission's log before the opening.
    pub log_entries: u64,
    /// Hash of the last of them.
    pub log_head: Sha256Hash,
}

/// A ballot that was refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedBallot {
    /// Tracker of the ballot that is not stored.
    pub refused: Fingerprint,
    /// Tracker of the ballot of the same card that is; `null` if the card had been declared void.
    pub stored: Option<Fingerprint>,
}

/// A booth that took part: people compared the opening sheet at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Booth {
    /// What stands on its label.
    pub booth: String,
    /// The public half of the key it was enrolled with, in hexadecimal digits.
    pub public_key: String,
    /// What it signed; `null` if it did not, which needs a recorded exception.
    pub statement: Option<BoothStatement>,
}

/// What a booth says of the ballots it delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoothStatement {
    /// How many ballots it delivered, all of them in the archive.
    pub ballots: u64,
    /// Signature of that key over [`wire::BoothStatement::signed_text`] with poll and `EndBallots` event.
    pub signature: StatementSignature,
}

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

impl BoothStatement {
    /// What the booth signed.
    #[must_use]
    pub fn signed(&self, poll: &Uuid, end_ballots_event: Hash) -> SignedBoothStatement {
        let statement = wire::BoothStatement { poll: poll.clone(), end_ballots_event, ballots: self.ballots };
        SignedBoothStatement { statement, signature: self.signature }
    }
}

impl ZeroReport {
    /// Whether nothing had been cast, used or declared void.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.ballots == 0 && self.spent == 0 && self.void == 0
    }
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
