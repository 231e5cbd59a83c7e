//! The poll: keys, cards, ballots, closing, tally, reveal (design: states of a poll).
//!
//! The server never holds a secret of the poll: trustees and the card officer send public halves, booths send encrypted
//! ballots. One poll at a time is unfinished in a county.

use evaluation::rules::Rules;

use super::edition::{load_rules, move_to};
use super::{Context, ServiceError, log, rehearsal};
use crate::domain::{Actor, EditionId, EditionState, LogEvent, PollId, PollState, Purpose};
use crate::store::{Connection, StoreError, attendance, ballots, editions, polls, trustees};

pub mod archive;
pub mod ballot;
pub mod booths;
pub mod cards;
pub mod challenge;
pub mod closing;
pub mod draft;
pub mod exceptions;
pub mod keys;
mod on_the_wire;
pub mod opening;
pub mod prepared;
pub mod restored;
pub mod reveal;
pub mod settling;
pub mod tally;
#[cfg(test)]
mod tests;
pub mod unfinished;
pub mod void;

/// Creates the poll of an edition: as many cards as representatives plus spares, and a place for every trustee.
pub async fn create(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    spare_cards: u32,
    trustee_names: &[String],
) -> Result<PollId, ServiceError> {
    let mut tx = context.db.write().await?;
    let edition = editions::load(&mut tx, &context.county, id).await?;
    if edition.state == EditionState::StatementsPublished {
        let to = edition.state.start_poll()?;
        move_to(&mut tx, context, actor, &edition, to).await?;
    } else if edition.state != EditionState::Poll {
        edition.state.start_poll()?;
    }
    if find_current(&mut tx, context, id).await?.is_some() {
        return Err(ServiceError::input(
            "poll_exists",
            "本年度已有投票，不能再建一个。",
            "This edition has its poll already; no second one was created.",
        ));
    }
    rehearsal::end_running(&mut tx, context, actor, id).await?;
    if let Ok(other) = load_for_terminals(&mut tx, context).await
        && other.state != PollState::Revealed
    {
        return Err(ServiceError::input(
            "poll_unfinished",
            "另一年度的投票还没有结束，不能建立新的投票。",
            "The poll of another year is not finished. No new one was created.",
        ));
    }
    let seats = load_rules(&edition)?.representatives();
    let cards = u32::try_from(seats).unwrap_or(u32::MAX).saturating_add(spare_cards);
    let poll = insert_poll(&mut tx, context, actor, &edition, Purpose::Real, cards, trustee_names).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(poll)
}

/// Stores a new poll with a place for every trustee that the rules ask for.
pub(super) async fn insert_poll(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    edition: &editions::Edition,
    purpose: Purpose,
    cards: u32,
    trustee_names: &[String],
) -> Result<PollId, ServiceError> {
    let rules = load_rules(edition)?;
    if trustee_names.len() != rules.poll.trustees || trustee_names.iter().any(|name| name.trim().is_empty()) {
        let needed = rules.poll.trustees;
        return Err(ServiceError::input(
            "trustees",
            format!("规则要求{needed}名监票人，请逐一填写姓名。"),
            format!("The rules ask for {needed} trustees. Enter the name of each."),
        ));
    }
    check_majority(&rules)?;
    let (poll, group) = (PollId::generate(&mut context.rng()), rules.poll.group);
    let new = polls::NewPoll { id: &poll, edition: &edition.id, purpose, group, cards };
    polls::insert(tx, &context.county, new).await?;
    for (position, name) in (1..).zip(trustee_names) {
        trustees::insert(tx, &context.county, &poll, position, name.trim()).await?;
    }
    let event = LogEvent::PollCreated {
        poll: poll.clone(),
        edition: edition.id.clone(),
        purpose,
        group: group.to_string(),
        cards,
    };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok(poll)
}

/// No half of the trustees may decrypt without the other.
pub(super) fn check_majority(rules: &Rules) -> Result<(), ServiceError> {
    if rules.poll.needs_majority() {
        return Ok(());
    }
    let (needed, all) = (rules.poll.needed(), rules.poll.trustees);
    Err(ServiceError::input(
        "threshold",
        format!(
            "规则规定{all}名监票人中{needed}人即可解密，不超过半数，没有建立。请把规则文件中的 poll.threshold 改为过半数（如三人中两人、五人中三人）。"
        ),
        format!(
            "By these rules {needed} of {all} trustees suffice to decrypt, which is not more than half; nothing was created. Let poll.threshold in the rules file be more than half, such as 2 of 3 or 3 of 5."
        ),
    ))
}

