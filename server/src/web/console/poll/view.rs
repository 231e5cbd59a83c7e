//! What the page of the poll shows in each state.

use appearance::parts::{Column, Field, FieldKind, Row, Step, Tone, alert, steps, table};
use evaluation::rules::Rules;
use maud::{Markup, html};

use crate::domain::{Action, EditionState, Permission, PollState};
use crate::service::overview::{PollView, TrusteeView};
use crate::service::poll::exceptions::open_subjects;
use crate::web::console::address::InEdition;
use crate::web::console::parts::{button, facts, large_hash, local_time};
use crate::web::console::sheets;
use crate::web::console::ties;
use crate::web::counted::{counted, turnout_bar};
use crate::web::form::Form;
use crate::web::session::Operator;

/// There is no poll yet.
pub(super) fn before(operator: &Operator, edition: &InEdition, rules: &Rules, sent: &Form) -> Markup {
    let ready = matches!(edition.0.state, EditionState::StatementsPublished | EditionState::Poll);
    if ready && operator.may(Permission::PreparePoll) {
        return create_form(operator, edition, rules, sent);
    }
    let words = if ready {
        operator.say("创建办还没有建立投票。", "The commission has not created the poll yet.")
    } else {
        operator
            .say("公开述职之后才能建立投票。", "The poll can be created once the statements are published.")
    };
    alert(Tone::Note, operator.say("还没有投票", "No poll yet"), &html! { p { (words) } })
}

fn create_form(operator: &Operator, edition: &InEdition, rules: &Rules, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let spare = if sent.text("spare_cards").is_empty() { "10" } else { sent.text("spare_cards") };
    let cards = rules.representatives();
    html! {
        form class="panel" method="post" action=(edition.path("/poll")) {
            h2 { (say("建立投票", "Create the poll")) }
            p { (say("监票人应来自不同单位，各自在自己的终端上生成密钥。", "The trustees should come from different bodies. Each makes a key at a terminal of their own.")) " " (quorum_words(operator, rules.poll.needed(), rules.poll.trustees)) }
            @for number in 1..=rules.poll.trustees {
                @let name = format!("trustee-{number}");
                @let label = operator.say(format!("第 {number} 位监票人（姓名、单位）"), format!("Trustee {number} (name, unit)"));
                (Field { value: sent.text(&name), ..Field::line(&name, &label) })
            }
            (Field {
                value: spare,
                hint: Some(&operator.say(format!("评议卡共 {cards} 张，另加备用卡"), format!("{cards} cards for the representatives, and these"))),
                ..Field::new("spare_cards", say("备用评议卡", "Spare cards"), FieldKind::Line("number"))
            })
            div class="actions" { button class="primary" { (say("建立投票", "Create the poll")) } }
        }
    }
}

/// How many trustees the tally needs, as the rules say.
fn quorum_words(operator: &Operator, needed: usize, all: usize) -> String {
    if needed < all {
        operator.say(
            format!("{all} 人中任意 {needed} 人即可计票；不足 {needed} 人，谁也不能解密。"),
            format!("Any {needed} of the {all} suffice for the tally; fewer cannot decrypt anything."),
        )
    } else {
        operator.say(
            format!("计票须 {all} 人全部解密，缺一把密钥就没有结果。"),
            format!("All {all} are needed for the tally: if one key is lost there is no result."),
        )
    }
}

/// The poll in any state.
pub(super) fn poll(
    operator: &Operator,
    edition: &InEdition,
    view: &PollView,
    ties: usize,
    sent: &Form,
) -> Markup {
    let state = view.poll.state;
    html! {
        (way(operator, state))
        (task(operator, edition, view, ties))
        @if let Some(found) = &view.restored {
            (restored(operator, edition, state, &found.missing))
        } @else if matches!(state, PollState::Open | PollState::Paused) && operator.may(Permission::PacePoll) {
            (pace_form(operator, edition, state, sent))
        }
        @if let Some(settling) = &view.settling { (super::settling::settling(operator, edition, state, settling)) }
        (figures(operator, edition, view))
        @if let Some(setup) = &view.setup { (opening_hash(operator, &setup.to_string())) (sheets::links(operator, edition, state)) }
        (trustee_table(operator, view))
        @if view.poll.state.restart_keys().is_ok() && operator.may(Permission::PreparePoll) { (restart(operator, edition)) }
        p class="muted" { (quorum_words(operator, view.needed, view.trustees.len())) }
        (details(operator, view))
    }
}

