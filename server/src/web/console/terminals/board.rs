//! The steward's wallboard: how every terminal is, read from three metres. What needs somebody stands first, with what to do.
//!
//! It shows nothing about any voter but how many are not finished: see docs/decisions/0013-terminal-identity.md and
//! 0021-sealed-drafts.md.

use std::sync::LazyLock;

use appearance::{Asset, STYLE, watermark};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use jiff::{SignedDuration, Timestamp};
use maud::{DOCTYPE, Markup, html};

use crate::app::App;
use crate::domain::terminal::{Heard, Trouble};
use crate::domain::{Permission, TerminalStatus};
use crate::service::poll::{is_hall_rehearsing, unfinished};
use crate::service::terminal::{self, TerminalView};
use crate::web::console::frame::REHEARSAL;
use crate::web::console::guard::Routes;
use crate::web::console::parts::local_time;
use crate::web::counted::counted;
use crate::web::error_page::PageError;
use crate::web::session::Operator;

/// Where it is.
pub(super) const PATH: &str = "/console/terminals/board";

/// As often as terminals report.
const REFRESH_SECONDS: u16 = 10;

/// Style sheet of the wallboard.
pub(in crate::web) static BOARD_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("board.css", "text/css; charset=utf-8", include_bytes!("board.css")));

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Permission::ManageTerminals, show)
}

async fn show(operator: Operator, State(app): State<App>) -> Result<Response, PageError> {
    let all = terminal::list_views(&app.context).await?;
    let waiting =
        terminal::list_requests(&app.context).iter().filter(|request| request.code.is_some()).count();
    let unfinished = unfinished::count(&app.context).await?;
    let rehearsal = is_hall_rehearsing(&app.context).await?;
    let now = app.context.now();
    Ok(document(&operator, &Board { all, waiting, unfinished, rehearsal, now }).into_response())
}

/// What the board shows.
struct Board {
    all: Vec<TerminalView>,
    /// Devices that ask to be let in.
    waiting: usize,
    /// People who hold a card and are not finished, while people vote.
    unfinished: Option<u32>,
    /// Whether the terminals take part in a rehearsal.
    rehearsal: bool,
    now: Timestamp,
}

fn document(operator: &Operator, board: &Board) -> Markup {
    let &Board { ref all, waiting, unfinished, rehearsal, now } = board;
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let enrolled = all.iter().filter(|view| view.terminal.status == TerminalStatus::Enrolled);
    let (well, ill): (Vec<_>, Vec<_>) = enrolled.partition(|view| view.troubles.is_empty());
    let revoked: Vec<_> = all.iter().filter(|view| view.terminal.status == TerminalStatus::Revoked).collect();
    html! {
        (DOCTYPE)
        html lang=(operator.language.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="refresh" content=(REFRESH_SECONDS);
                title { (say("终端状态", "Terminals")) }
                link rel="stylesheet" href=(STYLE.url());
                link rel="stylesheet" href=(BOARD_STYLE.url());
            }
            body class="board" {
                header {
                    h1 { (summary(operator, well.len(), ill.len())) }
                    p { (local_time(now)) " · " a href=(super::PATH) { (say("返回", "Back")) } }
                }
                @if rehearsal { (watermark(REHEARSAL, operator.language.language)) }
                main {
                    @if let Some(people) = unfinished { (checked_in_unfinished(operator, people)) }
                    @if waiting > 0 {
                        p class="waits" { (operator.say(format!("{waiting} 台终端等待登记"), format!("{waiting} waiting to be enrolled"))) }
                    }
                    @for view in &ill { (troubled(operator, view, now)) }
                    ul class="well" {
                        @for view in &well {
                            li { strong { (view.terminal.name) } span { (standing(operator, view, now)) } span class="small" { (heard(operator, view, now)) } }
                        }
                    }
                    @if !revoked.is_empty() {
                        p class="revoked" {
                            (say("已停用：", "Revoked: "))
                            (revoked.iter().map(|view| view.terminal.name.as_str()).collect::<Vec<_>>().join(say("、", ", ")))
                        }
                    }
                }
            }
        }
    }
}

/// People with a card whose ballot is not there: some are voting, some may have left without a word.
fn checked_in_unfinished(operator: &Operator, people: u32) -> Markup {
    html! {
        p class="unfinished" {
            (operator.say("已签到未完成", "Checked in, not finished")) " " strong { (people) } " " (operator.say("人", "")) " "
            span class="small" { (operator.say("领了卡，还没有投完票，也没有交回卡", "hold a card, have not cast a ballot nor given the card back")) }
        }
    }
}

