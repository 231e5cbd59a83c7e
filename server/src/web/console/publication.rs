//! Publishing the result.

use appearance::parts::{Tone, alert};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::acts;
use super::address::InEdition;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{back, button};
use super::ties;
use crate::app::App;
use crate::domain::{Action, EditionState, Permission, PollState};
use crate::service::ServiceError;
use crate::service::act::Act;
use crate::service::overview::{find_real_poll, undecided_ties};
use crate::web::counted::counted;
use crate::web::error_page::PageError;
use crate::web::form::Complaint;
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/publication";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Permission::ViewEdition, page).post(PATH, Permission::TakePartInActs, propose).post(
        "/console/{year}/archive",
        Permission::TakePartInActs,
        archive,
    )
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, None).await
}

async fn propose(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    if !is_revealed(&app, &edition).await? {
        let complaint = Complaint::new(
            "投票结果尚未揭晓，不能发布。请先揭晓结果。",
            "The result of the poll is not revealed yet, so nothing can be published. Reveal it first.",
        );
        return render(&app, &operator, &edition, Some(&complaint)).await;
    }
    match acts::propose(&app, &operator, &Act::Publish(edition.0.id.clone())).await {
        Ok(response) => Ok(response),
        Err(error) => render(&app, &operator, &edition, Some(&Complaint::about(error)?)).await,
    }
}

async fn archive(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    if let Err(error) = edition.0.state.archive() {
        let complaint = Complaint::about(ServiceError::from(error))?;
        return render(&app, &operator, &edition, Some(&complaint)).await;
    }
    match acts::propose(&app, &operator, &Act::Archive(edition.0.id.clone())).await {
        Ok(response) => Ok(response),
        Err(error) => render(&app, &operator, &edition, Some(&Complaint::about(error)?)).await,
    }
}

async fn is_revealed(app: &App, edition: &InEdition) -> Result<bool, PageError> {
    let poll = find_real_poll(&app.context, &edition.0.id).await?;
    Ok(poll.is_some_and(|view| view.poll.state == PollState::Revealed))
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let ties = match find_real_poll(&app.context, &edition.0.id).await? {
        Some(view) => undecided_ties(&app.context, &view.poll).await?,
        None => 0,
    };
    let revealed = is_revealed(app, edition).await?;
    let body = html! {
        p class="lead" {
            (operator.say("公开的文件让任何人都能自己重算抽取、计票和排名。", "The public files let anybody compute draw, tally and ranking again."))
        }
        @if ties > 0 { (ties_note(operator, &edition.path("/ties"), ties)) }
        (task(operator, edition, revealed))
    };
    let path = edition.path("/publication");
    let title = operator.say("公布结果", "Publication");
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

fn ties_note(operator: &Operator, path: &str, ties: usize) -> Markup {
    let headline = operator.say(
        format!("有 {ties} 处并列跨越名次界线，尚未裁定"),
        format!("{} not decided", counted(ties, "tie across a cut is", "ties across a cut are")),
    );
    let words = operator.say(
        "请领导小组在发布以前裁定；没有裁定就发布，永远标为并列。",
        "Let the leading group decide them before the publication; otherwise they are published as ties for ever.",
    );
    alert(Tone::Warning, &headline, &html! { p { (words) " " (ties::link(operator, path)) } })
}

fn task(operator: &Operator, edition: &InEdition, revealed: bool) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    match edition.0.state {
        EditionState::Published | EditionState::Archived => html! {
            (alert(
                Tone::Done,
                say("结果已公布", "The result is public"),
                &html! { p { a href="/" { (say("到公开网站查看和下载", "See and download it on the public site")) } } },
            ))
            @if edition.0.state == EditionState::Published && operator.may_propose(Action::Archive) {
                (archive_form(operator, edition))
            }
        },
        EditionState::Poll if revealed && operator.may_propose(Action::Publish) => html! {
            section class="panel" {
                h2 { (say("提出公布", "Propose to publish")) }
                p { (say("由另一人确认后，系统生成全部公开文件，按公众的方法验证，通过后签名发布。需要几秒钟。", "When a second person confirms, all public files are made, verified as a stranger would, signed and published. It takes some seconds.")) }
                div class="actions" { (button(&edition.path("/publication"), say("提出公布，等待确认", "Propose to publish"), "primary")) }
            }
        },
        _ => alert(
            Tone::Note,
            say("还没到这一步", "Not yet"),
            &html! { p { (say("投票结果揭晓后，由创建办提出公布。", "Once the result is revealed the commission proposes to publish it.")) } },
        ),
    }
}

fn archive_form(operator: &Operator, edition: &InEdition) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        section class="panel" {
            h2 { (say("归档", "Archive the edition")) }
            p { (say("异议期过后归档：年度评议就此结束，提名人的姓名、身份证号、电话和盐值按告知书从系统中删除。由另一人确认。", "After the objection period: the year is closed, and names, ID card numbers, phones and salts of nominated people are erased as the consent text promises. A second person confirms.")) }
            div class="actions" { (button(&edition.path("/archive"), say("提出归档，等待确认", "Propose to archive"), "grave")) }
        }
    }
}
