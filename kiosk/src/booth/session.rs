//! What one person's turn at the booth holds.

use std::fmt;

use appearance::Language;
use belenios::{ballot::OpenedBallot, credential::Credential, text::Fingerprint};
use rand::CryptoRng;
use subtle::ConstantTimeEq;
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::{
    draft::DraftSeal,
    pages::{Notice, TextSize},
    voting::Tested,
};
use crate::{
    flow::{Choices, Flow, Screen},
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
    /// Who has left without a word and whose newest draft the server does not have yet.
    pub(super) veiled: Vec<Veiled>,
    /// Whether the veil has fallen over the last turn.
    pub(super) after_veil: bool,
}

/// A turn behind the veil: only the same card opens it.
pub(super) struct Veiled {
    pub(super) session: Box<Session>,
    pub(super) display: Display,
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
    /// What seals the draft; none at a booth without a hall key.
    pub(super) draft: Option<DraftSeal>,
    /// The draft as it was last given to the keeper, or as the vote began.
    pub(super) kept: Zeroizing<Vec<u8>>,
    /// What is said of an earlier draft, on the page the vote goes on at.
    pub(super) notice: Option<(Screen, Notice)>,
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
        Self {
            nonce: Nonce::random(rng),
            display: Display::default(),
            stage: Stage::Waiting,
            veiled: Vec::new(),
            after_veil: false,
        }
    }

    /// Makes room for the next person, in the standard look. Who is behind the veil stays there.
    pub(super) fn make_room(&mut self, rng: &mut impl CryptoRng) {
        let veiled = std::mem::take(&mut self.veiled);
        *self = Self { veiled, ..Self::new(rng) };
    }

    /// Where the turn of this card is behind the veil, if it is.
    pub(super) fn find_veiled(&self, credential: &Credential) -> Option<usize> {
        self.veiled.iter().position(|veiled| veiled.session.is_of(credential))
    }
}

impl Session {
    /// A vote that begins, or goes on in this flow.
    pub(super) fn new(credential: Credential, flow: Flow, draft: Option<DraftSeal>) -> Self {
        let kept = flow.snapshot();
        Self { credential, flow, prepared: None, tested: Tested::No, draft, kept, notice: None }
    }

    /// Whether it was begun with this card; in a time that tells nothing about the card.
    fn is_of(&self, credential: &Credential) -> bool {
        self.credential.text().as_bytes().ct_eq(credential.text().as_bytes()).into()
    }
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seat(hidden)")
    }
}
