//! What one person's turn at the booth holds.

use std::fmt;

use appearance::Language;
use belenios::{ballot::OpenedBallot, credential::Credential, text::Fingerprint};
use rand::CryptoRng;
use tokio::sync::watch;

use super::{
    challenge::Challenged,
    pages::TextSize,
    voting::{Tested, Undecided},
};
use crate::{
    flow::{Choices, Flow},
    pages::Nonce,
    uplink::Delivery,
};

/// How the person wants the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Display {
    /// Language of the pages.
    pub language: Language,
    /// Size of the text.
    pub text_size: TextSize,
    /// Black on white.
    pub high_contrast: bool,
}

/// The chair before the booth: one turn, from the moment the last person finished until this one does.
pub(super) struct Seat {
    pub(super) nonce: Nonce,
    pub(super) display: Display,
    pub(super) stage: Stage,
}

/// How far the turn is.
pub(super) enum Stage {
    /// No card yet.
    Waiting,
    /// The person chooses.
    Voting(Box<Session>),
    /// A ballot of this card was opened; the person looks at it and then begins anew.
    Opened { credential: Credential, challenged: Box<Challenged> },
    /// The person has confirmed; nothing of the choices or the card is left.
    Cast { tracker: Fingerprint, delivery: watch::Receiver<Delivery> },
}

/// A card presented, and the choices made with it. Dropping it overwrites both.
pub(super) struct Session {
    pub(super) credential: Credential,
    pub(super) flow: Flow,
    /// The encrypted ballot, if nothing was changed since.
    pub(super) prepared: Option<Prepared>,
    /// A ballot that the server was asked never to store, and that could not be opened yet. It cannot be cast any more.
    pub(super) set_apart: Option<Box<dyn Undecided>>,
    pub(super) tested: Tested,
}

/// A ballot that will be cast or opened exactly as it is, and the choices it was made from.
pub(super) struct Prepared {
    pub(super) choices: Choices,
    pub(super) ballot: Sealed,
    pub(super) tracker: Fingerprint,
    /// What opens it; only of a scripted ballot of a rehearsal.
    pub(super) opened: Option<OpenedBallot>,
}

/// What becomes of a ballot.
pub(super) enum Sealed {
    /// It can be cast or opened.
    Undecided(Box<dyn Undecided>),
    /// It can only be cast any more.
    ToCast(String),
}

impl Session {
    /// A vote at the first office with this card, nothing chosen.
    pub(super) fn begin(credential: Credential, flow: Flow) -> Self {
        Self { credential, flow, prepared: None, set_apart: None, tested: Tested::No }
    }

    /// The ballot that has not been cast, by what can become of it.
    pub(super) fn can_be_opened(&self) -> Option<Fingerprint> {
        match (&self.set_apart, &self.prepared) {
            (Some(ballot), _) => Some(ballot.tracker()),
            (None, Some(Prepared { ballot: Sealed::Undecided(_), tracker, .. })) => Some(*tracker),
            _ => None,
        }
    }

    /// Decides that the ballot with this tracker is opened: from here on it cannot be cast. Says whether there is such a ballot.
    pub(super) fn set_apart(&mut self, tracker: Fingerprint) -> bool {
        if self.can_be_opened() != Some(tracker) {
            return false;
        }
        if let Some(Prepared { ballot: Sealed::Undecided(ballot), .. }) = self.prepared.take() {
            self.set_apart = Some(ballot);
        }
        true
    }
}

impl Prepared {
    /// Decides that the ballot is cast: from here on it cannot be opened. The text stays here until it is stored.
    pub(super) fn to_cast(&mut self) -> &str {
        if let Sealed::Undecided(_) = self.ballot
            && let Sealed::Undecided(ballot) =
                std::mem::replace(&mut self.ballot, Sealed::ToCast(String::new()))
        {
            self.ballot = Sealed::ToCast(ballot.cast());
        }
        match &self.ballot {
            Sealed::ToCast(text) => text,
            Sealed::Undecided(_) => "",
        }
    }
}

impl Seat {
    /// An empty chair in the standard look.
    pub(super) fn new(rng: &mut impl CryptoRng) -> Self {
        Self { nonce: Nonce::random(rng), display: Display::default(), stage: Stage::Waiting }
    }
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seat(hidden)")
    }
}
