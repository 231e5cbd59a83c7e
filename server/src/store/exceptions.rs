//! What two people recorded because something of a poll did not go as it must.

use evaluation::publication::exception::Exception;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one},
};
use crate::domain::{CountyId, PollId, TerminalId};

/// A recorded exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The booth it is about, if it is about one: two booths may have the same label.
    pub terminal: Option<TerminalId>,
    /// What is published.
    pub exception: Exception,
}

statements! {
    INSERT = "INSERT INTO poll_exceptions (county, poll, number, terminal, exception) VALUES ($1, $2, $3, $4, $5)";
    LAST = "SELECT coalesce(max(number), 0) AS number FROM poll_exceptions WHERE county = $1 AND poll = $2";
    LIST = "SELECT number, terminal, exception FROM poll_exceptions
            WHERE county = $1 AND poll = $2 AND withdrawn = 0 ORDER BY number";
    FIND = "SELECT terminal, exception, withdrawn FROM poll_exceptions
            WHERE county = $1 AND poll = $2 AND number = $3";
    WITHDRAW = "UPDATE poll_exceptions SET withdrawn = 1
                WHERE county = $1 AND poll = $2 AND number = $3 AND withdrawn = 0";
}

/// Adds an exception after those that are there. A withdrawn one keeps its number.
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    recorded: &Recorded,
) -> Result<(), StoreError> {
    let last = sqlx::query(LAST).bind(county.as_str()).bind(poll.as_str()).fetch_one(&mut *tx).await?;
    let number = Row::new("poll_exceptions", &last).number::<u32>("number")?.saturating_add(1);
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(i64::from(number))
        .bind(recorded.terminal.as_ref().map(TerminalId::as_str))
        // Texts and numbers can always be written.
        .bind(serde_json::to_string(&recorded.exception).unwrap_or_default())
        .execute(tx)
        .await?;
    Ok(())
}

/// Withdraws an exception: it is not listed any more.
pub async fn withdraw(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    number: u32,
) -> Result<(), StoreError> {
    let query = sqlx::query(WITHDRAW).bind(county.as_str()).bind(poll.as_str()).bind(i64::from(number));
    must_change_one(&query.execute(tx).await?)
}

/// All exceptions that are not withdrawn, each with its number, as they were recorded.
pub async fn list(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
) -> Result<Vec<(u32, Recorded)>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new("poll_exceptions", row);
            Ok((row.number("number")?, read(row)?))
        })
        .collect()
}

/// The exception with a number, and whether it was withdrawn; none if none ever had it.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    number: u32,
) -> Result<Option<(Recorded, bool)>, StoreError> {
    let query = sqlx::query(FIND).bind(county.as_str()).bind(poll.as_str()).bind(i64::from(number));
    let row = query.fetch_optional(tx).await?;
    let Some(row) = row else { return Ok(None) };
    let row = Row::new("poll_exceptions", &row);
    Ok(Some((read(row)?, row.number::<u8>("withdrawn")? == 1)))
}

fn read(row: Row<'_>) -> Result<Recorded, StoreError> {
    let inconsistent = |_| StoreError::Inconsistency { table: "poll_exceptions", column: "exception" };
    Ok(Recorded {
        terminal: row.optional_parsed("terminal")?,
        exception: serde_json::from_str(&row.text("exception")?).map_err(inconsistent)?,
    })
}

#[cfg(test)]
mod tests {
    use evaluation::publication::exception::Matter;
    use evaluation::wire::VoidKind;

    use super::*;
    use crate::{
        both_databases,
        testing::{clock, context, insert_edition, insert_poll},
    };

    both_databases! {
        async fn exceptions_come_back_as_they_were_recorded(db: Db) {
            let context = context(db, &clock());
            let poll = insert_poll(&context, &insert_edition(&context).await.id).await;
            let exception = |matter| Exception {
                matter,
                reason: "断电".to_owned(),
                document_number: "宁创〔2020〕11号".parse().unwrap(),
            };
            let all = [
                Recorded {
                    terminal: Some(TerminalId::generate(&mut context.rng())),
                    exception: exception(Matter::BoothNotFinished { booth: "投票机3".to_owned() }),
                },
                Recorded {
                    terminal: None,
                    exception: exception(Matter::CardUnreadable { card: VoidKind::Damaged, cards: 2 }),
                },
            ];
            let mut tx = context.db.write().await.unwrap();
            for recorded in &all {
                insert(&mut tx, &context.county, &poll, recorded).await.unwrap();
            }
            let [one, two] = all;
            let expected = [(1, one), (2, two.clone())];
            assert_eq!(list(&mut tx, &context.county, &poll).await.unwrap(), expected);
            withdraw(&mut tx, &context.county, &poll, 2).await.unwrap();
            assert_eq!(list(&mut tx, &context.county, &poll).await.unwrap(), expected[..1]);
            let again = withdraw(&mut tx, &context.county, &poll, 2).await;
            assert!(matches!(again, Err(StoreError::RowsAffected { .. })));
            assert_eq!(find(&mut tx, &context.county, &poll, 1).await.unwrap(), Some((expected[0].1.clone(), false)));
            assert_eq!(find(&mut tx, &context.county, &poll, 2).await.unwrap(), Some((two.clone(), true)));
            assert_eq!(find(&mut tx, &context.county, &poll, 3).await.unwrap(), None);
            // A number is never used again: a late confirmation must not hit another exception.
            insert(&mut tx, &context.county, &poll, &two).await.unwrap();
            let numbers = list(&mut tx, &context.county, &poll).await.unwrap();
            assert_eq!(numbers.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 3]);
        }
    }
}
