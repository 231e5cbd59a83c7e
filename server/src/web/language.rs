//! Which of its two languages a page is shown in: `?lang=en` or `?lang=zh`, else what was chosen before, else Chinese.

use std::convert::Infallible;

use appearance::Language;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::Response;

/// The language of a page, and the address of the same page in the other one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLanguage {
    /// What the page is shown in.
    pub language: Language,
    /// Path and query of this page in the other language.
    pub other: String,
}

impl PageLanguage {
    /// What a request asks for.
    #[must_use]
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let language = asked(uri).or_else(|| remembered(headers)).unwrap_or_default();
        let kept = parameters(uri).filter(|parameter| !parameter.starts_with(PARAMETER));
        let query: Vec<_> =
            kept.map(str::to_owned).chain([format!("{PARAMETER}{}", language.other().name())]).collect();
        Self { language, other: format!("{}?{}", uri.path(), query.join("&")) }
    }
}

impl<S: Sync> FromRequestParts<S> for PageLanguage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri, &parts.headers))
    }
}

/// Layer of all pages: keeps the language that the address asks for in a cookie.
pub async fn remember(request: Request, next: Next) -> Response {
    let asked = asked(request.uri());
    let mut response = next.run(request).await;
    if let Some(language) = asked {
        let cookie = match language {
            Language::Chinese => "lang=zh; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
            Language::English => "lang=en; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
        };
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_static(cookie));
    }
    response
}

const PARAMETER: &str = "lang=";

fn parameters(uri: &Uri) -> impl Iterator<Item = &str> {
    uri.query().unwrap_or_default().split('&').filter(|parameter| !parameter.is_empty())
}

fn asked(uri: &Uri) -> Option<Language> {
    parameters(uri).filter_map(|parameter| parameter.strip_prefix(PARAMETER)).find_map(Language::from_name)
}

fn remembered(headers: &HeaderMap) -> Option<Language> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().strip_prefix(PARAMETER)).find_map(Language::from_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(uri: &'static str, cookie: Option<&'static str>) -> PageLanguage {
        let mut headers = HeaderMap::new();
        if let Some(cookie) = cookie {
            headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
        }
        PageLanguage::of(&Uri::from_static(uri), &headers)
    }

    #[test]
    fn pages_are_chinese_unless_english_was_chosen() {
        assert_eq!(page("/ranking", None).language, Language::Chinese);
        assert_eq!(page("/ranking?lang=en", None).language, Language::English);
        assert_eq!(page("/ranking", Some("session=x; lang=en")).language, Language::English);
        assert_eq!(page("/ranking?lang=zh", Some("lang=en")).language, Language::Chinese);
        assert_eq!(page("/ranking?lang=fr", Some("lang=<script>")).language, Language::Chinese);
    }

    #[test]
    fn the_other_language_is_the_same_page() {
        assert_eq!(page("/ranking", None).other, "/ranking?lang=en");
        assert_eq!(page("/log?page=2&lang=en", None).other, "/log?page=2&lang=zh");
    }
}
