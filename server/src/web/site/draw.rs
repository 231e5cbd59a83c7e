//! `/draw`: how the representatives were drawn, and the files to draw again.

use appearance::parts::{Tone, alert};
use axum::extract::{Path, State};
use axum::response::Response;
use evaluation::draw::announce::Terms;
use evaluation::draw::select::{Ranked, Status};
use evaluation::pool::Half;
use evaluation::rules::Rules;
use maud::{Markup, html};

use super::SiteError;
use super::file::attachment;
use crate::domain::{DrawState, Purpose};
use crate::error::NOTHING_HERE;
use crate::service::Context;
use crate::service::public::Year;
use crate::service::public::draw::{self, Drawn, PublicDraw};
use crate::store::absences::Absence;
use crate::web::layout::{Frame, Place};

pub(super) async fn show(frame: Frame, State(context): State<Context>) -> Result<Markup, SiteError> {
    Ok(match draw::list(&context).await? {
        Some((year, ceremonies)) => page(&frame.in_county(&year.rules.county), Some(&year), &ceremonies),
        None => page(&frame, None, &[]),
    })
}

/// A file of the ceremony that counts.
pub(super) async fn file(
    State(context): State<Context>,
    Path(name): Path<String>,
) -> Result<Response, SiteError> {
    Ok(attachment(&name, draw::file(&context, None, &name).await?))
}

/// A file of any ceremony.
pub(super) async fn file_of_ceremony(
    State(context): State<Context>,
    Path((ceremony, name)): Path<(String, String)>,
) -> Result<Response, SiteError> {
    let ceremony = ceremony.parse().map_err(|_| NOTHING_HERE)?;
    Ok(attachment(&name, draw::file(&context, Some(ceremony), &name).await?))
}

/// The page: the latest real ceremony first, then the others.
pub(super) fn page(frame: &Frame, year: Option<&Year>, ceremonies: &[PublicDraw]) -> Markup {
    let title = frame.say("评议代表抽取", "The draw of the representatives");
    let main = ceremonies.iter().rfind(|draw| draw.purpose == Purpose::Real);
    let others = ceremonies.iter().filter(|draw| main.is_none_or(|main| draw.ceremony != main.ceremony));
    let body = html! {
        h1 { (title) }
        p class="lead" {
            (frame.say(
                "种子由各方事先封存的秘密值、现场掷出的骰子共同产生；只要有一方诚实，谁也左右不了结果。每人的号签就是一次 SHA-256，任何人都能重算。",
                "The seed is made of secrets that the parties sealed beforehand and of dice thrown in the hall: if one of \
                 them is honest, nobody steers the result. Each person's ticket is one SHA-256 that anybody can compute.",
            ))
        }
        @match (year, main) {
            (Some(year), Some(draw)) => (ceremony(frame, &year.rules, draw)),
            _ => (alert(Tone::Note, frame.say("尚未公告", "Not announced yet"), &html! { p {
                (frame.say("人员库锁定后，先公告名单的哈希和规则，再举行抽取。", "Once the pool is final, its hash and the terms are announced; then the draw is held."))
            } })),
        }
        @if let Some(year) = year {
            @for draw in others {
                hr;
                h2 {
                    (frame.pick(format!("第{}次", draw.ceremony), format!("Ceremony {}", draw.ceremony))) "："
                    (frame.say(draw.purpose.zh(), draw.purpose.en()))
                }
                (ceremony(frame, &year.rules, draw))
            }
        }
    };
    frame.page(Some(Place::Draw), title, body)
}

