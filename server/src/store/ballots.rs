//! BALLOT SIDE: encrypted ballots, named by the SHA-256 of their bytes before padding.
//!
//! A row repeats the public credential, which stands inside the ballot anyway and so tells nothing new. It is there
//! for two reasons: “the same ballot again” and “another ballot of a spent card” are told apart by key, without
//! reading ballots; and a unique key lets the database itself refuse a second ballot of a card.

use evaluation::hash::Sha256Hash;

use super::{Connection, StoreError, statements, types::Row};
use crate::domain::{CountyId, PollId};

/// An encrypted ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// SHA-256 of the ballot without padding; the tracker in another spelling.
    pub hash: Sha256Hash,
    /// The public credential that signed it.
    pub public_credential: String,
    /// The ballot, padded with spaces to the poll's ballot size.
    pub payload: Vec<u8>,
}

/// A refused ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedBallot {
    /// Hash of the ballot that was refused.
    pub refused: Sha256Hash,
    /// Hash of the ballot that is stored for this card; `None` if the card had been declared void.
    pub stored: Option<Sha256Hash>,
}

statements! {
    INSERT = "INSERT INTO ballots (county, poll, hash, public_credential, payload) VALUES ($1, $2, $3, $4, $5)";
    FIND_BY_CREDENTIAL = "SELECT hash FROM ballots WHERE county = $1 AND poll = $2 AND public_credential = $3";
    COUNT = "SELECT count(*) AS number FROM ballots WHERE county = $1 AND poll = $2";
    LIST = "SELECT hash, public_credential, payload FROM ballots WHERE county = $1 AND poll = $2 ORDER BY hash";
    INSERT_REFUSED = "INSERT INTO refused_ballots (county, poll, refused, stored) VALUES ($1, $2, $3, $4)
                      ON CONFLICT (county, poll, refused) DO NOTHING";
    LIST_REFUSED = "SELECT refused, stored FROM refused_ballots WHERE county = $1 AND poll = $2 ORDER BY refused";
}

/// Stores a ballot. The caller has spent its credential in the same transaction; a second ballot of a credential, or
/// the same ballot again, is [`StoreError::UniqueViolation`].
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    ballot: &Ballot,
) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(ballot.hash.as_bytes().as_slice())
        .bind(&ballot.public_credential)
        .bind(ballot.payload.as_slice())
        .execute(tx)
        .await?;
    Ok(())
}

/// The hash of the ballot that is stored for a card.
pub async fn find_by_credential(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    public_credential: &str,
) -> Result<Option<Sha256Hash>, StoreError> {
    let row = sqlx::query(FIND_BY_CREDENTIAL)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(public_credential)
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(|row| Row::new("ballots", row).hash("hash")).transpose()
}

/// How many ballots are stored.
pub async fn count(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<u32, StoreError> {
    let row = sqlx::query(COUNT).bind(county.as_str()).bind(poll.as_str()).fetch_one(tx).await?;
    Row::new("ballots", &row).number("number")
}

/// All ballots in hash order: the order of the published archive.
pub async fn list(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<Vec<Ballot>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new("ballots", row);
            Ok(Ballot {
                hash: row.hash("hash")?,
                public_credential: row.text("public_credential")?,
                payload: row.bytes("payload")?,
            })
        })
        .collect()
}

/// Records a refused ballot; recording it again changes nothing.
pub async fn insert_refused(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    ballot: RefusedBallot,
) -> Result<(), StoreError> {
    sqlx::query(INSERT_REFUSED)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(ballot.refused.as_bytes().as_slice())
        .bind(ballot.stored.as_ref().map(|stored| stored.as_bytes().as_slice()))
        .execute(tx)
        .await?;
    Ok(())
}

/// All refused ballots, by hash.
pub async fn list_refused(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
) -> Result<Vec<RefusedBallot>, StoreError> {
    let rows = sqlx::query(LIST_REFUSED).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new("refused_ballots", row);
            Ok(RefusedBallot { refused: row.hash("refused")?, stored: row.optional_hash("stored")? })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{both_databases, testing::county};

    fn poll() -> PollId {
        "1r7xvBB2ZoyrxA".parse().unwrap()
    }

    fn ballot(content: &str, public_credential: &str) -> Ballot {
        Ballot {
            hash: Sha256Hash::of(content),
            public_credential: public_credential.to_owned(),
            payload: format!("{content:64}").into_bytes(),
        }
    }

    both_databases! {
        async fn the_database_itself_refuses_a_second_ballot_of_a_card(db: Db) {
            let mut tx = db.write().await.unwrap();
            insert(&mut tx, &county(), &poll(), &ballot("first", "card")).await.unwrap();
            tx.commit().await.unwrap();
            for second in [ballot("other", "card"), ballot("first", "other card")] {
                let mut tx = db.write().await.unwrap();
                let result = insert(&mut tx, &county(), &poll(), &second).await;
                assert!(matches!(result, Err(StoreError::UniqueViolation)));
            }
            let mut tx = db.read().await.unwrap();
            assert_eq!(count(&mut tx, &county(), &poll()).await.unwrap(), 1);
            let stored = find_by_credential(&mut tx, &county(), &poll(), "card").await.unwrap();
            assert_eq!(stored, Some(Sha256Hash::of("first")));
            assert_eq!(find_by_credential(&mut tx, &county(), &poll(), "other card").await.unwrap(), None);
        }

        async fn ballots_come_out_in_hash_order_byte_for_byte(db: Db) {
            let mut cast: Vec<_> =
                (0..9).map(|number| ballot(&format!("ballot {number}"), &number.to_string())).collect();
            let mut tx = db.write().await.unwrap();
            for ballot in &cast {
                insert(&mut tx, &county(), &poll(), ballot).await.unwrap();
            }
            cast.sort_by_key(|ballot| ballot.hash);
            assert_eq!(list(&mut tx, &county(), &poll()).await.unwrap(), cast);
        }

        async fn a_refused_ballot_is_recorded_once(db: Db) {
            let mut all = [
                RefusedBallot { refused: Sha256Hash::of("2"), stored: Some(Sha256Hash::of("1")) },
                RefusedBallot { refused: Sha256Hash::of("3"), stored: None },
            ];
            let mut tx = db.write().await.unwrap();
            for refused in all.into_iter().chain(all) {
                insert_refused(&mut tx, &county(), &poll(), refused).await.unwrap();
            }
            all.sort_by_key(|ballot| ballot.refused);
            assert_eq!(list_refused(&mut tx, &county(), &poll()).await.unwrap(), all);
        }
    }
}
