//! Signing in with the terminal's key, again when the token is replaced, and what a terminal reports of itself.

use std::{sync::atomic::Ordering, time::Duration};

use evaluation::wire::{DiskState, problem};
use kiosk::{
    access::Access,
    booth::{Booth, Place},
    heartbeat::Vitals,
    identity::Identity,
    os_rng,
    uplink::{Delay, Delivery, Timeouts, Uplink, UplinkError},
};

use crate::{
    booth::grade_all,
    hall::{Fault, Hall},
};

fn uplink(hall: &Hall, access: Access) -> Uplink {
    Uplink::new(&hall.url(), access, Timeouts::default()).unwrap()
}

#[tokio::test]
async fn a_terminal_signs_in_once_and_again_when_its_token_is_replaced() {
    let hall = Hall::new();
    let access = Hall::access();
    let (one, other) = (uplink(&hall, access.clone()), uplink(&hall, access));
    one.booth_poll().await.unwrap();
    other.booth_poll().await.unwrap();
    assert_eq!(hall.shared.sign_ins.load(Ordering::SeqCst), 1, "one token serves the whole terminal");
    // The server knows another token now, as after it lost this one.
    hall.shared.sign_ins.fetch_add(1, Ordering::SeqCst);
    let (first, second) = tokio::join!(one.booth_poll(), other.booth_poll());
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(hall.shared.sign_ins.load(Ordering::SeqCst), 3, "both went on after one sign-in");
}

#[tokio::test]
async fn a_terminal_that_is_not_known_gets_nothing_and_asks_no_further() {
    let hall = Hall::new();
    let stranger = uplink(&hall, Access::new(Identity::generate(&mut os_rng()), None));
    let error = stranger.booth_poll().await.unwrap_err();
    assert_eq!(error.problem_code(), Some(problem::TERMINAL_UNKNOWN));
    assert_eq!(hall.shared.sign_ins.load(Ordering::SeqCst), 0);
}

#[test]
fn a_terminal_keeps_to_the_way_it_was_enrolled_by() {
    let pinned =
        || Access::new(Identity::generate(&mut os_rng()), Some(evaluation::hash::Sha256Hash::of("server")));
    let in_clear = Uplink::new("http://127.0.0.1:1", pinned(), Timeouts::default());
    assert!(matches!(in_clear, Err(UplinkError::OtherCertificate)));
    let over_tls = Uplink::new("https://127.0.0.1:1", Hall::access(), Timeouts::default());
    assert!(matches!(over_tls, Err(UplinkError::OtherCertificate)));
    assert!(Uplink::new("https://127.0.0.1:1", pinned(), Timeouts::default()).is_ok());
}

async fn delivery(booth: &Booth) -> Delivery {
    match booth.view().await.place {
        Place::Cast(cast) => cast.delivery,
        place => panic!("{place:?}"),
    }
}

async fn until(condition: impl AsyncFn() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap();
}

#[tokio::test]
async fn the_report_does_not_move_when_somebody_votes_but_tells_what_could_not_be_delivered() {
    let hall = Hall { receipt: Duration::from_millis(100), ..Hall::new() };
    let booth = hall.booth().await;
    let vitals = Vitals::new(hall.spool());
    let counted = booth.clone();
    vitals.of_booth(move || counted.vitals());
    let before = vitals.status();
    assert_eq!((before.undelivered, before.disk), (0, DiskState::Ok));

    hall.fault(Fault::Slow(Duration::from_secs(2)));
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[0]).await.unwrap();
    let tracker = grade_all(&turn, &[0, 1, 2]).await;
    turn.cast(tracker).await.unwrap();
    assert_eq!(delivery(&booth).await, Delivery::Waiting(Delay::Handed));
    assert_eq!(vitals.status().undelivered, 0, "the report betrays that somebody votes now");
    until(async || delivery(&booth).await == Delivery::Stored).await;
    turn.finish().await;

    hall.fault(Fault::Status(500));
    let turn = booth.turn().await;
    turn.present_card(&hall.codes[1]).await.unwrap();
    let tracker = grade_all(&turn, &[0, 1, 2]).await;
    turn.cast(tracker).await.unwrap();
    until(async || vitals.status().undelivered == 1).await;
    hall.fault(Fault::None);
    until(async || vitals.status().undelivered == 0).await;
}

#[tokio::test]
async fn a_terminal_reports_again_and_again() {
    let hall = Hall::new();
    let (vitals, uplink) = (Vitals::new(hall.spool()), uplink(&hall, Hall::access()));
    let reporting = tokio::spawn(async move { vitals.report(&uplink, Duration::from_millis(10)).await });
    until(async || hall.shared.reports.lock().unwrap().len() > 2).await;
    reporting.abort();
    let report = hall.shared.reports.lock().unwrap()[0].clone();
    assert_eq!(report.version, env!("CARGO_PKG_VERSION"));
    assert!(report.clock > 1_600_000_000, "{report:?}");
}
