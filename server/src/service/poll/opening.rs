//! Opening with a zero report from the stored rows, pausing and resuming.

use super::{Context, ServiceError, ballots, credentials, move_poll, polls, rehearsal};
use crate::domain::poll::{BallotBox, PollStepError};
use crate::domain::{Actor, PollId, PollState};
use crate::store::{Connection, StoreError};

/// What the stored rows say: the zero report at opening, the counts at the reconciliation.
pub async fn count_rows(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
) -> Result<BallotBox, StoreError> {
    let count = credentials::count(tx, &context.county, &poll.id).await?;
    Ok(BallotBox {
        cards: poll.cards,
        credentials: count.registered,
        spent: count.spent,
        ballots: ballots::count(tx, &context.county, &poll.id).await?,
    })
}

/// Opens the poll. Called with the confirmed act, in its transaction.
pub async fn open(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    id: &PollId,
) -> Result<(), ServiceError> {
    let poll = polls::load(tx, &context.county, id).await?;
    rehearsal::must_not_run(tx, context, &poll).await?;
    let to = poll.state.open(count_rows(tx, context, &poll).await?)?;
    polls::set_opened_at(tx, &context.county, id, context.now()).await?;
    move_poll(tx, context, actor, &poll, to).await
}

/// Pauses or resumes the poll.
pub async fn change_pace(
    context: &Context,
    actor: &Actor,
    id: &PollId,
    step: fn(PollState) -> Result<PollState, PollStepError>,
) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let poll = polls::load(&mut tx, &context.county, id).await?;
    let to = step(poll.state)?;
    move_poll(&mut tx, context, actor, &poll, to).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}
