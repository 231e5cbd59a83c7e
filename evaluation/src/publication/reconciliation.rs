//! `reconciliation.json` 对账: persons, cards and ballots must balance, line by line.
//!
//! Everything in it follows from the draw, the archive and the closing statement. A line that does not balance is published
//! with its difference and with the exception that two people recorded for it; without one there is no result.

mod line;

use serde::{Deserialize, Serialize};

use super::closing::ClosingStatement;
use super::exception::{Exception, Matter};
use super::to_pretty_json;
use crate::draw::verify::Facts as DrawFacts;
use crate::wire::VoidKind;

pub use line::{Line, LineName, LineWords};

/// A number of cards of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByKind {
    /// Unusable at the booth.
    pub damaged: u64,
    /// Never handed out.
    pub spare: u64,
    /// Handed out and given back.
    pub returned: u64,
    /// Drawn to check booths.
    pub audit: u64,
}

/// What the check-in desk 签到处 counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    /// People called: those drawn, and the alternates called for them.
    pub expected: u64,
    /// Of these, checked in.
    pub present: u64,
    /// Of these, not checked in; those who lost the seat are among them.
    pub absent: u64,
    /// Cards handed out, reissued ones included.
    pub handed_out: u64,
    /// Cards handed out for damaged ones.
    pub reissued: u64,
}

/// What the draw says of persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Representatives drawn.
    pub drawn: u64,
    /// Alternates called.
    pub replacements: u64,
    /// Seats that somebody holds at the poll: one stays empty where no alternate could be called.
    pub seats: u64,
}

/// What draw, archive and closing statement say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Persons; `None` at a trustee's terminal, which does not see the draw.
    pub drawn: Option<Drawn>,
    /// Check-in, if it was used.
    pub attendance: Option<Attendance>,
    /// Cards made, each with one credential in the archive.
    pub cards_made: u64,
    /// Ballots in the archive, each of another card.
    pub ballots: u64,
    /// Cards declared void.
    pub void: ByKind,
    /// Cards that cannot be read any more, as recorded.
    pub unreadable: ByKind,
    /// Cards that are neither used nor void.
    pub remaining: u64,
    /// Cards that were to be declared void and have voted.
    pub void_refused: ByKind,
    /// Second ballots of a card, refused.
    pub refused_ballots: u64,
    /// What all booths' statements say together; `None` if there is no statement.
    pub booth_ballots: Option<u64>,
}

/// The file. What follows from others is computed, never entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reconciliation {
    /// Representatives drawn.
    pub drawn: u64,
    /// Alternates called for absent representatives.
    pub replacements: u64,
    /// Persons called: drawn and replacements.
    pub called: u64,
    /// Seats that somebody holds at the poll.
    pub seats: u64,
    /// What the check-in desk counted; `null` if people were not checked in with this program. Lines that need it are then
    /// absent.
    pub attendance: Option<Attendance>,
    /// Cards made, each with one credential in the archive.
    pub cards_made: u64,
    /// Ballots in the archive, each of another card.
    pub ballots: u64,
    /// Cards declared void, each by its own credential.
    pub void: ByKind,
    /// Cards that cannot be read any more, as recorded exceptions.
    pub unreadable: ByKind,
    /// Cards that are neither used nor void nor unreadable.
    pub not_returned: u64,
    /// Cards that were to be declared void and have voted.
    pub void_refused: ByKind,
    /// Second ballots of a card, refused.
    pub refused_ballots: u64,
    /// Ballots that the booths have signed for; `null` if no booth has. The line that needs it is then absent.
    pub booth_ballots: Option<u64>,
    /// Every line with both sides.
    pub lines: Vec<Line>,
    /// What two people recorded.
    pub exceptions: Vec<Exception>,
}

/// Why there can be no result yet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Imbalance {
    /// A line differs and nobody has recorded why.
    #[error("{} = {}, but {} = {}: difference {:+}", .0.line.words().left_en, .0.left, .0.line.words().right_en, .0.right, .0.difference)]
    Line(Line),
    /// An exception names a difference that is not there.
    #[error("an exception is recorded for a difference that is not there")]
    NoSuchDifference,
    /// Cards that were not to vote have voted, and nobody has recorded why; or more are recorded than there are.
    #[error("{found} cards ({}) that were not to vote have voted, {recorded} are recorded", .card.as_str())]
    SpentCards {
        /// What they were to be declared.
        card: VoidKind,
        /// How many have voted.
        found: u64,
        /// How many are recorded.
        recorded: u64,
    },
    /// More cards are recorded as unreadable than remain.
    #[error("more cards are recorded as unreadable than remain")]
    Unreadable,
}

impl ByKind {
    /// How many of this kind.
    #[must_use]
    pub const fn of(&self, kind: VoidKind) -> u64 {
        match kind {
            VoidKind::Damaged => self.damaged,
            VoidKind::Spare => self.spare,
            VoidKind::Returned => self.returned,
            VoidKind::Audit => self.audit,
        }
    }

    /// Counts more of this kind.
    pub const fn add(&mut self, kind: VoidKind, cards: u64) {
        let count = match kind {
            VoidKind::Damaged => &mut self.damaged,
            VoidKind::Spare => &mut self.spare,
            VoidKind::Returned => &mut self.returned,
            VoidKind::Audit => &mut self.audit,
        };
        *count = count.saturating_add(cards);
    }

    /// All kinds together.
    #[must_use]
    pub fn total(&self) -> u64 {
        VoidKind::ALL.iter().fold(0, |sum, kind| self.of(*kind).saturating_add(sum))
    }

