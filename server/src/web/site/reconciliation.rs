//! `/reconciliation`: persons, cards and ballots, once they balance.

use appearance::parts::{Column, Row, Tone, alert, table};
use axum::extract::State;
use evaluation::publication::reconciliation::Reconciliation;
use maud::{Markup, html};

use super::SiteError;
use crate::service::Context;
use crate::service::public;
use crate::web::layout::{Frame, Place};

pub(super) async fn show(frame: Frame, State(context): State<Context>) -> Result<Markup, SiteError> {
    Ok(match public::reconciliation(&context).await? {
        Some((year, counts)) => page(&frame.in_county(&year.rules.county), counts.as_ref()),
        None => page(&frame, None),
    })
}

/// The page, with the counts if they may be seen.
pub(super) fn page(frame: &Frame, counts: Option<&Reconciliation>) -> Markup {
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
    };
    frame.page(Some(Place::Reconciliation), title, body)
}

fn balance(frame: &Frame, counts: &Reconciliation) -> Markup {
    let columns = [
        Column::words(frame.say("项目", "What")),
        Column::numbers(frame.say("数量", "Number")),
        Column::words(frame.say("怎样核对", "How to check")),
    ];
    let rows = lines(frame, counts)
        .map(|(what, number, how)| Row::from(vec![html! { (what) }, html! { (number) }, html! { (how) }]));
    html! {
        (alert(Tone::Done, frame.say("账已对平", "The counts balance"), &html! { p {
            (frame.pick(
                format!(
                    "{}张票，各出自一张不同的评议卡；未投的卡{}张。",
                    counts.ballots, counts.cards_without_ballot
                ),
                format!(
                    "{} ballots, each from a different card; {} cards without a ballot.",
                    counts.ballots, counts.cards_without_ballot
                ),
            ))
        } }))
        div class="balance" { (table(frame.say("人、卡、票", "Persons, cards, ballots"), &columns, rows)) }
        p class="muted" {
            (frame.say(
                "这些数字也在公布文件 reconciliation.json 中，验证程序会从抽取记录和投票档案重新算出它们。",
                "The same numbers stand in reconciliation.json, and the verifier computes them again from draw and archive.",
            ))
        }
    }
}

fn lines(frame: &Frame, counts: &Reconciliation) -> [(&'static str, usize, &'static str); 7] {
    let draw = frame.say("抽取结果", "result of the draw");
    let archive = frame.say("投票档案", "archive of the poll");
    [
        (frame.say("抽取的代表", "Representatives drawn"), counts.drawn, draw),
        (frame.say("递补的代表", "Alternates called"), counts.replacements, draw),
        (
            frame.say("先后通知的人数", "Persons called altogether"),
            counts.called,
            frame.say("抽取加递补", "drawn and called"),
        ),
        (frame.say("制作的评议卡", "Cards made"), counts.cards_made, archive),
        (frame.say("收到的票", "Ballots received"), counts.ballots, archive),
        (
            frame.say("没有投票的卡", "Cards without a ballot"),
            counts.cards_without_ballot,
            frame.say("制卡数减票数", "cards less ballots"),
        ),
        (
            frame.say("同一张卡的第二张票（已拒收）", "Second ballots of a card, refused"),
            counts.refused_ballots,
            frame.say("收票声明", "closing statement"),
        ),
    ]
}
