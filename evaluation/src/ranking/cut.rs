//! The cuts across the order of a section, and the ties they meet.

use std::collections::BTreeSet;

use super::{Candidate, RankingError};
use crate::{
    decision::{Cut, Decisions},
    office::OfficeNumber,
    rules::Section,
};

/// Offices with equal ballots, of which a cut leaves some above and some below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The cut.
    pub cut: Cut,
    /// The tied offices, by number; at least two.
    pub offices: BTreeSet<OfficeNumber>,
    /// How many of them belong below the cut; at least one, and fewer than there are offices.
    pub open_places: usize,
    /// Those that the leading group named for the places below this cut, or below a lower one.
    pub decided: BTreeSet<OfficeNumber>,
}

impl Tie {
    /// Whether the leading group has filled all open places.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.decided.len() == self.open_places
    }
}

/// One cut, drawn.
#[derive(Debug)]
pub(super) struct Line {
    /// The offices below it.
    pub(super) below: BTreeSet<OfficeNumber>,
    /// The tie it meets.
    pub(super) tie: Option<Tie>,
}

impl Line {
    /// Draws a cut across the order of a section. `candidates` are sorted by standing; `lower` are the offices below the
    /// lower cut, which are below this one too.
    ///
    /// # Errors
    ///
    /// [`RankingError::NotTied`] or [`RankingError::Places`] if decisions do not fit the tie.
    pub(super) fn draw(
        section: &Section,
        cut: Cut,
        candidates: &[Candidate],
        decisions: &Decisions,
        lower: &BTreeSet<OfficeNumber>,
    ) -> Result<Self, RankingError> {
        let named: BTreeSet<_> = candidates
            .iter()
            .map(|candidate| candidate.office.number)
            .filter(|number| decisions.contains(*number, cut))
            .collect();
        let Self { mut below, tie } =
            places(section, cut).map_or_else(Self::nowhere, |places| Self::at(cut, places, candidates));
        let tied = tie.as_ref().map(|tie| tie.offices.clone()).unwrap_or_default();
        if let Some(number) = named.difference(&tied).next() {
            return Err(RankingError::NotTied { number: *number, cut });
        }
        let Some(mut tie) = tie else { return Ok(Self { below, tie: None }) };
        tie.decided =
            tied.iter().filter(|number| named.contains(number) || lower.contains(number)).copied().collect();
        if !named.is_empty() && !tie.is_decided() {
            let (places, named) = (tie.open_places, tie.decided.len());
            return Err(RankingError::Places { section: section.id.clone(), cut, places, named });
        }
        below.extend(&tie.decided);
        Ok(Self { below, tie: Some(tie) })
    }

    /// Whether the cut runs through a tie that this office is part of.
    pub(super) fn is_tied(&self, number: OfficeNumber) -> bool {
        self.tie.as_ref().is_some_and(|tie| tie.offices.contains(&number))
    }

    /// A cut that the section does not have.
    const fn nowhere() -> Self {
        Self { below: BTreeSet::new(), tie: None }
    }

    /// The cut above the last `places` of the ranked candidates, more if more are sanctioned.
    fn at(cut: Cut, places: usize, candidates: &[Candidate]) -> Self {
        let order: Vec<_> = candidates.iter().filter(|candidate| candidate.standing.is_ranked()).collect();
        let sanctioned = order.iter().filter(|candidate| candidate.standing.is_sanctioned()).count();
        let above = order.len().saturating_sub(places.max(sanctioned));
        let (above, below) = order.split_at_checked(above).unwrap_or_default();
        let numbers =
            |candidates: &[&Candidate]| candidates.iter().map(|candidate| candidate.office.number).collect();
        let tied_standing = match (above.last(), below.first()) {
            (Some(last_above), Some(first_below)) if last_above.standing == first_below.standing => {
                last_above.standing
            }
            _ => return Self { below: numbers(below), tie: None },
        };
        let (tied_below, clearly_below) = below
            .split_at_checked(below.partition_point(|candidate| candidate.standing == tied_standing))
            .unwrap_or_default();
        let tied_above = above.iter().filter(|candidate| candidate.standing == tied_standing);
        let tied = tied_above.chain(tied_below).map(|candidate| candidate.office.number).collect();
        let tie = Tie { cut, offices: tied, open_places: tied_below.len(), decided: BTreeSet::new() };
        Self { below: numbers(clearly_below), tie: Some(tie) }
    }
}

/// How many places of the section lie below the cut; none if it has no such cut.
const fn places(section: &Section, cut: Cut) -> Option<usize> {
    match cut {
        Cut::BottomThree => Some(section.bottom_three),
        Cut::BottomTen => section.bottom_ten,
    }
}
