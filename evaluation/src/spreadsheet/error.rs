//! Why a table cannot be taken, and where.

use super::WorkbookError;

/// Why a table cannot be taken: the row and column where they are known, and the reason. Nothing of the file is used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
pub enum SpreadsheetError {
    /// A cell is wrong in a way that the importing part of the program explains.
    Cell {
        /// The row as the spreadsheet numbers it.
        row: usize,
        /// The column's heading.
        column: String,
        /// The reason, in Chinese.
        zh: String,
        /// The reason, in English.
        en: String,
    },
    /// The file is UTF-8 with broken places, as after a cut-off copy.
    DamagedUtf8 {
        /// The line of the first broken place, from 1.
        line: usize,
    },
    /// There is no row with a filled cell.
    Empty,
    /// A heading is blank.
    EmptyHeading {
        /// The column, from 1.
        position: usize,
    },
    /// No column has one of these headings.
    MissingColumn {
        /// The headings that would have been understood.
        names: Vec<String>,
    },
    /// Two columns have the same heading.
    RepeatedHeading {
        /// The heading.
        heading: String,
    },
    /// The bytes are neither UTF-8 nor GBK text.
    UnknownEncoding,
    /// The file is a web page or XML, whatever its name says.
    WebPage,
    /// A row is wider or narrower than the headings.
    Width {
        /// The row as the spreadsheet numbers it.
        row: usize,
        /// How many cells it has.
        cells: usize,
        /// How many headings there are.
        expected: usize,
    },
    /// The workbook cannot be taken.
    Workbook(WorkbookError),
}

impl From<WorkbookError> for SpreadsheetError {
    fn from(error: WorkbookError) -> Self {
        Self::Workbook(error)
    }
}

impl SpreadsheetError {
    /// What happened and what to do next, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Cell { row, column, zh, .. } => format!("第 {row} 行“{column}”列：{zh}"),
            Self::DamagedUtf8 { line } => {
                format!("文件是 UTF-8 编码，但第 {line} 行有损坏的字符，可能复制不完整。请重新导出后再导入。")
            }
            Self::Empty => "文件里没有内容。请检查是否选对了文件。".to_owned(),
            Self::EmptyHeading { position } => {
                format!("标题行第 {position} 列是空的。请给这一列写上标题，或删除这一列。")
            }
            Self::MissingColumn { names } => {
                format!("标题行缺少“{}”列。请补上这一列后再导入。", names.join("”或“"))
            }
            Self::RepeatedHeading { heading } => format!("标题“{heading}”出现了不止一次。请保留一列。"),
            Self::UnknownEncoding => {
                "无法识别文件的编码：既不是 UTF-8，也不是 GBK。请另存为“Excel 工作簿（.xlsx）”或“CSV UTF-8”后再导入。".to_owned()
            }
            Self::WebPage => {
                "这是网页或 XML 文件，不是表格。请用表格软件打开，另存为“Excel 工作簿（.xlsx）”后再导入。".to_owned()
            }
            Self::Width { row, cells, expected } => {
                format!(
                    "第 {row} 行有 {cells} 格，标题行有 {expected} 格，应当相同。请检查这一行的逗号和引号。"
                )
            }
            Self::Workbook(error) => error.zh(),
        }
    }

    /// What happened and what to do next, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Cell { row, column, en, .. } => format!("row {row}, column \"{column}\": {en}"),
            Self::DamagedUtf8 { line } => format!(
                "the file is UTF-8, but line {line} has broken characters; perhaps the copy was cut off. Export it again."
            ),
            Self::Empty => "the file has no content. Check that it is the right file.".to_owned(),
            Self::EmptyHeading { position } => {
                format!("the heading of column {position} is empty. Name the column or delete it.")
            }
            Self::MissingColumn { names } => {
                format!("there is no column \"{}\". Add it and import again.", names.join("\" or \""))
            }
            Self::RepeatedHeading { heading } => {
                format!("the heading \"{heading}\" stands more than once. Keep one of these columns.")
            }
            Self::UnknownEncoding => {
                "the file is neither UTF-8 nor GBK text. Save it as an Excel workbook (.xlsx) or \"CSV UTF-8\" and import again."
                    .to_owned()
            }
            Self::WebPage => {
                "this is a web page or XML, not a table. Open it in a spreadsheet program, save it as an Excel workbook (.xlsx) and import that.".to_owned()
            }
            Self::Width { row, cells, expected } => format!(
                "row {row} has {cells} cells, the heading row {expected}. Check the commas and quotes of this row."
            ),
            Self::Workbook(error) => error.en(),
        }
    }
}
