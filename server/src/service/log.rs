//! The log: one chain of entries for each county, each bound to the one before by SHA-256.
//!
//! # The chain
//!
//! The hash of an entry is the SHA-256 of one line of UTF-8 text, cells separated by TAB, ended by LF:
//!
//! ```text
//! pingyi-log/1 ⇥ county ⇥ seq ⇥ time ⇥ actor ⇥ event ⇥ previous ↵
//! ```
//!
//! | cell | encoding |
//! | --- | --- |
//! | `county` | the county id |
//! | `seq` | decimal, from 1, without gaps |
//! | `time` | `YYYY-MM-DDThh:mm:ss.sssZ` |
//! | `actor` | `account:<id>`, `terminal:<id>` or `system` |
//! | `event` | JSON on one line, as stored |
//! | `previous` | hash of the entry before, 64 lower-case hexadecimal digits; 64 zeros for the first |
//!
//! No cell can contain TAB or LF (JSON escapes them), so no two entries make the same line, and anybody can check
//! one with `printf` and `sha256sum`.
//!
//! What it detects: a changed entry (its hash), a removed, added or swapped one (`seq` and `previous`). Removing the
//! *last* entries is detected only by comparison with a head that was printed or published (`log-head.txt`). The
//! triggers of the tables stop accidents, not somebody who owns the database: that is what published heads are for.
//!
//! An entry stands in the transaction of what it records: both happen, or neither.

use evaluation::hash::Sha256Hash;
use jiff::Timestamp;

use crate::{
    domain::{Actor, CountyId, LogEvent},
    store::{
        Connection, Db, StoreError,
        log_entries::{self, Entry},
        time_text,
    },
};

/// The newest entry: what is printed and published, so that nobody can cut off the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogHead {
    /// Its number; 0 for an empty log.
    pub seq: u64,
    /// Its hash; zeros for an empty log.
    pub hash: Sha256Hash,
}

impl LogHead {
    const EMPTY: Self = Self { seq: 0, hash: Sha256Hash::from_bytes([0; 32]) };
}

/// Something wrong with the chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogFinding {
    /// An entry was changed, or its hash.
    #[error("entry {seq}: its hash is not that of its content")]
    Hash {
        /// The entry.
        seq: u64,
    },
    /// An entry does not continue the one before.
    #[error("entry {seq}: it does not continue the entry before")]
    Previous {
        /// The entry.
        seq: u64,
    },
    /// Entries are missing or added.
    #[error("entry {found} stands where entry {expected} must be")]
    Sequence {
        /// The number that must come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
}

/// What verifying the log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogReport {
    /// Entries read.
    pub entries: u64,
    /// The newest entry.
    pub head: LogHead,
    /// Everything that is wrong; empty if the chain holds.
    pub findings: Vec<LogFinding>,
}

/// Entries read from the database at a time.
const BATCH: u32 = 1000;

/// Adds an entry, inside the caller's transaction (one of [`Db::write`]).
pub async fn append(
    tx: &mut Connection,
    county: &CountyId,
    now: Timestamp,
    actor: &Actor,
    event: &LogEvent,
) -> Result<LogHead, StoreError> {
    let before = head(tx, county).await?;
    let mut entry = Entry {
        seq: before.seq.saturating_add(1),
        time: time_text(now),
        actor: actor.to_string(),
        event: serde_json::to_string(event)
            .map_err(|_| StoreError::Inconsistency { table: "log_entries", column: "event" })?,
        previous: before.hash,
        hash: before.hash,
    };
    entry.hash = entry_hash(county, &entry);
    log_entries::insert(tx, county, &entry).await?;
    Ok(LogHead { seq: entry.seq, hash: entry.hash })
}

/// The newest entry.
pub async fn head(tx: &mut Connection, county: &CountyId) -> Result<LogHead, StoreError> {
    let entry = log_entries::find_head(tx, county).await?;
    Ok(entry.map_or(LogHead::EMPTY, |entry| LogHead { seq: entry.seq, hash: entry.hash }))
}

/// Where the log ends now.
pub async fn head_now(context: &super::Context) -> Result<LogHead, StoreError> {
    let mut tx = context.db.read().await?;
    head(&mut tx, &context.county).await
}

/// Recomputes the whole chain and reports everything that is wrong.
pub async fn verify(db: &Db, county: &CountyId) -> Result<LogReport, StoreError> {
    let mut tx = db.read().await?;
    let mut report = LogReport { entries: 0, head: LogHead::EMPTY, findings: Vec::new() };
    loop {
        let batch = log_entries::list(&mut tx, county, report.head.seq.saturating_add(1), BATCH).await?;
        for entry in &batch {
            check(county, entry, &mut report);
        }
        if batch.is_empty() {
            return Ok(report);
        }
    }
}

