//! One person's vote as a pure state machine: which office is on the screen, what has been chosen, what may follow.
//!
//! Nothing here does I/O. The choices live in memory only, are overwritten when the session ends, and never appear in
//! `Debug`. Once the vote is sealed nothing can change it.
//!
//! An office is known by its place on the list, whatever the order in which the person meets it: that order is only the way from one
//! screen to the next.
//!
//! ```
//! use std::num::NonZeroU16;
//! use kiosk::flow::{Flow, Position, Screen};
//!
//! let mut flow = Flow::new(NonZeroU16::new(2).unwrap(), 4);
//! let first = Position::FIRST;
//! let second = flow.position(2)?;
//! assert_eq!(flow.grade(first, 0)?, Screen::Office(second));
//! assert_eq!(flow.grade(second, 3)?, Screen::Review);
//! assert_eq!(flow.complete()?.as_slice(), [0, 3]);
//! # Ok::<(), kiosk::flow::FlowError>(())
//! ```

use std::{
    fmt,
    num::{NonZeroU16, NonZeroUsize},
};

use zeroize::Zeroizing;

pub use order::{OrderSeed, SEED_SIZE};
pub use snapshot::SnapshotError;

mod order;
mod snapshot;

use order::Order;

/// Place of an office on the list, from 1. It is the question's place in the election too, whatever the order on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(NonZeroU16);

/// What the person has before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// One office with its grades, and those that share its screen.
    Office(Position),
    /// All offices with what was chosen, and the one confirm.
    Review,
}

/// All choices of a complete vote: for every office in ballot order the place of the chosen grade, from 0. Overwritten when
/// dropped.
#[derive(Clone)]
pub struct Choices(Zeroizing<Vec<usize>>);

/// One person's vote from the first office to the seal.
pub struct Flow {
    offices: NonZeroU16,
    grades: usize,
    order: Order,
    choices: Zeroizing<Vec<Option<usize>>>,
    /// The office on the screen, or the one last looked at before the review.
    office: Position,
    reviewing: bool,
    back_to_review: bool,
    sealed: bool,
}

/// A step the person cannot take from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FlowError {
    /// Before the first office there is nothing.
    #[error("there is no office before the first")]
    NoPrevious,
    /// The vote is sealed; nothing can be changed any more.
    #[error("the vote is sealed")]
    Sealed,
    /// Some offices have no grade yet.
    #[error("{count} offices are not rated yet")]
    Unrated {
        /// How many.
        count: NonZeroUsize,
    },
    /// No such grade.
    #[error("there is no such grade")]
    UnknownGrade,
    /// No such office.
    #[error("there is no such office on the ballot")]
    UnknownOffice,
}

impl Position {
    /// The first office of the list.
    pub const FIRST: Self = Self(NonZeroU16::MIN);

    /// The place with this number, from 1. Whether there is an office says [`Flow::position`].
    #[must_use]
    pub fn new(number: u16) -> Option<Self> {
        NonZeroU16::new(number).map(Self)
    }

    /// The place, from 1.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0.get()
    }

    /// The place, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.number()).saturating_sub(1)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Choices {
    /// For every office the place of the chosen grade, from 0.
    #[must_use]
    pub fn as_slice(&self) -> &[usize] {
        &self.0
    }
}

impl fmt::Debug for Choices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Choices(hidden)")
    }
}

impl Flow {
    /// A vote on `offices` offices with `grades` grades each, one a screen in the order of the list, at the first office, nothing
    /// chosen.
    #[must_use]
    pub fn new(offices: NonZeroU16, grades: usize) -> Self {
        Self {
            offices,
            grades,
            order: Order::new(vec![0; usize::from(offices.get())], NonZeroUsize::MIN, OrderSeed::LISTED),
            choices: Zeroizing::new(vec![None; usize::from(offices.get())]),
            office: Position::FIRST,
            reviewing: false,
            back_to_review: false,
            sealed: false,
        }
    }

