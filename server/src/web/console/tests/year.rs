//! A whole year through the console, from an empty system to the published result.

use axum::http::StatusCode;
use evaluation::draw::{Secret, commitment};
use evaluation::publication::command;
use evaluation::publication::verify::Options;

use super::absences::an_absence_and_a_declining_alternate;
use super::hall::Hall;
use super::harness::{Answer, Console, pool_csv};
use crate::domain::{EditionState, PollState, Role};
use crate::service::overview::{announcement, find_edition, find_poll, list_draws};
use crate::service::public::downloads::{EarlyArchive, Shelf, find_archive};
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
            "/pool/nominations",
            "/pool/list",
            "/pool/slips",
            "/pool/letters",
            "/pool/representatives",
            "/draw",
            "/statements",
            "/poll",
            "/sanctions",
            "/absences",
            "/check-in",
            "/paper",
            "/paper/ballot",
            "/paper/tally",
            "/paper/result",
            "/check-in/sheet",
            "/publication",
            "/ties",
            "/poll/closing-sheet",
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
    console.lock_pool(&[]).await;
    assert_eq!(state(console).await, EditionState::PoolLocked);
}

fn announce_fields(parties: &str) -> [(&str, &str); 3] {
    [("draw_id", "ningjin-2020-1"), ("parties", parties), ("dice_digits", "6")]
}

/// The forms of one ceremony, and what is typed into them.
struct Ceremony<'a> {
    console: &'a Console,
    path: &'static str,
    secrets: Vec<Secret>,
    commitments: Vec<String>,
}

const PARTIES: [&str; 3] = ["1", "2", "3"];

impl<'a> Ceremony<'a> {
    async fn of_latest(console: &'a Console, path: &'static str) -> Self {
        let edition = find_edition(&console.context, 2020).await.unwrap();
        let row = list_draws(&console.context, &edition.id).await.unwrap().pop().unwrap();
        let hash = announcement(&row).unwrap().hash();
        let mut rng = rng();
        let secrets: Vec<_> = (0..3).map(|_| Secret::generate(&mut rng)).collect();
        let commitments =
            (1..).zip(&secrets).map(|(party, secret)| commitment(hash, party, secret).to_string()).collect();
        Self { console, path, secrets, commitments }
    }

    async fn send(&self, role: Role, step: &str, fields: &[(&str, &str)]) -> Answer {
        self.console.post(role, &format!("{}/{step}", self.path), fields).await
    }

    async fn send_of_party(&self, role: Role, step: &str, party: &str, value: &str) -> Answer {
        let name = format!("{}-{party}", if step == "commitment" { step } else { "secret" });
        self.send(role, step, &[("party", party), (&name, value)]).await
    }

    async fn commit(&self) {
        let refused = self.send_of_party(COMMISSION, "commitment", "2", "xyz").await;
        refused.expect_refused(&["第2方的承诺值应为64位十六进制数", "value=\"xyz\""]);
        self.send(COMMISSION, "close", &[]).await.expect_refused(&["承诺值已到0份，共需3份"]);
        for (party, commitment) in PARTIES.iter().zip(&self.commitments) {
            self.send_of_party(COMMISSION, "commitment", party, commitment).await.expect_done();
        }
        let copied = self.send_of_party(COMMISSION, "commitment", "3", &self.commitments[0]).await;
        copied.expect_refused(&["参与方 3 的承诺与参与方 1 的相同"]);
        self.send(COMMISSION, "close", &[]).await.expect_done();
        let late = self.send_of_party(COMMISSION, "commitment", "1", &self.commitments[0]).await;
        late.expect_refused(&["当前抽取状态为“承诺已收齐”"]);
    }

    async fn throw(&self) {
        let digits = |digits| [("digits", digits)];
        self.send(COMMISSION, "dice", &digits("31415")).await.expect_refused(&["录入了5位", "31415"]);
        self.send(COMMISSION, "dice", &digits("３14159")).await.expect_refused(&["第1个字符不是数字"]);
        self.send(COMMISSION, "dice", &digits("314 150")).await.expect_done();
        // The same person again is a correction, not the second person.
        self.send(COMMISSION, "dice", &digits("314 159")).await.expect_done();
        let differing = self.send(Role::Supervisor, "dice", &digits("314156")).await;
        differing.expect_refused(&["从第6位起不一致", "314156"]);
        assert!(!differing.page.contains("314159"), "the second person sees the dice, not the first entry");
        self.send(Role::Supervisor, "dice", &digits("314159")).await.expect_done();
    }

