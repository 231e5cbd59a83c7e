//! Absences after the draw: the page, the form, and what the second person sees.

use std::fmt::Write as _;

use axum::http::{Method, StatusCode};
use evaluation::hash::Sha256Hash;

use super::harness::Console;
use super::year::{draw, prepare_pool};
use crate::domain::Role;
use crate::service::absence::seats;
use crate::service::overview::find_edition;
use crate::testing::TestDb;

const PATH: &str = "/console/2020/absences";
const TWO: [Role; 2] = [Role::Commission, Role::Supervisor];

async fn first_holder(console: &Console) -> String {
    let edition = find_edition(&console.context, 2020).await.unwrap();
    seats(&console.context, &edition.id).await.unwrap().unwrap().holders[0].id.to_string()
}

async fn last_called(console: &Console) -> String {
    let edition = find_edition(&console.context, 2020).await.unwrap();
    let seats = seats(&console.context, &edition.id).await.unwrap().unwrap();
    seats.absences.last().unwrap().called.clone().unwrap()
}

/// A representative is ill, and the alternate who is called declines.
pub(super) async fn an_absence_and_a_declining_alternate(console: &Console) {
    let hash = Sha256Hash::of("请假条").to_string();
    let absent = first_holder(console).await;
    let rest = [("reason", "illness"), ("document_number", "宁创办〔2020〕31号"), ("document", &hash)];
    console.together(TWO, PATH, &[("member", &absent), rest[0], rest[1], rest[2]]).await.expect_done();
    let called = last_called(console).await;
    assert_ne!(called, absent);
    let declined = [("member", called.as_str()), ("reason", "declined"), rest[1], rest[2]];
    console.together(TWO, PATH, &declined).await.expect_done();
    let page = console.get(Role::Supervisor, PATH).await.page;
    for words in ["疾病", "本人辞谢", "宁创办〔2020〕31号", hash.as_str(), absent.as_str(), called.as_str()]
    {
        assert!(page.contains(words), "no {words} in {page}");
    }
    assert!(page.contains("A 组现有代表 50 名"), "{page}");
    let public = console.request(None, Method::GET, "/draw", "", Vec::new()).await.page;
    for words in ["缺席和递补", "疾病", "本人辞谢", "宁创办〔2020〕31号", absent.as_str(), &hash[..12]]
    {
        assert!(public.contains(words), "no {words} in {public}");
    }
}

#[tokio::test]
async fn the_second_person_sees_who_loses_the_seat_and_who_is_called() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            prepare_pool(&console).await;
            assert!(console.get(Role::Commission, PATH).await.page.contains("还没有抽取"));
            Box::pin(draw(&console)).await;
            for path in ["/console/2020", "/console/2020/draw"] {
                assert!(console.get(Role::Commission, path).await.page.contains(PATH), "{path}");
                assert!(!console.get(Role::Chair, path).await.page.contains(PATH), "{path}");
            }
            let absent = first_holder(&console).await;
            let answer = send_file(&console, &absent, "请假条", "").await.expect_done();
            let act = answer.location.split('?').next().unwrap();
            let page = console.get(Role::LeadingGroup, act).await.page;
            let hash = Sha256Hash::of("请假条").to_string();
            for words in ["失去席位", absent.as_str(), "递补", "公务冲突", "宁创办〔2020〕31号", &hash[..8]]
            {
                assert!(page.contains(words), "no {words} in {page}");
            }
            console.post(Role::LeadingGroup, &format!("{act}/confirm"), &[]).await.expect_done();
            let called = last_called(&console).await;
            assert!(page.contains(&called), "the page named {called}: {page}");
            let page = console.get(Role::CheckIn, &format!("{PATH}?lang=en")).await.page;
            assert!(
                page.contains("public duty")
                    && page.contains(&called)
                    && !page.contains("<form class=\"panel\"")
            );
            assert_eq!(console.get(Role::Chair, PATH).await.status, StatusCode::FORBIDDEN);
        })
        .await;
}

#[tokio::test]
async fn a_refused_absence_is_shown_again_as_it_was_typed() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            prepare_pool(&console).await;
            Box::pin(draw(&console)).await;
            let absent = first_holder(&console).await;
            let all = [
                ("member", absent.as_str()),
                ("reason", "family"),
                ("document_number", "宁创办〔2020〕31号"),
                ("document", "12 ab"),
            ];
            let refused = [
                (&all[1..], "请选择不能到会的代表"),
                (&[all[0], all[2], all[3]][..], "请选择缺席原因"),
                (&[all[0], all[1], all[3]][..], "请填写证明文件的文号"),
                (&all[..3], "请选择证明文件，或填写它的核对码"),
                (&all[..], "文件核对码应为 64 位十六进制数"),
            ];
            for (fields, words) in refused {
                let answer = console.post(Role::Commission, PATH, fields).await;
                let typed: Vec<_> = fields.iter().map(|(_, value)| format!("value=\"{value}\"")).collect();
                let mut expected: Vec<_> = typed.iter().map(String::as_str).collect();
                expected.push(words);
                answer.expect_refused(&expected);
            }
            let hash = Sha256Hash::of("另一份").to_string();
            send_file(&console, &absent, "请假条", &hash)
                .await
                .expect_refused(&["所选文件与填写的核对码不符", &hash]);
            let nobody = [("member", "A9999"), all[1], all[2], ("document", hash.as_str())];
            console.post(Role::Commission, PATH, &nobody).await.expect_refused(&["名单中没有 A9999"]);
            let edition = find_edition(&console.context, 2020).await.unwrap();
            assert!(seats(&console.context, &edition.id).await.unwrap().unwrap().absences.is_empty());
        })
        .await;
}

/// The form with a file, as a browser sends it.
async fn send_file(console: &Console, member: &str, file: &str, typed_hash: &str) -> super::harness::Answer {
    let fields = [
        ("member", member),
        ("reason", "public_duty"),
        ("document_number", "宁创办〔2020〕31号"),
        ("document", typed_hash),
    ];
    let mut body = String::new();
    for (name, value) in fields {
        let _ = write!(body, "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"";
    let _ = write!(body, "--x\r\n{head}\r\n\r\n{file}\r\n--x--\r\n");
    let media_type = "multipart/form-data; boundary=x";
    console.request(Some(Role::Commission), Method::POST, PATH, media_type, body.into()).await
}
