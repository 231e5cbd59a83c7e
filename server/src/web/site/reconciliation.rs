//! `/reconciliation`: persons, cards and ballots, once they balance.

use appearance::parts::{Column, Row, Tone, alert, table};
use axum::extract::State;
use evaluation::publication::closing::ZeroReport;
use evaluation::publication::reconciliation::Reconciliation;
use maud::{Markup, html};

use super::SiteError;
use crate::service::Context;
use crate::service::public;
use crate::web::counted::counted;
use crate::web::layout::{Frame, Place};

pub(super) async fn show(frame: Frame, State(context): State<Context>) -> Result<Markup, SiteError> {
    let zero = public::zero_report(&context).await?;
    Ok(match public::reconciliation(&context).await? {
        Some((year, counts)) => page(&frame.in_county(&year.rules.county), counts.as_ref(), zero.as_ref()),
        None => page(&frame, None, None),
    })
}

/// The page, with the counts if they may be seen.
pub(super) fn page(frame: &Frame, counts: Option<&Reconciliation>, zero: Option<&ZeroReport>) -> Markup {
    let title = frame.say("对账", "The counts");
    let body = html! {
        h1 { (title) }
        p class="lead" {
            (frame.say(
                "代表、评议卡和票必须逐项相符，结果才能解密和揭晓。",
                "Persons, cards and ballots must agree before a result can be decrypted and revealed.",
            ))
        }
        @match counts {
            Some(counts) => (balance(frame, counts)),
            None => (alert(Tone::Note, frame.say("尚未对账", "Not reconciled yet"), &html! { p {
                (frame.say("投票结束并对账之后在此公布。", "The counts appear here after the closing."))
            } })),
        }
        @if let Some(zero) = zero { (zero_report(frame, zero)) }
    };
    frame.page(Some(Place::Reconciliation), title, body)
}

/// What was counted in the moment of the opening, before anybody could vote.
fn zero_report(frame: &Frame, zero: &ZeroReport) -> Markup {
    let columns = [Column::words(frame.say("项目", "What")), Column::numbers(frame.say("数量", "Number"))];
    let rows = [
        (frame.say("票箱中的选票", "Ballots in the box"), zero.ballots),
        (frame.say("已使用的评议卡", "Cards already used"), zero.spent),
        (frame.say("已作废的评议卡", "Cards declared void"), zero.void),
        (frame.say("已登记的评议卡", "Cards registered"), zero.credentials),
        (frame.say("操作日志条数", "Entries of the log"), zero.log_entries),
    ];
    let rows = rows.map(|(what, number)| Row::from(vec![html! { (what) }, html! { (number) }]));
    html! {
        h2 { (frame.say("零票报告", "The zero report")) }
        p { (frame.say("开启投票的同一刻，服务器从存储的记录数出：票箱是空的，没有一张卡用过。", "Counted from the stored rows in the moment of the opening: an empty box, and no used card.")) }
        (table(frame.say("零票报告", "Zero report"), &columns, rows))
        p class="muted" { (frame.say("日志末条：", "Newest entry of the log: ")) code { (zero.log_head) } }
        p class="muted" { (frame.say("选举（Setup）：", "Election (Setup): ")) code { (zero.setup_event) } }
    }
}

fn balance(frame: &Frame, counts: &Reconciliation) -> Markup {
    let columns = [
        Column::words(frame.say("项目", "What")),
        Column::numbers(frame.say("数量", "Number")),
        Column::words(frame.say("怎样核对", "How to check")),
    ];
    let rows = rows(frame, counts)
        .into_iter()
        .map(|(what, number, how)| Row::from(vec![html! { (what) }, html! { (number) }, html! { (how) }]));
    html! {
        (verdict(frame, counts))
        div class="balance" { (lines(frame, counts)) }
        @if counts.attendance.is_none() {
            p class="muted" {
                (frame.say(
                    "本次没有用本系统签到，所以没有签到和发卡各行。",
                    "People were not checked in with this system, so there are no lines about check-in and cards handed out.",
                ))
            }
        }
        @if !counts.exceptions.is_empty() { (exceptions(frame, counts)) }
        div class="balance" { (table(frame.say("人、卡、票", "Persons, cards, ballots"), &columns, rows)) }
        p class="muted" {
            (frame.say(
                "这些数字也在公布文件 reconciliation.json 中，验证程序会从抽取记录、投票档案和收票声明重新算出它们。",
                "The same numbers stand in reconciliation.json, and the verifier computes them again from draw, archive and \
                 closing statement.",
            ))
        }
    }
}

