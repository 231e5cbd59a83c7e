//! The end of the poll at a booth: nobody begins any more, everything is delivered, and then the booth looks for every ballot it
//! delivered in the closed archive and signs that it found them.
//!
//! The chain of the archive is checked from our Setup event to the end of the ballots; proofs are the business of the trustees'
//! terminals, which verify the same archive strictly before they decrypt.

use std::{collections::HashSet, time::Duration};

use belenios::{
    archive::{ArchiveError, EventType, Reader},
    text::Hash,
};
use evaluation::wire::{BoothFinished, BoothStatement, PollState, SignedBoothStatement};

use super::{Booth, Contact, session::Stage};
use crate::{
    spool::{Note, Spool, SpoolError},
    uplink::{UplinkError, error_chain, on_disk},
};

/// How many looks at the state of the poll pass before a bad archive is fetched once more.
const LOOKS: u32 = 12;

/// Between two questions of [`Booth::until_ended`].
const PAUSE: Duration = Duration::from_millis(200);

/// What this booth can say of the ballots it delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The poll is not closed, or the booth has not come to it yet.
    Pending,
    /// At this booth nobody compared the opening sheet of this poll: it owes no statement.
    NoPart,
    /// The archive is not a closed archive of this election. It is fetched again after a while.
    BadArchive,
    /// Ballots that the server signed for are not in the archive. Never signed.
    Missing {
        /// How many.
        ballots: usize,
    },
    /// The record of delivered ballots was lost or cannot be read. Never signed.
    Lost,
    /// All were found, and it is signed.
    Signed {
        /// What is signed.
        statement: BoothStatement,
        /// Whether the server has taken it.
        taken: bool,
    },
}

/// Why an archive says nothing about our ballots.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndingError {
    /// It cannot be read.
    #[error("the archive cannot be read")]
    Archive(#[from] ArchiveError),
    /// Its events do not hang together, from our Setup event to the end of the ballots.
    #[error("the archive is no closed archive of this election")]
    Chain,
}

/// What a closed archive says of the ballots in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Hash of the event that ends the ballots.
    pub end_ballots_event: Hash,
    /// How many of the ballots in question are not in the archive.
    pub missing: usize,
}

/// Looks for ballots, given by their hashes, in a closed archive that begins with this Setup event.
///
/// # Errors
/// [`EndingError`]
pub fn find_ballots(archive: &[u8], setup_event: Hash, ballots: &[Hash]) -> Result<Found, EndingError> {
    let mut reader = Reader::new(archive)?;
    let mut missing: HashSet<Hash> = ballots.iter().copied().collect();
    let (mut parent, mut height, mut end) = (None, 0_u64, None);
    while let Some(entry) = reader.next_entry()? {
        let event = &entry.event;
        let begins = match event.event_type {
            EventType::Setup => parent.is_none() && entry.hash == setup_event,
            EventType::Ballot | EventType::EndBallots => parent.is_some(),
            _ => false,
        };
        let payload = entry.data.last().map(|(hash, _)| *hash);
        let linked = event.parent == parent && event.height == height && event.payload == payload;
        if !begins || !linked || end.is_some() {
            return Err(EndingError::Chain);
        }
        match (event.event_type, event.payload) {
            (EventType::Ballot, Some(ballot)) => drop(missing.remove(&ballot)),
            (EventType::EndBallots, None) => end = Some(entry.hash),
            (EventType::Setup, _) => {}
            _ => return Err(EndingError::Chain),
        }
        (parent, height) = (Some(entry.hash), height.saturating_add(1));
    }
    let end_ballots_event = end.ok_or(EndingError::Chain)?;
    Ok(Found { end_ballots_event, missing: missing.len() })
}

impl Booth {
    /// What this booth can say of the ballots it delivered.
    #[must_use]
    pub fn ending(&self) -> Ending {
        self.0.day().ending.clone()
    }

    /// Waits until this booth has nothing more to say of the closed poll: its statement is taken, or there will be none.
    pub async fn until_ended(&self) -> Ending {
        loop {
            match self.ending() {
                Ending::Pending | Ending::BadArchive | Ending::Signed { taken: false, .. } => {
                    self.0.nudge.notify_one();
                    tokio::time::sleep(PAUSE).await;
                }
                ending => return ending,
            }
        }
    }

    /// Looks where the poll stands, and does what is due. Without contact the last known state stands.
    pub(super) async fn look(&self, say: &tokio::sync::watch::Sender<Contact>) {
        let (state, backup) = match self.0.uplink.booth_state().await {
            Ok(offered) if offered.poll == self.poll().addressee.poll => {
                self.0.day().hear(&offered);
                (offered.state, offered.redeliver)
            }
            Ok(_) => {
                tracing::error!("the server means another election now");
                say.send_replace(Contact::OtherElection);
                return;
            }
            Err(error) => {
                tracing::warn!(error = error_chain(&error), "no contact to the server");
                return;
            }
        };
        say.send_replace(Contact::State(state));
        // Somebody who is at it holds the seat; the next look will do.
        if let Ok(mut seat) = self.0.seat.try_lock() {
            self.forget_stored(&mut seat);
            if !matches!(state, PollState::Open | PollState::Paused) {
                // Nobody can begin any more, and nobody who left can go on.
                seat.veiled.clear();
            }
        }
        let done = match state {
            PollState::Setup | PollState::KeysReady => Ok(()),
            PollState::CardsReady | PollState::Open => self.report_ready().await,
            PollState::Paused => match self.report_ready().await {
                Ok(()) => self.redeliver(backup).await.map(drop),
                refused => refused,
            },
            PollState::Closing => match self.redeliver(backup).await {
                Ok(true) => self.report_finished().await,
                waits => waits.map(drop),
            },
            PollState::Closed | PollState::Reconciled | PollState::Tallied | PollState::Revealed => {
                self.make_statement().await
            }
        };
        if let Err(error) = done {
            tracing::warn!(
                error = error_chain(&error),
                "the server did not take note; it will be told again"
            );
        }
    }

