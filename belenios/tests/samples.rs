//! Archives made by other people's programs are judged as the table of the samples demands.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something is missing")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use belenios::archive::EventType;
use belenios::credential::Credential;
use belenios::group::{Belenios2048, Ed25519, Group};
use belenios::tally::ElectionResult;
use belenios::trustee::single::SecretKey;
use belenios::verify::{Code, Policy, Report, Revotes, verify};

const ED25519: &str = "ed25519_5_mandatory_3questions";
const ED25519_THRESHOLD: &str = "ed25519_5_threshold";
const BELENIOS_2048: &str = "b2048_5_mandatory_3questions";

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/belenios")
}

fn archive_in(directory: &Path) -> PathBuf {
    let entries = fs::read_dir(directory).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    paths.find(|path| path.extension().is_some_and(|extension| extension == "bel")).unwrap()
}

fn judge(directory: &Path) -> Report {
    let policy = Policy { revotes: Revotes::Allowed, complete_until: EventType::Result };
    verify(File::open(archive_in(directory)).unwrap(), policy).unwrap()
}

fn is_accepted_with_its_result(sample: &str) {
    let report = judge(&samples().join(sample));
    assert!(report.is_accepted(), "{:?}", report.findings);
    let expected = fs::read_to_string(samples().join(sample).join("private/expected_tally.json")).unwrap();
    let expected: Vec<Vec<u64>> = serde_json::from_str(&expected).unwrap();
    assert_eq!(report.facts.result, Some(ElectionResult { result: expected }));
    assert_eq!(report.facts.ballots, 5);
}

#[test]
fn an_election_of_belenios_tool_is_accepted_with_its_result() {
    is_accepted_with_its_result(ED25519);
    is_accepted_with_its_result(BELENIOS_2048);
}

#[test]
fn an_election_with_threshold_trustees_is_accepted_with_its_result() {
    is_accepted_with_its_result(ED25519_THRESHOLD);
}

/// The credentials of the other sample have the form of Belenios 2.0, which this crate does not make.
#[test]
fn credentials_of_belenios_tool_derive_to_the_listed_public_ones() {
    let report = judge(&samples().join(ED25519));
    let uuid = report.facts.uuid.unwrap();
    let private = fs::read_to_string(samples().join(ED25519).join("private/private_creds.txt")).unwrap();
    let mut derived = 0;
    for line in private.lines() {
        let text = line.split_whitespace().last().unwrap();
        let credential = Credential::parse(text).unwrap().derive::<Ed25519>(&uuid);
        let public = Ed25519::encode(credential.public());
        assert!(report.facts.credentials.contains(&public), "{text}");
        derived += 1;
    }
    assert_eq!(derived, 5);
}

fn keys_are_the_listed_trustees<G: Group>(sample: &str) {
    let report = judge(&samples().join(sample));
    let trustees = report.facts.trustees.unwrap();
    let mut keys = 0;
    for entry in fs::read_dir(samples().join(sample).join("private")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "privkey") {
            let text: String = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            let key = SecretKey::<G>::parse(&text).unwrap();
            assert!(trustees.contains(&format!("{:?}", G::encode(key.public()))));
            keys += 1;
        }
    }
    assert_eq!(keys, 3);
}

#[test]
fn keys_of_belenios_tool_are_the_listed_trustees() {
    keys_are_the_listed_trustees::<Ed25519>(ED25519);
    keys_are_the_listed_trustees::<Belenios2048>(BELENIOS_2048);
}

#[test]
fn adversarial_archives_are_refused_for_the_right_reason() {
    let expected = [
        ("00_honest_rebuilt", None),
        ("01_flip_proof_resigned", Some(Code::Ballot)),
        ("04_bad_signature", Some(Code::Ballot)),
        ("06_duplicate_public_credential", Some(Code::Credentials)),
        ("08_revote_both_counted", Some(Code::Result)),
        ("10_tampered_result", Some(Code::Result)),
        ("13_missing_ballot_chain_rebuilt", Some(Code::Tally)),
        ("16_no_result_event", Some(Code::Incomplete)),
        ("17_swapped_partial_decryptions", Some(Code::Decryption)),
        ("20_published_tally_altered_only", Some(Code::Tally)),
        ("22_wrong_num_tallied", Some(Code::Tally)),
        ("24_two_grades_forged_overall", Some(Code::Ballot)),
        ("27_noncanonical_group_element_resigned", Some(Code::Ballot)),
        ("29_EndBallots_before_last_ballot_only_last_tallied", Some(Code::PhaseOrder)),
        ("31_tar_mtime_changed", Some(Code::Archive)),
    ];
    let mut unseen: Vec<_> = fs::read_dir(samples().join("adversarial"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for (name, code) in expected {
        let report = judge(&samples().join("adversarial").join(name));
        let codes: Vec<_> = report.findings.iter().map(|finding| finding.code).collect();
        match code {
            None => assert_eq!(codes, [], "{name}: {:?}", report.findings),
            Some(code) => assert!(codes.contains(&code), "{name}: {:?}", report.findings),
        }
        unseen.retain(|other| other != name);
    }
    assert_eq!(unseen, Vec::<String>::new());
}

fn flipped_bytes_are_noticed(sample: &str, step: usize) {
    let honest = fs::read(archive_in(&samples().join(sample))).unwrap();
    let policy = Policy { revotes: Revotes::Allowed, complete_until: EventType::Result };
    for position in (0..honest.len()).step_by(step) {
        let mut altered = honest.clone();
        altered[position] ^= 1;
        let report = verify(std::io::Cursor::new(altered), policy).unwrap();
        assert!(!report.is_accepted(), "{sample}: byte {position}");
    }
}

#[test]
fn every_flipped_byte_of_an_archive_is_noticed() {
    flipped_bytes_are_noticed(ED25519, 997);
    flipped_bytes_are_noticed(BELENIOS_2048, 19_937);
}
