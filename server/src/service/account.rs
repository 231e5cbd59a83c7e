//! Accounts of the console.
//!
//! The first administrator and supervisor are made together, at the server's own command line; from then on these
//! two need each other to create an account, change a role or reset a password.

mod error;
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

const LONGEST_NAME: usize = 32;
const LONGEST_PERSON: usize = 64;

/// What a new account is made of.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What is typed to sign in.
    pub name: String,
    /// The person's name and unit. Two people of the same name must be told apart here.
    pub person: String,
    /// The first password.
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
    /// Argon2 hash of the first password.
    pub password_hash: String,
}

/// Payload of [`Action::ChangeRole`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// The account.
    pub account: AccountId,
    /// Its new role.
    pub role: Role,
}

/// Payload of [`Action::ResetPassword`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// The account.
    pub account: AccountId,
    /// Argon2 hash of the new password.
    pub password_hash: String,
}

/// First run: makes one administrator and one supervisor. Refused as soon as the county has any account.
pub async fn set_up(
    context: &Context,
    administrator: NewAccount,
    supervisor: NewAccount,
) -> Result<[Account; 2], AccountError> {
    if administrator.person == supervisor.person || administrator.name == supervisor.name {
        return Err(AccountError::SamePerson);
    }
    let administrator = prepare(context, administrator, Role::Administrator).await?;
    let supervisor = prepare(context, supervisor, Role::Supervisor).await?;
    let mut tx = context.db.write().await?;
    if accounts::count(&mut tx, &context.county).await? > 0 {
        return Err(AccountError::AlreadySetUp);
    }
    let administrator = insert(&mut tx, context, administrator).await?;
    let supervisor = insert(&mut tx, context, supervisor).await?;
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
    let creation = prepare(context, new, role).await?;
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
    change: RoleChange,
) -> Result<Proposal, AccountError> {
    let mut tx = context.db.write().await?;
    check_role_change(&mut tx, context, &change).await?;
    let proposal = proposal::propose(&mut tx, context, by, Action::ChangeRole, &change).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(proposal)
}

/// Proposes a new password for an account.
pub async fn propose_password_reset(
    context: &Context,
    by: &AccountId,
    account: &AccountId,
    password: &SecretString,
) -> Result<Proposal, AccountError> {
    let password_hash = context.passwords.hash(password, &mut context.rng()).await?;
    let mut tx = context.db.write().await?;
    find(&mut tx, context, account).await?;
    let reset = Reset { account: account.clone(), password_hash };
    let proposal = proposal::propose(&mut tx, context, by, Action::ResetPassword, &reset).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(proposal)
}

/// Confirms a new account, as the second person, and makes it.
pub async fn confirm_creation(
    context: &Context,
    by: &AccountId,
    id: &ProposalId,
) -> Result<Account, AccountError> {
    let mut tx = context.db.write().await?;
    let confirmed = proposal::confirm(&mut tx, context, by, Action::CreateAccount, id).await?;
    let account = insert(&mut tx, context, proposal::payload(&confirmed)?).await?;
    let event = LogEvent::AccountCreated {
        account: account.id.clone(),
        name: account.name.clone(),
        role: account.role,
    };
    write_log(&mut tx, context, Actor::Account(by.clone()), &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(account)
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
    accounts::set_role(&mut tx, &context.county, &change.account, change.role, context.now()).await?;
    sessions::delete_of_account(&mut tx, &context.county, &change.account).await?;
    let event = LogEvent::RoleChanged { account: change.account, from, to: change.role };
    write_log(&mut tx, context, Actor::Account(by.clone()), &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Confirms a new password, as the second person, and sets it. The account must sign in again.
pub async fn confirm_password_reset(
    context: &Context,
    by: &AccountId,
    id: &ProposalId,
) -> Result<(), AccountError> {
    let mut tx = context.db.write().await?;
    let confirmed = proposal::confirm(&mut tx, context, by, Action::ResetPassword, id).await?;
    let reset: Reset = proposal::payload(&confirmed)?;
    accounts::set_password_hash(&mut tx, &context.county, &reset.account, &reset.password_hash).await?;
    sessions::delete_of_account(&mut tx, &context.county, &reset.account).await?;
    let event = LogEvent::PasswordReset { account: reset.account };
    write_log(&mut tx, context, Actor::Account(by.clone()), &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Disables an account, or enables it again. Its sessions end at once. The last enabled administrator and the last
/// enabled supervisor cannot be disabled: nobody could repair that.
pub async fn set_status(
    context: &Context,
    by: &AccountId,
    id: &AccountId,
    status: AccountStatus,
) -> Result<(), AccountError> {
    let mut tx = context.db.write().await?;
    let account = find(&mut tx, context, id).await?;
    if account.status == status {
        return Err(AccountError::NoChange);
    }
    if status == AccountStatus::Disabled {
        check_not_last(&mut tx, context, &account).await?;
    }
    accounts::set_status(&mut tx, &context.county, id, status).await?;
    sessions::delete_of_account(&mut tx, &context.county, id).await?;
    let event = LogEvent::AccountStatusChanged { account: id.clone(), status };
    write_log(&mut tx, context, Actor::Account(by.clone()), &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// All accounts, oldest first.
pub async fn list(context: &Context) -> Result<Vec<Account>, StoreError> {
    let mut tx = context.db.read().await?;
    accounts::list(&mut tx, &context.county).await
}

async fn prepare(context: &Context, new: NewAccount, role: Role) -> Result<Creation, AccountError> {
    let is_usable = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
    if !(1..=LONGEST_NAME).contains(&new.name.chars().count()) || !new.name.chars().all(is_usable) {
        return Err(AccountError::Name);
    }
    let person = new.person.trim();
    if !(1..=LONGEST_PERSON).contains(&person.chars().count()) || person.chars().any(char::is_control) {
        return Err(AccountError::Person);
    }
    let password_hash = context.passwords.hash(&new.password, &mut context.rng()).await?;
    Ok(Creation { person: person.to_owned(), name: new.name, role, password_hash })
}

async fn insert(tx: &mut Connection, context: &Context, creation: Creation) -> Result<Account, AccountError> {
    check_exclusion(tx, context, &creation.person, creation.role).await?;
    let account = Account {
        id: AccountId::generate(&mut context.rng()),
        name: creation.name,
        person: creation.person,
        role: creation.role,
        status: AccountStatus::Enabled,
        created_at: context.now(),
    };
    match accounts::insert(tx, &context.county, &account, &creation.password_hash).await {
        Err(StoreError::UniqueViolation) => Err(AccountError::NameTaken(account.name)),
        result => Ok(result.map(|()| account)?),
    }
}

async fn find(tx: &mut Connection, context: &Context, id: &AccountId) -> Result<Account, AccountError> {
    accounts::find(tx, &context.county, id).await?.ok_or(AccountError::NotFound)
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
