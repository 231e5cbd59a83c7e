//! How the result is revealed 揭晓 in the hall: order and words. All of it may be left out.

use serde::{Deserialize, Serialize};

use super::file::{Label, Section, SectionId};

/// Order and words of the reveal. A rules file without it, or with the defaults, is the same rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevealRules {
    /// All sections in the order of their reveal; none = the order of the rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<SectionId>,
    /// Which end of each section comes first.
    #[serde(default)]
    pub direction: RevealDirection,
    /// What the screen says.
    #[serde(default, skip_serializing_if = "RevealWords::is_default")]
    pub words: RevealWords,
}

/// Which end of a section is revealed first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevealDirection {
    /// From the last place to the first.
    #[default]
    BottomUp,
    /// From the first place to the last.
    TopDown,
}

/// Words on the screen of the reveal; what is left out is said in the words of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevealWords {
    /// Heading of the first picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Label>,
    /// Mark of the offices flagged `bottom_three`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bottom_three: Option<Label>,
    /// Mark of the offices flagged `bottom_ten` that are not flagged `bottom_three`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bottom_ten: Option<Label>,
    /// Mark of the sanctioned offices; the number of the document stands behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sanctioned: Option<Label>,
    /// Mark of the offices tied at a cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tied_at_cut: Option<Label>,
}

impl RevealRules {
    /// Whether nothing differs from the defaults, so that a file need not say it.
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl RevealWords {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The fields that are said, with their names in the file.
    pub(super) fn said(&self) -> impl Iterator<Item = (&'static str, &Label)> {
        let all = [
            ("title", &self.title),
            ("bottom_three", &self.bottom_three),
            ("bottom_ten", &self.bottom_ten),
            ("sanctioned", &self.sanctioned),
            ("tied_at_cut", &self.tied_at_cut),
        ];
        all.into_iter().filter_map(|(name, label)| Some((name, label.as_ref()?)))
    }

    /// Heading of the first picture.
    #[must_use]
    pub fn title(&self) -> Label {
        or(self.title.as_ref(), "评议结果揭晓", "The result of the evaluation")
    }

    /// Mark of the last three of `section`, as many as its rules say.
    #[must_use]
    pub fn bottom_three(&self, section: &Section) -> Label {
        let places = section.bottom_three;
        or(self.bottom_three.as_ref(), last_zh(places), format!("last {places}"))
    }

    /// Mark of the last ten of `section`, as many as its rules say.
    #[must_use]
    pub fn bottom_ten(&self, section: &Section) -> Label {
        let places = section.bottom_ten.unwrap_or(section.bottom_three);
        or(
            self.bottom_ten.as_ref(),
            format!("{}，列入下年度评议", last_zh(places)),
            format!("last {places}: on next year's list"),
        )
    }

    /// Mark of a sanctioned office (notice 七（三）).
    #[must_use]
    pub fn sanctioned(&self) -> Label {
        or(self.sanctioned.as_ref(), "拉票，直接列入末位", "canvassing: placed last")
    }

    /// Mark of an office tied at a cut.
    #[must_use]
    pub fn tied_at_cut(&self) -> Label {
        or(self.tied_at_cut.as_ref(), "并列，由领导小组裁定", "tied: the leading group decides")
    }
}

/// 后三名 and 后十名 as the notice writes them; other counties may have other numbers.
fn last_zh(places: usize) -> String {
    match places {
        3 => "后三名".to_owned(),
        10 => "后十名".to_owned(),
        _ => format!("后{places}名"),
    }
}

fn or(label: Option<&Label>, zh: impl Into<String>, en: impl Into<String>) -> Label {
    label.cloned().unwrap_or_else(|| Label { zh: zh.into(), en: en.into() })
}
