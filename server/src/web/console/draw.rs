//! The public draw: announcement, commitments, dice, reveals, result (draw specification §4 to §6).

mod result;
mod steps;

use appearance::parts::{Tone, alert};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::acts;
use super::address::{Id, InEdition};
use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::back;
use crate::app::App;
use crate::domain::{DrawState, EditionState, Permission};
use crate::service::ServiceError;
use crate::service::act::Act;
use crate::service::draw::{self, AnnouncementForm, Reveal};
use crate::service::edition::load_rules;
use crate::service::overview::{announcement, find_draw, list_draws};
use crate::store::draws::Draw;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/draw";

/// More parties than any ceremony has; keeps a page from growing without end.
const MOST_PARTIES: usize = 100;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get(PATH, Permission::ViewEdition, page)
        .post(PATH, Permission::ConductDraw, announce)
        .post("/console/{year}/draw/{id}/commitments", Permission::ConductDraw, commitments)
        .post("/console/{year}/draw/{id}/dice", Permission::ConductDraw, dice)
        .post("/console/{year}/draw/{id}/reveals", Permission::ConductDraw, reveals)
        .post("/console/{year}/draw/{id}/void", Permission::ConductDraw, declare_void)
}

/// What was sent, and what is wrong with it.
type Refused<'a> = Option<(&'a Form, &'a Complaint)>;

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, None).await
}

async fn announce(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let result = match read_announcement(&form) {
        Ok(read) => draw::announce(&app.context, &operator.actor(), &edition.0.id, read).await.map(|_| ()),
        Err(error) => Err(error),
    };
    answer(&app, &operator, &edition, &form, result, Done::DrawAnnounced).await
}

fn read_announcement(form: &Form) -> Result<AnnouncementForm, ServiceError> {
    let parties: Vec<_> = form
        .text("parties")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let dice_digits = form.text("dice_digits").parse().ok().filter(|&digits: &usize| digits <= 200);
    let dice_digits = dice_digits.ok_or_else(|| {
        ServiceError::input(
            "draw_entry",
            "骰子位数应为0至200的整数。",
            "The number of dice digits must be 0 to 200.",
        )
    })?;
    if parties.len() > MOST_PARTIES {
        return Err(ServiceError::input(
            "draw_entry",
            format!("参加方最多{MOST_PARTIES}个。"),
            format!("There can be {MOST_PARTIES} parties at most."),
        ));
    }
    let source = form.text("public_source");
    Ok(AnnouncementForm {
        draw_id: form.text("draw_id").to_owned(),
        parties,
        dice_digits,
        public_source: (!source.is_empty()).then(|| source.to_owned()),
    })
}

async fn commitments(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let (id, parties) = (&edition.0.id, parties(&app, &edition, ceremony.0).await?);
    let typed = form.numbered("commitment", parties);
    let result = draw::close_commitments(&app.context, &operator.actor(), id, ceremony.0, &typed).await;
    answer(&app, &operator, &edition, &form, result.map(|_| ()), Done::CommitmentsClosed).await
}

async fn dice(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let (first, second) = (digits(form.text("first")), digits(form.text("second")));
    let (id, actor) = (&edition.0.id, operator.actor());
    let result = draw::throw_dice(&app.context, &actor, id, ceremony.0, &first, &second).await;
    answer(&app, &operator, &edition, &form, result, Done::DiceRecorded).await
}

