//! BALLOT SIDE: cards declared void, each signed with its own credential, and how many there were for which that came too late.
//! Which those were is not kept: their ballots are stored, and people saw who held them.

use evaluation::publication::reconciliation::ByKind;
use evaluation::wire::{VoidCard, VoidKind};

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one},
};
use crate::domain::{CountyId, PollId};

statements! {
    INSERT = "INSERT INTO void_cards (county, poll, public_credential, kind, signature) VALUES ($1, $2, $3, $4, $5)";
    FIND = "SELECT kind FROM void_cards WHERE county = $1 AND poll = $2 AND public_credential = $3";
    LIST = "SELECT public_credential, kind, signature FROM void_cards
            WHERE county = $1 AND poll = $2 ORDER BY public_credential";
    ADD_REFUSED = "INSERT INTO void_refused_counts (county, poll, kind, cards) VALUES ($1, $2, $3, 1)
                   ON CONFLICT (county, poll, kind) DO UPDATE SET cards = void_refused_counts.cards + 1";
    COUNT_REFUSED = "SELECT kind, cards FROM void_refused_counts WHERE county = $1 AND poll = $2";
}

/// Stores a void statement. The caller has changed the card's status in the same transaction.
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    card: &VoidCard,
) -> Result<(), StoreError> {
    // Two decimal texts can always be written.
    let signature = serde_json::to_string(&card.signature).unwrap_or_default();
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(&card.credential)
        .bind(card.kind.as_str())
        .bind(signature)
        .execute(tx)
        .await?;
    Ok(())
}

/// As what a card was declared void.
pub async fn find_kind(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    public_credential: &str,
) -> Result<Option<VoidKind>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(county.as_str())
        .bind(poll.as_str())
        .bind(public_credential)
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(|row| kind("void_cards", Row::new("void_cards", row))).transpose()
}

/// All void statements, by credential.
pub async fn list(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
) -> Result<Vec<VoidCard>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    let inconsistent = |_| StoreError::Inconsistency { table: "void_cards", column: "signature" };
    rows.iter()
        .map(|row| {
            let row = Row::new("void_cards", row);
            Ok(VoidCard {
                credential: row.text("public_credential")?,
                kind: kind("void_cards", row)?,
                signature: serde_json::from_str(&row.text("signature")?).map_err(inconsistent)?,
            })
        })
        .collect()
}

/// Counts one more card of this kind that has voted and was to be declared void.
pub async fn count_one_refused(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
    kind: VoidKind,
) -> Result<(), StoreError> {
    let query = sqlx::query(ADD_REFUSED).bind(county.as_str()).bind(poll.as_str()).bind(kind.as_str());
    must_change_one(&query.execute(tx).await?)
}

/// For how many cards a void statement came too late.
pub async fn count_refused(
    tx: &mut Connection,
    county: &CountyId,
    poll: &PollId,
) -> Result<ByKind, StoreError> {
    let rows = sqlx::query(COUNT_REFUSED).bind(county.as_str()).bind(poll.as_str()).fetch_all(tx).await?;
    let mut refused = ByKind::default();
    for row in &rows {
        let row = Row::new("void_refused_counts", row);
        refused.add(kind("void_refused_counts", row)?, row.number("cards")?);
    }
    Ok(refused)
}

fn kind(table: &'static str, row: Row<'_>) -> Result<VoidKind, StoreError> {
    let word = row.text("kind")?;
    let found = VoidKind::ALL.into_iter().find(|kind| kind.as_str() == word);
    found.ok_or(StoreError::Inconsistency { table, column: "kind" })
}

#[cfg(test)]
mod tests {
    use belenios::credential::Credential;
    use belenios::group::Ed25519;

    use super::*;
    use crate::{
        both_databases,
        store::{credentials, credentials::Spent},
        testing::{county, rng},
    };

    fn poll() -> PollId {
        "1r7xvBB2ZoyrxA".parse().unwrap()
    }

    fn card(kind: VoidKind) -> VoidCard {
        let mut rng = rng();
        let uuid = poll().as_str().parse().unwrap();
        let card = Credential::generate(&mut rng).derive::<Ed25519>(&uuid);
        VoidCard::sign(&uuid, kind, &card, &mut rng)
    }

    both_databases! {
        async fn a_void_card_is_stored_once_with_its_signature_and_cannot_vote(db: Db) {
            let (county, poll, card) = (county(), poll(), card(VoidKind::Damaged));
            let mut tx = db.write().await.unwrap();
            credentials::insert(&mut tx, &county, &poll, &card.credential).await.unwrap();
            assert!(credentials::declare_void(&mut tx, &county, &poll, &card.credential).await.unwrap());
            insert(&mut tx, &county, &poll, &card).await.unwrap();
            assert!(!credentials::declare_void(&mut tx, &county, &poll, &card.credential).await.unwrap());
            let spent = credentials::spend(&mut tx, &county, &poll, &card.credential).await.unwrap();
            assert_eq!(spent, Spent::Void);
            assert_eq!(list(&mut tx, &county, &poll).await.unwrap(), std::slice::from_ref(&card));
            let kind = find_kind(&mut tx, &county, &poll, &card.credential).await.unwrap();
            assert_eq!(kind, Some(VoidKind::Damaged));
            assert_eq!(find_kind(&mut tx, &county, &poll, "other").await.unwrap(), None);
            let count = credentials::count(&mut tx, &county, &poll).await.unwrap();
            assert_eq!((count.registered, count.spent, count.void), (1, 0, 1));
            assert!(credentials::list_unused(&mut tx, &county, &poll).await.unwrap().is_empty());
        }

        async fn a_card_that_has_voted_is_not_void_and_only_counted(db: Db) {
            let (county, poll, card) = (county(), poll(), card(VoidKind::Audit));
            let mut tx = db.write().await.unwrap();
            credentials::insert(&mut tx, &county, &poll, &card.credential).await.unwrap();
            credentials::spend(&mut tx, &county, &poll, &card.credential).await.unwrap();
            assert!(!credentials::declare_void(&mut tx, &county, &poll, &card.credential).await.unwrap());
            for kind in [card.kind, VoidKind::Spare, card.kind] {
                count_one_refused(&mut tx, &county, &poll, kind).await.unwrap();
            }
            let counted = count_refused(&mut tx, &county, &poll).await.unwrap();
            assert_eq!(counted, ByKind { audit: 2, spare: 1, ..ByKind::default() });
        }
    }
}
