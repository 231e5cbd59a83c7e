//! Votes that are interrupted: by a reload, a dead terminal, a person who leaves.

use std::{sync::atomic::Ordering, time::Duration};

use axum::http::StatusCode;
use evaluation::hall_key::HallKey;
use kiosk::{
    booth::{Booth, BoothSettings, Display, IdleTimes, Place, Timing, Turn, router},
    flow::{Position, Screen},
    os_rng,
    uplink::Delivery,
};

use crate::{
    booth::grade_all,
    browser::{Browser, field},
    hall::Hall,
};

/// Short enough for a test, long enough for a few requests.
const IDLE: IdleTimes =
    IdleTimes { warning: Duration::from_millis(500), countdown: Duration::from_millis(500) };

/// A booth with a spool of its own that people have opened with this hall key.
pub(crate) async fn open_booth(hall: &Hall, name: &str, key: &HallKey) -> Booth {
    let settings = BoothSettings { setup: None, spool: hall.folder.path().join(name), ..hall.settings() };
    let booth = Booth::start(settings).await.unwrap();
    booth.open(&hall.setup_event().to_string().into()).await.unwrap();
    booth.open(&key.scanned().as_str().into()).await.unwrap();
    booth
}

pub(crate) fn key() -> HallKey {
    HallKey::generate(&mut os_rng())
}

pub(crate) async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !done().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect(what);
}

/// Until the server has the newest of everything.
async fn until_saved(booth: &Booth) {
    until("the draft is not saved", async || booth.unsaved_drafts() == 0).await;
}

async fn until_on_card_page(booth: &Booth) {
    until("the veil does not fall", async || booth.view().await.place == Place::Card).await;
}

async fn position(turn: &Turn, number: u16) -> Position {
    turn.step(|flow| flow.position(number)).await.unwrap()
}

/// Presents the first card and grades the first two offices of three.
async fn begin(hall: &Hall, booth: &Booth) -> Turn {
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    for (number, grade) in [(1, 3), (2, 1)] {
        let place = position(&turn, number).await;
        turn.grade(place, grade).await.unwrap();
    }
    turn
}

async fn chosen(turn: &Turn) -> Vec<Option<usize>> {
    turn.step(|flow| Ok(flow.positions().map(|place| flow.chosen(place)).collect())).await.unwrap()
}

fn drafts(hall: &Hall) -> usize {
    hall.shared.drafts.lock().unwrap().len()
}

#[tokio::test]
async fn a_dead_terminal_loses_nothing_and_another_booth_goes_on_at_the_same_office() {
    let (hall, key) = (Hall::new(), key());
    let dead = open_booth(&hall, "one", &key).await;
    begin(&hall, &dead).await;
    until_saved(&dead).await;
    drop(dead);

    let booth = open_booth(&hall, "two", &key).await;
    let browser = Browser::new(router(booth.clone()));
    let session = field(&browser.open("/").await.text, "session");
    let answer = browser.post("/card", &format!("session={session}&code={}", hall.codes[0])).await;
    assert_eq!(answer.location.as_deref(), Some("/office/3"));
    assert!(browser.open("/office/3").await.text.contains("接着上次评议"));
    assert!(!browser.open("/office/2").await.text.contains("接着上次评议"), "on the first page only");
    let turn = booth.turn().await;
    assert_eq!(chosen(&turn).await, [Some(3), Some(1), None]);

    let third = position(&turn, 3).await;
    turn.grade(third, 0).await.unwrap();
    let tracker = turn.review().await.unwrap().tracker.unwrap();
    assert_eq!(turn.cast(tracker).await.unwrap().delivery, Delivery::Stored);
    until("the draft stays after the ballot", async || drafts(&hall) == 0).await;
}

#[tokio::test]
async fn a_reload_saves_nothing() {
    let (hall, key) = (Hall::new(), key());
    let booth = open_booth(&hall, "one", &key).await;
    let turn = begin(&hall, &booth).await;
    until_saved(&booth).await;
    let saves = || hall.shared.saves.load(Ordering::SeqCst);
    let before = saves();
    let third = position(&turn, 3).await;
    for _ in 0..5 {
        turn.step(|flow| flow.go_to(third)).await.unwrap();
        assert_eq!(booth.unsaved_drafts(), 0);
    }
    assert_eq!((saves(), drafts(&hall)), (before, 1));
}