fn ceremony(frame: &Frame, rules: &Rules, draw: &PublicDraw) -> Markup {
    let (tone, headline) = match draw.state {
        DrawState::Drawn => (Tone::Done, frame.say("抽取已完成", "The draw is complete")),
        DrawState::Void => (Tone::Warning, frame.say("本次抽取作废", "This draw is void")),
        DrawState::Announced => (Tone::Note, frame.say("已公告，尚未抽取", "Announced, not drawn yet")),
        DrawState::Committed | DrawState::Thrown => {
            (Tone::Note, frame.say("抽取正在进行", "The draw is under way"))
        }
    };
    let detail = html! {
        p {
            (frame.say("抽取编号", "Draw")) " " code { (draw.announcement.terms().draw_id) } " · "
            (frame.pick(format!("第{}次", draw.ceremony), format!("ceremony {}", draw.ceremony)))
        }
        @if let Some(reason) = &draw.void_reason { p { (frame.say("原因：", "Reason: ")) (reason) } }
    };
    html! {
        (alert(tone, headline, &detail))
        (announcement(frame, draw))
        (envelopes(frame, draw))
        @if let Some(drawn) = &draw.drawn {
            (seed(frame, draw, drawn))
            @for half in Half::ALL { (representatives(frame, rules, half, drawn)) }
            @if !draw.absences.is_empty() { (absences(frame, &draw.absences)) }
        }
        (files(frame, draw))
    }
}

fn announcement(frame: &Frame, draw: &PublicDraw) -> Markup {
    let Terms { pool_sha256, take, quotas, dice_digits, public_source, min_reveals, parties, .. } =
        draw.announcement.terms();
    html! {
        section {
            h2 { (frame.say("一、公告", "1. Announcement")) }
            p class="muted" { (frame.say("在任何随机数产生之前公布，此后不能改动。", "Public before any randomness existed; fixed since.")) }
            dl class="facts" {
                dt { (frame.say("参加方", "Parties")) }
                dd { ol class="inline" { @for party in parties { li { (party) } } } }
                @for half in Half::ALL {
                    dt { (half_name(frame, half)) }
                    dd {
                        (frame.pick(
                            format!("{}人中抽取{}人", draw.pool.of(half), take.of(half)),
                            format!("{} of {} people", take.of(half), draw.pool.of(half)),
                        ))
                    }
                }
                @for quota in quotas {
                    dt { (quota.category) } dd { (quota.min) "–" (quota.max) }
                }
                dt { (frame.say("骰子", "Dice")) }
                dd { (frame.pick(format!("{dice_digits}位十进制数字"), format!("{dice_digits} decimal digits"))) }
                dt { (frame.say("公开来源", "Public source")) }
                dd { (public_source.as_deref().unwrap_or(frame.say("无", "none"))) }
                dt { (frame.say("至少打开的信封", "Envelopes needed")) } dd { (min_reveals) }
                dt { (frame.say("名单哈希", "Hash of the pool")) } dd { (hash(pool_sha256)) }
                dt { (frame.say("公告哈希", "Hash of this announcement")) } dd { (hash(&draw.announcement.hash())) }
            }
        }
    }
}

fn envelopes(frame: &Frame, draw: &PublicDraw) -> Markup {
    let opened = draw.drawn.as_ref().map(|drawn| drawn.opened.as_slice()).unwrap_or_default();
    html! {
        @if !draw.commitments.is_empty() {
            section {
                h2 { (frame.say("二、封存与掷骰", "2. Envelopes and dice")) }
                table class="compact" {
                    caption { (frame.say("各方的承诺值（秘密值的哈希）", "Commitments: hashes of the sealed secrets")) }
                    thead { tr {
                        th scope="col" { (frame.say("参加方", "Party")) }
                        th scope="col" { (frame.say("承诺值", "Commitment")) }
                        th scope="col" { (frame.say("信封", "Envelope")) }
                    } }
                    tbody {
                        @for (index, commitment) in draw.commitments.iter().enumerate() {
                            tr {
                                th scope="row" { (draw.announcement.terms().parties.get(index).map_or("", String::as_str)) }
                                td { (hash(commitment)) }
                                td {
                                    @match opened.get(index) {
                                        Some(true) => span class="badge" { (frame.say("相符", "opens it")) },
                                        Some(false) => span class="badge grave" { (frame.say("缺失", "missing")) },
                                        None => span class="muted" { (frame.say("未开启", "sealed")) },
                                    }
                                }
                            }
                        }
                    }
                }
                @if let Some(dice) = &draw.dice {
                    p { (frame.say("掷出的数字", "Digits thrown")) }
                    p class="dice" { (in_groups(dice)) }
                }
                @if let Some(value) = draw.drawn.as_ref().and_then(|drawn| drawn.public_value.as_ref()) {
                    p { (frame.say("公开来源的值：", "Value of the public source: ")) code { (value) } }
                }
            }
        }
    }
}

