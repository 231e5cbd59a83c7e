//! `verify` as a command, the same in `pingyi verify` and in the stand-alone verifier: exit 0 if everything holds,
//! 1 if something does not, 2 if there is nothing to judge.

use std::io::{self, Write};
use std::path::Path;

use super::report::VerificationReport;
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
