//! Every adversarial archive of the table is made here and judged as the table says, in every group.

#![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Cursor, Read, Seek};
use std::path::Path;
use std::sync::LazyLock;

use belenios::archive::{EventType, is_prefix};
use belenios::group::{Belenios2048, Ed25519, Group};
use belenios::verify::{Code, Policy, Report, Revotes, verify};
use support::archive;
use support::cases::{Case, Verdict, case, cases, numbers};
use support::election::Hall;
use support::forge;
use support::trustees::{all_needed, two_of_three};

mod support;

fn judge(source: impl Read + Seek, revotes: Revotes, complete_until: EventType) -> Report {
    verify(source, Policy { revotes, complete_until }).unwrap()
}

fn judge_case(case: &Case) -> Report {
    judge(Cursor::new(&case.bytes), Revotes::Allowed, case.complete_until)
}

fn codes(report: &Report) -> BTreeSet<Code> {
    report.findings.iter().map(|finding| finding.code).collect()
}

/// The verifier finds the fault first, then perhaps what follows from it, and nothing else.
fn is_judged_as_the_table_says<G: Group>(hall: &Hall<G>, number: &str) {
    let case = case(hall, number);
    let report = judge_case(&case);
    let expected: BTreeSet<_> = case.caught.iter().chain(&case.follows).copied().collect();
    let first = report.findings.first().map(|finding| finding.code);
    assert_eq!(first, case.caught, "{}: {:#?}", case.name, report.findings);
    assert!(codes(&report).is_subset(&expected), "{}: {:#?}", case.name, report.findings);
    if let Some((ballot, breaks)) = &case.forged {
        let error = hall.ballot_box.check(ballot.as_bytes()).unwrap_err();
        assert!(breaks(&error), "{}: {error:?}", case.name);
    }
}

fn a_revote_is_refused_where_revotes_are_forbidden<G: Group>(hall: &Hall<G>) {
    let case = case(hall, "07");
    let report = judge(Cursor::new(&case.bytes), Revotes::Forbidden, case.complete_until);
    let found: Vec<_> =
        report.findings.iter().filter(|finding| finding.code == Code::Revote).map(|f| f.event).collect();
    assert_eq!(found, [Some(6)], "{:#?}", report.findings);
}

fn only_what_was_published_before_tells_of_a_dropped_ballot<G: Group>(hall: &Hall<G>) {
    let honest = archive::bytes(&hall.honest());
    let dropped = case(hall, "14");
    let (honest_report, report) =
        (judge(Cursor::new(&honest), Revotes::Allowed, EventType::Result), judge_case(&dropped));
    assert!(report.is_accepted(), "{:#?}", report.findings);
    assert_eq!(report.facts.setup, honest_report.facts.setup);
    assert_ne!(report.facts.end_ballots, honest_report.facts.end_ballots);
    assert_ne!(report.facts.head, honest_report.facts.head);
    // Setup and two ballots; the second is the one that is dropped.
    let mut voting = hall.honest();
    voting.truncate(3);
    let snapshot = archive::bytes(&voting);
    assert!(is_prefix(snapshot.as_slice(), honest.as_slice()).unwrap());
    assert!(!is_prefix(snapshot.as_slice(), dropped.bytes.as_slice()).unwrap());
}

fn an_honest_archive_gives_no_warning<G: Group>(hall: &Hall<G>) {
    let report = judge_case(&case(hall, "00"));
    assert_eq!(report.warnings, []);
    assert_eq!(report.facts.result.unwrap().result, [[3, 1, 1, 0], [2, 1, 1, 1], [3, 1, 0, 1]]);
}

fn the_forgers_true_proofs_are_accepted<G: Group>(hall: &Hall<G>) {
    let ballot = forge::true_proofs(hall);
    assert!(hall.ballot_box.check(ballot.text.as_bytes()).is_ok());
}

