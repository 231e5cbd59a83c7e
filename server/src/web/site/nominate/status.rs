//! `/nominate/status`: the state of a nomination, for who has its code; and the correction of a returned one. The code is
//! sent in the body, never in an address.

use appearance::parts::{Field, Tone, alert};
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use evaluation::rules::Rules;
use maud::{Markup, html};

use super::fields::{FormView, read};
use super::{NOT_KEPT, PublicForm, SiteError, complaint, consent};
use crate::app::App;
use crate::domain::{InTwoLanguages as _, NominationSource, NominationState};
use crate::error::AppError;
use crate::service::edition::load_rules;
use crate::service::nomination::{self, LookupCode, NominationForm, Status, SubmitError, find_open};
use crate::web::layout::{Frame, Place};
use crate::web::rate_limit::{Client, RateLimits};

/// Asks for the code.
pub(in crate::web::site) async fn show(frame: Frame) -> Response {
    ask(&frame, "", None, StatusCode::OK)
}

/// Shows what the code leads to. A wrong code and one that leads nowhere get the same answer.
pub(in crate::web::site) async fn look_up(
    frame: Frame,
    State(app): State<App>,
    Extension(limits): Extension<RateLimits>,
    client: Client,
    PublicForm(form): PublicForm,
) -> Result<Response, SiteError> {
    let typed = form.text("code");
    if !limits.look_ups.passes(client, app.context.now()) {
        return Ok(too_many(&frame, typed));
    }
    let found = match typed.parse::<LookupCode>() {
        Ok(code) => nomination::look_up(&app.context, &code).await?.map(|status| (code, status)),
        Err(()) => None,
    };
    let Some((code, status)) = found else { return Ok(unknown(&frame, typed)) };
    let rules = open_rules(&app).await?.filter(|_| status.can_correct);
    let view = rules.map(|rules| (rules, prefilled(&code, &status)));
    Ok(one(&frame, &code, &status, view.as_ref(), None, StatusCode::OK))
}

