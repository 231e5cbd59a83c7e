//! The offices under evaluation: import, check, publish the list.

use appearance::parts::{Column, Row, Tone, alert, table};
use axum::extract::State;
use axum::response::Response;
use evaluation::office::NINGJIN_2020;
use evaluation::rules::{Rules, RulesName};
use maud::{Markup, html};

use super::address::InEdition;
use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{back, button, csv_field, fold, upload};
use crate::app::App;
use crate::domain::Permission;
use crate::service::edition::{self, load_rules};
use crate::service::overview::list_offices;
use crate::store::offices::Office;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/offices";

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get(PATH, Permission::ViewEdition, page)
        .post(PATH, Permission::EditEdition, import)
        .post("/console/{year}/offices/notice", Permission::EditEdition, import_notice)
        .post("/console/{year}/offices/publish", Permission::EditEdition, publish)
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, None).await
}

async fn import(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    if let Some(file) = form.file("file") {
        return import_bytes(&app, &operator, &edition, file).await;
    }
    let complaint =
        Complaint::new("请先选择股室名单文件。", "Choose the file with the list of offices first.");
    render(&app, &operator, &edition, Some(&complaint)).await
}

async fn import_notice(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    import_bytes(&app, &operator, &edition, NINGJIN_2020.as_bytes()).await
}

async fn import_bytes(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    file: &[u8],
) -> Result<Response, PageError> {
    match edition::import_offices(&app.context, &operator.actor(), &edition.0.id, file).await {
        Ok(_) => Ok(Done::OfficesImported.at(&edition.path("/offices"))),
        Err(error) => render(app, operator, edition, Some(&Complaint::about_file(error)?)).await,
    }
}

async fn publish(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    match edition::publish_list(&app.context, &operator.actor(), &edition.0.id).await {
        Ok(()) => Ok(Done::ListPublished.at(&edition.path("/offices"))),
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
    let offices = list_offices(&app.context, &edition.0.id).await?;
    let open = edition.0.state.is_list_open();
    let body = html! {
        @if !open { (published_note(operator)) }
        @if open && operator.may(Permission::EditEdition) {
            @if !offices.is_empty() { (publish_form(operator, edition, offices.len())) }
            (fold(
                operator.say("重新导入名单", "Import the list again"),
                !offices.is_empty(),
                complaint.is_some(),
                &import_forms(operator, edition, &rules, offices.is_empty()),
            ))
        }
        @if offices.is_empty() {
            p class="lead" { (operator.say("名单还是空的。", "The list is still empty.")) }
        }
        @for section in &rules.sections {
            @let inside: Vec<_> = offices.iter().filter(|office| office.section == section.id.as_str()).collect();
            @if !inside.is_empty() { (list(operator, edition, operator.say(&section.name.zh, &section.name.en), &inside)) }
        }
    };
    let path = edition.path("/offices");
    let title = operator.say("股室名单", "Offices under evaluation");
    Ok(show(
        app,
        operator,
        Content {
            complaint,
            back: Some(back(operator, &edition.0)),
            ..Content::new(Place::Offices, title, &path, body)
        },
    ))
}

fn published_note(operator: &Operator) -> Markup {
    let headline = operator.say("名单已公布", "The list is published");
    let words = operator.say(
        "名单和规则不再更改，公众可以查看。",
        "List and rules do not change any more; the public can read them.",
    );
    alert(Tone::Note, headline, &html! { p { (words) } })
}

fn publish_form(operator: &Operator, edition: &InEdition, count: usize) -> Markup {
    html! {
        section class="panel" {
            h2 { (operator.say("公布名单", "Publish the list")) }
            p {
                (operator.say(
                    format!("将公布 {count} 个股室。公布后名单和规则不能再改。"),
                    format!("{count} offices will be published. After that neither list nor rules can be changed."),
                ))
            }
            div class="actions" {
                (button(&edition.path("/offices/publish"), operator.say("公布名单", "Publish the list"), "primary"))
            }
        }
    }
}

fn import_forms(operator: &Operator, edition: &InEdition, rules: &Rules, is_first: bool) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let field = csv_field(
        say("股室名单（Excel 或 CSV）", "List of offices (Excel or CSV)"),
        say(
            "列：编号、部分、单位、股室、评议范围、上年后十名、全称。收 Excel 工作簿（.xlsx）和 CSV；有一行不对就一行也不导入。",
            "Columns: number, section, unit, office, scope, carried_over, full_name. Excel workbooks (.xlsx) and CSV; if one row is wrong, none is imported.",
        ),
    );
    let is_preset = "ningjin-2020".parse().is_ok_and(|name: RulesName| name == rules.name);
    html! {
        section class="panel" {
            h2 { (say("导入名单", "Import the list")) }
            @if is_preset {
                p { (say("2020 年的名单已随系统提供，取自办字〔2020〕15号通知。", "The list of 2020 comes with the system, from the notice 办字〔2020〕15号.")) }
                div class="actions" {
                    (button(&edition.path("/offices/notice"), say("使用通知中的 70 个股室", "Use the 70 offices of the notice"), if is_first { "primary" } else { "" }))
                }
                hr;
            }
            (upload(&edition.path("/offices"), field, say("检查并导入", "Check and import")))
        }
    }
}

/// Which of the texts are there.
fn texts_words(operator: &Operator, office: &Office) -> String {
    let texts = [
        (&office.duties, operator.say("职责", "duties")),
        (&office.commitment, operator.say("承诺", "commitment")),
        (&office.statement, operator.say("述职", "statement")),
        (&office.opinions, operator.say("群众意见", "opinions")),
    ];
    let there: Vec<_> = texts.into_iter().filter(|(text, _)| text.is_some()).map(|(_, name)| name).collect();
    if there.is_empty() {
        return operator.say("尚未录入", "none yet").to_owned();
    }
    there.join(operator.say("、", ", "))
}

fn list(operator: &Operator, edition: &InEdition, section: &str, offices: &[&Office]) -> Markup {
    let columns = [
        Column::numbers(operator.say("编号", "No.")),
        Column::words(operator.say("单位", "Unit")),
        Column::words(operator.say("股室", "Office")),
        Column::words(operator.say("评议范围", "Scope")),
        Column::words(operator.say("上年后十名", "Last year's last ten")),
        Column::words(operator.say("可读的材料", "Texts")),
    ];
    let rows = offices.iter().map(|office| {
        Row::from(vec![
            html! { (office.number) },
            html! { (office.unit) },
            html! { (office.office) },
            html! { (office.scope) },
            html! { @if office.carried_over { span class="badge flagged" { (operator.say("是", "yes")) } } },
            html! { a href=(edition.path(&format!("/offices/{}", office.number))) { (texts_words(operator, office)) } },
        ])
    });
    let caption =
        operator.say(format!("{section}（{} 个）", offices.len()), format!("{section} ({})", offices.len()));
    table(&caption, &columns, rows)
}
