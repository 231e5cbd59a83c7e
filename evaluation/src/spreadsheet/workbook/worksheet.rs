//! One worksheet: its cells, and what of it cannot be seen.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    WorkbookError,
    format::{self, Formats},
    xml::{Element, Node, Xml, unescape},
};
use crate::spreadsheet::fault::Fault;

/// The most rows; a pool of a whole province has fewer.
pub(super) const MOST_ROWS: usize = 100_000;

/// The most columns.
pub(super) const MOST_COLUMNS: usize = 200;

/// The most bytes of text in all cells; many cells may refer to one long text.
const MOST_TEXT: usize = 64 << 20;

/// The most cells with content.
const MOST_CELLS: usize = 2_000_000;

/// The most characters in a cell (spreadsheet programs have the same limit).
const LONGEST: usize = 32_767;

/// What the cells of all sheets refer to.
pub(super) struct Shared {
    pub(super) strings: Vec<Result<String, Fault>>,
    pub(super) formats: Formats,
    pub(super) counts_from_1904: bool,
}

/// The cells of a sheet that are not blank, and how the sheet is laid out. Rows and columns are counted from 1.
#[derive(Default)]
pub(super) struct Worksheet {
    pub(super) cells: BTreeMap<(usize, usize), Result<String, Fault>>,
    pub(super) hidden_rows: BTreeSet<usize>,
    hidden_columns: Vec<(usize, usize)>,
    merged: Vec<Merged>,
    text: usize,
    row: usize,
    column: usize,
}

/// A range of merged cells.
pub(super) struct Merged {
    pub(super) range: String,
    pub(super) first: (usize, usize),
    last: (usize, usize),
}

impl Worksheet {
    pub(super) fn read(text: &str, shared: &Shared) -> Result<Self, WorkbookError> {
        let (mut xml, mut sheet) = (Xml::new(text), Self::default());
        loop {
            match xml.next()? {
                Node::Start(element) => match element.name() {
                    "col" => sheet.note_columns(&element)?,
                    "row" => sheet.start_row(&element)?,
                    "c" => sheet.read_cell(&mut xml, &element, shared)?,
                    "mergeCell" => sheet.note_merged(&element)?,
                    _ => {}
                },
                Node::Done => return Ok(sheet),
                _ => {}
            }
        }
    }

    /// The first column with content that is hidden.
    pub(super) fn hidden_column(&self) -> Option<usize> {
        let used: BTreeSet<usize> = self.cells.keys().map(|(_, column)| *column).collect();
        used.into_iter()
            .find(|column| self.hidden_columns.iter().any(|(first, last)| (first..=last).contains(&column)))
    }

    /// The number of columns up to the last one with content.
    pub(super) fn width(&self) -> usize {
        self.cells.keys().map(|(_, column)| *column).max().unwrap_or(0)
    }

    /// The first merged range that covers a cell with content, or lies between such cells.
    pub(super) fn merged(&self) -> Option<&Merged> {
        let ((first_row, _), _) = self.cells.first_key_value()?;
        let ((last_row, _), _) = self.cells.last_key_value()?;
        let width = self.width();
        self.merged.iter().find(|merged| {
            merged.last.0 >= *first_row && merged.first.0 <= *last_row && merged.first.1 <= width
        })
    }

    fn note_columns(&mut self, element: &Element<'_>) -> Result<(), WorkbookError> {
        if element.flag("hidden")? || is_zero(element.attribute("width")?) {
            let number = |name| {
                let value: Option<usize> = element.attribute(name)?.and_then(|value| value.parse().ok());
                value.ok_or(WorkbookError::Damaged)
            };
            self.hidden_columns.push((number("min")?, number("max")?));
        }
        Ok(())
    }

    fn start_row(&mut self, element: &Element<'_>) -> Result<(), WorkbookError> {
        self.row = match element.attribute("r")? {
            Some(number) => number.parse().map_err(|_| WorkbookError::Damaged)?,
            None => self.row.saturating_add(1),
        };
        self.column = 0;
        if self.row == 0 {
            return Err(WorkbookError::Damaged);
        }
        if element.flag("hidden")? || is_zero(element.attribute("ht")?) {
            self.hidden_rows.insert(self.row);
        }
        Ok(())
    }

    fn read_cell(
        &mut self,
        xml: &mut Xml<'_>,
        element: &Element<'_>,
        shared: &Shared,
    ) -> Result<(), WorkbookError> {
        let place = match element.attribute("r")? {
            Some(reference) => parse_reference(&reference).ok_or(WorkbookError::Damaged)?,
            None => (self.row, self.column.saturating_add(1)),
        };
        self.column = place.1;
        let (kind, style) = (element.attribute("t")?, element.attribute("s")?);
        let (inside, mut stored, mut has_formula) = (xml.depth(), None, false);
        loop {
            match xml.next()? {
                Node::Start(element) => match element.name() {
                    "f" => has_formula = true,
                    "v" => stored = Some(xml.text()?),
                    "is" => stored = Some(xml.rich_text()?),
                    _ => {}
                },
                Node::End if xml.depth() < inside => break,
                Node::Done => return Err(WorkbookError::Damaged),
                _ => {}
            }
        }
        let content = match stored {
            _ if has_formula => Err(Fault::Formula),
            Some(stored) => shared.content(&stored, kind.as_deref(), style.as_deref())?,
            None => return Ok(()),
        };
        self.insert(place, content)
    }

