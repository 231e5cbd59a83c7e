//! A server that was lost and rebuilt from an older backup: the booths bring what it has forgotten.

use std::sync::atomic::Ordering;

use evaluation::{
    hash::Sha256Hash,
    wire::{BoothRedelivered, PollState},
};

use crate::{
    day::{finished, go_to, restart, until, vote},
    hall::{Hall, Said},
};

fn redelivered(hall: &Hall, backup: Sha256Hash) -> Said {
    Said::Redelivered(BoothRedelivered { poll: hall.shared.election.lock().unwrap().clone(), backup })
}

/// Waits until a booth has looked so often at where the poll stands.
async fn looks(hall: &Hall, times: usize) {
    let before = hall.shared.looks.load(Ordering::SeqCst);
    until(|| hall.shared.looks.load(Ordering::SeqCst) >= before + times).await;
}

#[tokio::test]
async fn a_server_restored_from_an_older_backup_gets_every_signed_ballot_once_more() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    vote(&hall, &booth, [0, 2, 1]).await;
    let stored = hall.stored();
    assert_eq!(stored.len(), 3);
    // Machine and server are both started anew; the poll is paused.
    drop(booth);
    go_to(&hall, PollState::Paused);
    let monday = Sha256Hash::of("monday");
    hall.restore(Some(monday));
    assert_eq!(hall.stored().len(), 0);
    let booth = restart(&hall.settings()).await;
    until(|| hall.said().contains(&redelivered(&hall, monday))).await;
    assert_eq!(hall.stored(), stored);

    // It is restored once more, from another backup.
    let tuesday = Sha256Hash::of("tuesday");
    hall.restore(Some(tuesday));
    until(|| hall.said().contains(&redelivered(&hall, tuesday))).await;
    assert_eq!(hall.stored(), stored);
    hall.restore(None);
    go_to(&hall, PollState::Open);
    until(|| booth.contact() == kiosk::booth::Contact::State(PollState::Open)).await;
    vote(&hall, &booth, [3]).await;
    assert_eq!(hall.stored().len(), 4);
}

#[tokio::test]
async fn a_booth_finishes_only_when_a_restored_server_has_its_ballots_again() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    vote(&hall, &booth, [0]).await;
    let backup = Sha256Hash::of("backup");
    hall.server_down();
    hall.restore(Some(backup));
    go_to(&hall, PollState::Closing);
    hall.server_up();
    until(|| hall.said().contains(&finished())).await;
    let said = hall.said();
    let place = |wanted: &Said| said.iter().position(|said| said == wanted).unwrap();
    assert!(place(&redelivered(&hall, backup)) < place(&finished()), "{said:?}");
    assert_eq!(hall.stored().len(), 1);
}

#[tokio::test]
async fn a_booth_without_a_copy_of_every_ballot_never_says_that_all_are_there_again() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    vote(&hall, &booth, [0, 1]).await;
    std::fs::remove_file(hall.spool().join("1r7xvBB2ZoyrxA").join("kept")).unwrap();
    hall.restore(Some(Sha256Hash::of("backup")));
    go_to(&hall, PollState::Closing);
    looks(&hall, 5).await;
    assert!(!hall.said().iter().any(|said| matches!(said, Said::Redelivered(_) | Said::Finished(_))));
    assert_eq!(hall.stored().len(), 0);
    drop(booth);
}
