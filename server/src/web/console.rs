//! The commission's console: the year from the rules to the publication, accounts, terminals and the log.
//!
//! One file a page: GET, POST, form, view and tests together. Every route is declared with its permission
//! (`guard`); handlers call one use case and answer with a page, or with a redirect that names a success message.
//! Everything works without a script.

mod absences;
mod accounts;
mod act_words;
mod acts;
mod address;
mod check_in;
mod done;
mod draw;
mod editions;
mod frame;
mod guard;
mod invitation;
mod log;
mod office_texts;
mod offices;
mod overview;
mod paper;
mod parts;
mod poll;
mod pool;
mod publication;
mod rehearsals;
mod reveal;
mod rules;
mod sanctions;
mod screen;
mod sheets;
mod sign_in;
mod statements;
mod terminals;
#[cfg(test)]
mod tests;
mod ties;

use std::sync::LazyLock;

use appearance::Asset;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use self::guard::{Routes, SIGN_IN};
use self::invitation::INVITATION;
pub(in crate::web) use self::screen::{SCREEN_SCRIPT, SCREEN_STYLE};
pub(in crate::web) use self::terminals::BOARD_STYLE;
use super::error_page::PageError;
use crate::app::App;
use crate::error::NOTHING_HERE;

/// Style sheet of the console, after the common one.
pub static CONSOLE_STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("console.css", "text/css; charset=utf-8", include_bytes!("console/console.css"))
});

/// All pages of the console. Only signing in and out, and choosing a password with an invitation, ask for no
/// permission.
pub fn routes() -> Router<App> {
    declared()
        .into_router()
        .route(SIGN_IN, get(sign_in::page).post(sign_in::sign_in))
        .route(INVITATION, get(invitation::page).post(invitation::choose))
        .route("/console/sign-out", post(sign_in::sign_out))
        .method_not_allowed_fallback(|| async { PageError(NOTHING_HERE) })
        // Forms read their bodies up to a limit of their own and say so in words.
        .layer(DefaultBodyLimit::disable())
}

/// Every route behind a permission.
fn declared() -> Routes {
    let pages = [
        editions::routes,
        overview::routes,
        offices::routes,
        office_texts::routes,
        pool::routes,
        draw::routes,
        absences::routes,
        statements::routes,
        poll::routes,
        reveal::routes,
        rehearsals::routes,
        sheets::routes,
        check_in::routes,
        paper::routes,
        sanctions::routes,
        ties::routes,
        publication::routes,
        acts::routes,
        terminals::routes,
        accounts::routes,
        log::routes,
    ];
    pages.into_iter().fold(Routes::default(), |routes, add| add(routes))
}
