//! A whole evaluation day on the 70 real offices: from a pool of 300 to a published, verified ranking.
//!
//! Nothing is faked but the people. The commission's acts are the console's own use cases, by two accounts; trustees,
//! card officer and booths are the kiosk's own code and speak to the server over HTTP. The seed drives pool, secrets of
//! the draw, and choices; keys and cards come from the operating system.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use belenios::group::GroupName;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

pub(crate) mod ceremony;
mod choices;
mod day;
mod hall;
mod people;
mod progress;
mod reader;
mod staff;
mod summary;

/// `pingyi demo`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// 无人值守，直接做完 · without a person, to the end
    #[arg(long)]
    auto: bool,
    /// 结果文件夹 · the folder to fill
    #[arg(long, default_value = "demo")]
    dir: PathBuf,
    /// 代表人数 · representatives
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(2..=300))]
    representatives: u16,
    /// 驱动人员库、抽取秘密和选择的种子 · drives pool, draw secrets and choices
    #[arg(long, default_value_t = 2020)]
    seed: u64,
    /// 选举所用的群 · the election's group
    #[arg(long, default_value = "Ed25519", value_parser = groups())]
    group: GroupName,
}

/// Reads a group by its name; the help shows all of them.
fn groups() -> impl TypedValueParser<Value = GroupName> {
    PossibleValuesParser::new(GroupName::ALL.map(GroupName::as_str)).try_map(|name| name.parse::<GroupName>())
}

/// Runs the demonstration. Without `--auto` a card is left for the reader, who ends the poll.
///
/// # Errors
///
/// If the folder cannot be used, or any step of the day fails.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let folder = free_folder(&arguments.dir, arguments.auto)?;
    let rules = day::rules(arguments.representatives.into(), arguments.group)?;
    day::run(&folder, rules, arguments.seed, arguments.auto).await?;
    Ok(ExitCode::SUCCESS)
}

/// The folder itself if it is new or empty. Otherwise another name is asked for; nothing is ever overwritten.
fn free_folder(folder: &Path, auto: bool) -> anyhow::Result<PathBuf> {
    let mut folder = folder.to_owned();
    while is_used(&folder)? {
        let place = folder.display();
        if auto || !std::io::stdin().is_terminal() {
            bail!(
                "{place} 不是空文件夹，没有改动其中任何内容。请用 --dir 另选一个。\n\
                 {place} is not empty; nothing in it was touched. Choose another folder with --dir."
            );
        }
        println!("{place} 已存在且不为空，不会覆盖。请输入另一个文件夹名（回车放弃）。");
        println!("{place} exists and will not be overwritten. Type another name (Enter to give up):");
        let mut line = String::new();
        std::io::stdin().read_line(&mut line)?;
        if line.trim().is_empty() {
            bail!("没有开始 · not started");
        }
        folder = PathBuf::from(line.trim());
    }
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("{}：无法建立 · cannot be made", folder.display()))?;
    Ok(folder)
}

fn is_used(folder: &Path) -> anyhow::Result<bool> {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("{}：无法使用 · cannot be used", folder.display())),
    }
}
