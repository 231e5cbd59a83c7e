//! What does not go as it must: cards that came too late, void cards' ballots, booths that are missing, and their exceptions.

use evaluation::publication::exception::Matter;

use super::unfinished::hand_out;
use super::*;
use crate::domain::CorrectionKind;
use crate::store::attendance;

both_databases! {
    async fn after_a_new_start_a_card_counts_once_more_and_two_people_say_how_many_there_were(db: Db) {
        let mut hall = Hall::prepare(db, 1).await;
        hall.open().await;
        hall.vote(0).await.unwrap();
        hall.vote(2).await.unwrap();
        hall.close().await;
        hall.seal().await.unwrap();
        hall.without_desk_and_booths().await;
        assert_eq!(code(&hall.void(2, VoidKind::Audit).await), problem::CARD_SPENT);
        let subject = |cards, scans| Subject::SpentCard { card: VoidKind::Audit, cards, scans };
        hall.except(subject(1, 1)).await.unwrap();
        hall.context.late_voids = std::sync::Arc::default();
        assert_eq!(code(&hall.void(2, VoidKind::Audit).await), problem::CARD_SPENT);
        let counted = settling(&hall).await.reconciliation.void_refused;
        assert_eq!(counted, ByKind { audit: 2, ..ByKind::default() });
        // What was recorded before is overtaken: it could be another card.
        let (zh, _) = refused(hall.reconcile().await);
        assert!(zh.contains("扫描到 2 次"), "{zh}");
        let last = settling(&hall).await.recorded.pop().unwrap();
        assert!(!last.in_force);
        let error = hall.except(subject(3, 2)).await.unwrap_err();
        assert!(error.zh().contains("应为1至2张"), "{error}");
        hall.except(subject(1, 2)).await.unwrap();
        hall.reconcile().await.unwrap();
    }

    async fn nothing_stored_names_a_card_that_came_too_late(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        hall.open().await;
        hall.vote(0).await.unwrap();
        hall.close().await;
        hall.seal().await.unwrap();
        let said = hall.void(0, VoidKind::Returned).await.unwrap_err();
        let credential = hall.void_statement(0, VoidKind::Returned).credential;
        assert!(!said.to_string().contains(&credential) && !format!("{said:?}").contains(&credential));
        let mut tx = hall.context.db.read().await.unwrap();
        let stored = void_cards::list(&mut tx, &hall.context.county, &hall.poll).await.unwrap();
        assert!(stored.is_empty());
        let log = log_entries::list(&mut tx, &hall.context.county, 1, 1000).await.unwrap();
        assert!(!log.is_empty() && log.iter().all(|entry| !entry.event.contains(&credential)));
        assert!(!format!("{:?}", hall.context).contains(&credential));
    }

    async fn a_ballot_of_a_void_card_is_refused_for_good_and_published_by_its_tracker(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        hall.open().await;
        hall.void(0, VoidKind::Damaged).await.unwrap();
        // The same answer for as long as it can be published: it waits in the spool of a booth.
        for step in [PollState::pause, PollState::resume] {
            opening::change_pace(&hall.context, &hall.actor(), &hall.poll, step, "停电").await.unwrap();
            assert!(matches!(hall.vote(0).await.unwrap(), Delivery::Refused(refusal) if refusal.because == RefusalReason::Void));
        }
        hall.close().await;
        assert!(matches!(hall.vote(0).await.unwrap(), Delivery::Refused(_)));
        hall.seal().await.unwrap();
        let Delivery::Refused(refusal) = hall.vote(0).await.unwrap() else { panic!("it was stored") };
        let key = crate::service::edition::load_publication_key(&hall.context, 2020).unwrap().verifying_key();
        assert_eq!(refusal.verify(&key), Ok(()));
        assert_eq!(count_ballots(&hall).await, 0);
        hall.without_desk_and_booths().await;
        hall.reconcile().await.unwrap();
        let texts = hall.texts().await;
        let statement = ClosingStatement::parse_signed_text(&texts.closing_statement.unwrap()).unwrap();
        assert!(statement.refused.iter().any(|ballot| ballot.refused == refusal.refused && ballot.stored.is_none()));
        let found: Reconciliation = serde_json::from_str(&texts.reconciliation.unwrap()).unwrap();
        assert_eq!(found.refused_ballots, u64::try_from(statement.refused.len()).unwrap());
        // Nothing can be added to what is fixed.
        assert_eq!(code(&hall.vote(0).await.map(|_| ())), problem::POLL_NOT_OPEN);
    }

    async fn a_booth_that_did_not_say_it_is_ready_delivers_no_ballot(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        hall.ready(0).await.unwrap();
        hall.open().await;
        let ask = |booth: usize| booths::must_take_part(&hall.context, &hall.booths[booth].0);
        ask(0).await.unwrap();
        assert_eq!(code(&ask(1).await), problem::BOOTH_NOT_READY);
        hall.ready(1).await.unwrap();
        ask(1).await.unwrap();
    }

    async fn a_real_poll_without_desk_or_booths_waits_for_an_exception(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        hall.open().await;
        hall.close().await;
        assert!(hall.except(Subject::NoCheckIn).await.is_err(), "not before the box is sealed");
        hall.seal().await.unwrap();
        let (zh, en) = refused(hall.reconcile().await);
        assert!(zh.contains("没有设签到台") && en.contains("no check-in desk"), "{zh} {en}");
        let now = settling(&hall).await;
        let open = exceptions::open_subjects(PollState::Closed, &now);
        assert_eq!(open, [Subject::NoCheckIn, Subject::NoBoothStatement]);
        hall.except(Subject::NoCheckIn).await.unwrap();
        let (zh, _) = refused(hall.reconcile().await);
        assert!(zh.contains("没有一台投票机签署声明"), "{zh}");
        hall.except(Subject::NoBoothStatement).await.unwrap();
        assert!(hall.except(Subject::NoBoothStatement).await.is_err());
        hall.reconcile().await.unwrap();
    }

    async fn the_reconciliation_asks_for_an_exception_about_the_cards_in_envelopes(db: Db) {
        let hall = Hall::prepare(db, 2).await;
        hall.open().await;
        hand_out(&hall, 2).await;
        let (county, member) = (&hall.context.county, "A001".parse().unwrap());
        let mut tx = hall.context.db.write().await.unwrap();
        attendance::insert(&mut tx, county, &hall.poll, &member).await.unwrap();
        attendance::reissue(&mut tx, county, &hall.poll, &member).await.unwrap();
        let kind = CorrectionKind::ReissuedUnreadable;
        attendance::insert_correction(&mut tx, county, &hall.poll, "1", kind, "浸水").await.unwrap();
        tx.commit().await.unwrap();
        hall.close().await;
        hall.seal().await.unwrap();
        let exchanged = async || {
            let now = settling(&hall).await;
            let mut lines = now.reconciliation.lines.into_iter();
            let line = lines.find(|line| line.line == LineName::Reissued).unwrap();
            (now.envelopes, line.difference)
        };
        assert_eq!(exchanged().await, (1, 1));
        hall.except(Subject::CardUnreadable { card: VoidKind::Damaged, cards: 1 }).await.unwrap();
        assert_eq!(exchanged().await, (1, 0));
    }

    async fn an_exception_is_overtaken_by_what_the_booth_does_later(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        hall.open().await;
        hall.ready(0).await.unwrap();
        hall.ready(1).await.unwrap();
        hall.close().await;
        let terminal = |booth: usize| hall.booths[booth].0.terminal.clone();
        for booth in [0, 1] {
            hall.except(Subject::BoothNotFinished { terminal: terminal(booth) }).await.unwrap();
        }
        assert_eq!(settling(&hall).await.reconciliation.exceptions.len(), 2);
        hall.finished(0).await.unwrap();
        let now = settling(&hall).await;
        assert_eq!((now.reconciliation.exceptions.len(), now.recorded.len()), (1, 2));
        hall.seal().await.unwrap();
        for booth in [0, 1] {
            hall.except(Subject::BoothStatementMissing { terminal: terminal(booth) }).await.unwrap();
        }
        hall.sign(0, 0).await.unwrap();
        hall.except(Subject::NoCheckIn).await.unwrap();
        hall.reconcile().await.unwrap();
        let texts = hall.texts().await;
        let statement = ClosingStatement::parse_signed_text(&texts.closing_statement.unwrap()).unwrap();
        let matters: Vec<_> = statement.exceptions.iter().map(|exception| exception.matter.clone()).collect();
        let booth = || "投票机2".to_owned();
        assert_eq!(
            matters,
            [
                Matter::BoothNotFinished { booth: booth() },
                Matter::BoothStatementMissing { booth: booth() },
                Matter::NoCheckIn,
            ]
        );
        let published: Vec<_> =
            statement.booths.iter().map(|booth| (booth.booth.as_str(), booth.statement.is_some())).collect();
        assert_eq!(published, [("投票机1", true), ("投票机2", false)]);
        for (booth, (_, key)) in statement.booths.iter().zip(&hall.booths) {
            assert_eq!(booth.public_key, hex::encode(key.verifying_key().to_bytes()));
        }
    }

    async fn two_people_withdraw_an_exception_while_the_poll_is_where_it_was(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        hall.open().await;
        hall.ready(0).await.unwrap();
        hall.close().await;
        let unfinished = || Subject::BoothNotFinished { terminal: hall.booths[0].0.terminal.clone() };
        hall.except(unfinished()).await.unwrap();
        let error = hall.withdraw(1, " ").await.unwrap_err();
        assert!(error.zh().contains("请写明原因"), "{error}");
        let error = hall.withdraw(7, "看错了").await.unwrap_err();
        assert!(error.zh().contains("没有这份例外"), "{error}");
        hall.withdraw(1, "机器修好了").await.unwrap();
        assert!(hall.withdraw(1, "机器修好了").await.is_err());
        let mut tx = hall.context.db.read().await.unwrap();
        let head = log_entries::find_head(&mut tx, &hall.context.county).await.unwrap().unwrap();
        drop(tx);
        assert!(head.event.contains("exception_withdrawn") && head.event.contains("机器修好了"), "{}", head.event);
        assert!(refused(hall.seal().await).0.contains("投票机1"), "what it was about is open again");
        hall.except(unfinished()).await.unwrap();
        hall.seal().await.unwrap();
        // The sealing rested on it.
        let error = hall.withdraw(2, "看错了").await.unwrap_err();
        assert!(error.zh().contains(PollState::Closed.zh()), "{error}");
        hall.except(Subject::CardUnreadable { card: VoidKind::Spare, cards: 1 }).await.unwrap();
        assert_eq!(settling(&hall).await.reconciliation.unreadable.spare, 1);
        hall.withdraw(3, "擦干后可以扫描").await.unwrap();
        assert_eq!(settling(&hall).await.reconciliation.unreadable.spare, 0);
        hall.sign(0, 0).await.unwrap();
        hall.except(Subject::NoCheckIn).await.unwrap();
        hall.reconcile().await.unwrap();
        assert!(hall.withdraw(4, "看错了").await.is_err(), "the trustees sign it");
    }
}
