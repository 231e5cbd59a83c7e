//! `ranking.json`.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

use super::{RankedOffice, Ranking, SectionRanking, Tie};
use crate::{
    decision::Cut,
    grade::Grade,
    office::OfficeNumber,
    rules::{Label, SectionId},
    score::{LABEL_EN, LABEL_ZH, Score},
};

/// The document: indented by two spaces, LF at the end.
#[expect(clippy::expect_used, reason = "these types can always be written as JSON")]
pub(super) fn write(ranking: &Ranking) -> String {
    let json = serde_json::to_string_pretty(&RankingView::of(ranking));
    format!("{}\n", json.expect("invariant: a ranking can be written as JSON"))
}

#[derive(Serialize)]
struct RankingView<'a> {
    score_name: Name<'a>,
    grades: &'a [Grade],
    sections: Vec<SectionView<'a>>,
}

#[derive(Serialize)]
struct Name<'a> {
    zh: &'a str,
    en: &'a str,
}

#[derive(Serialize)]
struct SectionView<'a> {
    section: &'a SectionId,
    name: &'a Label,
    bottom_three: usize,
    bottom_ten: Option<usize>,
    offices: Vec<OfficeView<'a>>,
    ties: Vec<TieView<'a>>,
}

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "these are the flags of ranking.csv")]
struct OfficeView<'a> {
    rank: Option<usize>,
    number: OfficeNumber,
    unit: &'a str,
    office: &'a str,
    full_name: &'a str,
    counts: CountsView<'a>,
    abstentions: u32,
    ballots: u32,
    score: Option<ScoreView>,
    bottom_three: bool,
    bottom_ten: bool,
    sanctioned: bool,
    tied_at_cut: bool,
}

/// Ballots by grade, as an object in the order of the grades.
struct CountsView<'a> {
    grades: &'a [Grade],
    counts: &'a [u32],
}

#[derive(Serialize)]
struct ScoreView {
    numerator: u64,
    denominator: u32,
    shown: String,
}

#[derive(Serialize)]
struct TieView<'a> {
    cut: Cut,
    offices: &'a BTreeSet<OfficeNumber>,
    open_places: usize,
    decided: &'a BTreeSet<OfficeNumber>,
}

impl<'a> RankingView<'a> {
    fn of(ranking: &'a Ranking) -> Self {
        let score_name = Name { zh: LABEL_ZH, en: LABEL_EN };
        let sections =
            ranking.sections.iter().map(|section| SectionView::of(section, &ranking.grades)).collect();
        Self { score_name, grades: &ranking.grades, sections }
    }
}

impl<'a> SectionView<'a> {
    fn of(ranking: &'a SectionRanking, grades: &'a [Grade]) -> Self {
        Self {
            section: &ranking.section.id,
            name: &ranking.section.name,
            bottom_three: ranking.section.bottom_three,
            bottom_ten: ranking.section.bottom_ten,
            offices: ranking.offices.iter().map(|ranked| OfficeView::of(ranked, grades)).collect(),
            ties: ranking.ties.iter().map(TieView::of).collect(),
        }
    }
}

impl<'a> OfficeView<'a> {
    fn of(ranked: &'a RankedOffice, grades: &'a [Grade]) -> Self {
        Self {
            rank: ranked.rank,
            number: ranked.office.number,
            unit: &ranked.office.unit,
            office: &ranked.office.office,
            full_name: &ranked.office.full_name,
            counts: CountsView { grades, counts: ranked.counts.grades() },
            abstentions: ranked.counts.abstentions(),
            ballots: ranked.counts.ballots(),
            score: ranked.score.map(ScoreView::of),
            bottom_three: ranked.bottom_three,
            bottom_ten: ranked.bottom_ten,
            sanctioned: ranked.sanctioned,
            tied_at_cut: ranked.tied_at_cut,
        }
    }
}

impl Serialize for CountsView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.grades.iter().map(|grade| &grade.id).zip(self.counts))
    }
}

impl ScoreView {
    fn of(score: Score) -> Self {
        Self { numerator: score.numerator(), denominator: score.denominator(), shown: score.to_string() }
    }
}

impl<'a> TieView<'a> {
    fn of(tie: &'a Tie) -> Self {
        Self { cut: tie.cut, offices: &tie.offices, open_places: tie.open_places, decided: &tie.decided }
    }
}
