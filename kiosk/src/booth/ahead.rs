//! Encryption while the person reads: one worker for each vote makes the answers ahead, so that no page waits for it.
//!
//! The worker is told what has been chosen and what is read; what it has to do follows from the difference to what it has made: first
//! the answers that were chosen, then every possible answer of the office on the screen and of those that come next. It works apart
//! from the pages, one office at a time. The review waits until every answer is made and only signs; it says itself which answers the
//! ballot holds, so what the worker heard in between can only make it wait, never change the ballot.

use std::{
    fmt, panic,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use belenios::ballot::ChoiceError;
use tokio::{
    sync::{Notify, oneshot},
    task::{AbortHandle, spawn_blocking},
};
use zeroize::Zeroizing;

use super::{
    TurnError,
    voting::{Making, Undecided},
};
use crate::flow::{Choices, Flow, Screen};

/// How many offices are made ready for: the one that is read and two more.
const AHEAD: usize = 3;

/// The worker of one vote. When it is dropped the worker ends, and everything it made is wiped.
pub(super) struct Ahead {
    wishes: Arc<Wishes>,
    worker: AbortHandle,
}

#[derive(Default)]
struct Wishes {
    now: Mutex<Wish>,
    changed: Notify,
}

/// What is to be made. Offices by their place on the list from 0.
#[derive(Default)]
struct Wish {
    /// For every office the answer that was chosen.
    chosen: Zeroizing<Vec<Option<usize>>>,
    /// The offices whose every answer is made, the next one first.
    ahead: Vec<usize>,
    /// Who waits for the ballot of these choices.
    sealing: Option<(Choices, oneshot::Sender<Result<Sealed, ChoiceError>>)>,
}

/// A ballot and the choices it was made of.
type Sealed = (Choices, Box<dyn Undecided>);

/// One piece of work.
enum Work {
    Choose(usize, usize),
    Foresee(usize),
    Seal(Choices, oneshot::Sender<Result<Sealed, ChoiceError>>),
}

impl Ahead {
    /// Begins to make a ballot. Needs a runtime.
    pub(super) fn begin(making: Box<dyn Making>) -> Self {
        let wishes = Arc::new(Wishes::default());
        let worker = tokio::spawn(work(making, Arc::clone(&wishes))).abort_handle();
        Self { wishes, worker }
    }

    /// Says how far the vote is. Never waits.
    pub(super) fn follow(&self, flow: &Flow) {
        // The room is taken at once: a vector that grows leaves copies behind.
        let mut chosen = Zeroizing::new(Vec::with_capacity(flow.offices().get().into()));
        chosen.extend(flow.positions().map(|position| flow.chosen(position)));
        {
            let mut wish = self.wishes.now();
            wish.chosen = chosen;
            wish.ahead = coming(flow);
        }
        self.wishes.changed.notify_one();
    }

    /// The ballot of these choices, as soon as every answer is made.
    ///
    /// # Errors
    /// [`TurnError::Choices`], or [`TurnError::Encryption`] if the worker has ended.
    pub(super) async fn prepare(&self, choices: Choices) -> Result<Sealed, TurnError> {
        let (answer, sealed) = oneshot::channel();
        self.wishes.now().sealing = Some((choices, answer));
        self.wishes.changed.notify_one();
        sealed.await.map_err(|_| TurnError::Encryption)?.map_err(TurnError::Choices)
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.worker.abort();
    }
}

impl fmt::Debug for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ahead(hidden)")
    }
}

impl Wishes {
    fn now(&self) -> MutexGuard<'_, Wish> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wish {
    /// What is due next, if anything.
    fn next(&mut self, making: &dyn Making) -> Option<Work> {
        if let Some((choices, answer)) = self.sealing.take() {
            return Some(Work::Seal(choices, answer));
        }
        let chosen = self.chosen.iter().enumerate().filter_map(|(office, answer)| Some((office, (*answer)?)));
        if let Some((office, answer)) =
            { chosen }.find(|(office, answer)| making.chosen(*office) != Some(*answer))
        {
            return Some(Work::Choose(office, answer));
        }
        self.ahead.iter().copied().find(|office| !making.is_foreseen(*office)).map(Work::Foresee)
    }
}

