//! The codes with which parties hand in their commitments themselves; hashes only.

use evaluation::hash::Sha256Hash;

use super::{Connection, StoreError, statements, types::Row};
use crate::domain::{CountyId, EditionId};

/// Whom a code belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The edition.
    pub edition: EditionId,
    /// The ceremony.
    pub ceremony: u32,
    /// The party, from 1.
    pub party: u32,
}

statements! {
    REPLACE = "INSERT INTO commitment_codes (county, edition, ceremony, party, code_hash) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (county, edition, ceremony, party) DO UPDATE SET code_hash = excluded.code_hash";
    FIND = "SELECT edition, ceremony, party FROM commitment_codes WHERE county = $1 AND code_hash = $2";
    DELETE = "DELETE FROM commitment_codes WHERE county = $1 AND edition = $2 AND ceremony = $3 AND party = $4";
    DELETE_ALL = "DELETE FROM commitment_codes WHERE county = $1 AND edition = $2 AND ceremony = $3";
}

/// Gives a party (ceremony, then party from 1) a code in place of any earlier one.
pub async fn replace(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    (ceremony, party): (u32, u32),
    code_hash: &Sha256Hash,
) -> Result<(), StoreError> {
    sqlx::query(REPLACE)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(ceremony))
        .bind(i64::from(party))
        .bind(code_hash.as_bytes().as_slice())
        .execute(tx)
        .await?;
    Ok(())
}

/// Whom the code with this hash belongs to.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    code_hash: &Sha256Hash,
) -> Result<Option<Code>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(county.as_str())
        .bind(code_hash.as_bytes().as_slice())
        .fetch_optional(tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let row = Row::new("commitment_codes", &row);
    let (edition, ceremony, party) = (row.parsed("edition")?, row.number("ceremony")?, row.number("party")?);
    Ok(Some(Code { edition, ceremony, party }))
}

/// Removes the code of a party (ceremony, then party from 1), once used.
pub async fn delete(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    (ceremony, party): (u32, u32),
) -> Result<(), StoreError> {
    sqlx::query(DELETE)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(ceremony))
        .bind(i64::from(party))
        .execute(tx)
        .await?;
    Ok(())
}

/// Removes all codes of a ceremony.
pub async fn delete_all(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    ceremony: u32,
) -> Result<(), StoreError> {
    sqlx::query(DELETE_ALL)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(ceremony))
        .execute(tx)
        .await?;
    Ok(())
}
