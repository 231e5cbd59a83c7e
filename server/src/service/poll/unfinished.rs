//! 已签到未完成: how many people hold a card and have neither cast a ballot nor given the card back. A count and nothing else: who they are
//! is on the person side, which cards on the ballot side, and nothing joins the two.

use evaluation::wire::VoidKind;

use super::find_for_terminals;
use crate::domain::PollState;
use crate::service::{Context, ServiceError, check_in};
use crate::store::{attendance::list_desks, ballots, void_cards};

/// The count while people vote; none at other times, without a poll, and where no check-in desk counts cards.
pub async fn count(context: &Context) -> Result<Option<u32>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(poll) = find_for_terminals(&mut tx, context).await? else { return Ok(None) };
    let votes = matches!(poll.state, PollState::Open | PollState::Paused | PollState::Closing);
    let county = &context.county;
    if !votes || list_desks(&mut tx, county, &poll.id).await?.is_empty() {
        return Ok(None);
    }
    let handed_out = check_in::counts(&mut tx, context, &poll.edition, poll.purpose).await?.handed_out;
    let cast = ballots::count(&mut tx, county, &poll.id).await?;
    // Spare and audit cards were never handed out to a person.
    let void = void_cards::list(&mut tx, county, &poll.id).await?;
    let void = void.iter().filter(|card| matches!(card.kind, VoidKind::Damaged | VoidKind::Returned)).count();
    let void = u32::try_from(void).unwrap_or(u32::MAX);
    Ok(Some(handed_out.saturating_sub(cast).saturating_sub(void)))
}
