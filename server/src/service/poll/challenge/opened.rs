//! Opened ballots while the poll is open: in memory only, a bounded number, gone when the server ends and when the box is sealed.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use belenios::ballot::OpenedBallot;
use belenios::text::Fingerprint;

use crate::domain::PollId;

/// The most opened ballots that are kept; the oldest goes first.
const MOST: usize = 100;
/// The most bytes of all of them together.
const MOST_BYTES: usize = 64 << 20;
/// So many characters of a tracker are enough to name a ballot: nobody guesses 36 bits of those below in a day.
const SHORTEST: usize = 8;
/// So many of them at least are no plus, which is not compared.
const FEWEST_COMPARED: usize = 6;

/// A ballot that a booth has opened.
pub struct Opened {
    /// Tracker of the ballot in the file.
    pub tracker: Fingerprint,
    /// The file, as the booth sent it.
    pub text: String,
    /// What this server found when it recomputed the ballot: every question with the answer that it holds.
    pub found: Result<Vec<(String, String)>, String>,
}

impl Opened {
    /// Recomputes the ballot; it must be one of this `election`.
    pub(super) fn recompute(
        tracker: Fingerprint,
        text: String,
        opened: &OpenedBallot,
        election: Option<Fingerprint>,
    ) -> Self {
        let found = match opened.recompute() {
            Ok(audit) if Some(audit.election) != election => {
                Err("the opened ballot belongs to another election".to_owned())
            }
            Ok(audit) if audit.tracker != tracker => Err("the opened ballot has another tracker".to_owned()),
            Ok(audit) => Ok(audit.answers),
            Err(error) => Err(error.to_string()),
        };
        Self { tracker, text, found }
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opened")
    }
}

/// The opened ballots of the poll that is open. Never stored: see the module above.
#[derive(Default)]
pub struct OpenedBallots(Mutex<VecDeque<(PollId, Arc<Opened>)>>);

impl OpenedBallots {
    /// Keeps one, in place of an earlier one of the same tracker. Those of other polls are forgotten.
    pub(super) fn keep(&self, poll: &PollId, opened: Opened) {
        let mut kept = self.kept();
        kept.retain(|(of, other)| of == poll && other.tracker != opened.tracker);
        kept.push_back((poll.clone(), Arc::new(opened)));
        let size = |kept: &VecDeque<(PollId, Arc<Opened>)>| -> usize {
            kept.iter().map(|(_, opened)| opened.text.len()).sum()
        };
        while kept.len() > MOST || size(&kept) > MOST_BYTES {
            kept.pop_front();
        }
    }

    /// The one whose tracker begins with what was typed, if there is exactly one.
    pub(super) fn find(&self, poll: &PollId, typed: &str) -> Option<Arc<Opened>> {
        let long_enough = typed.trim().chars().count() >= SHORTEST;
        let typed = plain(typed);
        if !long_enough || typed.len() < FEWEST_COMPARED {
            return None;
        }
        let kept = self.kept();
        let mut found = kept
            .iter()
            .filter(|(of, opened)| of == poll && plain(&opened.tracker.to_string()).starts_with(&typed));
        match (found.next(), found.next()) {
            (Some((_, opened)), None) => Some(Arc::clone(opened)),
            _ => None,
        }
    }

    /// Forgets all of them.
    pub(crate) fn forget(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<(PollId, Arc<Opened>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for OpenedBallots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpenedBallots")
    }
}

/// A tracker without what is lost on the way: a plus in an address arrives as a space.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '+').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll() -> PollId {
        "1r7xvBB2ZoyrxA".parse().unwrap()
    }

    fn opened(content: &str) -> Opened {
        Opened { tracker: Fingerprint::of(content), text: content.to_owned(), found: Err(String::new()) }
    }

    #[test]
    fn a_ballot_is_found_by_the_beginning_of_its_tracker_however_it_was_typed() {
        let kept = OpenedBallots::default();
        kept.keep(&poll(), opened(""));
        kept.keep(&poll(), opened("other"));
        // 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU
        for typed in ["47DEQpj8", "47DE Qpj8 HBSa", "47DEQpj8HBSa+/TImW+5", "47DEQpj8HBSa /TImW 5"] {
            assert_eq!(kept.find(&poll(), typed).unwrap().text, "", "{typed}");
        }
        for typed in ["47DEQpj", "", "47deqpj8", "47DEQpj9"] {
            assert!(kept.find(&poll(), typed).is_none(), "{typed}");
        }
        let other = "2r7xvBB2ZoyrxA".parse().unwrap();
        assert!(kept.find(&other, "47DEQpj8").is_none());
        kept.keep(&other, opened("third"));
        assert!(kept.find(&poll(), "47DEQpj8").is_none(), "another poll's are forgotten");
    }

    #[test]
    fn a_plus_counts_among_the_characters_that_suffice() {
        let with_plus =
            |opened: &Opened| opened.tracker.to_string().get(..8).is_some_and(|text| text.contains('+'));
        let ballot = (0_u32..10_000).map(|number| opened(&number.to_string())).find(with_plus).unwrap();
        let (text, tracker) = (ballot.text.clone(), ballot.tracker.to_string());
        let kept = OpenedBallots::default();
        kept.keep(&poll(), ballot);
        assert_eq!(kept.find(&poll(), &tracker[..8]).unwrap().text, text);
        assert!(kept.find(&poll(), &tracker[..7]).is_none());
        assert!(kept.find(&poll(), "++++++++").is_none());
    }

    #[test]
    fn a_bounded_number_is_kept_and_nothing_shows_in_a_log() {
        let kept = OpenedBallots::default();
        for number in 0..=MOST {
            kept.keep(&poll(), opened(&format!("ballot {number}")));
            kept.keep(&poll(), opened(&format!("ballot {number}")));
        }
        assert_eq!(kept.kept().len(), MOST);
        assert!(kept.find(&poll(), &Fingerprint::of("ballot 0").to_string()).is_none());
        assert!(kept.find(&poll(), &Fingerprint::of("ballot 1").to_string()).is_some());
        assert_eq!(format!("{kept:?}"), "OpenedBallots");
        kept.forget();
        assert!(kept.kept().is_empty());
    }
}
