//! The booth behind pages, for the browser of this machine. What the pages show and send is described in [`pages`].

mod challenge;
mod show;

use appearance::{ASSET_PATH, Language};
use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Path, Query, State, rejection::FormRejection},
    http::{HeaderMap, Method, StatusCode},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use belenios::text::Fingerprint;
use evaluation::{office::OfficeNumber, wire::PollState};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{
    Booth, CardError, CastError, Contact, Nonce, Opening, OpeningError, Place, TestError, TurnError, View,
    pages::{self, CardProblem, DeckProblem, OpeningProblem, TextSize},
};
use crate::{
    clips::CLIP_PATH,
    flow::{Position, Screen},
    pages::guard,
};

/// The largest form a page sends.
const FORM: usize = 4 << 10;

/// The pages of a booth. To be served on a loopback address only; every other name or origin is turned away.
pub fn router(booth: Booth) -> Router {
    Router::new()
        .route("/", get(start))
        .route("/opening", post(opening))
        .route("/card", post(card))
        .route("/office/{position}", get(office).post(grade))
        .route("/review", get(review))
        .route("/cast", post(cast))
        .route("/challenge", get(challenge::warn).post(challenge::open))
        .route("/challenge/opened", get(challenge::opened))
        .route("/challenge/anew", post(challenge::anew))
        .route("/done", get(done))
        .route("/test", get(test).post(test_ballot))
        .route("/test/restart", post(restart_test))
        .route("/hand-back", get(hand_back))
        .route("/here", post(here))
        .route("/finish", post(finish))
        .route("/settings", post(settings))
        .route(&format!("{ASSET_PATH}{{name}}"), get(asset))
        .route(&format!("{CLIP_PATH}{{language}}/{{name}}"), get(clip))
        .fallback(elsewhere)
        // A page that answered a form stands at the form's address; asked for again, the turn's own page is shown.
        .method_not_allowed_fallback(asked_again)
        .with_state(booth)
        .layer(DefaultBodyLimit::max(FORM))
        .layer(middleware::from_fn(guard))
}

/// An address that is not here leads to the first page. What a browser asks for beside the page, such as a picture for its title, leads
/// nowhere: it must not take a step of the vote.
async fn elsewhere(headers: HeaderMap) -> Response {
    match headers.get("sec-fetch-dest") {
        Some(kind) if kind != "document" => StatusCode::NOT_FOUND.into_response(),
        _ => to("/"),
    }
}

async fn asked_again(method: Method) -> Response {
    if method == Method::GET { to("/") } else { StatusCode::METHOD_NOT_ALLOWED.into_response() }
}

async fn start(State(booth): State<Booth>) -> Response {
    let view = booth.view().await;
    match view.place {
        Place::Card => match booth.contact() {
            contact if is_over(contact) => show::ended(&booth, &view).await,
            contact @ (Contact::OtherElection | Contact::State(PollState::Closing)) => {
                show::closed(&booth, &view, contact, "/")
            }
            _ if booth.opening() != Opening::Done => show::opening(&booth, &view, None, ""),
            Contact::State(PollState::Open) => show::card(&booth, &view, None, ""),
            contact @ Contact::State(_) => show::closed(&booth, &view, contact, "/"),
        },
        Place::Voting(_) | Place::Opened | Place::Cast(_) => to_place(&view),
    }
}

#[derive(Deserialize)]
struct OpeningForm {
    session: String,
    scanned: SecretString,
}

async fn opening(State(booth): State<Booth>, form: Result<Form<OpeningForm>, FormRejection>) -> Response {
    let Ok(Form(form)) = form else { return to("/") };
    let view = booth.view().await;
    if view.nonce != Nonce::from_form(form.session) {
        return to("/");
    }
    let sheet = booth.opening() == Opening::Sheet;
    let problem = match booth.open(&form.scanned).await {
        Ok(_) | Err(OpeningError::Open) => return to("/"),
        Err(OpeningError::Mistyped) => OpeningProblem::Mistyped,
        Err(OpeningError::Other) => OpeningProblem::Other,
        Err(OpeningError::OtherElection) => {
            tracing::error!("the opening sheet that was scanned is of another election");
            OpeningProblem::OtherElection
        }
        Err(OpeningError::Spool(error)) => {
            tracing::error!(error = crate::uplink::error_chain(&error), "the opening cannot be kept");
            OpeningProblem::NotKept
        }
    };
    // A hash is worth mending and no secret; a hall key never comes back to the screen.
    let entered =
        if sheet && problem == OpeningProblem::Mistyped { form.scanned.expose_secret() } else { "" };
    show::opening(&booth, &view, Some(problem), entered)
}

