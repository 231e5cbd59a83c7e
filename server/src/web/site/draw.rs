//! `/draw`: how the representatives were drawn, and the files to draw again.

mod announcement;
pub(super) mod check;
pub(super) mod notice;
mod people;

use appearance::parts::{Column, Row, Tone, alert, table};
use axum::extract::{Path, State};
use axum::response::Response;
use evaluation::draw::Retry;
use evaluation::draw::select::Ranked;
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

/// The page: the ceremony that counts first, then the others. What was void or a rehearsal stays listed for ever.
pub(super) fn page(frame: &Frame, year: Option<&Year>, ceremonies: &[PublicDraw]) -> Markup {
    let title = frame.say("评议代表抽取", "The draw of the representatives");
    let main = main(ceremonies);
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
        section {
            h2 { (frame.say("自己核验", "Check it yourself")) }
            (check::link(frame))
        }
        @if !ceremonies.is_empty() { (history(frame, ceremonies)) }
        @if let Some(year) = year {
            @for draw in others {
                details class="other-ceremony" id={ "ceremony-" (draw.ceremony) } {
                    summary { (ordinal(frame, draw)) " " (marks(frame, draw)) }
                    (ceremony(frame, &year.rules, draw))
                }
            }
        }
    };
    frame.page(Some(Place::Draw), title, body)
}

/// The ceremony that counts: the completed one, else the latest that is not void, else the latest.
fn main(ceremonies: &[PublicDraw]) -> Option<&PublicDraw> {
    let real = || ceremonies.iter().filter(|draw| draw.purpose == Purpose::Real);
    let completed = real().rfind(|draw| draw.state == DrawState::Drawn);
    completed.or_else(|| real().rfind(|draw| draw.state != DrawState::Void)).or_else(|| real().next_back())
}

/// Every ceremony there ever was.
fn history(frame: &Frame, ceremonies: &[PublicDraw]) -> Markup {
    let columns = [
        Column::words(frame.say("次序", "Ceremony")),
        Column::words(frame.say("编号", "Draw id")),
        Column::words(frame.say("公告时间", "Announced")),
        Column::words(frame.say("结果", "Outcome")),
        Column::words(frame.say("公告", "Notice")),
    ];
    let outcome = |draw: &PublicDraw| {
        html! {
            (marks(frame, draw))
            @if let Some(reason) = &draw.void_reason { br; (frame.say("原因：", "Reason: ")) (reason) }
        }
    };
    let row = |draw: &PublicDraw| {
        Row::from(vec![
            html! { (ordinal(frame, draw)) },
            html! { code { (draw.announcement.terms().draw_id) } },
            html! { (frame.minute(draw.announced_at)) },
            outcome(draw),
            html! { a href={ "/draw/" (draw.ceremony) "/notice" } { (frame.say("打印", "Print")) } },
        ])
    };
    html! {
        section id="history" {
            h2 { (frame.say("历次抽取", "All ceremonies")) }
            (table(
                frame.say("作废的抽取和演练也永远列在这里。", "Void draws and rehearsals stay listed here for ever."),
                &columns,
                ceremonies.iter().map(row),
            ))
        }
    }
}

fn ordinal(frame: &Frame, draw: &PublicDraw) -> String {
    frame.pick(format!("第{}次", draw.ceremony), format!("Ceremony {}", draw.ceremony))
}

/// Whether it counts, and where it stands, in words.
fn marks(frame: &Frame, draw: &PublicDraw) -> Markup {
    html! {
        @match draw.purpose {
            Purpose::Real => span class="badge" { (frame.say("正式", "real")) },
            Purpose::Rehearsal => span class="badge flagged" { (frame.say("演练，不作数", "rehearsal, does not count")) },
        }
        " "
        @match draw.state {
            DrawState::Void => span class="badge flagged" { (frame.say("已作废", "void")) },
            state => span class="badge" { (frame.say(state.zh(), state.en())) },
        }
    }
}

fn ceremony(frame: &Frame, rules: &Rules, draw: &PublicDraw) -> Markup {
    let (tone, headline) = match draw.state {
        DrawState::Drawn => (Tone::Done, frame.say("抽取已完成", "The draw is complete")),
        DrawState::Void => (Tone::Warning, frame.say("本次抽取作废", "This draw is void")),
        DrawState::Announced => (Tone::Note, frame.say("已公告，尚未抽取", "Announced, not drawn yet")),
        DrawState::Committed | DrawState::Thrown | DrawState::Opened => {
            (Tone::Note, frame.say("抽取正在进行", "The draw is under way"))
        }
    };
    let detail = html! {
        p { (marks(frame, draw)) }
        p {
            (frame.say("抽取编号", "Draw")) " " code { (draw.announcement.terms().draw_id) } " · "
            (frame.pick(format!("第{}次", draw.ceremony), format!("ceremony {}", draw.ceremony)))
        }
        @if let Some(reason) = &draw.void_reason { p { (frame.say("原因：", "Reason: ")) (reason) } }
    };
    html! {
        (alert(tone, headline, &detail))
        (announced(frame, draw))
        (envelopes(frame, draw))
        @if let Some(drawn) = &draw.drawn {
            (seed(frame, draw, drawn))
            @for half in Half::ALL { (people::half(frame, rules, half, draw, drawn)) }
            @if !draw.absences.is_empty() { (absences(frame, &draw.absences)) }
        }
        (files(frame, draw))
    }
}

