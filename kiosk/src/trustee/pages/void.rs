//! Cards are declared void: choose why, scan the card, see what came of it. The page shows nothing of the card.

use std::sync::Arc;

use appearance::{Text, parts::Tone};
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use evaluation::wire::{TrusteeAssignment, VoidKind};
use maud::html;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{
    desk::Terminal,
    frame::Frame,
    words::{Words, explain_uplink},
};
use crate::{
    os_rng,
    trustee::void::{self, VoidError},
};

/// Cards declared void since the terminal was started. Their public halves will be published anyway.
#[derive(Debug, Default)]
pub(super) struct Voided(std::collections::BTreeMap<String, VoidKind>);

impl Voided {
    fn count(&self, kind: VoidKind) -> usize {
        self.0.values().filter(|other| **other == kind).count()
    }
}

#[derive(Deserialize)]
pub(super) struct VoidForm {
    session: String,
    kind: VoidKind,
    code: SecretString,
}

/// The page for the next card.
pub(super) async fn ask(State(terminal): State<Arc<Terminal>>) -> Response {
    match terminal.frame("/void").await {
        Ok((frame, _)) => show(&terminal, &frame, StatusCode::OK, None, "").await,
        Err(response) => response,
    }
}

/// One card.
pub(super) async fn declare(
    State(terminal): State<Arc<Terminal>>,
    form: Result<Form<VoidForm>, FormRejection>,
) -> Response {
    let again = || Redirect::to("/void").into_response();
    let Ok(Form(VoidForm { session, kind, code })) = form else { return again() };
    if terminal.desk_of(session).await.is_none() {
        return again();
    }
    let (mut frame, assignment) = match terminal.frame("/void").await {
        Ok(framed) => framed,
        Err(response) => return response,
    };
    let done = declare_one(&terminal, &assignment, kind, code.expose_secret()).await;
    let (status, mistyped) = match &done {
        Ok(_) => (StatusCode::OK, false),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, matches!(error, VoidError::Mistyped(_))),
    };
    frame.problem = Some(match done {
        Ok(true) => Words::new(Tone::Done, NOW_VOID.0, NOW_VOID.1),
        Ok(false) => Words::new(Tone::Note, BEFORE.0, BEFORE.1),
        Err(error) => explain(&error),
    });
    // Only a slip of the finger is worth mending; every other code is gone from the screen.
    let entered = if mistyped { code.expose_secret() } else { "" };
    show(&terminal, &frame, status, Some(kind), entered).await
}

/// Whether the card was not void before, as far as this terminal knows.
async fn declare_one(
    terminal: &Terminal,
    assignment: &TrusteeAssignment,
    kind: VoidKind,
    code: &str,
) -> Result<bool, VoidError> {
    let card = void::sign(assignment, kind, code, &mut os_rng())?;
    void::send(&terminal.uplink, &card).await?;
    Ok(terminal.desk().await.voided.0.insert(card.credential, kind).is_none())
}

async fn show(
    terminal: &Terminal,
    frame: &Frame,
    status: StatusCode,
    chosen: Option<VoidKind>,
    entered: &str,
) -> Response {
    let desk = terminal.desk().await;
    let body = html! {
        p class="who" { (frame.who()) }
        h1 { (frame.say(TITLE)) }
        div class="two" {
            form method="post" action="/void" {
                (frame.session())
                fieldset class="kinds" {
                    legend { (frame.say(WHY)) }
                    @for kind in VoidKind::ALL {
                        label {
                            input type="radio" name="kind" value=(kind.as_str()) required checked[chosen == Some(kind)];
                            span { strong { (frame.say(name(kind))) } small { (frame.say(about(kind))) } }
                        }
                    }
                }
                div class="field" {
                    label for="code" { (frame.say(CODE)) }
                    input id="code" name="code" type="text" class="code" value=(entered) required maxlength="60"
                        autofocus[chosen.is_some()] autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false"
                        placeholder="xxxxx-xxxxxx-xxxxx-xxxxxx-x";
                }
                button class="primary" { (frame.say(BUTTON)) }
            }
            aside {
                h2 { (frame.say(COUNTS)) }
                table class="counts" {
                    @for kind in VoidKind::ALL {
                        tr { th scope="row" { (frame.say(name(kind))) } td class="number" { (desk.voided.count(kind)) } }
                    }
                }
                p class="muted" { (frame.say(SINCE)) }
                details { summary { (frame.say(UNREADABLE)) } p { (frame.say(UNREADABLE_TEXT)) } }
            }
        }
    };
    frame.answer(status, frame.say(TITLE), &body)
}

