//! The trustee's terminal behind pages, for the browser of this machine: one step a screen, in the words of the hall.
//!
//! | at | what a person does |
//! | --- | --- |
//! | `/` | sees who sits here and for which poll, and chooses what to do |
//! | `/key` | makes the key: stick, passphrase, recovery sheet, rounds with the others, comparing aloud, try-out |
//! | `/hall-key` | makes the slip that each booth scans at opening |
//! | `/void` | declares cards void, each with its own code |
//! | `/tally` | checks the closed archive, compares with the signed sheets, decrypts the sums |
//!
//! What a page shows follows from the stick, the server and what is open in memory: a terminal that was switched off goes on at the
//! right step. Forms answer with a redirect, so that nothing is sent twice by going back, and nothing that was typed stays on a page,
//! except a mistyped card code, to be mended.

mod desk;
mod frame;
mod hall_key;
mod keys;
mod making;
mod tally;
mod void;
mod words;

use std::{path::PathBuf, sync::Arc, time::Duration};

use appearance::{ASSET_PATH, Language, MARK, STYLE};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Query, Request, State},
    http::Method,
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use belenios::text::Hash;
use serde::Deserialize;

use self::desk::{Desk, Terminal};
use super::Cost;
use crate::{pages, uplink::Uplink};

/// The largest form a page sends.
const FORM: usize = 8 << 10;

/// What the trustee's terminal needs to know.
#[derive(Clone, Debug)]
pub struct TrusteeSettings {
    /// The key file, in the folder where the trustee's stick appears.
    pub key: PathBuf,
    /// Hash of the Setup event, from the signed opening sheet; every other archive is refused.
    pub setup: Option<Hash>,
    /// Between two looks at how far the others are.
    pub pause: Duration,
    /// What guessing a passphrase of a new file costs.
    pub cost: Cost,
}

/// The pages of a trustee's terminal. To be served on a loopback address only; every other name or origin is turned away.
pub fn router(uplink: Arc<Uplink>, settings: TrusteeSettings) -> Router {
    let terminal = Terminal::new(uplink, settings);
    Router::new()
        .route("/", get(desk::home))
        .merge(keys::routes())
        .route("/hall-key", get(hall_key::ask).post(hall_key::make))
        .route("/void", get(void::ask).post(void::declare))
        .merge(tally::routes())
        .route("/forget", post(desk::forget))
        .route(&format!("{ASSET_PATH}{{name}}"), get(asset))
        .fallback(async || Redirect::to("/"))
        .layer(middleware::from_fn_with_state(Arc::clone(&terminal), choose_language))
        .layer(DefaultBodyLimit::max(FORM))
        .layer(middleware::from_fn(pages::guard))
        .with_state(terminal)
}

async fn asset(Path(name): Path<String>) -> Response {
    pages::asset(&[&STYLE, &MARK, &frame::TRUSTEE_STYLE, &frame::TRUSTEE_SCRIPT, &pages::PULSE], &name)
}

#[derive(Deserialize)]
struct LanguageQuery {
    lang: Option<String>,
}

/// `?lang=en` on any page: remembered for this terminal, and gone from the address.
async fn choose_language(
    State(terminal): State<Arc<Terminal>>,
    Query(query): Query<LanguageQuery>,
    request: Request,
    next: Next,
) -> Response {
    let language = query.lang.as_deref().and_then(Language::from_name);
    match language {
        Some(language) if *request.method() == Method::GET => {
            terminal.desk().await.language = language;
            Redirect::to(request.uri().path()).into_response()
        }
        _ => next.run(request).await,
    }
}
