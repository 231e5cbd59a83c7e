//! From the cards to the reconciliation, at the server: what every step asks for, and what it says if that is not so.

mod hall;

use belenios::text::Hash;
use evaluation::publication::closing::ClosingStatement;
use evaluation::publication::exception::Matter;
use evaluation::publication::reconciliation::{ByKind, LineName, Reconciliation};
use evaluation::wire::{VoidKind, problem};

use self::hall::Hall;
use super::ballot::{Delivery, credential_status};
use super::exceptions::Subject;
use super::*;
use crate::both_databases;
use crate::domain::InTwoLanguages as _;
use crate::service::act::{Act, ActError};
use crate::store::{log_entries, void_cards};

/// Everything that may be tried with a poll between cards and result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Open,
    Pause,
    Resume,
    Close,
    Seal,
    Reconcile,
    BoothReady,
    BoothFinished,
    BoothArchive,
    BoothStatement,
    Vote,
    VoidDamaged,
    VoidSpare,
    Exception,
}

const STEPS: [Step; 14] = [
    Step::Open,
    Step::Pause,
    Step::Resume,
    Step::Close,
    Step::Seal,
    Step::Reconcile,
    Step::BoothReady,
    Step::BoothFinished,
    Step::BoothArchive,
    Step::BoothStatement,
    Step::Vote,
    Step::VoidDamaged,
    Step::VoidSpare,
    Step::Exception,
];

/// What it says in Chinese and in English; nothing if it was done.
async fn attempt(hall: &Hall, step: Step) -> Option<(String, String)> {
    let (context, actor, poll) = (&hall.context, hall.actor(), &hall.poll);
    let acted = |result: Result<(), ActError>| result.err().map(|error| (error.zh(), error.en()));
    let pace = |step| opening::change_pace(context, &actor, poll, step, "停电");
    let result = match step {
        Step::Open => return acted(hall.together(&Act::OpenPoll(poll.clone())).await),
        Step::Close => return acted(hall.together(&Act::ClosePoll(poll.clone())).await),
        Step::Exception => {
            let subject = Subject::CardUnreadable { card: VoidKind::Spare, cards: 1 };
            return acted(hall.except(subject).await);
        }
        Step::Pause => pace(PollState::pause).await,
        Step::Resume => pace(PollState::resume).await,
        Step::Seal => hall.seal().await,
        Step::Reconcile => hall.reconcile().await,
        Step::BoothReady => hall.ready(1).await,
        Step::BoothFinished => hall.finished(0).await,
        Step::BoothArchive => booths::archive(context).await.map(|_| ()),
        Step::BoothStatement => hall.sign(0, 0).await,
        Step::Vote => hall.vote(0).await.map(|_| ()),
        Step::VoidDamaged => hall.void(1, VoidKind::Damaged).await,
        Step::VoidSpare => hall.void(2, VoidKind::Spare).await,
    };
    result.err().map(|error| (error.zh(), error.en()))
}

/// Every step but these is refused in the state in which the poll is, names that state, and changes nothing.
async fn everything_else_is_refused(hall: &Hall, possible: &[Step]) {
    let state = hall.state().await;
    for step in STEPS.into_iter().filter(|step| !possible.contains(step)) {
        let Some((zh, en)) = attempt(hall, step).await else { panic!("{step:?} was possible while {state}") };
        assert!(zh.contains(state.zh()) && en.contains(state.en()), "{step:?} while {state}: {zh} {en}");
        assert_eq!(hall.state().await, state, "{step:?}");
    }
}

async fn done(hall: &Hall, step: Step) {
    assert_eq!(attempt(hall, step).await, None, "{step:?}");
}

fn refused(result: Result<(), ServiceError>) -> (String, String) {
    let error = result.unwrap_err();
    (error.zh(), error.en())
}

