//! What a voter can do at a booth, without pages.

use std::{sync::atomic::Ordering, time::Duration};

use belenios::{group::Ed25519 as G, tally::EncryptedTally, trustee::Trustees};
use evaluation::wire::PollState;
use kiosk::{
    booth::{CardError, CastError, Contact, Place, Turn, TurnError},
    flow::FlowError,
    os_rng,
    uplink::{Delay, Delivery},
};

use crate::hall::{Fault, Hall};

/// Grades all offices and returns the tracker of the review.
pub(crate) async fn grade_all(turn: &Turn, grades: &[usize]) -> belenios::text::Fingerprint {
    let positions: Vec<_> = turn.step(|flow| Ok(flow.positions().collect())).await.unwrap();
    for (position, grade) in positions.into_iter().zip(grades) {
        turn.grade(position, *grade).await.unwrap();
    }
    turn.review().await.unwrap().tracker.unwrap()
}

#[tokio::test]
async fn what_was_chosen_is_what_the_trustees_decrypt() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    for (code, grades) in hall.codes.iter().zip([[0, 1, 2], [3, 1, 0], [0, 0, 0]]) {
        let turn = booth.turn().await;
        turn.present_card(code).await.unwrap();
        let tracker = grade_all(&turn, &grades).await;
        let cast = turn.cast(tracker).await.unwrap();
        assert_eq!((cast.tracker, cast.delivery), (tracker, Delivery::Stored));
        turn.finish().await;
    }
    let ballot_box = belenios::ballot::BallotBox::<G>::new(
        belenios::election::Election::parse(&hall.poll.setup.election).unwrap(),
    );
    let mut tally = EncryptedTally::empty(ballot_box.election());
    for ballot in hall.stored() {
        tally.add(&ballot_box.check(&ballot).unwrap(), 1);
    }
    let trustees = Trustees::parse(&hall.poll.setup.trustees).unwrap();
    let share = tally.decrypt(ballot_box.election(), &hall.secret, &mut os_rng());
    let result = tally.combine(&trustees, &[(1, share)], 3).unwrap().result;
    assert_eq!(result, [[2, 0, 0, 1], [1, 2, 0, 0], [2, 0, 1, 0]]);
    hall.settled().await;
}

#[tokio::test]
async fn wrong_and_spent_cards_are_told_apart_and_the_next_person_can_go_on() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let turn = booth.turn().await;
    let first = hall.codes[0].as_str();
    let swapped = format!("{}{}", &first[1..2], &first[..1]) + &first[2..];
    for mistyped in ["", "ABC", "票", &first[..first.len() - 1], &swapped] {
        assert!(matches!(turn.present_card(mistyped).await, Err(CardError::Mistyped)), "{mistyped}");
    }
    let foreign = belenios::credential::Credential::generate(&mut os_rng()).card_code();
    assert!(matches!(turn.present_card(&foreign).await, Err(CardError::Unknown)));

    turn.present_card(&format!(" {} ", first.replace('-', " "))).await.unwrap();
    assert!(matches!(turn.present_card(&hall.codes[1]).await, Err(CardError::TurnTaken)));
    let tracker = grade_all(&turn, &[0, 0, 0]).await;
    turn.cast(tracker).await.unwrap();
    turn.finish().await;

    let next = booth.turn().await;
    assert!(matches!(next.present_card(first).await, Err(CardError::Spent)));
    next.present_card(&hall.codes[1]).await.unwrap();
}

#[tokio::test]
async fn a_turn_that_is_over_can_do_nothing_any_more() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let gone = booth.turn().await;
    gone.present_card(&hall.codes[0]).await.unwrap();
    let tracker = grade_all(&gone, &[0, 0, 0]).await;
    gone.finish().await;

    let next = booth.turn().await;
    next.present_card(&hall.codes[1]).await.unwrap();
    let first = booth.positions().next().unwrap();
    assert!(matches!(gone.grade(first, 0).await, Err(TurnError::TurnOver)));
    assert!(matches!(gone.review().await, Err(TurnError::TurnOver)));
    assert!(matches!(gone.cast(tracker).await, Err(CastError::Turn(TurnError::TurnOver))));
    assert!(matches!(gone.present_card(&hall.codes[2]).await, Err(CardError::TurnOver)));
    gone.finish().await;
    assert!(matches!(booth.view().await.place, Place::Voting(_)), "the next person's turn stands");
    assert!(hall.stored().is_empty());
}

#[tokio::test]
async fn only_the_ballot_that_was_reviewed_last_can_be_cast() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let first = booth.positions().next().unwrap();
    turn.grade(first, 0).await.unwrap();
    assert_eq!(turn.review().await.unwrap().tracker, None, "not all offices are rated");

    let tracker = grade_all(&turn, &[0, 0, 0]).await;
    assert_eq!(turn.review().await.unwrap().tracker, Some(tracker), "reloading does not encrypt again");
    turn.grade(first, 0).await.unwrap();
    assert!(matches!(turn.cast(tracker).await, Err(CastError::NotReviewed)));
    let review = turn.review().await.unwrap();
    let changed = review.tracker.unwrap();
    assert_ne!(changed, tracker);
    assert!(matches!(turn.cast(tracker).await, Err(CastError::NotReviewed)));

    assert_eq!(turn.cast(changed).await.unwrap().tracker, changed);
    // A second tap finds the same ballot, cast once.
    assert_eq!(turn.cast(changed).await.unwrap().tracker, changed);
    assert_eq!(hall.stored().len(), 1);
    assert!(matches!(turn.grade(first, 1).await, Err(TurnError::Flow(FlowError::Sealed))));
}