#[test]
fn nothing_that_belenios_tool_refuses_may_be_accepted() {
    for case in cases(&Hall::<Ed25519>::open(all_needed)) {
        assert!(case.tool_2_0 == Verdict::Accept || case.caught.is_some(), "{}", case.name);
    }
}

#[test]
fn the_samples_are_judged_like_the_cases_of_the_same_name() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/belenios/adversarial");
    let cases = cases(&Hall::<Ed25519>::open(all_needed));
    for sample in fs::read_dir(samples).unwrap() {
        let sample = sample.unwrap();
        let case = cases.iter().find(|case| *case.name == *sample.file_name()).unwrap();
        let archive = fs::read_dir(sample.path()).unwrap().next().unwrap().unwrap().path();
        let report = judge(File::open(archive).unwrap(), Revotes::Allowed, case.complete_until);
        assert_eq!(codes(&report), codes(&judge_case(case)), "{}: {:#?}", case.name, report.findings);
    }
}

macro_rules! each_case {
    ($group:ty, $trustees:ident: $($name:ident $number:literal,)*) => {
        static HALL: LazyLock<Hall<$group>> = LazyLock::new(|| Hall::open($trustees));

        $(
            #[test]
            fn $name() {
                is_judged_as_the_table_says(&HALL, $number);
            }
        )*

        #[test]
        fn a_revote_is_refused_where_revotes_are_forbidden() {
            super::a_revote_is_refused_where_revotes_are_forbidden(&HALL);
        }

        #[test]
        fn only_what_was_published_before_tells_of_a_dropped_ballot() {
            super::only_what_was_published_before_tells_of_a_dropped_ballot(&HALL);
        }

        #[test]
        fn the_forgers_true_proofs_are_accepted() {
            super::the_forgers_true_proofs_are_accepted(&HALL);
        }

        #[test]
        fn an_honest_archive_gives_no_warning() {
            super::an_honest_archive_gives_no_warning(&HALL);
        }

        #[test]
        fn every_row_of_the_table_is_tested() {
            assert_eq!(numbers::<$group>(), [$($number),*]);
        }
    };
}

macro_rules! in_group {
    ($module:ident, $group:ty, $trustees:ident) => {
        mod $module {
            use super::*;

            each_case! { $group, $trustees:
                case_00_honest "00",
                case_01_flipped_proof_signed_again "01",
                case_02_flipped_proof_under_the_old_signature "02",
                case_03_flipped_byte "03",
                case_04_bad_signature "04",
                case_05_flipped_overall_proof_signed_again "05",
                case_06_credential_listed_twice "06",
                case_07_revote_of_which_the_last_counts "07",
                case_08_revote_of_which_both_count "08",
                case_09_exact_copy_of_a_ballot "09",
                case_10_tampered_result "10",
                case_11_event_of_a_ballot_cut_out "11",
                case_12_ballot_of_an_event_cut_out "12",
                case_13_dropped_ballot_still_counted "13",
                case_14_dropped_ballot_counted_no_more "14",
                case_15_no_end_of_voting "15",
                case_16_no_result "16",
                case_17_swapped_partial_decryptions "17",
                case_18_missing_partial_decryption "18",
                case_19_bad_decryption_proof "19",
                case_20_altered_tally_only "20",
                case_21_invented_tally_and_result "21",
                case_22_wrong_number_of_voters "22",
                case_23_credential_not_listed "23",
                case_24_two_grades_to_one_question "24",
                case_25_ballot_that_counts_three_times "25",
                case_26_ballot_not_canonical "26",
                case_27_element_not_canonical "27",
                case_28_zero_blocks_at_the_end "28",
                case_29_end_of_voting_hides_ballots "29",
                case_29b_end_of_voting_before_the_last_ballot "29b",
                case_30_ballot_after_the_result "30",
                case_31_time_of_a_member_changed "31",
                case_32_bad_signature_while_voting "32",
            }
        }
    };
}

in_group!(ed25519, Ed25519, all_needed);
in_group!(ed25519_threshold, Ed25519, two_of_three);
in_group!(belenios2048, Belenios2048, all_needed);
