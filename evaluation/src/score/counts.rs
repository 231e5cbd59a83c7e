//! How often each grade was given to an office.

use super::Score;
use crate::{grade::Grade, rules::Rules};

/// How many ballots gave an office each grade, and how many none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeCounts {
    grades: Vec<u32>,
    abstentions: u32,
    ballots: u32,
}

/// Why numbers are not the counts of an office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[non_exhaustive]
pub enum CountsError {
    /// There are more or fewer numbers than answers on the ballot.
    Answers {
        /// Answers that the rules give each question.
        expected: usize,
        /// Numbers given.
        found: usize,
    },
    /// The numbers add up to 2³² or more.
    TooLarge,
}

impl CountsError {
    /// What is wrong, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Answers { expected, found } => format!("应有 {expected} 个档次的票数，实有 {found} 个。"),
            Self::TooLarge => "票数之和过大。".to_owned(),
        }
    }

    /// What is wrong, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Answers { expected, found } => {
                format!("there are {found} counts where the ballot has {expected} answers.")
            }
            Self::TooLarge => "the counts add up to too many ballots.".to_owned(),
        }
    }
}

impl GradeCounts {
    /// The counts of one question of the tally: its answers are the grades in the order of the rules, then 不了解 if the
    /// rules allow it.
    ///
    /// # Errors
    ///
    /// [`CountsError`] if there is another number of answers, or an impossible number of ballots.
    pub fn from_answers(rules: &Rules, answers: &[u32]) -> Result<Self, CountsError> {
        let wrong_answers = CountsError::Answers { expected: rules.answers(), found: answers.len() };
        let (grades, rest) = answers.split_at_checked(rules.grades.len()).ok_or(wrong_answers)?;
        let abstentions = match (rest, rules.poll.abstention_allowed) {
            ([], false) => 0,
            ([abstentions], true) => *abstentions,
            _ => return Err(wrong_answers),
        };
        let ballots = answers.iter().try_fold(0_u32, |sum, count| sum.checked_add(*count));
        Ok(Self { grades: grades.to_vec(), abstentions, ballots: ballots.ok_or(CountsError::TooLarge)? })
    }

    /// Ballots per grade, in the order of the rules.
    #[must_use]
    pub fn grades(&self) -> &[u32] {
        &self.grades
    }

    /// Ballots that left the office unrated.
    #[must_use]
    pub const fn abstentions(&self) -> u32 {
        self.abstentions
    }

    /// All ballots: the sum of the counts, abstentions included.
    #[must_use]
    pub const fn ballots(&self) -> u32 {
        self.ballots
    }

    /// Ballots that gave a grade: the denominator of the score.
    #[must_use]
    pub const fn rated(&self) -> u32 {
        self.ballots.saturating_sub(self.abstentions)
    }

    /// Sum of the points (notice 五): the numerator of the score.
    #[must_use]
    pub fn points(&self, grades: &[Grade]) -> u64 {
        let points =
            |(grade, count): (&Grade, &u32)| u64::from(grade.points).saturating_mul(u64::from(*count));
        grades.iter().zip(&self.grades).map(points).fold(0, u64::saturating_add)
    }

    /// The score; none if no ballot gave a grade.
    #[must_use]
    pub fn score(&self, grades: &[Grade]) -> Option<Score> {
        Score::new(self.points(grades), self.rated())
    }

    /// Ballots with the best grade (满意).
    #[must_use]
    pub fn best(&self) -> u32 {
        self.grades.first().copied().unwrap_or(0)
    }

    /// Ballots with the worst grade (不满意).
    #[must_use]
    pub fn worst(&self) -> u32 {
        self.grades.last().copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RulesFile;

    fn rules_with_abstention() -> Rules {
        let mut file = RulesFile::from(Rules::ningjin_2020());
        file.poll.abstention_allowed = true;
        file.try_into().unwrap()
    }

    fn shown(rules: &Rules, answers: &[u32]) -> Option<String> {
        let counts = GradeCounts::from_answers(rules, answers).unwrap();
        counts.score(&rules.grades).map(|score| score.to_string())
    }

    #[test]
    fn office_that_everybody_rejects_scores_twenty() {
        assert_eq!(shown(&Rules::ningjin_2020(), &[0, 0, 0, 100]).as_deref(), Some("20.00"));
    }

    #[test]
    fn score_is_the_mean_of_the_points() {
        let rules = Rules::ningjin_2020();
        let counts = GradeCounts::from_answers(&rules, &[40, 30, 20, 9]).unwrap();
        let score = counts.score(&rules.grades).unwrap();
        assert_eq!((score.numerator(), score.denominator()), (4000 + 2400 + 1200 + 180, 99));
        assert_eq!(score.to_string(), "78.59");
    }

    #[test]
    fn abstention_leaves_the_denominator() {
        let rules = rules_with_abstention();
        assert_eq!(shown(&rules, &[1, 0, 0, 0, 9]).as_deref(), Some("100.00"));
        assert_eq!(shown(&rules, &[0, 0, 0, 0, 10]), None);
        assert_eq!(GradeCounts::from_answers(&rules, &[1, 2, 3, 4, 5]).unwrap().ballots(), 15);
    }

    #[test]
    fn wrong_number_of_answers_is_refused() {
        let wrong = |rules: &Rules, answers: &[u32]| GradeCounts::from_answers(rules, answers).unwrap_err();
        let strict = Rules::ningjin_2020();
        assert_eq!(wrong(&strict, &[1, 2, 3]), CountsError::Answers { expected: 4, found: 3 });
        assert_eq!(wrong(&strict, &[1, 2, 3, 4, 5]), CountsError::Answers { expected: 4, found: 5 });
        assert_eq!(
            wrong(&rules_with_abstention(), &[1, 2, 3, 4]),
            CountsError::Answers { expected: 5, found: 4 }
        );
        assert_eq!(wrong(&strict, &[u32::MAX, 1, 0, 0]), CountsError::TooLarge);
    }
}
