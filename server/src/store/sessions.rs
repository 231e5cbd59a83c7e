//! Sessions of the console. Only the SHA-256 of a token is stored.

use evaluation::hash::Sha256Hash;
use jiff::Timestamp;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, time_text},
};
use crate::domain::{AccountId, CountyId};

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who signed in.
    pub account: AccountId,
    /// When.
    pub created_at: Timestamp,
    /// When the browser last asked for something.
    pub last_seen_at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO sessions (county, token_hash, account, created_at, last_seen_at) VALUES ($1, $2, $3, $4, $5)";
    FIND = "SELECT account, created_at, last_seen_at FROM sessions WHERE county = $1 AND token_hash = $2";
    TOUCH = "UPDATE sessions SET last_seen_at = $3 WHERE county = $1 AND token_hash = $2";
    DELETE = "DELETE FROM sessions WHERE county = $1 AND token_hash = $2";
    DELETE_OF_ACCOUNT = "DELETE FROM sessions WHERE county = $1 AND account = $2";
    DELETE_ALL = "DELETE FROM sessions WHERE county = $1";
    DELETE_IDLE = "DELETE FROM sessions WHERE county = $1 AND last_seen_at <= $2";
}

/// Adds a session.
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    token_hash: &Sha256Hash,
    session: &Session,
) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(token_hash.as_bytes().as_slice())
        .bind(session.account.as_str())
        .bind(time_text(session.created_at))
        .bind(time_text(session.last_seen_at))
        .execute(tx)
        .await?;
    Ok(())
}

/// The session with this token hash.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    token_hash: &Sha256Hash,
) -> Result<Option<Session>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(county.as_str())
        .bind(token_hash.as_bytes().as_slice())
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(|row| read(Row::new("sessions", row))).transpose()
}

/// Records that the browser was heard of.
pub async fn touch(
    tx: &mut Connection,
    county: &CountyId,
    token_hash: &Sha256Hash,
    now: Timestamp,
) -> Result<(), StoreError> {
    let result = sqlx::query(TOUCH)
        .bind(county.as_str())
        .bind(token_hash.as_bytes().as_slice())
        .bind(time_text(now))
        .execute(tx)
        .await?;
    must_change_one(&result)
}

/// Ends one session; ending one that is gone is no error.
pub async fn delete(
    tx: &mut Connection,
    county: &CountyId,
    token_hash: &Sha256Hash,
) -> Result<(), StoreError> {
    sqlx::query(DELETE).bind(county.as_str()).bind(token_hash.as_bytes().as_slice()).execute(tx).await?;
    Ok(())
}

/// Ends all sessions of an account.
pub async fn delete_of_account(
    tx: &mut Connection,
    county: &CountyId,
    account: &AccountId,
) -> Result<u64, StoreError> {
    let result =
        sqlx::query(DELETE_OF_ACCOUNT).bind(county.as_str()).bind(account.as_str()).execute(tx).await?;
    Ok(result.rows_affected())
}

/// Ends all sessions of the county.
pub async fn delete_all(tx: &mut Connection, county: &CountyId) -> Result<u64, StoreError> {
    Ok(sqlx::query(DELETE_ALL).bind(county.as_str()).execute(tx).await?.rows_affected())
}

/// Ends all sessions last heard of at `before` or earlier.
pub async fn delete_idle(
    tx: &mut Connection,
    county: &CountyId,
    before: Timestamp,
) -> Result<u64, StoreError> {
    let result = sqlx::query(DELETE_IDLE).bind(county.as_str()).bind(time_text(before)).execute(tx).await?;
    Ok(result.rows_affected())
}

fn read(row: Row<'_>) -> Result<Session, StoreError> {
    Ok(Session {
        account: row.parsed("account")?,
        created_at: row.parsed("created_at")?,
        last_seen_at: row.parsed("last_seen_at")?,
    })
}
