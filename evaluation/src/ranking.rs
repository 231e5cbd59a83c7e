//! The ranking 排名 of the offices, section by section, and which offices have consequences to bear.
//!
//! * **Rank** (notice 五, mission rule 7): by score; equal scores share a rank (1, 2, 2, 4).
//! * **Sanctioned offices** (notice 七（三）) rank below all others of their section, among themselves by score: with 46
//!   offices of which two are sanctioned, these show the ranks 45 and 46, or 45 twice if their scores are equal.
//! * **Order for consequences**: sanctioned ones last; then by score; then fewer 不满意, by number of ballots; then more
//!   满意. Offices that are still equal are tied.
//! * **Cuts** (notice 六（二）): the last places of this order are flagged `bottom_three` or `bottom_ten`; the rules say how
//!   many. Sanctioned offices fill them first, and are all flagged even if they are more. A section with fewer offices
//!   than places is flagged whole.
//! * **A tie across a cut** is never broken silently: all offices of the tie are flagged `tied_at_cut`, those clearly below
//!   it are flagged as usual, and of the tied ones only those that the leading group names ([`crate::decision`]).
//!   `tied_at_cut` stays when the tie is decided: it says that the ballots did not decide.
//! * **No score**: an office that no ballot graded has neither rank nor score and takes no place at a cut; it stands
//!   after the ranked offices and before the sanctioned ones.

mod csv;
mod cut;
mod error;
mod json;
mod standing;

use std::collections::BTreeSet;

use crate::{
    decision::{Cut, Decisions},
    grade::Grade,
    office::{Office, OfficeNumber, Offices},
    rules::{Rules, Section},
    sanction::{SanctionKind, Sanctions},
    score::{GradeCounts, Score},
};

use self::{cut::Line, standing::Standing};
pub use self::{cut::Tie, error::RankingError};

/// The ranking of all sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranking {
    grades: Vec<Grade>,
    sections: Vec<SectionRanking>,
}

/// The ranking of one section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionRanking {
    /// The section.
    pub section: Section,
    /// Its offices from the first to the last place; tied ones by number, those named by a decision last.
    pub offices: Vec<RankedOffice>,
    /// Its ties across a cut, decided or not.
    pub ties: Vec<Tie>,
}

/// One office in the ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "these are the flags of ranking.csv")]
pub struct RankedOffice {
    /// The office.
    pub office: Office,
    /// Its ballots.
    pub counts: GradeCounts,
    /// Its score; none if no ballot graded it.
    pub score: Option<Score>,
    /// Its rank in the section, from 1; none if it has no score and no sanction.
    pub rank: Option<usize>,
    /// Whether it is among the last three.
    pub bottom_three: bool,
    /// Whether it is among the last ten, which include the last three; never where the rules carry nothing over.
    pub bottom_ten: bool,
    /// Whether it was sanctioned for canvassing.
    pub sanctioned: bool,
    /// Whether it is tied with offices on the other side of a cut.
    pub tied_at_cut: bool,
}

/// An office of the section with its place in the order for consequences.
#[derive(Clone, Debug)]
struct Candidate {
    office: Office,
    counts: GradeCounts,
    score: Option<Score>,
    standing: Standing,
}

impl Ranking {
    /// Ranks the offices. `counts` holds the ballots of each office, by number.
    ///
    /// # Errors
    ///
    /// [`RankingError`] if the counts do not belong to the offices and the rules, if a sanction or a decision names an
    /// unknown office, or if the decisions do not just fill the open places of a tie from the tied.
    pub fn compute(
        rules: &Rules,
        offices: &Offices,
        counts: &[GradeCounts],
        sanctions: &Sanctions,
        decisions: &Decisions,
    ) -> Result<Self, RankingError> {
        check_counts(rules, offices, counts)?;
        check_rulings(offices, sanctions, decisions)?;
        let mut sections = Vec::new();
        for section in &rules.sections {
            let candidates = offices
                .iter()
                .zip(counts)
                .filter(|(office, _)| office.section == section.id)
                .map(|(office, counts)| Candidate::new(rules, office, counts, sanctions))
                .collect();
            sections.push(SectionRanking::compute(section, candidates, decisions)?);
        }
        Ok(Self { grades: rules.grades.clone(), sections })
    }

    /// The sections in the order of the rules.
    #[must_use]
    pub fn sections(&self) -> &[SectionRanking] {
        &self.sections
    }

