//! The chained log. `service::log` knows the chain; here are only rows.

use evaluation::hash::Sha256Hash;

use super::{
    Connection, StoreError, statements,
    types::{Row, integer},
};
use crate::domain::CountyId;

/// One entry, exactly as stored and hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// From 1, without gaps, for each county.
    pub seq: u64,
    /// RFC 3339, UTC, milliseconds.
    pub time: String,
    /// Who caused it.
    pub actor: String,
    /// JSON.
    pub event: String,
    /// Hash of the entry before.
    pub previous: Sha256Hash,
    /// Hash of this entry.
    pub hash: Sha256Hash,
}

statements! {
    INSERT = "INSERT INTO log_entries (county, seq, time, actor, event, previous, hash)
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FIND_HEAD = "SELECT seq, time, actor, event, previous, hash FROM log_entries
                 WHERE county = $1 ORDER BY seq DESC LIMIT 1";
    LIST = "SELECT seq, time, actor, event, previous, hash FROM log_entries
            WHERE county = $1 AND seq >= $2 ORDER BY seq LIMIT $3";
    LIST_LATEST = "SELECT seq, time, actor, event, previous, hash FROM log_entries
                   WHERE county = $1 ORDER BY seq DESC LIMIT $2";
}

/// Adds an entry.
pub async fn insert(tx: &mut Connection, county: &CountyId, entry: &Entry) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(integer(entry.seq)?)
        .bind(&entry.time)
        .bind(&entry.actor)
        .bind(&entry.event)
        .bind(entry.previous.as_bytes().as_slice())
        .bind(entry.hash.as_bytes().as_slice())
        .execute(tx)
        .await?;
    Ok(())
}

/// The newest entry.
pub async fn find_head(tx: &mut Connection, county: &CountyId) -> Result<Option<Entry>, StoreError> {
    let row = sqlx::query(FIND_HEAD).bind(county.as_str()).fetch_optional(tx).await?;
    row.as_ref().map(|row| read(Row::new("log_entries", row))).transpose()
}

/// At most `limit` entries from `first` on, oldest first.
pub async fn list(
    tx: &mut Connection,
    county: &CountyId,
    first: u64,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query(LIST)
        .bind(county.as_str())
        .bind(integer(first)?)
        .bind(i64::from(limit))
        .fetch_all(tx)
        .await?;
    rows.iter().map(|row| read(Row::new("log_entries", row))).collect()
}

/// At most `limit` entries, newest first.
pub async fn list_latest(
    tx: &mut Connection,
    county: &CountyId,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query(LIST_LATEST).bind(county.as_str()).bind(i64::from(limit)).fetch_all(tx).await?;
    rows.iter().map(|row| read(Row::new("log_entries", row))).collect()
}

fn read(row: Row<'_>) -> Result<Entry, StoreError> {
    Ok(Entry {
        seq: row.number("seq")?,
        time: row.text("time")?,
        actor: row.text("actor")?,
        event: row.text("event")?,
        previous: row.hash("previous")?,
        hash: row.hash("hash")?,
    })
}
