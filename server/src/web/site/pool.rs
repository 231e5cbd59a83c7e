//! `/pool`: the locked pool with masked names, its file and hash.

use appearance::parts::{Column, Row, Tone, alert, table};
use axum::extract::State;
use axum::response::Response;
use evaluation::hash::Sha256Hash;
use evaluation::pool::{Half, Pool};
use evaluation::rules::Rules;
use maud::{Markup, html};

use super::SiteError;
use super::file::attachment;
use crate::service::Context;
use crate::service::public::pool::{self, PublicPool};
use crate::web::layout::{Frame, Place};

pub(super) async fn show(frame: Frame, State(context): State<Context>) -> Result<Markup, SiteError> {
    Ok(match pool::find(&context).await? {
        Some((year, public)) => page(&frame.in_county(&year.rules.county), Some(&year.rules), &public),
        None => page(&frame, None, &PublicPool::NotLocked { open: false }),
    })
}

/// `pool.tsv`.
pub(super) async fn file(State(context): State<Context>) -> Result<Response, SiteError> {
    Ok(attachment("pool.tsv", pool::file(&context).await?))
}

fn page(frame: &Frame, rules: Option<&Rules>, public: &PublicPool) -> Markup {
    let title = frame.say("评议代表库", "The pool of representatives");
    let body = html! {
        h1 { (title) }
        p class="lead" {
            (frame.say(
                "单位推荐、个人自荐，审核通过的人组成代表库；评议代表只从库中公开抽取。",
                "Units recommend people and people nominate themselves; those who are approved form the pool, and representatives are drawn from it alone, in public.",
            ))
        }
        @match (public, rules) {
            (PublicPool::Locked { pool, hash, draw_id, locked_at }, Some(rules)) => {
                (locked(frame, pool, *hash, &frame.minute(*locked_at)))
                (counts(frame, rules, pool))
                (explanation(frame, draw_id.as_deref()))
                @for half in Half::ALL { (people(frame, pool, half)) }
            }
            (PublicPool::NotLocked { open: true }, _) => (open(frame)),
            _ => (alert(Tone::Note, frame.say("代表库尚未锁定", "The pool is not locked yet"), &html! { p {
                (frame.say("锁定后，名单（姓名隐去中间的字）和核对码在这里公布。", "Once it is locked, the list with masked names and its hash appear here."))
            } })),
        }
    };
    frame.page(Some(Place::Pool), title, body)
}

fn open(frame: &Frame) -> Markup {
    html! {
        (alert(Tone::Note, frame.say("正在征集", "Nominations are open"), &html! { p {
            (frame.say("审核、锁定之后，名单（姓名隐去中间的字）和核对码在这里公布。", "After review and lock, the list with masked names and its hash appear here."))
        } }))
        div class="actions" {
            a class="button primary" href="/nominate" { (frame.say("自荐或推荐评议代表", "Nominate a representative")) }
            a class="button" href="/nominate/status" { (frame.say("凭查询码查看进度", "Look up a nomination")) }
        }
    }
}

fn locked(frame: &Frame, pool: &Pool, hash: Sha256Hash, locked_at: &str) -> Markup {
    let people = pool.members().len();
    html! {
        (alert(Tone::Done, &frame.pick(format!("代表库已锁定，共 {people} 人"), format!("The pool is locked: {people} people")), &html! { p {
            (frame.pick(format!("{locked_at}由两人共同锁定，此后一个字也不能改。"), format!("Locked by two people together, {locked_at}; not a byte can change since.")))
        } }))
        section {
            h2 { "pool.tsv" }
            p { (frame.say("SHA-256 核对码，抽取公告里写的必须是它：", "Its SHA-256, which the announcement of the draw must name:")) }
            p { code class="hash" { (hash) } }
            div class="actions" { a class="button primary" href="/pool/pool.tsv" { (frame.say("下载 pool.tsv", "Download pool.tsv")) } }
        }
    }
}

fn counts(frame: &Frame, rules: &Rules, pool: &Pool) -> Markup {
    let columns = [
        Column::words(frame.say("组别", "Half")),
        Column::words(frame.say("类别", "Category")),
        Column::numbers(frame.say("人数", "People")),
    ];
    let rows = Half::ALL.into_iter().flat_map(|half| {
        let categories = &rules.pool.halves.of(half).categories;
        categories.iter().map(move |category| {
            let people =
                pool.half(half).filter(|member| member.category().as_str() == category.name.zh).count();
            Row::from(vec![html! { (half) }, html! { (frame.label(&category.name)) }, html! { (people) }])
        })
    });
    let sizes = pool.sizes();
    let caption = frame.pick(
        format!(
            "A 组 {} 人，抽 {} 名；B 组 {} 人，抽 {} 名",
            sizes.a, rules.pool.halves.a.take, sizes.b, rules.pool.halves.b.take
        ),
        format!(
            "Half A: {} people, {} drawn; half B: {} people, {} drawn",
            sizes.a, rules.pool.halves.a.take, sizes.b, rules.pool.halves.b.take
        ),
    );
    table(&caption, &columns, rows)
}

fn explanation(frame: &Frame, draw_id: Option<&str>) -> Markup {
    html! {
        @if let Some(draw_id) = draw_id {
            section class="promise" {
                h2 { (frame.say("编号怎样对应到人", "How an id belongs to a person")) }
                p {
                    (frame.say(
                        "pool.tsv 中每人有一个身份锚（anchor），是用姓名、身份证号和只交给本人的盐值算出的 SHA-256。本人凭身份凭条可以证明自己是哪一号；任何人都不能在抽取之后换人。锚里的抽取编号固定为",
                        "In pool.tsv everybody has an anchor: the SHA-256 of name, ID card number and a salt that is given to that person alone. With the slip a person can prove the id; nobody can be swapped after the draw. The draw id inside the anchors is",
                    ))
                    " " code { (draw_id) }
                    (frame.say("，以后的抽取即使另有编号，锚也不变。", " and stays, even if a later draw has another id."))
                }
            }
        }
    }
}

/// Rows stay rows on a telephone: hundreds of people as cards would be a page without end.
fn people(frame: &Frame, pool: &Pool, half: Half) -> Markup {
    html! {
        table class="compact" {
            caption { (frame.pick(format!("{half} 组名单"), format!("Half {half}"))) }
            thead { tr {
                th scope="col" { (frame.say("编号", "Id")) }
                th scope="col" { (frame.say("姓名", "Name")) }
                th scope="col" { (frame.say("类别", "Category")) }
            } }
            tbody {
                @for member in pool.half(half) {
                    tr {
                        th scope="row" { code { (member.id()) } }
                        td { (pool.cell(member, "name").unwrap_or_default()) }
                        td { (member.category()) }
                    }
                }
            }
        }
    }
}
