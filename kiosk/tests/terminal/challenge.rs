//! 核验本机: what a booth opens, when, and what it never does afterwards.

use std::time::Duration;

use axum::http::StatusCode;
use belenios::{ballot::OpenedBallot, text::Fingerprint};
use evaluation::wire::{PollState, problem};
use kiosk::{
    booth::{
        Booth, BoothSettings, CardError, CastError, ChallengeError, IdleTimes, Place, Saved, Turn, TurnError,
        router,
    },
    flow::Screen,
    uplink::{Delivery, UplinkError},
};

use crate::{
    booth::grade_all,
    browser::{Browser, field},
    drafts::{key, open_booth, until},
    hall::{Fault, Hall},
};

async fn voting(hall: &Hall) -> (Booth, Turn) {
    let booth = hall.booth().await;
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    (booth, turn)
}

#[tokio::test]
async fn an_opened_ballot_holds_what_was_chosen_and_the_vote_begins_anew_with_the_same_card() {
    let hall = Hall::new();
    let (booth, turn) = voting(&hall).await;
    let tracker = grade_all(&turn, &[3, 1, 0]).await;
    let challenged = turn.challenge(tracker).await.unwrap();
    assert_eq!(challenged.tracker, tracker);
    let grades: Vec<_> =
        challenged.found.as_ref().as_ref().unwrap().iter().map(|(_, grade)| grade.as_str()).collect();
    assert_eq!(grades, ["不满意", "较满意", "满意"]);
    assert_eq!(booth.view().await.place, Place::Opened);
    let sent = hall.shared.opened.lock().unwrap()[0].clone();
    let audit = OpenedBallot::parse(&sent.opened).unwrap().recompute().unwrap();
    assert_eq!((audit.tracker, &audit.answers), (tracker, challenged.found.as_ref().as_ref().unwrap()));
    assert!(challenged.address.unwrap().starts_with("http://10.0.0.1:8600/challenge?tracker="));
    assert_eq!(challenged.saved, Saved::NotConfigured);

    turn.begin_anew().await.unwrap();
    assert!(
        matches!(booth.view().await.place, Place::Voting(Screen::Office(position)) if position.number() == 1)
    );
    let review = turn.review().await.unwrap();
    assert!(review.grades.iter().all(Option::is_none), "all grades are discarded");
    assert_eq!((review.tracker, review.can_be_opened), (None, false));
    let again = grade_all(&turn, &[3, 1, 0]).await;
    assert_ne!(again, tracker, "nothing of the opened ballot is in the next one");
    assert_eq!(turn.cast(again).await.unwrap().delivery, Delivery::Stored);
    turn.finish().await;
    assert_eq!(hall.stored().len(), 1);
    assert_eq!(Fingerprint::of(&hall.stored()[0]), again);
}

#[tokio::test]
async fn only_the_ballot_that_the_review_has_shown_can_be_opened() {
    let hall = Hall::new();
    let (booth, turn) = voting(&hall).await;
    assert!(matches!(turn.challenge(Fingerprint::of("")).await, Err(ChallengeError::NotReviewed)));
    let positions: Vec<_> = booth.positions().collect();
    for position in &positions {
        turn.grade(*position, 0).await.unwrap();
    }
    // Complete, but no tracker has been shown: there is nothing to open.
    assert_eq!(turn.can_be_opened().await.unwrap(), None);
    let shown = turn.review().await.unwrap().tracker.unwrap();
    assert!(matches!(turn.challenge(Fingerprint::of("other")).await, Err(ChallengeError::NotReviewed)));
    turn.grade(positions[0], 1).await.unwrap();
    assert!(matches!(turn.challenge(shown).await, Err(ChallengeError::NotReviewed)), "it was changed since");
    assert!(
        hall.shared.challenged.lock().unwrap().is_empty(),
        "the server hears of no tracker that was not shown"
    );
    let next = turn.review().await.unwrap().tracker.unwrap();
    assert!(turn.challenge(next).await.is_ok());
}

