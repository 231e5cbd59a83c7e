//! What the tables promise, asked of both databases.

use std::collections::BTreeSet;

use sqlx::{Executor as _, Row as _, SqlSafeStr as _};

use super::{Backend, Db};
use crate::{both_databases, testing::TestDb};

const STATEMENTS: &[&[(&str, &str)]] = &[
    super::absences::STATEMENTS,
    super::accounts::STATEMENTS,
    super::attendance::STATEMENTS,
    super::ballots::STATEMENTS,
    super::booths::STATEMENTS,
    super::commitment_codes::STATEMENTS,
    super::copy::STATEMENTS,
    super::credentials::STATEMENTS,
    super::drafts::STATEMENTS,
    super::draws::STATEMENTS,
    super::editions::STATEMENTS,
    super::exceptions::STATEMENTS,
    super::invitations::STATEMENTS,
    super::log_entries::STATEMENTS,
    super::nominations::STATEMENTS,
    super::offices::STATEMENTS,
    super::paper_counts::STATEMENTS,
    super::polls::STATEMENTS,
    super::pool::STATEMENTS,
    super::proposals::STATEMENTS,
    super::reveals::STATEMENTS,
    super::sanctions::STATEMENTS,
    super::sessions::STATEMENTS,
    super::sign_in_failures::STATEMENTS,
    super::terminals::STATEMENTS,
    super::trustees::STATEMENTS,
    super::void_cards::STATEMENTS,
];

const SQLITE_COLUMNS: &str = "
    SELECT m.name || '.' || c.name || ' ' || c.type || CASE c.\"notnull\" WHEN 1 THEN ' NOT NULL' ELSE '' END AS line
    FROM sqlite_master m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE '\\_%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'";

const POSTGRES_COLUMNS: &str = "
    SELECT CAST(c.table_name || '.' || c.column_name || ' '
           || CASE c.data_type WHEN 'text' THEN 'TEXT' WHEN 'bigint' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB'
                               ELSE c.data_type END
           || CASE c.is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END AS TEXT) AS line
    FROM information_schema.columns c
    WHERE c.table_schema = current_schema() AND c.table_name NOT LIKE '\\_%' ESCAPE '\\'";

const SQLITE_UNIQUE_KEYS: &str = "
    SELECT name || ' (' || group_concat(column, ', ') || ')' AS line FROM (
        SELECT m.name AS name, i.name AS key, k.name AS column
        FROM sqlite_master m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) k
        WHERE m.type = 'table' AND i.\"unique\" = 1 AND m.name NOT LIKE '\\_%' ESCAPE '\\'
        ORDER BY m.name, i.name, k.seqno)
    GROUP BY name, key";

const POSTGRES_UNIQUE_KEYS: &str = "
    SELECT CAST(t.relname || ' (' || string_agg(a.attname, ', ' ORDER BY k.position) || ')' AS TEXT) AS line
    FROM pg_index i
    JOIN pg_class t ON t.oid = i.indrelid AND t.relnamespace = CAST(current_schema() AS regnamespace)
    CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
    WHERE i.indisunique AND t.relname NOT LIKE '\\_%' ESCAPE '\\'
    GROUP BY t.relname, i.indexrelid";

const SQLITE_FOREIGN_KEYS: &str = "
    SELECT m.name || '.' || k.\"from\" || ' -> ' || k.\"table\" || '.' || k.\"to\" AS line
    FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) k WHERE m.type = 'table'";

const POSTGRES_FOREIGN_KEYS: &str = "
    SELECT CAST(t.relname || '.' || a.attname || ' -> ' || r.relname || '.' || b.attname AS TEXT) AS line
    FROM pg_constraint c
    JOIN pg_class t ON t.oid = c.conrelid AND t.relnamespace = CAST(current_schema() AS regnamespace)
    JOIN pg_class r ON r.oid = c.confrelid
    CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS k (attnum, target)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
    JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = k.target
    WHERE c.contype = 'f'";

const BALLOT_SIDE: [&str; 6] =
    ["ballots", "credentials", "drafts", "refused_ballots", "void_cards", "void_refused_counts"];

async fn lines(db: &Db, sqlite: &'static str, postgres: &'static str) -> BTreeSet<String> {
    let statement = match db.backend() {
        Backend::Sqlite => sqlite,
        Backend::Postgres => postgres,
    };
    let mut tx = db.read().await.unwrap();
    let rows = sqlx::query(statement).fetch_all(&mut *tx).await.unwrap();
    rows.iter().map(|row| row.get("line")).collect()
}

