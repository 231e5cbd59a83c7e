//! The database: opening, settings, transactions.

use std::{fmt::Write as _, path::Path, str::FromStr as _, sync::Once};

use sqlx::{
    Any, AnyConnection, AnyPool, ConnectOptions as _, Executor,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::Migrator,
    pool::PoolConnection,
};

use super::StoreError;

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("../migrations/postgres");

/// What store functions work on.
pub type Connection = AnyConnection;

/// A transaction. Dropped without `commit`, it leaves no trace.
pub type Transaction = sqlx::Transaction<'static, Any>;

/// Which database program is behind a [`Db`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Embedded, one file.
    Sqlite,
    /// A service of its own.
    Postgres,
}

/// The database of one server. Clones share the same connections.
///
/// The pool is private, because only [`Db::write`] begins a write transaction correctly.
#[derive(Clone, Debug)]
pub struct Db {
    pool: AnyPool,
    backend: Backend,
}

/// WAL and FULL: a committed ballot survives a power cut. `secure_delete` overwrites what is deleted, and temporary
/// tables (VACUUM writes one) stay in memory.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;";

const POSTGRES_SETTINGS: &str =
    "SET synchronous_commit = on; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '60s';";

/// Lets one writer in at a time, as SQLite does. Held until the transaction ends. Without it, two transactions could
/// both read a state and act on it, on PostgreSQL only.
const POSTGRES_WRITE_LOCK: &str =
    "DO $$ BEGIN PERFORM pg_advisory_xact_lock(hashtextextended(current_schema(), 0)); END $$";

const CONNECTIONS: u32 = 8;

impl Db {
    /// Opens the database at `url` (`sqlite://…` or `postgres://…`) and brings its tables to the present version. A
    /// missing SQLite file is created.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let (backend, url) = address(url)?;
        if backend == Backend::Sqlite {
            make_private(&url)?;
        }
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .after_connect(move |connection, _| Box::pin(apply_settings(connection, backend)))
            // Statements with their times would tell when each ballot came.
            .connect_with(AnyConnectOptions::from_str(&url)?.disable_statement_logging())
            .await?;
        let db = Self { pool, backend };
        db.check_integrity().await?;
        match backend {
            Backend::Sqlite => SQLITE_MIGRATIONS.run(&db.pool).await?,
            Backend::Postgres => POSTGRES_MIGRATIONS.run(&db.pool).await?,
        }
        Ok(db)
    }

    /// Reads the whole file and its indices once: after a crash nobody goes on with a torn one. PostgreSQL checks its pages itself.
    async fn check_integrity(&self) -> Result<(), StoreError> {
        if self.backend == Backend::Sqlite {
            let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&self.pool).await?;
            if found != "ok" {
                return Err(StoreError::Damaged { found });
            }
        }
        Ok(())
    }

    /// Which database program this is.
    #[must_use]
    pub const fn backend(&self) -> Backend {
        self.backend
    }

    /// Begins a transaction that only reads. On SQLite it sees one moment; on PostgreSQL each statement sees the
    /// newest commit.
    pub async fn read(&self) -> Result<Transaction, StoreError> {
        let begin = match self.backend {
            Backend::Sqlite => "BEGIN DEFERRED",
            Backend::Postgres => "BEGIN READ ONLY",
        };
        Ok(self.pool.begin_with(begin).await?)
    }

    /// Begins a transaction that writes. One at a time: what it reads, nobody changes until it ends. Do nothing slow
    /// inside (hash passwords and check ballots before).
    pub async fn write(&self) -> Result<Transaction, StoreError> {
        match self.backend {
            Backend::Sqlite => Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?),
            Backend::Postgres => {
                let mut transaction = self.pool.begin_with("BEGIN").await?;
                (&mut *transaction).execute(sqlx::raw_sql(POSTGRES_WRITE_LOCK)).await?;
                Ok(transaction)
            }
        }
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A connection outside any transaction, for the few commands that refuse to run inside one.
    pub(super) async fn bare_connection(&self) -> Result<PoolConnection<Any>, StoreError> {
        Ok(self.pool.acquire().await?)
    }
}

