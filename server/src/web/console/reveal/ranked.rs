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
        let common = common_marks(operator, view, section, offices);
        return html! {
            p class="label" { (name) }
            div class="reveal-shared" {
                h1 { (rank_words(operator, offices)) }
                (badges(&common))
            }
            (list(operator, view, section, offices, Shape::Screen { below_heading: true }, &common))
        };
    }
    html! {
        div class="reveal" {
            section class=(if offices.len() == 1 { "reveal-now" } else { "reveal-now several" }) aria-live="polite" {
                p class="label" { (name) }
                p class="reveal-rank" { (rank_words(operator, offices)) }
                @if offices.len() > FEW {
                    @let common = common_marks(operator, view, section, offices);
                    (badges(&common))
                    (list(operator, view, section, offices, Shape::Same, &common))
                } @else {
                    @for ranked in offices { (large(operator, view, section, ranked)) }
                }
            }
            section class="reveal-earlier" aria-label=(operator.say("已揭晓", "Shown before")) {
                (list(operator, view, section, earlier, Shape::Earlier, &[]))
            }
        }
    }
}

/// Everything of a section.
pub(super) fn whole(operator: &Operator, view: &RevealView, ranking: &SectionRanking) -> Markup {
    let name = say(operator, &ranking.section.name);
    html! {
        h1 { (name) "　" (operator.say("全部名次", "all ranks")) }
        (list(operator, view, ranking, &ranking.offices, Shape::Screen { below_heading: false }, &[]))
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
                (badges(&marks(operator, view, section, ranked)))
            }
        }
    }
}

/// Where a list of offices stands on the screen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Beside the offices of the step.
    Earlier,
    /// The offices of the step, below each other.
    Same,
    /// Across the screen, in columns.
    Screen {
        /// Whether a heading with marks stands above.
        below_heading: bool,
    },
}

impl Shape {
    /// The classes that make this many offices, of which some have a second line, fit on a screen of 16:9.
    const fn classes(self, offices: usize, second_lines: usize) -> &'static str {
        match self {
            Self::Earlier if offices > 27 => "reveal-list dense",
            Self::Earlier if offices > 20 => "reveal-list close",
            Self::Earlier => "reveal-list",
            Self::Same => "reveal-list same",
            Self::Screen { below_heading } => {
                let heading = if below_heading { 8 } else { 0 };
                match 2 * offices + second_lines + heading {
                    ..=40 => "reveal-list wide roomy",
                    41..=56 => "reveal-list wide",
                    57..=70 => "reveal-list wide close",
                    71..=112 => "reveal-list wide dense",
                    _ => "reveal-list wide dense close",
                }
            }
        }
    }
}

/// A list of offices. What all of them have in common is said above it and not again on each line.
fn list(
    operator: &Operator,
    view: &RevealView,
    section: &SectionRanking,
    offices: &[RankedOffice],
    shape: Shape,
    common: &[Mark],
) -> Markup {
    let lines: Vec<_> = offices
        .iter()
        .map(|ranked| {
            let marks = marks(operator, view, section, ranked);
            let class = marks.first().map(|(class, _)| *class);
            let own: Vec<_> =
                marks.into_iter().filter(|mark| !common.contains(mark)).map(|(_, words)| words).collect();
            (ranked, class, own)
        })
        .collect();
    let second_lines = lines.iter().filter(|(_, _, own)| !own.is_empty()).count();
    html! {
        ol class=(shape.classes(offices.len(), second_lines)) {
            @for (ranked, class, own) in &lines {
                li class=[*class] {
                    span class="rank" { @match ranked.rank { Some(rank) => (rank), None => "—" } }
                    span class="name" {
                        @if ranked.office.unit != ranked.office.office { small { (ranked.office.unit) } " " }
                        span { (ranked.office.office) }
                    }
                    span class="score" { @match ranked.score { Some(score) => (score), None => "—" } }
                    @if !own.is_empty() { span class="mark" { (own.join(" · ")) } }
                }
            }
        }
    }
}

/// A consequence in words, with the class that colours it.
type Mark = (&'static str, String);

fn badges(marks: &[Mark]) -> Markup {
    html! { @for (class, words) in marks { p class={ "reveal-mark " (class) } { (words) } } }
}

/// The consequences that every one of the offices has.
fn common_marks(
    operator: &Operator,
    view: &RevealView,
    section: &SectionRanking,
    offices: &[RankedOffice],
) -> Vec<Mark> {
    let mut each = offices.iter().map(|ranked| marks(operator, view, section, ranked));
    let mut common = each.next().unwrap_or_default();
    for others in each {
        common.retain(|mark| others.contains(mark));
    }
    common
}

/// Consequences, the gravest first.
fn marks(
    operator: &Operator,
    view: &RevealView,
    section: &SectionRanking,
    ranked: &RankedOffice,
) -> Vec<Mark> {
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
