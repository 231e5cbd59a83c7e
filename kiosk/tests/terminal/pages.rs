//! A voter with a browser: every page, reloaded at every step.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use evaluation::wire::PollState;
use kiosk::booth::router;

use crate::{
    browser::{Browser, field},
    hall::{Fault, Hall},
};

async fn start(hall: &Hall, browser: &Browser, card: usize) -> String {
    let (_, page) = browser.reload("/").await;
    let session = field(&page.text, "session");
    let answer = browser.post("/card", &format!("session={session}&code={}", hall.codes[card])).await;
    assert_eq!(answer.location.as_deref(), Some("/office/1"), "{}", answer.text);
    session
}

#[tokio::test]
async fn a_whole_vote_with_a_reload_at_every_page() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let browser = Browser::new(router(booth.clone()));
    let session = start(&hall, &browser, 0).await;
    for (office, grade) in [(1, 0), (2, 3), (3, 1)] {
        let (path, page) = browser.reload("/").await;
        assert_eq!(path, format!("/office/{office}"), "a reload finds the office again");
        assert!(page.text.contains(&format!("name=\"office\" value=\"{office}\"")));
        assert!(!page.text.contains("aria-pressed=\"true\" class=\"grade\""));
        let form = format!("session={session}&office={office}&grade={grade}");
        let next = browser.post(&format!("/office/{office}"), &form).await;
        assert_eq!(next.status, StatusCode::SEE_OTHER);
    }
    let (path, review) = browser.reload("/").await;
    assert_eq!(path, "/review");
    let tracker = field(&review.text, "tracker");

    // One change from the review and straight back.
    let (_, page) = browser.reload("/office/2?from=review").await;
    assert!(page.text.contains("不改，返回"));
    let back = browser.post("/office/2", &format!("session={session}&office=2&grade=2&from=review")).await;
    assert_eq!(back.location.as_deref(), Some("/review"));
    let (_, review) = browser.reload("/review").await;
    let changed = field(&review.text, "tracker");
    assert_ne!(changed, tracker);
    let stale = browser.post("/cast", &form(&session, &tracker)).await;
    assert_eq!(stale.location.as_deref(), Some("/review"));

    let cast = browser.post("/cast", &form(&session, &changed)).await;
    assert_eq!(cast.location.as_deref(), Some("/done"));
    let (_, done) = browser.reload("/done").await;
    assert!(done.text.contains("提交成功") && done.text.contains(&changed));
    for grade in ["较满意", "一般", "不满意"] {
        assert!(!done.text.contains(grade), "the last page says nothing of the choices");
    }
    for path in ["/", "/review", "/office/1", "/office/2?from=review"] {
        assert_eq!(browser.reload(path).await.0, "/done");
    }
    browser.post("/finish", &format!("session={session}")).await;
    let (path, page) = browser.reload("/done").await;
    assert_eq!(path, "/");
    assert!(!page.text.contains(&changed) && !page.text.contains(&session));
    assert_eq!(hall.stored().len(), 1);
}

fn form(session: &str, tracker: &str) -> String {
    format!("session={session}&tracker={}", tracker.replace('+', "%2B").replace('/', "%2F"))
}

