//! The reveal 揭晓, and the ranking that follows from the result.

use belenios::tally::ElectionResult;
use evaluation::decision::Decisions;
use evaluation::publication::write::rank;
use evaluation::ranking::Ranking;
use evaluation::sanction::Sanctions;

use super::{move_poll, polls, present};
use crate::domain::poll::PollStepError;
use crate::domain::{Actor, PollId, PollState, Purpose};
use crate::service::edition::{load_offices, load_rules};
use crate::service::sanction::{load_decisions, load_sanctions};
use crate::service::{Context, ServiceError};
use crate::store::{Connection, editions};

/// Shows the result. Called with the confirmed act, in its transaction. A result is stored only after the strict
/// verifier has accepted the archive with it.
pub async fn reveal(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    id: &PollId,
) -> Result<(), ServiceError> {
    let (poll, to) = check(tx, context, id).await?;
    move_poll(tx, context, actor, &poll, to).await
}

/// The poll, and where revealing leads, if it can be revealed now.
pub(in crate::service) async fn check(
    tx: &mut Connection,
    context: &Context,
    id: &PollId,
) -> Result<(polls::Poll, PollState), ServiceError> {
    let poll = polls::load(tx, &context.county, id).await?;
    let verified = polls::load_texts(tx, &context.county, id).await?.result.is_some();
    let to = poll.state.reveal(verified)?;
    Ok((poll, to))
}

/// The ranking of a revealed poll.
pub async fn load_ranking(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
) -> Result<Ranking, ServiceError> {
    if poll.state != PollState::Revealed {
        return Err(PollStepError::WrongState { found: poll.state }.into());
    }
    let edition = editions::load(tx, &context.county, &poll.edition).await?;
    let offices = load_offices(tx, context, &edition).await?;
    let result = load_result(tx, context, &poll.id).await?;
    let sanctions = load_sanctions_of(tx, context, poll).await?;
    let decisions = match poll.purpose {
        Purpose::Real => load_decisions(tx, context, &edition.id).await?,
        Purpose::Rehearsal => Decisions::default(),
    };
    rank(&load_rules(&edition)?, &offices, &result, &sanctions, &decisions)
        .map_err(ServiceError::contradiction)
}

/// The sanctions that count in a poll: a rehearsal is ranked without any.
pub(in crate::service) async fn load_sanctions_of(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
) -> Result<Sanctions, ServiceError> {
    match poll.purpose {
        Purpose::Real => load_sanctions(tx, context, &poll.edition).await,
        Purpose::Rehearsal => Ok(Sanctions::default()),
    }
}

/// The result as it stands in the archive.
pub(in crate::service) async fn load_result(
    tx: &mut Connection,
    context: &Context,
    poll: &PollId,
) -> Result<ElectionResult, ServiceError> {
    let text = present(polls::load_texts(tx, &context.county, poll).await?.result, "result")?;
    serde_json::from_str(&text).map_err(ServiceError::contradiction)
}
