//! Paper ballots 纸质票, for the day when everything else fails: how they are typed, which are invalid, what they add up to.
//!
//! A ballot is typed as one digit an office, in the order of the list: the position of the grade from 1, and 0 where no
//! grade or more than one is marked. **A ballot with a 0 is invalid as a whole**: the rules let no electronic ballot be
//! cast before all offices are rated, so a paper ballot that leaves one out counts for none, and all offices of a count
//! have the same number of ballots. Where the rules allow 不了解, it is the digit after the last grade.
//!
//! Two people type every pile, and only equal entries count ([`compare`]).

use crate::office::Offices;
use crate::rules::Rules;
use crate::score::GradeCounts;

/// The most ballots of one pile.
pub const LARGEST_PILE: usize = 10;

/// One ballot as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperBallot {
    /// For each office the position of its answer from 1, or 0.
    marks: Vec<u8>,
}

/// What piles of ballots add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperTally {
    /// Ballots that count.
    pub valid: u32,
    /// Ballots with an office that has no grade or more than one.
    pub invalid: u32,
    /// The counts of each office, by number.
    pub counts: Vec<GradeCounts>,
}

/// Why an entry cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
pub enum PaperError {
    /// A line has no digit for some office, or too many.
    Length {
        /// The line, from 1.
        line: usize,
        /// Digits typed.
        found: usize,
        /// Offices on the list.
        offices: usize,
    },
    /// There is no such grade.
    Mark {
        /// The line, from 1.
        line: usize,
        /// The office, from 1.
        office: usize,
        /// The highest digit.
        highest: usize,
    },
    /// No ballot, or more than a pile has.
    Pile {
        /// Ballots typed.
        found: usize,
    },
}

/// Where two entries of a pile differ first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// One has more ballots.
    Ballots,
    /// The ballot and the office, both from 1.
    Mark(usize, usize),
}

impl PaperError {
    /// What is wrong, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Length { line, found, offices } => {
                format!("第{line}张票录入了{found}位，应为{offices}位（每个股室一位）。")
            }
            Self::Mark { line, office, highest } => {
                format!("第{line}张票第{office}个股室处不是0至{highest}的数字。请关闭中文（全角）输入。")
            }
            Self::Pile { found } => format!("录入了{found}张票，每捆应为1至{LARGEST_PILE}张。"),
        }
    }

    /// What is wrong, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Length { line, found, offices } => {
                format!("Ballot {line} has {found} digits; it must have {offices}, one for each office.")
            }
            Self::Mark { line, office, highest } => format!(
                "On ballot {line}, office {office} has no digit from 0 to {highest}. Switch off full-width input."
            ),
            Self::Pile { found } => format!("{found} ballots were typed; a pile has 1 to {LARGEST_PILE}."),
        }
    }
}

impl PaperBallot {
    /// Whether every office has one grade.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.marks.iter().all(|&mark| mark > 0)
    }
}

/// Reads a pile: one ballot a line, spaces for the eye only, empty lines do not count.
///
/// # Errors
///
/// [`PaperError`] names the first line that is wrong.
pub fn read_pile(rules: &Rules, offices: &Offices, text: &str) -> Result<Vec<PaperBallot>, PaperError> {
    let (offices, highest) = (offices.iter().count(), rules.answers());
    let lines = text.lines().map(|line| line.chars().filter(|c| !c.is_whitespace()).collect::<String>());
    let pile: Vec<_> = lines
        .filter(|line| !line.is_empty())
        .zip(1..)
        .map(|(text, line)| read_ballot(&text, line, offices, highest))
        .collect::<Result<_, _>>()?;
    if pile.is_empty() || pile.len() > LARGEST_PILE {
        return Err(PaperError::Pile { found: pile.len() });
    }
    Ok(pile)
}

fn read_ballot(text: &str, line: usize, offices: usize, highest: usize) -> Result<PaperBallot, PaperError> {
    let mark = |(character, office): (char, usize)| {
        let digit = character.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
        let wrong = PaperError::Mark { line, office, highest };
        digit.filter(|&digit| usize::from(digit) <= highest).ok_or(wrong)
    };
    let marks: Vec<_> = text.chars().zip(1..).map(mark).collect::<Result<_, _>>()?;
    if marks.len() != offices {
        return Err(PaperError::Length { line, found: marks.len(), offices });
    }
    Ok(PaperBallot { marks })
}

/// The pile in its one written form: a line of digits for each ballot.
#[must_use]
pub fn write_pile(pile: &[PaperBallot]) -> String {
    let digits = |ballot: &PaperBallot| -> String { ballot.marks.iter().map(ToString::to_string).collect() };
    pile.iter().map(|ballot| digits(ballot) + "\n").collect()
}

