//! Whether what the server calls the poll hangs together, checked before the first card.
//!
//! The election's fingerprint stands in every ballot and covers the description; the description holds the hashes of
//! `edition.json` and `offices.csv` and the publication key. So the names on the screen, the questions that are encrypted, and
//! the key that signs receipts are those of one election, and the hash of its Setup event, printed on the signed opening
//! sheet, says which one.

use std::{collections::HashSet, fmt, io::Cursor, sync::Arc};

use belenios::{
    archive::{EventType, Writer},
    ballot::BallotBox,
    election::{self, Election, ElectionError, Question},
    group::{Group, UnknownGroup},
    text::{Hash, Uuid},
    verify::{self, Policy, Revotes},
    with_group,
};
use evaluation::{
    description::{self, Description},
    hash::Sha256Hash,
    office::{Office, Offices},
    rules::{Edition, EditionError},
    spreadsheet::SpreadsheetError,
    wire::{BoothPoll, OfficeInformation, Purpose, SetupFiles},
};

use super::voting::Voting;
use crate::uplink::Addressee;

/// A poll that hangs together.
pub struct Poll {
    /// Hash of the Setup event.
    pub setup_event: Hash,
    /// Whether the ballots count: a fact of the election.
    pub purpose: Purpose,
    /// The edition with its rules.
    pub edition: Edition,
    /// The offices in ballot order.
    pub offices: Offices,
    /// Where ballots go and who answers for them.
    pub addressee: Addressee,
    /// Bytes of every padded ballot.
    pub ballot_size: usize,
    pub(super) voting: Box<dyn Voting>,
    pub(super) credentials: HashSet<String>,
    /// What can be read of the offices; not bound into the election.
    information: Vec<OfficeInformation>,
    setup: SetupFiles,
}

