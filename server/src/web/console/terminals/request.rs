//! One device that asks to be let in: its code, and the form to propose it.

use appearance::parts::{Field, FieldKind};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::PATH;
use crate::app::App;
use crate::domain::{EnrolmentId, Permission, TerminalRole, TerminalStatus};
use crate::service::act::Act;
use crate::service::terminal::{self, Enrolment, Request};
use crate::store::terminals::Terminal;
use crate::web::console::acts;
use crate::web::console::address::Id;
use crate::web::console::done::Done;
use crate::web::console::frame::{Content, Place, show};
use crate::web::console::guard::Routes;
use crate::web::console::parts::{back_to, button, facts, local_time};
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const ROUTE: &str = "/console/terminals/requests/{id}";

pub(super) fn routes(routes: Routes) -> Routes {
    let manage = Permission::ManageTerminals;
    routes.get(ROUTE, manage, page).post(ROUTE, manage, propose).post(
        "/console/terminals/requests/{id}/discard",
        manage,
        discard,
    )
}

/// Where a request is looked at.
pub(super) fn path(id: &EnrolmentId) -> String {
    format!("{PATH}/requests/{id}")
}

async fn page(
    operator: Operator,
    State(app): State<App>,
    id: Id<EnrolmentId>,
) -> Result<Response, PageError> {
    let request = terminal::find_request(&app.context, &id.0)?;
    render(&app, &operator, &request, None).await
}

async fn propose(
    operator: Operator,
    State(app): State<App>,
    id: Id<EnrolmentId>,
    form: Form,
) -> Result<Response, PageError> {
    let request = terminal::find_request(&app.context, &id.0)?;
    let act = read(&request, &form).map(Act::EnrolTerminal);
    match acts::propose_typed(&app, &operator, act).await? {
        Ok(response) => Ok(response),
        Err(complaint) => render(&app, &operator, &request, Some((&form, &complaint))).await,
    }
}

async fn discard(_: Operator, State(app): State<App>, id: Id<EnrolmentId>) -> Result<Response, PageError> {
    terminal::discard(&app.context, &id.0);
    Ok(Done::RequestDiscarded.at(PATH))
}

fn read(request: &Request, form: &Form) -> Result<Enrolment, Complaint> {
    let trustee_position = match form.text("trustee_position") {
        "" => None,
        text => Some(text.parse().map_err(|_| {
            Complaint::new("监票人序号应为从 1 起的整数。", "The trustee's number is counted from 1.")
        })?),
    };
    let trustee_position = trustee_position.filter(|_| request.role() == TerminalRole::Trustee);
    let replaces = match form.text("replaces") {
        "" => None,
        text => Some(text.parse().map_err(|_| {
            Complaint::new("请重新选择被替换的终端。", "Choose the terminal to be replaced again.")
        })?),
    };
    request.enrolment(form.text("name"), trustee_position, replaces).ok_or_else(|| {
        Complaint::new(
            "终端还没有显示代码，请稍候再试。",
            "The terminal does not show a code yet; try again.",
        )
    })
}

async fn render(
    app: &App,
    operator: &Operator,
    request: &Request,
    refused: Option<(&Form, &Complaint)>,
) -> Result<Response, PageError> {
    let mut candidates = terminal::list(&app.context).await?;
    candidates
        .retain(|terminal| terminal.status == TerminalStatus::Enrolled && terminal.role == request.role());
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let code = request.code.as_ref().map_or_else(String::new, ToString::to_string);
    let body = html! {
        section class="panel" {
            h2 { (say("终端屏幕上应显示", "The terminal's screen must show")) }
            p { span class="screen-code" { (code) } }
            p { (say("走到这台终端前逐字核对。不同就不要登记：有人在冒充终端或服务器。请报告监督员。", "Go to the terminal and compare letter by letter. If they differ, do not enrol it: somebody poses as the terminal or as the server. Tell the supervisor.")) }
            (facts(&[
                (say("标签", "Label"), html! { (request.asked.label) }),
                (say("用途", "Purpose"), html! { (say(request.role().zh(), request.role().en())) }),
                (say("申请时间", "Asked at"), html! { (local_time(request.asked_at)) }),
            ]))
        }
        (form(operator, request, &candidates, refused.map(|(form, _)| form)))
        (button(&format!("{}/discard", path(&request.id)), say("移除这份申请", "Remove this request"), "grave"))
    };
    let title = say("登记终端", "Enrol a terminal");
    let here = path(&request.id);
    let back = Some(back_to(PATH, say("终端", "Terminals")));
    let complaint = refused.map(|(_, complaint)| complaint);
    Ok(show(app, operator, Content { back, complaint, ..Content::new(Place::Terminals, title, &here, body) }))
}

fn form(operator: &Operator, request: &Request, candidates: &[Terminal], sent: Option<&Form>) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    // A dead terminal is replaced by one with the same label.
    let dead = candidates.iter().find(|terminal| terminal.name == request.asked.label);
    let name = sent.map_or(request.asked.label.as_str(), |form| form.text("name"));
    let suggested = dead.map_or("", |terminal| terminal.id.as_str());
    let replaces = sent.map_or(suggested, |form| form.text("replaces"));
    let position = dead.and_then(|terminal| terminal.trustee_position).map(|position| position.to_string());
    let position =
        sent.map_or_else(|| position.unwrap_or_default(), |form| form.text("trustee_position").to_owned());
    let mut options = vec![("", say("不替换，新增一台", "None: this is one more"))];
    options.extend(candidates.iter().map(|terminal| (terminal.id.as_str(), terminal.name.as_str())));
    html! {
        form class="panel" method="post" action=(path(&request.id)) {
            h2 { (say("提出登记", "Propose to enrol it")) }
            (Field { value: name, hint: Some(say("与机身标签一致，例如：3 号投票机", "As on its label, such as: booth 3")), ..Field::line("name", say("名称", "Name")) })
            @if request.role() == TerminalRole::Trustee {
                (Field {
                    value: &position,
                    hint: Some(say("从 1 起", "From 1")),
                    ..Field::new("trustee_position", say("第几位监票人", "Number of the trustee"), FieldKind::Line("number"))
                })
            }
            @if !candidates.is_empty() {
                (Field {
                    value: replaces,
                    required: false,
                    hint: Some(say("被替换的终端在确认时永久停用", "The terminal that is replaced is revoked for ever on confirmation")),
                    ..Field::new("replaces", say("替换", "Replaces"), FieldKind::Choice(&options))
                })
            }
            div class="actions" { button class="primary" { (say("代码相同，提出登记", "The codes agree: propose to enrol")) } }
        }
    }
}
