//! Why a workbook cannot be taken.

/// Why a workbook cannot be taken as a whole; single cells are [`SpreadsheetError::Cell`](crate::spreadsheet::SpreadsheetError::Cell).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[expect(missing_docs, reason = "the fields are the row, the column or the sheet that the variant is about")]
pub enum WorkbookError {
    /// A binary workbook (.xlsb).
    Binary,
    /// The archive or the XML in it is broken.
    Damaged,
    /// A column with content is hidden. The column is its heading, or its letter.
    HiddenColumn { column: String },
    /// A row with content is hidden, perhaps by a filter.
    HiddenRow { row: usize },
    /// The only sheet with content is hidden.
    HiddenSheet { sheet: String },
    /// Cells are merged. The row and column are those of the first one.
    Merged { row: usize, column: String, range: String },
    /// A workbook from before 2007 (.xls).
    Old,
    /// An `OpenDocument` spreadsheet (.ods).
    OpenDocument,
    /// A zip archive without a workbook, as a text document is one.
    OtherArchive,
    /// A file of another old office program, as a .doc.
    OtherOffice,
    /// The workbook opens with a password.
    Password,
    /// More than one sheet has content; each name, and whether it is hidden.
    SeveralSheets { sheets: Vec<(String, bool)> },
    /// It unpacks to more than any list of people or offices has.
    TooLarge,
    /// Content far to the right.
    TooManyColumns { row: usize, most: usize },
    /// Content far down.
    TooManyRows { row: usize, most: usize },
}

impl WorkbookError {
    /// What happened and what to do next, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::HiddenColumn { column } => format!(
                "“{column}”列是隐藏的。看不见的内容不会导入。请取消隐藏并核对，或删除这一列，保存后再导入。"
            ),
            Self::HiddenRow { row } => format!(
                "第 {row} 行是隐藏的，也可能被筛选掉了。看不见的内容不会导入。请取消隐藏、清除筛选并核对，或删除这一行，保存后再导入。"
            ),
            Self::HiddenSheet { sheet } => {
                format!("有内容的工作表“{sheet}”是隐藏的。请取消隐藏并核对，保存后再导入。")
            }
            Self::Merged { row, column, range } => format!(
                "第 {row} 行“{column}”列起有合并的单元格（{range}），不能确定内容属于哪一行。请取消合并，把每一格填好，保存后再导入。"
            ),
            Self::SeveralSheets { sheets } => {
                let name = |(name, hidden): &(String, bool)| {
                    format!("“{name}”{}", if *hidden { "（隐藏）" } else { "" })
                };
                let names: Vec<_> = sheets.iter().map(name).collect();
                format!("有内容的工作表不止一个：{}。请只留下要导入的一个，保存后再导入。", names.join("、"))
            }
            Self::TooManyColumns { row, most } => {
                format!("第 {row} 行的内容超出了前 {most} 列。请删去多余的列，保存后再导入。")
            }
            Self::TooManyRows { row, most } => {
                format!("第 {row} 行还有内容，最多可有 {most} 行。请删去多余的行，保存后再导入。")
            }
            plain => plain.fixed().0.to_owned(),
        }
    }

    /// What happened and what to do next, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::HiddenColumn { column } => format!(
                "the column \"{column}\" is hidden, and what is not seen is not imported. Unhide and check it, or delete it, and import again."
            ),
            Self::HiddenRow { row } => format!(
                "row {row} is hidden, perhaps by a filter, and what is not seen is not imported. Unhide and check it, or delete it, and import again."
            ),
            Self::HiddenSheet { sheet } => format!(
                "the sheet with content, \"{sheet}\", is hidden. Unhide and check it, save, and import again."
            ),
            Self::Merged { row, column, range } => format!(
                "from row {row}, column \"{column}\", cells are merged ({range}); nobody can tell which row they belong to. Unmerge them, fill in each cell, and import again."
            ),
            Self::SeveralSheets { sheets } => {
                let name = |(name, hidden): &(String, bool)| {
                    format!("\"{name}\"{}", if *hidden { " (hidden)" } else { "" })
                };
                let names: Vec<_> = sheets.iter().map(name).collect();
                format!(
                    "more than one sheet has content: {}. Keep the one to be imported, save, and import again.",
                    names.join(", ")
                )
            }
            Self::TooManyColumns { row, most } => format!(
                "row {row} has content beyond the first {most} columns. Delete the columns that are too many and import again."
            ),
            Self::TooManyRows { row, most } => format!(
                "there is content in row {row}; there may be {most} rows. Delete the rows that are too many and import again."
            ),
            plain => plain.fixed().1.to_owned(),
        }
    }

    /// The messages, Chinese and English, that are the same for every file; empty for the others.
    const fn fixed(&self) -> (&'static str, &'static str) {
        match self {
            Self::Binary => (
                "这是二进制的 Excel 工作簿（.xlsb）。请在 Excel 中另存为“Excel 工作簿（.xlsx）”后再导入。",
                "this is a binary Excel workbook (.xlsb). Save it as an Excel workbook (.xlsx) and import that.",
            ),
            Self::Damaged => (
                "工作簿已损坏，可能复制不完整。请用表格软件打开，另存一份后再导入。",
                "the workbook is damaged; perhaps the copy was cut off. Open it in a spreadsheet program, save it again, and import that.",
            ),
            Self::Old => (
                "这是旧版的 Excel 工作簿（.xls）。请在 Excel 或 WPS 中另存为“Excel 工作簿（.xlsx）”后再导入。",
                "this is an old Excel workbook (.xls). Save it as an Excel workbook (.xlsx) and import that.",
            ),
            Self::OpenDocument => (
                "这是 OpenDocument 表格（.ods）。请另存为“Excel 工作簿（.xlsx）”后再导入。",
                "this is an OpenDocument spreadsheet (.ods). Save it as an Excel workbook (.xlsx) and import that.",
            ),
            Self::OtherArchive => (
                "这是压缩文件或其他文档，里面没有 Excel 工作簿。请检查是否选对了文件。",
                "this is an archive or another document without an Excel workbook in it. Check that it is the right file.",
            ),
            Self::OtherOffice => (
                "这是其他办公软件的文件，不是 Excel 工作簿。请检查是否选对了文件。",
                "this is a file of another office program, not an Excel workbook. Check that it is the right file.",
            ),
            Self::Password => (
                "工作簿设有打开密码。请在 Excel 中取消密码，保存后再导入。",
                "the workbook opens with a password. Take the password off in Excel, save, and import again.",
            ),
            Self::TooLarge => (
                "工作簿展开后过大，不像是一份名单。请把名单复制到新的工作簿，保存后再导入。",
                "the workbook unpacks to far more than a list would need. Copy the list into a new workbook and import that.",
            ),
            Self::HiddenColumn { .. }
            | Self::HiddenRow { .. }
            | Self::HiddenSheet { .. }
            | Self::Merged { .. }
            | Self::SeveralSheets { .. }
            | Self::TooManyColumns { .. }
            | Self::TooManyRows { .. } => ("", ""),
        }
    }
}
