//! Ties across a cut: what the ballots left open, and the leading group's decision.

use std::collections::BTreeSet;

use appearance::parts::{Field, FieldKind, Tone, alert};
use axum::extract::State;
use axum::response::Response;
use evaluation::decision::Cut;
use evaluation::ranking::RankedOffice;
use evaluation::ruling::RulingKind as _;
use jiff::civil::Date;
use maud::{Markup, html};

use super::acts;
use super::address::InEdition;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::back_to;
use crate::app::App;
use crate::domain::Permission;
use crate::service::act::Act;
use crate::service::decision::{NewDecision, TieView, Ties, ties};
use crate::store::editions::Edition;
use crate::web::counted::counted;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/ties";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Permission::ViewTurnout, page).post(PATH, Permission::RecordDecision, propose)
}

/// The way to this page.
pub(super) fn link(operator: &Operator, path: &str) -> Markup {
    html! { a href=(path) { (operator.say("查看并裁定并列", "See the ties and decide them")) } }
}

/// The cut, in the language of the page.
pub(super) fn cut_words(operator: &Operator, cut: Cut) -> &'static str {
    operator.say(
        cut.zh(),
        match cut {
            Cut::BottomThree => "the last three",
            Cut::BottomTen => "the last ten",
        },
    )
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
    let act = read(&form, &edition.0).map(Act::DecideTie);
    match acts::propose_typed(&app, &operator, act).await? {
        Ok(response) => Ok(response),
        Err(complaint) => render(&app, &operator, &edition, &form, Some(&complaint)).await,
    }
}

fn read(form: &Form, edition: &Edition) -> Result<NewDecision, Complaint> {
    let cut = Cut::ALL.iter().copied().find(|cut| cut.as_str() == form.text("cut"));
    let cut = cut.ok_or_else(|| Complaint::new("请选择一处并列。", "Choose a tie."))?;
    let numbers: Result<BTreeSet<u16>, _> = form.all("number").iter().map(|number| number.parse()).collect();
    let numbers = numbers.map_err(|_| Complaint::new("请选择股室。", "Choose offices."))?;
    let decided_on: Date = form.text("decided_on").parse().map_err(|_| {
        Complaint::new(
            "请填写文件日期，如 2020-12-15。",
            "Enter the date of the document, such as 2020-12-15.",
        )
    })?;
    Ok(NewDecision {
        edition: edition.id.clone(),
        section: form.text("section").to_owned(),
        cut,
        numbers,
        document_number: form.text("document_number").to_owned(),
        decided_on,
    })
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    sent: &Form,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let body = html! {
        p class="lead" {
            (operator.say(
                "得分、不满意票数、满意票数都相同的股室跨越名次界线时，选票没有分出先后，由领导小组裁定哪些列入。",
                "Where offices with equal scores, as many times “dissatisfied” and as many times “satisfied” lie on both sides of a cut, the ballots do not decide; the leading group names those that belong below it.",
            ))
        }
        @match ties(&app.context, &edition.0.id).await? {
            Ties::TooEarly => (too_early(operator)),
            Ties::Known(views, open) => {
                @if views.is_empty() {
                    (alert(Tone::Done, operator.say("没有跨越名次界线的并列", "No tie lies across a cut"), &html! {}))
                }
                @for view in &views { (one(operator, edition, view, open, sent)) }
            }
        }
    };
    let path = edition.path("/ties");
    let title = operator.say("并列与裁定", "Ties and decisions");
    let back = Some(back_to(&edition.path("/publication"), operator.say("公布结果", "Publication")));
    Ok(show(app, operator, Content { back, complaint, ..Content::new(Place::Edition, title, &path, body) }))
}

fn too_early(operator: &Operator) -> Markup {
    let words = operator.say(
        "主持人在会场走到揭晓的最后一步之后，这里才显示并列，由领导小组裁定。",
        "Ties are shown here, for the leading group to decide, once the chair has led the reveal to its last step.",
    );
    alert(Tone::Note, operator.say("还没到这一步", "Not yet"), &html! { p { (words) } })
}

fn one(operator: &Operator, edition: &InEdition, view: &TieView, open: bool, sent: &Form) -> Markup {
    let section = operator.say(&view.section.name.zh, &view.section.name.en);
    let (cut, tied, places) = (cut_words(operator, view.tie.cut), view.offices.len(), view.tie.open_places);
    let missing = view.missing();
    html! {
        section class="panel" {
            h2 { (section) "　" (cut) }
            p {
                (operator.say(
                    format!("{tied} 个股室并列，其中 {places} 个列入{cut}。"),
                    format!("{} tied; {places} of them belong to {cut}.", counted(tied, "office is", "offices are")),
                ))
            }
            @if !view.tie.decided.is_empty() { (named(operator, view)) }
            @if missing == 0 { p { span class="badge" { (operator.say("已裁定", "decided")) } } }
            @else if !open { p { (operator.say("结果已发布，不能再登记裁定。", "The result is published; no decision can be recorded any more.")) } }
            @else if view.waits { p { (operator.say("请先裁定本部分后三名的并列。", "Decide the tie at the last three of this section first.")) } }
            @else if operator.may(Permission::RecordDecision) { (form(operator, edition, view, sent)) }
            @else {
                p { (operator.say("等待领导小组裁定：由领导小组提出，监督员确认。", "Waiting for the leading group, which proposes its decision; the supervisor confirms.")) }
                ul { @for ranked in view.candidates() { li { (office(operator, ranked)) } } }
            }
        }
    }
}

fn named(operator: &Operator, view: &TieView) -> Markup {
    let decided = view.offices.iter().filter(|ranked| view.tie.decided.contains(&ranked.office.number));
    html! {
        p { (operator.say("裁定列入的股室：", "Named by the leading group:")) }
        ul { @for ranked in decided { li { (office(operator, ranked)) } } }
    }
}

fn office(operator: &Operator, ranked: &RankedOffice) -> Markup {
    html! {
        (ranked.office.number) "　" (ranked.office.full_name)
        @if let Some(score) = ranked.score { "　" (operator.say("得分", "score")) " " (score) }
    }
}

fn form(operator: &Operator, edition: &InEdition, view: &TieView, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let (section, cut, missing) = (view.section.id.as_str(), view.tie.cut.as_str(), view.missing());
    let empty = Form::default();
    // Another tie's form keeps what was typed into it.
    let sent = if sent.text("section") == section && sent.text("cut") == cut { sent } else { &empty };
    html! {
        form method="post" action=(edition.path("/ties")) {
            input type="hidden" name="section" value=(section);
            input type="hidden" name="cut" value=(cut);
            fieldset class="tied" {
                legend { (operator.say(format!("选出 {missing} 个列入的股室"), format!("Choose {} for these places", counted(missing, "office", "offices")))) }
                @for ranked in view.candidates() {
                    @let number = ranked.office.number.to_string();
                    label class="choice" {
                        input type="checkbox" name="number" value=(number) checked[sent.all("number").contains(&number)];
                        " " (office(operator, ranked))
                    }
                }
            }
            (Field { value: sent.text("document_number"), hint: Some(say("例如：宁评领〔2020〕3号", "Such as 宁评领〔2020〕3号")), ..Field::line("document_number", say("裁定文件文号", "Number of the document")) })
            (Field { value: sent.text("decided_on"), ..Field::new("decided_on", say("文件日期", "Date of the document"), FieldKind::Line("date")) })
            div class="actions" { button class="primary" { (say("提出裁定，等待确认", "Propose the decision")) } }
        }
    }
}
