//! Polls: their state, and the texts that are hashed and signed.

use belenios::group::GroupName;
use jiff::Timestamp;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, must_exist, time_text},
};
use crate::{
    clock::whole_minute,
    domain::{CountyId, EditionId, PollId, PollState, Purpose, RestoredFrom},
};

/// A poll without its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll {
    /// The `uuid` of the election.
    pub id: PollId,
    /// The edition it belongs to.
    pub edition: EditionId,
    /// Whether it counts.
    pub purpose: Purpose,
    /// Where it stands.
    pub state: PollState,
    /// The group its election is held in.
    pub group: GroupName,
    /// Cards ordered.
    pub cards: u32,
    /// Bytes to which every ballot is padded, once the election is final.
    pub ballot_size: Option<u32>,
    /// The minute of the opening.
    pub opened_at: Option<Timestamp>,
    /// The minute in which the box was sealed.
    pub closed_at: Option<Timestamp>,
    /// The minute in which a rehearsal ended; never set of a real poll.
    pub ended_at: Option<Timestamp>,
    /// Why the poll was paused or resumed last.
    pub pace_reason: Option<String>,
}

/// The texts of a poll, byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PollTexts {
    /// `edition.json` as bound into the election.
    pub edition_json: Option<String>,
    /// `offices.csv` as bound into the election.
    pub offices_csv: Option<String>,
    /// `election.json` of the archive.
    pub election: Option<String>,
    /// `trustees.json` of the archive.
    pub trustees: Option<String>,
    /// `public_creds.json` of the archive.
    pub credentials: Option<String>,
    /// The payload of the Setup event.
    pub setup: Option<String>,
    /// `encrypted_tally.json` of the archive.
    pub encrypted_tally: Option<String>,
    /// The closing statement that the trustees sign.
    pub closing_statement: Option<String>,
    /// `result.json` of the archive.
    pub result: Option<String>,
    /// `reconciliation.json`.
    pub reconciliation: Option<String>,
    /// The zero report, as JSON.
    pub zero_report: Option<String>,
}

/// Names one text of a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollText {
    /// May be replaced.
    ClosingStatement,
    /// Set once.
    Credentials,
    /// Set once.
    EditionJson,
    /// Set once.
    Election,
    /// Set once.
    EncryptedTally,
    /// Set once.
    OfficesCsv,
    /// May be replaced.
    Reconciliation,
    /// Set once.
    Result,
    /// Set once.
    Setup,
    /// Set once.
    Trustees,
    /// Set once.
    ZeroReport,
}

