//! A changed folder is never verified, and the finding names the file.

use evaluation::hash::Sha256Hash;

use crate::folder::{Folder, VECTORS};

#[track_caller]
fn refused(folder: &Folder, file: &str) {
    let report = folder.verify();
    assert!(report.findings.iter().any(|finding| finding.file == file), "{file}: {:?}", report.findings);
    assert!(report.facts.is_none() && !report.is_valid());
    for finding in &report.findings {
        assert!(!finding.zh.is_empty() && !finding.en.is_empty());
    }
}

#[track_caller]
fn changed(file: &str, from: &str, to: &str) {
    refused(&Folder::vector("v2_300").replace(file, from, to), file);
}

/// The bytes of the announcement's hash put into the transcript, as a forger would do.
fn rehashed(mut folder: Folder) -> Folder {
    let old = folder.text("seed.tsv").lines().nth(1).unwrap().to_owned();
    let new = format!("announce_sha256\t{}", Sha256Hash::of(folder.bytes("announce.tsv")));
    folder = folder.replace("seed.tsv", &old, &new);
    folder
}

#[test]
fn the_vectors_themselves_are_verified() {
    for name in VECTORS {
        assert_eq!(Folder::vector(name).verify().findings, [], "{name}");
    }
}

#[test]
fn a_changed_pool_cell_is_found() {
    changed("pool.tsv", "孙安静", "孙安净");
}

#[test]
fn a_changed_pool_is_found_even_if_the_announcement_follows() {
    let folder = Folder::vector("v2_300").replace("pool.tsv", "孙安静", "孙安净");
    let hash = Sha256Hash::of(folder.bytes("pool.tsv")).to_string();
    let folder = folder.replace(
        "announce.tsv",
        "31a83038473ab8304958b16697fc8bb774d622f9de5df58b3e10029e69e68d70",
        &hash,
    );
    refused(&folder, "seed.tsv");
    refused(&rehashed(folder), "seed.tsv");
}

#[test]
fn a_changed_row_order_is_found() {
    let mut folder = Folder::vector("v2_300");
    let mut lines: Vec<_> = folder.text("pool.tsv").split_inclusive('\n').map(str::to_owned).collect();
    lines.swap(2, 3);
    folder.0.insert("pool.tsv".to_owned(), lines.concat().into_bytes());
    refused(&folder, "pool.tsv");
}

#[test]
fn a_changed_quota_is_found() {
    let folder = Folder::vector("v3_quota_refusal").replace("announce.tsv", "农民\t10\t12", "农民\t9\t12");
    refused(&folder, "seed.tsv");
    refused(&rehashed(folder), "seed.tsv");
}

#[test]
fn changed_dice_are_found() {
    let folder = Folder::vector("v2_300").replace("seed.tsv", "dice\t602214", "dice\t602215");
    refused(&folder, "result.tsv");
    assert_eq!(folder.verify().findings.len(), 1, "what follows from another result is not reported again");
    changed("seed.tsv", "dice\t602214", "dice\t60221");
}

#[test]
fn a_changed_reveal_is_found() {
    changed("seed.tsv", "reveal\t1\t447d", "reveal\t1\t447e");
}

#[test]
fn a_withheld_reveal_is_found() {
    let reveal = "reveal\t2\t713a6463e229ed1a1b7617bc5a070b0efcf22bdaf019d2672d6446f87cd47675";
    let folder = Folder::vector("v2_300").replace("seed.tsv", reveal, "reveal\t2\tMISSING");
    refused(&folder, "result.tsv");
    let other = "reveal\t1\t447d32a6df6b14b30f1346df6100f91fdcd1c62bf638b3c8b268722ee2a9a97b";
    let folder = folder.replace("seed.tsv", other, "reveal\t1\tMISSING");
    refused(&folder, "seed.tsv");
    assert!(folder.verify().findings[0].en.contains("void"));
}

#[test]
fn a_copied_commitment_is_found() {
    changed(
        "seed.tsv",
        "e9d8d056c55a339b6a573ad2f78367a19db2900bd9a7fd095eed544137e6bb65",
        "dab8b0411354d235908bb45db5941588a90f6bf9e2da486fdc9e0af22d0f7596",
    );
}

#[test]
fn a_swapped_winner_is_found() {
    let mut folder = Folder::vector("v2_300");
    let text = folder.text("result.tsv").replacen("SELECTED", "ALTx", 1).replacen("ALT1\n", "SELECTED\n", 1);
    folder.0.insert("result.tsv".to_owned(), text.replacen("ALTx", "ALT1", 1).into_bytes());
    refused(&folder, "result.tsv");
    assert!(folder.verify().findings[0].en.contains("line 5"));
}

