//! The integer program: how many of each kind of people are drawn so that all chosen bounds are met.

use std::time::Duration;

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, SolveOptions, Variable};

use super::bounds::Requirements;

/// How long one question may take, and how many branches it may open; programs of this kind need milliseconds.
const TIME_LIMIT: Duration = Duration::from_secs(2);
const NODE_LIMIT: u64 = 20_000;

/// What the solver found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// There is a solution, checked in whole numbers.
    Possible,
    /// There is none.
    Impossible,
    /// No answer within the limits, or none that can be trusted.
    Unknown,
}

/// Whether the chosen requirements can be met together.
pub(super) fn solve(requirements: &Requirements, chosen: &[usize]) -> Answer {
    let kinds: Vec<(Vec<usize>, usize)> = requirements.kinds(chosen).into_iter().collect();
    build(requirements, chosen, &kinds).unwrap_or(Answer::Unknown)
}

fn build(requirements: &Requirements, chosen: &[usize], kinds: &[(Vec<usize>, usize)]) -> Option<Answer> {
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let mut variables = Vec::with_capacity(kinds.len());
    for (_, people) in kinds {
        variables.push(problem.add_integer_var(0.0, (0, i32::try_from(*people).ok()?)));
    }
    for (index, position) in chosen.iter().zip(0_usize..) {
        let (least, most) = requirements.get(*index)?.range();
        let sum: Vec<(Variable, f64)> = kinds
            .iter()
            .zip(&variables)
            .filter(|((kind, _), _)| kind.contains(&position))
            .map(|(_, variable)| (*variable, 1.0))
            .collect();
        let people: usize = kinds.iter().filter(|(kind, _)| kind.contains(&position)).map(|(_, n)| n).sum();
        if least > people {
            return Some(Answer::Impossible);
        }
        if least > 0 {
            problem.add_constraint(sum.clone(), ComparisonOp::Ge, f64::from(u32::try_from(least).ok()?));
        }
        if most < people {
            problem.add_constraint(sum, ComparisonOp::Le, f64::from(u32::try_from(most).ok()?));
        }
    }
    let mut options = SolveOptions::default();
    options.time_limit = Some(TIME_LIMIT);
    options.node_limit = Some(NODE_LIMIT);
    match problem.solve_with(options) {
        Ok(outcome) => {
            let solution = outcome.solution()?;
            let numbers: Vec<usize> = variables
                .iter()
                .map(|variable| whole(solution.var_value(*variable)))
                .collect::<Option<_>>()?;
            are_met(requirements, chosen, kinds, &numbers).then_some(Answer::Possible)
        }
        Err(Error::Infeasible) => Some(Answer::Impossible),
        Err(_) => None,
    }
}

/// The solver's answer once more, in whole numbers.
fn are_met(
    requirements: &Requirements,
    chosen: &[usize],
    kinds: &[(Vec<usize>, usize)],
    numbers: &[usize],
) -> bool {
    let enough_people = kinds.iter().zip(numbers).all(|((_, people), number)| number <= people);
    let is_met = |(index, position): (&usize, usize)| {
        let counted = kinds.iter().zip(numbers).filter(|((kind, _), _)| kind.contains(&position));
        let sum: usize = counted.map(|(_, number)| *number).sum();
        let range = requirements.get(*index).map(super::bounds::NamedBound::range);
        range.is_some_and(|(least, most)| (least..=most).contains(&sum))
    };
    enough_people && chosen.iter().zip(0_usize..).all(is_met)
}

/// The whole number next to `value`; a number of people fits into 32 bits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be within the range of u32 just before"
)]
fn whole(value: f64) -> Option<usize> {
    let rounded = value.round();
    let in_range = (0.0..=f64::from(u32::MAX)).contains(&rounded);
    if in_range { usize::try_from(rounded as u32).ok() } else { None }
}
