//! Why there is no ranking.

use crate::{decision::Cut, office::OfficeNumber, rules::SectionId, ruling::RulingKind};

/// Why there is no ranking.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[non_exhaustive]
pub enum RankingError {
    /// An office was answered on another number of ballots than the first one.
    Ballots {
        /// The office.
        number: OfficeNumber,
        /// Its ballots.
        ballots: u32,
        /// The first office's ballots.
        expected: u32,
    },
    /// There are counts for another number of offices.
    Counts {
        /// Offices on the list.
        expected: usize,
        /// Offices with counts.
        found: usize,
    },
    /// A decision names an office that is not on the list.
    DecisionOnUnknownOffice {
        /// The number named.
        number: OfficeNumber,
    },
    /// The counts of an office are not those of the grades in the rules.
    Grades {
        /// The office.
        number: OfficeNumber,
    },
    /// A decision names an office that is not tied at the cut.
    NotTied {
        /// The office.
        number: OfficeNumber,
        /// The cut.
        cut: Cut,
    },
    /// The decisions name more or fewer of the tied offices than places are open.
    Places {
        /// The section.
        section: SectionId,
        /// The cut.
        cut: Cut,
        /// Open places.
        places: usize,
        /// Offices named.
        named: usize,
    },
    /// A sanction names an office that is not on the list.
    SanctionOfUnknownOffice {
        /// The number named.
        number: OfficeNumber,
    },
    /// An office is in a section that the rules do not have.
    UnknownSection {
        /// The office.
        number: OfficeNumber,
        /// Its section.
        section: SectionId,
    },
}

impl RankingError {
    /// What happened and what to do next, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Ballots { number, ballots, expected } => {
                format!("{number} 号股室有 {ballots} 票，1 号股室有 {expected} 票，应当相同。")
            }
            Self::Counts { expected, found } => {
                format!("名单上有 {expected} 个股室，计票结果有 {found} 个。")
            }
            Self::DecisionOnUnknownOffice { number } => {
                format!("领导小组的决定涉及 {number} 号股室，名单上没有。请核对编号。")
            }
            Self::Grades { number } => format!("{number} 号股室的票数与规则里的档次对不上。"),
            Self::NotTied { number, cut } => {
                format!("{number} 号股室在{}的界线上没有并列，不能由领导小组决定。请核对编号。", cut.zh())
            }
            Self::Places { cut, places, named, .. } => {
                format!("{}的界线上有 {places} 个并列名额，决定了 {named} 个股室，应当相同。", cut.zh())
            }
            Self::SanctionOfUnknownOffice { number } => {
                format!("处理决定涉及 {number} 号股室，名单上没有。请核对编号。")
            }
            Self::UnknownSection { number, section } => {
                format!("{number} 号股室属于“{section}”，规则里没有这一部分。")
            }
        }
    }

    /// What happened and what to do next, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Ballots { number, ballots, expected } => {
                format!(
                    "office {number} has {ballots} ballots and office 1 has {expected}; they must be the same."
                )
            }
            Self::Counts { expected, found } => {
                format!("the list has {expected} offices, and the tally {found}.")
            }
            Self::DecisionOnUnknownOffice { number } => {
                format!("a decision names office {number}, which is not on the list. Check the number.")
            }
            Self::Grades { number } => {
                format!("the counts of office {number} are not those of the rules' grades.")
            }
            Self::NotTied { number, cut } => {
                format!("a decision names office {number}, which is not tied at {cut}. Check the number.")
            }
            Self::Places { section, cut, places, named } => format!(
                "{places} of the tied offices belong below {cut} of section {section}, and the decisions name {named}."
            ),
            Self::SanctionOfUnknownOffice { number } => {
                format!("a sanction names office {number}, which is not on the list. Check the number.")
            }
            Self::UnknownSection { number, section } => {
                format!("office {number} is in section \"{section}\", which the rules do not have.")
            }
        }
    }
}
