//! What all pictures of the hall's big screen share: 1920 × 1080, read from the last row.
//!
//! Every picture is a page of its own that works without a script. The script turns them with the keyboard, and asks
//! again while there may be something else to show.

use std::sync::LazyLock;

use appearance::{Asset, STYLE};
use maud::{DOCTYPE, Markup, html};

use crate::web::session::Operator;

/// Style sheet of the big screen.
pub(in crate::web) static SCREEN_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("screen.css", "text/css; charset=utf-8", include_bytes!("screen.css")));

/// Turns the pictures, lets names appear one by one, asks again.
pub(in crate::web) static SCREEN_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("screen.js", "text/javascript; charset=utf-8", include_bytes!("screen.js")));

/// One picture.
#[derive(Debug)]
pub(super) struct Picture<'a> {
    /// Title of the document.
    pub(super) title: &'a str,
    /// Changes whenever there is something else to show.
    pub(super) version: &'a str,
    /// Whether the screen asks again by itself.
    pub(super) going: bool,
    /// What is shown.
    pub(super) body: Markup,
    /// Links and buttons below it. The element with `data-turn="next"` or `"back"` is what the keys press.
    pub(super) controls: Markup,
}

/// The page of a picture.
pub(super) fn page(operator: &Operator, picture: &Picture<'_>) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        (DOCTYPE)
        html lang=(operator.language.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (picture.title) }
                link rel="stylesheet" href=(STYLE.url());
                link rel="stylesheet" href=(SCREEN_STYLE.url());
                @if picture.going { noscript { meta http-equiv="refresh" content="5"; } }
                script src=(SCREEN_SCRIPT.url()) defer {}
            }
            body class="screen" data-version=(picture.version) data-going[picture.going] {
                p id="stale" class="stale" role="alert" hidden {
                    (say("本屏已不是最新：服务器没有应答，或已退出登录", "This screen is not current: the server does not answer, or the session has ended"))
                }
                main id="main" { (picture.body) }
                nav class="slides" aria-label=(say("翻页", "Slides")) { (picture.controls) }
            }
        }
    }
}

/// What the picture belongs to; for a rehearsal with a band that cannot be overlooked.
pub(super) fn header(words: &Markup, rehearsal: Option<&str>) -> Markup {
    html! {
        header class="screen-header" {
            p { (words) }
            @if let Some(rehearsal) = rehearsal { p class="rehearsal" { (rehearsal) } }
        }
    }
}
