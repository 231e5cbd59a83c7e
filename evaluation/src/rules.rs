//! The rules of an evaluation, all of them data: another county, or another year, changes a file and no code.
//!
//! [`Rules::ningjin_2020`] is the shipped preset, after the notice 办字〔2020〕15号. An [`Edition`] is a set of rules put
//! to use, published as `edition.json`.

mod check;
mod edition;
mod error;
mod file;
pub(crate) mod identifier;
mod reveal;

use std::ops::Deref;

use serde::{Deserialize, Serialize};

pub use self::{
    edition::{Edition, EditionError, EditionId},
    error::RulesError,
    file::{
        Category, DrawRules, HalfRules, Halves, Label, OfficeOrder, PollRules, PoolRules, RulesFile,
        RulesName, Section, SectionId, Stage, StageId,
    },
    identifier::IdentifierError,
    reveal::{RevealDirection, RevealRules, RevealWords},
};
pub use crate::pool::Half;

/// The preset `ningjin-2020` as TOML: what another county copies and changes.
pub const NINGJIN_2020: &str = include_str!("../data/ningjin_2020.toml");

/// Rules that have been checked. They are read through [`RulesFile`]; to change them, change a copy of that and check
/// it again.
///
/// ```
/// use evaluation::rules::{Rules, RulesFile};
///
/// let mut file = RulesFile::from(Rules::ningjin_2020());
/// file.poll.trustees = 5;
/// assert_eq!(Rules::try_from(file).map(|rules| rules.poll.trustees), Ok(5));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RulesFile", into = "RulesFile")]
pub struct Rules(RulesFile);

impl Rules {
    /// Reads and checks a rules file.
    ///
    /// # Errors
    ///
    /// [`RulesError`] names the place or the field that is wrong.
    pub fn parse(toml: &str) -> Result<Self, RulesError> {
        let file: RulesFile =
            toml::from_str(toml).map_err(|error| RulesError::Syntax { reason: error.to_string() })?;
        file.try_into()
    }

    /// The rules of 宁晋县 for 2020.
    #[must_use]
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "the preset is compiled in, a test reads it"
    )]
    pub fn ningjin_2020() -> Self {
        Self::parse(NINGJIN_2020).expect("invariant: the shipped preset is valid")
    }

    /// The section with this id.
    #[must_use]
    pub fn section(&self, id: &SectionId) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == *id)
    }

    /// The stage with this id, such as `self_check`.
    #[must_use]
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id.as_str() == id)
    }

    /// Answers that each question of the ballot has: the grades, then 不了解 if the rules allow it.
    #[must_use]
    pub fn answers(&self) -> usize {
        self.grades.len().saturating_add(usize::from(self.poll.abstention_allowed))
    }

    /// Representatives drawn from both halves together.
    #[must_use]
    pub fn representatives(&self) -> usize {
        self.pool.halves.a.take.saturating_add(self.pool.halves.b.take)
    }
}

impl Deref for Rules {
    type Target = RulesFile;

    fn deref(&self) -> &RulesFile {
        &self.0
    }
}

impl TryFrom<RulesFile> for Rules {
    type Error = RulesError;

    fn try_from(file: RulesFile) -> Result<Self, RulesError> {
        check::check(&file)?;
        Ok(Self(file))
    }
}

impl From<Rules> for RulesFile {
    fn from(rules: Rules) -> Self {
        rules.0
    }
}

#[cfg(test)]
mod tests;
