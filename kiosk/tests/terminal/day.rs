//! A booth on the day: opened by people, closed by the server, and signed at the end.

use std::time::Duration;

use belenios::{archive::Writer, text::Hash};
use evaluation::{
    hall_key::HallKey,
    wire::{BoothFinished, BoothReady, BoothStatement, OpenedBooth, PollState},
};
use kiosk::{
    booth::{
        Booth, BoothSettings, CardError, CastError, Ending, EndingError, Opening, OpeningError, SetupError,
        StartError, find_ballots, router,
    },
    os_rng,
    uplink::Delivery,
};

use crate::{
    booth::grade_all,
    browser::{Browser, field},
    hall::{Fault, Hall, Said},
};

const POLL: &str = "1r7xvBB2ZoyrxA";

/// A booth that nobody has opened.
async fn shut(hall: &Hall) -> Booth {
    restart(&BoothSettings { setup: None, ..hall.settings() }).await
}

/// Starts a booth; the work of the one before may still be on its last step.
pub(crate) async fn restart(settings: &BoothSettings) -> Booth {
    for _ in 0..200 {
        match Booth::start(settings.clone()).await {
            Ok(booth) => return booth,
            Err(StartError::Spool(_)) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(error) => panic!("{error:?}"),
        }
    }
    panic!("the booth does not start again");
}

pub(crate) async fn until(mut done: impl FnMut() -> bool) {
    let wait = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it never comes true");
}

async fn until_ending(booth: &Booth, ending: impl Fn(&Ending) -> bool) {
    until(|| ending(&booth.ending())).await;
}

fn is_taken(ending: &Ending) -> bool {
    matches!(ending, Ending::Signed { taken: true, .. })
}

pub(crate) async fn vote(hall: &Hall, booth: &Booth, cards: impl IntoIterator<Item = usize>) {
    for card in cards {
        let turn = booth.turn().await;
        turn.present_card(&hall.codes[card]).await.unwrap();
        let tracker = grade_all(&turn, &[0, 1, 2]).await;
        assert_eq!(turn.cast(tracker).await.unwrap().delivery, Delivery::Stored);
        turn.finish().await;
    }
    hall.settled().await;
}

pub(crate) fn go_to(hall: &Hall, state: PollState) {
    hall.change_poll(|poll| poll.state = state);
}

pub(crate) fn finished() -> Said {
    Said::Finished(BoothFinished { poll: POLL.parse().unwrap() })
}

fn statements(hall: &Hall) -> Vec<BoothStatement> {
    let key = hall.access.identity().public();
    let signed = hall.said().into_iter().filter_map(|said| match said {
        Said::Statement(signed) => Some(signed),
        _ => None,
    });
    signed.inspect(|signed| signed.verify(&key).unwrap()).map(|signed| signed.statement).collect()
}

/// Names of the files that tell what was delivered.
fn records(hall: &Hall) -> usize {
    let names = std::fs::read_dir(hall.spool().join(POLL)).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("delivered") || name == "kept").count()
}

