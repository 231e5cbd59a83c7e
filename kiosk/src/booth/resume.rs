//! Going on with a vote that was interrupted: from the server's sealed draft at any booth, or from behind this booth's veil.

use std::time::Instant;

use belenios::credential::Credential;
use subtle::ConstantTimeEq;

use super::{
    Booth, CardError,
    ahead::Ahead,
    draft::DraftSeal,
    pages::Notice,
    session::{Display, Seat, Session, Stage, Veiled},
};
use crate::{
    os_rng,
    uplink::{Delivery, error_chain, soon},
};

impl Booth {
    /// The vote of a card that may vote: where it was left, or from the beginning.
    ///
    /// # Errors
    /// [`CardError::NoContact`] if the server went away in this moment. Where it answers but cannot say whether there is a draft, the
    /// vote begins anew and is not saved: nobody is kept from voting, and no draft is replaced unseen.
    pub(super) async fn begin_or_resume(&self, credential: Credential) -> Result<Session, CardError> {
        let draft = self.draft_seal(&credential);
        let mut flow = self.new_flow();
        let mut notice = None;
        if let Some(seal) = &draft {
            match soon(self.0.uplink.find_draft(&self.poll().addressee.poll, seal.locator())).await {
                Ok(Some(sealed)) => {
                    let opened = seal.open(&sealed);
                    let restored = opened.is_some_and(|snapshot| flow.restore(&snapshot).is_ok());
                    if !restored {
                        tracing::warn!("a draft does not open here; the person begins anew");
                    }
                    notice = Some(if restored { Notice::Resumed } else { Notice::NotResumed });
                }
                Ok(None) => {}
                Err(error) if error.is_unreachable() => return Err(CardError::NoContact(error)),
                Err(error) => {
                    tracing::warn!(error = error_chain(&error), "the server cannot be asked for a draft");
                    notice = Some(Notice::DraftUnknown);
                }
            }
        }
        let ahead = Ahead::begin(self.poll().voting.begin(&credential));
        let mut session = Session::new(credential, flow, ahead, draft);
        // What nobody has seen must not be replaced.
        session.saves = notice != Some(Notice::DraftUnknown);
        session.notice = notice.map(|notice| (session.flow.screen(), notice));
        Ok(session)
    }

    /// What seals the draft of this card, if this booth has been given the hall key.
    fn draft_seal(&self, credential: &Credential) -> Option<DraftSeal> {
        let poll = self.poll();
        self.with_hall_key(|key| DraftSeal::new(credential, key, &poll.addressee.poll, poll.setup_event))
    }

    /// After each step: the answers of what comes next are made, and the keeper has the newest draft. Never waits.
    pub(super) fn keep_up(&self, session: &mut Session) {
        if !session.flow.is_sealed() {
            session.ahead.follow(&session.flow);
        }
        self.keep_draft(session);
    }

    /// Gives the keeper the newest draft, if it is another than the last one. Never waits.
    fn keep_draft(&self, session: &mut Session) {
        let Some(seal) = &session.draft else { return };
        let snapshot = session.flow.snapshot();
        let is_same = bool::from(snapshot.ct_eq(&session.kept));
        if session.flow.is_sealed() || is_same || !session.saves {
            return;
        }
        self.0.keeper.save(seal.locator(), seal.seal(&snapshot, &mut os_rng()));
        session.kept = snapshot;
    }

    /// The person ends the turn without a ballot: nothing of it is kept.
    pub(super) fn discard_draft(&self, session: &Session) {
        if let Some(seal) = &session.draft {
            self.0.keeper.drop_draft(seal.locator());
        }
    }

    /// Draws the veil, if the person has done nothing for so long: first here, whatever the server does. The turn leaves the memory of
    /// this machine if the server has its newest draft; otherwise only the same card opens it here. A turn that has ended well makes room.
    pub(super) async fn veil(&self) {
        let mut seat = self.0.seat.lock().await;
        if self.0.activity.left(self.0.idle, Instant::now()).is_some() {
            return;
        }
        match std::mem::replace(&mut seat.stage, Stage::Waiting) {
            // Somebody may have chosen a look, and left or was sent away; it is not the next person's.
            Stage::Waiting => seat.display = Display::default(),
            Stage::Voting(session) => {
                let display = seat.display;
                seat.veiled.push(Veiled { session, display });
                self.forget_stored(&mut seat);
                seat.make_room(&mut os_rng());
                seat.after_veil = true;
            }
            // Nothing of an opened ballot is worth keeping.
            Stage::Opened { .. } => {
                seat.make_room(&mut os_rng());
                seat.after_veil = true;
            }
            Stage::Cast { delivery, .. } if *delivery.borrow() == Delivery::Stored => {
                seat.make_room(&mut os_rng());
            }
            // It is on its way or was refused: the page still has something to say.
            cast @ Stage::Cast { .. } => seat.stage = cast,
        }
    }

    /// Forgets whoever is behind the veil and whose newest draft the server has.
    pub(super) fn forget_stored(&self, seat: &mut Seat) {
        seat.veiled.retain(|veiled| {
            let locator = veiled.session.draft.as_ref().map(DraftSeal::locator);
            !veiled.session.saves || !locator.is_some_and(|locator| self.0.keeper.is_stored(locator))
        });
    }
}
