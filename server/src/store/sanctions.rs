//! Sanctions (mission rule 9) and the leading group's decisions about ties at a cut.

use jiff::civil::Date;

use super::{Connection, StoreError, statements, types::Row};
use crate::domain::{CountyId, EditionId};

/// One row of `sanctions.csv` or `decisions.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// The office.
    pub number: u16,
    /// What was ruled.
    pub kind: String,
    /// Number of the document that rules it.
    pub document_number: String,
    /// Date of the document.
    pub decided_on: Date,
}

statements! {
    INSERT_SANCTION = "INSERT INTO sanctions (county, edition, number, kind, document_number, decided_on)
                       VALUES ($1, $2, $3, $4, $5, $6)";
    LIST_SANCTIONS = "SELECT number, kind, document_number, decided_on FROM sanctions
                      WHERE county = $1 AND edition = $2 ORDER BY number, decided_on, kind";
    INSERT_DECISION = "INSERT INTO decisions (county, edition, number, kind, document_number, decided_on)
                       VALUES ($1, $2, $3, $4, $5, $6)";
    LIST_DECISIONS = "SELECT number, kind, document_number, decided_on FROM decisions
                      WHERE county = $1 AND edition = $2 ORDER BY number, kind";
}

/// Adds a sanction. The same document for the same office twice is [`StoreError::UniqueViolation`].
pub async fn insert_sanction(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    sanction: &Ruling,
) -> Result<(), StoreError> {
    insert(tx, INSERT_SANCTION, county, edition, sanction).await
}

/// All sanctions, by office.
pub async fn list_sanctions(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<Vec<Ruling>, StoreError> {
    list(tx, LIST_SANCTIONS, "sanctions", county, edition).await
}

/// Adds a decision. A second one of the same kind for the same office is [`StoreError::UniqueViolation`].
pub async fn insert_decision(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    decision: &Ruling,
) -> Result<(), StoreError> {
    insert(tx, INSERT_DECISION, county, edition, decision).await
}

/// All decisions, by office.
pub async fn list_decisions(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<Vec<Ruling>, StoreError> {
    list(tx, LIST_DECISIONS, "decisions", county, edition).await
}

async fn insert(
    tx: &mut Connection,
    statement: &'static str,
    county: &CountyId,
    edition: &EditionId,
    ruling: &Ruling,
) -> Result<(), StoreError> {
    sqlx::query(statement)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(ruling.number))
        .bind(&ruling.kind)
        .bind(&ruling.document_number)
        .bind(ruling.decided_on.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

async fn list(
    tx: &mut Connection,
    statement: &'static str,
    table: &'static str,
    county: &CountyId,
    edition: &EditionId,
) -> Result<Vec<Ruling>, StoreError> {
    let rows = sqlx::query(statement).bind(county.as_str()).bind(edition.as_str()).fetch_all(tx).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(table, row);
            Ok(Ruling {
                number: row.number("number")?,
                kind: row.text("kind")?,
                document_number: row.text("document_number")?,
                decided_on: row.parsed("decided_on")?,
            })
        })
        .collect()
}
