//! Routes that declare who may open them, and the guard that keeps to it.
//!
//! [`Routes`] offers no way to add a route without a [`Permission`]; the table of what was declared is walked by a test
//! with every role.

use std::pin::Pin;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};

use super::done::done_code;
use crate::app::App;
use crate::domain::Permission;
use crate::error::FORBIDDEN;
use crate::service::{overview, session};
use crate::web::error_page::PageError;
use crate::web::language::PageLanguage;
use crate::web::session::{Operator, token};

/// Where people sign in.
pub(super) const SIGN_IN: &str = "/console/sign-in";

/// An address of the console and what it asks for.
#[derive(Clone, Debug)]
#[cfg_attr(not(test), expect(dead_code, reason = "a test walks the table"))]
pub(super) struct Declared {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) permission: Permission,
}

/// The routes of the console, each with its permission.
#[derive(Debug, Default)]
pub(super) struct Routes {
    router: Router<App>,
    declared: Vec<Declared>,
}

impl Routes {
    /// A page.
    pub(super) fn get<H, T>(self, path: &'static str, permission: Permission, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let route = get(Guarded { permission, handler });
        self.declare(Method::GET, path, permission, |router| router.route(path, route))
    }

    /// A change.
    pub(super) fn post<H, T>(self, path: &'static str, permission: Permission, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let route = post(Guarded { permission, handler });
        self.declare(Method::POST, path, permission, |router| router.route(path, route))
    }

    fn declare(
        mut self,
        method: Method,
        path: &'static str,
        permission: Permission,
        add: impl FnOnce(Router<App>) -> Router<App>,
    ) -> Self {
        self.declared.push(Declared { method, path, permission });
        Self { router: add(self.router), declared: self.declared }
    }

    /// The routes, for the server.
    pub(super) fn into_router(self) -> Router<App> {
        self.router
    }

    /// What was declared.
    #[cfg(test)]
    pub(super) fn declared(&self) -> &[Declared] {
        &self.declared
    }
}

/// A handler behind its permission.
#[derive(Clone)]
struct Guarded<H> {
    permission: Permission,
    handler: H,
}

impl<H, T> Handler<T, App> for Guarded<H>
where
    H: Handler<T, App>,
    T: 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, app: App) -> Self::Future {
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match authorize(&parts, &app, self.permission).await {
                Ok(Some(operator)) => {
                    parts.extensions.insert(operator);
                    self.handler.call(Request::from_parts(parts, body), app).await
                }
                Ok(None) => Redirect::to(SIGN_IN).into_response(),
                Err(error) => error.into_response(),
            }
        })
    }
}

/// The operator, if signed in.
async fn authorize(parts: &Parts, app: &App, permission: Permission) -> Result<Option<Operator>, PageError> {
    let Some(token) = token(&parts.headers) else { return Ok(None) };
    let Some(account) = session::find_account(&app.context, &token).await? else { return Ok(None) };
    if !account.role.may(permission) {
        return Err(PageError(FORBIDDEN));
    }
    let mut surroundings = overview::surroundings(&app.context, &account).await?;
    // On the pages of an earlier year the navigation stays in that year.
    let named = parts.uri.path().split('/').nth(2).and_then(|segment| segment.parse().ok());
    surroundings.year = named.or(surroundings.year);
    Ok(Some(Operator {
        surroundings,
        account,
        language: PageLanguage::of(&parts.uri, &parts.headers),
        done: done_code(parts.uri.query()),
    }))
}
