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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        both_databases,
        domain::{DrawState, Purpose},
        store::draws,
        testing::{clock, context, insert_edition},
    };

    fn absence(number: u32, member: &str, context: &crate::service::Context) -> Absence {
        Absence {
            number,
            member: member.to_owned(),
            reason: AbsenceReason::Family,
            document_number: "宁创办〔2020〕31号".to_owned(),
            document: Sha256Hash::of(member),
            called: (number == 1).then(|| "P002".to_owned()),
            approved_at: context.now(),
        }
    }

    const FILES: Files<'_> = Files { absences: "a\n", replacements: "r\n" };

    both_databases! {
        async fn absences_are_added_in_order_to_a_completed_draw_of_their_county(db: Db) {
            let context = context(db, &clock());
            let (county, edition) = (&context.county, &insert_edition(&context).await.id);
            let mut tx = context.db.write().await.unwrap();
            let announcement = draws::Announcement {
                draw_id: "2020-1",
                purpose: Purpose::Real,
                pool: "",
                announce: "",
                announced_at: context.now(),
            };
            draws::insert(&mut tx, county, edition, announcement).await.unwrap();
            let mut draw = draws::load(&mut tx, county, edition, 1).await.unwrap();
            draw.state = DrawState::Drawn;
            (draw.seed, draw.result) = (Some("s".to_owned()), Some("r".to_owned()));
            draws::update(&mut tx, county, edition, DrawState::Announced, &draw).await.unwrap();
            let all = [absence(1, "P001", &context), absence(2, "P002", &context)];
            for absence in &all {
                append(&mut tx, county, edition, 1, absence, FILES).await.unwrap();
            }
            tx.commit().await.unwrap();
            let mut tx = context.db.read().await.unwrap();
            assert_eq!(list(&mut tx, county, edition, 1).await.unwrap(), all);
            let draw = draws::load(&mut tx, county, edition, 1).await.unwrap();
            assert_eq!((draw.absences.as_deref(), draw.replacements.as_deref()), (Some("a\n"), Some("r\n")));
            let elsewhere = "leling".parse().unwrap();
            assert_eq!(list(&mut tx, &elsewhere, edition, 1).await.unwrap(), []);
        }

        async fn nobody_is_absent_twice_nor_before_the_draw(db: Db) {
            let context = context(db, &clock());
            let (county, edition) = (&context.county, &insert_edition(&context).await.id);
            let mut tx = context.db.write().await.unwrap();
            let announcement = draws::Announcement {
                draw_id: "2020-1",
                purpose: Purpose::Real,
                pool: "",
                announce: "",
                announced_at: context.now(),
            };
            draws::insert(&mut tx, county, edition, announcement).await.unwrap();
            let early = append(&mut tx, county, edition, 1, &absence(1, "P001", &context), FILES).await;
            assert!(matches!(early, Err(StoreError::RowsAffected { expected: 1, actual: 0 })), "{early:?}");
            let twice = append(&mut tx, county, edition, 1, &absence(2, "P001", &context), FILES).await;
            assert!(matches!(twice, Err(StoreError::UniqueViolation)), "{twice:?}");
        }
    }
}
