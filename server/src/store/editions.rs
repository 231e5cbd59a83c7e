//! Editions: one year's evaluation each.

use jiff::Timestamp;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, must_exist, time_text},
};
use crate::domain::{CountyId, EditionId, EditionState};

/// One year's evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Random id.
    pub id: EditionId,
    /// The year evaluated; unique in the county.
    pub year: i16,
    /// The stage.
    pub state: EditionState,
    /// The rules file (TOML), byte for byte.
    pub rules: String,
    /// `edition.json` as published, once it is final.
    pub edition_json: Option<String>,
    /// Public half of the publication key (Ed25519, lower-case hexadecimal), once it is made.
    pub publication_key: Option<String>,
    /// When it was created. Roles held since then count for the exclusion of roles.
    pub created_at: Timestamp,
}

statements! {
    INSERT = "INSERT INTO editions (county, id, year, state, rules, edition_json, publication_key, created_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND = "SELECT id, year, state, rules, edition_json, publication_key, created_at FROM editions
            WHERE county = $1 AND id = $2";
    LIST = "SELECT id, year, state, rules, edition_json, publication_key, created_at FROM editions
            WHERE county = $1 ORDER BY year DESC";
    SET_STATE = "UPDATE editions SET state = $4 WHERE county = $1 AND id = $2 AND state = $3";
    SET_RULES = "UPDATE editions SET rules = $3 WHERE county = $1 AND id = $2 AND state = 'draft'";
    SET_EDITION_JSON = "UPDATE editions SET edition_json = $3 WHERE county = $1 AND id = $2";
    SET_PUBLICATION_KEY = "UPDATE editions SET publication_key = $3
                           WHERE county = $1 AND id = $2 AND publication_key IS NULL";
}

/// Adds an edition. A second one of the same year is [`StoreError::UniqueViolation`].
pub async fn insert(tx: &mut Connection, county: &CountyId, edition: &Edition) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(edition.id.as_str())
        .bind(i64::from(edition.year))
        .bind(edition.state.as_str())
        .bind(&edition.rules)
        .bind(edition.edition_json.as_deref())
        .bind(edition.publication_key.as_deref())
        .bind(time_text(edition.created_at))
        .execute(tx)
        .await?;
    Ok(())
}

/// The edition with this id.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    id: &EditionId,
) -> Result<Option<Edition>, StoreError> {
    let row = sqlx::query(FIND).bind(county.as_str()).bind(id.as_str()).fetch_optional(tx).await?;
    row.as_ref().map(|row| read(Row::new("editions", row))).transpose()
}

/// The edition with this id, which must exist.
pub async fn load(tx: &mut Connection, county: &CountyId, id: &EditionId) -> Result<Edition, StoreError> {
    must_exist("editions", find(tx, county, id).await?)
}

/// All editions, newest year first.
pub async fn list(tx: &mut Connection, county: &CountyId) -> Result<Vec<Edition>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| read(Row::new("editions", row))).collect()
}

/// Moves an edition from one state to another; it must be in the first.
pub async fn set_state(
    tx: &mut Connection,
    county: &CountyId,
    id: &EditionId,
    from: EditionState,
    to: EditionState,
) -> Result<(), StoreError> {
    let result = sqlx::query(SET_STATE)
        .bind(county.as_str())
        .bind(id.as_str())
        .bind(from.as_str())
        .bind(to.as_str())
        .execute(tx)
        .await?;
    must_change_one(&result)
}

/// Replaces the rules of a draft.
pub async fn set_rules(
    tx: &mut Connection,
    county: &CountyId,
    id: &EditionId,
    rules: &str,
) -> Result<(), StoreError> {
    set(tx, SET_RULES, county, id, rules).await
}

/// Stores `edition.json` as it will be published.
pub async fn set_edition_json(
    tx: &mut Connection,
    county: &CountyId,
    id: &EditionId,
    edition_json: &str,
) -> Result<(), StoreError> {
    set(tx, SET_EDITION_JSON, county, id, edition_json).await
}

/// Stores the public half of the publication key; it can be stored once.
pub async fn set_publication_key(
    tx: &mut Connection,
    county: &CountyId,
    id: &EditionId,
    key: &str,
) -> Result<(), StoreError> {
    set(tx, SET_PUBLICATION_KEY, county, id, key).await
}

async fn set(
    tx: &mut Connection,
    statement: &'static str,
    county: &CountyId,
    id: &EditionId,
    text: &str,
) -> Result<(), StoreError> {
    let result =
        sqlx::query(statement).bind(county.as_str()).bind(id.as_str()).bind(text).execute(tx).await?;
    must_change_one(&result)
}

fn read(row: Row<'_>) -> Result<Edition, StoreError> {
    Ok(Edition {
        id: row.parsed("id")?,
        year: row.number("year")?,
        state: row.parsed("state")?,
        rules: row.text("rules")?,
        edition_json: row.optional_text("edition_json")?,
        publication_key: row.optional_text("publication_key")?,
        created_at: row.parsed("created_at")?,
    })
}
