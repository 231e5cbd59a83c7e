//! All editions, and creating one from the preset or from a rules file.

use appearance::parts::{Field, FieldKind};
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use evaluation::rules::Rules;
use maud::{Markup, html};

use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{button, upload};
use super::rules::in_words;
use crate::app::App;
use crate::domain::Permission;
use crate::service::{edition, overview};
use crate::store::editions::Edition;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/editions";
const FROM_PRESET: &str = "/console/editions/ningjin-2020";

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/console", Permission::ViewEdition, start)
        .get(PATH, Permission::ViewEdition, page)
        .post(PATH, Permission::EditEdition, create_from_file)
        .post(FROM_PRESET, Permission::EditEdition, create_from_preset)
}

/// The latest year, or the page that creates the first one.
async fn start(operator: Operator) -> Response {
    let path = operator.surroundings.year.map_or(PATH.to_owned(), |year| format!("/console/{year}"));
    Redirect::to(&path).into_response()
}

async fn page(operator: Operator, State(app): State<App>) -> Result<Response, PageError> {
    render(&app, &operator, None).await
}

async fn create_from_preset(operator: Operator, State(app): State<App>) -> Result<Response, PageError> {
    create(&app, &operator, &Rules::ningjin_2020()).await
}

async fn create_from_file(
    operator: Operator,
    State(app): State<App>,
    form: Form,
) -> Result<Response, PageError> {
    match read_rules(&form) {
        Ok(rules) => create(&app, &operator, &rules).await,
        Err(complaint) => render(&app, &operator, Some(&complaint)).await,
    }
}

fn read_rules(form: &Form) -> Result<Rules, Complaint> {
    let Some(file) = form.file("file") else {
        return Err(Complaint::new("请先选择规则文件。", "Choose a rules file first."));
    };
    let text = str::from_utf8(file).map_err(|_| {
        Complaint::new(
            "规则文件不是 UTF-8 编码，没有建立年度评议。请另存为 UTF-8 后再试。",
            "The rules file is not UTF-8 text; no edition was created. Save it as UTF-8 and try again.",
        )
    })?;
    Rules::parse(text).map_err(|error| Complaint::new(error.zh(), error.en()))
}

async fn create(app: &App, operator: &Operator, rules: &Rules) -> Result<Response, PageError> {
    match edition::create(&app.context, &operator.actor(), rules).await {
        Ok(_) => Ok(Done::EditionCreated.at(&format!("/console/{}", rules.year))),
        Err(error) => render(app, operator, Some(&Complaint::about(error)?)).await,
    }
}

async fn render(
    app: &App,
    operator: &Operator,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let all = overview::list_editions(&app.context).await?;
    let body = html! {
        (list(operator, &all))
        @if operator.may(Permission::EditEdition) { (forms(operator)) }
    };
    let title = operator.say("年度评议", "Editions");
    Ok(show(app, operator, Content { complaint, ..Content::new(Place::Edition, title, PATH, body) }))
}

fn list(operator: &Operator, all: &[Edition]) -> Markup {
    html! {
        @if all.is_empty() {
            p class="lead" {
                (operator.say("还没有年度评议。由创建办按规则建立第一个。", "There is no edition yet. The commission creates the first one from its rules."))
            }
        }
        div class="cards" {
            @for edition in all {
                a class="card" href={ "/console/" (edition.year) } {
                    p class="figure" { (edition.year) }
                    p { (operator.say(edition.state.zh(), edition.state.en())) }
                }
            }
        }
    }
}

fn forms(operator: &Operator) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let field = Field {
        hint: Some(say(
            "TOML 文件，UTF-8 编码。另一个县、另一年只改规则，不改程序。",
            "A TOML file, UTF-8. Another county or year changes the rules, not the program.",
        )),
        ..Field::new("file", say("规则文件", "Rules file"), FieldKind::File(".toml"))
    };
    html! {
        section class="panel" {
            h2 { (say("按宁晋县 2020 年规则建立", "Create from the rules of Ningjin, 2020")) }
            (in_words(operator, &Rules::ningjin_2020()))
            div class="actions" {
                (button(FROM_PRESET, say("按此规则建立 2020 年度评议", "Create the edition of 2020 from these rules"), "primary"))
            }
        }
        section class="panel" {
            h2 { (say("按自己的规则文件建立", "Create from a rules file")) }
            (upload(PATH, field, say("检查规则并建立", "Check the rules and create")))
        }
    }
}
