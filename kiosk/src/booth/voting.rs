//! Encryption at the booth, whatever the group of the election.

use belenios::{
    ballot::{BallotBox, ChoiceError, OpenedBallot},
    credential::Credential,
    group::Group,
};

use crate::os_rng;

/// Whether a ballot belongs to the test of a rehearsal, so that it is opened and cast all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tested {
    /// A person's ballot: nothing opens it.
    No,
    /// A scripted ballot of a rehearsal. Only [`super::Rehearsal`] asks for one.
    InRehearsal,
}

/// A ballot, and what opens it if it was a test.
pub(super) struct Encrypted {
    pub(super) ballot: String,
    pub(super) opened: Option<OpenedBallot>,
}

/// An election made ready for many ballots; the group is known inside only.
pub(super) trait Voting: Send + Sync {
    /// The public half of a card's credential, as it stands on the list.
    fn public(&self, credential: &Credential) -> String;

    /// The canonical text of a ballot that chooses one answer a question, by its place from 0. Only a `tested` one is opened.
    fn encrypt(
        &self,
        credential: &Credential,
        choices: &[usize],
        tested: Tested,
    ) -> Result<Encrypted, ChoiceError>;

    /// Bytes of the longest ballot.
    fn maximal_ballot_size(&self) -> usize;
}

impl<G: Group> Voting for BallotBox<G> {
    fn public(&self, credential: &Credential) -> String {
        G::encode(credential.derive::<G>(&self.election().parameters().uuid).public())
    }

    fn encrypt(
        &self,
        credential: &Credential,
        choices: &[usize],
        tested: Tested,
    ) -> Result<Encrypted, ChoiceError> {
        let credential = credential.derive::<G>(&self.election().parameters().uuid);
        let prepared = self.prepare(&credential, choices, &mut os_rng())?;
        Ok(match tested {
            Tested::No => Encrypted { ballot: prepared.cast().to_json(), opened: None },
            Tested::InRehearsal => {
                let opened = prepared.challenge(self.election());
                Encrypted { ballot: opened.ballot().to_owned(), opened: Some(opened) }
            }
        })
    }

    fn maximal_ballot_size(&self) -> usize {
        BallotBox::maximal_ballot_size(self)
    }
}
