//! Devices in the hall. Only the SHA-256 of a token is stored.

use evaluation::hash::Sha256Hash;
use jiff::Timestamp;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, time_text},
};
use crate::domain::{CountyId, TerminalId, TerminalRole, TerminalStatus};

/// A device in the hall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Random id.
    pub id: TerminalId,
    /// What it is for.
    pub role: TerminalRole,
    /// What stands on its label.
    pub name: String,
    /// Whether it may speak to the server.
    pub status: TerminalStatus,
    /// Which trustee sits at it; set exactly for trustees' terminals.
    pub trustee_position: Option<u32>,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO terminals (county, id, role, name, token_hash, status, trustee_position, enrolled_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND_BY_TOKEN = "SELECT id, role, name, status, trustee_position, enrolled_at FROM terminals
                     WHERE county = $1 AND token_hash = $2 AND status = 'enrolled'";
    LIST = "SELECT id, role, name, status, trustee_position, enrolled_at FROM terminals
            WHERE county = $1 ORDER BY enrolled_at, id";
    REVOKE = "UPDATE terminals SET status = 'revoked' WHERE county = $1 AND id = $2 AND status = 'enrolled'";
}

/// Adds a device.
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    terminal: &Terminal,
    token_hash: &Sha256Hash,
) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(terminal.id.as_str())
        .bind(terminal.role.as_str())
        .bind(&terminal.name)
        .bind(token_hash.as_bytes().as_slice())
        .bind(terminal.status.as_str())
        .bind(terminal.trustee_position.map(i64::from))
        .bind(time_text(terminal.enrolled_at))
        .execute(tx)
        .await?;
    Ok(())
}

/// The enrolled device with this token; a revoked one is not found.
pub async fn find_by_token(
    tx: &mut Connection,
    county: &CountyId,
    token_hash: &Sha256Hash,
) -> Result<Option<Terminal>, StoreError> {
    let row = sqlx::query(FIND_BY_TOKEN)
        .bind(county.as_str())
        .bind(token_hash.as_bytes().as_slice())
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(|row| read(Row::new("terminals", row))).transpose()
}

/// All devices, in order of enrolment.
pub async fn list(tx: &mut Connection, county: &CountyId) -> Result<Vec<Terminal>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| read(Row::new("terminals", row))).collect()
}

/// Shuts a device out for ever.
pub async fn revoke(tx: &mut Connection, county: &CountyId, id: &TerminalId) -> Result<(), StoreError> {
    let result = sqlx::query(REVOKE).bind(county.as_str()).bind(id.as_str()).execute(tx).await?;
    must_change_one(&result)
}

fn read(row: Row<'_>) -> Result<Terminal, StoreError> {
    Ok(Terminal {
        id: row.parsed("id")?,
        role: row.parsed("role")?,
        name: row.text("name")?,
        status: row.parsed("status")?,
        trustee_position: row.optional_number("trustee_position")?,
        enrolled_at: row.parsed("enrolled_at")?,
    })
}
