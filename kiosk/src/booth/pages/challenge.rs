//! 核验本机: the warning before a ballot is opened, why it is not, and what it holds.

use appearance::Text;
use appearance::parts::{Tone, qr_svg, tone_icon};
use maud::{Markup, html};

use super::frame::{Frame, session};
use super::{CHALLENGE_STYLE, Look};
use crate::booth::Saved;

/// What is shown before a ballot is opened.
#[derive(Debug, Clone, Copy)]
pub struct ChallengePage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// Tracker of the ballot, as on the review.
    pub tracker: &'a str,
    /// Whether the ballot could not be opened, and why.
    pub problem: Option<ChallengeProblem>,
}

/// Why a ballot is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChallengeProblem {
    /// The server could not be asked, or did not promise to refuse the ballot.
    NoContact,
    /// The server says that it does not, for now or for ever.
    Refused,
}

/// What is shown of an opened ballot.
#[derive(Debug, Clone, Copy)]
pub struct OpenedPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// Tracker of the ballot.
    pub tracker: &'a str,
    /// Every office with the grade that the ballot holds, recomputed from what was opened; none if it holds something else.
    pub answers: Option<&'a [(String, String)]>,
    /// Where another device finds the ballot, if it does.
    pub address: Option<&'a str>,
    /// Whether it was saved at this terminal.
    pub saved: &'a Saved,
}

/// The small link on the review.
pub(super) fn challenge_link(look: &Look<'_>) -> Markup {
    html! {
        link rel="stylesheet" href=(CHALLENGE_STYLE.url());
        p class="check-booth" { a href="/challenge" { (TITLE.in_language(look.language)) } }
    }
}

/// The warning: 只用假设的评价核验.
#[must_use]
pub fn challenge_page(page: &ChallengePage<'_>) -> Markup {
    let language = page.look.language;
    let say = |words: Text| words.in_language(language);
    let (headline, tone, words): (Text, Tone, &[Text]) = match page.problem {
        None => (WARNING, Tone::Warning, &[ALL_OPENED, NEVER_COUNTED]),
        Some(ChallengeProblem::NoContact) => (NOT_OPENED, Tone::Problem, &[NO_CONTACT, NOT_CAST, NOT_PASSED]),
        Some(ChallengeProblem::Refused) => {
            (NOT_OPENED, Tone::Problem, &[SERVER_REFUSED, NOT_CAST, NOT_PASSED])
        }
    };
    let body = html! {
        div class="outcome" role="alert" {
            (tone_icon(tone))
            h1 { (say(headline)) }
            @for words in words { p { (say(*words)) } }
            p class="tracker-line" { (say(TRACKER)) " " span class="code" { (page.tracker) } }
        }
        form method="post" action="/challenge" class="finish two" {
            (session(&page.look))
            input type="hidden" name="tracker" value=(page.tracker);
            a class="button" href="/review" { (say(BACK)) }
            button class="grave" { (say(if page.problem.is_some() { AGAIN } else { OPEN })) }
        }
    };
    Frame { here: "/challenge", ..Frame::new(&page.look, say(headline), "outcome-layout", body) }.render()
}

/// The opened ballot, and how to recompute it elsewhere.
#[must_use]
pub fn opened_page(page: &OpenedPage<'_>) -> Markup {
    let language = page.look.language;
    let say = |words: Text| words.in_language(language);
    let headline = if page.answers.is_some() { OPENED } else { DIFFERS };
    let body = html! {
        link rel="stylesheet" href=(CHALLENGE_STYLE.url());
        section class="verdict opened" {
            h1 role=(if page.answers.is_some() { "status" } else { "alert" }) { (say(headline)) }
            @if let Some(picture) = page.address.and_then(|address| qr_svg(address, say(SQUARE)).ok()) { (picture) }
            p class="cast-note" { (say(if page.answers.is_some() { COMPARE } else { STOP })) }
            p class="tracker-line" { (say(TRACKER)) " " span class="code" { (page.tracker) } }
            p class="cast-note" { (say(if page.address.is_some() { ELSEWHERE } else { NOT_ON_SERVER })) }
            @match page.saved {
                Saved::NotConfigured => {},
                Saved::As(name) => p class="cast-note" { (say(SAVED)) " " span class="code" { (name) } },
                Saved::Failed => p class="cast-note" { (say(NOT_SAVED)) },
            }
        }
        section class="rows" tabindex="0" aria-label=(say(HOLDS)) {
            @if let Some(answers) = page.answers {
                ul class="opened-ballot" lang="zh-CN" {
                    @for (office, grade) in answers { li { span { (office) } strong { (grade) } } }
                }
            }
        }
        div class="onward" {
            // Nobody is asked to vote at a booth that has failed.
            @let (action, label) = if page.answers.is_some() { ("/challenge/anew", ANEW) } else { ("/finish", LEAVE) };
            form method="post" action=(action) {
                (session(&page.look))
                button class="next" { (say(label)) }
            }
        }
    };
    Frame {
        here: "/challenge/opened",
        place: Some(html! { span class="section-name" { (say(TITLE)) } }),
        ..Frame::new(&page.look, say(headline), "review-layout", body)
    }
    .render()
}

