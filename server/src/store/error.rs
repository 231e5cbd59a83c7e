//! What can go wrong in the store.

use sqlx::{error::ErrorKind, migrate::MigrateError};

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with this key exists already. The caller knows what that means.
    #[error("a row with this key exists already")]
    UniqueViolation,
    /// A row that must exist does not.
    #[error("no such row in {table}")]
    NotFound {
        /// The table.
        table: &'static str,
    },
    /// A change touched another number of rows than it must: the row was not in the expected state.
    #[error("{actual} rows were changed instead of {expected}")]
    RowsAffected {
        /// Rows that must change.
        expected: u64,
        /// Rows that changed.
        actual: u64,
    },
    /// A stored value makes no sense: somebody changed the database by hand, or a newer program wrote it.
    #[error("the database holds an impossible value in {table}.{column}")]
    Inconsistency {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The file of the database is damaged: a torn write, a bad disk, a copy made while it was in use.
    #[error(
        "the database is damaged ({found}). Nothing was changed. Keep a copy of the file and restore the newest backup: \
         数据库文件已损坏，未作任何改动。请保留一份副本，再从最新的备份恢复"
    )]
    Damaged {
        /// The first fault, in the words of SQLite.
        found: String,
    },
    /// A number does not fit into the database.
    #[error("a number does not fit into the database")]
    NumberTooLarge,
    /// The address is neither `sqlite://…` nor `postgres://…`.
    #[error("the database address must begin with sqlite:// or postgres://")]
    Address,
    /// Other connections kept the old file in use, so that remains of the order of voting could not be destroyed.
    #[error("remains of the ballots' order are still on disk because the database is in use; try again")]
    RemainsKept,
    /// The tables could not be brought to the present version.
    #[error("the database could not be brought to the present version")]
    Migration(#[from] MigrateError),
    /// The database answered with an error.
    #[error("the database failed")]
    Driver(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.kind() == ErrorKind::UniqueViolation => {
                Self::UniqueViolation
            }
            _ => Self::Driver(error),
        }
    }
}