/// The hash of an entry, from everything but its own `hash`.
#[must_use]
pub fn entry_hash(county: &CountyId, entry: &Entry) -> Sha256Hash {
    let Entry { seq, time, actor, event, previous, .. } = entry;
    Sha256Hash::of(format!("pingyi-log/1\t{county}\t{seq}\t{time}\t{actor}\t{event}\t{previous}\n"))
}

fn check(county: &CountyId, entry: &Entry, report: &mut LogReport) {
    let expected = report.head.seq.saturating_add(1);
    if entry.seq != expected {
        report.findings.push(LogFinding::Sequence { expected, found: entry.seq });
    }
    if entry.previous != report.head.hash {
        report.findings.push(LogFinding::Previous { seq: entry.seq });
    }
    if entry.hash != entry_hash(county, entry) {
        report.findings.push(LogFinding::Hash { seq: entry.seq });
    }
    report.entries = report.entries.saturating_add(1);
    report.head = LogHead { seq: entry.seq, hash: entry.hash };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        both_databases,
        domain::AccountId,
        testing::{county, rng},
    };

    fn event() -> LogEvent {
        LogEvent::SignedIn { account: AccountId::generate(&mut rng()) }
    }

    async fn append_three(db: &Db, county: &CountyId) -> Vec<Entry> {
        let mut tx = db.write().await.unwrap();
        for second in 0..3 {
            let now = Timestamp::from_second(1_607_648_400 + second).unwrap();
            append(&mut tx, county, now, &Actor::System, &event()).await.unwrap();
        }
        let entries = log_entries::list(&mut tx, county, 1, 10).await.unwrap();
        tx.commit().await.unwrap();
        entries
    }

    #[test]
    fn the_hash_is_what_sha256sum_prints() {
        // printf 'pingyi-log/1\tningjin\t1\t2020-12-11T01:00:00.000Z\tsystem\t{}\t%064d\n' 0 | sha256sum
        let entry = Entry {
            seq: 1,
            time: "2020-12-11T01:00:00.000Z".to_owned(),
            actor: "system".to_owned(),
            event: "{}".to_owned(),
            previous: LogHead::EMPTY.hash,
            hash: LogHead::EMPTY.hash,
        };
        assert_eq!(
            entry_hash(&county(), &entry).to_string(),
            "ada95219291364c3adf453a8c0d3c3071a1b94f4195b4ed3aec4aff6cd88d830"
        );
    }

    both_databases! {
        async fn an_untouched_log_verifies(db: Db) {
            let entries = append_three(&db, &county()).await;
            let report = verify(&db, &county()).await.unwrap();
            assert_eq!(report.findings, []);
            assert_eq!(report.entries, 3);
            assert_eq!(report.head, LogHead { seq: 3, hash: entries[2].hash });
        }

        async fn counties_have_chains_of_their_own(db: Db) {
            let other = "leling".parse().unwrap();
            let here = append_three(&db, &county()).await;
            let there = append_three(&db, &other).await;
            assert_eq!(there[0].seq, 1);
            assert_ne!(here[0].hash, there[0].hash);
            assert_eq!(verify(&db, &county()).await.unwrap().entries, 3);
            assert_eq!(verify(&db, &other).await.unwrap().findings, []);
        }

        async fn a_changed_entry_is_found(db: Db) {
            let other: CountyId = "leling".parse().unwrap();
            let mut entries = append_three(&db, &county()).await;
            for entry in &mut entries {
                // Written for another county the hashes are all wrong; then only the second one stays wrong.
                entry.hash = entry_hash(&other, entry);
            }
            entries[1].event = "{}".to_owned();
            entries[1].previous = entries[0].hash;
            entries[2].previous = entries[1].hash;
            entries[2].hash = entry_hash(&other, &entries[2]);
            let mut tx = db.write().await.unwrap();
            for entry in &entries {
                log_entries::insert(&mut tx, &other, entry).await.unwrap();
            }
            tx.commit().await.unwrap();
            assert_eq!(verify(&db, &other).await.unwrap().findings, [LogFinding::Hash { seq: 2 }]);
        }

        async fn a_removed_entry_is_found(db: Db) {
            let other: CountyId = "leling".parse().unwrap();
            let mut entries = append_three(&db, &county()).await;
            entries[0].hash = entry_hash(&other, &entries[0]);
            entries[2].hash = entry_hash(&other, &entries[2]);
            let mut tx = db.write().await.unwrap();
            log_entries::insert(&mut tx, &other, &entries[0]).await.unwrap();
            log_entries::insert(&mut tx, &other, &entries[2]).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(
                verify(&db, &other).await.unwrap().findings,
                [LogFinding::Sequence { expected: 2, found: 3 }, LogFinding::Previous { seq: 3 }]
            );
        }
    }
}
