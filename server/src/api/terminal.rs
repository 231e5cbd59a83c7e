//! What every terminal asks, whatever it is for: to be let in, to sign in; and what it reports of itself.
//!
//! The first five addresses are open: who asks there is not known yet. They keep little, only in memory, and say nothing
//! about anybody else. Nothing here is written to a log.

#[cfg(test)]
mod tests;

use std::convert::Infallible;

use axum::extract::{FromRequestParts, State};
use axum::http::{StatusCode, request::Parts};
use axum::routing::post;
use axum::{Json, Router};
use evaluation::hash::Sha256Hash;
use evaluation::wire::{
    Challenge, ChallengeQuery, EnrolmentAnswer, EnrolmentQuery, EnrolmentReport, EnrolmentRequest,
    EnrolmentReveal, SignIn, SignedIn, TerminalStatus, path,
};

use super::{AnyTerminal, Sent, json};
use crate::app::App;
use crate::error::{ApiError, AppError, TERMINAL_UNKNOWN};
use crate::service::terminal::Arrival;
use crate::service::{Context, ServiceError, terminal};
use crate::tls::Shown;
use crate::web::rate_limit::Client;

/// The addresses of this file.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(path::TERMINAL_ENROLMENT, post(enrolment))
        .route(path::TERMINAL_ENROLMENT_REVEAL, post(reveal))
        .route(path::TERMINAL_ENROLMENT_STATE, post(state))
        .route(path::TERMINAL_CHALLENGE, post(challenge))
        .route(path::TERMINAL_SIGN_IN, post(sign_in))
        .route(path::TERMINAL_STATUS, post(status))
}

async fn enrolment(
    Certificate(certificate): Certificate,
    client: Client,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<Json<EnrolmentAnswer>, ApiError> {
    let asked: EnrolmentRequest = json(&body)?;
    Ok(Json(terminal::ask(&context, Arrival { certificate, machine: client.other_machine() }, asked).await?))
}

async fn reveal(State(context): State<Context>, Sent(body): Sent) -> Result<StatusCode, ApiError> {
    let sent: EnrolmentReveal = json(&body)?;
    terminal::reveal(&context, &sent)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn state(State(context): State<Context>, Sent(body): Sent) -> Result<Json<EnrolmentReport>, ApiError> {
    let query: EnrolmentQuery = json(&body)?;
    let state = terminal::state(&context, &query).await.map_err(ServiceError::from)?;
    Ok(Json(EnrolmentReport { state }))
}

async fn challenge(State(context): State<Context>, Sent(body): Sent) -> Result<Json<Challenge>, ApiError> {
    let query: ChallengeQuery = json(&body)?;
    let found = terminal::challenge(&context, &query.public_key).await.map_err(ServiceError::from)?;
    let nonce = found.ok_or(TERMINAL_UNKNOWN)?;
    Ok(Json(Challenge { nonce }))
}

async fn sign_in(
    Certificate(certificate): Certificate,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<Json<SignedIn>, ApiError> {
    let sent: SignIn = json(&body)?;
    let token = terminal::sign_in(&context, certificate, &sent).await?;
    Ok(Json(SignedIn { token: token.expose() }))
}

async fn status(
    AnyTerminal(known): AnyTerminal,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let report: TerminalStatus = json(&body)?;
    terminal::report(&context, &known, report).map_err(AppError::from)?;
    Ok(StatusCode::NO_CONTENT)
}

/// SHA-256 of the certificate that was shown on the connection of this request; none without TLS.
struct Certificate(Option<Sha256Hash>);

impl<S: Send + Sync> FromRequestParts<S> for Certificate {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<Shown>().map(|shown| shown.0)))
    }
}