/// Takes a corrected nomination.
pub(in crate::web::site) async fn correct(
    frame: Frame,
    State(app): State<App>,
    Extension(limits): Extension<RateLimits>,
    client: Client,
    PublicForm(form): PublicForm,
) -> Result<Response, SiteError> {
    let (typed, entered) = (form.text("code"), read(&form));
    if !limits.look_ups.passes(client, app.context.now()) {
        return Ok(too_many(&frame, typed));
    }
    let Ok(code) = typed.parse::<LookupCode>() else { return Ok(unknown(&frame, typed)) };
    let outcome = nomination::correct(&app.context, &code, &entered).await;
    let Some(status) = nomination::look_up(&app.context, &code).await? else {
        return Ok(unknown(&frame, typed));
    };
    let view = |problems| FormView { token: code.in_groups().to_string(), typed: entered.clone(), problems };
    match outcome {
        Ok(()) => {
            let headline =
                frame.say("更正已收到，等待重新审核", "The correction has arrived and waits for the review");
            let message = alert(Tone::Done, headline, &html! {});
            Ok(one(&frame, &code, &status, None, Some(&message), StatusCode::OK))
        }
        Err(SubmitError::Fields(problems)) => {
            let view = view(problems);
            let message = complaint(&frame, &view);
            let shown = open_rules(&app).await?.map(|rules| (rules, view));
            Ok(one(&frame, &code, &status, shown.as_ref(), Some(&message), StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(SubmitError::Service(error)) => {
            let error = AppError::from(error);
            if error.is_internal() {
                return Err(error.into());
            }
            let message = alert(Tone::Problem, &frame.pick(error.zh(), error.en()), &html! {});
            Ok(one(&frame, &code, &status, None, Some(&message), StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

async fn open_rules(app: &App) -> Result<Option<Rules>, SiteError> {
    Ok(find_open(&app.context).await?.as_ref().map(load_rules).transpose()?)
}

/// The form for a correction. Names and numbers are typed again: who finds a code must not read them.
fn prefilled(code: &LookupCode, status: &Status) -> FormView {
    let entry = &status.entry;
    let source = if entry.source == NominationSource::Unit { "unit" } else { "self" };
    let typed = NominationForm {
        source: source.to_owned(),
        unit: entry.unit.clone(),
        category: entry.category.clone(),
        workplace: entry.workplace.clone(),
        ..NominationForm::default()
    };
    FormView { token: code.in_groups().to_string(), typed, problems: Vec::new() }
}

fn ask(frame: &Frame, typed: &str, message: Option<&Markup>, status: StatusCode) -> Response {
    let title = frame.say("查看提名进度", "Look up a nomination");
    let field = Field {
        value: typed,
        hint: Some(frame.say(
            "提交提名后显示的 16 位查询码，大小写和横线不限",
            "The 16 characters shown when it was sent; case and hyphens do not matter",
        )),
        ..Field::line("code", frame.say("查询码", "Code"))
    };
    let body = html! {
        h1 { (title) }
        @if let Some(message) = message { (message) }
        form method="post" action="/nominate/status" {
            (field)
            div class="actions" { button class="primary" { (frame.say("查询", "Look it up")) } }
        }
        p class="muted" { (frame.say("查询码遗失的，请持身份证到创建办查询。", "Without the code, ask at the programme office with your ID card.")) }
    };
    (status, NOT_KEPT, frame.page(Some(Place::Pool), title, body)).into_response()
}

fn unknown(frame: &Frame, typed: &str) -> Response {
    let words =
        frame.say("请对照抄下的查询码再输一次。", "Compare it with what you wrote down and type it again.");
    let message =
        alert(Tone::Problem, frame.say("没有这个查询码", "There is no such code"), &html! { p { (words) } });
    ask(frame, typed, Some(&message), StatusCode::UNPROCESSABLE_ENTITY)
}

fn too_many(frame: &Frame, typed: &str) -> Response {
    let words = frame.say("请一小时后再试。", "Try again in an hour.");
    let message =
        alert(Tone::Problem, frame.say("查询得太多", "Too many look-ups"), &html! { p { (words) } });
    ask(frame, typed, Some(&message), StatusCode::TOO_MANY_REQUESTS)
}

fn one(
    frame: &Frame,
    code: &LookupCode,
    status: &Status,
    form: Option<&(Rules, FormView)>,
    message: Option<&Markup>,
    http: StatusCode,
) -> Response {
    let title = frame.say("提名进度", "The nomination");
    let body = html! {
        h1 { (title) }
        @if let Some(message) = message { (message) }
        section class="present" {
            div {
                p class="eyebrow" { (frame.say("状态", "State")) }
                p class="headline" { (frame.say(status.state.zh(), status.state.en())) }
                p { (meaning(frame, status)) }
                @if let Some(reason) = &status.reason { p { strong { (frame.say("理由：", "Reason: ")) } (reason) } }
            }
        }
        dl class="facts" {
            @if let Some(name) = &status.masked_name { dt { (frame.say("姓名", "Name")) } dd { (name) } }
            dt { (frame.say("类别", "Category")) } dd { (status.entry.category) }
            dt { (frame.say("来源", "Source")) } dd { (frame.say(status.entry.source.zh(), status.entry.source.en())) }
            @if let Some(id) = &status.member_id { dt { (frame.say("库内编号", "Id in the pool")) } dd { code { (id) } } }
        }
        @if let Some((rules, view)) = form {
            section {
                h2 { (frame.say("更正后重新提交", "Correct it and send it again")) }
                p { (frame.say("为防止查询码落入他人之手，姓名、身份证号和电话请重新填写。", "In case somebody else has the code, name, ID card number and phone are not shown; type them again.")) }
                form method="post" action="/nominate/correct" class="nominate" {
                    input type="hidden" name="code" value=(code.in_groups().as_str());
                    (view.fields(frame, rules))
                    (consent::notice(frame, rules))
                    (view.consents(frame))
                    div class="actions" { button class="primary" { (frame.say("提交更正", "Send the correction")) } }
                }
            }
        }
        div class="actions" { a class="button" href="/" { (frame.say("回到首页", "First page")) } }
    };
    (http, NOT_KEPT, frame.page(Some(Place::Pool), title, body)).into_response()
}

fn meaning(frame: &Frame, status: &Status) -> &'static str {
    match status.state {
        NominationState::Waiting => {
            frame.say("创建办正在审核，请过几天再来查看。", "It is being reviewed; look again in a few days.")
        }
        NominationState::Returned if status.can_correct => {
            frame.say("请按理由更正后重新提交。", "Correct it as the reason says and send it again.")
        }
        NominationState::Returned => {
            frame.say("征集已经结束，没有进入代表库。", "Collecting is over; it did not enter the pool.")
        }
        NominationState::Approved if status.member_id.is_some() => frame.say(
            "已进入代表库。请到创建办领取身份凭条。",
            "It is in the pool. Fetch the slip at the programme office.",
        ),
        NominationState::Approved => {
            frame.say("已通过审核，将进入代表库。", "It is approved and will be in the pool.")
        }
        NominationState::Rejected => frame.say("没有进入代表库。", "It will not be in the pool."),
    }
}
