//! The score 得分 of an office, exact.
//!
//! It is called 得分 (score), never a satisfaction rate: an office that everybody rejects still scores 20 (mission
//! rule 6).

mod counts;

use std::{cmp::Ordering, fmt};

pub use counts::{CountsError, GradeCounts};

/// How the score is labelled in Chinese.
pub const LABEL_ZH: &str = "得分";
/// How the score is labelled in English.
pub const LABEL_EN: &str = "score";

/// The mean of the points over the ballots that gave a grade, as a fraction that is never rounded (notice 五).
///
/// Fractions of equal value are equal scores. An office without such a ballot has no score: where that can happen, the
/// score is an `Option`.
#[derive(Clone, Copy, Debug)]
pub struct Score {
    numerator: u64,
    denominator: u32,
}

impl Score {
    /// `points / ballots`; none without ballots.
    #[must_use]
    pub const fn new(points: u64, ballots: u32) -> Option<Self> {
        if ballots == 0 { None } else { Some(Self { numerator: points, denominator: ballots }) }
    }

    /// Sum of the points, not reduced.
    #[must_use]
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// Ballots that gave the office a grade, at least 1.
    #[must_use]
    pub const fn denominator(self) -> u32 {
        self.denominator
    }

    /// The score in hundredths, half up: ⌊100·n/d + 1/2⌋ = ⌊(200·n + d) / 2·d⌋.
    fn hundredths(self) -> u128 {
        let (numerator, denominator) = (u128::from(self.numerator), u128::from(self.denominator));
        (200 * numerator + denominator) / (2 * denominator)
    }
}

impl Ord for Score {
    /// By value, by multiplying crosswise.
    fn cmp(&self, other: &Self) -> Ordering {
        let left = u128::from(self.numerator) * u128::from(other.denominator);
        let right = u128::from(other.numerator) * u128::from(self.denominator);
        left.cmp(&right)
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Score {}

/// Two decimals, half up: `86.67`.
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.hundredths();
        write!(f, "{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Score;

    fn score(points: u64, ballots: u32) -> Score {
        Score::new(points, ballots).unwrap()
    }

    #[test]
    fn two_decimals_are_rounded_half_up() {
        for (points, ballots, shown) in [
            (2000, 100, "20.00"),
            (10_000, 100, "100.00"),
            (260, 3, "86.67"),
            (220, 3, "73.33"),
            (1, 200, "0.01"),
            (1, 201, "0.00"),
            (12_345, 1000, "12.35"),
            (12_344, 1000, "12.34"),
            (0, 7, "0.00"),
        ] {
            assert_eq!(score(points, ballots).to_string(), shown);
        }
    }

    #[test]
    fn nothing_overflows() {
        let (most, next) = (score(u64::MAX, 1), score(u64::MAX, u32::MAX));
        assert!(most > next);
        assert_eq!(most.to_string(), format!("{}.00", u64::MAX));
    }

    #[test]
    fn there_is_no_score_without_ballots() {
        assert_eq!(Score::new(0, 0), None);
    }

    proptest! {
        #[test]
        fn scores_compare_as_fractions(a in 0_u64..10_000, b in 1_u32..120, c in 0_u64..10_000, d in 1_u32..120) {
            let common = u64::from(b) * u64::from(d);
            let exact = (a * common / u64::from(b)).cmp(&(c * common / u64::from(d)));
            prop_assert_eq!(score(a, b).cmp(&score(c, d)), exact);
        }

        #[test]
        fn what_is_shown_is_within_half_a_hundredth(points in 0_u64..1_000_000, ballots in 1_u32..10_000) {
            let shown: u64 = score(points, ballots).to_string().replace('.', "").parse().unwrap();
            // 100·n/d − 1/2 < shown ≤ 100·n/d + 1/2
            let (twice, ballots) = (200 * points, u64::from(ballots));
            prop_assert!(2 * shown * ballots <= twice + ballots && twice < (2 * shown + 1) * ballots);
        }

        #[test]
        fn a_higher_score_is_never_shown_lower(a in 0_u64..9000, b in 1_u32..90, c in 0_u64..9000, d in 1_u32..90) {
            let (one, other) = (score(a, b), score(c, d));
            let shown = |score: Score| score.to_string().replace('.', "").parse::<u64>().unwrap();
            prop_assert!(one < other || shown(one) >= shown(other));
        }
    }
}
