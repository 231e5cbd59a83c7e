//! Making the offices' statements public.

use appearance::parts::{Tone, alert};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::address::InEdition;
use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{back, button};
use crate::app::App;
use crate::domain::{EditionState, Permission};
use crate::service::edition;
use crate::web::error_page::PageError;
use crate::web::form::Complaint;
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/statements";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Permission::ViewEdition, page).post(PATH, Permission::EditEdition, publish)
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Response {
    render(&app, &operator, &edition, None)
}

async fn publish(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    let step = EditionState::publish_statements;
    match edition::step(&app.context, &operator.actor(), &edition.0.id, step).await {
        Ok(()) => Ok(Done::StatementsPublished.at(&edition.path("/statements"))),
        Err(error) => Ok(render(&app, &operator, &edition, Some(&Complaint::about(error)?))),
    }
}

fn render(app: &App, operator: &Operator, edition: &InEdition, complaint: Option<&Complaint>) -> Response {
    let body = html! {
        p class="lead" {
            (operator.say(
                "投票前，各股室的书面述职向公众公开，代表据此评议。",
                "Before the vote the offices' written statements are public; representatives are guided by them.",
            ))
        }
        (task(operator, edition))
    };
    let path = edition.path("/statements");
    let title = operator.say("公开述职", "Statements");
    show(
        app,
        operator,
        Content {
            complaint,
            back: Some(back(operator, &edition.0)),
            ..Content::new(Place::Edition, title, &path, body)
        },
    )
}

fn task(operator: &Operator, edition: &InEdition) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    match edition.0.state {
        EditionState::Drawn if operator.may(Permission::EditEdition) => html! {
            section class="panel" {
                h2 { (say("公开述职材料", "Publish the statements")) }
                p { (say("公开后即可建立投票。此步骤不能撤回。", "Then the poll can be created. This step cannot be taken back.")) }
                div class="actions" { (button(&edition.path("/statements"), say("公开述职材料", "Publish the statements"), "primary")) }
            }
        },
        state if state >= EditionState::StatementsPublished => {
            alert(Tone::Done, say("述职材料已公开", "The statements are public"), &html! {})
        }
        state if state < EditionState::Drawn => alert(
            Tone::Note,
            say("还没到这一步", "Not yet"),
            &html! { p { (say("抽取代表之后公开述职材料。", "The statements are published after the draw.")) } },
        ),
        _ => html! {},
    }
}
