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
use crate::service::overview::list_offices;
use crate::store::offices::Office;
use crate::web::error_page::PageError;
use crate::web::form::Complaint;
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/statements";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Permission::ViewEdition, page).post(PATH, Permission::EditEdition, publish)
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, None).await
}

async fn publish(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    let step = EditionState::publish_statements;
    match edition::step(&app.context, &operator.actor(), &edition.0.id, step).await {
        Ok(()) => Ok(Done::StatementsPublished.at(&edition.path("/statements"))),
        Err(error) => render(&app, &operator, &edition, Some(&Complaint::about(error)?)).await,
    }
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let offices = list_offices(&app.context, &edition.0.id).await?;
    let body = html! {
        p class="lead" {
            (operator.say(
                "投票前，各股室的书面述职和群众意见摘要一并向公众公开，代表据此评议。",
                "Before the vote the offices' written statements and the digests of the public's opinions are published together; representatives are guided by them.",
            ))
        }
        (task(operator, edition, &offices))
    };
    let path = edition.path("/statements");
    let title = operator.say("公开述职", "Statements");
    Ok(show(
        app,
        operator,
        Content {
            complaint,
            back: Some(back(operator, &edition.0)),
            ..Content::new(Place::Edition, title, &path, body)
        },
    ))
}

fn task(operator: &Operator, edition: &InEdition, offices: &[Office]) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    match edition.0.state {
        EditionState::Drawn if operator.may(Permission::EditEdition) => html! {
            section class="panel" {
                h2 { (say("公开述职材料", "Publish the statements")) }
                (missing(operator, edition, offices))
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

/// The offices without a statement or a digest of opinions: once these are public, nothing can be added.
fn missing(operator: &Operator, edition: &InEdition, offices: &[Office]) -> Markup {
    let without = |text: fn(&Office) -> &Option<String>| {
        let numbers = offices.iter().filter(move |office| text(office).is_none()).map(|office| office.number);
        numbers.collect::<Vec<_>>()
    };
    let lists = [
        (operator.say("述职", "statement"), without(|office| &office.statement)),
        (operator.say("群众意见摘要", "digest of opinions"), without(|office| &office.opinions)),
    ];
    if lists.iter().all(|(_, numbers)| numbers.is_empty()) {
        return html! {};
    }
    let title = operator
        .say("还有没录入的材料，公开以后不能再补", "Texts are missing, and cannot be added afterwards");
    alert(
        Tone::Warning,
        title,
        &html! {
            @for (name, numbers) in lists.iter().filter(|(_, numbers)| !numbers.is_empty()) {
                p { (operator.say(format!("没有{name}的股室：{} 个", numbers.len()), format!("Offices without a {name}: {}", numbers.len()))) }
                p class="small" { @for number in numbers { (number) " " } }
            }
            p { a href=(edition.path("/offices")) { (operator.say("到股室名单录入", "Enter them in the list of offices")) } }
        },
    )
}
