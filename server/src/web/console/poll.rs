//! The poll: trustees and keys, cards, opening, pace, closing, reconciliation, reveal.

mod exceptions;
mod settling;
mod turnout;
mod view;

pub(super) use settling::subject_fact;

use axum::extract::State;
use axum::response::Response;
use evaluation::rules::Rules;
use maud::html;

use super::acts;
use super::address::InEdition;
use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::back;
use super::rehearsals;
use crate::app::App;
use crate::domain::poll::PollStepError;
use crate::domain::{Permission, PollId, PollState};
use crate::service::ServiceError;
use crate::service::act::Act;
use crate::service::edition::load_rules;
use crate::service::overview::{PollView, find_poll, undecided_ties};
use crate::service::poll::{self, closing, opening};
use crate::service::rehearsal::is_running;
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/poll";

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .get(PATH, Permission::ViewTurnout, page)
        .post(PATH, Permission::PreparePoll, create)
        .post("/console/{year}/poll/keys/restart", Permission::PreparePoll, restart_keys)
        .post("/console/{year}/poll/open", Permission::TakePartInActs, open)
        .post("/console/{year}/poll/pause", Permission::PacePoll, pause)
        .post("/console/{year}/poll/resume", Permission::PacePoll, resume)
        .post("/console/{year}/poll/resume-restored", Permission::TakePartInActs, resume_restored)
        .post("/console/{year}/poll/close", Permission::TakePartInActs, close)
        .post("/console/{year}/poll/seal", Permission::PreparePoll, seal)
        .post("/console/{year}/poll/reconcile", Permission::PreparePoll, reconcile)
        .post("/console/{year}/poll/reveal", Permission::TakePartInActs, reveal);
    exceptions::routes(turnout::routes(routes))
}

/// What was sent, and what is wrong with it.
type Refused<'a> = Option<(&'a Form, &'a Complaint)>;

async fn page(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, None).await
}

async fn create(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let rules = load_rules(&edition.0)?;
    let result = match read_spare_cards(&form) {
        Ok(spare) => {
            let names = form.numbered("trustee", rules.poll.trustees);
            poll::create(&app.context, &operator.actor(), &edition.0.id, spare, &names).await
        }
        Err(error) => Err(error),
    };
    match result {
        Ok(_) => Ok(Done::PollCreated.at(&edition.path("/poll"))),
        Err(error) => {
            let complaint = Complaint::about(error)?;
            render(&app, &operator, &edition, Some((&form, &complaint))).await
        }
    }
}

/// As many as a hall can need; a slip of the finger must not order a million cards.
const MOST_SPARE_CARDS: u32 = 200;

fn read_spare_cards(form: &Form) -> Result<u32, ServiceError> {
    let spare = form.text("spare_cards").parse().ok().filter(|&spare| spare <= MOST_SPARE_CARDS);
    spare.ok_or_else(|| {
        ServiceError::input(
            "spare_cards",
            format!("备用评议卡应为0至{MOST_SPARE_CARDS}张。"),
            format!("The number of spare cards must be 0 to {MOST_SPARE_CARDS}."),
        )
    })
}

async fn open(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    propose(&app, &operator, &edition, Act::OpenPoll).await
}

async fn resume_restored(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    propose(&app, &operator, &edition, Act::ResumeRestored).await
}

async fn close(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    propose(&app, &operator, &edition, Act::ClosePoll).await
}

async fn reveal(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    propose(&app, &operator, &edition, Act::Reveal).await
}

async fn propose(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    act: fn(PollId) -> Act,
) -> Result<Response, PageError> {
    let id = poll_id(app, edition).await?;
    match acts::propose(app, operator, &act(id)).await {
        Ok(response) => Ok(response),
        Err(error) => complain(app, operator, edition, &Complaint::about(error)?).await,
    }
}

async fn pause(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    pace(&app, &operator, &edition, &form, (PollState::pause, Done::PollPaused)).await
}

async fn resume(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    pace(&app, &operator, &edition, &form, (PollState::resume, Done::PollResumed)).await
}

type PaceStep = fn(PollState) -> Result<PollState, PollStepError>;

async fn pace(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    form: &Form,
    (step, done): (PaceStep, Done),
) -> Result<Response, PageError> {
    let id = poll_id(app, edition).await?;
    match opening::change_pace(&app.context, &operator.actor(), &id, step, form.text("reason")).await {
        Ok(()) => Ok(done.at(&edition.path("/poll"))),
        Err(error) => {
            let complaint = Complaint::about(error)?;
            render(app, operator, edition, Some((form, &complaint))).await
        }
    }
}

async fn seal(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    let id = poll_id(&app, &edition).await?;
    match closing::seal(&app.context, &operator.actor(), &id).await {
        Ok(()) => Ok(Done::PollSealed.at(&edition.path("/poll"))),
        Err(error) => complain(&app, &operator, &edition, &Complaint::about(error)?).await,
    }
}

async fn restart_keys(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    propose(&app, &operator, &edition, Act::RestartKeys).await
}

async fn reconcile(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    let id = poll_id(&app, &edition).await?;
    match closing::reconcile(&app.context, &operator.actor(), &id).await {
        Ok(()) => Ok(Done::PollReconciled.at(&edition.path("/poll"))),
        Err(error) => complain(&app, &operator, &edition, &Complaint::about(error)?).await,
    }
}

async fn poll_id(app: &App, edition: &InEdition) -> Result<PollId, PageError> {
    let view = find_poll(&app.context, &edition.0.id).await?;
    Ok(view.ok_or(ServiceError::NotFound("poll"))?.poll.id)
}

async fn complain(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    complaint: &Complaint,
) -> Result<Response, PageError> {
    render(app, operator, edition, Some((&Form::default(), complaint))).await
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    refused: Refused<'_>,
) -> Result<Response, PageError> {
    let rules: Rules = load_rules(&edition.0)?;
    let found = find_poll(&app.context, &edition.0.id).await?;
    let empty = Form::default();
    let sent = refused.map_or(&empty, |(form, _)| form);
    let rehearsal = found.as_ref().map(|view| &view.poll).filter(|poll| is_running(poll));
    let body = html! {
        @if let Some(poll) = rehearsal { (rehearsals::note(operator, edition, poll)) }
        @match &found {
            None => { (view::before(operator, edition, &rules, sent)) (rehearsals::link(operator, edition)) }
            Some(poll) => {
                @let ties = undecided_ties(&app.context, &poll.poll).await?;
                (view::poll(operator, edition, poll, ties, sent))
                @if rehearsal.is_none() { (rehearsals::link(operator, edition)) }
            }
        }
    };
    let purpose = found.as_ref().map(|view| view.poll.purpose);
    let path = edition.path("/poll");
    let complaint = refused.map(|(_, complaint)| complaint);
    let title = operator.say("投票", "Poll");
    // Pages that wait for a terminal look again by themselves, except when they show what is wrong.
    let waits = |state| {
        use PollState::{Closed, Closing, KeysReady, Reconciled, Setup};
        matches!(state, Setup | KeysReady | Closing | Closed | Reconciled)
    };
    let lacks_booths =
        |view: &PollView| view.restored.as_ref().is_some_and(|found| !found.missing.is_empty());
    let waits = |view: &PollView| waits(view.poll.state) || lacks_booths(view);
    let refresh = found.as_ref().is_some_and(waits) && complaint.is_none();
    let refresh_seconds = refresh.then_some(15);
    Ok(show(
        app,
        operator,
        Content {
            complaint,
            refresh_seconds,
            back: Some(back(operator, &edition.0)),
            ..Content::new(Place::Poll(purpose), title, &path, body)
        },
    ))
}
