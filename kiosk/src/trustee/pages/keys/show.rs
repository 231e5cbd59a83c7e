//! The pages of the wizard.

mod sheet;
mod together;

use appearance::{
    Text,
    parts::{Field, FieldKind, Tone},
};
use axum::response::Response;
use belenios::text::Hash;
use evaluation::{ceremony::in_groups, wire::TrusteeAssignment};
use maud::{Markup, html};

pub(super) use sheet::sheet;
pub(super) use together::{making, waits};

use super::{super::frame::groups, Frame};

/// No stick is in.
pub(super) fn insert(frame: &Frame) -> Response {
    let body = html! { p class="lead" { (frame.say(INSERT_LEAD)) } };
    frame.step(0, INSERT, &body)
}

/// The stick holds something that cannot be used.
pub(super) fn wrong(frame: &Frame, may_put_aside: bool) -> Response {
    let body = html! {
        (reload(frame))
        @if may_put_aside { (aside(frame)) }
    };
    frame.step(0, WRONG, &body)
}

/// The stick is found and empty: a passphrase is chosen.
pub(super) fn choose(frame: &Frame, assignment: &TrusteeAssignment) -> Response {
    let body = html! {
        @if frame.problem.is_none() {
            p class="lead" { (frame.say(if assignment.is_ceremony() { CHOOSE_LEAD } else { CHOOSE_LEAD_ALONE })) }
        }
        form method="post" action="/key/create" class="narrow" {
            (frame.session())
            (new_passphrase(frame))
            button class="primary" { (frame.say(CHOOSE_BUTTON)) }
        }
    };
    frame.step(0, CHOOSE, &body)
}

/// The stick holds this trustee's file.
pub(super) fn unlock(frame: &Frame) -> Response {
    let body = html! {
        @if frame.problem.is_none() { p class="lead" { (frame.say(UNLOCK_LEAD)) } }
        form method="post" action="/key/unlock" class="narrow" {
            (frame.session())
            (known_passphrase(frame))
            button class="primary" { (frame.say(UNLOCK_BUTTON)) }
        }
        p { a href="/key/recovery" { (frame.say(FORGOTTEN)) } }
    };
    frame.step(0, UNLOCK, &body)
}

/// The passphrase is forgotten.
pub(super) fn recovery(frame: &Frame) -> Response {
    let code = Field { hint: Some(frame.say(CODE_HINT)), ..Field::line("code", frame.say(CODE)) };
    let body = html! {
        @if frame.problem.is_none() { p class="lead" { (frame.say(RECOVERY_LEAD)) } }
        form method="post" action="/key/recovery" class="narrow" {
            (frame.session())
            (code)
            (new_passphrase(frame))
            button class="primary" { (frame.say(RECOVERY_BUTTON)) }
        }
        p { (frame.say(NO_SHEET)) }
        p { a href="/key" { (frame.say(BACK)) } }
    };
    frame.page(FORGOTTEN, &body)
}

/// Everybody saw the same code: the file is read back and tried out.
pub(super) fn try_out(frame: &Frame, code: Hash) -> Response {
    let body = html! {
        @if frame.problem.is_none() { p class="lead" { (frame.say(TRY_LEAD)) } }
        form method="post" action="/key/try" class="narrow" {
            (frame.session())
            (known_passphrase(frame))
            button class="primary" { (frame.say(TRY_BUTTON)) }
        }
        p class="muted" { (frame.say(CODE_AGAIN)) }
        div class="small-code" { (groups(in_groups(code))) }
    };
    frame.step(4, TRY, &body)
}

/// All is done.
pub(super) fn done(frame: &Frame, code: Hash) -> Response {
    let body = html! {
        (frame.note(Tone::Done, DONE_HEADLINE, DONE_TEXT))
        p { (frame.say(SIGN)) }
        (groups(in_groups(code)))
        (frame.button("/forget", "primary", DONE_BUTTON))
        details { summary { (frame.say(ANEW)) } (aside(frame)) }
    };
    frame.step(5, DONE, &body)
}

/// Looks at the stick again.
fn reload(frame: &Frame) -> Markup {
    html! { p { a class="button primary" href="/key" { (frame.say(AGAIN)) } } }
}

/// Puts the file on the stick aside, when the commission has declared the keys void.
fn aside(frame: &Frame) -> Markup {
    html! {
        section class="aside" {
            p { (frame.say(ASIDE_TEXT)) }
            (frame.button("/key/aside", "grave", ASIDE_BUTTON))
        }
    }
}

fn known_passphrase(frame: &Frame) -> Markup {
    let field = Field::new("passphrase", frame.say(PASSPHRASE), FieldKind::Password { new: false });
    html! { (field) }
}

fn new_passphrase(frame: &Frame) -> Markup {
    let kind = FieldKind::Password { new: true };
    let first = Field { hint: Some(frame.say(RULE)), ..Field::new("passphrase", frame.say(NEW), kind) };
    html! { (first) (Field::new("again", frame.say(TWICE), kind)) }
}