#[tokio::test]
async fn nobody_votes_before_the_opening_sheet_and_the_hall_key_have_been_scanned() {
    let hall = Hall::new();
    let booth = shut(&hall).await;
    let browser = Browser::new(router(booth.clone()));
    let card = async || booth.turn().await.present_card(&hall.codes[0]).await;
    let scan = async |text: &str| {
        let session = field(&browser.open("/").await.text, "session");
        browser.post("/opening", &format!("session={session}&scanned={text}")).await
    };
    assert!(matches!(card().await, Err(CardError::NotOpened)));
    assert_eq!(booth.vitals().opened, None);
    assert!(browser.open("/").await.text.contains("请扫描签过字的开启单"));

    let sheet = hall.setup_event().to_string();
    let mistyped = scan(&sheet[1..]).await;
    assert!(mistyped.status.is_client_error() && mistyped.text.contains("没有输对"));
    assert!(mistyped.text.contains(&sheet[1..]), "what was typed can be mended");
    assert!(scan("PINGYI-HALL:ABCD").await.text.contains("扫的不是这一张"));
    let other = scan(&format!("PINGYI-SETUP:{}", Hash::of("other"))).await;
    assert!(other.status.is_client_error() && other.text.contains("不是本机这场选举的"));
    assert!(matches!(card().await, Err(CardError::NotOpened)));
    let foreign = browser.post("/opening", &format!("session=other&scanned={sheet}")).await;
    assert!(foreign.status.is_redirection() && booth.opening() == Opening::Sheet);

    // A wrong sheet can be tried again.
    assert!(scan(&format!("PINGYI-SETUP:{sheet}")).await.status.is_redirection());
    assert!(matches!(card().await, Err(CardError::NotOpened)));
    assert!(hall.said().is_empty());
    let page = browser.open("/").await.text;
    assert!(page.contains("请扫描会场密钥条"));
    let key = HallKey::generate(&mut os_rng());
    let part = scan(&key.code()[..20]).await;
    assert!(part.status.is_client_error() && !part.text.contains(&key.code()[..20]), "it is a secret");
    assert!(scan(&key.scanned()).await.status.is_redirection());
    assert_eq!(booth.with_hall_key(|held| *held == key), Some(true));
    let opened = OpenedBooth { poll: POLL.parse().unwrap(), hall_key: key.mark() };
    assert_eq!(booth.vitals().opened, Some(opened), "the steward does not hear which key it was");

    card().await.unwrap();
    let ready = BoothReady { poll: POLL.parse().unwrap(), setup_event: hall.setup_event() };
    assert!(!hall.said().is_empty() && hall.said().iter().all(|said| *said == Said::Ready(ready.clone())));
    assert!(matches!(booth.open(&"x".into()).await, Err(OpeningError::Open)));
}

#[tokio::test]
async fn a_booth_that_was_restarted_is_opened_anew_and_refuses_another_election() {
    let hall = Hall::new();
    let booth = shut(&hall).await;
    let key = HallKey::generate(&mut os_rng());
    booth.open(&hall.setup_event().to_string().into()).await.unwrap();
    booth.open(&key.code().as_str().into()).await.unwrap();
    vote(&hall, &booth, [0]).await;
    drop(booth);
    let booth = shut(&hall).await;
    assert_eq!(booth.opening(), Opening::Sheet);
    assert_eq!(booth.with_hall_key(|_| ()), None, "the hall key was in memory only");
    drop(booth);

    // The same poll with other cards is another election: what waits here must not be delivered to it.
    let other = Hall::with(|description, _| description.draw_seed = Hash::of("other"));
    hall.change_poll(|poll| *poll = other.poll.clone());
    let refused = async {
        loop {
            match Booth::start(BoothSettings { setup: None, ..hall.settings() }).await {
                Err(StartError::Spool(_)) => tokio::time::sleep(Duration::from_millis(20)).await,
                other => return other,
            }
        }
    };
    assert!(matches!(refused.await, Err(StartError::Setup(SetupError::Anchor { .. }))));
}

#[tokio::test]
async fn no_ballot_is_cast_before_the_server_knows_that_the_booth_takes_part() {
    let hall = Hall::new();
    hall.deaf(true);
    let booth = hall.booth().await;
    assert!(matches!(booth.turn().await.present_card(&hall.codes[0]).await, Err(CardError::NoContact(_))));
    hall.deaf(false);
    vote(&hall, &booth, [0]).await;
}

#[tokio::test]
async fn while_the_poll_closes_nobody_begins_and_who_has_begun_may_end() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let browser = Browser::new(router(booth.clone()));
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    go_to(&hall, PollState::Closing);
    until(|| booth.contact() == kiosk::booth::Contact::State(PollState::Closing)).await;
    assert!(browser.open("/office/1").await.text.contains("投票就要结束了"));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!hall.said().contains(&finished()), "somebody is voting");

    let tracker = grade_all(&turn, &[0, 1, 2]).await;
    assert_eq!(turn.cast(tracker).await.unwrap().delivery, Delivery::Stored);
    turn.finish().await;
    until(|| hall.said().contains(&finished())).await;
    assert!(browser.open("/").await.text.contains("不再开始新的投票"));
    let late = booth.turn().await.present_card(&hall.codes[1]).await;
    assert!(matches!(late, Err(CardError::PollNotOpen)));
}

