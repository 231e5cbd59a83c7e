//! How a ballot gets to a server that fails.

use std::{sync::atomic::Ordering, time::Duration};

use belenios::text::Fingerprint;
use evaluation::wire::{PollState, problem};
use kiosk::{
    booth::{Booth, Cast, Place},
    uplink::{Delay, Delivery},
};

use crate::{
    booth::grade_all,
    hall::{Fault, Hall, Said},
};

/// A hall whose booths say soon that a ballot is still on its way.
fn impatient() -> Hall {
    Hall { receipt: Duration::from_secs(1), ..Hall::new() }
}

async fn cast(hall: &Hall, booth: &Booth) -> Cast {
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let tracker = grade_all(&turn, &[0, 1, 2]).await;
    turn.cast(tracker).await.unwrap()
}

async fn delivery(booth: &Booth) -> Delivery {
    match booth.view().await.place {
        Place::Cast(cast) => cast.delivery,
        place => panic!("{place:?}"),
    }
}

async fn until_stored(booth: &Booth) {
    let stored = async {
        while delivery(booth).await != Delivery::Stored {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), stored).await.unwrap();
}

#[tokio::test]
async fn a_ballot_stays_until_a_receipt_proves_that_it_is_stored() {
    for (fault, delay) in [
        (Fault::Status(500), Delay::ServerTrouble),
        (Fault::Status(404), Delay::ServerTrouble),
        (Fault::Problem(401, problem::TERMINAL_UNKNOWN), Delay::ServerTrouble),
        (Fault::Problem(422, problem::BALLOT_INVALID), Delay::ServerTrouble),
        (Fault::Problem(409, problem::POLL_NOT_OPEN), Delay::PollNotOpen),
        (Fault::Slow(Duration::from_secs(2)), Delay::Unreachable),
        (Fault::WrongSignature, Delay::ServerTrouble),
        (Fault::OtherTracker, Delay::ServerTrouble),
        (Fault::RefuseUnsigned, Delay::ServerTrouble),
        (Fault::VoidUnsigned, Delay::ServerTrouble),
        (Fault::Problem(409, problem::BOOTH_NOT_READY), Delay::BoothNotReady),
        (Fault::Problem(409, problem::CARD_VOID), Delay::ServerTrouble),
        (Fault::Nonsense, Delay::ServerTrouble),
    ] {
        let mut hall = impatient();
        if matches!(fault, Fault::Slow(_)) {
            hall.request = Duration::from_millis(400);
        }
        let booth = hall.booth().await;
        hall.fault(fault.clone());
        let cast = cast(&hall, &booth).await;
        assert_eq!(cast.delivery, Delivery::Waiting(delay), "{fault:?}");
        assert_eq!(hall.spooled().len(), 1, "{fault:?}");
        let attempts = hall.shared.deliveries.load(Ordering::SeqCst);
        assert!(attempts > 1, "it is tried again: {fault:?}");

        hall.fault(Fault::None);
        until_stored(&booth).await;
        hall.settled().await;
        assert_eq!(hall.stored().len(), 1, "{fault:?}");
        assert_eq!(Fingerprint::of(&hall.stored()[0]), cast.tracker);
    }
}

#[tokio::test]
async fn a_signed_refusal_ends_delivery_and_names_both_ballots() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    hall.fault(Fault::Refuse);
    let cast = cast(&hall, &booth).await;
    assert_eq!(cast.delivery, Delivery::Refused { stored: Fingerprint::of("other") });
    hall.settled().await;
    assert_eq!(booth.undelivered().await.unwrap(), 0);
}

#[tokio::test]
async fn a_signed_refusal_of_a_void_card_ends_delivery_and_is_not_recorded_as_delivered() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    hall.fault(Fault::Void);
    let cast = cast(&hall, &booth).await;
    assert_eq!(cast.delivery, Delivery::Void);
    hall.settled().await;
    assert_eq!((booth.undelivered().await.unwrap(), hall.stored().len()), (0, 0));
}

#[tokio::test]
async fn a_booth_that_the_server_does_not_know_says_again_that_it_is_ready_and_delivers() {
    let hall = impatient();
    let booth = hall.booth().await;
    // A server that was restored from a backup of before the opening.
    hall.fault(Fault::Problem(409, problem::BOOTH_NOT_READY));
    cast(&hall, &booth).await;
    let before = hall.said().len();
    let said_again = async {
        while hall.said().len() == before {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), said_again).await.unwrap();
    assert!(hall.said().iter().all(|said| matches!(said, Said::Ready(_))));
    hall.fault(Fault::None);
    until_stored(&booth).await;
}

#[tokio::test]
async fn a_restart_delivers_what_was_left() {
    let hall = impatient();
    let booth = hall.booth().await;
    hall.fault(Fault::Status(503));
    let tracker = cast(&hall, &booth).await.tracker;
    drop(booth);
    hall.fault(Fault::None);

    let booth = restarted(&hall).await;
    while booth.undelivered().await.unwrap() > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(Fingerprint::of(&hall.stored()[0]), tracker);
    assert!(hall.spooled().is_empty());
}

/// The work of the old agent may still be on its last step.
async fn restarted(hall: &Hall) -> Booth {
    for _ in 0..100 {
        if let Ok(booth) = hall.try_booth().await {
            return booth;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the booth does not start again");
}

#[tokio::test]
async fn a_lost_answer_costs_nothing() {
    let hall = Hall { request: Duration::from_millis(400), ..impatient() };
    let booth = hall.booth().await;
    // The server stores, and the answer comes too late.
    hall.fault(Fault::Slow(Duration::from_secs(2)));
    cast(&hall, &booth).await;
    assert_eq!(hall.stored().len(), 1);
    hall.fault(Fault::None);
    until_stored(&booth).await;
    assert_eq!(hall.stored().len(), 1);
}

#[tokio::test]
async fn a_pause_in_the_middle_of_a_delivery_holds_it_back_only() {
    let hall = impatient();
    let booth = hall.booth().await;
    hall.fault(Fault::Problem(409, problem::POLL_NOT_OPEN));
    let cast = cast(&hall, &booth).await;
    assert_eq!(cast.delivery, Delivery::Waiting(Delay::PollNotOpen));
    hall.change_poll(|poll| poll.state = PollState::Paused);
    hall.fault(Fault::None);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(delivery(&booth).await, Delivery::Waiting(Delay::PollNotOpen));
    hall.change_poll(|poll| poll.state = PollState::Open);
    until_stored(&booth).await;
}

#[tokio::test]
async fn the_ballot_travels_and_rests_in_one_size_and_holds_no_secret() {
    let hall = impatient();
    let booth = hall.booth().await;
    hall.fault(Fault::Status(500));
    cast(&hall, &booth).await;
    let name = hall.spooled().pop().unwrap();
    let file = std::fs::read(hall.spool().join("1r7xvBB2ZoyrxA").join(name)).unwrap();
    assert_eq!(file.len(), hall.poll.ballot_size + 64, "the name of a draft, or as many zeros");
    let text = String::from_utf8(file).unwrap();
    assert!(!text.contains(&hall.codes[0]) && !text.contains("满意"));
}
