//! The logic and accuracy test of a booth.

use evaluation::{deck, wire::PollState};
use kiosk::booth::{CardError, CastError, Place, TestError, router};

use crate::{
    browser::{Browser, field},
    hall::{Fault, Hall},
};

#[tokio::test]
async fn a_deck_with_a_known_answer_is_voted_and_every_ballot_recomputed() {
    let hall = Hall::rehearsal();
    let booth = hall.booth().await;
    let browser = Browser::new(router(booth.clone()));
    assert!(browser.open("/").await.text.contains("href=\"/test\""));
    let ballots = deck::deck(3, 4).len();
    for (voted, code) in hall.codes.iter().take(ballots).enumerate() {
        let page = browser.open("/test").await.text;
        assert!(page.contains(&format!("{voted} / {ballots}")) && page.contains("演练，不是正式投票"));
        let form = format!("session={}&code={code}", field(&page, "session"));
        assert_eq!(browser.post("/test", &form).await.location.as_deref(), Some("/test"));
    }
    let test = booth.rehearsal().unwrap().test();
    assert!(test.is_passed(), "{test:?}");
    assert_eq!(hall.stored().len(), ballots);
    let verdict = browser.open("/test").await.text;
    for words in ["通过", "3号投票机", "12 / 12", "水资源管理与水土保持股", &hall.setup_event().to_string()]
    {
        assert!(verdict.contains(words), "{words}: {verdict}");
    }
    assert!(!verdict.contains("没有通过"));

    // One more is none of the deck; a new test needs new cards.
    let rehearsal = booth.rehearsal().unwrap();
    assert!(matches!(rehearsal.vote(&hall.codes[ballots]).await, Err(TestError::Complete)));
    browser.post("/test/restart", &format!("session={}", field(&verdict, "session"))).await;
    let spent = rehearsal.vote(&hall.codes[0]).await;
    assert!(matches!(spent, Err(TestError::Card(CardError::Spent))));
    assert_eq!(rehearsal.test().voted, 0);
}

#[tokio::test]
async fn there_is_no_test_in_the_real_poll() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    assert!(booth.rehearsal().is_none());
    let browser = Browser::new(router(booth.clone()));
    let page = browser.open("/").await.text;
    assert!(!page.contains("/test"));
    assert_eq!(browser.open("/test").await.location.as_deref(), Some("/"));
    let form = format!("session={}&code={}", field(&page, "session"), hall.codes[0]);
    for path in ["/test", "/test/restart"] {
        assert_eq!(browser.post(path, &form).await.location.as_deref(), Some("/"));
    }
    assert!(hall.stored().is_empty() && hall.spooled().is_empty());
}

#[tokio::test]
async fn a_scripted_ballot_that_is_not_cast_is_due_again_and_a_person_is_not_disturbed() {
    let hall = Hall::rehearsal();
    let booth = hall.booth().await;
    let rehearsal = booth.rehearsal().unwrap();
    hall.change_poll(|poll| poll.state = PollState::Paused);
    let refused = rehearsal.vote(&hall.codes[0]).await;
    assert!(matches!(refused, Err(TestError::Card(CardError::PollNotOpen))));
    hall.change_poll(|poll| poll.state = PollState::Open);
    let spool = hall.spool().join("1r7xvBB2ZoyrxA");
    let aside = hall.spool().join("aside");
    std::fs::rename(&spool, &aside).unwrap();
    let refused = rehearsal.vote(&hall.codes[0]).await;
    assert!(matches!(
        refused,
        Err(TestError::Cast(CastError::Spool(_)) | TestError::Card(CardError::Spool(_)))
    ));
    std::fs::rename(&aside, &spool).unwrap();
    assert_eq!(rehearsal.test().voted, 0);
    assert_eq!(booth.view().await.place, Place::Card, "the booth is free again");

    booth.turn().await.present_card(&hall.codes[1]).await.unwrap();
    let seated = rehearsal.vote(&hall.codes[0]).await;
    assert!(matches!(seated, Err(TestError::Card(CardError::TurnTaken))));
    assert!(matches!(booth.view().await.place, Place::Voting(_)));
}

#[tokio::test]
async fn a_ballot_the_server_has_not_signed_for_fails_the_test() {
    let hall = Hall { receipt: std::time::Duration::from_millis(100), ..Hall::rehearsal() };
    let booth = hall.booth().await;
    let rehearsal = booth.rehearsal().unwrap();
    hall.fault(Fault::Status(503));
    for code in hall.codes.iter().take(deck::deck(3, 4).len()) {
        rehearsal.vote(code).await.unwrap();
    }
    let test = rehearsal.test();
    assert!(test.is_complete() && test.exact == test.ballots && test.stored == 0 && !test.is_passed());
    assert!(Browser::new(router(booth)).open("/test").await.text.contains("没有通过"));
}
