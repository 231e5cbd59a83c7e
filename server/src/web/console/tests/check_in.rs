//! The check-in desk in the browser, and the paper pack.

use axum::http::StatusCode;
use evaluation::wire::VoidKind;

use super::harness::Console;
use super::year::{draw, prepare_pool};
use crate::domain::{PollId, PollState, Role};
use crate::service::overview::{find_edition, find_poll};
use crate::store::polls;
use crate::testing::{TestDb, insert_poll, insert_void_card};

const PATH: &str = "/console/2020/check-in";
const DESK: [(&str, &str); 4] =
    [("name", "1号台"), ("cards", "55"), ("second", "steward"), ("second_password", "password of steward")];

/// The ids that the page offers to mark, and to correct.
fn offered<'a>(page: &'a str, action: &str) -> Vec<&'a str> {
    let action = format!("action=\"{PATH}/{action}\"");
    let forms = page.split(action.as_str()).skip(1);
    forms
        .map(|form| form.split("name=\"member\" value=\"").nth(1).unwrap().split('"').next().unwrap())
        .collect()
}

async fn with_cards(console: &Console) {
    prepare_pool(console).await;
    Box::pin(draw(console)).await;
    let edition = find_edition(&console.context, 2020).await.unwrap();
    let poll = insert_poll(&console.context, &edition.id).await;
    set_state(console, &poll, PollState::Setup, PollState::CardsReady).await;
}

/// Everybody is found by id and by a part of the name, in answer to a form.
async fn find(console: &Console, all: &[&str]) {
    let desk = Role::CheckIn;
    // The invented people are called 张三1, 张三2 and so on.
    let found = console.post(desk, &format!("{PATH}/search"), &[("words", all[0])]).await;
    assert!(found.status == StatusCode::OK && found.page.contains(all[0]) && !found.page.contains(all[50]));
    let named = console.post(desk, &format!("{PATH}/search"), &[("words", "张三")]).await.page;
    assert_eq!(offered(&named, "mark").len(), 98);
    let nobody = console.post(desk, &format!("{PATH}/search"), &[("words", "李四")]).await.page;
    assert!(nobody.contains("名单中没有此人"));
}

/// A card is exchanged and the desk is closed.
async fn correct_and_close(console: &Console, id: &str) {
    let desk = Role::CheckIn;
    let person = [("member", id)];
    let corrections = console.post(desk, &format!("{PATH}/person"), &person).await.page;
    assert!(corrections.contains("监票人终端作废"));
    let fields = [
        person[0],
        ("damaged_card", "void"),
        ("card_reason", "二维码污损"),
        ("card_second", "steward"),
        ("card_password", "password of steward"),
    ];
    let reissue = format!("{PATH}/reissue");
    let unsaid = [fields[0], fields[2], fields[3], fields[4]];
    console.post(desk, &reissue, &unsaid).await.expect_refused(&["须先在监票人终端作废", "二维码污损"]);
    let early = console.post(desk, &reissue, &fields).await;
    early.expect_refused(&["没有换发新卡", "再按一次", "value=\"void\" required checked"]);
    let unreadable = [fields[0], ("damaged_card", "unreadable"), fields[2], fields[3], fields[4]];
    console.post(desk, &reissue, &unreadable).await.expect_refused(&["须由监督员在场封入信封"]);
    let edition = find_edition(&console.context, 2020).await.unwrap();
    let poll = find_poll(&console.context, &edition.id).await.unwrap().unwrap().poll.id;
    insert_void_card(&console.context, &poll, VoidKind::Damaged).await;
    console.post(desk, &reissue, &fields).await.expect_done();
    let close = format!("{PATH}/desk/close");
    console.post(desk, &close, &[("desk", "1"), ("cards_left", "x")]).await.expect_refused(&["清点卡盒"]);
    let alone = [("desk", "1"), ("cards_left", "51"), ("counted_twice", "yes")];
    console.post(desk, &close, &alone).await.expect_refused(&["请第二人输入"]);
    let second = [("close_second", "steward"), ("close_password", "password of steward")];
    console.post(desk, &close, &[alone.as_slice(), second.as_slice()].concat()).await.expect_done();
    let correction = [
        ("closed_desk", "1"),
        ("correct_left", "52"),
        ("correct_reason", "漏数一张"),
        ("correct_second", "steward"),
        ("correct_password", "password of steward"),
    ];
    let correct = format!("{PATH}/desk/correct");
    console.post(desk, &correct, &correction[..3]).await.expect_refused(&["请第二人输入", "漏数一张"]);
    console.post(desk, &correct, &correction).await.expect_done();
    let looked_at = console.get(Role::Supervisor, &format!("{PATH}?lang=en")).await.page;
    assert!(looked_at.contains("card exchanged 1 times") && looked_at.contains("http-equiv=\"refresh\""));
    let sheet = console.get(desk, &format!("{PATH}/sheet")).await.page;
    assert!(sheet.contains("本人签名") && sheet.contains("应到 100 名"));
}

