//! Duties, commitment, statement and the public's opinions of one office: reading, and proposing other ones.

use appearance::parts::{Field, FieldKind, Tone, alert};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::acts;
use super::address::{Id, InEdition};
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{back_to, facts};
use crate::app::App;
use crate::domain::{Action, Permission};
use crate::service::ServiceError;
use crate::service::act::Act;
use crate::service::edition::load_rules;
use crate::service::office_text::{LONGEST, NewTexts, is_open};
use crate::service::overview::list_offices;
use crate::store::offices::Office;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/offices/{id}";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Permission::ViewEdition, page).post(PATH, Permission::TakePartInActs, propose)
}

async fn page(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    number: Id<u16>,
) -> Result<Response, PageError> {
    let office = find(&app, &edition, number.0).await?;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let texts = [&office.duties, &office.commitment, &office.statement, &office.opinions].map(text);
    render(&app, &operator, &edition, &office, &texts, None)
}

async fn propose(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    number: Id<u16>,
    form: Form,
) -> Result<Response, PageError> {
    let office = find(&app, &edition, number.0).await?;
    let texts = ["duties", "commitment", "statement", "opinions"].map(|name| form.raw(name).to_owned());
    let new = NewTexts::new(edition.0.id.clone(), office.number, texts.each_ref().map(String::as_str));
    match acts::propose(&app, &operator, &Act::ChangeOfficeTexts(new)).await {
        Ok(response) => Ok(response),
        Err(error) => {
            let complaint = Complaint::about(error)?;
            render(&app, &operator, &edition, &office, &texts, Some(&complaint))
        }
    }
}

async fn find(app: &App, edition: &InEdition, number: u16) -> Result<Office, PageError> {
    let all = list_offices(&app.context, &edition.0.id).await?;
    Ok(all.into_iter().find(|office| office.number == number).ok_or(ServiceError::NotFound("office"))?)
}

fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    office: &Office,
    texts: &[String; 4],
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let most = load_rules(&edition.0)?.statement_max_characters;
    let open = is_open(edition.0.state);
    let body = html! {
        p class="lead" { strong { (office.full_name) } }
        @if open && operator.may_propose(Action::ChangeOfficeTexts) { (form(operator, edition, office, texts, most)) }
        @else {
            @if open {
                (alert(Tone::Note, operator.say("由创建办录入", "The commission enters these texts"), &html! {
                    p { (operator.say("创建办按盖章的书面材料录入，另一人核对确认。", "The commission types them from the sealed paper, and a second person confirms.")) }
                }))
            } @else {
                (alert(Tone::Note, operator.say("述职材料已公开，不能再改", "The statements are public and cannot be changed any more"), &html! {}))
            }
            (shown(operator, texts))
        }
    };
    let path = edition.path(&format!("/offices/{}", office.number));
    let title = operator.say(
        format!("{} 号股室的职责、承诺、述职和群众意见", office.number),
        format!("Office {}: duties, commitment, statement, opinions", office.number),
    );
    let back = Some(back_to(&edition.path("/offices"), operator.say("股室名单", "Offices under evaluation")));
    Ok(show(app, operator, Content { back, complaint, ..Content::new(Place::Offices, &title, &path, body) }))
}

fn shown(operator: &Operator, [duties, commitment, statement, opinions]: &[String; 4]) -> Markup {
    let text =
        |text: &String| html! { @if text.is_empty() { "—" } @else { span class="written" { (text) } } };
    facts(&[
        (operator.say("职责", "Duties"), text(duties)),
        (operator.say("承诺", "Commitment"), text(commitment)),
        (operator.say("述职", "Statement"), text(statement)),
        (operator.say("群众意见摘要", "Opinions of the public, summed up"), text(opinions)),
    ])
}

fn form(
    operator: &Operator,
    edition: &InEdition,
    office: &Office,
    [duties, commitment, statement, opinions]: &[String; 4],
    most: usize,
) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let lines = |name, label, value, rows, longest: usize, hint| Field {
        value,
        hint: Some(hint),
        required: false,
        ..Field::new(name, label, FieldKind::Lines { rows, longest: u32::try_from(longest).ok() })
    };
    let limit = operator.say(
        format!("最多 {most} 个字。公开述职以前，公众看不到。"),
        format!("{most} characters at most. The public reads it once all statements are published."),
    );
    let public = say("名单公布以后，公众随时可以看到。", "Public as soon as the list is.");
    let collected = say(
        "创建办汇总收集到的群众意见，好的和不好的都写，不写姓名。与述职同时公开。",
        "What the commission collected from the public: praise and complaint, no names. Public together with the statements.",
    );
    html! {
        form class="panel" method="post" action=(edition.path(&format!("/offices/{}", office.number))) {
            p { (say("按盖章的书面材料录入；另一人对照书面材料确认后生效。留空表示还没有。", "Type them from the sealed papers; they count when a second person has compared and confirmed. Empty means none yet.")) }
            (lines("duties", say("职责", "Duties"), duties, 6, LONGEST, public))
            (lines("commitment", say("承诺", "Commitment"), commitment, 6, LONGEST, public))
            (lines("statement", say("述职", "Statement"), statement, 10, most, &limit))
            (lines("opinions", say("群众意见摘要", "Opinions of the public, summed up"), opinions, 6, LONGEST, collected))
            div class="actions" { button class="primary" { (say("提出录入，等待确认", "Propose these texts")) } }
        }
    }
}