    /// The same vote with its offices in the order of this seed, at the first of them. `sections` says of each office in which section
    /// it is, in the order of the list; nobody meets two sections on one screen, and at most `per_screen` offices.
    #[must_use]
    pub fn ordered(mut self, sections: &[usize], per_screen: NonZeroUsize, seed: OrderSeed) -> Self {
        let mut sections = sections.to_vec();
        sections.resize(usize::from(self.offices.get()), 0);
        self.order = Order::new(sections, per_screen, seed);
        self.office = self.order.sequence().first().copied().unwrap_or(Position::FIRST);
        self
    }

    /// How many offices there are.
    #[must_use]
    pub const fn offices(&self) -> NonZeroU16 {
        self.offices
    }

    /// What the person has before them; a page that was reloaded shows it again.
    #[must_use]
    pub const fn screen(&self) -> Screen {
        if self.reviewing { Screen::Review } else { Screen::Office(self.office) }
    }

    /// The office on the screen, or the one last looked at before the review.
    #[must_use]
    pub const fn last_seen(&self) -> Position {
        self.office
    }

    /// Whether a grade for the office on the screen leads straight back to the review.
    #[must_use]
    pub const fn is_change(&self) -> bool {
        self.back_to_review
    }

    /// Whether the vote is sealed.
    #[must_use]
    pub const fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// The office with this number on the ballot, from 1.
    ///
    /// # Errors
    /// [`FlowError::UnknownOffice`]
    pub fn position(&self, number: u16) -> Result<Position, FlowError> {
        match NonZeroU16::new(number) {
            Some(place) if place <= self.offices => Ok(Position(place)),
            _ => Err(FlowError::UnknownOffice),
        }
    }

    /// What the order of the offices comes from.
    #[must_use]
    pub const fn order_seed(&self) -> OrderSeed {
        self.order.seed()
    }

    /// All offices in the order in which the person meets them.
    #[must_use]
    pub fn sequence(&self) -> &[Position] {
        self.order.sequence()
    }

    /// The place of an office among those the person meets, from 1.
    #[must_use]
    pub fn place(&self, position: Position) -> u16 {
        let before = self.sequence().iter().take_while(|other| **other != position).count();
        u16::try_from(before).unwrap_or(u16::MAX).saturating_add(1)
    }

    /// The offices on one screen with this one, in order.
    #[must_use]
    pub fn together(&self, position: Position) -> &[Position] {
        self.order.screen(position)
    }

    /// The first office of the screen after the one with this office; after the last comes the review.
    #[must_use]
    pub fn next(&self, position: Position) -> Option<Position> {
        self.order.next_screen(position)
    }

    /// The first office of the screen before the one with this office.
    #[must_use]
    pub fn previous(&self, position: Position) -> Option<Position> {
        self.order.previous_screen(position)
    }

    /// All offices in the order of the list.
    pub fn positions(&self) -> impl Iterator<Item = Position> + use<> {
        (1..=self.offices.get()).filter_map(NonZeroU16::new).map(Position)
    }

    /// The place of the chosen grade, from 0, if there is one.
    #[must_use]
    pub fn chosen(&self, position: Position) -> Option<usize> {
        self.choices.get(position.index()).copied().flatten()
    }

    /// How many offices have no grade yet.
    #[must_use]
    pub fn unrated(&self) -> usize {
        self.choices.iter().filter(|choice| choice.is_none()).count()
    }

    /// The first office without a grade that the person meets.
    #[must_use]
    pub fn first_unrated(&self) -> Option<Position> {
        self.sequence().iter().copied().find(|position| self.chosen(*position).is_none())
    }

    /// Gives an office a grade and goes on: to the next office, or to the review after the last one and after [`Self::change`]. Where
    /// several offices share a screen, it stays at this screen, at the next of them without a grade.
    ///
    /// # Errors
    /// [`FlowError::Sealed`], [`FlowError::UnknownGrade`], [`FlowError::UnknownOffice`]
    pub fn grade(&mut self, position: Position, grade: usize) -> Result<Screen, FlowError> {
        self.check_unsealed()?;
        if grade >= self.grades {
            return Err(FlowError::UnknownGrade);
        }
        *self.choices.get_mut(position.index()).ok_or(FlowError::UnknownOffice)? = Some(grade);
        if self.order.is_grouped() && !self.back_to_review {
            self.office = self.next_unrated_together(position).unwrap_or(position);
            self.reviewing = false;
            return Ok(self.screen());
        }
        Ok(self.leave(position))
    }

