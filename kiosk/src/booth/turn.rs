//! One person's turn, step by step.

use std::time::Instant;

use belenios::{ballot::OpenedBallot, credential::Credential, text::Fingerprint};
use evaluation::wire::{BoothState, CredentialStatus, PollState};
use tokio::sync::{MutexGuard, watch};
use zeroize::Zeroizing;

use super::{
    Booth, CardError, CastError, Contact, Display, Nonce, Opening, TurnError,
    draft::DraftSeal,
    pages::Notice,
    session::{Prepared, Sealed, Seat, Session, Stage, Veiled},
    voting::Tested,
};
use crate::{
    flow::{Choices, Flow, FlowError, Position, Screen},
    os_rng,
    uplink::{Delivery, error_chain, soon},
};

/// One person's turn at the booth. It speaks for that turn only: once somebody else has begun, every method says so.
#[derive(Clone, Debug)]
pub struct Turn {
    pub(super) booth: Booth,
    pub(super) nonce: Nonce,
}

/// What the review shows, taken from exactly what is encrypted once it is complete.
pub struct Review {
    /// For every office in ballot order the place of the chosen grade, from 0.
    pub grades: Zeroizing<Vec<Option<usize>>>,
    /// Tracker of the encrypted ballot, if all offices are rated.
    pub tracker: Option<Fingerprint>,
    /// Whether that ballot can be opened to check the booth.
    pub can_be_opened: bool,
}

/// A ballot that was confirmed, and what has become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cast {
    /// Tracker of the ballot.
    pub tracker: Fingerprint,
    /// What has become of it.
    pub delivery: Delivery,
}

impl Turn {
    /// Begins to vote with the card that bears this code.
    ///
    /// # Errors
    /// [`CardError`]; the next card can be presented at once.
    pub async fn present_card(&self, code: &str) -> Result<(), CardError> {
        let booth = &self.booth;
        let mut seat = self.seat().await.map_err(|_| CardError::TurnOver)?;
        if !matches!(seat.stage, Stage::Waiting) {
            return Err(CardError::TurnTaken);
        }
        if booth.opening() != Opening::Done {
            return Err(CardError::NotOpened);
        }
        let poll = booth.poll();
        let credential = Credential::parse_card_code(code).map_err(|_| CardError::Mistyped)?;
        let public = poll.voting.public(&credential);
        if !poll.credentials.contains(&public) {
            return Err(CardError::Unknown);
        }
        let veiled = seat.find_veiled(&credential);
        match self.check_card(public).await {
            Ok(()) => {}
            // It was checked when the turn began, and what waits here must not be lost.
            Err(CardError::NoContact(error)) if veiled.is_some() => {
                tracing::warn!(error = error_chain(&error), "a turn goes on without contact to the server");
            }
            Err(error) => {
                if let (Some(place), CardError::Spent | CardError::Void) = (veiled, &error) {
                    seat.veiled.swap_remove(place);
                }
                return Err(error);
            }
        }
        let session = match veiled {
            Some(place) => {
                let Veiled { mut session, display } = seat.veiled.swap_remove(place);
                session.notice = Some((session.flow.screen(), Notice::Resumed));
                seat.display = display;
                session
            }
            None => Box::new(booth.begin_or_resume(credential).await?),
        };
        seat.stage = Stage::Voting(session);
        booth.0.activity.seen(Instant::now());
        Ok(())
    }

    /// Whether a card with this public credential may vote now.
    async fn check_card(&self, public: String) -> Result<(), CardError> {
        let booth = &self.booth;
        // A ballot of this card may lie here and not yet be delivered.
        if booth.0.courier.holds(public.clone()).await.map_err(CardError::Spool)? {
            return Err(CardError::Spent);
        }
        // Before its first ballot the server must know that this booth takes part and will sign.
        soon(booth.report_ready()).await.map_err(CardError::NoContact)?;
        let offered = soon(booth.0.uplink.booth_state()).await.map_err(CardError::NoContact)?;
        if offered.poll != booth.poll().addressee.poll || offered.state != PollState::Open {
            return Err(CardError::PollNotOpen);
        }
        match soon(booth.0.uplink.credential_status(public)).await.map_err(CardError::NoContact)? {
            CredentialStatus::Unused => Ok(()),
            CredentialStatus::Spent => Err(CardError::Spent),
            CredentialStatus::Void => Err(CardError::Void),
            CredentialStatus::Unknown => Err(CardError::Unknown),
        }
    }

