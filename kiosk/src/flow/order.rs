//! In which order a person meets the offices, and which of them stand on one screen.
//!
//! The order of a shuffled ballot comes from its seed alone, so that a draft taken up at another booth goes on in the same one. Within
//! each section the offices are sorted by SHA-256(`pingyi-office-order/1` ‖ seed ‖ place on the list, two bytes big-endian). A section
//! keeps the places it has on the list; which office has which number does not change.

use std::num::NonZeroUsize;

use sha2::{Digest as _, Sha256};

use super::Position;

/// Name and version of the way from the seed to the order.
const FORM: &str = "pingyi-office-order/1";

/// Bytes of an [`OrderSeed`].
pub const SEED_SIZE: usize = 32;

/// What the order of a ballot's offices comes from. No secret: it tells nothing of a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderSeed([u8; SEED_SIZE]);

impl OrderSeed {
    /// The order of the list.
    pub const LISTED: Self = Self([0; SEED_SIZE]);

    /// The order that comes from these bytes; all zeros are the order of the list.
    #[must_use]
    pub const fn new(bytes: [u8; SEED_SIZE]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; SEED_SIZE] {
        &self.0
    }

    /// Whether this is another order than that of the list.
    #[must_use]
    pub fn is_shuffled(&self) -> bool {
        *self != Self::LISTED
    }

    fn rank(&self, position: Position) -> [u8; 32] {
        let hash = Sha256::new().chain_update(FORM).chain_update(self.0);
        hash.chain_update(position.number().to_be_bytes()).finalize().into()
    }
}

/// The offices of a ballot as a person meets them.
#[derive(Clone, Debug)]
pub(super) struct Order {
    seed: OrderSeed,
    /// For each place on the list its section, by the section's place in the rules.
    sections: Vec<usize>,
    per_screen: NonZeroUsize,
    /// All offices; offices that stand on one screen are together.
    screens: Vec<Vec<Position>>,
    /// All offices.
    sequence: Vec<Position>,
}

impl Order {
    /// Offices whose sections are these, in the order of the list.
    pub(super) fn new(sections: Vec<usize>, per_screen: NonZeroUsize, seed: OrderSeed) -> Self {
        let sequence = sequence(&sections, seed);
        let screens = screens(&sequence, &sections, per_screen);
        Self { seed, sections, per_screen, screens, sequence }
    }

    /// The same offices in the order of another seed.
    pub(super) fn with_seed(&self, seed: OrderSeed) -> Self {
        Self::new(self.sections.clone(), self.per_screen, seed)
    }

    pub(super) const fn seed(&self) -> OrderSeed {
        self.seed
    }

    /// All offices, in this order.
    pub(super) fn sequence(&self) -> &[Position] {
        &self.sequence
    }

    /// The offices that stand on one screen with this one, in order.
    pub(super) fn screen(&self, position: Position) -> &[Position] {
        let screen = self.screens.iter().find(|screen| screen.contains(&position));
        screen.map_or(&[], Vec::as_slice)
    }

    /// Whether several offices may stand on one screen.
    pub(super) const fn is_grouped(&self) -> bool {
        self.per_screen.get() > 1
    }

    /// The first office of the screen after the one with this office.
    pub(super) fn next_screen(&self, position: Position) -> Option<Position> {
        let screens = self.screens.iter().skip_while(|screen| !screen.contains(&position));
        screens.skip(1).find_map(|screen| screen.first()).copied()
    }

    /// The first office of the screen before the one with this office.
    pub(super) fn previous_screen(&self, position: Position) -> Option<Position> {
        let screens = self.screens.iter().take_while(|screen| !screen.contains(&position));
        screens.last().and_then(|screen| screen.first()).copied()
    }
}

