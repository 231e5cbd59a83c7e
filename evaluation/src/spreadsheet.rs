//! Tables that people hand in: Excel workbooks, and CSV as spreadsheet programs save it.
//!
//! Which of the two a file is shows in its content; its name proves nothing. Many county offices work with spreadsheet programs that save Chinese text as GBK; such a file is recognised, read,
//! and said to be one ([`Encoding`]). Every row keeps the number a person sees at its left edge, so that a complaint can
//! name it.

mod encoding;
mod error;
pub(crate) mod fault;
mod workbook;

pub use encoding::Encoding;
pub use error::SpreadsheetError;
pub use workbook::WorkbookError;

/// One table: a row of headings and the rows below it that are not blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    encoding: Encoding,
    header: Row,
    rows: Vec<Row>,
}

/// One row, with its number in the spreadsheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    number: usize,
    cells: Vec<String>,
}

/// A column found by its heading in one [`Sheet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    index: usize,
    heading: String,
}

impl Sheet {
    /// Reads an Excel workbook (.xlsx) or CSV; rows with only blank cells are skipped.
    ///
    /// A workbook must have one sheet with content, and nothing in it that a person would not see: see [`WorkbookError`].
    /// Its numbers become their digits, its dates `2020-12-11`, its truth values `TRUE` and `FALSE`; all its rows are as
    /// wide as the widest. CSV is UTF-8 with or without byte order mark, else GB18030 (of which GBK is a part), with quotes
    /// as in RFC 4180; its rows may differ in width: see [`Sheet::check_widths`].
    ///
    /// # Errors
    /// If the bytes are neither, hold no row, or hold more than is seen.
    pub fn read(bytes: &[u8]) -> Result<Self, SpreadsheetError> {
        if workbook::is_container(bytes) {
            return workbook::read(bytes);
        }
        let (text, encoding) = encoding::decode(bytes)?;
        let mut rows = split(&text)?.into_iter();
        let header = rows.next().ok_or(SpreadsheetError::Empty)?;
        Ok(Self { encoding, header, rows: rows.collect() })
    }

    /// The encoding in which the file was read, or that it is a workbook.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The row of headings.
    #[must_use]
    pub const fn header(&self) -> &Row {
        &self.header
    }

    /// The rows below the headings.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The column with one of these headings, white space at the ends ignored. Earlier names win.
    #[must_use]
    pub fn find_column(&self, names: &[&str]) -> Option<Column> {
        names.iter().find_map(|name| {
            let index = self.header.cells.iter().position(|heading| heading.trim() == *name)?;
            Some(Column { index, heading: (*name).to_owned() })
        })
    }

