//! Features of people that the rules may have published in the pool, so that further quotas can name them
//! (`docs/public-draw-2.md`). Both follow from the ID card number; nobody is asked for them.

use serde::{Deserialize, Serialize};

use super::identity::IdCardNumber;

/// A feature, as the rules name it; also the heading of its column in `pool.tsv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// The age reached in the year of the evaluation, in four bands: 35-, 36-50, 51-65, 66+.
    AgeBand,
    /// 男 or 女.
    Gender,
}

impl Feature {
    /// The heading of the column.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::AgeBand => "age_band",
            Self::Gender => "gender",
        }
    }

    /// What is published of a person for an evaluation in `year`.
    #[must_use]
    pub fn of(self, person: &IdCardNumber, year: i16) -> &'static str {
        match self {
            Self::AgeBand => match year.saturating_sub(person.born().year()) {
                ..=35 => "35-",
                36..=50 => "36-50",
                51..=65 => "51-65",
                66.. => "66+",
            },
            Self::Gender if person.is_male() => "男",
            Self::Gender => "女",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_follow_from_the_number() {
        // The example of the standard: born at the end of 1949; the even order digits are a woman's.
        let woman = IdCardNumber::parse("11010519491231002X").unwrap();
        assert_eq!(Feature::Gender.of(&woman, 2020), "女");
        let bands =
            [1970, 1984, 1985, 1999, 2000, 2014, 2015, 2020].map(|year| Feature::AgeBand.of(&woman, year));
        assert_eq!(bands, ["35-", "35-", "36-50", "36-50", "51-65", "51-65", "66+", "66+"]);
    }
}
