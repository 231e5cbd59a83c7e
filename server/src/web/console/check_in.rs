//! The check-in desk of the real poll or of a rehearsal: opening and closing it, who is here, marking, corrections, the sheet for signatures.
//!
//! Names and ids of people stand in no address: searching and marking are forms. After a change the answer names nobody.

mod sheet;
mod view;

use axum::extract::State;
use axum::response::Response;
use evaluation::pool::MemberId;
use maud::html;
use secrecy::SecretString;

use self::view::Shown;
use super::address::InEdition;
use super::done::Done;
use super::frame::{Content, Place, show};
use super::guard::Routes;
use super::parts::back_to;
use crate::app::App;
use crate::domain::{Permission, Purpose};
use crate::service::ServiceError;
use crate::service::check_in::{self, Correction, Count, DamagedCard, Exchange, NewDesk, Second};
use crate::web::error_page::PageError;
use crate::web::form::{Complaint, Form};
use crate::web::session::Operator;

const PATH: &str = "/console/{year}/check-in";

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .get(PATH, Permission::ViewSeatNames, at_hand)
        .get("/console/{year}/check-in/real", Permission::ViewSeatNames, real)
        .get("/console/{year}/check-in/rehearsal", Permission::ViewSeatNames, rehearsal)
        .post("/console/{year}/check-in/search", Permission::ViewSeatNames, search)
        .post("/console/{year}/check-in/desk", Permission::CheckIn, open_desk)
        .post("/console/{year}/check-in/desk/close", Permission::CheckIn, close_desk)
        .post("/console/{year}/check-in/desk/correct", Permission::CheckIn, correct_count)
        .post("/console/{year}/check-in/mark", Permission::CheckIn, mark)
        .post("/console/{year}/check-in/person", Permission::CheckIn, person)
        .post("/console/{year}/check-in/undo", Permission::CheckIn, undo)
        .post("/console/{year}/check-in/reissue", Permission::CheckIn, reissue);
    sheet::routes(routes)
}

/// The page of the desks of a poll.
fn path(edition: &InEdition, purpose: Purpose) -> String {
    match purpose {
        Purpose::Real => edition.path("/check-in/real"),
        Purpose::Rehearsal => edition.path("/check-in/rehearsal"),
    }
}

/// The poll that a form belongs to.
fn purpose(form: &Form) -> Purpose {
    form.text("purpose").parse().unwrap_or(Purpose::Real)
}

/// Where the navigation leads: to the desks of the poll that is running, be it the real one or a rehearsal.
async fn at_hand(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    let purpose = check_in::at_hand(&app.context, &edition.0.id).await?;
    render(&app, &operator, &edition, purpose, &Form::default(), None).await
}

async fn real(operator: Operator, State(app): State<App>, edition: InEdition) -> Result<Response, PageError> {
    render(&app, &operator, &edition, Purpose::Real, &Form::default(), None).await
}

async fn rehearsal(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
) -> Result<Response, PageError> {
    render(&app, &operator, &edition, Purpose::Rehearsal, &Form::default(), None).await
}

async fn search(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    render(&app, &operator, &edition, purpose(&form), &form, None).await
}

async fn open_desk(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    // What is no number of cards is refused like a number that cannot be.
    let new = NewDesk { name: form.text("name"), cards: form.text("cards").parse().unwrap_or(0) };
    let password = SecretString::from(form.raw("second_password"));
    let second = Second { name: form.text("second"), password: &password };
    let (clerk, id, of) = (&operator.account, &edition.0.id, purpose(&form));
    let result = check_in::open_desk(&app.context, clerk, id, of, new, second).await;
    answer(&app, &operator, &edition, &form, result.map(drop), Done::DeskOpened).await
}

async fn close_desk(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let password = SecretString::from(form.raw("close_password"));
    let second = Second { name: form.text("close_second"), password: &password };
    let result = match count(&form, "desk", "cards_left", "counted_twice") {
        Ok(count) => {
            let (clerk, id, of) = (&operator.account, &edition.0.id, purpose(&form));
            check_in::close_desk(&app.context, clerk, id, of, count, second).await
        }
        Err(error) => Err(error),
    };
    answer(&app, &operator, &edition, &form, result, Done::DeskClosed).await
}

async fn correct_count(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let password = SecretString::from(form.raw("correct_password"));
    let second = Second { name: form.text("correct_second"), password: &password };
    let result = match count(&form, "closed_desk", "correct_left", "correct_twice") {
        Ok(count) => {
            let (clerk, id, of) = (&operator.account, &edition.0.id, purpose(&form));
            let correction = Correction { count, reason: form.text("correct_reason") };
            check_in::correct_count(&app.context, clerk, id, of, correction, second).await
        }
        Err(error) => Err(error),
    };
    answer(&app, &operator, &edition, &form, result, Done::CountCorrected).await
}

/// What was counted at a desk, from the fields of these names.
fn count(form: &Form, desk: &str, left: &str, twice: &str) -> Result<Count, ServiceError> {
    Ok(Count {
        desk: form.text(desk).parse().map_err(|_| {
            ServiceError::input(
                "check_in",
                "请选择签到台。没有作任何更改。",
                "Choose the desk. Nothing was changed.",
            )
        })?,
        cards_left: form.text(left).parse().map_err(|_| {
            ServiceError::input(
                "check_in",
                "请两人清点卡盒，填写剩余的评议卡张数（没有剩余填0）。",
                "Both people count the cards left in the box and enter their number (0 if none).",
            )
        })?,
        counted_twice: form.ticked(twice),
    })
}

