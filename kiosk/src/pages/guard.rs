//! What keeps other sites, names and machines away from a terminal, and the terminal's pages out of caches.
//!
//! A page of another site could send forms here, and a name that another site owns can be made to point here (DNS
//! rebinding). So the name must be this machine's, a request from another origin is turned away, and every form carries the
//! nonce, which no other origin can read.

use std::sync::LazyLock;

use appearance::CONTENT_SECURITY_POLICY;
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// The policy of all pages; recorded prompts are played from the page's own memory, and fetched from this terminal only.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    HeaderValue::try_from(format!("{CONTENT_SECURITY_POLICY}; media-src blob:"))
        .unwrap_or(HeaderValue::from_static(CONTENT_SECURITY_POLICY))
});

/// Turns foreign requests away and sets the headers of every answer.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let sends = *request.method() == Method::POST;
    let mut response = if is_own(request.method(), request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "This page belongs to the terminal at this machine only.\n").into_response()
    };
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    for (name, value) in [
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if sends {
        // What was typed or chosen lies in the buffers of its connection; they go with it.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn is_own(method: &Method, headers: &HeaderMap) -> bool {
    let Some(host) = text(headers, "host").filter(|host| is_this_machine(host)) else { return false };
    let site = text(headers, "sec-fetch-site");
    let same_origin = match text(headers, "origin") {
        // What a browser says of a form on a page that names no referrer; that it is our own page it says beside it.
        Some("null") => site == Some("same-origin"),
        Some(origin) => origin == format!("http://{host}"),
        None => !headers.contains_key("origin"),
    };
    // `none`: typed by the person or opened by the kiosk's launcher. A form is only ever sent from the terminal's own page.
    let same_site = match site {
        None | Some("same-origin") => true,
        Some("none") => *method == Method::GET,
        Some(_) => false,
    };
    same_origin && same_site
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        is_own(method, &map)
    }

    #[test]
    fn the_terminals_own_pages_pass() {
        for host in ["127.0.0.1:8100", "localhost:8100", "[::1]:8100", "127.0.0.1"] {
            assert!(allowed(&Method::GET, &[("host", host)]), "{host}");
        }
        let form = [
            ("host", "127.0.0.1:8100"),
            ("origin", "http://127.0.0.1:8100"),
            ("sec-fetch-site", "same-origin"),
        ];
        assert!(allowed(&Method::POST, &form));
        let unnamed = [("host", "127.0.0.1:8100"), ("origin", "null"), ("sec-fetch-site", "same-origin")];
        assert!(allowed(&Method::POST, &unnamed));
        assert!(allowed(&Method::GET, &[("host", "127.0.0.1:8100"), ("sec-fetch-site", "none")]));
    }

    #[test]
    fn a_name_that_is_not_this_machine_is_turned_away() {
        for host in ["booth.example.org", "127.0.0.1.example.org:8100", "10.0.0.7:8100", "", "::1"] {
            assert!(!allowed(&Method::GET, &[("host", host)]), "{host}");
        }
        assert!(!allowed(&Method::GET, &[]));
    }

    #[test]
    fn another_origin_is_turned_away() {
        for origin in ["http://evil.example", "http://127.0.0.1:9999", "https://127.0.0.1:8100", "null"] {
            let headers = [("host", "127.0.0.1:8100"), ("origin", origin)];
            assert!(!allowed(&Method::POST, &headers), "{origin}");
        }
        for site in ["cross-site", "same-site", "none", "?"] {
            let unnamed = [("host", "127.0.0.1:8100"), ("origin", "null"), ("sec-fetch-site", site)];
            assert!(!allowed(&Method::POST, &unnamed), "{site}");
            let headers = [("host", "127.0.0.1:8100"), ("sec-fetch-site", site)];
            assert!(!allowed(&Method::POST, &headers), "{site}");
        }
    }
}
