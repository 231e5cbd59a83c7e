//! The sheet on which representatives sign, A4, by id.

use appearance::parts::{Column, Row, table};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::view::nothing;
use crate::app::App;
use crate::domain::{Permission, Purpose};
use crate::service::check_in::{self, Person, Seat, everybody};
use crate::service::edition::load_rules;
use crate::web::console::address::InEdition;
use crate::web::console::frame::{Content, Place, show};
use crate::web::console::guard::Routes;
use crate::web::console::parts::back_to;
use crate::web::error_page::PageError;
use crate::web::session::Operator;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/console/{year}/check-in/sheet", Permission::ViewSeatNames, at_hand)
        .get("/console/{year}/check-in/real/sheet", Permission::ViewSeatNames, real)
        .get("/console/{year}/check-in/rehearsal/sheet", Permission::ViewSeatNames, rehearsal)
}

/// The sheet of a poll: the same people, but what is signed in a rehearsal must not lie among the real sheets.
pub(super) fn path(edition: &InEdition, purpose: Purpose) -> String {
    super::path(edition, purpose) + "/sheet"
}

async fn at_hand(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    let purpose = check_in::at_hand(&app.context, &edition.0.id).await?;
    page(&app, &operator, &edition, purpose).await
}

async fn real(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    page(&app, &operator, &edition, Purpose::Real).await
}

async fn rehearsal(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    page(&app, &operator, &edition, Purpose::Rehearsal).await
}

async fn page(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    purpose: Purpose,
) -> Result<Response, PageError> {
    let rules = load_rules(&edition.0)?;
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let body = match everybody(&app.context, &edition.0.id).await? {
        None => nothing(operator),
        Some(people) => html! {
            p class="lead no-print" { (say("签到时由本人在自己的一行签名，然后抽一张卡。不写时间，不写卡上的任何字符。", "Each person signs in the own row and then draws one card. No time is written, and nothing that stands on a card.")) }
            p class="muted no-print" { (say("用浏览器的“打印”（Ctrl+P），A4 纸，纵向。递补有变化的，请重新打印。", "Print with the browser (Ctrl+P), A4, portrait. Print again after a replacement.")) }
            article class="printed-page sign-sheet" {
                p class="sheet-title" { (rules.title.zh) "　评议代表签到表" }
                @if purpose == Purpose::Rehearsal { p class="sheet-title" { "演　练　不作数" } }
                (rows(operator, &people))
                div class="signatures" {
                    p { "实到　　　　人　发卡　　　　张　换卡　　　　张" }
                    p { "签到台两人签名" }
                }
            }
        },
    };
    let (title, path) = (say("签到表", "Sheet for signatures"), path(edition, purpose));
    let back = Some(back_to(&super::path(edition, purpose), say("签到", "Check-in")));
    Ok(show(
        app,
        operator,
        Content { back, ..Content::new(Place::CheckIn(Some(purpose)), title, &path, body) },
    ))
}

fn rows(operator: &Operator, people: &[Person]) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let columns = [
        Column::words(say("编号", "Id")),
        Column::words(say("姓名", "Name")),
        Column::words(say("组别", "Half")),
        Column::words(say("类别", "Category")),
        Column::words(say("本人签名", "Signature")),
        Column::words(say("换卡签名", "Signature for an exchanged card")),
    ];
    let seated: Vec<_> = people.iter().filter(|person| !matches!(person.seat, Seat::Lost(_))).collect();
    let rows = seated.iter().map(|person| {
        let called = person.seat == Seat::Called;
        Row::from(vec![
            html! { code { (person.id) } },
            html! { strong { (person.name.as_deref().unwrap_or("")) } @if called { " " span class="badge" { (say("递补", "called")) } } },
            html! { (person.half) },
            html! { (person.category) },
            html! {},
            html! {},
        ])
    });
    let caption =
        operator.say(format!("应到 {} 名", seated.len()), format!("{} representatives", seated.len()));
    html! { div class="desk" { (table(&caption, &columns, rows)) } }
}
