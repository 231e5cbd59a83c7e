//! The database on its way into a backup and out of one.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::process::Command;
use url::Url;

use super::BackupError;
use crate::service::Context;
use crate::store::{Backend, copy};

/// The whole database but for the sealed drafts, which live only until their ballots come: the SQLite file written anew, or what
/// `pg_dump` writes.
///
/// # Errors
/// [`BackupError`]
pub async fn dump(context: &Context, url: &SecretString) -> Result<Vec<u8>, BackupError> {
    // In the server's own folder, which nobody else may enter.
    let folder = tempfile::Builder::new().prefix(".new-backup-").tempdir_in(&context.folder)?;
    let path = folder.path().join("database");
    match context.db.backend() {
        Backend::Sqlite => copy::write_sqlite_copy(&context.db, &path).await?,
        Backend::Postgres => {
            let drafts = "--exclude-table-data=*.drafts";
            let arguments = ["--format=custom", "--no-owner", "--no-privileges", drafts, "--file"];
            postgres("pg_dump", url, &arguments, &path).await?;
        }
    }
    Ok(fs::read(&path)?)
}

/// Puts what `pg_dump` wrote into an empty PostgreSQL database: all of it, or nothing.
///
/// # Errors
/// [`BackupError`]
pub async fn load_postgres(url: &SecretString, dump: &[u8]) -> Result<(), BackupError> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("database");
    fs::write(&path, dump)?;
    let arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"];
    postgres("pg_restore", url, &arguments, &path).await
}

/// The file of an SQLite address.
///
/// # Errors
/// [`BackupError::Content`] if the address names no file
pub fn sqlite_path(url: &SecretString) -> Result<PathBuf, BackupError> {
    let path = url.expose_secret().strip_prefix("sqlite://").unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    if path.is_empty() || path.starts_with(':') {
        return Err(BackupError::Content("database.url"));
    }
    Ok(PathBuf::from(path))
}

/// Runs a program of PostgreSQL. The password goes through its environment: arguments are seen by everybody on the machine.
async fn postgres(
    program: &'static str,
    url: &SecretString,
    arguments: &[&str],
    path: &Path,
) -> Result<(), BackupError> {
    let mut address = Url::parse(url.expose_secret()).map_err(|_| BackupError::Content("database.url"))?;
    let password = SecretString::from(address.password().unwrap_or_default());
    // An address without a host takes no password either.
    let _ = address.set_password(None);
    let mut named = OsString::from("--dbname=");
    named.push(address.as_str());
    let mut command = Command::new(program);
    command.arg(named).args(arguments).arg(path).stdin(Stdio::null());
    if !password.expose_secret().is_empty() {
        command.env("PGPASSWORD", password.expose_secret());
    }
    let failed = |said: String| BackupError::Program { program, said };
    let output = command.output().await.map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}
