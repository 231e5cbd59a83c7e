//! Encryption at the booth, whatever the group of the election.

use belenios::{
    ballot::{BallotBox, ChoiceError},
    credential::Credential,
    group::Group,
};

use crate::os_rng;

/// An election made ready for many ballots; the group is known inside only.
pub(super) trait Voting: Send + Sync {
    /// The public half of a card's credential, as it stands on the list.
    fn public(&self, credential: &Credential) -> String;

    /// The canonical text of a ballot that chooses one answer a question, by its place from 0.
    fn encrypt(&self, credential: &Credential, choices: &[usize]) -> Result<String, ChoiceError>;

    /// Bytes of the longest ballot.
    fn maximal_ballot_size(&self) -> usize;
}

impl<G: Group> Voting for BallotBox<G> {
    fn public(&self, credential: &Credential) -> String {
        G::encode(credential.derive::<G>(&self.election().parameters().uuid).public())
    }

    fn encrypt(&self, credential: &Credential, choices: &[usize]) -> Result<String, ChoiceError> {
        let credential = credential.derive::<G>(&self.election().parameters().uuid);
        Ok(BallotBox::encrypt(self, &credential, choices, &mut os_rng())?.to_json())
    }

    fn maximal_ballot_size(&self) -> usize {
        BallotBox::maximal_ballot_size(self)
    }
}
