//! The queue of nominations: by state, with what seems to be the same person, and approving several at once.

use appearance::parts::{Column, Row, Tone, alert, table};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use maud::{Markup, html};

use super::back_to_pool;
use super::counts::PoolFigures;
use crate::app::App;
use crate::domain::{NominationId, NominationState, Permission};
use crate::service::nomination::{approve_all, twins};
use crate::store::nominations::Nomination;
use crate::web::console::address::InEdition;
use crate::web::console::done::Done;
use crate::web::console::frame::{Content, Place, show};
use crate::web::console::guard::Routes;
use crate::web::console::parts::local_time;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

/// How many nominations one page shows.
const SHOWN: usize = 100;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/console/{year}/pool/nominations", Permission::ViewPool, page).post(
        "/console/{year}/pool/nominations",
        Permission::EditEdition,
        approve,
    )
}

/// What the address asks for.
#[derive(Clone, Copy, Debug)]
struct Filter {
    state: Option<NominationState>,
    /// From 0.
    page: usize,
}

impl Filter {
    fn of(query: Option<&str>) -> Self {
        let value = |name: &str| {
            let mut pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let state = match value("state") {
            Some("all") => None,
            state => Some(state.and_then(|word| word.parse().ok()).unwrap_or(NominationState::Waiting)),
        };
        let page = value("page").and_then(|number| number.parse::<usize>().ok()).unwrap_or(1);
        Self { state, page: page.saturating_sub(1) }
    }

    fn word(self) -> &'static str {
        self.state.map_or("all", NominationState::as_str)
    }
}

async fn page(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    render(&app, &operator, &edition, Filter::of(query.as_deref()), (&[], None)).await
}

async fn approve(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let waiting = Filter::of(None);
    let picked = form.all(if form.text("step") == "all" { "single" } else { "pick" });
    let seen: Vec<(NominationId, u32)> = picked.iter().filter_map(|pick| read_pick(pick)).collect();
    if seen.is_empty() || seen.len() != picked.len() {
        let complaint =
            Complaint::new("请先勾选要通过的提名。", "Tick the nominations to be approved first.");
        return render(&app, &operator, &edition, waiting, (picked, Some(&complaint))).await;
    }
    match approve_all(&app.context, &operator.account.id, &edition.0.id, &seen).await {
        Ok(_) => Ok(Done::NominationsApproved.at(&edition.path("/pool/nominations"))),
        Err(error) => {
            let complaint = Complaint::about(error)?;
            render(&app, &operator, &edition, waiting, (picked, Some(&complaint))).await
        }
    }
}

fn read_pick(pick: &str) -> Option<(NominationId, u32)> {
    let (id, version) = pick.split_once(':')?;
    Some((id.parse().ok()?, version.parse().ok()?))
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    filter: Filter,
    (picked, complaint): (&[String], Option<&Complaint>),
) -> Result<Response, PageError> {
    let figures = PoolFigures::load(&app.context, &edition.0).await?;
    let all: Vec<_> = figures
        .nominations
        .iter()
        .filter(|nomination| filter.state.is_none_or(|state| nomination.state == state))
        .collect();
    let shown: Vec<_> = all.iter().copied().skip(filter.page.saturating_mul(SHOWN)).take(SHOWN).collect();
    let picking = operator.may(Permission::EditEdition)
        && edition.0.state.is_pool_open()
        && filter.state == Some(NominationState::Waiting);
    let path = edition.path("/pool/nominations");
    let body = html! {
        (figures.strip(operator))
        (filters(operator, &figures, &path, filter))
        @if shown.is_empty() {
            (alert(Tone::Note, operator.say("这里没有提名", "There is no nomination here"), &html! {}))
        } @else if picking {
            form method="post" action=(path) {
                (rows(operator, &figures, &path, &shown, Some(picked)))
                div class="actions" {
                    button class="primary" { (operator.say("通过所选提名", "Approve the chosen nominations")) }
                    button name="step" value="all" { (operator.say("通过本页全部（疑似重复的除外）", "Approve all of this page, except repetitions")) }
                }
            }
        } @else {
            (rows(operator, &figures, &path, &shown, None))
        }
        (pages(operator, &path, filter, all.len()))
    };
    let back = Some(back_to_pool(operator, edition));
    let title = operator.say("提名", "Nominations");
    Ok(show(app, operator, Content { back, complaint, ..Content::new(Place::Pool, title, &path, body) }))
}

