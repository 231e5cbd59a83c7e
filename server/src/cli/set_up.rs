//! The first run: one administrator and one supervisor, who are different people.

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use secrecy::SecretString;

use super::prompt::{line, secret};
use super::serve::open;
use crate::domain::InTwoLanguages as _;
use crate::service::account::{self, FirstAccount, NewAccount};

pub(super) async fn set_up(path: &Path) -> anyhow::Result<ExitCode> {
    let (_, context) = open(path).await?;
    if !account::list(&context).await?.is_empty() {
        bail!("已有账号，不能重复首次设置 · there are accounts already; the first run is over");
    }
    println!("首次设置：管理员和监督员须为两个不同的人，各自输入自己的密码。");
    println!("First run: administrator and supervisor are two people; each types a password.\n");
    let administrator = ask("管理员 · administrator")?;
    let supervisor = ask("监督员 · supervisor")?;
    account::set_up(&context, administrator, supervisor).await.map_err(|error| {
        let both = format!("{}\n{}", error.zh(), error.en());
        anyhow::Error::new(error).context(both)
    })?;
    println!("已建立 · made.");
    Ok(ExitCode::SUCCESS)
}

fn ask(who: &str) -> anyhow::Result<FirstAccount> {
    let name = line(&format!("{who}\n  登录名 · login name: "))?;
    let person = line("  姓名和单位 · name and unit: ")?;
    let password = secret("  密码（不会显示在屏幕上）· password (not shown): ")?;
    Ok(FirstAccount { new: NewAccount { name, person }, password: SecretString::from(password.as_str()) })
}
