//! The lock of the pool, what becomes public, what is printed, and the erasure at the end.

use std::process::Command;

use axum::http::StatusCode;
use evaluation::hash::Sha256Hash;
use evaluation::pool::Pool;

use super::harness::{Console, pool_csv};
use super::people::{PEOPLE, QUEUE};
use crate::demo::ceremony::{enter, form};
use crate::domain::{EditionState, NominationState, Role};
use crate::service::overview::find_edition;
use crate::service::{act, draw};
use crate::testing::{TestDb, rng};

const COMMISSION: Role = Role::Commission;
const POOL: &str = "/console/2020/pool";

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

/// What stands between the tags of a class, without the tags inside.
fn texts(page: &str, tag: &str) -> Vec<String> {
    page.split(tag).skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

/// The command on each slip gives the anchor of the published pool.
async fn slips_recompute_the_anchors(console: &Console, pool: &Pool) {
    let slips = console.get(COMMISSION, &format!("{POOL}/slips")).await.page;
    let commands = texts(&slips, "<p class=\"slip-command\">");
    let ids = texts(&slips, "<p class=\"slip-id\">");
    assert_eq!(
        (commands.len(), ids.as_slice()),
        (4, ["P001", "P002", "P003", "P004"].map(str::to_owned).as_slice())
    );
    for (command, id) in commands.iter().zip(&ids) {
        let output = Command::new("sh").arg("-c").arg(command).output().unwrap();
        let member = pool.find(&id.parse().unwrap()).unwrap();
        let expected = format!("{}  -\n", pool.cell(member, "anchor").unwrap());
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    }
    for person in PEOPLE {
        assert!(slips.contains(person.name));
    }
}

#[tokio::test]
async fn approved_people_become_a_locked_pool_whose_anchors_anybody_recomputes() {
    with_small_pool(async |console| {
        let code = console.nominate(PEOPLE[0]).await;
        let first = console.find("赵子龙", NominationState::Waiting).await;
        console.decide(&first, "approve", "").await.expect_done();
        console
            .post(COMMISSION, &format!("{POOL}/lock"), &[])
            .await
            .expect_refused(&["人员库现有1人", "4人"]);
        for person in &PEOPLE[1..] {
            console.nominate(*person).await;
            let seen = console.find(person.name, NominationState::Waiting).await;
            console.decide(&seen, "approve", "").await.expect_done();
        }
        let page = console.get(COMMISSION, POOL).await.page;
        assert!(page.contains("4 / 4") && page.contains("value=\"ningjin-2020-1\""), "{page}");
        console
            .post(COMMISSION, &format!("{POOL}/lock"), &[("draw_id", "a b")])
            .await
            .expect_refused(&["抽取编号由字母", "value=\"a b\""]);
        assert_eq!(console.public_get("/pool/pool.tsv").await.status, StatusCode::NOT_FOUND);
        console.lock_pool(&[("draw_id", "ningjin-2020-1")]).await;

        let tsv = console.public_get("/pool/pool.tsv").await.page;
        let pool = Pool::from_tsv(tsv.as_bytes()).unwrap();
        assert_eq!(
            (pool.members().len(), pool.columns().to_vec()),
            (4, vec!["anchor".to_owned(), "name".to_owned()])
        );
        let public = console.public_get("/pool").await.page;
        assert!(
            public.contains(&Sha256Hash::of(&tsv).to_string()) && public.contains("买****力"),
            "{public}"
        );
        for person in PEOPLE {
            assert!(
                !public.contains(person.name) && !tsv.contains(person.name) && !tsv.contains(person.id_card)
            );
        }
        let console_page = console.get(Role::Supervisor, POOL).await.page;
        assert!(
            console_page.contains(&Sha256Hash::of(&tsv).to_string()[..8])
                && console_page.contains("人员库已锁定")
        );

        slips_recompute_the_anchors(&console, &pool).await;
        let status = console.public_post("/nominate/status", &[("code", code)]).await.page;
        assert!(status.contains("库内编号") && status.contains("领取身份凭条"), "{status}");
    })
    .await;
}

#[tokio::test]
async fn after_the_lock_nothing_changes_any_more() {
    with_small_pool(async |console| {
        console.approve_everybody().await;
        console.lock_pool(&[]).await;
        assert!(console.public_get("/nominate").await.page.contains("现在不接受提名"));
        let one = console.find("孙大圣", NominationState::Approved).await;
        console.decide(&one, "reopen", "").await.expect_refused(&["人员库已锁定"]);
        for path in ["/lock", "/discard", "/open"] {
            console.post(COMMISSION, &format!("{POOL}{path}"), &[]).await.expect_refused(&["只能在"]);
        }
        console.upload(COMMISSION, POOL, pool_csv([2, 2]).as_bytes()).await.expect_refused(&["只能在"]);
        assert!(!console.get(COMMISSION, &format!("{QUEUE}/{}", one.id)).await.page.contains("/reopen"));
    })
    .await;
}

#[tokio::test]
async fn what_has_changed_since_the_proposal_is_not_locked() {
    with_small_pool(async |console| {
        console.approve_everybody().await;
        let proposed = console.post(COMMISSION, &format!("{POOL}/lock"), &[]).await.expect_done();
        let act = proposed.location.split('?').next().unwrap();
        let page = console.get(Role::LeadingGroup, act).await.page;
        assert!(
            page.contains("4 / 4") && page.contains("hash-large") && page.contains("ningjin-2020-1"),
            "{page}"
        );
        let one = console.find("孙大圣", NominationState::Approved).await;
        console.decide(&one, "reopen", "").await.expect_done();
        let one = console.find("孙大圣", NominationState::Waiting).await;
        let confirm = format!("{act}/confirm");
        console.post(Role::LeadingGroup, &confirm, &[]).await.expect_refused(&["有了变动"]);
        console.decide(&one, "reject", "本人放弃").await.expect_done();
        console.nominate(super::people::Person { phone: "13700000000", ..PEOPLE[3] }).await;
        let other = console.find("孙大圣", NominationState::Waiting).await;
        console.decide(&other, "approve", "").await.expect_done();
        console.post(Role::LeadingGroup, &confirm, &[]).await.expect_refused(&["有了变动"]);
        // A second proposal gives new ids and salts: the first one is worth nothing any more.
        let second = console.post(COMMISSION, &format!("{POOL}/lock"), &[]).await.expect_done();
        console.post(Role::LeadingGroup, &confirm, &[]).await.expect_refused(&["有了变动"]);
        let confirm = format!("{}/confirm", second.location.split('?').next().unwrap());
        console.post(Role::LeadingGroup, &confirm, &[]).await.expect_done();
        let edition = find_edition(&console.context, 2020).await.unwrap();
        assert_eq!(edition.state, EditionState::PoolLocked);
    })
    .await;
}

#[tokio::test]
async fn a_ready_made_list_and_nominations_exclude_each_other() {
    with_small_pool(async |console| {
        let csv = pool_csv([2, 2]);
        let personal = csv.replace("姓名", "手机号码");
        console.upload(COMMISSION, POOL, personal.as_bytes()).await.expect_refused(&["手机号码", "个人信息"]);
        console.upload(COMMISSION, POOL, csv.as_bytes()).await.expect_done();
        assert!(console.public_get("/nominate").await.page.contains("现在不接受提名"));
        let page = console.get(COMMISSION, POOL).await.page;
        assert!(page.contains("弃用现成名单") && !page.contains("审核提名"), "{page}");
        console.post(COMMISSION, &format!("{POOL}/discard"), &[]).await.expect_done();
        console.nominate(PEOPLE[0]).await;
        console.upload(COMMISSION, POOL, csv.as_bytes()).await.expect_refused(&["已经有提名"]);
    })
    .await;
}

#[tokio::test]
async fn a_ready_made_list_is_locked_and_published_as_it_stands() {
    with_small_pool(async |console| {
        console.upload(COMMISSION, POOL, pool_csv([2, 2]).as_bytes()).await.expect_done();
        console.lock_pool(&[]).await;
        let tsv = console.public_get("/pool/pool.tsv").await.page;
        assert!(tsv.contains("A001\tA\t离退休干部\t张三1\n"), "{tsv}");
        assert!(console.get(COMMISSION, &format!("{POOL}/slips")).await.page.contains("没有可打印的凭条"));
    })
    .await;
}

async fn hold_draw(console: &Console) {
    let context = &console.context;
    let edition = find_edition(context, 2020).await.unwrap().id;
    let accounts = crate::service::account::list(context).await.unwrap();
    let id = |role| accounts.iter().find(|account| account.role == role).unwrap().id.clone();
    let actor = crate::domain::Actor::Account(id(COMMISSION));
    let ceremony = draw::announce(context, &actor, &edition, form("another-id")).await.unwrap();
    let clerks = [&id(COMMISSION), &id(Role::Supervisor)];
    let completion = enter(context, clerks, &edition, ceremony, &mut rng()).await.unwrap();
    let proposal = act::propose(context, &id(COMMISSION), &act::Act::Draw(completion)).await.unwrap();
    act::confirm(context, &id(Role::Supervisor), &proposal.id).await.unwrap();
}

#[tokio::test]
async fn further_quotas_can_name_the_features_that_the_rules_publish() {
    TestDb::sqlite()
        .await
        .run(async |db| {
            let console = Console::start(db).await;
            console.open_pool_of_four("features = [\"gender\", \"age_band\"]").await;
            assert!(console.public_get("/nominate").await.page.contains("另公布：性别、年龄段"));
            console.approve_everybody().await;
            console.lock_pool(&[]).await;
            let tsv = console.public_get("/pool/pool.tsv").await.page;
            assert!(tsv.contains("category\tage_band\tanchor\tgender\tname\n"), "{tsv}");
            let further = format!("gender {} 1 2", if tsv.contains("\t女\t") { "女" } else { "男" });
            let announce = |further| {
                let parties = ("parties", "纪委\n人大\n政协");
                [("draw_id", "d-1"), parties, ("dice_digits", "6"), ("step", "preview"), ("further", further)]
            };
            let path = "/console/2020/draw";
            let seen = console.post(COMMISSION, path, &announce(&further)).await.page;
            assert!(seen.contains("尚未发布") && seen.contains("满足全部其他名额"), "{seen}");
            let nobody = console.post(COMMISSION, path, &announce("gender 女 3 2")).await;
            nobody.expect_refused(&["gender 女 3 2"]);
            console.post(COMMISSION, path, &announce("name 张* 1 1")).await.expect_refused(&["指明个人"]);
        })
        .await;
}

#[tokio::test]
async fn letters_and_the_list_for_the_desk_name_the_representatives_until_the_archive() {
    with_small_pool(async |console| {
        console.approve_everybody().await;
        console.lock_pool(&[]).await;
        for page in ["letters", "representatives"] {
            let answer = console.get(COMMISSION, &format!("{POOL}/{page}")).await;
            assert!(answer.page.contains("还没有抽取评议代表"));
        }
        hold_draw(&console).await;
        let letters = console.get(COMMISSION, &format!("{POOL}/letters")).await.page;
        assert_eq!(letters.matches("class=\"letter new-sheet\"").count(), 2);
        let desk = console.get(COMMISSION, &format!("{POOL}/representatives")).await.page;
        let drawn: Vec<_> = PEOPLE.iter().filter(|person| letters.contains(person.name)).collect();
        assert_eq!(drawn.len(), 2);
        assert!(drawn.iter().all(|person| desk.contains(person.name) && !desk.contains(person.id_card)));
        assert!(
            letters.contains("2020年12月11日至15日")
                && letters.contains("宁晋县“阳光股室”创建活动领导小组办公室")
        );

        console.post(COMMISSION, "/console/2020/archive", &[]).await.expect_refused(&["结果已公布"]);
        archive(&console).await;
        assert!(console.nominations().await.iter().all(|nomination| nomination.identity.is_none()));
        assert!(console.get(COMMISSION, &format!("{POOL}/slips")).await.page.contains("没有可打印的凭条"));
        let letters = console.get(COMMISSION, &format!("{POOL}/letters")).await.page;
        assert!(PEOPLE.iter().all(|person| !letters.contains(person.name)), "{letters}");
        assert!(console.get(COMMISSION, &format!("{QUEUE}?state=all")).await.page.contains("（已删除）"));
        let log = console.get(Role::Auditor, "/console/log").await.page;
        assert!(log.contains("identities_erased"), "{log}");
    })
    .await;
}

/// To the end of the year, past the poll.
async fn archive(console: &Console) {
    let (context, id) = (&console.context, find_edition(&console.context, 2020).await.unwrap().id);
    let mut tx = context.db.write().await.unwrap();
    let (from, to) = (EditionState::Drawn, EditionState::Published);
    crate::store::editions::set_state(&mut tx, &context.county, &id, from, to).await.unwrap();
    tx.commit().await.unwrap();
    let two = [COMMISSION, Role::LeadingGroup];
    console.together(two, "/console/2020/archive", &[]).await.expect_done();
    assert_eq!(find_edition(context, 2020).await.unwrap().state, EditionState::Archived);
}
