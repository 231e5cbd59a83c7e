//! The paper pack: ballots and tally sheets to print, and the count of paper ballots.

mod print;
mod result;

use appearance::parts::{Column, Field, FieldKind, Row, Tone, alert, table};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::acts;
use super::address::InEdition;
use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::{back, facts};
use crate::app::App;
use crate::domain::paper::may_count;
use crate::domain::{Action, PaperCountState, Permission};
use crate::service::act::Act;
use crate::service::paper::{self, NewPaperCount, PaperView, PileEntry};
use crate::store::editions::Edition;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/paper";

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .get(PATH, Permission::ViewTurnout, page)
        .post("/console/{year}/paper/begin", Permission::TakePartInActs, begin)
        .post("/console/{year}/paper/pile", Permission::TypePaperBallots, type_pile)
        .post("/console/{year}/paper/clear", Permission::TypePaperBallots, clear)
        .post("/console/{year}/paper/end", Permission::TakePartInActs, end);
    result::routes(print::routes(routes))
}

/// The way to this page, for those who may see it.
pub(super) fn link(operator: &Operator, edition: &Edition) -> Markup {
    html! {
        @if may_count(edition.state) && operator.may(Permission::ViewTurnout) {
            p { a href={ "/console/" (edition.year) "/paper" } {
                (operator.say("系统完全不能用时：纸质票预案", "If everything fails: the paper pack"))
            } }
        }
    }
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, &Form::default(), None).await
}

async fn begin(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let new = NewPaperCount { edition: edition.0.id.clone(), reason: form.text("reason").to_owned() };
    match acts::propose(&app, &operator, &Act::BeginPaperCount(new)).await {
        Ok(response) => Ok(response),
        Err(error) => render(&app, &operator, &edition, &form, Some(&Complaint::about(error)?)).await,
    }
}

async fn type_pile(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    // What is no number is refused like a number that no pile has.
    let number = form.text("pile").parse().unwrap_or(0);
    let (clerk, id) = (&operator.account, &edition.0.id);
    let done = match paper::type_pile(&app.context, clerk, id, number, form.text("ballots")).await {
        Ok(PileEntry::First) => Done::PileTyped,
        Ok(PileEntry::Agreed) => Done::PileAgreed,
        Err(error) => {
            return render(&app, &operator, &edition, &form, Some(&Complaint::about(error)?)).await;
        }
    };
    Ok(done.at(&edition.path("/paper")))
}

async fn clear(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let number = form.text("pile").parse().unwrap_or(0);
    match paper::clear_pile(&app.context, &edition.0.id, number).await {
        Ok(()) => Ok(Done::PileCleared.at(&edition.path("/paper"))),
        Err(error) => {
            render(&app, &operator, &edition, &Form::default(), Some(&Complaint::about(error)?)).await
        }
    }
}

async fn end(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let end = match form.text("papers").parse() {
        Ok(papers) => Complaint::or(paper::prepare_end(&app.context, &edition.0.id, papers).await)?,
        Err(_) => Err(Complaint::new(
            "请填写从票箱中清点出的票数。",
            "Enter how many papers were counted from the box.",
        )),
    };
    match acts::propose_typed(&app, &operator, end.map(Act::EndPaperCount)).await? {
        Ok(response) => Ok(response),
        Err(complaint) => render(&app, &operator, &edition, &form, Some(&complaint)).await,
    }
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    sent: &Form,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let view = paper::view(&app.context, &edition.0).await?;
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let body = html! {
        p class="lead" {
            (say(
                "只在电子投票完全不能进行时使用。纸质票单独计票，与电子投票永不相加；采用哪一个结果由领导小组决定。",
                "Only if the electronic poll cannot be held at all. Paper ballots are counted apart and never added to electronic ones; the leading group decides which result stands.",
            ))
        }
        section class="panel" {
            h2 { (say("打印", "Print")) }
            div class="actions" {
                a class="button" href=(edition.path("/paper/ballot")) { (say("纸质评议票", "Paper ballot")) }
                a class="button" href=(edition.path("/paper/tally")) { (say("计票表（划正字）", "Tally sheet")) }
            }
        }
        @match &view {
            None => (begin_form(operator, edition, sent)),
            Some(view) => (count(operator, edition, view, sent)),
        }
    };
    let path = edition.path("/paper");
    let title = say("纸质票预案", "Paper pack");
    let back = Some(back(operator, &edition.0));
    Ok(show(app, operator, Content { back, complaint, ..Content::new(Place::Edition, title, &path, body) }))
}

