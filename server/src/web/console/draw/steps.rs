//! The steps of a draw that people type in.

use appearance::parts::{Field, FieldKind, Step, steps};
use evaluation::draw::announce::Announcement;
use evaluation::pool::Half;
use evaluation::rules::Rules;
use maud::{Markup, html};

use crate::domain::DrawState;
use crate::service::overview::commitments_hash;
use crate::store::draws::Draw;
use crate::web::console::address::InEdition;
use crate::web::console::parts::{facts, large_hash, local_time};
use crate::web::error_page::PageError;
use crate::web::form::Form;
use crate::web::session::Operator;

pub(super) fn way(operator: &Operator, state: DrawState) -> Markup {
    let list = [
        operator.say("公告", "Announcement"),
        operator.say("收齐承诺", "Commitments"),
        operator.say("掷骰", "Dice"),
        operator.say("开封并确认", "Reveals, confirmed"),
    ];
    let current = match state {
        DrawState::Announced | DrawState::Void => 1,
        DrawState::Committed => 2,
        DrawState::Thrown => 3,
        DrawState::Drawn => 4,
    };
    steps(&list.map(|label| Step { label, url: None }), current)
}

pub(super) fn announce_form(
    operator: &Operator,
    edition: &InEdition,
    rules: &Rules,
    earlier: usize,
    sent: &Form,
) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let typed = |name: &str, default: String| match sent.text(name) {
        "" => default,
        text => text.to_owned(),
    };
    let id = typed("draw_id", format!("{}-{}", rules.name, earlier.saturating_add(1)));
    let dice = typed("dice_digits", rules.draw.dice_digits.to_string());
    html! {
        form class="panel" method="post" action=(edition.path("/draw")) {
            h2 { (say("公告抽取", "Announce the draw")) }
            p { (say("公告发布时还没有任何随机数；发布后不能更改，只能作废重来。", "When the announcement is published no randomness exists. It cannot be changed after that, only declared void.")) }
            (Field { value: &id, hint: Some(say("与任何一次抽取都不同", "Different from every other draw")), ..Field::line("draw_id", say("抽取编号", "Name of the draw")) })
            (Field {
                value: sent.text("parties"),
                hint: Some(&operator.say(
                    format!("每行一方，至少 {} 方，例如：县纪委监委、县人大、县政协。顺序即编号。", rules.draw.min_parties),
                    format!("One a line, at least {}, such as: discipline commission, People's Congress, Political Consultative Conference. Their order is their number.", rules.draw.min_parties),
                )),
                ..Field::new("parties", say("参加方", "Parties"), FieldKind::Lines { rows: 4, longest: None })
            })
            (Field { value: &dice, hint: Some(say("建议 24 位十进制数字", "24 decimal digits are advised")), ..Field::new("dice_digits", say("骰子位数", "Dice digits"), FieldKind::Line("number")) })
            (Field {
                value: sent.text("public_source"),
                required: false,
                hint: Some(say("可不填。写明将来才公布的数值：名称、期号、取哪些位。例如：福彩双色球 第2020130期 六个红球依次", "Optional. A value that does not exist yet: what, which issue, which digits in which order.")),
                ..Field::line("public_source", say("公开信源", "Public source"))
            })
            div class="actions" { button class="primary" { (say("发布公告", "Publish the announcement")) } }
        }
    }
}

pub(super) fn announced(
    operator: &Operator,
    draw: &Draw,
    announcement: &Announcement,
) -> Result<Markup, PageError> {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let terms = announcement.terms();
    let closed = commitments_hash(draw)?;
    Ok(html! {
        section class="panel" {
            h2 { (say("公告", "Announcement")) }
            p class="muted" { (say("公告核对码（SHA-256），请当场宣读", "Hash of the announcement (SHA-256), to be read aloud")) }
            (large_hash(&announcement.hash().to_string()))
            @if let Some(hash) = closed {
                p class="muted" { (say("承诺名单核对码，请当场宣读", "Hash of the list of commitments, to be read aloud")) }
                (large_hash(&hash.to_string()))
            }
            (facts(&[
                (say("抽取编号", "Name"), html! { (terms.draw_id) }),
                (say("公告时间", "Announced"), html! { (local_time(draw.announced_at)) }),
                (say("名额", "Seats"), html! { @for half in Half::ALL { (half) " " (terms.take.of(half)) "　" } }),
                (say("参加方", "Parties"), html! { @for (party, number) in terms.parties.iter().zip(1_usize..) { (number) " " (party) br; } }),
                (say("骰子位数", "Dice digits"), html! { (terms.dice_digits) }),
                (say("公开信源", "Public source"), html! { (terms.public_source.as_deref().unwrap_or(say("无", "none"))) }),
                (say("至少有效开封", "Fewest valid reveals"), html! { (terms.min_reveals) }),
                (say("骰子点数", "Dice thrown"), html! { span class="code" { (draw.dice.as_deref().unwrap_or("—")) } }),
                (say("人员库核对码", "Hash of the pool"), html! { span class="code" { (terms.pool_sha256) } }),
            ]))
        }
    })
}

