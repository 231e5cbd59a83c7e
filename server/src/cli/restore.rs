//! Restoring a backup at the server's command line, by two people.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use secrecy::SecretString;

use super::prompt::{line, secret};
use super::serve::open;
use crate::backup::BackupError;
use crate::backup::restore::{Person, Restoration, Staged};
use crate::domain::InTwoLanguages as _;

/// Wrong names or passwords that are forgiven.
const ATTEMPTS: u32 = 3;

pub(super) async fn restore(config: &Path, backup: &Path) -> anyhow::Result<ExitCode> {
    let sealed =
        std::fs::read(backup).with_context(|| format!("{}：读不到 · cannot be read", backup.display()))?;
    let (config, context) = open(config).await?;
    let identity = secret("恢复私钥（信封中）· private half of the recovery key, from the envelope: ")?;
    let restoration = Restoration::open(&config, &sealed, &identity).map_err(words)?;
    drop(identity);
    let manifest = restoration.manifest().clone();
    let staged = restoration.stage(&config, context).await.map_err(words)?;
    println!("\n将恢复 · to be restored:");
    println!("  县 · county        {}", manifest.county);
    println!("  备份时间 · made at  {}", manifest.made_at);
    println!("  日志条目 · entries  {}", manifest.log_entries);
    println!("  日志末端 · head     {}", manifest.log_head);
    println!("\n备份之后的一切都会丢失，包括其后投出的票；进行中的投票恢复为暂停，所有人须重新登录。");
    println!("What came after the backup is lost, ballots included; an open poll comes back paused.\n");
    let by = match two_people(&staged).await {
        Ok(by) => by,
        Err(error) => {
            staged.abandon().await.map_err(words)?;
            return Err(error);
        }
    };
    staged.put_in_place(&config, &by).await.map_err(words)?;
    println!("已恢复，请启动服务器 · restored; start the server.");
    Ok(ExitCode::SUCCESS)
}

async fn two_people(staged: &Staged) -> anyhow::Result<crate::backup::restore::Authorized> {
    for _ in 0..ATTEMPTS {
        let first = ask("第一人：管理员 · first: administrator")?;
        let second = ask("第二人：监督员或领导小组 · second: supervisor or leading group")?;
        match staged.authorize(&first, &second).await {
            Ok(by) => return Ok(by),
            Err(error @ BackupError::People { .. }) => println!("{}\n{error}\n", error.zh()),
            Err(error) => return Err(words(error)),
        }
    }
    bail!("没有恢复，服务器仍是空的 · nothing was restored; the server is still empty")
}

fn ask(who: &str) -> anyhow::Result<Person> {
    let name = line(&format!("{who}\n  登录名 · login name: "))?;
    let password = secret("  密码（不会显示在屏幕上）· password (not shown): ")?;
    Ok(Person { name, password: SecretString::from(password.as_str()) })
}

#[expect(clippy::needless_pass_by_value, reason = "goes into map_err")]
fn words(error: BackupError) -> anyhow::Error {
    anyhow::anyhow!("{}\n{error}", error.zh())
}
