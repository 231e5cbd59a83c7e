//! Cast or challenge.

use belenios::ballot::{AuditError, OpenedBallot};
use belenios::group::Group;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::hall::Hall;

pub(crate) fn opens_to_what_was_chosen<G: Group>(seed: u64, choices: &[usize]) -> Result<(), TestCaseError> {
    let mut hall = Hall::<G>::new(seed, choices.len(), 1);
    let credential = hall.credentials.first().unwrap().clone();
    let prepared = hall.ballot_box.prepare(&credential, choices, &mut hall.rng).unwrap();
    let shown = *prepared.tracker();
    let text = prepared.challenge(hall.ballot_box.election()).to_json();
    let opened = OpenedBallot::parse(&text).unwrap();
    prop_assert_eq!(&opened.to_json(), &text);
    let audit = opened.recompute().unwrap();
    prop_assert_eq!(audit.tracker, shown);
    prop_assert_eq!(&audit.election, hall.ballot_box.election().fingerprint());
    let grades = ["满意", "较满意", "一般", "不满意"];
    for (choice, (_, answer)) in choices.iter().zip(&audit.answers) {
        prop_assert_eq!(answer, grades.get(*choice).unwrap());
    }

    for altered in lies(&text) {
        let refused = OpenedBallot::parse(&altered).and_then(|opened| opened.recompute());
        prop_assert!(refused.is_err(), "{altered}");
    }
    Ok(())
}

/// What a machine that encrypted something else, or whoever passes the file on, could write instead.
fn lies(text: &str) -> Vec<String> {
    let honest: Value = serde_json::from_str(text).unwrap();
    let other_choice = (honest["answers"][0]["choice"].as_u64().unwrap() + 1) % 4;
    let other_randomness = honest["answers"][0]["randomness"][1].clone();
    let edits: [(&str, Value); 6] = [
        ("/answers/0/choice", json!(other_choice)),
        ("/answers/1/choice", json!(4)),
        ("/answers/0/randomness/0", other_randomness),
        ("/answers/0/randomness", json!([])),
        ("/answers", json!([])),
        ("/format", json!("belenios-opened-ballot/2")),
    ];
    let altered = edits.into_iter().map(|(place, value)| {
        let mut lie = honest.clone();
        *lie.pointer_mut(place).unwrap() = value;
        lie.to_string()
    });
    let mut lies: Vec<_> = altered.collect();
    // Another election, another ballot: the proofs are bound to both.
    lies.push(text.replacen("第1项", "第9项", 1));
    lies.push(text.replacen("challenge", "response", 1));
    lies
}

#[test]
fn a_machine_that_encrypts_another_grade_than_it_opens_is_named_with_the_place() {
    let mut hall = Hall::<belenios::group::Ed25519>::new(1, 2, 1);
    let credential = hall.credentials.first().unwrap().clone();
    let prepared = hall.ballot_box.prepare(&credential, &[0, 3], &mut hall.rng).unwrap();
    let mut lie: Value =
        serde_json::from_str(&prepared.challenge(hall.ballot_box.election()).to_json()).unwrap();
    lie["answers"][1]["choice"] = json!(0);
    let error = OpenedBallot::parse(&lie.to_string()).unwrap().recompute().unwrap_err();
    assert!(matches!(error, AuditError::Ciphertext { question: 2, answer: 1 }), "{error}");
}