fn way(operator: &Operator, state: PollState) -> Markup {
    let list = [
        operator.say("密钥", "Keys"),
        operator.say("评议卡", "Cards"),
        operator.say("开启", "Open"),
        operator.say("投票", "Voting"),
        operator.say("收票", "Collect"),
        operator.say("对账", "Reconcile"),
        operator.say("解密", "Decrypt"),
        operator.say("揭晓", "Reveal"),
    ];
    let current = match state {
        PollState::Setup => 0,
        PollState::KeysReady => 1,
        PollState::CardsReady => 2,
        PollState::Open | PollState::Paused => 3,
        PollState::Closing => 4,
        PollState::Closed => 5,
        PollState::Reconciled => 6,
        PollState::Tallied => 7,
        PollState::Revealed => 8,
    };
    steps(&list.map(|label| Step { label, url: None }), current)
}

fn task(operator: &Operator, edition: &InEdition, view: &PollView, ties: usize) -> Markup {
    let (zh, en) = task_words(view);
    let at = |page: &str| edition.path(&format!("/poll/{page}"));
    let proposes = |action: Action| operator.may_propose(action);
    // A button that would only be refused does not call for being pressed.
    let nothing_is_missing =
        view.settling.as_ref().is_some_and(|settling| open_subjects(view.poll.state, settling).is_empty());
    let settled = if nothing_is_missing { "primary" } else { "" };
    html! {
        section class="card next" {
            h2 { (operator.say(view.poll.state.zh(), view.poll.state.en())) }
            p { (operator.say(zh, en)) }
            @if let Some(reason) = view.poll.pace_reason.as_ref().filter(|_| view.poll.state == PollState::Paused) {
                p { strong { (operator.say("暂停原因：", "Paused because: ")) } (reason) }
            }
            @if view.poll.state == PollState::Revealed && ties > 0 { (ties_note(operator, &edition.path("/ties"), ties)) }
            div class="actions" {
                @if matches!(view.poll.state, PollState::Closing | PollState::Closed | PollState::Reconciled | PollState::Tallied) {
                    a class="button" href=(at("screen")) { (operator.say("会场大屏", "Big screen of the hall")) }
                }
                @match view.poll.state {
                    PollState::CardsReady if proposes(Action::OpenPoll) => {
                        (button(&at("open"), operator.say("提出开启投票", "Propose to open the poll"), "primary"))
                    }
                    PollState::Open | PollState::Paused => {
                        a class="button" href=(at("screen")) { (operator.say("会场大屏", "Big screen of the hall")) }
                        @if proposes(Action::ClosePoll) { (button(&at("close"), operator.say("提出结束投票", "Propose to close the poll"), "grave")) }
                    }
                    PollState::Closing if operator.may(Permission::PreparePoll) => {
                        (button(&at("seal"), operator.say("封箱", "Seal the box"), settled))
                    }
                    PollState::Closed if operator.may(Permission::PreparePoll) => {
                        a class="button" href=(edition.path("/sanctions")) { (operator.say("登记处理", "Record sanctions")) }
                        (button(&at("reconcile"), operator.say("对账", "Reconcile"), settled))
                    }
                    PollState::Tallied if proposes(Action::Reveal) => {
                        (button(&at("reveal"), operator.say("提出揭晓结果", "Propose to reveal the result"), "primary"))
                    }
                    PollState::Revealed => {
                        a class="button" href=(at("screen")) { (operator.say("会场大屏：逐步揭晓", "Big screen: reveal step by step")) }
                        a class="button primary" href=(edition.path("/publication")) { (operator.say("公布结果", "Publication")) }
                    }
                    _ => {}
                }
            }
        }
    }
}