    /// Gives an office a grade, by its place in the rules from 0. An encrypted ballot, if there was one, is discarded.
    ///
    /// # Errors
    /// [`TurnError`]
    pub async fn grade(&self, position: Position, grade: usize) -> Result<Screen, TurnError> {
        let mut seat = self.seat().await?;
        let session = voting(&mut seat)?;
        let screen = session.flow.grade(position, grade).map_err(TurnError::Flow)?;
        (session.prepared, session.set_apart) = (None, None);
        session.notice = None;
        self.booth.keep_up(session);
        Ok(screen)
    }

    /// Takes a step that changes no choice, such as going to another office.
    ///
    /// # Errors
    /// [`TurnError`]
    pub async fn step<T>(
        &self,
        step: impl FnOnce(&mut Flow) -> Result<T, FlowError> + Send,
    ) -> Result<T, TurnError> {
        let mut seat = self.seat().await?;
        let session = voting(&mut seat)?;
        let stepped = step(&mut session.flow).map_err(TurnError::Flow)?;
        self.booth.keep_up(session);
        Ok(stepped)
    }

    /// Shows everything; if all offices are rated, the ballot is encrypted now, before anybody is asked to confirm.
    ///
    /// # Errors
    /// [`TurnError`]
    pub async fn review(&self) -> Result<Review, TurnError> {
        let mut seat = self.seat().await?;
        let session = voting(&mut seat)?;
        session.flow.review().map_err(TurnError::Flow)?;
        // Whoever turns back from a check that did not come about gets another ballot: this one may not be cast any more.
        session.set_apart = None;
        self.booth.keep_up(session);
        if session.prepared.is_none()
            && let Ok(choices) = session.flow.complete()
        {
            session.prepared = Some(self.encrypt(session, choices).await?);
        }
        Ok(match &session.prepared {
            Some(prepared) => Review {
                grades: Zeroizing::new(prepared.choices.as_slice().iter().copied().map(Some).collect()),
                tracker: Some(prepared.tracker),
                can_be_opened: session.can_be_opened().is_some(),
            },
            None => Review {
                grades: Zeroizing::new(
                    session.flow.positions().map(|position| session.flow.chosen(position)).collect(),
                ),
                tracker: None,
                can_be_opened: false,
            },
        })
    }

    /// Casts the ballot whose tracker the review has shown, and no other. Returns as soon as the server has answered for it, or after
    /// a short wait, with the ballot durable on this machine. Cast again, it says how that ballot fares.
    ///
    /// # Errors
    /// [`CastError`]; the ballot is not cast, and can be cast again.
    pub async fn cast(&self, tracker: Fingerprint) -> Result<Cast, CastError> {
        // On its own, so that a browser that hangs up cannot stop it half-way.
        let turn = self.clone();
        let cast = tokio::spawn(async move { turn.seal(tracker).await }).await;
        cast.map_err(|_| CastError::Interrupted)??;
        let (tracker, mut delivery) = self.sealed().await?;
        let decided = delivery.wait_for(|delivery| !matches!(delivery, Delivery::Waiting(_)));
        let _ = tokio::time::timeout(self.booth.0.receipt, decided).await;
        Ok(Cast { tracker, delivery: *delivery.borrow() })
    }

    /// Ends the turn: everything of this person is forgotten, cast or not, the draft at the server too.
    pub async fn finish(&self) {
        if let Ok(mut seat) = self.seat().await {
            if let Stage::Voting(session) = &seat.stage {
                self.booth.discard_draft(session);
            }
            seat.make_room(&mut os_rng());
        }
    }

    /// The person is there, and does something that needs nothing of the booth.
    ///
    /// # Errors
    /// [`TurnError::TurnOver`]
    pub async fn here(&self) -> Result<(), TurnError> {
        self.seat().await.map(|_| ())
    }

    /// Changes how the pages look, until the turn ends.
    ///
    /// # Errors
    /// [`TurnError::TurnOver`]
    pub async fn display(&self, change: impl FnOnce(&mut Display) + Send) -> Result<(), TurnError> {
        change(&mut self.seat().await?.display);
        Ok(())
    }

