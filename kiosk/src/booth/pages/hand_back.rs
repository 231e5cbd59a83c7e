//! Leaving without a ballot while the poll is closing.

use appearance::Text;
use appearance::parts::{Tone, tone_icon};
use maud::{Markup, html};

use super::Look;
use super::frame::{Frame, session};

/// Asks once more whether the person leaves without a ballot. The card stays good, and nothing that was chosen is kept.
#[must_use]
pub fn hand_back_page(look: &Look<'_>) -> Markup {
    let language = look.language;
    let body = html! {
        div class="outcome" role="alert" {
            (tone_icon(Tone::Warning))
            h1 { (TITLE.in_language(language)) }
            p { (MEANING.in_language(language)) }
            p { (NEXT.in_language(language)) }
        }
        form method="post" action="/finish" class="finish two" {
            (session(look))
            a class="button" href="/" { (BACK.in_language(language)) }
            button class="grave" { (LEAVE.in_language(language)) }
        }
    };
    Frame { here: "/hand-back", ..Frame::new(look, TITLE.in_language(language), "outcome-layout", body) }
        .render()
}

const TITLE: Text = Text::new("不投票就离开吗？", "Leave without a ballot?");
const MEANING: Text = Text::new(
    "您评过的内容会全部清除，不会计入。投票已经在结束，离开以后不能再开始。",
    "All you have rated is cleared and not counted. The poll is closing: you cannot begin again.",
);
const NEXT: Text = Text::new(
    "请把评议卡交还场务人员，它会按“交回”当众作废。",
    "Give the card back to a steward; it will be declared void as returned.",
);
const BACK: Text = Text::new("接着评", "Go on");
const LEAVE: Text = Text::new("清除并离开", "Clear and leave");
