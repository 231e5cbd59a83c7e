//! No byte can be changed, no file removed, added or emptied: neither by a stranger, nor by an insider who signs the
//! list of hashes anew with the true key.

use std::env;

use evaluation::decision::Decisions;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::{
    day::{Day, failed},
    plan::Plan,
};

/// Files whose content nothing else in a publication can tell from another in the same form: the head of a log that
/// stays at the office, and the documents by which the leading group decided a tie after the reveal.
const TIED_BY_SIGNATURE_ONLY: [&str; 2] = ["log-head.txt", "decisions.csv"];

/// Made anew by the insider.
const SIGNED_AGAIN: [&str; 2] = ["SHA256SUMS", "SHA256SUMS.sig"];

#[test]
fn a_changed_byte_in_any_file_is_found() {
    let day = Day::hold(&Plan::small());
    for name in day.files.keys() {
        for (position, change) in changes(&day.files[name]) {
            let mut altered = day.clone();
            altered.files.get_mut(name).unwrap()[position] ^= change;
            assert!(!altered.verify().is_accepted(), "{name}: byte {position} xor {change}");
        }
    }
}

#[test]
fn a_changed_byte_is_found_although_the_insider_signs_again() {
    let day = Day::hold(&Plan::small());
    for name in for_insiders(&day) {
        for (position, change) in changes(&day.files[name]) {
            let mut altered = day.clone();
            altered.files.get_mut(name).unwrap()[position] ^= change;
            altered.sign_again();
            let report = altered.verify();
            assert!(!report.is_accepted(), "{name}: byte {position} xor {change}");
            let readable = !failed(&report).contains(&"description");
            assert!(
                !readable || !failed(&report).contains(&"signature"),
                "{name}: the insider's signature is good"
            );
        }
    }
}

#[test]
fn a_byte_more_or_less_is_found_although_the_insider_signs_again() {
    let day = Day::hold(&Plan::small());
    for name in for_insiders(&day) {
        let bytes = &day.files[name];
        let (first, last) = (&bytes[1..], &bytes[..bytes.len() - 1]);
        for altered in [first, last, &[bytes, &b"\n"[..]].concat(), &[&b"\n"[..], bytes].concat()] {
            assert!(!day.forged(name, altered).verify().is_accepted(), "{name}: {} bytes", altered.len());
        }
    }
}

#[test]
fn a_removed_file_is_found() {
    let day = Day::hold(&Plan::small());
    for name in day.files.keys() {
        let mut altered = day.clone();
        altered.files.remove(name);
        assert!(!altered.verify().is_accepted(), "{name}");
        if !SIGNED_AGAIN.contains(&name.as_str()) {
            altered.sign_again();
            // Without decisions the tie would be open again, and the ranking another one.
            assert!(!altered.verify().is_accepted(), "{name}, signed again");
        }
    }
}

#[test]
fn an_emptied_file_is_found() {
    let day = Day::hold(&Plan::small());
    for name in day.files.keys() {
        let mut altered = day.clone();
        altered.files.insert(name.clone(), Vec::new());
        assert!(!altered.verify().is_accepted(), "{name}");
        if !SIGNED_AGAIN.contains(&name.as_str()) {
            altered.sign_again();
            assert!(!altered.verify().is_accepted(), "{name}, signed again");
        }
    }
}

#[test]
fn an_added_file_is_found() {
    let day = Day::hold(&Plan { absence: false, decisions: Decisions::default(), ..Plan::small() });
    let heading = day.files["sanctions.csv"].clone();
    let second: Vec<u8> = day.files[&day.bel].clone();
    for (name, bytes) in [
        ("README.txt", b"welcome".to_vec()),
        (".hidden", vec![]),
        ("draw/notes.tsv", b"x".to_vec()),
        ("draw/ranking.csv", day.files["ranking.csv"].clone()),
        ("draw/absences.tsv", b"public-draw/1\tabsences\n".to_vec()),
        ("draw/replacements.tsv", b"public-draw/1\treplacements\n".to_vec()),
        // What the writer leaves out if there is nothing to say must stay out.
        ("decisions.csv", heading),
        ("another.bel", second),
        ("Ranking.csv", day.files["ranking.csv"].clone()),
        ("SHA256SUMS.asc", b"x".to_vec()),
    ] {
        let mut altered = day.clone();
        altered.files.insert(name.to_owned(), bytes.clone());
        assert!(!altered.verify().is_accepted(), "{name}");
        assert!(!day.forged(name, bytes).verify().is_accepted(), "{name}, signed again");
    }
}

#[test]
fn two_files_that_change_places_are_found() {
    let day = Day::hold(&Plan::small());
    let names: Vec<_> = day.files.keys().collect();
    for (index, one) in names.iter().enumerate() {
        for other in &names[index + 1..] {
            let mut altered = day.clone();
            altered.files.insert((*one).clone(), day.files[*other].clone());
            altered.files.insert((*other).clone(), day.files[*one].clone());
            assert!(!altered.verify().is_accepted(), "{one} and {other}");
            altered.sign_again();
            let both_signed_anew =
                SIGNED_AGAIN.contains(&one.as_str()) && SIGNED_AGAIN.contains(&other.as_str());
            assert!(both_signed_anew || !altered.verify().is_accepted(), "{one} and {other}, signed again");
        }
    }
}

fn for_insiders(day: &Day) -> impl Iterator<Item = &str> {
    let names = day.files.keys().map(String::as_str);
    names.filter(|name| !TIED_BY_SIGNATURE_ONLY.contains(name) && !SIGNED_AGAIN.contains(name))
}

/// Where to change a byte and how: the ends and some places between, one bit or several. In the full run many places.
fn changes(bytes: &[u8]) -> Vec<(usize, u8)> {
    let length = bytes.len();
    let mut rng = ChaCha20Rng::seed_from_u64(length as u64);
    let between = if runs_in_full() { 300 } else { 12 + length / 4000 };
    let mut positions = vec![0, 1, length / 2, length - 2, length - 1];
    positions.extend((0..between).map(|_| rng.random_range(0..length)));
    let masks = [1, 0x20, 0x80, 0xff];
    positions.into_iter().zip(masks.into_iter().cycle()).collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place here that reads whether tests/run was called with --full"
)]
fn runs_in_full() -> bool {
    env::var("PINGYI_TEST_FULL").is_ok_and(|value| value == "1")
}
