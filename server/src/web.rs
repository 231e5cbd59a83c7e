//! Pages: the public site and the commission's console.

use axum::{Router, middleware};

use crate::app::App;

pub mod assets;
mod chances;
pub mod console;
mod counted;
pub mod error_page;
pub mod form;
pub mod language;
pub mod layout;
pub(crate) mod rate_limit;
pub mod session;
pub mod site;

/// All pages.
pub fn routes() -> Router<App> {
    let pages = site::routes().merge(console::routes()).layer(middleware::from_fn(language::remember));
    pages.merge(assets::routes())
}
