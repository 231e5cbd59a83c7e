//! Acts of two people.

use axum::http::StatusCode;
use evaluation::wire::TerminalRole;
use jiff::SignedDuration;

use super::harness::{Answer, Console, urlencoded};
use crate::domain::Role;
use crate::service::{account, terminal};
use crate::testing::{TestDb, request_enrolment};

const BOOTH: [(&str, &str); 1] = [("name", "3号投票机")];
const NEW: [(&str, &str); 3] = [("name", "wang"), ("person", "王五（信访局）"), ("role", "auditor")];

/// The code on the page that follows the confirmation.
fn code_on(page: &str) -> &str {
    page.split("class=\"token\">").nth(1).unwrap().split('<').next().unwrap()
}

/// The half that waits for the administrator.
async fn first_half(console: &Console) -> String {
    let list = console.get(Role::Administrator, "/console/acts").await.page;
    for link in list.split("href=\"/console/acts/").skip(1) {
        let half = format!("/console/acts/{}/half", link.split('"').next().unwrap());
        let act = half.trim_end_matches("/half");
        if console.get(Role::Administrator, act).await.page.contains(&half) {
            return code_on(&console.post(Role::Administrator, &half, &[]).await.page).to_owned();
        }
    }
    panic!("no half waits: {list}");
}

async fn choose(console: &Console, name: &str, codes: [&str; 2], passwords: [&str; 2]) -> Answer {
    let fields = [
        ("name", name),
        ("first_half", codes[0]),
        ("second_half", codes[1]),
        ("password", passwords[0]),
        ("repeated", passwords[1]),
    ];
    let request = axum::http::Request::post("/console/invitation")
        .header("content-type", "application/x-www-form-urlencoded");
    console.send(request.body(urlencoded(&fields).into()).unwrap()).await
}

/// Where the request of a booth is looked at.
async fn a_booth_asks(console: &Console) -> String {
    let request = request_enrolment(&console.context, TerminalRole::Booth, "3号投票机").await;
    format!("/console/terminals/requests/{}", request.id)
}

fn act_of(location: &str) -> &str {
    location.split('?').next().unwrap()
}

#[tokio::test]
async fn the_proposer_cannot_confirm_and_only_the_proposer_can_withdraw() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let booth = a_booth_asks(&console).await;
            let proposed = console.post(Role::Steward, &booth, &BOOTH).await.expect_done();
            let act = act_of(&proposed.location);
            let confirm = format!("{act}/confirm");
            assert!(!console.get(Role::Steward, act).await.page.contains("/confirm"));
            console
                .post(Role::Steward, &confirm, &[])
                .await
                .expect_refused(&["本人", "cannot be confirmed by the person"]);
            console.post(Role::Chair, &confirm, &[]).await.expect_refused(&["主持人不能确认"]);
            console
                .post(Role::Supervisor, &format!("{act}/withdraw"), &[])
                .await
                .expect_refused(&["只有提出人"]);
            assert!(terminal::list(&console.context).await.unwrap().is_empty());
            console.post(Role::Steward, &format!("{act}/withdraw"), &[]).await.expect_done();
            console.post(Role::Supervisor, &confirm, &[]).await.expect_refused(&["已撤回"]);
        })
        .await;
}

#[tokio::test]
async fn a_proposal_lapses_after_fifteen_minutes() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let booth = a_booth_asks(&console).await;
            let proposed = console.post(Role::Steward, &booth, &BOOTH).await.expect_done();
            let act = act_of(&proposed.location);
            let waiting = console.get(Role::Supervisor, "/console/acts").await.page;
            assert!(waiting.contains("等您确认") && waiting.contains("待确认（1）"));
            console.clock.advance(SignedDuration::from_mins(15));
            let page = console.get(Role::Supervisor, act).await.page;
            assert!(page.contains("已失效") && !page.contains("/confirm"), "{page}");
            console.post(Role::Supervisor, &format!("{act}/confirm"), &[]).await.expect_refused(&["已失效"]);
            assert!(
                console.get(Role::Supervisor, "/console/acts").await.page.contains("现在没有待确认的操作")
            );
            assert!(terminal::list(&console.context).await.unwrap().is_empty());
        })
        .await;
}

