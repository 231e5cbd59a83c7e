//! What two people recorded because something of a poll did not go as it must.

use evaluation::publication::exception::Exception;

use super::{
    Connection, StoreError, statements,
    types::{Row, integer},
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
    LIST = "SELECT terminal, exception FROM poll_exceptions WHERE county = $1 AND poll = $2 ORDER BY number";
}

/// Adds an exception after those that are there.
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    recorded: &Recorded,
) -> Result<(), StoreError> {
    let number = list(tx, county, poll).await?.len().saturating_add(1);
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(integer(number)?)
        .bind(recorded.terminal.as_ref().map(TerminalId::as_str))
        // Texts and numbers can always be written.
        .bind(serde_json::to_string(&recorded.exception).unwrap_or_default())
        .execute(tx)
        .await?;
    Ok(())
}

/// All exceptions, as they were recorded.
pub async fn list(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
) -> Result<Vec<Recorded>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    let inconsistent = |_| StoreError::Inconsistency { table: "poll_exceptions", column: "exception" };
    rows.iter()
        .map(|row| {
            let row = Row::new("poll_exceptions", row);
            Ok(Recorded {
                terminal: row.optional_parsed("terminal")?,
                exception: serde_json::from_str(&row.text("exception")?).map_err(inconsistent)?,
            })
        })
        .collect()
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
            assert_eq!(list(&mut tx, &context.county, &poll).await.unwrap(), all);
        }
    }
}