#[tokio::test]
async fn two_people_open_a_desk_and_people_are_found_by_name_and_marked() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            with_cards(&console).await;
            let desk = Role::CheckIn;
            let before = console.get(desk, PATH).await.page;
            assert!(before.contains("开放签到台") && offered(&before, "mark").is_empty());
            let wrong = [DESK[0], DESK[1], DESK[2], ("second_password", "wrong password")];
            let refused = console.post(desk, &format!("{PATH}/desk"), &wrong).await;
            refused.expect_refused(&["登录名或密码错误", "value=\"1号台\"", "value=\"55\""]);
            assert!(!refused.page.contains("wrong password"));
            console.post(desk, &format!("{PATH}/desk"), &DESK).await.expect_done();
            let page = console.get(desk, PATH).await.page;
            let all = offered(&page, "mark");
            assert_eq!(all.len(), 100);
            for id in &all[..2] {
                let done = console.post(desk, &format!("{PATH}/mark"), &[("member", id)]).await.expect_done();
                assert_eq!(
                    done.location,
                    format!("{PATH}/real?done=checked_in"),
                    "no person stands in an address"
                );
            }
            console
                .post(desk, &format!("{PATH}/mark"), &[("member", all[0])])
                .await
                .expect_refused(&["已经签到"]);
            let page = console.get(desk, PATH).await.page;
            assert_eq!((offered(&page, "mark").len(), offered(&page, "person").len()), (98, 2));
            find(&console, &all).await;
            correct_and_close(&console, all[0]).await;
            for role in [Role::Administrator, Role::Steward, Role::CardOfficer, Role::Trustee, Role::Auditor]
            {
                assert_eq!(console.get(role, PATH).await.status, StatusCode::FORBIDDEN, "{role}");
            }
        })
        .await;
}

#[tokio::test]
async fn paper_ballots_are_printed_alike_and_their_result_is_marked_as_such() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            prepare_pool(&console).await;
            Box::pin(draw(&console)).await;
            let path = "/console/2020/paper";
            let ballot = console.get(Role::Commission, &format!("{path}/ballot")).await.page;
            assert_eq!(ballot.matches("class=\"box\"").count(), 70 * 4);
            let two = [Role::Commission, Role::Supervisor];
            let reason = [("reason", "会场断电，两小时内不能恢复")];
            console
                .post(Role::Commission, &format!("{path}/begin"), &[("reason", "断电")])
                .await
                .expect_refused(&["请写明"]);
            console.together(two, &format!("{path}/begin"), &reason).await.expect_done();
            let (good, short) = ("1".repeat(70), "1".repeat(69));
            let pile = format!("{path}/pile");
            let wrong = [("pile", "1"), ("ballots", short.as_str())];
            console.post(Role::Commission, &pile, &wrong).await.expect_refused(&["录入了69位", &short]);
            let right = [("pile", "1"), ("ballots", good.as_str())];
            for role in two {
                console.post(role, &pile, &right).await.expect_done();
            }
            assert!(
                console.get(Role::Commission, &format!("{path}/result")).await.page.contains("还没有结果")
            );
            console
                .post(Role::Commission, &format!("{path}/end"), &[("papers", "2")])
                .await
                .expect_refused(&["清点出2张票"]);
            console.together(two, &format!("{path}/end"), &[("papers", "1")]).await.expect_done();
            let result = console.get(Role::Auditor, &format!("{path}/result")).await.page;
            for words in ["纸质票计票，不是电子投票的结果", "会场断电", "有效票 1 张，无效票 0 张", "100.00"]
            {
                assert!(result.contains(words), "no {words} in {result}");
            }
        })
        .await;
}

/// The way to a desk, as the page that the navigation leads to shows it.
fn opens(page: &str, purpose: &str) -> bool {
    page.contains(&format!("name=\"purpose\" value=\"{purpose}\""))
}

async fn set_state(console: &Console, poll: &PollId, from: PollState, to: PollState) {
    let mut tx = console.context.db.write().await.unwrap();
    polls::set_state(&mut tx, &console.context.county, poll, from, to).await.unwrap();
    tx.commit().await.unwrap();
}

