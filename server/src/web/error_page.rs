//! An error as people read it: one page in both languages, with the status that programs see.

use appearance::parts::{Tone, alert};
use appearance::{Language, Page, Text};
use axum::response::{IntoResponse, Response};
use maud::{Render as _, html};

use crate::domain::InTwoLanguages as _;
use crate::error::AppError;

/// An error that is answered with a page. Nothing was changed.
#[derive(Debug)]
pub struct PageError(pub AppError);

impl<E: Into<AppError>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let Self(error) = self;
        error.log();
        let status = error.status();
        let headline = if status.is_server_error() { FAILED } else { REFUSED };
        let body = html! {
            h1 { (headline) }
            (alert(Tone::Problem, &error.zh(), &html! { p lang="en" { (error.en()) } }))
            div class="actions" {
                a class="button primary" href="/console" { "返回工作台 Back to the console" }
                a class="button" href="/" { "公开网站 Public site" }
            }
            p class="muted small" { "HTTP " (status.as_u16()) " · " (error.code()) }
        };
        (status, Page::new(headline.zh, Language::Chinese, body).render()).into_response()
    }
}

const REFUSED: Text = Text::new("没有办成", "That was not done");
const FAILED: Text = Text::new("服务器出错", "The server failed");

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;
    use crate::error::{FORBIDDEN, NOTHING_HERE};
    use crate::service::ServiceError;

    #[tokio::test]
    async fn a_page_says_it_in_both_languages_and_an_internal_error_tells_nothing() {
        for (error, status) in [(FORBIDDEN, StatusCode::FORBIDDEN), (NOTHING_HERE, StatusCode::NOT_FOUND)] {
            let (zh, en) = (error.zh(), error.en());
            let response = PageError(error).into_response();
            assert_eq!(response.status(), status);
            let page = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            let page = String::from_utf8(page.to_vec()).unwrap();
            assert!(page.contains(&zh) && page.contains(&en), "{page}");
        }
        let response = PageError::from(ServiceError::contradiction("a secret detail")).into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let page = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(!String::from_utf8(page.to_vec()).unwrap().contains("a secret detail"));
    }
}
