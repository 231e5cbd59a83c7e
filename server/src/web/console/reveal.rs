//! The hall's big screen on the day of the poll: the turnout, and after the reveal the ranking, at the chair's pace.
//!
//! Until the poll is revealed nothing but its state and the number of ballots is on the page; after it nothing that the
//! chair has not shown yet. Every screen shows the same step.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use evaluation::hash::Sha256Hash;
use evaluation::reveal::Step;
use maud::{Markup, html};

use super::address::InEdition;
use super::guard::Routes;
use super::screen::{Picture, header, page};
use crate::app::App;
use crate::domain::{Permission, PollState, Purpose};
use crate::service::ServiceError;
use crate::service::edition::load_rules;
use crate::service::overview::{PollView, find_poll};
use crate::service::reveal::{self, RevealView};
use crate::web::counted::{turnout_bar, turnout_words};
use crate::web::error_page::PageError;
use crate::web::form::Form;
use crate::web::session::Operator;

mod ranked;

const PATH: &str = "/console/{year}/poll/screen";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Permission::ViewTurnout, show).post(PATH, Permission::ConductReveal, turn)
}

async fn show(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    let title = operator.say("投票 · 大屏", "The poll · big screen");
    let Some(view) = find_poll(&app.context, &edition.0.id).await? else {
        let body = html! { h1 { (operator.say("尚未建立投票", "There is no poll yet")) } };
        let picture = Picture { title, version: "none", going: true, body, controls: html! {} };
        return Ok(page(&operator, &picture).into_response());
    };
    let rules = load_rules(&edition.0)?;
    let name = operator.say(&rules.title.zh, &rules.title.en);
    let rehearsal = operator.say("演 练 · 结果不作数", "REHEARSAL · the result does not count");
    let rehearsal = (view.poll.purpose == Purpose::Rehearsal).then_some(rehearsal);
    let (shown, controls) = if view.poll.state == PollState::Revealed {
        let reveal = reveal::find(&app.context, &view.poll).await?;
        (step(&operator, &reveal), controls(&operator, &edition, &reveal))
    } else {
        (turnout(&operator, &view), html! {})
    };
    let body = html! { (header(&html! { (name) }, rehearsal)) (shown) };
    // What stands on the screen is its own version: it changes when anything on it does.
    let version = Sha256Hash::of(body.0.as_bytes()).to_string();
    let picture = Picture { title, version: &version, going: true, body, controls };
    Ok(page(&operator, &picture).into_response())
}

async fn turn(
    _: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let view = find_poll(&app.context, &edition.0.id).await?.ok_or(ServiceError::NotFound("poll"))?;
    // A form that is not of our page changes nothing; the screen is shown as it is.
    if let (Ok(from), Ok(to)) = (form.text("from").parse(), form.text("to").parse()) {
        reveal::go(&app.context, &view.poll.id, from, to).await?;
    }
    Ok(axum::response::Redirect::to(&edition.path("/poll/screen")).into_response())
}

/// State, the reason of a pause and the number of ballots, and nothing else.
fn turnout(operator: &Operator, view: &PollView) -> Markup {
    let state = view.poll.state;
    let label = operator.say("已投票", "Ballots cast");
    let (zh, en) = turnout_words(view.turnout);
    let voting = state >= PollState::Open;
    html! {
        div class="turnout" {
            h1 { (operator.say(state.zh(), state.en())) }
            @if let Some(reason) = view.poll.pace_reason.as_ref().filter(|_| state == PollState::Paused) {
                p class="large" { (reason) }
            }
            @if voting {
                p class="turnout-figure" { (view.turnout.ballots) }
                p class="large" { (operator.say(zh, en)) }
                (turnout_bar(view.turnout, label))
            }
            p class="muted" {
                (operator.say("揭晓之前只显示票数，任何人都看不到评议内容。", "Before the reveal only the number of ballots is shown; nobody can see any grade."))
            }
        }
    }
}

fn step(operator: &Operator, view: &RevealView) -> Markup {
    let plan = view.plan();
    match plan.step(usize::try_from(view.step).unwrap_or(usize::MAX)) {
        Step::Title => {
            let title = view.rules.reveal.words.title();
            html! { div class="reveal-title" { h1 { (operator.say(title.zh, title.en)) } } }
        }
        Step::Section(ranking) => ranked::section(operator, view, ranking),
        Step::Offices { section, offices, earlier } => {
            ranked::offices(operator, view, section, offices, earlier)
        }
        Step::Whole(ranking) => ranked::whole(operator, view, ranking),
    }
}

/// What the chair presses: the next step and the one before. Nobody else has it.
fn controls(operator: &Operator, edition: &InEdition, view: &RevealView) -> Markup {
    let (step, last) = (view.step, u32::try_from(view.plan().last()).unwrap_or(u32::MAX));
    let button = |to: u32, turn: &str, label: &str| {
        html! {
            form method="post" action=(edition.path("/poll/screen")) {
                input type="hidden" name="from" value=(step);
                input type="hidden" name="to" value=(to);
                button data-turn=(turn) { (label) }
            }
        }
    };
    html! {
        @if operator.may(Permission::ConductReveal) {
            span class="place" { (step) " / " (last) }
            @if let Some(back) = step.checked_sub(1) { (button(back, "back", operator.say("← 退回", "← Back"))) }
            @if step < last { (button(step.saturating_add(1), "next", operator.say("下一步 →", "Next →"))) }
        }
    }
}