/// Asks whether a person leaves without a ballot; only while the poll is closing.
async fn hand_back(State(booth): State<Booth>) -> Response {
    let view = booth.view().await;
    match view.place {
        Place::Voting(_) | Place::Opened if booth.contact() == Contact::State(PollState::Closing) => {
            show::hand_back(&booth, &view)
        }
        _ => to_place(&view),
    }
}

#[derive(Deserialize)]
struct CardForm {
    session: String,
    code: SecretString,
}

async fn card(State(booth): State<Booth>, form: Result<Form<CardForm>, FormRejection>) -> Response {
    let Ok(Form(form)) = form else { return to("/") };
    let turn = booth.turn_of(Nonce::from_form(form.session));
    let problem = match turn.present_card(form.code.expose_secret()).await {
        Ok(()) => return to_place(&booth.view().await),
        Err(error) => match card_problem(&error) {
            Some(problem) => problem,
            None => return to_place(&booth.view().await),
        },
    };
    // Only a slip of the finger is worth mending; every other code is gone from the screen.
    let entered = if problem == CardProblem::Mistyped { form.code.expose_secret() } else { "" };
    show::card(&booth, &booth.view().await, Some(problem), entered)
}

/// What the page says of a card that is not taken; nothing if the form spoke for another turn, or there is another page to see.
fn card_problem(error: &CardError) -> Option<CardProblem> {
    Some(match error {
        CardError::TurnOver | CardError::TurnTaken | CardError::NotOpened => return None,
        CardError::Mistyped => CardProblem::Mistyped,
        CardError::Unknown => CardProblem::Unknown,
        CardError::Spent => CardProblem::Spent,
        CardError::Void => CardProblem::Void,
        CardError::PollNotOpen => CardProblem::PollNotOpen,
        CardError::NoContact(_) | CardError::Spool(_) => {
            tracing::warn!(error = crate::uplink::error_chain(error), "a card could not be checked");
            CardProblem::NoContact
        }
    })
}

/// The logic and accuracy test: in a rehearsal, when nobody votes.
async fn test(State(booth): State<Booth>) -> Response {
    let view = booth.view().await;
    match (view.place, booth.rehearsal()) {
        (Place::Card, Some(rehearsal)) => show::test(&booth, &view, &rehearsal.test(), None),
        _ => to_place(&view),
    }
}

async fn test_ballot(State(booth): State<Booth>, form: Result<Form<CardForm>, FormRejection>) -> Response {
    let (Ok(Form(form)), Some(rehearsal)) = (form, booth.rehearsal()) else { return to("/") };
    let view = booth.view().await;
    if view.nonce != Nonce::from_form(form.session) || view.place != Place::Card {
        return to_place(&view);
    }
    let problem = match rehearsal.vote(form.code.expose_secret()).await {
        Ok(_) | Err(TestError::Complete) => return to("/test"),
        Err(TestError::Card(error)) => match card_problem(&error) {
            Some(problem) => DeckProblem::Card(problem),
            None => return to("/"),
        },
        Err(error) => {
            tracing::error!(error = crate::uplink::error_chain(&error), "a scripted ballot was not cast");
            DeckProblem::NotCast
        }
    };
    show::test(&booth, &booth.view().await, &rehearsal.test(), Some(problem))
}

