//! When a rehearsal may begin, and what it keeps away from the real poll.

use super::*;
use crate::both_databases;
use crate::service::poll::{find_current, find_working, load_for_terminals, opening};
use crate::testing::{clock, context, insert_poll};

async fn insert_edition(context: &Context, state: EditionState) -> EditionId {
    let edition = editions::Edition {
        id: EditionId::generate(&mut context.rng()),
        year: 2020,
        state,
        rules: evaluation::rules::NINGJIN_2020.to_owned(),
        edition_json: None,
        publication_key: None,
        created_at: context.now(),
    };
    let mut tx = context.db.write().await.unwrap();
    editions::insert(&mut tx, &context.county, &edition).await.unwrap();
    tx.commit().await.unwrap();
    edition.id
}

async fn begin(context: &Context, edition: &EditionId) -> Result<PollId, &'static str> {
    let names = ["甲", "乙", "丙"].map(str::to_owned);
    create(context, &Actor::System, edition, 13, &names).await.map_err(code)
}

fn code(error: ServiceError) -> &'static str {
    match error {
        ServiceError::Input { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

async fn set_state(context: &Context, poll: &PollId, from: PollState, to: PollState) {
    let mut tx = context.db.write().await.unwrap();
    polls::set_state(&mut tx, &context.county, poll, from, to).await.unwrap();
    tx.commit().await.unwrap();
}

both_databases! {
    async fn a_rehearsal_begins_only_between_the_draw_and_the_publication(db: Db) {
        let context = context(db, &clock());
        let edition = insert_edition(&context, EditionState::PoolLocked).await;
        assert_eq!(begin(&context, &edition).await, Err("rehearsal_stage"));
        let mut tx = context.db.write().await.unwrap();
        let (from, to) = (EditionState::PoolLocked, EditionState::Drawn);
        editions::set_state(&mut tx, &context.county, &edition, from, to).await.unwrap();
        tx.commit().await.unwrap();
        assert!(begin(&context, &edition).await.is_ok());
        assert_eq!(begin(&context, &edition).await, Err("rehearsal_running"));
    }

    async fn terminals_follow_a_rehearsal_until_it_ends(db: Db) {
        let context = context(db, &clock());
        let edition = insert_edition(&context, EditionState::Poll).await;
        let real = insert_poll(&context, &edition).await;
        for _ in 0..2 {
            let id = begin(&context, &edition).await.unwrap();
            let mut tx = context.db.read().await.unwrap();
            assert_eq!(load_for_terminals(&mut tx, &context).await.unwrap().id, id);
            assert_eq!(find_working(&mut tx, &context, &edition).await.unwrap().unwrap().id, id);
            assert_eq!(find_current(&mut tx, &context, &edition).await.unwrap().unwrap().id, real);
            drop(tx);
            end(&context, &Actor::System, &id).await.unwrap();
            assert_eq!(end(&context, &Actor::System, &id).await.map_err(code), Err("no_rehearsal"));
            let mut tx = context.db.read().await.unwrap();
            assert_eq!(load_for_terminals(&mut tx, &context).await.unwrap().id, real);
        }
        assert_eq!(list(&context, &edition).await.unwrap().len(), 2);
        assert_eq!(end(&context, &Actor::System, &real).await.map_err(code), Err("no_rehearsal"));
    }

    async fn the_real_poll_and_a_rehearsal_are_never_open_together(db: Db) {
        let context = context(db, &clock());
        let edition = insert_edition(&context, EditionState::Poll).await;
        let real = insert_poll(&context, &edition).await;
        let rehearsal = begin(&context, &edition).await.unwrap();
        set_state(&context, &real, PollState::Setup, PollState::CardsReady).await;
        let mut tx = context.db.write().await.unwrap();
        let opened = opening::open(&mut tx, &context, &Actor::System, &real).await;
        assert_eq!(opened.map_err(code), Err("rehearsal_running"));
        drop(tx);
        end(&context, &Actor::System, &rehearsal).await.unwrap();
        let steps = [PollState::CardsReady, PollState::Open, PollState::Paused, PollState::Closed];
        for pair in steps.windows(2) {
            set_state(&context, &real, pair[0], pair[1]).await;
            assert_eq!(begin(&context, &edition).await, Err("poll_under_way"));
        }
        set_state(&context, &real, PollState::Closed, PollState::Revealed).await;
        assert!(begin(&context, &edition).await.is_ok());
    }
}
