//! `verify` as a command, the same in `pingyi verify` and in the stand-alone verifier: exit 0 if everything holds,
//! 1 if something does not, 2 if there is nothing to judge.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;

use belenios::ballot::{Audit, OpenedBallot};

use super::report::{VerificationReport, printable};
use super::source::{Opened, open};
use super::verify::{Options, broken, verify_archive, verify_publication};

/// The path cannot be judged: exit 2.
#[derive(Debug, thiserror::Error)]
#[error("无法读取 · cannot be verified: {path}: {reason}")]
pub struct CannotRead {
    path: String,
    reason: String,
}

/// Verifies what lies at `path`: a publication folder or zip file, or a bare archive.
///
/// # Errors
///
/// [`CannotRead`] if the path is absent, unreadable, or of another kind.
pub fn verify_path(path: &Path, options: Options) -> Result<VerificationReport, CannotRead> {
    let cannot = |reason: String| CannotRead { path: path.display().to_string(), reason };
    match open(path).map_err(|error| cannot(error.to_string()))? {
        Opened::Publication(source) => Ok(verify_publication(&source, options)),
        Opened::Archive(file) => verify_archive(file, options).map_err(|error| cannot(error.to_string())),
        Opened::Broken(reason) => Ok(broken(&reason)),
    }
}

/// Writes the report or the reason why there is none, and gives the exit code.
///
/// # Errors
///
/// Only if `output` cannot be written.
pub fn run(path: &Path, options: Options, json: bool, output: &mut impl Write) -> io::Result<u8> {
    match verify_path(path, options) {
        Ok(report) => {
            let text = if json { report.to_json() } else { report.to_string() };
            output.write_all(text.as_bytes())?;
            Ok(u8::from(!report.is_accepted()))
        }
        Err(error) => {
            if json {
                let problem = serde_json::json!({ "verdict": "cannot_read", "error": error.to_string() });
                writeln!(output, "{problem}")?;
            } else {
                writeln!(output, "{error}")?;
            }
            Ok(2)
        }
    }
}

/// Recomputes the opened ballot in a file, as a booth saves it when it is challenged. Exit 0 if the booth has encrypted what it
/// shows, 1 if not, 2 if the file cannot be read or holds no opened ballot.
///
/// # Errors
///
/// Only if `output` cannot be written.
pub fn run_challenge(path: &Path, output: &mut impl Write) -> io::Result<u8> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string());
    // A file of another kind says nothing about a booth.
    let opened = text.and_then(|text| OpenedBallot::parse(&text).map_err(|error| error.to_string()));
    let opened = match opened {
        Ok(opened) => opened,
        Err(reason) => {
            writeln!(output, "{}", CannotRead { path: path.display().to_string(), reason })?;
            return Ok(2);
        }
    };
    match opened.recompute() {
        Ok(Audit { tracker, election, answers }) => {
            for (question, answer) in &answers {
                writeln!(output, "{}", printable(format!("{question}：{answer}")))?;
            }
            writeln!(output, "回执码 · tracker: {tracker}")?;
            writeln!(output, "选举指纹 · election fingerprint: {election}")?;
            writeln!(
                output,
                "结论 · verdict: 重新计算一致；请把回执码与投票机先前显示的比对，把选举指纹与公布的存档比对 · recomputed, nothing differs; \
                 compare the tracker with the one that the booth showed before, and the fingerprint with the published archive"
            )?;
            Ok(0)
        }
        Err(error) => {
            let cause = error.source().map_or_else(String::new, |source| format!(": {source}"));
            writeln!(
                output,
                "结论 · verdict: 不一致，投票机没有加密它所显示的评价，或文件被改动。请把这台投票机和文件交给监督员。 · invalid: the booth has \
                 not encrypted what it shows, or the file was altered; hand both to the supervisor ({error}{cause})"
            )?;
            Ok(1)
        }
    }
}
