//! Destroys what the files of the database tell about the order of voting.
//!
//! While a poll is open, the place of a row in the file, its transaction number and old versions of a row tell in
//! which order ballots came. At close:
//!
//! * **SQLite**: the tables have no row numbers, they are trees in key order; VACUUM writes the whole file anew in
//!   that order (the pages that a long ballot overflows into, too), and a checkpoint empties the write-ahead log.
//! * **PostgreSQL**: in one transaction the rows are set aside in hash order, the tables are truncated, which gives
//!   them a fresh file and drops the old one at commit, and the rows are put back in hash order by one statement. So
//!   all rows have one transaction number. VACUUM FULL or CLUSTER alone would keep the old numbers (`xmin`), which
//!   tell the order, and every version that somebody can still see.
//!
//! What stays is said in the handbook: blocks that the file system freed but did not overwrite, and PostgreSQL's
//! write-ahead log until it is recycled, so archiving that log must be off during a poll.

use sqlx::{Executor, Row as _};

use super::{Backend, Db, StoreError};

const SQLITE_CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
/// PostgreSQL's code for “could not get the lock in time”.
const LOCK_NOT_AVAILABLE: &str = "55P03";

const POSTGRES_REWRITE: &str = "
    CREATE TEMPORARY TABLE aside_ballots ON COMMIT DROP AS
        SELECT * FROM ballots ORDER BY hash, county, poll;
    CREATE TEMPORARY TABLE aside_credentials ON COMMIT DROP AS
        SELECT * FROM credentials ORDER BY public_credential, county, poll;
    CREATE TEMPORARY TABLE aside_refused ON COMMIT DROP AS
        SELECT * FROM refused_ballots ORDER BY refused, county, poll;
    CREATE TEMPORARY TABLE aside_void ON COMMIT DROP AS
        SELECT * FROM void_cards ORDER BY public_credential, county, poll;
    CREATE TEMPORARY TABLE aside_drafts ON COMMIT DROP AS
        SELECT * FROM drafts ORDER BY locator, county, poll;
    TRUNCATE ballots, credentials, refused_ballots, void_cards, drafts;
    INSERT INTO ballots SELECT * FROM aside_ballots ORDER BY hash, county, poll;
    INSERT INTO credentials SELECT * FROM aside_credentials ORDER BY public_credential, county, poll;
    INSERT INTO refused_ballots SELECT * FROM aside_refused ORDER BY refused, county, poll;
    INSERT INTO void_cards SELECT * FROM aside_void ORDER BY public_credential, county, poll;
    INSERT INTO drafts SELECT * FROM aside_drafts ORDER BY locator, county, poll;";

/// Rewrites the ballot side in hash order and destroys the old files. Called at close, when no ballot is accepted
/// any more.
///
/// Works on the tables of all counties: a poll of another county that is open waits for a moment and loses nothing.
/// May be repeated. [`StoreError::RemainsKept`] means that somebody is still reading: the rows are safe, call it
/// again.
pub async fn rewrite_in_hash_order(db: &Db) -> Result<(), StoreError> {
    match db.backend() {
        Backend::Sqlite => rewrite_sqlite(db).await,
        Backend::Postgres => rewrite_postgres(db).await,
    }
}

async fn rewrite_sqlite(db: &Db) -> Result<(), StoreError> {
    let mut connection = db.bare_connection().await?;
    connection.execute(sqlx::raw_sql("VACUUM")).await?;
    // Waits for readers as long as `busy_timeout` says.
    let row = sqlx::query(SQLITE_CHECKPOINT).fetch_one(&mut *connection).await?;
    if row.try_get::<i64, _>("busy")? == 0 { Ok(()) } else { Err(StoreError::RemainsKept) }
}

