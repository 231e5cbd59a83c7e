//! What one person's turn at the booth holds.

use std::fmt;

use appearance::Language;
use belenios::{ballot::OpenedBallot, credential::Credential, text::Fingerprint};
use rand::CryptoRng;
use subtle::ConstantTimeEq;
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::{
    ahead::Ahead,
    challenge::Challenged,
    draft::DraftSeal,
    pages::{Notice, TextSize},
    voting::{Tested, Undecided},
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
    /// A ballot of this card was opened; the person looks at it and then begins anew.
    Opened { credential: Credential, draft: Option<DraftSeal>, challenged: Box<Challenged> },
    /// The person has confirmed; nothing of the choices or the card is left.
    Cast { tracker: Fingerprint, delivery: watch::Receiver<Delivery> },
}

/// A card presented, and the choices made with it. Dropping it overwrites both.
pub(super) struct Session {
    pub(super) credential: Credential,
    pub(super) flow: Flow,
    /// Encrypts while the person reads.
    pub(super) ahead: Ahead,
    /// The encrypted ballot, if nothing was changed since.
    pub(super) prepared: Option<Prepared>,
    /// A ballot that the server was asked never to store, and that could not be opened yet. It cannot be cast any more.
    pub(super) set_apart: Option<Box<dyn Undecided>>,
    pub(super) tested: Tested,
    /// What seals the draft; none at a booth without a hall key.
    pub(super) draft: Option<DraftSeal>,
    /// Whether drafts are given to the keeper.
    pub(super) saves: bool,
    /// The draft as it was last given to the keeper, or as the vote began.
    pub(super) kept: Zeroizing<Vec<u8>>,
    /// What is said of an earlier draft, on the page the vote goes on at.
    pub(super) notice: Option<(Screen, Notice)>,
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
    pub(super) fn decide_to_cast(&mut self) -> &str {
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
    /// A vote that begins, or goes on in this flow; `ahead` makes its ballot.
    pub(super) fn new(credential: Credential, flow: Flow, ahead: Ahead, draft: Option<DraftSeal>) -> Self {
        let kept = flow.snapshot();
        ahead.follow(&flow);
        Self {
            credential,
            flow,
            ahead,
            prepared: None,
            set_apart: None,
            tested: Tested::No,
            draft,
            saves: true,
            kept,
            notice: None,
        }
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
