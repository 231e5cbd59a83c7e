//! Commands that need no server: verify a publication, an archive, a draw; sign a publication.

use std::collections::BTreeMap;
use std::fs;
use std::io::stdout;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use belenios::text::Hash;
use evaluation::draw::verify::verify_folder;
use evaluation::hash::Sha256Hash;
use evaluation::publication::signature::{is_summed, key_from_text, sign as sign_sums, sums};
use evaluation::publication::source::{Opened, open};
use evaluation::publication::verify::Options;
use evaluation::publication::{command, file};
use zeroize::Zeroizing;

pub(super) fn publication(
    path: &Path,
    json: bool,
    anchor: Option<Hash>,
    no_revotes: bool,
) -> anyhow::Result<ExitCode> {
    let code = command::run(path, Options { anchor, no_revotes }, json, &mut stdout().lock())?;
    Ok(ExitCode::from(code))
}

pub(super) fn challenge(file: &Path) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::from(command::run_challenge(file, &mut stdout().lock())?))
}

pub(super) fn draw(folder: &Path) -> anyhow::Result<ExitCode> {
    if !folder.is_dir() {
        bail!("{}：没有这个文件夹 · there is no such folder", folder.display());
    }
    let report = verify_folder(|name| fs::read(folder.join(name)).ok());
    for finding in &report.findings {
        println!("不符 FAIL  {}: {} · {}", finding.file, finding.zh, finding.en);
    }
    if let Some(facts) = &report.facts {
        println!("抽取编号 · draw id: {}", facts.draw_id);
        println!("人员库 · pool: {}", facts.pool_sha256);
        println!("公告 · announcement: {}", facts.announce_sha256);
        println!("种子 · seed: {}", facts.seed);
        println!("结果 · result: {}", facts.result_sha256);
        println!("代表 · representatives: {} + {}", facts.selected.a.len(), facts.selected.b.len());
        println!("通过 ok · 全部重新计算一致 · everything computed again, nothing differs");
    }
    Ok(ExitCode::from(u8::from(!report.is_valid())))
}

pub(super) fn sign(folder: &Path, key: &Path) -> anyhow::Result<ExitCode> {
    let text = Zeroizing::new(
        fs::read_to_string(key).with_context(|| format!("{}：无法读取 · cannot be read", key.display()))?,
    );
    let key = key_from_text(&text)
        .with_context(|| format!("{}：不是公布密钥 · is not a publication key", key.display()))?;
    let place = || folder.display();
    let Opened::Publication(source) = open(folder).with_context(|| format!("{}", place()))? else {
        bail!("{}：不是文件夹 · is not a folder", place());
    };
    let mut hashes = BTreeMap::new();
    for name in source.names().filter(|name| is_summed(name)) {
        hashes.insert(name.to_owned(), Sha256Hash::of(source.read(name)?));
    }
    let sums = sums(&hashes);
    fs::write(folder.join(file::SUMS), &sums)?;
    fs::write(folder.join(file::SUMS_SIGNATURE), sign_sums(&sums, &key))?;
    println!("已签名 · signed: {} 个文件 · files", hashes.len());
    Ok(ExitCode::SUCCESS)
}