const INSERT: Text = Text::new("请插入您的U盘", "Put in your stick");
const INSERT_LEAD: Text = Text::new(
    "密钥会写在U盘上，由您自己保管。插好后本页会自己往下走。",
    "The key will be written to the stick, which you keep yourself. Once it is in, this page goes on by itself.",
);
const WRONG: Text = Text::new("这个U盘现在不能用", "This stick cannot be used now");
const AGAIN: Text = Text::new("换好了，再看一次", "Changed; look again");
const CHOOSE: Text = Text::new("找到U盘了，请设一个口令", "The stick is found; choose a passphrase");
const CHOOSE_LEAD: Text = Text::new(
    "口令锁住U盘上的密钥。只有您知道，本系统不保存，谁也不能替您找回。请不要写下来和U盘放在一起。",
    "The passphrase locks the key on the stick. Only you know it; it is stored nowhere and nobody can look it up. Do not keep it written down with the stick.",
);
const CHOOSE_LEAD_ALONE: Text = Text::new(
    "口令锁住U盘上的密钥。只有您知道，本系统不保存。本次计票全体监票人缺一不可：请务必记牢，并保管好下一步打印的恢复单。",
    "The passphrase locks the key on the stick. Only you know it; it is stored nowhere. In this poll no trustee can be missing at the tally: remember it well and keep the recovery sheet of the next step safe.",
);
const CHOOSE_BUTTON: Text = Text::new("设好口令，写入U盘", "Set it and write the stick");
const NEW: Text = Text::new("新口令", "New passphrase");
const RULE: Text = Text::new(
    "至少 12 个字符，或者四个词（拼音也可以），词与词之间空一格。好记的四个词胜过难记的符号。",
    "At least 12 characters, or four words with spaces between. Four words you remember beat signs you do not.",
);
const TWICE: Text = Text::new("再输一遍", "The same again");
const PASSPHRASE: Text = Text::new("口令", "Passphrase");
const UNLOCK: Text = Text::new("请输入口令", "Enter your passphrase");
const UNLOCK_LEAD: Text = Text::new(
    "这是您的U盘。输入口令后，从上次停下的那一步继续。",
    "This is your stick. With the passphrase the work goes on at the step where it stopped.",
);
const UNLOCK_BUTTON: Text = Text::new("打开", "Open");
const FORGOTTEN: Text = Text::new("忘了口令，用恢复单", "Forgotten: use the recovery sheet");
const RECOVERY_LEAD: Text = Text::new(
    "请拿出打印的恢复单，输入上面的恢复码，再设一个新口令。恢复码打开的只是这个U盘，U盘必须在手。",
    "Take the printed sheet, type its code, and choose a new passphrase. The code opens this stick only, so you need the stick as well.",
);
const CODE: Text = Text::new("恢复码", "Recovery code");
const CODE_HINT: Text = Text::new(
    "七组，每组四个字符；大小写都可以",
    "Seven groups of four characters; capital or small letters",
);
const RECOVERY_BUTTON: Text = Text::new("打开并换成新口令", "Open it and set the new passphrase");
const NO_SHEET: Text = Text::new(
    "恢复单也没有了？请报告监督员。只要其余监票人人数够计票，投票照常进行。",
    "The sheet is lost as well? Tell the supervisor. As long as enough other trustees remain for the tally, the poll goes on.",
);
const BACK: Text = Text::new("想起来了，返回输入口令", "Remembered it: back to the passphrase");
const TRY: Text = Text::new("试一试U盘上的密钥", "Try out the key on the stick");
const TRY_LEAD: Text = Text::new(
    "再输一次口令。本机会从U盘读回密钥，用它试着加密、再解密一个随机数，看对不对。这个数不离开本机。",
    "Type the passphrase once more. This terminal reads the key back from the stick, locks up a random number, opens it again and compares. The number never leaves this terminal.",
);
const TRY_BUTTON: Text = Text::new("试用", "Try it out");
const CODE_AGAIN: Text = Text::new("已当众核对的监票人密钥核对码：", "The code of the keys, compared aloud:");
const DONE: Text = Text::new("密钥做好了", "The key is ready");
const DONE_HEADLINE: Text = Text::new("U盘已试用成功", "The stick was tried out and works");
const DONE_TEXT: Text = Text::new(
    "现在可以拔下U盘，自己保管；计票时带着U盘和口令来。恢复单另放一处。",
    "Take the stick out and keep it yourself; bring stick and passphrase to the tally. Keep the recovery sheet in another place.",
);
const SIGN: Text = Text::new(
    "开启单上印着同一个监票人密钥核对码。请核对一致后签字：",
    "The opening sheet bears the same code of the keys. Sign it once you have compared them:",
);
const DONE_BUTTON: Text = Text::new("完成，返回首页", "Done, back to the start");
const ANEW: Text = Text::new("创建办宣布密钥作废、重新制作？", "Has the commission declared the keys void?");
const ASIDE_TEXT: Text = Text::new(
    "只有在创建办宣布全体重新制作密钥、或者这个U盘留着以前投票的密钥时，才按下面的按钮：旧文件改名留在U盘上，不会删除，然后重新制作。",
    "Press this only when the commission has declared that all keys are made anew, or when the stick still holds the key of an earlier poll: the old file gets another name and stays on the stick, and a new one is made.",
);
const ASIDE_BUTTON: Text = Text::new("旧文件改名，重新制作", "Rename the old file and begin anew");
