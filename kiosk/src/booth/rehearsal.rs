//! The logic and accuracy test of a booth: in a rehearsal the scripted deck, whose answer is known, is voted with rehearsal cards
//! through the same steps as a person's vote, and every encrypted ballot is recomputed.

use belenios::ballot::OpenedBallot;
use evaluation::{deck, wire::Purpose};

use super::{Booth, CardError, CastError, TurnError};
use crate::uplink::Delivery;

/// A booth whose poll is a rehearsal: only such a one can be tested. There is no way to make one of the real poll.
#[derive(Clone, Debug)]
pub struct Rehearsal(Booth);

/// How far the test of a booth is, and what was found. Offices and answers as on the ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeckTest {
    /// Ballots of the deck.
    pub ballots: usize,
    /// How many of them have been voted.
    pub voted: usize,
    /// How many of them the server has signed for.
    pub stored: usize,
    /// How many were recomputed and hold exactly what the script says, on the review as in the ciphertexts.
    pub exact: usize,
    /// For each office how often each answer was found in the ballots when they were recomputed.
    pub found: Vec<Vec<usize>>,
    /// What has to be found in the end.
    pub known: Vec<Vec<usize>>,
}

/// Why a scripted ballot was not voted. The same one can be tried again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestError {
    /// The card is not taken.
    #[error("the card is not taken")]
    Card(#[from] CardError),
    /// The ballot is not cast.
    #[error("the scripted ballot is not cast")]
    Cast(#[from] CastError),
    /// A step is not possible.
    #[error("a step of the scripted ballot is not possible")]
    Turn(#[from] TurnError),
    /// All ballots of the deck have been voted.
    #[error("the whole deck has been voted")]
    Complete,
    /// Recomputing ended unexpectedly.
    #[error("recomputing the ballot was interrupted")]
    Interrupted,
}

impl DeckTest {
    fn new(offices: usize, answers: usize) -> Self {
        let known = deck::counts(offices, answers);
        let found = known.iter().map(|office| vec![0; office.len()]).collect();
        let ballots = deck::deck(offices, answers).len();
        Self { ballots, voted: 0, stored: 0, exact: 0, found, known }
    }

    /// Whether the whole deck has been voted.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.voted >= self.ballots
    }

    /// Whether everything is as it should be: every ballot exact and signed for, every office and answer found as often as known.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.is_complete()
            && self.exact == self.ballots
            && self.stored == self.ballots
            && self.found == self.known
    }

    fn count(&mut self, scripted: &[usize], recomputed: Option<&[usize]>, shown: bool, stored: bool) {
        self.voted = self.voted.saturating_add(1);
        self.stored = self.stored.saturating_add(usize::from(stored));
        let exact = shown && recomputed == Some(scripted);
        self.exact = self.exact.saturating_add(usize::from(exact));
        for (office, answer) in self.found.iter_mut().zip(recomputed.unwrap_or_default()) {
            if let Some(times) = office.get_mut(*answer) {
                *times = times.saturating_add(1);
            }
        }
    }
}

impl Booth {
    /// This booth as one that can be tested: only if the election says that it is a rehearsal.
    #[must_use]
    pub fn rehearsal(&self) -> Option<Rehearsal> {
        match self.poll().purpose {
            Purpose::Rehearsal => Some(Rehearsal(self.clone())),
            Purpose::Real => None,
        }
    }
}

impl Rehearsal {
    /// How far the test is.
    #[must_use]
    pub fn test(&self) -> DeckTest {
        let poll = self.0.poll();
        let new = || DeckTest::new(poll.offices.len(), poll.edition.rules.answers());
        self.0.0.day().test.get_or_insert_with(new).clone()
    }

    /// Begins the test anew, with other cards.
    pub fn restart(&self) {
        self.0.0.day().test = None;
    }