statements! {
    INSERT = "INSERT INTO polls (county, id, edition, purpose, state, group_name, cards)
              VALUES ($1, $2, $3, $4, 'setup', $5, $6)";
    FIND = "SELECT id, edition, purpose, state, group_name, cards, ballot_size, opened_at, closed_at, ended_at, pace_reason
            FROM polls WHERE county = $1 AND id = $2";
    LIST = "SELECT id, edition, purpose, state, group_name, cards, ballot_size, opened_at, closed_at, ended_at, pace_reason
            FROM polls WHERE county = $1 AND edition = $2 ORDER BY purpose, id";
    LIST_IN_STATE = "SELECT id, edition, purpose, state, group_name, cards, ballot_size, opened_at, closed_at, ended_at, pace_reason
                     FROM polls
                     WHERE county = $1 AND state = $2 ORDER BY purpose, id";
    LOAD_TEXTS = "SELECT edition_json, offices_csv, election, trustees, credentials, setup, encrypted_tally,
                         closing_statement, result, reconciliation, zero_report
                  FROM polls WHERE county = $1 AND id = $2";
    SET_STATE = "UPDATE polls SET state = $4 WHERE county = $1 AND id = $2 AND state = $3";
    SET_OPENED = "UPDATE polls SET opened_at = $3 WHERE county = $1 AND id = $2 AND opened_at IS NULL";
    SET_CLOSED = "UPDATE polls SET closed_at = $3 WHERE county = $1 AND id = $2 AND closed_at IS NULL";
    SET_ENDED = "UPDATE polls SET ended_at = $3
                 WHERE county = $1 AND id = $2 AND purpose = 'rehearsal' AND ended_at IS NULL";
    SET_BALLOT_SIZE = "UPDATE polls SET ballot_size = $3 WHERE county = $1 AND id = $2 AND ballot_size IS NULL";
    SET_CLOSING_STATEMENT = "UPDATE polls SET closing_statement = $3 WHERE county = $1 AND id = $2";
    CLEAR_TRUSTEES = "UPDATE polls SET trustees = NULL WHERE county = $1 AND id = $2 AND election IS NULL";
    SET_CREDENTIALS = "UPDATE polls SET credentials = $3 WHERE county = $1 AND id = $2 AND credentials IS NULL";
    SET_EDITION_JSON = "UPDATE polls SET edition_json = $3 WHERE county = $1 AND id = $2 AND edition_json IS NULL";
    SET_ELECTION = "UPDATE polls SET election = $3 WHERE county = $1 AND id = $2 AND election IS NULL";
    SET_ENCRYPTED_TALLY = "UPDATE polls SET encrypted_tally = $3
                           WHERE county = $1 AND id = $2 AND encrypted_tally IS NULL";
    SET_OFFICES_CSV = "UPDATE polls SET offices_csv = $3 WHERE county = $1 AND id = $2 AND offices_csv IS NULL";
    SET_RECONCILIATION = "UPDATE polls SET reconciliation = $3 WHERE county = $1 AND id = $2";
    SET_RESULT = "UPDATE polls SET result = $3 WHERE county = $1 AND id = $2 AND result IS NULL";
    SET_SETUP = "UPDATE polls SET setup = $3 WHERE county = $1 AND id = $2 AND setup IS NULL";
    SET_PACE_REASON = "UPDATE polls SET pace_reason = $3 WHERE county = $1 AND id = $2";
    FIND_RESTORED_FROM = "SELECT restored_from FROM polls WHERE county = $1 AND id = $2";
    SET_RESTORED_FROM = "UPDATE polls SET restored_from = $3 WHERE county = $1 AND id = $2";
    SET_ZERO_REPORT = "UPDATE polls SET zero_report = $3 WHERE county = $1 AND id = $2 AND zero_report IS NULL";
    SET_TRUSTEES = "UPDATE polls SET trustees = $3 WHERE county = $1 AND id = $2 AND trustees IS NULL";
}

impl PollText {
    const fn statement(self) -> &'static str {
        match self {
            Self::ClosingStatement => SET_CLOSING_STATEMENT,
            Self::Credentials => SET_CREDENTIALS,
            Self::EditionJson => SET_EDITION_JSON,
            Self::Election => SET_ELECTION,
            Self::EncryptedTally => SET_ENCRYPTED_TALLY,
            Self::OfficesCsv => SET_OFFICES_CSV,
            Self::Reconciliation => SET_RECONCILIATION,
            Self::Result => SET_RESULT,
            Self::Setup => SET_SETUP,
            Self::Trustees => SET_TRUSTEES,
            Self::ZeroReport => SET_ZERO_REPORT,
        }
    }
}

/// What a new poll is made of.
#[derive(Clone, Copy, Debug)]
pub struct NewPoll<'a> {
    /// The `uuid` of the election.
    pub id: &'a PollId,
    /// The edition it belongs to.
    pub edition: &'a EditionId,
    /// Whether it counts.
    pub purpose: Purpose,
    /// Name of the group.
    pub group: GroupName,
    /// Cards to order.
    pub cards: u32,
}

/// Adds a poll in the state [`PollState::Setup`].
pub async fn insert(tx: &mut Connection, county: &CountyId, poll: NewPoll<'_>) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(poll.id.as_str())
        .bind(poll.edition.as_str())
        .bind(poll.purpose.as_str())
        .bind(poll.group.as_str())
        .bind(i64::from(poll.cards))
        .execute(tx)
        .await?;
    Ok(())
}

