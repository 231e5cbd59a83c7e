//! Anything else that went wrong.

use appearance::Text;
use appearance::parts::{Tone, tone_icon};
use maud::{Markup, html};

use super::Look;
use super::frame::{Frame, session};

/// What is shown when something went wrong: what happened, what it means for the vote, what to do next.
#[derive(Debug, Clone, Copy)]
pub struct ProblemPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// What went wrong.
    pub problem: Problem,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Problem {
    /// The ballot is not durable on this machine: its disk is full or does not work.
    NotStored,
    /// The ballot could not be encrypted.
    NotSealed,
    /// Somebody still sat here when the poll was closed without this booth.
    TooLate,
    /// The server means another election than this booth.
    OtherElection,
}

impl Problem {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::NotStored, Self::NotSealed, Self::TooLate, Self::OtherElection];

    /// A short code for the steward, which is also in the terminal's log.
    #[must_use]
    pub const fn reference(self) -> &'static str {
        match self {
            Self::NotStored => "spool",
            Self::NotSealed => "encryption",
            Self::TooLate => "closed",
            Self::OtherElection => "other-election",
        }
    }

    /// Where the vote goes on; without it the page offers to end and begin with the next card.
    const fn back(self) -> Option<&'static str> {
        match self {
            Self::NotStored => Some("/review"),
            Self::NotSealed | Self::TooLate | Self::OtherElection => None,
        }
    }

    /// What happened, what it means for the vote, what to do next.
    const fn words(self) -> [Text; 3] {
        match self {
            Self::NotStored => NOT_STORED,
            Self::NotSealed => NOT_SEALED,
            Self::TooLate => TOO_LATE,
            Self::OtherElection => OTHER_ELECTION,
        }
    }
}

/// The page of a problem.
#[must_use]
pub fn problem_page(page: &ProblemPage<'_>) -> Markup {
    let say = |words: Text| words.in_language(page.look.language);
    let [happened, meaning, next] = page.problem.words();
    let body = html! {
        div class="outcome" role="alert" {
            (tone_icon(Tone::Problem))
            h1 { (say(happened)) }
            p { (say(meaning)) }
            p { (say(next)) }
            p class="tracker-line" { (say(REFERENCE)) " " span class="code" { (page.problem.reference()) } }
        }
        @if let Some(back) = page.problem.back() {
            div class="finish" { a class="button" href=(back) { (say(BACK)) } }
        } @else {
            form method="post" action="/finish" class="finish" {
                (session(&page.look))
                button { (say(START_OVER)) }
            }
        }
    };
    Frame {
        here: page.problem.back().unwrap_or("/"),
        ..Frame::new(&page.look, say(happened), "outcome-layout", body)
    }
    .render()
}

const NOT_STORED: [Text; 3] = [
    Text::new("本机的存储写不进去", "This terminal cannot write to its disk"),
    Text::new(
        "您的票还没有提交，您的评议还在。",
        "Your ballot has not been submitted; your choices are still here.",
    ),
    Text::new(
        "请举手找场务人员；修好以后返回再按“提交”。",
        "Raise your hand for a steward; once it is mended, go back and press Submit again.",
    ),
];
const NOT_SEALED: [Text; 3] = [
    Text::new("本机没能封存您的票", "This terminal could not seal your ballot"),
    Text::new(
        "您的票没有提交，您的卡没有作废。",
        "Your ballot has not been submitted, and your card is still good.",
    ),
    Text::new(
        "请举手，场务人员会带您换一台机器重新评。",
        "Raise your hand; a steward will take you to another terminal to start again.",
    ),
];
const TOO_LATE: [Text; 3] = [
    Text::new("投票已经结束", "The poll is over"),
    Text::new(
        "还没有提交的内容没有计入，您的卡没有用掉。",
        "What was not submitted is not counted, and your card has not been used.",
    ),
    Text::new(
        "请把卡交还场务人员，并说明没有投成。",
        "Give the card back to a steward and say that you could not vote.",
    ),
];
const OTHER_ELECTION: [Text; 3] = [
    Text::new("服务器上的投票已经换了", "The server means another poll now"),
    Text::new(
        "本机还停在先前的投票，不能接着用。",
        "This terminal still holds the earlier poll and cannot be used.",
    ),
    Text::new(
        "请场务人员重新启动本机程序，再扫描新的开启单。",
        "Stewards: start the program of this terminal anew, then scan the new opening sheet.",
    ),
];
const REFERENCE: Text = Text::new("问题编号", "Reference");
const BACK: Text = Text::new("返回", "Go back");
const START_OVER: Text = Text::new("回到开始", "Back to the start");
