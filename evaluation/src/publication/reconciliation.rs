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
    /// Seats that somebody holds at the poll: one stays empty where no alternate could be called.
    pub seats: usize,
    /// Cards made, each with one credential in the archive.
    pub cards_made: usize,
    /// Ballots in the archive, each of another card.
    pub ballots: usize,
    /// Cards without a ballot.
    pub cards_without_ballot: usize,
    /// Second ballots of a card, refused.
    pub refused_ballots: usize,
}

/// What draw, archive and closing statement say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Representatives drawn.
    pub drawn: usize,
    /// Alternates called for absent representatives.
    pub replacements: usize,
    /// Seats that somebody holds.
    pub seats: usize,
    /// Cards made.
    pub cards_made: usize,
    /// Ballots in the archive.
    pub ballots: usize,
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
    #[error("there are {ballots} ballots and only {seats} representatives")]
    BallotsAboveSeats {
        /// Ballots in the archive.
        ballots: usize,
        /// Seats that somebody holds.
        seats: usize,
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
            Self::BallotsAboveSeats { ballots, seats } => {
                format!("票数 {ballots} 多于到会代表名额 {seats}。")
            }
        }
    }
}

impl Reconciliation {
    /// The counts with what follows from them.
    #[must_use]
    pub const fn new(counts: &Counts) -> Self {
        let Counts { drawn, replacements, seats, cards_made, ballots, refused_ballots } = *counts;
        Self {
            drawn,
            replacements,
            called: drawn.saturating_add(replacements),
            seats,
            cards_made,
            ballots,
            cards_without_ballot: cards_made.saturating_sub(ballots),
            refused_ballots,
        }
    }

    /// Every line that does not balance.
    #[must_use]
    pub fn imbalances(&self) -> Vec<Imbalance> {
        let Self { seats, cards_made, ballots, .. } = *self;
        let mut imbalances = Vec::new();
        if ballots > cards_made {
            imbalances.push(Imbalance::BallotsAboveCards { ballots, cards_made });
        }
        if ballots > seats {
            imbalances.push(Imbalance::BallotsAboveSeats { ballots, seats });
        }
        imbalances
    }

    /// The bytes of `reconciliation.json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_pretty_json(self)
    }
}
