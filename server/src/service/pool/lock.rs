//! The lock of the pool, an act of two people.
//!
//! With the proposal the approved people get their ids, in random order, and their salts; what the second person confirms
//! is the SHA-256 of the `pool.tsv` made of them. If anything has changed in between, the hash is another one and nothing
//! is locked.

use evaluation::hash::Sha256Hash;
use evaluation::pool::identity::{DrawId, Salt};
use evaluation::pool::nomination::{Nominee, anchored_pool, member_ids};
use evaluation::pool::{Category, MemberId, Pool};
use evaluation::rules::{Half, Rules};
use serde::{Deserialize, Serialize};

use super::{Context, ServiceError, count, insert_members, load_open, load_pool};
use crate::domain::edition::PoolFacts;
use crate::domain::{Actor, EditionId, EditionState, LogEvent, NominationState};
use crate::service::edition::{load_rules, move_to};
use crate::service::log;
use crate::store::nominations::{self, Nomination};
use crate::store::{Connection, pool};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockRequest {
    /// The edition.
    pub edition: EditionId,
    /// The draw id inside the anchors; none for [`default_draw_id`].
    pub draw_id: Option<DrawId>,
}

/// What the second person confirms. The payload of the act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolLock {
    /// The edition.
    pub edition: EditionId,
    /// The draw id inside the anchors; a ready-made pool has none.
    pub draw_id: Option<DrawId>,
    /// The SHA-256 of `pool.tsv`.
    pub pool: Sha256Hash,
}

/// The draw id that is proposed: the name of the rules, and 1.
pub fn default_draw_id(rules: &Rules) -> Result<DrawId, ServiceError> {
    format!("{}-1", rules.name).parse().map_err(ServiceError::contradiction)
}

/// Gives ids and salts, and answers what is to be confirmed.
pub async fn prepare(
    tx: &mut Connection,
    context: &Context,
    request: &LockRequest,
) -> Result<PoolLock, ServiceError> {
    let id = &request.edition;
    let edition = load_open(tx, context, id).await?;
    let rules = load_rules(&edition)?;
    let ready_made = load_pool(tx, context, id).await?;
    if !ready_made.members().is_empty() {
        check(edition.state, &rules, &ready_made)?;
        return Ok(PoolLock { edition: id.clone(), draw_id: None, pool: ready_made.hash() });
    }
    let draw_id = request.draw_id.clone().map_or_else(|| default_draw_id(&rules), Ok)?;
    nominations::clear_members(tx, &context.county, id).await?;
    let approved = load_approved(tx, context, id).await?;
    let ids = member_ids(approved.len(), &mut context.rng());
    for (nomination, member) in approved.iter().zip(&ids) {
        let salt = Salt::generate(&mut context.rng());
        nominations::set_member(tx, &context.county, id, &nomination.id, member, &salt).await?;
    }
    let pool = load_anchored(tx, context, id, (&rules, &draw_id)).await?;
    check(edition.state, &rules, &pool)?;
    Ok(PoolLock { edition: id.clone(), draw_id: Some(draw_id), pool: pool.hash() })
}

/// Locks exactly what was proposed. Called with the confirmed act, in its transaction.
pub async fn lock(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    proposed: &PoolLock,
) -> Result<(), ServiceError> {
    let id = &proposed.edition;
    let edition = load_open(tx, context, id).await?;
    let rules = load_rules(&edition)?;
    let ready_made = load_pool(tx, context, id).await?;
    let pool = match &proposed.draw_id {
        None => ready_made,
        Some(_) if !ready_made.members().is_empty() => return Err(changed()),
        Some(draw_id) => load_anchored(tx, context, id, (&rules, draw_id)).await?,
    };
    if pool.hash() != proposed.pool {
        return Err(changed());
    }
    let to = check(edition.state, &rules, &pool)?;
    if proposed.draw_id.is_some() {
        insert_members(tx, context, id, &pool).await?;
    }
    let draw_id = proposed.draw_id.as_ref().map(ToString::to_string);
    let row = pool::Lock { draw_id: draw_id.clone(), pool: pool.to_tsv(), locked_at: context.now() };
    pool::insert_lock(tx, &context.county, id, &row).await?;
    let members = count(pool.members().len());
    let event = LogEvent::PoolLocked { edition: id.clone(), members, pool: pool.hash(), draw_id };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    move_to(tx, context, actor, &edition, to).await
}

async fn load_approved(
    tx: &mut Connection,
    context: &Context,
    id: &EditionId,
) -> Result<Vec<Nomination>, ServiceError> {
    let mut all = nominations::list(tx, &context.county, id).await?;
    all.retain(|nomination| nomination.state == NominationState::Approved);
    Ok(all)
}

/// The pool of the approved people with the ids and salts that they have. Who was approved after the proposal has none,
/// which is a change.
async fn load_anchored(
    tx: &mut Connection,
    context: &Context,
    id: &EditionId,
    (rules, draw_id): (&Rules, &DrawId),
) -> Result<Pool, ServiceError> {
    let approved = load_approved(tx, context, id).await?;
    let people: Option<Vec<(MemberId, Nominee)>> = approved.into_iter().map(nominee).collect();
    let people = people.ok_or_else(changed)?;
    let features = (rules.pool.features.as_slice(), rules.year);
    let pool = anchored_pool(draw_id, features, people.iter().map(|(member, nominee)| (member, nominee)));
    // What verifiers will read is what is made here.
    Pool::from_tsv(pool.to_tsv().as_bytes()).map_err(|error| ServiceError::contradiction(error.en()))
}

fn nominee(nomination: Nomination) -> Option<(MemberId, Nominee)> {
    let identity = nomination.identity?;
    let category = Category::new(&nomination.entry.category)?;
    let (half, name, id_card) = (nomination.entry.half, identity.name, identity.id_card);
    Some((nomination.member_id?, Nominee { half, category, name, id_card, salt: identity.salt? }))
}

fn check(state: EditionState, rules: &Rules, pool: &Pool) -> Result<EditionState, ServiceError> {
    let sizes = pool.sizes();
    Ok(state.lock_pool(PoolFacts {
        members: count(pool.members().len()),
        required: count(rules.pool.size),
        halves: Half::ALL.map(|half| count(*sizes.of(half))),
        seats: Half::ALL.map(|half| count(rules.pool.halves.of(half).take)),
    })?)
}

fn changed() -> ServiceError {
    ServiceError::input(
        "pool_changed",
        "提出锁定之后，人员库有了变动（有人被审核、更正或名单被替换）。没有锁定，请核对后重新提出。",
        "The pool has changed since the lock was proposed (somebody was reviewed or corrected, or the list was replaced). It was not locked; check it and propose again.",
    )
}
