//! Marking people as here, taking a mark back, exchanging a card. None of it is logged: see the module above.

use evaluation::pool::MemberId;
use evaluation::wire::VoidKind;
use rand::Rng as _;

use super::{Second, check_poll, check_reason, count_people, is_at, load_poll, recognise, roster, wrong};
use crate::domain::attendance::check_exchange;
use crate::domain::{CorrectionKind, EditionId, PollId, Purpose, Role};
use crate::service::{Context, ServiceError};
use crate::store::accounts::Account;
use crate::store::attendance::{self, Desk};
use crate::store::{Connection, StoreError, Transaction, void_cards};

/// A damaged card to exchange.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// Whose.
    pub member: &'a MemberId,
    /// What became of it.
    pub card: DamagedCard,
    /// Why.
    pub reason: &'a str,
}

/// What became of the damaged card before another one is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DamagedCard {
    /// The scrutineers have declared it void at their terminal.
    Void,
    /// Nothing can read it, so that it can neither vote nor be declared void: it is sealed into an envelope with the supervisor.
    Unreadable,
}

/// Marks somebody as here: the person has signed, and draws one card from the box.
pub async fn mark(
    context: &Context,
    clerk: &Account,
    edition: &EditionId,
    purpose: Purpose,
    member: &MemberId,
) -> Result<(), ServiceError> {
    let (mut tx, poll, desk) = at_desk(context, clerk, edition, purpose).await?;
    roster::check_seat(&mut tx, context, edition, member).await?;
    take_card(&mut tx, context, &poll, &desk).await?;
    attendance::insert(&mut tx, &context.county, &poll, member).await.map_err(|error| match error {
        StoreError::UniqueViolation => wrong(
            format!("{member}已经签到，也可能是另一签到台刚刚办理。没有重复签到，请不要再发卡。"),
            format!("{member} is checked in already, perhaps just now at another desk. Nothing was marked twice; hand out no second card."),
        ),
        error => error.into(),
    })?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Takes a mark back: the wrong person was marked. The card is back in the box, unopened.
pub async fn undo(
    context: &Context,
    clerk: &Account,
    edition: &EditionId,
    purpose: Purpose,
    member: &MemberId,
    reason: &str,
    second: Second<'_>,
) -> Result<(), ServiceError> {
    let reason = check_reason(reason)?;
    recognise(context, clerk, second).await?;
    let (mut tx, poll, desk) = at_desk(context, clerk, edition, purpose).await?;
    let here = attendance::list(&mut tx, &context.county, &poll).await?;
    if here.get(member).is_some_and(|&reissued| reissued > 0) {
        return Err(wrong(
            format!("{member}换过卡，签到不能撤销。请报告监督员。"),
            format!(
                "{member} has had a card exchanged, so the mark cannot be taken back. Call the supervisor."
            ),
        ));
    }
    let left = desk.handed_out.checked_sub(1).ok_or_else(|| {
        wrong(
            "本签到台还没有发过卡。请到发卡的签到台撤销。",
            "This desk has handed out no card yet. Take the mark back at the desk that handed it out.",
        )
    })?;
    attendance::delete(&mut tx, &context.county, &poll, member)
        .await
        .map_err(|error| not_here(error, member))?;
    attendance::set_handed_out(&mut tx, &context.county, &poll, desk.number, left).await?;
    correct(&mut tx, context, &poll, CorrectionKind::Undone, reason).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Exchanges a damaged card, so that nobody has two that vote: there must be one more that is declared void than were exchanged
/// so far, or the supervisor says as the second person that nothing can read it. Which card it was is known to nobody here. The
/// cards in envelopes are counted, and the reconciliation asks for an exception about as many.
pub async fn reissue(
    context: &Context,
    clerk: &Account,
    edition: &EditionId,
    purpose: Purpose,
    exchange: Exchange<'_>,
    second: Second<'_>,
) -> Result<(), ServiceError> {
    let Exchange { member, card, reason } = exchange;
    let reason = check_reason(reason)?;
    let second = recognise(context, clerk, second).await?;
    let (mut tx, poll, desk) = at_desk(context, clerk, edition, purpose).await?;
    let kind = match card {
        DamagedCard::Void => {
            check_is_void(&mut tx, context, edition, &poll).await?;
            CorrectionKind::Reissued
        }
        DamagedCard::Unreadable => {
            check_supervisor(&second)?;
            CorrectionKind::ReissuedUnreadable
        }
    };
    take_card(&mut tx, context, &poll, &desk).await?;
    attendance::reissue(&mut tx, &context.county, &poll, member)
        .await
        .map_err(|error| not_here(error, member))?;
    correct(&mut tx, context, &poll, kind, reason).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Whether one more damaged card is declared void than were exchanged.
async fn check_is_void(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
    poll: &PollId,
) -> Result<(), ServiceError> {
    let counts = count_people(tx, context, edition, poll).await?;
    let void = void_cards::list(tx, &context.county, poll).await?;
    let damaged = void.iter().filter(|card| card.kind == VoidKind::Damaged).count();
    Ok(check_exchange(u32::try_from(damaged).unwrap_or(u32::MAX), counts)?)
}

/// An exception at the desk is the supervisor's, as elsewhere.
fn check_supervisor(second: &Account) -> Result<(), ServiceError> {
    if second.role == Role::Supervisor {
        return Ok(());
    }
    Err(wrong(
        format!(
            "没有换发新卡：读不出的卡须由监督员在场封入信封，第二人不能是{}。请监督员到签到台输入自己的登录名和密码。",
            second.role.zh()
        ),
        format!(
            "No second card was given: an unreadable card is sealed into an envelope with the supervisor, so the second person \
             cannot be the {}. The supervisor types own name and password at the desk.",
            second.role.en()
        ),
    ))
}

/// The transaction, the poll and the open desk of `clerk`.
async fn at_desk(
    context: &Context,
    clerk: &Account,
    edition: &EditionId,
    purpose: Purpose,
) -> Result<(Transaction, PollId, Desk), ServiceError> {
    let mut tx = context.db.write().await?;
    let poll = load_poll(&mut tx, context, edition, purpose).await?;
    check_poll(&poll)?;
    let desks = attendance::list_desks(&mut tx, &context.county, &poll.id).await?;
    let desk = desks.into_iter().find(|desk| is_at(desk, clerk)).ok_or_else(|| {
        wrong(
            "您没有开放的签到台，不能办理。请先由两人开放签到台。",
            "You have no open desk, so nothing was done. Two people open a desk first.",
        )
    })?;
    Ok((tx, poll.id, desk))
}

/// Counts one card more out of the desk's box.
async fn take_card(
    tx: &mut Connection,
    context: &Context,
    poll: &PollId,
    desk: &Desk,
) -> Result<(), ServiceError> {
    if desk.handed_out >= desk.cards {
        return Err(wrong(
            format!("本签到台卡盒的{}张卡已全部发出。请结束签到台，领卡后重新开放。", desk.cards),
            format!(
                "All {} cards of this desk's box are handed out. Close the desk, fetch cards and open it again.",
                desk.cards
            ),
        ));
    }
    let handed_out = desk.handed_out.saturating_add(1);
    Ok(attendance::set_handed_out(tx, &context.county, poll, desk.number, handed_out).await?)
}

async fn correct(
    tx: &mut Connection,
    context: &Context,
    poll: &PollId,
    kind: CorrectionKind,
    reason: &str,
) -> Result<(), StoreError> {
    let mut id = [0_u8; 16];
    context.rng().fill_bytes(&mut id);
    attendance::insert_correction(tx, &context.county, poll, &hex::encode(id), kind, reason).await
}

fn not_here(error: StoreError, member: &MemberId) -> ServiceError {
    match error {
        StoreError::RowsAffected { .. } => wrong(
            format!("{member}没有签到，也可能刚刚被撤销。没有作任何更改，请刷新页面。"),
            format!(
                "{member} is not checked in, or the mark was just taken back. Nothing was changed; load the page again."
            ),
        ),
        error => error.into(),
    }
}