/// What has to be looked at before a restored poll goes on, and the proposal.
fn restored(operator: &Operator, edition: &InEdition, state: PollState, missing: &[String]) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        section class="panel" {
            h2 { (say("投票是从备份恢复的", "This poll was restored from a backup")) }
            p { (say("备份之后存入的选票，由各投票机把自己送过的票自动重新送来，不必操作。都送完以前不要继续投票。",
                     "Ballots stored after the backup come back by themselves: every booth delivers all its ballots once more. Do not go on before all have.")) }
            @if missing.is_empty() {
                p class="alert done" role="status" { (say("所有参加投票的投票机都已重新送票。", "Every booth that takes part has delivered once more.")) }
            } @else {
                p class="alert warning" role="status" {
                    (say("还没有重新送票的投票机：", "Booths that have not delivered once more: ")) strong { (missing.join("、")) }
                }
                p { (say("请检查它们的电源、网络和屏幕。机器损坏、不能再送票的，它在备份之后送过的票就丢失了，须向监督员说明；与大屏上最后一次显示的票数对照，可以知道缺少几张。",
                         "See to their power, cable and screen. If one is broken for good, the ballots that it delivered after the backup are lost: tell the supervisor. The number last seen on the big screen says how many.")) }
            }
            @if state == PollState::Paused {
                p { (say("继续投票须由两人办理：创建办或主持人提出，监督员确认。", "Two people let it go on: the commission or the chair proposes it, the supervisor confirms.")) }
            }
            @if state == PollState::Paused && operator.may_propose(Action::ResumeRestored) {
                div class="actions" {
                    (button(&edition.path("/poll/resume-restored"), say("提出继续投票", "Propose to resume the poll"), "primary"))
                }
            }
        }
    }
}

/// Pausing or resuming, with a reason that everybody reads.
fn pace_form(operator: &Operator, edition: &InEdition, state: PollState, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let (path, heading, hint, label) = if state == PollState::Open {
        (
            "/poll/pause",
            say("暂停投票", "Pause the poll"),
            say(
                "会显示在大屏和公开网站上，例如：停电，等待恢复",
                "Shown on the screen and the public site, such as: power cut, waiting",
            ),
            say("暂停", "Pause"),
        )
    } else {
        (
            "/poll/resume",
            say("继续投票", "Resume the poll"),
            say("写入日志，例如：供电已恢复", "Written to the log, such as: the power is back"),
            say("继续", "Resume"),
        )
    };
    html! {
        form class="panel" method="post" action=(edition.path(path)) {
            h2 { (heading) }
            (Field { value: sent.text("reason"), hint: Some(hint), ..Field::line("reason", say("原因", "Reason")) })
            div class="actions" { button { (label) } }
        }
    }
}

