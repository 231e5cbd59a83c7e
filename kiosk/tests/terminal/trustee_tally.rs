//! A trustee at the tally: the stick, the check, the comparing, and everything that stops it.

use std::{sync::Arc, time::Duration};

use belenios::text::Hash;
use evaluation::wire::{PollState, TrusteePartialDecryption, problem};
use kiosk::trustee::{
    KeyFile,
    pages::{TrusteeSettings, router},
};

use crate::{
    browser::{Browser, Page},
    hall::{Fault, Hall},
    trustee::{CHEAP, Closed, close, key_file, passphrase, uplink},
};

const ALL: [(&str, &str); 3] = [("setup", "yes"), ("head", "yes"), ("ballots", "yes")];

/// A hall whose poll is reconciled, with the trustee's stick in the terminal.
fn reconciled() -> (Hall, Closed) {
    let hall = Hall::new();
    key_file(&hall);
    let closed = close(&hall, &[[0, 1, 2], [0, 3, 2]]);
    publish(&hall, &closed);
    hall.change_poll(|poll| poll.state = PollState::Reconciled);
    (hall, closed)
}

fn publish(hall: &Hall, closed: &Closed) {
    hall.shared.archive.lock().unwrap().clone_from(&closed.archive);
    *hall.shared.closing.lock().unwrap() = closed.closing.signed_text();
}

fn terminal(hall: &Hall, setup: Option<Hash>) -> Browser {
    let key = hall.folder.path().join("trustee.key");
    let settings = TrusteeSettings { key, setup, pause: Duration::from_millis(5), cost: CHEAP };
    Browser::new(router(Arc::new(uplink(hall)), settings))
}

async fn unlock(terminal: &Browser, words: &str) -> Page {
    let page = terminal.open("/tally").await;
    terminal.send(&page, "/tally/unlock", &[("passphrase", "four words are enough")]).await;
    terminal.wait("/tally", words).await
}

fn received(hall: &Hall) -> usize {
    hall.shared.received.lock().unwrap().len()
}

#[tokio::test]
async fn the_sums_are_opened_only_after_all_three_agree_with_the_signed_sheets() {
    let (hall, closed) = reconciled();
    let terminal = terminal(&hall, Some(closed.closing.setup_event));
    let page = unlock(&terminal, "与签字单核对").await;
    for shown in [closed.closing.setup_event, closed.head] {
        let digits: Vec<char> = shown.to_string().chars().collect();
        let groups =
            digits.chunks(4).map(|group| format!("<span>{}</span>", group.iter().collect::<String>()));
        assert!(page.says(&groups.collect::<Vec<_>>().join(" ")));
    }
    assert!(page.says("<p class=\"big-number\">2</p>"));
    for missing in 0..3 {
        let mut ticks = ALL.to_vec();
        ticks.remove(missing);
        let page = terminal.send(&page, "/tally/decrypt", &ticks).await;
        assert!(page.says("三项都要核对") && page.says("与签字单核对"));
    }
    assert_eq!(received(&hall), 0);
    terminal.send(&page, "/tally/decrypt", &ALL).await;
    terminal.wait("/tally", "您的一份已经送出").await;
    let sent = hall.shared.received.lock().unwrap().pop().unwrap();
    assert!(serde_json::from_str::<TrusteePartialDecryption>(&sent).is_ok());
    let file = KeyFile::load(&hall.folder.path().join("trustee.key"), &passphrase()).unwrap();
    // The stick remembers the box together with the statement that was signed.
    let signed = format!("{}\n{}", closed.head, closed.closing.signed_text());
    assert_eq!(file.how_far().head, Some(Hash::of(signed)));
}

#[tokio::test]
async fn a_stick_that_has_opened_one_ballot_box_opens_no_other() {
    let (hall, _) = reconciled();
    let first = terminal(&hall, None);
    let page = unlock(&first, "与签字单核对").await;
    first.send(&page, "/tally/decrypt", &ALL).await;
    first.wait("/tally", "您的一份已经送出").await;
    publish(&hall, &close(&hall, &[[1, 1, 1]]));
    let second = terminal(&hall, None);
    let page = unlock(&second, "与签字单核对").await;
    second.send(&page, "/tally/decrypt", &ALL).await;
    second.wait("/tally", "这把密钥已经用于另一个票箱").await;
    assert_eq!(received(&hall), 1);
}

#[tokio::test]
async fn a_ballot_box_that_does_not_verify_is_never_opened() {
    let (hall, closed) = reconciled();
    let other = terminal(&hall, Some(Hash::of("another opening sheet")));
    unlock(&other, "这不是开启单上的那次投票").await;
    let place = closed.archive.len() / 2;
    hall.shared.archive.lock().unwrap()[place] ^= 1;
    let honest = terminal(&hall, None);
    unlock(&honest, "票箱没有通过核验").await;
    publish(&hall, &closed);
    "pingyi-closing/1\n{}".clone_into(&mut hall.shared.closing.lock().unwrap());
    unlock(&honest, "收票声明与票箱不符").await;
    publish(&hall, &closed);
    unlock(&honest, "与签字单核对").await;
    assert_eq!(received(&hall), 0);
}

#[tokio::test]
async fn a_lost_answer_is_tried_again_and_who_comes_too_late_is_told_that_nothing_is_wrong() {
    let (hall, _) = reconciled();
    let terminal = terminal(&hall, None);
    let page = unlock(&terminal, "与签字单核对").await;
    hall.fault(Fault::Status(500));
    terminal.send(&page, "/tally/decrypt", &ALL).await;
    let page = terminal.wait("/tally", "暂时连接不上服务器").await;
    assert!(page.says("与签字单核对"));
    hall.fault(Fault::Problem(409, problem::SHARE_NOT_NEEDED));
    terminal.send(&page, "/tally/decrypt", &ALL).await;
    let page = terminal.wait("/tally", "人数已经够了").await;
    assert!(!page.says("role=\"alert\""), "{}", page.text);
    let home = terminal.send(&page, "/forget", &[]).await;
    assert!(home.says("现在要做什么"));
}
