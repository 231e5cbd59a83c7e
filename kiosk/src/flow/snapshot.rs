//! A vote as bytes of one length, to be sealed and taken up again at any booth.
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | version, [`VERSION`] |
//! | 32 | the seed from which the ballot's order of offices is shuffled; zeros are the order of the list |
//! | 1 for each office | in ballot order: 0 for none, otherwise the place of the grade, from 1 |
//! | 2 | the office on the screen, from 1, big-endian |
//! | 1 | marks: 1 the review is on the screen, 2 a grade leads straight back to it |

use zeroize::Zeroizing;

use super::{Flow, OrderSeed, SEED_SIZE as SEED};

/// The only form there is.
const VERSION: u8 = 1;
/// Bytes behind the choices.
const TAIL: usize = 3;
/// The review is on the screen.
const REVIEWING: u8 = 1;
/// A grade leads straight back to the review.
const BACK_TO_REVIEW: u8 = 2;

/// Bytes are no vote on these offices with these grades. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no draft of a vote on these offices")]
pub struct SnapshotError;

impl Flow {
    /// This vote as bytes, whose number depends on nothing but the number of offices. Overwritten when dropped.
    #[must_use]
    pub fn snapshot(&self) -> Zeroizing<Vec<u8>> {
        // The room is taken at once: a vector that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(Self::snapshot_size(self.offices.get().into())));
        bytes.push(VERSION);
        bytes.extend_from_slice(self.order_seed().as_bytes());
        bytes.extend(self.positions().map(|position| {
            let place = self.chosen(position).and_then(|grade| grade.checked_add(1));
            place.and_then(|place| u8::try_from(place).ok()).unwrap_or(0)
        }));
        bytes.extend_from_slice(&self.office.number().to_be_bytes());
        let mark = |mark: u8, on: bool| if on { mark } else { 0 };
        bytes.push(mark(REVIEWING, self.reviewing) | mark(BACK_TO_REVIEW, self.back_to_review));
        bytes
    }

