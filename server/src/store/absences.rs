//! Absences after the draw, and the two files of the draw folder that follow from them (draw specification §6).

use evaluation::hash::Sha256Hash;
use jiff::Timestamp;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, time_text},
};
use crate::domain::{AbsenceReason, CountyId, EditionId};

/// One absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Its place in the order of approval, from 1.
    pub number: u32,
    /// The id of the person who lost the seat.
    pub member: String,
    /// Why.
    pub reason: AbsenceReason,
    /// Number of the document that shows it.
    pub document_number: String,
    /// SHA-256 of that document.
    pub document: Sha256Hash,
    /// The id of the alternate who got the seat; `None` if nobody was left to call.
    pub called: Option<String>,
    /// When the second person confirmed it.
    pub approved_at: Timestamp,
}

/// The files of the draw folder that follow from all absences.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    /// `absences.tsv`.
    pub absences: &'a str,
    /// `replacements.tsv`.
    pub replacements: &'a str,
}

statements! {
    INSERT = "INSERT INTO absences
                  (county, edition, ceremony, number, member, reason, document_number, document, called, approved_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    LIST = "SELECT number, member, reason, document_number, document, called, approved_at FROM absences
            WHERE county = $1 AND edition = $2 AND ceremony = $3 ORDER BY number";
    SET_FILES = "UPDATE draws SET absences = $4, replacements = $5
                 WHERE county = $1 AND edition = $2 AND ceremony = $3 AND state = 'drawn'";
}

/// Adds an absence to a completed draw, together with the files as they are then. The same number or the same person
/// twice is [`StoreError::UniqueViolation`].
pub async fn append(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    ceremony: u32,
    absence: &Absence,
    files: Files<'_>,
) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(ceremony))
        .bind(i64::from(absence.number))
        .bind(&absence.member)
        .bind(absence.reason.as_str())
        .bind(&absence.document_number)
        .bind(absence.document.as_bytes().to_vec())
        .bind(absence.called.as_deref())
        .bind(time_text(absence.approved_at))
        .execute(&mut *tx)
        .await?;
    let result = sqlx::query(SET_FILES)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(ceremony))
        .bind(files.absences)
        .bind(files.replacements)
        .execute(tx)
        .await?;
    must_change_one(&result)
}

/// All absences of a draw, in the order of approval.
pub async fn list(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    ceremony: u32,
) -> Result<Vec<Absence>, StoreError> {
    let rows = sqlx::query(LIST)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(ceremony))
        .fetch_all(tx)
        .await?;
    rows.iter().map(|row| read(Row::new("absences", row))).collect()
}

fn read(row: Row<'_>) -> Result<Absence, StoreError> {
    Ok(Absence {
        number: row.number("number")?,
        member: row.text("member")?,
        reason: row.parsed("reason")?,
        document_number: row.text("document_number")?,
        document: row.hash("document")?,
        called: row.optional_text("called")?,
        approved_at: row.parsed("approved_at")?,
    })
}
