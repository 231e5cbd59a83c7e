//! A whole year through the console, from an empty system to the published result.

use axum::http::StatusCode;
use evaluation::draw::{Secret, commitment};
use evaluation::publication::command;
use evaluation::publication::verify::Options;

use super::absences::an_absence_and_a_declining_alternate;
use super::hall::Hall;
use super::harness::{Console, pool_csv};
use crate::domain::{EditionState, PollState, Role};
use crate::service::overview::{announcement, find_edition, find_poll, list_draws};
use crate::testing::{TestDb, rng};

const COMMISSION: Role = Role::Commission;

async fn state(console: &Console) -> EditionState {
    find_edition(&console.context, 2020).await.unwrap().state
}

async fn poll_state(console: &Console) -> PollState {
    let edition = find_edition(&console.context, 2020).await.unwrap();
    find_poll(&console.context, &edition.id).await.unwrap().unwrap().poll.state
}

/// Every page of the year opens for everybody who may see it, in both languages.
async fn every_page_opens(console: &Console) {
    for role in [COMMISSION, Role::Supervisor, Role::Administrator, Role::CheckIn] {
        for page in [
            "",
            "/offices",
            "/pool",
            "/draw",
            "/statements",
            "/poll",
            "/sanctions",
            "/absences",
            "/publication",
        ] {
            for language in ["zh", "en"] {
                let answer = console.get(role, &format!("/console/2020{page}?lang={language}")).await;
                let fine = [StatusCode::OK, StatusCode::FORBIDDEN].contains(&answer.status);
                assert!(fine, "{role} {page} {language}: {} {}", answer.status, answer.page);
            }
        }
    }
}

pub(super) async fn prepare_pool(console: &Console) {
    let empty = console.get(COMMISSION, "/console").await;
    assert_eq!(empty.location, "/console/editions");
    let editions = console.get(COMMISSION, "/console/editions").await.page;
    assert!(editions.contains("还没有年度评议") && editions.contains("办字〔2020〕15号"), "{editions}");
    console.post(COMMISSION, "/console/editions/ningjin-2020", &[]).await.expect_done();
    assert_eq!(console.get(COMMISSION, "/console").await.location, "/console/2020");
    every_page_opens(console).await;
    console.post(COMMISSION, "/console/2020/offices/publish", &[]).await.expect_refused(&["尚未录入股室"]);
    console.post(COMMISSION, "/console/2020/offices/notice", &[]).await.expect_done();
    console.post(COMMISSION, "/console/2020/offices/publish", &[]).await.expect_done();
    let late = console.post(COMMISSION, "/console/2020/offices/notice", &[]).await;
    late.expect_refused(&["此步骤只能在“筹备中”阶段进行"]);
    console.post(COMMISSION, "/console/2020/pool/open", &[]).await.expect_done();
    console.upload(COMMISSION, "/console/2020/pool", pool_csv([140, 160]).as_bytes()).await.expect_done();
    console.post(COMMISSION, "/console/2020/pool/lock", &[]).await.expect_done();
    assert_eq!(state(console).await, EditionState::PoolLocked);
}

fn announce_fields(parties: &str) -> [(&str, &str); 3] {
    [("draw_id", "ningjin-2020-1"), ("parties", parties), ("dice_digits", "6")]
}

pub(super) async fn draw(console: &Console) {
    let path = "/console/2020/draw";
    let few = console.post(COMMISSION, path, &announce_fields("纪委\n人大")).await;
    few.expect_refused(&["至少要有3方", "纪委\n人大"]);
    let parties = announce_fields("县纪委监委\n县人大\n县政协");
    console.post(COMMISSION, path, &parties).await.expect_done();
    // The first ceremony is broken off; the second one is held.
    console
        .post(COMMISSION, &format!("{path}/1/void"), &[("reason", "")])
        .await
        .expect_refused(&["请写明作废原因"]);
    console.post(COMMISSION, &format!("{path}/1/void"), &[("reason", "骰子落地")]).await.expect_done();
    let again = [("draw_id", "ningjin-2020-2"), parties[1], parties[2]];
    console.post(COMMISSION, path, &again).await.expect_done();

    let edition = find_edition(&console.context, 2020).await.unwrap();
    let row = list_draws(&console.context, &edition.id).await.unwrap().pop().unwrap();
    let hash = announcement(&row).unwrap().hash();
    let mut rng = rng();
    let secrets: Vec<_> = (0..3).map(|_| Secret::generate(&mut rng)).collect();
    let commitments: Vec<_> =
        (1..).zip(&secrets).map(|(party, secret)| commitment(hash, party, secret).to_string()).collect();
    let two = [("commitment-1", commitments[0].as_str()), ("commitment-2", "xyz")];
    let refused = console.post(COMMISSION, &format!("{path}/2/commitments"), &two).await;
    refused.expect_refused(&["第2方的承诺值应为64位小写十六进制数", &commitments[0]]);
    let all = [two[0], ("commitment-2", commitments[1].as_str()), ("commitment-3", commitments[2].as_str())];
    console.post(COMMISSION, &format!("{path}/2/commitments"), &all).await.expect_done();
    let dice = format!("{path}/2/dice");
    console
        .post(COMMISSION, &dice, &[("first", "314159"), ("second", "314158")])
        .await
        .expect_refused(&["314158"]);
    console.post(COMMISSION, &dice, &[("first", "314 159"), ("second", "314159")]).await.expect_done();
    let reveals = format!("{path}/2/reveals");
    let shown =
        [("secret-1", secrets[0].expose()), ("secret-2", secrets[1].expose()), ("secret-3", "MISSING")];
    console
        .post(COMMISSION, &reveals, &[shown[0], shown[1], ("secret-3", "00")])
        .await
        .expect_refused(&["第3方的秘密值"]);
    let proposed = console.post(COMMISSION, &reveals, &shown).await.expect_done();
    let act = proposed.location.split('?').next().unwrap();
    // Shown in groups of eight, and only to the one who compares them with the envelopes.
    let group = &secrets[0].expose()[..8];
    assert!(!console.get(Role::Chair, act).await.page.contains(group));
    assert!(console.get(Role::Supervisor, act).await.page.contains(group));
    console.post(Role::Supervisor, &format!("{act}/confirm"), &[]).await.expect_done();
    let page = console.get(COMMISSION, path).await.page;
    assert!(page.contains("已抽取 100 名评议代表") && page.contains("骰子落地"), "{page}");
    assert_eq!(state(console).await, EditionState::Drawn);
}

