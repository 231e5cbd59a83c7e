//! Devices in the hall: the public key of each, and the SHA-256 of the token of its last sign-in.

use evaluation::hash::Sha256Hash;
use evaluation::wire::TerminalKey;
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
    /// Public half of the key it has made itself.
    pub public_key: TerminalKey,
    /// Whether it may speak to the server.
    pub status: TerminalStatus,
    /// Which trustee sits at it; set exactly for trustees' terminals.
    pub trustee_position: Option<u32>,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO terminals (county, id, role, name, public_key, status, trustee_position, enrolled_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND_BY_TOKEN = "SELECT id, role, name, public_key, status, trustee_position, enrolled_at FROM terminals
                     WHERE county = $1 AND token_hash = $2 AND status = 'enrolled'";
    FIND_BY_KEY = "SELECT id, role, name, public_key, status, trustee_position, enrolled_at FROM terminals
                   WHERE county = $1 AND public_key = $2";
    LIST = "SELECT id, role, name, public_key, status, trustee_position, enrolled_at FROM terminals
            WHERE county = $1 ORDER BY enrolled_at, id";
    SET_TOKEN = "UPDATE terminals SET token_hash = $3 WHERE county = $1 AND id = $2 AND status = 'enrolled'";
    REVOKE = "UPDATE terminals SET status = 'revoked', token_hash = NULL
              WHERE county = $1 AND id = $2 AND status = 'enrolled'";
}

/// Adds a device, which has not signed in yet.
pub async fn insert(tx: &mut Connection, county: &CountyId, terminal: &Terminal) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(terminal.id.as_str())
        .bind(terminal.role.as_str())
        .bind(&terminal.name)
        .bind(terminal.public_key.as_bytes().as_slice())
        .bind(terminal.status.as_str())
        .bind(terminal.trustee_position.map(i64::from))
        .bind(time_text(terminal.enrolled_at))
        .execute(tx)
        .await?;
    Ok(())
}

/// The enrolled device that has signed in with this token; a revoked one is not found.
pub async fn find_by_token(
    tx: &mut Connection,
    county: &CountyId,
    token_hash: &Sha256Hash,
) -> Result<Option<Terminal>, StoreError> {
    find(tx, FIND_BY_TOKEN, county, token_hash.as_bytes()).await
}

/// The device with this key, enrolled or revoked.
pub async fn find_by_key(
    tx: &mut Connection,
    county: &CountyId,
    key: &TerminalKey,
) -> Result<Option<Terminal>, StoreError> {
    find(tx, FIND_BY_KEY, county, key.as_bytes()).await
}

async fn find(
    tx: &mut Connection,
    statement: &'static str,
    county: &CountyId,
    bytes: &[u8],
) -> Result<Option<Terminal>, StoreError> {
    let row = sqlx::query(statement).bind(county.as_str()).bind(bytes).fetch_optional(tx).await?;
    row.as_ref().map(|row| read(Row::new("terminals", row))).transpose()
}

/// All devices, in order of enrolment.
pub async fn list(tx: &mut Connection, county: &CountyId) -> Result<Vec<Terminal>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| read(Row::new("terminals", row))).collect()
}

/// The device has signed in: from now on this token is good, and the one before is not.
pub async fn set_token(
    tx: &mut Connection,
    county: &CountyId,
    id: &TerminalId,
    token_hash: &Sha256Hash,
) -> Result<(), StoreError> {
    let query = sqlx::query(SET_TOKEN).bind(county.as_str()).bind(id.as_str());
    must_change_one(&query.bind(token_hash.as_bytes().as_slice()).execute(tx).await?)
}

/// Shuts a device out for ever: its token is gone and its key opens nothing.
pub async fn revoke(tx: &mut Connection, county: &CountyId, id: &TerminalId) -> Result<(), StoreError> {
    let result = sqlx::query(REVOKE).bind(county.as_str()).bind(id.as_str()).execute(tx).await?;
    must_change_one(&result)
}

fn read(row: Row<'_>) -> Result<Terminal, StoreError> {
    Ok(Terminal {
        id: row.parsed("id")?,
        role: row.parsed("role")?,
        name: row.text("name")?,
        public_key: row.terminal_key("public_key")?,
        status: row.parsed("status")?,
        trustee_position: row.optional_number("trustee_position")?,
        enrolled_at: row.parsed("enrolled_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        both_databases,
        testing::{clock, context, county, insert_terminal},
    };

    both_databases! {
        async fn a_token_is_good_until_the_next_sign_in(db: Db) {
            let context = context(db, &clock());
            let terminal = insert_terminal(&context, TerminalRole::Booth, "1").await;
            let mut tx = context.db.write().await.unwrap();
            let tokens = [Sha256Hash::of("first"), Sha256Hash::of("second")];
            for token in &tokens {
                set_token(&mut tx, &county(), &terminal.id, token).await.unwrap();
                assert_eq!(find_by_token(&mut tx, &county(), token).await.unwrap(), Some(terminal.clone()));
            }
            assert_eq!(find_by_token(&mut tx, &county(), &tokens[0]).await.unwrap(), None);
        }

        async fn revoking_takes_the_token_at_once_and_no_other_is_ever_given(db: Db) {
            let context = context(db, &clock());
            let terminal = insert_terminal(&context, TerminalRole::Trustee, "1").await;
            let mut tx = context.db.write().await.unwrap();
            let token = Sha256Hash::of("token");
            set_token(&mut tx, &county(), &terminal.id, &token).await.unwrap();
            revoke(&mut tx, &county(), &terminal.id).await.unwrap();
            assert_eq!(find_by_token(&mut tx, &county(), &token).await.unwrap(), None);
            let again = set_token(&mut tx, &county(), &terminal.id, &token).await;
            assert!(matches!(again, Err(StoreError::RowsAffected { actual: 0, .. })));
            let found = find_by_key(&mut tx, &county(), &terminal.public_key).await.unwrap().unwrap();
            assert_eq!(found.status, TerminalStatus::Revoked);
        }

        async fn a_key_is_enrolled_once_for_ever(db: Db) {
            let context = context(db, &clock());
            let terminal = insert_terminal(&context, TerminalRole::Booth, "1").await;
            let mut tx = context.db.write().await.unwrap();
            revoke(&mut tx, &county(), &terminal.id).await.unwrap();
            let again = Terminal { id: TerminalId::generate(&mut context.rng()), ..terminal };
            assert!(insert(&mut tx, &county(), &again).await.is_err());
        }
    }
}