#[test]
fn other_line_ends_encodings_and_cut_files_are_found() {
    for file in ["pool.tsv", "announce.tsv", "seed.tsv", "result.tsv", "absences.tsv", "replacements.tsv"] {
        let original = Folder::vector("v2_300");
        let bytes = original.bytes(file).to_vec();
        let text = original.text(file).to_owned();
        let versions = [
            text.replace('\n', "\r\n").into_bytes(),
            bytes[..bytes.len() - 1].to_vec(),
            [bytes.as_slice(), b"\n"].concat(),
            [bytes.as_slice(), b"\xff\n"].concat(),
            format!("\u{feff}{text}").into_bytes(),
            text.replacen("public-draw/1", "public-draw/2", 1).into_bytes(),
            Vec::new(),
        ];
        for version in versions {
            let mut folder = original.clone();
            folder.0.insert(file.to_owned(), version);
            refused(&folder, file);
        }
    }
}

#[test]
fn a_missing_file_is_found() {
    for file in ["pool.tsv", "announce.tsv", "seed.tsv", "result.tsv", "absences.tsv", "replacements.tsv"] {
        let mut folder = Folder::vector("v2_300");
        folder.0.remove(file);
        refused(&folder, file);
    }
    let mut folder = Folder::vector("v2_300");
    folder.0.clear();
    assert_eq!(folder.verify().findings.len(), 4);
}

#[test]
fn a_folder_without_absences_is_verified() {
    let mut folder = Folder::vector("v2_300");
    folder.0.remove("absences.tsv");
    folder.0.remove("replacements.tsv");
    assert!(folder.verify().is_valid());
}

#[test]
fn changed_absences_and_replacements_are_found() {
    changed("absences.tsv", "P124\n", "P125\n");
    changed("absences.tsv", "P124\n", "P124\nP124\n");
    changed("absences.tsv", "P124\n", "P999\n");
    changed("absences.tsv", "P124\n", "P124\tP125\n");
    changed("replacements.tsv", "P051", "P052");
    changed("replacements.tsv", "A\tP124\tP051\n", "");
    changed("replacements.tsv", "A\tP124", "B\tP124");
    let swapped = Folder::vector("v2_300").replace("absences.tsv", "P279\nP207\n", "P207\nP279\n");
    refused(&swapped, "absences.tsv");
}

#[test]
fn malformed_transcript_lines_are_found() {
    for (from, to) in [
        ("dab8b0411", "DAB8B0411"),
        ("447d32a6", "447D32A6"),
        ("\tMISSING", "\tmissing"),
        ("dice\t6", "dice\t６"),
        ("dice\t6", "dice\tx"),
        ("dice\t6", "dice\t6 "),
        ("dice\t602", "dice\t60"),
        ("commit\t1\t", "commit\t01\t"),
        ("reveal\t1\t", "reveal\t2\t"),
        ("public\t03", "public\t03\t03"),
        ("public\t03 07 12 18 25 31 + 09", "public\t-"),
        ("public\t03 07 12 18 25 31 + 09", "public\t"),
        ("public\t", "Public\t"),
        ("public\t", "note\tx\npublic\t"),
    ] {
        let folder = Folder::vector("v2_300");
        if folder.text("seed.tsv").contains(from) {
            refused(&folder.replace("seed.tsv", from, to), "seed.tsv");
        } else {
            refused(&Folder::vector("v3_quota_refusal").replace("seed.tsv", from, to), "seed.tsv");
        }
    }
    refused(&Folder::vector("v1_tiny").replace("seed.tsv", "public\t-", "public\tx"), "seed.tsv");
}

#[test]
fn quotas_that_the_pool_cannot_fulfil_are_found() {
    for (from, to) in [
        ("农民\t10\t12", "农民\t60\t61"),
        ("农民\t10\t12", "菜农\t0\t1"),
        ("外地客商\t14\t50", "外地客商\t0\t1"),
        ("外地客商\t14\t50", "外地客商\t30\t50"),
    ] {
        let folder = Folder::vector("v3_quota_refusal").replace("announce.tsv", from, to);
        let pool = folder.pool();
        assert!(folder.announcement().terms().check_feasible(&pool).is_err(), "{to}");
    }
}

#[test]
fn all_broken_files_are_reported_at_once() {
    let folder = Folder::vector("v2_300")
        .replace("pool.tsv", "P001\tA", "P001\tC")
        .replace("seed.tsv", "dice\t6", "dice\tx")
        .replace("result.tsv", "public-draw/1\tresult", "result");
    let files: Vec<_> = folder.verify().findings.iter().map(|finding| finding.file).collect();
    assert_eq!(files, ["pool.tsv", "pool.tsv", "seed.tsv", "result.tsv"]);
}
