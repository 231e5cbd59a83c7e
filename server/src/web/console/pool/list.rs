//! Import of a list that was collected on paper: checked first, all rows or none.

use appearance::parts::{Column, Field, FieldKind, Row, Tone, alert, table};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use evaluation::spreadsheet::SpreadsheetError;
use maud::{Markup, html};

use super::back_to_pool;
use super::counts::PoolFigures;
use crate::app::App;
use crate::domain::Permission;
use crate::service::nomination::{ListOutcome, ListRepeat, import_list};
use crate::web::console::address::InEdition;
use crate::web::console::done::Done;
use crate::web::console::frame::{Content, Place, show};
use crate::web::console::guard::Routes;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/pool/list";

/// How many complaints one page shows.
const SHOWN: usize = 200;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Permission::EditEdition, page).post(PATH, Permission::EditEdition, import)
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, &html! {}, None).await
}

async fn import(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let refuse = |zh: &str, en: &str| Complaint::new(zh, en);
    let complaint = match form.file("file") {
        None => Some(refuse("请先选择名单文件。", "Choose the file with the list first.")),
        Some(_) if !form.ticked("consent") && form.text("step") != "check" => Some(refuse(
            "请确认名单上的每个人都已签署知情同意书，并重新选择文件。没有导入任何人。",
            "Confirm that everybody on the list has signed the consent, and choose the file again. Nobody was imported.",
        )),
        Some(_) => None,
    };
    if let Some(complaint) = complaint {
        return render(&app, &operator, &edition, &html! {}, Some(&complaint)).await;
    }
    let file = form.file("file").unwrap_or_default();
    let (repeats, check) = (form.ticked("repeats"), form.text("step") == "check");
    let actor = operator.actor();
    match import_list(&app.context, &actor, &edition.0.id, file, repeats, check).await {
        Ok(ListOutcome::Imported(_)) => Ok(Done::NominationsImported.at(&edition.path("/pool/nominations"))),
        Ok(ListOutcome::Checked { people, repeats }) => {
            let found = checked(&operator, &edition, people, &repeats);
            let response = render(&app, &operator, &edition, &found, None).await?;
            let status = if check { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            Ok((status, response).into_response())
        }
        Ok(ListOutcome::Wrong(wrong)) => {
            let number = wrong.len();
            let complaint = Complaint::new(
                format!("名单有 {number} 处不对，没有导入任何人。请改正后重新选择文件。"),
                format!(
                    "The list has {number} mistakes; nobody was imported. Correct them and choose the file again."
                ),
            );
            render(&app, &operator, &edition, &complaints(&operator, &wrong), Some(&complaint)).await
        }
        Err(error) => {
            render(&app, &operator, &edition, &html! {}, Some(&Complaint::about_file(error)?)).await
        }
    }
}

fn complaints(operator: &Operator, wrong: &[SpreadsheetError]) -> Markup {
    html! {
        section class="panel" {
            h2 { (operator.say("需要改正的地方", "What is to be corrected")) }
            ul { @for error in wrong.iter().take(SHOWN) { li { (operator.say(error.zh(), error.en())) } } }
            @if wrong.len() > SHOWN { p class="muted" { (operator.say("其余的改正后再显示。", "The rest is shown once these are corrected.")) } }
        }
    }
}

fn checked(operator: &Operator, edition: &InEdition, people: usize, repeats: &[ListRepeat]) -> Markup {
    if repeats.is_empty() {
        let headline = operator.say(
            format!("{people} 行全部可以导入，没有重复"),
            format!("All {people} rows can be imported; nobody is repeated"),
        );
        let words = operator.say(
            "尚未导入。请重新选择文件，点“导入”。",
            "Nothing is imported yet. Choose the file again and import it.",
        );
        return alert(Tone::Done, &headline, &html! { p { (words) } });
    }
    let headline = operator.say(
        format!("{people} 行中有 {} 行疑似重复，没有导入任何人", repeats.len()),
        format!("{} of {people} rows seem to be repetitions; nobody was imported", repeats.len()),
    );
    let words = operator.say(
        "请从名单中删去重复的行；若确需导入后再逐一处理，请勾选“重复的行也导入”。",
        "Delete the repeated rows from the list; or tick the box to import them too and decide in the review.",
    );
    let columns = [
        Column::numbers(operator.say("行", "Row")),
        Column::words(operator.say("姓名", "Name")),
        Column::words(operator.say("与谁重复", "Same person as")),
    ];
    let rows = repeats.iter().map(|repeat| {
        Row::from(vec![
            html! { (repeat.row) },
            html! { (repeat.masked_name) },
            html! {
                @if let Some(row) = repeat.earlier_row { (operator.say(format!("本名单第 {row} 行"), format!("row {row} of this list"))) " " }
                @for (id, state) in &repeat.nominations {
                    a href=(edition.path(&format!("/pool/nominations/{id}"))) { (operator.say("已有提名", "a nomination")) "（" (operator.say(state.zh(), state.en())) "）" } " "
                }
            },
        ])
    });
    html! {
        (alert(Tone::Warning, &headline, &html! { p { (words) } }))
        (table(operator.say("疑似重复", "Repetitions"), &columns, rows))
    }
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    found: &Markup,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let figures = PoolFigures::load(&app.context, &edition.0).await?;
    let path = edition.path("/pool/list");
    let body = html! {
        (figures.strip(operator))
        (found)
        @if !edition.0.state.is_pool_open() {
            (alert(Tone::Note, operator.say("现在不能导入", "Nothing can be imported now"), &html! { p { (operator.say("人员库没有开放，或已经锁定。", "The pool is not open, or is locked.")) } }))
        } @else { (form(operator, &figures, &path)) }
    };
    let back = Some(back_to_pool(operator, edition));
    let title = operator.say("导入纸质名单", "Import a list from paper");
    Ok(show(app, operator, Content { back, complaint, ..Content::new(Place::Pool, title, &path, body) }))
}

fn form(operator: &Operator, figures: &PoolFigures, path: &str) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let categories: Vec<_> = figures.rules.pool.category_names().collect();
    let file = Field {
        hint: Some(say(
            "标题行：姓名、身份证号、手机（或电话）、类别，可加 推荐单位、工作单位及职务、序号。身份证号一列请设为“文本”格式。",
            "Headings: 姓名, 身份证号, 手机 (or 电话), 类别, and if wanted 推荐单位, 工作单位及职务, 序号. Make the column of ID card numbers text.",
        )),
        ..Field::new(
            "file",
            say("名单文件（.csv 或 .xlsx）", "List (.csv or .xlsx)"),
            FieldKind::File(".csv,.xlsx,text/csv"),
        )
    };
    html! {
        section class="panel" {
            h2 { (say("选择名单", "Choose the list")) }
            p class="muted" { (say("类别须是：", "The categories are ")) (categories.join("、")) "。" (say("全部正确才导入；有一格不对，就一人也不导入。", "All rows are imported, or none.")) }
            form method="post" action=(path) enctype="multipart/form-data" {
                (file)
                p { label { input type="checkbox" name="consent" value="yes"; " " (say("名单上的每个人都已在纸质知情同意书上签名（含身份证号的单独同意）", "Everybody on the list has signed the consent on paper, with the separate one for the ID card number")) } }
                p { label { input type="checkbox" name="repeats" value="yes"; " " (say("重复的行也导入，审核时再处理", "Import repeated rows too and decide in the review")) } }
                div class="actions" {
                    button class="primary" name="step" value="import" { (say("检查并导入", "Check and import")) }
                    button name="step" value="check" { (say("只检查，不导入", "Check only")) }
                }
            }
        }
    }
}
