//! The turnout, for the hall's screen: a count and nothing else.

use axum::extract::State;
use axum::response::Response;
use maud::html;

use crate::app::App;
use crate::domain::{Permission, PollState};
use crate::service::ServiceError;
use crate::service::overview::find_poll;
use crate::web::console::address::InEdition;
use crate::web::console::frame::{Content, Place, show};
use crate::web::console::guard::Routes;
use crate::web::console::parts::back_to;
use crate::web::counted::{turnout_bar, turnout_words};
use crate::web::error_page::PageError;
use crate::web::session::Operator;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/console/{year}/poll/turnout", Permission::ViewTurnout, page)
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    let view = find_poll(&app.context, &edition.0.id).await?.ok_or(ServiceError::NotFound("poll"))?;
    let state = view.poll.state;
    let label = operator.say("已投票", "Ballots cast");
    let (zh, en) = turnout_words(view.turnout);
    let body = html! {
        section class="panel" {
            p class="lead" { (operator.say(state.zh(), state.en())) }
            @if let Some(reason) = view.poll.pace_reason.as_ref().filter(|_| state == PollState::Paused) { p class="lead" { (reason) } }
            p class="figure-huge" { (view.turnout.ballots) }
            p class="lead" { (operator.say(zh, en)) }
            (turnout_bar(view.turnout, label))
        }
        p class="muted" {
            (operator.say("每 10 秒自动更新。揭晓前只显示人数，任何人都看不到评议内容。", "Updated every 10 seconds. Before the reveal only the count is shown; nobody can see any grade."))
        }
    };
    let path = edition.path("/poll/turnout");
    let title = operator.say("投票进度", "Turnout");
    let content = Content {
        refresh_seconds: Some(10),
        back: Some(back_to(&edition.path("/poll"), operator.say("投票", "Poll"))),
        ..Content::new(Place::Poll(Some(view.poll.purpose)), title, &path, body)
    };
    Ok(show(&app, &operator, content))
}
