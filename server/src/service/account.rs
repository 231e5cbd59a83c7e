//! Accounts of the console.
//!
//! The first administrator and supervisor are made together, at the server's own command line, and each types an own
//! password; from then on these two need each other to create an account, change a role, reset a password or enable an
//! account again. Nobody ever types a password for somebody else: the act gives a code in two halves ([`invitation`]).

mod error;
pub mod invitation;
#[cfg(test)]
mod tests;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{Context, log, proposal};
use crate::{
    domain::{AccountId, AccountStatus, Action, Actor, EditionState, LogEvent, ProposalId, Role},
    store::{
        Connection, StoreError,
        accounts::{self, Account},
        editions,
        proposals::Proposal,
        sessions,
    },
};

pub use error::AccountError;
pub use invitation::{Half, HalfCode, Invited};

const LONGEST_NAME: usize = 32;
const LONGEST_PERSON: usize = 64;

/// Whom a new account is for. A password is chosen with the invitation.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What is typed to sign in.
    pub name: String,
    /// The person's name and unit. Two people of the same name must be told apart here.
    pub person: String,
}

/// One of the two first accounts, with the password that its person has typed.
#[derive(Clone, Debug)]
pub struct FirstAccount {
    /// Whom it is for.
    pub new: NewAccount,
    /// The password.
    pub password: SecretString,
}

/// Payload of [`Action::CreateAccount`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Creation {
    /// What is typed to sign in.
    pub name: String,
    /// The person's name and unit.
    pub person: String,
    /// The role.
    pub role: Role,
}

/// Payload of [`Action::ChangeRole`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// The account.
    pub account: AccountId,
    /// Its role when this was proposed; proposals of earlier versions do not name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Role>,
    /// Its new role.
    pub role: Role,
}

/// Payload of [`Action::ResetPassword`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// The account.
    pub account: AccountId,
}

/// Payload of [`Action::EnableAccount`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enabling {
    /// The account.
    pub account: AccountId,
    /// Its role when this was proposed.
    pub role: Role,
}

