//! Rehearsals: begin one, end it, read what earlier ones brought. What people practised is marked on every page.

mod verdict;

use appearance::parts::{Column, Field, FieldKind, Row, Tone, alert, table};
use axum::extract::State;
use axum::response::Response;
use evaluation::deck;
use evaluation::rules::Rules;
use maud::{Markup, html};

use super::address::{Id, InEdition};
use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{back_to, button, local_time};
use crate::app::App;
use crate::domain::{InTwoLanguages as _, Permission, PollId, Purpose};
use crate::service::ServiceError;
use crate::service::edition::load_rules;
use crate::service::overview::{find_poll_by_id, list_offices};
use crate::service::rehearsal::{self, MOST_CARDS, is_running};
use crate::store::polls::Poll;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/rehearsals";

/// Where these pages are: all that they show are rehearsals.
const REHEARSALS: Place = Place::Poll(Some(Purpose::Rehearsal));

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get(PATH, Permission::ViewTurnout, page)
        .post(PATH, Permission::PreparePoll, create)
        .post("/console/{year}/rehearsals/end", Permission::PreparePoll, end)
        .get("/console/{year}/rehearsals/{id}", Permission::ViewTurnout, one)
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, &Form::default(), None).await
}

async fn create(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let names = form.numbered("trustee", load_rules(&edition.0)?.poll.trustees);
    // Anything that is no number is refused like a number out of range.
    let cards = form.text("cards").parse().unwrap_or(0);
    match rehearsal::create(&app.context, &operator.actor(), &edition.0.id, cards, &names).await {
        Ok(_) => Ok(Done::RehearsalCreated.at(&edition.path("/poll"))),
        Err(error) => render(&app, &operator, &edition, &form, Some(&Complaint::about(error)?)).await,
    }
}

async fn end(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    let all = rehearsal::list(&app.context, &edition.0.id).await?;
    let running = all.iter().find(|poll| is_running(poll)).ok_or(ServiceError::NotFound("rehearsal"))?;
    match rehearsal::end(&app.context, &operator.actor(), &running.id).await {
        Ok(()) => Ok(Done::RehearsalEnded.at(&edition.path("/rehearsals"))),
        Err(error) => {
            render(&app, &operator, &edition, &Form::default(), Some(&Complaint::about(error)?)).await
        }
    }
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    sent: &Form,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let rules = load_rules(&edition.0)?;
    let all = rehearsal::list(&app.context, &edition.0.id).await?;
    let running = all.iter().find(|poll| is_running(poll));
    let offices = list_offices(&app.context, &edition.0.id).await?.len();
    let deck = deck::deck(offices, rules.answers()).len();
    let refused = rehearsal::check(&app.context, &edition.0).await.err();
    let body = html! {
        p class="lead" {
            (say("演练走一遍完整的流程：另做密钥、另制评议卡、投票、对账、解密、揭晓。可以演练多次。演练写在选举本身里，结果永远不能并入正式投票，也不能公布。",
                 "A rehearsal goes through everything with keys and cards of its own: voting, reconciliation, decryption, reveal. There may be any number. That it is one stands in the election itself: its result can never be merged or published."))
        }
        @match (running, &refused) {
            (Some(poll), _) => (note(operator, edition, poll)),
            (None, Some(reason)) => (alert(Tone::Note, say("现在不能开始演练", "No rehearsal can begin now"), &html! {
                p { (operator.say(reason.zh(), reason.to_string())) }
            })),
            (None, None) if operator.may(Permission::PreparePoll) => (create_form(operator, edition, &rules, deck, sent)),
            (None, None) => (alert(Tone::Note, say("现在没有演练", "No rehearsal is running"), &html! {})),
        }
        @if !all.is_empty() { (list(operator, edition, &all)) }
    };
    let (title, path) = (say("演练", "Rehearsals"), edition.path("/rehearsals"));
    let back = Some(back_to(&edition.path("/poll"), say("投票", "Poll")));
    let content = Content { back, complaint, ..Content::new(REHEARSALS, title, &path, body) };
    Ok(show(app, operator, content))
}

