//! The bounds of an announcement as a list, and the kinds of people that they tell apart.

use std::collections::BTreeMap;

use crate::{
    draw::{
        announce::{Quota, Terms},
        further::FeatureQuota,
    },
    pool::{Category, Half, Member, Pool},
};

/// One bound of an announcement, with its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedBound {
    /// What it bounds.
    pub rule: Rule,
    /// The announced number of people.
    pub number: usize,
    /// How many such people the pool has.
    pub available: usize,
}

/// What a bound is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the quotas")]
pub enum Rule {
    /// At most so many of a category of a half.
    Ceiling { half: Half, category: Category },
    /// At most so many with a value in a column.
    FeatureCeiling { column: String, value: String },
    /// At least so many with a value in a column.
    FeatureFloor { column: String, value: String },
    /// At least so many of a category of a half.
    Floor { half: Half, category: Category },
    /// Exactly so many of a half.
    Take(Half),
}

/// A bound as the search sees it.
pub(super) type Requirement = NamedBound;

/// All bounds that say something, and the kinds of people.
pub(super) struct Requirements {
    all: Vec<Requirement>,
    /// Which requirements count a person, in order → how many people there are of that kind.
    kinds: BTreeMap<Vec<usize>, usize>,
}

impl Requirements {
    pub(super) fn new(pool: &Pool, terms: &Terms) -> Self {
        let rules = rules(terms);
        let mut kinds: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let mut available = vec![0_usize; rules.len()];
        for member in pool.members() {
            let counts = |rule: &Rule| rule.counts(pool, member);
            let kind: Vec<usize> =
                rules.iter().zip(0..).filter(|((rule, _), _)| counts(rule)).map(|(_, index)| index).collect();
            for index in &kind {
                if let Some(slot) = available.get_mut(*index) {
                    *slot = slot.saturating_add(1);
                }
            }
            let slot = kinds.entry(kind).or_default();
            *slot = slot.saturating_add(1);
        }
        let all = rules.into_iter().zip(available);
        let all = all.map(|((rule, number), available)| Requirement { rule, number, available });
        Self { all: all.collect(), kinds }
    }

    /// The requirements that some choice of people would not meet, in order.
    pub(super) fn binding(&self) -> Vec<usize> {
        let binds = |requirement: &Requirement| match requirement.rule {
            Rule::Take(_) => true,
            Rule::Floor { .. } | Rule::FeatureFloor { .. } => requirement.number > 0,
            Rule::Ceiling { .. } | Rule::FeatureCeiling { .. } => requirement.number < requirement.available,
        };
        self.all.iter().zip(0..).filter(|(each, _)| binds(each)).map(|(_, index)| index).collect()
    }

    pub(super) fn get(&self, index: usize) -> Option<&Requirement> {
        self.all.get(index)
    }

    /// The kinds of people that `chosen` tell apart, by position in `chosen`, with their numbers.
    pub(super) fn kinds(&self, chosen: &[usize]) -> BTreeMap<Vec<usize>, usize> {
        let mut kinds: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        for (kind, people) in &self.kinds {
            let kind: Vec<usize> = chosen
                .iter()
                .zip(0..)
                .filter(|(index, _)| kind.binary_search(index).is_ok())
                .map(|(_, position)| position)
                .collect();
            let slot = kinds.entry(kind).or_default();
            *slot = slot.saturating_add(*people);
        }
        kinds
    }

    pub(super) fn named(&self, chosen: &[usize]) -> Vec<NamedBound> {
        chosen.iter().filter_map(|index| self.all.get(*index)).cloned().collect()
    }

    /// The requirements about categories of a half whose rule is wanted.
    pub(super) fn of_half(
        &self,
        wanted: Half,
        is_wanted: impl Fn(&Rule) -> bool,
    ) -> Vec<(usize, &Requirement)> {
        let of_half = |rule: &Rule| match rule {
            Rule::Floor { half, .. } | Rule::Ceiling { half, .. } => *half == wanted,
            _ => false,
        };
        let all = self.all.iter().zip(0..).map(|(requirement, index)| (index, requirement));
        all.filter(|(_, requirement)| of_half(&requirement.rule) && is_wanted(&requirement.rule)).collect()
    }