async fn prepare_poll(console: &Console) -> Hall {
    console.post(COMMISSION, "/console/2020/statements", &[]).await.expect_done();
    let path = "/console/2020/poll";
    let spare = [("trustee-1", "甲"), ("trustee-2", "乙"), ("trustee-3", "丙"), ("spare_cards", "2")];
    console
        .post(COMMISSION, path, &spare[..2])
        .await
        .expect_refused(&["备用评议卡应为0至200张", "value=\"乙\""]);
    console.post(COMMISSION, path, &[spare[0], spare[1], spare[3]]).await.expect_refused(&["3名监票人"]);
    console.post(COMMISSION, path, &spare).await.expect_done();
    let mut hall = Hall::enrol(console).await;
    hall.send_keys(console).await;
    console.post(COMMISSION, &format!("{path}/keys/restart"), &[]).await.expect_done();
    assert_eq!(poll_state(console).await, PollState::Setup);
    let page = console.get(COMMISSION, path).await.page;
    assert!(page.contains("任意 2 人即可计票") && page.contains("举行密钥仪式"), "{page}");
    hall.send_keys(console).await;
    assert_eq!(poll_state(console).await, PollState::KeysReady);
    hall.make_cards(console).await;
    let page = console.get(COMMISSION, path).await.page;
    assert!(page.contains("开启单核对码") && page.contains("102 / 102"), "{page}");
    hall
}

async fn hold_poll(console: &Console, hall: &Hall) {
    let path = "/console/2020/poll";
    let two = [Role::Chair, Role::Supervisor];
    console.together(two, &format!("{path}/open"), &[]).await.expect_done();
    assert_eq!(poll_state(console).await, PollState::Open);
    console.post(Role::Steward, &format!("{path}/pause"), &[]).await.expect_done();
    console.post(Role::Chair, &format!("{path}/resume"), &[]).await.expect_done();
    Box::pin(hall.vote(console, 2)).await;
    let turnout = console.get(Role::Chair, &format!("{path}/turnout")).await.page;
    assert!(
        turnout.contains("http-equiv=\"refresh\" content=\"10\"")
            && turnout.contains("class=\"figure-huge\">2<")
    );
    console.post(COMMISSION, &format!("{path}/reconcile"), &[]).await.expect_refused(&["投票进行中"]);
    console.together(two, &format!("{path}/close"), &[]).await.expect_done();
}

async fn finish(console: &Console, hall: &Hall) {
    let (poll, two) = ("/console/2020/poll", [COMMISSION, Role::Supervisor]);
    let sanction = [("number", "7"), ("document_number", "宁纪〔2020〕8号"), ("decided_on", "2020-12-12")];
    let path = "/console/2020/sanctions";
    console
        .post(COMMISSION, path, &sanction[..2])
        .await
        .expect_refused(&["请填写文件日期", "宁纪〔2020〕8号"]);
    console.together(two, path, &sanction).await.expect_done();
    console.post(COMMISSION, &format!("{poll}/reconcile"), &[]).await.expect_done();
    let late = [("number", "8"), sanction[1], sanction[2]];
    let proposed = console.post(COMMISSION, path, &late).await.expect_done();
    let act = proposed.location.split('?').next().unwrap();
    console.post(Role::Supervisor, &format!("{act}/confirm"), &[]).await.expect_refused(&["已经冻结"]);
    hall.decrypt(console).await;
    let early = console.post(COMMISSION, "/console/2020/publication", &[]).await;
    early.expect_refused(&["投票结果尚未揭晓"]);
    console.together(two, &format!("{poll}/reveal"), &[]).await.expect_done();
    every_page_opens(console).await;
    console.together(two, "/console/2020/publication", &[]).await.expect_done();
}

#[tokio::test]
async fn a_year_goes_from_nothing_to_the_published_result() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            prepare_pool(&console).await;
            draw(&console).await;
            an_absence_and_a_declining_alternate(&console).await;
            let hall = Box::pin(prepare_poll(&console)).await;
            Box::pin(hold_poll(&console, &hall)).await;
            finish(&console, &hall).await;
            assert_eq!(state(&console).await, EditionState::Published);
            let publication = console.context.publication(2020);
            assert!(publication.join("ranking.csv").exists());
            let replacements = std::fs::read_to_string(publication.join("draw/replacements.tsv")).unwrap();
            assert_eq!(
                (replacements.lines().count(), publication.join("draw/absences.tsv").exists()),
                (3, true)
            );
            let mut report = Vec::new();
            let code = command::run(&publication, Options::default(), false, &mut report).unwrap();
            assert_eq!(code, 0, "{}", String::from_utf8_lossy(&report));
            every_page_opens(&console).await;
            let log = console.post(Role::Auditor, "/console/log/verify", &[]).await;
            assert!(log.page.contains("条记录全部相符"), "{}", log.page);
        })
        .await;
}