/// Where two entries of a pile differ first; nothing if they are equal.
#[must_use]
pub fn compare(first: &[PaperBallot], second: &[PaperBallot]) -> Option<Difference> {
    for ((one, other), ballot) in first.iter().zip(second).zip(1..) {
        let same = one.marks.iter().zip(&other.marks).take_while(|(one, other)| one == other).count();
        if same < one.marks.len().max(other.marks.len()) {
            return Some(Difference::Mark(ballot, same.saturating_add(1)));
        }
    }
    (first.len() != second.len()).then_some(Difference::Ballots)
}

/// Adds up the valid ballots.
///
/// # Errors
///
/// [`crate::score::CountsError`] if there are impossibly many.
pub fn tally<'a>(
    rules: &Rules,
    offices: &Offices,
    ballots: impl IntoIterator<Item = &'a PaperBallot>,
) -> Result<PaperTally, crate::score::CountsError> {
    let mut answers = vec![vec![0_u32; rules.answers()]; offices.iter().count()];
    let (mut valid, mut invalid) = (0_u32, 0_u32);
    for ballot in ballots {
        if !ballot.is_valid() {
            invalid = invalid.saturating_add(1);
            continue;
        }
        valid = valid.saturating_add(1);
        for (counts, &mark) in answers.iter_mut().zip(&ballot.marks) {
            if let Some(count) = usize::from(mark).checked_sub(1).and_then(|place| counts.get_mut(place)) {
                *count = count.saturating_add(1);
            }
        }
    }
    let counts = answers.iter().map(|answers| GradeCounts::from_answers(rules, answers));
    Ok(PaperTally { valid, invalid, counts: counts.collect::<Result<_, _>>()? })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::office::NINGJIN_2020;

    fn lists() -> (Rules, Offices) {
        let rules = Rules::ningjin_2020();
        let offices = Offices::from_csv(NINGJIN_2020.as_bytes(), &rules).unwrap();
        (rules, offices)
    }

    fn pile(text: &str) -> Vec<PaperBallot> {
        let (rules, offices) = lists();
        read_pile(&rules, &offices, text).unwrap()
    }

    #[test]
    fn a_ballot_that_leaves_an_office_out_counts_for_no_office() {
        let (rules, offices) = lists();
        let one_missing = format!("{}0", "1".repeat(69));
        let ballots = pile(&format!("{}\n{one_missing}\n\n{}\n", "1".repeat(70), "4 ".repeat(70)));
        assert_eq!(ballots.iter().map(PaperBallot::is_valid).collect::<Vec<_>>(), [true, false, true]);
        let tally = tally(&rules, &offices, &ballots).unwrap();
        assert_eq!((tally.valid, tally.invalid), (2, 1));
        assert!(tally.counts.iter().all(|counts| counts.grades() == [1, 0, 0, 1]));
    }

    #[test]
    fn what_cannot_be_a_ballot_is_named_by_line_and_office() {
        let (rules, offices) = lists();
        let good = "1".repeat(70);
        let read = |text: &str| read_pile(&rules, &offices, text).unwrap_err();
        assert_eq!(read(&good[1..]), PaperError::Length { line: 1, found: 69, offices: 70 });
        assert_eq!(read(&format!("{good}\n{good}1")), PaperError::Length { line: 2, found: 71, offices: 70 });
        assert_eq!(read(&good.replacen('1', "5", 1)), PaperError::Mark { line: 1, office: 1, highest: 4 });
        assert_eq!(read(&good.replace('1', "１")), PaperError::Mark { line: 1, office: 1, highest: 4 });
        assert_eq!(read(" \n"), PaperError::Pile { found: 0 });
        assert_eq!(read(&format!("{good}\n").repeat(11)), PaperError::Pile { found: 11 });
        assert!(read(&good[1..]).zh().contains("第1张票录入了69位"));
    }

    #[test]
    fn two_entries_are_told_the_first_place_where_they_differ() {
        let first = pile(&format!("{0}\n{0}", "1".repeat(70)));
        let second = pile(&format!("{}\n{}2{}", "1".repeat(70), "1".repeat(6), "1".repeat(63)));
        assert_eq!(compare(&first, &second), Some(Difference::Mark(2, 7)));
        assert_eq!(compare(&first, &first[..1]), Some(Difference::Ballots));
        assert_eq!(compare(&first, &first), None);
    }

    proptest! {
        #[test]
        fn piles_are_read_back_and_every_valid_ballot_gives_each_office_one_grade(
            marks in prop::collection::vec(prop::collection::vec(0_u8..=4, 70), 1..=LARGEST_PILE)
        ) {
            let (rules, offices) = lists();
            let ballots: Vec<_> = marks.into_iter().map(|marks| PaperBallot { marks }).collect();
            prop_assert_eq!(&read_pile(&rules, &offices, &write_pile(&ballots)).unwrap(), &ballots);
            let tally = tally(&rules, &offices, &ballots).unwrap();
            prop_assert_eq!(usize::try_from(tally.valid + tally.invalid).unwrap(), ballots.len());
            prop_assert_eq!(tally.counts.len(), 70);
            prop_assert!(tally.counts.iter().all(|counts| counts.ballots() == tally.valid));
        }
    }
}