async fn restart_test(
    State(booth): State<Booth>,
    form: Result<Form<SessionForm>, FormRejection>,
) -> Response {
    let (Ok(Form(form)), Some(rehearsal)) = (form, booth.rehearsal()) else { return to("/") };
    if booth.view().await.nonce == Nonce::from_form(form.session) {
        rehearsal.restart();
    }
    to("/test")
}

#[derive(Deserialize)]
struct OfficeQuery {
    from: Option<String>,
    missed: Option<String>,
}

async fn office(
    State(booth): State<Booth>,
    Path(position): Path<String>,
    Query(query): Query<OfficeQuery>,
) -> Response {
    let view = booth.view().await;
    let Some(position) = find_position(&booth, &position) else { return to_place(&view) };
    let from_review = comes_from_review(query.from.as_deref());
    if let (Place::Voting(_), Some(contact)) = (view.place, shut(&booth)) {
        return show::closed(&booth, &view, contact, &pages::office_path(position.number(), from_review));
    }
    let shown = booth
        .turn_of(view.nonce.clone())
        .step(|flow| {
            if from_review { flow.change(position) } else { flow.go_to(position) }?;
            Ok(show::Shown::of(flow, position))
        })
        .await;
    match shown {
        Ok(shown) => show::office(
            &booth,
            &view.at(Screen::Office(position)),
            &shown,
            from_review,
            query.missed.is_some(),
        ),
        Err(_) => to_place(&booth.view().await),
    }
}

#[derive(Deserialize)]
struct GradeForm {
    session: String,
    office: String,
    grade: usize,
    from: Option<String>,
}

async fn grade(
    State(booth): State<Booth>,
    Path(position): Path<String>,
    form: Result<Form<GradeForm>, FormRejection>,
) -> Response {
    let place = find_position(&booth, &position);
    let (Some(position), Ok(Form(form))) = (place, form) else { return to_place(&booth.view().await) };
    let turn = booth.turn_of(Nonce::from_form(form.session));
    let named = form.office.parse::<OfficeNumber>().ok();
    if named != booth.poll().offices.iter().nth(position.index()).map(|office| office.number) {
        return to_place(&booth.view().await);
    }
    let from_review = comes_from_review(form.from.as_deref());
    let stepped =
        turn.step(|flow| if from_review { flow.change(position) } else { flow.go_to(position) }).await;
    let graded = match stepped {
        Ok(_) => turn.grade(position, form.grade).await,
        Err(error) => Err(error),
    };
    match graded {
        Ok(screen) => to(&screen_path(screen)),
        Err(_) => to_place(&booth.view().await),
    }
}

async fn review(State(booth): State<Booth>) -> Response {
    let view = booth.view().await;
    if let (Place::Voting(_), Some(contact)) = (view.place, shut(&booth)) {
        return show::closed(&booth, &view, contact, "/review");
    }
    let turn = booth.turn_of(view.nonce.clone());
    match turn.review().await {
        Ok(shown) => match turn.step(|flow| Ok(flow.last_seen())).await {
            Ok(last_seen) => show::review(&booth, &view.at(Screen::Review), &shown, last_seen),
            Err(_) => to_place(&booth.view().await),
        },
        Err(error @ (TurnError::Choices(_) | TurnError::Encryption)) => {
            tracing::error!(error = crate::uplink::error_chain(&error), "a ballot could not be encrypted");
            show::encryption_failed(&booth, &view)
        }
        Err(_) => to_place(&booth.view().await),
    }
}

#[derive(Deserialize)]
struct CastForm {
    session: String,
    tracker: String,
}

async fn cast(State(booth): State<Booth>, form: Result<Form<CastForm>, FormRejection>) -> Response {
    let Ok(Form(form)) = form else { return to("/review") };
    let turn = booth.turn_of(Nonce::from_form(form.session));
    let Ok(tracker) = form.tracker.parse::<Fingerprint>() else { return to("/review") };
    match turn.cast(tracker).await {
        Ok(_) => to("/done"),
        Err(CastError::NotReviewed) => to("/review"),
        Err(CastError::PollNotOpen(contact)) => show::closed(&booth, &booth.view().await, contact, "/review"),
        Err(error @ (CastError::Spool(_) | CastError::Interrupted)) => {
            tracing::error!(error = crate::uplink::error_chain(&error), "a ballot could not be stored");
            show::not_stored(&booth, &booth.view().await)
        }
        Err(CastError::Turn(_)) => to_place(&booth.view().await),
    }
}