fn task_words(view: &PollView) -> (&'static str, &'static str) {
    match view.poll.state {
        PollState::Setup if view.is_ceremony() => (
            "等待监票人在各自的终端上举行密钥仪式：证书、贡献、公钥，每一步都要等所有人。各终端显示的核对码须出声核对一致。本页每 15 秒自动更新。",
            "Waiting for the trustees' key ceremony at their terminals: certificate, contribution, public key, each round of all of them. They compare the fingerprints on their screens aloud. This page updates every 15 seconds.",
        ),
        PollState::Setup => (
            "等待每位监票人在自己的终端上生成密钥并送来公钥。本页每 15 秒自动更新。",
            "Waiting for every trustee to make a key at their terminal and send its public half. This page updates every 15 seconds.",
        ),
        PollState::KeysReady => (
            "密钥已齐。等待制卡员在制卡终端上制作评议卡。本页每 15 秒自动更新。",
            "All keys are here. Waiting for the card officer's terminal to make the cards. This page updates every 15 seconds.",
        ),
        PollState::CardsReady => (
            "评议卡已就绪，选举已固定。把下面的核对码打印在开启单上签字，每台投票机扫描核对，然后提出开启投票。",
            "The cards are ready and the election is final. Print the hash below on the opening sheet, sign it, let every booth scan it, then propose to open the poll.",
        ),
        PollState::Open => (
            "投票进行中。一人提出、监督员确认后结束。",
            "The poll is open. It ends when one person proposes it and the supervisor confirms.",
        ),
        PollState::Paused => ("投票已暂停，不接收选票。", "The poll is paused and accepts no ballots."),
        PollState::Closing => (
            "不再开始新的投票；正在投的人投完，投票机把选票全部送达。全部投票机完成后封箱。本页每 15 秒自动更新。",
            "Nobody begins to vote any more; those who are voting finish, and the booths deliver every ballot. When all booths have finished, seal the box. This page updates every 15 seconds.",
        ),
        PollState::Closed => (
            "票箱已封存。各投票机签署声明；备用、交回、核验的卡当众扫描作废；然后对账。如有拉票的股室，先登记处理，对账后名单冻结。对账会重新核验每一张票，并在加密状态下相加。",
            "The box is sealed. The booths sign for their ballots; spare, returned and audit cards are scanned void in public; then reconcile. Record sanctions for canvassing first: the reconciliation freezes them. It checks every ballot again and adds them up while encrypted.",
        ),
        PollState::Reconciled => (
            "账已对平，处理名单已冻结。等待监票人在各自终端上核对并解密总数。本页每 15 秒自动更新。",
            "The counts balance and sanctions are frozen. Waiting for the trustees to check and decrypt the totals. This page updates every 15 seconds.",
        ),
        PollState::Tallied => (
            "结果已算出并通过全部验证，尚未公开。提出揭晓，由另一人确认。",
            "The result is computed and has passed every check; nobody sees it yet. Propose to reveal it; a second person confirms.",
        ),
        PollState::Revealed => (
            "结果已揭晓，由主持人在大屏上逐步宣布；走到最后一步，公开网站才显示排名。下一步生成、验证并签名全部公开文件。",
            "The result is revealed; the chair announces it on the big screen step by step, and after the last step the public site shows the ranking. Next, all public files are made, verified and signed.",
        ),
    }
}

fn ties_note(operator: &Operator, path: &str, ties: usize) -> Markup {
    let headline = operator.say(
        format!("有 {ties} 处并列跨越名次界线"),
        format!("{} across a cut", counted(ties, "tie lies", "ties lie")),
    );
    let words = operator.say("须由领导小组裁定。", "The leading group has to decide.");
    alert(Tone::Warning, &headline, &html! { p { (words) " " (ties::link(operator, path)) } })
}

fn figures(operator: &Operator, edition: &InEdition, view: &PollView) -> Markup {
    let keys = view.trustees.iter().filter(|trustee| trustee.key.is_some()).count();
    let shares = view.trustees.iter().filter(|trustee| trustee.decrypted).count();
    let label = operator.say("已投票", "Ballots cast");
    html! {
        div class="cards" {
            div class="card" {
                p class="muted" { (operator.say("监票人密钥", "Trustees' keys")) }
                p class="figure" { (keys) " / " (view.trustees.len()) }
                @if view.poll.state >= PollState::Reconciled {
                    p { (operator.say("解密份额 ", "Shares of the decryption ")) (shares) " / " (view.needed) }
                }
            }
            div class="card" {
                p class="muted" { (operator.say("评议卡", "Cards")) }
                p class="figure" { (view.registered) " / " (view.poll.cards) }
                p { (operator.say("已登记 / 应制", "Registered / ordered")) }
            }
            a class="card" href=(edition.path("/poll/turnout")) {
                p class="muted" { (label) }
                p class="figure" {
                    (view.turnout.ballots)
                    @if let Some(present) = view.turnout.present { " / " (present) }
                }
                p {
                    @if view.turnout.present.is_some() { (operator.say("已投票 / 已签到", "Ballots / checked in")) }
                    @else { (operator.say("还没有设签到台", "no desk opened yet")) }
                }
                (turnout_bar(view.turnout, label))
            }
        }
    }
}

