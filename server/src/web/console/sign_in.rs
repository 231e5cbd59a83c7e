//! Signing in and out.

use appearance::parts::{Field, FieldKind, Tone, alert};
use appearance::{Language, Page};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Render as _, html};
use secrecy::SecretString;

use super::CONSOLE_STYLE;
use super::guard::SIGN_IN;
use super::invitation::INVITATION;
use crate::app::App;
use crate::domain::InTwoLanguages as _;
use crate::error::AppError;
use crate::service::session::{self, SignInError};
use crate::web::error_page::PageError;
use crate::web::form::Form;
use crate::web::language::PageLanguage;
use crate::web::session::{begin, end, token};

pub(super) async fn page(language: PageLanguage, State(app): State<App>) -> Response {
    show(&app, &language, "", None)
}

pub(super) async fn sign_in(
    language: PageLanguage,
    State(app): State<App>,
    form: Form,
) -> Result<Response, PageError> {
    let password = SecretString::from(form.raw("password"));
    match session::sign_in(&app.context, form.text("name"), &password).await {
        Ok((token, _)) => {
            let cookie = begin(&token, &app).map(|cookie| [(header::SET_COOKIE, cookie)]);
            Ok((cookie, Redirect::to("/console")).into_response())
        }
        Err(error @ (SignInError::Refused | SignInError::SlowedDown { .. })) => {
            Ok(show(&app, &language, form.text("name"), Some(&error.into())))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, PageError> {
    if let Some(token) = token(&headers) {
        session::sign_out(&app.context, &token).await?;
    }
    let cookie = end(&app).map(|cookie| [(header::SET_COOKIE, cookie)]);
    Ok((cookie, Redirect::to(SIGN_IN)).into_response())
}

fn show(app: &App, language: &PageLanguage, name: &str, error: Option<&AppError>) -> Response {
    let shown = language.language;
    let say = |zh, en| if shown == Language::Chinese { zh } else { en };
    let field = Field {
        value: name,
        autocomplete: Some("username"),
        ..Field::line("name", say("登录名", "Sign-in name"))
    };
    let body = html! {
        div class="sign-in panel" {
            h1 { (say("登录工作台", "Sign in to the console")) }
            @if let Some(error) = error {
                (alert(Tone::Problem, &error.zh(), &html! { p lang="en" { (error.en()) } }))
            }
            form method="post" action=(SIGN_IN) {
                (field)
                (Field::new("password", say("密码", "Password"), FieldKind::Password { new: false }))
                div class="actions" { button class="primary" { (say("登录", "Sign in")) } }
            }
            p { a href=(INVITATION) { (say("有邀请码？在这里设置自己的密码", "Have you got an invitation code? Choose your password here")) } }
            p class="muted small" {
                (say("30 分钟不操作会自动退出。忘记密码请找管理员，须由两人重置。",
                     "After 30 minutes without use you are signed out. If you forgot your password, ask the administrator: two people reset it."))
            }
        }
    };
    let title = say("登录", "Sign in");
    let page = Page {
        county: &app.county_name,
        other_language: Some(&language.other),
        style_sheets: &[&CONSOLE_STYLE],
        ..Page::new(title, shown, body)
    };
    let status = error.map_or(StatusCode::OK, AppError::status);
    (status, page.render()).into_response()
}
