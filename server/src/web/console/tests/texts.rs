//! Duties, commitment, statement and opinions of an office, through the console.

use axum::http::StatusCode;

use super::harness::Console;
use crate::domain::{EditionState, Role};
use crate::service::overview::{find_edition, list_offices};
use crate::store::offices::Office;
use crate::store::{editions, offices};
use crate::testing::TestDb;

const PATH: &str = "/console/2020/offices/3";
const TWO: [Role; 2] = [Role::Commission, Role::LeadingGroup];

async fn texts(console: &Console) -> [Option<String>; 4] {
    let edition = find_edition(&console.context, 2020).await.unwrap();
    let office = list_offices(&console.context, &edition.id).await.unwrap().swap_remove(2);
    assert_eq!(office.number, 3);
    [office.duties, office.commitment, office.statement, office.opinions]
}

#[tokio::test]
async fn texts_of_an_office_are_typed_by_one_person_and_compared_by_another() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            console.take_the_list_of_the_notice().await;
            let long = "述".repeat(401);
            let fields = [
                ("duties", " 管水\r\n管井 "),
                ("commitment", "限时办结<b>"),
                ("statement", long.as_str()),
                ("opinions", "电话不好打"),
            ];
            let refused = console.post(Role::Commission, PATH, &fields).await;
            refused.expect_refused(&["述职有 401 个字，最多 400 个字", "限时办结&lt;b&gt;", &long]);
            assert_eq!(texts(&console).await, [None, None, None, None]);
            let statement = "述".repeat(400);
            let fields = [fields[0], fields[1], ("statement", statement.as_str()), fields[3]];
            let proposed = console.post(Role::Commission, PATH, &fields).await.expect_done();
            assert_eq!(texts(&console).await, [None, None, None, None]);
            let act = proposed.location.split('?').next().unwrap();
            let seen = console.get(Role::LeadingGroup, act).await.page;
            assert!(
                seen.contains("限时办结&lt;b&gt;")
                    && seen.contains(&statement)
                    && seen.contains("电话不好打")
                    && seen.contains("3 "),
                "{seen}"
            );
            console.post(Role::LeadingGroup, &format!("{act}/confirm"), &[]).await.expect_done();
            let [duties, commitment, found, opinions] = texts(&console).await;
            assert_eq!(duties.as_deref(), Some("管水\n管井"));
            assert_eq!((commitment.as_deref(), found), (Some("限时办结<b>"), Some(statement.clone())));
            assert_eq!(opinions.as_deref(), Some("电话不好打"));
            let list = console.get(Role::Auditor, "/console/2020/offices").await.page;
            assert!(list.contains("职责、承诺、述职、群众意见</a>") && list.contains("尚未录入"), "{list}");
            console.post(Role::Commission, PATH, &fields).await.expect_refused(&["没有改动，不必提出"]);
            let mut tx = console.context.db.read().await.unwrap();
            let entries =
                crate::store::log_entries::list(&mut tx, &console.context.county, 0, 100).await.unwrap();
            assert!(
                entries.iter().any(|entry| entry.event.contains("office_text_changed")
                    && entry.event.contains("\"number\":3"))
            );
        })
        .await;
}

#[tokio::test]
async fn texts_stay_as_they_are_once_the_statements_are_public() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            console.take_the_list_of_the_notice().await;
            let early = console.post(Role::Commission, PATH, &[("duties", "管水")]).await.expect_done();
            let edition = find_edition(&console.context, 2020).await.unwrap().id;
            let mut tx = console.context.db.write().await.unwrap();
            let (from, to) = (EditionState::Draft, EditionState::StatementsPublished);
            editions::set_state(&mut tx, &console.context.county, &edition, from, to).await.unwrap();
            tx.commit().await.unwrap();
            let act = early.location.split('?').next().unwrap();
            console.post(TWO[1], &format!("{act}/confirm"), &[]).await.expect_refused(&["不能再改"]);
            console.post(Role::Commission, PATH, &[("duties", "管水")]).await.expect_refused(&["不能再改"]);
            let page = console.get(Role::Commission, PATH).await;
            assert!(
                !page.page.contains("<form class=\"panel\"") && page.page.contains("不能再改"),
                "{}",
                page.page
            );
            assert_eq!(
                console.get(Role::Commission, "/console/2020/offices/71").await.status,
                StatusCode::NOT_FOUND
            );
            assert_eq!(texts(&console).await, [None, None, None, None]);
        })
        .await;
}

#[tokio::test]
async fn the_step_that_freezes_the_texts_names_the_offices_that_lack_some() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            console.take_the_list_of_the_notice().await;
            let (context, edition) =
                (&console.context, find_edition(&console.context, 2020).await.unwrap().id);
            let mut tx = context.db.write().await.unwrap();
            let offices = offices::list(&mut tx, &context.county, &edition).await.unwrap();
            for office in &offices {
                let statement = (office.number != 3).then(|| "述职".to_owned());
                let texts = Office { statement, opinions: Some("意见".to_owned()), ..office.clone() };
                offices::set_texts(&mut tx, &context.county, &edition, &texts).await.unwrap();
            }
            let (from, to) = (EditionState::Draft, EditionState::Drawn);
            editions::set_state(&mut tx, &context.county, &edition, from, to).await.unwrap();
            tx.commit().await.unwrap();
            let page = console.get(Role::Commission, "/console/2020/statements").await.page;
            assert!(page.contains("公开以后不能再补") && page.contains("没有述职的股室：1 个"), "{page}");
            assert!(!page.contains("没有群众意见摘要"), "{page}");

            let mut tx = context.db.write().await.unwrap();
            let texts = Office { statement: Some("述职".to_owned()), ..offices[2].clone() };
            let texts = Office { opinions: Some("意见".to_owned()), ..texts };
            offices::set_texts(&mut tx, &context.county, &edition, &texts).await.unwrap();
            tx.commit().await.unwrap();
            let page = console.get(Role::Commission, "/console/2020/statements").await.page;
            assert!(!page.contains("公开以后不能再补"), "{page}");
        })
        .await;
}
