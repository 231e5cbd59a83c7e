//! A small verifier for third parties: `pingyi-verify PATH [--json] [--anchor HASH] [--no-revotes]`.
#![forbid(unsafe_code)]

use std::env::args;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use evaluation::publication::{command, verify::Options};

const USAGE: &str = "\
用法 · usage: pingyi-verify PATH [--json] [--anchor HASH] [--no-revotes]

PATH           公布文件夹或其 zip，或单个 .bel 存档
               a publication folder or its zip file, or a bare .bel archive
--json         输出 JSON · the report as JSON
--anchor HASH  开启单上的设置哈希 · the Setup hash printed on the signed opening sheet
--no-revotes   单个存档：同一凭证只许一票 · bare archive: refuse a second ballot of a credential

退出码 · exit code: 0 通过 valid, 1 不通过 invalid, 2 无法读取 cannot read
";

#[derive(Default)]
struct Arguments {
    path: Option<PathBuf>,
    options: Options,
    json: bool,
}

fn main() -> ExitCode {
    let arguments = match parse(args().skip(1)) {
        Ok(arguments) => arguments,
        Err(reason) => return stop(&reason),
    };
    let Some(path) = arguments.path else { return stop(USAGE) };
    let outcome = command::run(&path, arguments.options, arguments.json, &mut io::stdout().lock());
    outcome.map_or(ExitCode::from(2), ExitCode::from)
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--json" => arguments.json = true,
            "--no-revotes" => arguments.options.no_revotes = true,
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
