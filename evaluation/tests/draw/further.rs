//! Draws with further quotas: the vectors of `public-draw/2`, made by other code, and altered copies of them.

use evaluation::{
    draw::{
        Absences, Announcement, DrawError, FurtherQuotas, Replacements, Seating, Terms, Version, conduct,
    },
    hash::Sha256Hash,
};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use crate::{
    folder::{Folder, VECTORS_2, hold},
    naive,
};

const CHECKER: &str = "draw2_verify.py";

/// The folder with the try `t` published as the one that counts, right in itself.
fn published_as(folder: &Folder, t: u32) -> Folder {
    let reveals = folder.text("result.tsv").lines().nth(2).unwrap();
    let (announcement, seed) = (folder.announcement(), folder.transcript().seed());
    let text = naive::result_tsv(&folder.pool(), announcement.terms(), seed, t, reveals);
    let mut forged = folder.clone();
    forged.0.insert("result.tsv".to_owned(), text.into_bytes());
    forged.0.retain(|name, _| !matches!(name.as_str(), "absences.tsv" | "replacements.tsv"));
    forged
}

/// The announcement's new hash in the transcript, as a forger would put it there.
fn rehashed(folder: Folder) -> Folder {
    let old = folder.text("seed.tsv").lines().nth(1).unwrap().to_owned();
    let new = format!("announce_sha256\t{}", Sha256Hash::of(folder.bytes("announce.tsv")));
    folder.replace("seed.tsv", &old, &new)
}

fn with_line_swapped(mut folder: Folder, file: &str, first: usize, second: usize) -> Folder {
    let mut lines: Vec<_> = folder.text(file).split_inclusive('\n').map(str::to_owned).collect();
    lines.swap(first, second);
    folder.0.insert(file.to_owned(), lines.concat().into_bytes());
    folder
}

fn with_winner_swapped(mut folder: Folder) -> Folder {
    let text = folder.text("result.tsv").replacen("SELECTED", "ALTx", 1).replacen("ALT1\n", "SELECTED\n", 1);
    folder.0.insert("result.tsv".to_owned(), text.replacen("ALTx", "ALT1", 1).into_bytes());
    folder
}

#[test]
fn the_files_of_the_vectors_are_those_of_the_reference_to_the_byte() {
    for (name, t) in VECTORS_2.into_iter().zip([27, 20]) {
        let folder = Folder::vector(name);
        for line in folder.text("SHA256SUMS").lines() {
            let (hash, file) = line.split_once("  ").unwrap();
            assert_eq!(Sha256Hash::of(folder.bytes(file)).to_string(), hash, "{name}/{file}");
        }
        let announcement = Announcement::new(folder.announcement().terms().clone()).unwrap();
        assert_eq!(announcement.to_tsv(), folder.text("announce.tsv"), "{name}");
        let result = folder.draw();
        assert_eq!(result.to_tsv(), folder.text("result.tsv"), "{name}");
        assert_eq!(result.retry().map(|retry| retry.t), Some(t), "{name}");
        let absences = Absences::from_tsv(folder.bytes("absences.tsv"), Version::Two).unwrap();
        let replacements = Seating::new(&result).replace_all(&absences).unwrap();
        assert_eq!(replacements.to_tsv(Version::Two), folder.text("replacements.tsv"), "{name}");
        assert_eq!(absences.to_tsv(Version::Two), folder.text("absences.tsv"), "{name}");
        let read = Replacements::from_tsv(folder.bytes("replacements.tsv"), Version::Two);
        assert_eq!(read, Ok(replacements), "{name}");
    }
}

#[test]
fn the_vectors_are_verified_by_us_and_by_the_checker() {
    for (name, t) in VECTORS_2.into_iter().zip([27, 20]) {
        let folder = Folder::vector(name);
        let report = folder.verify();
        assert_eq!(report.findings, [], "{name}");
        assert_eq!(report.facts.unwrap().retry.unwrap().t, t);
        let said = folder.check(CHECKER).unwrap();
        assert!(said.starts_with("OK seed") && said.contains(&format!("try {t} ")), "{said}");
    }
}