async fn mark(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let result = match member(&form) {
        Ok(member) => {
            let (clerk, id, of) = (&operator.account, &edition.0.id, purpose(&form));
            check_in::mark(&app.context, clerk, id, of, &member).await
        }
        Err(error) => Err(error),
    };
    answer(&app, &operator, &edition, &form, result, Done::CheckedIn).await
}

/// Correcting a mark or exchanging a card: a page of its own, shown in answer to a form.
async fn person(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    render_person(&app, &operator, &edition, &form, None).await
}

async fn undo(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let password = SecretString::from(form.raw("undo_password"));
    let second = Second { name: form.text("undo_second"), password: &password };
    let result = match member(&form) {
        Ok(member) => {
            let (clerk, id, of) = (&operator.account, &edition.0.id, purpose(&form));
            let reason = form.text("undo_reason");
            check_in::undo(&app.context, clerk, id, of, &member, reason, second).await
        }
        Err(error) => Err(error),
    };
    corrected(&app, &operator, &edition, &form, result, Done::MarkUndone).await
}

async fn reissue(
    operator: Operator,
    State(app): State<App>,
    edition: InEdition,
    form: Form,
) -> Result<Response, PageError> {
    let password = SecretString::from(form.raw("card_password"));
    let second = Second { name: form.text("card_second"), password: &password };
    let result = match member(&form).and_then(|member| Ok((member, damaged_card(&form)?))) {
        Ok((member, card)) => {
            let (clerk, id, of) = (&operator.account, &edition.0.id, purpose(&form));
            let exchange = Exchange { member: &member, card, reason: form.text("card_reason") };
            check_in::reissue(&app.context, clerk, id, of, exchange, second).await
        }
        Err(error) => Err(error),
    };
    corrected(&app, &operator, &edition, &form, result, Done::CardReissued).await
}

/// What became of the damaged card: said by the people at the desk, never chosen beforehand.
fn damaged_card(form: &Form) -> Result<DamagedCard, ServiceError> {
    match form.text("damaged_card") {
        "void" => Ok(DamagedCard::Void),
        "unreadable" => Ok(DamagedCard::Unreadable),
        _ => Err(ServiceError::input(
            "check_in",
            "损坏的卡须先在监票人终端作废。作废后选择“已作废”，再换发新卡。没有换发，没有作任何更改。",
            "The damaged card must first be declared void at a trustee's terminal. Choose that it is void, then exchange it. No card was given, nothing was changed.",
        )),
    }
}

fn member(form: &Form) -> Result<MemberId, ServiceError> {
    form.text("member").parse().map_err(|_| ServiceError::NotFound("member"))
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
        Ok(()) => Ok(done.at(&path(edition, purpose(form)))),
        Err(error) => {
            let complaint = Complaint::about(error)?;
            render(app, operator, edition, purpose(form), form, Some(&complaint)).await
        }
    }
}

async fn corrected(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    form: &Form,
    result: Result<(), ServiceError>,
    done: Done,
) -> Result<Response, PageError> {
    match result {
        Ok(()) => Ok(done.at(&path(edition, purpose(form)))),
        Err(error) => {
            let complaint = Complaint::about(error)?;
            render_person(app, operator, edition, form, Some(&complaint)).await
        }
    }
}

async fn render(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    purpose: Purpose,
    sent: &Form,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let view = check_in::view(&app.context, &edition.0.id, purpose).await?;
    let all = check_in::purposes(&app.context, &edition.0.id).await?;
    let body = html! {
        // Each page leads to the other one, also before there is a real poll.
        @if all.contains(&Purpose::Rehearsal) { (view::choose_poll(operator, edition, purpose)) }
        @match &view {
            None => (view::nothing(operator)),
            Some(view) => (view::desks_and_people(&Shown { operator, edition, purpose, view, sent })),
        }
    };
    let path = path(edition, purpose);
    let title = match purpose {
        Purpose::Real => operator.say("签到", "Check-in"),
        Purpose::Rehearsal => operator.say("签到（演练）", "Check-in (rehearsal)"),
    };
    // Whoever only looks on sees the counts move; a desk's page stands still while somebody types.
    let looks_on = !operator.may(Permission::CheckIn) && complaint.is_none() && sent.text("words").is_empty();
    let refresh_seconds = looks_on.then_some(15);
    let content = Content {
        complaint,
        refresh_seconds,
        ..Content::new(Place::CheckIn(Some(purpose)), title, &path, body)
    };
    Ok(show(app, operator, content))
}

async fn render_person(
    app: &App,
    operator: &Operator,
    edition: &InEdition,
    form: &Form,
    complaint: Option<&Complaint>,
) -> Result<Response, PageError> {
    let (purpose, member) = (purpose(form), member(form)?);
    let view = check_in::view(&app.context, &edition.0.id, purpose).await?;
    let view = view.ok_or(ServiceError::NotFound("poll"))?;
    let person = view.people.iter().find(|person| person.id == member);
    let person = person.ok_or(ServiceError::NotFound("member"))?;
    let shown = Shown { operator, edition, purpose, view: &view, sent: form };
    let body = view::corrections_of(&shown, person);
    let path = path(edition, purpose);
    let title = operator.say("更正签到、换卡", "Correct a mark, exchange a card");
    let back = Some(back_to(&path, operator.say("签到", "Check-in")));
    Ok(show(
        app,
        operator,
        Content { back, complaint, ..Content::new(Place::CheckIn(Some(purpose)), title, &path, body) },
    ))
}