pub(super) fn commitment_form(
    operator: &Operator,
    action: &str,
    announcement: &Announcement,
    sent: &Form,
) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        form class="panel" method="post" action=(action) {
            h2 { (say("录入承诺值", "Enter the commitments")) }
            p { (say("各方交来的是承诺值，秘密值留在密封的信封里。全部录入后名单封闭，不能再改。", "The parties hand in commitments; their secrets stay in sealed envelopes. Once all are entered the list is closed and cannot be changed.")) }
            (party_fields(operator, announcement, sent, "commitment", say("64 位小写十六进制数", "64 lower-case hexadecimal digits")))
            div class="actions" { button class="primary" { (say("封闭承诺名单", "Close the list of commitments")) } }
        }
    }
}

pub(super) fn dice_form(
    operator: &Operator,
    action: &str,
    announcement: &Announcement,
    sent: &Form,
) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let count = announcement.terms().dice_digits;
    let hint =
        operator.say(format!("{count} 位数字，可以分组输入"), format!("{count} digits; groups are fine"));
    let field = |name, label| Field { value: sent.text(name), hint: Some(&hint), ..Field::line(name, label) };
    html! {
        form class="panel" method="post" action=(action) {
            h2 { (say("录入骰子点数", "Enter the dice")) }
            p { (say("由两名记录员各看各的、各录一遍，两遍必须一致。", "Two clerks type the digits independently; both must agree.")) }
            (field("first", say("第一名记录员", "First clerk")))
            (field("second", say("第二名记录员", "Second clerk")))
            div class="actions" { button class="primary" { (say("记录点数", "Record the dice")) } }
        }
    }
}

pub(super) fn reveal_form(
    operator: &Operator,
    action: &str,
    announcement: &Announcement,
    sent: &Form,
) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    let hint = say(
        "信封里的 64 位十六进制数；未到或与承诺不符的写 MISSING",
        "The 64 hexadecimal digits of the envelope; MISSING if it is absent or does not open its commitment",
    );
    html! {
        form class="panel" method="post" action=(action) {
            h2 { (say("开封，录入秘密值", "Open the envelopes and enter the secrets")) }
            p { (say("全部信封打开后再录入。提交后由监督员对照信封确认，确认时才计算结果。", "Type them once all envelopes are open. The supervisor then compares them with the envelopes and confirms; only then is the result computed.")) }
            (party_fields(operator, announcement, sent, "secret", hint))
            @if let Some(source) = &announcement.terms().public_source {
                (Field { value: sent.text("public_value"), hint: Some(source), ..Field::line("public_value", say("公开信源的数值", "Value of the public source")) })
            }
            div class="actions" { button class="primary" { (say("提出抽取，等待确认", "Propose the draw")) } }
        }
    }
}

pub(super) fn void_form(operator: &Operator, action: &str, sent: &Form) -> Markup {
    let say = |zh: &'static str, en: &'static str| operator.say(zh, en);
    html! {
        details {
            summary { (say("作废这次抽取", "Declare this draw void")) }
            form class="panel" method="post" action=(action) {
                p { (say("公告和原因会一直公开保留，然后可以重新公告。", "The announcement and the reason stay public; then another draw can be announced.")) }
                (Field { value: sent.text("reason"), ..Field::line("reason", say("作废原因", "Reason")) })
                div class="actions" { button class="grave" { (say("作废", "Declare void")) } }
            }
        }
    }
}

fn party_fields(
    operator: &Operator,
    announcement: &Announcement,
    sent: &Form,
    name: &str,
    hint: &str,
) -> Markup {
    html! {
        @for (party, number) in announcement.terms().parties.iter().zip(1_usize..) {
            @let field = format!("{name}-{number}");
            @let label = operator.say(format!("第 {number} 方：{party}"), format!("Party {number}: {party}"));
            (Field { value: sent.text(&field), hint: Some(hint), ..Field::line(&field, &label) })
        }
    }
}
