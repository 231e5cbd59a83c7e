//! PERSON SIDE: who is here, the desks, and why a mark was taken back or a card exchanged.
//!
//! Whoever knew in which order people came, and in which order ballots came, could put names to ballots. The ballot side
//! keeps no order; this side keeps none either: no time, no sequence and no desk on a person, and the rows are written
//! anew in the order of ids whenever a desk closes ([`rewrite`]).

use std::collections::BTreeMap;

use evaluation::pool::MemberId;
use jiff::Timestamp;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, time_text},
};
use crate::domain::{AccountId, CorrectionKind, CountyId, PollId};

/// Who is here, and how often the card was exchanged.
pub type Attendance = BTreeMap<MemberId, u32>;

/// A desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// From 1, in the order of opening.
    pub number: u32,
    /// What stands on the desk.
    pub name: String,
    /// The check-in account that opened it.
    pub first: AccountId,
    /// The second person at it.
    pub second: AccountId,
    /// Cards in its box at the opening.
    pub cards: u32,
    /// Cards that went over the desk, by the marks.
    pub handed_out: u32,
    /// Cards left in the box at the closing, as counted by hand.
    pub cards_left: Option<u32>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

impl Desk {
    /// Whether people can be checked in at it.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// Cards handed out: as counted by hand once it is closed, by the marks until then.
    #[must_use]
    pub fn counted(&self) -> u32 {
        self.cards_left.map_or(self.handed_out, |left| self.cards.saturating_sub(left))
    }
}

statements! {
    INSERT = "INSERT INTO attendance (county, poll, member, reissued) VALUES ($1, $2, $3, $4)";
    LIST = "SELECT member, reissued FROM attendance WHERE county = $1 AND poll = $2 ORDER BY member";
    DELETE = "DELETE FROM attendance WHERE county = $1 AND poll = $2 AND member = $3";
    DELETE_ALL = "DELETE FROM attendance WHERE county = $1 AND poll = $2";
    REISSUE = "UPDATE attendance SET reissued = reissued + 1 WHERE county = $1 AND poll = $2 AND member = $3";
    INSERT_CORRECTION = "INSERT INTO attendance_corrections (county, poll, id, kind, reason) VALUES ($1, $2, $3, $4, $5)";
    LIST_CORRECTIONS = "SELECT kind, reason FROM attendance_corrections WHERE county = $1 AND poll = $2 ORDER BY kind, reason, id";
    INSERT_DESK = "INSERT INTO check_in_desks (county, poll, number, name, first, second, cards, handed_out, opened_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)";
    LIST_DESKS = "SELECT number, name, first, second, cards, handed_out, cards_left, opened_at, closed_at
                  FROM check_in_desks WHERE county = $1 AND poll = $2 ORDER BY number";
    SET_HANDED_OUT = "UPDATE check_in_desks SET handed_out = $4
                      WHERE county = $1 AND poll = $2 AND number = $3 AND closed_at IS NULL";
    CLOSE_DESK = "UPDATE check_in_desks SET cards_left = $4, closed_at = $5
                  WHERE county = $1 AND poll = $2 AND number = $3 AND closed_at IS NULL";
    CORRECT_CARDS_LEFT = "UPDATE check_in_desks SET cards_left = $4
                          WHERE county = $1 AND poll = $2 AND number = $3 AND closed_at IS NOT NULL";
}

/// Marks somebody as here. Twice is [`StoreError::UniqueViolation`].
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    member: &MemberId,
) -> Result<(), StoreError> {
    insert_row(tx, county, poll, member, 0).await
}

async fn insert_row(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    member: &MemberId,
    reissued: u32,
) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(member.as_str())
        .bind(i64::from(reissued))
        .execute(tx)
        .await?;
    Ok(())
}

/// Everybody who is here.
pub async fn list(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<Attendance, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    let read = |row| {
        let row = Row::new("attendance", row);
        Ok((row.parsed("member")?, row.number("reissued")?))
    };
    rows.iter().map(read).collect()
}

