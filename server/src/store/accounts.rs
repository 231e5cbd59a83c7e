//! Accounts of the console and the roles they had.

use jiff::Timestamp;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, must_exist, time_text},
};
use crate::domain::{AccountId, AccountStatus, CountyId, Role};

/// Somebody who signs in. The password hash is not part of it, so that no page can show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Random id.
    pub id: AccountId,
    /// What is typed to sign in; unique in the county.
    pub name: String,
    /// The person's name and unit, as printed in protocols.
    pub person: String,
    /// The present role.
    pub role: Role,
    /// Whether the account may sign in.
    pub status: AccountStatus,
    /// When it was created.
    pub created_at: Timestamp,
}

/// Stands in place of the hash while nobody has chosen a password. No password has this hash.
pub const NO_PASSWORD: &str = "";

statements! {
    INSERT = "INSERT INTO accounts (county, id, name, person, role, status, password_hash, created_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    INSERT_ROLE = "INSERT INTO account_roles (county, account, position, role, granted_at)
                   SELECT $1, $2, count(*) + 1, $3, $4 FROM account_roles WHERE county = $1 AND account = $2";
    END_ROLE = "UPDATE account_roles SET ended_at = $3 WHERE county = $1 AND account = $2 AND ended_at IS NULL";
    FIND = "SELECT id, name, person, role, status, created_at FROM accounts WHERE county = $1 AND id = $2";
    FIND_BY_NAME = "SELECT id, name, person, role, status, created_at, password_hash FROM accounts
                    WHERE county = $1 AND name = $2";
    LIST = "SELECT id, name, person, role, status, created_at FROM accounts WHERE county = $1 ORDER BY created_at, id";
    COUNT = "SELECT count(*) AS number FROM accounts WHERE county = $1";
    COUNT_ENABLED = "SELECT count(*) AS number FROM accounts
                     WHERE county = $1 AND role = $2 AND status = 'enabled'";
    LIST_ROLES_SINCE = "SELECT role FROM account_roles
                        WHERE county = $1 AND account = $2 AND (ended_at IS NULL OR ended_at > $3) ORDER BY position";
    SET_STATUS = "UPDATE accounts SET status = $3 WHERE county = $1 AND id = $2 AND status <> $3";
    SET_ROLE = "UPDATE accounts SET role = $3 WHERE county = $1 AND id = $2 AND role <> $3";
    SET_PASSWORD_HASH = "UPDATE accounts SET password_hash = $3 WHERE county = $1 AND id = $2";
}

/// Adds an account with its first role. A name that is taken is [`StoreError::UniqueViolation`].
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    account: &Account,
    password_hash: &str,
) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(account.id.as_str())
        .bind(&account.name)
        .bind(&account.person)
        .bind(account.role.as_str())
        .bind(account.status.as_str())
        .bind(password_hash)
        .bind(time_text(account.created_at))
        .execute(&mut *tx)
        .await?;
    grant(tx, county, &account.id, account.role, account.created_at).await
}

/// The account with this id.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    id: &AccountId,
) -> Result<Option<Account>, StoreError> {
    let row = sqlx::query(FIND).bind(county.as_str()).bind(id.as_str()).fetch_optional(tx).await?;
    row.as_ref().map(|row| read(Row::new("accounts", row))).transpose()
}

/// The account with this id, which must exist.
pub async fn load(tx: &mut Connection, county: &CountyId, id: &AccountId) -> Result<Account, StoreError> {
    must_exist("accounts", find(tx, county, id).await?)
}

/// The account with this name, and its password hash, which may be [`NO_PASSWORD`].
pub async fn find_by_name(
    tx: &mut Connection,
    county: &CountyId,
    name: &str,
) -> Result<Option<(Account, String)>, StoreError> {
    let Some(row) = sqlx::query(FIND_BY_NAME).bind(county.as_str()).bind(name).fetch_optional(tx).await?
    else {
        return Ok(None);
    };
    let row = Row::new("accounts", &row);
    Ok(Some((read(row)?, row.text("password_hash")?)))
}

/// All accounts, oldest first.
pub async fn list(tx: &mut Connection, county: &CountyId) -> Result<Vec<Account>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| read(Row::new("accounts", row))).collect()
}

/// How many accounts there are.
pub async fn count(tx: &mut Connection, county: &CountyId) -> Result<u32, StoreError> {
    let row = sqlx::query(COUNT).bind(county.as_str()).fetch_one(tx).await?;
    Row::new("accounts", &row).number("number")
}

/// How many accounts with this role may sign in.
pub async fn count_enabled(tx: &mut Connection, county: &CountyId, role: Role) -> Result<u32, StoreError> {
    let row = sqlx::query(COUNT_ENABLED).bind(county.as_str()).bind(role.as_str()).fetch_one(tx).await?;
    Row::new("accounts", &row).number("number")
}

/// The roles that an account has or had at any moment after `since`, oldest first.
pub async fn list_roles_since(
    tx: &mut Connection,
    county: &CountyId,
    id: &AccountId,
    since: Timestamp,
) -> Result<Vec<Role>, StoreError> {
    let rows = sqlx::query(LIST_ROLES_SINCE)
        .bind(county.as_str())
        .bind(id.as_str())
        .bind(time_text(since))
        .fetch_all(tx)
        .await?;
    rows.iter().map(|row| Row::new("account_roles", row).parsed("role")).collect()
}

/// Enables or disables an account that is not so already.
pub async fn set_status(
    tx: &mut Connection,
    county: &CountyId,
    id: &AccountId,
    status: AccountStatus,
) -> Result<(), StoreError> {
    let result = sqlx::query(SET_STATUS)
        .bind(county.as_str())
        .bind(id.as_str())
        .bind(status.as_str())
        .execute(tx)
        .await?;
    must_change_one(&result)
}

/// Gives an account another role from `now` on.
pub async fn set_role(
    tx: &mut Connection,
    county: &CountyId,
    id: &AccountId,
    role: Role,
    now: Timestamp,
) -> Result<(), StoreError> {
    let result = sqlx::query(SET_ROLE)
        .bind(county.as_str())
        .bind(id.as_str())
        .bind(role.as_str())
        .execute(&mut *tx)
        .await?;
    must_change_one(&result)?;
    let result = sqlx::query(END_ROLE)
        .bind(county.as_str())
        .bind(id.as_str())
        .bind(time_text(now))
        .execute(&mut *tx)
        .await?;
    must_change_one(&result)?;
    grant(tx, county, id, role, now).await
}

/// Replaces a password.
pub async fn set_password_hash(
    tx: &mut Connection,
    county: &CountyId,
    id: &AccountId,
    password_hash: &str,
) -> Result<(), StoreError> {
    let result = sqlx::query(SET_PASSWORD_HASH)
        .bind(county.as_str())
        .bind(id.as_str())
        .bind(password_hash)
        .execute(tx)
        .await?;
    must_change_one(&result)
}

async fn grant(
    tx: &mut Connection,
    county: &CountyId,
    id: &AccountId,
    role: Role,
    now: Timestamp,
) -> Result<(), StoreError> {
    let result = sqlx::query(INSERT_ROLE)
        .bind(county.as_str())
        .bind(id.as_str())
        .bind(role.as_str())
        .bind(time_text(now))
        .execute(tx)
        .await?;
    must_change_one(&result)
}

fn read(row: Row<'_>) -> Result<Account, StoreError> {
    Ok(Account {
        id: row.parsed("id")?,
        name: row.text("name")?,
        person: row.text("person")?,
        role: row.parsed("role")?,
        status: row.parsed("status")?,
        created_at: row.parsed("created_at")?,
    })
}
