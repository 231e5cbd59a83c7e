//! Sealed drafts at the server: while people vote, of one size, no more than cards, and gone with the ballot.

use evaluation::wire::{
    DraftDrop, DraftLocator, DraftQuery, DraftSave, SealedDraft, problem, sealed_draft_size,
};

use super::hall::{Hall, OFFICE_COUNT, REPRESENTATIVES};
use crate::both_databases;
use crate::domain::{Actor, PollState};
use crate::service::ServiceError;
use crate::service::poll::ballot::Delivery;
use crate::service::poll::{draft, opening};
use crate::store::drafts;

const SIZE: usize = sealed_draft_size(OFFICE_COUNT);

fn locator(number: usize) -> DraftLocator {
    DraftLocator::from_bytes([u8::try_from(number).unwrap(); 32])
}

async fn save_for(hall: &Hall, poll: &str, number: usize, sealed: Vec<u8>) -> Result<(), ServiceError> {
    let sealed = SealedDraft::new(sealed);
    let sent = DraftSave { poll: poll.parse().unwrap(), locator: locator(number), sealed };
    draft::save(&hall.context, &sent).await
}

async fn save(hall: &Hall, number: usize, sealed: Vec<u8>) -> Result<(), ServiceError> {
    save_for(hall, hall.poll.as_str(), number, sealed).await
}

async fn find(hall: &Hall, number: usize) -> Option<SealedDraft> {
    let query = DraftQuery { poll: hall.poll.as_str().parse().unwrap(), locator: locator(number) };
    draft::find(&hall.context, &query).await.unwrap().sealed
}

async fn count(hall: &Hall) -> u32 {
    let mut tx = hall.context.db.read().await.unwrap();
    drafts::count(&mut tx, &hall.context.county, &hall.poll).await.unwrap()
}

fn code(result: Result<(), ServiceError>) -> String {
    match result.unwrap_err() {
        ServiceError::Input { code, .. } => code.to_owned(),
        other => panic!("{other:?}"),
    }
}

both_databases! {
    async fn the_newest_draft_is_kept_until_its_ballot_comes(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        hall.open().await;
        save(&hall, 1, vec![1; SIZE]).await.unwrap();
        save(&hall, 2, vec![2; SIZE]).await.unwrap();
        save(&hall, 1, vec![3; SIZE]).await.unwrap();
        assert_eq!(find(&hall, 1).await, Some(SealedDraft::new(vec![3; SIZE])));

        let delivery = hall.vote_with_draft(0, Some(locator(1))).await.unwrap();
        assert!(matches!(delivery, Delivery::Stored(_)));
        assert_eq!(find(&hall, 1).await, None);
        assert!(find(&hall, 2).await.is_some(), "another person's draft stays");
    }

    async fn a_ballot_that_is_not_stored_leaves_its_draft(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        hall.open().await;
        save(&hall, 1, vec![1; SIZE]).await.unwrap();
        opening::change_pace(&hall.context, &Actor::System, &hall.poll, PollState::pause, "停电").await.unwrap();
        hall.vote_with_draft(0, Some(locator(1))).await.unwrap_err();
        assert!(find(&hall, 1).await.is_some());
        // During a pause it may still be changed.
        save(&hall, 1, vec![2; SIZE]).await.unwrap();
    }

    async fn a_person_who_leaves_for_good_leaves_no_draft(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        hall.open().await;
        save(&hall, 1, vec![1; SIZE]).await.unwrap();
        let sent = DraftDrop { poll: hall.poll.as_str().parse().unwrap(), locator: locator(1) };
        for _ in 0..2 {
            draft::discard(&hall.context, &sent).await.unwrap();
        }
        assert_eq!(count(&hall).await, 0);
    }

    async fn only_drafts_of_the_one_size_of_this_poll_are_taken(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        hall.open().await;
        for size in [0, SIZE - 1, SIZE + 1, 4096] {
            assert_eq!(code(save(&hall, 1, vec![1; size]).await), problem::DRAFT_INVALID, "{size}");
        }
        let other = save_for(&hall, "2r7xvBB2ZoyrxA", 1, vec![1; SIZE]).await;
        assert_eq!(code(other), problem::ANOTHER_ELECTION);
        assert_eq!(count(&hall).await, 0);
    }

    async fn there_are_never_more_drafts_than_cards(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        hall.open().await;
        for number in 0..=REPRESENTATIVES {
            save(&hall, number, vec![1; SIZE]).await.unwrap();
        }
        assert_eq!(code(save(&hall, 9, vec![1; SIZE]).await), problem::DRAFTS_FULL);
        // Those that are there may still be changed.
        save(&hall, 0, vec![2; SIZE]).await.unwrap();
        assert_eq!(count(&hall).await, 3);
    }

    async fn drafts_are_taken_while_people_vote_and_dropped_when_the_box_is_sealed(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        assert_eq!(code(save(&hall, 1, vec![1; SIZE]).await), problem::POLL_NOT_OPEN);
        hall.open().await;
        save(&hall, 1, vec![1; SIZE]).await.unwrap();
        hall.close().await;
        // Who has begun may end.
        save(&hall, 1, vec![2; SIZE]).await.unwrap();
        assert_eq!(count(&hall).await, 1);
        hall.seal().await.unwrap();
        assert_eq!(count(&hall).await, 0);
        assert_eq!(code(save(&hall, 1, vec![1; SIZE]).await), problem::POLL_NOT_OPEN);
    }
}