    /// The third envelope does not open its commitment.
    async fn reveal(&self) {
        let early = self.send_of_party(COMMISSION, "envelope", "1", self.secrets[0].expose()).await;
        early.expect_refused(&["当前抽取状态为“已掷骰”"]);
        self.send(COMMISSION, "open", &[]).await.expect_done();
        for (party, secret) in PARTIES.iter().zip(&self.secrets).take(2) {
            let grouped = secret.expose().to_uppercase();
            self.send_of_party(COMMISSION, "envelope", party, &grouped).await.expect_done();
        }
        let settled = self.send_of_party(COMMISSION, "envelope", "1", self.secrets[0].expose()).await;
        settled.expect_refused(&["第1方的信封已经录入"]);
        let early = self.send(COMMISSION, "completion", &[]).await;
        early.expect_refused(&["第3方的信封还没有录入"]);
        let wrong = self.send_of_party(COMMISSION, "envelope", "3", "00").await;
        wrong.expect_refused(&["第3方的信封：录入了2位，应为64位", "由另一人再录一遍", "value=\"00\""]);
        self.send_of_party(COMMISSION, "envelope", "3", self.secrets[1].expose())
            .await
            .expect_refused(&["不符"]);
        let alone = self.send_of_party(COMMISSION, "missing", "3", "").await;
        alone.expect_refused(&["须由两个人先后录入"]);
        self.send_of_party(Role::Supervisor, "envelope", "3", "").await.expect_refused(&["已有两人录入"]);
        self.send_of_party(COMMISSION, "missing", "3", "").await.expect_done();
    }
}

pub(super) async fn draw(console: &Console) {
    let path = "/console/2020/draw";
    let few = console.post(COMMISSION, path, &announce_fields("纪委\n人大")).await;
    few.expect_refused(&["至少要有3方", "纪委\n人大"]);
    let parties = announce_fields("县纪委监委\n县人大\n县政协");
    let preview = [parties[0], parties[1], parties[2], ("step", "preview")];
    let seen = console.post(COMMISSION, path, &preview).await.page;
    assert!(
        seen.contains("尚未发布") && seen.contains("140人中抽取50人") && seen.contains("发布公告"),
        "{seen}"
    );
    console.post(COMMISSION, path, &parties).await.expect_done();
    // The first ceremony is broken off by two people; the second one is held.
    let void = format!("{path}/1/void");
    console.post(COMMISSION, &void, &[("reason", "")]).await.expect_refused(&["请写明作废原因"]);
    let two = [COMMISSION, Role::Supervisor];
    console.together(two, &void, &[("reason", "骰子落地")]).await.expect_done();
    let again = [("draw_id", "ningjin-2020-2"), parties[1], parties[2]];
    console.post(COMMISSION, path, &again).await.expect_done();
    let unfinished = [("draw_id", "ningjin-2020-3"), parties[1], parties[2]];
    console.post(COMMISSION, path, &unfinished).await.expect_refused(&["还有一次抽取没有完成"]);

    let ceremony = Ceremony::of_latest(console, "/console/2020/draw/2").await;
    ceremony.commit().await;
    ceremony.throw().await;
    ceremony.reveal().await;
    let screen = console.get(Role::Chair, "/console/2020/draw/screen").await.page;
    assert!(screen.contains("等待第二人确认") && !screen.contains(ceremony.secrets[0].expose()), "{screen}");
    let proposed = ceremony.send(COMMISSION, "completion", &[]).await.expect_done();
    let act = proposed.location.split('?').next().unwrap();
    console.post(Role::Supervisor, &format!("{act}/confirm"), &[]).await.expect_done();
    let page = console.get(COMMISSION, path).await.page;
    assert!(page.contains("已抽取 100 名评议代表") && page.contains("骰子落地"), "{page}");
    for slide in ["seed", "drawn-a", "drawn-b", "order-a", "order-b"] {
        let screen = console.get(Role::Chair, &format!("/console/2020/draw/screen?slide={slide}")).await;
        assert_eq!(screen.status, StatusCode::OK, "{slide} {}", screen.page);
    }
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
    let two = [COMMISSION, Role::Supervisor];
    console.together(two, &format!("{path}/keys/restart"), &[]).await.expect_done();
    assert_eq!(poll_state(console).await, PollState::Setup);
    let page = console.get(COMMISSION, path).await.page;
    assert!(page.contains("任意 2 人即可计票") && page.contains("举行密钥仪式"), "{page}");
    hall.send_keys(console).await;
    assert_eq!(poll_state(console).await, PollState::KeysReady);
    for sheet in ["opening-sheet", "zero-report"] {
        let page = console.get(Role::Supervisor, &format!("{path}/{sheet}")).await.page;
        assert!(page.contains("还没有可打印的内容"), "{page}");
    }
    hall.make_cards(console).await;
    sheets_are_printed(console).await;
    let page = console.get(COMMISSION, path).await.page;
    assert!(page.contains("选举核对码") && page.contains("102 / 102"), "{page}");
    hall
}

