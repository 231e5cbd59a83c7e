//! Opening and closing a desk, and correcting its count.

use super::{
    Second, attendance_hash, check_poll, check_reason, count_people, is_at, load_poll, recognise, wrong,
};
use crate::domain::attendance::check_correction;
use crate::domain::{Actor, CorrectionKind, EditionId, LogEvent, Purpose, Role};
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

/// What both people counted in the box of a desk.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    /// The number of the desk.
    pub desk: u32,
    /// Cards left in its box.
    pub cards_left: u32,
    /// They say that they counted again, because it differs from the marks.
    pub counted_twice: bool,
}

/// Closes an open desk with the cards that are left in its box, as counted by hand by two people. If that differs from what
/// the marks say, it is refused unless they counted twice: then the difference stays, and the reconciliation shows it.
pub async fn close_desk(
    context: &Context,
    clerk: &Account,
    edition: &EditionId,
    purpose: Purpose,
    count: Count,
    second: Second<'_>,
) -> Result<(), ServiceError> {
    let second = recognise(context, clerk, second).await?;
    let mut tx = context.db.write().await?;
    let poll = load_poll(&mut tx, context, edition, purpose).await?;
    let desks = attendance::list_desks(&mut tx, &context.county, &poll.id).await?;
    let desk = desks.into_iter().find(|desk| desk.number == count.desk && desk.is_open());
    let desk = desk.ok_or_else(|| {
        wrong("这个签到台已经结束。请刷新页面。", "This desk is closed already. Load the page again.")
    })?;
    may_count(&desk, clerk, &second)?;
    check_left(&desk, count)?;
    let (county, now) = (&context.county, context.now());
    attendance::close_desk(&mut tx, county, &poll.id, desk.number, count.cards_left, now).await?;
    attendance::rewrite(&mut tx, county, &poll.id).await?;
    let people = count_people(&mut tx, context, edition, &poll.id).await?;
    let corrections = attendance::list_corrections(&mut tx, county, &poll.id).await?;
    let undone = corrections.iter().filter(|(kind, _)| *kind == CorrectionKind::Undone).count();
    let list = attendance::list(&mut tx, county, &poll.id).await?;
    let event = LogEvent::CheckInDeskClosed {
        desk: desk.number,
        cards_left: count.cards_left,
        expected: people.expected,
        present: people.present,
        handed_out: people.handed_out,
        reissued: people.reissued,
        undone: u32::try_from(undone).unwrap_or(u32::MAX),
        attendance: attendance_hash(&poll.id, &list),
        poll: poll.id,
        second: Some(second.id),
    };
    write_log(&mut tx, context, clerk, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// A count that was wrong at the closing of a desk.
#[derive(Clone, Copy, Debug)]
pub struct Correction<'a> {
    /// What was left in truth.
    pub count: Count,
    /// Why it was wrong.
    pub reason: &'a str,
}

/// Corrects the count of a closed desk, by two people, until the reconciliation is sealed. Both numbers stay in the log.
pub async fn correct_count(
    context: &Context,
    clerk: &Account,
    edition: &EditionId,
    purpose: Purpose,
    correction: Correction<'_>,
    second: Second<'_>,
) -> Result<(), ServiceError> {
    let Correction { count, reason } = correction;
    let reason = check_reason(reason)?.to_owned();
    let second = recognise(context, clerk, second).await?;
    let mut tx = context.db.write().await?;
    let poll = load_poll(&mut tx, context, edition, purpose).await?;
    check_correction(poll.state)?;
    let desks = attendance::list_desks(&mut tx, &context.county, &poll.id).await?;
    let closed = desks.into_iter().find(|desk| desk.number == count.desk);
    let closed = closed.and_then(|desk| desk.cards_left.map(|before| (desk, before)));
    let (desk, before) = closed.ok_or_else(|| {
        wrong(
            "只能更正已结束的签到台。没有作任何更改，请刷新页面。",
            "Only the count of a closed desk can be corrected. Nothing was changed; load the page again.",
        )
    })?;
    may_count(&desk, clerk, &second)?;
    if before == count.cards_left {
        return Err(wrong(
            format!("这个签到台记录的剩余已经是{before}张。没有作任何更改。"),
            format!("The record of this desk is {before} cards left already. Nothing was changed."),
        ));
    }
    check_left(&desk, count)?;
    attendance::correct_cards_left(&mut tx, &context.county, &poll.id, desk.number, count.cards_left).await?;
    let event = LogEvent::CheckInCountCorrected {
        poll: poll.id,
        desk: desk.number,
        before,
        after: count.cards_left,
        reason,
        second: second.id,
    };
    write_log(&mut tx, context, clerk, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Whether these two may say what is left in the box of this desk: its own two; if one of them is gone, another check-in
/// login together with the other; and, so that a desk whose two are both gone does not hold back the result, the supervisor
/// with a check-in login.
fn may_count(desk: &Desk, clerk: &Account, second: &Account) -> Result<(), ServiceError> {
    let own = |account: &Account| desk.first == account.id || desk.second == account.id;
    let stands_in = |account: &Account| own(account) || account.role == Role::CheckIn;
    let both = stands_in(clerk) && stands_in(second) && (own(clerk) || own(second));
    if both || second.role == Role::Supervisor {
        return Ok(());
    }
    let name = &desk.name;
    Err(wrong(
        format!(
            "没有作任何更改：签到台“{name}”由开放它的两人清点。请这两人来办；其中一人不在的，由另一人和一个签到处账号来办；两人都不在的，由签到处和监督员来办。"
        ),
        format!(
            "Nothing was changed: the cards of the desk “{name}” are counted by the two who opened it. Let them do it; if one is gone, \
             the other with another check-in login; if both are, a check-in login with the supervisor."
        ),
    ))
}

fn check_left(desk: &Desk, count: Count) -> Result<(), ServiceError> {
    let Count { cards_left, counted_twice, .. } = count;
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
                "按签到记录应剩{expected}张，填写的是{cards_left}张。请两人重新清点；仍不一致的，勾选“已重新清点”，差数会显示在对账中。"
            ),
            format!(
                "By the marks {expected} cards must be left, not {cards_left}. Both people count again; if it still differs, tick “counted again”: the reconciliation will show the difference."
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
