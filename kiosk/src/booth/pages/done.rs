//! After 提交: waiting for the receipt, success, refusal.

use appearance::Text;
use appearance::parts::{Tone, qr_svg, tone_icon};
use maud::{Markup, PreEscaped, html};

use super::Look;
use super::frame::{Frame, session};
use crate::clips::Prompt;

/// What is shown between 提交 and the server's receipt.
#[derive(Debug, Clone, Copy)]
pub struct WaitingPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// Tracker of the ballot, which lies durably in the spool.
    pub tracker: &'a str,
    /// Why it waits.
    pub why: Waits,
}

/// Why a ballot lies at the booth still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// It is on its way.
    ForServer,
    /// The server does not know that this booth takes part.
    ForRegistration,
    /// The box was sealed without it.
    InVain,
}

/// What is shown once the server has acknowledged the ballot. It says nothing of the choices.
#[derive(Debug, Clone, Copy)]
pub struct SuccessPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// Tracker of the ballot.
    pub tracker: &'a str,
    /// What the QR picture holds: the tracker, or the public page that looks it up.
    pub qr_text: &'a str,
}

/// What is shown when another ballot of the same card is already stored.
#[derive(Debug, Clone, Copy)]
pub struct RefusedPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// Tracker of the ballot that was refused.
    pub refused: &'a str,
    /// Tracker of the ballot that counts.
    pub stored: &'a str,
}

/// What is shown when the card had been declared void before the ballot arrived.
#[derive(Debug, Clone, Copy)]
pub struct VoidPage<'a> {
    /// How the page looks.
    pub look: Look<'a>,
    /// Tracker of the ballot that was refused.
    pub refused: &'a str,
}

/// The ballot is sealed on this terminal and waits for the server. Asks again by itself.
#[must_use]
pub fn waiting_page(page: &WaitingPage<'_>) -> Markup {
    let language = page.look.language;
    let title = if page.why == Waits::InVain { TOO_LATE } else { WAITING };
    let body = html! {
        div class="outcome" role="status" {
            (ENVELOPE)
            @if page.why == Waits::InVain {
                h1 { (TOO_LATE.in_language(language)) }
                p { (TOO_LATE_MEANING.in_language(language)) }
                p { (TOO_LATE_NEXT.in_language(language)) }
            } @else {
                h1 { (WAITING.in_language(language)) }
                p { (WAITING_MEANING.in_language(language)) }
                @if page.why == Waits::ForRegistration { p { (NOT_READY.in_language(language)) } }
                p { (WAITING_NEXT.in_language(language)) }
            }
            p class="tracker-line" { (TRACKER.in_language(language)) " " span class="code" { (page.tracker) } }
        }
    };
    Frame {
        here: "/done",
        prompt: (page.why != Waits::InVain).then_some(Prompt::Waiting),
        refresh_seconds: Some(2),
        ..Frame::new(&page.look, title.in_language(language), "outcome-layout", body)
    }
    .render()
}

/// 提交成功, and how to find the ballot later.
#[must_use]
pub fn success_page(page: &SuccessPage<'_>) -> Markup {
    let language = page.look.language;
    let body = html! {
        div class="outcome" role="status" {
            (tone_icon(Tone::Done))
            h1 { (SUCCESS.in_language(language)) }
            p { (SUCCESS_MEANING.in_language(language)) }
            div class="receipt" {
                @if let Ok(picture) = qr_svg(page.qr_text, TRACKER.in_language(language)) { (picture) }
                div {
                    p class="receipt-name" { (TRACKER.in_language(language)) }
                    p class="receipt-code code" { (page.tracker) }
                    p class="receipt-note" { (RECEIPT_NOTE.in_language(language)) }
                }
            }
        }
        form method="post" action="/finish" class="finish" data-submit-after="90" {
            (session(&page.look))
            @if page.look.receipt_printer {
                button type="button" class="print" data-print hidden { (PRINT.in_language(language)) }
            }
            button data-main { (FINISH.in_language(language)) }
        }
    };
    let prompt = Some(Prompt::Success);
    Frame {
        here: "/done",
        prompt,
        ..Frame::new(&page.look, SUCCESS.in_language(language), "outcome-layout", body)
    }
    .render()
}

/// Another ballot of this card counts; both trackers are named, and published with the reconciliation.
#[must_use]
pub fn refused_page(page: &RefusedPage<'_>) -> Markup {
    let language = page.look.language;
    let body = html! {
        div class="outcome" role="alert" {
            (tone_icon(Tone::Warning))
            h1 { (REFUSED.in_language(language)) }
            p { (REFUSED_MEANING.in_language(language)) }
            p { (REFUSED_NEXT.in_language(language)) }
            dl class="trackers" {
                dt { (STORED.in_language(language)) } dd class="code" { (page.stored) }
                dt { (NOT_STORED.in_language(language)) } dd class="code" { (page.refused) }
            }
        }
        form method="post" action="/finish" class="finish" {
            (session(&page.look))
            button { (FINISH.in_language(language)) }
        }
    };
    Frame { here: "/done", ..Frame::new(&page.look, REFUSED.in_language(language), "outcome-layout", body) }
        .render()
}

