//! Nominations: the public form, the review, lists from paper, and who sees what.

use axum::http::StatusCode;
use jiff::SignedDuration;

use super::harness::{Console, urlencoded};
use super::people::{PEOPLE, QUEUE, code_on};
use crate::app::{App, serve};
use crate::domain::{NominationState, Role};
use crate::store::log_entries;
use crate::testing::TestDb;

const COMMISSION: Role = Role::Commission;

async fn with_small_pool(test: impl AsyncFnOnce(Console)) {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            console.open_small_pool().await;
            test(console).await;
        })
        .await;
}

#[tokio::test]
async fn the_form_is_closed_unless_the_pool_is_open_and_loses_nothing_that_was_typed() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            assert!(console.public_get("/nominate").await.page.contains("现在不接受提名"));
            console.open_small_pool().await;
            let page = console.public_get("/nominate").await.page;
            for words in
                ["个人信息处理告知书", "第十三、十四、十七", "单独同意", "归档", "撤回同意", "离退休干部"]
            {
                assert!(page.contains(words), "{words}");
            }
            let mut fields = PEOPLE[0].fields();
            fields.retain(|(name, _)| !name.starts_with("consent"));
            fields[4].1 = "110101199003070178".to_owned();
            let answer = console.public_post("/nominate", &fields).await;
            answer.expect_refused(&[
                "校验码",
                "未同意",
                "单独同意",
                "value=\"赵子龙\"",
                "value=\"13800000001\"",
                "value=\"县工会\"",
            ]);
            assert!(answer.page.contains("id=\"id_card-error\"") && answer.page.contains("有 3 处需要改正"));
            assert!(console.nominations().await.is_empty());
            let english = console.public_post("/nominate?lang=en", &fields).await;
            english.expect_refused(&["check character", "3 things are to be corrected"]);
        })
        .await;
}