/// A terminal without trouble: well, or done and to be switched off.
fn standing(operator: &Operator, view: &TerminalView, now: Timestamp) -> &'static str {
    let is_on = view.heard.as_ref().is_some_and(|heard| !heard.is_silent(now));
    match (view.has_finished, is_on) {
        (false, _) => operator.say("正常", "in order"),
        (true, true) => operator.say(
            "制卡已完成；两人看着销毁秘密后断电",
            "its cards are made; destroy the secrets before two people, then cut its power",
        ),
        (true, false) => operator.say("制卡已完成，已关机", "its cards are made and it is switched off"),
    }
}

fn summary(operator: &Operator, well: usize, ill: usize) -> String {
    match (well, ill) {
        (0, 0) => operator.say("还没有登记的终端", "No terminal is enrolled").to_owned(),
        (_, 0) => operator.say(format!("全部 {well} 台正常"), format!("All {well} in order")),
        _ => operator
            .say(format!("{ill} 台需要处理，{well} 台正常"), format!("{ill} to see to, {well} in order")),
    }
}

fn troubled(operator: &Operator, view: &TerminalView, now: Timestamp) -> Markup {
    html! {
        section class="ill" {
            h2 { (view.terminal.name) }
            div {
                @for trouble in &view.troubles {
                    @let (what, todo) = words(operator, *trouble);
                    p { strong { (what) } " " (todo) }
                }
                p class="small" { (heard(operator, view, now)) }
            }
        }
    }
}

/// When the terminal last reported, rounded: nobody needs seconds.
fn contact(operator: &Operator, heard: Option<&Heard>, now: Timestamp) -> String {
    let Some(heard) = heard else {
        return operator.say("尚无消息", "not heard of").to_owned();
    };
    let age = now.duration_since(heard.at);
    if age < SignedDuration::from_secs(30) {
        return operator.say("刚刚有消息", "heard of just now").to_owned();
    }
    match age.as_mins() {
        ..1 => operator.say("1 分钟内有消息", "heard of within a minute").to_owned(),
        minutes => operator.say(format!("{minutes} 分钟没有消息"), format!("not heard of for {minutes} min")),
    }
}

/// When the terminal last reported, and the version that it said then.
fn heard(operator: &Operator, view: &TerminalView, now: Timestamp) -> String {
    let contact = contact(operator, view.heard.as_ref(), now);
    view.heard.as_ref().map_or_else(|| contact.clone(), |heard| format!("{contact} · {}", heard.version))
}

/// What is wrong, and what to do.
fn words(operator: &Operator, trouble: Trouble) -> (String, &'static str) {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let (what, todo) = match trouble {
        Trouble::NeverHeard => (
            say("服务器启动后没有消息。", "Not heard of since the server was started."),
            say("请开机并启动终端程序，检查网线。", "Switch it on, start the agent, check the cable."),
        ),
        Trouble::Silent => (
            say("失去联系。", "No contact."),
            say(
                "检查电源和网线。正在投票的人可以换一台接着投；已提交的票在本机，恢复后自动送达。",
                "Check power and cable. Whoever is voting can go on at another booth; submitted ballots are kept and delivered later.",
            ),
        ),
        Trouble::DiskFull => (
            say("磁盘已满。", "The disk is full."),
            say(
                "停用这台投票机，请管理员清理磁盘。",
                "Do not use it; the administrator makes room on the disk.",
            ),
        ),
        Trouble::DiskLow => (
            say("磁盘快满。", "The disk fills up."),
            say("请管理员在间歇时清理磁盘。", "The administrator makes room on the disk in a pause."),
        ),
        Trouble::Undelivered(ballots) => {
            let what = operator.say(
                format!("{ballots} 张票没有送达。"),
                format!("{} not delivered.", counted(ballots, "ballot is", "ballots are")),
            );
            let todo = say(
                "不要关机、不要搬动；检查网络。可以结束投票，但送达之前不能封箱。",
                "Do not switch it off or move it; check the network. The poll may be closed, but not sealed before they have arrived.",
            );
            return (what, todo);
        }
        Trouble::Clock(_) => (
            say("时钟不准。", "The clock is wrong."),
            say("校准这台机器的时间；不影响投票。", "Set this machine's clock; voting goes on."),
        ),
        Trouble::Version => (
            say("程序版本不同。", "Another version."),
            say("请管理员安装与服务器相同的版本。", "The administrator installs the server's version."),
        ),
        Trouble::HallKey => (
            say("会场密钥与其他投票机不同。", "Another hall key than the other booths."),
            say(
                "在别处评到一半的人，在这台接不上。没有人在投时重新启动终端程序，再扫开启单和全场同一张会场密钥。",
                "Whoever is half through elsewhere cannot go on here. When nobody votes at it, restart the agent and scan the opening sheet and the one slip of the hall.",
            ),
        ),
    };
    (what.to_owned(), todo)
}
