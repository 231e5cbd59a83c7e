//! A lost machine: everything comes back from a sealed backup, the envelope and two people.

use std::{fs, process::Command};

use anyhow::{Context, Result, ensure};
use support::{
    http::Visitor,
    place::{Place, program},
    process::{Finished, run},
};

use crate::{
    commission::Commission,
    installation::{Database, Installation, PASSWORD, sign_in},
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