/// The address of the SQLite database in the file `path`.
#[must_use]
pub fn sqlite_url(path: &Path) -> String {
    let mut url = "sqlite://".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte) {
            url.push(char::from(*byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

fn address(url: &str) -> Result<(Backend, String), StoreError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok((Backend::Postgres, url.to_owned()));
    }
    if !url.starts_with("sqlite://") {
        return Err(StoreError::Address);
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    let mode = if url.contains("mode=") { String::new() } else { format!("{separator}mode=rwc") };
    Ok((Backend::Sqlite, format!("{url}{mode}")))
}

/// Makes a missing SQLite file readable by nobody else; its log and index take over the same rights.
fn make_private(url: &str) -> Result<(), StoreError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let path = url.trim_start_matches("sqlite://").split('?').next().unwrap_or_default();
    if path.is_empty() || path.starts_with(':') {
        return Ok(());
    }
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(|error| StoreError::Driver(sqlx::Error::Io(error)))
}

async fn apply_settings(connection: &mut AnyConnection, backend: Backend) -> Result<(), sqlx::Error> {
    let settings = match backend {
        Backend::Sqlite => SQLITE_SETTINGS,
        Backend::Postgres => POSTGRES_SETTINGS,
    };
    connection.execute(sqlx::raw_sql(settings)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{both_databases, store::log_entries, testing::county};

    #[test]
    fn only_the_two_databases_are_accepted() {
        for url in ["mysql://x", "pingyi.db", "", "sqlite:pingyi.db"] {
            assert!(matches!(address(url), Err(StoreError::Address)), "{url}");
        }
    }

    #[tokio::test]
    async fn a_file_with_any_name_can_hold_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("评议 100%?#.db");
        let db = Db::open(&sqlite_url(&path)).await.unwrap();
        db.close().await;
        assert!(path.exists());
    }

    #[tokio::test]
    async fn a_database_is_opened_again_with_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let url = sqlite_url(&folder.path().join("pingyi.db"));
        let db = Db::open(&url).await.unwrap();
        db.close().await;
        let db = Db::open(&url).await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(log_entries::find_head(&mut tx, &county()).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_damaged_file_is_noticed_at_the_start_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pingyi.db");
        Db::open(&sqlite_url(&path)).await.unwrap().close().await;
        let mut bytes = std::fs::read(&path).unwrap();
        // The second page and those after it, but not the header and the schema.
        let page = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
        for byte in bytes.iter_mut().skip(20 * page).step_by(7).take(page) {
            *byte ^= 0x5a;
        }
        std::fs::write(&path, &bytes).unwrap();
        assert!(Db::open(&sqlite_url(&path)).await.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }

    both_databases! {
        async fn writers_wait_for_each_other(db: Db) {
            let tasks: Vec<_> = (0..8).map(|_| tokio::spawn(append_ten(db.clone()))).collect();
            for task in tasks {
                task.await.unwrap();
            }
            let mut tx = db.read().await.unwrap();
            assert_eq!(log_entries::find_head(&mut tx, &county()).await.unwrap().unwrap().seq, 80);
        }

        async fn a_dropped_transaction_leaves_no_trace(db: Db) {
            let mut tx = db.write().await.unwrap();
            append(&mut tx).await;
            drop(tx);
            let mut tx = db.read().await.unwrap();
            assert_eq!(log_entries::find_head(&mut tx, &county()).await.unwrap(), None);
        }
    }

    async fn append_ten(db: Db) {
        for _ in 0..10 {
            let mut tx = db.write().await.unwrap();
            append(&mut tx).await;
            tx.commit().await.unwrap();
        }
    }

    async fn append(tx: &mut Connection) {
        let hash = evaluation::hash::Sha256Hash::of("");
        let head = log_entries::find_head(tx, &county()).await.unwrap();
        let entry = log_entries::Entry {
            seq: head.map_or(1, |head| head.seq + 1),
            time: "2020-12-11T01:00:00.000Z".to_owned(),
            actor: "system".to_owned(),
            event: "{}".to_owned(),
            previous: hash,
            hash,
        };
        log_entries::insert(tx, &county(), &entry).await.unwrap();
    }
}
