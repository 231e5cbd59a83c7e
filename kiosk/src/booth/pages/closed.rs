//! The poll is not open.

use appearance::Text;
use appearance::parts::{Tone, tone_icon};
use maud::{Markup, html};

use super::Look;
use super::frame::Frame;
use crate::clips::Prompt;

/// Why nobody can vote now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Closed {
    /// The poll has not been opened yet.
    NotYetOpen,
    /// The poll is paused; whoever is voting goes on afterwards.
    Paused,
    /// The poll is closing: nobody begins any more.
    Closing,
    /// The server cannot be reached and this terminal does not know the poll yet.
    NoContact,
}

/// What is shown while nobody can vote.
#[derive(Debug, Clone, Copy)]
pub struct ClosedPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// Why.
    pub reason: Closed,
    /// The page to ask for again; the one the person was on.
    pub here: &'a str,
}

/// The page shown while the poll is not open. Asks again by itself.
#[must_use]
pub fn closed_page(page: &ClosedPage<'_>) -> Markup {
    let language = page.look.language;
    let (headline, meaning) = words(page.reason);
    let body = html! {
        div class="outcome" role="status" {
            (tone_icon(Tone::Note))
            h1 { (headline.in_language(language)) }
            p { (meaning.in_language(language)) }
        }
    };
    Frame {
        here: page.here,
        prompt: (page.reason == Closed::Paused).then_some(Prompt::Paused),
        refresh_seconds: Some(5),
        ..Frame::new(&page.look, headline.in_language(language), "outcome-layout", body)
    }
    .render()
}

fn words(reason: Closed) -> (Text, Text) {
    match reason {
        Closed::NotYetOpen => (
            Text::new("投票还没有开始", "The poll has not started yet"),
            Text::new(
                "请等主持人宣布开始。开始后，本屏会自动变化。",
                "Please wait for the chair. This screen changes by itself when the poll opens.",
            ),
        ),
        Closed::Paused => (
            Text::new("投票暂停", "The poll is paused"),
            Text::new(
                "请坐在原位稍候。您已经评的内容还在，恢复后接着评。",
                "Please stay seated. What you have rated so far is kept; you go on where you were.",
            ),
        ),
        Closed::Closing => (
            Text::new("正在收票，不再开始新的投票", "The poll is closing; nobody begins any more"),
            Text::new(
                "手里还有评议卡没有投的，请举手找场务人员。请不要关机：本机要把票送完。",
                "If you hold a card that has not voted, raise your hand. Do not switch off: this terminal delivers its ballots.",
            ),
        ),
        Closed::NoContact => (
            Text::new("本机正在连接服务器", "This terminal is connecting to the server"),
            Text::new(
                "连接上以后，本屏会自动变化。请场务人员检查网线。",
                "This screen changes by itself once connected. Stewards: please check the cable.",
            ),
        ),
    }
}