fn announced(frame: &Frame, draw: &PublicDraw) -> Markup {
    html! {
        section {
            h2 { (frame.say("一、公告", "1. Announcement")) }
            p class="muted" { (frame.say("在任何随机数产生之前公布，此后不能改动。", "Public before any randomness existed; fixed since.")) }
            (announcement::facts(frame, draw))
            (announcement::hashes(frame, draw))
            details {
                summary { (frame.say("作废怎样处理", "What happens if a draw is void")) }
                (announcement::void_rule(frame, draw))
            }
            p {
                a href={ "/draw/" (draw.ceremony) "/notice" } { (frame.say("可打印的公告（A4）", "The notice to be printed (A4)")) }
            }
        }
    }
}

fn envelopes(frame: &Frame, draw: &PublicDraw) -> Markup {
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
                                    @match draw.envelopes.get(index).copied().flatten() {
                                        Some(true) => span class="badge" { (frame.say("相符", "opens it")) },
                                        Some(false) => span class="badge grave" { (frame.say("缺失", "missing")) },
                                        None => span class="muted" { (frame.say("未开启", "sealed")) },
                                    }
                                }
                            }
                        }
                    }
                }
                @if let Some(hash) = &draw.closing_hash() {
                    (announcement::large_hash(
                        frame.say("掷骰前宣读的哈希（公告和各方承诺）", "Hash read out before the dice: announcement and commitments"),
                        hash,
                    ))
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
    let (seed, ticket_seed) = (drawn.result.seed(), drawn.result.ticket_seed());
    html! {
        section {
            h2 { (frame.say("三、种子", "3. Seed")) }
            p { (frame.say("种子就是抽取记录文件 seed.tsv 的 SHA-256：", "The seed is the SHA-256 of the transcript, the file seed.tsv:")) }
            p { (hash(&seed)) }
            @if let Some(Retry { t, seed }) = drawn.result.retry() {
                p {
                    (frame.pick(
                        format!("依次换种子重抽，第{t}次（从0数起）首先满足全部名额，其种子为："),
                        format!("The draw was repeated with seeds in order; try {t} (counted from 0) is the first that meets all quotas. Its seed:"),
                    ))
                }
                p { (hash(&seed)) }
            }
            @if let Some(Ranked { id, ticket, .. }) = first {
                p {
                    (frame.pick(
                        format!("人人可以手工核对自己的号签。例如 {id}："),
                        format!("Everybody can check a ticket by hand. For {id}:"),
                    ))
                }
                pre { code { "printf 'public-draw/1\\tticket\\t" (ticket_seed) "\\t" (id) "\\n' | sha256sum" } }
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
                            td { code title=(document) { (people::short(&document)) } }
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

fn hash(value: &impl std::fmt::Display) -> Markup {
    html! { code class="hash" { (value.to_string()) } }
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

#[cfg(test)]
mod tests {
    use appearance::Language;

    use super::*;
    use crate::service::public::draw::tests::vector;
    use crate::web::layout::tests::frame;

    fn halves(frame: &Frame, draw: &PublicDraw) -> String {
        let (rules, drawn) = (Rules::ningjin_2020(), draw.drawn.as_ref().unwrap());
        Half::ALL.map(|half| people::half(frame, &rules, half, draw, drawn).into_string()).concat()
    }

    #[test]
    fn masked_names_stand_beside_the_ids_and_names_written_out_are_never_shown() {
        let mut draw = vector();
        let frame = frame(Language::Chinese);
        let plain = halves(&frame, &draw);
        assert!(
            !plain.contains("孙安静") && !plain.contains("姓名"),
            "the pool of the vector has full names"
        );
        draw.names.insert("P001".parse().unwrap(), "孙*静".to_owned());
        assert!(halves(&frame, &draw).contains("孙*静"));
    }

    #[test]
    fn after_replacements_the_list_is_of_those_who_hold_the_seats_now() {
        let page = halves(&frame(Language::Chinese), &vector());
        let (_, rest) = page.split_once("现任评议代表50人").unwrap();
        let (now, _) = rest.split_once("</table>").unwrap();
        assert!(now.contains("P051") && !now.contains("P124"), "P051 was called for P124");
        assert!(page.contains("当初抽中的人"));
    }

    #[test]
    fn void_draws_and_rehearsals_stay_listed_and_are_marked() {
        let mut rehearsal = PublicDraw { ceremony: 1, purpose: Purpose::Rehearsal, ..vector() };
        rehearsal.drawn = None;
        let void = PublicDraw {
            ceremony: 2,
            state: DrawState::Void,
            void_reason: Some("信封被提前拆开".to_owned()),
            drawn: None,
            ..vector()
        };
        let real = PublicDraw { ceremony: 3, ..vector() };
        let all = [rehearsal, void, real];
        assert_eq!(main(&all).map(|draw| draw.ceremony), Some(3));
        assert_eq!(main(all.get(..2).unwrap()).map(|draw| draw.ceremony), Some(2));
        let list = history(&frame(Language::Chinese), &all).into_string();
        for said in ["演练，不作数", "已作废", "信封被提前拆开", "第1次", "/draw/1/notice", "/draw/3/notice"]
        {
            assert!(list.contains(said), "{said} is not in the list");
        }
    }
}
