//! The place of an office in the order for consequences.

use std::cmp::Reverse;

use super::Candidate;
use crate::score::{GradeCounts, Score};

/// The place of an office in the order for consequences; smaller is better, equal is tied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Standing {
    place: Place,
    /// Fewer 不满意 are better.
    worst: u32,
    /// More 满意 are better.
    best: Reverse<u32>,
}

/// What the rank goes by; smaller is better, equal shares the rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// Sanctioned offices come last (notice 七（三）).
    sanctioned: bool,
    /// Higher scores are better; no score comes after all scores.
    score: Reverse<Option<Score>>,
}

impl Standing {
    pub(super) fn new(sanctioned: bool, score: Option<Score>, counts: &GradeCounts) -> Self {
        let place = Place { sanctioned, score: Reverse(score) };
        Self { place, worst: counts.worst(), best: Reverse(counts.best()) }
    }

    /// Whether the office was sanctioned.
    pub(super) const fn is_sanctioned(&self) -> bool {
        self.place.sanctioned
    }

    /// Whether the office has a rank and takes a place at a cut.
    pub(super) const fn is_ranked(&self) -> bool {
        self.place.sanctioned || self.place.score.0.is_some()
    }
}

/// The rank of one of the `candidates` of a section: one more than there are ranked offices with a better place.
pub(super) fn rank(candidate: &Candidate, candidates: &[Candidate]) -> Option<usize> {
    let place = candidate.standing.place;
    let better = |other: &&Candidate| other.standing.is_ranked() && other.standing.place < place;
    let rank = candidates.iter().filter(better).count().saturating_add(1);
    candidate.standing.is_ranked().then_some(rank)
}
