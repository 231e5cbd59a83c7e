//! A trustee's terminal: makes a key, and decrypts the sums of the closed poll, nothing else.
//!
//! Before it decrypts, it reads the closed archive with the strict verifier, adds the ballots up itself, compares the closing
//! statement with what it read, and shows Setup hash, head and number of ballots, to be compared with the signed sheets. The
//! head it once decrypted is recorded in the key file; with another one this key never works again.
//!
//! Where fewer trustees are needed than there are, the key is made in a ceremony ([`make_key`]).
//!
//! The key file lies encrypted on the trustee's stick ([`KeyFile`]): a passphrase opens it, or the code on the recovery sheet. People
//! use [`pages`]; each function here is also there for programs.

mod ceremony;
mod key_file;
pub mod pages;

mod passphrase;
mod sealed;
mod trial;
pub mod void;

use std::{
    io::{self, Cursor},
    time::Duration,
};

use belenios::{
    archive::{EventType, Reader},
    ballot::Ballot,
    election::{Election, group_name},
    group::Group,
    tally::EncryptedTally,
    text::{Hash, Uuid},
    trustee::Trustees,
    verify::{self, Code, Facts, Finding, Policy, Revotes},
    with_group,
};
use evaluation::{
    description::Description,
    publication::{
        closing::{ClosingStatement, faults},
        reconciliation::{Counts, Reconciliation},
    },
    wire::{Problem, Purpose, TrusteePartialDecryption, problem},
};
use rand::CryptoRng;

pub use ceremony::{Answer, Step, go_on, make_key};
pub use key_file::{KeyFile, KeyFileError, LockedKeyFile, Progress};
pub use passphrase::{Passphrase, PassphraseError, RecoveryCode};
pub use sealed::{Cost, Holder};
pub use trial::try_out;

use crate::uplink::{Timeouts, Uplink, UplinkError};

/// The archive is many megabytes, and the server verifies all of it before it answers the last share.
pub const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(5), request: Duration::from_mins(15) };

