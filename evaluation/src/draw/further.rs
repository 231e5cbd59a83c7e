//! Further quotas of a `public-draw/2` draw: how many of the people drawn have a value in a column of the pool, such as
//! 女 in the column 性别 (`docs/public-draw-2.md`, draw specification §10).

use std::collections::BTreeSet;

use super::canon::is_forbidden;

/// The columns that have quotas of their own, or that tell people apart.
const NOT_FEATURES: [&str; 3] = ["id", "half", "category"];

/// How many of all people drawn, from both halves together, have a value in a column of the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureQuota {
    /// The heading of the column; not `id`, `half` or `category`.
    pub column: String,
    /// The value in that column; not empty.
    pub value: String,
    /// The floor.
    pub min: usize,
    /// The ceiling; not below the floor.
    pub max: usize,
}

/// The further quotas, at least one, the most important first, and how often is drawn at most until all are met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FurtherQuotas {
    features: Vec<FeatureQuota>,
    retry_cap: u32,
}

/// Why further quotas contradict themselves.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[expect(missing_docs, reason = "the fields are the column and the value that the variant is about")]
pub enum FurtherQuotaError {
    /// The number of tries is not from 1 to [`FurtherQuotas::LARGEST_CAP`].
    Cap,
    /// A column or value is empty or could not stand in a cell.
    Cell { text: String },
    /// The column is `id`, `half` or `category`.
    Column { column: String },
    /// The floor is above the ceiling.
    FloorAboveCeiling { column: String, value: String },
    /// There is no quota.
    None,
    /// Two quotas for the same value of a column.
    Repeated { column: String, value: String },
}

impl FurtherQuotas {
    /// The most tries that can be announced; their seeds are computed in minutes.
    pub const LARGEST_CAP: u32 = 10_000_000;

    /// The number of tries that is advised.
    pub const ADVISED_CAP: u32 = 1_000_000;

    /// These quotas, the most important first, and at most `retry_cap` tries.
    ///
    /// # Errors
    /// If there is no quota, one contradicts itself or stands twice, a text could not stand in a cell, or the number of
    /// tries is out of range.
    pub fn new(features: Vec<FeatureQuota>, retry_cap: u32) -> Result<Self, FurtherQuotaError> {
        if !(1..=Self::LARGEST_CAP).contains(&retry_cap) {
            return Err(FurtherQuotaError::Cap);
        }
        if features.is_empty() {
            return Err(FurtherQuotaError::None);
        }
        let mut seen = BTreeSet::new();
        for FeatureQuota { column, value, min, max } in &features {
            for text in [column, value] {
                if text.is_empty() || text.trim() != text || text.chars().any(is_forbidden) {
                    return Err(FurtherQuotaError::Cell { text: text.clone() });
                }
            }
            if NOT_FEATURES.contains(&column.as_str()) {
                return Err(FurtherQuotaError::Column { column: column.clone() });
            }
            let (column, value) = (column.clone(), value.clone());
            if min > max {
                return Err(FurtherQuotaError::FloorAboveCeiling { column, value });
            }
            if !seen.insert((column.clone(), value.clone())) {
                return Err(FurtherQuotaError::Repeated { column, value });
            }
        }
        Ok(Self { features, retry_cap })
    }

    /// The quotas, the most important first.
    #[must_use]
    pub fn features(&self) -> &[FeatureQuota] {
        &self.features
    }

    /// How often is drawn at most; if no try meets all quotas, the draw is void.
    #[must_use]
    pub const fn retry_cap(&self) -> u32 {
        self.retry_cap
    }
}

impl FeatureQuota {
    /// How far `count` is outside the bounds; 0 within them.
    #[must_use]
    pub const fn distance(&self, count: usize) -> usize {
        let (below, above) = (self.min.saturating_sub(count), count.saturating_sub(self.max));
        if below > above { below } else { above }
    }
}

impl FurtherQuotaError {
    /// The error in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Cap => {
                format!(
                    "重抽次数上限应在 1 到 {} 之间，建议 {}。",
                    FurtherQuotas::LARGEST_CAP,
                    FurtherQuotas::ADVISED_CAP
                )
            }
            Self::Cell { text } => {
                format!("“{text}”不能作为列名或取值：不能为空、不能有不可见字符，首尾不能有空白。")
            }
            Self::Column { column } => {
                format!("“{column}”列不能作其他名额规定；类别的名额请写在类别名额里。")
            }
            Self::FloorAboveCeiling { column, value } => {
                format!("“{column}”为“{value}”的下限高于上限。")
            }
            Self::None => "至少要有一条其他名额规定；没有的话不需要重抽。".to_owned(),
            Self::Repeated { column, value } => {
                format!("“{column}”为“{value}”有两条名额规定，只能有一条。")
            }
        }
    }

    /// The error in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Cap => format!(
                "the number of tries must be from 1 to {}; {} is advised",
                FurtherQuotas::LARGEST_CAP,
                FurtherQuotas::ADVISED_CAP
            ),
            Self::Cell { text } => format!(
                "\"{text}\" cannot be a column or a value: not empty, no invisible character, no white space at an end"
            ),
            Self::Column { column } => {
                format!("the column \"{column}\" takes no further quota; those of categories stand apart")
            }
            Self::FloorAboveCeiling { column, value } => {
                format!("\"{column}\" = \"{value}\": the floor is above the ceiling")
            }
            Self::None => {
                "there must be at least one further quota; without one nothing is tried again".to_owned()
            }
            Self::Repeated { column, value } => {
                format!("\"{column}\" = \"{value}\": there are two quotas, only one can hold")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota(column: &str, value: &str, min: usize, max: usize) -> FeatureQuota {
        FeatureQuota { column: column.to_owned(), value: value.to_owned(), min, max }
    }

    #[test]
    fn further_quotas_that_contradict_themselves_cannot_be_made() {
        let refused = |features, cap| FurtherQuotas::new(features, cap).unwrap_err();
        let women = quota("gender", "女", 1, 2);
        assert_eq!(refused(vec![], 1), FurtherQuotaError::None);
        assert_eq!(refused(vec![women.clone()], 0), FurtherQuotaError::Cap);
        assert_eq!(refused(vec![women.clone()], 10_000_001), FurtherQuotaError::Cap);
        let (column, value) = ("gender".to_owned(), "女".to_owned());
        let repeated = FurtherQuotaError::Repeated { column: column.clone(), value: value.clone() };
        assert_eq!(refused(vec![women.clone(), women.clone()], 1), repeated);
        let above = FurtherQuotaError::FloorAboveCeiling { column, value };
        assert_eq!(refused(vec![quota("gender", "女", 3, 2)], 1), above);
        for column in NOT_FEATURES {
            let wrong = FurtherQuotaError::Column { column: column.to_owned() };
            assert_eq!(refused(vec![quota(column, "x", 0, 2)], 1), wrong);
        }
        for text in ["", " x", "a\tb", "a\u{200b}"] {
            let wrong = FurtherQuotaError::Cell { text: text.to_owned() };
            assert_eq!(refused(vec![quota(text, "x", 0, 2)], 1), wrong);
            assert_eq!(refused(vec![quota("gender", text, 0, 2)], 1), wrong);
        }
        assert_eq!(FurtherQuotas::new(vec![women], 10_000_000).unwrap().retry_cap(), 10_000_000);
    }

    #[test]
    fn the_distance_is_how_many_are_missing_or_too_many() {
        let quota = quota("gender", "女", 2, 4);
        assert_eq!([0, 1, 2, 3, 4, 5, 7].map(|count| quota.distance(count)), [2, 1, 0, 0, 0, 1, 3]);
    }
}
