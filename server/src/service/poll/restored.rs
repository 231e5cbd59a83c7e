//! A poll that was restored from a backup: it is paused until every booth has delivered once more whatever it had delivered before
//! (design, a ballot's way), and goes on when two people have seen which booths have not.

use evaluation::hash::Sha256Hash;

use super::{move_poll_for, polls};
use crate::domain::{Actor, PollId, PollState, TerminalId};
use crate::domain::{RestoredFrom, poll::PollStepError};
use crate::service::{Context, ServiceError};
use crate::store::{Connection, booths};

/// Why a restored poll is paused; shown on the screen and the public site.
const PAUSED: &str = "恢复备份 · restored from a backup";

/// Why it goes on; written to the log.
const RESUMED: &str = "恢复备份后两人核对，继续投票 · two people resumed it after the restoration";

/// A poll that goes on from a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The backup.
    pub from: RestoredFrom,
    /// The labels of the booths that take part and have not delivered everything once more.
    pub missing: Vec<String>,
}

/// Marks every poll in which people vote, or whose ballots are being collected: an open one is paused, a paused one cannot be
/// resumed by one person, and every booth of one that was closing has to say anew that it has finished.
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
        polls::set_restored_from(tx, county, &poll.id, Some(from)).await?;
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
    let from = load(tx, context, id).await?;
    let poll = polls::load(tx, &context.county, id).await?;
    let missing = list_missing(tx, context, &poll.id, from.head).await?;
    let reason = if missing.is_empty() {
        RESUMED.to_owned()
    } else {
        format!("{RESUMED} · 没有重新送票 not heard again: {}", missing.join("、"))
    };
    let to = poll.state.resume()?;
    polls::set_restored_from(tx, &context.county, id, None).await?;
    polls::set_pace_reason(tx, &context.county, id, &reason).await?;
    move_poll_for(tx, context, actor, &poll, to, Some(reason)).await
}

/// What is known of the restoration, as long as ballots of before can be missing.
pub(in crate::service) async fn find(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
) -> Result<Option<Restored>, ServiceError> {
    let Some(from) = find_backup(tx, context, poll).await? else { return Ok(None) };
    let missing = list_missing(tx, context, &poll.id, from.head).await?;
    Ok(Some(Restored { from, missing }))
}

/// The backup after which this booth has to deliver everything once more, named by the head of its log.
pub(super) async fn find_owed(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
    booth: &TerminalId,
) -> Result<Option<Sha256Hash>, ServiceError> {
    let backup = find_backup(tx, context, poll).await?.map(|from| from.head);
    Ok(backup.filter(|backup| !context.terminals.has_redelivered(booth, *backup)))
}

/// Whether ballots from before the restoration are taken although the poll is paused. No booth begins or casts meanwhile.
pub(super) async fn takes_old_ballots(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
) -> Result<bool, ServiceError> {
    Ok(find_backup(tx, context, poll).await?.is_some())
}

/// The backup that a poll continues from, while ballots of before can be missing.
async fn find_backup(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
) -> Result<Option<RestoredFrom>, ServiceError> {
    if !matches!(poll.state, PollState::Paused | PollState::Closing) {
        return Ok(None);
    }
    Ok(polls::find_restored_from(tx, &context.county, &poll.id).await?)
}

async fn list_missing(
    tx: &mut Connection,
    context: &Context,
    id: &PollId,
    backup: Sha256Hash,
) -> Result<Vec<String>, ServiceError> {
    let booths = booths::list(tx, &context.county, id).await?.into_iter();
    let missing = booths.filter(|booth| !context.terminals.has_redelivered(&booth.terminal, backup));
    Ok(missing.map(|booth| booth.name).collect())
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
