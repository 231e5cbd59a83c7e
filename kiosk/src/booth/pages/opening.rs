//! Opening a booth: the signed opening sheet, then the slip with the hall key.

use appearance::Text;
use appearance::parts::{Tone, alert};
use maud::{Markup, html};

use super::Look;
use super::frame::{Frame, session};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct OpeningPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// Name of the poll.
    pub poll: &'a str,
    /// Whether the sheet has been compared and the hall key is missing.
    pub hall_key: bool,
    /// Why what was scanned is not taken.
    pub problem: Option<OpeningProblem>,
    /// What was typed, to be mended; never a hall key.
    pub entered: &'a str,
}

/// Why what was scanned is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OpeningProblem {
    /// Characters are missing or wrong.
    Mistyped,
    /// A code of another kind.
    Other,
    /// The sheet of another election.
    OtherElection,
    /// This machine cannot keep it.
    NotKept,
}

impl OpeningProblem {
    fn words(self) -> (Text, Text) {
        match self {
            Self::Mistyped => (
                Text::new("没有输对", "It was not typed correctly"),
                Text::new(
                    "位数不对，或有不该有的字符。请对照纸面改正，或重新扫描。",
                    "Characters are missing, or do not belong there. Compare it with the paper and mend it, or scan again.",
                ),
            ),
            Self::Other => (
                Text::new("扫的不是这一张", "This is not the paper that is asked for"),
                Text::new(
                    "这个方码是别的用途的。请看清屏幕上要的是哪一张，再扫一次。",
                    "This square code is for something else. See which paper is asked for, and scan again.",
                ),
            ),
            Self::OtherElection => (
                Text::new(
                    "这张开启单不是本机这场选举的，本机不开",
                    "This opening sheet is of another election; this booth stays shut",
                ),
                Text::new(
                    "先看是不是拿错了（演练的、旧的）。拿的确实是今天签字的开启单，就不要投票，立即叫监督员：服务器给本机的选举可能被换过。",
                    "See whether it is the wrong sheet: of the rehearsal, or an old one. If it is the sheet signed today, let nobody vote and \
                     call the supervisor: the server may have given this booth another election.",
                ),
            ),
            Self::NotKept => (
                Text::new("本机的存储写不进去", "This terminal cannot write to its disk"),
                Text::new("请换一台机器，或叫技术人员。", "Use another terminal, or call the technician."),
            ),
        }
    }
}

/// The page that asks for the opening sheet or the hall key.
#[must_use]
pub fn opening_page(page: &OpeningPage<'_>) -> Markup {
    let language = page.look.language;
    let say = |words: Text| words.in_language(language);
    let (title, explain, label) = if page.hall_key {
        (HALL_KEY, HALL_KEY_EXPLAIN, HALL_KEY_LABEL)
    } else {
        (SHEET, SHEET_EXPLAIN, SHEET_LABEL)
    };
    let keys = if page.hall_key { "0123456789 ABCDEFGHJKMN PQRSTVWXYZ" } else { "0123456789 ABCDEF" };
    let body = html! {
        div class="welcome" {
            p class="poll" { (page.poll) " · " (say(if page.hall_key { STEP_2 } else { STEP_1 })) }
            h1 { (say(title)) }
            @if let Some(problem) = page.problem {
                @let (headline, advice) = problem.words();
                @let tone = if problem == OpeningProblem::OtherElection { Tone::Problem } else { Tone::Warning };
                (alert(tone, say(headline), &html! { p { (say(advice)) } }))
            } @else {
                p class="explain" { (say(explain)) }
            }
        }
        form method="post" action="/opening" class="card-entry" {
            (session(&page.look))
            label for="scanned" { (say(label)) }
            input id="scanned" name="scanned" type="text" value=(page.entered) required maxlength="200" autofocus
                autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false" class="long";
            div class="keyboard" hidden data-keyboard="scanned" data-keys=(keys) data-erase=(say(ERASE)) {}
            div class="buttons" {
                button type="button" class="keyboard-toggle" hidden aria-expanded="false" { (say(KEYBOARD)) }
                button class="primary start" { (say(COMPARE)) }
            }
        }
    };
    Frame::new(&page.look, say(title), "card-layout", body).render()
}

const STEP_1: Text = Text::new("开机核对 1/2", "Opening 1/2");
const STEP_2: Text = Text::new("开机核对 2/2", "Opening 2/2");
const SHEET: Text = Text::new("请扫描签过字的开启单", "Please scan the signed opening sheet");
const SHEET_EXPLAIN: Text = Text::new(
    "把单上的方码对准扫描器，场务和监票人一起做。单上的核对码与本机自己算出的一致，本机才会开。",
    "Hold its square code under the scanner, a steward and a scrutineer together. The booth opens only if the code on the sheet is \
     the one that it has computed itself.",
);
const SHEET_LABEL: Text =
    Text::new("或者输入单上的 64 位选举核对码", "Or type the 64 digits of its election check code");
const HALL_KEY: Text = Text::new("请扫描会场密钥条", "Please scan the hall-key slip");
const HALL_KEY_EXPLAIN: Text = Text::new(
    "密钥条由监票人保管，只给投票机扫，不拍照、不上大屏，用完收好，结束后销毁。",
    "The slip stays with the scrutineers and is scanned by booths only: never photographed, never on the big screen, destroyed after \
     closing.",
);
const HALL_KEY_LABEL: Text = Text::new("或者输入密钥条上的字", "Or type the characters of the slip");
const COMPARE: Text = Text::new("核对", "Compare");
const KEYBOARD: Text = Text::new("屏幕键盘", "Keyboard");
const ERASE: Text = Text::new("删除", "Erase");
