//! What the announcement of a draw says, for the page and for the printed notice alike (draw specification §4).

use evaluation::draw::announce::Terms;
use evaluation::pool::Half;
use maud::{Markup, html};

use super::people;
use crate::service::public::draw::PublicDraw;
use crate::web::layout::Frame;

/// The terms as names and values.
pub(super) fn facts(frame: &Frame, draw: &PublicDraw) -> Markup {
    let Terms { draw_id, quotas, dice_digits, public_source, min_reveals, parties, .. } =
        draw.announcement.terms();
    html! {
        dl class="facts" {
            dt { (frame.say("抽取编号", "Draw id")) } dd { code { (draw_id) } }
            dt { (frame.say("公告时间", "Announced")) } dd { (frame.minute(draw.announced_at)) }
            dt { (frame.say("参加方", "Parties")) }
            dd { ol class="inline" { @for party in parties { li { (party) } } } }
            @for half in Half::ALL {
                @let all = quotas.iter().filter(|quota| quota.half == half);
                dt { (people::name(frame, half)) }
                dd {
                    (chance(frame, draw, half))
                    @for quota in all {
                        br;
                        (quota.category)
                        (frame.pick(
                            format!("：至少{}人，至多{}人", quota.min, quota.max),
                            format!(": at least {}, at most {}", quota.min, quota.max),
                        ))
                    }
                }
            }
            dt { (frame.say("骰子", "Dice")) }
            dd { (frame.pick(format!("{dice_digits}位十进制数字"), format!("{dice_digits} decimal digits"))) }
            dt { (frame.say("公开来源", "Public source")) }
            dd { (public_source.as_deref().unwrap_or(frame.say("无", "none"))) }
            dt { (frame.say("至少打开的信封", "Envelopes needed")) }
            dd {
                (frame.pick(
                    format!("{min_reveals}（共{}个）", parties.len()),
                    format!("{min_reveals} of {}", parties.len()),
                ))
            }
        }
    }
}

/// The chance of everybody in a half in plain numbers; exact where there are no quotas (draw specification §9).
fn chance(frame: &Frame, draw: &PublicDraw, half: Half) -> Markup {
    let terms = draw.announcement.terms();
    let (take, members) = (*terms.take.of(half), *draw.pool.of(half));
    let has_quotas = terms.quotas.iter().any(|quota| quota.half == half);
    html! {
        (frame.pick(format!("{members}人中抽取{take}人。"), format!("{take} of {members} people. ")))
        @if has_quotas {
            (frame.pick(
                format!("平均机会{}；同一类别内人人机会相等。", percent(take, members)),
                format!("The mean chance is {}; within a category everybody's is the same.", percent(take, members)),
            ))
        } @else {
            (frame.pick(
                format!("人人机会相等：{take}/{members}，即{}。", percent(take, members)),
                format!("Everybody has the same chance: {take}/{members}, which is {}.", percent(take, members)),
            ))
        }
    }
}

/// `part` of `whole` in percent with one decimal, half up.
fn percent(part: usize, whole: usize) -> String {
    let tenths = part.saturating_mul(2000).saturating_add(whole) / whole.saturating_mul(2).max(1);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// The hashes that fix pool and announcement, large, in groups as they are read aloud.
pub(super) fn hashes(frame: &Frame, draw: &PublicDraw) -> Markup {
    let terms = draw.announcement.terms();
    html! {
        div class="fixed-hashes" {
            (large_hash(frame.say("公告 announce.tsv 的 SHA-256", "SHA-256 of the announcement, announce.tsv"), &draw.announcement.hash()))
            (large_hash(frame.say("名单 pool.tsv 的 SHA-256", "SHA-256 of the pool, pool.tsv"), &terms.pool_sha256))
        }
    }
}

/// A hash in groups of eight under its name.
pub(super) fn large_hash(name: &str, hash: &impl std::fmt::Display) -> Markup {
    let hash = hash.to_string();
    let groups = hash.as_bytes().chunks(8).map(|group| String::from_utf8_lossy(group).into_owned());
    html! {
        p class="hash-name" { (name) }
        p class="hash-groups" { @for group in groups { span { (group) } " " } }
    }
}

/// What happens if too few parties reveal, or the draw breaks off (draw specification §5).
pub(super) fn void_rule(frame: &Frame, draw: &PublicDraw) -> Markup {
    let needed = draw.announcement.terms().min_reveals;
    html! {
        ul {
            li { (frame.say(
                "信封里的数打不开自己的承诺，记为“缺失”；缺陷在掷骰之前就已定下，谁也不能借此挑选结果。",
                "An envelope that does not open its commitment counts as missing. The defect was there before the dice, so nobody \
                 can use it to choose.",
            )) }
            li { (frame.pick(
                format!("有效的信封不足{needed}个，本次抽取作废：记录照样公布，指明缺失的一方并不再邀请，另行公告，用新的编号和日期重新抽取。"),
                format!(
                    "With fewer than {needed} valid envelopes the draw is void: its record stays published, the party is named \
                     and excluded, and a new announcement with a new id and date follows."
                ),
            )) }
            li { (frame.say(
                "至多作废一次；第二次作废，改为当众手工抽号，并写明原因。作废的抽取和演练永远列在网站上。",
                "One void draw at most: after a second one numbered slips are drawn by hand in public. Void draws and rehearsals \
                 stay listed for ever.",
            )) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn chances_are_rounded_to_one_decimal() {
        assert_eq!(
            [(50, 150), (50, 120), (1, 16), (3, 3)].map(|(k, n)| percent(k, n)),
            ["33.3%", "41.7%", "6.3%", "100.0%"]
        );
        assert_eq!(percent(0, 0), "0.0%");
    }
}