#[tokio::test]
async fn what_is_opened_is_never_cast_and_what_is_cast_is_never_opened() {
    let hall = Hall::new();
    let (booth, turn) = voting(&hall).await;
    let opened = grade_all(&turn, &[0, 0, 0]).await;
    turn.challenge(opened).await.unwrap();
    assert!(turn.challenge(opened).await.is_ok(), "two taps at once are one");
    assert_eq!(hall.shared.opened.lock().unwrap().len(), 1);
    assert!(matches!(turn.cast(opened).await, Err(CastError::Turn(TurnError::Opened))));
    turn.begin_anew().await.unwrap();
    turn.begin_anew().await.unwrap();
    assert!(matches!(turn.cast(opened).await, Err(CastError::NotReviewed)));
    let cast = grade_all(&turn, &[1, 1, 1]).await;
    assert!(matches!(turn.cast(opened).await, Err(CastError::NotReviewed)));
    turn.cast(cast).await.unwrap();
    assert!(turn.challenge(cast).await.is_err());
    assert!(matches!(booth.view().await.place, Place::Cast(_)));
    assert!(!hall.shared.challenged.lock().unwrap().contains(&cast));
    assert_eq!(hall.shared.opened.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_ballot_on_its_way_to_the_disk_is_not_opened() {
    let hall = Hall::new();
    let (_booth, turn) = voting(&hall).await;
    let tracker = grade_all(&turn, &[0, 0, 0]).await;
    // The folder is gone: the ballot is decided to be cast, but not stored.
    let folder = hall.spool().join("1r7xvBB2ZoyrxA");
    std::fs::rename(&folder, hall.spool().join("away")).unwrap();
    assert!(matches!(turn.cast(tracker).await, Err(CastError::Spool(_))));
    let review = turn.review().await.unwrap();
    assert_eq!((review.tracker, review.can_be_opened), (Some(tracker), false));
    assert!(matches!(turn.challenge(tracker).await, Err(ChallengeError::NotReviewed)));
    std::fs::rename(hall.spool().join("away"), folder).unwrap();
    assert_eq!(turn.cast(tracker).await.unwrap().delivery, Delivery::Stored);
}

#[tokio::test]
async fn nothing_is_opened_before_the_server_has_promised_and_that_ballot_is_never_cast() {
    let mut hall = Hall::new();
    hall.request = Duration::from_secs(2);
    let (booth, turn) = voting(&hall).await;
    for fault in [
        Fault::Status(500),
        Fault::Problem(409, problem::BOOTH_NOT_READY),
        Fault::WrongSignature,
        Fault::OtherTracker,
        Fault::Nonsense,
    ] {
        let tracker = grade_all(&turn, &[2, 1, 0]).await;
        hall.fault(fault.clone());
        assert!(matches!(turn.challenge(tracker).await, Err(ChallengeError::NoPromise(_))), "{fault:?}");
        assert!(hall.shared.opened.lock().unwrap().is_empty(), "{fault:?}");
        hall.fault(Fault::None);
        assert!(matches!(turn.cast(tracker).await, Err(CastError::NotReviewed)), "{fault:?}");
        assert_eq!(turn.can_be_opened().await.unwrap(), Some(tracker), "the same can be tried again");
        let review = turn.review().await.unwrap();
        assert!(review.grades.iter().all(Option::is_some), "the choices are kept");
        assert_ne!(review.tracker, Some(tracker), "and make another ballot");
    }
    hall.server_down();
    let tracker = turn.review().await.unwrap().tracker.unwrap();
    let error = turn.challenge(tracker).await.unwrap_err();
    assert!(matches!(&error, ChallengeError::NoPromise(error) if error.is_unreachable()), "{error:?}");
    hall.server_up();
    assert_eq!(turn.challenge(tracker).await.unwrap().tracker, tracker);
    assert_eq!(booth.view().await.place, Place::Opened);
}

#[tokio::test]
async fn while_the_poll_is_paused_nothing_is_opened() {
    let hall = Hall::new();
    let (_booth, turn) = voting(&hall).await;
    let tracker = grade_all(&turn, &[0, 0, 0]).await;
    hall.change_poll(|poll| poll.state = PollState::Paused);
    let error = turn.challenge(tracker).await.unwrap_err();
    assert!(
        matches!(&error, ChallengeError::NoPromise(UplinkError::Problem { problem, .. }) if problem.code == problem::POLL_NOT_OPEN)
    );
    hall.change_poll(|poll| poll.state = PollState::Closing);
    assert!(
        turn.challenge(tracker).await.is_ok(),
        "who has begun may check and vote while the poll is closing"
    );
}

#[tokio::test]
async fn an_opened_ballot_that_comes_all_the_same_is_refused_for_good() {
    let hall = Hall::new();
    let (booth, turn) = voting(&hall).await;
    let tracker = grade_all(&turn, &[0, 0, 0]).await;
    // Somebody has told the server behind this booth's back.
    hall.shared.challenged.lock().unwrap().insert(tracker);
    assert_eq!(turn.cast(tracker).await.unwrap().delivery, Delivery::Challenged);
    hall.settled().await;
    assert!(hall.stored().is_empty());
    let browser = Browser::new(router(booth.clone()));
    let (_, page) = browser.reload("/done").await;
    assert!(page.text.contains("没有计入") && page.text.contains(&tracker.to_string()), "{}", page.text);
    turn.finish().await;
    let turn = booth.turn().await;
    assert!(
        !matches!(turn.present_card(&hall.codes[0]).await, Err(CardError::Spent)),
        "the card is still good"
    );
}

#[tokio::test]
async fn what_was_opened_is_saved_where_the_configuration_says() {
    let hall = Hall::new();
    let stick = hall.folder.path().join("stick");
    let settings = BoothSettings { challenges: Some(stick.clone()), ..hall.settings() };
    let booth = Booth::start(settings).await.unwrap();
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let tracker = grade_all(&turn, &[0, 1, 2]).await;
    assert_eq!(turn.challenge(tracker).await.unwrap().saved, Saved::Failed, "no stick is plugged in");
    turn.begin_anew().await.unwrap();
    std::fs::create_dir(&stick).unwrap();
    hall.deaf(true);
    let tracker = grade_all(&turn, &[0, 1, 2]).await;
    let challenged = turn.challenge(tracker).await.unwrap();
    assert_eq!(challenged.address, None, "the server did not take it");
    let Saved::As(name) = challenged.saved else { panic!("not saved") };
    let text = std::fs::read_to_string(stick.join(name)).unwrap();
    assert_eq!(OpenedBallot::parse(&text).unwrap().recompute().unwrap().tracker, tracker);
}

#[tokio::test]
async fn the_draft_of_invented_grades_is_dropped_and_the_next_one_is_kept() {
    let (hall, key) = (Hall::new(), key());
    let booth = open_booth(&hall, "one", &key).await;
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let drafts = || hall.shared.drafts.lock().unwrap().len();
    let tracker = grade_all(&turn, &[3, 3, 3]).await;
    until("the draft is not saved", async || drafts() == 1).await;
    turn.challenge(tracker).await.unwrap();
    until("the draft stays", async || drafts() == 0 && booth.unsaved_drafts() == 0).await;
    turn.begin_anew().await.unwrap();
    let first = booth.positions().next().unwrap();
    turn.grade(first, 0).await.unwrap();
    until("the next draft is not saved", async || drafts() == 1).await;
    let other = open_booth(&hall, "two", &key).await;
    let turn = other.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let chosen = turn.step(|flow| Ok(flow.positions().map(|place| flow.chosen(place)).collect::<Vec<_>>()));
    assert_eq!(chosen.await.unwrap(), [Some(0), None, None]);
}

#[tokio::test]
async fn the_veil_over_an_opened_ballot_keeps_nothing_of_it() {
    let hall = Hall::new();
    let mut settings = hall.settings();
    settings.timing.idle =
        IdleTimes { warning: Duration::from_millis(400), countdown: Duration::from_millis(400) };
    let booth = Booth::start(settings).await.unwrap();
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let tracker = grade_all(&turn, &[3, 3, 3]).await;
    turn.challenge(tracker).await.unwrap();
    until("the veil does not fall", async || booth.view().await.place == Place::Card).await;
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    assert!(turn.review().await.unwrap().grades.iter().all(Option::is_none));
}

fn form(session: &str, tracker: &str) -> String {
    format!("session={session}&tracker={}", tracker.replace('+', "%2B").replace('/', "%2F"))
}

#[tokio::test]
async fn a_whole_check_in_the_browser_with_a_reload_at_every_page() {
    let hall = Hall::new();
    let (booth, turn) = voting(&hall).await;
    let browser = Browser::new(router(booth.clone()));
    assert_eq!(browser.reload("/challenge").await.0, "/review", "nothing can be opened yet");
    let tracker = grade_all(&turn, &[3, 3, 0]).await.to_string();
    let (_, review) = browser.reload("/review").await;
    assert!(review.text.contains("href=\"/challenge\""));
    let (path, warning) = browser.reload("/challenge").await;
    assert_eq!(path, "/challenge");
    assert!(warning.text.contains("只用假设的评价核验") && warning.text.contains(&tracker));
    let session = field(&warning.text, "session");

    hall.fault(Fault::Status(503));
    let answer = browser.post("/challenge", &form(&session, &tracker)).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text.contains("没有打开") && answer.text.contains("再试一次"), "{}", answer.text);
    assert!(!answer.text.contains("不满意"));
    hall.fault(Fault::None);

    let answer = browser.post("/challenge", &form(&session, &tracker)).await;
    assert_eq!(answer.location.as_deref(), Some("/challenge/opened"));
    for path in ["/", "/review", "/office/1", "/challenge", "/done"] {
        assert_eq!(browser.reload(path).await.0, "/challenge/opened", "{path}");
    }
    let (_, page) = browser.reload("/challenge/opened").await;
    assert!(page.text.contains(&tracker) && page.text.contains("<svg"), "{}", page.text);
    assert_eq!(page.text.matches("不满意").count(), 2);
    let anew = browser.post("/challenge/anew", &format!("session={session}")).await;
    assert_eq!(anew.location.as_deref(), Some("/office/1"));
    assert_eq!(browser.reload("/challenge/opened").await.0, "/office/1");
    let stale = browser.post("/cast", &form(&session, &tracker)).await;
    assert_eq!(stale.location.as_deref(), Some("/review"));
    assert!(hall.stored().is_empty());
}