    /// Makes this the turn of a scripted ballot, whose encrypted ballot is opened. Only [`super::Rehearsal`] does it.
    pub(super) async fn test(&self) -> Result<(), TurnError> {
        voting(&mut *self.seat().await?)?.tested = Tested::InRehearsal;
        Ok(())
    }

    /// What opens the encrypted ballot of a scripted one.
    pub(super) async fn opened(&self) -> Result<Option<OpenedBallot>, TurnError> {
        let mut seat = self.seat().await?;
        Ok(voting(&mut seat)?.prepared.as_ref().and_then(|prepared| prepared.opened.clone()))
    }

    /// Stores the ballot durably and forgets choices and card.
    async fn seal(&self, tracker: Fingerprint) -> Result<(), CastError> {
        let booth = &self.booth;
        let mut seat = self.seat().await?;
        if matches!(seat.stage, Stage::Cast { .. }) {
            return Ok(());
        }
        let session = voting(&mut seat)?;
        let shown = session.prepared.as_mut().filter(|prepared| prepared.tracker == tracker);
        let prepared = shown.ok_or(CastError::NotReviewed)?;
        // Without contact the ballot waits here; but where the server can say that it takes none, the person must know now.
        match soon(booth.0.uplink.booth_state()).await {
            Ok(offered) if offered.poll != booth.poll().addressee.poll => {
                return Err(CastError::PollNotOpen(Contact::OtherElection));
            }
            // While the poll is closing nobody begins, but who has begun may end.
            Ok(BoothState { state: PollState::Open | PollState::Closing, .. }) => {}
            Ok(BoothState { state, .. }) => return Err(CastError::PollNotOpen(Contact::State(state))),
            Err(error) => {
                tracing::warn!(error = error_chain(&error), "casting without contact to the server");
            }
        }
        let ballot = prepared.decide_to_cast().as_bytes().to_vec();
        let locator = session.draft.as_ref().map(DraftSeal::locator);
        let delivery = booth.0.courier.hand_over(ballot, locator).await.map_err(CastError::Spool)?;
        if let Some(locator) = locator {
            booth.0.keeper.cast(locator);
        }
        session.flow.seal().map_err(TurnError::Flow)?;
        seat.stage = Stage::Cast { tracker, delivery };
        Ok(())
    }

    async fn sealed(&self) -> Result<(Fingerprint, watch::Receiver<Delivery>), TurnError> {
        match &self.seat().await?.stage {
            Stage::Cast { tracker, delivery } => Ok((*tracker, delivery.clone())),
            Stage::Waiting | Stage::Voting(_) | Stage::Opened { .. } => Err(TurnError::NotCast),
        }
    }

    /// The seat, if it is still this turn's. Whoever asks for it is there.
    pub(super) async fn seat(&self) -> Result<MutexGuard<'_, Seat>, TurnError> {
        let seat = self.booth.0.seat.lock().await;
        if seat.nonce != self.nonce {
            return Err(TurnError::TurnOver);
        }
        self.booth.0.activity.seen(Instant::now());
        Ok(seat)
    }

    /// Signs what was encrypted while the person was reading, and encrypts what is missing.
    async fn encrypt(&self, session: &Session, choices: Choices) -> Result<Prepared, TurnError> {
        let (choices, ballot) = session.ahead.prepare(choices).await?;
        let tracker = ballot.tracker();
        let (ballot, opened) = match session.tested {
            Tested::No => (Sealed::Undecided(ballot), None),
            Tested::InRehearsal => {
                let opened = ballot.open();
                (Sealed::ToCast(opened.ballot().to_owned()), Some(opened))
            }
        };
        Ok(Prepared { choices, ballot, tracker, opened })
    }
}

impl std::fmt::Debug for Review {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Review(hidden)")
    }
}

pub(super) fn voting(seat: &mut Seat) -> Result<&mut Session, TurnError> {
    match &mut seat.stage {
        Stage::Voting(session) => Ok(session),
        Stage::Waiting => Err(TurnError::NoCard),
        Stage::Opened { .. } => Err(TurnError::Opened),
        Stage::Cast { .. } => Err(TurnError::Flow(FlowError::Sealed)),
    }
}
