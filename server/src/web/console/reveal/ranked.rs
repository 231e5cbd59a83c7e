//! Offices with rank, score and consequences, large enough for the last row.

use evaluation::ranking::{RankedOffice, SectionRanking, Tie};
use evaluation::rules::Label;
use maud::{Markup, html};

use crate::service::reveal::RevealView;
use crate::web::session::Operator;

/// More offices of equal rank than stand below each other in large letters.
const FEW: usize = 2;

/// More of them than stand below each other at all: they fill the screen.
const MANY: usize = 10;

/// A section begins.
pub(super) fn section(operator: &Operator, view: &RevealView, ranking: &SectionRanking) -> Markup {
    let places = ranking.offices.len();
    html! {
        div class="reveal-title" {
            p class="large" { (say(operator, &view.rules.reveal.words.title())) }
            h1 { (say(operator, &ranking.section.name)) }
            p class="large" { (operator.say(format!("共 {places} 个股室"), format!("{places} offices"))) }
        }
    }
}

/// Offices of equal rank, beside what has been shown of their section.
pub(super) fn offices(
    operator: &Operator,
    view: &RevealView,
    section: &SectionRanking,
    offices: &[RankedOffice],
    earlier: &[RankedOffice],
) -> Markup {
    let name = say(operator, &section.section.name);
    if offices.len() > MANY {
        return html! {
            p class="label" { (name) }
            h1 { (rank_words(operator, offices)) }
            (list(operator, view, section, offices, "reveal-list wide"))
        };
    }
    html! {
        div class="reveal" {
            section class=(if offices.len() == 1 { "reveal-now" } else { "reveal-now several" }) aria-live="polite" {
                p class="label" { (name) }
                p class="reveal-rank" { (rank_words(operator, offices)) }
                @if offices.len() > FEW { (list(operator, view, section, offices, "reveal-list same")) }
                @else { @for ranked in offices { (large(operator, view, section, ranked)) } }
            }
            section class="reveal-earlier" aria-label=(operator.say("已揭晓", "Shown before")) {
                (list(operator, view, section, earlier, "reveal-list"))
            }
        }
    }
}

/// Everything of a section.
pub(super) fn whole(operator: &Operator, view: &RevealView, ranking: &SectionRanking) -> Markup {
    let name = say(operator, &ranking.section.name);
    html! {
        h1 { (name) "　" (operator.say("全部名次", "all ranks")) }
        (list(operator, view, ranking, &ranking.offices, "reveal-list wide"))
    }
}

fn large(operator: &Operator, view: &RevealView, section: &SectionRanking, ranked: &RankedOffice) -> Markup {
    let office = &ranked.office;
    html! {
        article class="reveal-office" {
            @if office.unit != office.office { p class="reveal-unit" { (office.unit) } }
            h1 { (office.office) @if let Some(scope) = &office.scope { span class="scope" { "（" (scope) "）" } } }
            div class="reveal-facts" {
                p class="reveal-score" {
                    @match ranked.score {
                        Some(score) => { (operator.say("得分", "score")) " " strong { (score) } }
                        None => (operator.say("无人评议", "nobody rated it")),
                    }
                }
                @for (class, words) in marks(operator, view, section, ranked) { p class={ "reveal-mark " (class) } { (words) } }
            }
        }
    }
}

fn list(
    operator: &Operator,
    view: &RevealView,
    section: &SectionRanking,
    offices: &[RankedOffice],
    class: &str,
) -> Markup {
    let dense = if offices.len() > 30 { " dense" } else { "" };
    html! {
        ol class={ (class) (dense) } {
            @for ranked in offices {
                @let marks = marks(operator, view, section, ranked);
                @let words: Vec<_> = marks.iter().map(|(_, words)| words.as_str()).collect();
                li class=[marks.first().map(|(class, _)| *class)] {
                    span class="rank" { @match ranked.rank { Some(rank) => (rank), None => "—" } }
                    span class="name" {
                        @if ranked.office.unit != ranked.office.office { small { (ranked.office.unit) } " " }
                        span { (ranked.office.office) }
                    }
                    span class="score" { @match ranked.score { Some(score) => (score), None => "—" } }
                    @if !words.is_empty() { span class="mark" { (words.join(" · ")) } }
                }
            }
        }
    }
}

/// Consequences, the gravest first, each with the class that colours it.
fn marks(
    operator: &Operator,
    view: &RevealView,
    section: &SectionRanking,
    ranked: &RankedOffice,
) -> Vec<(&'static str, String)> {
    let words = &view.rules.reveal.words;
    let number = ranked.office.number;
    let mut marks = Vec::new();
    if ranked.sanctioned {
        let documents = view.sanctions.iter().filter(|sanction| sanction.number == number);
        let documents: Vec<_> = documents.map(|sanction| sanction.document_number.as_str()).collect();
        marks.push(("grave", format!("{}　{}", say(operator, &words.sanctioned()), documents.join("、"))));
    }
    if ranked.bottom_three {
        marks.push(("grave", say(operator, &words.bottom_three(&section.section))));
    } else if ranked.bottom_ten {
        marks.push(("flagged", say(operator, &words.bottom_ten(&section.section))));
    }
    if ranked.tied_at_cut {
        let decided = section.ties.iter().filter(|tie| tie.offices.contains(&number)).all(Tie::is_decided);
        let words = if decided {
            operator.say("并列，已由领导小组裁定", "tied, decided by the leading group").to_owned()
        } else {
            say(operator, &words.tied_at_cut())
        };
        marks.push(("tied", words));
    }
    marks
}

fn rank_words(operator: &Operator, offices: &[RankedOffice]) -> String {
    let tied = offices.len() > 1;
    match offices.first().and_then(|ranked| ranked.rank) {
        Some(rank) if tied => operator.say(format!("并列第 {rank} 名"), format!("Shared rank {rank}")),
        Some(rank) => operator.say(format!("第 {rank} 名"), format!("Rank {rank}")),
        None => operator.say("没有名次", "No rank").to_owned(),
    }
}

fn say(operator: &Operator, label: &Label) -> String {
    operator.say(&label.zh, &label.en).clone()
}
