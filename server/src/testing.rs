//! What tests share: a fresh database of either kind, a county, a clock, seeded randomness.
//!
//! Every test that touches the store is written once, inside [`both_databases!`](crate::both_databases), and runs on SQLite and on
//! PostgreSQL.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "only tests use this module; a failure is a failed test"
)]

#[cfg(test)]
pub mod ceremony;
#[cfg(test)]
pub mod drawn;

use std::{future::Future, sync::Arc};

use belenios::{
    credential::Credential,
    group::{Ed25519, GroupName},
};
use ed25519_dalek::SigningKey;
use evaluation::wire::{self, EnrolmentRequest, EnrolmentReveal, TerminalKey, TerminalNonce};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use sqlx::{Connection as _, Executor};
use tempfile::TempDir;

use crate::{
    clock::ManualClock,
    domain::{
        AccountId, AccountStatus, CountyId, EditionId, EditionState, PollId, Purpose, Role, TerminalId,
        TerminalRole, TerminalStatus,
    },
    randomness::SharedRng,
    service::{
        Context,
        password::Passwords,
        terminal::{self, Request},
    },
    store::{
        Db,
        accounts::{self, Account},
        credentials,
        editions::{self, Edition},
        polls::{self, NewPoll},
        sqlite_url,
        terminals::{self, Terminal},
        void_cards,
    },
};

/// The environment variable with the address of a PostgreSQL that tests may fill:
/// `postgres://user@host:port/database`.
const POSTGRES_VARIABLE: &str = "PINGYI_TEST_POSTGRES";

/// A fresh, empty database; removed when the test ends.
#[derive(Debug)]
pub struct TestDb {
    db: Db,
    remains: Remains,
}

#[derive(Debug)]
enum Remains {
    Folder(#[expect(dead_code, reason = "dropping it removes the folder")] TempDir),
    Schema { url: String, name: String },
    Database { url: String, name: String },
}

impl TestDb {
    /// A new SQLite file.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let db = Db::open(&sqlite_url(&folder.path().join("test.db"))).await.expect("SQLite opens");
        Self { db, remains: Remains::Folder(folder) }
    }

    /// A new schema in the PostgreSQL that `PINGYI_TEST_POSTGRES` names.
    pub async fn postgres() -> Self {
        let url = postgres_url();
        let name = format!("t_{:032x}", entropy());
        run_bare(&url, format!("CREATE SCHEMA {name}")).await;
        let separator = if url.contains('?') { '&' } else { '?' };
        let db = Db::open(&format!("{url}{separator}options[search_path]={name}"))
            .await
            .expect("PostgreSQL opens");
        Self { db, remains: Remains::Schema { url, name } }
    }

    /// A new database in the PostgreSQL that `PINGYI_TEST_POSTGRES` names, for programs that work on a whole one, and its address.
    pub async fn postgres_database() -> (Self, String) {
        let url = postgres_url();
        let name = format!("t_{:032x}", entropy());
        run_bare(&url, format!("CREATE DATABASE {name}")).await;
        let (server, _) = url.rsplit_once('/').expect("the address names a database");
        let own = format!("{server}/{name}");
        let db = Db::open(&own).await.expect("PostgreSQL opens");
        (Self { db, remains: Remains::Database { url, name } }, own)
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> Db {
        self.db.clone()
    }

    /// Runs a test and removes the database. A failed test on PostgreSQL leaves its schema to be looked at.
    pub async fn run<F: Future<Output = ()>>(self, test: impl FnOnce(Db) -> F) {
        test(self.db.clone()).await;
        self.remove().await;
    }

    /// Removes the database.
    pub async fn remove(self) {
        self.db.close().await;
        match self.remains {
            Remains::Folder(_) => {}
            Remains::Schema { url, name } => run_bare(&url, format!("DROP SCHEMA {name} CASCADE")).await,
            Remains::Database { url, name } => run_bare(&url, format!("DROP DATABASE {name}")).await,
        }
    }
}

/// Makes of each test two: `name::sqlite` and `name::postgres`.
///
/// ```text
/// both_databases! {
///     async fn a_poll_is_found_again(db: Db) { … }
/// }
/// ```
#[macro_export]
macro_rules! both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: Db) $body:block)+) => {
        $(
            $(#[$meta])*
            mod $name {
                use super::*;

                async fn test($db: $crate::store::Db) $body

                #[tokio::test]
                async fn sqlite() {
                    $crate::testing::TestDb::sqlite().await.run(test).await;
                }

                #[tokio::test]
                async fn postgres() {
                    $crate::testing::TestDb::postgres().await.run(test).await;
                }
            }
        )+
    };
}

