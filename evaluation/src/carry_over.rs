//! What this year's ranking proposes for next year's list.

use crate::{
    decision::Cut,
    office::{Office, OfficeNumber},
    ranking::{Ranking, Tie},
};

/// The offices that next year's list starts with (notice 六（二）), sanctioned ones included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarryOver {
    /// The last ten in the order of the ranking, numbered anew from 1 and marked as carried over.
    pub offices: Vec<Office>,
    /// Ties that the leading group has to decide before the list is complete.
    pub undecided: Vec<Tie>,
}

impl CarryOver {
    /// Proposes the offices flagged `bottom_ten`, of every section that the rules carry over from.
    #[must_use]
    pub fn of(ranking: &Ranking) -> Self {
        let last = ranking.offices().filter(|ranked| ranked.bottom_ten);
        let offices = (1..=u16::MAX).filter_map(OfficeNumber::new).zip(last).map(|(number, ranked)| Office {
            number,
            carried_over: true,
            ..ranked.office.clone()
        });
        let undecided = ranking.undecided_ties().map(|(_, tie)| tie).filter(|tie| tie.cut == Cut::BottomTen);
        Self { offices: offices.collect(), undecided: undecided.cloned().collect() }
    }
}
