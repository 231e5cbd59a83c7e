//! Sanctions for canvassing (mission rule 9): the list, and proposing one.

use appearance::parts::{Column, Field, FieldKind, Row, Tone, alert, table};
use axum::extract::State;
use axum::response::Response;
use evaluation::ruling::RulingKind as _;
use evaluation::sanction::Sanctions;
use jiff::civil::Date;
use maud::{Markup, html};

use super::acts;
use super::address::InEdition;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::back;
use crate::app::App;
use crate::domain::{Action, Permission};
use crate::service::act::Act;
use crate::service::overview::{list_offices, list_sanctions};
use crate::service::sanction::NewSanction;
use crate::store::editions::Edition;
use crate::store::offices::Office;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/sanctions";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Permission::ViewEdition, page).post(PATH, Permission::TakePartInActs, propose)
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, &Form::default(), None).await
}

async fn propose(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let act = read(&form, &edition.0).map(Act::Sanction);
    match acts::propose_typed(&app, &operator, act).await? {
        Ok(response) => Ok(response),
        Err(complaint) => render(&app, &operator, &edition, &form, Some(&complaint)).await,
    }
}

fn read(form: &Form, edition: &Edition) -> Result<NewSanction, Complaint> {
    let number =
        form.text("number").parse().map_err(|_| Complaint::new("请选择股室。", "Choose an office."))?;
    let decided_on: Date = form.text("decided_on").parse().map_err(|_| {
        Complaint::new(
            "请填写文件日期，如 2020-12-12。",
            "Enter the date of the document, such as 2020-12-12.",
        )
    })?;
    let document_number = form.text("document_number").to_owned();
    if document_number.is_empty() {
        return Err(Complaint::new("请填写处理文件的文号。", "Enter the number of the document."));
    }
    Ok(NewSanction { edition: edition.id.clone(), number, document_number, decided_on })
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    sent: &Form,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let (sanctions, frozen) = list_sanctions(&app.context, &edition.0.id).await?;
    let offices = list_offices(&app.context, &edition.0.id).await?;
    let body = html! {
        p class="lead" {
            (operator.say("拉票的股室通报批评，直接列入本部分末三位，不论得分。", "An office caught canvassing is publicly criticised and placed directly among the last three of its section, whatever its score."))
        }
        @if frozen { (frozen_note(operator)) }
        (list(operator, &sanctions, &offices))
        @if !frozen && !offices.is_empty() && operator.may_propose(Action::Sanction) {
            (propose_form(operator, edition, &offices, sent))
        }
    };
    let path = edition.path("/sanctions");
    let title = operator.say("处理", "Sanctions");
    Ok(show(
        app,
        operator,
        Content {
            complaint,
            back: Some(back(operator, &edition.0)),
            ..Content::new(Place::Sanctions, title, &path, body)
        },
    ))
}

fn frozen_note(operator: &Operator) -> Markup {
    let headline = operator.say("处理名单已冻结", "The list of sanctions is frozen");
    let words = operator.say("对账之后、解密之前冻结，不能按结果增减。后来的认定另行公布更正。", "It is frozen between reconciliation and decryption, so that none can be tuned to the result. A later finding is published as a separate correction.");
    alert(Tone::Note, headline, &html! { p { (words) } })
}

fn list(operator: &Operator, sanctions: &Sanctions, offices: &[Office]) -> Markup {
    let columns = [
        Column::words(operator.say("股室", "Office")),
        Column::words(operator.say("事由", "Reason")),
        Column::words(operator.say("文号", "Document")),
        Column::words(operator.say("日期", "Date")),
    ];
    let name = |number: u16| {
        offices.iter().find(|office| office.number == number).map(|office| office.full_name.as_str())
    };
    let rows: Vec<_> = sanctions
        .iter()
        .map(|ruling| {
            Row::from(vec![
                html! { (ruling.number) " " (name(ruling.number.value()).unwrap_or_default()) },
                html! { (operator.say(ruling.kind.zh(), "canvassing")) },
                html! { (ruling.document_number) },
                html! { (ruling.decided_on) },
            ])
        })
        .collect();
    if rows.is_empty() {
        return html! { p { (operator.say("没有登记的处理。", "No sanction is recorded.")) } };
    }
    table(operator.say("已登记", "Recorded"), &columns, rows)
}

fn propose_form(operator: &Operator, edition: &InEdition, offices: &[Office], sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let numbers: Vec<_> = offices.iter().map(|office| office.number.to_string()).collect();
    let labels: Vec<_> =
        offices.iter().map(|office| format!("{} {}", office.number, office.full_name)).collect();
    let mut options = vec![("", say("请选择", "Choose"))];
    options.extend(numbers.iter().map(String::as_str).zip(labels.iter().map(String::as_str)));
    html! {
        form class="panel" method="post" action=(edition.path("/sanctions")) {
            h2 { (say("提出处理：拉票", "Propose a sanction: canvassing")) }
            (Field { value: sent.text("number"), ..Field::new("number", say("股室", "Office"), FieldKind::Choice(&options)) })
            (Field { value: sent.text("document_number"), hint: Some(say("例如：宁纪〔2020〕8号", "Such as 宁纪〔2020〕8号")), ..Field::line("document_number", say("处理文件文号", "Number of the document")) })
            (Field { value: sent.text("decided_on"), ..Field::new("decided_on", say("文件日期", "Date of the document"), FieldKind::Line("date")) })
            div class="actions" { button class="primary" { (say("提出处理，等待确认", "Propose the sanction")) } }
        }
    }
}