    /// Votes the next scripted ballot with the rehearsal card that bears this code.
    ///
    /// # Errors
    /// [`TestError`]; nothing is counted, and the same ballot is due.
    pub async fn vote(&self, code: &str) -> Result<DeckTest, TestError> {
        let mut test = self.test();
        let poll = self.0.poll();
        let deck = deck::deck(poll.offices.len(), poll.edition.rules.answers());
        let scripted = deck.get(test.voted).ok_or(TestError::Complete)?;
        let turn = self.0.turn().await;
        turn.present_card(code).await?;
        let voted = self.vote_in(&turn, scripted).await;
        turn.finish().await;
        let (recomputed, shown, stored) = voted?;
        test.count(scripted, recomputed.as_deref(), shown, stored);
        self.0.0.day().test = Some(test.clone());
        Ok(test)
    }

    /// What the encrypted ballot holds, whether the review showed what the script says, and whether the server signed for it.
    async fn vote_in(
        &self,
        turn: &super::Turn,
        scripted: &[usize],
    ) -> Result<(Option<Vec<usize>>, bool, bool), TestError> {
        turn.test().await?;
        for (position, answer) in self.0.positions().zip(scripted) {
            turn.grade(position, *answer).await?;
        }
        let review = turn.review().await?;
        let shown = review.grades.iter().copied().eq(scripted.iter().copied().map(Some));
        let tracker = review.tracker.ok_or(CastError::NotReviewed)?;
        let opened = turn.opened().await?;
        let cast = turn.cast(tracker).await?;
        let booth = self.0.clone();
        let recomputed = tokio::task::spawn_blocking(move || {
            let opened = opened?;
            booth.poll().recompute(&opened).filter(|(found, _)| *found == tracker).map(|(_, choices)| choices)
        });
        let recomputed = recomputed.await.map_err(|_| TestError::Interrupted)?;
        Ok((recomputed, shown, cast.delivery == Delivery::Stored))
    }
}

impl super::Poll {
    /// Tracker of an opened ballot, and for each office the place of the answer that its ciphertexts hold; none if it does not
    /// hold what it claims, or is not of this election.
    fn recompute(&self, opened: &OpenedBallot) -> Option<(belenios::text::Fingerprint, Vec<usize>)> {
        let audit = opened.recompute().ok()?;
        let questions = evaluation::description::questions(&self.edition.rules, &self.offices);
        if audit.answers.len() != questions.len() {
            return None;
        }
        let places = questions.iter().zip(&audit.answers).map(|(question, (asked, answer))| {
            let place = question.answers.iter().position(|known| known == answer)?;
            (question.question == *asked).then_some(place)
        });
        Some((audit.tracker, places.collect::<Option<_>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test of a booth that alters what it is given.
    fn tested(alter: impl Fn(usize, &mut Vec<usize>)) -> DeckTest {
        let mut test = DeckTest::new(3, 4);
        for (number, scripted) in deck::deck(3, 4).iter().enumerate() {
            let mut found = scripted.clone();
            alter(number, &mut found);
            test.count(scripted, Some(&found), true, true);
        }
        test
    }

    #[test]
    fn a_booth_that_alters_a_single_grade_fails() {
        assert!(tested(|_, _| {}).is_passed());
        let altered = tested(|number, found| {
            if number == 4 {
                found[1] = (found[1] + 1) % 4;
            }
        });
        assert!(!altered.is_passed());
        assert_eq!(altered.exact, altered.ballots - 1);
    }

    #[test]
    fn a_booth_that_swaps_two_offices_or_two_grades_fails() {
        let offices = tested(|_, found| found.swap(0, 2));
        assert!(!offices.is_passed() && offices.found != offices.known);
        let grades = tested(|_, found| found.iter_mut().for_each(|grade| *grade = [1, 0, 2, 3][*grade]));
        assert!(!grades.is_passed() && grades.found != grades.known);
    }

    #[test]
    fn a_ballot_that_cannot_be_recomputed_or_was_shown_otherwise_fails() {
        for (recomputable, shown) in [(false, true), (true, false)] {
            let mut test = DeckTest::new(3, 4);
            for scripted in deck::deck(3, 4) {
                test.count(&scripted, recomputable.then_some(scripted.as_slice()), shown, true);
            }
            assert!(test.is_complete() && !test.is_passed());
        }
    }
}