fn begin_form(operator: &Operator, edition: &InEdition, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        @if may_count(edition.0.state) && operator.may_propose(Action::BeginPaperCount) {
            form class="panel" method="post" action=(edition.path("/paper/begin")) {
                h2 { (say("开始纸质票计票", "Begin to count paper ballots")) }
                (Field { value: sent.text("reason"), hint: Some(say("例如：会场断电，两小时内不能恢复。会印在结果上。", "Such as: no power in the hall for two hours. It stands on the result.")), ..Field::line("reason", say("原因", "Reason")) })
                div class="actions" { button class="primary" { (say("提出开始，等待确认", "Propose to begin")) } }
            }
        } @else {
            (alert(Tone::Note, say("没有开始纸质票计票", "No paper ballots are counted"), &html! {}))
        }
    }
}

fn count(operator: &Operator, edition: &InEdition, view: &PaperView, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let agreed = view.piles.iter().filter(|pile| pile.second.is_some());
    let ballots: usize = agreed.map(|pile| pile.ballots).sum();
    html! {
        (facts(&[
            (say("原因", "Reason"), html! { (view.count.reason) }),
            (say("状态", "State"), html! { span class="badge" { (say(view.count.state.zh(), view.count.state.en())) } }),
            (say("两人录入一致的票", "Ballots on which two people agree"), html! { (ballots) }),
        ]))
        @if view.count.state == PaperCountState::Open {
            @if operator.may(Permission::TypePaperBallots) { (pile_form(operator, edition, sent)) }
            (piles(operator, edition, view))
            @if operator.may_propose(Action::EndPaperCount) { (end_form(operator, edition, sent)) }
        } @else {
            p { a class="button primary" href=(edition.path("/paper/result")) { (say("纸质票计票结果", "Result of the paper ballots")) } }
            (piles(operator, edition, view))
        }
    }
}

fn pile_form(operator: &Operator, edition: &InEdition, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        form class="panel" method="post" action=(edition.path("/paper/pile")) {
            h2 { (say("录入一捆", "Type a pile")) }
            p { (say(
                "票先混合，再分捆，每捆不超过 10 张，捆号写在纸条上，不写在票上。两人用各自的账号各录一遍，互不看对方录的内容；两遍一致才计入。",
                "Papers are mixed, then divided into piles of at most 10; the number stands on the band, never on a ballot. Two people type each pile with own accounts, without seeing each other's entry; it counts if both are equal.",
            )) }
            p { (say(
                "每张票一行，按股室编号顺序每个股室一个数字：1 满意，2 较满意，3 一般，4 不满意；漏选或多选录 0，该票整张无效。可以用空格分组。",
                "One line a ballot, one digit an office in the order of the list: 1 to 4 for the grades as printed; 0 where none or several are marked, which makes the whole ballot invalid. Spaces may separate groups.",
            )) }
            (Field { value: sent.text("pile"), ..Field::new("pile", say("捆号", "Number of the pile"), FieldKind::Line("number")) })
            (Field { value: sent.text("ballots"), ..Field::new("ballots", say("各张票", "The ballots"), FieldKind::Lines { rows: 10, longest: None }) })
            div class="actions" { button class="primary" { (say("录入", "Type the pile in")) } }
        }
    }
}

fn piles(operator: &Operator, edition: &InEdition, view: &PaperView) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let columns = [
        Column::numbers(say("捆号", "Pile")),
        Column::numbers(say("张数", "Ballots")),
        Column::words(say("第一人", "First")),
        Column::words(say("第二人", "Second")),
        Column::words(""),
    ];
    let clears = view.count.state == PaperCountState::Open && operator.may(Permission::TypePaperBallots);
    let rows = view.piles.iter().map(|pile| {
        let waits = say("等待第二人录入", "waits for the second person");
        Row::from(vec![
            html! { (pile.number) },
            html! { (pile.ballots) },
            html! { (pile.first) },
            html! { (pile.second.as_deref().unwrap_or(waits)) },
            html! { @if clears && pile.second.is_none() {
                form method="post" action=(edition.path("/paper/clear")) {
                    input type="hidden" name="pile" value=(pile.number);
                    button { (say("清除", "Clear")) }
                }
            } },
        ])
    });
    html! { @if !view.piles.is_empty() { (table(say("各捆", "Piles"), &columns, rows)) } }
}

fn end_form(operator: &Operator, edition: &InEdition, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        form class="panel" method="post" action=(edition.path("/paper/end")) {
            h2 { (say("结束纸质票计票", "End the count")) }
            (Field { value: sent.text("papers"), hint: Some(say("包括无效票。须与录入的总张数相等。", "Invalid ones included. It must equal the number typed.")), ..Field::new("papers", say("从票箱中清点出的票数", "Papers counted from the box"), FieldKind::Line("number")) })
            div class="actions" { button class="primary" { (say("提出结束，等待确认", "Propose to end the count")) } }
        }
    }
}
