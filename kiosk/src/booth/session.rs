//! What one person's turn at the booth holds.

use std::fmt;

use appearance::Language;
use belenios::{ballot::OpenedBallot, credential::Credential, text::Fingerprint};
use rand::CryptoRng;
use tokio::sync::watch;

use super::{pages::TextSize, voting::Tested};
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
    /// Whether prompts are spoken, if the person has said so.
    pub voice: Option<bool>,
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
    /// The person has confirmed; nothing of the choices or the card is left.
    Cast { tracker: Fingerprint, delivery: watch::Receiver<Delivery> },
}

/// A card presented, and the choices made with it. Dropping it overwrites both.
pub(super) struct Session {
    pub(super) credential: Credential,
    pub(super) flow: Flow,
    /// The encrypted ballot, if nothing was changed since.
    pub(super) prepared: Option<Prepared>,
    pub(super) tested: Tested,
}

/// A ballot that will be cast exactly as it is, and the choices it was made from.
pub(super) struct Prepared {
    pub(super) choices: Choices,
    pub(super) ballot: String,
    pub(super) tracker: Fingerprint,
    /// What opens it; only of a scripted ballot of a rehearsal.
    pub(super) opened: Option<OpenedBallot>,
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
