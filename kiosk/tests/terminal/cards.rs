//! The card officer's terminal: cards made, printed, counted, and their secrets destroyed.

use std::{collections::BTreeSet, sync::Arc};

use axum::http::StatusCode;
use belenios::{
    credential::Credential,
    group::{Ed25519 as G, Group},
};
use evaluation::wire::CardCredentials;
use kiosk::{
    cards::router,
    uplink::{Timeouts, Uplink},
};

use crate::{
    browser::{Browser, Page, field},
    hall::{Fault, Hall},
};

const MAKE: &str = "poll=1r7xvBB2ZoyrxA&cards=12&officer=张一&second=李二&printer=yes&power=yes";

/// A card officer at the browser of the terminal.
struct Officer {
    browser: Browser,
    session: String,
}

impl Officer {
    async fn at(hall: &Hall) -> Self {
        let uplink = Uplink::new(&hall.url(), Hall::access(), Timeouts::default()).unwrap();
        let browser = Browser::new(router(Arc::new(uplink)));
        let session = field(&browser.open("/").await.text, "session");
        Self { browser, session }
    }

    async fn sends(&self, path: &str, form: &str) -> Page {
        self.browser.post(path, &format!("session={}&{form}", self.session)).await
    }

    async fn sees(&self) -> String {
        self.browser.open("/").await.text
    }

    async fn prints(&self, form: &str) -> Vec<String> {
        codes(&self.sends("/sheet", form).await.text)
    }
}

/// The codes of cards on a page.
fn codes(page: &str) -> Vec<String> {
    let marked = page.split("class=\"code\">").skip(1).filter_map(|rest| rest.split('<').next());
    marked.filter(|text| Credential::parse_card_code(text).is_ok()).map(str::to_owned).collect()
}

/// The public halves of the cards, sorted.
fn public(codes: &[String]) -> Vec<String> {
    let uuid = "1r7xvBB2ZoyrxA".parse().unwrap();
    let half =
        |code: &String| G::encode(Credential::parse_card_code(code).unwrap().derive::<G>(&uuid).public());
    codes.iter().map(half).collect::<BTreeSet<_>>().into_iter().collect()
}

fn received(hall: &Hall) -> Vec<Vec<String>> {
    let received = hall.shared.received.lock().unwrap();
    let read = |text: &String| serde_json::from_str::<CardCredentials>(text).unwrap().public_credentials;
    received.iter().map(read).collect()
}

#[tokio::test]
async fn the_cards_printed_are_the_cards_registered_and_then_the_secrets_are_gone() {
    let hall = Hall::new();
    let officer = Officer::at(&hall).await;
    assert!(officer.sees().await.contains("正式投票"));
    assert_eq!(officer.sends("/make", MAKE).await.status, StatusCode::SEE_OTHER);
    let printed = officer.prints("print=1").await;
    assert_eq!(received(&hall), [public(&printed)]);
    assert_eq!(printed.len(), 12);

    let short = officer.sends("/destroy", "counted=11&spoiled=0&both=yes").await;
    assert!(short.status.is_client_error() && short.text.contains("张数与制卡张数不符"));
    let unticked = officer.sends("/destroy", "counted=12&spoiled=0").await;
    assert!(unticked.status.is_client_error());
    assert_eq!(
        officer.sends("/destroy", "counted=12&spoiled=0&both=yes").await.status,
        StatusCode::SEE_OTHER
    );
    let record = officer.sees().await;
    for words in ["已经抹掉", "张一", "李二", "<strong>12</strong>"] {
        assert!(record.contains(words), "{words}: {record}");
    }
    for print in ["print=1", "print=2&shredded=yes"] {
        assert!(officer.prints(print).await.is_empty(), "nothing can be printed any more");
    }
    assert!(codes(&officer.sees().await).is_empty());
}