/// The poll with this id.
pub async fn find(tx: &mut Connection, county: &CountyId, id: &PollId) -> Result<Option<Poll>, StoreError> {
    let row = sqlx::query(FIND).bind(county.as_str()).bind(id.as_str()).fetch_optional(tx).await?;
    row.as_ref().map(|row| read(Row::new("polls", row))).transpose()
}

/// The poll with this id, which must exist.
pub async fn load(tx: &mut Connection, county: &CountyId, id: &PollId) -> Result<Poll, StoreError> {
    must_exist("polls", find(tx, county, id).await?)
}

/// All polls of an edition: real ones first.
pub async fn list(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<Vec<Poll>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).bind(edition.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| read(Row::new("polls", row))).collect()
}

/// All polls of the county in a state: real ones first.
pub async fn list_in_state(
    tx: &mut Connection,
    county: &CountyId,
    state: PollState,
) -> Result<Vec<Poll>, StoreError> {
    let rows = sqlx::query(LIST_IN_STATE).bind(county.as_str()).bind(state.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| read(Row::new("polls", row))).collect()
}

/// The texts of a poll, which must exist.
pub async fn load_texts(
    tx: &mut Connection,
    county: &CountyId,
    id: &PollId,
) -> Result<PollTexts, StoreError> {
    let row = sqlx::query(LOAD_TEXTS).bind(county.as_str()).bind(id.as_str()).fetch_optional(tx).await?;
    let row = must_exist("polls", row)?;
    let row = Row::new("polls", &row);
    Ok(PollTexts {
        edition_json: row.optional_text("edition_json")?,
        offices_csv: row.optional_text("offices_csv")?,
        election: row.optional_text("election")?,
        trustees: row.optional_text("trustees")?,
        credentials: row.optional_text("credentials")?,
        setup: row.optional_text("setup")?,
        encrypted_tally: row.optional_text("encrypted_tally")?,
        closing_statement: row.optional_text("closing_statement")?,
        result: row.optional_text("result")?,
        reconciliation: row.optional_text("reconciliation")?,
        zero_report: row.optional_text("zero_report")?,
    })
}

