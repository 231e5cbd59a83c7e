//! Errors of the public site: a page in both languages with the site's own navigation.

use appearance::parts::{Tone, alert};
use appearance::{Language, Text};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::domain::InTwoLanguages;
use crate::error::AppError;
use crate::web::layout::{Frame, Place};

/// Why a public page or file is not shown.
#[derive(Debug)]
pub(super) struct SiteError(AppError);

impl<E: Into<AppError>> From<E> for SiteError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for SiteError {
    fn into_response(self) -> Response {
        let Self(error) = self;
        error.log();
        let headline = if error.status().is_server_error() { FAILED } else { MISSING };
        (error.status(), page(headline, &error)).into_response()
    }
}

fn page(headline: Text, error: &AppError) -> Markup {
    // What went wrong may be the request itself, so the page asks nothing of it and speaks both languages.
    let frame = Frame { language: Language::Chinese, other: "/?lang=en".to_owned(), county: String::new() };
    let body = html! {
        h1 { (headline) }
        (alert(Tone::Note, &error.zh(), &html! { p lang="en" { (error.en()) } }))
        div class="actions" {
            a class="button primary" href="/" { "回到首页 First page" }
            a class="button" href=(Place::Downloads.path()) { "公开文件 Files" }
        }
        p class="muted small" { "HTTP " (error.status().as_u16()) }
    };
    frame.page(None, headline.zh, body)
}

const MISSING: Text = Text::new("这里没有内容", "There is nothing here");
const FAILED: Text = Text::new("服务器出错", "The server failed");