    /// Cards that recorded exceptions call unreadable.
    #[must_use]
    pub fn unreadable(exceptions: &[Exception]) -> Self {
        let mut counts = Self::default();
        for exception in exceptions {
            if let Matter::CardUnreadable { card, cards } = exception.matter {
                counts.add(card, cards);
            }
        }
        counts
    }

    /// Cards that recorded exceptions say have voted and should not have.
    #[must_use]
    pub fn spent(exceptions: &[Exception]) -> Self {
        let mut counts = Self::default();
        for exception in exceptions {
            if let Matter::SpentCard { card, cards } = exception.matter {
                counts.add(card, cards);
            }
        }
        counts
    }
}

impl Drawn {
    /// What a draw that verifies says.
    #[must_use]
    pub fn of(facts: &DrawFacts) -> Self {
        let (selected, held) = (&facts.selected, &facts.representatives);
        let all = &facts.replacements.0;
        Self {
            drawn: count(selected.a.len().saturating_add(selected.b.len())),
            replacements: count(all.iter().filter(|replacement| replacement.called.is_some()).count()),
            seats: count(held.a.len().saturating_add(held.b.len())),
        }
    }
}

impl Counts {
    /// What a closing statement says, with as many cards as the archive has credentials, and as many ballots.
    #[must_use]
    pub fn of(statement: &ClosingStatement, drawn: Option<Drawn>, cards_made: usize, ballots: u64) -> Self {
        let mut void = ByKind::default();
        for card in &statement.void_cards {
            void.add(card.kind, 1);
        }
        let booths = &statement.booth_statements;
        let delivered = booths.iter().fold(0_u64, |sum, booth| sum.saturating_add(booth.ballots));
        Self {
            drawn,
            attendance: statement.attendance,
            cards_made: count(cards_made),
            ballots,
            void,
            unreadable: ByKind::unreadable(&statement.exceptions),
            remaining: count(statement.not_returned.len()),
            void_refused: statement.void_refused,
            refused_ballots: count(statement.refused.len()),
            booth_ballots: (!booths.is_empty()).then_some(delivered),
        }
    }
}

impl Reconciliation {
    /// The counts with what follows from them, and the exceptions that are recorded.
    #[must_use]
    pub fn new(counts: &Counts, exceptions: &[Exception]) -> Self {
        let persons = counts.drawn.unwrap_or(Drawn { drawn: 0, replacements: 0, seats: 0 });
        Self {
            drawn: persons.drawn,
            replacements: persons.replacements,
            called: persons.drawn.saturating_add(persons.replacements),
            seats: persons.seats,
            attendance: counts.attendance,
            cards_made: counts.cards_made,
            ballots: counts.ballots,
            void: counts.void,
            unreadable: counts.unreadable,
            not_returned: counts.remaining.saturating_sub(counts.unreadable.total()),
            void_refused: counts.void_refused,
            refused_ballots: counts.refused_ballots,
            booth_ballots: counts.booth_ballots,
            lines: line::lines(counts),
            exceptions: exceptions.to_vec(),
        }
    }

    /// Everything that keeps a result back.
    #[must_use]
    pub fn imbalances(&self) -> Vec<Imbalance> {
        let mut imbalances: Vec<_> = self.unexplained().cloned().map(Imbalance::Line).collect();
        let is_there = |name, difference| {
            self.lines
                .iter()
                .any(|line| difference != 0 && (line.line, line.difference) == (name, difference))
        };
        let unfounded = self.exceptions.iter().any(|exception| match exception.matter {
            Matter::OutOfBalance { line, difference } => !is_there(line, difference),
            _ => false,
        });
        if unfounded {
            imbalances.push(Imbalance::NoSuchDifference);
        }
        let recorded = ByKind::spent(&self.exceptions);
        for card in VoidKind::ALL {
            let (found, recorded) = (self.void_refused.of(card), recorded.of(card));
            if found != recorded {
                imbalances.push(Imbalance::SpentCards { card, found, recorded });
            }
        }
        let accounted = [self.ballots, self.void.total(), self.unreadable.total(), self.not_returned];
        if accounted.iter().fold(0_u64, |sum, cards| sum.saturating_add(*cards)) > self.cards_made {
            imbalances.push(Imbalance::Unreadable);
        }
        imbalances
    }

    /// The lines that differ and for which no exception is recorded.
    pub fn unexplained(&self) -> impl Iterator<Item = &Line> {
        let is_recorded = |line: &Line| {
            let matter = Matter::OutOfBalance { line: line.line, difference: line.difference };
            self.exceptions.iter().any(|exception| exception.matter == matter)
        };
        self.lines.iter().filter(move |line| line.difference != 0 && !is_recorded(line))
    }

    /// The bytes of `reconciliation.json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_pretty_json(self)
    }
}

impl Imbalance {
    /// What does not balance, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Line(line) => {
                let words = line.line.words();
                format!(
                    "{} {}，{} {}，相差 {:+}。",
                    words.left_zh, line.left, words.right_zh, line.right, line.difference
                )
            }
            Self::NoSuchDifference => "登记了例外的差额并不存在。".to_owned(),
            Self::SpentCards { card, found, recorded } => {
                format!("不应投票的卡（{}）有 {found} 张已投票，已登记例外 {recorded} 张。", card.zh())
            }
            Self::Unreadable => "登记为无法读取的卡多于剩下的卡。".to_owned(),
        }
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