/// Clerks type digits in groups.
fn digits(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

async fn reveals(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let value = form.text("public_value");
    let reveal = Reveal {
        edition: edition.0.id.clone(),
        ceremony: ceremony.0,
        secrets: form.numbered("secret", parties(&app, &edition, ceremony.0).await?),
        public_value: (!value.is_empty()).then(|| value.to_owned()),
    };
    match acts::propose(&app, &operator, &Act::Draw(reveal)).await {
        Ok(response) => Ok(response),
        Err(error) => {
            let complaint = Complaint::about(error)?;
            render(&app, &operator, &edition, Some((&form, &complaint))).await
        }
    }
}

async fn declare_void(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let (id, actor) = (&edition.0.id, operator.actor());
    let result = draw::declare_void(&app.context, &actor, id, ceremony.0, form.text("reason")).await;
    answer(&app, &operator, &edition, &form, result, Done::DrawVoid).await
}

async fn parties(app: &App, edition: &InEdition, ceremony: u32) -> Result<usize, PageError> {
    let draw = find_draw(&app.context, &edition.0.id, ceremony).await?;
    Ok(announcement(&draw)?.terms().parties.len())
}

async fn answer(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    form: &Form,
    result: Result<(), ServiceError>,
    done: Done,
) -> Result<Response, PageError> {
    match result {
        Ok(()) => Ok(done.at(&edition.path("/draw"))),
        Err(error) => {
            let complaint = Complaint::about(error)?;
            render(app, operator, edition, Some((form, &complaint))).await
        }
    }
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    refused: Refused<'_>,
) -> Result<Response, PageError> {
    let draws = list_draws(&app.context, &edition.0.id).await?;
    let empty = Form::default();
    let sent = refused.map_or(&empty, |(form, _)| form);
    let latest = draws.last().filter(|draw| draw.state != DrawState::Void);
    let conducting = operator.may(Permission::ConductDraw);
    let body = html! {
        p class="lead" {
            (operator.say(
                "各方先交承诺、再掷骰、再开封，结果由公式唯一确定，任何人都可以重算，没有一方能够左右。",
                "Commitments first, then dice, then reveals: the formula allows one result only, anybody can compute it again, and no single party can steer it.",
            ))
        }
        @match latest {
            Some(draw) => {
                (steps::way(operator, draw.state))
                (ceremony(operator, edition, draw, sent, conducting)?)
            }
            None if edition.0.state == EditionState::PoolLocked && conducting => {
                (steps::announce_form(operator, edition, &load_rules(&edition.0)?, draws.len(), sent))
            }
            None => { (not_yet(operator, edition)) }
        }
        @for draw in draws.iter().filter(|draw| draw.state == DrawState::Void) { (void_note(operator, draw)) }
    };
    let path = edition.path("/draw");
    let complaint = refused.map(|(_, complaint)| complaint);
    let title = operator.say("抽取评议代表", "Draw of the representatives");
    Ok(show(
        app,
        operator,
        Content {
            complaint,
            back: Some(back(operator, &edition.0)),
            ..Content::new(Place::Draw, title, &path, body)
        },
    ))
}

fn ceremony(
    operator: &Operator,
    edition: &InEdition,
    draw: &Draw,
    sent: &Form,
    conducting: bool,
) -> Result<Markup, PageError> {
    let announced = announcement(draw)?;
    let at = |page: &str| edition.path(&format!("/draw/{}/{page}", draw.ceremony));
    let step = match draw.state {
        DrawState::Announced => steps::commitment_form(operator, &at("commitments"), &announced, sent),
        DrawState::Committed => steps::dice_form(operator, &at("dice"), &announced, sent),
        DrawState::Thrown => steps::reveal_form(operator, &at("reveals"), &announced, sent),
        DrawState::Drawn | DrawState::Void => html! {},
    };
    Ok(html! {
        (super::absences::link(operator, &edition.0))
        @if draw.state == DrawState::Drawn { (result::table(operator, draw)?) }
        @if conducting { (step) }
        (steps::announced(operator, draw, &announced)?)
        @if conducting && draw.state != DrawState::Drawn { (steps::void_form(operator, &at("void"), sent)) }
    })
}

fn not_yet(operator: &Operator, edition: &InEdition) -> Markup {
    let words = if edition.0.state < EditionState::PoolLocked {
        operator.say("人员库锁定之后才能公告抽取。", "The draw can be announced once the pool is locked.")
    } else {
        operator.say("创建办还没有公告抽取。", "The commission has not announced the draw yet.")
    };
    alert(Tone::Note, operator.say("还没有抽取", "No draw yet"), &html! { p { (words) } })
}

fn void_note(operator: &Operator, draw: &Draw) -> Markup {
    let headline = operator
        .say(format!("第 {} 次抽取已作废", draw.ceremony), format!("Draw no. {} is void", draw.ceremony));
    let reason = draw.void_reason.as_deref().unwrap_or_default();
    alert(Tone::Warning, &headline, &html! { p { (operator.say("原因：", "Reason: ")) (reason) } })
}