/// The county of most tests.
#[must_use]
pub fn county() -> CountyId {
    "ningjin".parse().expect("a valid county id")
}

/// A clock that stands at the beginning of the poll of 2020.
#[must_use]
pub fn clock() -> ManualClock {
    ManualClock::new("2020-12-11T01:00:00Z".parse().expect("a valid time"))
}

/// A context on `db` with [`county`], weak passwords, seeded randomness, and the clock that stands where `clock`
/// does.
#[must_use]
pub fn context(db: Db, clock: &ManualClock) -> Context {
    let mut rng = SharedRng::from_seed([20; 32]);
    let passwords = Arc::new(Passwords::weak(&mut rng).expect("weak parameters are valid"));
    // Made by the first who writes into it; most tests write no file.
    let folder = std::env::temp_dir().join(format!("pingyi-test-{:032x}", entropy()));
    let clock = Arc::new(clock.clone());
    Context {
        db,
        county: county(),
        clock,
        rng,
        passwords,
        folder,
        terminals: Arc::default(),
        late_voids: Arc::default(),
        prepared_election: Arc::default(),
        opened_ballots: Arc::default(),
    }
}

/// An enabled account with this role, named after it. Its password is `password of <role>`.
pub async fn insert_account(context: &Context, role: Role) -> Account {
    let password = format!("password of {role}").into();
    let hash = context.passwords.hash(&password, &mut context.rng()).await.expect("the password is accepted");
    let account = Account {
        id: AccountId::generate(&mut context.rng()),
        name: role.as_str().replace('_', "-"),
        person: format!("{}甲", role.zh()),
        role,
        status: AccountStatus::Enabled,
        created_at: context.now(),
    };
    let mut tx = context.db.write().await.expect("the database can be written");
    accounts::insert(&mut tx, &context.county, &account, &hash).await.expect("the account is new");
    tx.commit().await.expect("the transaction commits");
    account
}

/// A draft edition of 2020.
pub async fn insert_edition(context: &Context) -> Edition {
    let edition = Edition {
        id: EditionId::generate(&mut context.rng()),
        year: 2020,
        state: EditionState::Draft,
        rules: String::new(),
        edition_json: None,
        publication_key: None,
        created_at: context.now(),
    };
    let mut tx = context.db.write().await.expect("the database can be written");
    editions::insert(&mut tx, &context.county, &edition).await.expect("the edition is new");
    tx.commit().await.expect("the transaction commits");
    edition
}

/// A real poll of that edition with 100 cards.
pub async fn insert_poll(context: &Context, edition: &EditionId) -> PollId {
    let id = PollId::generate(&mut context.rng());
    let poll = NewPoll { id: &id, edition, purpose: Purpose::Real, group: GroupName::Ed25519, cards: 100 };
    let mut tx = context.db.write().await.expect("the database can be written");
    polls::insert(&mut tx, &context.county, poll).await.expect("the poll is new");
    tx.commit().await.expect("the transaction commits");
    id
}

