//! One nomination: what it says, who seems to be the same person, and the decision.

use appearance::parts::{Column, Field, FieldKind, Row, Tone, alert, table};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::counts::PoolFigures;
use super::nominations::shown_name;
use crate::app::App;
use crate::domain::nomination::Decision;
use crate::domain::{EditionState, NominationId, NominationState, Permission};
use crate::service::ServiceError;
use crate::service::nomination::{decide, person_of, twins};
use crate::store::nominations::Nomination;
use crate::web::console::address::{Id, InEdition};
use crate::web::console::done::Done;
use crate::web::console::frame::{Content, Place, show};
use crate::web::console::guard::Routes;
use crate::web::console::parts::{back_to, facts, local_time};
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

/// Most characters of a reason.
const LONGEST_REASON: usize = 300;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/console/{year}/pool/nominations/{id}", Permission::ViewPool, page)
        .post("/console/{year}/pool/nominations/{id}/approve", Permission::EditEdition, approve)
        .post("/console/{year}/pool/nominations/{id}/return", Permission::EditEdition, send_back)
        .post("/console/{year}/pool/nominations/{id}/reject", Permission::EditEdition, reject)
        .post("/console/{year}/pool/nominations/{id}/reopen", Permission::EditEdition, reopen)
}

async fn page(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    id: Id<NominationId>,
) -> Result<Response, PageError> {
    render(&app, &operator, &edition, &id.0, ("", None)).await
}

/// A decision, sent with the form of the page.
#[derive(Debug)]
struct Sent {
    operator: Operator,
    app: App,
    edition: InEdition,
    id: NominationId,
    form: Form,
}

async fn approve(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    id: Id<NominationId>,
    form: Form,
) -> Result<Response, PageError> {
    let sent = Sent { operator, app, edition, id: id.0, form };
    take(&sent, Decision::Approve, Done::NominationApproved).await
}

async fn send_back(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    id: Id<NominationId>,
    form: Form,
) -> Result<Response, PageError> {
    let sent = Sent { operator, app, edition, id: id.0, form };
    let reason = sent.form.text("reason").to_owned();
    take(&sent, Decision::Return { reason }, Done::NominationReturned).await
}

async fn reject(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    id: Id<NominationId>,
    form: Form,
) -> Result<Response, PageError> {
    let sent = Sent { operator, app, edition, id: id.0, form };
    let reason = sent.form.text("reason").to_owned();
    take(&sent, Decision::Reject { reason }, Done::NominationRejected).await
}

async fn reopen(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    id: Id<NominationId>,
    form: Form,
) -> Result<Response, PageError> {
    let sent = Sent { operator, app, edition, id: id.0, form };
    take(&sent, Decision::Reopen, Done::NominationReopened).await
}

async fn take(sent: &Sent, decision: Decision, done: Done) -> Result<Response, PageError> {
    let Sent { operator, app, edition, id, form } = sent;
    let version = form.text("version").parse().unwrap_or(0);
    if decision.reason().is_some_and(|reason| reason.chars().count() > LONGEST_REASON) {
        let complaint = Complaint::new(
            format!("理由最多 {LONGEST_REASON} 个字，请写短一些。没有作任何更改。"),
            format!(
                "A reason has {LONGEST_REASON} characters at the most; make it shorter. Nothing was changed."
            ),
        );
        return render(app, operator, edition, id, (form.text("reason"), Some(&complaint))).await;
    }
    match decide(&app.context, &operator.account.id, &edition.0.id, (id, version), &decision).await {
        Ok(()) => Ok(done.at(&edition.path("/pool/nominations"))),
        Err(error) => {
            let complaint = Complaint::about(error)?;
            render(app, operator, edition, id, (form.text("reason"), Some(&complaint))).await
        }
    }
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    id: &NominationId,
    (reason, complaint): (&str, Option<&Complaint>),
) -> Result<Response, PageError> {
    let figures = PoolFigures::load(&app.context, &edition.0).await?;
    let found = figures.nominations.iter().find(|nomination| nomination.id == *id);
    let nomination = found.ok_or(ServiceError::NotFound("nomination"))?;
    let by = match &nomination.decided_by {
        Some(account) => Some(person_of(&app.context, account).await?),
        None => None,
    };
    let list = edition.path("/pool/nominations");
    let deciding = operator.may(Permission::EditEdition) && edition.0.state.is_pool_open();
    let body = html! {
        (figures.strip(operator))
        (content(operator, nomination, by.as_deref(), edition.0.state > EditionState::PoolOpen))
        (same_people(operator, &figures, nomination, &list))
        @if deciding { (decision(operator, nomination, &format!("{list}/{id}"), reason)) }
    };
    let back = Some(back_to(&list, operator.say("提名", "Nominations")));
    let title = operator.say("一份提名", "A nomination");
    let path = format!("{list}/{id}");
    Ok(show(app, operator, Content { back, complaint, ..Content::new(Place::Pool, title, &path, body) }))
}

