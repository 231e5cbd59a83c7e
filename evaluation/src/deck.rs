//! The test deck of the logic and accuracy test: scripted ballots with a known answer, cast at every booth in a
//! rehearsal 演练.
//!
//! Every office gets every answer at least once and each of them a different number of times, and as far as there are
//! enough such counts no two offices get the same ones. So a booth that swaps two answers or two offices, or loses,
//! doubles or alters a ballot, changes the totals.

/// The longest deck that is still cast by hand at every booth, except where the answers alone need more.
const MOST_BALLOTS: usize = 24;

/// One scripted ballot: for each office the number of its answer, from 0.
pub type DeckBallot = Vec<usize>;

/// The ballots of the deck for a poll with so many offices and so many answers to each question
/// ([`Rules::answers`](crate::rules::Rules::answers)). The preset's 70 offices and four grades take 13 ballots.
///
/// ```
/// let deck = evaluation::deck::deck(70, 4);
/// assert_eq!(deck.len(), 13);
/// assert!(deck.iter().all(|ballot| ballot.len() == 70));
/// ```
#[must_use]
pub fn deck(offices: usize, answers: usize) -> Vec<DeckBallot> {
    let columns: Vec<Vec<usize>> = counts(offices, answers).iter().enumerate().map(column).collect();
    let ballots = columns.first().map_or(0, Vec::len);
    let ballot = |number| columns.iter().filter_map(|column| column.get(number).copied()).collect();
    (0..ballots).map(ballot).collect()
}

/// The known answer: for each office how often one deck gives it each answer.
#[must_use]
pub fn counts(offices: usize, answers: usize) -> Vec<Vec<usize>> {
    if answers == 0 {
        return Vec::new();
    }
    // 1 + 2 + … + answers is the smallest sum of different counts, none of them 0.
    let fewest = (1..=answers).fold(0_usize, usize::saturating_add);
    let decks =
        (fewest..=fewest.max(MOST_BALLOTS)).map(|ballots| different_counts(ballots, answers, offices));
    // The shortest deck with enough counts for all offices, else the one with the most.
    let mut best = Vec::new();
    for found in decks {
        if found.len() > best.len() {
            best = found;
        }
        if best.len() >= offices {
            break;
        }
    }
    best.iter().cycle().take(offices).cloned().collect()
}

/// What the decks are known to give an office, and what was counted for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Ballots for each answer that the decks hold.
    pub expected: Vec<u64>,
    /// Ballots for each answer that were counted.
    pub found: Vec<u64>,
}

impl Checked {
    /// Whether exactly what the decks hold was counted.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.expected == self.found
    }
}

/// Compares a result, office by office, with the known answer of so many decks.
#[must_use]
pub fn check(decks: usize, answers: usize, result: &[Vec<u64>]) -> Vec<Checked> {
    let decks = u64::try_from(decks).unwrap_or(u64::MAX);
    let times = |count: &usize| u64::try_from(*count).unwrap_or(u64::MAX).saturating_mul(decks);
    let known = counts(result.len(), answers);
    let expected = known.iter().map(|office| office.iter().map(times).collect());
    expected.zip(result).map(|(expected, found)| Checked { expected, found: found.clone() }).collect()
}

/// Ways to give `answers` different counts above 0 that add up to `ballots`, at the most `wanted` of them.
fn different_counts(ballots: usize, answers: usize, wanted: usize) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    extend(&mut Vec::new(), ballots, answers, wanted, &mut found);
    found
}

fn extend(counts: &mut Vec<usize>, left: usize, answers: usize, wanted: usize, found: &mut Vec<Vec<usize>>) {
    if counts.len().saturating_add(1) == answers {
        if left > 0 && !counts.contains(&left) {
            counts.push(left);
            found.push(counts.clone());
            counts.pop();
        }
        return;
    }
    for count in (1..left).filter(|count| !counts.contains(count)).collect::<Vec<_>>() {
        if found.len() >= wanted {
            return;
        }
        counts.push(count);
        extend(counts, left.saturating_sub(count), answers, wanted, found);
        counts.pop();
    }
}

