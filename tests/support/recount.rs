//! A second way from choices to the ranking: written from the rules of the notice alone, without the code under test.

use std::{
    cmp::{Ordering, Reverse},
    collections::BTreeMap,
};

use anyhow::{Context, Result, ensure};

use crate::table::{Row, cell};

/// The grades from the best to the worst, with their points.
const GRADES: [(&str, u64); 4] = [("满意", 100), ("较满意", 80), ("一般", 60), ("不满意", 20)];

/// For each office, by number: how many chose each grade.
pub type Counts = BTreeMap<u32, [u64; 4]>;

/// One office with its counts.
#[derive(Clone, Debug)]
struct Office {
    number: u32,
    unit: String,
    name: String,
    counts: [u64; 4],
}

/// Counts rows of `representative,office_number,grade`.
pub fn count(choices: &[Row]) -> Result<Counts> {
    let mut counts = Counts::new();
    let mut seen = std::collections::BTreeSet::new();
    for row in choices {
        let (who, number, grade) =
            (cell(row, "representative")?, cell(row, "office_number")?, cell(row, "grade")?);
        ensure!(seen.insert((who, number)), "representative {who} rates office {number} twice");
        let place = GRADES.iter().position(|(name, _)| *name == grade);
        let place = place.with_context(|| format!("{grade} is no grade"))?;
        if let Some(count) = counts.entry(number.parse()?).or_default().get_mut(place) {
            *count += 1;
        }
    }
    Ok(counts)
}

/// The rows of `ranking.csv` in its order, for offices as in `offices.csv`. No sanctions, no decisions.
pub fn ranking(offices: &[Row], counts: &Counts) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (section, cuts) in
        [("government", &[("bottom_three", 3), ("bottom_ten", 10)][..]), ("vertical", &[("bottom_three", 3)])]
    {
        let mut ranked = Vec::new();
        for row in offices.iter().filter(|row| row.get("section").is_some_and(|found| found == section)) {
            let number = cell(row, "number")?.parse()?;
            ranked.push(Office {
                number,
                unit: cell(row, "unit")?.to_owned(),
                name: cell(row, "office")?.to_owned(),
                counts: *counts.get(&number).with_context(|| format!("nobody rated office {number}"))?,
            });
        }
        rows.extend(rank_section(section, ranked, cuts));
    }
    Ok(rows)
}

fn rank_section(section: &str, mut offices: Vec<Office>, cuts: &[(&str, usize)]) -> Vec<Row> {
    offices.sort_by(|one, other| standing(one, other).then(one.number.cmp(&other.number)));
    let mut rows: Vec<(Office, Row)> = Vec::new();
    for office in &offices {
        let better = offices.iter().filter(|other| score(other, office) == Ordering::Greater).count();
        let mut row = cells(section, office, better + 1);
        let mut tied = false;
        for (column, places) in cuts {
            let (below, tied_here) = below(office, &offices, *places);
            row.insert((*column).to_owned(), below.to_string());
            tied |= tied_here;
        }
        row.insert("tied_at_cut".to_owned(), tied.to_string());
        rows.push((office.clone(), row));
    }
    // Of offices in the same place, those below a cut stand last.
    let flags = |row: &Row| ["bottom_ten", "bottom_three"].map(|column| row.get(column).cloned());
    rows.sort_by(|(one, left), (other, right)| {
        standing(one, other).then_with(|| (flags(left), one.number).cmp(&(flags(right), other.number)))
    });
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Whether an office is among the last `places`, and whether it is tied across that cut; then nobody has decided.
fn below(office: &Office, offices: &[Office], places: usize) -> (bool, bool) {
    let worse = offices.iter().filter(|other| standing(office, other) == Ordering::Less).count();
    let equal = offices.iter().filter(|other| standing(office, other) == Ordering::Equal).count();
    if worse + equal <= places { (true, false) } else { (false, worse < places) }
}

/// Better first: score, then fewer of the worst grade, then more of the best.
fn standing(one: &Office, other: &Office) -> Ordering {
    let rest = |office: &Office| (office.counts[3], Reverse(office.counts[0]));
    score(other, one).then_with(|| rest(one).cmp(&rest(other)))
}

/// Compares points per ballot, crosswise.
fn score(one: &Office, other: &Office) -> Ordering {
    (points(one) * ballots(other)).cmp(&(points(other) * ballots(one)))
}

fn points(office: &Office) -> u64 {
    GRADES.iter().zip(office.counts).map(|((_, points), count)| points * count).sum()
}

fn ballots(office: &Office) -> u64 {
    office.counts.iter().sum()
}

fn cells(section: &str, office: &Office, rank: usize) -> Row {
    let (points, ballots) = (points(office), ballots(office));
    let hundredths = (200 * points + ballots) / (2 * ballots);
    let [satisfied, fairly_satisfied, average, dissatisfied] = office.counts.map(|count| count.to_string());
    let cells = [
        ("section", section.to_owned()),
        ("rank", rank.to_string()),
        ("number", office.number.to_string()),
        ("unit", office.unit.clone()),
        ("office", office.name.clone()),
        ("satisfied", satisfied),
        ("fairly_satisfied", fairly_satisfied),
        ("average", average),
        ("dissatisfied", dissatisfied),
        ("ballots", ballots.to_string()),
        ("score_numerator", points.to_string()),
        ("score_denominator", ballots.to_string()),
        ("score", format!("{}.{:02}", hundredths / 100, hundredths % 100)),
        ("bottom_three", "false".to_owned()),
        ("bottom_ten", "false".to_owned()),
        ("sanctioned", "false".to_owned()),
        ("tied_at_cut", "false".to_owned()),
    ];
    cells.into_iter().map(|(column, text)| (column.to_owned(), text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office(number: u32, counts: [u64; 4]) -> Office {
        Office { number, unit: String::new(), name: String::new(), counts }
    }

    fn column(rows: &[Row], name: &str) -> Vec<String> {
        rows.iter().map(|row| row[name].clone()).collect()
    }

    #[test]
    fn equal_scores_share_a_rank_and_a_tie_across_a_cut_is_left_open() {
        let offices = vec![
            office(1, [1, 0, 0, 1]),
            office(2, [0, 0, 2, 0]),
            office(3, [1, 0, 0, 1]),
            office(4, [2, 0, 0, 0]),
        ];
        let rows = rank_section("government", offices, &[("bottom_three", 2), ("bottom_ten", 3)]);
        assert_eq!(column(&rows, "number"), ["4", "2", "1", "3"]);
        assert_eq!(column(&rows, "rank"), ["1", "2", "2", "2"]);
        assert_eq!(column(&rows, "bottom_three"), ["false", "false", "true", "true"]);
        assert_eq!(column(&rows, "bottom_ten"), ["false", "true", "true", "true"]);
        let tied = vec![office(1, [1, 0, 0, 0]), office(2, [1, 0, 0, 0]), office(3, [0, 0, 0, 1])];
        let rows = rank_section("vertical", tied, &[("bottom_three", 2)]);
        assert_eq!(column(&rows, "bottom_three"), ["false", "false", "true"]);
        assert_eq!(column(&rows, "tied_at_cut"), ["true", "true", "false"]);
        assert_eq!(column(&rows, "score"), ["100.00", "100.00", "20.00"]);
    }
}
