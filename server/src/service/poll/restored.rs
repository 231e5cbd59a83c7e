//! A poll that was restored from a backup: it is paused, and goes on only when two people know what may be lost.

use super::{move_poll_for, polls};
use crate::domain::{Actor, PollId, PollState};
use crate::domain::{RestoredFrom, poll::PollStepError};
use crate::service::{Context, ServiceError};
use crate::store::{Connection, booths};

/// Why a restored poll is paused; shown on the screen and the public site.
const PAUSED: &str = "恢复备份 · restored from a backup";

/// Why it goes on; written to the log.
const RESUMED: &str = "恢复备份后两人核对，继续投票 · two people resumed it after the restoration";

/// Marks every poll in which people vote, or whose ballots are being collected: an open one is paused, a paused one cannot be
/// resumed by one person, and every booth has to say anew that it has finished.
pub(crate) async fn mark(
    tx: &mut Connection,
    context: &Context,
    from: &RestoredFrom,
) -> Result<(), ServiceError> {
    let county = &context.county;
    for poll in polls::list_in_state(tx, county, PollState::Open).await? {
        let to = poll.state.pause()?;
        polls::set_pace_reason(tx, county, &poll.id, PAUSED).await?;
        move_poll_for(tx, context, &Actor::System, &poll, to, Some(PAUSED.to_owned())).await?;
    }
    for poll in polls::list_in_state(tx, county, PollState::Paused).await? {
        polls::set_restored_from(tx, county, &poll.id, Some(from)).await?;
    }
    for poll in polls::list_in_state(tx, county, PollState::Closing).await? {
        booths::clear_finished(tx, county, &poll.id).await?;
    }
    Ok(())
}

/// Whether there is anything to resume.
pub async fn check(context: &Context, id: &PollId) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    load(&mut tx, context, id).await?;
    Ok(())
}

/// Lets the poll go on. Called with the confirmed act, in its transaction.
pub async fn resume(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    id: &PollId,
) -> Result<(), ServiceError> {
    load(tx, context, id).await?;
    let poll = polls::load(tx, &context.county, id).await?;
    let to = poll.state.resume()?;
    polls::set_restored_from(tx, &context.county, id, None).await?;
    polls::set_pace_reason(tx, &context.county, id, RESUMED).await?;
    move_poll_for(tx, context, actor, &poll, to, Some(RESUMED.to_owned())).await
}

/// One person may end any other pause, not this one.
pub(super) async fn refuse_one_person(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
) -> Result<(), ServiceError> {
    if poll.state != PollState::Paused
        || polls::find_restored_from(tx, &context.county, &poll.id).await?.is_none()
    {
        return Ok(());
    }
    Err(ServiceError::input(
        "restored",
        "投票是从备份恢复的，可能缺少备份之后的选票。继续投票须由创建办或主持人提出、监督员确认。没有更改。",
        "This poll was restored from a backup and may lack ballots. The commission or the chair proposes to resume it and the supervisor confirms. Nothing was changed.",
    ))
}

async fn load(tx: &mut Connection, context: &Context, id: &PollId) -> Result<RestoredFrom, ServiceError> {
    let poll = polls::load(tx, &context.county, id).await?;
    if poll.state != PollState::Paused {
        return Err(PollStepError::WrongState { found: poll.state }.into());
    }
    polls::find_restored_from(tx, &context.county, id).await?.ok_or_else(|| {
        ServiceError::input(
            "not_restored",
            "投票不是从备份恢复的，由一人写明原因即可继续。",
            "This poll was not restored from a backup; one person may resume it, with a reason.",
        )
    })
}
