//! What the page of a closing poll shows: which booths are still missing, the lines of the reconciliation, the exceptions.

use appearance::parts::{Column, Row, Tone, alert, table};
use evaluation::publication::reconciliation::{ByKind, Line};
use evaluation::wire::VoidKind;
use maud::{Markup, html};

use crate::domain::{Action, PollState};
use crate::service::poll::exceptions::{Subject, open_subjects};
use crate::service::poll::settling::{BoothView, RecordedException, Settling};
use crate::web::console::address::InEdition;
use crate::web::console::parts::facts;
use crate::web::counted::counted;
use crate::web::session::Operator;

/// Everything about a poll that is closing or closed.
pub(super) fn settling(
    operator: &Operator,
    edition: &InEdition,
    state: PollState,
    settling: &Settling,
) -> Markup {
    html! {
        (missing(operator, edition, state, settling))
        (booths(operator, state, &settling.booths))
        @if state == PollState::Closed {
            (lines(operator, settling))
            (cards(operator, settling))
        }
        (exceptions(operator, &settling.recorded))
    }
}

/// What holds the poll back now, and who must do what.
fn missing(operator: &Operator, edition: &InEdition, state: PollState, settling: &Settling) -> Markup {
    let subjects = open_subjects(state, settling);
    let records = operator.may_propose(Action::RecordException);
    let label = if settling.recorded.is_empty() {
        operator.say("登记例外（须两人）", "Record an exception (two people)")
    } else {
        operator.say("登记或撤销例外（须两人）", "Record or withdraw an exception (two people)")
    };
    let link = html! {
        @if records {
            div class="actions" { a class="button" href=(edition.path("/poll/exceptions")) { (label) } }
        }
    };
    if subjects.is_empty() {
        let (headline, words) = if state == PollState::Closing {
            (
                operator.say(
                    "每台投票机都已完成或已登记例外，可以封箱",
                    "Every booth has finished or is excepted: the box can be sealed",
                ),
                operator.say("封箱由创建办进行。", "The commission seals it."),
            )
        } else {
            (
                operator.say("没有未说明的差额，可以对账", "No difference is unexplained: the poll can be reconciled"),
                operator.say(
                    "先确认桌上没有尚未扫描的备用、交回、损坏或核验卡：对账之后不能再作废。",
                    "First make sure that no spare, returned, damaged or audit card on the table is left unscanned: after the reconciliation none can be declared void.",
                ),
            )
        };
        return alert(
            Tone::Done,
            headline,
            // One that was recorded by mistake is withdrawn there.
            &html! { p { (words) } @if state == PollState::Closed || !settling.recorded.is_empty() { (link) } },
        );
    }
    let headline = if state == PollState::Closing {
        operator.say("还不能封箱", "The box cannot be sealed yet")
    } else {
        operator.say("还不能对账", "The poll cannot be reconciled yet")
    };
    let list = html! {
        ul { @for subject in &subjects { li { (subject_words(operator, settling, subject)) } } }
        (link)
    };
    alert(Tone::Warning, headline, &list)
}

/// What is so, and who must do what about it.
fn subject_words(operator: &Operator, settling: &Settling, subject: &Subject) -> String {
    let advice = match subject {
        Subject::BoothNotFinished { .. } => operator.say(
            "请场务到机器前，等最后一人投完、待送达的票为零。",
            "The steward goes there: the last person finishes, and no ballot waits.",
        ),
        Subject::BoothStatementMissing { .. } => operator.say(
            "请让机器开着，等它下载档案、核对自己送出的票。",
            "Keep it running until it has fetched the archive and found what it delivered.",
        ),
        Subject::SpentCard { .. } => {
            operator.say("请监票人和监督员查明原因。", "Trustees and supervisor find out why.")
        }
        Subject::NoCheckIn => operator.say(
            "没有签到台的计数，就不能说明来了多少人、发了多少卡。签到已用纸质表进行的，清点后登记例外并写明。",
            "Without a desk nothing says how many people came and how many cards were handed out. If people were checked in on paper, count, and record that.",
        ),
        Subject::NoBoothStatement => operator.say(
            "请让参加的投票机开着，等它签署声明；确实没有的，登记例外。",
            "Keep the booths that took part running until they have signed; only if none can, record an exception.",
        ),
        Subject::OutOfBalance { .. } => operator.say(
            "先把桌上的备用、交回、核验、损坏卡全部扫描作废，再清点卡片和签到表。",
            "First scan every spare, returned, audit and damaged card on the table; then count the cards and the check-in list again.",
        ),
        Subject::CardUnreadable { .. } => "",
    };
    let fact = subject_fact(operator, &settling.booths, subject);
    operator.say(format!("{fact}。{advice}"), format!("{fact}. {advice}"))
}

