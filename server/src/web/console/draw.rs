//! The public draw: announcement, commitments, dice, envelopes, result (draw specification §4 to §6).

mod announcing;
mod entries;
mod result;
mod screen;
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
use crate::domain::{Action, DrawState, EditionState, Permission, Purpose};
use crate::service::ServiceError;
use crate::service::act::Act;
use crate::service::draw::{self, CeremonyView, Completion, DiceEntry, Voiding, find_ceremony};
use crate::service::edition::load_rules;
use crate::service::overview::list_draws;
use crate::store::draws::Draw;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/draw";

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get(PATH, Permission::ViewEdition, page)
        .post(PATH, Permission::ConductDraw, announce)
        .get("/console/{year}/draw/screen", Permission::ViewEdition, screen::show)
        .post("/console/{year}/draw/{id}/commitment", Permission::ConductDraw, commitment)
        .post("/console/{year}/draw/{id}/code", Permission::ConductDraw, code)
        .post("/console/{year}/draw/{id}/close", Permission::ConductDraw, close)
        .post("/console/{year}/draw/{id}/dice", Permission::TypeInDraw, dice)
        .post("/console/{year}/draw/{id}/dice/clear", Permission::TypeInDraw, clear_dice)
        .post("/console/{year}/draw/{id}/open", Permission::ConductDraw, open)
        .post("/console/{year}/draw/{id}/envelope", Permission::TypeInDraw, envelope)
        .post("/console/{year}/draw/{id}/missing", Permission::TypeInDraw, missing)
        .post("/console/{year}/draw/{id}/completion", Permission::ConductDraw, completion)
        .post("/console/{year}/draw/{id}/void", Permission::ConductDraw, declare_void)
}

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, None, None).await
}

async fn announce(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let rules = load_rules(&edition.0)?;
    let (context, id) = (&app.context, &edition.0.id);
    let read = match announcing::read(&form, &rules) {
        Ok(read) => read,
        Err(error) => return answer(&app, &operator, &edition, &form, Err(error), Done::DrawAnnounced).await,
    };
    if !form.text("step").is_empty() {
        let (announcement, chances) = match draw::preview(context, id, read.clone()).await {
            Ok(previewed) => previewed,
            Err(error) => {
                return answer(&app, &operator, &edition, &form, Err(error), Done::DrawAnnounced).await;
            }
        };
        // Published is what was looked at: fields that were changed since are shown again first.
        let was_seen = form.text("previewed") == announcement.hash().to_string();
        if form.text("step") == "preview" || !was_seen {
            let preview = announcing::preview(&operator, &announcement, &chances);
            return render(&app, &operator, &edition, Some(&form), Some(Shown::Preview(preview))).await;
        }
    }
    let result = draw::announce(context, &operator.actor(), id, read).await.map(|_| ());
    answer(&app, &operator, &edition, &form, result, Done::DrawAnnounced).await
}

async fn commitment(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let (id, actor, party) = (&edition.0.id, operator.actor(), party(&form));
    let typed = form.text(&format!("commitment-{party}"));
    let result = draw::record_commitment(&app.context, &actor, id, ceremony.0, party, typed).await;
    answer(&app, &operator, &edition, &form, result, Done::CommitmentRecorded).await
}

async fn code(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let (id, actor, party) = (&edition.0.id, operator.actor(), party(&form));
    match draw::issue_code(&app.context, &actor, id, ceremony.0, party).await {
        Ok(code) => {
            let view = find_ceremony(&app.context, id, ceremony.0).await?;
            let body = entries::code_page(&operator, &edition, &app.public_url, &view, party, &code);
            let title = operator.say("参加方代码", "Code of a party");
            let path = edition.path("/draw");
            Ok(show(&app, &operator, Content::new(Place::Draw, title, &path, body)))
        }
        Err(error) => answer(&app, &operator, &edition, &form, Err(error), Done::CommitmentRecorded).await,
    }
}

async fn close(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let id = &edition.0.id;
    let result = draw::close_commitments(&app.context, &operator.actor(), id, ceremony.0).await;
    answer(&app, &operator, &edition, &form, result.map(|_| ()), Done::CommitmentsClosed).await
}

async fn dice(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let (id, typed) = (&edition.0.id, form.text("digits"));
    let result = draw::type_dice(&app.context, &operator.account, id, ceremony.0, typed).await;
    let done = match &result {
        Ok(DiceEntry::First) => Done::DiceTyped,
        _ => Done::DiceRecorded,
    };
    answer(&app, &operator, &edition, &form, result.map(|_| ()), done).await
}

async fn clear_dice(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let id = &edition.0.id;
    let result = draw::clear_dice(&app.context, &operator.actor(), id, ceremony.0).await;
    answer(&app, &operator, &edition, &form, result, Done::DiceCleared).await
}

async fn open(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let id = &edition.0.id;
    let result = draw::open_envelopes(&app.context, &operator.actor(), id, ceremony.0).await;
    answer(&app, &operator, &edition, &form, result, Done::EnvelopesOpened).await
}

async fn envelope(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let (id, party) = (&edition.0.id, party(&form));
    let typed = form.text(&format!("secret-{party}"));
    let result = draw::type_secret(&app.context, &operator.account, id, ceremony.0, party, typed).await;
    answer(&app, &operator, &edition, &form, result, Done::EnvelopeTyped).await
}

