//! Interruptions as a person sees them: going on with an earlier vote, the warning before the veil, and the veil.

use std::sync::LazyLock;

use appearance::{Asset, Text};
use maud::{Markup, html};

use super::Look;
use super::frame::session;

/// What a page says above all else about a vote that was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Notice {
    /// The vote goes on where it was left.
    Resumed,
    /// There is a draft of this card that does not open here.
    NotResumed,
    /// Whether there is a draft of this card cannot be found out.
    DraftUnknown,
    /// The last person left without a word; the turn is behind the veil.
    Veiled,
}

/// When the warning and the veil come, counted from the page's arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdleWarning {
    /// Milliseconds until the warning.
    pub after: u64,
    /// Milliseconds that it counts down until the veil.
    pub countdown: u64,
}

pub(super) static IDLE_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("idle.css", "text/css; charset=utf-8", include_bytes!("../assets/idle.css")));

pub(super) static IDLE_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("idle.js", "text/javascript; charset=utf-8", include_bytes!("../assets/idle.js"))
});

/// What the head of every page needs. Without a script the page itself asks again when the veil has fallen.
pub(super) fn head(look: &Look<'_>) -> Markup {
    html! {
        link rel="stylesheet" href=(IDLE_STYLE.url());
        @if let Some(idle) = look.idle {
            script src=(IDLE_SCRIPT.url()) defer {}
            noscript { meta http-equiv="refresh" content={ (seconds(idle.after + idle.countdown) + 5) "; url=/" }; }
        }
    }
}

/// The band under the header, where there is something to say.
pub(super) fn band(look: &Look<'_>) -> Markup {
    html! {
        @if let Some(notice) = look.notice {
            p class="notice-band" role="status" { (words(notice).in_language(look.language)) }
        }
    }
}

/// The warning, which the script opens when it is time; it covers the whole page.
pub(super) fn warning(look: &Look<'_>) -> Markup {
    let say = |text: Text| text.in_language(look.language);
    html! {
        @if let Some(idle) = look.idle {
            dialog id="idle" class="idle" aria-labelledby="idle-title" aria-describedby="idle-text"
                data-after=(idle.after) data-countdown=(idle.countdown) {
                h2 id="idle-title" { (say(TITLE)) }
                p id="idle-text" { (say(if look.closing { CLOSING_TEXT } else { TEXT })) }
                p class="idle-count" { span class="idle-seconds" { (seconds(idle.countdown)) } " " (say(SECONDS)) }
                form method="post" action="/here" {
                    (session(look))
                    button class="primary" autofocus { (say(GO_ON)) }
                }
            }
        }
    }
}

const fn seconds(milliseconds: u64) -> u64 {
    milliseconds.div_ceil(1000)
}

const fn words(notice: Notice) -> Text {
    match notice {
        Notice::Resumed => Text::new("接着上次评议", "You go on where you stopped"),
        Notice::NotResumed => Text::new(
            "先前评过的在本机打不开：请从头评，或举手",
            "What was chosen before does not open here: start again, or raise your hand",
        ),
        Notice::DraftUnknown => Text::new(
            "查不到这张卡有没有评过一半：没有评过请开始，评过请先举手",
            "It cannot be found out whether this card was half through: if not, begin; if so, raise your hand first",
        ),
        Notice::Veiled => Text::new(
            "上一位没有评完，内容已经收好；要接着评，请再扫同一张卡",
            "The last person did not finish; to go on, scan the same card again",
        ),
    }
}

const TITLE: Text = Text::new("还在吗？", "Are you still there?");
// Also true on a page that came before the poll began to close.
const TEXT: Text = Text::new(
    "屏幕就要盖上，不让别人看到您的评议。评过的会收好，投票结束以前再扫同一张卡就能接着评。",
    "The screen is about to be covered, so that nobody sees your choices. They are kept; the same card brings them back until the \
     poll is closed.",
);
const CLOSING_TEXT: Text = Text::new(
    "投票正在结束。屏幕一盖上，您就不能再评，评过的也不会计入。请按下面的按钮，评完提交。",
    "The poll is closing. Once the screen is covered, you cannot go on, and nothing of what you rated counts. Press the button below, \
     finish and submit.",
);
const SECONDS: Text = Text::new("秒", "seconds");
const GO_ON: Text = Text::new("我还在，接着评", "I am here, go on");
