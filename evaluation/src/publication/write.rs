//! Making the files of a publication.

use std::collections::BTreeMap;

use belenios::group::Group;
use belenios::tally::ElectionResult;
use belenios::text::Uuid;
use ed25519_dalek::SigningKey;

use super::closing::Closing;
use super::reconciliation::Reconciliation;
use super::{file, signature};
use crate::decision::Decisions;
use crate::hash::Sha256Hash;
use crate::office::Offices;
use crate::ranking::{Ranking, RankingError};
use crate::rules::{Edition, Rules};
use crate::sanction::Sanctions;
use crate::score::{CountsError, GradeCounts};

/// Everything a publication is made of.
#[derive(Clone, Debug)]
pub struct Publication<'a, G: Group> {
    /// Rules and dates.
    pub edition: &'a Edition,
    /// The rated offices.
    pub offices: &'a Offices,
    /// The files of the draw by name (`pool.tsv`, …).
    pub draw: &'a BTreeMap<String, Vec<u8>>,
    /// Uuid of the election.
    pub uuid: &'a Uuid,
    /// The finished archive.
    pub archive: Vec<u8>,
    /// The result in the archive.
    pub result: &'a ElectionResult,
    /// The sanctions in force.
    pub sanctions: &'a Sanctions,
    /// Ties that the leading group decided.
    pub decisions: &'a Decisions,
    /// The closing statement with the trustees' signatures.
    pub closing: &'a Closing<G>,
    /// The counts.
    pub reconciliation: &'a Reconciliation,
    /// Number of entries and head of the log.
    pub log_head: LogHead,
}

/// The head of the commission's log: how many entries, and the hash of the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogHead {
    /// Entries in the log.
    pub entries: u64,
    /// Hash of the last one.
    pub hash: Sha256Hash,
}

/// The result does not belong to the edition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RankError {
    /// A row of the result has other answers than the rules.
    #[error("the result does not fit the grades")]
    Counts(#[from] CountsError),
    /// The counts, sanctions or decisions do not fit.
    #[error("the ranking cannot be computed")]
    Ranking(#[from] RankingError),
}

/// The ranking that follows from a result.
///
/// # Errors
///
/// [`RankError`] if the result, the sanctions or the decisions do not belong to the offices and rules.
pub fn rank(
    rules: &Rules,
    offices: &Offices,
    result: &ElectionResult,
    sanctions: &Sanctions,
    decisions: &Decisions,
) -> Result<Ranking, RankError> {
    let counts = result.result.iter().map(|row| {
        let row: Result<Vec<u32>, _> = row.iter().map(|count| u32::try_from(*count)).collect();
        GradeCounts::from_answers(rules, &row.map_err(|_| CountsError::TooLarge)?)
    });
    let counts: Vec<_> = counts.collect::<Result<_, _>>()?;
    Ok(Ranking::compute(rules, offices, &counts, sanctions, decisions)?)
}

impl LogHead {
    /// The bytes of `log-head.txt`: number of entries, space, hash, LF.
    #[must_use]
    pub fn to_text(self) -> String {
        format!("{} {}\n", self.entries, self.hash)
    }

    /// Reads exactly what [`LogHead::to_text`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (entries, hash) = text.strip_suffix('\n')?.split_once(' ')?;
        let head = Self { entries: entries.parse().ok()?, hash: hash.parse().ok()? };
        (head.to_text() == text).then_some(head)
    }
}

impl<G: Group> Publication<'_, G> {
    /// All files by name, with sums and signature.
    ///
    /// # Errors
    ///
    /// [`RankError`] if no ranking follows from the result.
    pub fn files(self, key: &SigningKey) -> Result<BTreeMap<String, Vec<u8>>, RankError> {
        let Self { edition, offices, result, sanctions, decisions, .. } = &self;
        let ranking = rank(&edition.rules, offices, result, sanctions, decisions)?;
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut put = |name: &str, text: String| files.insert(name.to_owned(), text.into_bytes());
        put(file::EDITION, edition.to_json());
        put(file::OFFICES, offices.to_csv());
        put(file::RANKING_CSV, ranking.to_csv());
        put(file::RANKING_JSON, ranking.to_json());
        put(file::SANCTIONS, sanctions.to_csv());
        if **decisions != Decisions::default() {
            put(file::DECISIONS, decisions.to_csv());
        }
        put(file::CLOSING, self.closing.to_json());
        put(file::RECONCILIATION, self.reconciliation.to_json());
        put(file::LOG_HEAD, self.log_head.to_text());
        for (name, bytes) in self.draw {
            files.insert(format!("{}{name}", file::DRAW), bytes.clone());
        }
        files.insert(format!("{}{}", self.uuid, file::ARCHIVE_SUFFIX), self.archive);
        let hashes = files.iter().map(|(name, bytes)| (name.clone(), Sha256Hash::of(bytes))).collect();
        let sums = signature::sums(&hashes);
        files.insert(file::SUMS_SIGNATURE.to_owned(), signature::sign(&sums, key).to_vec());
        files.insert(file::SUMS.to_owned(), sums.into_bytes());
        Ok(files)
    }
}