async fn columns(db: &Db) -> BTreeSet<String> {
    lines(db, SQLITE_COLUMNS, POSTGRES_COLUMNS).await
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_keys() {
    let (sqlite, postgres) = (TestDb::sqlite().await, TestDb::postgres().await);
    let (one, other) = (sqlite.db(), postgres.db());
    let all_columns = columns(&one).await;
    assert!(all_columns.len() > 100, "{all_columns:?}");
    assert_eq!(all_columns, columns(&other).await);
    assert_eq!(
        lines(&one, SQLITE_UNIQUE_KEYS, POSTGRES_UNIQUE_KEYS).await,
        lines(&other, SQLITE_UNIQUE_KEYS, POSTGRES_UNIQUE_KEYS).await
    );
    assert_eq!(
        lines(&one, SQLITE_FOREIGN_KEYS, POSTGRES_FOREIGN_KEYS).await,
        lines(&other, SQLITE_FOREIGN_KEYS, POSTGRES_FOREIGN_KEYS).await
    );
    sqlite.remove().await;
    postgres.remove().await;
}

#[test]
fn both_folders_hold_migrations_of_the_same_names() {
    let names = |folder: &str| -> BTreeSet<_> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(folder);
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

both_databases! {
    async fn every_statement_is_valid(db: Db) {
        let mut tx = db.write().await.unwrap();
        for &(name, statement) in STATEMENTS.iter().copied().flatten() {
            if let Err(error) = (&mut *tx).prepare(statement.into_sql_str()).await {
                panic!("{name}: {error}");
            }
        }
    }

    async fn every_table_belongs_to_a_county_and_is_keyed_by_it(db: Db) {
        let columns = columns(&db).await;
        let tables: BTreeSet<_> = columns.iter().filter_map(|line| line.split_once('.')).map(|(table, _)| table).collect();
        let keys = lines(&db, SQLITE_UNIQUE_KEYS, POSTGRES_UNIQUE_KEYS).await;
        for table in tables {
            assert!(columns.contains(&format!("{table}.county TEXT NOT NULL")), "{table}");
            assert!(keys.iter().any(|key| key.starts_with(&format!("{table} (county, "))), "{table}");
        }
        assert!(keys.iter().all(|key| key.contains("(county, ")), "{keys:?}");
    }

    async fn no_key_leads_to_or_from_the_ballot_side(db: Db) {
        let keys = lines(&db, SQLITE_FOREIGN_KEYS, POSTGRES_FOREIGN_KEYS).await;
        assert!(!keys.is_empty());
        for key in keys {
            assert!(!BALLOT_SIDE.iter().any(|table| key.contains(table)), "{key}");
        }
    }

    async fn the_ballot_side_knows_no_time_no_order_and_no_terminal(db: Db) {
        let found: Vec<_> = columns(&db)
            .await
            .into_iter()
            .filter(|line| BALLOT_SIDE.iter().any(|table| line.starts_with(&format!("{table}."))))
            .collect();
        // A new column here needs a decision record: can it tell who, when, where or in which order?
        assert_eq!(
            found,
            [
                "ballots.county TEXT NOT NULL",
                "ballots.hash BLOB NOT NULL",
                "ballots.payload BLOB NOT NULL",
                "ballots.poll TEXT NOT NULL",
                "ballots.public_credential TEXT NOT NULL",
                "credentials.county TEXT NOT NULL",
                "credentials.poll TEXT NOT NULL",
                "credentials.public_credential TEXT NOT NULL",
                "credentials.status TEXT NOT NULL",
                "drafts.county TEXT NOT NULL",
                "drafts.locator BLOB NOT NULL",
                "drafts.poll TEXT NOT NULL",
                "drafts.sealed BLOB NOT NULL",
                "refused_ballots.county TEXT NOT NULL",
                "refused_ballots.poll TEXT NOT NULL",
                "refused_ballots.refused BLOB NOT NULL",
                "refused_ballots.stored BLOB",
                "void_cards.county TEXT NOT NULL",
                "void_cards.kind TEXT NOT NULL",
                "void_cards.poll TEXT NOT NULL",
                "void_cards.public_credential TEXT NOT NULL",
                "void_cards.signature TEXT NOT NULL",
                "void_refused_counts.cards INTEGER NOT NULL",
                "void_refused_counts.county TEXT NOT NULL",
                "void_refused_counts.kind TEXT NOT NULL",
                "void_refused_counts.poll TEXT NOT NULL",
            ]
        );
    }

    async fn the_log_can_only_be_added_to(db: Db) {
        let mut tx = db.write().await.unwrap();
        let hash = vec![0_u8; 32];
        sqlx::query("INSERT INTO log_entries VALUES ('ningjin', 1, 't', 'system', '{}', $1, $2)")
            .bind(hash.clone())
            .bind(hash)
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        for change in ["UPDATE log_entries SET event = '[]'", "DELETE FROM log_entries"] {
            let mut tx = db.write().await.unwrap();
            let error = (&mut *tx).execute(sqlx::raw_sql(change)).await.unwrap_err();
            assert!(error.to_string().contains("the log can only be added to"), "{change}: {error}");
        }
    }
}

#[tokio::test]
async fn postgres_does_not_empty_the_log_at_once_either() {
    let test = TestDb::postgres().await;
    let mut tx = test.db().write().await.unwrap();
    let error = (&mut *tx).execute(sqlx::raw_sql("TRUNCATE log_entries")).await.unwrap_err();
    assert!(error.to_string().contains("the log can only be added to"), "{error}");
    drop(tx);
    test.remove().await;
}

#[tokio::test]
async fn sqlite_keeps_no_row_numbers_of_ballots() {
    let test = TestDb::sqlite().await;
    for table in BALLOT_SIDE {
        let statement = sqlx::AssertSqlSafe(format!("SELECT rowid FROM {table}"));
        let mut tx = test.db().read().await.unwrap();
        let error = (&mut *tx).prepare(statement.into_sql_str()).await.err().unwrap();
        assert!(error.to_string().contains("no such column: rowid"), "{table}: {error}");
    }
}

#[tokio::test]
async fn every_sqlite_connection_is_durable_and_overwrites_what_it_deletes() {
    let test = TestDb::sqlite().await;
    let db = test.db();
    let mut open = Vec::new();
    for _ in 0..4 {
        let mut tx = db.read().await.unwrap();
        for (pragma, expected) in [
            ("PRAGMA synchronous", 2),
            ("PRAGMA foreign_keys", 1),
            ("PRAGMA secure_delete", 1),
            ("PRAGMA temp_store", 2),
        ] {
            let row = sqlx::query(pragma).fetch_one(&mut *tx).await.unwrap();
            assert_eq!(row.get::<i64, _>(0), expected, "{pragma}");
        }
        let row = sqlx::query("PRAGMA journal_mode").fetch_one(&mut *tx).await.unwrap();
        assert_eq!(row.get::<String, _>(0), "wal");
        open.push(tx);
    }
}