    /// While the poll is closing: says that nobody votes here any more and all is delivered, once that is so.
    async fn report_finished(&self) -> Result<(), UplinkError> {
        if self.0.day().is_finished {
            return Ok(());
        }
        let votes = matches!(self.0.seat.lock().await.stage, Stage::Voting(_) | Stage::Opened { .. });
        match self.undelivered().await {
            Ok(0) if !votes => {}
            Ok(_) => return Ok(()),
            Err(error) => {
                tracing::error!(error = error_chain(&error), "the spool cannot be read");
                return Ok(());
            }
        }
        let finished = BoothFinished { poll: self.poll().addressee.poll.clone() };
        self.0.uplink.booth_finished(&finished).await?;
        self.0.day().is_finished = true;
        Ok(())
    }

    /// After the close: finds the ballots, signs, hands in.
    async fn make_statement(&self) -> Result<(), UplinkError> {
        let ending = self.ending();
        match ending {
            Ending::NoPart | Ending::Missing { .. } | Ending::Lost | Ending::Signed { taken: true, .. } => {
                return Ok(());
            }
            Ending::BadArchive if !self.0.day().is_due() => return Ok(()),
            Ending::BadArchive | Ending::Pending | Ending::Signed { taken: false, .. } => {}
        }
        match self.statement().await {
            Ok(Some(signed)) => self.hand_in(&signed).await,
            Ok(None) => Ok(()),
            Err(StatementTrouble::Uplink(error)) => Err(error),
            Err(StatementTrouble::Spool(error)) => {
                tracing::error!(error = error_chain(&error), "what this booth delivered cannot be read");
                self.0.day().ending = Ending::Lost;
                Ok(())
            }
        }
    }

    async fn hand_in(&self, signed: &SignedBoothStatement) -> Result<(), UplinkError> {
        let statement = signed.statement.clone();
        self.0.day().ending = Ending::Signed { statement: statement.clone(), taken: false };
        self.0.uplink.send_booth_statement(signed).await?;
        if let Err(error) = on_disk(self.0.courier.spool(), Spool::forget_delivered).await {
            tracing::warn!(error = error_chain(&error), "the record of delivered ballots cannot be removed");
        }
        self.0.day().ending = Ending::Signed { statement, taken: true };
        Ok(())
    }

    /// The statement: the one signed before, or a new one if every ballot is in the archive.
    async fn statement(&self) -> Result<Option<SignedBoothStatement>, StatementTrouble> {
        let spool = self.0.courier.spool();
        let kept = on_disk(spool, |spool| spool.kept(Note::Statement)).await?;
        if let Some(signed) = kept.and_then(|text| serde_json::from_str(&text).ok()) {
            return Ok(Some(signed));
        }
        if on_disk(spool, |spool| spool.kept(Note::Opened)).await?.is_none() {
            self.0.day().ending = Ending::NoPart;
            return Ok(None);
        }
        // What the server has stored and only the receipt of which was lost is counted too.
        self.0.courier.round().await;
        let delivered = on_disk(spool, Spool::delivered).await?;
        let ballots = delivered.len();
        let archive = self.0.uplink.booth_archive().await?;
        let setup_event = self.poll().setup_event;
        let found =
            tokio::task::spawn_blocking(move || find_ballots(&archive, setup_event, &delivered)).await;
        let found = match found.map_err(|_| EndingError::Chain).flatten() {
            Ok(found) => found,
            Err(error) => {
                tracing::error!(error = error_chain(&error), "the closed archive proves nothing");
                self.0.day().put_off(LOOKS);
                return Ok(None);
            }
        };
        if found.missing > 0 {
            tracing::error!(
                missing = found.missing,
                "BALLOTS THAT THIS BOOTH DELIVERED ARE MISSING IN THE CLOSED ARCHIVE; call the supervisor; nothing is signed"
            );
            self.0.day().ending = Ending::Missing { ballots: found.missing };
            return Ok(None);
        }
        let statement = BoothStatement {
            poll: self.poll().addressee.poll.clone(),
            end_ballots_event: found.end_ballots_event,
            ballots: u64::try_from(ballots).unwrap_or(u64::MAX),
        };
        let signed = self.0.access.identity().sign_statement(statement);
        let text = serde_json::to_string(&signed).unwrap_or_default();
        on_disk(spool, move |spool| spool.keep(Note::Statement, &text)).await?;
        Ok(Some(signed))
    }
}

/// Why there is no statement yet.
enum StatementTrouble {
    Spool(SpoolError),
    Uplink(UplinkError),
}

impl From<SpoolError> for StatementTrouble {
    fn from(error: SpoolError) -> Self {
        Self::Spool(error)
    }
}

impl From<UplinkError> for StatementTrouble {
    fn from(error: UplinkError) -> Self {
        Self::Uplink(error)
    }
}
