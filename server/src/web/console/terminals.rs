//! Devices in the hall: the list, proposing to enrol one, revoking one.

use appearance::parts::{Column, Field, FieldKind, Row, table};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::acts;
use super::address::Id;
use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{button, local_time};
use crate::app::App;
use crate::domain::{Permission, TerminalId, TerminalRole, TerminalStatus};
use crate::service::act::Act;
use crate::service::terminal::{self, Enrolment};
use crate::store::terminals::Terminal;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/terminals";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Permission::ManageTerminals, page).post(PATH, Permission::ManageTerminals, propose).post(
        "/console/terminals/{id}/revoke",
        Permission::ManageTerminals,
        revoke,
    )
}

async fn page(operator: Operator, State(app): State<App>) -> Result<Response, PageError> {
    render(&app, &operator, &Form::default(), None).await
}

async fn propose(operator: Operator, State(app): State<App>, form: Form) -> Result<Response, PageError> {
    let complaint = match read(&form) {
        Ok(enrolment) => match acts::propose(&app, &operator, &Act::EnrolTerminal(enrolment)).await {
            Ok(response) => return Ok(response),
            Err(error) => Complaint::about(error)?,
        },
        Err(complaint) => complaint,
    };
    render(&app, &operator, &form, Some(&complaint)).await
}

fn read(form: &Form) -> Result<Enrolment, Complaint> {
    let role = form
        .text("role")
        .parse()
        .map_err(|_| Complaint::new("请选择用途。", "Choose what the terminal is for."))?;
    let trustee_position = match form.text("trustee_position") {
        "" => None,
        text => Some(text.parse().map_err(|_| {
            Complaint::new("监票人序号应为从 1 起的整数。", "The trustee's number is counted from 1.")
        })?),
    };
    let trustee_position = trustee_position.filter(|_| role == TerminalRole::Trustee);
    Ok(Enrolment { role, name: form.text("name").to_owned(), trustee_position })
}

async fn revoke(
    operator: Operator,
    State(app): State<App>,
    id: Id<TerminalId>,
) -> Result<Response, PageError> {
    terminal::revoke(&app.context, &operator.actor(), &id.0).await?;
    Ok(Done::TerminalRevoked.at(PATH))
}

async fn render(
    app: &App,
    operator: &Operator,
    sent: &Form,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let all = terminal::list(&app.context).await?;
    let body = html! {
        p class="lead" {
            (operator.say("投票机、制卡终端和监票终端各有一个令牌，由两人登记。", "Booths, the card officer's terminal and the trustees' terminals each have a token; two people enrol them."))
        }
        @if all.is_empty() { p { (operator.say("还没有终端。", "There are no terminals yet.")) } }
        @else { (list(operator, &all)) }
        (enrol_form(operator, sent))
    };
    let title = operator.say("终端", "Terminals");
    Ok(show(app, operator, Content { complaint, ..Content::new(Place::Terminals, title, PATH, body) }))
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

fn enrol_form(operator: &Operator, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let mut options = vec![("", say("请选择", "Choose"))];
    options.extend(TerminalRole::ALL.iter().map(|role| (role.as_str(), say(role.zh(), role.en()))));
    html! {
        form class="panel" method="post" action=(PATH) {
            h2 { (say("提出登记终端", "Propose to enrol a terminal")) }
            p { (say("监督员确认后，令牌只在确认人的页面上显示一次。", "When the supervisor confirms, the token is shown once, on the page of the person who confirms.")) }
            (Field { value: sent.text("role"), ..Field::new("role", say("用途", "Purpose"), FieldKind::Choice(&options)) })
            (Field { value: sent.text("name"), hint: Some(say("与机身标签一致，例如：3 号投票机", "As on its label, such as: booth 3")), ..Field::line("name", say("名称", "Name")) })
            (Field {
                value: sent.text("trustee_position"),
                required: false,
                hint: Some(say("仅监票终端填写，从 1 起", "For a trustee's terminal only, from 1")),
                ..Field::new("trustee_position", say("第几位监票人", "Number of the trustee"), FieldKind::Line("number"))
            })
            div class="actions" { button class="primary" { (say("提出登记，等待确认", "Propose to enrol")) } }
        }
    }
}
