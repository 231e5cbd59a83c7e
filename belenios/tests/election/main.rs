//! A whole election by our own code, and everything a cheat could do to one of its ballots.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something is missing")]

mod audit;
mod hall;
mod progress;
mod threshold;

use std::io::Cursor;

use belenios::archive::{EventType, Writer};
use belenios::ballot::{Ballot, BallotError};
use belenios::election::Election;
use belenios::group::{Belenios2048, Ed25519, Group};
use belenios::tally::{EncryptedTally, PartialDecryption};
use belenios::trustee::Trustees;
use belenios::verify::{Code, Policy, Report, Revotes, verify};
use hall::Hall;
use proptest::prelude::*;

fn codes(report: &Report) -> Vec<Code> {
    report.findings.iter().map(|finding| finding.code).collect()
}

fn strict() -> Policy {
    Policy { revotes: Revotes::Forbidden, complete_until: EventType::Result }
}

fn any_votes_tally_to_themselves<G: Group>(seed: u64, votes: &[Vec<usize>]) -> Result<(), TestCaseError> {
    let mut hall = Hall::<G>::new(seed, 2, votes.len());
    let ballots: Vec<_> =
        votes.iter().enumerate().map(|(voter, choices)| hall.ballot(voter, choices)).collect();
    let archive = hall.archive(&ballots);
    let report = verify(Cursor::new(archive), strict()).unwrap();
    prop_assert!(report.is_accepted(), "{:?}", report.findings);
    let mut expected = vec![vec![0; 4]; 2];
    for choices in votes {
        for (row, choice) in expected.iter_mut().zip(choices) {
            row[*choice] += 1;
        }
    }
    prop_assert_eq!(report.facts.result.unwrap().result, expected);
    Ok(())
}

fn any_changed_bit_of_a_ballot_is_refused<G: Group>(
    seed: u64,
    place: prop::sample::Index,
    bit: u8,
) -> Result<(), TestCaseError> {
    let mut hall = Hall::<G>::new(seed, 1, 1);
    let mut bytes = hall.ballot(0, &[2]).to_json().into_bytes();
    prop_assert!(hall.ballot_box.check(&bytes).is_ok());
    let place = place.index(bytes.len());
    bytes[place] ^= 1 << bit;
    prop_assert!(hall.ballot_box.check(&bytes).is_err());
    Ok(())
}

/// Answers are read apart from each other; that must be the same as reading the whole text.
fn a_ballot_is_read_in_parts_as_it_is_at_once<G: Group>(
    seed: u64,
    changes: &[(prop::sample::Index, usize, &str)],
) -> Result<(), TestCaseError> {
    let mut hall = Hall::<G>::new(seed, 2, 1);
    let honest = hall.ballot(0, &[2, 1]).to_json();
    for (place, cut, piece) in changes {
        let mut text = honest.clone();
        let place = place.index(text.len());
        text.replace_range(place..(place + cut).min(honest.len()), piece);
        let at_once = serde_json::from_str::<Ballot<G>>(&text)
            .is_ok_and(|ballot| serde_json::to_string(&ballot).unwrap() == text);
        let refused = hall.ballot_box.check(text.as_bytes()).err();
        let in_parts = !matches!(refused, Some(BallotError::Json(_) | BallotError::NotCanonical));
        prop_assert_eq!(in_parts, at_once, "{}", text);
    }
    Ok(())
}

/// What may stand anywhere in a text that is no longer a ballot, or one that is written otherwise.
const PIECES: [&str; 14] =
    ["", " ", "\n", "0", "7", ",", "]", "}", "{", "\"", "[]", "null", ",\"more\":1", "\\u0061"];

fn no_ballot_is_longer_than_the_padded_size<G: Group>(seed: u64) -> Result<(), TestCaseError> {
    let mut hall = Hall::<G>::new(seed, 2, 1);
    let size = hall.ballot(0, &[0, 3]).to_json().len();
    prop_assert!(size <= hall.ballot_box.maximal_ballot_size());
    prop_assert!(size + 200 > hall.ballot_box.maximal_ballot_size());
    Ok(())
}

fn a_text_that_is_read_is_written_again_byte_for_byte<G: Group>(
    seed: u64,
    choices: &[usize],
) -> Result<(), TestCaseError> {
    let mut hall = Hall::<G>::new(seed, 2, 1);
    let ballot = hall.ballot(0, choices);
    let text = ballot.to_json();
    prop_assert_eq!(&serde_json::to_string(&ballot).unwrap(), &text);
    prop_assert_eq!(hall.ballot_box.check(text.as_bytes()).unwrap().to_json(), text);

    let election = hall.ballot_box.election();
    let read = Election::<G>::parse(election.text()).unwrap();
    prop_assert_eq!(&read, election);
    let again = Election::new(read.parameters().clone()).unwrap();
    prop_assert_eq!(again.text(), election.text());
    let trustees = hall.trustees.to_json();
    prop_assert_eq!(Trustees::<G>::parse(&trustees).unwrap().to_json(), trustees);

    let mut tally = EncryptedTally::empty(election);
    tally.add(&ballot, 1);
    let text = tally.to_json();
    prop_assert_eq!(serde_json::from_str::<EncryptedTally<G>>(&text).unwrap().to_json(), text);
    let share = tally.decrypt(election, hall.keys.first().unwrap(), &mut hall.rng);
    let text = share.to_json();
    prop_assert_eq!(serde_json::from_str::<PartialDecryption<G>>(&text).unwrap().to_json(), text);
    Ok(())
}

