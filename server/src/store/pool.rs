//! PERSON SIDE: the people who can be drawn.

use std::collections::BTreeMap;

use super::{Connection, StoreError, statements, types::Row};
use crate::domain::{CountyId, EditionId};

/// One person of the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolMember {
    /// Id inside the pool (draw specification §3); unique in the edition.
    pub member_id: String,
    /// `A` or `B`.
    pub half: String,
    /// Category inside the half.
    pub category: String,
    /// The other columns of the pool file, by column name.
    pub cells: BTreeMap<String, String>,
}

statements! {
    INSERT = "INSERT INTO pool_members (county, edition, member_id, half, category, cells)
              VALUES ($1, $2, $3, $4, $5, $6)";
    LIST = "SELECT member_id, half, category, cells FROM pool_members
            WHERE county = $1 AND edition = $2 ORDER BY member_id";
    COUNT = "SELECT count(CASE WHEN half = 'A' THEN 1 END) AS half_a,
                    count(CASE WHEN half = 'B' THEN 1 END) AS half_b
             FROM pool_members WHERE county = $1 AND edition = $2";
    DELETE_ALL = "DELETE FROM pool_members WHERE county = $1 AND edition = $2";
}

/// Adds a person. An id that is taken is [`StoreError::UniqueViolation`].
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    member: &PoolMember,
) -> Result<(), StoreError> {
    // A map of texts always becomes JSON; the empty object is never reached.
    let cells = serde_json::to_string(&member.cells).unwrap_or_else(|_| "{}".to_owned());
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(&member.member_id)
        .bind(&member.half)
        .bind(&member.category)
        .bind(cells)
        .execute(tx)
        .await?;
    Ok(())
}

/// All people, by the bytes of their id (draw specification §3).
pub async fn list(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<Vec<PoolMember>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).bind(edition.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| read(Row::new("pool_members", row))).collect()
}

/// How many people there are: in half A and in half B.
pub async fn count_halves(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<[u32; 2], StoreError> {
    let row = sqlx::query(COUNT).bind(county.as_str()).bind(edition.as_str()).fetch_one(tx).await?;
    let row = Row::new("pool_members", &row);
    Ok([row.number("half_a")?, row.number("half_b")?])
}

/// Removes everybody, before a new import.
pub async fn delete_all(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<(), StoreError> {
    sqlx::query(DELETE_ALL).bind(county.as_str()).bind(edition.as_str()).execute(tx).await?;
    Ok(())
}

fn read(row: Row<'_>) -> Result<PoolMember, StoreError> {
    let cells = serde_json::from_str(&row.text("cells")?)
        .map_err(|_| StoreError::Inconsistency { table: "pool_members", column: "cells" })?;
    Ok(PoolMember {
        member_id: row.text("member_id")?,
        half: row.text("half")?,
        category: row.text("category")?,
        cells,
    })
}