fn seed(frame: &Frame, draw: &PublicDraw, drawn: &Drawn) -> Markup {
    let first = drawn.result.ranking(Half::A).first();
    let seed = drawn.result.seed();
    html! {
        section {
            h2 { (frame.say("三、种子", "3. Seed")) }
            p { (frame.say("种子就是抽取记录文件 seed.tsv 的 SHA-256：", "The seed is the SHA-256 of the transcript, the file seed.tsv:")) }
            p { (hash(&seed)) }
            @if let Some(Ranked { id, ticket, .. }) = first {
                p {
                    (frame.pick(
                        format!("人人可以手工核对自己的号签。例如 {id}："),
                        format!("Everybody can check a ticket by hand. For {id}:"),
                    ))
                }
                pre { code { "printf 'public-draw/1\\tticket\\t" (seed) "\\t" (id) "\\n' | sha256sum" } }
                p { (frame.say("应得到 ", "It must print ")) (hash(ticket)) }
            }
            p class="muted small" {
                (frame.pick(
                    format!("打开承诺值的信封：{} / {}。", drawn.opened.iter().filter(|opened| **opened).count(), draw.commitments.len()),
                    format!("Envelopes that opened their commitment: {} of {}.", drawn.opened.iter().filter(|opened| **opened).count(), draw.commitments.len()),
                ))
            }
        }
    }
}

fn representatives(frame: &Frame, rules: &Rules, half: Half, drawn: &Drawn) -> Markup {
    let selected: Vec<_> = drawn.result.selected(half).collect();
    let alternates: Vec<_> = drawn.result.alternates(half).collect();
    let caption = frame.pick(
        format!("抽中{}人，按号签从小到大", selected.len()),
        format!("{} drawn, by ticket", selected.len()),
    );
    html! {
        section id={ "half-" (half) } {
            h2 { (half_name(frame, half)) }
            p class="muted" {
                @for (index, category) in rules.pool.halves.of(half).categories.iter().enumerate() {
                    @if index > 0 { (frame.say("、", ", ")) }
                    (frame.label(&category.name))
                }
            }
            (people(frame, rules, &caption, &selected, drawn))
            details {
                summary {
                    (frame.pick(
                        format!("候补{}人，按递补顺序", alternates.len()),
                        format!("{} alternates, in the order in which they are called", alternates.len()),
                    ))
                }
                (people(frame, rules, frame.say("候补", "Alternates"), &alternates, drawn))
            }
        }
    }
}

fn people(frame: &Frame, rules: &Rules, caption: &str, list: &[&Ranked], drawn: &Drawn) -> Markup {
    html! {
        table class="compact people" {
            caption { (caption) }
            thead { tr {
                th scope="col" class="number" { (frame.say("名次", "Rank")) }
                th scope="col" { (frame.say("编号", "Id")) }
                th scope="col" { (frame.say("类别", "Category")) }
                th scope="col" { (frame.say("号签（前12位）", "Ticket (first 12)")) }
                th scope="col" { (frame.say("状态", "Status")) }
            } }
            tbody {
                @for person in list {
                    tr {
                        td class="number" { (person.rank) }
                        th scope="row" { code { (person.id) } }
                        td { (category(frame, rules, person)) }
                        td { code title=(person.ticket) { (short(&person.ticket.to_string())) } }
                        td { (status(frame, person, drawn)) }
                    }
                }
            }
        }
    }
}

/// The category in the language of the page; the pool holds the Chinese name.
fn category<'a>(frame: &'a Frame, rules: &'a Rules, person: &'a Ranked) -> &'a str {
    let all = Half::ALL.into_iter().flat_map(|half| &rules.pool.halves.of(half).categories);
    let found = all.into_iter().find(|category| category.name.zh == person.category.as_str());
    found.map_or(person.category.as_str(), |category| frame.label(&category.name))
}