async fn rewrite_postgres(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    (&mut *tx).execute(sqlx::raw_sql(POSTGRES_REWRITE)).await.map_err(|error| match &error {
        sqlx::Error::Database(database) if database.code().as_deref() == Some(LOCK_NOT_AVAILABLE) => {
            StoreError::RemainsKept
        }
        _ => error.into(),
    })?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use evaluation::hash::Sha256Hash;
    use rand::RngExt;

    use super::*;
    use crate::{
        both_databases,
        domain::PollId,
        store::{
            ballots::{self, Ballot},
            credentials::{self, Spent},
            sqlite_url,
        },
        testing::{TestDb, county, rng},
    };

    const BALLOTS: usize = 20;

    fn poll() -> PollId {
        "1r7xvBB2ZoyrxA".parse().unwrap()
    }

    /// Ballots of 20 kB, so that each spans several pages, each full of its own hash.
    fn ballots() -> Vec<Ballot> {
        let mut rng = rng();
        (0..BALLOTS)
            .map(|_| {
                let hash = Sha256Hash::from_bytes(rng.random());
                let public_credential = Sha256Hash::from_bytes(rng.random()).to_string();
                Ballot { hash, public_credential, payload: marker(&hash).repeat(300) }
            })
            .collect()
    }

    fn marker(hash: &Sha256Hash) -> Vec<u8> {
        format!("<{hash}>").into_bytes()
    }

    /// Each in a transaction of its own, as they come in during a poll.
    async fn cast(db: &Db, ballots: Vec<Ballot>) -> Vec<Ballot> {
        let (county, poll) = (county(), poll());
        let mut tx = db.write().await.unwrap();
        for ballot in &ballots {
            credentials::insert(&mut tx, &county, &poll, &ballot.public_credential).await.unwrap();
        }
        tx.commit().await.unwrap();
        for ballot in &ballots {
            let mut tx = db.write().await.unwrap();
            let spent = credentials::spend(&mut tx, &county, &poll, &ballot.public_credential).await.unwrap();
            assert_eq!(spent, Spent::Now);
            ballots::insert(&mut tx, &county, &poll, ballot).await.unwrap();
            tx.commit().await.unwrap();
        }
        ballots
    }

    fn sorted(mut ballots: Vec<Ballot>) -> Vec<Ballot> {
        ballots.sort_by_key(|ballot| ballot.hash);
        ballots
    }

    both_databases! {
        async fn rewriting_loses_nothing_and_may_be_repeated(db: Db) {
            let cast = sorted(cast(&db, ballots()).await);
            for _ in 0..2 {
                rewrite_in_hash_order(&db).await.unwrap();
                let mut tx = db.read().await.unwrap();
                assert_eq!(ballots::list(&mut tx, &county(), &poll()).await.unwrap(), cast);
                let count = credentials::count(&mut tx, &county(), &poll()).await.unwrap();
                assert_eq!((count.registered, count.spent), (20, 20));
            }
        }
    }

    #[tokio::test]
    async fn postgres_keeps_ballots_in_hash_order_and_of_one_transaction() {
        let test = TestDb::postgres().await;
        let db = test.db();
        let by_hash: Vec<_> =
            sorted(cast(&db, ballots()).await).iter().map(|ballot| ballot.hash.to_string()).collect();
        let before = places(
            &db,
            "SELECT encode(hash, 'hex') AS value, CAST(xmin AS TEXT) AS writer FROM ballots ORDER BY ctid",
        )
        .await;
        assert_ne!(values(&before), by_hash, "the test must begin out of order");
        assert_eq!(writers(&before), BALLOTS);

        rewrite_in_hash_order(&db).await.unwrap();

        let after = places(
            &db,
            "SELECT encode(hash, 'hex') AS value, CAST(xmin AS TEXT) AS writer FROM ballots ORDER BY ctid",
        )
        .await;
        assert_eq!(values(&after), by_hash);
        assert_eq!(writers(&after), 1);
        let cards = places(
            &db,
            "SELECT public_credential AS value, CAST(xmin AS TEXT) AS writer FROM credentials ORDER BY ctid",
        )
        .await;
        assert!(values(&cards).is_sorted());
        assert_eq!(writers(&cards), 1);
        test.remove().await;
    }

    async fn places(db: &Db, statement: &'static str) -> Vec<(String, String)> {
        let mut tx = db.read().await.unwrap();
        let rows = sqlx::query(statement).fetch_all(&mut *tx).await.unwrap();
        rows.iter().map(|row| (row.get("value"), row.get("writer"))).collect()
    }

    fn values(places: &[(String, String)]) -> Vec<String> {
        places.iter().map(|(value, _)| value.clone()).collect()
    }

    fn writers(places: &[(String, String)]) -> usize {
        places.iter().map(|(_, writer)| writer).collect::<std::collections::BTreeSet<_>>().len()
    }

    #[tokio::test]
    async fn the_sqlite_file_is_the_same_in_whatever_order_people_voted() {
        let mut other_order = ballots();
        other_order.reverse();
        other_order.swap(3, 11);
        let one = markers_in_file(ballots()).await;
        let other = markers_in_file(other_order).await;
        assert_eq!(one, other);
        for ballot in ballots() {
            let text = String::from_utf8(marker(&ballot.hash)).unwrap();
            let copies = one.iter().filter(|found| text.starts_with(found.as_str())).count();
            // Some are cut in two by the end of a page; a second copy of the ballot would double the number.
            assert!((280..=300).contains(&copies), "{copies} of 300");
        }
    }

    /// Every marker and public credential in the file after rewriting, in the order of their place.
    async fn markers_in_file(ballots: Vec<Ballot>) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pingyi.db");
        let db = Db::open(&sqlite_url(&path)).await.unwrap();
        let credentials: Vec<_> = ballots.iter().map(|ballot| ballot.public_credential.clone()).collect();
        cast(&db, ballots).await;
        rewrite_in_hash_order(&db).await.unwrap();
        assert_eq!(std::fs::metadata(folder.path().join("pingyi.db-wal")).unwrap().len(), 0);
        let file = std::fs::read(&path).unwrap();
        let is_hash = |text: &[u8]| text.iter().all(u8::is_ascii_hexdigit);
        let is_marker =
            |text: &&[u8]| text.starts_with(b"<") && text.ends_with(b">") && is_hash(&text[1..65]);
        let is_credential = |text: &&[u8]| credentials.iter().any(|known| text.starts_with(known.as_bytes()));
        let texts = file.windows(66).filter(|text| is_marker(text) || is_credential(text));
        texts.map(|text| String::from_utf8_lossy(&text[..64]).into_owned()).collect()
    }

    #[tokio::test]
    async fn sqlite_says_so_when_a_reader_keeps_remains() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&sqlite_url(&folder.path().join("pingyi.db"))).await.unwrap();
        cast(&db, ballots()).await;
        let mut reader = db.read().await.unwrap();
        ballots::count(&mut reader, &county(), &poll()).await.unwrap();
        assert!(matches!(rewrite_in_hash_order(&db).await, Err(StoreError::RemainsKept)));
        drop(reader);
        rewrite_in_hash_order(&db).await.unwrap();
    }
}
