//! What the announcement of a draw says, for the page and for the printed notice alike (draw specification §4).

use evaluation::draw::announce::Terms;
use evaluation::pool::Half;
use maud::{Markup, html};

use super::people;
use crate::service::public::draw::PublicDraw;
use crate::web::chances::chances;
use crate::web::layout::Frame;

/// The terms as names and values.
pub(super) fn facts(frame: &Frame, draw: &PublicDraw) -> Markup {
    let Terms { draw_id, quotas, further_quotas, dice_digits, public_source, min_reveals, parties, .. } =
        draw.announcement.terms();
    html! {
        dl class="facts" {
            dt { (frame.say("抽取编号", "Draw id")) } dd { code { (draw_id) } }
            dt { (frame.say("公告时间", "Announced")) } dd { (frame.minute(draw.announced_at)) }
            dt { (frame.say("参加方", "Parties")) }
            dd { ol class="inline" { @for party in parties { li { (party) } } } }
            dt { (frame.say("机会", "Chances")) }
            dd { (chances(frame.language, draw.announcement.terms(), &draw.chances)) }
            @for half in Half::ALL {
                @let all: Vec<_> = quotas.iter().filter(|quota| quota.half == half).collect();
                @if !all.is_empty() {
                    dt { (people::name(frame, half)) (frame.say("名额", ": seats")) }
                    dd { @for quota in all { (bounds(frame, quota.category.as_str(), quota.min, quota.max)) br; } }
                }
            }
            @if let Some(further) = further_quotas {
                dt { (frame.say("其他名额（两组合计）", "Further quotas (both halves together)")) }
                dd { @for quota in further.features() {
                    (bounds(frame, &format!("{} {}", quota.column, quota.value), quota.min, quota.max)) br;
                } }
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

fn bounds(frame: &Frame, what: &str, min: usize, max: usize) -> String {
    frame.pick(format!("{what}：至少{min}人，至多{max}人"), format!("{what}: at least {min}, at most {max}"))
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
