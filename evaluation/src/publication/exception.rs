//! Recorded exceptions 例外: what did not go as it must, found out and signed for by two people, and published.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::reconciliation::LineName;
use crate::ruling::DocumentNumber;
use crate::wire::VoidKind;

/// What two people recorded, with the reason and the document that records it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// What did not go as it must.
    pub matter: Matter,
    /// Why, in the words of those who recorded it.
    pub reason: String,
    /// The document that they signed.
    pub document_number: DocumentNumber,
}

/// What did not go as it must.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Matter {
    /// The poll was sealed although this booth had not said that all its ballots were delivered.
    BoothNotFinished {
        /// Its label.
        booth: String,
    },
    /// This booth has not signed for its ballots.
    BoothStatementMissing {
        /// Its label.
        booth: String,
    },
    /// Cards at hand that nobody can read any more, so that they cannot be declared void.
    CardUnreadable {
        /// What they would have been declared.
        card: VoidKind,
        /// How many, at least 1.
        cards: u64,
    },
    /// A line of the reconciliation does not balance.
    OutOfBalance {
        /// Which one.
        line: LineName,
        /// Left side less right side.
        difference: i64,
    },
    /// Cards that were never to vote, or given back, and of which a ballot is stored.
    SpentCard {
        /// What they would have been declared.
        card: VoidKind,
        /// How many, from 1 to `scans`.
        cards: u64,
        /// How often such a card was scanned, as counted: one that was scanned again after the server had begun anew is in it
        /// more than once. If the count goes on afterwards, this exception does not hold any more.
        scans: u64,
    },
    /// A real poll without a check-in desk: nothing says who was there and how many cards were handed out.
    NoCheckIn,
    /// A real poll in which no booth has signed for what it delivered.
    NoBoothStatement,
}

impl Exception {
    /// The longest reason, in characters.
    pub const LONGEST_REASON: usize = 400;
}

impl Matter {
    /// What it is, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::BoothNotFinished { booth } => format!("{booth}未报告选票全部送达"),
            Self::BoothStatementMissing { booth } => format!("{booth}未签署声明"),
            Self::CardUnreadable { card, cards } => format!("{}卡 {cards} 张无法读取", card.zh()),
            Self::OutOfBalance { line, difference } => {
                let words = line.words();
                format!("“{}”与“{}”相差 {difference:+}", words.left_zh, words.right_zh)
            }
            Self::SpentCard { card, cards, scans } => {
                format!("{}卡 {cards} 张已经投过票（扫描 {scans} 次）", card.zh())
            }
            Self::NoCheckIn => "没有设签到台".to_owned(),
            Self::NoBoothStatement => "没有一台投票机签署声明".to_owned(),
        }
    }
}

impl fmt::Display for Matter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BoothNotFinished { booth } => {
                write!(f, "{booth} has not said that all its ballots are delivered")
            }
            Self::BoothStatementMissing { booth } => write!(f, "{booth} has not signed for its ballots"),
            Self::CardUnreadable { card, cards } => {
                write!(f, "{} cards that cannot be read: {cards}", card.as_str())
            }
            Self::OutOfBalance { line, difference } => {
                let words = line.words();
                write!(f, "“{}” and “{}” differ by {difference:+}", words.left_en, words.right_en)
            }
            Self::SpentCard { card, cards, scans } => {
                write!(f, "{} cards that have voted: {cards} (scans: {scans})", card.as_str())
            }
            Self::NoCheckIn => f.write_str("there was no check-in desk"),
            Self::NoBoothStatement => f.write_str("no booth has signed for its ballots"),
        }
    }
}
