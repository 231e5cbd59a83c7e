//! The review of nominations by the commission.

use std::collections::BTreeMap;

use crate::domain::nomination::{Decision, NominationStepError};
use crate::domain::{AccountId, Actor, EditionId, LogEvent, NominationId, NominationState};
use crate::service::pool::load_open;
use crate::service::{Context, ServiceError, log};
use crate::store::nominations::{self, Decided, Identity, Nomination};
use crate::store::{Connection, StoreError, accounts};

/// How many nominations stand where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewCount(BTreeMap<NominationState, usize>);

/// Another nomination of what seems to be the same person.
#[derive(Clone, Copy, Debug)]
pub struct Twin<'a> {
    /// The other nomination.
    pub nomination: &'a Nomination,
    /// Whether the ID card numbers agree; else name and phone do.
    pub same_id_card: bool,
}

impl ReviewCount {
    /// How many nominations are in this state.
    #[must_use]
    pub fn of(&self, state: NominationState) -> usize {
        self.0.get(&state).copied().unwrap_or_default()
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }
}

/// All nominations of an edition, in the order of their arrival.
pub async fn list_all(context: &Context, edition: &EditionId) -> Result<Vec<Nomination>, ServiceError> {
    let mut tx = context.db.read().await?;
    Ok(nominations::list(&mut tx, &context.county, edition).await?)
}

/// How many of these nominations stand where.
#[must_use]
pub fn count_states(all: &[Nomination]) -> ReviewCount {
    let mut count = ReviewCount::default();
    for nomination in all {
        let number = count.0.entry(nomination.state).or_default();
        *number = number.saturating_add(1);
    }
    count
}

/// The other nominations of what seems to be the same person: the same ID card number, or the same name and phone.
pub fn twins<'a>(all: &'a [Nomination], one: &'a Nomination) -> impl Iterator<Item = Twin<'a>> {
    all.iter().filter(|other| other.id != one.id).filter_map(|other| {
        let (this, that) = (one.identity.as_ref()?, other.identity.as_ref()?);
        is_same(this, that).then_some(Twin { nomination: other, same_id_card: this.id_card == that.id_card })
    })
}

/// Whether these are the same person, as far as a form can tell.
pub(super) fn is_same(one: &Identity, other: &Identity) -> bool {
    one.id_card == other.id_card || (one.name == other.name && one.phone == other.phone)
}

/// The name of an account's holder, for “decided by”.
pub async fn person_of(context: &Context, id: &AccountId) -> Result<String, ServiceError> {
    let mut tx = context.db.read().await?;
    Ok(accounts::load(&mut tx, &context.county, id).await?.person)
}

/// Decides about a nomination as it was seen in `version`.
///
/// # Errors
/// [`NominationStepError`] if somebody else was faster; a complaint if the same person is approved already.
pub async fn decide(
    context: &Context,
    by: &AccountId,
    edition: &EditionId,
    seen: (&NominationId, u32),
    decision: &Decision,
) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    load_open(&mut tx, context, edition).await?;
    let all = nominations::list(&mut tx, &context.county, edition).await?;
    decide_one(&mut tx, context, by, edition, (&all, seen), decision).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Approves all of these nominations as they were seen, or none.
///
/// # Errors
/// As [`decide`], for the first that cannot be approved.
pub async fn approve_all(
    context: &Context,
    by: &AccountId,
    edition: &EditionId,
    seen: &[(NominationId, u32)],
) -> Result<usize, ServiceError> {
    let mut tx = context.db.write().await?;
    load_open(&mut tx, context, edition).await?;
    let mut all = nominations::list(&mut tx, &context.county, edition).await?;
    for (id, version) in seen {
        decide_one(&mut tx, context, by, edition, (&all, (id, *version)), &Decision::Approve).await?;
        if let Some(approved) = all.iter_mut().find(|nomination| nomination.id == *id) {
            approved.state = NominationState::Approved;
        }
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(seen.len())
}

async fn decide_one(
    tx: &mut Connection,
    context: &Context,
    by: &AccountId,
    edition: &EditionId,
    (all, (id, version)): (&[Nomination], (&NominationId, u32)),
    decision: &Decision,
) -> Result<(), ServiceError> {
    let found = all.iter().find(|nomination| nomination.id == *id);
    let nomination = found.ok_or(ServiceError::NotFound("nomination"))?;
    let to = nomination.state.decide(decision)?;
    if nomination.version != version {
        return Err(NominationStepError::Changed.into());
    }
    if to == NominationState::Approved
        && twins(all, nomination).any(|twin| twin.nomination.state == NominationState::Approved)
    {
        return Err(approved_already(nomination));
    }
    let decided = Decided { to, reason: decision.reason(), by, at: context.now() };
    nominations::decide(tx, &context.county, edition, (id, version), decided).await?;
    let event = LogEvent::NominationDecided {
        edition: edition.clone(),
        nomination: id.clone(),
        from: nomination.state,
        to,
    };
    log::append(tx, &context.county, context.now(), &Actor::Account(by.clone()), &event).await?;
    Ok(())
}

fn approved_already(nomination: &Nomination) -> ServiceError {
    let name = nomination.identity.as_ref().map(|identity| identity.name.masked()).unwrap_or_default();
    ServiceError::input(
        "nominated_twice",
        format!(
            "{name} 与一份已通过的提名是同一人（身份证号相同，或姓名和电话相同），不能重复通过。没有作任何更改；请以“重复”为由不予通过。"
        ),
        format!(
            "{name} is the same person as in an approved nomination (same ID card number, or same name and phone) and cannot be approved twice. Nothing was changed; reject this one as a repetition."
        ),
    )
}