#[tokio::test]
async fn while_the_poll_closes_a_card_can_be_handed_back_without_a_ballot() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let browser = Browser::new(router(booth.clone()));
    booth.turn().await.present_card(&hall.codes[0]).await.unwrap();
    let early = browser.open("/hand-back").await;
    assert_eq!(early.location.as_deref(), Some("/office/1"), "only while the poll is closing");
    go_to(&hall, PollState::Closing);
    until(|| booth.contact() == kiosk::booth::Contact::State(PollState::Closing)).await;
    let asked = browser.open("/hand-back").await.text;
    assert!(asked.contains("不投票就离开吗"));
    browser.post("/finish", &format!("session={}", field(&asked, "session"))).await;
    until(|| hall.said().contains(&finished())).await;
    assert!(hall.stored().is_empty());
}

#[tokio::test]
async fn a_booth_has_not_finished_while_a_ballot_waits_or_the_server_is_away() {
    let hall = Hall { receipt: Duration::from_millis(200), ..Hall::new() };
    let booth = hall.booth().await;
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    hall.fault(Fault::Status(503));
    let tracker = grade_all(&turn, &[0, 1, 2]).await;
    assert!(matches!(turn.cast(tracker).await.unwrap().delivery, Delivery::Waiting(_)));
    turn.finish().await;
    go_to(&hall, PollState::Closing);
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(!hall.said().contains(&finished()));

    // A restart in between, and a server that is away.
    drop((booth, turn));
    let booth = restart(&hall.settings()).await;
    hall.server_down();
    hall.fault(Fault::None);
    hall.deaf(true);
    hall.server_up();
    until(|| hall.stored().len() == 1).await;
    hall.deaf(false);
    until(|| hall.said().contains(&finished())).await;
    // Said again by a booth that was restarted.
    drop(booth);
    hall.shared.said.lock().unwrap().clear();
    let _booth = restart(&hall.settings()).await;
    until(|| hall.said().contains(&finished())).await;
}

#[tokio::test]
async fn a_booth_signs_that_all_its_ballots_are_in_the_archive_and_then_forgets_them() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    vote(&hall, &booth, [0, 2, 1]).await;
    // A ballot of another booth.
    let other = Booth::start(BoothSettings { spool: hall.folder.path().join("other"), ..hall.settings() });
    let other = other.await.unwrap();
    vote(&hall, &other, [3]).await;
    assert_eq!(records(&hall), 3);
    let end_ballots_event = hall.close_archive(0);
    hall.deaf(true);
    go_to(&hall, PollState::Closed);
    until_ending(&booth, |ending| matches!(ending, Ending::Signed { taken: false, .. })).await;
    assert_eq!(records(&hall), 3, "kept until the statement is taken");
    hall.deaf(false);
    assert!(is_taken(&booth.until_ended().await) && is_taken(&other.until_ended().await));
    let mut counted: Vec<_> = statements(&hall)
        .into_iter()
        .map(|statement| {
            assert_eq!(statement.end_ballots_event, end_ballots_event);
            statement.ballots
        })
        .collect();
    counted.sort_unstable();
    counted.dedup();
    assert_eq!(counted, [1, 3]);
    assert_eq!(records(&hall), 0);
    let page = Browser::new(router(booth.clone())).open("/").await.text;
    assert!(page.contains(&end_ballots_event.to_string()) && page.contains("<strong>3</strong>"));
    assert!(page.contains("服务器已收下"));
}

#[tokio::test]
async fn a_ballot_that_is_missing_is_shouted_about_and_never_signed_away() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    vote(&hall, &booth, [0, 1, 2]).await;
    hall.close_archive(1);
    go_to(&hall, PollState::Closed);
    until_ending(&booth, |ending| *ending == Ending::Missing { ballots: 1 }).await;
    let page = Browser::new(router(booth.clone())).open("/").await.text;
    assert!(page.contains("本机送出的票不在票箱里") && page.contains("<strong>1</strong>"));
    // Neither later nor after a restart.
    drop(booth);
    let booth = restart(&BoothSettings { setup: None, ..hall.settings() }).await;
    until_ending(&booth, |ending| *ending == Ending::Missing { ballots: 1 }).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(statements(&hall).is_empty());
}