/// What is so, in a few words: to be chosen, confirmed and signed.
pub(in crate::web::console) fn subject_fact(
    operator: &Operator,
    booths: &[BoothView],
    subject: &Subject,
) -> String {
    let label = |terminal: &crate::domain::TerminalId| {
        let booth = booths.iter().find(|booth| booth.terminal == *terminal);
        booth.map_or_else(|| terminal.to_string(), |booth| booth.name.clone())
    };
    match subject {
        Subject::BoothNotFinished { terminal } => {
            let booth = label(terminal);
            operator.say(
                format!("{booth}：还没有报告选票全部送达"),
                format!("{booth}: has not said that all its ballots are delivered"),
            )
        }
        Subject::BoothStatementMissing { terminal } => {
            let booth = label(terminal);
            operator
                .say(format!("{booth}：还没有签署声明"), format!("{booth}: has not signed for its ballots"))
        }
        Subject::SpentCard { card, cards, scans } => operator.say(
            format!("{}卡中有 {cards} 张已经投过票（扫描 {scans} 次）", card.zh()),
            format!("{cards} of the {} cards voted (scanned {scans} times)", kind_en(*card)),
        ),
        Subject::NoCheckIn => operator
            .say("没有为本次投票开放过签到台", "no check-in desk was ever open for this poll")
            .to_owned(),
        Subject::NoBoothStatement => {
            operator.say("没有一台投票机签署声明", "no booth has signed for its ballots").to_owned()
        }
        Subject::OutOfBalance { line, difference } => {
            let words = line.words();
            operator.say(
                format!("“{}”与“{}”相差 {difference:+}", words.left_zh, words.right_zh),
                format!("“{}” and “{}” differ by {difference:+}", words.left_en, words.right_en),
            )
        }
        Subject::CardUnreadable { card, cards } => operator.say(
            format!("无法读取的{}卡 {cards} 张", card.zh()),
            format!(
                "{} that cannot be read",
                counted(*cards, &format!("{} card", kind_en(*card)), &format!("{} cards", kind_en(*card)))
            ),
        ),
    }
}

/// The kind of a card in English.
pub(super) const fn kind_en(kind: VoidKind) -> &'static str {
    kind.as_str()
}

fn booths(operator: &Operator, state: PollState, booths: &[BoothView]) -> Markup {
    if booths.is_empty() {
        let words = operator.say(
            "没有投票机核对过开启单，所以没有投票机声明可以核对。",
            "No booth has compared the opening sheet, so no booth's statement can be compared.",
        );
        return alert(
            Tone::Note,
            operator.say("没有参加的投票机", "No booth takes part"),
            &html! { p { (words) } },
        );
    }
    let columns = [
        Column::words(operator.say("投票机", "Booth")),
        Column::words(operator.say("选票全部送达", "All ballots delivered")),
        Column::numbers(operator.say("签认的票", "Signed for")),
    ];
    let rows = booths.iter().map(|booth| {
        let excepted = |recorded: bool, open: &str| {
            html! {
                @if recorded { span class="badge" { (operator.say("已登记例外", "exception recorded")) } }
                @else { span class="badge flagged" { (open) } }
            }
        };
        let delivering = operator.say("还没有送完", "not all delivered yet");
        let unsigned = operator.say("还没有签署", "not signed yet");
        let finished = html! {
            @if booth.finished { span class="badge" { (operator.say("已完成", "finished")) } }
            @else { (excepted(booth.may_be_unfinished, delivering)) }
        };
        let statement = match &booth.statement {
            Some(signed) => html! { (signed.statement.ballots) },
            None if state == PollState::Closing => html! { "—" },
            None => excepted(booth.may_be_silent, unsigned),
        };
        Row::from(vec![html! { (booth.name) }, finished, statement])
    });
    table(operator.say("投票机", "Booths"), &columns, rows)
}

