//! BALLOT SIDE: the public halves of the cards, and whether each is spent.

use super::{Connection, StoreError, statements, types::Row};
use crate::domain::{CountyId, CredentialStatus, PollId};

/// What spending a card did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// It was unused and is spent now. Only then may a ballot be stored, in the same transaction.
    Now,
    /// It had been spent before; nothing changed.
    Before,
    /// There is no such card in this poll.
    Unknown,
    /// It has been declared void; nothing changed.
    Void,
}

/// How many cards there are, and how many are spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialCount {
    /// Public credentials on the server.
    pub registered: u32,
    /// Of these, spent.
    pub spent: u32,
    /// Of these, declared void.
    pub void: u32,
}

statements! {
    INSERT = "INSERT INTO credentials (county, poll, public_credential, status) VALUES ($1, $2, $3, 'unused')";
    FIND = "SELECT status FROM credentials WHERE county = $1 AND poll = $2 AND public_credential = $3";
    SPEND = "UPDATE credentials SET status = 'spent'
             WHERE county = $1 AND poll = $2 AND public_credential = $3 AND status = 'unused'";
    DECLARE_VOID = "UPDATE credentials SET status = 'void'
                    WHERE county = $1 AND poll = $2 AND public_credential = $3 AND status = 'unused'";
    COUNT = "SELECT count(*) AS registered, count(CASE WHEN status = 'spent' THEN 1 END) AS spent,
                    count(CASE WHEN status = 'void' THEN 1 END) AS void
             FROM credentials WHERE county = $1 AND poll = $2";
    LIST = "SELECT public_credential FROM credentials WHERE county = $1 AND poll = $2 ORDER BY public_credential";
    LIST_UNUSED = "SELECT public_credential FROM credentials
                   WHERE county = $1 AND poll = $2 AND status = 'unused' ORDER BY public_credential";
}

/// Adds a public credential. One that is there already is [`StoreError::UniqueViolation`].
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    public_credential: &str,
) -> Result<(), StoreError> {
    sqlx::query(INSERT).bind(county.as_str()).bind(poll.as_str()).bind(public_credential).execute(tx).await?;
    Ok(())
}

/// Whether a card is spent; `None` if it does not belong to this poll.
pub async fn find_status(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    public_credential: &str,
) -> Result<Option<CredentialStatus>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(public_credential)
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(|row| Row::new("credentials", row).parsed("status")).transpose()
}

/// Spends a card if it is unused. One guarded update: of two ballots of the same card only one gets [`Spent::Now`].
pub async fn spend(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    public_credential: &str,
) -> Result<Spent, StoreError> {
    let result = sqlx::query(SPEND)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(public_credential)
        .execute(&mut *tx)
        .await?;
    if result.rows_affected() == 1 {
        return Ok(Spent::Now);
    }
    match find_status(tx, county, poll, public_credential).await? {
        Some(CredentialStatus::Void) => Ok(Spent::Void),
        Some(CredentialStatus::Spent | CredentialStatus::Unused) => Ok(Spent::Before),
        None => Ok(Spent::Unknown),
    }
}

/// Declares a card void if it is unused; `false` if it is not. One guarded update, as in [`spend`].
pub async fn declare_void(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    public_credential: &str,
) -> Result<bool, StoreError> {
    let result = sqlx::query(DECLARE_VOID)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(public_credential)
        .execute(tx)
        .await?;
    Ok(result.rows_affected() == 1)
}

/// How many cards there are, how many are spent, how many void.
pub async fn count(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
) -> Result<CredentialCount, StoreError> {
    let row = sqlx::query(COUNT).bind(county.as_str()).bind(poll.as_str()).fetch_one(tx).await?;
    let row = Row::new("credentials", &row);
    Ok(CredentialCount {
        registered: row.number("registered")?,
        spent: row.number("spent")?,
        void: row.number("void")?,
    })
}

/// All public credentials, sorted by their bytes.
pub async fn list(tx: &mut Connection, county: &CountyId, poll: &PollId) -> Result<Vec<String>, StoreError> {
    select(tx, LIST, county, poll).await
}

/// The public credentials of all cards that are neither spent nor void, sorted by their bytes.
pub async fn list_unused(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
) -> Result<Vec<String>, StoreError> {
    select(tx, LIST_UNUSED, county, poll).await
}

async fn select(
    tx: &mut Connection,
    statement: &'static str,
    county: &CountyId,
    poll: &PollId,
) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(statement).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| Row::new("credentials", row).text("public_credential")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{both_databases, store::Db, testing::county};

    fn poll() -> PollId {
        "1r7xvBB2ZoyrxA".parse().unwrap()
    }

    async fn register(db: &Db, credentials: &[&str]) {
        let mut tx = db.write().await.unwrap();
        for credential in credentials {
            insert(&mut tx, &county(), &poll(), credential).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn spend_alone(db: Db, credential: &'static str) -> Spent {
        let mut tx = db.write().await.unwrap();
        let spent = spend(&mut tx, &county(), &poll(), credential).await.unwrap();
        tx.commit().await.unwrap();
        spent
    }

    both_databases! {
        async fn a_card_is_spent_once_whoever_asks_at_the_same_time(db: Db) {
            register(&db, &["a", "b"]).await;
            let tasks: Vec<_> = (0..8).map(|_| tokio::spawn(spend_alone(db.clone(), "a"))).collect();
            let mut spent_now = 0;
            for task in tasks {
                match task.await.unwrap() {
                    Spent::Now => spent_now += 1,
                    other => assert_eq!(other, Spent::Before),
                }
            }
            assert_eq!(spent_now, 1);
            let mut tx = db.read().await.unwrap();
            let count = count(&mut tx, &county(), &poll()).await.unwrap();
            assert_eq!(count, CredentialCount { registered: 2, spent: 1, void: 0 });
            assert_eq!(
                find_status(&mut tx, &county(), &poll(), "b").await.unwrap(),
                Some(CredentialStatus::Unused)
            );
        }

        async fn a_card_of_another_poll_is_unknown(db: Db) {
            register(&db, &["a"]).await;
            let other: PollId = "2r7xvBB2ZoyrxA".parse().unwrap();
            let mut tx = db.write().await.unwrap();
            assert_eq!(spend(&mut tx, &county(), &other, "a").await.unwrap(), Spent::Unknown);
            assert_eq!(find_status(&mut tx, &county(), &other, "a").await.unwrap(), None);
        }

        async fn a_public_credential_is_registered_once(db: Db) {
            register(&db, &["b", "a"]).await;
            let mut tx = db.write().await.unwrap();
            let again = insert(&mut tx, &county(), &poll(), "a").await;
            assert!(matches!(again, Err(StoreError::UniqueViolation)));
            drop(tx);
            let mut tx = db.read().await.unwrap();
            assert_eq!(list(&mut tx, &county(), &poll()).await.unwrap(), ["a", "b"]);
        }
    }
}