fn explain(error: &VoidError) -> Words {
    let (tone, headline, advice) = match error {
        VoidError::Refused(error) | VoidError::NoContact(error) => return explain_uplink(error),
        VoidError::Already => (Tone::Note, BEFORE.0, BEFORE.1),
        VoidError::Spent => (Tone::Problem, SPENT.0, SPENT.1),
        VoidError::Unknown => (Tone::Problem, UNKNOWN.0, UNKNOWN.1),
        VoidError::Mistyped(_) => (Tone::Warning, MISTYPED.0, MISTYPED.1),
        VoidError::Group(_) => (Tone::Problem, GROUP.0, GROUP.1),
    };
    Words::new(tone, headline, advice)
}

const fn name(kind: VoidKind) -> Text {
    match kind {
        VoidKind::Damaged => Text::new("损坏", "Damaged"),
        VoidKind::Spare => Text::new("备用", "Spare"),
        VoidKind::Returned => Text::new("交回", "Returned"),
        VoidKind::Audit => Text::new("核验用", "Audit"),
    }
}

const fn about(kind: VoidKind) -> Text {
    match kind {
        VoidKind::Damaged => {
            Text::new("换发新卡之前，先作废旧卡", "Before another card is handed out for it")
        }
        VoidKind::Spare => Text::new("没有发出去的卡", "Never handed out"),
        VoidKind::Returned => {
            Text::new("发出去、没投票又交回的卡", "Handed out and given back without a vote")
        }
        VoidKind::Audit => Text::new("监票人抽来核验投票机的卡", "Drawn by the trustees to check booths"),
    }
}

const TITLE: Text = Text::new("作废评议卡", "Declare cards void");
const WHY: Text = Text::new("这张卡为什么作废？", "Why is the card void?");
const CODE: Text =
    Text::new("扫描卡上的二维码，或者输入卡号", "Scan the square code of the card, or type its code");
const BUTTON: Text = Text::new("作废这张卡", "Declare this card void");
const COUNTS: Text = Text::new("本机已作废", "Declared void here");
const SINCE: Text = Text::new("从本终端这次启动算起", "Since this terminal was started");
const UNREADABLE: Text = Text::new("卡完全认不出来？", "The card cannot be read at all?");
const UNREADABLE_TEXT: Text = Text::new(
    "二维码扫不了，卡号也看不清，就不能在这里作废。请当着监督员的面把卡装入信封、封好、签字，然后可以换发新卡；封箱以后由创建办在控制台“投票 → 登记例外”登记（两人签字），例外会公布。",
    "If neither the square code nor the characters can be read, it cannot be declared void here. Seal the card into a signed envelope in front of the supervisor; then another card may be handed out for it. When the box is sealed the commission records an exception in the console, under Poll (two people), which is published.",
);
const NOW_VOID: (Text, Text) = (
    Text::new("这张卡作废了", "This card is void now"),
    Text::new("可以继续扫下一张。", "Go on with the next card."),
);
const BEFORE: (Text, Text) = (
    Text::new("这张卡已经作废过了", "This card was void already"),
    Text::new("不用再做什么，可以继续扫下一张。", "Nothing is left to do; go on with the next card."),
);
const SPENT: (Text, Text) = (
    Text::new("停！这张卡已经投过票", "Stop: this card has voted"),
    Text::new(
        "它的选票已经收到，不能作废，也不要换发新卡。投票期间：告诉代表选票已收到就可以了。封箱以后：请把卡留在这里，马上叫监督员，查清之前不能对账。",
        "Its ballot has arrived: it cannot be declared void, and no other card may be handed out for it. During the voting, tell its holder so. Once the box is sealed, keep the card here and call the supervisor at once: the reconciliation waits until this is cleared up.",
    ),
);
const UNKNOWN: (Text, Text) = (
    Text::new("这不是本次投票的评议卡", "This card does not belong to this poll"),
    Text::new(
        "什么都没有记录。请看卡上印的投票名称：可能是演练的卡，或以前投票的卡。",
        "Nothing was recorded. Look at the name of the poll on the card: it may be of a rehearsal, or of an earlier poll.",
    ),
);
const MISTYPED: (Text, Text) = (
    Text::new("卡号没有输对", "The code was not typed correctly"),
    Text::new(
        "请对照卡片改正，注意大小写；或者把卡上的二维码对准扫描器重扫。",
        "Compare it with the card and mend it, mind capital and small letters; or scan the square code again.",
    ),
);
const GROUP: (Text, Text) = (
    Text::new("本终端的程序版本太旧", "This terminal's program is too old"),
    Text::new("请场务换一台终端。", "Ask the steward for another terminal."),
);