/// Moves a poll from one state to another; it must be in the first.
pub async fn set_state(
    tx: &mut Connection,
    county: &CountyId,
    id: &PollId,
    from: PollState,
    to: PollState,
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

/// Stores the minute of the opening, once.
pub async fn set_opened_at(
    tx: &mut Connection,
    county: &CountyId,
    id: &PollId,
    now: Timestamp,
) -> Result<(), StoreError> {
    set(tx, SET_OPENED, county, id, &time_text(whole_minute(now))).await
}

/// Stores why the poll was paused or resumed.
pub async fn set_pace_reason(
    tx: &mut Connection,
    county: &CountyId,
    id: &PollId,
    reason: &str,
) -> Result<(), StoreError> {
    set(tx, SET_PACE_REASON, county, id, reason).await
}

/// The backup that the poll was restored from, until two people resume it.
pub async fn find_restored_from(
    tx: &mut Connection,
    county: &CountyId,
    id: &PollId,
) -> Result<Option<RestoredFrom>, StoreError> {
    let row =
        sqlx::query(FIND_RESTORED_FROM).bind(county.as_str()).bind(id.as_str()).fetch_optional(tx).await?;
    let text = row.map(|row| Row::new("polls", &row).optional_text("restored_from")).transpose()?.flatten();
    text.map(|text| {
        serde_json::from_str(&text)
            .map_err(|_| StoreError::Inconsistency { table: "polls", column: "restored_from" })
    })
    .transpose()
}

/// Stores the backup that the poll was restored from, or that it does not matter any more.
pub async fn set_restored_from(
    tx: &mut Connection,
    county: &CountyId,
    id: &PollId,
    from: Option<&RestoredFrom>,
) -> Result<(), StoreError> {
    // A time, a number and a hash can always be written.
    let text = from.map(|from| serde_json::to_string(from).unwrap_or_default());
    let query = sqlx::query(SET_RESTORED_FROM).bind(county.as_str()).bind(id.as_str());
    must_change_one(&query.bind(text).execute(tx).await?)
}

/// Stores the minute in which the box was sealed, once.
pub async fn set_closed_at(
    tx: &mut Connection,
    county: &CountyId,
    id: &PollId,
    now: Timestamp,
) -> Result<(), StoreError> {
    set(tx, SET_CLOSED, county, id, &time_text(whole_minute(now))).await
}

/// Stores the minute in which a rehearsal ended, once.
pub async fn set_ended_at(
    tx: &mut Connection,
    county: &CountyId,
    id: &PollId,
    now: Timestamp,
) -> Result<(), StoreError> {
    set(tx, SET_ENDED, county, id, &time_text(whole_minute(now))).await
}

/// Stores the size to which every ballot is padded, once.
pub async fn set_ballot_size(
    tx: &mut Connection,
    county: &CountyId,
    id: &PollId,
    bytes: u32,
) -> Result<(), StoreError> {
    let result = sqlx::query(SET_BALLOT_SIZE)
        .bind(county.as_str())
        .bind(id.as_str())
        .bind(i64::from(bytes))
        .execute(tx)
        .await?;
    must_change_one(&result)
}

/// Forgets the list of trustees; no election may have been made with it.
pub async fn clear_trustees(tx: &mut Connection, county: &CountyId, id: &PollId) -> Result<(), StoreError> {
    let result = sqlx::query(CLEAR_TRUSTEES).bind(county.as_str()).bind(id.as_str()).execute(tx).await?;
    must_change_one(&result)
}

/// Stores a text. One that is set already and must not change is [`StoreError::RowsAffected`].
pub async fn set_text(
    tx: &mut Connection,
    county: &CountyId,
    id: &PollId,
    which: PollText,
    text: &str,
) -> Result<(), StoreError> {
    set(tx, which.statement(), county, id, text).await
}

async fn set(
    tx: &mut Connection,
    statement: &'static str,
    county: &CountyId,
    id: &PollId,
    text: &str,
) -> Result<(), StoreError> {
    let result =
        sqlx::query(statement).bind(county.as_str()).bind(id.as_str()).bind(text).execute(tx).await?;
    must_change_one(&result)
}

fn read(row: Row<'_>) -> Result<Poll, StoreError> {
    Ok(Poll {
        id: row.parsed("id")?,
        edition: row.parsed("edition")?,
        purpose: row.parsed("purpose")?,
        state: row.parsed("state")?,
        group: row.parsed("group_name")?,
        cards: row.number("cards")?,
        ballot_size: row.optional_number("ballot_size")?,
        opened_at: row.optional_parsed("opened_at")?,
        closed_at: row.optional_parsed("closed_at")?,
        ended_at: row.optional_parsed("ended_at")?,
        pace_reason: row.optional_text("pace_reason")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        both_databases,
        clock::Clock as _,
        testing::{clock, context, insert_edition, insert_poll},
    };

    both_databases! {
        async fn what_is_signed_can_be_stored_once(db: Db) {
            let context = context(db, &clock());
            let edition = insert_edition(&context).await;
            let poll = insert_poll(&context, &edition.id).await;
            let mut tx = context.db.write().await.unwrap();
            for text in [
                PollText::Credentials,
                PollText::EditionJson,
                PollText::Election,
                PollText::EncryptedTally,
                PollText::OfficesCsv,
                PollText::Result,
                PollText::Setup,
                PollText::Trustees,
                PollText::ZeroReport,
            ] {
                set_text(&mut tx, &context.county, &poll, text, "{}").await.unwrap();
                let again = set_text(&mut tx, &context.county, &poll, text, "[]").await;
                assert!(matches!(again, Err(StoreError::RowsAffected { expected: 1, actual: 0 })), "{text:?}");
            }
            for text in [PollText::ClosingStatement, PollText::Reconciliation] {
                set_text(&mut tx, &context.county, &poll, text, "[]").await.unwrap();
                set_text(&mut tx, &context.county, &poll, text, "{}").await.unwrap();
            }
            let all = "{}".to_owned();
            let texts = load_texts(&mut tx, &context.county, &poll).await.unwrap();
            let expected = PollTexts {
                edition_json: Some(all.clone()),
                offices_csv: Some(all.clone()),
                election: Some(all.clone()),
                trustees: Some(all.clone()),
                credentials: Some(all.clone()),
                setup: Some(all.clone()),
                encrypted_tally: Some(all.clone()),
                closing_statement: Some(all.clone()),
                result: Some(all.clone()),
                reconciliation: Some(all.clone()),
                zero_report: Some(all),
            };
            assert_eq!(texts, expected);
        }

        async fn a_poll_moves_only_from_the_state_it_is_in(db: Db) {
            let context = context(db, &clock());
            let edition = insert_edition(&context).await;
            let poll = insert_poll(&context, &edition.id).await;
            let mut tx = context.db.write().await.unwrap();
            let county = &context.county;
            set_state(&mut tx, county, &poll, PollState::Setup, PollState::KeysReady).await.unwrap();
            let again = set_state(&mut tx, county, &poll, PollState::Setup, PollState::KeysReady).await;
            assert!(matches!(again, Err(StoreError::RowsAffected { .. })));
            assert_eq!(load(&mut tx, county, &poll).await.unwrap().state, PollState::KeysReady);
            assert_eq!(list_in_state(&mut tx, county, PollState::KeysReady).await.unwrap().len(), 1);
            assert_eq!(list_in_state(&mut tx, county, PollState::Setup).await.unwrap(), []);
        }

        async fn opening_and_closing_are_known_to_the_minute_only(db: Db) {
            let clock = clock();
            let context = context(db, &clock);
            let edition = insert_edition(&context).await;
            let poll = insert_poll(&context, &edition.id).await;
            clock.advance(jiff::SignedDuration::from_millis(59_999));
            let mut tx = context.db.write().await.unwrap();
            set_opened_at(&mut tx, &context.county, &poll, clock.now()).await.unwrap();
            set_closed_at(&mut tx, &context.county, &poll, clock.now()).await.unwrap();
            set_ballot_size(&mut tx, &context.county, &poll, 200_000).await.unwrap();
            let stored = find(&mut tx, &context.county, &poll).await.unwrap().unwrap();
            assert_eq!(stored.opened_at.unwrap().to_string(), "2020-12-11T01:00:00Z");
            assert_eq!(stored.closed_at, stored.opened_at);
            assert_eq!(stored.ballot_size, Some(200_000));
            assert!(set_opened_at(&mut tx, &context.county, &poll, clock.now()).await.is_err());
        }

        async fn only_a_rehearsal_ends_and_only_once(db: Db) {
            let clock = clock();
            let context = context(db, &clock);
            let edition = insert_edition(&context).await;
            let real = insert_poll(&context, &edition.id).await;
            let mut tx = context.db.write().await.unwrap();
            let (county, id) = (&context.county, PollId::generate(&mut context.rng()));
            let poll = NewPoll {
                id: &id,
                edition: &edition.id,
                purpose: Purpose::Rehearsal,
                group: GroupName::Ed25519,
                cards: 13,
            };
            insert(&mut tx, county, poll).await.unwrap();
            assert!(set_ended_at(&mut tx, county, &real, clock.now()).await.is_err());
            set_ended_at(&mut tx, county, &id, clock.now()).await.unwrap();
            assert!(set_ended_at(&mut tx, county, &id, clock.now()).await.is_err());
            assert!(load(&mut tx, county, &id).await.unwrap().ended_at.is_some());
            assert_eq!(load(&mut tx, county, &real).await.unwrap().ended_at, None);
        }
    }
}
