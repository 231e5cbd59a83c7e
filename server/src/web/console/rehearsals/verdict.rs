//! The verdict of the logic and accuracy test, printed and signed: every office against the known answer.

use appearance::parts::{Column, Row, Tone, alert, table};
use evaluation::deck::Checked;
use evaluation::rules::Rules;
use maud::{Markup, html};

use crate::service::overview::PollView;
use crate::service::rehearsal::Verdict;
use crate::store::offices::Office;
use crate::web::console::parts::{facts, local_time};
use crate::web::counted::counted;
use crate::web::session::Operator;

/// The rehearsal in numbers.
pub(super) fn counts(operator: &Operator, view: &PollView) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let time = |time: Option<_>| html! { (time.map_or_else(|| "—".to_owned(), local_time)) };
    let poll = &view.poll;
    facts(&[
        (say("演练编号", "Rehearsal"), html! { span class="code" { (poll.id) } }),
        (say("状态", "State"), html! { (say(poll.state.zh(), poll.state.en())) }),
        (say("评议卡", "Cards"), html! { (view.registered) " / " (poll.cards) }),
        (say("票数", "Ballots"), html! { (view.turnout.ballots) }),
        (say("开启", "Opened"), time(poll.opened_at)),
        (say("结束投票", "Closed"), time(poll.closed_at)),
        (say("结束演练", "Ended"), time(poll.ended_at)),
    ])
}

/// Whether the decks came out as they are known to, and every office.
pub(super) fn verdict(
    operator: &Operator,
    rules: &Rules,
    offices: &[Office],
    view: &PollView,
    verdict: &Verdict,
) -> Markup {
    html! {
        section class="printed-page verdict" {
            p class="print-only" {
                (rules.title.zh) "　" (operator.say("演练，不作数", "Rehearsal, does not count")) "　" (view.poll.id)
            }
            (summary(operator, verdict))
            (office_table(operator, rules, offices, verdict))
            div class="print-only signatures" {
                @for words in [("测试人", "Tested by"), ("监督员", "Supervisor"), ("场务", "Steward"), ("日期", "Date")] {
                    p { (operator.say(words.0, words.1)) }
                }
            }
        }
    }
}

fn summary(operator: &Operator, verdict: &Verdict) -> Markup {
    let (ballots, deck) = (verdict.ballots, verdict.deck);
    let cast = counted(ballots, "ballot", "ballots");
    let wrong = verdict.offices.iter().filter(|office| !office.is_right()).count();
    match verdict.decks() {
        None => alert(
            Tone::Warning,
            operator.say("不是整副测试牌组，不能下结论", "These are no whole test decks: no verdict"),
            &html! { p { (operator.say(
                format!("共 {ballots} 张票，一副测试牌组是 {deck} 张。自由试投的演练没有已知答案；测试时每台投票机都要投完整副。"),
                format!("{cast}, and a test deck has {deck}. Where people voted freely there is no known answer; in a test every booth casts the whole deck."),
            )) } },
        ),
        Some(decks) if verdict.is_right() => alert(
            Tone::Done,
            operator.say("合格：全部股室与已知答案相符", "Passed: every office is as known"),
            &html! { p { (operator.say(
                format!("{decks} 副测试牌组，共 {ballots} 张票。"),
                format!("{}, {cast}.", counted(decks, "test deck", "test decks")),
            )) } },
        ),
        Some(decks) => alert(
            Tone::Problem,
            &operator.say(
                format!("不合格：{wrong} 个股室与已知答案不符"),
                format!(
                    "Failed: {} from the known answer",
                    counted(u64::try_from(wrong).unwrap_or(u64::MAX), "office differs", "offices differ")
                ),
            ),
            &html! { p { (operator.say(
                format!("{decks} 副测试牌组，共 {ballots} 张票。不符的股室标有 ✕。请逐台单独重测投票机，查明原因之前不得用于正式投票。"),
                format!("{}, {cast}. Offices that differ are marked ✕. Test the booths again one by one; none is used in the real poll until the cause is found.", counted(decks, "test deck", "test decks")),
            )) } },
        ),
    }
}

fn office_table(operator: &Operator, rules: &Rules, offices: &[Office], verdict: &Verdict) -> Markup {
    let mut columns =
        vec![Column::numbers(operator.say("序号", "No.")), Column::words(operator.say("股室", "Office"))];
    let abstention = rules.poll.abstention_allowed.then(|| operator.say("不了解", "No opinion"));
    let names = rules.grades.iter().map(|grade| operator.say(grade.name.zh.as_str(), grade.name.en.as_str()));
    columns.extend(names.chain(abstention).map(Column::numbers));
    columns.push(Column::words(operator.say("结论", "Verdict")));
    let known = verdict.decks().is_some();
    let rows =
        offices.iter().zip(&verdict.offices).map(|(office, checked)| row(operator, office, checked, known));
    let caption = operator.say("每个股室：票数（已知答案）", "Each office: ballots (known answer)");
    table(caption, &columns, rows)
}

fn row(operator: &Operator, office: &Office, checked: &Checked, known: bool) -> Row {
    let mut cells = vec![html! { (office.number) }, html! { (office.full_name) }];
    cells.extend(checked.found.iter().zip(&checked.expected).map(|(found, expected)| {
        html! { (found) @if known { " （" (expected) "）" } }
    }));
    cells.push(html! {
        @match (known, checked.is_right()) {
            (false, _) => "—",
            (true, true) => { "✓ " (operator.say("相符", "as known")) }
            (true, false) => strong { "✕ " (operator.say("不符", "differs")) },
        }
    });
    Row::from(cells)
}