/// The answers that one office gets from ballot to ballot. Each office begins elsewhere, so that no ballot gives all of
/// them the same answer.
fn column((office, counts): (usize, &Vec<usize>)) -> Vec<usize> {
    let mut column: Vec<usize> =
        (0..).zip(counts).flat_map(|(answer, count)| std::iter::repeat_n(answer, *count)).collect();
    let start = office.checked_rem(column.len()).unwrap_or(0);
    column.rotate_left(start);
    column
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// How often each office gets each answer.
    fn totals(deck: &[DeckBallot], offices: usize, answers: usize) -> Vec<Vec<usize>> {
        let mut totals = vec![vec![0; answers]; offices];
        for ballot in deck {
            assert_eq!(ballot.len(), offices);
            for (office, answer) in ballot.iter().enumerate() {
                totals[office][*answer] += 1;
            }
        }
        totals
    }

    #[test]
    fn the_deck_of_the_preset_is_short_and_no_two_offices_have_the_same_answer() {
        let deck = deck(70, 4);
        assert_eq!(deck.len(), 13);
        let different: BTreeSet<_> = counts(70, 4).into_iter().collect();
        assert_eq!(different.len(), 70);
        let ballots: BTreeSet<_> = deck.iter().collect();
        assert_eq!(ballots.len(), deck.len());
    }

    #[test]
    fn a_poll_without_offices_or_answers_has_an_empty_deck() {
        assert_eq!(deck(0, 4), Vec::<DeckBallot>::new());
        assert_eq!(deck(3, 0), Vec::<DeckBallot>::new());
    }

    proptest! {
        #[test]
        fn the_deck_gives_what_it_is_known_to_give(offices in 1_usize..90, answers in 1_usize..8) {
            let deck = deck(offices, answers);
            prop_assert_eq!(totals(&deck, offices, answers), counts(offices, answers));
        }

        #[test]
        fn every_office_gets_every_answer_and_a_different_number_of_each(
            offices in 1_usize..90, answers in 2_usize..8
        ) {
            for office in counts(offices, answers) {
                let different: BTreeSet<_> = office.iter().copied().collect();
                prop_assert_eq!(different.len(), answers);
                prop_assert!(!different.contains(&0));
            }
        }

        #[test]
        fn a_single_altered_answer_is_found_and_named(
            decks in 1_usize..5, office in 0_usize..70, ballot in 0_usize..13, shift in 1_usize..4
        ) {
            let mut cast: Vec<_> = std::iter::repeat_n(deck(70, 4), decks).flatten().collect();
            let right: Vec<Vec<u64>> =
                totals(&cast, 70, 4).into_iter().map(|row| row.into_iter().map(|n| n as u64).collect()).collect();
            prop_assert!(check(decks, 4, &right).iter().all(Checked::is_right));
            cast[ballot][office] = (cast[ballot][office] + shift) % 4;
            let wrong: Vec<Vec<u64>> =
                totals(&cast, 70, 4).into_iter().map(|row| row.into_iter().map(|n| n as u64).collect()).collect();
            let found = check(decks, 4, &wrong);
            for (number, checked) in found.iter().enumerate() {
                prop_assert_eq!(checked.is_right(), number != office);
            }
        }

        #[test]
        fn a_swap_of_two_answers_changes_the_totals(
            offices in 1_usize..90, answers in 2_usize..6, one in 0_usize..6, other in 0_usize..6
        ) {
            let (one, other) = (one % answers, other % answers);
            prop_assume!(one != other);
            let known = counts(offices, answers);
            for office in &known {
                let mut swapped = office.clone();
                swapped.swap(one, other);
                prop_assert_ne!(&swapped, office);
            }
        }

        #[test]
        fn a_swap_of_two_offices_changes_the_totals(
            offices in 2_usize..90, answers in 4_usize..7, one in 0_usize..90, other in 0_usize..90
        ) {
            let (one, other) = (one % offices, other % offices);
            prop_assume!(one != other);
            let known = counts(offices, answers);
            prop_assert_ne!(&known[one], &known[other]);
        }
    }
}