async fn done(State(booth): State<Booth>) -> Response {
    let view = booth.view().await;
    match view.place {
        Place::Cast(cast) => show::done(&booth, &view, cast),
        Place::Card | Place::Voting(_) | Place::Opened => to_place(&view),
    }
}

#[derive(Deserialize)]
struct SessionForm {
    session: String,
}

async fn finish(State(booth): State<Booth>, form: Result<Form<SessionForm>, FormRejection>) -> Response {
    if let Ok(Form(form)) = form {
        booth.turn_of(Nonce::from_form(form.session)).finish().await;
    }
    to("/")
}

/// A sign of the person that needs no page; from another turn it leads to the one that is.
async fn here(State(booth): State<Booth>, form: Result<Form<SessionForm>, FormRejection>) -> Response {
    let Ok(Form(form)) = form else { return to("/") };
    match booth.turn_of(Nonce::from_form(form.session)).here().await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(_) => to("/"),
    }
}

#[derive(Deserialize)]
struct SettingsForm {
    session: String,
    back: String,
    text_size: Option<u8>,
    contrast: Option<String>,
    language: Option<String>,
    voice: Option<String>,
}

async fn settings(State(booth): State<Booth>, form: Result<Form<SettingsForm>, FormRejection>) -> Response {
    let Ok(Form(form)) = form else { return to("/") };
    let turn = booth.turn_of(Nonce::from_form(form.session));
    let changed = turn.display(|display| {
        display.text_size = form.text_size.and_then(TextSize::from_number).unwrap_or(display.text_size);
        display.language = form.language.as_deref().and_then(Language::from_name).unwrap_or(display.language);
        display.high_contrast = match form.contrast.as_deref() {
            Some("high") => true,
            Some("standard") => false,
            _ => display.high_contrast,
        };
        display.voice = match form.voice.as_deref() {
            Some("on") => Some(true),
            Some("off") => Some(false),
            _ => display.voice,
        };
    });
    match changed.await {
        Ok(()) if pages::is_booth_path(&form.back) => to(&form.back),
        _ => to("/"),
    }
}

async fn asset(State(booth): State<Booth>, Path(name): Path<String>) -> Response {
    booth.fittings().asset(&name)
}

async fn clip(State(booth): State<Booth>, Path((language, name)): Path<(String, String)>) -> Response {
    booth.fittings().clip(&language, &name)
}

/// Why a person who votes cannot go on at this moment, if so. While the poll is closing they can.
fn shut(booth: &Booth) -> Option<Contact> {
    match booth.contact() {
        Contact::State(PollState::Open | PollState::Closing) => None,
        contact => Some(contact),
    }
}

/// Whether no ballot is taken any more.
pub(super) const fn is_over(contact: Contact) -> bool {
    matches!(
        contact,
        Contact::State(PollState::Closed | PollState::Reconciled | PollState::Tallied | PollState::Revealed)
    )
}

fn find_position(booth: &Booth, text: &str) -> Option<Position> {
    let number: u16 = text.parse().ok()?;
    booth.positions().find(|position| position.number() == number)
}

fn comes_from_review(from: Option<&str>) -> bool {
    from == Some("review")
}

/// The page that belongs to where the turn stands: where every step leads that is not possible (any more).
fn to_place(view: &View) -> Response {
    match view.place {
        Place::Card => to("/"),
        Place::Voting(screen) => to(&screen_path(screen)),
        Place::Opened => to("/challenge/opened"),
        Place::Cast(_) => to("/done"),
    }
}

fn screen_path(screen: Screen) -> String {
    match screen {
        Screen::Office(position) => pages::office_path(position.number(), false),
        Screen::Review => "/review".to_owned(),
    }
}

fn to(path: &str) -> Response {
    Redirect::to(path).into_response()
}