fn code(result: &Result<(), ServiceError>) -> &'static str {
    match result {
        Err(ServiceError::Input { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

async fn settling(hall: &Hall) -> settling::Settling {
    let mut tx = hall.context.db.read().await.unwrap();
    let poll = polls::load(&mut tx, &hall.context.county, &hall.poll).await.unwrap();
    settling::load(&mut tx, &hall.context, &poll).await.unwrap()
}

async fn count_ballots(hall: &Hall) -> u32 {
    let mut tx = hall.context.db.read().await.unwrap();
    ballots::count(&mut tx, &hall.context.county, &hall.poll).await.unwrap()
}

both_databases! {
    async fn every_step_is_taken_in_its_state_and_refused_in_every_other(db: Db) {
        use Step::{BoothArchive, BoothFinished, BoothReady, BoothStatement, Close, Exception, Open, Pause, Reconcile};
        use Step::{Resume, Seal, VoidDamaged, VoidSpare, Vote};
        let hall = Hall::prepare(db, 2).await;
        hall.ready(0).await.unwrap();
        everything_else_is_refused(&hall, &[Open, BoothReady]).await;
        done(&hall, Open).await;
        everything_else_is_refused(&hall, &[Pause, Close, BoothReady, Vote, VoidDamaged]).await;
        done(&hall, Pause).await;
        everything_else_is_refused(&hall, &[Resume, Close, BoothReady, VoidDamaged]).await;
        done(&hall, Resume).await;
        done(&hall, Vote).await;
        done(&hall, Close).await;
        assert_eq!(hall.state().await, PollState::Closing);
        // A ballot that is stored already gets its receipt again at any time.
        everything_else_is_refused(&hall, &[Seal, BoothFinished, Vote, VoidDamaged]).await;
        done(&hall, BoothFinished).await;
        done(&hall, Seal).await;
        assert_eq!(hall.state().await, PollState::Closed);
        let possible = [BoothFinished, BoothArchive, BoothStatement, Vote, VoidDamaged, VoidSpare, Exception, Reconcile];
        everything_else_is_refused(&hall, &possible).await;
        hall.sign(0, 1).await.unwrap();
        hall.except(Subject::NoCheckIn).await.unwrap();
        done(&hall, Reconcile).await;
        assert_eq!(hall.state().await, PollState::Reconciled);
        everything_else_is_refused(&hall, &[BoothFinished, BoothArchive, BoothStatement, Vote]).await;
    }

    async fn the_zero_report_is_what_the_rows_said_at_the_opening(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        hall.open().await;
        let setup = cards::setup_hash(&hall.texts().await).unwrap();
        let mut tx = hall.context.db.read().await.unwrap();
        let report = opening::load_zero_report(&mut tx, &hall.context, &hall.poll).await.unwrap().unwrap();
        assert!(report.is_zero());
        assert_eq!((report.setup_event, report.credentials), (setup, 3));
        let entries = log_entries::list(&mut tx, &hall.context.county, report.log_entries, 1).await.unwrap();
        assert_eq!(entries[0].hash, report.log_head);
        assert!(entries[0].event.contains("proposal_confirmed"), "{}", entries[0].event);
    }

    async fn a_poll_with_anything_in_its_box_is_not_opened(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        let void = hall.void_statement(2, VoidKind::Spare);
        let mut tx = hall.context.db.write().await.unwrap();
        credentials::declare_void(&mut tx, &hall.context.county, &hall.poll, &void.credential).await.unwrap();
        tx.commit().await.unwrap();
        let error = hall.together(&Act::OpenPoll(hall.poll.clone())).await.unwrap_err();
        assert!(error.zh().contains("1张卡已作废") && error.en().contains("1 void cards"), "{error}");
        assert_eq!((hall.state().await, hall.texts().await.zero_report), (PollState::CardsReady, None));
    }

    async fn a_booth_takes_part_only_in_the_election_that_it_has_compared(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        let other = hall.ready_for(0, Hash::of(b"other")).await;
        assert_eq!(code(&other), problem::ANOTHER_ELECTION);
        assert!(refused(other).0.contains("立即报告监督员"));
        hall.ready(0).await.unwrap();
        hall.ready(0).await.unwrap();
        assert_eq!(code(&hall.ready_for(0, Hash::of(b"other")).await), problem::ANOTHER_ELECTION);
        assert_eq!(code(&hall.finished(1).await), "booth_not_ready");
        let mut named = evaluation::wire::BoothFinished { poll: hall.poll.as_str().parse().unwrap() };
        named.poll = "2r7xvBB2ZoyrxA".parse().unwrap();
        let result = booths::finished(&hall.context, &hall.booths[0].0, &named).await;
        assert_eq!(code(&result), problem::ANOTHER_ELECTION);
    }

    async fn the_box_is_sealed_when_every_booth_has_finished_or_two_people_say_why_not(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        hall.open().await;
        hall.ready(0).await.unwrap();
        hall.ready(1).await.unwrap();
        hall.close().await;
        // A ballot on its way is still taken.
        assert!(matches!(hall.vote(0).await.unwrap(), Delivery::Stored(_)));
        let (zh, en) = refused(hall.seal().await);
        assert!(zh.contains("投票机1、投票机2") && en.contains("投票机1, 投票机2"), "{zh} {en}");
        hall.finished(0).await.unwrap();
        let (zh, _) = refused(hall.seal().await);
        assert!(zh.contains("投票机2") && !zh.contains("投票机1"), "{zh}");
        let subject = |booth: usize| Subject::BoothNotFinished { terminal: hall.booths[booth].0.terminal.clone() };
        let error = hall.except(subject(0)).await.unwrap_err();
        assert!(error.zh().contains("现在并不存在"), "{error}");
        hall.except(subject(1)).await.unwrap();
        assert!(hall.except(subject(1)).await.unwrap_err().zh().contains("已经登记过"));
        hall.seal().await.unwrap();
        let late = hall.vote(1).await.map(|_| ());
        assert_eq!(code(&late), problem::POLL_NOT_OPEN);
        assert_eq!(count_ballots(&hall).await, 1);
    }

    async fn a_statement_is_about_the_sealed_box_and_signed_by_the_booth(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        hall.open().await;
        hall.ready(0).await.unwrap();
        hall.vote(0).await.unwrap();
        hall.close().await;
        hall.finished(0).await.unwrap();
        hall.seal().await.unwrap();
        let booth = &hall.booths[0].0;
        let mut forged = hall.statement(0, 1).await;
        forged.signature = hall.statement(1, 1).await.signature;
        let result = booths::receive_statement(&hall.context, booth, &forged).await;
        assert!(refused(result).0.contains("不是由这台投票机的密钥"));
        let mut other = hall.statement(0, 1).await.statement;
        other.end_ballots_event = Hash::of(b"other");
        let other = other.sign(&hall.booths[0].1);
        let result = booths::receive_statement(&hall.context, booth, &other).await;
        assert!(refused(result).0.contains("不是已封存的票箱"));
        assert!(refused(hall.sign(0, 2).await).0.contains("多于票箱中的票"));
        let (zh, _) = refused(hall.reconcile().await);
        assert!(zh.contains("还没有签署声明：投票机1"), "{zh}");
        hall.sign(0, 1).await.unwrap();
        hall.sign(0, 1).await.unwrap();
        assert_eq!(code(&hall.sign(0, 0).await), "statement_exists");
    }

    async fn a_void_card_takes_no_ballot_and_only_the_card_itself_makes_it_void(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        hall.open().await;
        let mut stolen = hall.void_statement(1, VoidKind::Damaged);
        stolen.credential = hall.void_statement(0, VoidKind::Damaged).credential;
        assert_eq!(code(&void::declare(&hall.context, stolen).await), "void_invalid");
        let mut unknown = hall.void_statement(1, VoidKind::Damaged);
        unknown.credential = "x\0".to_owned();
        assert_eq!(code(&void::declare(&hall.context, unknown).await), problem::CREDENTIAL_UNKNOWN);
        hall.void(0, VoidKind::Damaged).await.unwrap();
        hall.void(0, VoidKind::Damaged).await.unwrap();
        assert_eq!(code(&hall.void(0, VoidKind::Spare).await), problem::CARD_VOID);
        let credential = hall.void_statement(0, VoidKind::Damaged).credential;
        let status = credential_status(&hall.context, &credential).await.unwrap();
        assert_eq!(status, evaluation::wire::CredentialStatus::Void);
        assert!(matches!(hall.vote(0).await.unwrap(), Delivery::Refused(refusal) if refusal.stored.is_none()));
        assert_eq!(count_ballots(&hall).await, 0);
    }

    async fn a_card_that_voted_stops_the_reconciliation_until_two_people_say_why(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        hall.open().await;
        hall.vote(0).await.unwrap();
        hall.vote(2).await.unwrap();
        // While people vote it only means that no other card is handed out.
        assert_eq!(code(&hall.void(0, VoidKind::Damaged).await), problem::CARD_SPENT);
        hall.close().await;
        hall.seal().await.unwrap();
        for _ in 0..2 {
            assert_eq!(code(&hall.void(2, VoidKind::Audit).await), problem::CARD_SPENT);
        }
        let counted = settling(&hall).await.reconciliation.void_refused;
        assert_eq!(counted, ByKind { audit: 1, ..ByKind::default() });
        hall.without_desk_and_booths().await;
        let (zh, _) = refused(hall.reconcile().await);
        assert!(zh.contains("不应投票的卡（核验）已投票，扫描到 1 次"), "{zh}");
        let subject = |cards, scans| Subject::SpentCard { card: VoidKind::Audit, cards, scans };
        for wrong in [subject(2, 1), subject(0, 1), subject(1, 2)] {
            assert!(hall.except(wrong).await.is_err());
        }
        hall.except(subject(1, 1)).await.unwrap();
        assert!(hall.except(subject(1, 1)).await.is_err());
        hall.reconcile().await.unwrap();
        let statement = ClosingStatement::parse_signed_text(&hall.texts().await.closing_statement.unwrap()).unwrap();
        assert_eq!((statement.void_refused, statement.exceptions.len()), (counted, 3));
    }

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
            assert!(matches!(hall.vote(0).await.unwrap(), Delivery::Refused(refusal) if refusal.stored.is_none()));
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

    async fn what_is_reconciled_tells_every_card_and_booth(db: Db) {
        let hall = Hall::prepare(db, 3).await;
        hall.open().await;
        hall.ready(0).await.unwrap();
        hall.vote(0).await.unwrap();
        hall.void(1, VoidKind::Damaged).await.unwrap();
        hall.close().await;
        hall.finished(0).await.unwrap();
        hall.seal().await.unwrap();
        hall.void(2, VoidKind::Spare).await.unwrap();
        hall.sign(0, 0).await.unwrap();
        hall.except(Subject::NoCheckIn).await.unwrap();
        let (zh, en) = refused(hall.reconcile().await);
        assert!(zh.contains("各投票机签认的票 0，存档中的票 1，相差 -1") && en.contains("difference -1"), "{zh} {en}");
        let differs = |difference| Subject::OutOfBalance { line: LineName::Booths, difference };
        assert!(hall.except(differs(-2)).await.is_err());
        hall.except(differs(-1)).await.unwrap();
        let many = hall.except(Subject::CardUnreadable { card: VoidKind::Spare, cards: 3 }).await.unwrap_err();
        assert!(many.zh().contains("应为1至2张"), "{many}");
        hall.except(Subject::CardUnreadable { card: VoidKind::Spare, cards: 1 }).await.unwrap();
        hall.reconcile().await.unwrap();
        let texts = hall.texts().await;
        let found: Reconciliation = serde_json::from_str(&texts.reconciliation.unwrap()).unwrap();
        assert_eq!((found.cards_made, found.ballots, found.not_returned), (5, 1, 1));
        assert_eq!((found.void.total(), found.unreadable.total(), found.exceptions.len()), (2, 1, 3));
        let statement = ClosingStatement::parse_signed_text(&texts.closing_statement.unwrap()).unwrap();
        assert_eq!((statement.void_cards.len(), statement.not_returned.len()), (2, 2));
        assert_eq!(statement.booths[0].booth, "投票机1");
        let mut tx = hall.context.db.read().await.unwrap();
        let stored = void_cards::list(&mut tx, &hall.context.county, &hall.poll).await.unwrap();
        assert_eq!(stored.len(), 2);
    }

    async fn an_exception_needs_a_reason_and_a_document(db: Db) {
        let hall = Hall::prepare(db, 1).await;
        hall.open().await;
        hall.close().await;
        hall.seal().await.unwrap();
        let new = exceptions::NewException {
            poll: hall.poll.clone(),
            subject: Subject::CardUnreadable { card: VoidKind::Spare, cards: 1 },
            reason: "水渍".to_owned(),
            document_number: "宁创〔2020〕11号".to_owned(),
        };
        let without_reason = exceptions::NewException { reason: " ".to_owned(), ..new.clone() };
        let error = hall.together(&Act::RecordException(without_reason)).await.unwrap_err();
        assert!(error.zh().contains("请写明原因"), "{error}");
        let without_number = exceptions::NewException { document_number: String::new(), ..new };
        let error = hall.together(&Act::RecordException(without_number)).await.unwrap_err();
        assert!(error.zh().contains("请填写例外记录的文号"), "{error}");
    }

    async fn pausing_needs_a_reason_that_stands_in_the_log(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        hall.open().await;
        let pause = |reason: &'static str| {
            opening::change_pace(&hall.context, &Actor::System, &hall.poll, PollState::pause, reason)
        };
        for reason in ["", "  "] {
            assert!(refused(pause(reason).await).0.contains("请写明原因"));
        }
        pause("停电，等待恢复").await.unwrap();
        let mut tx = hall.context.db.read().await.unwrap();
        let head = log_entries::find_head(&mut tx, &hall.context.county).await.unwrap().unwrap();
        assert!(head.event.contains("\"reason\":\"停电，等待恢复\"") && !head.event.contains("ballots"), "{}", head.event);
    }
}