    /// Takes up a vote where [`Self::snapshot`] left it, in place of this one.
    ///
    /// # Errors
    /// [`SnapshotError`] if these are not such bytes for the same offices and grades, or the vote is sealed; then it is as it was.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), SnapshotError> {
        let offices = usize::from(self.offices.get());
        if self.sealed || snapshot.len() != Self::snapshot_size(offices) {
            return Err(SnapshotError);
        }
        let (head, rest) = snapshot.split_at_checked(1 + SEED).ok_or(SnapshotError)?;
        let (chosen, tail) = rest.split_at_checked(offices).ok_or(SnapshotError)?;
        let (&[VERSION, ref seed @ ..], &[high, low, marks]) = (head, tail) else {
            return Err(SnapshotError);
        };
        let seed = OrderSeed::new(seed.try_into().map_err(|_| SnapshotError)?);
        if marks & !(REVIEWING | BACK_TO_REVIEW) != 0 {
            return Err(SnapshotError);
        }
        let office = self.position(u16::from_be_bytes([high, low])).map_err(|_| SnapshotError)?;
        let mut choices = Zeroizing::new(Vec::with_capacity(offices));
        choices.extend(chosen.iter().map(|place| usize::from(*place).checked_sub(1)));
        if choices.iter().flatten().any(|grade| *grade >= self.grades) {
            return Err(SnapshotError);
        }
        self.order = self.order.with_seed(seed);
        self.choices = choices;
        self.office = office;
        self.reviewing = marks & REVIEWING != 0;
        self.back_to_review = marks & BACK_TO_REVIEW != 0;
        Ok(())
    }

    const fn snapshot_size(offices: usize) -> usize {
        (1 + SEED + TAIL).saturating_add(offices)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use proptest::prelude::*;

    use super::*;
    use crate::flow::{FlowError, Position};

    const GRADES: usize = 4;

    fn flow(offices: u16) -> Flow {
        Flow::new(NonZeroU16::new(offices).unwrap(), GRADES)
    }

    /// A vote in which somebody went here and there.
    fn walked(offices: u16, steps: &[(u8, u16, usize)]) -> Flow {
        let mut flow = flow(offices);
        for (step, office, grade) in steps {
            let position = flow.position(office % offices + 1).unwrap();
            _ = match step % 5 {
                0 | 1 => flow.grade(position, grade % GRADES),
                2 => flow.change(position),
                3 => flow.review(),
                _ => flow.go_back().or(Err(FlowError::NoPrevious)),
            };
        }
        flow
    }

    fn steps() -> impl Strategy<Value = Vec<(u8, u16, usize)>> {
        prop::collection::vec(any::<(u8, u16, usize)>(), 0..40)
    }

    fn same(one: &Flow, other: &Flow) -> bool {
        let chosen = |flow: &Flow| flow.positions().map(|position| flow.chosen(position)).collect::<Vec<_>>();
        chosen(one) == chosen(other)
            && one.screen() == other.screen()
            && one.last_seen() == other.last_seen()
            && one.is_change() == other.is_change()
    }

    proptest! {
        #[test]
        fn a_vote_goes_on_exactly_where_it_was_left(offices in 1_u16..100, steps in steps()) {
            let left = walked(offices, &steps);
            let mut taken_up = flow(offices);
            taken_up.restore(&left.snapshot()).unwrap();
            prop_assert!(same(&left, &taken_up));
        }

        #[test]
        fn the_order_of_the_offices_is_taken_up_too(seed: [u8; SEED], steps in steps()) {
            let sections = [0, 0, 0, 0, 0, 1, 1, 1, 1];
            let ordered = |seed| flow(9).ordered(&sections, std::num::NonZeroUsize::MIN, OrderSeed::new(seed));
            let mut left = ordered(seed);
            let (head, choices) = (left.snapshot(), walked(9, &steps).snapshot());
            left.restore(&[&head[..=SEED], &choices[1 + SEED..]].concat()).unwrap();
            let mut taken_up = ordered([9; SEED]);
            taken_up.restore(&left.snapshot()).unwrap();
            prop_assert!(same(&left, &taken_up));
            prop_assert_eq!(left.sequence(), taken_up.sequence());
            prop_assert_eq!(left.order_seed(), taken_up.order_seed());
        }

        #[test]
        fn all_votes_on_the_same_offices_have_one_length(offices in 1_u16..100, one in steps(), other in steps()) {
            let length = walked(offices, &one).snapshot().len();
            prop_assert_eq!(length, walked(offices, &other).snapshot().len());
        }

        #[test]
        fn other_bytes_change_nothing_and_never_panic(steps in steps(), bytes: Vec<u8>, cut in 0_usize..200) {
            let mut left = walked(9, &steps);
            let before = left.snapshot();
            let other = walked(9, &steps).snapshot();
            for bytes in [bytes.as_slice(), &other[..cut.min(other.len() - 1)]] {
                prop_assert_eq!(left.restore(bytes), Err(SnapshotError));
            }
            prop_assert_eq!(left.snapshot(), before);
        }
    }

    #[test]
    fn a_grade_or_an_office_that_is_not_there_is_refused() {
        let snapshot = flow(3).snapshot();
        for (place, value) in [(0, 2), (33, 5), (35, 255), (36, 1), (37, 0), (37, 4), (38, 4), (38, 128)] {
            let mut changed = snapshot.clone();
            changed[place] = value;
            assert_eq!(flow(3).restore(&changed), Err(SnapshotError), "byte {place} is {value}");
        }
        assert_eq!(flow(4).restore(&snapshot), Err(SnapshotError));
        assert_eq!(Flow::new(NonZeroU16::new(3).unwrap(), 4).restore(&snapshot), Ok(()));
    }

    #[test]
    fn a_sealed_vote_is_not_replaced() {
        let mut sealed = flow(1);
        sealed.grade(Position::FIRST, 0).unwrap();
        let snapshot = sealed.snapshot();
        sealed.seal().unwrap();
        assert_eq!(sealed.restore(&snapshot), Err(SnapshotError));
    }
}
