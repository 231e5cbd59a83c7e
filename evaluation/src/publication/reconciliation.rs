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
use crate::wire::{Purpose, VoidKind};

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
    /// What the election says of itself: a rehearsal may do without check-in and booths.
    pub purpose: Purpose,
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
    /// Ballots of cards that had voted or been declared void, refused.
    pub refused_ballots: u64,
    /// What all booths' statements say together; `None` if there is no statement.
    pub booth_ballots: Option<u64>,
}

/// The file. What follows from others is computed, never entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reconciliation {
    /// Whether it is the real poll, as the election says.
    pub purpose: Purpose,
    /// Representatives drawn.
    pub drawn: u64,
    /// Alternates called for absent representatives.
    pub replacements: u64,
    /// Persons called: drawn and replacements.
    pub called: u64,
    /// Seats that somebody holds at the poll.
    pub seats: u64,
    /// What the check-in desk counted; `null` if people were not checked in with this program. Lines that need it are then
    /// absent, and a real poll needs a recorded exception.
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
    /// Ballots of cards that had voted or been declared void, refused.
    pub refused_ballots: u64,
    /// Ballots that the booths have signed for; `null` if no booth has. The line that needs it is then absent, and a real poll
    /// needs a recorded exception.
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
    /// An exception is recorded for what is not so.
    #[error("an exception is recorded for what is not so: {0}")]
    NotSo(Matter),
    /// Cards that were not to vote have voted, and nobody has recorded why; or it is recorded more than once.
    #[error("cards ({}) that were not to vote have voted, scanned {scans} times; {recorded} exceptions are recorded", .card.as_str())]
    SpentCards {
        /// What they were to be declared.
        card: VoidKind,
        /// How often such a card was scanned.
        scans: u64,
        /// How many exceptions hold for it; one settles it.
        recorded: usize,
    },
    /// There was no check-in desk, and nobody has recorded why.
    #[error("there was no check-in desk and no exception is recorded")]
    NoCheckIn,
    /// No booth has signed for its ballots, and nobody has recorded why.
    #[error("no booth has signed for its ballots and no exception is recorded")]
    NoBoothStatement,
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
    pub fn of(
        statement: &ClosingStatement,
        purpose: Purpose,
        drawn: Option<Drawn>,
        cards_made: usize,
        ballots: u64,
    ) -> Self {
        let mut void = ByKind::default();
        for card in &statement.void_cards {
            void.add(card.kind, 1);
        }
        let signed: Vec<_> = statement.booths.iter().filter_map(|booth| booth.statement).collect();
        let delivered = signed.iter().fold(0_u64, |sum, said| sum.saturating_add(said.ballots));
        Self {
            purpose,
            drawn,
            attendance: statement.attendance,
            cards_made: count(cards_made),
            ballots,
            void,
            unreadable: ByKind::unreadable(&statement.exceptions),
            remaining: count(statement.not_returned.len()),
            void_refused: statement.void_refused,
            refused_ballots: count(statement.refused.len()),
            booth_ballots: (!signed.is_empty()).then_some(delivered),
        }
    }
}

impl Reconciliation {
    /// The counts with what follows from them, and the exceptions that are recorded.
    #[must_use]
    pub fn new(counts: &Counts, exceptions: &[Exception]) -> Self {
        let persons = counts.drawn.unwrap_or(Drawn { drawn: 0, replacements: 0, seats: 0 });
        Self {
            purpose: counts.purpose,
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
        let matters = self.exceptions.iter().map(|exception| &exception.matter);
        imbalances.extend(matters.filter(|matter| !self.is_so(matter)).cloned().map(Imbalance::NotSo));
        for card in VoidKind::ALL {
            let (scans, recorded) = (self.void_refused.of(card), self.recorded_for_spent(card));
            if recorded != usize::from(scans > 0) {
                imbalances.push(Imbalance::SpentCards { card, scans, recorded });
            }
        }
        if self.lacks_check_in() {
            imbalances.push(Imbalance::NoCheckIn);
        }
        if self.lacks_booth_statements() {
            imbalances.push(Imbalance::NoBoothStatement);
        }
        let accounted = [self.ballots, self.void.total(), self.unreadable.total(), self.not_returned];
        if accounted.iter().fold(0_u64, |sum, cards| sum.saturating_add(*cards)) > self.cards_made {
            imbalances.push(Imbalance::Unreadable);
        }
        imbalances
    }

    /// Whether an exception about this is about something that is so, as far as the counts tell: one that is overtaken is not
    /// in force. Of single booths they tell nothing ([`super::closing::faults`] does).
    #[must_use]
    pub fn is_so(&self, matter: &Matter) -> bool {
        match *matter {
            Matter::OutOfBalance { line, difference } => self
                .lines
                .iter()
                .any(|found| difference != 0 && (found.line, found.difference) == (line, difference)),
            Matter::SpentCard { card, cards, scans } => {
                scans == self.void_refused.of(card) && (1..=scans).contains(&cards)
            }
            Matter::NoCheckIn => self.purpose == Purpose::Real && self.attendance.is_none(),
            Matter::NoBoothStatement => self.purpose == Purpose::Real && self.booth_ballots.is_none(),
            Matter::CardUnreadable { cards, .. } => cards > 0,
            Matter::BoothNotFinished { .. } | Matter::BoothStatementMissing { .. } => true,
        }
    }

    /// How many exceptions are recorded for cards of this kind that have voted.
    #[must_use]
    pub fn recorded_for_spent(&self, kind: VoidKind) -> usize {
        let about = |matter: &Matter| matches!(*matter, Matter::SpentCard { card, .. } if card == kind);
        self.exceptions.iter().filter(|exception| about(&exception.matter)).count()
    }

    /// Whether it is a real poll without a check-in desk, and nobody has recorded why.
    #[must_use]
    pub fn lacks_check_in(&self) -> bool {
        self.is_so(&Matter::NoCheckIn) && !self.has_recorded(&Matter::NoCheckIn)
    }

    /// Whether it is a real poll in which no booth has signed, and nobody has recorded why.
    #[must_use]
    pub fn lacks_booth_statements(&self) -> bool {
        self.is_so(&Matter::NoBoothStatement) && !self.has_recorded(&Matter::NoBoothStatement)
    }

    fn has_recorded(&self, matter: &Matter) -> bool {
        self.exceptions.iter().any(|exception| exception.matter == *matter)
    }

    /// The lines that differ and for which no exception is recorded.
    pub fn unexplained(&self) -> impl Iterator<Item = &Line> {
        let is_recorded = |line: &Line| {
            let matter = Matter::OutOfBalance { line: line.line, difference: line.difference };
            self.has_recorded(&matter)
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
            Self::NotSo(matter) => format!("登记为例外的情况并不存在：{}。", matter.zh()),
            Self::SpentCards { card, scans, recorded } => format!(
                "不应投票的卡（{}）已投票，扫描到 {scans} 次；登记例外 {recorded} 份，应恰有一份。",
                card.zh()
            ),
            Self::NoCheckIn => "没有设签到台，也没有登记例外。".to_owned(),
            Self::NoBoothStatement => "没有一台投票机签署声明，也没有登记例外。".to_owned(),
            Self::Unreadable => "登记为无法读取的卡多于剩下的卡。".to_owned(),
        }
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
