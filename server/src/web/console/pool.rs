//! The pool of people of whom the representatives are drawn.

use appearance::parts::{Column, Row, Tone, alert, progress, table};
use axum::extract::State;
use axum::response::Response;
use evaluation::rules::Rules;
use maud::{Markup, html};

use super::address::InEdition;
use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{back, button, csv_field, fold, upload};
use crate::app::App;
use crate::domain::{EditionState, Permission};
use crate::service::edition::{self, load_rules};
use crate::service::overview::{HalfCount, PoolCount, count_pool};
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/pool";

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get(PATH, Permission::ViewPool, page)
        .post(PATH, Permission::EditEdition, import)
        .post("/console/{year}/pool/open", Permission::EditEdition, open)
        .post("/console/{year}/pool/lock", Permission::EditEdition, lock)
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, None).await
}

async fn open(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    let id = &edition.0.id;
    match edition::step(&app.context, &operator.actor(), id, EditionState::open_pool).await {
        Ok(()) => Ok(Done::PoolOpened.at(&edition.path("/pool"))),
        Err(error) => render(&app, &operator, &edition, Some(&Complaint::about(error)?)).await,
    }
}

async fn import(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let Some(file) = form.file("file") else {
        let complaint =
            Complaint::new("请先选择人员名单文件。", "Choose the file with the list of people first.");
        return render(&app, &operator, &edition, Some(&complaint)).await;
    };
    match edition::import_pool(&app.context, &operator.actor(), &edition.0.id, file).await {
        Ok(_) => Ok(Done::PoolImported.at(&edition.path("/pool"))),
        Err(error) => render(&app, &operator, &edition, Some(&Complaint::about_file(error)?)).await,
    }
}

async fn lock(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    match edition::lock_pool(&app.context, &operator.actor(), &edition.0.id).await {
        Ok(()) => Ok(Done::PoolLocked.at(&edition.path("/pool"))),
        Err(error) => render(&app, &operator, &edition, Some(&Complaint::about(error)?)).await,
    }
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let rules = load_rules(&edition.0)?;
    let count = count_pool(&app.context, &edition.0.id, &rules).await?;
    let body = html! {
        (summary(operator, &rules, &count))
        @if operator.may(Permission::EditEdition) { (task(operator, edition, &count, complaint.is_some())) }
        @if edition.0.state > EditionState::PoolOpen { (locked_note(operator)) }
        @for half in &count.halves { (half_table(operator, &rules, half)) }
    };
    let path = edition.path("/pool");
    let title = operator.say("人员库", "Pool");
    Ok(show(
        app,
        operator,
        Content {
            complaint,
            back: Some(back(operator, &edition.0)),
            ..Content::new(Place::Pool, title, &path, body)
        },
    ))
}

fn summary(operator: &Operator, rules: &Rules, count: &PoolCount) -> Markup {
    let as_number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let label = operator.say("人员库人数", "People in the pool");
    html! {
        div class="cards" {
            div class="card" {
                p class="muted" { (label) }
                p class="figure" { (count.members) " / " (rules.pool.size) }
                (progress(as_number(count.members), as_number(rules.pool.size), label))
            }
            @for half in &count.halves {
                div class="card" {
                    p class="muted" { (operator.say(format!("{} 组", half.half), format!("Half {}", half.half))) }
                    p class="figure" { (half.members) }
                    p { (operator.say(format!("抽 {} 名代表", half.seats), format!("{} representatives are drawn", half.seats))) }
                }
            }
        }
    }
}

fn task(operator: &Operator, edition: &InEdition, count: &PoolCount, complained: bool) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    match edition.0.state {
        EditionState::Draft => alert(
            Tone::Note,
            say("还不能开放人员库", "The pool cannot be opened yet"),
            &html! { p { (say("请先公布股室名单。", "Publish the list of offices first.")) } },
        ),
        EditionState::Listed => html! {
            section class="panel" {
                h2 { (say("开放人员库", "Open the pool")) }
                p { (say("单位推荐、个人自荐，由创建办审核。开放后即可导入审核通过的名单。", "Units recommend people, people nominate themselves, the commission reviews. Once the pool is open, the reviewed list can be imported.")) }
                div class="actions" { (button(&edition.path("/pool/open"), say("开放人员库", "Open the pool"), "primary")) }
            }
        },
        EditionState::PoolOpen => html! {
            @if count.members > 0 { (lock_form(operator, edition, count)) }
            (fold(
                say("重新导入名单", "Import the list again"),
                count.members > 0,
                complained,
                &import_form(operator, edition),
            ))
        },
        _ => html! {},
    }
}

fn lock_form(operator: &Operator, edition: &InEdition, count: &PoolCount) -> Markup {
    html! {
        section class="panel" {
            h2 { (operator.say("锁定人员库", "Lock the pool")) }
            p {
                (operator.say(
                    format!("锁定后 {} 人的名单不能再改，抽取只从中进行。", count.members),
                    format!("After this the list of {} people cannot be changed; the draw is made from it alone.", count.members),
                ))
            }
            div class="actions" { (button(&edition.path("/pool/lock"), operator.say("锁定人员库", "Lock the pool"), "primary")) }
        }
    }
}

fn import_form(operator: &Operator, edition: &InEdition) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let field = csv_field(
        say("人员名单（Excel 或 CSV）", "List of people (Excel or CSV)"),
        say(
            "必有列：编号、组别（A 或 B）、类别；可加姓名等列。收 Excel 工作簿（.xlsx）和 CSV；有一行不对就一人也不导入。",
            "Required columns: id, half (A or B), category; others such as name may follow. Excel workbooks (.xlsx) and CSV; if one row is wrong, nobody is imported.",
        ),
    );
    html! {
        section class="panel" {
            h2 { (say("导入名单", "Import the list")) }
            p class="muted" { (say("新名单会整份替换旧名单。", "The new list replaces the whole old one.")) }
            (upload(&edition.path("/pool"), field, say("检查并导入", "Check and import")))
        }
    }
}

fn locked_note(operator: &Operator) -> Markup {
    let headline = operator.say("人员库已锁定", "The pool is locked");
    let words = operator.say(
        "名单不再更改，代表只从中抽取。",
        "The list does not change any more; representatives are drawn from it alone.",
    );
    alert(Tone::Note, headline, &html! { p { (words) } })
}

fn half_table(operator: &Operator, rules: &Rules, count: &HalfCount) -> Markup {
    let columns = [
        Column::words(operator.say("类别", "Category")),
        Column::numbers(operator.say("人数", "People")),
        Column::words(operator.say("名额限制", "Quota")),
    ];
    let categories = rules.pool.halves.of(count.half).categories.iter().zip(&count.categories);
    let rows = categories.map(|(category, members)| {
        let seats = match (category.min, category.max) {
            (None, None) => operator.say("无".to_owned(), "none".to_owned()),
            (min, max) => format!("{}–{}", min.unwrap_or(0), max.unwrap_or(count.seats)),
        };
        Row::from(vec![
            html! { (operator.say(&category.name.zh, &category.name.en)) },
            html! { (members) },
            html! { (seats) },
        ])
    });
    let caption = operator.say(format!("{} 组", count.half), format!("Half {}", count.half));
    table(&caption, &columns, rows)
}
