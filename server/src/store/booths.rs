//! The booths that take part in a poll: who has finished, and what each signed for. No times.

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one},
};
use crate::domain::{CountyId, PollId, TerminalId};

/// A booth that takes part in a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booth {
    /// The terminal.
    pub terminal: TerminalId,
    /// What stands on its label.
    pub name: String,
    /// The public half of the terminal's key, in hexadecimal digits.
    pub public_key: String,
    /// Whether it has said that all its ballots are delivered.
    pub finished: bool,
    /// Its signed statement as JSON, once there.
    pub statement: Option<String>,
}

statements! {
    INSERT = "INSERT INTO poll_booths (county, poll, terminal, name, public_key, finished) VALUES ($1, $2, $3, $4, $5, 0)
              ON CONFLICT (county, poll, terminal) DO NOTHING";
    LIST = "SELECT terminal, name, finished, public_key, statement FROM poll_booths
            WHERE county = $1 AND poll = $2 ORDER BY name, terminal";
    SET_FINISHED = "UPDATE poll_booths SET finished = 1 WHERE county = $1 AND poll = $2 AND terminal = $3";
    CLEAR_FINISHED = "UPDATE poll_booths SET finished = 0 WHERE county = $1 AND poll = $2";
    SET_STATEMENT = "UPDATE poll_booths SET statement = $4
                     WHERE county = $1 AND poll = $2 AND terminal = $3 AND statement IS NULL";
}

/// Lets a booth take part; `false` if it does already.
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    terminal: &TerminalId,
    name: &str,
    public_key: &str,
) -> Result<bool, StoreError> {
    let result = sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(terminal.as_str())
        .bind(name)
        .bind(public_key)
        .execute(tx)
        .await?;
    Ok(result.rows_affected() == 1)
}

/// All booths that take part, by name.
pub async fn list(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<Vec<Booth>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| read(Row::new("poll_booths", row))).collect()
}

/// A booth that takes part.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    terminal: &TerminalId,
) -> Result<Option<Booth>, StoreError> {
    Ok(list(tx, county, poll).await?.into_iter().find(|booth| booth.terminal == *terminal))
}

/// Stores that a booth has delivered all its ballots.
pub async fn set_finished(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    terminal: &TerminalId,
) -> Result<(), StoreError> {
    let query = sqlx::query(SET_FINISHED).bind(county.as_str()).bind(poll.as_str()).bind(terminal.as_str());
    must_change_one(&query.execute(tx).await?)
}

/// Every booth has to say anew that it has delivered all its ballots.
pub async fn clear_finished(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<(), StoreError> {
    sqlx::query(CLEAR_FINISHED).bind(county.as_str()).bind(poll.as_str()).execute(tx).await?;
    Ok(())
}

/// Stores a booth's statement, once.
pub async fn set_statement(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    terminal: &TerminalId,
    signed: &str,
) -> Result<(), StoreError> {
    let result = sqlx::query(SET_STATEMENT)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(terminal.as_str())
        .bind(signed)
        .execute(tx)
        .await?;
    must_change_one(&result)
}

fn read(row: Row<'_>) -> Result<Booth, StoreError> {
    Ok(Booth {
        terminal: row.parsed("terminal")?,
        name: row.text("name")?,
        finished: row.number::<u8>("finished")? == 1,
        public_key: row.text("public_key")?,
        statement: row.optional_text("statement")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        both_databases,
        testing::{clock, context, insert_edition, insert_poll},
    };

    both_databases! {
        async fn a_booth_takes_part_once_and_signs_once(db: Db) {
            let context = context(db, &clock());
            let poll = insert_poll(&context, &insert_edition(&context).await.id).await;
            let (county, terminal) = (&context.county, TerminalId::generate(&mut context.rng()));
            let mut tx = context.db.write().await.unwrap();
            assert!(insert(&mut tx, county, &poll, &terminal, "投票机1", "00").await.unwrap());
            assert!(!insert(&mut tx, county, &poll, &terminal, "投票机1", "00").await.unwrap());
            set_finished(&mut tx, county, &poll, &terminal).await.unwrap();
            set_statement(&mut tx, county, &poll, &terminal, "{}").await.unwrap();
            let again = set_statement(&mut tx, county, &poll, &terminal, "{}").await;
            assert!(matches!(again, Err(StoreError::RowsAffected { .. })));
            let found = find(&mut tx, county, &poll, &terminal).await.unwrap().unwrap();
            let (name, public_key, statement) = ("投票机1".to_owned(), "00".to_owned(), Some("{}".to_owned()));
            assert_eq!(found, Booth { terminal, name, public_key, finished: true, statement });
            let stranger = TerminalId::generate(&mut context.rng());
            let late = set_finished(&mut tx, county, &poll, &stranger).await;
            assert!(matches!(late, Err(StoreError::RowsAffected { .. })));
        }
    }
}