/// Takes a mark back. Nobody there is [`StoreError::RowsAffected`].
pub async fn delete(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    member: &MemberId,
) -> Result<(), StoreError> {
    let query = sqlx::query(DELETE).bind(county.as_str()).bind(poll.as_str()).bind(member.as_str());
    must_change_one(&query.execute(tx).await?)
}

/// Counts one more card for somebody who is here. Nobody there is [`StoreError::RowsAffected`].
pub async fn reissue(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    member: &MemberId,
) -> Result<(), StoreError> {
    let query = sqlx::query(REISSUE).bind(county.as_str()).bind(poll.as_str()).bind(member.as_str());
    must_change_one(&query.execute(tx).await?)
}

/// Writes all rows anew in the order of ids, so that their places tell nothing about who came when.
pub async fn rewrite(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<(), StoreError> {
    let all = list(tx, county, poll).await?;
    sqlx::query(DELETE_ALL).bind(county.as_str()).bind(poll.as_str()).execute(&mut *tx).await?;
    for (member, reissued) in all {
        insert_row(tx, county, poll, &member, reissued).await?;
    }
    Ok(())
}

/// Records why something was corrected, under a random id.
pub async fn insert_correction(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    id: &str,
    kind: CorrectionKind,
    reason: &str,
) -> Result<(), StoreError> {
    sqlx::query(INSERT_CORRECTION)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(id)
        .bind(kind.as_str())
        .bind(reason)
        .execute(tx)
        .await?;
    Ok(())
}

/// All corrections, by kind and reason.
pub async fn list_corrections(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
) -> Result<Vec<(CorrectionKind, String)>, StoreError> {
    let rows = sqlx::query(LIST_CORRECTIONS).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    let read = |row| {
        let row = Row::new("attendance_corrections", row);
        Ok((row.parsed("kind")?, row.text("reason")?))
    };
    rows.iter().map(read).collect()
}

/// Opens a desk.
pub async fn insert_desk(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    desk: &Desk,
) -> Result<(), StoreError> {
    sqlx::query(INSERT_DESK)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(i64::from(desk.number))
        .bind(&desk.name)
        .bind(desk.first.as_str())
        .bind(desk.second.as_str())
        .bind(i64::from(desk.cards))
        .bind(time_text(desk.opened_at))
        .execute(tx)
        .await?;
    Ok(())
}

/// All desks, in the order of opening.
pub async fn list_desks(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
) -> Result<Vec<Desk>, StoreError> {
    let rows = sqlx::query(LIST_DESKS).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| read_desk(Row::new("check_in_desks", row))).collect()
}

/// Sets how many cards went over an open desk.
pub async fn set_handed_out(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    number: u32,
    handed_out: u32,
) -> Result<(), StoreError> {
    let result = sqlx::query(SET_HANDED_OUT)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(i64::from(number))
        .bind(i64::from(handed_out))
        .execute(tx)
        .await?;
    must_change_one(&result)
}

/// Closes an open desk with the cards that are left in its box.
pub async fn close_desk(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    number: u32,
    cards_left: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    let result = sqlx::query(CLOSE_DESK)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(i64::from(number))
        .bind(i64::from(cards_left))
        .bind(time_text(now))
        .execute(tx)
        .await?;
    must_change_one(&result)
}

/// Corrects the number of cards that were left in the box of a closed desk.
pub async fn correct_cards_left(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    number: u32,
    cards_left: u32,
) -> Result<(), StoreError> {
    let result = sqlx::query(CORRECT_CARDS_LEFT)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(i64::from(number))
        .bind(i64::from(cards_left))
        .execute(tx)
        .await?;
    must_change_one(&result)
}

fn read_desk(row: Row<'_>) -> Result<Desk, StoreError> {
    Ok(Desk {
        number: row.number("number")?,
        name: row.text("name")?,
        first: row.parsed("first")?,
        second: row.parsed("second")?,
        cards: row.number("cards")?,
        handed_out: row.number("handed_out")?,
        cards_left: row.optional_number("cards_left")?,
        opened_at: row.parsed("opened_at")?,
        closed_at: row.optional_parsed("closed_at")?,
    })
}
