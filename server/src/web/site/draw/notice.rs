//! `/draw/{ceremony}/notice`: the announcement as a notice to be printed on A4 and hung on the wall.

use axum::extract::{Path, State};
use evaluation::pool::Half;
use maud::{Markup, html};

use super::super::SiteError;
use super::{announcement, marks};
use crate::app::App;
use crate::domain::Purpose;
use crate::error::NOTHING_HERE;
use crate::service::public::Year;
use crate::service::public::draw::{self, PublicDraw};
use crate::web::layout::{Frame, Place};

pub(in crate::web::site) async fn show(
    frame: Frame,
    State(app): State<App>,
    Path(ceremony): Path<String>,
) -> Result<Markup, SiteError> {
    let ceremony = ceremony.parse().map_err(|_| NOTHING_HERE)?;
    let (year, draw) = draw::find(&app.context, ceremony).await?;
    Ok(page(&frame.in_county(&year.rules.county), &app.public_url, &year, &draw))
}

/// The notice.
pub(in crate::web::site) fn page(frame: &Frame, address: &str, year: &Year, draw: &PublicDraw) -> Markup {
    let title = frame.pick(
        format!("{}年度评议代表抽取公告", year.rules.year),
        format!("Announcement of the draw of representatives, {}", year.rules.year),
    );
    let size: usize = Half::ALL.into_iter().map(|half| draw.pool.of(half)).sum();
    let body = html! {
        p class="no-print" {
            a href="/draw" { (frame.say("← 全部抽取", "← All draws")) } " · "
            (frame.say("可直接打印，A4 纸。", "Made to be printed on A4."))
        }
        article class="draw-notice" {
            h1 { (title) }
            @if draw.purpose == Purpose::Rehearsal {
                p class="stamp" { (frame.say("演练，不作数", "Rehearsal: does not count")) }
            }
            p class="subtitle" { (marks(frame, draw)) }
            p {
                (frame.pick(
                    format!("从已锁定的{size}人名单中公开抽取评议代表。下列事项在任何随机数产生之前公布，此后不再改动；名单或本公告改动一个字，哈希就不同，须重新公告。"),
                    format!(
                        "Representatives are drawn in public from the final pool of {size} people. What follows was published before \
                         any randomness existed and does not change: one letter more or less gives another hash, hence another draw."
                    ),
                ))
            }
            (announcement::hashes(frame, draw))
            (announcement::facts(frame, draw))
            h2 { (frame.say("怎样产生结果", "How the result comes about")) }
            p {
                (frame.say(
                    "各方先封存密数、公布承诺，再当众掷骰，然后一起打开信封。全部记录的 SHA-256 就是种子；每人的号签是种子加编号的 SHA-256，每组按号签从小到大抽取。只要有一方诚实，或骰子公正，谁也左右不了结果。",
                    "The parties seal secrets and publish commitments; then dice are thrown in public and all envelopes opened \
                     together. The SHA-256 of that record is the seed; a ticket is the SHA-256 of seed and id, and the lowest \
                     tickets of each half are drawn. If one party is honest, or the dice are, nobody steers the result.",
                ))
            }
            h2 { (frame.say("作废的处理", "If the draw is void")) }
            (announcement::void_rule(frame, draw))
            h2 { (frame.say("怎样核对", "How to check")) }
            ul {
                li {
                    (frame.say("文件和核验页：", "Files and the page that checks them: "))
                    span class="address" { (address) "/draw" }
                    (frame.say("。核验页在自己的浏览器里重做抽取，可另存后断网使用。", ". That page draws again in your own browser, also offline."))
                }
                li {
                    (frame.say("核对哈希：", "Check a hash: "))
                    code { "sha256sum announce.tsv" } " · " code { "shasum -a 256 announce.tsv" } " · "
                    code { "certutil -hashfile announce.tsv SHA256" }
                }
            }
            div class="print-only signatures" {
                p { (frame.say("创建办（盖章）", "Programme office (seal)")) }
                p { (frame.say("日期", "Date")) }
            }
        }
    };
    frame.page(Some(Place::Draw), &title, body)
}
