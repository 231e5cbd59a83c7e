//! What stands in the address of a page.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::app::App;
use crate::error::NOTHING_HERE;
use crate::service::overview;
use crate::store::editions::Edition;
use crate::web::error_page::PageError;

/// The edition of `{year}`.
#[derive(Debug)]
pub(super) struct InEdition(pub(super) Edition);

/// The id or number of `{id}`.
#[derive(Debug)]
pub(super) struct Id<T>(pub(super) T);

impl InEdition {
    /// The path of a page of this edition.
    pub(super) fn path(&self, page: &str) -> String {
        path(&self.0, page)
    }
}

/// The path of a page of an edition.
pub(super) fn path(edition: &Edition, page: &str) -> String {
    format!("/console/{}{page}", edition.year)
}

impl FromRequestParts<App> for InEdition {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let year = read(parts, app, "year").await?;
        Ok(Self(overview::find_edition(&app.context, year).await?))
    }
}

impl<T: FromStr + Send> FromRequestParts<App> for Id<T> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        Ok(Self(read(parts, app, "id").await?))
    }
}

async fn read<T: FromStr>(parts: &mut Parts, app: &App, name: &str) -> Result<T, PageError> {
    let nothing = || PageError(NOTHING_HERE);
    let parameters = RawPathParams::from_request_parts(parts, app).await.map_err(|_| nothing())?;
    let found = parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
    found.and_then(|value| value.parse().ok()).ok_or_else(nothing)
}