async fn sheets_are_printed(console: &Console) {
    let sheet = console.get(Role::Supervisor, "/console/2020/poll/opening-sheet").await.page;
    let setup = find_edition(&console.context, 2020).await.unwrap().id;
    let setup = find_poll(&console.context, &setup).await.unwrap().unwrap().setup.unwrap().to_string();
    assert!(sheet.contains("PINGYI-SETUP:") && sheet.contains("class=\"qr\""), "{sheet}");
    for group in setup.as_bytes().chunks(4) {
        assert!(
            sheet.contains(&format!("<span>{}</span>", str::from_utf8(group).unwrap())),
            "{setup} {sheet}"
        );
    }
    assert!(sheet.contains("监票人 2　乙") && sheet.contains("正式") && sheet.contains("102"), "{sheet}");
    let zero = console.get(Role::Chair, "/console/2020/poll/zero-report").await.page;
    assert!(zero.contains("现在开启，零票报告会这样写"), "{zero}");
    assert!(!zero.contains('✕'), "{zero}");
}

async fn hold_poll(console: &Console, hall: &Hall) {
    let path = "/console/2020/poll";
    let two = [Role::Chair, Role::Supervisor];
    console.together(two, &format!("{path}/open"), &[]).await.expect_done();
    assert_eq!(poll_state(console).await, PollState::Open);
    let zero = console.get(Role::Chair, &format!("{path}/zero-report")).await.page;
    assert!(zero.contains("开启的同一刻算出并存下了这份报告") && !zero.contains('✕'), "{zero}");
    console.post(Role::Steward, &format!("{path}/pause"), &[]).await.expect_refused(&["请写明原因"]);
    console
        .post(Role::Steward, &format!("{path}/pause"), &[("reason", "停电，等待恢复")])
        .await
        .expect_done();
    for page in [path.to_owned(), format!("{path}/turnout")] {
        assert!(console.get(Role::Chair, &page).await.page.contains("停电，等待恢复"));
    }
    console.post(Role::Chair, &format!("{path}/resume"), &[("reason", "供电已恢复")]).await.expect_done();
    Box::pin(hall.vote(console, 2)).await;
    let turnout = console.get(Role::Chair, &format!("{path}/turnout")).await.page;
    assert!(
        turnout.contains("http-equiv=\"refresh\" content=\"10\"")
            && turnout.contains("class=\"figure-huge\">2<")
    );
    let screen = console.get(Role::Steward, &format!("{path}/screen")).await.page;
    assert!(screen.contains("class=\"turnout-figure\">2<") && screen.contains("已投票 2 人"), "{screen}");
    assert!(!screen.contains("102"), "cards made are no turnout: {screen}");
    assert!(!screen.contains("演 练") && !screen.contains("得分"), "{screen}");
    console.post(COMMISSION, &format!("{path}/reconcile"), &[]).await.expect_refused(&["投票进行中"]);
    console.post(COMMISSION, &format!("{path}/seal"), &[]).await.expect_refused(&["投票进行中"]);
    console.together(two, &format!("{path}/close"), &[]).await.expect_done();
    assert_eq!(poll_state(console).await, PollState::Closing);
    console.post(COMMISSION, &format!("{path}/reconcile"), &[]).await.expect_refused(&["收票中"]);
    let sheet = format!("{path}/closing-sheet");
    assert!(console.get(Role::Chair, &sheet).await.page.contains("封箱之后才能打印"));
    console.post(COMMISSION, &format!("{path}/seal"), &[]).await.expect_done();
    assert_eq!(poll_state(console).await, PollState::Closed);
    assert!(console.get(Role::Chair, path).await.page.contains("打印封箱单"));
    the_closing_sheet_is_printed(console, false).await;
}

