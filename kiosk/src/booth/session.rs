//! What one person's turn at the booth holds, and what every form must carry.

use std::fmt;

use appearance::Language;
use belenios::{credential::Credential, text::Fingerprint};
use rand::CryptoRng;
use subtle::ConstantTimeEq;
use tokio::sync::watch;

use super::pages::TextSize;
use crate::{
    flow::{Choices, Flow},
    uplink::Delivery,
};

/// 256 random bits that every form carries (at a booth: of one turn), so that no other page, tab or person can speak for it.
#[derive(Clone)]
pub struct Nonce(String);

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
    /// The person has confirmed; nothing of the choices or the card is left.
    Cast { tracker: Fingerprint, delivery: watch::Receiver<Delivery> },
}

/// A card presented, and the choices made with it. Dropping it overwrites both.
pub(super) struct Session {
    pub(super) credential: Credential,
    pub(super) flow: Flow,
    /// The encrypted ballot, if nothing was changed since.
    pub(super) prepared: Option<Prepared>,
}

/// A ballot that will be cast exactly as it is, and the choices it was made from.
pub(super) struct Prepared {
    pub(super) choices: Choices,
    pub(super) ballot: String,
    pub(super) tracker: Fingerprint,
}

impl Nonce {
    pub(crate) fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(hex::encode(bytes))
    }

    /// What a form sent; it need not be a nonce of any turn.
    #[must_use]
    pub fn from_form(text: String) -> Self {
        Self(text)
    }

    /// The text for a form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Nonce {
    /// In a time that does not tell how much of it is right.
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Nonce {}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(hidden)")
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