#[tokio::test]
async fn a_person_who_leaves_for_good_leaves_no_draft() {
    let (hall, key) = (Hall::new(), key());
    let booth = open_booth(&hall, "one", &key).await;
    let turn = begin(&hall, &booth).await;
    until_saved(&booth).await;
    turn.finish().await;
    until("the draft stays", async || drafts(&hall) == 0).await;
    let next = booth.turn().await;
    next.present_card(&hall.codes[0]).await.unwrap();
    assert_eq!(chosen(&next).await, [None, None, None]);
}

#[tokio::test]
async fn a_server_that_keeps_no_drafts_keeps_nobody_from_voting() {
    let (hall, key) = (Hall::new(), key());
    *hall.shared.draft_fault.lock().unwrap() = Some(500);
    let booth = open_booth(&hall, "one", &key).await;
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let tracker = grade_all(&turn, &[0, 1, 2]).await;
    assert_eq!(turn.cast(tracker).await.unwrap().delivery, Delivery::Stored);
}

#[tokio::test]
async fn what_could_not_be_saved_is_saved_as_soon_as_the_server_takes_it() {
    let (hall, key) = (Hall::new(), key());
    let booth = open_booth(&hall, "one", &key).await;
    let turn = begin(&hall, &booth).await;
    *hall.shared.draft_fault.lock().unwrap() = Some(503);
    let place = position(&turn, 3).await;
    turn.grade(place, 2).await.unwrap();
    *hall.shared.draft_fault.lock().unwrap() = None;
    until_saved(&booth).await;
    drop(booth);
    let other = open_booth(&hall, "two", &key).await;
    let turn = other.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    assert_eq!(chosen(&turn).await, [Some(3), Some(1), Some(2)], "the newest, not the one that failed");
}

#[tokio::test]
async fn another_hall_key_or_another_card_opens_no_draft() {
    let (hall, key) = (Hall::new(), key());
    let booth = open_booth(&hall, "one", &key).await;
    begin(&hall, &booth).await;
    until_saved(&booth).await;
    drop(booth);

    let other = open_booth(&hall, "two", &self::key()).await;
    let turn = other.turn().await;
    turn.present_card(&hall.codes[1]).await.unwrap();
    assert_eq!((chosen(&turn).await, other.view().await.notice), (vec![None; 3], None));
    turn.finish().await;
    let browser = Browser::new(router(other.clone()));
    let turn = other.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    assert_eq!(chosen(&turn).await, [None; 3]);
    let page = browser.open("/office/1").await.text;
    assert!(page.contains("打不开") && !page.contains("接着上次评议"), "{page}");
}

#[tokio::test]
async fn a_booth_without_a_hall_key_keeps_no_drafts() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    begin(&hall, &booth).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(drafts(&hall), 0);
}

#[tokio::test]
async fn the_veil_falls_by_itself_and_the_same_card_goes_on_at_any_booth() {
    let (hall, key) = (Hall { idle: IDLE, ..Hall::new() }, key());
    let booth = open_booth(&hall, "one", &key).await;
    let left = begin(&hall, &booth).await;
    left.display(|display| display.high_contrast = true).await.unwrap();
    until_saved(&booth).await;
    until_on_card_page(&booth).await;
    assert!(chosen_or_none(&left).await.is_none(), "the turn is over");
    assert!(!booth.view().await.display.high_contrast, "the next person finds the standard look");
    let page = Browser::new(router(booth.clone())).open("/").await.text;
    assert!(page.contains("内容已经收好") && !page.contains("id=\"idle\""), "{page}");

    let other = open_booth(&hall, "two", &key).await;
    let turn = other.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    assert_eq!(chosen(&turn).await, [Some(3), Some(1), None]);
    assert!(
        matches!(other.view().await.place, Place::Voting(Screen::Office(office)) if office.number() == 3)
    );
}

async fn chosen_or_none(turn: &Turn) -> Option<()> {
    turn.step(|_| Ok(())).await.ok()
}

#[tokio::test]
async fn without_a_server_the_turn_stays_behind_the_veil_for_the_same_card_only() {
    let (hall, key) = (Hall { idle: IDLE, ..Hall::new() }, key());
    let booth = open_booth(&hall, "one", &key).await;
    *hall.shared.draft_fault.lock().unwrap() = Some(503);
    let left = begin(&hall, &booth).await;
    left.display(|display| display.high_contrast = true).await.unwrap();
    until_on_card_page(&booth).await;
    assert_eq!(drafts(&hall), 0, "the server has nothing of it");

    // The next person votes and finds nothing of it.
    let next = booth.turn().await;
    next.present_card(&hall.codes[1]).await.unwrap();
    assert_eq!(chosen(&next).await, [None; 3]);
    let tracker = grade_all(&next, &[0, 0, 0]).await;
    next.cast(tracker).await.unwrap();
    next.finish().await;

    hall.server_down();
    let back = booth.turn().await;
    back.present_card(&hall.codes[0]).await.unwrap();
    assert_eq!(chosen(&back).await, [Some(3), Some(1), None]);
    assert!(booth.view().await.display.high_contrast, "as it was when the veil fell");
}