fn content(operator: &Operator, nomination: &Nomination, by: Option<&str>, locked: bool) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let entry = &nomination.entry;
    let mut rows = vec![(say("姓名", "Name"), html! { strong { (shown_name(operator, nomination)) } })];
    if let Some(identity) = nomination.identity.as_ref().filter(|_| operator.may(Permission::ViewIdentities))
    {
        rows.push((
            say("身份证号", "ID card number"),
            html! { span class="code" { (identity.id_card.expose()) } },
        ));
        rows.push((say("电话", "Phone"), html! { span class="code" { (identity.phone.expose()) } }));
    }
    rows.push((say("类别", "Category"), html! { (entry.half) (say(" 组 · ", " · ")) (entry.category) }));
    rows.push((say("来源", "Source"), html! { (say(entry.source.zh(), entry.source.en())) }));
    // Masked names and states are all that the others see.
    let seeing = operator.may(Permission::ViewIdentities);
    if seeing && !entry.unit.is_empty() {
        rows.push((say("推荐单位", "Recommended by"), html! { (entry.unit) }));
    }
    if seeing {
        rows.push((say("工作单位及职务", "Workplace and position"), html! { (entry.workplace) }));
    }
    rows.push((say("收到", "Received"), html! { (local_time(nomination.received_at)) }));
    rows.push((
        say("状态", "State"),
        html! { span class="badge" { (say(nomination.state.zh(), nomination.state.en())) } },
    ));
    if let Some(reason) = nomination.reason.as_ref().filter(|_| seeing) {
        rows.push((say("理由", "Reason"), html! { (reason) }));
    }
    if let (Some(by), Some(at)) = (by, nomination.decided_at) {
        rows.push((say("最近处理", "Last decision"), html! { (by) "，" (local_time(at)) }));
    }
    if let Some(id) = nomination.member_id.as_ref().filter(|_| locked) {
        rows.push((say("库内编号", "Id in the pool"), html! { code { (id) } }));
    }
    html! { section class="panel" { (facts(&rows)) } }
}

fn same_people(operator: &Operator, figures: &PoolFigures, nomination: &Nomination, list: &str) -> Markup {
    let twins: Vec<_> = twins(&figures.nominations, nomination).collect();
    if twins.is_empty() {
        return html! {};
    }
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let columns = [
        Column::words(say("姓名", "Name")),
        Column::words(say("相同之处", "What agrees")),
        Column::words(say("类别", "Category")),
        Column::words(say("状态", "State")),
    ];
    let rows = twins.iter().map(|twin| {
        let other = twin.nomination;
        let same = if twin.same_id_card {
            say("身份证号相同", "same ID card number")
        } else {
            say("姓名和电话相同", "same name and phone")
        };
        Row::from(vec![
            html! { a href={ (list) "/" (other.id) } { (shown_name(operator, other)) } },
            html! { (same) },
            html! { (other.entry.category) },
            html! { (say(other.state.zh(), other.state.en())) },
        ])
    });
    let words =
        say("同一人只能通过一份。请对照后处理。", "A person can be approved once only. Compare them first.");
    html! {
        (alert(Tone::Warning, say("疑似重复提名", "This person may be nominated more than once"), &html! { p { (words) } }))
        (table(say("疑似同一人的提名", "Nominations of what seems to be the same person"), &columns, rows))
    }
}

fn decision(operator: &Operator, nomination: &Nomination, path: &str, reason: &str) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let version = html! { input type="hidden" name="version" value=(nomination.version); };
    let field = Field {
        value: reason,
        required: false,
        hint: Some(say(
            "退回和不予通过必须填写。提名人凭查询码可以看到，请勿写他人的个人信息。",
            "Needed to return or reject. Whoever has the code reads it; no personal data of others, please.",
        )),
        ..Field::new(
            "reason",
            say("理由", "Reason"),
            FieldKind::Lines { rows: 3, longest: u32::try_from(LONGEST_REASON).ok() },
        )
    };
    let waiting = nomination.state == NominationState::Waiting;
    let rejectable = waiting || nomination.state == NominationState::Returned;
    html! {
        section class="panel" {
            h2 { (say("处理", "Decide")) }
            form method="post" action={ (path) @if waiting { "/approve" } @else { "/reopen" } } {
                (version)
                @if rejectable { (field) }
                div class="actions" {
                    @if waiting {
                        button class="primary" formaction={ (path) "/approve" } { (say("通过", "Approve")) }
                        button formaction={ (path) "/return" } { (say("退回更正", "Return for correction")) }
                    }
                    @if rejectable { button class="grave" formaction={ (path) "/reject" } { (say("不予通过", "Reject")) } }
                    @if !waiting { button formaction={ (path) "/reopen" } { (say("恢复为待审核", "Review it again")) } }
                }
            }
        }
    }
}