/// A desk of the rehearsal is opened, somebody is checked in, and every page of it is marked.
async fn rehearse_at_the_desk(console: &Console) {
    let desk = Role::CheckIn;
    let rehearsal = ("purpose", "rehearsal");
    let fields = [rehearsal, DESK[0], DESK[1], DESK[2], DESK[3]];
    let done = console.post(desk, &format!("{PATH}/desk"), &fields).await.expect_done();
    assert_eq!(done.location, format!("{PATH}/rehearsal?done=desk_opened"));
    let page = console.get(desk, PATH).await.page;
    let id = offered(&page, "mark")[0].to_owned();
    let person = [rehearsal, ("member", id.as_str())];
    console.post(desk, &format!("{PATH}/mark"), &person).await.expect_done();
    let refused = console.post(desk, &format!("{PATH}/mark"), &person).await;
    refused.expect_refused(&["已经签到", "data-words=\"演练，不作数\""]);
    for form in ["search", "person"] {
        let page = console.post(desk, &format!("{PATH}/{form}"), &person).await.page;
        assert!(page.contains("data-words=\"演练，不作数\"") && opens(&page, "rehearsal"), "{form} {page}");
    }
    let sheet = format!("{PATH}/rehearsal/sheet");
    assert!(console.get(desk, &format!("{PATH}/rehearsal")).await.page.contains(&sheet));
    let sheet = console.get(desk, &sheet).await.page;
    assert!(sheet.contains("演　练　不作数") && sheet.contains("本人签名"), "{sheet}");
    let real = console.get(desk, &format!("{PATH}/real/sheet")).await.page;
    assert!(!real.contains("不作数") && real.contains("本人签名"), "{real}");
}

#[tokio::test]
async fn the_navigation_leads_to_the_desk_of_the_poll_that_is_running() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            prepare_pool(&console).await;
            Box::pin(draw(&console)).await;
            let desk = Role::CheckIn;
            let get = async |page: &str| console.get(desk, &format!("{PATH}{page}")).await.page;
            let nothing = get("").await;
            assert!(
                nothing.contains("现在不需要签到") && !nothing.contains("/check-in/rehearsal"),
                "{nothing}"
            );
            let trustees = [("trustee-1", "甲"), ("trustee-2", "乙"), ("trustee-3", "丙")];
            let rehearsal = [trustees[0], trustees[1], trustees[2], ("cards", "55")];
            console.post(Role::Commission, "/console/2020/rehearsals", &rehearsal).await.expect_done();
            let edition = find_edition(&console.context, 2020).await.unwrap();
            let running = find_poll(&console.context, &edition.id).await.unwrap().unwrap().poll.id;
            set_state(&console, &running, PollState::Setup, PollState::CardsReady).await;
            // Only the rehearsal is there.
            let page = get("").await;
            assert!(opens(&page, "rehearsal") && page.contains("开放签到台"), "{page}");
            assert!(page.contains(&format!("href=\"{PATH}/real\"")), "{page}");
            let real = get("/real").await;
            assert!(real.contains("现在不需要签到"), "{real}");
            assert!(real.contains(&format!("href=\"{PATH}/rehearsal\"")), "{real}");
            rehearse_at_the_desk(&console).await;
            // Ended, it still shows who was there, and takes nobody any more, though its poll was not closed.
            console.post(Role::Commission, "/console/2020/rehearsals/end", &[]).await.expect_done();
            let ended = get("").await;
            assert!(opens(&ended, "rehearsal") && ended.contains("现在不能签到"), "{ended}");
            let fields = [("purpose", "rehearsal"), ("member", "A001")];
            console.post(desk, &format!("{PATH}/mark"), &fields).await.expect_refused(&["不能再签到"]);
            // Both are there: the real poll, until another rehearsal begins beside it.
            let poll = [trustees[0], trustees[1], trustees[2], ("spare_cards", "0")];
            console.post(Role::Commission, "/console/2020/statements", &[]).await.expect_done();
            console.post(Role::Commission, "/console/2020/poll", &poll).await.expect_done();
            let page = get("").await;
            assert!(opens(&page, "real") && page.contains(&format!("href=\"{PATH}/rehearsal\"")), "{page}");
            console.post(Role::Commission, "/console/2020/rehearsals", &rehearsal).await.expect_done();
            let page = get("").await;
            assert!(opens(&page, "rehearsal") && page.contains(&format!("href=\"{PATH}/real\"")), "{page}");
        })
        .await;
}
