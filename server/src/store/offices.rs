//! Offices under evaluation and the texts they publish.

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one},
};
use crate::domain::{CountyId, EditionId};

/// One office, as in `offices.csv`, with its texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Office {
    /// From 1; unique in the edition.
    pub number: u16,
    /// Section of the rules (`government`, `vertical`).
    pub section: String,
    /// The unit it belongs to.
    pub unit: String,
    /// Its name.
    pub office: String,
    /// What part of its work is evaluated; may be empty.
    pub scope: String,
    /// Whether it was among last year's last ten.
    pub carried_over: bool,
    /// Unit, office and scope as printed.
    pub full_name: String,
    /// Duties, made public with the list.
    pub duties: Option<String>,
    /// Commitment, made public with the list.
    pub commitment: Option<String>,
    /// Statement before the vote, at most 400 characters.
    pub statement: Option<String>,
    /// Digest of the opinions collected from the public, made public with the statements.
    pub opinions: Option<String>,
}

statements! {
    INSERT = "INSERT INTO offices (county, edition, number, section, unit, office, scope, carried_over, full_name,
                                   duties, commitment, statement, opinions)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    LIST = "SELECT number, section, unit, office, scope, carried_over, full_name, duties, commitment, statement,
                   opinions
            FROM offices WHERE county = $1 AND edition = $2 ORDER BY number";
    FIND = "SELECT number, section, unit, office, scope, carried_over, full_name, duties, commitment, statement,
                   opinions
            FROM offices WHERE county = $1 AND edition = $2 AND number = $3";
    COUNT = "SELECT count(*) AS number FROM offices WHERE county = $1 AND edition = $2";
    SET_TEXTS = "UPDATE offices SET duties = $4, commitment = $5, statement = $6, opinions = $7
                 WHERE county = $1 AND edition = $2 AND number = $3";
    DELETE_ALL = "DELETE FROM offices WHERE county = $1 AND edition = $2";
}

/// Adds an office. A number that is taken is [`StoreError::UniqueViolation`].
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    office: &Office,
) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(office.number))
        .bind(&office.section)
        .bind(&office.unit)
        .bind(&office.office)
        .bind(&office.scope)
        .bind(i64::from(office.carried_over))
        .bind(&office.full_name)
        .bind(office.duties.as_deref())
        .bind(office.commitment.as_deref())
        .bind(office.statement.as_deref())
        .bind(office.opinions.as_deref())
        .execute(tx)
        .await?;
    Ok(())
}

/// All offices, by number.
pub async fn list(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<Vec<Office>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).bind(edition.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| read(Row::new("offices", row))).collect()
}

/// The office with this number.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    number: u16,
) -> Result<Option<Office>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(number))
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(|row| read(Row::new("offices", row))).transpose()
}

/// How many offices there are.
pub async fn count(tx: &mut Connection, county: &CountyId, edition: &EditionId) -> Result<u32, StoreError> {
    let row = sqlx::query(COUNT).bind(county.as_str()).bind(edition.as_str()).fetch_one(tx).await?;
    Row::new("offices", &row).number("number")
}

/// Replaces duties, commitment, statement and opinions of the office with the number of `office`.
pub async fn set_texts(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    office: &Office,
) -> Result<(), StoreError> {
    let result = sqlx::query(SET_TEXTS)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(office.number))
        .bind(office.duties.as_deref())
        .bind(office.commitment.as_deref())
        .bind(office.statement.as_deref())
        .bind(office.opinions.as_deref())
        .execute(tx)
        .await?;
    must_change_one(&result)
}

/// Removes all offices of an edition, before a new import.
pub async fn delete_all(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<(), StoreError> {
    sqlx::query(DELETE_ALL).bind(county.as_str()).bind(edition.as_str()).execute(tx).await?;
    Ok(())
}

fn read(row: Row<'_>) -> Result<Office, StoreError> {
    Ok(Office {
        number: row.number("number")?,
        section: row.text("section")?,
        unit: row.text("unit")?,
        office: row.text("office")?,
        scope: row.text("scope")?,
        carried_over: row.number::<u8>("carried_over")? == 1,
        full_name: row.text("full_name")?,
        duties: row.optional_text("duties")?,
        commitment: row.optional_text("commitment")?,
        statement: row.optional_text("statement")?,
        opinions: row.optional_text("opinions")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        both_databases,
        testing::{clock, context, insert_edition},
    };

    both_databases! {
        async fn a_statement_has_at_most_400_characters(db: Db) {
            let context = context(db, &clock());
            let (county, edition) = (&context.county, &insert_edition(&context).await.id);
            let mut office = Office { number: 1, statement: Some("评".repeat(400)), ..Office::default() };
            let mut tx = context.db.write().await.unwrap();
            insert(&mut tx, county, edition, &office).await.unwrap();
            office.duties = Some("职责".to_owned());
            office.opinions = Some("办理快；电话不好打。".to_owned());
            set_texts(&mut tx, county, edition, &office).await.unwrap();
            assert_eq!(find(&mut tx, county, edition, 1).await.unwrap(), Some(office.clone()));
            assert_eq!(count(&mut tx, county, edition).await.unwrap(), 1);
            office.statement = Some("评".repeat(401));
            assert!(set_texts(&mut tx, county, edition, &office).await.is_err());
        }
    }
}
