//! From the cards to the reconciliation, at the server: what every step asks for, and what it says if that is not so.

mod challenged;
mod drafts;
mod exceptional;
mod hall;
mod information;
mod restored;
mod unfinished;

use belenios::text::{Fingerprint, Hash};
use evaluation::publication::closing::ClosingStatement;
use evaluation::publication::reconciliation::{ByKind, LineName, Reconciliation};
use evaluation::wire::{RefusalReason, VoidKind, problem};

use self::hall::Hall;
use super::ballot::{Delivery, credential_status};
use super::exceptions::Subject;
use super::*;
use crate::both_databases;
use crate::domain::InTwoLanguages as _;
use crate::service::act::{Act, ActError};
use crate::store::{credentials, log_entries, void_cards};

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
    Challenge,
    VoidDamaged,
    VoidSpare,
    Exception,
    RestartKeys,
    OrderCards,
    OpenBallotBox,
    Reveal,
}

const STEPS: [Step; 19] = [
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
    Step::Challenge,
    Step::VoidDamaged,
    Step::VoidSpare,
    Step::Exception,
    Step::RestartKeys,
    Step::OrderCards,
    Step::OpenBallotBox,
    Step::Reveal,
];

/// What it says in Chinese and in English; nothing if it was done.
async fn attempt(hall: &Hall, step: Step) -> Option<(String, String)> {
    let (context, actor, poll) = (&hall.context, hall.actor(), &hall.poll);
    let acted = |result: Result<(), ActError>| result.err().map(|error| (error.zh(), error.en()));
    let pace = |step| opening::change_pace(context, &actor, poll, step, "停电");
    let result = match step {
        Step::Open => return acted(hall.together(&Act::OpenPoll(poll.clone())).await),
        Step::Close => return acted(hall.together(&Act::ClosePoll(poll.clone())).await),
        Step::RestartKeys => return acted(hall.together(&Act::RestartKeys(poll.clone())).await),
        Step::Reveal => return acted(hall.together(&Act::Reveal(poll.clone())).await),
        Step::OrderCards => cards::order(context).await.map(|_| ()),
        Step::OpenBallotBox => tally::archive_for_trustees(context).await.map(|_| ()),
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
        Step::Challenge => hall.challenge(Fingerprint::of("a ballot")).await.map(|_| ()),
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
        use Step::{BoothArchive, BoothFinished, BoothReady, BoothStatement, Challenge, Close, Exception, Open, Pause, Reconcile};
        use Step::{OpenBallotBox, Resume, Seal, VoidDamaged, VoidSpare, Vote};
        let hall = Hall::prepare(db, 2).await;
        hall.ready(0).await.unwrap();
        everything_else_is_refused(&hall, &[Open, BoothReady]).await;
        done(&hall, Open).await;
        everything_else_is_refused(&hall, &[Pause, Close, BoothReady, Vote, Challenge, VoidDamaged]).await;
        done(&hall, Pause).await;
        everything_else_is_refused(&hall, &[Resume, Close, BoothReady, VoidDamaged]).await;
        done(&hall, Resume).await;
        done(&hall, Vote).await;
        done(&hall, Close).await;
        assert_eq!(hall.state().await, PollState::Closing);
        // A ballot that is stored already gets its receipt again at any time.
        everything_else_is_refused(&hall, &[Seal, BoothFinished, Vote, Challenge, VoidDamaged]).await;
        done(&hall, BoothFinished).await;
        done(&hall, Seal).await;
        assert_eq!(hall.state().await, PollState::Closed);
        let possible = [BoothFinished, BoothArchive, BoothStatement, Vote, VoidDamaged, VoidSpare, Exception, Reconcile];
        everything_else_is_refused(&hall, &possible).await;
        hall.sign(0, 1).await.unwrap();
        hall.except(Subject::NoCheckIn).await.unwrap();
        done(&hall, Reconcile).await;
        assert_eq!(hall.state().await, PollState::Reconciled);
        everything_else_is_refused(&hall, &[BoothFinished, BoothArchive, BoothStatement, Vote, OpenBallotBox]).await;
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
        assert!(matches!(hall.vote(0).await.unwrap(), Delivery::Refused(refusal) if refusal.because == RefusalReason::Void));
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