/// The card is void, so the ballot does not count; its tracker is named, and published with the reconciliation.
#[must_use]
pub fn void_page(page: &VoidPage<'_>) -> Markup {
    let language = page.look.language;
    let body = html! {
        div class="outcome" role="alert" {
            (tone_icon(Tone::Warning))
            h1 { (VOID.in_language(language)) }
            p { (VOID_MEANING.in_language(language)) }
            p { (VOID_NEXT.in_language(language)) }
            dl class="trackers" { dt { (NOT_STORED.in_language(language)) } dd class="code" { (page.refused) } }
        }
        form method="post" action="/finish" class="finish" {
            (session(&page.look))
            button { (FINISH.in_language(language)) }
        }
    };
    Frame { here: "/done", ..Frame::new(&page.look, VOID.in_language(language), "outcome-layout", body) }
        .render()
}

/// A sealed envelope.
const ENVELOPE: PreEscaped<&str> = PreEscaped(concat!(
    r#"<svg viewBox="0 0 48 48" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="3.5" stroke-linejoin="round">"#,
    r#"<path d="M5 11h38v27H5zM5 12l19 15 19-15"/></svg>"#,
));

const WAITING: Text =
    Text::new("票已封存在本机，正在等待送达", "Your ballot is sealed here and waits to be delivered");
const WAITING_MEANING: Text = Text::new(
    "您的评议不会丢失，也没有人能看到。送达后，本屏会自动显示结果。",
    "It cannot get lost and nobody can see it. As soon as it is delivered, this screen says so by itself.",
);
const WAITING_NEXT: Text = Text::new(
    "请稍等，不用做任何操作。超过一分钟请举手找场务人员。",
    "Please wait; there is nothing to do. After more than a minute, raise your hand for a steward.",
);
const TOO_LATE: Text =
    Text::new("投票已经结束，您的票还没有送达", "The poll is over, and your ballot was not delivered");
const TOO_LATE_MEANING: Text = Text::new(
    "票封存在本机，没有丢失，也没有人能看到；但服务器已不再收票，送不到就不计入。",
    "It is sealed here, not lost, and nobody can see it; but the server takes no ballot any more, and one that is not delivered does not count.",
);
const TOO_LATE_NEXT: Text = Text::new(
    "请不要离开，马上举手叫监督员。这台机器不要关机、不要搬动。",
    "Please stay and raise your hand for the supervisor now. Do not switch this terminal off or move it.",
);
const NOT_READY: Text = Text::new(
    "服务器还没有登记这台机器，本机正在自动重新登记，登记后随即送达。",
    "The server does not know this terminal yet; the terminal is telling it, and then delivers.",
);
const SUCCESS: Text = Text::new("提交成功", "Submitted");
const SUCCESS_MEANING: Text = Text::new("您的票已经送达并存好。谢谢您！", "Delivered and stored. Thank you!");
const TRACKER: Text = Text::new("回执码", "Tracker");
const RECEIPT_NOTE: Text = Text::new(
    "可以拍下或抄下。结果公布后，凭它能查到您的票已计入；它不会透露您怎么评。",
    "Photograph it or write it down: later it shows that your ballot was counted, and never your grades.",
);
const PRINT: Text = Text::new("打印回执", "Print it");
const FINISH: Text = Text::new("完成，请下一位", "Finish, next please");
const REFUSED: Text = Text::new("这张卡先前已经投过票", "This card has already voted");
const REFUSED_MEANING: Text = Text::new(
    "先前的票有效，这次的没有计入。两个回执码都会公布。",
    "The earlier ballot counts, this one does not. Both trackers will be published with the reconciliation.",
);
const REFUSED_NEXT: Text = Text::new(
    "如果您先前没有投过，请不要离开，马上举手。",
    "If you had not voted before, please stay and raise your hand for a steward now.",
);
const VOID: Text =
    Text::new("这张卡已经作废，您的票没有计入", "This card is void; your ballot does not count");
const VOID_MEANING: Text = Text::new(
    "票送达之前，这张卡已登记为作废。票没有保存，也不会计入；回执码会随对账公布。",
    "The card was declared void before the ballot arrived. The ballot is not kept and never counted; its tracker is published.",
);
const VOID_NEXT: Text = Text::new(
    "手里有补发的卡，请用它再投；没有，请不要离开，马上举手找场务人员。",
    "If you were given another card, vote again with it. If not, please stay and raise your hand now.",
);
const STORED: Text = Text::new("有效的票", "The ballot that counts");
const NOT_STORED: Text = Text::new("没有计入的票", "The ballot that does not");