#[tokio::test]
async fn a_copy_of_the_form_sent_twice_is_taken_once_and_nobody_learns_who_is_there() {
    with_small_pool(async |console| {
        let mut fields = PEOPLE[0].fields();
        fields.push(("token", console.token().await));
        let first = console.public_post("/nominate", &fields).await;
        let second = console.public_post("/nominate", &fields).await;
        assert_eq!(code_on(&first.page), code_on(&second.page));
        assert_eq!(console.nominations().await.len(), 1);
        fields[3].1 = "钱多多".to_owned();
        console.public_post("/nominate", &fields).await.expect_refused(&["已经提交过", "value=\"钱多多\""]);
        // A stranger who sends the same person gets the same answer as anybody.
        let stranger = console.nominate(PEOPLE[0]).await;
        assert_ne!(stranger, code_on(&first.page));
        assert_eq!(console.nominations().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_returned_nomination_is_looked_up_corrected_and_approved() {
    with_small_pool(async |console| {
        let code = console.nominate(PEOPLE[0]).await;
        let ask = [("code", code.to_lowercase())];
        let page = console.public_post("/nominate/status", &ask).await.page;
        assert!(page.contains("待审核") && page.contains("赵*龙"), "{page}");
        assert!(!page.contains("赵子龙") && !page.contains(PEOPLE[0].id_card));
        let seen = console.find("赵子龙", NominationState::Waiting).await;
        console.decide(&seen, "return", " ").await.expect_refused(&["请填写理由"]);
        console.decide(&seen, "return", "请核对姓名").await.expect_done();
        let page = console.public_post("/nominate/status", &ask).await.page;
        assert!(page.contains("已退回") && page.contains("请核对姓名") && page.contains("更正后重新提交"));
        assert!(page.contains("value=\"县工会\"") && !page.contains("赵子龙"), "names are typed again");
        let mut fields = PEOPLE[0].fields();
        fields.push(("code", code.clone()));
        fields[3].1 = "赵子1".to_owned();
        console
            .public_post("/nominate/correct", &fields)
            .await
            .expect_refused(&["不能有“1”", "value=\"赵子1\""]);
        fields[3].1 = "赵云".to_owned();
        let answer = console.public_post("/nominate/correct", &fields).await;
        assert!(answer.page.contains("更正已收到"), "{}", answer.page);
        console.public_post("/nominate/correct", &fields).await.expect_refused(&["没有被退回"]);
        let again = console.find("赵云", NominationState::Waiting).await;
        console.decide(&again, "approve", "").await.expect_done();
        let page = console.public_post("/nominate/status", &ask).await.page;
        assert!(page.contains("已通过"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_code_and_an_unknown_one_get_the_same_answer() {
    with_small_pool(async |console| {
        for code in ["0000-0000-0000-0000", "你好", ""] {
            let answer = console.public_post("/nominate/status", &[("code", code.to_owned())]).await;
            answer.expect_refused(&["没有这个查询码"]);
        }
    })
    .await;
}

#[tokio::test]
async fn two_clerks_at_once_the_second_sees_what_the_first_did() {
    with_small_pool(async |console| {
        console.nominate(PEOPLE[0]).await;
        let seen = console.find("赵子龙", NominationState::Waiting).await;
        console.decide(&seen, "approve", "").await.expect_done();
        let second = console.decide(&seen, "reject", "重复").await;
        second.expect_refused(&["现在是“已通过”", "另一位工作人员", "创建办甲"]);
        assert_eq!(console.nominations().await[0].state, NominationState::Approved);
        // Approved, reopened and seen long ago: the state is the same, what was seen is not.
        let approved = console.find("赵子龙", NominationState::Approved).await;
        console.decide(&approved, "reopen", "").await.expect_done();
        console.decide(&seen, "approve", "").await.expect_refused(&["有了变动"]);
        let waiting = console.find("赵子龙", NominationState::Waiting).await;
        let (one, other) = tokio::join!(
            console.decide(&waiting, "approve", ""),
            console.decide(&waiting, "return", "缺职务")
        );
        let done = [&one, &other].iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
        assert_eq!(done, 1, "{} {}", one.status, other.status);
    })
    .await;
}

#[tokio::test]
async fn one_person_is_approved_once() {
    with_small_pool(async |console| {
        console.nominate(PEOPLE[0]).await;
        let first = console.find("赵子龙", NominationState::Waiting).await;
        console.decide(&first, "approve", "").await.expect_done();
        // The same ID card number under another name, then the same name and phone with another number.
        let same_card = super::people::Person { name: "赵云", phone: "13900000000", ..PEOPLE[0] };
        let same_phone = super::people::Person { id_card: PEOPLE[1].id_card, ..PEOPLE[0] };
        for (twin, name, words) in
            [(same_card, "赵云", "身份证号相同"), (same_phone, "赵子龙", "姓名和电话相同")]
        {
            console.nominate(twin).await;
            let seen = console.find(name, NominationState::Waiting).await;
            let page = console.get(COMMISSION, &format!("{QUEUE}/{}", seen.id)).await.page;
            assert!(page.contains("疑似重复提名") && page.contains(words), "{page}");
            assert!(page.contains(&format!("{QUEUE}/{}", first.id)));
            console.decide(&seen, "approve", "").await.expect_refused(&["不能重复通过"]);
            let pick = format!("{}:{}", seen.id, seen.version);
            console
                .post(COMMISSION, QUEUE, &[("pick", &pick)])
                .await
                .expect_refused(&["不能重复通过", "checked"]);
            console.decide(&seen, "reject", "重复").await.expect_done();
        }
        assert!(console.get(COMMISSION, &format!("{QUEUE}?state=rejected")).await.page.contains("疑似重复"));
    })
    .await;
}

const LIST: &str = "姓名,身份证号,手机,类别,推荐单位,工作单位及职务\n\
    赵子龙,110101199003070177,13800000001,离退休干部,县工会,\n\
    孙大圣,110101199003073116,13800000004,人大代表,,花果山\n";

async fn upload_list(console: &Console, csv: &str, ticked: &[&str]) -> super::harness::Answer {
    let mut body = Vec::new();
    for name in ticked {
        let part = format!(
            "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{}\r\n",
            if *name == "step" { "check" } else { "yes" }
        );
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(
        b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n",
    );
    body.extend_from_slice(csv.as_bytes());
    body.extend_from_slice(b"\r\n--x--\r\n");
    let media_type = "multipart/form-data; boundary=x";
    console
        .request(Some(COMMISSION), axum::http::Method::POST, "/console/2020/pool/list", media_type, body)
        .await
}

#[tokio::test]
async fn a_list_from_paper_is_checked_and_imported_as_a_whole() {
    with_small_pool(async |console| {
        upload_list(&console, LIST, &[]).await.expect_refused(&["知情同意书"]);
        let wrong = LIST.replace("070177", "070178").replace("人大代表", "渔民");
        let answer = upload_list(&console, &wrong, &["consent"]).await;
        answer.expect_refused(&["有 2 处不对", "第 2 行“身份证号”列", "第 3 行“类别”列", "渔民"]);
        assert!(!answer.page.contains("110101199003070178"), "no number is repeated");
        let checked = upload_list(&console, LIST, &["step"]).await;
        assert!(checked.status == StatusCode::OK && checked.page.contains("2 行全部可以导入"));
        assert!(console.nominations().await.is_empty());
        upload_list(&console, LIST, &["consent"]).await.expect_done();
        assert_eq!(console.nominations().await.len(), 2);
        let again = upload_list(&console, LIST, &["consent"]).await;
        again.expect_refused(&["2 行中有 2 行疑似重复", "赵*龙", "已有提名"]);
        assert_eq!(console.nominations().await.len(), 2);
        upload_list(&console, LIST, &["consent", "repeats"]).await.expect_done();
        assert_eq!(console.nominations().await.len(), 4);
        assert!(console.get(COMMISSION, QUEUE).await.page.contains("疑似重复"));
    })
    .await;
}

#[tokio::test]
async fn a_page_is_approved_at_once_but_for_repetitions() {
    with_small_pool(async |console| {
        for person in [PEOPLE[0], PEOPLE[0], PEOPLE[1], PEOPLE[2]] {
            console.nominate(person).await;
        }
        let page = console.get(COMMISSION, QUEUE).await.page;
        let shown = page.split("name=\"single\" value=\"").skip(1);
        let shown: Vec<_> = shown.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        assert_eq!(shown.len(), 2);
        let mut fields: Vec<_> = shown.iter().map(|single| ("single", single.as_str())).collect();
        fields.push(("step", "all"));
        console.post(COMMISSION, QUEUE, &fields).await.expect_done();
        let approved = console.nominations().await;
        let approved = approved.iter().filter(|one| one.state == NominationState::Approved).count();
        assert_eq!(approved, 2);
    })
    .await;
}

#[tokio::test]
async fn a_public_form_is_short() {
    with_small_pool(async |console| {
        let mut fields = PEOPLE[0].fields();
        fields[6].1 = "长".repeat(30_000);
        let answer = console.public_post("/nominate", &fields).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.page.contains("请求内容过大"), "{}", answer.page);
    })
    .await;
}

#[tokio::test]
async fn too_many_nominations_of_one_client_wait_an_hour_and_keep_what_was_typed() {
    with_small_pool(async |console| {
        for _ in 0..20 {
            console.nominate(PEOPLE[0]).await;
        }
        let mut fields = PEOPLE[1].fields();
        fields.push(("token", console.token().await));
        let answer = console.public_post("/nominate", &fields).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(
            answer.page.contains("value=\"欧阳娜娜\"") && answer.page.contains("一小时后"),
            "{}",
            answer.page
        );
        console.clock.advance(SignedDuration::from_hours(1));
        assert_eq!(console.public_post("/nominate", &fields).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn clients_are_told_apart_by_the_address_of_their_connection() {
    with_small_pool(async |console| {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/nominate", listener.local_addr().unwrap());
        let app = App {
            context: console.context.clone(),
            county_name: "宁晋县".to_owned(),
            public_url: "http://127.0.0.1".to_owned(),
        };
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = tokio::spawn(serve(listener, app, async { _ = stopped.await }));
        let fields = PEOPLE[0].fields();
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = urlencoded(&fields);
        // The client speaks no TLS here, but is built to.
        _ = rustls::crypto::ring::default_provider().install_default();
        let client = |from: [u8; 4]| {
            let from = std::net::IpAddr::from(from);
            reqwest::Client::builder().local_address(from).build().unwrap()
        };
        let send = async |client: &reqwest::Client| {
            // What a stranger writes into a header does not make another client of him.
            let request = client
                .post(&address)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("x-forwarded-for", "10.0.0.9");
            request.body(body.clone()).send().await.unwrap().status().as_u16()
        };
        let (one, other) = (client([127, 0, 0, 1]), client([127, 0, 0, 2]));
        for _ in 0..20 {
            assert_eq!(send(&one).await, 200);
        }
        assert_eq!((send(&one).await, send(&other).await), (429, 200));
        stop.send(()).unwrap();
        drop((one, other));
        serving.await.unwrap().unwrap();
    })
    .await;
}

#[tokio::test]
async fn names_and_numbers_reach_no_role_that_need_not_know_them_and_no_log() {
    with_small_pool(async |console| {
        console.nominate(PEOPLE[0]).await;
        let one = console.nominations().await.remove(0);
        let pages = ["/console/2020/pool".to_owned(), QUEUE.to_owned(), format!("{QUEUE}/{}", one.id)];
        assert!(console.get(COMMISSION, &pages[2]).await.page.contains(PEOPLE[0].id_card));
        for role in [Role::Supervisor, Role::Auditor, Role::CheckIn] {
            for path in &pages {
                let answer = console.get(role, path).await;
                assert_eq!(answer.status, StatusCode::OK, "{role} {path}");
                for secret in [PEOPLE[0].name, PEOPLE[0].id_card, PEOPLE[0].phone, "县教育局", "县工会"]
                {
                    assert!(!answer.page.contains(secret), "{role} {path}");
                }
                assert!(path == &pages[0] || answer.page.contains("赵*龙"), "{role} {path}");
            }
            for path in ["slips", "letters", "representatives"] {
                let answer = console.get(role, &format!("/console/2020/pool/{path}")).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN);
            }
        }
        for role in [Role::Administrator, Role::Chair, Role::Steward, Role::Trustee, Role::CardOfficer] {
            assert_eq!(console.get(role, &pages[2]).await.status, StatusCode::FORBIDDEN, "{role}");
        }
        let mut tx = console.context.db.read().await.unwrap();
        let entries = log_entries::list(&mut tx, &console.context.county, 0, 1000).await.unwrap();
        assert!(entries.iter().any(|entry| entry.event.contains("nomination_received")));
        for entry in entries {
            for secret in [PEOPLE[0].name, PEOPLE[0].id_card, PEOPLE[0].phone] {
                assert!(!entry.event.contains(secret), "{}", entry.event);
            }
        }
    })
    .await;
}
