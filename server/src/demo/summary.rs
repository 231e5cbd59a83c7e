//! The closing table: top and bottom of both sections.

use evaluation::ranking::{RankedOffice, Ranking};

const SHOWN: usize = 3;

/// Prints the first and the last places of every section.
pub(super) fn print(ranking: &Ranking) {
    for section in ranking.sections() {
        let offices = &section.offices;
        println!("\n{} · {}（{}）", section.section.name.zh, section.section.name.en, offices.len());
        println!("  名次 rank   得分 score   股室 office");
        let bottom =
            offices.iter().filter(|office| office.bottom_three || office.tied_at_cut).count().max(SHOWN);
        let hidden = offices.len().saturating_sub(SHOWN).saturating_sub(bottom);
        for office in offices.iter().take(SHOWN) {
            row(office);
        }
        if hidden > 0 {
            println!("         …            … {hidden}");
        }
        for office in offices.iter().skip(SHOWN.max(offices.len().saturating_sub(bottom))) {
            row(office);
        }
    }
    println!();
}

fn row(ranked: &RankedOffice) {
    let rank = ranked.rank.map_or_else(|| "—".to_owned(), |rank| rank.to_string());
    let score = ranked.score.map_or_else(|| "—".to_owned(), |score| score.to_string());
    let mark = match (ranked.bottom_three, ranked.tied_at_cut) {
        (true, _) => "  ▼ 后三名 bottom three",
        (false, true) => "  ＝ 并列待定 tied at a cut",
        (false, false) => "",
    };
    println!("  {rank:>9}   {score:>10}   {}{mark}", ranked.office.full_name);
}
