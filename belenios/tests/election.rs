//! A whole election by our own code, and everything a cheat could do to one of its ballots.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something is missing")]

use std::io::Cursor;

use belenios::archive::{EventType, Writer};
use belenios::ballot::{Ballot, BallotBox, BallotError};
use belenios::credential::{Credential, PrivateCredential};
use belenios::election::{Election, Parameters, Question};
use belenios::group::{Belenios2048, Ed25519, Group};
use belenios::tally::EncryptedTally;
use belenios::text::Uuid;
use belenios::trustee::Trustees;
use belenios::trustee::single::SecretKey;
use belenios::verify::{Code, Policy, Revotes, verify};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

struct Hall<G: Group> {
    rng: ChaCha20Rng,
    trustees: Trustees<G>,
    keys: Vec<SecretKey<G>>,
    ballot_box: BallotBox<G>,
    credentials: Vec<PrivateCredential<G>>,
}

impl<G: Group> Hall<G> {
    fn new(seed: u64, questions: usize, voters: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let keys: Vec<_> = (0..3).map(|_| SecretKey::<G>::generate(&mut rng)).collect();
        let public: Vec<_> =
            keys.iter().map(|key| key.to_public(Some("监票人".to_owned()), &mut rng)).collect();
        let trustees = Trustees::all_needed(public);
        let uuid = Uuid::random(&mut rng);
        let answers = ["满意", "较满意", "一般", "不满意"].map(str::to_owned).to_vec();
        let questions =
            (1..=questions).map(|n| Question::single_choice(format!("第{n}项"), answers.clone())).collect();
        let parameters = Parameters::new(
            uuid.clone(),
            "评议".to_owned(),
            "测试 \"引号\"".to_owned(),
            trustees.election_key(),
            questions,
        );
        let credentials = (0..voters).map(|_| Credential::generate(&mut rng).derive(&uuid)).collect();
        let ballot_box = BallotBox::new(Election::new(parameters).unwrap());
        Self { rng, trustees, keys, ballot_box, credentials }
    }

    fn ballot(&mut self, voter: usize, choices: &[usize]) -> Ballot<G> {
        self.ballot_box
            .encrypt(&self.credentials.get(voter).unwrap().clone(), choices, &mut self.rng)
            .unwrap()
    }

    /// The archive of these ballots, tallied and decrypted.
    fn archive(&mut self, ballots: &[Ballot<G>]) -> Vec<u8> {
        let election = self.ballot_box.election();
        let credentials: Vec<_> =
            self.credentials.iter().map(|credential| G::encode(credential.public())).collect();
        let mut writer = Writer::new(Vec::new(), 1_795_456_978).unwrap();
        let credentials = serde_json::to_string(&credentials).unwrap();
        writer.setup(election.text(), &self.trustees.to_json(), &credentials).unwrap();
        let mut tally = EncryptedTally::empty(election);
        for ballot in ballots {
            writer.ballot(ballot.to_json().as_bytes()).unwrap();
            tally.add(ballot, 1);
        }
        writer.end_ballots().unwrap();
        let voters = ballots.len() as u64;
        writer.encrypted_tally(&tally.to_json(), voters, voters).unwrap();
        let mut shares = Vec::new();
        for (index, key) in self.keys.iter().enumerate() {
            let share = tally.decrypt(election, key, &mut self.rng);
            tally.check(election, key.public(), &share).unwrap();
            writer.partial_decryption(index + 1, &share.to_json()).unwrap();
            shares.push((index + 1, share));
        }
        let result = tally.combine(&self.trustees, &shares, voters).unwrap();
        writer.result(&result.to_json()).unwrap();
        writer.finish().unwrap()
    }
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

fn no_ballot_is_longer_than_the_padded_size<G: Group>(seed: u64) -> Result<(), TestCaseError> {
    let mut hall = Hall::<G>::new(seed, 2, 1);
    let size = hall.ballot(0, &[0, 3]).to_json().len();
    prop_assert!(size <= hall.ballot_box.maximal_ballot_size());
    prop_assert!(size + 200 > hall.ballot_box.maximal_ballot_size());
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
    let codes: Vec<_> = report.findings.iter().map(|finding| finding.code).collect();
    assert!(codes.contains(&Code::Revote), "{codes:?}");
}

fn a_credential_that_is_not_listed_is_found<G: Group>() {
    let mut hall = Hall::<G>::new(5, 1, 2);
    let ballots = [hall.ballot(0, &[1]), hall.ballot(1, &[2])];
    hall.credentials.truncate(1);
    let archive = hall.archive(&ballots);
    let report = verify(Cursor::new(archive), strict()).unwrap();
    let codes: Vec<_> = report.findings.iter().map(|finding| finding.code).collect();
    assert!(codes.contains(&Code::UnknownCredential), "{codes:?}");
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
    report.findings.iter().map(|finding| finding.code).collect()
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
                fn no_ballot_is_longer_than_the_padded_size(seed: u64) {
                    super::no_ballot_is_longer_than_the_padded_size::<$group>(seed)?;
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
]);
