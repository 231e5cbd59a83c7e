//! The log: the latest entries, its head, and recomputing the chain.

use appearance::parts::{Column, Row, Tone, alert, table};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{button, large_hash, local_time};
use crate::app::App;
use crate::domain::Permission;
use crate::service::log::{LogReport, verify};
use crate::service::overview::{LogLine, latest_log};
use crate::web::error_page::PageError;
use crate::web::session::Operator;

const PATH: &str = "/console/log";
const VERIFY: &str = "/console/log/verify";

/// How many entries the page shows.
const SHOWN: u32 = 100;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Permission::ViewLog, page).post(VERIFY, Permission::ViewLog, recompute)
}

async fn page(operator: Operator, State(app): State<App>) -> Result<Response, PageError> {
    render(&app, &operator, None).await
}

/// Changes nothing; a form, because it reads the whole log.
async fn recompute(operator: Operator, State(app): State<App>) -> Result<Response, PageError> {
    let report = verify(&app.context.db, &app.context.county).await?;
    render(&app, &operator, Some(&report)).await
}

async fn render(app: &App, operator: &Operator, report: Option<&LogReport>) -> Result<Response, PageError> {
    let lines = latest_log(&app.context, SHOWN).await?;
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let body = html! {
        p class="lead" {
            (say("每条记录都包含前一条的核对码；改动、删除、插入任何一条都会被发现。", "Every entry holds the hash of the one before: changing, removing or inserting any is found."))
        }
        @if let Some(report) = report { (verdict(operator, report)) }
        @if let Some(head) = lines.first() {
            section class="panel" {
                h2 { (operator.say(format!("日志头：第 {} 条", head.entry.seq), format!("Head: entry {}", head.entry.seq))) }
                (large_hash(&head.entry.hash.to_string()))
                p class="muted" { (say("打印保存此核对码，可发现日后有人删去末尾的记录。", "A printed copy of this hash reveals if somebody later cuts off the end.")) }
                div class="actions" { (button(VERIFY, say("重新验证整条日志", "Verify the whole log again"), "primary")) }
            }
        }
        (list(operator, &lines))
    };
    Ok(show(app, operator, Content::new(Place::Log, say("日志", "Log"), PATH, body)))
}

fn verdict(operator: &Operator, report: &LogReport) -> Markup {
    if report.findings.is_empty() {
        let headline = operator.say(
            format!("{} 条记录全部相符", report.entries),
            format!("All {} entries hold", report.entries),
        );
        return alert(Tone::Done, &headline, &html! {});
    }
    let headline = operator.say("日志被改动过", "The log has been changed");
    alert(Tone::Problem, headline, &html! { ul { @for finding in &report.findings { li { (finding) } } } })
}

fn list(operator: &Operator, lines: &[LogLine]) -> Markup {
    let columns = [
        Column::numbers(operator.say("序号", "No.")),
        Column::words(operator.say("时间", "Time")),
        Column::words(operator.say("何人", "Who")),
        Column::words(operator.say("何事", "What")),
    ];
    let rows = lines.iter().map(|line| {
        let time = line.entry.time.parse().map_or_else(|_| line.entry.time.clone(), local_time);
        Row::from(vec![
            html! { (line.entry.seq) },
            html! { span class="time" { (time) } },
            html! { (line.person.as_deref().unwrap_or(&line.entry.actor)) },
            html! { span class="code" { (line.entry.event) } },
        ])
    });
    let caption = operator.say(format!("最近 {} 条", lines.len()), format!("The latest {}", lines.len()));
    table(&caption, &columns, rows)
}