fn opening_hash(operator: &Operator, hash: &str) -> Markup {
    html! {
        section class="panel" {
            h2 { (operator.say("选举核对码", "Election check code")) }
            (large_hash(hash))
            p class="muted" {
                (operator.say("它代表本次选举的全部内容，改动一个字就对不上。打印、宣读、签字；任何一台投票机不认，都不得开启。",
                    "It stands for everything this election is made of (SHA-256 of the Setup event). Print it, read it aloud, sign it; if any booth refuses it, do not open the poll."))
            }
        }
    }
}

/// Folded away: it is needed only if the trustees' keys have failed.
fn restart(operator: &Operator, edition: &InEdition) -> Markup {
    html! {
        details {
            summary { (operator.say("密钥出了问题", "Something is wrong with the keys")) }
            p { (operator.say(
                "某位监票人的消息不成立，或各终端的核对码不一致时，可以全部作废重来。由创建办提出、监督员确认。先让每位监票人把旧的密钥文件移开。制卡之后不能再重来。",
                "If a trustee's message does not hold, or the fingerprints on the terminals differ, all keys can be made anew; the commission proposes it and the supervisor confirms. First every trustee puts the old key file aside. Once there are cards this is over.",
            )) }
            (button(&edition.path("/poll/keys/restart"), operator.say("提出作废并重新开始", "Propose to make the keys anew"), "grave"))
        }
    }
}

fn trustee_table(operator: &Operator, view: &PollView) -> Markup {
    let mut columns = vec![
        Column::numbers(operator.say("序号", "No.")),
        Column::words(operator.say("监票人", "Trustee")),
        Column::words(operator.say("公钥核对码", "Fingerprint of the public key")),
        Column::words(operator.say("解密", "Decryption")),
    ];
    if view.is_ceremony() {
        let rounds = [operator.say("证书", "Certificate"), operator.say("贡献", "Contribution")];
        columns.splice(2..2, rounds.map(Column::words));
    }
    let rows = view.trustees.iter().map(|trustee| trustee_row(operator, trustee, view.is_ceremony()));
    table(operator.say("监票人", "Trustees"), &columns, rows)
}

fn trustee_row(operator: &Operator, trustee: &TrusteeView, ceremony: bool) -> Row {
    let arrived = |has: bool| {
        html! {
            @if has { span class="badge" { (operator.say("已送到", "delivered")) } }
            @else { span class="badge flagged" { (operator.say("未到", "not yet")) } }
        }
    };
    let key = html! {
        @if let Some(key) = trustee.key { span class="code" { (key) } }
        @else { span class="badge flagged" { (operator.say("未到", "not yet")) } }
    };
    let share = if trustee.decrypted {
        html! { span class="badge" { (operator.say("已送到", "delivered")) } }
    } else {
        html! { "—" }
    };
    let mut cells = vec![html! { (trustee.position) }, html! { (trustee.name) }, key, share];
    if ceremony {
        cells.splice(2..2, [arrived(trustee.certified), arrived(trustee.contributed)]);
    }
    Row::from(cells)
}

fn details(operator: &Operator, view: &PollView) -> Markup {
    let time = |time: Option<_>| html! { (time.map_or_else(|| "—".to_owned(), local_time)) };
    facts(&[
        (operator.say("投票编号", "Poll"), html! { span class="code" { (view.poll.id) } }),
        (operator.say("加密方式", "Group"), html! { (view.poll.group) }),
        (operator.say("开启", "Opened"), time(view.poll.opened_at)),
        (operator.say("结束", "Closed"), time(view.poll.closed_at)),
    ])
}
