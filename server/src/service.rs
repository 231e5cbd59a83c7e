//! Use cases: each owns its transaction and writes its log entry in it.
//!
//! A service asks [`crate::domain`] for the rule and [`crate::store`] for the rows; it knows no HTTP. Functions that
//! take a connection instead of the [`Context`] alone are steps inside somebody else's transaction.

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;

use crate::{clock::SharedClock, domain::CountyId, randomness::SharedRng, store::Db};

pub mod absence;
pub mod account;
pub mod act;
pub mod check_in;
pub mod decision;
pub mod draw;
pub mod edition;
mod error;
pub(crate) mod folder;
pub mod log;
pub mod nomination;
pub mod office_text;
pub mod overview;
pub mod paper;
pub mod password;
pub mod poll;
pub mod pool;
pub mod proposal;
pub mod public;
pub mod publication;
pub mod rehearsal;
pub mod reveal;
pub mod sanction;
pub mod session;
pub mod sheet;
pub mod terminal;

pub use error::ServiceError;

/// What every use case needs. Clones share everything.
#[derive(Clone, Debug)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// The county served: key of all rows.
    pub county: CountyId,
    /// The time.
    pub clock: SharedClock,
    /// Randomness.
    pub rng: SharedRng,
    /// How passwords are hashed.
    pub passwords: Arc<password::Passwords>,
    /// Where keys and publications lie.
    pub folder: PathBuf,
    /// What is known of terminals while the server runs.
    pub terminals: Arc<terminal::TerminalMemory>,
    /// Which cards were to be declared void after they had voted.
    pub late_voids: Arc<poll::void::LateVoids>,
    /// The election that ballots come for.
    pub prepared_election: Arc<poll::prepared::PreparedElection>,
    /// Ballots that were opened to check a booth, while the poll is open.
    pub opened_ballots: Arc<poll::challenge::OpenedBallots>,
}

impl Context {
    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The shared generator, to be passed on as `&mut context.rng()`.
    #[must_use]
    pub fn rng(&self) -> SharedRng {
        self.rng.clone()
    }
}
