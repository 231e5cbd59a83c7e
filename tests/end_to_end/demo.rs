//! `pingyi demo --auto`: a whole day without a person, and everything it publishes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use support::{
    place::{Place, program, project},
    process::{Finished, run},
    recount, table,
};

fn pingyi(arguments: &[&str]) -> Result<Finished> {
    run(Command::new(program("pingyi")?).args(arguments), "")
}

fn demo(folder: &Path, seed: &str) -> Result<Finished> {
    let folder = folder.to_string_lossy();
    pingyi(&["demo", "--auto", "--dir", &folder, "--representatives", "6", "--seed", seed])
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[test]
fn a_demo_publishes_what_its_representatives_chose_and_the_same_seed_makes_the_same_day() -> Result<()> {
    let place = Place::new("demo")?;
    let first = place.work("first");
    demo(&first, "7")?.success()?;
    let publication = first.join("publication");
    pingyi(&["verify", &text(&publication)])?.success()?;
    pingyi(&["draw", "verify", &text(&publication.join("draw"))])?.success()?;
    the_checker_of_others_accepts(&publication.join("draw"))?;
    the_ranking_is_a_recount(&first)?;
    the_publication_key_signs_again(&first)?;

    let second = place.work("second");
    demo(&second, "7")?.success()?;
    for name in ["simulated-choices.csv", "publication/draw/pool.tsv", "publication/ranking.csv"] {
        assert_eq!(fs::read(first.join(name))?, fs::read(second.join(name))?, "{name}");
    }
    let other = place.work("other");
    demo(&other, "8")?.success()?;
    assert!(fs::read(first.join("simulated-choices.csv"))? != fs::read(other.join("simulated-choices.csv"))?);
    Ok(())
}

/// The draw's own checker was written by other people.
fn the_checker_of_others_accepts(draw: &Path) -> Result<()> {
    let checker = project().join("tests/fixtures/draw/draw_verify40.py");
    run(Command::new("python3").arg(checker).arg(draw), "")?.success()?;
    Ok(())
}

fn the_ranking_is_a_recount(demo: &Path) -> Result<()> {
    let choices = table::read(&demo.join("simulated-choices.csv"))?;
    ensure!(choices.len() == 6 * 70, "there are {} choices", choices.len());
    let offices = table::read(&demo.join("publication/offices.csv"))?;
    let expected = recount::ranking(&offices, &recount::count(&choices)?)?;
    assert_eq!(table::read(&demo.join("publication/ranking.csv"))?, expected);
    Ok(())
}

/// Whoever holds the key can sign a changed folder; the change is found all the same.
fn the_publication_key_signs_again(demo: &Path) -> Result<()> {
    let (publication, key) = (demo.join("publication"), demo.join("keys/publication.key"));
    let ranking = publication.join("ranking.csv");
    let honest = fs::read_to_string(&ranking)?;
    fs::write(&ranking, honest.replacen("100.00", "99.99", 1).replacen(",true", ",false", 1))?;
    let sign = || pingyi(&["publication", "sign", &text(&publication), "--key", &text(&key)]);
    sign()?.success()?;
    assert_eq!(pingyi(&["verify", &text(&publication)])?.code, Some(1));
    fs::write(&ranking, honest)?;
    assert_eq!(
        pingyi(&["verify", &text(&publication)])?.code,
        Some(1),
        "the list is still that of the forgery"
    );
    sign()?.success()?;
    assert_eq!(pingyi(&["verify", &text(&publication)])?.code, Some(0));
    Ok(())
}

/// The widely installed belenios-tool 2.0 knows this group only, and checks every proof of it.
#[test]
fn the_archive_of_a_day_in_the_other_group_is_accepted_by_the_tool_of_others() -> Result<()> {
    let place = Place::new("demo_other_group")?;
    let folder = text(&place.work("day"));
    let others = ["--representatives", "4", "--group", "BELENIOS-2048"];
    let said = pingyi(&[&["demo", "--auto", "--dir", &folder], &others[..]].concat())?.success()?;
    ensure!(said.contains("2 and 3 decrypted the sums"), "{said}");
    let publication = place.work("day").join("publication");
    pingyi(&["verify", &text(&publication)])?.success()?;
    let edition = fs::read_to_string(publication.join("edition.json"))?;
    ensure!(edition.contains("\"group\": \"BELENIOS-2048\""), "{edition}");

    let archive = fs::read_dir(&publication)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|end| end == "bel"))
        .context("there is no archive")?;
    pingyi(&["verify", &text(&archive)])?.success()?;
    let alone = place.work("archive");
    fs::create_dir(&alone)?;
    fs::copy(&archive, alone.join(archive.file_name().context("a name")?))?;
    let tool = || Command::new("/usr/bin/belenios-tool");
    run(tool().args(["election", "verify", "--dir"]).arg(&alone), "")
        .context("/usr/bin/belenios-tool is missing: tests/run installs it")?
        .success()?;
    Ok(())
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() -> Result<()> {
    let place = Place::new("demo_refused")?;
    let folder: PathBuf = place.work("used");
    fs::create_dir(&folder)?;
    fs::write(folder.join("letter.txt"), "dear")?;
    let refused = demo(&folder, "7")?;
    assert!(refused.code != Some(0));
    assert!(
        refused.stderr.contains("不是空文件夹") && refused.stderr.contains("is not empty"),
        "{}",
        refused.stderr
    );
    let names: Vec<_> = fs::read_dir(&folder)?.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["letter.txt"]);
    Ok(())
}

#[test]
fn an_unknown_group_is_refused_without_a_trace() -> Result<()> {
    let place = Place::new("demo_group")?;
    let folder = place.work("demo");
    let refused = pingyi(&["demo", "--auto", "--dir", &text(&folder), "--group", "P-256"])?;
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(!folder.exists());
    Ok(())
}

#[test]
fn other_numbers_of_representatives_than_the_pool_allows_are_refused() -> Result<()> {
    let place = Place::new("demo_numbers")?;
    for number in ["0", "1", "301", "many", "-1"] {
        let argument = format!("--representatives={number}");
        let refused = pingyi(&["demo", "--auto", "--dir", &text(&place.work("demo")), &argument])?;
        assert_eq!(refused.code, Some(2), "{number}: {}", refused.stderr);
        assert!(!place.work("demo").exists(), "{number}");
    }
    Ok(())
}
