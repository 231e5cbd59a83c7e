//! `/draw/check`: one file that does a draw again in the visitor's own browser (draw specification §7).
//!
//! The page asks for nothing from anywhere: its script and style stand in it, and its own policy allows exactly these
//! two. So it works the same when it is saved and opened from disk, and its SHA-256 says which page it is.

use std::sync::LazyLock;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evaluation::hash::Sha256Hash;
use maud::{Markup, html};
use sha2::{Digest as _, Sha256};

use super::super::file::attachment;
use crate::web::layout::Frame;

/// Where the page is.
const PATH: &str = "/draw/check";
/// The name of the page as a file, and the last part of the address that sends it as one.
const FILE_NAME: &str = "check.html";

/// The script, in the order of the sections that its comments number.
const SCRIPT: &str = concat!(
    include_str!("text.js"),
    "\n",
    include_str!("hash.js"),
    "\n",
    include_str!("pool.js"),
    "\n",
    include_str!("announcement.js"),
    "\n",
    include_str!("transcript.js"),
    "\n",
    include_str!("select.js"),
    "\n",
    include_str!("retry.js"),
    "\n",
    include_str!("replace.js"),
    "\n",
    include_str!("verify.js"),
    "\n",
    include_str!("page.js"),
);

/// The page and what is said about it.
static PAGE: LazyLock<Page> = LazyLock::new(|| {
    let style =
        format!("{}\n{}", String::from_utf8_lossy(appearance::STYLE.bytes()), include_str!("check.css"));
    Page::new(include_str!("check.html"), &style, SCRIPT)
});

/// A page that needs nothing but itself.
struct Page {
    html: String,
    /// Its `Content-Security-Policy`, as a header.
    policy: String,
    sha256: Sha256Hash,
}

impl Page {
    fn new(template: &str, style: &str, script: &str) -> Self {
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
            source(style),
            source(script)
        );
        // In the page too, for those who open it from disk, where no header comes with it.
        let html =
            template.replace("{policy}", &policy).replace("{style}", style).replace("{script}", script);
        let sha256 = Sha256Hash::of(&html);
        // Only a header can forbid frames.
        Self { html, policy: format!("{policy}; frame-ancestors 'none'"), sha256 }
    }
}

/// A text in the page as the policy names it (Content Security Policy level 3, `hash-source`).
fn source(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// The page.
pub(in crate::web::site) async fn show() -> Response {
    let headers: [(HeaderName, Option<HeaderValue>); 2] = [
        (header::CONTENT_TYPE, Some(HeaderValue::from_static("text/html; charset=utf-8"))),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(&PAGE.policy).ok()),
    ];
    let mut response = PAGE.html.as_str().into_response();
    for (name, value) in headers {
        if let Some(value) = value {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The same bytes, to be saved.
pub(in crate::web::site) async fn download() -> Response {
    attachment(FILE_NAME, PAGE.html.as_bytes())
}

/// The way to the page, for other pages: open it, take it home, and the hash that tells it from every other.
pub(in crate::web::site) fn link(frame: &Frame) -> Markup {
    html! {
        p {
            a class="button primary" href=(PATH) { (frame.say("在自己的浏览器里重做抽取", "Draw again in your own browser")) } " "
            a href={ "/draw/" (FILE_NAME) } { (frame.say("下载本核验页", "Download that page")) }
        }
        p class="small muted" {
            (frame.say(
                "核验页只有一个文件，不联网：下载后可在断网的电脑上打开。它的 SHA-256：",
                "The page is a single file and uses no network: it can be opened on a computer without any. Its SHA-256:",
            ))
            " " code class="hash" { (PAGE.sha256) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_refers_to_nothing_but_itself() {
        let html = &PAGE.html;
        for reference in
            [" src=", " href=", "url(", "@import", "import(", "fetch(", "XMLHttpRequest", "http:", "https:"]
        {
            assert!(!html.contains(reference), "the page has {reference}");
        }
        assert!(!html.contains("{policy}") && !html.contains("{style}") && !html.contains("{script}"));
        assert_eq!(html.matches("<script").count(), 1);
        assert_eq!(html.matches("<style").count(), 1);
    }

    #[test]
    fn nothing_shown_is_ever_taken_for_markup() {
        for way in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "localeCompare"]
        {
            assert!(!SCRIPT.contains(way), "the script uses {way}");
        }
        assert!(!SCRIPT.contains("</script") && !SCRIPT.contains("<!--") && !SCRIPT.contains('\r'));
    }

    #[test]
    fn the_policy_names_the_script_and_the_style_that_stand_in_the_page() {
        let between = |open: &str, close: &str| {
            let (_, rest) = PAGE.html.split_once(open).unwrap();
            source(rest.split_once(close).unwrap().0)
        };
        assert!(PAGE.policy.contains(&format!("script-src '{}';", between("<script>", "</script>"))));
        assert!(PAGE.policy.contains(&format!("style-src '{}';", between("<style>", "</style>"))));
        assert!(PAGE.policy.starts_with("default-src 'none'; ") && !PAGE.policy.contains("self"));
    }

    #[test]
    fn every_sentence_of_the_page_stands_in_both_languages() {
        let body = include_str!("check.html");
        assert_eq!(body.matches("<span lang=\"en\">").count(), body.matches("<span lang=\"zh-CN\">").count());
        for element in ["p class=\"lead\"", "p", "ul", "strong"] {
            let count = |language: &str| body.matches(&format!("<{element} lang=\"{language}\">")).count();
            assert_eq!(count("zh-CN"), count("en"), "{element}");
        }
    }
}
