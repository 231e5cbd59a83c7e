//! After a backup was restored: booths bring what it lacks, and whoever lets the poll go on sees which have not.

use evaluation::hash::Sha256Hash;
use evaluation::wire::BoothRedelivered;

use super::super::{booths, restored};
use super::*;
use crate::domain::RestoredFrom;
use crate::service::overview::find_poll_by_id;

/// What the server does when it was restored from a backup with this head.
async fn restore(hall: &Hall, head: Sha256Hash) {
    let from = RestoredFrom { made_at: hall.context.now(), entries: 1, head };
    let mut tx = hall.context.db.write().await.unwrap();
    restored::mark(&mut tx, &hall.context, &from).await.unwrap();
    tx.commit().await.unwrap();
}

async fn owed(hall: &Hall, booth: usize) -> Option<Sha256Hash> {
    booths::state(&hall.context, &hall.booths[booth].0).await.unwrap().redeliver
}

async fn redelivered(hall: &Hall, booth: usize, backup: Sha256Hash) {
    let sent = BoothRedelivered { poll: hall.poll.as_str().parse().unwrap(), backup };
    booths::redelivered(&hall.context, &hall.booths[booth].0, &sent).await.unwrap();
}

async fn missing(hall: &Hall) -> Option<Vec<String>> {
    find_poll_by_id(&hall.context, &hall.poll).await.unwrap().restored.map(|found| found.missing)
}

both_databases! {
    async fn a_restored_poll_takes_the_ballots_of_before_and_names_the_booths_that_have_not_sent_theirs(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        for booth in 0..2 {
            hall.ready(booth).await.unwrap();
        }
        hall.open().await;
        let names: Vec<_> = hall.booths.iter().map(|(booth, _)| booth.name.clone()).collect();
        assert_eq!((owed(&hall, 0).await, missing(&hall).await), (None, None));
        // A pause of the day takes none.
        opening::change_pace(&hall.context, &hall.actor(), &hall.poll, PollState::pause, "停电").await.unwrap();
        assert_eq!(code(&hall.vote(0).await.map(|_| ())), problem::POLL_NOT_OPEN);

        let monday = Sha256Hash::of("monday");
        restore(&hall, monday).await;
        assert_eq!(hall.state().await, PollState::Paused);
        assert_eq!((owed(&hall, 0).await, owed(&hall, 1).await), (Some(monday), Some(monday)));
        assert_eq!(missing(&hall).await, Some(names.clone()));
        assert!(matches!(hall.vote(0).await.unwrap(), Delivery::Stored(_)));
        redelivered(&hall, 0, monday).await;
        assert_eq!((owed(&hall, 0).await, owed(&hall, 1).await), (None, Some(monday)));
        assert_eq!(missing(&hall).await, Some(vec![names[1].clone()]));

        // A later backup is another matter; what was said of the earlier one does not count for it.
        let tuesday = Sha256Hash::of("tuesday");
        restore(&hall, tuesday).await;
        redelivered(&hall, 1, monday).await;
        assert_eq!((owed(&hall, 0).await, owed(&hall, 1).await), (Some(tuesday), Some(tuesday)));
        redelivered(&hall, 1, tuesday).await;

        hall.together(&Act::ResumeRestored(hall.poll.clone())).await.unwrap();
        assert_eq!((owed(&hall, 0).await, missing(&hall).await), (None, None));
        let mut tx = hall.context.db.read().await.unwrap();
        let log = log_entries::list(&mut tx, &hall.context.county, 1, 1000).await.unwrap();
        let says_so = |entry: &&log_entries::Entry| entry.event.contains("not heard again");
        let entry = log.iter().find(says_so).expect("the log says so");
        assert!(entry.event.contains(&names[0]) && !entry.event.contains(&names[1]), "{}", entry.event);
    }

    async fn in_a_closing_poll_that_was_restored_booths_deliver_once_more_until_the_box_is_sealed(db: Db) {
        let hall = Hall::prepare(db, 0).await;
        hall.ready(0).await.unwrap();
        hall.open().await;
        hall.close().await;
        hall.finished(0).await.unwrap();
        let head = Sha256Hash::of("head");
        restore(&hall, head).await;
        assert_eq!(owed(&hall, 0).await, Some(head));
        hall.seal().await.unwrap_err();
        hall.vote(0).await.unwrap();
        redelivered(&hall, 0, head).await;
        hall.finished(0).await.unwrap();
        hall.seal().await.unwrap();
        assert_eq!((owed(&hall, 0).await, missing(&hall).await), (None, None));
    }
}
