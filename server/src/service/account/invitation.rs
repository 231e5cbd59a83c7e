//! Invitations: the code with which a person chooses an own password, so that nobody else ever knows it.
//!
//! The code has two halves. The one who confirms is shown one, the one who proposed fetches the other, and each hands
//! over an own slip: only the invited person ever has both.

mod half;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::{AccountError, find, write_log};
use crate::domain::{AccountId, AccountStatus, Actor, LogEvent, ProposalId};
use crate::service::proposal::ProposalError;
use crate::service::{Context, session};
use crate::store::accounts::{self, Account};
use crate::store::invitations::Invitation;
use crate::store::{Connection, StoreError, invitations, proposals, sessions};

pub use half::{Half, HalfCode};

/// An invitation is good for this long.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// An account whose person is to choose a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// The account.
    pub account: Account,
    /// One half of the code, to be handed to the person.
    pub code: HalfCode,
    /// From then on it is good for nothing.
    pub lapses_at: Timestamp,
}

/// A new half with its hash, made before the transaction because hashing takes a while.
pub(super) struct Prepared {
    code: HalfCode,
    hash: String,
}

/// Makes a half that nobody has seen.
pub(super) async fn prepare(context: &Context, half: Half) -> Result<Prepared, AccountError> {
    let code = HalfCode::generate(half, &mut context.rng());
    let hash = context.passwords.hash(&code.secret(), &mut context.rng()).await?;
    Ok(Prepared { code, hash })
}

/// Invites somebody, in the transaction of the act that two people agreed on. The password that the account has, if any,
/// and its sessions end at once. The answer has the confirmer's half.
pub(super) async fn invite(
    tx: &mut Connection,
    context: &Context,
    account: Account,
    proposal: &ProposalId,
    prepared: Prepared,
) -> Result<Invited, AccountError> {
    let county = &context.county;
    let lapses_at = context.now().saturating_add(LIFETIME).unwrap_or(Timestamp::MAX);
    accounts::set_password_hash(tx, county, &account.id, accounts::NO_PASSWORD).await?;
    sessions::delete_of_account(tx, county, &account.id).await?;
    let invitation = Invitation {
        account: account.id.clone(),
        proposal: proposal.clone(),
        confirmer_hash: prepared.hash,
        proposer_hash: None,
        lapses_at,
    };
    invitations::replace(tx, county, &invitation).await?;
    Ok(Invited { account, code: prepared.code, lapses_at })
}

/// Gives the proposer the other half, once the proposal was confirmed. It is made now, given to nobody else, and never
/// given again.
pub async fn fetch_half(
    context: &Context,
    by: &AccountId,
    proposal: &ProposalId,
) -> Result<Invited, AccountError> {
    let prepared = prepare(context, Half::Proposer).await?;
    let county = &context.county;
    let mut tx = context.db.write().await?;
    let proposed = proposals::find(&mut tx, county, proposal).await?.ok_or(ProposalError::NotFound)?;
    if proposed.proposer != *by {
        return Err(AccountError::HalfOfAnother);
    }
    let invitation = invitations::find_by_proposal(&mut tx, county, proposal).await?;
    let invitation = invitation.filter(|invitation| invitation.proposer_hash.is_none());
    let invitation = invitation.ok_or(AccountError::HalfGone)?;
    if context.now() >= invitation.lapses_at {
        return Err(AccountError::InvitationLapsed);
    }
    let account = find(&mut tx, context, &invitation.account).await?;
    invitations::set_proposer_hash(&mut tx, county, proposal, &prepared.hash).await?;
    let event = LogEvent::InvitationHalfFetched { account: account.id.clone() };
    write_log(&mut tx, context, Actor::Account(by.clone()), &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Invited { account, code: prepared.code, lapses_at: invitation.lapses_at })
}

/// Whether the proposer of this proposal has a half to fetch.
pub async fn waits_for_proposer(context: &Context, proposal: &ProposalId) -> Result<bool, StoreError> {
    let mut tx = context.db.read().await?;
    let invitation = invitations::find_by_proposal(&mut tx, &context.county, proposal).await?;
    let waits =
        |invitation: Invitation| invitation.proposer_hash.is_none() && context.now() < invitation.lapses_at;
    Ok(invitation.is_some_and(waits))
}

/// Takes the password that a person chooses with both halves of an invitation. A wrong name and a wrong code get the
/// same answer after the same time, and guessing is slowed down as for passwords. The invitation is good once.
pub async fn accept(
    context: &Context,
    name: &str,
    codes: &[HalfCode; 2],
    password: &SecretString,
) -> Result<Account, AccountError> {
    let password_hash = context.passwords.hash(password, &mut context.rng()).await?;
    let attempt = session::begin_invited(context, name).await?;
    let account = attempt.account.filter(|account| account.status == AccountStatus::Enabled);
    let (county, now) = (&context.county, context.now());
    let mut tx = context.db.read().await?;
    let found = match &account {
        Some(account) => invitations::find(&mut tx, county, &account.id).await?,
        None => None,
    };
    drop(tx);
    let right = matches(context, found.as_ref(), codes).await?;
    let (Some(account), Some(invitation), true) = (account, found, right) else {
        return Err(AccountError::Invitation);
    };
    if now >= invitation.lapses_at {
        return Err(AccountError::InvitationLapsed);
    }
    let mut tx = context.db.write().await?;
    // Used, replaced or disabled while the halves were compared.
    let still = invitations::find(&mut tx, county, &account.id).await? == Some(invitation.clone());
    if !still || find(&mut tx, context, &account.id).await?.status != AccountStatus::Enabled {
        return Err(AccountError::Invitation);
    }
    accounts::set_password_hash(&mut tx, county, &account.id, &password_hash).await?;
    invitations::delete(&mut tx, county, &invitation).await?;
    session::forget_failures(&mut tx, context, &attempt.name_hash).await?;
    let event = LogEvent::InvitationAccepted { account: account.id.clone() };
    write_log(&mut tx, context, Actor::Account(account.id.clone()), &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(account)
}

/// Both halves are compared even if the first is wrong, so that the time tells nothing.
async fn matches(
    context: &Context,
    invitation: Option<&Invitation>,
    codes: &[HalfCode; 2],
) -> Result<bool, AccountError> {
    let hash_of = |half| match half {
        Half::Proposer => invitation.and_then(|invitation| invitation.proposer_hash.clone()),
        Half::Confirmer => invitation.map(|invitation| invitation.confirmer_hash.clone()),
    };
    let [first, second] = codes;
    let first_is_right = context.passwords.matches(&first.secret(), hash_of(first.half())).await?;
    let second_is_right = context.passwords.matches(&second.secret(), hash_of(second.half())).await?;
    Ok(first_is_right && second_is_right && first.half() != second.half())
}

/// Whether this account waits for its person to choose a password.
pub async fn is_waiting(context: &Context, account: &AccountId) -> Result<bool, StoreError> {
    let mut tx = context.db.read().await?;
    Ok(invitations::find(&mut tx, &context.county, account).await?.is_some())
}
