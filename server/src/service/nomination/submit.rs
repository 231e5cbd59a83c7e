//! What a person without an account can do: send a nomination, look it up by its code, correct a returned one.
//!
//! Whether somebody is nominated already is told to nobody: a repeated nomination is taken, and the review sees it.

use super::{FormProblem, FormToken, LookupCode, NominationForm};
use crate::domain::nomination::NominationStepError;
use crate::domain::{Actor, EditionState, InTwoLanguages, LogEvent, NominationId, NominationState};
use crate::service::edition::load_rules;
use crate::service::public::today;
use crate::service::{Context, ServiceError, log};
use crate::store::editions::{self, Edition};
use crate::store::nominations::{self, Entry, Nomination};
use crate::store::{Connection, StoreError, pool};

/// Why a form was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// Some fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Fields(Vec<FormProblem>),
    /// Nothing can be sent now, or something failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for SubmitError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// What the holder of a code may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Where the review stands.
    pub state: NominationState,
    /// Why it was returned or rejected.
    pub reason: Option<String>,
    /// What was entered, apart from who it is.
    pub entry: Entry,
    /// The name as it is published.
    pub masked_name: Option<String>,
    /// The id in the pool, once it is locked.
    pub member_id: Option<String>,
    /// Whether a correction can be sent.
    pub can_correct: bool,
}

/// The edition that takes nominations now: the latest one, while its pool is open and no ready-made list is there.
pub async fn find_open(context: &Context) -> Result<Option<Edition>, ServiceError> {
    let mut tx = context.db.read().await?;
    open_edition(&mut tx, context).await
}

/// Takes a nomination and answers the code to look it up. The same copy of the form sent twice is taken once.
///
/// # Errors
/// [`SubmitError::Fields`] with everything that is wrong.
pub async fn submit(
    context: &Context,
    token: &FormToken,
    form: &NominationForm,
) -> Result<LookupCode, SubmitError> {
    let mut tx = context.db.write().await?;
    let edition = open_edition(&mut tx, context).await?.ok_or_else(closed)?;
    let checked = form.check(&load_rules(&edition)?, today(context));
    let (entry, identity) = checked.map_err(SubmitError::Fields)?;
    let code = token.code();
    if let Some(earlier) =
        nominations::find_by_code(&mut tx, &context.county, &edition.id, &code.hash()).await?
    {
        let same = earlier.entry == entry && earlier.identity == Some(identity);
        return if same { Ok(code) } else { Err(sent_already().into()) };
    }
    let new = Nomination {
        id: NominationId::generate(&mut context.rng()),
        entry,
        state: NominationState::Waiting,
        reason: None,
        version: 1,
        member_id: None,
        received_at: context.now(),
        decided_by: None,
        decided_at: None,
        identity: Some(identity),
    };
    nominations::insert(&mut tx, &context.county, &edition.id, &new, Some(&code.hash())).await?;
    received(&mut tx, context, &edition, &new).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(code)
}

/// What the code leads to in the latest edition; nothing if it leads nowhere.
pub async fn look_up(context: &Context, code: &LookupCode) -> Result<Option<Status>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(edition) = latest(&mut tx, context).await? else { return Ok(None) };
    let found = nominations::find_by_code(&mut tx, &context.county, &edition.id, &code.hash()).await?;
    let locked = edition.state > EditionState::PoolOpen;
    Ok(found.map(|nomination| Status {
        masked_name: nomination.identity.as_ref().map(|identity| identity.name.masked()),
        member_id: nomination
            .member_id
            .filter(|_| locked && nomination.state == NominationState::Approved)
            .map(|id| id.to_string()),
        can_correct: edition.state.is_pool_open() && nomination.state == NominationState::Returned,
        state: nomination.state,
        reason: nomination.reason,
        entry: nomination.entry,
    }))
}

/// Replaces a returned nomination by the corrected one; it waits for the review again.
///
/// # Errors
/// [`SubmitError::Fields`] with everything that is wrong.
pub async fn correct(context: &Context, code: &LookupCode, form: &NominationForm) -> Result<(), SubmitError> {
    let mut tx = context.db.write().await?;
    let edition = open_edition(&mut tx, context).await?.ok_or_else(closed)?;
    let found = nominations::find_by_code(&mut tx, &context.county, &edition.id, &code.hash()).await?;
    let nomination = found.ok_or(ServiceError::NotFound("nomination"))?;
    nomination.state.correct().map_err(not_returned)?;
    let checked = form.check(&load_rules(&edition)?, today(context));
    let (entry, identity) = checked.map_err(SubmitError::Fields)?;
    let key = (&nomination.id, nomination.version);
    nominations::correct(&mut tx, &context.county, &edition.id, key, &entry, &identity).await?;
    received(&mut tx, context, &edition, &Nomination { entry, ..nomination.clone() }).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

async fn received(
    tx: &mut Connection,
    context: &Context,
    edition: &Edition,
    nomination: &Nomination,
) -> Result<(), ServiceError> {
    let event = LogEvent::NominationReceived {
        edition: edition.id.clone(),
        nomination: nomination.id.clone(),
        source: nomination.entry.source,
    };
    log::append(tx, &context.county, context.now(), &Actor::System, &event).await?;
    Ok(())
}

async fn latest(tx: &mut Connection, context: &Context) -> Result<Option<Edition>, ServiceError> {
    Ok(editions::list(tx, &context.county)
        .await?
        .into_iter()
        .find(|edition| edition.state != EditionState::Draft))
}

async fn open_edition(tx: &mut Connection, context: &Context) -> Result<Option<Edition>, ServiceError> {
    let Some(edition) = latest(tx, context).await? else { return Ok(None) };
    let ready_made: u32 = pool::count_halves(tx, &context.county, &edition.id).await?.iter().sum();
    Ok(Some(edition).filter(|edition| edition.state.is_pool_open() && ready_made == 0))
}

fn closed() -> ServiceError {
    ServiceError::input(
        "nominations_closed",
        "现在不接受提名：征集尚未开始或已经结束。您填写的内容没有提交。",
        "No nominations are taken now: it has not begun, or it is over. What you typed was not sent.",
    )
}

fn sent_already() -> ServiceError {
    ServiceError::input(
        "form_sent_already",
        "这一份表已经提交过，后来改动的内容没有提交。要另提一人，请重新打开空白表。",
        "This copy of the form was sent already; what you changed since was not. Open a new form for another person.",
    )
}

fn not_returned(error: NominationStepError) -> ServiceError {
    let zh = "这份提名没有被退回，不能更正。请重新查询它的状态。";
    ServiceError::input("nomination_not_returned", zh, InTwoLanguages::en(&error))
}
