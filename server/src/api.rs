//! The API of the terminals in the hall ([`evaluation::wire`]). Handlers read the request, call one use case, and answer.
//!
//! Requests of booths that are carried out are never written to a log: their times would tell the order of voting. One
//! that fails through our fault is, because somebody must notice; no ballot is stored by it.

mod terminal;

use axum::extract::{FromRef, FromRequest, FromRequestParts, Request, State};
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use evaluation::wire::{
    BoothFinished, BoothPoll, BoothReady, BoothRedelivered, BoothState, CardCredentials, CardOrder,
    ChallengeNotice, ChallengePromise, CredentialQuery, CredentialReport, DRAFT_HEADER, DraftDrop,
    DraftQuery, DraftReport, DraftSave, OpenedBallotFile, SignedBoothStatement, TrusteeAssignment,
    TrusteeCeremony, TrusteeCertificate, TrusteeContribution, TrusteeKey, TrusteePartialDecryption, VoidCard,
    path,
};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::body;
use crate::domain::TerminalRole;
use crate::error::{
    ApiError, AppError, BODY_TOO_LARGE, BODY_UNREADABLE, FORBIDDEN, NOTHING_HERE, TERMINAL_UNKNOWN,
};
use crate::service::poll::{ballot, booths, cards, challenge, draft, keys, tally, void};
use crate::service::{Context, terminal as terminals};
use crate::store::terminals::Terminal;
use crate::web::CHALLENGE_PAGE;

/// More than any ballot, list of credentials or share of a decryption.
const LARGEST_BODY: usize = 4 << 20;

/// All routes of the API.
pub fn routes() -> Router<App> {
    Router::new()
        .route(path::BOOTH_POLL, get(booth_poll))
        .route(path::BOOTH_CREDENTIAL, post(booth_credential))
        .route(path::BOOTH_BALLOT, post(booth_ballot))
        .route(path::BOOTH_CHALLENGE, post(booth_challenge))
        .route(path::BOOTH_OPENED, post(booth_opened))
        .route(path::BOOTH_DRAFT_FIND, post(booth_draft_find))
        .route(path::BOOTH_DRAFT_SAVE, post(booth_draft_save))
        .route(path::BOOTH_DRAFT_DROP, post(booth_draft_drop))
        .route(path::BOOTH_STATE, get(booth_state))
        .route(path::BOOTH_READY, post(booth_ready))
        .route(path::BOOTH_FINISHED, post(booth_finished))
        .route(path::BOOTH_REDELIVERED, post(booth_redelivered))
        .route(path::BOOTH_ARCHIVE, get(booth_archive))
        .route(path::BOOTH_STATEMENT, post(booth_statement))
        .route(path::CARDS_ORDER, get(cards_order))
        .route(path::CARDS_CREDENTIALS, post(cards_credentials))
        .route(path::TRUSTEE_ASSIGNMENT, get(trustee_assignment))
        .route(path::TRUSTEE_CERTIFICATE, post(trustee_certificate))
        .route(path::TRUSTEE_CONTRIBUTION, post(trustee_contribution))
        .route(path::TRUSTEE_CEREMONY, get(trustee_ceremony))
        .route(path::TRUSTEE_KEY, post(trustee_key))
        .route(path::TRUSTEE_VOID, post(trustee_void))
        .route(path::TRUSTEE_ARCHIVE, get(trustee_archive))
        .route(path::TRUSTEE_CLOSING, get(trustee_closing))
        .route(path::TRUSTEE_PARTIAL_DECRYPTION, post(trustee_partial_decryption))
        .merge(terminal::routes())
        .route("/api/{*rest}", axum::routing::any(|| async { ApiError(NOTHING_HERE) }))
}

async fn booth_poll(_: Booth, State(context): State<Context>) -> Result<Json<BoothPoll>, ApiError> {
    Ok(Json(ballot::for_booth(&context).await?))
}

