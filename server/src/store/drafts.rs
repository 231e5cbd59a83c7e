//! BALLOT SIDE: sealed drafts of people who have not cast yet, under names that only their cards tell.
//!
//! A row tells neither who, when, where nor how often it was changed; all rows of a poll have one length. A row goes with its ballot. None
//! is ever in a backup ([`super::copy`]).

use evaluation::wire::{DraftLocator, SealedDraft};

use super::{Connection, StoreError, statements, types::Row};
use crate::domain::{CountyId, PollId};

statements! {
    SAVE = "INSERT INTO drafts (county, poll, locator, sealed) VALUES ($1, $2, $3, $4)
            ON CONFLICT (county, poll, locator) DO UPDATE SET sealed = excluded.sealed";
    FIND = "SELECT sealed FROM drafts WHERE county = $1 AND poll = $2 AND locator = $3";
    COUNT = "SELECT count(*) AS number FROM drafts WHERE county = $1 AND poll = $2";
    DELETE = "DELETE FROM drafts WHERE county = $1 AND poll = $2 AND locator = $3";
    DELETE_ALL = "DELETE FROM drafts WHERE county = $1 AND poll = $2";
}

/// Stores a draft in place of an earlier one of this name.
pub async fn save(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    locator: DraftLocator,
    sealed: &SealedDraft,
) -> Result<(), StoreError> {
    sqlx::query(SAVE)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(locator.as_bytes().as_slice())
        .bind(sealed.as_bytes())
        .execute(tx)
        .await?;
    Ok(())
}

/// The draft of this name.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    locator: DraftLocator,
) -> Result<Option<SealedDraft>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(locator.as_bytes().as_slice())
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(|row| Row::new("drafts", row).bytes("sealed").map(SealedDraft::new)).transpose()
}

/// How many there are.
pub async fn count(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<u32, StoreError> {
    let row = sqlx::query(COUNT).bind(county.as_str()).bind(poll.as_str()).fetch_one(tx).await?;
    Row::new("drafts", &row).number("number")
}

/// Drops a draft; one that is not there is fine.
pub async fn delete(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    locator: DraftLocator,
) -> Result<(), StoreError> {
    sqlx::query(DELETE)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(locator.as_bytes().as_slice())
        .execute(tx)
        .await?;
    Ok(())
}

/// Drops all drafts of a poll.
pub async fn delete_all(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<(), StoreError> {
    sqlx::query(DELETE_ALL).bind(county.as_str()).bind(poll.as_str()).execute(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        both_databases,
        store::{Db, copy, rewrite::rewrite_in_hash_order, sqlite_url},
        testing::county,
    };

    fn poll() -> PollId {
        "1r7xvBB2ZoyrxA".parse().unwrap()
    }

    fn locator(byte: u8) -> DraftLocator {
        DraftLocator::from_bytes([byte; 32])
    }

    /// Bytes that are found again in a file.
    fn sealed(byte: u8) -> SealedDraft {
        SealedDraft::new(vec![byte; 146])
    }

    both_databases! {
        async fn a_newer_draft_takes_the_place_of_the_older_one(db: Db) {
            let mut tx = db.write().await.unwrap();
            for byte in [0xd1, 0xd2] {
                save(&mut tx, &county(), &poll(), locator(1), &sealed(byte)).await.unwrap();
            }
            assert_eq!(find(&mut tx, &county(), &poll(), locator(1)).await.unwrap(), Some(sealed(0xd2)));
            assert_eq!(count(&mut tx, &county(), &poll()).await.unwrap(), 1);
            assert_eq!(find(&mut tx, &county(), &poll(), locator(2)).await.unwrap(), None);
        }

        async fn drafts_are_dropped_one_by_one_or_all_of_a_poll(db: Db) {
            let other: PollId = "2r7xvBB2ZoyrxA".parse().unwrap();
            let mut tx = db.write().await.unwrap();
            for poll in [&poll(), &other] {
                for byte in 1..=3 {
                    save(&mut tx, &county(), poll, locator(byte), &sealed(byte)).await.unwrap();
                }
            }
            delete(&mut tx, &county(), &poll(), locator(1)).await.unwrap();
            delete(&mut tx, &county(), &poll(), locator(9)).await.unwrap();
            assert_eq!(count(&mut tx, &county(), &poll()).await.unwrap(), 2);
            delete_all(&mut tx, &county(), &poll()).await.unwrap();
            assert_eq!(count(&mut tx, &county(), &poll()).await.unwrap(), 0);
            assert_eq!(count(&mut tx, &county(), &other).await.unwrap(), 3);
        }

        async fn destroying_the_order_of_one_poll_keeps_the_drafts_of_another(db: Db) {
            let mut tx = db.write().await.unwrap();
            for byte in [3, 1, 2] {
                save(&mut tx, &county(), &poll(), locator(byte), &sealed(byte)).await.unwrap();
            }
            tx.commit().await.unwrap();
            rewrite_in_hash_order(&db).await.unwrap();
            let mut tx = db.read().await.unwrap();
            for byte in 1..=3 {
                assert_eq!(find(&mut tx, &county(), &poll(), locator(byte)).await.unwrap(), Some(sealed(byte)));
            }
        }
    }

    fn contains(file: &std::path::Path, byte: u8) -> bool {
        std::fs::read(file).unwrap().windows(64).any(|part| part == [byte; 64])
    }

    #[tokio::test]
    async fn a_dropped_draft_is_gone_from_the_files_and_none_is_in_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pingyi.db");
        let db = Db::open(&sqlite_url(&path)).await.unwrap();
        let mut tx = db.write().await.unwrap();
        save(&mut tx, &county(), &poll(), locator(1), &sealed(0xd1)).await.unwrap();
        save(&mut tx, &county(), &poll(), locator(2), &sealed(0xd2)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.write().await.unwrap();
        delete(&mut tx, &county(), &poll(), locator(1)).await.unwrap();
        tx.commit().await.unwrap();

        let copied = folder.path().join("copy");
        copy::write_sqlite_copy(&db, &copied).await.unwrap();
        assert!(!contains(&copied, 0xd1) && !contains(&copied, 0xd2));
        let names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), 4, "nothing but the database, its log and index, and the copy: {names:?}");

        rewrite_in_hash_order(&db).await.unwrap();
        assert!(!contains(&path, 0xd1) && contains(&path, 0xd2));
        assert!(!contains(&folder.path().join("pingyi.db-wal"), 0xd1));
    }
}