fn arbitrary_bytes_are_refused_without_a_panic<G: Group>(bytes: Vec<u8>) -> Result<(), TestCaseError> {
    let hall = Hall::<G>::new(1, 1, 1);
    prop_assert!(hall.ballot_box.check(&bytes).is_err());
    let report = verify(Cursor::new(bytes), strict()).unwrap();
    prop_assert!(!report.is_accepted());
    Ok(())
}

fn a_ballot_with_a_foreign_signature_is_refused<G: Group>() {
    let mut hall = Hall::<G>::new(3, 1, 2);
    let (one, other) = (hall.ballot(0, &[1]).to_json(), hall.ballot(1, &[1]).to_json());
    let signature = |text: &str| text[text.find(",\"signature\"").unwrap()..].to_owned();
    let forged = one.replace(&signature(&one), &signature(&other));
    assert!(matches!(hall.ballot_box.check(forged.as_bytes()), Err(BallotError::Signature)));
}

fn a_second_ballot_of_a_credential_is_found<G: Group>() {
    let mut hall = Hall::<G>::new(4, 1, 2);
    let ballots = [hall.ballot(0, &[1]), hall.ballot(0, &[2])];
    let archive = hall.archive(&ballots);
    let report = verify(Cursor::new(archive), strict()).unwrap();
    assert!(codes(&report).contains(&Code::Revote), "{:?}", report.findings);
}

fn a_credential_that_is_not_listed_is_found<G: Group>() {
    let mut hall = Hall::<G>::new(5, 1, 2);
    let ballots = [hall.ballot(0, &[1]), hall.ballot(1, &[2])];
    hall.credentials.truncate(1);
    let archive = hall.archive(&ballots);
    let report = verify(Cursor::new(archive), strict()).unwrap();
    assert!(codes(&report).contains(&Code::UnknownCredential), "{:?}", report.findings);
}

fn choices_that_do_not_fit_are_refused<G: Group>() {
    let mut hall = Hall::<G>::new(6, 2, 1);
    let credential = hall.credentials[0].clone();
    assert!(hall.ballot_box.encrypt(&credential, &[0], &mut hall.rng).is_err());
    assert!(hall.ballot_box.encrypt(&credential, &[0, 4], &mut hall.rng).is_err());
}

/// The archive of a hall with two ballots, with one text in it replaced, names and hashes made anew.
fn with_trustees<G: Group>(hall: &mut Hall<G>, trustees: &str) -> Vec<Code> {
    let election = hall.ballot_box.election();
    let mut writer = Writer::new(Vec::new(), 1).unwrap();
    writer.setup(election.text(), trustees, "[]").unwrap();
    let policy = Policy { revotes: Revotes::Forbidden, complete_until: EventType::Setup };
    let report = verify(Cursor::new(writer.finish().unwrap()), policy).unwrap();
    codes(&report)
}

fn one_person_cannot_count_as_two_trustees<G: Group>() {
    let mut hall = Hall::<G>::new(7, 1, 1);
    let key = hall.keys.first().unwrap().clone();
    let public = key.to_public(None, &mut hall.rng);
    let repeated = Trustees::all_needed([public.clone(), public]).to_json();
    assert!(with_trustees(&mut hall, &repeated).contains(&Code::Trustees));
    let honest = hall.trustees.to_json();
    assert_eq!(with_trustees(&mut hall, &honest), []);
}

fn a_key_written_as_an_array_is_refused_because_others_cannot_read_it<G: Group>() {
    let mut hall = Hall::<G>::new(8, 1, 1);
    let honest = hall.trustees.to_json();
    let mut value: serde_json::Value = serde_json::from_str(&honest).unwrap();
    let pok = value.pointer_mut("/0/1/pok").unwrap();
    *pok = serde_json::json!([pok.get("challenge").unwrap(), pok.get("response").unwrap()]);
    let altered = value.to_string();
    assert!(with_trustees(&mut hall, &altered).contains(&Code::Trustees));
}

fn a_question_that_names_a_type_is_refused_even_if_it_is_null<G: Group>() {
    let hall = Hall::<G>::new(9, 1, 1);
    let text = hall.ballot_box.election().text().replacen("{\"answers\"", "{\"type\":null,\"answers\"", 1);
    assert!(Election::<G>::parse(&text).is_err());
}

