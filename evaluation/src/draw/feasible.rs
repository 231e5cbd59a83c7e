//! Whether a pool can fulfil all announced bounds together, and if not, which few of them contradict each other.
//!
//! Bounds of categories alone are a sum ([`Terms::check_feasible`]); further quotas lie across them and make it an integer
//! program over kinds of people. A solution that the solver finds is checked in whole numbers. A contradiction of up to
//! three bounds is found by exact search, in whole numbers as well, so that no smaller one exists; of more, bounds are
//! taken away one by one as long as the rest stays contradictory by the solver's word.
//!
//! That a panel exists does not say how often it is drawn: see
//! [`estimate_acceptance`](super::chances::estimate_acceptance).

mod bounds;
mod few;
mod program;

pub use bounds::{NamedBound, Rule};

use self::{
    bounds::{Requirement, Requirements},
    program::Answer,
};
use super::{announce::Terms, quota::Infeasible};
use crate::pool::{Half, Pool};

/// After so many questions without an answer in time, no more bounds are taken away.
const PATIENCE: usize = 3;

/// What is known about terms and a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feasibility {
    /// Some set of people fulfils all bounds.
    Feasible,
    /// No set of people does.
    Infeasible(Conflict),
    /// Neither was shown within the limits of the search.
    Undecided,
}

/// Bounds that cannot be met together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The bounds.
    pub bounds: Vec<NamedBound>,
    /// How short this explanation is.
    pub shortness: Shortness,
}

/// How short an explanation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortness {
    /// No other contradiction has fewer bounds.
    Fewest,
    /// Without any one of these bounds the others could be met; there may be another contradiction with fewer.
    Irreducible,
    /// Not all bounds could be tried within the limits of the search; some may be needless.
    Unreduced,
}

/// Whether some set of people from the pool fulfils all bounds of the terms.
///
/// # Errors
/// If a quota names a category, column or value that the pool has not.
pub fn feasibility(pool: &Pool, terms: &Terms) -> Result<Feasibility, Infeasible> {
    terms.check_names(pool)?;
    let requirements = Requirements::new(pool, terms);
    let all = requirements.binding();
    // Categories alone are decided by their sums.
    let by_sums = terms.check_feasible(pool).is_err();
    let answer = if by_sums { Answer::Impossible } else { program::solve(&requirements, &all) };
    Ok(match answer {
        Answer::Possible => Feasibility::Feasible,
        Answer::Unknown => Feasibility::Undecided,
        Answer::Impossible => Feasibility::Infeasible(explain(pool, terms, &requirements, all)),
    })
}

fn explain(pool: &Pool, terms: &Terms, requirements: &Requirements, all: Vec<usize>) -> Conflict {
    let (chosen, shortness) = if let Some(few) = few::contradiction(requirements) {
        (few, Shortness::Fewest)
    } else if let Some(sum) = contradicting_sum(pool, terms, requirements) {
        (sum, Shortness::Irreducible)
    } else {
        reduce(requirements, all)
    };
    // Up to three bounds have all been tried, so four that contradict each other are the fewest.
    let shortness =
        if chosen.len() <= few::LARGEST.saturating_add(1) { Shortness::Fewest } else { shortness };
    Conflict { bounds: requirements.named(&chosen), shortness }
}

/// The fewest floors of a half that are together more than are to be drawn from it, or the fewest ceilings that leave
/// fewer; with the number to be drawn.
fn contradicting_sum(pool: &Pool, terms: &Terms, requirements: &Requirements) -> Option<Vec<usize>> {
    Half::ALL.into_iter().find_map(|half| {
        let take = *terms.take.of(half);
        let floors = requirements.of_half(half, |rule| matches!(rule, Rule::Floor { .. }));
        let ceilings = requirements.of_half(half, |rule| matches!(rule, Rule::Ceiling { .. }));
        let shut_out = |requirement: &Requirement| requirement.available.saturating_sub(requirement.number);
        let spare = pool.half(half).count().saturating_sub(take);
        exceeding(floors, |requirement| requirement.number, take)
            .or_else(|| exceeding(ceilings, shut_out, spare))
            .map(|mut chosen| {
                chosen.insert(0, requirements.take(half));
                chosen
            })
    })
}

/// The fewest requirements whose `amount`s add up to more than `limit`: the largest first.
fn exceeding(
    mut requirements: Vec<(usize, &Requirement)>,
    amount: impl Fn(&Requirement) -> usize,
    limit: usize,
) -> Option<Vec<usize>> {
    requirements.sort_by_key(|(_, requirement)| std::cmp::Reverse(amount(requirement)));
    let (mut sum, mut chosen) = (0_usize, Vec::new());
    for (index, requirement) in requirements {
        sum = sum.saturating_add(amount(requirement));
        chosen.push(index);
        if sum > limit {
            chosen.sort_unstable();
            return Some(chosen);
        }
    }
    None
}

/// Takes requirements away, the last first, as long as the others contradict each other.
fn reduce(requirements: &Requirements, mut chosen: Vec<usize>) -> (Vec<usize>, Shortness) {
    let mut unanswered = 0_usize;
    for candidate in chosen.clone().into_iter().rev() {
        if unanswered >= PATIENCE {
            break;
        }
        let rest: Vec<usize> = chosen.iter().copied().filter(|index| *index != candidate).collect();
        match program::solve(requirements, &rest) {
            Answer::Impossible => chosen = rest,
            Answer::Possible => {}
            Answer::Unknown => unanswered = unanswered.saturating_add(1),
        }
    }
    (chosen, if unanswered == 0 { Shortness::Irreducible } else { Shortness::Unreduced })
}

impl Conflict {
    /// Which bounds contradict each other and what to do, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        let bounds = self.bounds.iter().map(NamedBound::zh).collect::<Vec<_>>().join("；");
        match self.bounds.len() {
            1 => format!("这一条规定无法满足：{bounds}。请放宽。"),
            _ => format!("下列规定不能同时满足：{bounds}。请至少放宽其中一条。"),
        }
    }

    /// Which bounds contradict each other and what to do, in English.
    #[must_use]
    pub fn en(&self) -> String {
        let bounds = self.bounds.iter().map(NamedBound::en).collect::<Vec<_>>().join("; ");
        match self.bounds.len() {
            1 => format!("this cannot be met: {bounds}. Widen it."),
            _ => format!("these cannot be met together: {bounds}. Widen at least one of them."),
        }
    }
}
