//! Sanctions 处理 that change the ranking, published as `sanctions.csv`.
//!
//! They are frozen before the first partial decryption, so that none can be tuned to the result.

use serde::{Deserialize, Serialize};

use crate::ruling::{Ruling, RulingKind, Rulings};

/// A sanction of one office.
pub type Sanction = Ruling<SanctionKind>;

/// The sanctions of an edition.
pub type Sanctions = Rulings<SanctionKind>;

/// What an office is sanctioned for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SanctionKind {
    /// Canvassing 拉票: the office is placed directly among the last three (notice 七（三）).
    Canvassing,
}

impl RulingKind for SanctionKind {
    const ALL: &'static [Self] = &[Self::Canvassing];

    fn as_str(self) -> &'static str {
        match self {
            Self::Canvassing => "canvassing",
        }
    }

    fn zh(self) -> &'static str {
        match self {
            Self::Canvassing => "拉票",
        }
    }
}
