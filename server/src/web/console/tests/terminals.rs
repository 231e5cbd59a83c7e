//! Terminals as people meet them in the console.

use axum::http::StatusCode;
use evaluation::hash::Sha256Hash;
use evaluation::wire::{DiskState, OpenedBooth, TerminalRole, TerminalStatus};

use super::harness::Console;
use crate::domain::{Role, TerminalStatus as TerminalState};
use crate::service::terminal;
use crate::store::terminals::Terminal;
use crate::testing::{TestDb, request_enrolment};

const TWO: [Role; 2] = [Role::Steward, Role::Supervisor];

/// A terminal asks and is let in under its label.
async fn enrol(console: &Console, label: &str, replaces: &str) -> Terminal {
    let request = request_enrolment(&console.context, TerminalRole::Booth, label).await;
    let path = format!("/console/terminals/requests/{}", request.id);
    let fields = [("name", label), ("replaces", replaces)];
    console.together(TWO, &path, &fields).await.expect_done();
    let all = terminal::list(&console.context).await.unwrap();
    all.into_iter().find(|terminal| terminal.public_key == request.asked.public_key).unwrap()
}

#[tokio::test]
async fn both_people_see_the_code_that_the_terminal_shows() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let request = request_enrolment(&console.context, TerminalRole::Booth, "3号投票机").await;
            let code = request.code.unwrap().to_string();
            let path = format!("/console/terminals/requests/{}", request.id);
            let list = console.get(Role::Steward, "/console/terminals").await.page;
            assert!(list.contains(&code) && list.contains(&path), "{list}");
            assert!(console.get(Role::Steward, &path).await.page.contains(&code));
            let proposed = console.post(Role::Steward, &path, &[("name", "3号投票机")]).await.expect_done();
            let act = proposed.location.split('?').next().unwrap();
            let seen = console.get(Role::Supervisor, act).await.page;
            assert!(
                seen.contains(&code) && seen.contains("逐字相同") && seen.contains("不同就不要确认"),
                "{seen}"
            );
            assert!(terminal::list(&console.context).await.unwrap().is_empty());
            console.post(Role::Supervisor, &format!("{act}/confirm"), &[]).await.expect_done();
            let list = console.get(Role::Steward, "/console/terminals").await.page;
            assert!(!list.contains(&code) && list.contains("已登记"));
            assert_eq!(console.get(Role::Steward, &path).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        })
        .await;
}

#[tokio::test]
async fn a_dead_terminal_is_offered_for_replacement_and_revoked_in_the_same_act() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let dead = enrol(&console, "3号投票机", "").await;
            let request = request_enrolment(&console.context, TerminalRole::Booth, "3号投票机").await;
            let path = format!("/console/terminals/requests/{}", request.id);
            let form = console.get(Role::Steward, &path).await.page;
            assert!(form.contains(&format!("value=\"{}\" selected", dead.id)), "{form}");
            let refused = console.post(Role::Steward, &path, &[("name", "3号投票机")]).await;
            refused.expect_refused(&["已有名为“3号投票机”的终端", "value=\"3号投票机\""]);
            let fields = [("name", "3号投票机"), ("replaces", dead.id.as_str())];
            console.together(TWO, &path, &fields).await.expect_done();
            let all = terminal::list(&console.context).await.unwrap();
            assert_eq!(all.len(), 2);
            for terminal in all {
                assert_eq!(terminal.status == TerminalState::Revoked, terminal.id == dead.id);
            }
        })
        .await;
}

#[tokio::test]
async fn what_is_typed_wrongly_is_shown_again_and_a_request_can_be_put_aside() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let request = request_enrolment(&console.context, TerminalRole::Trustee, "监票终端").await;
            let path = format!("/console/terminals/requests/{}", request.id);
            for position in ["", "0", "x"] {
                let fields = [("name", "监票<1>"), ("trustee_position", position)];
                console.post(Role::Steward, &path, &fields).await.expect_refused(&["监票&lt;1&gt;"]);
            }
            let wrong = [("name", "1"), ("trustee_position", "1"), ("replaces", "x")];
            console.post(Role::Steward, &path, &wrong).await.expect_refused(&["请重新选择"]);
            console.post(Role::Steward, &format!("{path}/discard"), &[]).await.expect_done();
            assert!(terminal::list_requests(&console.context).is_empty());
        })
        .await;
}

