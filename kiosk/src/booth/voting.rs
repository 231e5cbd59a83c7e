//! Encryption at the booth, whatever the group of the election.

use std::sync::Arc;

use belenios::{
    ballot::{BallotBox, ChoiceError, OpenedBallot, PreparedBallot},
    credential::Credential,
    group::Group,
    text::Fingerprint,
};

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

    /// A ballot that chooses one answer a question, by its place from 0.
    fn prepare(&self, credential: &Credential, choices: &[usize]) -> Result<Box<dyn Undecided>, ChoiceError>;

    /// Bytes of the longest ballot.
    fn maximal_ballot_size(&self) -> usize;
}

struct Prepared<G: Group> {
    ballot: PreparedBallot<G>,
    ballot_box: Arc<BallotBox<G>>,
}

impl<G: Group> Undecided for Prepared<G> {
    fn tracker(&self) -> Fingerprint {
        *self.ballot.tracker()
    }

    fn cast(self: Box<Self>) -> String {
        self.ballot.cast().to_json()
    }

    fn open(self: Box<Self>) -> OpenedBallot {
        self.ballot.challenge(self.ballot_box.election())
    }
}

impl<G: Group> Voting for Arc<BallotBox<G>> {
    fn public(&self, credential: &Credential) -> String {
        G::encode(credential.derive::<G>(&self.election().parameters().uuid).public())
    }

    fn prepare(&self, credential: &Credential, choices: &[usize]) -> Result<Box<dyn Undecided>, ChoiceError> {
        let credential = credential.derive::<G>(&self.election().parameters().uuid);
        let ballot = BallotBox::prepare(self, &credential, choices, &mut os_rng())?;
        Ok(Box::new(Prepared { ballot, ballot_box: Self::clone(self) }))
    }

    fn maximal_ballot_size(&self) -> usize {
        BallotBox::maximal_ballot_size(self)
    }
}