#[test]
fn an_absence_forces_a_value_and_another_drops_lines() {
    let folder = Folder::vector("w2_300");
    let (pool, result) = (folder.pool(), folder.draw());
    let absences = Absences::from_tsv(folder.bytes("absences.tsv"), Version::Two).unwrap();
    let mut seating = Seating::new(&result);
    let (mut forced, mut dropped) = (0, 0);
    for id in &absences.0 {
        let before = seating.feature_counts();
        let called = seating.replace(id).unwrap().called.unwrap();
        let after = seating.feature_counts();
        let distance = |counts: &[usize]| -> Vec<usize> {
            result.features().iter().zip(counts).map(|(quota, count)| quota.distance(*count)).collect()
        };
        let worse = distance(&after).iter().zip(distance(&before)).any(|(after, before)| *after > before);
        let woman = |id| pool.cell(pool.find(id).unwrap(), "gender") == Some("女");
        forced += usize::from(!worse && before[0] == 30 && woman(id) && woman(&called));
        dropped += usize::from(worse);
    }
    assert!(forced > 0 && dropped > 0, "forced {forced}, dropped {dropped}");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn every_altered_copy_is_refused_by_us_and_by_the_checker() {
    let original = || Folder::vector("w2_300");
    let change = |file: &str, from: &str, to: &str| original().replace(file, from, to);
    let without = |file: &str| {
        let mut folder = original();
        folder.0.remove(file);
        folder
    };
    let (pool, announcement, seed) =
        (original().pool(), original().announcement(), original().transcript().seed());
    let meets = |t: &u32| {
        let attempt = naive::one_try(&pool, announcement.terms(), seed.retry(*t));
        naive::meets(&pool, announcement.terms(), &attempt.drawn)
    };
    let later = (21..10_000).find(meets);
    let replacements = original().text("replacements.tsv").to_owned();
    let second_called = replacements.lines().nth(2).unwrap().to_owned();
    let other_called = format!("{}P008", &second_called[..second_called.len() - 4]);
    let woman = original().text("pool.tsv").lines().find(|line| line.contains("\t女\t")).unwrap().to_owned();
    let table: Vec<(&str, Folder)> = vec![
        ("a pool cell that a quota counts", change("pool.tsv", &woman, &woman.replace('女', "男"))),
        ("the tag of the pool", change("pool.tsv", "public-draw/1", "public-draw/2")),
        ("the tag of the announcement", change("announce.tsv", "public-draw/2", "public-draw/1")),
        ("the tag of the transcript", change("seed.tsv", "public-draw/2", "public-draw/1")),
        ("the tag of the result", change("result.tsv", "public-draw/2", "public-draw/1")),
        ("the tag of the absences", change("absences.tsv", "public-draw/2", "public-draw/1")),
        ("the tag of the replacements", change("replacements.tsv", "public-draw/2", "public-draw/1")),
        ("the floor of a further quota", change("announce.tsv", "女\t30\t36", "女\t29\t36")),
        ("the same, with the hash following", rehashed(change("announce.tsv", "女\t30\t36", "女\t29\t36"))),
        ("the order of the further quotas", with_line_swapped(original(), "announce.tsv", 5, 6)),
        ("the largest number of tries", change("announce.tsv", "retry_cap\t1000000", "retry_cap\t20")),
        ("no largest number of tries", change("announce.tsv", "retry_cap\t1000000\n", "")),
        ("the dice", change("seed.tsv", "dice\t602214", "dice\t602215")),
        ("a reveal that is withheld", {
            let line = original()
                .text("seed.tsv")
                .lines()
                .find(|line| line.starts_with("reveal\t1"))
                .unwrap()
                .to_owned();
            change("seed.tsv", &line, "reveal\t1\tMISSING")
        }),
        ("the number of the try", change("result.tsv", "retry\t20\t", "retry\t19\t")),
        ("a number that is none", change("result.tsv", "retry\t20\t", "retry\t020\t")),
        ("the seed of the try", change("result.tsv", "retry\t20\t", "retry\t20\t0")),
        ("no line of the try", {
            let line = original().text("result.tsv").lines().nth(3).unwrap().to_owned();
            change("result.tsv", &format!("{line}\n"), "")
        }),
        ("an earlier try, right in itself", published_as(&original(), 0)),
        ("a later try that meets the quotas as well", published_as(&original(), later.unwrap())),
        ("a swapped winner", with_winner_swapped(original())),
        ("another order of the absences", with_line_swapped(original(), "absences.tsv", 16, 17)),
        ("another person called", change("replacements.tsv", &second_called, &other_called)),
        ("no replacements", without("replacements.tsv")),
        ("no absences", without("absences.tsv")),
        ("line ends of another system", {
            let text = original().text("result.tsv").replace('\n', "\r\n");
            let mut folder = original();
            folder.0.insert("result.tsv".to_owned(), text.into_bytes());
            folder
        }),
    ];
    for (kind, folder) in table {
        let report = folder.verify();
        assert!(!report.is_valid() && report.facts.is_none(), "we accept {kind}");
        assert!(report.findings.iter().all(|finding| !finding.zh.is_empty() && !finding.en.is_empty()));
        assert!(folder.check(CHECKER).is_err(), "the checker accepts {kind}");
    }
}

#[test]
fn the_tried_seeds_are_lines_that_anyone_can_hash() {
    let seed = Folder::vector("w1_tiny").transcript().seed();
    assert_eq!(seed.retry(0), seed);
    assert_eq!(seed.retry(7).hash(), Sha256Hash::of(format!("public-draw/1\tretry\t{seed}\t7\n")));
}

#[test]
fn a_draw_that_reaches_its_cap_is_void() {
    let folder = Folder::vector("w1_tiny");
    let terms = folder.announcement().terms().clone();
    let with_cap = |cap| {
        let further = FurtherQuotas::new(terms.features().to_vec(), cap).unwrap();
        Announcement::new(Terms { further_quotas: Some(further), ..terms.clone() }).unwrap()
    };
    // The first tries of this ceremony fail; with a cap at the number that succeeds, none is left.
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let announcement = with_cap(1);
    let transcript = (0..1000)
        .map(|_| hold(&announcement, &[], &mut rng))
        .find(|transcript| {
            let seed = transcript.seed();
            !naive::meets(&folder.pool(), &terms, &naive::one_try(&folder.pool(), &terms, seed).drawn)
        })
        .unwrap();
    let error = conduct(&folder.pool(), &announcement, &transcript).unwrap_err();
    assert_eq!(error, DrawError::RetryCapReached { cap: 1 });
    assert!(error.zh().contains("本次抽取无效") && error.en().contains("void"), "{error}");
}
