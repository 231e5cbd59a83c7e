//! The count of paper ballots of an edition, and its piles.

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one},
};
use crate::domain::{AccountId, CountyId, EditionId, PaperCountState};

/// A count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperCount {
    /// Why it was begun.
    pub reason: String,
    /// Whether piles are still typed.
    pub state: PaperCountState,
}

/// A pile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pile {
    /// From 1, as written on its band.
    pub number: u32,
    /// What was typed, a line of digits for each ballot.
    pub entry: String,
    /// Who typed it first.
    pub first_by: AccountId,
    /// Who typed the same; then it counts.
    pub second_by: Option<AccountId>,
}

statements! {
    INSERT = "INSERT INTO paper_counts (county, edition, reason, state) VALUES ($1, $2, $3, 'open')";
    FIND = "SELECT reason, state FROM paper_counts WHERE county = $1 AND edition = $2";
    CLOSE = "UPDATE paper_counts SET state = 'closed' WHERE county = $1 AND edition = $2 AND state = 'open'";
    LIST_PILES = "SELECT number, first_entry, first_by, second_by FROM paper_piles
                  WHERE county = $1 AND edition = $2 ORDER BY number";
    TYPE_FIRST = "INSERT INTO paper_piles (county, edition, number, first_entry, first_by) VALUES ($1, $2, $3, $4, $5)
                  ON CONFLICT (county, edition, number) DO UPDATE
                  SET first_entry = excluded.first_entry, first_by = excluded.first_by
                  WHERE paper_piles.second_by IS NULL";
    AGREE = "UPDATE paper_piles SET second_by = $4
             WHERE county = $1 AND edition = $2 AND number = $3 AND second_by IS NULL";
    CLEAR = "DELETE FROM paper_piles WHERE county = $1 AND edition = $2 AND number = $3 AND second_by IS NULL";
}

/// Begins a count. A second one is [`StoreError::UniqueViolation`].
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    reason: &str,
) -> Result<(), StoreError> {
    sqlx::query(INSERT).bind(county.as_str()).bind(edition.as_str()).bind(reason).execute(tx).await?;
    Ok(())
}

/// The count of an edition.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<Option<PaperCount>, StoreError> {
    let row = sqlx::query(FIND).bind(county.as_str()).bind(edition.as_str()).fetch_optional(tx).await?;
    let Some(row) = row else { return Ok(None) };
    let row = Row::new("paper_counts", &row);
    Ok(Some(PaperCount { reason: row.text("reason")?, state: row.parsed("state")? }))
}

/// Ends an open count.
pub async fn close(tx: &mut Connection, county: &CountyId, edition: &EditionId) -> Result<(), StoreError> {
    let query = sqlx::query(CLOSE).bind(county.as_str()).bind(edition.as_str());
    must_change_one(&query.execute(tx).await?)
}

/// All piles, by number.
pub async fn list_piles(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<Vec<Pile>, StoreError> {
    let rows = sqlx::query(LIST_PILES).bind(county.as_str()).bind(edition.as_str()).fetch_all(tx).await?;
    let read = |row| {
        let row = Row::new("paper_piles", row);
        Ok(Pile {
            number: row.number("number")?,
            entry: row.text("first_entry")?,
            first_by: row.parsed("first_by")?,
            second_by: row.optional_parsed("second_by")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Keeps the first entry of a pile, in place of an earlier one that nobody has agreed with.
pub async fn type_first(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    number: u32,
    entry: &str,
    by: &AccountId,
) -> Result<(), StoreError> {
    let result = sqlx::query(TYPE_FIRST)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(number))
        .bind(entry)
        .bind(by.as_str())
        .execute(tx)
        .await?;
    must_change_one(&result)
}

/// Records that a second person has typed the same.
pub async fn agree(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    number: u32,
    by: &AccountId,
) -> Result<(), StoreError> {
    let query = sqlx::query(AGREE).bind(county.as_str()).bind(edition.as_str());
    must_change_one(&query.bind(i64::from(number)).bind(by.as_str()).execute(tx).await?)
}

/// Removes a pile that nobody has agreed with yet.
pub async fn clear(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    number: u32,
) -> Result<(), StoreError> {
    let query = sqlx::query(CLEAR).bind(county.as_str()).bind(edition.as_str()).bind(i64::from(number));
    must_change_one(&query.execute(tx).await?)
}