/// Faults of four kinds in one archive: none hides another.
fn a_report_names_everything_that_is_wrong<G: Group>() {
    let mut hall = Hall::<G>::new(10, 1, 3);
    let ballots = [hall.ballot(0, &[1]), hall.ballot(0, &[2]), hall.ballot(1, &[3])];
    let mut archive = hall.archive(&ballots);
    // The time in the header of the second member, and with it the checksum.
    let name = ballots.last().unwrap().to_json();
    let time = 512 + 512 + 136;
    let digit = archive.get_mut(time + 10).unwrap();
    *digit = if *digit == b'0' { b'1' } else { b'0' };
    // A digit in the last ballot's last proof.
    let place = archive.windows(name.len()).position(|window| window == name.as_bytes()).unwrap();
    let digit = archive.get_mut(place + name.len() - 6).unwrap();
    *digit = if *digit == b'1' { b'2' } else { b'1' };
    let found = codes(&verify(Cursor::new(archive), strict()).unwrap());
    for code in [Code::Archive, Code::Revote, Code::Ballot, Code::Tally] {
        assert!(found.contains(&code), "{code} not in {found:?}");
    }
}

macro_rules! elections_in {
    ($module:ident, $group:ty, $cases:literal, [$($test:ident),* $(,)?]) => {
        mod $module {
            use super::*;

            proptest! {
                #![proptest_config(ProptestConfig::with_cases($cases))]

                #[test]
                fn any_votes_tally_to_themselves(
                    seed: u64,
                    votes in prop::collection::vec(prop::collection::vec(0..4_usize, 2), 1..5),
                ) {
                    super::any_votes_tally_to_themselves::<$group>(seed, &votes)?;
                }

                #[test]
                fn any_changed_bit_of_a_ballot_is_refused(
                    seed: u64,
                    place: prop::sample::Index,
                    bit in 0..8_u8,
                ) {
                    super::any_changed_bit_of_a_ballot_is_refused::<$group>(seed, place, bit)?;
                }

                #[test]
                fn a_ballot_is_read_in_parts_as_it_is_at_once(
                    seed: u64,
                    changes in prop::collection::vec(
                        (any::<prop::sample::Index>(), 0..3_usize, prop::sample::select(&PIECES[..])),
                        1..40,
                    ),
                ) {
                    super::a_ballot_is_read_in_parts_as_it_is_at_once::<$group>(seed, &changes)?;
                }

                #[test]
                fn no_ballot_is_longer_than_the_padded_size(seed: u64) {
                    super::no_ballot_is_longer_than_the_padded_size::<$group>(seed)?;
                }

                #[test]
                fn a_text_that_is_read_is_written_again_byte_for_byte(
                    seed: u64,
                    choices in prop::collection::vec(0..4_usize, 2),
                ) {
                    super::a_text_that_is_read_is_written_again_byte_for_byte::<$group>(seed, &choices)?;
                }

                #[test]
                fn any_t_of_n_trustees_give_the_same_result_and_fewer_give_none(
                    seed: u64,
                    quorum in prop::sample::select(vec![(1, 2), (2, 3), (3, 4), (3, 5)]),
                ) {
                    threshold::any_t_of_n_give_the_same_result::<$group>(seed, quorum)?;
                }

                #[test]
                fn a_challenged_ballot_opens_to_what_was_chosen(
                    seed: u64,
                    choices in prop::collection::vec(0..4_usize, 2),
                ) {
                    audit::opens_to_what_was_chosen::<$group>(seed, &choices)?;
                }

                #[test]
                fn a_ballot_made_while_its_voter_chooses_holds_the_last_choices(
                    seed: u64,
                    steps in progress::steps(),
                ) {
                    progress::holds_the_last_choices::<$group>(seed, &steps)?;
                }

                #[test]
                fn arbitrary_bytes_are_refused_without_a_panic(bytes: Vec<u8>) {
                    super::arbitrary_bytes_are_refused_without_a_panic::<$group>(bytes)?;
                }
            }

            $(#[test]
            fn $test() {
                super::$test::<$group>();
            })*
        }
    };
}

macro_rules! in_every_group {
    ($tests:tt) => {
        elections_in!(ed25519, Ed25519, 8, $tests);
        elections_in!(belenios2048, Belenios2048, 3, $tests);
    };
}

in_every_group!([
    a_ballot_with_a_foreign_signature_is_refused,
    a_second_ballot_of_a_credential_is_found,
    a_credential_that_is_not_listed_is_found,
    choices_that_do_not_fit_are_refused,
    one_person_cannot_count_as_two_trustees,
    a_key_written_as_an_array_is_refused_because_others_cannot_read_it,
    a_question_that_names_a_type_is_refused_even_if_it_is_null,
    a_report_names_everything_that_is_wrong,
]);
