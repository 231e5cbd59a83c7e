//! Making backups, and the key they are sealed to.

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;

use super::serve::open;
use crate::backup::{self, seal};
use crate::domain::InTwoLanguages as _;
use crate::service::folder::write_durably;

/// The private half is shown once and stored nowhere.
pub(super) fn recovery_key() -> ExitCode {
    let (private, public) = seal::make_key();
    println!("私钥：只显示这一次。打印或抄写，两人核对后封入信封、签字；不要保存在任何电脑上。");
    println!(
        "Private half, shown this once: print or copy it, compare it by two, seal it into a signed envelope.\n"
    );
    println!("  {}\n", *private);
    println!("公钥：写进服务器的配置。Public half, for the configuration:\n");
    println!("[backup]\nrecipient = \"{public}\"");
    ExitCode::SUCCESS
}

pub(super) async fn back_up(config: &Path, to: &Path) -> anyhow::Result<ExitCode> {
    if to.exists() {
        bail!("{}：已存在，不覆盖 · exists and is not overwritten", to.display());
    }
    let (config, context) = open(config).await?;
    let made = backup::make(&context, &config).await;
    let (manifest, sealed) = made.map_err(|error| anyhow::anyhow!("{}\n{error}", error.zh()))?;
    write_durably(to, &sealed, true)?;
    println!("已备份 · backed up: {}", to.display());
    println!("日志条目 · log entries: {}", manifest.log_entries);
    println!("日志末端 · log head: {}", manifest.log_head);
    Ok(ExitCode::SUCCESS)
}