#[tokio::test]
async fn a_card_that_is_not_taken_gets_a_page_that_says_why() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let browser = Browser::new(router(booth.clone()));
    let session = field(&browser.open("/").await.text, "session");
    let code = |code: &str| format!("session={session}&code={code}");

    let mistyped = browser.post("/card", &code("ABC")).await;
    assert_eq!(mistyped.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(mistyped.text.contains("卡号没有输对") && mistyped.text.contains("value=\"ABC\""));
    let foreign = belenios::credential::Credential::generate(&mut kiosk::os_rng()).card_code();
    let unknown = browser.post("/card", &code(&foreign)).await;
    assert!(unknown.text.contains("这不是本次投票的评议卡") && !unknown.text.contains(foreign.as_str()));
    hall.server_down();
    let no_contact = browser.post("/card", &code(&hall.codes[0])).await;
    assert_eq!(no_contact.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(no_contact.text.contains("暂时连接不上服务器") && !no_contact.text.contains(&hall.codes[0]));
    hall.server_up();
    let taken = browser.post("/card", &code(&hall.codes[0])).await;
    assert_eq!(taken.location.as_deref(), Some("/office/1"));
}

#[tokio::test]
async fn while_the_server_is_away_the_page_says_that_the_ballot_waits_here() {
    let hall = Hall { receipt: Duration::from_secs(1), ..Hall::new() };
    let booth = hall.booth().await;
    let browser = Browser::new(router(booth.clone()));
    let session = start(&hall, &browser, 0).await;
    for office in 1..=3 {
        browser
            .post(&format!("/office/{office}"), &format!("session={session}&office={office}&grade=0"))
            .await;
    }
    let tracker = field(&browser.open("/review").await.text, "tracker");
    hall.server_down();
    browser.post("/cast", &form(&session, &tracker)).await;
    let (_, waiting) = browser.reload("/done").await;
    assert!(waiting.text.contains("票已封存在本机，正在等待送达") && !waiting.text.contains("提交成功"));
    hall.server_up();
    while !browser.open("/done").await.text.contains("提交成功") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_refused_ballot_gets_a_page_with_both_trackers() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let browser = Browser::new(router(booth.clone()));
    let session = start(&hall, &browser, 0).await;
    for office in 1..=3 {
        browser
            .post(&format!("/office/{office}"), &format!("session={session}&office={office}&grade=0"))
            .await;
    }
    let tracker = field(&browser.open("/review").await.text, "tracker");
    hall.fault(Fault::Refuse);
    browser.post("/cast", &form(&session, &tracker)).await;
    let (_, page) = browser.reload("/done").await;
    assert!(page.text.contains(&tracker));
    assert!(page.text.contains(&belenios::text::Fingerprint::of("other").to_string()));
}

#[tokio::test]
async fn paused_and_closed_polls_say_so_on_every_page() {
    let hall = Hall::new();
    hall.change_poll(|poll| poll.state = PollState::CardsReady);
    let booth = hall.booth().await;
    let browser = Browser::new(router(booth.clone()));
    assert!(browser.open("/").await.text.contains("投票还没有开始"));
    let show = async |state, path: &str, words: &str| {
        hall.change_poll(|poll| poll.state = state);
        while !browser.open(path).await.text.contains(words) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    show(PollState::Open, "/", "请扫描您的评议卡").await;
    let session = start(&hall, &browser, 0).await;
    browser.post("/office/1", &format!("session={session}&office=1&grade=3")).await;
    show(PollState::Paused, "/office/2", "投票暂停").await;
    show(PollState::Paused, "/review", "投票暂停").await;
    show(PollState::Open, "/office/1", "已选").await;
    show(PollState::Closed, "/office/2", "投票已经结束").await;
}

#[tokio::test]
async fn forms_of_another_turn_origin_or_machine_change_nothing() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let browser = Browser::new(router(booth.clone()));
    let session = start(&hall, &browser, 0).await;
    for wrong in ["", "0", &"0".repeat(64)] {
        browser.post("/office/1", &format!("session={wrong}&office=1&grade=0")).await;
        browser.post("/finish", &format!("session={wrong}")).await;
        browser.post("/settings", &format!("session={wrong}&back=/review&language=en")).await;
    }
    for (name, value) in
        [("origin", "http://evil.example"), ("sec-fetch-site", "cross-site"), ("host", "rebound.example")]
    {
        let request =
            Request::post("/office/1").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = if name == "host" { request } else { request.header("host", "127.0.0.1:8100") };
        let body = Body::from(format!("session={session}&office=1&grade=0"));
        let answer = browser.request(request.header(name, value).body(body).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
    }
    // A form that names another office than the page it is sent to, or a grade there is not.
    for form in ["office=2&grade=0", "office=1&grade=4", "office=1&grade=-1", "office=1", "grade=0"] {
        browser.post("/office/1", &format!("session={session}&{form}")).await;
    }
    let (path, page) = browser.reload("/").await;
    assert_eq!(path, "/office/1");
    assert!(!page.text.contains("已选") && page.text.contains("lang=\"zh-CN\""));
}

#[tokio::test]
async fn bad_requests_get_an_answer_and_never_a_fault() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let browser = Browser::new(router(booth.clone()));
    for path in ["/office/0", "/office/4", "/office/x", "/office/99999", "/office/%00", "/nothing", "/card"] {
        let page = browser.open(path).await;
        assert!(!page.status.is_server_error(), "{path}: {}", page.status);
    }
    let huge = "x".repeat(1 << 20);
    for path in ["/card", "/office/1", "/cast", "/finish", "/settings"] {
        for form in ["", "=", "%ff", "session=%00&code=%00", &huge] {
            let page = browser.post(path, form).await;
            assert!(!page.status.is_server_error(), "{path}: {}", page.status);
        }
    }
    let delete = Request::builder().method(Method::DELETE).uri("/").header("host", "127.0.0.1:8100");
    let page = browser.request(delete.body(Body::empty()).unwrap()).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_look_is_kept_during_a_turn_and_reset_for_the_next_person() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let browser = Browser::new(router(booth.clone()));
    let session = start(&hall, &browser, 0).await;
    for setting in ["text_size=4", "contrast=high", "language=en"] {
        let form = format!("session={session}&back=/office/1&{setting}");
        assert_eq!(browser.post("/settings", &form).await.location.as_deref(), Some("/office/1"));
    }
    let page = browser.open("/office/1").await.text;
    assert!(page.contains("<html lang=\"en\" class=\"text-4 high-contrast pointer-auto\""));
    let elsewhere = browser.post("/settings", &format!("session={session}&back=//evil.example")).await;
    assert_eq!(elsewhere.location.as_deref(), Some("/"));
    browser.post("/finish", &format!("session={session}")).await;
    assert!(browser.open("/").await.text.contains("<html lang=\"zh-CN\" class=\"text-2 pointer-auto\""));
}
