//! The command line: each command is one function that reads its arguments and calls the library.

use std::path::PathBuf;
use std::process::ExitCode;

use belenios::text::Hash;
use clap::{Parser, Subcommand};

mod backup;
mod prompt;
mod restore;
mod serve;
mod set_up;
mod verify;

use crate::demo;

/// 阳光评议：公开抽取、无记名投票、可核验的排名。
/// A public draw, a secret vote, a ranking that anybody can verify.
#[derive(Debug, Parser)]
#[command(name = "pingyi", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 演示一整天的评议，用真实的 70 个股室 · Run a whole evaluation day on the 70 real offices
    Demo(demo::Arguments),
    /// 运行服务器 · Run the server
    Serve {
        /// 配置文件（TOML）· the configuration file (TOML)
        #[arg(long)]
        config: PathBuf,
    },
    /// 首次启用：建立一名管理员和一名监督员 · First run: make one administrator and one supervisor
    Setup {
        /// 配置文件（TOML）· the configuration file (TOML)
        #[arg(long)]
        config: PathBuf,
    },
    /// 核验公布文件夹、其 zip，或单个 .bel 存档 · Verify a publication folder or zip, or a bare .bel archive
    Verify {
        /// 文件夹、zip 或 .bel · folder, zip or .bel
        #[arg(required_unless_present = "challenge")]
        path: Option<PathBuf>,
        /// 输出 JSON · write JSON
        #[arg(long)]
        json: bool,
        /// 开启单上的选举核对码 · the election check code printed on the signed opening sheet
        #[arg(long, value_name = "HASH")]
        anchor: Option<Hash>,
        /// 单个存档：同一凭证只许一票 · bare archive: refuse a second ballot of a credential
        #[arg(long)]
        no_revotes: bool,
        /// 重新计算核验本机时打开的一张票 · recompute a ballot that was opened to check a booth
        #[arg(long, value_name = "FILE", conflicts_with_all = ["path", "json", "anchor", "no_revotes"])]
        challenge: Option<PathBuf>,
    },
    /// 生成恢复密钥：私钥抄进信封，公钥写进配置 · Make a recovery key: the private half for the envelope, the public half for the configuration
    RecoveryKey,
    /// 备份数据库和文件，封给恢复密钥 · Back up database and files, sealed to the recovery key
    Backup {
        /// 配置文件（TOML）· the configuration file (TOML)
        #[arg(long)]
        config: PathBuf,
        /// 备份写到哪里；不覆盖已有文件 · where to write; an existing file is never overwritten
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// 由两人把备份恢复到空的服务器 · Restore a backup into an empty server, by two people
    Restore {
        /// 配置文件（TOML）· the configuration file (TOML)
        #[arg(long)]
        config: PathBuf,
        /// 备份文件 · the backup
        backup: PathBuf,
    },
    /// 代表抽取 · The draw of the representatives
    #[command(subcommand)]
    Draw(DrawCommand),
    /// 公布文件夹 · The publication folder
    #[command(subcommand)]
    Publication(PublicationCommand),
    /// 操作日志 · The log
    #[command(subcommand)]
    Log(LogCommand),
}

#[derive(Debug, Subcommand)]
enum DrawCommand {
    /// 重新计算一个抽取文件夹 · Compute a draw folder again
    Verify {
        /// 文件夹 · the folder
        folder: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum PublicationCommand {
    /// 重做 SHA256SUMS 及其签名 · Make SHA256SUMS and its signature anew
    Sign {
        /// 公布文件夹 · the publication folder
        folder: PathBuf,
        /// 公布密钥文件 · the publication key's file
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum LogCommand {
    /// 核验操作日志的哈希链 · Verify the hash chain of the log
    Verify {
        /// 配置文件（TOML）· the configuration file (TOML)
        #[arg(long)]
        config: PathBuf,
    },
}

/// Runs a command. The exit code is 0 if it did what it is for, 1 if something does not verify.
///
/// # Errors
///
/// Whatever kept the command from running, in words for the person at the terminal.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.command {
        Command::Demo(arguments) => demo::run(arguments).await,
        Command::Serve { config } => serve::serve(&config).await,
        Command::Setup { config } => set_up::set_up(&config).await,
        Command::Verify { challenge: Some(file), .. } => verify::challenge(&file),
        Command::Verify { path, json, anchor, no_revotes, challenge: None } => {
            // The arguments demand a path where no challenge is given.
            verify::publication(&path.unwrap_or_default(), json, anchor, no_revotes)
        }
        Command::RecoveryKey => Ok(backup::recovery_key()),
        Command::Backup { config, to } => backup::back_up(&config, &to).await,
        Command::Restore { config, backup } => restore::restore(&config, &backup).await,
        Command::Draw(DrawCommand::Verify { folder }) => verify::draw(&folder),
        Command::Publication(PublicationCommand::Sign { folder, key }) => verify::sign(&folder, &key),
        Command::Log(LogCommand::Verify { config }) => serve::verify_log(&config).await,
    }
}
