//! Anything else that went wrong.

use appearance::Text;
use appearance::parts::{Tone, tone_icon};
use maud::{Markup, html};

use super::Look;
use super::frame::{Frame, session};

/// What is shown when something went wrong: what happened, what it means, what next.
#[derive(Debug, Clone, Copy)]
pub struct ProblemPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// What happened.
    pub happened: Text,
    /// What it means for the vote.
    pub meaning: Text,
    /// What to do next.
    pub next: Text,
    /// A short code for the steward, which is also in the terminal's log.
    pub reference: Option<&'a str>,
    /// Where to go on with the vote; without it the page offers to end and begin with the next card.
    pub back: Option<&'a str>,
}

/// The page of a problem.
#[must_use]
pub fn problem_page(page: &ProblemPage<'_>) -> Markup {
    let language = page.look.language;
    let body = html! {
        div class="outcome" role="alert" {
            (tone_icon(Tone::Problem))
            h1 { (page.happened.in_language(language)) }
            p { (page.meaning.in_language(language)) }
            p { (page.next.in_language(language)) }
            @if let Some(reference) = page.reference {
                p class="tracker-line" { (REFERENCE.in_language(language)) " " span class="code" { (reference) } }
            }
        }
        @if let Some(back) = page.back {
            div class="finish" { a class="button" href=(back) { (BACK.in_language(language)) } }
        } @else {
            form method="post" action="/finish" class="finish" {
                (session(&page.look))
                button { (START_OVER.in_language(language)) }
            }
        }
    };
    Frame {
        here: page.back.unwrap_or("/"),
        ..Frame::new(&page.look, page.happened.in_language(language), "outcome-layout", body)
    }
    .render()
}

const REFERENCE: Text = Text::new("问题编号", "Reference");
const BACK: Text = Text::new("返回", "Go back");
const START_OVER: Text = Text::new("回到开始", "Back to the start");
