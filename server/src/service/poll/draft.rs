//! Sealed drafts: what booths keep here until their ballots come. Never logged, and no row tells when or where it was written.

use belenios::text::Uuid;
use evaluation::wire::{
    DraftDrop, DraftLocator, DraftQuery, DraftReport, DraftSave, problem, sealed_draft_size,
};

use super::booths::load_named;
use super::polls::Poll;
use crate::domain::PollState;
use crate::service::{Context, ServiceError};
use crate::store::{Connection, StoreError, credentials, drafts, offices};

/// The draft of this name, if there is one.
pub async fn find(context: &Context, query: &DraftQuery) -> Result<DraftReport, ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = load_named(&mut tx, context, &query.poll).await?;
    Ok(DraftReport { sealed: drafts::find(&mut tx, &context.county, &poll.id, query.locator).await? })
}

/// Stores a draft in place of an earlier one: while people vote, of the one size of this poll, no more than there are cards.
pub async fn save(context: &Context, sent: &DraftSave) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let poll = load_voting(&mut tx, context, &sent.poll).await?;
    let offices = offices::count(&mut tx, &context.county, &poll.edition).await?;
    let offices = usize::try_from(offices).map_err(ServiceError::contradiction)?;
    if sent.sealed.as_bytes().len() != sealed_draft_size(offices) {
        return Err(ServiceError::input(
            problem::DRAFT_INVALID,
            "草稿的长度不符，没有保存。投票机与服务器的版本可能不同。",
            "The draft has not the size of this poll; it was not stored. Booth and server may be of different versions.",
        ));
    }
    let known = drafts::find(&mut tx, &context.county, &poll.id, sent.locator).await?.is_some();
    if !known && is_full(&mut tx, context, &poll).await? {
        return Err(ServiceError::input(
            problem::DRAFTS_FULL,
            "草稿已经和卡一样多，没有保存。请报告管理员。",
            "There are as many drafts as cards; this one was not stored. Tell the administrator.",
        ));
    }
    drafts::save(&mut tx, &context.county, &poll.id, sent.locator, &sent.sealed).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Drops a draft; one that is not there is fine.
pub async fn discard(context: &Context, sent: &DraftDrop) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let poll = load_named(&mut tx, context, &sent.poll).await?;
    go_with_ballot(&mut tx, context, &poll, Some(sent.locator)).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// In the ballot's transaction: its draft is not needed any more.
pub(super) async fn go_with_ballot(
    tx: &mut Connection,
    context: &Context,
    poll: &Poll,
    locator: Option<DraftLocator>,
) -> Result<(), StoreError> {
    match locator {
        Some(locator) => drafts::delete(tx, &context.county, &poll.id, locator).await,
        None => Ok(()),
    }
}

async fn is_full(tx: &mut Connection, context: &Context, poll: &Poll) -> Result<bool, StoreError> {
    let cards = credentials::count(tx, &context.county, &poll.id).await?.registered;
    Ok(drafts::count(tx, &context.county, &poll.id).await? >= cards)
}

/// The poll that the booth names, while people vote in it; a pause ends soon.
async fn load_voting(tx: &mut Connection, context: &Context, named: &Uuid) -> Result<Poll, ServiceError> {
    let poll = load_named(tx, context, named).await?;
    if matches!(poll.state, PollState::Open | PollState::Paused | PollState::Closing) {
        return Ok(poll);
    }
    Err(ServiceError::input(
        problem::POLL_NOT_OPEN,
        format!("投票现在（{}）不保存草稿。", poll.state.zh()),
        format!("No drafts are stored now ({}).", poll.state.en()),
    ))
}
