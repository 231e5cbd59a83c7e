//! What `verify` takes: a folder, its zip file, a bare archive; and what it says of anything else.

use std::{
    fs::{self, File},
    io::{Cursor, Write},
    path::{Path, PathBuf},
};

use belenios::{
    ballot::BallotBox,
    credential::Credential,
    election::{Election, Parameters, Question},
    group::Ed25519,
    text::Uuid,
    trustee::single::SecretKey,
};
use evaluation::publication::{
    command::{run, run_challenge},
    verify::Options,
};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    day::{Day, Files},
    plan::Plan,
};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/belenios");

/// The exit code and the output of the command.
fn judge(path: &Path, options: Options, json: bool) -> (u8, String) {
    let mut output = Vec::new();
    let code = run(path, options, json, &mut output).unwrap();
    (code, String::from_utf8(output).unwrap())
}

fn exit_code(path: &Path) -> u8 {
    judge(path, Options::default(), false).0
}

fn folder(files: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// A zip file whose entries have this before their names.
fn zipped(files: &Files, prefix: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(format!("{prefix}{name}"), SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn write(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_folder_on_disk_is_judged_like_one_in_memory() {
    let day = Day::hold(&Plan::small());
    let folder = folder(&day.files);
    let (code, output) = judge(folder.path(), Options::default(), false);
    assert_eq!((code, output), (0, day.verify().to_string()));
    fs::write(folder.path().join("draw/extra"), "x").unwrap();
    assert_eq!(exit_code(folder.path()), 1);
}

#[test]
fn json_is_one_document_with_the_same_verdict() {
    let day = Day::hold(&Plan::small());
    let folder = folder(&day.files);
    let (code, output) = judge(folder.path(), Options::default(), true);
    let report: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!((code, report["verdict"].as_str()), (0, Some("consistent_origin_not_checked")));
    let anchored = Options { anchor: Some(day.setup), no_revotes: false };
    let report: serde_json::Value = serde_json::from_str(&judge(folder.path(), anchored, true).1).unwrap();
    assert_eq!(report["verdict"], "valid");
}

#[test]
fn a_zip_file_is_judged_with_and_without_a_folder_in_it() {
    let files = Day::hold(&Plan::small()).files;
    let folder = tempfile::tempdir().unwrap();
    for prefix in ["", "publication/", "2020 年公布/"] {
        assert_eq!(exit_code(&write(&folder, "publication.zip", &zipped(&files, prefix))), 0, "{prefix:?}");
    }
    for prefix in ["a/b/", "/", "../"] {
        assert_eq!(exit_code(&write(&folder, "publication.zip", &zipped(&files, prefix))), 1, "{prefix:?}");
    }
}

#[test]
fn a_changed_file_in_a_zip_file_is_found() {
    let mut files = Day::hold(&Plan::small()).files;
    files.get_mut("ranking.csv").unwrap()[40] ^= 1;
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(exit_code(&write(&folder, "publication.zip", &zipped(&files, ""))), 1);
}

#[test]
fn a_broken_zip_file_is_invalid() {
    let good = zipped(&Day::hold(&Plan::small()).files, "");
    let folder = tempfile::tempdir().unwrap();
    for (what, bytes) in [
        ("cut", good[..good.len() / 2].to_vec()),
        ("empty", vec![]),
        ("no zip at all", b"ranking".to_vec()),
        ("only the first letters", b"PK".to_vec()),
        ("an empty list", zipped(&Files::new(), "")),
        ("a changed byte of a file", {
            let mut bytes = good.clone();
            bytes[200] ^= 0xff;
            bytes
        }),
    ] {
        let (code, output) = judge(&write(&folder, "publication.zip", &bytes), Options::default(), false);
        assert_eq!(code, 1, "{what}: {output}");
        assert!(output.ends_with("核验不通过 · invalid\n"), "{what}: {output}");
    }
}

/// Other programs would unpack the other one.
#[test]
fn a_zip_file_that_holds_a_name_twice_is_invalid() {
    let mut files = Day::hold(&Plan::small()).files;
    let ranking = files.remove("ranking.csv").unwrap();
    let mut forged = ranking.clone();
    forged[40] ^= 1;
    for (first, second) in [(&forged, &ranking), (&ranking, &forged)] {
        let mut doubled = files.clone();
        doubled.insert("ranking.csv".to_owned(), first.clone());
        doubled.insert("ranking.cs!".to_owned(), second.clone());
        let mut zip = zipped(&doubled, "");
        let name = b"ranking.cs!";
        for position in 0..zip.len() - name.len() {
            if zip[position..].starts_with(name) {
                zip[position + name.len() - 1] = b'v';
            }
        }
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(exit_code(&write(&folder, "publication.zip", &zip)), 1);
    }
}

#[test]
fn what_is_absent_or_of_another_kind_cannot_be_judged() {
    let folder = tempfile::tempdir().unwrap();
    for path in [
        folder.path().join("absent"),
        folder.path().join("absent.zip"),
        folder.path().join("absent.bel"),
        write(&folder, "ranking.csv", b"section,rank\n"),
        write(&folder, "nothing", b""),
    ] {
        let (code, output) = judge(&path, Options::default(), false);
        assert_eq!(code, 2, "{}: {output}", path.display());
        assert!(output.starts_with("无法读取 · cannot be verified: "), "{output}");
    }
}

#[test]
fn an_empty_folder_is_an_invalid_publication() {
    let folder = tempfile::tempdir().unwrap();
    let (code, output) = judge(folder.path(), Options::default(), false);
    assert_eq!(code, 1, "{output}");
}

#[cfg(unix)]
#[test]
fn a_link_in_a_folder_is_refused_or_judged_as_the_file_behind_it() {
    let day = Day::hold(&Plan::small());
    let folder = folder(&day.files);
    let path = folder.path().join("ranking.csv");
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/absent", &path).unwrap();
    assert_eq!(exit_code(folder.path()), 1);
}

#[test]
fn other_peoples_archives_are_judged_as_their_readme_says() {
    for (name, code) in [
        ("ed25519_5_mandatory_3questions", 0),
        ("adversarial/00_honest_rebuilt", 0),
        ("adversarial/01_flip_proof_resigned", 1),
        ("adversarial/04_bad_signature", 1),
        ("adversarial/06_duplicate_public_credential", 1),
        ("adversarial/08_revote_both_counted", 1),
        ("adversarial/10_tampered_result", 1),
        ("adversarial/13_missing_ballot_chain_rebuilt", 1),
        ("adversarial/16_no_result_event", 1),
        ("adversarial/17_swapped_partial_decryptions", 1),
        ("adversarial/20_published_tally_altered_only", 1),
        ("adversarial/22_wrong_num_tallied", 1),
        ("adversarial/24_two_grades_forged_overall", 1),
        ("adversarial/27_noncanonical_group_element_resigned", 1),
        ("adversarial/29_EndBallots_before_last_ballot_only_last_tallied", 1),
        ("adversarial/31_tar_mtime_changed", 1),
    ] {
        let (found, output) = judge(&sample(name), Options::default(), false);
        assert_eq!(found, code, "{name}: {output}");
    }
}

#[test]
fn an_archive_is_an_archive_under_any_name_and_broken_ones_are_invalid() {
    let bytes = fs::read(sample("ed25519_5_mandatory_3questions")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(exit_code(&write(&folder, "download", &bytes)), 0);
    assert_eq!(exit_code(&write(&folder, "x.tar", &bytes)), 0);
    assert_eq!(exit_code(&write(&folder, "x.bel", &bytes[..bytes.len() / 2])), 1);
    assert_eq!(exit_code(&write(&folder, "x.bel", b"")), 1);
    assert_eq!(exit_code(&write(&folder, "x.bel", b"nonsense")), 1);
}

#[test]
fn the_anchor_holds_for_a_bare_archive_too() {
    let path = sample("ed25519_5_mandatory_3questions");
    let setup = {
        let report = judge(&path, Options::default(), true).1;
        serde_json::from_str::<serde_json::Value>(&report).unwrap()["setup_event"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let anchored = |hash: &str| Options { anchor: Some(hash.parse().unwrap()), no_revotes: false };
    assert_eq!(judge(&path, anchored(&setup), false).0, 0);
    assert_eq!(judge(&path, anchored(&"0".repeat(64)), false).0, 1);
}

/// The one archive of a sample.
fn sample(name: &str) -> PathBuf {
    let folder = Path::new(FIXTURES).join(name);
    let mut paths = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let path = paths.find(|path| path.extension().is_some_and(|extension| extension == "bel"));
    File::open(path.as_ref().unwrap()).unwrap();
    path.unwrap()
}

#[test]
fn an_opened_ballot_is_recomputed_and_a_lie_or_another_file_is_told_apart() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let key = SecretKey::<Ed25519>::generate(&mut rng);
    let (uuid, answers) = (Uuid::random(&mut rng), ["满意", "不满意"].map(str::to_owned).to_vec());
    let question = Question::single_choice("水务局办公室".to_owned(), answers);
    let parameters = Parameters::<Ed25519>::new(
        uuid.clone(),
        "评议".to_owned(),
        String::new(),
        *key.public(),
        vec![question],
    );
    let ballot_box = BallotBox::new(Election::new(parameters).unwrap());
    let credential = Credential::generate(&mut rng).derive(&uuid);
    let prepared = ballot_box.prepare(&credential, &[1], &mut rng).unwrap();
    let tracker = prepared.tracker().to_string();
    let opened = prepared.challenge(ballot_box.election()).to_json();

    let folder = tempfile::tempdir().unwrap();
    let judge = |text: &str| {
        let mut output = Vec::new();
        let path = write(&folder, "challenge.json", text.as_bytes());
        (run_challenge(&path, &mut output).unwrap(), String::from_utf8(output).unwrap())
    };
    let (code, output) = judge(&opened);
    assert_eq!(code, 0, "{output}");
    assert!(output.contains("水务局办公室：不满意") && output.contains(&tracker), "{output}");
    let (code, output) = judge(&opened.replace("\"choice\":1", "\"choice\":0"));
    assert_eq!(code, 1, "{output}");
    assert!(output.contains("监督员") && output.contains("supervisor"), "{output}");
    let (code, output) = judge("{}");
    assert_eq!(code, 2, "{output}");
    assert!(!output.contains("监督员"), "nobody is accused: {output}");
    assert_eq!(run_challenge(&folder.path().join("absent"), &mut Vec::new()).unwrap(), 2);
}

#[test]
fn bare_archives_of_both_groups_and_kinds_of_trustees_are_judged() {
    for sample in ["ed25519_5_mandatory_3questions", "ed25519_5_threshold", "b2048_5_mandatory_3questions"] {
        let folder = Path::new(FIXTURES).join(sample);
        let archive = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let archive = archive.into_iter().find(|path| path.extension().is_some_and(|end| end == "bel"));
        assert_eq!(exit_code(&archive.unwrap()), 0, "{sample}");
    }
}
