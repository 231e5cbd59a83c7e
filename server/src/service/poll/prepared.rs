//! The election that ballots come for, made ready once: reading it and multiplying its key takes a good part of the time that a
//! person waits for 提交成功.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use belenios::ballot::BallotBox;
use belenios::election::Election;
use belenios::group::Group;
use evaluation::hash::Sha256Hash;

use crate::service::ServiceError;

/// The last election that was asked for; there is one poll at a time. In memory only.
#[derive(Default)]
pub struct PreparedElection(Mutex<Option<(Sha256Hash, Arc<dyn Any + Send + Sync>)>>);

impl fmt::Debug for PreparedElection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedElection").finish_non_exhaustive()
    }
}

impl PreparedElection {
    /// The election with this text, ready to check ballots.
    ///
    /// # Errors
    /// [`ServiceError`] if the stored text is none of this group.
    pub(super) fn of<G: Group>(&self, text: &str) -> Result<Arc<BallotBox<G>>, ServiceError> {
        let hash = Sha256Hash::of(text.as_bytes());
        // Held while it is prepared: the second ballot of the day need not do so again.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, prepared)) = &*last
            && *known == hash
            && let Ok(prepared) = Arc::clone(prepared).downcast()
        {
            return Ok(prepared);
        }
        let election = Election::<G>::parse(text).map_err(ServiceError::contradiction)?;
        let prepared = Arc::new(BallotBox::new(election));
        *last = Some((hash, Arc::<BallotBox<G>>::clone(&prepared)));
        Ok(prepared)
    }
}

#[cfg(test)]
mod tests {
    use belenios::election::{Parameters, Question};
    use belenios::group::{Belenios2048, Ed25519};

    use super::*;

    fn text(uuid: &str) -> String {
        let question = Question::single_choice("?".to_owned(), vec!["0".to_owned(), "1".to_owned()]);
        let (uuid, key) = (uuid.parse().unwrap(), Ed25519::generator());
        let parameters =
            Parameters::<Ed25519>::new(uuid, "prepared".to_owned(), String::new(), key, vec![question]);
        Election::new(parameters).unwrap().text().to_owned()
    }

    #[test]
    fn an_election_is_prepared_once_and_never_taken_for_another() {
        let prepared = PreparedElection::default();
        let (first, other) = (text("3yVq8K1abcXr2P"), text("2r7xvBB2ZoyrxA"));
        let once = prepared.of::<Ed25519>(&first).unwrap();
        assert!(Arc::ptr_eq(&once, &prepared.of(&first).unwrap()));
        let uuid = |found: Arc<BallotBox<Ed25519>>| found.election().parameters().uuid.to_string();
        assert_eq!(uuid(prepared.of(&other).unwrap()), "2r7xvBB2ZoyrxA");
        assert_eq!(uuid(prepared.of(&first).unwrap()), "3yVq8K1abcXr2P");
        assert!(prepared.of::<Belenios2048>(&first).is_err(), "an election of another group");
        assert_eq!(uuid(prepared.of(&first).unwrap()), "3yVq8K1abcXr2P");
    }
}