async fn booth_credential(
    _: Booth,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<Json<CredentialReport>, ApiError> {
    let query: CredentialQuery = json(&body)?;
    Ok(Json(CredentialReport { status: ballot::credential_status(&context, &query.credential).await? }))
}

async fn booth_ballot(
    BoothItself(booth): BoothItself,
    State(context): State<Context>,
    headers: HeaderMap,
    Sent(body): Sent,
) -> Result<Response, ApiError> {
    booths::must_take_part(&context, &booth).await?;
    // From here on nothing knows which booth it was.
    drop(booth);
    // A ballot proves itself; a name that is none must not hold it up.
    let draft = headers.get(DRAFT_HEADER).and_then(|value| value.to_str().ok()?.parse().ok());
    Ok(match ballot::receive(&context, body, draft).await? {
        ballot::Delivery::Stored(receipt) => Json(receipt).into_response(),
        ballot::Delivery::Refused(refusal) => (StatusCode::CONFLICT, Json(refusal)).into_response(),
    })
}

async fn booth_challenge(
    BoothItself(booth): BoothItself,
    State(app): State<App>,
    Sent(body): Sent,
) -> Result<Json<ChallengePromise>, ApiError> {
    let sent: ChallengeNotice = json(&body)?;
    booths::must_take_part(&app.context, &booth).await?;
    // From here on nothing knows which booth it was.
    drop(booth);
    let page = format!("{}{}", app.public_url, CHALLENGE_PAGE);
    Ok(Json(challenge::record(&app.context, &sent, page).await?))
}

async fn booth_opened(
    BoothItself(booth): BoothItself,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let sent: OpenedBallotFile = json(&body)?;
    booths::must_take_part(&context, &booth).await?;
    drop(booth);
    challenge::keep(&context, sent).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn booth_draft_find(
    _: Booth,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<Json<DraftReport>, ApiError> {
    let query: DraftQuery = json(&body)?;
    Ok(Json(draft::find(&context, &query).await?))
}

async fn booth_draft_save(
    _: Booth,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let sent: DraftSave = json(&body)?;
    draft::save(&context, &sent).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn booth_draft_drop(
    _: Booth,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let sent: DraftDrop = json(&body)?;
    draft::discard(&context, &sent).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn booth_state(
    BoothItself(booth): BoothItself,
    State(context): State<Context>,
) -> Result<Json<BoothState>, ApiError> {
    Ok(Json(booths::state(&context, &booth).await?))
}

async fn booth_ready(
    BoothItself(booth): BoothItself,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let sent: BoothReady = json(&body)?;
    booths::ready(&context, &booth, &sent).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn booth_finished(
    BoothItself(booth): BoothItself,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let sent: BoothFinished = json(&body)?;
    booths::finished(&context, &booth, &sent).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn booth_redelivered(
    BoothItself(booth): BoothItself,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let sent: BoothRedelivered = json(&body)?;
    booths::redelivered(&context, &booth, &sent).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn booth_archive(_: Booth, State(context): State<Context>) -> Result<Response, ApiError> {
    let archive = booths::archive(&context).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], archive).into_response())
}

async fn booth_statement(
    BoothItself(booth): BoothItself,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let sent: SignedBoothStatement = json(&body)?;
    booths::receive_statement(&context, &booth, &sent).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn cards_order(
    CardOfficer(_): CardOfficer,
    State(context): State<Context>,
) -> Result<Json<CardOrder>, ApiError> {
    Ok(Json(cards::order(&context).await?))
}

async fn cards_credentials(
    CardOfficer(terminal): CardOfficer,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let sent: CardCredentials = json(&body)?;
    cards::receive(&context, &terminal, sent.public_credentials).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn trustee_assignment(
    Trustee(terminal): Trustee,
    State(context): State<Context>,
) -> Result<Json<TrusteeAssignment>, ApiError> {
    Ok(Json(keys::assignment(&context, &terminal).await?))
}

async fn trustee_certificate(
    Trustee(terminal): Trustee,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let sent: TrusteeCertificate = json(&body)?;
    keys::receive(&context, &terminal, keys::Message::Certificate, &sent.certificate).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn trustee_contribution(
    Trustee(terminal): Trustee,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let sent: TrusteeContribution = json(&body)?;
    keys::receive(&context, &terminal, keys::Message::Contribution, &sent.contribution).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn trustee_ceremony(
    Trustee(terminal): Trustee,
    State(context): State<Context>,
) -> Result<Json<TrusteeCeremony>, ApiError> {
    Ok(Json(keys::progress(&context, &terminal).await?))
}

async fn trustee_key(
    Trustee(terminal): Trustee,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let sent: TrusteeKey = json(&body)?;
    keys::receive(&context, &terminal, keys::Message::PublicKey, &sent.trustee_key).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn trustee_void(
    Trustee(_): Trustee,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let sent: VoidCard = json(&body)?;
    void::declare(&context, sent).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn trustee_archive(Trustee(_): Trustee, State(context): State<Context>) -> Result<Response, ApiError> {
    let archive = tally::archive_for_trustees(&context).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], archive.bytes).into_response())
}

async fn trustee_closing(Trustee(_): Trustee, State(context): State<Context>) -> Result<String, ApiError> {
    Ok(tally::closing_statement(&context).await?)
}

async fn trustee_partial_decryption(
    Trustee(terminal): Trustee,
    State(context): State<Context>,
    Sent(body): Sent,
) -> Result<StatusCode, ApiError> {
    let sent: TrusteePartialDecryption = json(&body)?;
    tally::receive(&context, &terminal, sent).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, AppError> {
    serde_json::from_slice(body).map_err(|_| BODY_UNREADABLE)
}

/// The body of a request.
struct Sent(Vec<u8>);

impl<S: Sync> FromRequest<S> for Sent {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        Ok(Self(body::read(request.into_body(), LARGEST_BODY, BODY_TOO_LARGE).await?))
    }
}

/// A voting booth. Which one is not passed on: nothing that a booth does may depend on it.
struct Booth;

/// A voting booth that speaks of itself: that it takes part, has finished, and what it delivered. With a ballot it is only asked
/// whether it takes part.
struct BoothItself(booths::Booth);

/// The card officer's terminal.
struct CardOfficer(Terminal);

/// A trustee's terminal.
struct Trustee(Terminal);

/// Any terminal that is signed in.
struct AnyTerminal(Terminal);

impl<S: Send + Sync> FromRequestParts<S> for AnyTerminal
where
    Context: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Ok(Self(authenticate(parts, &Context::from_ref(state)).await?))
    }
}

/// A handler asks for the kind of terminal that may call it; there is no other way to be one.
macro_rules! from_terminal {
    ($name:ident, $terminal:ident => $value:expr) => {
        impl<S: Send + Sync> FromRequestParts<S> for $name
        where
            Context: FromRef<S>,
        {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
                let $terminal = authenticate(parts, &Context::from_ref(state)).await?;
                if $terminal.role == TerminalRole::$name { Ok($value) } else { Err(ApiError(FORBIDDEN)) }
            }
        }
    };
}

from_terminal!(Booth, terminal => Self);
from_terminal!(CardOfficer, terminal => Self(terminal));
from_terminal!(Trustee, terminal => Self(terminal));

impl<S: Send + Sync> FromRequestParts<S> for BoothItself
where
    Context: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let terminal = authenticate(parts, &Context::from_ref(state)).await?;
        if terminal.role != TerminalRole::Booth {
            return Err(ApiError(FORBIDDEN));
        }
        let Terminal { id, name, public_key, .. } = terminal;
        Ok(Self(booths::Booth { terminal: id, name, key: public_key }))
    }
}

async fn authenticate(parts: &Parts, context: &Context) -> Result<Terminal, AppError> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).and_then(|token| token.parse().ok());
    let Some(token) = token else { return Err(TERMINAL_UNKNOWN) };
    terminals::find(context, &token).await?.ok_or(TERMINAL_UNKNOWN)
}