fn status(frame: &Frame, person: &Ranked, drawn: &Drawn) -> Markup {
    let gone = drawn.replacements.iter().find(|replacement| replacement.absent == person.id);
    let called = drawn.replacements.iter().any(|replacement| replacement.called.as_ref() == Some(&person.id));
    html! {
        @match (gone, called, person.status) {
            (Some(replacement), _, _) => {
                span class="badge flagged" { (frame.say("缺席", "absent")) }
                @if let Some(next) = &replacement.called { " → " code { (next) } }
            },
            (None, true, _) => span class="badge" { (frame.say("已递补", "called")) },
            (None, false, Status::Selected) => span class="badge" { (frame.say("抽中", "drawn")) },
            (None, false, Status::Alternate(number)) => { (frame.say("候补", "alternate ")) (number) },
        }
    }
}

/// Who lost a seat and why; nobody's name, and of the document number and hash only.
fn absences(frame: &Frame, list: &[Absence]) -> Markup {
    html! {
        section id="absences" {
            h2 { (frame.say("缺席和递补", "Absences and replacements")) }
            table class="compact" {
                caption {
                    (frame.say("按批准次序，每项由两人办理", "In the order of approval, each by two people"))
                }
                thead { tr {
                    th scope="col" class="number" { (frame.say("序号", "No.")) }
                    th scope="col" { (frame.say("缺席", "Absent")) }
                    th scope="col" { (frame.say("原因", "Reason")) }
                    th scope="col" { (frame.say("递补", "Called")) }
                    th scope="col" { (frame.say("文号", "Document")) }
                    th scope="col" { (frame.say("文件核对码（前12位）", "Its hash (first 12)")) }
                } }
                tbody {
                    @for absence in list {
                        @let document = absence.document.to_string();
                        tr {
                            td class="number" { (absence.number) }
                            th scope="row" { code { (absence.member) } }
                            td { (frame.say(absence.reason.zh(), absence.reason.en())) }
                            td {
                                @match &absence.called {
                                    Some(called) => code { (called) },
                                    None => (frame.say("无人可递补，席位空缺", "nobody left; the seat is empty")),
                                }
                            }
                            td { (absence.document_number) }
                            td { code title=(document) { (short(&document)) } }
                        }
                    }
                }
            }
        }
    }
}

fn files(frame: &Frame, draw: &PublicDraw) -> Markup {
    html! {
        section {
            h2 { (frame.say("文件", "Files")) }
            ul class="files" {
                @for name in &draw.files {
                    li { a href={ "/draw/" (draw.ceremony) "/" (name) } { code { (name) } } " " (about(frame, name)) }
                }
            }
            @if draw.drawn.is_some() {
                p { (frame.say("把这些文件放进一个文件夹，就能重做整个抽取：", "With these files in one folder, the whole draw can be done again:")) }
                pre { code { "pingyi draw verify draw/" } }
            }
        }
    }
}

fn about(frame: &Frame, name: &str) -> &'static str {
    match name {
        "pool.tsv" => frame.say("人员库名单，抽取前公布", "the pool, published before the draw"),
        "announce.tsv" => frame.say("公告", "the announcement"),
        "seed.tsv" => frame.say("抽取记录，它的哈希就是种子", "the transcript; its hash is the seed"),
        "result.tsv" => frame.say("全部名次、号签和状态", "all ranks, tickets and statuses"),
        "absences.tsv" => frame.say("缺席人员", "absences"),
        "replacements.tsv" => frame.say("递补人员", "replacements"),
        _ => "",
    }
}

fn half_name(frame: &Frame, half: Half) -> String {
    frame.pick(format!("{half}组"), format!("Half {half}"))
}

fn hash(value: &impl std::fmt::Display) -> Markup {
    html! { code class="hash" { (value.to_string()) } }
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// Digits in groups of four, as they are read aloud.
fn in_groups(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