/// Why a trustee's terminal does not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrusteeError {
    /// It is not the election of the signed opening sheet.
    #[error("the election check code is {found}, the signed opening sheet says {expected}")]
    Anchor {
        /// From the configuration.
        expected: Hash,
        /// From the archive.
        found: Hash,
    },
    /// The archive does not verify.
    #[error("the closed archive is refused: {}", messages(.findings))]
    Archive {
        /// Everything that is wrong.
        findings: Vec<Finding>,
    },
    /// The closing statement does not fit the archive.
    #[error("the closing statement does not fit the archive: {reason}")]
    Closing {
        /// What does not fit, in Chinese.
        reason_zh: &'static str,
        /// The same in English.
        reason: &'static str,
    },
    /// This key has decrypted another archive, or began to.
    #[error(
        "this key belongs to the archive with head {expected} and works with no other; this one has {found}"
    )]
    Head {
        /// On record in the key file.
        expected: Hash,
        /// Of this archive.
        found: Hash,
    },
    /// The terminal was told to stop while it waited.
    #[error("the work was interrupted")]
    Interrupted,
    /// The archive cannot be read from memory.
    #[error("the closed archive cannot be read")]
    Io(#[source] io::Error),
    /// The key file cannot be used.
    #[error("the key cannot be used")]
    KeyFile(#[source] KeyFileError),
    /// The key is not among the trustees of this election.
    #[error("this key is not the one of trustee {position} in this election")]
    NotMine {
        /// The place the key was made for.
        position: u32,
    },
    /// The server did not take part.
    #[error("the server did not take part")]
    Uplink(#[source] UplinkError),
}

const NOT_TEXT: TrusteeError =
    TrusteeError::Closing { reason_zh: "服务器给出的不是文字", reason: "it is not text" };

/// What this terminal found itself, in the words of the verifier.
fn refused(code: Code, message: impl Into<String>) -> TrusteeError {
    TrusteeError::Archive { findings: vec![Finding { code, event: None, message: message.into() }] }
}

fn messages(findings: &[Finding]) -> String {
    let messages: Vec<_> = findings.iter().map(|finding| finding.message.as_str()).collect();
    messages.join("; ")
}

impl TrusteeError {
    /// What the server says, if enough other trustees have decrypted: nothing is wrong, and nothing is left to do.
    #[must_use]
    pub fn not_needed(&self) -> Option<&Problem> {
        match self {
            Self::Uplink(UplinkError::Problem { problem, .. })
                if problem.code == problem::SHARE_NOT_NEEDED =>
            {
                Some(problem)
            }
            _ => None,
        }
    }
}

/// A closed poll that this key may decrypt. Show [`Self::setup_event`], [`Self::head`] and [`Self::ballots`] before
/// [`Self::decrypt`].
#[derive(Debug)]
pub struct ClosedPoll {
    /// Hash of the Setup event, as on the opening sheet.
    pub setup_event: Hash,
    /// Hash of the last event: it stands for everything that will be decrypted.
    pub head: Hash,
    /// How many ballots are counted.
    pub ballots: usize,
    /// The closing statement that will be signed.
    pub closing: ClosingStatement,
    sums: Box<dyn Sums>,
}

/// The sums of a closed poll; their group is known inside only.
trait Sums: std::fmt::Debug + Send + Sync {
    /// The share of the decryption, and the signature under the statement.
    fn decrypt(
        &self,
        file: &KeyFile,
        statement: &str,
        rng: &mut dyn CryptoRng,
    ) -> Result<TrusteePartialDecryption, KeyFileError>;
}

#[derive(Debug)]
struct SumsIn<G: Group> {
    election: Election<G>,
    tally: EncryptedTally<G>,
}

impl<G: Group> Sums for SumsIn<G> {
    fn decrypt(
        &self,
        file: &KeyFile,
        statement: &str,
        mut rng: &mut dyn CryptoRng,
    ) -> Result<TrusteePartialDecryption, KeyFileError> {
        let key = file.key::<G>()?;
        let signature = key.sign(statement, &mut rng);
        Ok(TrusteePartialDecryption {
            partial_decryption: self.tally.decrypt(&self.election, &key, &mut rng).to_json(),
            // A proof is two decimal texts, which can always be written.
            closing_signature: serde_json::to_string(&signature).unwrap_or_default(),
        })
    }
}

/// Fetches the closed archive and the closing statement, and checks both.
///
/// # Errors
/// [`TrusteeError`]; nothing is decrypted.
pub async fn inspect(
    uplink: &Uplink,
    file: &KeyFile,
    anchor: Option<Hash>,
) -> Result<ClosedPoll, TrusteeError> {
    let archive = uplink.closed_archive().await.map_err(TrusteeError::Uplink)?;
    let closing = uplink.closing_statement().await.map_err(TrusteeError::Uplink)?;
    let closing = String::from_utf8(closing).map_err(|_| NOT_TEXT)?;
    ClosedPoll::check(&archive, &closing, file, anchor)
}

/// Decrypts what was inspected and sends the trustee's share with the signature under the closing statement.
///
/// # Errors
/// [`TrusteeError`]; it may be tried again with the same archive.
pub async fn decrypt(
    uplink: &Uplink,
    file: &mut KeyFile,
    poll: &ClosedPoll,
    rng: &mut impl CryptoRng,
) -> Result<(), TrusteeError> {
    let partial_decryption = poll.decrypt(file, rng)?;
    uplink.send_partial_decryption(&partial_decryption).await.map_err(TrusteeError::Uplink)
}

impl ClosedPoll {
    /// Checks a closed archive and its closing statement for the owner of a key.
    ///
    /// # Errors
    /// [`TrusteeError`]
    pub fn check(
        archive: &[u8],
        closing: &str,
        file: &KeyFile,
        anchor: Option<Hash>,
    ) -> Result<Self, TrusteeError> {
        let policy = Policy { revotes: Revotes::Forbidden, complete_until: EventType::EncryptedTally };
        let report = verify::verify_listing(Cursor::new(archive), policy).map_err(TrusteeError::Io)?;
        if !report.is_accepted() {
            return Err(TrusteeError::Archive { findings: report.findings });
        }
        let facts = report.facts;
        let (Some(setup_event), Some(head), Some(end_ballots)) = (facts.setup, facts.head, facts.end_ballots)
        else {
            return Err(refused(
                Code::Incomplete,
                "the archive has no Setup, no EndBallots or no last event",
            ));
        };
        if let Some(expected) = anchor
            && expected != setup_event
        {
            return Err(TrusteeError::Anchor { expected, found: setup_event });
        }
        let group = facts.election.as_deref().and_then(|election| group_name(election).ok());
        if group.as_deref() != Some(file.group().as_str()) {
            return Err(TrusteeError::NotMine { position: file.holder().position });
        }
        let (poll, sums) = with_group!(file.group(), G => check_sums::<G>(archive, &facts, file))?;
        let closing = ClosingStatement::parse_signed_text(closing).map_err(|_| TrusteeError::Closing {
            reason_zh: "声明的格式不对",
            reason: "it is not in the form agreed",
        })?;
        let named = (&closing.poll, closing.setup_event, closing.end_ballots_event);
        if named != (&poll, setup_event, end_ballots) {
            return Err(TrusteeError::Closing {
                reason_zh: "声明写的是另一次投票、另一张开启单或另一次封箱",
                reason: "it names another poll, Setup or end of voting",
            });
        }
        with_group!(file.group(), G => check_closing::<G>(&closing, &facts))?;
        Ok(Self { setup_event, head, ballots: facts.trackers.len(), closing, sums })
    }

    /// Records the head in the key file, then decrypts the sums and signs the closing statement.
    ///
    /// # Errors
    /// [`TrusteeError::Head`] if this key has been used for another archive, [`TrusteeError::KeyFile`]
    pub fn decrypt(
        &self,
        file: &mut KeyFile,
        rng: &mut impl CryptoRng,
    ) -> Result<TrusteePartialDecryption, TrusteeError> {
        let statement = self.closing.signed_text();
        // With the statement: after one share was taken, nobody gets a signature under another sanction or exception.
        let mine = Hash::of(format!("{}\n{statement}", self.head));
        let recorded = file.record_head(mine, rng).map_err(TrusteeError::KeyFile)?;
        if recorded != mine {
            return Err(TrusteeError::Head { expected: recorded, found: mine });
        }
        self.sums.decrypt(file, &statement, rng).map_err(TrusteeError::KeyFile)
    }
}

/// The election is the one the key was made for, and the sums are those of its ballots.
fn check_sums<G: Group>(
    archive: &[u8],
    facts: &Facts,
    file: &KeyFile,
) -> Result<(Uuid, Box<dyn Sums>), TrusteeError> {
    let election = facts.election.as_deref().unwrap_or_default();
    let election =
        Election::<G>::parse(election).map_err(|error| refused(Code::Election, error.to_string()))?;
    check_is_mine(&election, facts.trustees.as_deref().unwrap_or_default(), file)?;
    let tally = recompute(archive, &election)?;
    Ok((election.parameters().uuid.clone(), Box::new(SumsIn { election, tally })))
}

fn check_is_mine<G: Group>(
    election: &Election<G>,
    trustees: &str,
    file: &KeyFile,
) -> Result<(), TrusteeError> {
    let position = file.holder().position;
    let not_mine = TrusteeError::NotMine { position };
    let Ok(trustees) = Trustees::<G>::parse(trustees) else { return Err(not_mine) };
    let index = usize::try_from(position).ok().and_then(|position| position.checked_sub(1));
    let listed = index.and_then(|index| trustees.decryption_keys().nth(index));
    let key = file.key::<G>().map_err(TrusteeError::KeyFile)?;
    let mine = listed.is_some_and(|listed| listed.public_key == *key.public());
    if mine && election.parameters().uuid == file.holder().poll { Ok(()) } else { Err(not_mine) }
}

/// Adds the ballots up again, so that what is decrypted comes from the ballots and not from the server.
fn recompute<G: Group>(archive: &[u8], election: &Election<G>) -> Result<EncryptedTally<G>, TrusteeError> {
    let mut reader = Reader::new(archive).map_err(|error| refused(Code::Archive, error.to_string()))?;
    let mut tally = EncryptedTally::empty(election);
    let mut published = None;
    while let Some(entry) = reader.next_entry().map_err(|error| refused(Code::Archive, error.to_string()))? {
        match (entry.event.event_type, entry.data.first()) {
            (EventType::Ballot, Some((_, ballot))) => {
                let ballot: Ballot<G> = serde_json::from_slice(ballot)
                    .map_err(|error| refused(Code::Ballot, error.to_string()))?;
                tally.add(&ballot, 1);
            }
            (EventType::EncryptedTally, Some((_, tally))) => published = Some(tally.clone()),
            (EventType::PartialDecryption | EventType::Result, _) => {
                return Err(refused(Code::PhaseOrder, "the archive goes on after the encrypted tally"));
            }
            _ => {}
        }
    }
    if published.as_deref() == Some(tally.to_json().as_bytes()) {
        Ok(tally)
    } else {
        Err(refused(Code::Tally, "the encrypted tally is not the product of the ballots"))
    }
}

/// What the statement says must be true of the archive, and every difference in it recorded by two people. What needs the draw
/// is checked by whoever verifies the publication.
fn check_closing<G: Group>(closing: &ClosingStatement, facts: &Facts) -> Result<(), TrusteeError> {
    if let Some(fault) = faults::<G>(closing, facts).first() {
        return Err(TrusteeError::Closing { reason_zh: fault.zh, reason: fault.en });
    }
    let election = facts.election.as_deref().and_then(|text| Election::<G>::parse(text).ok());
    let description =
        election.and_then(|election| Description::parse(&election.parameters().description).ok());
    // An election that does not say what it is must satisfy what a real one must.
    let purpose = description.map_or(Purpose::Real, |description| description.purpose);
    let counts = Counts::of(closing, purpose, None, facts.credentials.len(), facts.ballots);
    let reconciliation = Reconciliation::new(&counts, &closing.exceptions);
    if reconciliation.unexplained().next().is_some() {
        return Err(TrusteeError::Closing {
            reason_zh: "对账有一项不平，又没有登记例外",
            reason: "a line of the reconciliation differs and no exception is recorded",
        });
    }
    if reconciliation.lacks_check_in() || reconciliation.lacks_booth_statements() {
        return Err(TrusteeError::Closing {
            reason_zh: "没有设签到台，或者没有一台投票机签署声明，又没有登记例外",
            reason: "there was no check-in desk or no booth has signed, and no exception is recorded",
        });
    }
    Ok(())
}
