//! What the fuzzer has seen is seen again: every input of its corpus, on stable.

#![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::fs;
use std::path::Path;

#[expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a panic is what the fuzzer looks for"
)]
#[path = "../fuzz/src/lib.rs"]
pub mod targets;

/// Gives every file of a target's corpus to the target.
fn replay(target: &str, body: fn(&[u8])) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let entries = fs::read_dir(&directory)
        .unwrap_or_else(|error| panic!("the corpus {} cannot be read: {error}", directory.display()));
    let mut replayed = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        // Seen only if the body panics: it tells which input it was.
        println!("{}", path.display());
        body(&fs::read(path).unwrap());
        replayed += 1;
    }
    assert!(replayed > 0, "the corpus {} is empty", directory.display());
}

#[test]
fn archives_are_judged_alike_by_both_policies() {
    replay("archive", targets::archive);
}

#[test]
fn an_accepted_ballot_has_one_text_only() {
    replay("ballot", targets::ballot);
}

#[test]
fn a_card_code_is_read_as_it_is_printed() {
    replay("credential", targets::credential);
}

#[test]
fn an_election_reads_back_from_its_canonical_text() {
    replay("election", targets::election);
}

#[test]
fn logs_with_right_hashes_are_judged_alike_by_both_policies() {
    replay("events", targets::events);
}

#[test]
fn trustees_read_back_from_their_canonical_text() {
    replay("trustees", targets::trustees);
}
