//! Invitations to choose an own password; hashes only.

use evaluation::hash::Sha256Hash;
use jiff::Timestamp;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, time_text},
};
use crate::domain::{AccountId, CountyId};

/// An invitation that was not used yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The hash of its code.
    pub code_hash: Sha256Hash,
    /// From then on it is good for nothing.
    pub lapses_at: Timestamp,
}

statements! {
    REPLACE = "INSERT INTO invitations (county, account, code_hash, lapses_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (county, account) DO UPDATE
               SET code_hash = excluded.code_hash, lapses_at = excluded.lapses_at";
    FIND = "SELECT code_hash, lapses_at FROM invitations WHERE county = $1 AND account = $2";
    DELETE = "DELETE FROM invitations WHERE county = $1 AND account = $2 AND code_hash = $3";
}

/// Gives an account an invitation in place of any earlier one.
pub async fn replace(
    tx: &mut Connection,
    county: &CountyId,
    account: &AccountId,
    invitation: Invitation,
) -> Result<(), StoreError> {
    sqlx::query(REPLACE)
        .bind(county.as_str())
        .bind(account.as_str())
        .bind(invitation.code_hash.as_bytes().as_slice())
        .bind(time_text(invitation.lapses_at))
        .execute(tx)
        .await?;
    Ok(())
}

/// The invitation of an account.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    account: &AccountId,
) -> Result<Option<Invitation>, StoreError> {
    let row = sqlx::query(FIND).bind(county.as_str()).bind(account.as_str()).fetch_optional(tx).await?;
    let Some(row) = row else { return Ok(None) };
    let row = Row::new("invitations", &row);
    Ok(Some(Invitation { code_hash: row.hash("code_hash")?, lapses_at: row.parsed("lapses_at")? }))
}

/// Removes an invitation once it is used. One that is gone or was replaced is [`StoreError::RowsAffected`].
pub async fn delete(
    tx: &mut Connection,
    county: &CountyId,
    account: &AccountId,
    code_hash: &Sha256Hash,
) -> Result<(), StoreError> {
    let query = sqlx::query(DELETE).bind(county.as_str()).bind(account.as_str());
    must_change_one(&query.bind(code_hash.as_bytes().as_slice()).execute(tx).await?)
}