/// Why nobody can vote in this poll at this booth.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// It is not the election of the signed opening sheet.
    #[error("the election check code is {found}, the signed opening sheet says {expected}")]
    Anchor {
        /// From the configuration.
        expected: Hash,
        /// From the server.
        found: Hash,
    },
    /// The padded size has no room for every ballot.
    #[error("ballots can have {needed} bytes, the server allows {allowed}")]
    BallotSize {
        /// Bytes of the longest ballot.
        needed: usize,
        /// Bytes of every padded ballot, from the server.
        allowed: usize,
    },
    /// The description is not that of an evaluation.
    #[error("the election's description is not that of an evaluation")]
    Description,
    /// `edition.json` is not understood.
    #[error("the rules of the poll are not understood")]
    Edition(#[source] EditionError),
    /// The election is not understood.
    #[error("the election is not understood")]
    Election(#[source] ElectionError),
    /// A file is not the one whose hash stands in the election.
    #[error("{file} is not the one the election names")]
    File {
        /// The name of the file.
        file: &'static str,
    },
    /// Election, trustees and credentials do not belong together, or a proof among them fails.
    #[error("the election does not verify: {reason}")]
    Invalid {
        /// The findings of the verifier.
        reason: String,
    },
    /// The group of the election is not one this release knows.
    #[error("nobody can vote in this group here")]
    Group(#[source] UnknownGroup),
    /// `offices.csv` is not understood.
    #[error("the offices of the poll are not understood")]
    Offices(#[source] SpreadsheetError),
    /// The server calls the poll a rehearsal and the election does not, or the other way round.
    #[error("server and election disagree on whether this is a rehearsal")]
    Purpose,
    /// The questions are not those of the rules and the offices.
    #[error("the questions of the election are not the offices and grades of the rules")]
    Questions,
}

impl Poll {
    /// Checks everything a booth can check; `anchor` is the hash on the signed opening sheet.
    ///
    /// # Errors
    /// [`SetupError`]
    pub fn check(poll: &BoothPoll, anchor: Option<Hash>) -> Result<Self, SetupError> {
        let election = Opened::parse(&poll.setup.election)?;
        let (setup_event, credentials) = check_setup(&poll.setup)?;
        if let Some(expected) = anchor
            && expected != setup_event
        {
            return Err(SetupError::Anchor { expected, found: setup_event });
        }
        let description = Description::parse(&election.description).map_err(|_| SetupError::Description)?;
        if description.purpose != poll.purpose {
            return Err(SetupError::Purpose);
        }
        check_file("edition.json", &poll.edition_json, description.edition)?;
        check_file("offices.csv", &poll.offices_csv, description.offices)?;
        let edition = Edition::parse(&poll.edition_json).map_err(SetupError::Edition)?;
        let offices =
            Offices::from_csv(poll.offices_csv.as_bytes(), &edition.rules).map_err(SetupError::Offices)?;
        if description::questions(&edition.rules, &offices) != election.questions {
            return Err(SetupError::Questions);
        }
        let addressee = Addressee { poll: election.uuid, publication_key: description.publication_key };
        let needed = election.voting.maximal_ballot_size();
        if needed > poll.ballot_size {
            return Err(SetupError::BallotSize { needed, allowed: poll.ballot_size });
        }
        let information = readable(&poll.information, edition.rules.statement_max_characters);
        Ok(Self {
            setup_event,
            purpose: description.purpose,
            edition,
            offices,
            addressee,
            ballot_size: poll.ballot_size,
            voting: election.voting,
            credentials,
            information,
            setup: poll.setup.clone(),
        })
    }

    /// What can be read of an office.
    pub(super) fn information(&self, office: &Office) -> Option<&OfficeInformation> {
        self.information.iter().find(|information| information.number == office.number.value())
    }

    /// For each office the place of its section in the rules, from 0.
    pub(super) fn sections(&self) -> Vec<usize> {
        let sections = &self.edition.rules.sections;
        let place = |office: &Office| sections.iter().position(|section| section.id == office.section);
        self.offices.iter().map(|office| place(office).unwrap_or(sections.len())).collect()
    }

    /// Whether the server still means this election.
    #[must_use]
    pub fn is_same(&self, poll: &BoothPoll) -> bool {
        poll.setup == self.setup && poll.ballot_size == self.ballot_size
    }
}

impl fmt::Debug for Poll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poll")
            .field("setup_event", &self.setup_event)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// An election, whatever its group.
struct Opened {
    uuid: Uuid,
    description: String,
    questions: Vec<Question>,
    voting: Box<dyn Voting>,
}

impl Opened {
    fn parse(text: &str) -> Result<Self, SetupError> {
        let group = election::group_name(text).map_err(SetupError::Election)?;
        let group = group.parse().map_err(SetupError::Group)?;
        with_group!(group, G => Self::parse_in::<G>(text)).map_err(SetupError::Election)
    }

    fn parse_in<G: Group>(text: &str) -> Result<Self, ElectionError> {
        let election = Election::<G>::parse(text)?;
        let parameters = election.parameters().clone();
        Ok(Self {
            uuid: parameters.uuid,
            description: parameters.description,
            questions: parameters.questions,
            voting: Box::new(Arc::new(BallotBox::new(election))),
        })
    }
}

/// The Setup event of the archive these files begin, and the public credentials on its list; verified as an archive is.
fn check_setup(files: &SetupFiles) -> Result<(Hash, HashSet<String>), SetupError> {
    let invalid = |reason: String| SetupError::Invalid { reason };
    // The time in an archive's header is no part of the Setup event.
    let mut writer = Writer::new(Vec::new(), 0).map_err(|error| invalid(error.to_string()))?;
    let setup_event = writer
        .setup(&files.election, &files.trustees, &files.credentials)
        .map_err(|error| invalid(error.to_string()))?;
    let archive = writer.finish().map_err(|error| invalid(error.to_string()))?;
    let policy = Policy { revotes: Revotes::Forbidden, complete_until: EventType::Setup };
    let report = verify::verify(Cursor::new(archive), policy).map_err(|error| invalid(error.to_string()))?;
    if report.is_accepted() {
        Ok((setup_event, report.facts.credentials.into_iter().collect()))
    } else {
        let findings: Vec<_> = report.findings.into_iter().map(|finding| finding.message).collect();
        Err(invalid(findings.join("; ")))
    }
}

/// What the server says of the offices. A statement that is longer than the rules allow is no statement.
fn readable(information: &[OfficeInformation], longest: usize) -> Vec<OfficeInformation> {
    let mut readable = information.to_vec();
    for office in &mut readable {
        if office.statement.as_ref().is_some_and(|statement| statement.chars().count() > longest) {
            tracing::warn!(office = office.number, "a statement is too long and is left out");
            office.statement = None;
        }
    }
    readable
}

fn check_file(file: &'static str, text: &str, expected: Sha256Hash) -> Result<(), SetupError> {
    if Sha256Hash::of(text) == expected { Ok(()) } else { Err(SetupError::File { file }) }
}
