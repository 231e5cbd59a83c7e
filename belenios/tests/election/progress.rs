//! A ballot that is made while its voter chooses.

use belenios::ballot::ChoiceError;
use belenios::group::{Ed25519, Group};
use belenios::text::Fingerprint;
use proptest::prelude::*;

use super::hall::Hall;

const QUESTIONS: usize = 3;

/// What a voter or the machine does with a question, by its place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Foresee(usize),
    Choose(usize, usize),
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..QUESTIONS).prop_map(Step::Foresee),
        (0..QUESTIONS, 0..4_usize).prop_map(|(question, choice)| Step::Choose(question, choice)),
    ];
    prop::collection::vec(step, 0..8)
}

/// Whatever was made beforehand and changed: what is cast holds the last choices.
pub(crate) fn holds_the_last_choices<G: Group>(seed: u64, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut hall = Hall::<G>::new(seed, QUESTIONS, 1);
    let credential = hall.credentials.first().unwrap().clone();
    let mut progress = hall.ballot_box.begin(credential);
    let mut expected = [None; QUESTIONS];
    let last = (0..QUESTIONS).map(|question| Step::Choose(question, question));
    for step in steps.iter().copied().chain(last) {
        let complete = expected.iter().all(Option::is_some);
        prop_assert_eq!(progress.prepare(&hall.ballot_box, &mut hall.rng).is_ok(), complete);
        match step {
            Step::Foresee(question) => {
                progress.foresee(&hall.ballot_box, question, &mut hall.rng).unwrap();
            }
            Step::Choose(question, choice) => {
                progress.choose(&hall.ballot_box, question, choice, &mut hall.rng).unwrap();
                expected[question] = Some(choice);
            }
        }
    }
    let prepared = progress.prepare(&hall.ballot_box, &mut hall.rng).unwrap();
    let tracker = *prepared.tracker();
    let cast = prepared.cast_text();
    prop_assert_eq!(hall.ballot_box.check(cast.as_bytes()).unwrap().to_json(), &*cast);
    prop_assert_eq!(Fingerprint::of(&cast), tracker);
    let prepared = progress.prepare(&hall.ballot_box, &mut hall.rng).unwrap();
    let opened = prepared.challenge(hall.ballot_box.election());
    prop_assert!(hall.ballot_box.check(opened.ballot().as_bytes()).is_ok());
    let audit = opened.recompute().unwrap();
    let grades = ["满意", "较满意", "一般", "不满意"];
    let expected: Vec<_> = expected.iter().map(|choice| grades[choice.unwrap()]).collect();
    prop_assert_eq!(audit.answers.iter().map(|(_, answer)| answer.as_str()).collect::<Vec<_>>(), expected);
    Ok(())
}

#[test]
fn a_choice_that_is_not_possible_changes_nothing() {
    let mut hall = Hall::<Ed25519>::new(2, 1, 1);
    let credential = hall.credentials.first().unwrap().clone();
    let mut progress = hall.ballot_box.begin(credential);
    progress.choose(&hall.ballot_box, 0, 2, &mut hall.rng).unwrap();
    let refused = progress.choose(&hall.ballot_box, 0, 4, &mut hall.rng);
    assert_eq!(refused, Err(ChoiceError::Question { question: 1 }));
    assert_eq!(
        progress.choose(&hall.ballot_box, 1, 0, &mut hall.rng),
        Err(ChoiceError::Question { question: 2 })
    );
    assert_eq!(
        progress.foresee(&hall.ballot_box, 1, &mut hall.rng),
        Err(ChoiceError::Question { question: 2 })
    );
    let prepared = progress.prepare(&hall.ballot_box, &mut hall.rng).unwrap();
    let audit = prepared.challenge(hall.ballot_box.election()).recompute().unwrap();
    assert_eq!(audit.answers.first().unwrap().1, "一般");
}