    fn insert(&mut self, place: (usize, usize), content: Result<String, Fault>) -> Result<(), WorkbookError> {
        let (row, column) = place;
        let content = content.and_then(within_limit);
        // Blank text counts too: a thousand cells may refer to one text of a thousand spaces.
        self.text = self.text.saturating_add(content.as_ref().map_or(0, String::len));
        if self.text > MOST_TEXT || self.cells.len() >= MOST_CELLS {
            return Err(WorkbookError::TooLarge);
        }
        if content.as_ref().is_ok_and(|text| text.trim().is_empty()) {
            return Ok(());
        }
        if row > MOST_ROWS {
            return Err(WorkbookError::TooManyRows { row, most: MOST_ROWS });
        }
        if column > MOST_COLUMNS {
            return Err(WorkbookError::TooManyColumns { row, most: MOST_COLUMNS });
        }
        match self.cells.insert(place, content) {
            Some(_) => Err(WorkbookError::Damaged),
            None => Ok(()),
        }
    }

    fn note_merged(&mut self, element: &Element<'_>) -> Result<(), WorkbookError> {
        let range = element.attribute("ref")?.ok_or(WorkbookError::Damaged)?;
        let (first, last) = range.split_once(':').unwrap_or((&range, &range));
        let (Some(first), Some(last)) = (parse_reference(first), parse_reference(last)) else {
            return Err(WorkbookError::Damaged);
        };
        self.merged.push(Merged { range, first, last });
        Ok(())
    }
}

impl Shared {
    /// What a person sees in a cell (ECMA-376 part 1, §18.18.11 for the kinds).
    fn content(
        &self,
        stored: &str,
        kind: Option<&str>,
        style: Option<&str>,
    ) -> Result<Result<String, Fault>, WorkbookError> {
        match kind {
            _ if stored.trim().is_empty() => Ok(Ok(String::new())),
            Some("s") => {
                let index: Option<usize> = stored.trim().parse().ok();
                let string = index.and_then(|index| self.strings.get(index));
                string.cloned().ok_or(WorkbookError::Damaged)
            }
            Some("inlineStr" | "is") => Ok(Ok(stored.to_owned())),
            Some("str") => Ok(Ok(unescape(stored))),
            Some("b") => match stored.trim() {
                "1" | "true" => Ok(Ok("TRUE".to_owned())),
                "0" | "false" => Ok(Ok("FALSE".to_owned())),
                _ => Err(WorkbookError::Damaged),
            },
            Some("e") => Ok(Err(Fault::ErrorValue(stored.trim().chars().take(20).collect()))),
            Some("d") => Ok(iso(stored.trim()).ok_or(Fault::NoDate)),
            Some("n") | None => format::text(stored, self.formats.of_style(style), self.counts_from_1904),
            Some(_) => Err(WorkbookError::Damaged),
        }
    }
}

/// The text of a cell, unless it is longer than any.
pub(super) fn within_limit(text: String) -> Result<String, Fault> {
    if text.chars().count() > LONGEST { Err(Fault::TooLong) } else { Ok(text) }
}

/// A date that is stored as text, as cells with numbers of dates are shown.
fn iso(stored: &str) -> Option<String> {
    let moment: jiff::civil::DateTime = stored.trim_end_matches('Z').parse().ok()?;
    let midnight = moment.time() == jiff::civil::Time::midnight();
    Some(if midnight { moment.date().to_string() } else { moment.to_string() })
}

fn is_zero(size: Option<String>) -> bool {
    size.and_then(|size| size.parse::<f64>().ok()).is_some_and(|size| size <= 0.0)
}

/// Row and column of a reference such as `AB12`, from 1.
fn parse_reference(reference: &str) -> Option<(usize, usize)> {
    let reference = reference.replace('$', "");
    let digits = reference.trim_start_matches(|character: char| character.is_ascii_alphabetic());
    let letters = reference.strip_suffix(digits)?;
    let mut column = 0_usize;
    for letter in letters.bytes() {
        let value = usize::from(letter.to_ascii_uppercase().checked_sub(b'A')?).checked_add(1)?;
        column = column.checked_mul(26)?.checked_add(value)?;
    }
    let row: usize = digits.parse().ok()?;
    (row > 0 && column > 0).then_some((row, column))
}

/// The letters of a column.
pub(super) fn letters(column: usize) -> String {
    let (mut left, mut letters) = (column, Vec::new());
    while left > 0 {
        left = left.saturating_sub(1);
        letters.push(char::from(b'A'.saturating_add(u8::try_from(left % 26).unwrap_or(0))));
        left /= 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_rows_and_columns() {
        assert_eq!(parse_reference("A1"), Some((1, 1)));
        assert_eq!(parse_reference("$ab$12"), Some((12, 28)));
        for bad in ["", "A", "1", "A0", "1A", "A-1", "Ａ1", "A1B", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA1", "A1:B2"]
        {
            assert_eq!(parse_reference(bad), None, "{bad}");
        }
        for column in 1..2000 {
            assert_eq!(parse_reference(&format!("{}7", letters(column))), Some((7, column)));
        }
    }

    #[test]
    fn dates_may_be_stored_as_text() {
        assert_eq!(iso("2020-12-11T00:00:00").as_deref(), Some("2020-12-11"));
        assert_eq!(iso("2020-12-11").as_deref(), Some("2020-12-11"));
        assert_eq!(iso("2020-12-11T09:30:00Z").as_deref(), Some("2020-12-11T09:30:00"));
        assert_eq!(iso("2020-02-30"), None);
    }
}