fn lines(operator: &Operator, settling: &Settling) -> Markup {
    let columns = [
        Column::words(operator.say("这一项", "This")),
        Column::numbers(operator.say("数量", "Number")),
        Column::words(operator.say("应等于", "must equal")),
        Column::numbers(operator.say("数量", "Number")),
        Column::numbers(operator.say("差额", "Difference")),
        Column::words(""),
    ];
    let open: Vec<_> = settling.reconciliation.unexplained().map(|line| line.line).collect();
    let rows = settling.reconciliation.lines.iter().map(|line| {
        let is_open = open.contains(&line.line);
        line_row(operator, line, is_open)
    });
    html! {
        (table(operator.say("对账", "The counts, line by line"), &columns, rows))
        @if settling.reconciliation.attendance.is_none() {
            p class="muted" {
                (operator.say(
                    "本次没有用本系统签到，所以没有“应到、签到、发卡”各行；公布文件中会写明。",
                    "People were not checked in with this system, so the lines about persons and cards handed out are absent; the published file says so.",
                ))
            }
        }
    }
}

fn line_row(operator: &Operator, line: &Line, is_open: bool) -> Row {
    let words = line.line.words();
    let mark = html! {
        @if line.difference == 0 { span class="badge" { (operator.say("平", "balances")) } }
        @else if is_open { span class="badge flagged" { (operator.say("不平", "differs")) } }
        @else { span class="badge" { (operator.say("已登记例外", "exception recorded")) } }
    };
    Row::from(vec![
        html! { (operator.say(words.left_zh, words.left_en)) },
        html! { (line.left) },
        html! { (operator.say(words.right_zh, words.right_en)) },
        html! { (line.right) },
        html! { @if line.difference == 0 { "0" } @else { (format!("{:+}", line.difference)) } },
        mark,
    ])
}

fn cards(operator: &Operator, settling: &Settling) -> Markup {
    let counts = &settling.reconciliation;
    let kinds = |counts: &ByKind| {
        let parts: Vec<_> = VoidKind::ALL
            .into_iter()
            .filter(|kind| counts.of(*kind) > 0)
            .map(|kind| format!("{} {}", operator.say(kind.zh(), kind_en(kind)), counts.of(kind)))
            .collect();
        if parts.is_empty() { "0".to_owned() } else { parts.join(operator.say("、", ", ")) }
    };
    html! {
        section class="panel" {
            h2 { (operator.say("评议卡", "Cards")) }
            (facts(&[
                (operator.say("制作", "Made"), html! { (counts.cards_made) }),
                (operator.say("已投票", "Voted"), html! { (counts.ballots) }),
                (operator.say("已作废", "Declared void"), html! { (kinds(&counts.void)) }),
                (operator.say("无法读取", "Cannot be read"), html! { (kinds(&counts.unreadable)) }),
                (operator.say("未交回", "Not returned"), html! { (counts.not_returned) }),
                (operator.say("不应投票而已投票", "Voted, and should not have"), html! { (kinds(&counts.void_refused)) }),
            ]))
            p class="muted" {
                (operator.say(
                    "备用、交回、核验和尚未作废的损坏卡，现在当众在监票终端上逐张扫描作废。",
                    "Spare, returned and audit cards, and damaged ones not yet void, are scanned one by one in public at a trustee's terminal now.",
                ))
            }
        }
    }
}

fn exceptions(operator: &Operator, exceptions: &[RecordedException]) -> Markup {
    if exceptions.is_empty() {
        return html! {};
    }
    let columns = [
        Column::words(operator.say("例外", "Exception")),
        Column::words(operator.say("原因", "Reason")),
        Column::words(operator.say("文号", "Document")),
        Column::words(""),
    ];
    let rows = exceptions.iter().map(|RecordedException { exception, in_force, .. }| {
        let mark = if *in_force {
            html! { span class="badge" { (operator.say("将公布", "is published")) } }
        } else {
            html! { span class="badge flagged" { (operator.say("情况已变，不公布", "not so any more, not published")) } }
        };
        Row::from(vec![
            html! { div class="matter" { (operator.say(exception.matter.zh(), exception.matter.to_string())) } },
            html! { (exception.reason) },
            html! { span class="unbroken" { (exception.document_number) } },
            mark,
        ])
    });
    table(operator.say("已登记的例外", "Recorded exceptions"), &columns, rows)
}