    /// As [`Sheet::find_column`], for a column that must be there.
    ///
    /// # Errors
    /// [`SpreadsheetError::MissingColumn`] with all names that would have been understood.
    pub fn require_column(&self, names: &[&str]) -> Result<Column, SpreadsheetError> {
        self.find_column(names).ok_or_else(|| SpreadsheetError::MissingColumn {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    /// Every heading is there and stands once, and every row is as wide as the headings.
    ///
    /// # Errors
    /// For the first heading or row where that is not so.
    pub fn check_widths(&self) -> Result<(), SpreadsheetError> {
        let mut seen = std::collections::BTreeSet::new();
        for (position, heading) in self.header.cells.iter().enumerate() {
            let heading = heading.trim();
            if heading.is_empty() {
                return Err(SpreadsheetError::EmptyHeading { position: position.saturating_add(1) });
            }
            if !seen.insert(heading) {
                return Err(SpreadsheetError::RepeatedHeading { heading: heading.to_owned() });
            }
        }
        let expected = self.header.cells.len();
        match self.rows.iter().find(|row| row.cells.len() != expected) {
            Some(row) => Err(SpreadsheetError::Width { row: row.number, cells: row.cells.len(), expected }),
            None => Ok(()),
        }
    }
}

impl Row {
    /// The number of the row in the spreadsheet, from 1; blank rows count.
    #[must_use]
    pub const fn number(&self) -> usize {
        self.number
    }

    /// All cells, exactly as they stand in the file.
    #[must_use]
    pub fn cells(&self) -> &[String] {
        &self.cells
    }

    /// The cell of one column without white space at its ends; empty if the row is too short.
    #[must_use]
    pub fn cell(&self, column: &Column) -> &str {
        self.cells.get(column.index).map_or("", |cell| cell.trim())
    }

    /// A complaint about this row's cell in `column`, for what only the caller knows to be wrong.
    #[must_use]
    pub fn complaint(
        &self,
        column: &Column,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> SpreadsheetError {
        SpreadsheetError::Cell {
            row: self.number,
            column: column.heading.clone(),
            zh: zh.into(),
            en: en.into(),
        }
    }

    fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

impl Column {
    /// The heading under which the column was found.
    #[must_use]
    pub fn heading(&self) -> &str {
        &self.heading
    }

    /// The position of the column, from 0.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }
}

/// Cuts `text` into numbered rows and leaves out the blank ones. The `csv` crate drops one leading byte order mark.
fn split(text: &str) -> Result<Vec<Row>, SpreadsheetError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut rows = Vec::new();
    let (mut number, mut start) = (0_usize, 0_usize);
    while reader.read_record(&mut record).map_err(|_| SpreadsheetError::UnknownEncoding)? {
        // The reader silently passes over empty lines, which a person sees as rows.
        let empty_lines = leading_line_ends(text, start);
        number = number.saturating_add(empty_lines).saturating_add(1);
        start = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let row = Row { number, cells: record.iter().map(str::to_owned).collect() };
        if !row.is_blank() {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// The number of line ends (CR, LF or CRLF) at `start`, not counting the LF of a CRLF that is cut in two by `start`.
fn leading_line_ends(text: &str, start: usize) -> usize {
    let (before, after) = text.split_at_checked(start).unwrap_or((text, ""));
    let after = if start == 0 { after.strip_prefix('\u{feff}').unwrap_or(after) } else { after };
    let run = after.len().saturating_sub(after.trim_start_matches(['\r', '\n']).len());
    let run = after.get(..run).unwrap_or("");
    let run = if before.ends_with('\r') { run.strip_prefix('\n').unwrap_or(run) } else { run };
    run.replace("\r\n", "\n").chars().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(text: &str) -> Vec<usize> {
        Sheet::read(text.as_bytes()).unwrap().rows().iter().map(Row::number).collect()
    }

    #[test]
    fn rows_carry_the_number_a_person_sees() {
        assert_eq!(numbers("a,b\n1,2\n3,4\n"), [2, 3]);
        assert_eq!(numbers("\u{feff}a,b\r\n\r\n1,2\r\n,\r\n\r\n\r\n3,4"), [3, 7]);
        assert_eq!(numbers("a,b\r1,2\r\r3,4\r"), [2, 4]);
        assert_eq!(numbers("\n\na,b\n\"1\n\n1\",2\n3,4\n"), [4, 5], "a cell of three lines is one row");
    }

    #[test]
    fn quotes_follow_rfc_4180() {
        let sheet = Sheet::read(b"name,note\n\"a,b\",\"said \"\"no\"\"\"\n").unwrap();
        assert_eq!(sheet.rows()[0].cells(), ["a,b", "said \"no\""]);
    }

    #[test]
    fn a_column_is_found_by_any_of_its_names() {
        let sheet = Sheet::read(" 编号 ,half\nP1,A\n".as_bytes()).unwrap();
        let column = sheet.require_column(&["id", "编号"]).unwrap();
        assert_eq!((column.heading(), sheet.rows()[0].cell(&column)), ("编号", "P1"));
        let error = sheet.require_column(&["category", "类别"]).unwrap_err();
        assert!(error.zh().contains("类别") && error.en().contains("category"), "{error}");
    }

    #[test]
    fn a_row_of_another_width_is_named() {
        let sheet = Sheet::read(b"a,b\n1,2\n\n1,2,3\n").unwrap();
        assert_eq!(sheet.check_widths(), Err(SpreadsheetError::Width { row: 4, cells: 3, expected: 2 }));
    }

    #[test]
    fn empty_and_repeated_headings_are_named() {
        let check = |text: &str| Sheet::read(text.as_bytes()).unwrap().check_widths();
        assert_eq!(check("a,,b\n"), Err(SpreadsheetError::EmptyHeading { position: 2 }));
        assert_eq!(check("a,b, a\n"), Err(SpreadsheetError::RepeatedHeading { heading: "a".to_owned() }));
    }

    #[test]
    fn a_file_without_any_row_is_empty() {
        assert_eq!(Sheet::read(b""), Err(SpreadsheetError::Empty));
        assert_eq!(Sheet::read("\u{feff}\r\n,,\n".as_bytes()), Err(SpreadsheetError::Empty));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Sheet::read(&bytes);
        }

        #[test]
        fn whatever_is_written_as_csv_is_read_back(
            rows in proptest::collection::vec(proptest::collection::vec("[a-z,\"\r\n张 ]{1,6}x", 3), 1..6),
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let sheet = Sheet::read(&writer.into_inner().unwrap()).unwrap();
            let read: Vec<_> = std::iter::once(sheet.header()).chain(sheet.rows()).collect();
            prop_assert_eq!(read.iter().map(|row| row.cells().to_vec()).collect::<Vec<_>>(), rows);
            prop_assert!(read.iter().zip(1..).all(|(row, number)| row.number() == number));
        }
    }
}
