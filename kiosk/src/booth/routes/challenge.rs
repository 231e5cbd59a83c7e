//! 核验本机: the warning, the opening, and the vote anew.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::Response,
};
use belenios::text::Fingerprint;

use super::{
    super::{Booth, ChallengeError, Nonce, Place, pages::ChallengeProblem},
    CastForm, SessionForm, show, shut, to, to_place,
};

/// The warning, about the ballot that the review has shown; without one the review comes first.
pub(super) async fn warn(State(booth): State<Booth>) -> Response {
    let view = booth.view().await;
    if let (Place::Voting(_), Some(contact)) = (view.place, shut(&booth)) {
        return show::closed(&booth, &view, contact, "/review");
    }
    match booth.turn_of(view.nonce.clone()).can_be_opened().await {
        Ok(Some(tracker)) => show::challenge(&booth, &view, tracker, None),
        Ok(None) => to("/review"),
        Err(_) => to_place(&view),
    }
}

pub(super) async fn open(
    State(booth): State<Booth>,
    form: Result<Form<CastForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return to("/review") };
    let turn = booth.turn_of(Nonce::from_form(form.session));
    let Ok(tracker) = form.tracker.parse::<Fingerprint>() else { return to("/review") };
    match turn.challenge(tracker).await {
        Ok(_) => to("/challenge/opened"),
        Err(ChallengeError::NotReviewed) => to("/review"),
        Err(ChallengeError::Turn(_)) => to_place(&booth.view().await),
        Err(error) => {
            tracing::warn!(error = crate::uplink::error_chain(&error), "a ballot was not opened");
            let problem = match &error {
                ChallengeError::NoPromise(error) if error.is_refusal() => ChallengeProblem::Refused,
                _ => ChallengeProblem::NoContact,
            };
            show::challenge(&booth, &booth.view().await, tracker, Some(problem))
        }
    }
}

pub(super) async fn opened(State(booth): State<Booth>) -> Response {
    let view = booth.view().await;
    match booth.turn_of(view.nonce.clone()).challenged().await {
        Ok(Some(challenged)) => show::opened(&booth, &view, &challenged),
        _ => to_place(&view),
    }
}

pub(super) async fn anew(
    State(booth): State<Booth>,
    form: Result<Form<SessionForm>, FormRejection>,
) -> Response {
    if let Ok(Form(form)) = form {
        // Whoever speaks for another turn sees where this one stands.
        let _ = booth.turn_of(Nonce::from_form(form.session)).begin_anew().await;
    }
    to_place(&booth.view().await)
}
