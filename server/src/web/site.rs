//! The public site (mission rule 10): every page and file that needs no account.
//!
//! Each page is a file here: a handler that asks [`crate::service::public`], and a pure function from the answer to
//! markup. What may be seen in which state is decided there.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use evaluation::hash::Sha256Hash;

use crate::app::App;
use crate::error::NOTHING_HERE;
use crate::service::public::downloads::Shelf;
use crate::web::rate_limit::RateLimits;

mod challenge;
mod commit;
mod downloads;
mod draw;
mod file;
mod home;
mod nominate;
mod offices;
mod pool;
mod problem;
mod public_form;
mod ranking;
mod reconciliation;
#[cfg(test)]
mod tests;
mod verify;

pub(crate) use self::challenge::PATH as CHALLENGE_PAGE;
use self::problem::SiteError;

/// All public routes, and the page for addresses that lead nowhere.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::show))
        .route("/offices", get(offices::list))
        .route("/offices/{number}", get(offices::show))
        .route("/nominate", get(nominate::show).post(nominate::send))
        .route("/nominate/status", get(nominate::status::show).post(nominate::status::look_up))
        .route("/nominate/correct", post(nominate::status::correct))
        .route("/pool", get(pool::show))
        .route("/pool/pool.tsv", get(pool::file))
        .route("/draw", get(draw::show))
        .route("/draw/commit", get(commit::show).post(commit::invite))
        .route("/draw/commit/send", post(commit::send))
        .route("/draw/{name}", get(draw::file))
        .route("/draw/{ceremony}/{name}", get(draw::file_of_ceremony))
        .route("/draw/check", get(draw::check::show))
        .route("/draw/check.html", get(draw::check::download))
        .route("/draw/{ceremony}/notice", get(draw::notice::show))
        .route(challenge::PATH, get(challenge::show))
        .route("/challenge/file", get(challenge::file))
        .route("/ranking", get(ranking::show))
        .route("/reconciliation", get(reconciliation::show))
        .route("/downloads", get(downloads::show))
        .route("/downloads/setup.bel", get(downloads::setup))
        .route("/downloads/closed.bel", get(downloads::closed))
        .route("/publication/{year}/{*name}", get(downloads::published))
        .route("/publication/{year}", get(downloads::zip))
        .route("/verify", get(verify::show))
        .layer(Extension(Shelf::default()))
        .layer(Extension(RateLimits::default()))
        .layer(middleware::from_fn(validated))
        .fallback(|| async { SiteError::from(NOTHING_HERE) })
}

/// Public pages may be kept by browsers, but are asked for again each time; what has not changed is not sent again.
async fn validated(request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let asks = matches!(*request.method(), Method::GET | Method::HEAD);
    let response = next.run(request).await;
    if !asks || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // Files name their own hash; pages are hashed here.
    let tag = match parts.headers.get(header::ETAG) {
        Some(tag) => tag.clone(),
        None => HeaderValue::try_from(format!("\"{}\"", Sha256Hash::of(&bytes)))
            .unwrap_or(HeaderValue::from_static("\"\"")),
    };
    parts.headers.insert(header::ETAG, tag.clone());
    parts.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    parts.headers.insert(header::VARY, HeaderValue::from_static("cookie"));
    if known.is_some_and(|known| names(&known, &tag)) {
        parts.status = StatusCode::NOT_MODIFIED;
        without_content(&mut parts.headers);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn names(known: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(known), Ok(tag)) = (known.to_str(), tag.to_str()) else { return false };
    known.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == tag || one == "*")
}

fn without_content(headers: &mut HeaderMap) {
    for name in [header::CONTENT_LENGTH, header::CONTENT_TYPE, header::CONTENT_DISPOSITION] {
        headers.remove(name);
    }
}
