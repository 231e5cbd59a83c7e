//! 核验本机 at the server: an opened ballot is refused for ever, named in the closing statement, and kept nowhere but in memory.

use super::*;
use crate::service::poll::challenge;

both_databases! {
    async fn an_opened_ballot_is_refused_in_every_state_and_its_card_still_votes(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        hall.open().await;
        let opened = hall.opened(0, false).await;
        let tracker = Fingerprint::of(opened.ballot());
        let key = crate::service::edition::load_publication_key(&hall.context, 2020).unwrap().verifying_key();
        for _ in 0..2 {
            let promise = hall.challenge(tracker).await.unwrap();
            assert_eq!((promise.tracker, promise.verify(&key)), (tracker, Ok(())));
        }
        let refused = async || match hall.deliver(opened.ballot()).await.unwrap() {
            Delivery::Refused(refusal) => refusal,
            Delivery::Stored(_) => panic!("an opened ballot was stored"),
        };
        let refusal = refused().await;
        assert_eq!((refusal.refused, refusal.because), (tracker, RefusalReason::Challenged));
        assert_eq!(refusal.verify(&key), Ok(()));
        assert_eq!(count_ballots(&hall).await, 0);
        // The card is as good as new; that it has voted changes nothing for the opened ballot.
        assert!(matches!(hall.vote(0).await.unwrap(), Delivery::Stored(_)));
        assert_eq!(refused().await.because, RefusalReason::Challenged);
        opening::change_pace(&hall.context, &hall.actor(), &hall.poll, PollState::pause, "停电").await.unwrap();
        assert_eq!(refused().await.because, RefusalReason::Challenged);
        hall.close().await;
        assert_eq!(refused().await.because, RefusalReason::Challenged);
        hall.seal().await.unwrap();
        assert_eq!(refused().await.because, RefusalReason::Challenged);
        assert_eq!(count_ballots(&hall).await, 1);
        // The promise stands after the close too; no new one is given.
        assert!(hall.challenge(tracker).await.is_ok());
        assert_eq!(code(&hall.challenge(Fingerprint::of("late")).await.map(|_| ())), problem::POLL_NOT_OPEN);
    }

    async fn the_closing_statement_names_every_opened_ballot_sorted(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        hall.open().await;
        let mut trackers: Vec<_> = (0..5_u8).map(|number| Fingerprint::of([number])).collect();
        for tracker in &trackers {
            hall.challenge(*tracker).await.unwrap();
        }
        let opened = hall.opened(1, false).await;
        trackers.push(hall.challenge(Fingerprint::of(opened.ballot())).await.unwrap().tracker);
        hall.deliver(opened.ballot()).await.unwrap();
        hall.vote(0).await.unwrap();
        hall.close().await;
        hall.seal().await.unwrap();
        hall.without_desk_and_booths().await;
        hall.reconcile().await.unwrap();
        let texts = hall.texts().await;
        let statement = ClosingStatement::parse_signed_text(&texts.closing_statement.unwrap()).unwrap();
        trackers.sort_unstable();
        assert_eq!(statement.challenged, trackers);
        let refused = &statement.refused[0];
        assert_eq!((refused.refused, refused.stored), (Fingerprint::of(opened.ballot()), None));
    }

    async fn a_stored_ballot_is_not_opened_and_nothing_is_before_or_while_paused(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        let tracker = Fingerprint::of("a ballot");
        let asked = async |tracker| code(&hall.challenge(tracker).await.map(|_| ()));
        assert_eq!(asked(tracker).await, problem::POLL_NOT_OPEN);
        hall.open().await;
        hall.vote(0).await.unwrap();
        let cast = hall.opened(0, true).await;
        assert_eq!(asked(Fingerprint::of(cast.ballot())).await, problem::ALREADY_CAST);
        opening::change_pace(&hall.context, &hall.actor(), &hall.poll, PollState::pause, "停电").await.unwrap();
        assert_eq!(asked(tracker).await, problem::POLL_NOT_OPEN);
        opening::change_pace(&hall.context, &hall.actor(), &hall.poll, PollState::resume, "来电").await.unwrap();
        hall.challenge(tracker).await.unwrap();
        let mut named = evaluation::wire::ChallengeNotice { poll: hall.poll.as_str().parse().unwrap(), tracker };
        named.poll = "2r7xvBB2ZoyrxA".parse().unwrap();
        let result = challenge::record(&hall.context, &named, String::new()).await.map(|_| ());
        assert_eq!(code(&result), problem::ANOTHER_ELECTION);
        hall.close().await;
        hall.challenge(Fingerprint::of("who has begun may still check")).await.unwrap();
    }

    async fn what_was_opened_is_found_by_its_tracker_while_people_vote_and_nowhere_stored(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        hall.open().await;
        let opened = hall.opened(0, false).await;
        let (tracker, text) = (Fingerprint::of(opened.ballot()), opened.to_json());
        assert_eq!(code(&hall.keep(&text).await), problem::NOT_CHALLENGED);
        hall.challenge(tracker).await.unwrap();
        assert!(challenge::find(&hall.context, &tracker.to_string()).await.unwrap().is_none());
        hall.keep(&text).await.unwrap();
        let found = challenge::find(&hall.context, &tracker.to_string()[..8]).await.unwrap().unwrap();
        assert_eq!((found.tracker, &found.text), (tracker, &text));
        let grades: Vec<_> = found.found.as_ref().unwrap().iter().map(|(_, grade)| grade.as_str()).collect();
        assert_eq!(grades, ["不满意"; 4]);
        assert_eq!(code(&hall.keep("{}").await), "opened_unreadable");
        let credential = hall.void_statement(0, VoidKind::Damaged).credential;
        assert!(text.contains(&credential), "or the test proves nothing");
        assert!(!format!("{:?}", hall.context).contains(&credential));
        let mut tx = hall.context.db.read().await.unwrap();
        let log = log_entries::list(&mut tx, &hall.context.county, 1, 1000).await.unwrap();
        assert!(log.iter().all(|entry| !entry.event.contains(&tracker.to_string())));
        drop(tx);
        hall.close().await;
        assert!(challenge::find(&hall.context, &tracker.to_string()).await.unwrap().is_some());
        hall.seal().await.unwrap();
        assert!(challenge::find(&hall.context, &tracker.to_string()).await.unwrap().is_none());
        assert_eq!(code(&hall.keep(&text).await), problem::POLL_NOT_OPEN);
    }

    async fn a_booth_that_lies_is_found_out(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        hall.open().await;
        let opened = hall.opened(0, false).await;
        let tracker = Fingerprint::of(opened.ballot());
        hall.challenge(tracker).await.unwrap();
        // It shows another grade than it has encrypted.
        let lie = opened.to_json().replacen("\"choice\":3", "\"choice\":0", 1);
        assert_ne!(lie, opened.to_json());
        hall.keep(&lie).await.unwrap();
        let found = challenge::find(&hall.context, &tracker.to_string()).await.unwrap().unwrap();
        assert!(found.found.as_ref().unwrap_err().contains("ciphertext"), "{:?}", found.found);
    }
}
