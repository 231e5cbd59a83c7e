//! Opening with a zero report from the stored rows, pausing and resuming.

use evaluation::publication::closing::ZeroReport;

use super::cards::setup_hash;
use super::{Context, ServiceError, ballots, move_poll, move_poll_for, polls, rehearsal, restored};
use crate::domain::poll::{BallotBox, PollStepError};
use crate::domain::{Actor, PollId, PollState};
use crate::service::log;
use crate::store::polls::PollText;
use crate::store::{Connection, StoreError, credentials};

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
        void: count.void,
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
    let (poll, found, to) = check(tx, context, id).await?;
    let report = zero_report(tx, context, &poll, found).await?;
    let report = serde_json::to_string(&report).map_err(ServiceError::contradiction)?;
    polls::set_text(tx, &context.county, id, PollText::ZeroReport, &report).await?;
    polls::set_opened_at(tx, &context.county, id, context.now()).await?;
    move_poll(tx, context, actor, &poll, to).await
}

/// The zero report 零票报告, from the stored rows and the log as they are in this transaction.
/// The poll, its box and where opening leads, if it can be opened now.
pub(in crate::service) async fn check(
    tx: &mut Connection,
    context: &Context,
    id: &PollId,
) -> Result<(polls::Poll, BallotBox, PollState), ServiceError> {
    let poll = polls::load(tx, &context.county, id).await?;
    rehearsal::must_not_run(tx, context, &poll).await?;
    let found = count_rows(tx, context, &poll).await?;
    let to = poll.state.open(found)?;
    Ok((poll, found, to))
}

async fn zero_report(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
    found: BallotBox,
) -> Result<ZeroReport, ServiceError> {
    let texts = polls::load_texts(tx, &context.county, &poll.id).await?;
    let head = log::head(tx, &context.county).await?;
    Ok(ZeroReport {
        setup_event: setup_hash(&texts)?,
        credentials: found.credentials.into(),
        ballots: found.ballots.into(),
        spent: found.spent.into(),
        void: found.void.into(),
        log_entries: head.seq,
        log_head: head.hash,
    })
}

/// The zero report of a poll that has been opened.
pub async fn load_zero_report(
    tx: &mut Connection,
    context: &Context,
    poll: &PollId,
) -> Result<Option<ZeroReport>, ServiceError> {
    let text = polls::load_texts(tx, &context.county, poll).await?.zero_report;
    text.map(|text| serde_json::from_str(&text).map_err(ServiceError::contradiction)).transpose()
}

/// The longest reason for a pause, in characters.
const LONGEST_REASON: usize = 200;

/// Pauses or resumes the poll, for a reason that everybody may read.
pub async fn change_pace(
    context: &Context,
    actor: &Actor,
    id: &PollId,
    step: fn(PollState) -> Result<PollState, PollStepError>,
    reason: &str,
) -> Result<(), ServiceError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(ServiceError::input(
            "reason",
            format!("请写明原因，最多{LONGEST_REASON}字。原因会在大屏和公开网站上显示。"),
            format!(
                "Write down the reason, at most {LONGEST_REASON} characters. It is shown on the screen and the public site."
            ),
        ));
    }
    let mut tx = context.db.write().await?;
    let poll = polls::load(&mut tx, &context.county, id).await?;
    let to = step(poll.state)?;
    restored::refuse_one_person(&mut tx, context, &poll).await?;
    polls::set_pace_reason(&mut tx, &context.county, id, reason).await?;
    move_poll_for(&mut tx, context, actor, &poll, to, Some(reason.to_owned())).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}
