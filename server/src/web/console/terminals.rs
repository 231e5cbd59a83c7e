//! Devices in the hall: those that ask to be let in, the list, revoking one.

mod board;
mod request;

use appearance::parts::{Column, Row, Tone, alert, table};
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};

pub(in crate::web) use self::board::BOARD_STYLE;
use super::address::Id;
use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{button, large_hash, local_time};
use crate::app::App;
use crate::domain::{Permission, TerminalId, TerminalStatus};
use crate::service::terminal::{self, Request};
use crate::store::terminals::Terminal;
use crate::web::error_page::PageError;
use crate::web::session::Operator;

const PATH: &str = "/console/terminals";

/// The page shows new requests by itself.
const REFRESH_SECONDS: u16 = 15;

pub(super) fn routes(routes: Routes) -> Routes {
    let manage = Permission::ManageTerminals;
    let routes = routes.get(PATH, manage, page).post("/console/terminals/{id}/revoke", manage, revoke);
    board::routes(request::routes(routes))
}

async fn page(operator: Operator, State(app): State<App>) -> Result<Response, PageError> {
    let requests = terminal::list_requests(&app.context);
    let all = terminal::list(&app.context).await?;
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let body = html! {
        p class="lead" {
            (say("终端开机后自己申请登记，屏幕上出现一个代码；管理员或场务提出、监督员确认，两人都到终端前核对代码。",
                 "A terminal asks to be enrolled when it is started and shows a code. The administrator or the steward proposes, the supervisor confirms; both compare the code at the terminal."))
        }
        p { a class="button" href=(board::PATH) { (say("终端状态大屏", "Wallboard of the terminals")) } }
        h2 { (say("等待登记", "Waiting to be enrolled")) }
        (waiting(&operator, &requests, app.context.now()))
        h2 { (say("已登记", "Enrolled")) }
        @if all.is_empty() { p { (say("还没有终端。", "There are no terminals yet.")) } }
        @else { (list(&operator, &all)) }
        (certificate(&app, &operator))
    };
    let title = say("终端", "Terminals");
    let refresh_seconds = Some(REFRESH_SECONDS);
    Ok(show(
        &app,
        &operator,
        Content { refresh_seconds, ..Content::new(Place::Terminals, title, PATH, body) },
    ))
}

async fn revoke(
    operator: Operator,
    State(app): State<App>,
    id: Id<TerminalId>,
) -> Result<Response, PageError> {
    terminal::revoke(&app.context, &operator.actor(), &id.0).await?;
    Ok(Done::TerminalRevoked.at(PATH))
}

/// A card for each device that has shown a code.
fn waiting(operator: &Operator, requests: &[Request], now: Timestamp) -> Markup {
    let shown: Vec<_> =
        requests.iter().filter_map(|request| request.code.as_ref().map(|code| (request, code))).collect();
    html! {
        @if shown.is_empty() {
            (alert(Tone::Note, operator.say("现在没有终端等待登记", "No terminal waits now"), &html! {
                p { (operator.say("启动终端程序，代码出现在它的屏幕上，随后也出现在这里。", "Start the agent on the terminal: the code appears on its screen and then here.")) }
            }))
        } @else {
            div class="cards" {
                @for (request, code) in shown {
                    a class="card" href=(request::path(&request.id)) {
                        h3 { (request.asked.label) }
                        p { span class="screen-code" { (code) } }
                        p { (operator.say(request.role().zh(), request.role().en())) }
                        p class="muted small" { (age(operator, now, request.asked_at)) }
                    }
                }
            }
        }
    }
}

/// How long ago, in whole minutes.
fn age(operator: &Operator, now: Timestamp, then: Timestamp) -> String {
    match now.duration_since(then).as_mins() {
        ..1 => operator.say("不到 1 分钟前", "less than a minute ago").to_owned(),
        minutes => operator.say(format!("{minutes} 分钟前"), format!("{minutes} min ago")),
    }
}

fn list(operator: &Operator, all: &[Terminal]) -> Markup {
    let columns = [
        Column::words(operator.say("名称", "Name")),
        Column::words(operator.say("用途", "Purpose")),
        Column::words(operator.say("登记时间", "Enrolled")),
        Column::words(operator.say("状态", "Status")),
        Column::words(""),
    ];
    let rows = all.iter().map(|terminal| {
        let enrolled = terminal.status == TerminalStatus::Enrolled;
        let role = operator.say(terminal.role.zh(), terminal.role.en());
        Row::from(vec![
            html! { (terminal.name) },
            html! { (role) @if let Some(position) = terminal.trustee_position { " " (position) } },
            html! { (local_time(terminal.enrolled_at)) },
            html! { span class=(if enrolled { "badge" } else { "badge grave" }) { (operator.say(terminal.status.zh(), terminal.status.en())) } },
            html! { @if enrolled { (revoke_form(operator, terminal)) } },
        ])
    });
    table(operator.say("全部终端", "All terminals"), &columns, rows)
}

/// Two clicks: a revoked terminal never comes back.
fn revoke_form(operator: &Operator, terminal: &Terminal) -> Markup {
    html! {
        details {
            summary { (operator.say("停用", "Revoke")) }
            (button(&format!("{PATH}/{}/revoke", terminal.id), operator.say("永久停用", "Revoke for ever"), "grave"))
        }
    }
}

fn certificate(app: &App, operator: &Operator) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        section class="panel" {
            h2 { (say("会场证书", "Certificate of the hall")) }
            @match app.context.terminals.certificate() {
                Some(hash) => {
                    p { (say("终端登记时记住这份证书，以后只认它。代码相同，就说明终端看到的正是这份。", "Terminals remember this certificate at enrolment and accept no other afterwards. Where the codes agree, the terminal has seen this one.")) }
                    p class="muted" { "SHA-256" }
                    (large_hash(&hash.to_string()))
                }
                None => {
                    p { (say("服务器没有设置会场地址（配置文件的 [hall]），终端只能运行在服务器本机。", "The server has no address for the hall ([hall] in its configuration): terminals can only run on the server's own machine.")) }
                }
            }
        }
    }
}
