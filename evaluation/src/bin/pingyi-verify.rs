//! A small verifier for third parties: `pingyi-verify PATH [--json] [--anchor HASH] [--no-revotes]`.
#![forbid(unsafe_code)]

use std::env::args;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use evaluation::publication::{command, verify::Options};

const USAGE: &str = "\
用法 · usage: pingyi-verify PATH [--json] [--anchor HASH] [--no-revotes]
              pingyi-verify --challenge FILE

PATH           公布文件夹或其 zip，或单个 .bel 存档
               a publication folder or its zip file, or a bare .bel archive
--json         输出 JSON · the report as JSON
--anchor HASH  开启单上的选举核对码 · the election check code printed on the signed opening sheet
--no-revotes   单个存档：同一凭证只许一票 · bare archive: refuse a second ballot of a credential
--challenge    核验本机时打开的一张票：重新计算 · a ballot that was opened to check a booth: recompute it

退出码 · exit code: 0 通过 valid, 1 不通过 invalid, 2 无法读取 cannot read
";

#[derive(Default)]
struct Arguments {
    path: Option<PathBuf>,
    challenge: Option<PathBuf>,
    options: Options,
    json: bool,
}

fn main() -> ExitCode {
    let arguments = match parse(args().skip(1)) {
        Ok(arguments) => arguments,
        Err(reason) => return stop(&reason),
    };
    let mut output = io::stdout().lock();
    let outcome = match (arguments.path, arguments.challenge) {
        (Some(path), None) => command::run(&path, arguments.options, arguments.json, &mut output),
        (None, Some(file)) => command::run_challenge(&file, &mut output),
        _ => return stop(USAGE),
    };
    outcome.map_or(ExitCode::from(2), ExitCode::from)
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--json" => arguments.json = true,
            "--no-revotes" => arguments.options.no_revotes = true,
            "--challenge" => arguments.challenge = Some(words.next().ok_or(USAGE)?.into()),
            "--anchor" => {
                let hash = words.next().and_then(|hash| hash.parse().ok());
                arguments.options.anchor =
                    Some(hash.ok_or("--anchor: 64 lower-case hexadecimal digits are needed\n")?);
            }
            option if option.starts_with('-') => return Err(format!("{option}: ?\n\n{USAGE}")),
            path if arguments.path.is_none() => arguments.path = Some(PathBuf::from(path)),
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(arguments)
}

/// Says why nothing was verified.
fn stop(reason: &str) -> ExitCode {
    // If even this cannot be written, the exit code still tells.
    let _ = io::stderr().write_all(reason.as_bytes());
    ExitCode::from(2)
}