fn create_form(operator: &Operator, edition: &InEdition, rules: &Rules, deck: usize, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let usual = deck.saturating_mul(2).to_string();
    let cards = if sent.text("cards").is_empty() { usual.as_str() } else { sent.text("cards") };
    let hint = operator.say(
        format!("1 至 {MOST_CARDS} 张。逻辑与准确性测试：每台投票机投一副测试牌组，用 {deck} 张卡"),
        format!("1 to {MOST_CARDS}. Logic and accuracy test: every booth casts one test deck, which takes {deck} cards"),
    );
    html! {
        form class="panel" method="post" action=(edition.path("/rehearsals")) {
            h2 { (say("开始一次演练", "Begin a rehearsal")) }
            p { (say("开始后，所有终端都进入演练，直到结束演练。演练的密钥和评议卡与正式投票的完全分开；请用另外的 U 盘。",
                     "From then on all terminals take part in it until it is ended. Its keys and cards have nothing to do with those of the real poll; use other sticks.")) }
            @for number in 1..=rules.poll.trustees {
                @let name = format!("trustee-{number}");
                @let label = operator.say(format!("第 {number} 位监票人（姓名、单位）"), format!("Trustee {number} (name, unit)"));
                (Field { value: sent.text(&name), ..Field::line(&name, &label) })
            }
            (Field { value: cards, hint: Some(&hint), ..Field::new("cards", say("演练用评议卡", "Cards for the rehearsal"), FieldKind::Line("number")) })
            div class="actions" { button class="primary" { (say("开始演练", "Begin the rehearsal")) } }
        }
    }
}

/// On the pages of a poll: that it is a rehearsal, and the way out of it.
pub(super) fn note(operator: &Operator, edition: &InEdition, poll: &Poll) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let body = html! {
        p { (say("所有终端都在演练中。这里的票和结果不作数；结束演练之后，终端才回到正式投票。",
                 "All terminals take part in it. Its ballots and its result do not count; only when it has ended do the terminals go back to the real poll.")) }
        div class="actions" {
            a class="button" href=(edition.path("/poll")) { (say("演练的投票页", "The rehearsal's poll")) }
            a class="button" href=(edition.path(&format!("/rehearsals/{}", poll.id))) { (say("测试结论", "Verdict of the test")) }
            @if operator.may(Permission::PreparePoll) {
                (button(&edition.path("/rehearsals/end"), say("结束演练", "End the rehearsal"), "grave"))
            }
        }
    };
    alert(Tone::Warning, say("演练进行中", "A rehearsal is running"), &body)
}

/// On the page of the real poll, or of none: the way to the rehearsals.
pub(super) fn link(operator: &Operator, edition: &InEdition) -> Markup {
    html! {
        p class="small no-print" {
            a href=(edition.path("/rehearsals")) { (operator.say("演练：开始一次，或查看以前的", "Rehearsals: begin one, or read earlier ones")) }
        }
    }
}

fn list(operator: &Operator, edition: &InEdition, all: &[Poll]) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let columns = [
        Column::words(say("演练", "Rehearsal")),
        Column::words(say("状态", "State")),
        Column::numbers(say("评议卡", "Cards")),
        Column::words(say("开启", "Opened")),
        Column::words(say("结束", "Ended")),
    ];
    let time = |time: Option<_>| html! { (time.map_or_else(|| "—".to_owned(), local_time)) };
    let rows = all.iter().map(|poll| {
        Row::from(vec![
            html! { a href=(edition.path(&format!("/rehearsals/{}", poll.id))) { span class="code" { (poll.id) } } },
            html! { (say(poll.state.zh(), poll.state.en())) },
            html! { (poll.cards) },
            time(poll.opened_at),
            html! { @if is_running(poll) { span class="badge flagged" { (say("进行中", "running")) } } @else { (time(poll.ended_at)) } },
        ])
    });
    table(say("全部演练，不作数", "All rehearsals; none counts"), &columns, rows)
}

async fn one(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    id: Id<PollId>,
) -> Result<Response, PageError> {
    let view = find_poll_by_id(&app.context, &id.0).await?;
    if view.poll.purpose != Purpose::Rehearsal || view.poll.edition != edition.0.id {
        return Err(ServiceError::NotFound("rehearsal").into());
    }
    let found = rehearsal::verdict(&app.context, &id.0).await?;
    let offices = list_offices(&app.context, &edition.0.id).await?;
    let rules = load_rules(&edition.0)?;
    let body = html! {
        (verdict::counts(&operator, &view))
        @match &found {
            Some(found) => (verdict::verdict(&operator, &rules, &offices, &view, found)),
            None => (alert(Tone::Note, operator.say("还没有结果", "No result yet"), &html! {
                p { (operator.say("解密之后，这里按股室对照测试牌组的已知答案。", "After the decryption this page compares every office with the known answer of the test deck.")) }
            })),
        }
    };
    let title = operator.say("演练：测试结论", "Rehearsal: verdict of the test");
    let path = edition.path(&format!("/rehearsals/{}", id.0));
    let back = Some(back_to(&edition.path("/rehearsals"), operator.say("演练", "Rehearsals")));
    let content = Content { back, ..Content::new(REHEARSALS, title, &path, body) };
    Ok(show(&app, &operator, content))
}