#[tokio::test]
async fn without_contact_no_card_is_taken_and_a_ballot_waits_on_this_machine() {
    let hall = Hall { receipt: Duration::from_secs(1), ..Hall::new() };
    let booth = hall.booth().await;
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let tracker = grade_all(&turn, &[1, 1, 1]).await;
    hall.server_down();
    let cast = turn.cast(tracker).await.unwrap();
    assert_eq!(cast.delivery, Delivery::Waiting(Delay::Unreachable));
    assert_eq!(hall.spooled().len(), 1);
    turn.finish().await;

    let next = booth.turn().await;
    // The server does not know of the ballot, this machine does.
    assert!(matches!(next.present_card(&hall.codes[0]).await, Err(CardError::Spent)));
    assert!(matches!(next.present_card(&hall.codes[1]).await, Err(CardError::NoContact(_))));

    hall.server_up();
    while booth.undelivered().await.unwrap() > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(hall.stored().len(), 1);
    next.present_card(&hall.codes[1]).await.unwrap();
}

#[tokio::test]
async fn a_poll_that_is_paused_takes_no_card_and_no_ballot_but_keeps_the_choices() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let tracker = grade_all(&turn, &[1, 2, 3]).await;

    hall.change_poll(|poll| poll.state = PollState::Paused);
    let refused = turn.cast(tracker).await;
    assert!(matches!(refused, Err(CastError::PollNotOpen(Contact::State(PollState::Paused)))));
    assert!(hall.spooled().is_empty(), "what is not cast is not on disk");

    hall.change_poll(|poll| poll.state = PollState::Open);
    assert_eq!(turn.review().await.unwrap().grades[..], [Some(1), Some(2), Some(3)]);
    assert_eq!(turn.cast(tracker).await.unwrap().delivery, Delivery::Stored);
    turn.finish().await;

    hall.change_poll(|poll| poll.state = PollState::Closed);
    let late = booth.turn().await.present_card(&hall.codes[1]).await;
    assert!(matches!(late, Err(CardError::PollNotOpen)));
}

#[tokio::test]
async fn a_ballot_that_cannot_be_stored_is_not_reported_as_cast() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let tracker = grade_all(&turn, &[1, 2, 3]).await;
    let spool = hall.spool().join("1r7xvBB2ZoyrxA");
    let aside = hall.spool().join("aside");
    std::fs::rename(&spool, &aside).unwrap();
    assert!(matches!(turn.cast(tracker).await, Err(CastError::Spool(_))));
    assert!(hall.stored().is_empty());

    std::fs::rename(&aside, &spool).unwrap();
    assert_eq!(turn.cast(tracker).await.unwrap().delivery, Delivery::Stored);
}

#[tokio::test]
async fn another_election_at_the_server_is_noticed() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    *hall.shared.election.lock().unwrap() = "2r7xvBB2ZoyrxA".parse().unwrap();
    while booth.contact() != Contact::OtherElection {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(matches!(booth.turn().await.present_card(&hall.codes[0]).await, Err(CardError::PollNotOpen)));
    hall.fault(Fault::None);
}

#[tokio::test]
async fn a_ballot_left_over_from_a_rehearsal_keeps_no_booth_from_the_next_poll() {
    for (hall, goes_on) in [(Hall::rehearsal(), true), (Hall::new(), false)] {
        let hall = Hall { receipt: Duration::from_millis(100), ..hall };
        let booth = hall.booth().await;
        let turn = booth.turn().await;
        turn.present_card(&hall.codes[0]).await.unwrap();
        let tracker = grade_all(&turn, &[0, 1, 2]).await;
        hall.fault(Fault::Status(500));
        turn.cast(tracker).await.unwrap();
        *hall.shared.election.lock().unwrap() = "2r7xvBB2ZoyrxA".parse().unwrap();
        hall.fault(Fault::None);
        while booth.contact() != Contact::OtherElection {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // A ballot of the real poll is not given up.
        let left = tokio::time::timeout(Duration::from_secs(2), booth.until_another_election()).await;
        assert_eq!(left.is_ok(), goes_on);
    }
}

/// A pulled cable refuses nothing: packets vanish.
#[tokio::test]
async fn a_network_that_swallows_everything_holds_nobody_up() {
    let hall = Hall { receipt: Duration::from_millis(100), ..Hall::new() };
    let booth = hall.booth().await;
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let tracker = grade_all(&turn, &[0, 1, 2]).await;
    hall.shared.silent.store(true, Ordering::SeqCst);
    let soon = Duration::from_secs(8);
    let cast = tokio::time::timeout(soon, turn.cast(tracker)).await.expect("the person waits and waits");
    assert!(matches!(cast.unwrap().delivery, Delivery::Waiting(_)), "it is not sealed here");
    hall.shared.silent.store(false, Ordering::SeqCst);
    while !matches!(booth.turn().await.cast(tracker).await.unwrap().delivery, Delivery::Stored) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    turn.finish().await;

    hall.shared.silent.store(true, Ordering::SeqCst);
    let turn = booth.turn().await;
    let refused = tokio::time::timeout(soon, turn.present_card(&hall.codes[1])).await;
    assert!(matches!(refused.expect("the person waits and waits"), Err(CardError::NoContact(_))));
}
