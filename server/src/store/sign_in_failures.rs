//! Wrong passwords, by hash of the typed name: existing and invented names alike.

use evaluation::hash::Sha256Hash;
use jiff::Timestamp;

use super::{
    Connection, StoreError, statements,
    types::{Row, time_text},
};
use crate::domain::CountyId;

/// Wrong passwords in a row for one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the last one was typed.
    pub last_failed_at: Timestamp,
}

statements! {
    FIND = "SELECT failures, last_failed_at FROM sign_in_failures WHERE county = $1 AND name_hash = $2";
    RECORD = "INSERT INTO sign_in_failures (county, name_hash, failures, last_failed_at) VALUES ($1, $2, 1, $3)
              ON CONFLICT (county, name_hash)
              DO UPDATE SET failures = sign_in_failures.failures + 1, last_failed_at = excluded.last_failed_at";
    CLEAR = "DELETE FROM sign_in_failures WHERE county = $1 AND name_hash = $2";
    FORGET = "DELETE FROM sign_in_failures WHERE county = $1 AND last_failed_at < $2";
}

/// The failures of a name, if any.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    name_hash: &Sha256Hash,
) -> Result<Option<Failures>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(county.as_str())
        .bind(name_hash.as_bytes().as_slice())
        .fetch_optional(tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let row = Row::new("sign_in_failures", &row);
    Ok(Some(Failures { count: row.number("failures")?, last_failed_at: row.parsed("last_failed_at")? }))
}

/// Counts one more failure.
pub async fn record(
    tx: &mut Connection,
    county: &CountyId,
    name_hash: &Sha256Hash,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(RECORD)
        .bind(county.as_str())
        .bind(name_hash.as_bytes().as_slice())
        .bind(time_text(now))
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets the failures of a name, after a right password.
pub async fn clear(tx: &mut Connection, county: &CountyId, name_hash: &Sha256Hash) -> Result<(), StoreError> {
    sqlx::query(CLEAR).bind(county.as_str()).bind(name_hash.as_bytes().as_slice()).execute(tx).await?;
    Ok(())
}

/// Forgets all failures before `before`, so that invented names do not fill the table.
pub async fn forget_before(
    tx: &mut Connection,
    county: &CountyId,
    before: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(FORGET).bind(county.as_str()).bind(time_text(before)).execute(tx).await?;
    Ok(())
}
