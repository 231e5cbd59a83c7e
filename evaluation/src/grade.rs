//! The grades 档次 of a ballot.

use serde::{Deserialize, Serialize};

use crate::rules::{Label, identifier::identifiers};

identifiers! {
    /// A grade as files and columns name it, such as `fairly_satisfied`.
    GradeId;
}

/// One grade that a representative can give an office (notice 五). The position of a grade in the rules, from 0, is the
/// number of its answer on the ballot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// Short name in files, and its column in `ranking.csv`.
    pub id: GradeId,
    /// Name on the ballot, such as 较满意.
    pub name: Label,
    /// What a ballot with this grade adds to the points of an office, out of 100.
    pub points: u32,
}