#[tokio::test]
async fn no_card_is_made_before_two_people_have_said_that_they_are_there() {
    let hall = Hall::new();
    let officer = Officer::at(&hall).await;
    for (form, words) in [
        (MAKE.replace("李二", ""), "两人不能相同"),
        (MAKE.replace("李二", " 张一 "), "两人不能相同"),
        (MAKE.replace("&power=yes", ""), "还有没勾选"),
        (MAKE.replace("&printer=yes", ""), "还有没勾选"),
        (MAKE.replace("cards=12", "cards=13"), "刚刚变了"),
        (MAKE.replace("poll=1r7x", "poll=2r7x"), "刚刚变了"),
    ] {
        let page = officer.sends("/make", &form).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(page.text.contains(words) && page.text.contains("张一"), "{form}: {}", page.text);
    }
    officer.browser.post("/make", &format!("session=other&{MAKE}")).await;
    assert!(received(&hall).is_empty());
}

#[tokio::test]
async fn a_lost_answer_costs_no_card_and_nothing_is_printed_before_the_server_has_them() {
    let hall = Hall::new();
    let officer = Officer::at(&hall).await;
    hall.fault(Fault::Status(500));
    officer.sends("/make", MAKE).await;
    assert!(officer.sees().await.contains("服务器还没有确认登记"));
    assert!(officer.prints("print=1").await.is_empty());
    // A second lot would be another one than the server may have.
    officer.sends("/make", MAKE).await;
    hall.fault(Fault::None);
    officer.sends("/send", "").await;
    let printed = officer.prints("print=1").await;
    assert_eq!(received(&hall), [public(&printed)]);
}

#[tokio::test]
async fn cards_the_server_refuses_are_kept_until_people_discard_them() {
    let hall = Hall::new();
    let officer = Officer::at(&hall).await;
    hall.fault(Fault::Problem(409, "wrong_state"));
    officer.sends("/make", MAKE).await;
    assert!(officer.sees().await.contains("服务器没有接受这批卡"));
    assert!(officer.sends("/discard", "").await.status.is_client_error());
    assert!(officer.sees().await.contains("服务器没有接受这批卡"));
    officer.sends("/discard", "sure=yes").await;
    assert!(officer.sees().await.contains("开始制卡"));
}

#[tokio::test]
async fn spoiled_sheets_are_printed_anew_as_a_whole_after_shredding_and_in_another_order() {
    let hall = Hall::new();
    let officer = Officer::at(&hall).await;
    officer.sends("/make", MAKE).await;
    let first = officer.prints("print=1").await;
    assert!(officer.prints("print=1").await.is_empty(), "a reload prints nothing twice");
    let spoiled = officer.sends("/destroy", "counted=&spoiled=1").await;
    assert!(spoiled.status.is_client_error() && spoiled.text.contains("全部碎掉"));
    officer.sends("/destroy", "counted=12&spoiled=0&both=yes").await;
    assert!(!officer.sees().await.contains("已经抹掉"), "a spoiled print cannot be counted");

    assert!(officer.prints("print=2").await.is_empty(), "not before the spoiled print is shredded");
    let second = officer.prints("print=2&shredded=yes").await;
    assert_ne!(first, second);
    assert_eq!(public(&first), public(&second));
    officer.sends("/destroy", "counted=12&spoiled=0&both=yes").await;
    let record = officer.sees().await;
    assert!(record.contains("打印次数</dt><dd>2</dd>") && record.contains("印坏的页数</dt><dd>1</dd>"));
}

#[tokio::test]
async fn a_terminal_that_was_restarted_says_what_it_means() {
    let hall = Hall::new();
    let officer = Officer::at(&hall).await;
    officer.sends("/make", MAKE).await;
    let uplink = Uplink::new(&hall.url(), Hall::access(), Timeouts::default()).unwrap();
    let again = Browser::new(router(Arc::new(uplink)));
    let page = again.open("/").await.text;
    assert!(page.contains("服务器也不接受第二批卡") && !page.contains("开始制卡"));
    hall.server_down();
    assert!(again.open("/").await.text.contains("连接不上服务器"));
}