/// It shows the archive that the public may download.
async fn the_closing_sheet_is_printed(console: &Console, reconciled: bool) {
    let sheet = console.get(Role::Supervisor, "/console/2020/poll/closing-sheet").await.page;
    let shelf = Shelf::default();
    let closed = find_archive(&console.context, &shelf, EarlyArchive::Closed).await.unwrap().unwrap();
    for hash in [closed.end_ballots.unwrap(), closed.setup] {
        for group in hash.as_bytes().chunks(4) {
            let group = str::from_utf8(group).unwrap();
            assert!(sheet.contains(&format!("<span>{group}</span>")), "{hash} {sheet}");
        }
    }
    assert!(sheet.contains("PINGYI-CLOSING:") && sheet.contains("class=\"qr\""), "{sheet}");
    assert!(
        sheet.contains("<strong>2</strong>") && sheet.contains("监督员") && sheet.contains("监票人 2　乙"),
        "{sheet}"
    );
    assert_eq!(sheet.contains("票箱核对码</h2>"), reconciled, "{sheet}");
}

/// One of the spare cards cannot be read. What is wrong is said, and what was typed stands there again.
async fn record_an_exception(console: &Console) {
    let path = "/console/2020/poll/exceptions";
    let page = console.get(COMMISSION, "/console/2020/poll").await.page;
    assert!(
        page.contains("超出在任代表名额（或签到人数）的票") && page.contains("没有参加的投票机"),
        "{page}"
    );
    let fields = [
        ("subject", "unreadable:spare"),
        ("cards", "1"),
        ("reason", "备用卡被水浸湿，<b>无法</b>扫描"),
        ("document_number", "宁创〔2020〕11号"),
    ];
    console
        .post(COMMISSION, path, &fields[1..])
        .await
        .expect_refused(&["请选择一种情况", "宁创〔2020〕11号"]);
    let junk = [("subject", "{\"kind\":\"x\"}"), fields[1], fields[2], fields[3]];
    console.post(COMMISSION, path, &junk).await.expect_refused(&["请选择一种情况"]);
    let many = [fields[0], ("cards", "9999"), fields[2], fields[3]];
    console.post(COMMISSION, path, &many).await.expect_refused(&["应为1至100张", "value=\"9999\""]);
    let without_reason = [fields[0], fields[1], fields[3]];
    console.post(COMMISSION, path, &without_reason).await.expect_refused(&["请写明原因"]);
    let two = [COMMISSION, Role::LeadingGroup];
    console.together(two, path, &fields).await.expect_done();
    let page = console.get(Role::Auditor, "/console/2020/poll").await.page;
    assert!(page.contains("备用卡 1 张无法读取") && page.contains("&lt;b&gt;无法&lt;/b&gt;"), "{page}");
    withdraw_and_record_again(console, &fields).await;
    // Nobody was checked in, and no booth took part: the page says so until it is recorded.
    for (kind, words) in
        [("no_check_in", "没有为本次投票开放过签到台"), ("no_booth_statement", "没有一台投票机签署声明")]
    {
        let page = console.get(COMMISSION, "/console/2020/poll").await.page;
        assert!(page.contains(words), "{page}");
        console
            .post(COMMISSION, "/console/2020/poll/reconcile", &[])
            .await
            .expect_refused(&["也没有登记例外"]);
        let subject = format!("{{\"kind\":\"{kind}\"}}");
        console
            .together(two, path, &[("subject", subject.as_str()), fields[2], fields[3]])
            .await
            .expect_done();
    }
}

