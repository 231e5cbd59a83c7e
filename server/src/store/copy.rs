//! A copy of the whole database for a backup.

use std::path::Path;

use sqlx::{AnyConnection, Connection as _, Executor as _};

use super::{Backend, Connection, Db, StoreError, db::sqlite_url, statements};

statements! {
    ANY_ACCOUNT = "SELECT county FROM accounts LIMIT 1";
}

/// What never leaves with a backup. The journal of the change stays in memory: a file would keep what is deleted.
const WITHOUT_DRAFTS: &str = "PRAGMA journal_mode = MEMORY; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; DELETE FROM drafts; VACUUM;";

/// Writes an SQLite database anew into a file that is not there yet: rows in the order of their keys, nothing that was
/// deleted, no sealed drafts, no write-ahead log.
pub async fn write_sqlite_copy(db: &Db, path: &Path) -> Result<(), StoreError> {
    if db.backend() != Backend::Sqlite {
        return Err(StoreError::Address);
    }
    let quoted = path.to_str().ok_or(StoreError::Address)?.replace('\'', "''");
    let mut connection = db.bare_connection().await?;
    connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(format!("VACUUM INTO '{quoted}'")))).await?;
    drop(connection);
    let mut written = AnyConnection::connect(&sqlite_url(path)).await?;
    written.execute(sqlx::raw_sql(WITHOUT_DRAFTS)).await?;
    written.close().await?;
    Ok(())
}

/// Empties a PostgreSQL database of a server that nobody has set up, to make room for a backup.
pub async fn drop_everything(db: &Db) -> Result<(), StoreError> {
    if db.backend() != Backend::Postgres {
        return Err(StoreError::Address);
    }
    let mut connection = db.bare_connection().await?;
    connection.execute(sqlx::raw_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")).await?;
    Ok(())
}

/// Whether nobody has set this database up yet.
pub async fn is_fresh(tx: &mut Connection) -> Result<bool, StoreError> {
    Ok(sqlx::query(ANY_ACCOUNT).fetch_optional(tx).await?.is_none())
}