fn filters(operator: &Operator, figures: &PoolFigures, path: &str, filter: Filter) -> Markup {
    html! {
        nav class="filters no-print" aria-label=(operator.say("按状态", "By state")) {
            @for &state in NominationState::ALL {
                a href={ (path) "?state=" (state) } aria-current=[(filter.state == Some(state)).then_some("page")] {
                    (operator.say(state.zh(), state.en())) "（" (figures.review.of(state)) "）"
                }
            }
            a href={ (path) "?state=all" } aria-current=[filter.state.is_none().then_some("page")] {
                (operator.say("全部", "all")) "（" (figures.review.total()) "）"
            }
        }
    }
}

fn rows(
    operator: &Operator,
    figures: &PoolFigures,
    path: &str,
    shown: &[&Nomination],
    picked: Option<&[String]>,
) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let mut columns = vec![
        Column::words(say("姓名", "Name")),
        Column::words(say("类别", "Category")),
        Column::words(say("来源", "Source")),
        Column::words(say("收到", "Received")),
        Column::words(say("状态", "State")),
    ];
    // Masked names and states are all that the others see.
    let seeing = operator.may(Permission::ViewIdentities);
    if seeing {
        columns.insert(3, Column::words(say("工作单位及职务", "Workplace and position")));
    }
    if picked.is_some() {
        columns.insert(0, Column::words(say("选", "Pick")));
    }
    let rows = shown.iter().map(|nomination| {
        let entry = &nomination.entry;
        let repeated = twins(&figures.nominations, nomination).next().is_some();
        let mut cells = vec![
            html! { a href={ (path) "/" (nomination.id) } { (shown_name(operator, nomination)) } },
            html! { (entry.half) " · " (entry.category) },
            html! { (say(entry.source.zh(), entry.source.en())) @if seeing && !entry.unit.is_empty() { br; span class="muted small" { (entry.unit) } } },
            html! { span class="time" { (local_time(nomination.received_at)) } },
            html! {
                (say(nomination.state.zh(), nomination.state.en()))
                @if repeated { " " span class="badge flagged" { (say("疑似重复", "repeated?")) } }
            },
        ];
        if seeing {
            cells.insert(3, html! { (entry.workplace) });
        }
        if let Some(picked) = picked {
            // What is shown now is what “all of this page” means, even if the queue has moved on by then.
            let pick = format!("{}:{}", nomination.id, nomination.version);
            let label = operator.say("通过", "Approve");
            cells.insert(0, html! {
                input type="checkbox" name="pick" value=(pick) checked[picked.contains(&pick)]
                    aria-label={ (label) " " (shown_name(operator, nomination)) };
                @if !repeated { input type="hidden" name="single" value=(pick); }
            });
        }
        Row::from(cells)
    });
    table(say("提名", "Nominations"), &columns, rows)
}

/// The name in full for those who need it, masked for the others.
pub(super) fn shown_name(operator: &Operator, nomination: &Nomination) -> String {
    match &nomination.identity {
        Some(identity) if operator.may(Permission::ViewIdentities) => identity.name.expose().to_owned(),
        Some(identity) => identity.name.masked(),
        None => operator.say("（已删除）", "(erased)").to_owned(),
    }
}

fn pages(operator: &Operator, path: &str, filter: Filter, total: usize) -> Markup {
    let number = total.div_ceil(SHOWN);
    html! {
        @if number > 1 {
            nav class="filters no-print" aria-label=(operator.say("页", "Pages")) {
                @for page in 1..=number {
                    a href={ (path) "?state=" (filter.word()) "&page=" (page) }
                        aria-current=[(page == filter.page.saturating_add(1)).then_some("page")] { (page) }
                }
            }
        }
    }
}
