//! 已签到未完成: cards handed out, ballots, cards that came back; a count while people vote.

use evaluation::wire::VoidKind;

use super::hall::Hall;
use crate::both_databases;
use crate::domain::{Actor, Role};
use crate::service::poll::unfinished;
use crate::store::attendance::{self, Desk};
use crate::testing::insert_account;

async fn count(hall: &Hall) -> Option<u32> {
    unfinished::count(&hall.context).await.unwrap()
}

/// A desk over which so many cards have gone.
pub(super) async fn hand_out(hall: &Hall, cards: u32) {
    let Actor::Account(account) = hall.actor() else { panic!("no account") };
    let desk = Desk {
        number: 1,
        name: "1号台".to_owned(),
        first: account,
        second: insert_account(&hall.context, Role::Steward).await.id,
        cards: 10,
        handed_out: 0,
        cards_left: None,
        opened_at: hall.context.now(),
        closed_at: None,
    };
    let mut tx = hall.context.db.write().await.unwrap();
    attendance::insert_desk(&mut tx, &hall.context.county, &hall.poll, &desk).await.unwrap();
    attendance::set_handed_out(&mut tx, &hall.context.county, &hall.poll, 1, cards).await.unwrap();
    tx.commit().await.unwrap();
}

both_databases! {
    async fn whoever_holds_a_card_and_has_not_cast_is_counted_while_people_vote(db: Db) {
        let hall = Hall::prepare(db, 2).await;
        hall.open().await;
        assert_eq!(count(&hall).await, None, "no desk counts cards");
        hand_out(&hall, 3).await;
        assert_eq!(count(&hall).await, Some(3));
        hall.vote(0).await.unwrap();
        assert_eq!(count(&hall).await, Some(2));
        hall.void(1, VoidKind::Damaged).await.unwrap();
        assert_eq!(count(&hall).await, Some(1));
        hall.close().await;
        assert_eq!(count(&hall).await, Some(1));
        hall.seal().await.unwrap();
        assert_eq!(count(&hall).await, None);
    }

    async fn more_ballots_than_cards_on_the_desks_are_no_negative_count(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        hall.open().await;
        hand_out(&hall, 1).await;
        hall.vote(0).await.unwrap();
        hall.vote(1).await.unwrap();
        assert_eq!(count(&hall).await, Some(0));
    }
}
