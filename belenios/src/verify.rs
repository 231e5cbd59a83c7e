//! A strict verifier of archives: protocol note §7 to §9, and every point that existing tools let through.
//!
//! Beyond what `belenios-tool election verify` checks, it demands the phase order of events, canonical group elements
//! and scalars everywhere, keys that differ, exactly one use of a credential (a policy switch), a published tally that equals the recomputed one, true counts
//! in it, and rows that fit the number of voters.
//!
//! It reads the archive once (twice where revotes are allowed) and holds one batch of ballots in memory. Beyond that it
//! keeps a few bytes for every credential of the list, and 32 for every ballot that replaces an earlier one. It goes on
//! after a fault wherever the rest can still be read, so that a report names everything that is wrong.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

use crate::archive::{ArchiveError, Entry, EventType, Reader};
use crate::election;
use crate::group::{Group, UnknownGroup};
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

/// An archive made to fill the memory has more; nobody reads them.
const MOST_FINDINGS: usize = 10_000;

/// What an archive must satisfy beyond the protocol.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Whether revotes are allowed.
    pub revotes: Revotes,
    /// The event that the archive must have reached; [`EventType::Result`] for a finished election.
    pub complete_until: EventType,
}

impl Policy {
    /// What a finished election must satisfy where every credential signs one ballot at the most.
    pub const STRICT: Self = Self { revotes: Revotes::Forbidden, complete_until: EventType::Result };
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
    /// How many ballots there are, good or not.
    pub ballots: u64,
    /// The trackers of all ballots in archive order; only [`verify_listing`] fills it.
    pub trackers: Vec<Fingerprint>,
    /// The credentials of all accepted ballots, in archive order; only [`verify_listing`] fills it.
    pub voted: Vec<String>,
    /// Whose partial decryptions hold, by owner number from 1, in archive order.
    pub decrypted_by: Vec<usize>,
    /// The published result.
    pub result: Option<ElectionResult>,
}

/// What the verifier found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Everything that is wrong; empty for an archive that can be accepted.
    pub findings: Vec<Finding>,
    /// What is no fault, but what other programs may refuse.
    pub warnings: Vec<Finding>,
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
        match self.findings.len() {
            ..MOST_FINDINGS => self.findings.push(Finding { code, event, message: message.into() }),
            MOST_FINDINGS => {
                let message = format!("more than {MOST_FINDINGS} things are wrong; only these are listed");
                self.findings.push(Finding { code, event, message });
            }
            _ => {}
        }
    }

    fn warn(&mut self, code: Code, event: Option<u64>, message: impl Into<String>) {
        self.warnings.push(Finding { code, event, message: message.into() });
    }

    /// Takes in what the reader noted.
    fn note(&mut self, faults: &mut Vec<ArchiveError>, event: Option<u64>) {
        for fault in faults.drain(..) {
            self.find(Code::Archive, event, fault.to_string());
        }
    }
}

/// Verifies an archive and returns all findings. Only a failing source is an error.
pub fn verify<R: Read + Seek>(source: R, policy: Policy) -> io::Result<Report> {
    verify_noting(source, policy, false)
}

/// [`verify`], and lists the ballots in [`Facts::trackers`] and [`Facts::voted`]: these grow with the number of ballots.
pub fn verify_listing<R: Read + Seek>(source: R, policy: Policy) -> io::Result<Report> {
    verify_noting(source, policy, true)
}

fn verify_noting<R: Read + Seek>(mut source: R, policy: Policy, lists: bool) -> io::Result<Report> {
    let last_ballots = match policy.revotes {
        Revotes::Allowed => Some(last_ballots(&mut source)?),
        Revotes::Forbidden => None,
    };
    source.seek(SeekFrom::Start(0))?;
    let (mut report, mut faults) = (Report::default(), Vec::new());
    let read = Reader::new_noting(io::BufReader::new(source), &mut faults)
        .and_then(|mut reader| Ok((reader.next_entry_noting(&mut faults)?, reader)));
    report.note(&mut faults, Some(0));
    let (first, reader) = match read {
        Ok((Some(first), reader)) => (first, reader),
        Ok((None, _)) => {
            report.find(Code::Incomplete, None, "the archive has no event");
            return Ok(report);
        }
        Err(error) => return stop(report, error, 0),
    };
    report.facts.timestamp = reader.timestamp();
    match group_of(&first).map(|name| name.parse()) {
        Ok(Ok(group)) => with_group!(group, G => {
            run(reader, first, Verifier::<G>::new(policy, lists, last_ballots, report))
        }),
        Ok(Err(UnknownGroup(name))) => {
            report.find(Code::Unsupported, Some(0), format!("the group {name:?} is not supported"));
            Ok(report)
        }
        Err(message) => {
            report.find(Code::Setup, Some(0), message);
            Ok(report)
        }
    }
}

fn run<R: Read, G: Group>(
    mut reader: Reader<R>,
    first: Entry,
    mut verifier: Verifier<G>,
) -> io::Result<Report> {
    verifier.entry(first);
    let mut faults = Vec::new();
    loop {
        let height = verifier.height();
        let entry = reader.next_entry_noting(&mut faults);
        verifier.report.note(&mut faults, Some(height));
        match entry {
            Ok(Some(entry)) => verifier.entry(entry),
            Ok(None) => return Ok(verifier.finish()),
            Err(error) => return stop(verifier.finish(), error, height),
        }
    }
}

/// Ends with the error as a finding, unless the source itself failed.
fn stop(mut report: Report, error: ArchiveError, height: u64) -> io::Result<Report> {
    match error {
        ArchiveError::Io(error) => Err(error),
        error => {
            let code = match error {
                ArchiveError::UnknownEvent(_) => Code::Unsupported,
                _ => Code::Archive,
            };
            report.find(code, Some(height), error.to_string());
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

/// The height of the last ballot of each listed credential; what cannot be read is left to the second reading.
fn last_ballots<R: Read>(source: &mut R) -> io::Result<HashMap<String, u64>> {
    #[derive(Deserialize)]
    struct OnlyCredential {
        credential: String,
    }
    let (mut last, mut listed) = (HashMap::new(), HashSet::new());
    let mut faults = Vec::new();
    let mut reader = match Reader::new_noting(io::BufReader::new(source), &mut faults) {
        Ok(reader) => reader,
        Err(ArchiveError::Io(error)) => return Err(error),
        Err(_) => return Ok(last),
    };
    let mut height = 0;
    loop {
        faults.clear();
        match reader.next_entry_noting(&mut faults) {
            Ok(Some(entry)) => {
                match (entry.event.event_type, entry.data.as_slice()) {
                    (EventType::Setup, [_, _, (_, credentials), ..]) if height == 0 => {
                        listed.extend(setup::credentials_of(credentials));
                    }
                    (EventType::Ballot, [.., (_, ballot)]) => {
                        if let Ok(OnlyCredential { credential }) = serde_json::from_slice(ballot)
                            && listed.contains(&credential)
                        {
                            last.insert(credential, height);
                        }
                    }
                    _ => {}
                }
                height += 1;
            }
            Err(ArchiveError::Io(error)) => return Err(error),
            Ok(None) | Err(_) => return Ok(last),
        }
    }
}
