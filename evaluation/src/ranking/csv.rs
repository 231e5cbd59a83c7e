//! `ranking.csv`.

use super::{RankedOffice, Ranking};
use crate::{grade::Grade, table::Table};

/// The table with one row per office. The grades of the rules name their columns.
pub(super) fn write(ranking: &Ranking) -> String {
    let mut table = Table::new("\n");
    let grades = ranking.grades.iter().map(|grade| grade.id.as_str());
    let before = ["section", "rank", "number", "unit", "office"];
    let after = ["ballots", "score_numerator", "score_denominator", "score"];
    let flags = ["bottom_three", "bottom_ten", "sanctioned", "tied_at_cut"];
    table.push(before.into_iter().chain(grades).chain(after).chain(flags));
    for ranked in ranking.offices() {
        table.push(cells(ranked, &ranking.grades).iter().map(String::as_str));
    }
    format!("\u{feff}{}", table.into_text())
}

fn cells(ranked: &RankedOffice, grades: &[Grade]) -> Vec<String> {
    let RankedOffice { office, counts, score, rank, .. } = ranked;
    let mut cells = vec![
        office.section.to_string(),
        rank.map(|rank| rank.to_string()).unwrap_or_default(),
        office.number.to_string(),
        office.unit.clone(),
        office.office.clone(),
    ];
    cells.extend(counts.grades().iter().map(u32::to_string));
    cells.extend([
        counts.ballots().to_string(),
        counts.points(grades).to_string(),
        counts.rated().to_string(),
        score.map(|score| score.to_string()).unwrap_or_default(),
    ]);
    let flags = [ranked.bottom_three, ranked.bottom_ten, ranked.sanctioned, ranked.tied_at_cut];
    cells.extend(flags.map(|flag| flag.to_string()));
    cells
}
