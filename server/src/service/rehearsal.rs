//! Rehearsals 演练: a whole poll with keys and cards of its own, any number of times, until the real one opens.
//!
//! While a rehearsal runs, all terminals and the pages of the poll work with it. It runs until somebody ends it, or until
//! the real poll is created. That it is a rehearsal stands in its election's description: it can never be merged with the
//! real poll, and a publication made of it is refused by everybody's verification.

use evaluation::deck::{self, Checked};

use super::edition::load_rules;
use super::poll::insert_poll;
use super::poll::reveal::load_result;
use super::{Context, ServiceError, log};
use crate::domain::{Actor, EditionId, EditionState, LogEvent, PollId, PollState, Purpose};
use crate::store::polls::{self, Poll};
use crate::store::{Connection, StoreError, drafts, editions, offices};

/// As many cards as a test deck at every booth of a large hall can need.
pub const MOST_CARDS: u32 = 1_000;

/// Creates a rehearsal, in which from now on all terminals take part.
pub async fn create(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    cards: u32,
    trustee_names: &[String],
) -> Result<PollId, ServiceError> {
    let mut tx = context.db.write().await?;
    let edition = editions::load(&mut tx, &context.county, id).await?;
    must_be_in_stage(&edition)?;
    if !(1..=MOST_CARDS).contains(&cards) {
        return Err(ServiceError::input(
            "cards",
            format!("演练用评议卡应为1至{MOST_CARDS}张。"),
            format!("The number of cards for the rehearsal must be 1 to {MOST_CARDS}."),
        ));
    }
    must_be_idle(&mut tx, context).await?;
    let poll =
        insert_poll(&mut tx, context, actor, &edition, Purpose::Rehearsal, cards, trustee_names).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(poll)
}

/// Whether a rehearsal of this edition can begin now.
///
/// # Errors
///
/// [`ServiceError::Input`] with the reason, if none can.
pub async fn check(context: &Context, edition: &editions::Edition) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    must_be_in_stage(edition)?;
    must_be_idle(&mut tx, context).await
}

fn must_be_in_stage(edition: &editions::Edition) -> Result<(), ServiceError> {
    if is_possible_in(edition.state) {
        return Ok(());
    }
    Err(ServiceError::input(
        "rehearsal_stage",
        "抽取代表之后、公布结果之前才能演练：选举里写有股室名单和抽取结果。",
        "A rehearsal is possible once the representatives are drawn and until the result is published: the election names the offices and the draw.",
    ))
}

/// Offices, rules and draw are final, and there is no result yet.
const fn is_possible_in(state: EditionState) -> bool {
    matches!(state, EditionState::Drawn | EditionState::StatementsPublished | EditionState::Poll)
}

/// No rehearsal runs, and no real poll is open or waits for its result: the terminals are free.
async fn must_be_idle(tx: &mut Connection, context: &Context) -> Result<(), ServiceError> {
    for edition in editions::list(tx, &context.county).await? {
        for poll in polls::list(tx, &context.county, &edition.id).await? {
            if is_running(&poll) {
                return Err(ServiceError::input(
                    "rehearsal_running",
                    "已有一次演练正在进行，请先结束它。",
                    "A rehearsal is running already. End it first.",
                ));
            }
            let under_way = poll.state >= PollState::Open && poll.state != PollState::Revealed;
            if poll.purpose == Purpose::Real && under_way {
                return Err(ServiceError::input(
                    "poll_under_way",
                    "正式投票已经开启，揭晓之前不能演练。",
                    "The real poll is open; there is no rehearsal until its result is revealed.",
                ));
            }
        }
    }
    Ok(())
}

/// Whether this is a rehearsal that has not ended.
#[must_use]
pub fn is_running(poll: &Poll) -> bool {
    poll.purpose == Purpose::Rehearsal && poll.ended_at.is_none()
}

/// The rehearsal of the edition that is running.
pub async fn find_running(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
) -> Result<Option<Poll>, StoreError> {
    let all = polls::list(tx, &context.county, edition).await?;
    Ok(all.into_iter().find(is_running))
}