fn verdict(frame: &Frame, counts: &Reconciliation) -> Markup {
    let words = html! { p {
        (frame.pick(
            format!("{}张票，各出自一张不同的评议卡；作废的卡{}张，未交回的卡{}张。",
                counts.ballots, counts.void.total(), counts.not_returned),
            format!("{}, each from a different card; {} void, {} not returned.",
                counted(counts.ballots, "ballot", "ballots"), counted(counts.void.total(), "card", "cards"), counts.not_returned),
        ))
    } };
    let differing = counts.lines.iter().any(|line| line.difference != 0);
    if differing {
        let headline =
            frame.say("有差额，已登记例外", "There are differences, each with a recorded exception");
        alert(Tone::Warning, headline, &words)
    } else {
        alert(Tone::Done, frame.say("账已对平", "The counts balance"), &words)
    }
}

fn lines(frame: &Frame, counts: &Reconciliation) -> Markup {
    let columns = [
        Column::words(frame.say("这一项", "This")),
        Column::numbers(frame.say("数量", "Number")),
        Column::words(frame.say("应等于", "must equal")),
        Column::numbers(frame.say("数量", "Number")),
        Column::numbers(frame.say("差额", "Difference")),
    ];
    let rows = counts.lines.iter().map(|line| {
        let words = line.line.words();
        Row::from(vec![
            html! { (frame.say(words.left_zh, words.left_en)) },
            html! { (line.left) },
            html! { (frame.say(words.right_zh, words.right_en)) },
            html! { (line.right) },
            html! { @if line.difference == 0 { "0" } @else { (format!("{:+}", line.difference)) } },
        ])
    });
    table(frame.say("逐行对账", "Line by line"), &columns, rows)
}

/// What two people recorded because something did not go as it must.
fn exceptions(frame: &Frame, counts: &Reconciliation) -> Markup {
    let columns = [
        Column::words(frame.say("例外", "Exception")),
        Column::words(frame.say("原因", "Reason")),
        Column::words(frame.say("文号", "Document")),
    ];
    let rows = counts.exceptions.iter().map(|exception| {
        Row::from(vec![
            html! { (frame.pick(exception.matter.zh(), exception.matter.to_string())) },
            html! { (exception.reason) },
            html! { (exception.document_number) },
        ])
    });
    table(frame.say("由两人登记的例外", "Exceptions, recorded by two people"), &columns, rows)
}

fn rows(frame: &Frame, counts: &Reconciliation) -> Vec<(&'static str, u64, &'static str)> {
    let draw = frame.say("抽取结果", "result of the draw");
    let archive = frame.say("投票档案", "archive of the poll");
    let closing = frame.say("收票声明", "closing statement");
    let mut counted = vec![
        (frame.say("抽取的代表", "Representatives drawn"), counts.drawn, draw),
        (frame.say("递补的代表", "Alternates called"), counts.replacements, draw),
        (
            frame.say("先后通知的人数", "Persons called altogether"),
            counts.called,
            frame.say("抽取加递补", "drawn and called"),
        ),
        (frame.say("制作的评议卡", "Cards made"), counts.cards_made, archive),
        (frame.say("收到的票", "Ballots received"), counts.ballots, archive),
        (frame.say("作废的卡", "Cards declared void"), counts.void.total(), closing),
        (frame.say("无法读取的卡", "Cards that cannot be read"), counts.unreadable.total(), closing),
        (
            frame.say("未交回的卡", "Cards not returned"),
            counts.not_returned,
            frame.say("其余的卡", "all other cards"),
        ),
        (
            frame.say("卡已投票或已作废而拒收的票", "Ballots of cards that had voted or were void, refused"),
            counts.refused_ballots,
            closing,
        ),
    ];
    if let Some(signed_for) = counts.booth_ballots {
        counted.push((frame.say("投票机签认的票", "Ballots the booths signed for"), signed_for, closing));
    }
    counted
}
