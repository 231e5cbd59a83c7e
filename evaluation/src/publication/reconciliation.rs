//! `reconciliation.json` 对账: persons, cards and ballots must balance.

use serde::{Deserialize, Serialize};

use super::to_pretty_json;

/// The counts. What follows from others is computed, never entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reconciliation {
    /// Representatives drawn.
    pub drawn: usize,
    /// Alternates called for absent representatives.
    pub replacements: usize,
    /// Persons called: drawn and replacements.
    pub called: usize,
    /// Cards made, each with one credential in the archive.
    pub cards_made: usize,
    /// Ballots in the archive, each of another card.
    pub ballots: usize,
    /// Cards without a ballot.
    pub cards_without_ballot: usize,
    /// Second ballots of a card, refused.
    pub refused_ballots: usize,
}

/// A line that does not balance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Imbalance {
    /// More ballots than cards.
    #[error("there are {ballots} ballots and only {cards_made} cards")]
    BallotsAboveCards {
        /// Ballots in the archive.
        ballots: usize,
        /// Cards made.
        cards_made: usize,
    },
    /// More ballots than seats.
    #[error("there are {ballots} ballots and only {drawn} seats for representatives")]
    BallotsAboveSeats {
        /// Ballots in the archive.
        ballots: usize,
        /// Seats.
        drawn: usize,
    },
}

impl Imbalance {
    /// What does not balance, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::BallotsAboveCards { ballots, cards_made } => {
                format!("票数 {ballots} 多于制卡数 {cards_made}。")
            }
            Self::BallotsAboveSeats { ballots, drawn } => {
                format!("票数 {ballots} 多于代表名额 {drawn}。")
            }
        }
    }
}

impl Reconciliation {
    /// The counts that follow from the draw and the archive.
    #[must_use]
    pub fn new(
        drawn: usize,
        replacements: usize,
        cards_made: usize,
        ballots: usize,
        refused_ballots: usize,
    ) -> Self {
        Self {
            drawn,
            replacements,
            called: drawn.saturating_add(replacements),
            cards_made,
            ballots,
            cards_without_ballot: cards_made.saturating_sub(ballots),
            refused_ballots,
        }
    }

    /// Every line that does not balance.
    #[must_use]
    pub fn imbalances(&self) -> Vec<Imbalance> {
        let Self { drawn, cards_made, ballots, .. } = *self;
        let mut imbalances = Vec::new();
        if ballots > cards_made {
            imbalances.push(Imbalance::BallotsAboveCards { ballots, cards_made });
        }
        if ballots > drawn {
            imbalances.push(Imbalance::BallotsAboveSeats { ballots, drawn });
        }
        imbalances
    }

    /// The bytes of `reconciliation.json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_pretty_json(self)
    }
}
