//! A strict verifier of archives: protocol note §7 to §9, and every point that existing tools let through.
//!
//! Beyond what `belenios-tool election verify` checks, it demands the phase order of events, canonical group elements
//! and scalars everywhere, keys that differ, exactly one use of a credential (a policy switch), a published tally that equals the recomputed one, true counts
//! in it, and rows that fit the number of voters. It reads the archive once (twice where revotes are allowed) and
//! holds one batch of ballots in memory.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::archive::{ArchiveError, Entry, EventType, Reader};
use crate::election;
use crate::group::{Group, GroupName};
use crate::tally::ElectionResult;
use crate::text::{Fingerprint, Hash, Uuid};
use crate::with_group;

mod ballots;
mod decryption;
mod setup;
mod verifier;

use verifier::Verifier;

/// Whether a credential may sign several ballots, of which the last counts (protocol note §3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revotes {
    /// Legal in Belenios.
    Allowed,
    /// A second ballot of a credential is a finding.
    Forbidden,
}

/// Longer than the text of an element of any group.
const LONGEST_CREDENTIAL: usize = 1024;

/// What an archive must satisfy beyond the protocol.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Whether revotes are allowed.
    pub revotes: Revotes,
    /// The event that the archive must have reached; [`EventType::Result`] for a finished election.
    pub complete_until: EventType,
}

/// What is wrong, for programs. The text form is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Code {
    /// The bytes are not exactly an archive.
    Archive,
    /// A ballot is malformed, not canonical, wrongly proved or signed, or of another election.
    Ballot,
    /// Parent, height, payload or number of data members of an event are wrong.
    Chain,
    /// The list of credentials is malformed, or names one twice.
    Credentials,
    /// A partial decryption is malformed or not proved, or its trustee has none or two.
    Decryption,
    /// The same ballot stands in the archive twice.
    DuplicateBallot,
    /// The election object is malformed, or its key is not the trustees' key.
    Election,
    /// The archive ends before the event that it must reach.
    Incomplete,
    /// An event stands where its type may not.
    PhaseOrder,
    /// The published result is not the one that the partial decryptions give.
    Result,
    /// A credential signed several ballots although the policy forbids it.
    Revote,
    /// The setup data does not name the objects before it.
    Setup,
    /// The published encrypted tally or its counts are not the recomputed ones.
    Tally,
    /// The list of trustees is malformed, or a proof of knowledge does not hold.
    Trustees,
    /// A ballot is signed with a credential that is not on the list.
    UnknownCredential,
    /// The group or kind of question or trustee is not supported by this crate.
    Unsupported,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// One thing that is wrong with an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The kind of fault.
    pub code: Code,
    /// The height of the event it was found at, from 0.
    pub event: Option<u64>,
    /// A sentence.
    pub message: String,
}

/// What an archive says, as far as it could be read.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The exact election object.
    pub election: Option<String>,
    /// The election's identifier.
    pub uuid: Option<Uuid>,
    /// The exact list of trustees.
    pub trustees: Option<String>,
    /// The public credentials as listed.
    pub credentials: Vec<String>,
    /// The time in the archive's header, in Unix seconds. Nothing in the archive proves it.
    pub timestamp: u64,
    /// The hash of the Setup event: printed on the opening sheet.
    pub setup: Option<Hash>,
    /// The hash of the `EndBallots` event.
    pub end_ballots: Option<Hash>,
    /// The hash of the last event: it commits to everything.
    pub head: Option<Hash>,
    /// The trackers of all ballots in archive order.
    pub trackers: Vec<Fingerprint>,
    /// The credentials of all accepted ballots, in archive order.
    pub voted: Vec<String>,
    /// The published result.
    pub result: Option<ElectionResult>,
}

/// What the verifier found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Everything that is wrong; empty for an archive that can be accepted.
    pub findings: Vec<Finding>,
    /// What the archive says.
    pub facts: Facts,
}

