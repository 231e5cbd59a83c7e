//! A lost machine: everything comes back from a sealed backup, the envelope and two people.

use std::{fs, process::Command};

use anyhow::{Context, Result, ensure};
use support::{
    form::Form,
    http::Visitor,
    place::{Place, program},
    process::{Finished, run},
};

use crate::{
    booths::wait_for,
    commission::{Commission, YEAR},
    day::{choices, finish, open_poll, opinion},
    installation::{Database, Installation, PASSWORD, sign_in},
    published::Published,
    voter::{present_bad_card, vote},
};

#[tokio::test]
async fn a_lost_server_on_sqlite_comes_back_from_its_backup() -> Result<()> {
    comes_back("backup_sqlite", Database::Sqlite).await
}

#[tokio::test]
async fn a_lost_server_on_postgresql_comes_back_from_its_backup() -> Result<()> {
    comes_back("backup_postgres", Database::Postgres).await
}

async fn comes_back(name: &str, database: Database) -> Result<()> {
    let place = Place::new(name)?;
    let installation = Installation::new(&place, database).await?;
    let commission = Commission::new(&installation).await?;
    commission.create_edition(300, 5).await?;
    commission.list_offices().await?;
    let (private, section) = recovery_key()?;
    let config = fs::read_to_string(&installation.config)?;
    fs::write(&installation.config, format!("{config}{section}\n"))?;
    let backup = place.work("monday.age");
    pingyi(&["backup", "--to", &backup.to_string_lossy()], &installation, "")?.success()?;
    let sealed = fs::read(&backup)?;
    ensure!(sealed.starts_with(b"age-encryption.org/v1"), "the backup is not in the age format");

    let restore = ["restore", &backup.to_string_lossy()];
    let into_a_full_one = pingyi(&restore, &installation, &format!("{private}\n"))?;
    ensure!(
        into_a_full_one.code == Some(2) && into_a_full_one.stderr.contains("not empty"),
        "{into_a_full_one:?}"
    );

    installation.lose_everything(&place)?;
    let alone = typed(&private, "admin", "admin").repeat(3);
    let refused = pingyi(&restore, &installation, &alone)?;
    ensure!(refused.code == Some(2) && refused.stdout.contains("different people"), "{refused:?}");
    pingyi(&restore, &installation, &typed(&private, "admin", "supervisor"))?.success()?;

    installation.start(&place)?;
    let visitor = Visitor::new(&installation.url)?;
    sign_in(&visitor, "commission").await?;
    let offices = visitor.see("/console/2020/offices").await?;
    ensure!(offices.text.contains("凤凰路营业厅"), "the offices are not there:\n{}", offices.text);
    let log = pingyi(&["log", "verify"], &installation, "")?.success()?;
    ensure!(log.contains("末端"), "{log}");
    Ok(())
}

#[tokio::test]
async fn a_server_lost_in_mid_poll_comes_back_with_every_ballot() -> Result<()> {
    let place = Place::new("backup_mid_poll")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    let commission = Commission::new(&installation).await?;
    commission.prepare(2).await?;
    let poll = open_poll(&place, &installation, &commission, 0).await?;
    let booth = poll.hall.start_booth(&place, &installation, 1, &poll.setup).await?;
    let mut trackers = Vec::new();
    let before = place.work("before-lunch.age");
    let (private, section) = recovery_key()?;
    let config = fs::read_to_string(&installation.config)?;
    fs::write(&installation.config, format!("{config}{section}\n"))?;
    for (code, representative) in poll.codes.iter().zip(1..) {
        if representative == 3 {
            pingyi(&["backup", "--to", &before.to_string_lossy()], &installation, "")?.success()?;
        }
        trackers.push(vote(&booth.url, code, 70, &|office| opinion(representative, office)).await?);
    }

    installation.lose_everything(&place)?;
    let people = typed(&private, "admin", "supervisor");
    pingyi(&["restore", &before.to_string_lossy()], &installation, &people)?.success()?;
    installation.start(&place)?;
    sign_in(commission.visitor(), "commission").await?;
    sign_in(&installation.supervisor, "supervisor").await?;
    let path = format!("{YEAR}/poll");
    let alone = commission.visitor().see(&path).await?;
    ensure!(
        Form::to(&alone.text, &format!("{path}/resume")).is_err(),
        "one person can resume:\n{}",
        alone.text
    );
    wait_for(commission.visitor(), &path, "所有参加投票的投票机都已重新送票").await?;
    installation.together(commission.visitor(), &path, &format!("{path}/resume-restored"), &[]).await?;
    wait_for(&Visitor::new(&booth.url)?, "/", "name=\"code\"").await?;
    let last = poll.codes.last().context("no card")?;
    let page = present_bad_card(&booth.url, last).await?;
    ensure!(page.contains("这张卡已经投过票了"), "a card counts twice:\n{page}");

    finish(&commission, &poll, trackers.len()).await?;
    let published = Published::download(&place, &installation).await?;
    published.is_a_recount_of(&choices(trackers.len()))?;
    published.holds_the_ballots(&trackers)?;
    published.is_verified(&poll.setup)
}

/// What the envelope holds, and the lines for the configuration.
fn recovery_key() -> Result<(String, String)> {
    let said = run(Command::new(program("pingyi")?).arg("recovery-key"), "")?.success()?;
    let private = said.split_whitespace().find(|word| word.starts_with("AGE-SECRET-KEY-1"));
    let section = said.find("[backup]").and_then(|place| said.get(place..));
    Ok((private.context("no private half")?.to_owned(), section.context("no public half")?.to_owned()))
}

/// What two people type, after the envelope.
fn typed(private: &str, first: &str, second: &str) -> String {
    format!("{private}\n{first}\n{PASSWORD}\n{second}\n{PASSWORD}\n")
}

fn pingyi(arguments: &[&str], installation: &Installation, input: &str) -> Result<Finished> {
    run(Command::new(program("pingyi")?).args(arguments).arg("--config").arg(&installation.config), input)
}