#[tokio::test]
async fn an_account_is_made_by_two_people_and_its_person_chooses_the_password() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let path = "/console/accounts";
            let nameless = [("name", "a b"), NEW[1], NEW[2]];
            console
                .post(Role::Administrator, path, &nameless)
                .await
                .expect_refused(&["登录名须为", "王五（信访局）"]);
            let proposed = console.post(Role::Administrator, path, &NEW).await.expect_done();
            let act = act_of(&proposed.location);
            for role in [Role::Administrator, Role::Supervisor, Role::Chair] {
                let page = console.get(role, act).await.page;
                assert!(
                    page.contains("王五（信访局）") && page.contains("审计员") && page.contains("邀请码")
                );
            }
            let answer = console.post(Role::LeadingGroup, &format!("{act}/confirm"), &[]).await;
            assert_eq!(answer.status, StatusCode::OK);
            let second = code_on(&answer.page).to_owned();
            let half = format!("{act}/half");
            assert!(console.get(Role::Administrator, act).await.page.contains(&half));
            assert!(!console.get(Role::LeadingGroup, act).await.page.contains(&half));
            console.post(Role::LeadingGroup, &half, &[]).await.expect_refused(&["只向提出人显示"]);
            let answer = console.post(Role::Administrator, &half, &[]).await;
            let first = code_on(&answer.page).to_owned();
            assert!(first != second && !answer.page.contains(&second));
            console.post(Role::Administrator, &half, &[]).await.expect_refused(&["已经显示过"]);
            assert!(!console.get(Role::Administrator, act).await.page.contains(&half));
            let codes = [first.as_str(), &second];
            for path in ["/console/accounts", "/console/acts", act, "/console/log"] {
                for role in [Role::Administrator, Role::LeadingGroup] {
                    let page = console.get(role, path).await.page;
                    assert!(codes.iter().all(|code| !page.contains(code)));
                }
            }
            let account = account::list(&console.context).await.unwrap();
            let id = &account.iter().find(|account| account.name == "wang").unwrap().id;
            let page = console.get(Role::Administrator, &format!("{path}/{id}")).await.page;
            assert!(page.contains("等待本人设置密码"), "{page}");
            let differing = choose(&console, "wang", codes, ["a good password", "another one"]).await;
            differing.expect_refused(&["两次输入的密码不一致", "value=\"wang\""]);
            assert!(!differing.page.contains("a good password") && !differing.page.contains(&second));
            choose(&console, "wang", codes, ["short", "short"]).await.expect_refused(&["10"]);
            let exchanged = choose(&console, "wang", [&second, &first], ["a good password"; 2]).await;
            exchanged.expect_refused(&["甲码没有输对", "填反"]);
            let wrong = choose(&console, "another", codes, ["a good password"; 2]).await;
            assert!(wrong.page.contains("登录名或邀请码不对"), "{}", wrong.page);
            let chosen = choose(&console, "wang", codes, ["a good password"; 2]).await;
            assert!(chosen.status == StatusCode::OK && chosen.page.contains("密码已设置"), "{}", chosen.page);
            assert_eq!(console.try_sign_in("wang", "a good password").await.location, "/console");
        })
        .await;
}

#[tokio::test]
async fn roles_passwords_and_status_are_changed_and_the_last_administrator_stays() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let all = account::list(&console.context).await.unwrap();
            let id = |role| all.iter().find(|account| account.role == role).unwrap().id.clone();
            let two = [Role::Administrator, Role::Supervisor];
            let chair = format!("/console/accounts/{}", id(Role::Chair));
            let change = [("role", "steward")];
            console.together(two, &format!("{chair}/role"), &change).await.expect_done();
            let reset = console.together(two, &format!("{chair}/password"), &[]).await;
            let old = console.try_sign_in("chair", "password of chair").await;
            assert_eq!(old.status, StatusCode::UNAUTHORIZED);
            let codes = [&first_half(&console).await, code_on(&reset.page)];
            choose(&console, "chair", codes, ["another password"; 2]).await;
            assert_eq!(console.try_sign_in("chair", "another password").await.location, "/console");
            console.post(Role::Administrator, &format!("{chair}/disable"), &[]).await.expect_done();
            let disabled = console.try_sign_in("chair", "another password").await;
            assert_eq!(disabled.status, StatusCode::UNAUTHORIZED);
            let again = console.post(Role::Administrator, &format!("{chair}/disable"), &[]).await;
            again.expect_refused(&["账号已是该状态"]);
            console.together(two, &format!("{chair}/enable"), &[]).await.expect_done();
            assert_eq!(console.try_sign_in("chair", "another password").await.location, "/console");
            let last = format!("/console/accounts/{}/disable", id(Role::Administrator));
            console.post(Role::Administrator, &last, &[]).await.expect_refused(&["最后一个启用的管理员"]);
        })
        .await;
}