/// The poll that counts, once it is created. What is published and frozen depends on this one.
pub async fn find_current(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
) -> Result<Option<polls::Poll>, StoreError> {
    let all = polls::list(tx, &context.county, edition).await?;
    Ok(all.into_iter().find(|poll| poll.purpose == Purpose::Real))
}

/// The poll that everybody in the hall works with: the rehearsal that is running, otherwise the one that counts.
pub async fn find_working(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
) -> Result<Option<polls::Poll>, StoreError> {
    match rehearsal::find_running(tx, context, edition).await? {
        Some(running) => Ok(Some(running)),
        None => find_current(tx, context, edition).await,
    }
}

/// The poll that the terminals in the hall work on: a running rehearsal, then the unfinished one, otherwise that of the
/// latest edition.
pub async fn load_for_terminals(tx: &mut Connection, context: &Context) -> Result<polls::Poll, ServiceError> {
    find_for_terminals(tx, context).await?.ok_or_else(|| {
        ServiceError::input(
            "no_poll",
            "现在没有投票。请等待工作人员建立投票后再试。",
            "There is no poll now. Wait until the commission has created one, then try again.",
        )
    })
}

/// The same, or `None` if there is no poll.
async fn find_for_terminals(
    tx: &mut Connection,
    context: &Context,
) -> Result<Option<polls::Poll>, StoreError> {
    let mut editions = editions::list(tx, &context.county).await?;
    editions.sort_unstable_by_key(|edition| std::cmp::Reverse(edition.year));
    let mut polls = Vec::new();
    for edition in &editions {
        polls.extend(find_working(tx, context, &edition.id).await?);
    }
    let running = polls.iter().position(rehearsal::is_running);
    let unfinished = || polls.iter().position(|poll| poll.state != PollState::Revealed).unwrap_or(0);
    Ok(polls.get(running.unwrap_or_else(unfinished)).cloned())
}

/// Whether the terminals in the hall take part in a rehearsal.
pub async fn is_hall_rehearsing(context: &Context) -> Result<bool, StoreError> {
    let mut tx = context.db.read().await?;
    Ok(find_for_terminals(&mut tx, context).await?.is_some_and(|poll| rehearsal::is_running(&poll)))
}

/// What may be shown before the reveal: how many ballots of how many people. Cards say nothing about it: spare ones are
/// made and never handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turnout {
    /// Ballots stored.
    pub ballots: u32,
    /// People checked in; none while no desk has been opened.
    pub present: Option<u32>,
}

/// The turnout of a poll.
pub async fn turnout(tx: &mut Connection, context: &Context, poll: &PollId) -> Result<Turnout, StoreError> {
    let ballots = ballots::count(tx, &context.county, poll).await?;
    let desks = attendance::list_desks(tx, &context.county, poll).await?;
    if desks.is_empty() {
        return Ok(Turnout { ballots, present: None });
    }
    let present = attendance::list(tx, &context.county, poll).await?.len();
    Ok(Turnout { ballots, present: Some(u32::try_from(present).unwrap_or(u32::MAX)) })
}

/// Moves the poll on and writes the log, with the number of ballots unless people are voting.
async fn move_poll(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    poll: &polls::Poll,
    to: PollState,
) -> Result<(), ServiceError> {
    move_poll_for(tx, context, actor, poll, to, None).await
}

/// The same, with a reason that somebody gave.
pub(crate) async fn move_poll_for(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    poll: &polls::Poll,
    to: PollState,
    reason: Option<String>,
) -> Result<(), ServiceError> {
    polls::set_state(tx, &context.county, &poll.id, poll.state, to).await?;
    let ballots = match to {
        PollState::Paused | PollState::Closing => None,
        PollState::Open if poll.state == PollState::Paused => None,
        _ => Some(ballots::count(tx, &context.county, &poll.id).await?),
    };
    let event = LogEvent::PollMoved { poll: poll.id.clone(), from: poll.state, to, ballots, reason };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok(())
}

/// A text that must be there in this state of the poll.
fn present(text: Option<String>, what: &'static str) -> Result<String, ServiceError> {
    text.ok_or_else(|| ServiceError::contradiction(format!("the poll has no {what}")))
}

/// Runs heavy computing away from the tasks that answer requests.
async fn compute<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ServiceError> {
    tokio::task::spawn_blocking(work).await.map_err(ServiceError::contradiction)?
}
