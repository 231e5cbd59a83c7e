//! A set of rules put to use: one year's evaluation of one county.

use serde::{Deserialize, Serialize};

use super::{Rules, identifier::identifiers};
use crate::hash::Sha256Hash;

identifiers! {
    /// Names an edition, in addresses and on prints.
    EditionId;
}

/// One year's evaluation 年度评议: its id and its rules, with year and dates. Published as `edition.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Name of the edition.
    pub id: EditionId,
    /// Its rules.
    pub rules: Rules,
}

/// Why a text is not an `edition.json`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[non_exhaustive]
pub enum EditionError {
    /// The text says the right thing, but not in the bytes that this program writes.
    NotCanonical,
    /// Not JSON, a wrong field, or rules that are refused.
    Syntax {
        /// The place and the reason, from the parser.
        reason: String,
    },
}

impl EditionError {
    /// What happened, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::NotCanonical => "edition.json 的写法与本系统写出的不一致，可能被改动过。".to_owned(),
            Self::Syntax { reason } => format!("edition.json 读不懂：{reason}"),
        }
    }

    /// What happened, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::NotCanonical => {
                "edition.json is not written as this program writes it; it may have been changed.".to_owned()
            }
            Self::Syntax { reason } => format!("edition.json cannot be read: {reason}"),
        }
    }
}

impl Edition {
    /// An edition.
    #[must_use]
    pub const fn new(id: EditionId, rules: Rules) -> Self {
        Self { id, rules }
    }

    /// The bytes of `edition.json`: indented by two spaces, fields in the order of the types, LF at the end.
    #[must_use]
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "these types can always be written as JSON"
    )]
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("invariant: an edition can be written as JSON");
        format!("{json}\n")
    }

    /// Reads what [`Edition::to_json`] writes, and nothing else, so that one edition has one hash.
    ///
    /// # Errors
    ///
    /// [`EditionError`] if a byte differs from what would be written.
    pub fn parse(json: &str) -> Result<Self, EditionError> {
        let edition: Self =
            serde_json::from_str(json).map_err(|error| EditionError::Syntax { reason: error.to_string() })?;
        if edition.to_json() == json { Ok(edition) } else { Err(EditionError::NotCanonical) }
    }

    /// SHA-256 of `edition.json`.
    #[must_use]
    pub fn hash(&self) -> Sha256Hash {
        Sha256Hash::of(self.to_json())
    }
}
