//! Decisions of the leading group 领导小组 on ties at a cut, published as `decisions.csv`.
//!
//! Where offices are tied on both sides of a cut, the ranking flags none of them. The leading group then names those
//! of them that belong to the last places, as many as places are open.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ruling::{Ruling, RulingKind, Rulings};

/// Names one tied office as belonging to the last places of its section.
pub type Decision = Ruling<Cut>;

/// The decisions of an edition.
pub type Decisions = Rulings<Cut>;

/// A line across a section's order, below which an office has consequences to bear (notice 六（二）). How many places lie
/// below is in the rules, as fields of these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Above the last three, whose heads are moved.
    BottomThree,
    /// Above the last ten, which next year's list starts with.
    BottomTen,
}

impl RulingKind for Cut {
    const ALL: &'static [Self] = &[Self::BottomThree, Self::BottomTen];

    fn as_str(self) -> &'static str {
        match self {
            Self::BottomThree => "bottom_three",
            Self::BottomTen => "bottom_ten",
        }
    }

    fn zh(self) -> &'static str {
        match self {
            Self::BottomThree => "后三名",
            Self::BottomTen => "后十名",
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