impl Report {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, code: Code, event: Option<u64>, message: impl Into<String>) {
        self.findings.push(Finding { code, event, message: message.into() });
    }
}

/// Verifies an archive and returns all findings. Only a failing source is an error.
pub fn verify<R: Read + Seek>(mut source: R, policy: Policy) -> io::Result<Report> {
    let last_ballots = match policy.revotes {
        Revotes::Allowed => Some(last_ballots(&mut source)?),
        Revotes::Forbidden => None,
    };
    source.seek(SeekFrom::Start(0))?;
    let mut report = Report::default();
    let mut reader = match Reader::new(io::BufReader::new(source)) {
        Ok(reader) => reader,
        Err(error) => return stop(report, error),
    };
    let first = match reader.next_entry() {
        Ok(Some(entry)) => entry,
        Ok(None) => {
            report.find(Code::Incomplete, None, "the archive has no event");
            return Ok(report);
        }
        Err(error) => return stop(report, error),
    };
    let name = match group_of(&first) {
        Ok(name) => name,
        Err(message) => {
            report.find(Code::Setup, Some(0), message);
            return Ok(report);
        }
    };
    match GroupName::from_str(&name) {
        Ok(name) => with_group!(name, G => run::<_, G>(reader, first, policy, last_ballots)),
        Err(unknown) => {
            report.find(Code::Unsupported, Some(0), unknown.to_string());
            Ok(report)
        }
    }
}

fn run<R: Read, G: Group>(
    mut reader: Reader<R>,
    first: Entry,
    policy: Policy,
    last_ballots: Option<HashMap<String, u64>>,
) -> io::Result<Report> {
    let mut verifier = Verifier::<G>::new(policy, last_ballots);
    verifier.report.facts.timestamp = reader.timestamp();
    verifier.entry(first);
    loop {
        match reader.next_entry() {
            Ok(Some(entry)) => verifier.entry(entry),
            Ok(None) => return Ok(verifier.finish()),
            Err(error) => return stop(verifier.finish(), error),
        }
    }
}

/// Ends with the error as a finding, unless the source itself failed.
fn stop(mut report: Report, error: ArchiveError) -> io::Result<Report> {
    match error {
        ArchiveError::Io(error) => Err(error),
        error => {
            let code = match error {
                ArchiveError::UnknownEvent(_) => Code::Unsupported,
                _ => Code::Archive,
            };
            report.find(code, None, error.to_string());
            Ok(report)
        }
    }
}

/// The group that the election of a Setup entry names.
fn group_of(first: &Entry) -> Result<String, &'static str> {
    if first.event.event_type != EventType::Setup {
        return Err("the archive does not begin with a Setup event");
    }
    let (_, election) = first.data.first().ok_or("the Setup event has no election")?;
    let text = std::str::from_utf8(election).map_err(|_| "the election is not UTF-8 text")?;
    election::group_name(text).map_err(|_| "the election object cannot be read")
}

/// The height of the last ballot of each credential; what cannot be read is left to the second reading.
fn last_ballots<R: Read>(source: &mut R) -> io::Result<HashMap<String, u64>> {
    #[derive(Deserialize)]
    struct OnlyCredential {
        credential: String,
    }
    let mut last = HashMap::new();
    let mut reader = match Reader::new(io::BufReader::new(source)) {
        Ok(reader) => reader,
        Err(ArchiveError::Io(error)) => return Err(error),
        Err(_) => return Ok(last),
    };
    loop {
        match reader.next_entry() {
            Ok(Some(entry)) if entry.event.event_type == EventType::Ballot => {
                let ballot = entry.data.last().map(|(_, bytes)| serde_json::from_slice(bytes));
                if let Some(Ok(OnlyCredential { credential })) = ballot
                    && credential.len() <= LONGEST_CREDENTIAL
                {
                    last.insert(credential, entry.event.height);
                }
            }
            Ok(Some(_)) => {}
            Err(ArchiveError::Io(error)) => return Err(error),
            Ok(None) | Err(_) => return Ok(last),
        }
    }
}
