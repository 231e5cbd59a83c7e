//! The offices as a person meets them: their order, what can be read of them, and several of them on one screen.

use evaluation::{rules::OfficeOrder, wire::OfficeInformation};
use kiosk::{
    booth::{Booth, Turn, router},
    flow::{Flow, Position},
};

use crate::{
    browser::{Browser, field},
    hall::{Hall, offices},
};

async fn sequence(turn: &Turn) -> Vec<u16> {
    turn.step(|flow: &mut Flow| Ok(flow.sequence().iter().map(|position| position.number()).collect()))
        .await
        .unwrap()
}

async fn begin(booth: &Booth, code: &str) -> Turn {
    let turn = booth.turn().await;
    turn.present_card(code).await.unwrap();
    turn
}

#[tokio::test]
async fn every_ballot_has_an_order_of_its_own_and_the_first_page_says_so() {
    let hall = Hall::asking(&offices(20), |rules| rules.poll.office_order = OfficeOrder::Shuffled);
    let booth = hall.booth().await;
    let browser = Browser::new(router(booth.clone()));
    let mut orders = Vec::new();
    for code in &hall.codes[..2] {
        let turn = begin(&booth, code).await;
        let order = sequence(&turn).await;
        let (path, first) = browser.reload("/").await;
        assert_eq!(path, format!("/office/{}", order[0]));
        assert!(first.says("由机器随机排列，编号不变") && first.says(&format!("编号 {}", order[0])));
        assert!(first.says("第 <b>1</b> / 20 项"));
        let session = field(&first.text, "session");
        for (place, office) in order.iter().enumerate() {
            let (path, page) = browser.reload("/").await;
            assert_eq!(path, format!("/office/{office}"));
            assert!(page.says(&format!("第 <b>{}</b> / 20 项", place + 1)), "{}", page.text);
            assert_eq!(page.says("由机器随机排列"), place == 0);
            let form = format!("session={session}&office={office}&grade={}", office % 4);
            browser.post(&path, &form).await;
        }
        let review = turn.review().await.unwrap();
        let expected: Vec<_> = (1..=20).map(|office| Some(office % 4)).collect();
        assert_eq!(*review.grades, expected, "the review and the ballot are in the order of the list");
        turn.cast(review.tracker.unwrap()).await.unwrap();
        turn.finish().await;
        orders.push(order);
    }
    assert_ne!(orders[0], orders[1]);
    assert_ne!(orders[0], (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn in_the_order_of_the_list_nothing_is_said_of_an_order() {
    let hall = Hall::new();
    let booth = hall.booth().await;
    let turn = begin(&booth, &hall.codes[0]).await;
    assert_eq!(sequence(&turn).await, [1, 2, 3]);
    assert!(!Browser::new(router(booth)).open("/office/1").await.says("随机排列"));
    assert_eq!(
        turn.grade(Position::FIRST, 0).await.unwrap(),
        kiosk::flow::Screen::Office(Position::new(2).unwrap())
    );
}

#[tokio::test]
async fn what_is_public_of_an_office_is_one_tap_away_and_nothing_is_shown_where_there_is_nothing() {
    let hall = Hall::new();
    let information = |number, statement: &str| OfficeInformation {
        number,
        statement: Some(statement.to_owned()),
        duties: Some(format!("职责之{number} <b>")),
        ..OfficeInformation::default()
    };
    let (longest, too_long) = ("评".repeat(400), "评".repeat(401));
    hall.change_poll(|poll| poll.information = vec![information(1, &longest), information(2, &too_long)]);
    let booth = hall.booth().await;
    begin(&booth, &hall.codes[0]).await;
    let browser = Browser::new(router(booth));
    let first = browser.open("/office/1").await;
    assert!(first.says("看详细情况") && first.says(&longest) && first.says("职责之1 &lt;b&gt;"));
    assert!(!first.says("群众意见摘要") && !first.says("职责之2"));
    let second = browser.open("/office/2").await;
    assert!(
        second.says("职责之2") && !second.says("评评评评"),
        "no statement has more characters than the rules allow"
    );
    assert!(!browser.open("/office/3").await.says("看详细情况"));
}

#[tokio::test]
async fn five_offices_a_screen_keep_every_tap_and_show_a_missed_row_before_going_on() {
    let hall = Hall::asking(&offices(10), |rules| {
        rules.poll.office_order = OfficeOrder::Listed;
        rules.poll.offices_per_screen = 5;
    });
    let booth = hall.booth().await;
    let turn = begin(&booth, &hall.codes[0]).await;
    let browser = Browser::new(router(booth));
    let (path, page) = browser.reload("/").await;
    assert_eq!(path, "/office/1");
    assert!(page.says("第 <b>1–5</b> / 10 项") && page.text.matches("class=\"grade\"").count() == 20);
    assert_eq!(page.text.matches("data-key").count(), 4, "keys grade one row");
    let session = field(&page.text, "session");
    let rate = async |office: usize, grade: usize| {
        let form = format!("session={session}&office={office}&grade={grade}");
        browser.post(&format!("/office/{office}"), &form).await.location.unwrap()
    };
    // Each tap is kept at once, in any order, and the turn is the next row's without a grade.
    assert_eq!(rate(1, 0).await, "/office/2");
    assert_eq!(rate(4, 3).await, "/office/5");
    assert_eq!(rate(5, 1).await, "/office/2");
    let (_, page) = browser.reload("/").await;
    assert_eq!(page.text.matches("aria-pressed=\"true\"").count(), 3 + 2, "with the two of the text's look");
    let onward = |page: &str| {
        page.split("class=\"button next\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    assert_eq!(onward(&page.text), "/office/2?missed=yes#office-2");
    let missed = browser.open("/office/2?missed=yes").await;
    assert!(missed.says("这一页还有 2 个没有评") && missed.text.matches("row-missed").count() == 2);
    rate(2, 2).await;
    assert_eq!(rate(3, 2).await, "/office/3", "the page stays until the person goes on");
    assert_eq!(onward(&browser.open("/office/3").await.text), "/office/6");
    // The first section has seven offices: no screen holds two sections.
    assert!(browser.open("/office/6").await.says("第 <b>6–7</b> / 10 项"));
    for office in 6..=10 {
        rate(office, office % 4).await;
    }
    let last = browser.open("/office/9").await;
    assert!(last.says("第 <b>8–10</b> / 10 项") && onward(&last.text) == "/review");
    // From the review to one row and straight back.
    browser.open("/review").await;
    let change = browser.open("/office/4?from=review").await;
    assert!(change.says("name=\"from\" value=\"review\""));
    let form = format!("session={session}&office=4&grade=0&from=review");
    assert_eq!(browser.post("/office/4", &form).await.location.as_deref(), Some("/review"));
    let review = turn.review().await.unwrap();
    assert_eq!(*review.grades, [0, 2, 2, 0, 1, 2, 3, 0, 1, 2].map(Some));
    assert!(turn.cast(review.tracker.unwrap()).await.is_ok());
}