/// First run: makes one administrator and one supervisor. Refused as soon as the county has any account.
pub async fn set_up(
    context: &Context,
    administrator: FirstAccount,
    supervisor: FirstAccount,
) -> Result<[Account; 2], AccountError> {
    let hash = |password| async move { context.passwords.hash(&password, &mut context.rng()).await };
    let first = prepare(administrator.new, Role::Administrator)?;
    let second = prepare(supervisor.new, Role::Supervisor)?;
    if first.person == second.person || first.name == second.name {
        return Err(AccountError::SamePerson);
    }
    let hashes = [hash(administrator.password).await?, hash(supervisor.password).await?];
    let mut tx = context.db.write().await?;
    if accounts::count(&mut tx, &context.county).await? > 0 {
        return Err(AccountError::AlreadySetUp);
    }
    let administrator = insert(&mut tx, context, first, &hashes[0]).await?;
    let supervisor = insert(&mut tx, context, second, &hashes[1]).await?;
    let event = LogEvent::FirstAccountsMade {
        administrator: administrator.id.clone(),
        supervisor: supervisor.id.clone(),
    };
    write_log(&mut tx, context, Actor::System, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok([administrator, supervisor])
}

/// Proposes a new account.
pub async fn propose_creation(
    context: &Context,
    by: &AccountId,
    new: NewAccount,
    role: Role,
) -> Result<Proposal, AccountError> {
    let creation = prepare(new, role)?;
    let mut tx = context.db.write().await?;
    if accounts::find_by_name(&mut tx, &context.county, &creation.name).await?.is_some() {
        return Err(AccountError::NameTaken(creation.name));
    }
    let proposal = proposal::propose(&mut tx, context, by, Action::CreateAccount, &creation).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(proposal)
}

/// Proposes another role for an account.
pub async fn propose_role_change(
    context: &Context,
    by: &AccountId,
    account: &AccountId,
    role: Role,
) -> Result<Proposal, AccountError> {
    let mut change = RoleChange { account: account.clone(), from: None, role };
    let mut tx = context.db.write().await?;
    change.from = Some(check_role_change(&mut tx, context, &change).await?.role);
    let proposal = proposal::propose(&mut tx, context, by, Action::ChangeRole, &change).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(proposal)
}

/// Proposes that the password of an account be void and its holder choose another one.
pub async fn propose_password_reset(
    context: &Context,
    by: &AccountId,
    account: &AccountId,
) -> Result<Proposal, AccountError> {
    let mut tx = context.db.write().await?;
    let found = find(&mut tx, context, account).await?;
    check_enabled(&found)?;
    let reset = Reset { account: account.clone() };
    let proposal = proposal::propose(&mut tx, context, by, Action::ResetPassword, &reset).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(proposal)
}

/// Proposes that a disabled account may sign in again.
pub async fn propose_enabling(
    context: &Context,
    by: &AccountId,
    id: &AccountId,
) -> Result<Proposal, AccountError> {
    let mut tx = context.db.write().await?;
    let account = find(&mut tx, context, id).await?;
    if account.status == AccountStatus::Enabled {
        return Err(AccountError::NoChange);
    }
    let enabling = Enabling { account: account.id, role: account.role };
    let proposal = proposal::propose(&mut tx, context, by, Action::EnableAccount, &enabling).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(proposal)
}

/// Confirms a new account, as the second person, and makes it. Its person chooses the password with the code, of which
/// the answer has one half.
pub async fn confirm_creation(
    context: &Context,
    by: &AccountId,
    id: &ProposalId,
) -> Result<Invited, AccountError> {
    let half = invitation::prepare(context, Half::Confirmer).await?;
    let mut tx = context.db.write().await?;
    let confirmed = proposal::confirm(&mut tx, context, by, Action::CreateAccount, id).await?;
    let account = insert(&mut tx, context, proposal::payload(&confirmed)?, accounts::NO_PASSWORD).await?;
    let event = LogEvent::AccountCreated {
        account: account.id.clone(),
        name: account.name.clone(),
        role: account.role,
    };
    write_log(&mut tx, context, Actor::Account(by.clone()), &event).await?;
    let invited = invitation::invite(&mut tx, context, account, id, half).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(invited)
}

/// Confirms a change of role, as the second person, and makes it. The account must sign in again.
pub async fn confirm_role_change(
    context: &Context,
    by: &AccountId,
    id: &ProposalId,
) -> Result<(), AccountError> {
    let mut tx = context.db.write().await?;
    let confirmed = proposal::confirm(&mut tx, context, by, Action::ChangeRole, id).await?;
    let change: RoleChange = proposal::payload(&confirmed)?;
    let from = check_role_change(&mut tx, context, &change).await?.role;
    if change.from != Some(from) {
        return Err(AccountError::ChangedMeanwhile);
    }
    accounts::set_role(&mut tx, &context.county, &change.account, change.role, context.now()).await?;
    sessions::delete_of_account(&mut tx, &context.county, &change.account).await?;
    let event = LogEvent::RoleChanged { account: change.account, from, to: change.role };
    write_log(&mut tx, context, Actor::Account(by.clone()), &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Confirms a reset, as the second person. The old password and all sessions end at once: whoever forgot the password
/// loses nothing, and whoever found it out can do nothing with it any more.
pub async fn confirm_password_reset(
    context: &Context,
    by: &AccountId,
    id: &ProposalId,
) -> Result<Invited, AccountError> {
    let half = invitation::prepare(context, Half::Confirmer).await?;
    let mut tx = context.db.write().await?;
    let confirmed = proposal::confirm(&mut tx, context, by, Action::ResetPassword, id).await?;
    let reset: Reset = proposal::payload(&confirmed)?;
    let account = find(&mut tx, context, &reset.account).await?;
    check_enabled(&account)?;
    let invited = invitation::invite(&mut tx, context, account, id, half).await?;
    let event = LogEvent::PasswordReset { account: reset.account };
    write_log(&mut tx, context, Actor::Account(by.clone()), &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(invited)
}

/// Confirms that a disabled account may sign in again, as the second person. Its password is the one it had.
pub async fn confirm_enabling(
    context: &Context,
    by: &AccountId,
    id: &ProposalId,
) -> Result<(), AccountError> {
    let mut tx = context.db.write().await?;
    let confirmed = proposal::confirm(&mut tx, context, by, Action::EnableAccount, id).await?;
    let enabling: Enabling = proposal::payload(&confirmed)?;
    let account = find(&mut tx, context, &enabling.account).await?;
    if account.status == AccountStatus::Enabled {
        return Err(AccountError::NoChange);
    }
    if account.role != enabling.role {
        return Err(AccountError::ChangedMeanwhile);
    }
    store_status(&mut tx, context, by, account.id, AccountStatus::Enabled).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Disables an account: one person may, because it is the safe direction. Its sessions end at once. The last enabled
/// administrator and the last enabled supervisor cannot be disabled: nobody could repair that.
pub async fn disable(context: &Context, by: &AccountId, id: &AccountId) -> Result<(), AccountError> {
    let mut tx = context.db.write().await?;
    let account = find(&mut tx, context, id).await?;
    if account.status == AccountStatus::Disabled {
        return Err(AccountError::NoChange);
    }
    check_not_last(&mut tx, context, &account).await?;
    store_status(&mut tx, context, by, account.id, AccountStatus::Disabled).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

async fn store_status(
    tx: &mut Connection,
    context: &Context,
    by: &AccountId,
    id: AccountId,
    status: AccountStatus,
) -> Result<(), StoreError> {
    accounts::set_status(tx, &context.county, &id, status).await?;
    sessions::delete_of_account(tx, &context.county, &id).await?;
    let event = LogEvent::AccountStatusChanged { account: id, status };
    write_log(tx, context, Actor::Account(by.clone()), &event).await
}

/// All accounts, oldest first.
pub async fn list(context: &Context) -> Result<Vec<Account>, StoreError> {
    let mut tx = context.db.read().await?;
    accounts::list(&mut tx, &context.county).await
}

fn prepare(new: NewAccount, role: Role) -> Result<Creation, AccountError> {
    let is_usable = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
    if !(1..=LONGEST_NAME).contains(&new.name.chars().count()) || !new.name.chars().all(is_usable) {
        return Err(AccountError::Name);
    }
    let person = new.person.trim();
    if !(1..=LONGEST_PERSON).contains(&person.chars().count()) || person.chars().any(char::is_control) {
        return Err(AccountError::Person);
    }
    Ok(Creation { person: person.to_owned(), name: new.name, role })
}

async fn insert(
    tx: &mut Connection,
    context: &Context,
    creation: Creation,
    password_hash: &str,
) -> Result<Account, AccountError> {
    check_exclusion(tx, context, &creation.person, creation.role).await?;
    let account = Account {
        id: AccountId::generate(&mut context.rng()),
        name: creation.name,
        person: creation.person,
        role: creation.role,
        status: AccountStatus::Enabled,
        created_at: context.now(),
    };
    match accounts::insert(tx, &context.county, &account, password_hash).await {
        Err(StoreError::UniqueViolation) => Err(AccountError::NameTaken(account.name)),
        result => Ok(result.map(|()| account)?),
    }
}

async fn find(tx: &mut Connection, context: &Context, id: &AccountId) -> Result<Account, AccountError> {
    accounts::find(tx, &context.county, id).await?.ok_or(AccountError::NotFound)
}

fn check_enabled(account: &Account) -> Result<(), AccountError> {
    match account.status {
        AccountStatus::Enabled => Ok(()),
        AccountStatus::Disabled => Err(AccountError::Disabled),
    }
}

/// Administrator, card officer, trustee, check-in and commission exclude each other within an edition: not only now,
/// but for everything that the person was since the edition began, with whatever account.
async fn check_exclusion(
    tx: &mut Connection,
    context: &Context,
    person: &str,
    wanted: Role,
) -> Result<(), AccountError> {
    let editions = editions::list(tx, &context.county).await?;
    let running = editions.iter().filter(|edition| edition.state != EditionState::Archived);
    let Some(since) = running.map(|edition| edition.created_at).min() else { return Ok(()) };
    let accounts = accounts::list(tx, &context.county).await?;
    for account in accounts.iter().filter(|account| account.person == person) {
        let held = accounts::list_roles_since(tx, &context.county, &account.id, since).await?;
        if let Some(&held) = held.iter().find(|held| held.excludes(wanted)) {
            return Err(AccountError::Excluded { held, wanted });
        }
    }
    Ok(())
}

async fn check_role_change(
    tx: &mut Connection,
    context: &Context,
    change: &RoleChange,
) -> Result<Account, AccountError> {
    let account = find(tx, context, &change.account).await?;
    if account.role == change.role {
        return Err(AccountError::NoChange);
    }
    check_exclusion(tx, context, &account.person, change.role).await?;
    check_not_last(tx, context, &account).await?;
    Ok(account)
}

async fn check_not_last(
    tx: &mut Connection,
    context: &Context,
    account: &Account,
) -> Result<(), AccountError> {
    if matches!(account.role, Role::Administrator | Role::Supervisor)
        && account.status == AccountStatus::Enabled
        && accounts::count_enabled(tx, &context.county, account.role).await? <= 1
    {
        return Err(AccountError::LastOf(account.role));
    }
    Ok(())
}

async fn write_log(
    tx: &mut Connection,
    context: &Context,
    actor: Actor,
    event: &LogEvent,
) -> Result<(), StoreError> {
    log::append(tx, &context.county, context.now(), &actor, event).await?;
    Ok(())
}