/// A card of this poll that is declared void as one of this kind.
pub async fn insert_void_card(context: &Context, poll: &PollId, kind: wire::VoidKind) {
    let uuid = poll.as_str().parse().expect("a poll's id is a uuid");
    let card = Credential::generate(&mut context.rng()).derive::<Ed25519>(&uuid);
    let card = wire::VoidCard::sign(&uuid, kind, &card, &mut context.rng());
    let (county, mut tx) = (&context.county, context.db.write().await.expect("the database can be written"));
    credentials::insert(&mut tx, county, poll, &card.credential).await.expect("the card is new");
    let declared = credentials::declare_void(&mut tx, county, poll, &card.credential).await;
    assert!(declared.expect("the card is registered"), "an unused card can be declared void");
    void_cards::insert(&mut tx, county, poll, &card).await.expect("the card is void once");
    tx.commit().await.expect("the transaction commits");
}

/// The public key of a terminal, the same for the same number.
#[must_use]
pub fn terminal_key(number: u8) -> TerminalKey {
    SigningKey::from_bytes(&[number; 32]).verifying_key().into()
}

/// An enrolled terminal with a fresh key; the first trustee's if it is a trustee's.
pub async fn insert_terminal(context: &Context, role: TerminalRole, name: &str) -> Terminal {
    let mut seed = [0; 32];
    context.rng().fill_bytes(&mut seed);
    let key = SigningKey::from_bytes(&seed).verifying_key().into();
    let position = (role == TerminalRole::Trustee).then_some(1);
    insert_terminal_with(context, role, name, position, key).await
}

/// An enrolled terminal with this key.
pub async fn insert_terminal_with(
    context: &Context,
    role: TerminalRole,
    name: &str,
    trustee_position: Option<u32>,
    public_key: TerminalKey,
) -> Terminal {
    let terminal = Terminal {
        id: TerminalId::generate(&mut context.rng()),
        role,
        name: name.to_owned(),
        public_key,
        status: TerminalStatus::Enrolled,
        trustee_position,
        enrolled_at: context.now(),
    };
    let mut tx = context.db.write().await.expect("the database can be written");
    terminals::insert(&mut tx, &context.county, &terminal).await.expect("the terminal is new");
    tx.commit().await.expect("the transaction commits");
    terminal
}

/// A terminal with a fresh key has asked to be let in, and shows its code.
pub async fn request_enrolment(context: &Context, role: wire::TerminalRole, label: &str) -> Request {
    let mut random = [0; 32];
    context.rng().fill_bytes(&mut random);
    let (nonce, key) = (TerminalNonce::new(random), SigningKey::from_bytes(&random));
    let asked = EnrolmentRequest {
        public_key: key.verifying_key().into(),
        commitment: nonce.commitment(),
        role,
        label: label.to_owned(),
    };
    let answer =
        terminal::ask(context, terminal::Arrival::default(), asked).await.expect("the request is taken");
    let reveal = EnrolmentReveal { request: answer.request.clone(), nonce };
    terminal::reveal(context, &reveal).expect("the nonce is the right one");
    let id = answer.request.parse().expect("an id");
    terminal::find_request(context, &id).expect("the request waits")
}

/// Randomness that is the same in every run.
#[must_use]
pub fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(2020)
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads where the tests' PostgreSQL is")]
fn postgres_url() -> String {
    std::env::var(POSTGRES_VARIABLE).expect(
        "this test needs PostgreSQL: run tests/run, which starts one, or start one with \
         `tests/postgres.sh start /tmp/pingyi-postgres 55432` and export the line that it prints \
         (PINGYI_TEST_POSTGRES=postgres://…)",
    )
}

async fn run_bare(url: &str, sql: String) {
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(url)
        .await
        .expect("PostgreSQL answers at the address in PINGYI_TEST_POSTGRES");
    connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql))).await.expect("PostgreSQL obeys");
    connection.close().await.expect("PostgreSQL says goodbye");
}

/// Schemas must differ between tests and between runs, so this one thing is not seeded.
fn entropy() -> u128 {
    let mut bytes = [0; 16];
    rand::make_rng::<rand::rngs::StdRng>().fill_bytes(&mut bytes);
    u128::from_ne_bytes(bytes)
}
