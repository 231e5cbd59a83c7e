//! Who is signed in: the cookie, and the extractor that handlers take.
//!
//! There is one way to be an [`Operator`]: the guard of the console's routes finds the session of the cookie, checks the
//! permission that the route declares, and hands the operator on.

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, HeaderValue, header, request::Parts};

use super::error_page::PageError;
use super::language::PageLanguage;
use crate::app::App;
use crate::domain::{Action, Actor, Permission};
use crate::error::FORBIDDEN;
use crate::service::overview::Surroundings;
use crate::service::session::SessionToken;
use crate::store::accounts::Account;

/// Somebody who is signed in and may open this address.
#[derive(Clone, Debug)]
pub struct Operator {
    /// The account.
    pub account: Account,
    /// The language of the page.
    pub language: PageLanguage,
    /// The year worked on, and what waits for a second person.
    pub surroundings: Surroundings,
    /// Code of the success message that the address asks for.
    pub done: Option<String>,
}

impl Operator {
    /// The account, for the log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Account(self.account.id.clone())
    }

    /// Whether the operator may do what `permission` names.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.account.role.may(permission)
    }

    /// Whether the operator may propose `action`.
    #[must_use]
    pub fn may_propose(&self, action: Action) -> bool {
        action.proposers().contains(&self.account.role)
    }

    /// Whether the operator's role may confirm `action`.
    #[must_use]
    pub fn may_confirm(&self, action: Action) -> bool {
        action.confirmers().contains(&self.account.role)
    }

    /// The one of two phrases that is in the language of the page.
    #[must_use]
    pub fn say<T>(&self, zh: T, en: T) -> T {
        match self.language.language {
            appearance::Language::Chinese => zh,
            appearance::Language::English => en,
        }
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, PageError> {
        parts.extensions.get().cloned().ok_or(PageError(FORBIDDEN))
    }
}

/// The token in the request's cookie.
#[must_use]
pub fn token(headers: &HeaderMap) -> Option<SessionToken> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).and_then(|(_, value)| value.parse().ok())
}

/// The cookie that begins a session. Over https only if that is how people reach the server.
#[must_use]
pub fn begin(token: &SessionToken, app: &App) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{COOKIE}={}; {}", token.expose(), attributes(app))).ok()
}

/// The cookie that ends a session.
#[must_use]
pub fn end(app: &App) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{COOKIE}=; Max-Age=0; {}", attributes(app))).ok()
}

const COOKIE: &str = "pingyi_session";

fn attributes(app: &App) -> &'static str {
    if app.public_url.starts_with("https://") {
        "Path=/console; HttpOnly; SameSite=Strict; Secure"
    } else {
        "Path=/console; HttpOnly; SameSite=Strict"
    }
}
