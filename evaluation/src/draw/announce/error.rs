//! Why an announcement cannot be made or read.

use crate::{
    draw::{canon::TextError, further::FurtherQuotaError},
    pool::{Category, Half},
};

/// Why an announcement cannot be made or read. Lines are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[expect(missing_docs, reason = "the fields are the line, the key and the value that the variant is about")]
pub enum AnnounceError {
    /// A text is empty, has an invisible character, or means something else in the file.
    Cell { text: String },
    /// A quota's floor is above its ceiling.
    FloorAboveCeiling { half: Half, category: Category },
    /// The further quotas contradict themselves.
    Further(FurtherQuotaError),
    /// A key that must be there is not.
    Missing { key: &'static str },
    /// The parties are not numbered 1, 2, … in order.
    PartyOrder { line: usize },
    /// A key stands twice.
    Repeated { line: usize, key: String },
    /// Two quotas for the same category of a half.
    RepeatedQuota { half: Half, category: Category },
    /// Not a text file of a draw.
    Text(TextError),
    /// A line of further quotas in a file whose tag is `public-draw/1`, where it would not count.
    SecondFormat { line: usize, key: String },
    /// Fewer than two parties.
    TooFewParties,
    /// More valid reveals are asked for than there are parties.
    TooManyReveals { min_reveals: usize, parties: usize },
    /// The line has not the form that its key asks for.
    Value { line: usize, key: String },
}

impl From<TextError> for AnnounceError {
    fn from(error: TextError) -> Self {
        Self::Text(error)
    }
}

impl From<FurtherQuotaError> for AnnounceError {
    fn from(error: FurtherQuotaError) -> Self {
        Self::Further(error)
    }
}

impl AnnounceError {
    /// The error in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Cell { text } => {
                format!(
                    "“{text}”不能写入公告：内容不能为空、不能有不可见字符，首尾不能有空白，也不能只是“-”。"
                )
            }
            Self::FloorAboveCeiling { half, category } => {
                format!("半区 {half} 类别“{category}”的下限高于上限。")
            }
            Self::Further(error) => error.zh(),
            Self::Missing { key } => format!("缺少“{key}”一行。"),
            Self::PartyOrder { line } => format!("第 {line} 行：参与方应从 1 起依次编号。"),
            Self::Repeated { line, key } => format!("第 {line} 行：“{key}”重复出现。"),
            Self::RepeatedQuota { half, category } => {
                format!("半区 {half} 类别“{category}”有两条名额规定，只能有一条。")
            }
            Self::SecondFormat { line, key } => format!(
                "第 {line} 行：标记为 public-draw/1 的公告不能有“{key}”，这一行不会起作用；有其他名额规定的公告标记为 public-draw/2。"
            ),
            Self::Text(error) => error.zh(),
            Self::TooFewParties => "至少要有两个参与方各自提交密数。".to_owned(),
            Self::TooManyReveals { min_reveals, parties } => {
                format!("要求 {min_reveals} 个有效开示，但只有 {parties} 个参与方。")
            }
            Self::Value { line, key } => format!("第 {line} 行“{key}”的格式不对。"),
        }
    }

    /// The error in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Cell { text } => format!(
                "\"{text}\" cannot stand in the announcement: not empty, no invisible character, no white space at an end, not just \"-\""
            ),
            Self::FloorAboveCeiling { half, category } => {
                format!("half {half}, category \"{category}\": the floor is above the ceiling")
            }
            Self::Further(error) => error.en(),
            Self::Missing { key } => format!("the line \"{key}\" is missing"),
            Self::PartyOrder { line } => format!("line {line}: parties are numbered 1, 2, … in order"),
            Self::Repeated { line, key } => format!("line {line}: \"{key}\" stands twice"),
            Self::RepeatedQuota { half, category } => {
                format!("half {half}, category \"{category}\": there are two quotas, only one can hold")
            }
            Self::SecondFormat { line, key } => format!(
                "line {line}: an announcement tagged public-draw/1 cannot have \"{key}\", which would not count; with further quotas the tag is public-draw/2"
            ),
            Self::Text(error) => error.en(),
            Self::TooFewParties => "at least two parties must each commit to a secret".to_owned(),
            Self::TooManyReveals { min_reveals, parties } => {
                format!("{min_reveals} valid reveals are asked for, but there are only {parties} parties")
            }
            Self::Value { line, key } => format!("line {line}: \"{key}\" has not the right form"),
        }
    }
}
