//! The recovery sheet: on the screen until it is printed, and on an A4 page.

use appearance::{Text, parts::Tone};
use axum::response::Response;
use evaluation::wire::TrusteeAssignment;
use maud::{Markup, html};

use super::Frame;
use crate::trustee::RecoveryCode;

/// The sheet and what to do with it.
pub(in crate::trustee::pages::keys) fn sheet(
    frame: &Frame,
    assignment: &TrusteeAssignment,
    code: &RecoveryCode,
) -> Response {
    let body = html! {
        div class="no-print" {
            (frame.note(Tone::Warning, ONCE, ONCE_TEXT))
            div class="actions" {
                button type="button" class="primary" data-print hidden { (frame.say(PRINT)) }
                (frame.button("/key/printed", "", PRINTED))
            }
            p class="muted" { (frame.say(BY_KEY)) }
        }
        (paper(frame, assignment, code))
    };
    frame.step(1, TITLE, &body)
}

fn paper(frame: &Frame, assignment: &TrusteeAssignment, code: &RecoveryCode) -> Markup {
    let (needed, trustees) = (assignment.needed, assignment.trustees);
    html! {
        article class="sheet" {
            (frame.rehearsal_mark())
            h2 { (PAPER_TITLE) }
            dl {
                dt { (POLL) } dd { (assignment.title) " · " span class="code" { (assignment.poll) } }
                dt { (NAME) } dd { (assignment.name) "（" (assignment.position) " / " (trustees) "）" }
            }
            p class="sheet-code" { @for group in code.print().split('-') { span { (group) } " " } }
            (FORGOTTEN)
            (KEEP)
            @if assignment.is_ceremony() {
                div class="both" {
                    p lang="zh-CN" {
                        strong { "U盘丢了或坏了：" }
                        "马上报告监督员。" (trustees) " 位监票人中任意 " (needed)
                        " 位就能计票，只要还有 " (needed) " 位的U盘和口令在，投票照常进行；这张单子救不回U盘。"
                    }
                    p lang="en" {
                        "Stick lost or broken: tell the supervisor at once. Any " (needed) " of the " (trustees)
                        " trustees can count: as long as " (needed)
                        " of them have stick and passphrase, the poll goes on. This sheet does not bring a stick back."
                    }
                }
            } @else {
                (LOST_ALONE)
            }
            (FOUND)
            p class="sign" { (SIGNED) }
        }
    }
}

const TITLE: Text = Text::new("打印恢复单", "Print the recovery sheet");
const ONCE: Text = Text::new("恢复码只在这里出现一次", "The recovery code is shown here only");
const ONCE_TEXT: Text = Text::new(
    "请用旁边的打印机打印一张，看清七组字符都印出来了，装进信封，与U盘分开存放。不要拍照，打印前后都请挡住屏幕。",
    "Print one copy on the printer beside you, see that all seven groups are on it, put it into an envelope and keep it apart from the stick. No photographs; shield the screen.",
);
const PRINT: Text = Text::new("打印", "Print");
const PRINTED: Text = Text::new("已经印好，往下走", "It is printed, go on");
const BY_KEY: Text = Text::new(
    "没印出来可以再印。按了“已经印好”以后，恢复码就再也看不到了。",
    "Print again if nothing came out. After “It is printed” the code is never shown again.",
);
const PAPER_TITLE: Text = Text::new("监票人恢复单", "Trustee's recovery sheet");
const POLL: Text = Text::new("投票", "Poll");
const NAME: Text = Text::new("监票人", "Trustee");
const FORGOTTEN: Text = Text::new(
    "忘了口令：把U盘插入监票终端，选“忘了口令，用恢复单”，输入上面的恢复码，设一个新口令。",
    "Passphrase forgotten: put the stick into the trustee's terminal, choose “Forgotten: use the recovery sheet”, type the code above and set a new passphrase.",
);
const KEEP: Text = Text::new(
    "装入信封，与U盘分开存放，只由本人保管。不要拍照、复印或抄写。",
    "Keep it in an envelope, apart from the stick, in your own hands. Do not photograph or copy it.",
);
const LOST_ALONE: Text = Text::new(
    "U盘丢了或坏了：马上报告监督员。本次投票全体监票人缺一不可，开始投票之前还可以重新制作密钥；投票开始以后，没有这个U盘就不能计票。",
    "Stick lost or broken: tell the supervisor at once. In this poll no trustee can be missing: before the poll begins the keys can be made anew; afterwards nothing can be counted without this stick.",
);
const FOUND: Text = Text::new(
    "单子丢了：U盘和口令都在就不要紧，计票照常；请告诉监督员。异议期过后销毁。",
    "Sheet lost: no harm while you have stick and passphrase; tell the supervisor. Destroy it after the objection period.",
);
const SIGNED: Text = Text::new("封存人签字、日期", "Sealed by, date");