/// A ballot that was opened came back to be counted: something is wrong, and it does not count.
#[must_use]
pub fn opened_before_page(look: &Look<'_>, tracker: &str) -> Markup {
    let say = |words: Text| words.in_language(look.language);
    let body = html! {
        div class="outcome" role="alert" {
            (tone_icon(Tone::Problem))
            h1 { (say(OPENED_BEFORE)) }
            p { (say(OPENED_BEFORE_MEANING)) }
            p { (say(OPENED_BEFORE_NEXT)) }
            dl class="trackers" { dt { (say(NOT_STORED)) } dd class="code" { (tracker) } }
        }
        form method="post" action="/finish" class="finish" {
            (session(look))
            button { (say(FINISH)) }
        }
    };
    Frame { here: "/done", ..Frame::new(look, say(OPENED_BEFORE), "outcome-layout", body) }.render()
}

const TITLE: Text = Text::new("核验本机", "Check this booth");
const WARNING: Text = Text::new("只用假设的评价核验", "Check with invented grades only");
const NEVER_COUNTED: Text = Text::new(
    "本机把这张票打开，看里面装的是不是您选的。打开的票永远不计入；您的卡没有用掉，之后从头再评。",
    "It is opened to see whether it holds what you chose, and never counted; afterwards you rate anew with the same card.",
);
const ALL_OPENED: Text = Text::new(
    "打开后，站在这里的人都看得见全部评价。如果评的是真实想法，请按“返回”。",
    "Whoever stands here then sees every grade. If these are your true opinions, go back.",
);
const NOT_OPENED: Text = Text::new("没有打开", "The ballot was not opened");
const NO_CONTACT: Text = Text::new(
    "连接不上服务器，它没有答应永远不收这张票。",
    "The server cannot be reached; it has not promised never to take the ballot.",
);
const SERVER_REFUSED: Text = Text::new(
    "服务器现在不接受核验，例如投票已暂停。",
    "The server takes no checks now, for example because the poll is paused.",
);
const NOT_CAST: Text = Text::new(
    "这张票也不再投出。按“返回”，评议还在，回执码会变。",
    "It is not cast either. Go back: your choices are still here, the tracker will be another.",
);
const NOT_PASSED: Text = Text::new(
    "只有这台一直打不开：没有通过核验，请举手找场务人员。",
    "If only this terminal never opens one, it has not passed: raise your hand for a steward.",
);
const TRACKER: Text = Text::new("回执码", "Tracker");
const BACK: Text = Text::new("返回", "Go back");
const OPEN: Text = Text::new("打开这张票核验", "Open this ballot");
const AGAIN: Text = Text::new("再试一次", "Try again");
const OPENED: Text = Text::new("票已打开，永远不会计入", "Opened; this ballot is never counted");
const DIFFERS: Text = Text::new("核验不通过：请停用这台机器", "Check failed: stop using this terminal");
const COMPARE: Text = Text::new(
    "列出的是票里真正装的评价：请与您选的逐项比对，回执码也应相同。",
    "Listed is what the ballot really holds: compare it with what you chose, and the tracker with the one shown before.",
);
const STOP: Text = Text::new(
    "这张票里装的不是它所显示的评价。请不要在这台机器上投票，举手找监督员。",
    "The ballot does not hold what it shows. Do not vote here; raise your hand for the supervisor.",
);
const ELSEWHERE: Text = Text::new(
    "不要只信这块屏幕：用别的设备扫方码，取得这张票，再算一遍。",
    "Do not trust this screen alone: with another device scan the square code, take the ballot and compute it again.",
);
const NOT_ON_SERVER: Text = Text::new(
    "服务器没能收下这张打开的票，别的设备取不到；请再核验一次。",
    "The server could not take the opened ballot, so no other device can fetch it; please check once more.",
);
const SAVED: Text = Text::new("已存入介质：", "Saved on the stick:");
const NOT_SAVED: Text = Text::new(
    "没能写入介质，请场务人员检查。",
    "It could not be written to the stick; stewards, please check it.",
);
const SQUARE: Text = Text::new("打开的票的网址", "Address of the opened ballot");
const HOLDS: Text = Text::new("票里装的评价", "What the ballot holds");
const ANEW: Text = Text::new("从头开始，评真实想法", "Begin anew, for real");
const LEAVE: Text = Text::new("结束，换一台机器投票", "Finish; vote at another terminal");
const OPENED_BEFORE: Text =
    Text::new("这张票被打开过，没有计入", "This ballot was opened before; it does not count");
const OPENED_BEFORE_MEANING: Text = Text::new(
    "打开过的票永远不会计入；正常情况下也不会再送出。这台机器可能出了问题。您的卡没有用掉。",
    "An opened ballot is never counted, and is never sent in the normal course. Something is wrong with this terminal. Your card has not been used.",
);
const OPENED_BEFORE_NEXT: Text = Text::new(
    "请不要离开，马上举手，换一台机器重新评。",
    "Please stay, raise your hand now, and vote at another terminal.",
);
const NOT_STORED: Text = Text::new("没有计入的票", "The ballot that does not count");
const FINISH: Text = Text::new("回到开始", "Back to the start");