#[tokio::test]
async fn a_sign_of_the_person_holds_the_veil_off_and_a_page_that_asks_again_does_not() {
    let (hall, key) = (Hall { idle: IDLE, ..Hall::new() }, key());
    let booth = open_booth(&hall, "one", &key).await;
    let browser = Browser::new(router(booth.clone()));
    begin(&hall, &booth).await;
    let page = browser.open("/office/3").await.text;
    assert!(page.contains("还在吗？") && page.contains("data-after=\"500\""), "{page}");
    let session = field(&page, "session");
    for _ in 0..12 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let here = browser.post("/here", &format!("session={session}")).await;
        assert_eq!(here.status, StatusCode::NO_CONTENT);
    }
    until("the veil does not fall", async || {
        // The page of a cast ballot or a closed poll asks like this.
        browser.open("/done").await;
        booth.view().await.place == Place::Card
    })
    .await;
    let late = browser.post("/here", &format!("session={session}")).await;
    assert_eq!(late.location.as_deref(), Some("/"));
}

#[tokio::test]
async fn a_card_that_has_voted_elsewhere_opens_nothing_behind_the_veil() {
    let (hall, key) = (Hall { idle: IDLE, ..Hall::new() }, key());
    let booth = open_booth(&hall, "one", &key).await;
    *hall.shared.draft_fault.lock().unwrap() = Some(503);
    begin(&hall, &booth).await;
    until_on_card_page(&booth).await;
    let other = open_booth(&hall, "two", &key).await;
    let turn = other.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let tracker = grade_all(&turn, &[0, 0, 0]).await;
    turn.cast(tracker).await.unwrap();

    let back = booth.turn().await;
    assert!(back.present_card(&hall.codes[0]).await.is_err());
    assert_eq!(booth.view().await.place, Place::Card);
}

#[tokio::test]
async fn a_page_that_shows_a_receipt_makes_room_by_itself() {
    let (hall, key) = (Hall { idle: IDLE, ..Hall::new() }, key());
    let booth = open_booth(&hall, "one", &key).await;
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let tracker = grade_all(&turn, &[0, 0, 0]).await;
    turn.cast(tracker).await.unwrap();
    until_on_card_page(&booth).await;
    assert_eq!(booth.view().await.notice, None, "nobody's choices are put away");
}

#[tokio::test]
async fn a_draft_that_the_server_could_not_tell_of_is_never_replaced_unseen() {
    let (hall, key) = (Hall::new(), key());
    let booth = open_booth(&hall, "one", &key).await;
    begin(&hall, &booth).await;
    until_saved(&booth).await;
    drop(booth);
    let kept = hall.shared.drafts.lock().unwrap().clone();

    *hall.shared.draft_fault.lock().unwrap() = Some(500);
    let two = open_booth(&hall, "two", &key).await;
    let turn = two.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let page = Browser::new(router(two.clone())).open("/office/1").await.text;
    assert!(page.contains("评过请先举手"), "the person does not hear of it: {page}");
    *hall.shared.draft_fault.lock().unwrap() = None;
    let first = position(&turn, 1).await;
    turn.grade(first, 0).await.unwrap();
    assert_eq!(two.unsaved_drafts(), 0);
    assert!(*hall.shared.drafts.lock().unwrap() == kept, "the draft is replaced");
    drop(two);

    let three = open_booth(&hall, "three", &key).await;
    let turn = three.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    assert_eq!(chosen(&turn).await, [Some(3), Some(1), None]);
}

#[tokio::test]
async fn the_look_of_whoever_left_the_card_page_is_not_the_next_persons() {
    let hall = Hall::new();
    let settings = hall.settings();
    let timing = Timing { idle: IDLE, ..settings.timing };
    let booth = Booth::start(BoothSettings { timing, ..settings }).await.unwrap();
    let look = |display: &mut Display| (display.high_contrast, display.voice) = (true, Some(true));
    booth.turn().await.display(look).await.unwrap();
    assert_eq!(booth.view().await.display.voice, Some(true));
    until("the look stays", async || !booth.view().await.display.high_contrast).await;
    assert_eq!(booth.view().await.display.voice, None, "the next person would be read to unasked");
}
