//! The dice, typed by two people, each without seeing what the other typed (draw specification §5, step 3).

use super::{Progress, load, store_step, typed, without_spaces};
use crate::domain::{Actor, DrawState, EditionId, LogEvent};
use crate::service::{Context, ServiceError, log};
use crate::store::accounts::{self, Account};
use crate::store::{StoreError, draws};

/// What an entry of the dice came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiceEntry {
    /// It waits for the second person.
    First,
    /// Both agree; the dice are recorded.
    Agreed,
}

/// Takes the digits as `clerk` typed them. The first person may type again; a second person who typed the same digits
/// makes them final.
pub async fn type_dice(
    context: &Context,
    clerk: &Account,
    id: &EditionId,
    ceremony: u32,
    text: &str,
) -> Result<DiceEntry, ServiceError> {
    let digits = without_spaces(text);
    let mut tx = context.db.write().await?;
    let mut draw = load(&mut tx, context, id, ceremony).await?;
    let from = draw.state;
    let next = from.throw()?;
    check_digits(&draw, &digits)?;
    let first = match &draw.dice_first {
        Some((typed, by)) => {
            let by = accounts::load(&mut tx, &context.county, by).await?;
            Some((typed.clone(), by)).filter(|(_, by)| by.person != clerk.person)
        }
        None => None,
    };
    let actor = Actor::Account(clerk.id.clone());
    let entry = match first {
        None => {
            draw.dice_first = Some((digits, clerk.id.clone()));
            draws::update(&mut tx, &context.county, id, from, &draw).await?;
            let event = LogEvent::DiceTyped { edition: id.clone(), ceremony };
            log::append(&mut tx, &context.county, context.now(), &actor, &event).await?;
            DiceEntry::First
        }
        Some((first, by)) if first != digits => return Err(differing(&first, &digits, &by.person)),
        Some(_) => {
            draw.dice = Some(digits.clone());
            draw.state = next;
            store_step(&mut tx, context, &actor, id, from, &draw, None).await?;
            let event = LogEvent::DiceRecorded { edition: id.clone(), ceremony, dice: digits };
            log::append(&mut tx, &context.county, context.now(), &actor, &event).await?;
            DiceEntry::Agreed
        }
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(entry)
}

/// Takes the first entry of the dice back, whoever typed it: that person may be gone.
pub async fn clear_dice(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    ceremony: u32,
) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let mut draw = load(&mut tx, context, id, ceremony).await?;
    draw.state.throw()?;
    draw.dice_first = None;
    draws::update(&mut tx, &context.county, id, draw.state, &draw).await?;
    let event = LogEvent::DiceCleared { edition: id.clone(), ceremony };
    log::append(&mut tx, &context.county, context.now(), actor, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

fn check_digits(draw: &draws::Draw, digits: &str) -> Result<(), ServiceError> {
    if let Some(position) = digits.chars().position(|character| !character.is_ascii_digit()) {
        let position = position.saturating_add(1);
        return Err(typed(
            format!("第{position}个字符不是数字0–9。请关闭中文（全角）输入后重新录入。"),
            format!("Character {position} is no digit 0–9. Switch off full-width input and type again."),
        ));
    }
    let closed = Progress::of(draw)?.closed();
    let closed = closed.ok_or(crate::domain::draw::DrawStepError::WrongState { found: DrawState::Thrown })?;
    closed.type_dice(digits, digits).map(|_| ()).map_err(|refused| {
        let found = digits.len();
        typed(
            format!("录入了{found}位。{}请对照记录重新录入。", refused.reason.zh()),
            format!(
                "{found} digits were typed; {}. Compare with the record and type again.",
                refused.reason.en()
            ),
        )
    })
}

/// Names the first place where the two differ, but not what the first person typed there: the second is to look at the
/// dice, not at the first entry.
fn differing(first: &str, second: &str, by: &str) -> ServiceError {
    let same = first.bytes().zip(second.bytes()).take_while(|(one, other)| one == other).count();
    let place = same.saturating_add(1);
    typed(
        format!(
            "与{by}录入的数字从第{place}位起不一致。没有记录任何数字：请两人对照骰子记录，由录错的一方重新录入。"
        ),
        format!(
            "From digit {place} on it differs from what {by} typed. Nothing was recorded: compare both with the record of the dice; whoever was wrong types again."
        ),
    )
}