    /// Goes on from the screen without a grade; from the review nowhere.
    ///
    /// # Errors
    /// [`FlowError::Sealed`]
    pub fn go_on(&mut self) -> Result<Screen, FlowError> {
        self.check_unsealed()?;
        if self.reviewing {
            return Ok(Screen::Review);
        }
        Ok(self.leave(self.office))
    }

    /// Goes to the screen before this one; from the review to the office last looked at.
    ///
    /// # Errors
    /// [`FlowError::Sealed`], [`FlowError::NoPrevious`]
    pub fn go_back(&mut self) -> Result<Screen, FlowError> {
        self.check_unsealed()?;
        if self.reviewing {
            return self.go_to(self.office);
        }
        self.go_to(self.previous(self.office).ok_or(FlowError::NoPrevious)?)
    }

    /// Shows one office; a grade for it leads on to the next.
    ///
    /// # Errors
    /// [`FlowError::Sealed`], [`FlowError::UnknownOffice`]
    pub fn go_to(&mut self, position: Position) -> Result<Screen, FlowError> {
        self.check_unsealed()?;
        self.office = self.position(position.number())?;
        self.reviewing = false;
        self.back_to_review = false;
        Ok(self.screen())
    }

    /// Shows one office of the review; a grade for it leads straight back there.
    ///
    /// # Errors
    /// [`FlowError::Sealed`], [`FlowError::UnknownOffice`]
    pub fn change(&mut self, position: Position) -> Result<Screen, FlowError> {
        self.go_to(position)?;
        self.back_to_review = true;
        Ok(self.screen())
    }

    /// Shows the review, complete or not.
    ///
    /// # Errors
    /// [`FlowError::Sealed`]
    pub fn review(&mut self) -> Result<Screen, FlowError> {
        self.check_unsealed()?;
        self.back_to_review = false;
        self.reviewing = true;
        Ok(Screen::Review)
    }

    /// All choices, if every office has one.
    ///
    /// # Errors
    /// [`FlowError::Sealed`], [`FlowError::Unrated`]
    pub fn complete(&self) -> Result<Choices, FlowError> {
        self.check_unsealed()?;
        if let Some(count) = NonZeroUsize::new(self.unrated()) {
            return Err(FlowError::Unrated { count });
        }
        // The room is taken at once: a vector that grows leaves copies behind.
        let mut all = Zeroizing::new(Vec::with_capacity(self.choices.len()));
        all.extend(self.choices.iter().copied().flatten());
        Ok(Choices(all))
    }

    /// Ends the vote: from here on nothing can change, and the choices are overwritten.
    ///
    /// # Errors
    /// [`FlowError::Sealed`], [`FlowError::Unrated`]
    pub fn seal(&mut self) -> Result<(), FlowError> {
        self.complete()?;
        self.choices = Zeroizing::new(Vec::new());
        self.sealed = true;
        Ok(())
    }

    fn leave(&mut self, position: Position) -> Screen {
        self.office = position;
        match self.next(position) {
            Some(next) if !self.back_to_review => self.office = next,
            _ => self.reviewing = true,
        }
        self.back_to_review = false;
        self.screen()
    }

    /// The next office without a grade on the same screen, those before this one last.
    fn next_unrated_together(&self, position: Position) -> Option<Position> {
        let together = self.together(position);
        let here = together.iter().take_while(|other| **other != position).count();
        let onward = together.iter().cycle().skip(here).take(together.len());
        onward.copied().find(|other| self.chosen(*other).is_none())
    }

    const fn check_unsealed(&self) -> Result<(), FlowError> {
        if self.sealed { Err(FlowError::Sealed) } else { Ok(()) }
    }
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flow")
            .field("offices", &self.offices)
            .field("sealed", &self.sealed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