    /// Where the number to be drawn from a half stands.
    pub(super) fn take(&self, half: Half) -> usize {
        self.all.iter().position(|requirement| requirement.rule == Rule::Take(half)).unwrap_or_default()
    }
}

/// All bounds with their numbers: those of the halves, then floors, then ceilings.
fn rules(terms: &Terms) -> Vec<(Rule, usize)> {
    let mut rules: Vec<_> = Half::ALL.map(|half| (Rule::Take(half), *terms.take.of(half))).into();
    let quotas = |rule: fn(Half, Category) -> Rule, number: fn(&Quota) -> usize| {
        terms.quotas.iter().map(move |quota| (rule(quota.half, quota.category.clone()), number(quota)))
    };
    let features = |rule: fn(String, String) -> Rule, number: fn(&FeatureQuota) -> usize| {
        let named = move |quota: &FeatureQuota| rule(quota.column.clone(), quota.value.clone());
        terms.features().iter().map(move |quota| (named(quota), number(quota)))
    };
    rules.extend(quotas(|half, category| Rule::Floor { half, category }, |quota| quota.min));
    rules.extend(features(|column, value| Rule::FeatureFloor { column, value }, |quota| quota.min));
    rules.extend(quotas(|half, category| Rule::Ceiling { half, category }, |quota| quota.max));
    rules.extend(features(|column, value| Rule::FeatureCeiling { column, value }, |quota| quota.max));
    rules
}

impl Rule {
    fn counts(&self, pool: &Pool, member: &Member) -> bool {
        match self {
            Self::Take(half) => member.half() == *half,
            Self::Floor { half, category } | Self::Ceiling { half, category } => {
                member.half() == *half && member.category() == category
            }
            Self::FeatureFloor { column, value } | Self::FeatureCeiling { column, value } => {
                pool.cell(member, column) == Some(value)
            }
        }
    }
}

impl NamedBound {
    /// The smallest and the largest number of people that meets the bound.
    pub(super) const fn range(&self) -> (usize, usize) {
        match self.rule {
            Rule::Take(_) => (self.number, self.number),
            Rule::Floor { .. } | Rule::FeatureFloor { .. } => (self.number, usize::MAX),
            Rule::Ceiling { .. } | Rule::FeatureCeiling { .. } => (0, self.number),
        }
    }

    /// The bound in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        let Self { rule, number, available } = self;
        match rule {
            Rule::Take(half) => format!("半区 {half} 要抽 {number} 人（库中 {available} 人）"),
            Rule::Floor { half, category } => {
                format!("半区 {half} 类别“{category}”至少 {number} 人（库中 {available} 人）")
            }
            Rule::Ceiling { half, category } => {
                format!("半区 {half} 类别“{category}”至多 {number} 人（库中 {available} 人）")
            }
            Rule::FeatureFloor { column, value } => {
                format!("“{column}”为“{value}”至少 {number} 人（库中 {available} 人）")
            }
            Rule::FeatureCeiling { column, value } => {
                format!("“{column}”为“{value}”至多 {number} 人（库中 {available} 人）")
            }
        }
    }

    /// The bound in English.
    #[must_use]
    pub fn en(&self) -> String {
        let Self { rule, number, available } = self;
        match rule {
            Rule::Take(half) => format!("{number} to be drawn from half {half} (the pool has {available})"),
            Rule::Floor { half, category } => {
                format!("half {half}, \"{category}\": at least {number} (the pool has {available})")
            }
            Rule::Ceiling { half, category } => {
                format!("half {half}, \"{category}\": at most {number} (the pool has {available})")
            }
            Rule::FeatureFloor { column, value } => {
                format!("\"{column}\" = \"{value}\": at least {number} (the pool has {available})")
            }
            Rule::FeatureCeiling { column, value } => {
                format!("\"{column}\" = \"{value}\": at most {number} (the pool has {available})")
            }
        }
    }
}
