//! Floors and ceilings of categories, and whether a pool can fulfil them (draw specification §6).

use std::collections::BTreeMap;

use super::{
    announce::{Quota, Terms},
    further::{FeatureQuota, FurtherQuotas},
};
use crate::pool::{Category, Half, Pool};

/// How many of one category are drawn, at least and at most; the ceiling is never above what the pool holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The floor.
    pub min: usize,
    /// The ceiling.
    pub max: usize,
}

/// The bounds of all categories in one half of a pool.
pub type Bounds = BTreeMap<Category, Bound>;

/// Why no set of people from the pool can fulfil the announced terms.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[expect(missing_docs, reason = "the fields are the numbers that contradict each other")]
pub enum Infeasible {
    /// All ceilings together, or the whole half, give fewer people than are to be drawn.
    CeilingsTooLow { half: Half, available: usize, take: usize },
    /// A floor is above the number of people of that category.
    FloorAbovePool { half: Half, category: Category, min: usize, available: usize },
    /// All floors together are more than are to be drawn.
    FloorsTooHigh { half: Half, floors: usize, take: usize },
    /// A quota names a category that nobody of this half has.
    UnknownCategory { half: Half, category: Category },
    /// A further quota names a column that the pool has not.
    UnknownColumn { column: String },
    /// A further quota names a value that nobody in the pool has.
    UnknownValue { column: String, value: String },
}

impl Terms {
    /// Whether some set of people from the pool fulfils the terms: each floor within what the pool holds, and
    /// sum of floors ≤ number to draw ≤ sum of ceilings. To be asked before announcing. Of further quotas it only asks
    /// whether the pool has their columns and values; whether all can be met together is asked with
    /// [`feasibility`](super::feasible::feasibility).
    ///
    /// # Errors
    /// The first contradiction, with its numbers.
    pub fn check_feasible(&self, pool: &Pool) -> Result<(), Infeasible> {
        for half in Half::ALL {
            self.bounds(pool, half)?;
        }
        self.check_names(pool)
    }

    /// Whether the pool has every category, column and value that a quota names.
    pub(super) fn check_names(&self, pool: &Pool) -> Result<(), Infeasible> {
        for Quota { half, category, .. } in &self.quotas {
            if !pool.half(*half).any(|member| member.category() == category) {
                return Err(Infeasible::UnknownCategory { half: *half, category: category.clone() });
            }
        }
        for FeatureQuota { column, value, .. } in self.features() {
            if !pool.columns().contains(column) {
                return Err(Infeasible::UnknownColumn { column: column.clone() });
            }
            if !pool.members().iter().any(|member| pool.cell(member, column) == Some(value)) {
                return Err(Infeasible::UnknownValue { column: column.clone(), value: value.clone() });
            }
        }
        Ok(())
    }

    /// The further quotas, the most important first; none in a `public-draw/1` draw.
    #[must_use]
    pub fn features(&self) -> &[FeatureQuota] {
        self.further_quotas.as_ref().map_or(&[], FurtherQuotas::features)
    }

    /// The bounds of all categories of `half` in `pool`.
    ///
    /// # Errors
    /// As [`Terms::check_feasible`].
    pub fn bounds(&self, pool: &Pool, half: Half) -> Result<Bounds, Infeasible> {
        let mut bounds = Bounds::new();
        for member in pool.half(half) {
            let bound = bounds.entry(member.category().clone()).or_insert(Bound { min: 0, max: 0 });
            bound.max = bound.max.saturating_add(1);
        }
        for Quota { category, min, max, .. } in self.quotas.iter().filter(|quota| quota.half == half) {
            let Some(bound) = bounds.get_mut(category) else {
                return Err(Infeasible::UnknownCategory { half, category: category.clone() });
            };
            let available = bound.max;
            if *min > available {
                return Err(Infeasible::FloorAbovePool {
                    half,
                    category: category.clone(),
                    min: *min,
                    available,
                });
            }
            *bound = Bound { min: *min, max: available.min(*max) };
        }
        let sum = |part: fn(&Bound) -> usize| bounds.values().map(part).fold(0, usize::saturating_add);
        let (floors, available, take) = (sum(|bound| bound.min), sum(|bound| bound.max), *self.take.of(half));
        if floors > take {
            return Err(Infeasible::FloorsTooHigh { half, floors, take });
        }
        if available < take {
            return Err(Infeasible::CeilingsTooLow { half, available, take });
        }
        Ok(bounds)
    }
}

impl Infeasible {
    /// The contradiction in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::CeilingsTooLow { half, available, take } => {
                format!("半区 {half} 按各类别上限最多只能抽 {available} 人，不足 {take} 人。")
            }
            Self::FloorAbovePool { half, category, min, available } => {
                format!("半区 {half} 类别“{category}”至少要抽 {min} 人，但库中只有 {available} 人。")
            }
            Self::FloorsTooHigh { half, floors, take } => {
                format!("半区 {half} 各类别下限合计 {floors} 人，超过要抽取的 {take} 人。")
            }
            Self::UnknownCategory { half, category } => {
                format!("名额规定提到半区 {half} 的类别“{category}”，但库中没有这一类别的人。")
            }
            Self::UnknownColumn { column } => format!("名额规定提到“{column}”列，但名单中没有这一列。"),
            Self::UnknownValue { column, value } => {
                format!("名额规定提到“{column}”为“{value}”的人，但名单中没有这样的人。")
            }
        }
    }

    /// The contradiction in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::CeilingsTooLow { half, available, take } => {
                format!(
                    "half {half}: with all ceilings at most {available} people can be drawn, {take} are needed"
                )
            }
            Self::FloorAbovePool { half, category, min, available } => format!(
                "half {half}, category \"{category}\": at least {min} are to be drawn, but the pool has only {available}"
            ),
            Self::FloorsTooHigh { half, floors, take } => {
                format!("half {half}: the floors add up to {floors}, more than the {take} to be drawn")
            }
            Self::UnknownCategory { half, category } => {
                format!(
                    "half {half}: there is a quota for \"{category}\", but nobody of this half has that category"
                )
            }
            Self::UnknownColumn { column } => {
                format!("there is a quota for the column \"{column}\", but the pool has no such column")
            }
            Self::UnknownValue { column, value } => {
                format!(
                    "there is a quota for \"{column}\" = \"{value}\", but nobody in the pool has that value"
                )
            }
        }
    }
}