#[tokio::test]
async fn a_revoked_terminal_is_said_to_be_one_and_cannot_be_revoked_twice() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let booth = enrol(&console, "3号投票机", "").await;
            let revoke = format!("/console/terminals/{}/revoke", booth.id);
            console.post(Role::Steward, &revoke, &[]).await.expect_done();
            assert!(console.get(Role::Steward, "/console/terminals").await.page.contains("已停用"));
            assert_eq!(console.post(Role::Steward, &revoke, &[]).await.status, StatusCode::NOT_FOUND);
        })
        .await;
}

#[tokio::test]
async fn the_board_names_the_booth_that_was_given_another_hall_key() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let report = |booth: &Terminal, slip: Option<&str>| {
                let opened = slip.map(|slip| OpenedBooth {
                    poll: "2r7xvBB2ZoyrxA".parse().unwrap(),
                    hall_key: Sha256Hash::of(slip),
                });
                let clock = console.context.now().as_second();
                let version = env!("CARGO_PKG_VERSION").to_owned();
                let status = TerminalStatus { version, clock, undelivered: 0, disk: DiskState::Ok, opened };
                terminal::report(&console.context, booth, status).unwrap();
            };
            let mut booths = Vec::new();
            for number in 1..=4 {
                booths.push(enrol(&console, &format!("{number}号投票机"), "").await);
            }
            let slips = [Some("the slip"), Some("the slip"), Some("another slip"), None];
            for (booth, slip) in booths.iter().zip(slips) {
                report(booth, slip);
            }
            let board = async || console.get(Role::Steward, "/console/terminals/board").await.page;
            let page = board().await;
            assert!(page.contains("1 台需要处理，3 台正常"), "{page}");
            let (_, after) = page.split_once("<h2>3号投票机</h2>").unwrap();
            assert!(after.contains("会场密钥与其他投票机不同") && after.contains("再扫开启单"), "{page}");
            report(&booths[2], Some("the slip"));
            assert!(board().await.contains("全部 4 台正常"));
        })
        .await;
}

#[tokio::test]
async fn the_board_says_what_is_wrong_and_what_to_do() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let board = async || console.get(Role::Steward, "/console/terminals/board").await.page;
            assert!(board().await.contains("还没有登记的终端"));
            let one = enrol(&console, "1号投票机", "").await;
            let two = enrol(&console, "2号投票机", "").await;
            let gone = enrol(&console, "3号投票机", "").await;
            assert!(board().await.contains("3 台需要处理，0 台正常"));
            let well = TerminalStatus {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                clock: console.context.now().as_second(),
                undelivered: 0,
                disk: DiskState::Ok,
                opened: None,
            };
            terminal::report(&console.context, &one, well.clone()).unwrap();
            let ill = TerminalStatus { undelivered: 2, disk: DiskState::Full, clock: 0, ..well };
            terminal::report(&console.context, &two, ill).unwrap();
            terminal::revoke(&console.context, &crate::domain::Actor::System, &gone.id).await.unwrap();
            request_enrolment(&console.context, TerminalRole::Booth, "4号投票机").await;
            let page = board().await;
            for words in [
                "1 台需要处理，1 台正常",
                "1 台终端等待登记",
                "2 张票没有送达",
                "不要关机",
                "磁盘已满",
                "时钟不准",
                "刚刚有消息",
                "已停用：3号投票机",
                "http-equiv=\"refresh\"",
            ] {
                assert!(page.contains(words), "no {words} in {page}");
            }
        })
        .await;
}
