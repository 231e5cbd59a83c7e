//! Where a draw stands, and what is announced.

use appearance::parts::{Step, Tone, alert, steps};
use evaluation::pool::Half;
use maud::{Markup, html};

use crate::domain::{DrawState, EditionState};
use crate::service::draw::CeremonyView;
use crate::store::draws::Draw;
use crate::web::console::address::InEdition;
use crate::web::console::parts::{facts, large_hash, local_time};
use crate::web::session::Operator;

pub(super) fn lead(operator: &Operator, edition: &InEdition) -> Markup {
    html! {
        p class="lead" {
            (operator.say(
                "各方先交承诺、再掷骰、再开封，结果由公式唯一确定，任何人都可以重算，没有一方能够左右。",
                "Commitments first, then dice, then envelopes: the formula allows one result only, anybody can compute it again, and no single party can steer it.",
            ))
        }
        p class="no-print" {
            a class="button" href=(edition.path("/draw/screen")) target="_blank" {
                (operator.say("打开会场大屏", "Open the big screen"))
            }
        }
    }
}

pub(super) fn way(operator: &Operator, state: DrawState) -> Markup {
    let list = [
        operator.say("公告", "Announcement"),
        operator.say("收齐承诺", "Commitments"),
        operator.say("掷骰", "Dice"),
        operator.say("启封", "Envelopes opened"),
        operator.say("录入信封", "Envelopes typed"),
        operator.say("确认并抽取", "Confirm and draw"),
    ];
    let current = match state {
        DrawState::Announced | DrawState::Void => 1,
        DrawState::Committed => 2,
        DrawState::Thrown => 3,
        DrawState::Opened => 4,
        DrawState::Drawn => 6,
    };
    steps(&list.map(|label| Step { label, url: None }), current)
}

pub(super) fn announced(operator: &Operator, view: &CeremonyView) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let terms = view.announcement.terms();
    html! {
        section class="panel" {
            h2 { (say("公告", "Announcement")) }
            p class="muted" { (say("公告核对码（SHA-256），请当场宣读", "Hash of the announcement (SHA-256), to be read aloud")) }
            (large_hash(&view.announcement.hash().to_string()))
            @if let Some(hash) = view.list_hash {
                p class="muted" { (say("承诺名单核对码，请当场宣读", "Hash of the list of commitments, to be read aloud")) }
                (large_hash(&hash.to_string()))
            }
            (facts(&[
                (say("抽取编号", "Name"), html! { (terms.draw_id) }),
                (say("性质", "Purpose"), html! { (operator.say(view.draw.purpose.zh(), view.draw.purpose.en())) }),
                (say("公告时间", "Announced"), html! { (local_time(view.draw.announced_at)) }),
                (say("名额", "Seats"), html! { @for half in Half::ALL { (half) " " (terms.take.of(half)) "　" } }),
                (say("参加方", "Parties"), html! { @for (party, number) in terms.parties.iter().zip(1_usize..) { (number) " " (party) br; } }),
                (say("骰子位数", "Dice digits"), html! { (terms.dice_digits) }),
                (say("公开信源", "Public source"), html! { (terms.public_source.as_deref().unwrap_or(say("无", "none"))) }),
                (say("至少有效信封", "Fewest valid envelopes"), html! { (terms.min_reveals) }),
                (say("骰子点数", "Dice thrown"), html! { span class="code" { (view.draw.dice.as_deref().unwrap_or("—")) } }),
                (say("人员库核对码", "Hash of the pool"), html! { span class="code" { (terms.pool_sha256) } }),
            ]))
        }
    }
}

pub(super) fn not_yet(operator: &Operator, edition: &InEdition) -> Markup {
    let words = if edition.0.state < EditionState::PoolLocked {
        operator.say("人员库锁定之后才能公告抽取。", "The draw can be announced once the pool is locked.")
    } else {
        operator.say("创建办还没有公告抽取。", "The commission has not announced the draw yet.")
    };
    alert(Tone::Note, operator.say("还没有抽取", "No draw yet"), &html! { p { (words) } })
}

/// A void draw, or a rehearsal: they stay listed.
pub(super) fn earlier(operator: &Operator, draw: &Draw) -> Markup {
    let (zh_purpose, zh_state) = (draw.purpose.zh(), draw.state.zh());
    let headline = operator.say(
        format!("第 {} 次（{zh_purpose}）{zh_state}", draw.ceremony),
        format!("Draw no. {} ({}): {}", draw.ceremony, draw.purpose.en(), draw.state.en()),
    );
    let tone = if draw.state == DrawState::Void { Tone::Warning } else { Tone::Note };
    alert(
        tone,
        &headline,
        &html! {
            p { (operator.say("抽取编号：", "Name: ")) (draw.draw_id) }
            @if let Some(reason) = &draw.void_reason { p { (operator.say("原因：", "Reason: ")) (reason) } }
        },
    )
}