/// A real poll opens only when no rehearsal runs: the terminals would stay with the rehearsal.
pub async fn must_not_run(tx: &mut Connection, context: &Context, poll: &Poll) -> Result<(), ServiceError> {
    if poll.purpose == Purpose::Real && find_running(tx, context, &poll.edition).await?.is_some() {
        return Err(ServiceError::input(
            "rehearsal_running",
            "演练还没有结束，各终端仍在演练中。请先结束演练，再开启正式投票。",
            "A rehearsal is still running and the terminals are taking part in it. End it, then open the real poll.",
        ));
    }
    Ok(())
}

/// Ends a rehearsal, in whatever state it is. What it brought stays readable.
pub async fn end(context: &Context, actor: &Actor, id: &PollId) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let poll = polls::load(&mut tx, &context.county, id).await?;
    if !is_running(&poll) {
        return Err(ServiceError::input(
            "no_rehearsal",
            "现在没有演练在进行，未作任何更改。",
            "No rehearsal is running; nothing was changed.",
        ));
    }
    set_ended(&mut tx, context, actor, &poll).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Ends the rehearsal that runs in an edition, if any: its real poll is being created.
pub(super) async fn end_running(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    edition: &EditionId,
) -> Result<(), ServiceError> {
    match find_running(tx, context, edition).await? {
        Some(poll) => set_ended(tx, context, actor, &poll).await,
        None => Ok(()),
    }
}

async fn set_ended(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    poll: &Poll,
) -> Result<(), ServiceError> {
    polls::set_ended_at(tx, &context.county, &poll.id, context.now()).await?;
    // It may end before its box is sealed.
    drafts::delete_all(tx, &context.county, &poll.id).await?;
    let event = LogEvent::RehearsalEnded { poll: poll.id.clone() };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok(())
}

/// All rehearsals of an edition: a running one first, then the latest.
pub async fn list(context: &Context, edition: &EditionId) -> Result<Vec<Poll>, ServiceError> {
    let mut tx = context.db.read().await?;
    let mut all = polls::list(&mut tx, &context.county, edition).await?;
    all.retain(|poll| poll.purpose == Purpose::Rehearsal);
    all.sort_by_key(|poll| (poll.ended_at.is_some(), std::cmp::Reverse(poll.ended_at)));
    Ok(all)
}

/// What the test deck says of a rehearsal's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Ballots of one deck.
    pub deck: usize,
    /// Ballots counted.
    pub ballots: usize,
    /// Each office: what the decks are known to give, and what was counted.
    pub offices: Vec<Checked>,
}

impl Verdict {
    /// How many decks the ballots are, if they are whole decks and at least one.
    #[must_use]
    pub fn decks(&self) -> Option<usize> {
        let decks = self.ballots.checked_div(self.deck)?;
        (decks > 0 && self.ballots.checked_rem(self.deck) == Some(0)).then_some(decks)
    }

    /// Whether every office has exactly what the decks give.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.decks().is_some() && self.offices.iter().all(Checked::is_right)
    }
}

/// Compares the result of a rehearsal with the known answer of the test deck; none before the tally.
pub async fn verdict(context: &Context, id: &PollId) -> Result<Option<Verdict>, ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = polls::load(&mut tx, &context.county, id).await?;
    if poll.purpose != Purpose::Rehearsal || !poll.state.has_result() {
        return Ok(None);
    }
    let edition = editions::load(&mut tx, &context.county, &poll.edition).await?;
    let answers = load_rules(&edition)?.answers();
    let count = offices::count(&mut tx, &context.county, &edition.id).await?;
    let count = usize::try_from(count).map_err(ServiceError::contradiction)?;
    let result = load_result(&mut tx, context, id).await?;
    let ballots = result.result.first().map_or(0, |answers| answers.iter().sum::<u64>());
    let ballots = usize::try_from(ballots).map_err(ServiceError::contradiction)?;
    let deck = deck::deck(count, answers).len();
    let decks = ballots.checked_div(deck).unwrap_or(0);
    Ok(Some(Verdict { deck, ballots, offices: deck::check(decks, answers, &result.result) }))
}

#[cfg(test)]
mod tests;