async fn missing(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let (id, party) = (&edition.0.id, party(&form));
    let result = draw::declare_missing(&app.context, &operator.actor(), id, ceremony.0, party).await;
    answer(&app, &operator, &edition, &form, result, Done::EnvelopeMissing).await
}

async fn completion(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let value = form.text("public_value");
    let completion = Completion {
        edition: edition.0.id.clone(),
        ceremony: ceremony.0,
        public_value: (!value.is_empty()).then(|| value.to_owned()),
    };
    propose(&app, &operator, &edition, &form, Act::Draw(completion)).await
}

async fn declare_void(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    ceremony: Id<u32>,
    form: Form,
) -> Result<Response, PageError> {
    let (edition_id, reason) = (edition.0.id.clone(), form.text("reason").to_owned());
    let voiding = Voiding { edition: edition_id, ceremony: ceremony.0, reason };
    propose(&app, &operator, &edition, &form, Act::VoidDraw(voiding)).await
}

/// The party that a form is about, from 1; 0 if it names none.
fn party(form: &Form) -> u32 {
    form.text("party").parse().unwrap_or_default()
}

async fn propose(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    form: &Form,
    act: Act,
) -> Result<Response, PageError> {
    match acts::propose(app, operator, &act).await {
        Ok(response) => Ok(response),
        Err(error) => {
            let complaint = Complaint::about(error)?;
            render(app, operator, edition, Some(form), Some(Shown::Complaint(complaint))).await
        }
    }
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
            render(app, operator, edition, Some(form), Some(Shown::Complaint(complaint))).await
        }
    }
}

/// What stands above the forms.
enum Shown {
    Complaint(Complaint),
    Preview((String, Markup)),
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    sent: Option<&Form>,
    shown: Option<Shown>,
) -> Result<Response, PageError> {
    let draws = list_draws(&app.context, &edition.0.id).await?;
    let empty = Form::default();
    let sent = sent.unwrap_or(&empty);
    let (preview, complaint) = match shown {
        Some(Shown::Preview(preview)) => (Some(preview), None),
        Some(Shown::Complaint(complaint)) => (None, Some(complaint)),
        None => (None, None),
    };
    let current = current(&draws);
    let view = match current {
        Some(draw) => Some(find_ceremony(&app.context, &edition.0.id, draw.ceremony).await?),
        None => None,
    };
    let may_announce = edition.0.state == EditionState::PoolLocked
        && operator.may(Permission::ConductDraw)
        && view.as_ref().is_none_or(|view| !view.draw.state.is_unfinished());
    let body = html! {
        (steps::lead(operator, edition))
        @if let Some(view) = &view { (ceremony(operator, edition, view, sent)?) }
        @if may_announce {
            @let rules = load_rules(&edition.0)?;
            (announcing::form(operator, edition, &rules, draws.len(), sent, preview.as_ref()))
        } @else if view.is_none() { (steps::not_yet(operator, edition)) }
        @for draw in draws.iter().rev().filter(|draw| current.is_none_or(|current| current.ceremony != draw.ceremony)) {
            (steps::earlier(operator, draw))
        }
    };
    let path = edition.path("/draw");
    let title = operator.say("抽取评议代表", "Draw of the representatives");
    Ok(show(
        app,
        operator,
        Content {
            complaint: complaint.as_ref(),
            back: Some(back(operator, &edition.0)),
            ..Content::new(Place::Draw, title, &path, body)
        },
    ))
}

/// The ceremony that the pages are about: the one that goes on, else the real one that was completed, else the latest
/// rehearsal; void ones are listed below.
fn current(draws: &[Draw]) -> Option<&Draw> {
    let completed =
        |purpose| draws.iter().rfind(move |draw| draw.state == DrawState::Drawn && draw.purpose == purpose);
    let unfinished = draws.iter().rfind(|draw| draw.state.is_unfinished());
    unfinished.or_else(|| completed(Purpose::Real)).or_else(|| completed(Purpose::Rehearsal))
}

fn ceremony(
    operator: &Operator,
    edition: &InEdition,
    view: &CeremonyView,
    sent: &Form,
) -> Result<Markup, PageError> {
    let state = view.draw.state;
    let at = |page: &str| edition.path(&format!("/draw/{}/{page}", view.draw.ceremony));
    let forms = entries::Forms { operator, view, sent, at: &at };
    Ok(html! {
        @if view.draw.purpose == Purpose::Rehearsal {
            (alert(Tone::Warning, operator.say("演练，不产生评议代表", "A rehearsal: nobody becomes a representative"), &html! {}))
        }
        (steps::way(operator, state))
        @if state == DrawState::Drawn {
            (super::absences::link(operator, &edition.0))
            (result::table(operator, &view.draw)?)
        }
        @match state {
            DrawState::Announced => (forms.commitments()),
            DrawState::Committed => (forms.dice()),
            DrawState::Thrown => (forms.open()),
            DrawState::Opened => (forms.envelopes()),
            DrawState::Drawn | DrawState::Void => {}
        }
        (steps::announced(operator, view))
        @if state.is_unfinished() && operator.may_propose(Action::VoidDraw) && operator.may(Permission::ConductDraw) {
            (forms.declare_void())
        }
    })
}
