//! Why a pool cannot be taken.

use super::{Half, MemberId};
use crate::{draw::canon::TextError, spreadsheet::SpreadsheetError};

/// Why a pool cannot be imported or used. Rows are numbered as the spreadsheet numbers them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[expect(missing_docs, reason = "the fields are the row, the column and the value that the variant is about")]
pub enum PoolError {
    /// A control or invisible character.
    Character { row: usize, column: String, character: char },
    /// The category is blank.
    EmptyCategory { row: usize },
    /// An id with full-width letters or digits, and the id that it seems to be.
    FullWidthId { row: usize, id: String, narrow: MemberId },
    /// A half has fewer people than are to be drawn from it.
    HalfTooSmall { half: Half, found: usize, needed: usize },
    /// Not an id.
    Id { row: usize, id: String },
    /// The same id, case ignored, stands in an earlier row.
    RepeatedId { row: usize, first_row: usize, id: MemberId },
    /// The table cannot be read.
    Table(SpreadsheetError),
    /// The pool has not the size that the rules ask for.
    Total { found: usize, needed: usize },
    /// The half is neither `A` nor `B`.
    UnknownHalf { row: usize, half: String },
}

impl From<SpreadsheetError> for PoolError {
    fn from(error: SpreadsheetError) -> Self {
        Self::Table(error)
    }
}

impl PoolError {
    /// What happened and what to do next, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Character { row, column, character } => format!(
                "第 {row} 行“{column}”列含有看不见的字符 U+{:04X}。请删除后重新输入这一格。",
                u32::from(*character)
            ),
            Self::EmptyCategory { row } => format!("第 {row} 行的类别是空的。请填写类别。"),
            Self::FullWidthId { row, id, narrow } => format!(
                "第 {row} 行的编号“{}”含有全角字母或数字。请改成半角“{narrow}”后再导入。",
                visible(id)
            ),
            Self::HalfTooSmall { half, found, needed } => {
                format!("半区 {half} 只有 {found} 人，不足以抽取 {needed} 人。请补充名单后再导入。")
            }
            Self::Id { row, id } => format!(
                "第 {row} 行的编号“{}”不合格式。编号由字母、数字开头，最多 32 个字母、数字、点、下划线或连字符。",
                visible(id)
            ),
            Self::RepeatedId { row, first_row, id } => {
                format!("第 {row} 行的编号“{id}”与第 {first_row} 行重复（不分大小写）。请给每人一个编号。")
            }
            Self::Table(error) => error.zh(),
            Self::Total { found, needed } => {
                format!("名单有 {found} 人，规则要求 {needed} 人。请核对名单后再导入。")
            }
            Self::UnknownHalf { row, half } => {
                format!("第 {row} 行的半区“{}”不对，只能是半角的 A 或 B。", visible(half))
            }
        }
    }

    /// What happened and what to do next, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Character { row, column, character } => format!(
                "row {row}, column \"{column}\" has the invisible character U+{:04X}. Delete it and type the cell again.",
                u32::from(*character)
            ),
            Self::EmptyCategory { row } => format!("row {row} has no category. Fill it in."),
            Self::FullWidthId { row, id, narrow } => format!(
                "row {row}: the id \"{}\" has full-width letters or digits. Type it as \"{narrow}\" and import again.",
                visible(id)
            ),
            Self::HalfTooSmall { half, found, needed } => {
                format!(
                    "half {half} has {found} people, too few to draw {needed}. Complete the list and import it again."
                )
            }
            Self::Id { row, id } => format!(
                "row {row}: \"{}\" is no id. An id starts with a letter or digit and has at most 32 letters, digits, dots, underscores or hyphens.",
                visible(id)
            ),
            Self::RepeatedId { row, first_row, id } => format!(
                "row {row}: the id \"{id}\" already stands in row {first_row} (case ignored). Give each person one id."
            ),
            Self::Table(error) => error.en(),
            Self::Total { found, needed } => {
                format!(
                    "the list has {found} people, the rules ask for {needed}. Check the list and import it again."
                )
            }
            Self::UnknownHalf { row, half } => {
                format!("row {row}: the half \"{}\" must be A or B (not full-width).", visible(half))
            }
        }
    }
}

/// Why bytes are no canonical `pool.tsv`. Lines are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[expect(missing_docs, reason = "the fields are the line and the value that the variant is about")]
pub enum PoolFileError {
    /// A cell has an invisible character, or white space at an end.
    Cell { line: usize },
    /// The category is empty.
    EmptyCategory { line: usize },
    /// The second line is not id, half, category and the other columns in byte order.
    Header,
    /// Not an id.
    Id { line: usize },
    /// The id is smaller than the one above it.
    Order { line: usize },
    /// The same id, case ignored, stands further up.
    RepeatedId { line: usize, id: MemberId },
    /// Not a text file of a draw.
    Text(TextError),
    /// The half is neither `A` nor `B`.
    UnknownHalf { line: usize },
    /// The row is not as wide as the headings.
    Width { line: usize },
}

impl From<TextError> for PoolFileError {
    fn from(error: TextError) -> Self {
        Self::Text(error)
    }
}

impl PoolFileError {
    /// The error in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Cell { line } => format!("第 {line} 行有一格含不可见字符，或首尾有空白。"),
            Self::EmptyCategory { line } => format!("第 {line} 行的类别是空的。"),
            Self::Header => "第 2 行应为 id、half、category，其余各列按字节顺序排列，不得重复。".to_owned(),
            Self::Id { line } => format!("第 {line} 行的编号不合格式。"),
            Self::Order { line } => format!("第 {line} 行的编号没有按顺序排列。"),
            Self::RepeatedId { line, id } => format!("第 {line} 行的编号“{id}”重复（不分大小写）。"),
            Self::Text(error) => error.zh(),
            Self::UnknownHalf { line } => format!("第 {line} 行的半区不是 A 或 B。"),
            Self::Width { line } => format!("第 {line} 行的格数与标题行不同。"),
        }
    }

    /// The error in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Cell { line } => {
                format!("line {line} has a cell with an invisible character or white space at an end")
            }
            Self::EmptyCategory { line } => format!("line {line} has no category"),
            Self::Header => {
                "line 2 must be id, half, category and the other columns in byte order, each once".to_owned()
            }
            Self::Id { line } => format!("line {line} does not start with an id"),
            Self::Order { line } => format!("line {line} is not in the order of the ids"),
            Self::RepeatedId { line, id } => format!("line {line} repeats the id \"{id}\" (case ignored)"),
            Self::Text(error) => error.en(),
            Self::UnknownHalf { line } => format!("line {line} has a half other than A or B"),
            Self::Width { line } => format!("line {line} is not as wide as the headings"),
        }
    }
}

/// A rejected value, short and without anything that could disturb the sentence around it.
fn visible(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