/// What was recorded by mistake is withdrawn by two people and is open again.
async fn withdraw_and_record_again(console: &Console, fields: &[(&str, &str)]) {
    let (path, two) = ("/console/2020/poll/exceptions", [COMMISSION, Role::LeadingGroup]);
    let withdraw = format!("{path}/withdraw");
    console
        .post(COMMISSION, &withdraw, &[("withdrawal_reason", "擦干了")])
        .await
        .expect_refused(&["请选择要撤销的例外", "擦干了"]);
    console.post(COMMISSION, &withdraw, &[("number", "1")]).await.expect_refused(&["请写明原因"]);
    console.together(two, &withdraw, &[("number", "1"), ("withdrawal_reason", "擦干了")]).await.expect_done();
    assert!(!console.get(Role::Auditor, "/console/2020/poll").await.page.contains("备用卡 1 张无法读取"));
    console.together(two, path, fields).await.expect_done();
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
    console.post(COMMISSION, path, &sanction).await.expect_refused(&["已经登记过", "宁纪〔2020〕8号"]);
    let late = [("number", "8"), sanction[1], sanction[2]];
    let proposed = console.post(COMMISSION, path, &late).await.expect_done();
    record_an_exception(console).await;
    console.post(COMMISSION, &format!("{poll}/reconcile"), &[]).await.expect_done();
    the_closing_sheet_is_printed(console, true).await;
    let act = proposed.location.split('?').next().unwrap();
    console.post(Role::Supervisor, &format!("{act}/confirm"), &[]).await.expect_refused(&["已经冻结"]);
    console.post(COMMISSION, path, &late).await.expect_refused(&["已经冻结"]);
    hall.decrypt(console).await;
    let early = console.post(COMMISSION, "/console/2020/publication", &[]).await;
    early.expect_refused(&["投票结果尚未揭晓"]);
    console.together(two, &format!("{poll}/reveal"), &[]).await.expect_done();
    every_page_opens(console).await;
    let early = console.get(Role::LeadingGroup, "/console/2020/ties").await.page;
    assert!(early.contains("还没到这一步") && !early.contains("并列，其中"), "{early}");
    reveal_step_by_step(console).await;
    decide_ties(console).await;
    console.together(two, "/console/2020/publication", &[]).await.expect_done();
    let publication = console.context.publication(2020);
    let decisions = std::fs::read_to_string(publication.join("decisions.csv")).unwrap();
    assert!(decisions.contains("9,bottom_three,宁评领〔2020〕3号,2020-12-15"), "{decisions}");
    assert_eq!(decisions.lines().count(), 10);
    let late = console.get(Role::LeadingGroup, "/console/2020/ties").await.page;
    assert!(late.contains("不能再登记裁定") && !late.contains("提出裁定"), "{late}");
}

