//! BALLOT SIDE: ballots that were opened to check a booth, by their hash. None of them is ever stored; what was opened is not here.

use evaluation::hash::Sha256Hash;

use super::{Connection, StoreError, statements, types::Row};
use crate::domain::{CountyId, PollId};

statements! {
    INSERT = "INSERT INTO challenged_ballots (county, poll, challenged) VALUES ($1, $2, $3)
              ON CONFLICT (county, poll, challenged) DO NOTHING";
    FIND = "SELECT challenged FROM challenged_ballots WHERE county = $1 AND poll = $2 AND challenged = $3";
    COUNT = "SELECT count(*) AS number FROM challenged_ballots WHERE county = $1 AND poll = $2";
    LIST = "SELECT challenged FROM challenged_ballots WHERE county = $1 AND poll = $2 ORDER BY challenged";
}

/// Records that a ballot is opened; recording it again changes nothing.
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    ballot: &Sha256Hash,
) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(ballot.as_bytes().as_slice())
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether a ballot was opened.
pub async fn contains(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    ballot: &Sha256Hash,
) -> Result<bool, StoreError> {
    let found = sqlx::query(FIND)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(ballot.as_bytes().as_slice())
        .fetch_optional(tx)
        .await?;
    Ok(found.is_some())
}

/// How many ballots were opened.
pub async fn count(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<u32, StoreError> {
    let row = sqlx::query(COUNT).bind(county.as_str()).bind(poll.as_str()).fetch_one(tx).await?;
    Row::new("challenged_ballots", &row).number("number")
}

/// All ballots that were opened, by hash.
pub async fn list(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
) -> Result<Vec<Sha256Hash>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| Row::new("challenged_ballots", row).hash("challenged")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{both_databases, testing::county};

    both_databases! {
        async fn an_opened_ballot_is_recorded_once_and_in_hash_order(db: Db) {
            let poll = "1r7xvBB2ZoyrxA".parse().unwrap();
            let mut opened: Vec<_> = (0..5_u8).map(|number| Sha256Hash::of([number])).collect();
            let mut tx = db.write().await.unwrap();
            for ballot in opened.iter().chain(&opened) {
                insert(&mut tx, &county(), &poll, ballot).await.unwrap();
            }
            opened.sort_unstable();
            assert_eq!(list(&mut tx, &county(), &poll).await.unwrap(), opened);
            assert_eq!(count(&mut tx, &county(), &poll).await.unwrap(), 5);
            assert!(contains(&mut tx, &county(), &poll, &opened[3]).await.unwrap());
            assert!(!contains(&mut tx, &county(), &poll, &Sha256Hash::of("other")).await.unwrap());
            let other = "2r7xvBB2ZoyrxA".parse().unwrap();
            assert!(!contains(&mut tx, &county(), &other, &opened[3]).await.unwrap());
        }
    }
}
