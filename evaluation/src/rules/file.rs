//! The rules as they are written in a file, before they are checked.

use belenios::group::GroupName;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{identifier::identifiers, reveal::RevealRules};
use crate::{
    grade::Grade,
    pool::{Feature, Half},
};

identifiers! {
    /// Name of a set of rules, such as `ningjin-2020`.
    RulesName;
    /// A section 部分 as files name it, such as `government`.
    SectionId;
    /// A stage as files name it, such as `self_check`.
    StageId;
}

/// All that one county decides for one year. Becomes [`Rules`](super::Rules) once it is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesFile {
    /// Name of this set of rules.
    pub name: RulesName,
    /// Year of the evaluation.
    pub year: i16,
    /// Number of the document that the rules follow.
    pub source: String,
    /// The county.
    pub county: Label,
    /// Title of the evaluation on pages and prints.
    pub title: Label,
    /// Most characters that an office's written statement may have (notice 四（六）).
    pub statement_max_characters: usize,
    /// Stages in the order of their first days; they may overlap (notice 四).
    pub stages: Vec<Stage>,
    /// Sections, each ranked on its own, in the order of publication (notice 二).
    pub sections: Vec<Section>,
    /// Grades from the best to the worst (notice 五).
    pub grades: Vec<Grade>,
    /// The pool and its halves (notice 四（五）).
    pub pool: PoolRules,
    /// What a draw's announcement starts from.
    pub draw: DrawRules,
    /// The poll.
    pub poll: PollRules,
    /// How the result is revealed in the hall.
    #[serde(default, skip_serializing_if = "RevealRules::is_default")]
    pub reveal: RevealRules,
}

/// A text in Chinese and in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Chinese, shown first.
    pub zh: String,
    /// English, shown second.
    pub en: String,
}

/// One stage of the year; both days belong to it (notice 四).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Short name in files.
    pub id: StageId,
    /// Name on pages.
    pub name: Label,
    /// First day.
    pub first_day: Date,
    /// Last day, included.
    pub last_day: Date,
}

impl Stage {
    /// Whether `day` belongs to the stage.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        (self.first_day..=self.last_day).contains(&day)
    }
}

/// A section of the offices, ranked on its own (notice 二 and 六（二）).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Short name in files.
    pub id: SectionId,
    /// Name on pages.
    pub name: Label,
    /// How many of the last places the column `bottom_three` flags; their heads are moved.
    pub bottom_three: usize,
    /// How many of the last places the column `bottom_ten` flags and next year's list starts with; none = no carry-over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bottom_ten: Option<usize>,
}

/// Size of the pool and its halves (notice 四（五）).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolRules {
    /// People in the pool.
    pub size: usize,
    /// Features of nominated people that the pool publishes, so that further quotas can name them; none by the preset.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<Feature>,
    /// The two halves.
    pub halves: Halves,
}

impl PoolRules {
    /// The category with this Chinese name, and its half. Names are unique across the halves.
    #[must_use]
    pub fn find_category(&self, name: &str) -> Option<(Half, crate::pool::Category)> {
        let half = Half::ALL
            .into_iter()
            .find(|&half| self.halves.of(half).categories.iter().any(|category| category.name.zh == name))?;
        Some((half, crate::pool::Category::new(name)?))
    }

    /// The Chinese names of all categories, half A first.
    pub fn category_names(&self) -> impl Iterator<Item = &str> {
        let categories = Half::ALL.into_iter().flat_map(|half| &self.halves.of(half).categories);
        categories.map(|category| category.name.zh.as_str())
    }
}

/// The two halves of the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Halves {
    /// Half A.
    #[serde(rename = "A")]
    pub a: HalfRules,
    /// Half B.
    #[serde(rename = "B")]
    pub b: HalfRules,
}

impl Halves {
    /// The rules of one half.
    #[must_use]
    pub const fn of(&self, half: Half) -> &HalfRules {
        match half {
            Half::A => &self.a,
            Half::B => &self.b,
        }
    }
}

/// One half of the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HalfRules {
    /// How many representatives are drawn from this half.
    pub take: usize,
    /// Who belongs to this half.
    pub categories: Vec<Category>,
}

/// A kind of people in the pool, with its quota of seats if there is one (draw specification §4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Name on pages; the Chinese one also in the pool's file.
    pub name: Label,
    /// Fewest representatives of this category; none = 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<usize>,
    /// Most representatives of this category; none = no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<usize>,
}

/// What a draw's announcement starts from (draw specification §4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawRules {
    /// Decimal digits thrown by hand.
    pub dice_digits: usize,
    /// Fewest parties that bring a secret.
    pub min_parties: usize,
    /// How many parties' secrets may be missing without the draw being void (draw specification §5).
    pub max_missing_reveals: usize,
}

impl DrawRules {
    /// `min_reveals` of an announcement with this many parties.
    #[must_use]
    pub const fn min_reveals(&self, parties: usize) -> usize {
        parties.saturating_sub(self.max_missing_reveals)
    }
}

/// How the poll is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PollRules {
    /// Group of the election, by the name the protocol note gives it.
    #[serde(with = "group_name")]
    pub group: GroupName,
    /// Number of trustees 监票人.
    pub trustees: usize,
    /// How many trustees suffice for the tally; none = all are needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<usize>,
    /// Whether an office may be answered with 不了解, which leaves the denominator of its score.
    pub abstention_allowed: bool,
    /// Whether a later ballot of the same card replaces the earlier one.
    pub revotes_allowed: bool,
    /// Order of the offices of a section on the screen.
    pub office_order: OfficeOrder,
    /// Offices shown together on one screen of the booth.
    pub offices_per_screen: usize,
}

impl PollRules {
    /// How many trustees the tally needs.
    #[must_use]
    pub fn needed(&self) -> usize {
        self.threshold.unwrap_or(self.trustees)
    }

    /// Whether more than half of the trustees are needed. Otherwise two groups could decrypt apart from each other, and half of
    /// the trustees could do it behind the back of the others. New editions and polls must satisfy it; what was made before or
    /// elsewhere is read and verified all the same.
    #[must_use]
    pub fn needs_majority(&self) -> bool {
        self.needed() > self.trustees / 2
    }
}

/// In which order the booth shows the offices of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficeOrder {
    /// By number.
    Listed,
    /// Anew for each ballot, so that no office profits from its place.
    Shuffled,
}

/// A group is written as its name.
mod group_name {
    use belenios::group::GroupName;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
    pub(super) fn serialize<S: Serializer>(group: &GroupName, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(group.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<GroupName, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