#[tokio::test]
async fn a_restart_after_the_close_signs_the_same_and_nothing_else() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    vote(&hall, &booth, [0, 1]).await;
    drop(booth);
    hall.close_archive(0);
    hall.deaf(true);
    go_to(&hall, PollState::Closed);
    // Nobody scans a sheet any more.
    let unscanned = BoothSettings { setup: None, ..hall.settings() };
    let booth = restart(&unscanned).await;
    until_ending(&booth, |ending| matches!(ending, Ending::Signed { taken: false, .. })).await;
    drop(booth);
    hall.deaf(false);
    let booth = restart(&unscanned).await;
    until_ending(&booth, is_taken).await;
    drop(booth);
    // After the record is gone the statement stands as it was signed, not with a count of nothing.
    let booth = restart(&unscanned).await;
    until_ending(&booth, is_taken).await;
    let said = statements(&hall);
    assert!(said.len() >= 2 && said.iter().all(|statement| statement.ballots == 2), "{said:?}");
}

#[tokio::test]
async fn a_server_that_has_forgotten_what_a_booth_said_is_told_again() {
    let hall = Hall::new();
    let forget = || hall.shared.said.lock().unwrap().clear();
    let booth = hall.booth().await;
    vote(&hall, &booth, [0]).await;
    let ready = Said::Ready(BoothReady { poll: POLL.parse().unwrap(), setup_event: hall.setup_event() });
    until(|| hall.said().contains(&ready)).await;
    // Restored from a backup, the poll is paused.
    forget();
    go_to(&hall, PollState::Paused);
    until(|| hall.said().contains(&ready)).await;
    go_to(&hall, PollState::Closing);
    until(|| hall.said().contains(&finished())).await;
    forget();
    until(|| hall.said().contains(&finished())).await;
    hall.close_archive(0);
    go_to(&hall, PollState::Closed);
    until_ending(&booth, is_taken).await;
    let before = statements(&hall);
    forget();
    until(|| !statements(&hall).is_empty()).await;
    assert_eq!(statements(&hall)[0], before[0], "the same statement, not a new count");
}

#[tokio::test]
async fn a_booth_that_nobody_opened_owes_no_statement() {
    let hall = Hall::new();
    let booth = shut(&hall).await;
    hall.close_archive(0);
    go_to(&hall, PollState::Closed);
    until_ending(&booth, |ending| *ending == Ending::NoPart).await;
    assert!(hall.said().is_empty());
}

#[tokio::test]
async fn an_archive_that_is_none_of_this_election_is_not_signed() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    vote(&hall, &booth, [0]).await;
    *hall.shared.archive.lock().unwrap() = b"something else".to_vec();
    go_to(&hall, PollState::Closed);
    until_ending(&booth, |ending| *ending == Ending::BadArchive).await;
    assert!(statements(&hall).is_empty());
    // A while later it is fetched again.
    hall.close_archive(0);
    until_ending(&booth, is_taken).await;
}

#[tokio::test]
async fn only_a_whole_chain_from_our_setup_to_the_end_of_the_ballots_counts() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    vote(&hall, &booth, [0, 1]).await;
    let ballots = hall.stored();
    let hashes: Vec<_> = ballots.iter().map(Hash::of).collect();
    let archive = |more: &dyn Fn(&mut Writer<Vec<u8>>)| hall.archive_of(more).0;
    let find = |archive: &[u8]| find_ballots(archive, hall.setup_event(), &hashes);
    let all = |writer: &mut Writer<Vec<u8>>| {
        for ballot in &ballots {
            writer.ballot(ballot).unwrap();
        }
    };
    let whole = archive(&|writer| {
        all(writer);
        writer.end_ballots().unwrap();
    });
    assert_eq!(find(&whole).unwrap().missing, 0);
    let open = archive(&all);
    assert!(matches!(find(&open), Err(EndingError::Chain)), "the ballots have not ended");
    assert!(matches!(find_ballots(&whole, Hash::of("other"), &hashes), Err(EndingError::Chain)));
    for place in (0..whole.len()).step_by(whole.len() / 60) {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        assert!(find(&damaged).is_err(), "byte {place}");
    }
    assert_eq!(find_ballots(&whole, hall.setup_event(), &[Hash::of("x")]).unwrap().missing, 1);
}

#[tokio::test]
async fn a_ballot_cannot_be_cast_once_the_poll_is_closed() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let tracker = grade_all(&turn, &[0, 1, 2]).await;
    hall.close_archive(0);
    go_to(&hall, PollState::Closed);
    assert!(matches!(turn.cast(tracker).await, Err(CastError::PollNotOpen(_))));
    until_ending(&booth, is_taken).await;
    let page = Browser::new(router(booth.clone())).open("/review").await.text;
    assert!(page.contains("还没有提交的内容没有计入"));
}
