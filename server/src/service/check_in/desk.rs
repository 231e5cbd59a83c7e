//! Opening and closing a desk.

use super::{Second, attendance_hash, check_poll, count_people, is_at, load_poll, recognise, wrong};
use crate::domain::{Actor, CorrectionKind, EditionId, LogEvent, Purpose};
use crate::service::{Context, ServiceError, log};
use crate::store::accounts::Account;
use crate::store::attendance::{self, Desk};
use crate::store::{Connection, StoreError};

/// More cards than a box holds are a slip of the finger.
const MOST_CARDS: u32 = 10_000;
const LONGEST_NAME: usize = 20;

/// What is typed in to open a desk.
#[derive(Clone, Copy, Debug)]
pub struct NewDesk<'a> {
    /// What stands on the desk.
    pub name: &'a str,
    /// Cards in its box, counted by both people.
    pub cards: u32,
}

/// Opens a desk for `clerk` and a second person; answers its number.
pub async fn open_desk(
    context: &Context,
    clerk: &Account,
    edition: &EditionId,
    purpose: Purpose,
    new: NewDesk<'_>,
    second: Second<'_>,
) -> Result<u32, ServiceError> {
    let name = check_new(new)?;
    let second = recognise(context, clerk, second).await?;
    let mut tx = context.db.write().await?;
    let poll = load_poll(&mut tx, context, edition, purpose).await?;
    check_poll(&poll)?;
    let desks = attendance::list_desks(&mut tx, &context.county, &poll.id).await?;
    for account in [clerk, &second] {
        if let Some(desk) = desks.iter().find(|desk| is_at(desk, account)) {
            let (person, desk) = (&account.person, &desk.name);
            return Err(wrong(
                format!("{person}已在签到台“{desk}”。请先结束那个签到台。"),
                format!("{person} is at the desk “{desk}” already. Close that desk first."),
            ));
        }
    }
    if desks.iter().any(|desk| desk.is_open() && desk.name == name) {
        return Err(wrong(
            format!("签到台“{name}”已经开放。请换一个名称，或先结束那个签到台。"),
            format!("A desk “{name}” is open already. Choose another name, or close that desk first."),
        ));
    }
    let number = desks.iter().map(|desk| desk.number).max().unwrap_or(0).saturating_add(1);
    let desk = Desk {
        number,
        name: name.to_owned(),
        first: clerk.id.clone(),
        second: second.id,
        cards: new.cards,
        handed_out: 0,
        cards_left: None,
        opened_at: context.now(),
        closed_at: None,
    };
    attendance::insert_desk(&mut tx, &context.county, &poll.id, &desk).await?;
    let event = LogEvent::CheckInDeskOpened {
        poll: poll.id,
        desk: number,
        first: desk.first,
        second: desk.second,
        cards: desk.cards,
    };
    write_log(&mut tx, context, clerk, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(number)
}

fn check_new(new: NewDesk<'_>) -> Result<&str, ServiceError> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(wrong(
            format!("请填写签到台名称，不超过{LONGEST_NAME}字，例如：1号台。"),
            format!("Enter the name of the desk, at most {LONGEST_NAME} characters, such as: desk 1."),
        ));
    }
    if new.cards == 0 || new.cards > MOST_CARDS {
        return Err(wrong(
            "请两人清点卡盒，填写其中的评议卡张数。",
            "Both people count the cards in the box and enter their number.",
        ));
    }
    Ok(name)
}

/// Closes an open desk with the cards that are left in its box, as counted by hand. If that differs from what the marks
/// say, it is refused unless `counted_twice`: then the difference stays, and the reconciliation shows it.
pub async fn close_desk(
    context: &Context,
    clerk: &Account,
    edition: &EditionId,
    purpose: Purpose,
    number: u32,
    cards_left: u32,
    counted_twice: bool,
) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let poll = load_poll(&mut tx, context, edition, purpose).await?;
    let desks = attendance::list_desks(&mut tx, &context.county, &poll.id).await?;
    let desk = desks.into_iter().find(|desk| desk.number == number && desk.is_open());
    let desk = desk.ok_or_else(|| {
        wrong("这个签到台已经结束。请刷新页面。", "This desk is closed already. Load the page again.")
    })?;
    check_left(&desk, cards_left, counted_twice)?;
    let (county, now) = (&context.county, context.now());
    attendance::close_desk(&mut tx, county, &poll.id, number, cards_left, now).await?;
    attendance::rewrite(&mut tx, county, &poll.id).await?;
    let people = count_people(&mut tx, context, edition, &poll.id).await?;
    let corrections = attendance::list_corrections(&mut tx, county, &poll.id).await?;
    let undone = corrections.iter().filter(|(kind, _)| *kind == CorrectionKind::Undone).count();
    let list = attendance::list(&mut tx, county, &poll.id).await?;
    let event = LogEvent::CheckInDeskClosed {
        desk: number,
        cards_left,
        expected: people.expected,
        present: people.present,
        handed_out: people.handed_out,
        reissued: people.reissued,
        undone: u32::try_from(undone).unwrap_or(u32::MAX),
        attendance: attendance_hash(&poll.id, &list),
        poll: poll.id,
    };
    write_log(&mut tx, context, clerk, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

fn check_left(desk: &Desk, cards_left: u32, counted_twice: bool) -> Result<(), ServiceError> {
    let expected = desk.cards.saturating_sub(desk.handed_out);
    if cards_left > desk.cards {
        return Err(wrong(
            format!("卡盒开放时有{}张，剩余不能多于此数。请重新清点。", desk.cards),
            format!("The box had {} cards at the opening; no more can be left. Count again.", desk.cards),
        ));
    }
    if cards_left != expected && !counted_twice {
        return Err(wrong(
            format!(
                "按签到记录应剩{expected}张，填写的是{cards_left}张。请两人重新清点；仍不一致的，勾选“已重新清点”后再结束，差数会显示在对账中。"
            ),
            format!(
                "By the marks {expected} cards must be left, not {cards_left}. Both people count again; if it still differs, tick “counted again” and close: the reconciliation will show the difference."
            ),
        ));
    }
    Ok(())
}

async fn write_log(
    tx: &mut Connection,
    context: &Context,
    clerk: &Account,
    event: &LogEvent,
) -> Result<(), StoreError> {
    let actor = Actor::Account(clerk.id.clone());
    log::append(tx, &context.county, context.now(), &actor, event).await?;
    Ok(())
}
