//! The order of the offices, and several of them on one screen.

use evaluation::rules::OfficeOrder;
use kiosk::{
    booth::{Booth, Turn, router},
    flow::{Flow, Position},
};

use crate::{
    browser::{Browser, field},
    hall::Hall,
};

/// So many offices, the last three of another section.
pub(crate) fn offices(count: usize) -> String {
    let row = |number: usize| {
        let section = if number + 3 > count { "vertical" } else { "government" };
        format!("{number},{section},单位{number},第{number}股,,false,单位{number}第{number}股\r\n")
    };
    let rows: String = (1..=count).map(row).collect();
    format!("number,section,unit,office,scope,carried_over,full_name\r\n{rows}")
}

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