    /// All offices in the order of `ranking.csv`: section by section, from the first to the last place.
    pub fn offices(&self) -> impl Iterator<Item = &RankedOffice> {
        self.sections.iter().flat_map(|section| &section.offices)
    }

    /// The office with this number.
    #[must_use]
    pub fn find(&self, number: OfficeNumber) -> Option<&RankedOffice> {
        self.offices().find(|ranked| ranked.office.number == number)
    }

    /// The ties that the leading group still has to decide, with their sections.
    pub fn undecided_ties(&self) -> impl Iterator<Item = (&Section, &Tie)> {
        self.sections.iter().flat_map(|SectionRanking { section, ties, .. }| {
            ties.iter().filter(|tie| !tie.is_decided()).map(move |tie| (section, tie))
        })
    }

    /// The bytes of `ranking.csv`: UTF-8 with byte order mark, lines end with LF, which spreadsheet programs and line
    /// tools both read. Without a score, `rank` and `score` are empty and the fraction is 0 / 0.
    #[must_use]
    pub fn to_csv(&self) -> String {
        csv::write(self)
    }

    /// The bytes of `ranking.json`: what `ranking.csv` says, with names in both languages and the ties in full.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::write(self)
    }
}

impl SectionRanking {
    fn compute(
        section: &Section,
        mut candidates: Vec<Candidate>,
        decisions: &Decisions,
    ) -> Result<Self, RankingError> {
        candidates.sort_by_key(|candidate| candidate.standing);
        let three = Line::draw(section, Cut::BottomThree, &candidates, decisions, &BTreeSet::new())?;
        let ten = Line::draw(section, Cut::BottomTen, &candidates, decisions, &three.below)?;
        let ranked = |candidate: &Candidate| {
            let number = candidate.office.number;
            RankedOffice {
                office: candidate.office.clone(),
                counts: candidate.counts.clone(),
                score: candidate.score,
                rank: standing::rank(candidate, &candidates),
                bottom_three: three.below.contains(&number),
                bottom_ten: ten.below.contains(&number),
                sanctioned: candidate.standing.is_sanctioned(),
                tied_at_cut: three.is_tied(number) || ten.is_tied(number),
            }
        };
        let mut rows: Vec<_> =
            candidates.iter().map(|candidate| (candidate.standing, ranked(candidate))).collect();
        rows.sort_by_key(|(standing, row)| (*standing, row.bottom_ten, row.bottom_three, row.office.number));
        let offices = rows.into_iter().map(|(_, row)| row).collect();
        Ok(Self { section: section.clone(), offices, ties: three.tie.into_iter().chain(ten.tie).collect() })
    }
}

impl Candidate {
    fn new(rules: &Rules, office: &Office, counts: &GradeCounts, sanctions: &Sanctions) -> Self {
        let score = counts.score(&rules.grades);
        let sanctioned = sanctions.contains(office.number, SanctionKind::Canvassing);
        let standing = Standing::new(sanctioned, score, counts);
        Self { office: office.clone(), counts: counts.clone(), score, standing }
    }
}

/// The counts are those of the offices, by the rules, and of the same ballots.
fn check_counts(rules: &Rules, offices: &Offices, counts: &[GradeCounts]) -> Result<(), RankingError> {
    if counts.len() != offices.len() {
        return Err(RankingError::Counts { expected: offices.len(), found: counts.len() });
    }
    let expected = counts.first().map_or(0, GradeCounts::ballots);
    for (Office { number, section, .. }, counts) in offices.iter().zip(counts) {
        if rules.section(section).is_none() {
            return Err(RankingError::UnknownSection { number: *number, section: section.clone() });
        }
        let abstained = counts.abstentions() > 0 && !rules.poll.abstention_allowed;
        if counts.grades().len() != rules.grades.len() || abstained {
            return Err(RankingError::Grades { number: *number });
        }
        if counts.ballots() != expected {
            return Err(RankingError::Ballots { number: *number, ballots: counts.ballots(), expected });
        }
    }
    Ok(())
}

/// Sanctions and decisions name offices of the list.
fn check_rulings(
    offices: &Offices,
    sanctions: &Sanctions,
    decisions: &Decisions,
) -> Result<(), RankingError> {
    let unknown = |number: &OfficeNumber| offices.find(*number).is_none();
    if let Some(number) = sanctions.iter().map(|sanction| sanction.number).find(unknown) {
        return Err(RankingError::SanctionOfUnknownOffice { number });
    }
    match decisions.iter().map(|decision| decision.number).find(unknown) {
        Some(number) => Err(RankingError::DecisionOnUnknownOffice { number }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
