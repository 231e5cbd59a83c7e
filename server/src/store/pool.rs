//! PERSON SIDE: the people who can be drawn.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, time_text},
};
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
              SELECT $1, $2, $3, $4, $5, $6
              WHERE EXISTS (SELECT 1 FROM editions WHERE county = $1 AND id = $2 AND state = 'pool_open')";
    LIST = "SELECT member_id, half, category, cells FROM pool_members
            WHERE county = $1 AND edition = $2 ORDER BY member_id";
    COUNT = "SELECT count(CASE WHEN half = 'A' THEN 1 END) AS half_a,
                    count(CASE WHEN half = 'B' THEN 1 END) AS half_b
             FROM pool_members WHERE county = $1 AND edition = $2";
    DELETE_ALL = "DELETE FROM pool_members WHERE county = $1 AND edition = $2
                  AND EXISTS (SELECT 1 FROM editions WHERE county = $1 AND id = $2 AND state = 'pool_open')";
    LOCK = "INSERT INTO pool_locks (county, edition, draw_id, pool, locked_at) VALUES ($1, $2, $3, $4, $5)";
    FIND_LOCK = "SELECT draw_id, pool, locked_at FROM pool_locks WHERE county = $1 AND edition = $2";
}

/// How the pool was locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The draw id inside the anchors; a ready-made pool has none.
    pub draw_id: Option<String>,
    /// `pool.tsv`, byte for byte.
    pub pool: String,
    /// When.
    pub locked_at: Timestamp,
}

/// Adds a person, while the pool is open. An id that is taken is [`StoreError::UniqueViolation`].
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    member: &PoolMember,
) -> Result<(), StoreError> {
    // A map of texts always becomes JSON; the empty object is never reached.
    let cells = serde_json::to_string(&member.cells).unwrap_or_else(|_| "{}".to_owned());
    let result = sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(&member.member_id)
        .bind(&member.half)
        .bind(&member.category)
        .bind(cells)
        .execute(tx)
        .await?;
    must_change_one(&result)
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

/// Writes down what was locked; once only.
pub async fn insert_lock(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    lock: &Lock,
) -> Result<(), StoreError> {
    sqlx::query(LOCK)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(lock.draw_id.as_deref())
        .bind(&lock.pool)
        .bind(time_text(lock.locked_at))
        .execute(tx)
        .await?;
    Ok(())
}

/// What was locked; nothing while the pool is open.
pub async fn find_lock(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<Option<Lock>, StoreError> {
    let row = sqlx::query(FIND_LOCK).bind(county.as_str()).bind(edition.as_str()).fetch_optional(tx).await?;
    let Some(row) = &row else { return Ok(None) };
    let row = Row::new("pool_locks", row);
    Ok(Some(Lock {
        draw_id: row.optional_text("draw_id")?,
        pool: row.text("pool")?,
        locked_at: row.parsed("locked_at")?,
    }))
}

/// Removes everybody, before a new import; nobody once the pool is locked.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        both_databases,
        domain::EditionState,
        store::editions,
        testing::{clock, context, insert_edition},
    };

    both_databases! {
        async fn a_locked_pool_neither_grows_nor_shrinks(db: Db) {
            let context = context(db, &clock());
            let (county, edition) = (&context.county, insert_edition(&context).await.id);
            let mut tx = context.db.write().await.unwrap();
            let member = |id: &str| PoolMember {
                member_id: id.to_owned(),
                half: "A".to_owned(),
                category: "离退休干部".to_owned(),
                cells: BTreeMap::new(),
            };
            assert!(insert(&mut tx, county, &edition, &member("P001")).await.is_err(), "the pool is not open yet");
            let (from, to) = (EditionState::Draft, EditionState::PoolOpen);
            editions::set_state(&mut tx, county, &edition, from, to).await.unwrap();
            insert(&mut tx, county, &edition, &member("P001")).await.unwrap();
            let lock = Lock { draw_id: None, pool: "pool".to_owned(), locked_at: context.now() };
            insert_lock(&mut tx, county, &edition, &lock).await.unwrap();
            let (from, to) = (EditionState::PoolOpen, EditionState::PoolLocked);
            editions::set_state(&mut tx, county, &edition, from, to).await.unwrap();
            assert!(insert(&mut tx, county, &edition, &member("P002")).await.is_err());
            delete_all(&mut tx, county, &edition).await.unwrap();
            assert_eq!(list(&mut tx, county, &edition).await.unwrap(), [member("P001")]);
            assert_eq!(find_lock(&mut tx, county, &edition).await.unwrap(), Some(lock));
        }
    }
}