fn sequence(sections: &[usize], seed: OrderSeed) -> Vec<Position> {
    let listed: Vec<Position> =
        (1..=u16::MAX).zip(sections).filter_map(|(number, _)| Position::new(number)).collect();
    if !seed.is_shuffled() {
        return listed;
    }
    let section = |position: &Position| sections.get(position.index()).copied();
    let mut shuffled = listed.clone();
    shuffled.sort_by_cached_key(|position| (section(position), seed.rank(*position)));
    // Each place of the list is taken by the next office of the same section.
    let mut taken = vec![false; shuffled.len()];
    listed
        .iter()
        .filter_map(|place| {
            let mut free = shuffled.iter().zip(&mut taken);
            let (position, taken) =
                free.find(|(position, taken)| !**taken && section(position) == section(place))?;
            *taken = true;
            Some(*position)
        })
        .collect()
}

fn screens(sequence: &[Position], sections: &[usize], per_screen: NonZeroUsize) -> Vec<Vec<Position>> {
    let of_one_section = sequence.chunk_by(|a, b| sections.get(a.index()) == sections.get(b.index()));
    of_one_section.flat_map(|run| run.chunks(per_screen.get()).map(<[Position]>::to_vec)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn order(sections: &[usize], per_screen: usize, seed: [u8; SEED_SIZE]) -> Order {
        Order::new(sections.to_vec(), NonZeroUsize::new(per_screen).unwrap(), OrderSeed::new(seed))
    }

    fn numbers(order: &Order) -> Vec<u16> {
        order.sequence().iter().map(|position| position.number()).collect()
    }

    fn sections() -> impl Strategy<Value = Vec<usize>> {
        prop::collection::vec(0_usize..3, 1..80)
    }

    proptest! {
        #[test]
        fn a_shuffle_moves_every_office_within_its_section_only(sections in sections(), seed: [u8; SEED_SIZE]) {
            let order = order(&sections, 1, seed);
            let mut sorted = numbers(&order);
            for (place, number) in sorted.iter().enumerate() {
                prop_assert_eq!(sections[place], sections[usize::from(*number) - 1]);
            }
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (1..=u16::try_from(sections.len()).unwrap()).collect::<Vec<_>>());
        }

        #[test]
        fn the_seed_alone_makes_the_order(sections in sections(), one: [u8; SEED_SIZE], other: [u8; SEED_SIZE]) {
            let made = order(&sections, 1, one);
            let restored = order(&sections, 1, other).with_seed(OrderSeed::new(one));
            prop_assert_eq!(numbers(&made), numbers(&restored));
        }

        #[test]
        fn screens_hold_every_office_once_and_no_two_sections(
            sections in sections(),
            per_screen in 1_usize..8,
            seed: [u8; SEED_SIZE],
        ) {
            let order = order(&sections, per_screen, seed);
            let mut at = Some(order.sequence()[0]);
            let mut met = Vec::new();
            let mut before = None;
            while let Some(position) = at {
                let screen = order.screen(position);
                prop_assert!((1..=per_screen).contains(&screen.len()) && screen[0] == position);
                prop_assert!(screen.iter().all(|one| sections[one.index()] == sections[position.index()]));
                prop_assert_eq!(order.previous_screen(position), before);
                met.extend_from_slice(screen);
                before = at;
                at = order.next_screen(position);
            }
            prop_assert_eq!(met.as_slice(), order.sequence());
        }
    }

    #[test]
    fn zeros_are_the_order_of_the_list() {
        assert_eq!(numbers(&order(&[0, 0, 1, 1, 0], 5, [0; SEED_SIZE])), [1, 2, 3, 4, 5]);
        assert!(!OrderSeed::default().is_shuffled());
    }

    #[test]
    fn the_way_from_the_seed_to_the_order_never_changes() {
        let sections = [[0; 6].as_slice(), &[1; 4]].concat();
        assert_eq!(numbers(&order(&sections, 1, [7; SEED_SIZE])), [1, 2, 5, 3, 4, 6, 7, 8, 10, 9]);
    }

    #[test]
    fn every_office_comes_first_as_often_as_every_other() {
        let mut first = [0_u32; 4];
        for seed in 0..2_000_u16 {
            let mut bytes = [1; SEED_SIZE];
            bytes[..2].copy_from_slice(&seed.to_be_bytes());
            first[order(&[0; 4], 1, bytes).sequence()[0].index()] += 1;
        }
        assert!(first.iter().all(|count| (400..600).contains(count)), "{first:?}");
    }
}
