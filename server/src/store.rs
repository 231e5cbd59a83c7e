//! All SQL. One set of queries for SQLite and PostgreSQL, one file per table family.
//!
//! * A function takes a connection (inside a transaction of [`Db::write`] if it changes something) and the county
//!   first, so that functions compose into one transaction and no row of another county is ever touched.
//! * `find_*` answers `Option`, `load_*` fails with [`StoreError::NotFound`], `list_*` answers all rows in a fixed
//!   order.
//! * A step of a state machine is a guarded update: it names the state it starts from, and fails with
//!   [`StoreError::RowsAffected`] if the row is elsewhere.
//!
//! # Person side and ballot side
//!
//! Pool and accounts on one side, `credentials`, `ballots`, `refused_ballots`,
//! `void_cards`, `void_refused_counts` and `drafts` on the other share no key, no time
//! and no order. The ballot side has no foreign keys at all; `schema` tests keep it so.
//! [`rewrite::rewrite_in_hash_order`] destroys, at close, what the files themselves still tell about the order of
//! voting.
//!
//! # How to add a statement
//!
//! Write it in the `statements!` block of its file: a test prepares every statement of these blocks on both
//! databases. Only TEXT, BIGINT and BYTEA exist on both; times and JSON are TEXT; `$1` placeholders; no `now()`, no
//! booleans, no `SELECT … FOR UPDATE` ([`Db::write`] lets one writer in at a time on both databases).

pub mod absences;
pub mod accounts;
pub mod attendance;
pub mod ballots;
pub mod booths;
pub mod commitment_codes;
pub mod copy;
pub mod credentials;
mod db;
pub mod drafts;
pub mod draws;
pub mod editions;
mod error;
pub mod exceptions;
pub mod invitations;
pub mod log_entries;
pub mod nominations;
pub mod offices;
pub mod paper_counts;
pub mod polls;
pub mod pool;
pub mod proposals;
pub mod reveals;
pub mod rewrite;
pub mod sanctions;
pub mod sessions;
pub mod sign_in_failures;
pub mod terminals;
pub mod trustees;
mod types;
pub mod void_cards;

#[cfg(test)]
mod schema;
#[cfg(test)]
mod tenancy;

pub use db::{Backend, Connection, Db, Transaction, sqlite_url};
pub use error::StoreError;
pub use types::time_text;

/// Defines the SQL texts of a file, and in tests the list of all of them.
macro_rules! statements {
    ($($name:ident = $sql:expr;)+) => {
        $(const $name: &str = $sql;)+

        #[cfg(test)]
        pub(super) const STATEMENTS: &[(&str, &str)] = &[$((concat!(module_path!(), "::", stringify!($name)), $name)),+];
    };
}

use statements;
