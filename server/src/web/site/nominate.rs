//! `/nominate`: people nominate themselves, units recommend people. Works without a script; nothing typed is lost.

mod consent;
mod fields;
pub(super) mod status;

use appearance::parts::{Tone, alert};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use evaluation::rules::Rules;
use maud::{Markup, html};

use self::fields::{FormView, read};
use super::SiteError;
use super::public_form::PublicForm;
use crate::app::App;
use crate::domain::InTwoLanguages as _;
use crate::error::AppError;
use crate::service::edition::load_rules;
use crate::service::nomination::{FormToken, LookupCode, SubmitError, find_open, submit};
use crate::service::public::today;
use crate::web::layout::{Frame, Place};
use crate::web::rate_limit::{Client, RateLimits};

/// Never kept by a browser: the pages hold a code or what was typed.
const NOT_KEPT: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// The empty form, while nominations are taken.
pub(super) async fn show(frame: Frame, State(app): State<App>) -> Result<Response, SiteError> {
    let Some(edition) = find_open(&app.context).await? else { return Ok(closed(&frame)) };
    let rules = load_rules(&edition)?;
    let view = FormView::empty(FormToken::generate(&mut app.context.rng()).expose());
    Ok(page(&frame, &rules, &view, None, StatusCode::OK))
}

/// A filled-in form.
pub(super) async fn send(
    frame: Frame,
    State(app): State<App>,
    Extension(limits): Extension<RateLimits>,
    client: Client,
    PublicForm(form): PublicForm,
) -> Result<Response, SiteError> {
    let Some(edition) = find_open(&app.context).await? else { return Ok(closed(&frame)) };
    let rules = load_rules(&edition)?;
    let typed = read(&form);
    let token = form.text("token").parse();
    let token = token.unwrap_or_else(|()| FormToken::generate(&mut app.context.rng()));
    let again = |problems| FormView { token: token.expose().to_owned(), typed: typed.clone(), problems };
    // Only what is complete counts: correcting a slip costs nobody anything.
    if let Err(problems) = typed.check(&rules, today(&app.context)) {
        return Ok(wrong(&frame, &rules, &again(problems)));
    }
    if !limits.nominations.passes(client, app.context.now()) {
        return Ok(page(
            &frame,
            &rules,
            &again(Vec::new()),
            Some(&too_many(&frame)),
            StatusCode::TOO_MANY_REQUESTS,
        ));
    }
    match submit(&app.context, &token, &typed).await {
        Ok(code) => Ok(received(&frame, &code)),
        Err(SubmitError::Fields(problems)) => Ok(wrong(&frame, &rules, &again(problems))),
        Err(SubmitError::Service(error)) => {
            let error = AppError::from(error);
            if error.is_internal() {
                return Err(error.into());
            }
            let headline = frame.pick(error.zh(), error.en());
            let message = alert(Tone::Problem, &headline, &html! {});
            Ok(page(&frame, &rules, &again(Vec::new()), Some(&message), StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

fn wrong(frame: &Frame, rules: &Rules, view: &FormView) -> Response {
    page(frame, rules, view, Some(&complaint(frame, view)), StatusCode::UNPROCESSABLE_ENTITY)
}

/// What is wrong, all at once; each line leads to its field.
fn complaint(frame: &Frame, view: &FormView) -> Markup {
    let number = view.problems.len();
    let headline = frame.pick(
        format!("有 {number} 处需要改正，尚未提交"),
        format!("{number} things are to be corrected; nothing was sent yet"),
    );
    let body = html! {
        ul {
            @for problem in &view.problems {
                li { a href={ "#" (fields::name(problem.field)) } { (frame.pick(problem.zh.clone(), problem.en.clone())) } }
            }
        }
    };
    alert(Tone::Problem, &headline, &body)
}

fn too_many(frame: &Frame) -> Markup {
    alert(
        Tone::Problem,
        frame.say("提交得太多，暂时不能再收", "Too many were sent; none is taken for now"),
        &html! { p {
            (frame.say(
                "尚未提交，您填写的内容都还在下面。请一小时后再点“提交”；人数较多的单位可把纸质名单交创建办统一导入。",
                "This was not sent; what you typed is still below. Send it again in an hour. A unit with many people can hand in a list on paper.",
            ))
        } },
    )
}

fn page(
    frame: &Frame,
    rules: &Rules,
    view: &FormView,
    message: Option<&Markup>,
    status: StatusCode,
) -> Response {
    let frame = frame.clone().in_county(&rules.county);
    let title = frame.say("自荐或推荐评议代表", "Nominate a representative");
    let body = html! {
        h1 { (title) }
        @if let Some(message) = message { (message) }
        p class="lead" {
            (frame.say(
                "个人可以自荐，单位可以推荐。审核通过后进入代表库，评议代表从库中公开抽取。",
                "People can nominate themselves and units can recommend people. Those approved form the pool; representatives are drawn from it in public.",
            ))
        }
        p { (frame.say("已经提交过？", "Sent already? ")) a href="/nominate/status" { (frame.say("凭查询码查看进度", "Look it up with the code")) } }
        form method="post" action="/nominate" class="nominate" {
            input type="hidden" name="token" value=(view.token);
            (view.fields(&frame, rules))
            (consent::notice(&frame, rules))
            (view.consents(&frame))
            div class="actions" { button class="primary" { (frame.say("提交", "Send")) } }
        }
    };
    (status, NOT_KEPT, frame.page(Some(Place::Pool), title, body)).into_response()
}

fn closed(frame: &Frame) -> Response {
    let title = frame.say("现在不接受提名", "No nominations are taken now");
    let body = html! {
        h1 { (title) }
        p class="lead" { (frame.say("征集尚未开始，或已经结束。", "It has not begun, or it is over.")) }
        div class="actions" {
            a class="button" href="/nominate/status" { (frame.say("凭查询码查看进度", "Look up a nomination")) }
            a class="button" href="/pool" { (frame.say("查看代表库", "See the pool")) }
        }
    };
    (NOT_KEPT, frame.page(Some(Place::Pool), title, body)).into_response()
}

/// The answer with the code: it has no address, and the code stands in none.
fn received(frame: &Frame, code: &LookupCode) -> Response {
    let title = frame.say("已收到", "Received");
    let body = html! {
        h1 { (title) }
        (alert(Tone::Done, frame.say("提名已收到，等待审核", "The nomination has arrived and waits for the review"), &html! {}))
        section class="present" {
            div {
                p class="eyebrow" { (frame.say("查询码（只显示这一次）", "Code to look it up (shown this once)")) }
                p class="dice" { (code.in_groups().as_str()) }
                p { (frame.say("请抄下或截图保存。凭它可以查看审核结果和理由；被退回时，凭它更正。查询码等于钥匙，请勿告诉他人。", "Write it down or keep a picture. It shows the outcome and the reason, and lets you correct the nomination if it comes back. Keep it to yourself.")) }
            }
        }
        div class="actions no-print" {
            a class="button primary" href="/nominate/status" { (frame.say("查看进度", "Look it up")) }
            a class="button" href="/nominate" { (frame.say("再提一人", "Nominate another person")) }
        }
    };
    (NOT_KEPT, frame.page(Some(Place::Pool), title, body)).into_response()
}