/// 45 offices have equal ballots: two of them belong to the last three, beside the sanctioned one, nine to the last ten.
async fn decide_ties(console: &Console) {
    let path = "/console/2020/ties";
    let page = console.get(Role::LeadingGroup, path).await.page;
    assert!(
        page.contains("45 个股室并列，其中 2 个列入后三名") && page.contains("请先裁定本部分后三名的并列"),
        "{page}"
    );
    assert!(!console.get(COMMISSION, path).await.page.contains("提出裁定"));
    let three = [("section", "government"), ("cut", "bottom_three")];
    let paper = [("document_number", "宁评领〔2020〕3号"), ("decided_on", "2020-12-15")];
    let fields = |cut: [(&'static str, &'static str); 2], numbers: &[&'static str]| {
        let named = numbers.iter().map(|number| ("number", *number));
        cut.into_iter().chain(paper).chain(named).collect::<Vec<_>>()
    };
    assert_eq!(
        console.post(COMMISSION, path, &fields(three, &["8", "9"])).await.status,
        StatusCode::FORBIDDEN
    );
    let group = Role::LeadingGroup;
    // Too few, the sanctioned one, twice the same, another tie first: what was typed stands there again.
    for numbers in [&["8"][..], &["7", "8"], &["8", "8"], &["8", "9", "10"], &["8", "60"]] {
        let refused = console.post(group, path, &fields(three, numbers)).await;
        refused.expect_refused(&["恰好选出 2 个", "value=\"宁评领〔2020〕3号\""]);
    }
    let ten = [three[0], ("cut", "bottom_ten")];
    console.post(group, path, &fields(ten, &["8"])).await.expect_refused(&["请先裁定本部分后三名的并列"]);
    let without_paper = [three[0], three[1], ("number", "8"), ("number", "9"), paper[1]];
    console.post(group, path, &without_paper).await.expect_refused(&["请填写裁定文件的文号"]);
    let two = [group, Role::Supervisor];
    console.together(two, path, &fields(three, &["8", "9"])).await.expect_done();
    console.post(group, path, &fields(three, &["8", "9"])).await.expect_refused(&["没有待裁定的并列"]);
    let seven = ["10", "11", "12", "13", "14", "15", "16"];
    console.together(two, path, &fields(ten, &seven)).await.expect_done();
    let page = console.get(COMMISSION, path).await.page;
    assert_eq!(page.matches("已裁定").count(), 2, "{page}");
}

/// The chair goes through the reveal; every screen shows the same step, and nothing that is not shown yet.
async fn reveal_step_by_step(console: &Console) {
    let path = "/console/2020/poll/screen";
    let first = console.get(Role::Steward, path).await.page;
    assert!(first.contains("评议结果揭晓") && !first.contains("名次") && !first.contains("得分"), "{first}");
    assert!(!first.contains("data-turn"), "only the chair turns");
    let refused = console.post(Role::Steward, path, &[("from", "0"), ("to", "1")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    // Pressed twice, a form of the past, and a jump: one step.
    for (from, to) in [("0", "1"), ("0", "1"), ("1", "3"), ("x", "2")] {
        let answer = console.post(Role::Chair, path, &[("from", from), ("to", to)]).await;
        assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, path));
    }
    let section = console.get(Role::Chair, path).await.page;
    assert!(section.contains("政府部门") && section.contains("46 个股室"), "{section}");
    assert!(section.contains("name=\"from\" value=\"1\"") && !section.contains("第 46 名"), "{section}");
    console.post(Role::Chair, path, &[("from", "1"), ("to", "2")]).await;
    // Office 7 is sanctioned and alone in the last place, with its document; all others are equal.
    let last = console.get(Role::Auditor, path).await.page;
    assert!(last.contains("第 46 名") && last.contains("宁晋县自来水公司"), "{last}");
    assert!(last.contains("拉票，直接列入末位　宁纪〔2020〕8号") && last.contains("后三名"), "{last}");
    assert!(!last.contains("水务局") && !last.contains("并列第 1 名"), "{last}");
    console.post(Role::Chair, path, &[("from", "2"), ("to", "3")]).await;
    let all = console.get(Role::LeadingGroup, path).await.page;
    assert!(all.contains("并列第 1 名") && all.contains("并列，由领导小组裁定"), "{all}");
    let publish = console.post(COMMISSION, "/console/2020/publication", &[]).await.expect_done();
    let act = console.get(Role::Supervisor, publish.location.split('?').next().unwrap()).await.page;
    assert!(act.contains("主持人还没有走到最后一步"), "{act}");
    console.post(COMMISSION, &format!("{}/withdraw", publish.location.split('?').next().unwrap()), &[]).await;
    console.post(Role::Chair, path, &[("from", "3"), ("to", "0")]).await;
    assert_eq!(console.get(Role::Steward, path).await.page, first);
    // Through to the end, and not beyond it.
    for step in 0..20 {
        let (from, to) = (step.to_string(), (step + 1).to_string());
        console.post(Role::Chair, path, &[("from", &from), ("to", &to)]).await;
    }
    let end = console.get(Role::Chair, path).await.page;
    assert!(end.contains("垂直管理部门　全部名次") && !end.contains("data-turn=\"next\""), "{end}");
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
