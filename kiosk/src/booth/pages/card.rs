//! The first page: a card is scanned or typed.

use appearance::Text;
use appearance::parts::{Tone, alert};
use maud::{Markup, html};

use super::frame::{Frame, session};
use super::{CAMERA, Look};
use crate::clips::Prompt;

/// What the first page shows.
#[derive(Debug, Clone, Copy)]
pub struct CardPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// Name of the poll, as in 2020 年度评议.
    pub poll: &'a str,
    /// Why the last card was not taken.
    pub problem: Option<CardProblem>,
    /// What was typed, to be mended; only after [`CardProblem::Mistyped`], otherwise empty.
    pub entered: &'a str,
}

/// Why a card is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardProblem {
    /// The check character does not fit, or characters are missing or wrong.
    Mistyped,
    /// A well-formed code that no card of this poll bears.
    Unknown,
    /// The ballot of this card is already in.
    Spent,
    /// The card was declared void, for example because another one was handed out for it.
    Void,
    /// The poll is not open.
    PollNotOpen,
    /// The server cannot be asked.
    NoContact,
}

impl CardProblem {
    /// What is said in the headphones.
    const fn prompt(self) -> Option<Prompt> {
        match self {
            Self::Mistyped => Some(Prompt::CardMistyped),
            Self::Unknown => Some(Prompt::CardUnknown),
            Self::Spent => Some(Prompt::CardSpent),
            Self::Void => Some(Prompt::CardVoid),
            Self::PollNotOpen | Self::NoContact => None,
        }
    }

    pub(super) fn headline(self) -> Text {
        match self {
            Self::Mistyped => Text::new("卡号没有输对", "The code was not typed correctly"),
            Self::Unknown => Text::new("这不是本次投票的评议卡", "This card does not belong to this poll"),
            Self::Spent => Text::new("这张卡已经投过票了", "This card has already voted"),
            Self::Void => Text::new("这张卡已经作废", "This card was declared void"),
            Self::PollNotOpen => Text::new("投票现在没有开放", "The poll is not open now"),
            Self::NoContact => Text::new("暂时连接不上服务器", "The server cannot be reached for now"),
        }
    }

    fn advice(self) -> Text {
        match self {
            Self::Mistyped => Text::new(
                "请对照卡片改正，注意大小写；或者把卡上的方码对准扫描器重扫。",
                "Compare it with the card and mend it, mind capital and small letters; or scan the square code again.",
            ),
            Self::Unknown => Text::new(
                "没有记录任何内容。请核对是不是今天领的卡，或举手找场务人员。",
                "Nothing was recorded. Check that it is today's card, or raise your hand for a steward.",
            ),
            Self::Spent => Text::new(
                "一张卡只能投一次，先前的票不受影响。您如果还没投过，请举手。下一位可以继续。",
                "A card votes once, and the ballot already cast is safe. If you have not voted yet, raise your hand. The next person may go on.",
            ),
            Self::Void => Text::new(
                "没有记录任何内容。请用换领的新卡；如果手里只有这一张，请举手找场务人员。",
                "Nothing was recorded. Use the card you were given instead; if this is your only one, raise your hand.",
            ),
            Self::PollNotOpen => Text::new(
                "请等主持人宣布开始后再扫卡。",
                "Please wait until the chair opens the poll, then scan again.",
            ),
            Self::NoContact => Text::new(
                "您的卡没有作废，也没有记录任何内容。请稍等再扫一次，或举手找场务人员。",
                "Your card is still good and nothing was recorded. Wait a moment and scan again, or raise your hand.",
            ),
        }
    }
}

/// The page on which a person starts: scan the card or type its code.
#[must_use]
pub fn card_page(page: &CardPage<'_>) -> Markup {
    let language = page.look.language;
    let body = html! {
        div class="welcome" {
            p class="poll" { (page.poll) }
            h1 { (TITLE.in_language(language)) }
            @if let Some(problem) = page.problem {
                (alert(Tone::Warning, problem.headline().in_language(language), &html! { p { (problem.advice().in_language(language)) } }))
            } @else {
                p class="explain" { (EXPLAIN.in_language(language)) }
            }
        }
        form method="post" action="/card" class="card-entry" {
            (session(&page.look))
            (CARD_PICTURE)
            label for="code" { (LABEL.in_language(language)) }
            input id="code" name="code" type="text" value=(page.entered) required maxlength="60" autofocus
                autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false"
                placeholder="xxxxx-xxxxxx-xxxxx-xxxxxx-x";
            div class="keyboard" hidden data-keyboard="code" data-erase=(ERASE.in_language(language)) {}
            div class="buttons" {
                button type="button" class="keyboard-toggle" hidden aria-expanded="false" { (KEYBOARD.in_language(language)) }
                button class="primary start" { (START.in_language(language)) }
            }
            @if page.look.camera {
                div class="camera" hidden {
                    video playsinline muted aria-label=(CAMERA_PICTURE.in_language(language)) {}
                    button type="button" data-camera="code" data-stop=(CAMERA_OFF.in_language(language)) { (CAMERA_ON.in_language(language)) }
                }
                script src=(CAMERA.url()) defer {}
            }
            @if page.look.rehearsal { a class="to-test" href="/test" { (TEST.in_language(language)) } }
        }
    };
    let prompt = page.problem.map_or(Some(Prompt::Card), CardProblem::prompt);
    Frame { prompt, ..Frame::new(&page.look, TITLE.in_language(language), "card-layout", body) }.render()
}

/// A card under a scanner's beam.
const CARD_PICTURE: maud::PreEscaped<&str> = maud::PreEscaped(concat!(
    r#"<svg class="card-picture" viewBox="0 0 240 130" aria-hidden="true">"#,
    r#"<rect class="card-ground" x="20" y="14" width="200" height="102" rx="10"/>"#,
    r#"<path class="card-lines" d="M42 40h70M42 58h84M42 76h54"/>"#,
    r#"<path class="card-code" d="M150 36h18v18h-18zM184 36h18v18h-18zM150 70h18v18h-18zM184 70h6v6h-6zM196 76h6v12h-6zM184 82h6v6h-6z"/>"#,
    r#"<path class="card-beam" d="M8 65h224"/></svg>"#,
));

const TITLE: Text = Text::new("请扫描您的评议卡", "Please scan your voting card");
const EXPLAIN: Text = Text::new(
    "把卡上的方码对准扫描器。卡上没有您的姓名，没有人能知道您怎么评。",
    "Hold the square code under the scanner. The card does not bear your name; nobody can learn how you vote.",
);
const LABEL: Text = Text::new("或者输入卡号", "Or type the code of the card");
const START: Text = Text::new("开始评议", "Start");
const KEYBOARD: Text = Text::new("屏幕键盘", "Keyboard");
const CAMERA_ON: Text = Text::new("用摄像头扫卡", "Scan with the camera");
const CAMERA_OFF: Text = Text::new("关闭摄像头", "Camera off");
const CAMERA_PICTURE: Text = Text::new("摄像头看到的", "What the camera sees");
const TEST: Text = Text::new("工作人员：逻辑与准确性测试", "Staff: logic and accuracy test");
const ERASE: Text = Text::new("删除", "Erase");