/// The offices without a grade that the person reads now and next.
fn coming(flow: &Flow) -> Vec<usize> {
    let Screen::Office(here) = flow.screen() else { return Vec::new() };
    let onward = flow.sequence().iter().skip_while(|position| **position != here);
    let unrated = onward.filter(|position| flow.chosen(**position).is_none());
    unrated.take(AHEAD).map(|position| position.index()).collect()
}

/// Works until the vote is over. The ballot goes to a thread of its own for each piece of work and comes back.
async fn work(mut making: Box<dyn Making>, wishes: Arc<Wishes>) {
    loop {
        let due = wishes.now().next(&*making);
        let Some(due) = due else {
            wishes.changed.notified().await;
            continue;
        };
        match spawn_blocking(move || (perform(due, &mut *making), making)).await {
            Ok((Ok(()), returned)) => making = returned,
            // It would fail again; the review says so when it asks for the ballot, and finds nobody.
            Ok((Err(error), _)) => {
                tracing::error!(%error, "an answer could not be encrypted");
                return;
            }
            Err(error) => match error.try_into_panic() {
                Ok(reason) => panic::resume_unwind(reason),
                Err(_) => return,
            },
        }
    }
}

fn perform(work: Work, making: &mut dyn Making) -> Result<(), ChoiceError> {
    match work {
        Work::Choose(office, answer) => making.choose(office, answer),
        Work::Foresee(office) => making.foresee(office),
        Work::Seal(choices, answer) => {
            let sealed = making.prepare(choices.as_slice()).map(|ballot| (choices, ballot));
            // Whoever asked may have left.
            _ = answer.send(sealed);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use belenios::{
        ballot::{BallotBox, OpenedBallot},
        credential::Credential,
        election::{Election, Parameters, Question},
        group::Ed25519 as G,
        trustee::{Trustees, single::SecretKey},
    };
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;
    use crate::{booth::voting::Voting, flow::Position};

    const OFFICES: u16 = 5;
    const GRADES: usize = 4;

    fn flow() -> Flow {
        Flow::new(NonZeroU16::new(OFFICES).unwrap(), GRADES)
    }

    fn making() -> Box<dyn Making> {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let key = SecretKey::<G>::generate(&mut rng);
        let trustees = Trustees::all_needed([key.to_public(None, &mut rng)]);
        let answers = ["0", "1", "2", "3"].map(str::to_owned).to_vec();
        let questions =
            (0..OFFICES).map(|n| Question::single_choice(n.to_string(), answers.clone())).collect();
        let uuid = "1r7xvBB2ZoyrxA".parse().unwrap();
        let parameters =
            Parameters::new(uuid, "test".into(), String::new(), trustees.election_key(), questions);
        let ballot_box = Arc::new(BallotBox::<G>::new(Election::new(parameters).unwrap()));
        ballot_box.begin(&Credential::generate(&mut rng))
    }

    fn recomputed(opened: &OpenedBallot) -> Vec<usize> {
        opened.recompute().unwrap().answers.iter().map(|(_, answer)| answer.parse().unwrap()).collect()
    }

    /// What the worker would do for this vote, piece by piece.
    fn due(wish: &mut Wish, flow: &Flow, making: &mut dyn Making) -> Vec<(usize, Option<usize>)> {
        wish.chosen = Zeroizing::new(flow.positions().map(|position| flow.chosen(position)).collect());
        wish.ahead = coming(flow);
        let mut done = Vec::new();
        while let Some(work) = wish.next(making) {
            match work {
                Work::Choose(office, answer) => {
                    making.choose(office, answer).unwrap();
                    done.push((office, Some(answer)));
                }
                Work::Foresee(office) => {
                    making.foresee(office).unwrap();
                    done.push((office, None));
                }
                Work::Seal(..) => panic!("nobody asked for the ballot"),
            }
        }
        done
    }

    #[test]
    fn the_office_on_the_screen_and_the_next_two_are_made_ready_and_a_grade_comes_first() {
        let (mut wish, mut making, mut flow) = (Wish::default(), making(), flow());
        assert_eq!(due(&mut wish, &flow, &mut *making), [(0, None), (1, None), (2, None)]);
        flow.grade(Position::FIRST, 3).unwrap();
        assert_eq!(due(&mut wish, &flow, &mut *making), [(0, Some(3)), (3, None)]);
        // Nothing is ready where somebody jumps to, so only the answer itself is made.
        flow.grade(Position::new(5).unwrap(), 1).unwrap();
        assert_eq!(due(&mut wish, &flow, &mut *making), [(4, Some(1))]);
        flow.change(Position::FIRST).unwrap();
        flow.grade(Position::FIRST, 2).unwrap();
        assert_eq!(due(&mut wish, &flow, &mut *making), [(0, Some(2))]);
        assert_eq!(due(&mut wish, &flow, &mut *making), []);
    }

    #[test]
    fn a_draft_that_is_taken_up_is_encrypted_in_the_background() {
        let mut left = flow();
        for (position, grade) in left.positions().zip([3, 1, 0]) {
            left.grade(position, grade).unwrap();
        }
        let mut taken_up = flow();
        taken_up.restore(&left.snapshot()).unwrap();
        let (mut wish, mut making) = (Wish::default(), making());
        let done = due(&mut wish, &taken_up, &mut *making);
        assert_eq!(done, [(0, Some(3)), (1, Some(1)), (2, Some(0)), (3, None), (4, None)]);
    }

    #[tokio::test]
    async fn the_worker_ends_with_the_vote_and_wipes_what_it_made() {
        struct Watched(Box<dyn Making>, #[expect(dead_code, reason = "it lives as long")] Arc<()>);
        impl Making for Watched {
            fn foresee(&mut self, office: usize) -> Result<(), ChoiceError> {
                self.0.foresee(office)
            }
            fn is_foreseen(&self, office: usize) -> bool {
                self.0.is_foreseen(office)
            }
            fn choose(&mut self, office: usize, answer: usize) -> Result<(), ChoiceError> {
                self.0.choose(office, answer)
            }
            fn chosen(&self, office: usize) -> Option<usize> {
                self.0.chosen(office)
            }
            fn prepare(&mut self, choices: &[usize]) -> Result<Box<dyn Undecided>, ChoiceError> {
                self.0.prepare(choices)
            }
        }
        let alive = Arc::new(());
        let ahead = Ahead::begin(Box::new(Watched(making(), Arc::clone(&alive))));
        ahead.follow(&flow());
        tokio::task::yield_now().await;
        drop(ahead);
        while Arc::strong_count(&alive) > 1 {
            tokio::task::yield_now().await;
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn whatever_way_a_person_goes_the_ballot_holds_exactly_the_last_grades(
            steps in prop::collection::vec((1..=OFFICES, 0..GRADES, 0..5_u8), 0..12),
            restored: bool,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (expected, found, tracker, recomputed_tracker) = runtime.block_on(async {
                let mut flow = flow();
                let mut ahead = Ahead::begin(making());
                ahead.follow(&flow);
                for (number, grade, pace) in steps {
                    flow.grade(Position::new(number).unwrap(), grade).unwrap();
                    ahead.follow(&flow);
                    // Some people read, others do not.
                    for _ in 0..pace {
                        tokio::task::yield_now().await;
                    }
                }
                if restored {
                    let snapshot = flow.snapshot();
                    flow = self::flow();
                    flow.restore(&snapshot).unwrap();
                    ahead = Ahead::begin(making());
                    ahead.follow(&flow);
                }
                while let Some(position) = flow.first_unrated() {
                    flow.grade(position, position.index() % GRADES).unwrap();
                    ahead.follow(&flow);
                }
                let choices = flow.complete().unwrap();
                let expected = choices.as_slice().to_vec();
                let (choices, ballot) = ahead.prepare(choices).await.unwrap();
                assert_eq!(choices.as_slice(), expected);
                let tracker = ballot.tracker();
                let opened = ballot.open();
                (expected, recomputed(&opened), tracker, opened.recompute().unwrap().tracker)
            });
            prop_assert_eq!(found, expected);
            prop_assert_eq!(tracker, recomputed_tracker);
        }
    }
}
