//! Encryption at the booth, whatever the group of the election.

use std::sync::Arc;

use belenios::{
    ballot::{BallotBox, BallotInProgress, ChoiceError, OpenedBallot, PreparedBallot},
    credential::Credential,
    group::Group,
    text::Fingerprint,
};
use zeroize::Zeroizing;

use crate::os_rng;

/// Whether a ballot belongs to the test of a rehearsal, so that it is opened and cast all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tested {
    /// A person's ballot: cast, or opened and never cast.
    No,
    /// A scripted ballot of a rehearsal. Only [`super::Rehearsal`] asks for one.
    InRehearsal,
}

/// A complete ballot whose tracker is known, and of which nobody has said whether it is cast or opened. Either consumes it: no
/// ballot can be opened and then cast, or cast and then opened.
pub(super) trait Undecided: Send + Sync {
    /// The ballot's tracker.
    fn tracker(&self) -> Fingerprint;

    /// The canonical text, to be cast; what could open it is wiped.
    fn cast(self: Box<Self>) -> String;

    /// What opens the ballot for everybody.
    fn open(self: Box<Self>) -> OpenedBallot;
}

/// An election made ready for many ballots; the group is known inside only.
pub(super) trait Voting: Send + Sync {
    /// The public half of a card's credential, as it stands on the list.
    fn public(&self, credential: &Credential) -> String;

    /// Begins the ballot of a card.
    fn begin(&self, credential: &Credential) -> Box<dyn Making>;

    /// Bytes of the longest ballot.
    fn maximal_ballot_size(&self) -> usize;
}

/// A ballot while its voter chooses. Dropping it wipes everything secret. Offices and answers by their place from 0.
pub(super) trait Making: Send {
    /// Makes every possible answer of an office, unless that or its answer is made already.
    fn foresee(&mut self, office: usize) -> Result<(), ChoiceError>;

    /// Whether [`Self::foresee`] or [`Self::choose`] has been done for this office.
    fn is_foreseen(&self, office: usize) -> bool;

    /// Answers an office, in place of an earlier answer. The same again changes nothing.
    fn choose(&mut self, office: usize, answer: usize) -> Result<(), ChoiceError>;

    /// The answer that is made for an office.
    fn chosen(&self, office: usize) -> Option<usize>;

    /// The ballot of exactly these answers, one an office. What is made already is not made again.
    fn prepare(&mut self, choices: &[usize]) -> Result<Box<dyn Undecided>, ChoiceError>;
}

struct Prepared<G: Group> {
    ballot: PreparedBallot<G>,
    ballot_box: Arc<BallotBox<G>>,
}

struct InProgress<G: Group> {
    ballot: BallotInProgress<G>,
    ballot_box: Arc<BallotBox<G>>,
    /// For each office whether every answer is made.
    foreseen: Vec<bool>,
    /// For each office the answer that is made.
    chosen: Zeroizing<Vec<Option<usize>>>,
}

impl<G: Group> Undecided for Prepared<G> {
    fn tracker(&self) -> Fingerprint {
        *self.ballot.tracker()
    }

    fn cast(self: Box<Self>) -> String {
        self.ballot.cast_text()
    }

    fn open(self: Box<Self>) -> OpenedBallot {
        self.ballot.challenge(self.ballot_box.election())
    }
}

impl<G: Group> Voting for Arc<BallotBox<G>> {
    fn public(&self, credential: &Credential) -> String {
        G::encode(credential.derive::<G>(&self.election().parameters().uuid).public())
    }

    fn begin(&self, credential: &Credential) -> Box<dyn Making> {
        let credential = credential.derive::<G>(&self.election().parameters().uuid);
        let offices = self.election().parameters().questions.len();
        Box::new(InProgress {
            ballot: BallotBox::begin(self, credential),
            ballot_box: Self::clone(self),
            foreseen: vec![false; offices],
            chosen: Zeroizing::new(vec![None; offices]),
        })
    }

    fn maximal_ballot_size(&self) -> usize {
        BallotBox::maximal_ballot_size(self)
    }
}

impl<G: Group> Making for InProgress<G> {
    fn foresee(&mut self, office: usize) -> Result<(), ChoiceError> {
        self.ballot.foresee(&self.ballot_box, office, &mut os_rng())?;
        if let Some(foreseen) = self.foreseen.get_mut(office) {
            *foreseen = true;
        }
        Ok(())
    }

    fn is_foreseen(&self, office: usize) -> bool {
        self.foreseen.get(office).is_none_or(|foreseen| *foreseen)
    }

    fn choose(&mut self, office: usize, answer: usize) -> Result<(), ChoiceError> {
        if self.chosen(office) == Some(answer) {
            return Ok(());
        }
        self.ballot.choose(&self.ballot_box, office, answer, &mut os_rng())?;
        if let (Some(foreseen), Some(chosen)) = (self.foreseen.get_mut(office), self.chosen.get_mut(office)) {
            (*foreseen, *chosen) = (true, Some(answer));
        }
        Ok(())
    }

    fn chosen(&self, office: usize) -> Option<usize> {
        self.chosen.get(office).copied().flatten()
    }

    fn prepare(&mut self, choices: &[usize]) -> Result<Box<dyn Undecided>, ChoiceError> {
        if choices.len() != self.chosen.len() {
            return Err(ChoiceError::Count { questions: self.chosen.len(), choices: choices.len() });
        }
        for (office, answer) in choices.iter().enumerate() {
            self.choose(office, *answer)?;
        }
        let ballot = self.ballot.prepare(&self.ballot_box, &mut os_rng())?;
        Ok(Box::new(Prepared { ballot, ballot_box: Arc::clone(&self.ballot_box) }))
    }
}
