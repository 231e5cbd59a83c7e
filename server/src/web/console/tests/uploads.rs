//! Files that people hand in: what is taken, and how the rest is refused.

use axum::http::{Method, StatusCode};
use evaluation::rules::NINGJIN_2020 as RULES;

use super::harness::{Console, pool_csv};
use crate::domain::{EditionState, Role};
use crate::service::overview::{find_edition, list_offices};
use crate::store::pool;
use crate::testing::TestDb;

async fn with_open_pool(console: &Console) {
    console.take_the_list_of_the_notice().await;
    console.post(Role::Commission, "/console/2020/offices/publish", &[]).await.expect_done();
    console.post(Role::Commission, "/console/2020/pool/open", &[]).await.expect_done();
}

async fn people(console: &Console) -> usize {
    let edition = find_edition(&console.context, 2020).await.unwrap();
    let mut tx = console.context.db.read().await.unwrap();
    pool::list(&mut tx, &console.context.county, &edition.id).await.unwrap().len()
}

#[tokio::test]
async fn a_bad_pool_is_refused_with_row_and_reason_and_nothing_is_imported() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            with_open_pool(&console).await;
            let path = "/console/2020/pool";
            let good = pool_csv([150, 150]);
            let cases: [(String, &[&str]); 6] = [
                (good.replace("类别", "种类"), &["缺少", "类别", "Add it and import again"]),
                (good.replace("A002,", "A001,"), &["第 3 行", "A001", "第 2 行", "row 3"]),
                (pool_csv([150, 149]), &["299 人", "300 人", "299 people"]),
                (pool_csv([251, 49]), &["半区 B", "49 人", "half B has 49 people"]),
                (good.replace("农民", "渔民"), &["渔民"]),
                (String::new(), &["请先选择人员名单文件"]),
            ];
            for (csv, words) in cases {
                console.upload(Role::Commission, path, csv.as_bytes()).await.expect_refused(words);
                assert_eq!(people(&console).await, 0);
            }
            console
                .upload(Role::Commission, path, &[0xff, 0x00, 0xfe, 0x81])
                .await
                .expect_refused(&["UTF-8", "GBK"]);
            let without_file = console.post(Role::Commission, path, &[("file", "x")]).await;
            without_file.expect_refused(&["请先选择人员名单文件"]);
            let locked = console.post(Role::Commission, "/console/2020/pool/lock", &[]).await;
            locked.expect_refused(&["人员库现有0人", "300"]);
        })
        .await;
}

#[tokio::test]
async fn a_gbk_file_is_read() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            with_open_pool(&console).await;
            // “编号,半区,类别,姓名” and two categories in GBK, as Excel on a Chinese Windows writes them.
            let heading = b"\xb1\xe0\xba\xc5,\xb0\xeb\xc7\xf8,\xc0\xe0\xb1\xf0\r\n";
            let (investor, farmer) = (b"\xcd\xe2\xb5\xd8\xbf\xcd\xc9\xcc", b"\xc5\xa9\xc3\xf1");
            let mut file = heading.to_vec();
            for number in 0..300 {
                let (half, category): (_, &[u8]) = if number < 150 { ("A", investor) } else { ("B", farmer) };
                file.extend_from_slice(format!("P{number},{half},").as_bytes());
                file.extend_from_slice(category);
                file.extend_from_slice(b"\r\n");
            }
            console.upload(Role::Commission, "/console/2020/pool", &file).await.expect_done();
            assert_eq!(people(&console).await, 300);
            let page = console.get(Role::Commission, "/console/2020/pool?done=pool_imported").await.page;
            assert!(page.contains("人员库已导入") && page.contains("300 / 300"), "{page}");
        })
        .await;
}

#[tokio::test]
async fn a_bad_list_of_offices_is_refused_and_the_list_stays_as_it_was() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            console.take_the_list_of_the_notice().await;
            let path = "/console/2020/offices";
            let two = "number,section,unit,office,scope,carried_over,full_name\n\
                   1,government,甲局,一股,,false,甲局一股\n1,government,乙局,二股,,false,乙局二股\n";
            console
                .upload(Role::Commission, path, two.as_bytes())
                .await
                .expect_refused(&["第 3 行", "row 3"]);
            let edition = find_edition(&console.context, 2020).await.unwrap();
            assert_eq!(list_offices(&console.context, &edition.id).await.unwrap().len(), 70);
            assert_eq!(edition.state, EditionState::Draft);
        })
        .await;
}

#[tokio::test]
async fn a_file_over_ten_megabytes_gets_a_page_and_a_broken_body_another() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            with_open_pool(&console).await;
            let huge = vec![b'a'; 11 << 20];
            let answer = console.upload(Role::Commission, "/console/2020/pool", &huge).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
            assert!(answer.page.contains("10 MB") && answer.page.contains("Nothing was imported"));
            for media_type in
                ["multipart/form-data", "multipart/form-data; boundary=x", "application/json", ""]
            {
                let body = b"--y broken".to_vec();
                let path = "/console/2020/pool";
                let answer =
                    console.request(Some(Role::Commission), Method::POST, path, media_type, body).await;
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{media_type}");
                assert!(answer.page.contains("格式不对"));
            }
        })
        .await;
}

#[tokio::test]
async fn rules_of_another_year_can_be_uploaded_and_broken_ones_are_named() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            let path = "/console/editions";
            console.upload(Role::Commission, path, b"\xff\xfe").await.expect_refused(&["UTF-8"]);
            console
                .upload(Role::Commission, path, b"year = ")
                .await
                .expect_refused(&["规则文件读不懂", "line 1"]);
            let small = RULES.replace("size = 300", "size = 10");
            console.upload(Role::Commission, path, small.as_bytes()).await.expect_refused(&["pool.size"]);
            let next = RULES.replace("ningjin-2020", "ningjin-2021").replace("2020", "2021");
            let answer = console.upload(Role::Commission, path, next.as_bytes()).await.expect_done();
            assert_eq!(answer.location, "/console/2021?done=edition_created");
            console
                .upload(Role::Commission, path, next.as_bytes())
                .await
                .expect_refused(&["2021年度的评议已经建立"]);
            let offices = console.get(Role::Commission, "/console/2021/offices").await.page;
            assert!(!offices.contains("使用通知中的"), "the notice is of 2020");
        })
        .await;
}

#[tokio::test]
async fn a_workbook_is_read_and_its_faults_are_named() {
    const FORMULA: &[u8] = include_bytes!("../../../../../tests/fixtures/spreadsheets/formula.xlsx");
    const GOOD: &[u8] = include_bytes!("../../../../../tests/fixtures/spreadsheets/good.xlsx");
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            with_open_pool(&console).await;
            let path = "/console/2020/pool";
            let formula = console.upload(Role::Commission, path, FORMULA).await;
            formula.expect_refused(&["第 2 行“姓名”列", "选择性粘贴", "没有导入任何内容", "is a formula"]);
            // Read without a fault; but nobody's phone belongs into a list that is published.
            console.upload(Role::Commission, path, GOOD).await.expect_refused(&["个人信息列“电话”"]);
            assert_eq!(people(&console).await, 0);
        })
        .await;
}
