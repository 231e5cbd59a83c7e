//! From a spreadsheet to the canonical pool (draw specification §3, steps 1 to 5).

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use super::{Category, Half, Member, MemberId, Pool, PoolError};
use crate::{
    draw::canon::is_forbidden,
    spreadsheet::{Row, Sheet, SpreadsheetError, fault::Fault},
};

/// The columns that every pool has, each with the Chinese headings that are also understood.
const REQUIRED: [(&str, &[&str]); 3] =
    [("id", &["编号"]), ("half", &["半区", "组别"]), ("category", &["类别"])];

/// Further Chinese headings, translated only together with those above.
const FURTHER: [(&str, &[&str]); 1] = [("name", &["姓名"])];

impl Pool {
    /// The pool in a workbook or CSV file, in canonical form: cells in Unicode normal form C without white space at the ends, columns
    /// and rows in byte order. Any order of rows and columns gives the same pool.
    ///
    /// A table with the headings `id`, `half` and `category` keeps all headings as they are; in any other the Chinese
    /// headings 编号, 半区 or 组别, 类别 and 姓名 are read as `id`, `half`, `category` and `name`.
    ///
    /// # Errors
    /// The first thing that is wrong, with row, column and reason; nothing is imported then.
    pub fn import(bytes: &[u8]) -> Result<Self, PoolError> {
        Self::from_sheet(&Sheet::read(bytes)?)
    }

    /// As [`Pool::import`], from a table that has been read already.
    ///
    /// # Errors
    /// As [`Pool::import`].
    pub fn from_sheet(sheet: &Sheet) -> Result<Self, PoolError> {
        let headings = headings(sheet)?;
        sheet.check_widths()?;
        let required = |name: &str| {
            headings.iter().position(|heading| heading == name).ok_or_else(|| missing_column(name))
        };
        let layout = Layout {
            id: required("id")?,
            half: required("half")?,
            category: required("category")?,
            others: other_columns(&headings),
        };
        let mut rows_by_id = BTreeMap::new();
        let mut members = Vec::with_capacity(sheet.rows().len());
        for row in sheet.rows() {
            let member = layout.member(row, sheet.header().cells())?;
            if let Some(first_row) = rows_by_id.insert(member.id.folded(), row.number()) {
                return Err(PoolError::RepeatedId { row: row.number(), first_row, id: member.id });
            }
            members.push(member);
        }
        members.sort_by(|one, other| one.id.cmp(&other.id));
        let columns = layout.others.iter().filter_map(|&index| headings.get(index).cloned()).collect();
        Ok(Self { columns, members })
    }
}

/// Where the columns of the pool stand in the table.
struct Layout {
    id: usize,
    half: usize,
    category: usize,
    others: Vec<usize>,
}

impl Layout {
    /// The person in `row`; complaints name the headings as they stand in the file.
    fn member(&self, row: &Row, headings: &[String]) -> Result<Member, PoolError> {
        let number = row.number();
        let mut cells = Vec::with_capacity(headings.len());
        for (cell, heading) in row.cells().iter().zip(headings) {
            cells.push(clean(cell, number, heading.trim())?);
        }
        let cell = |index: usize| cells.get(index).map_or("", String::as_str);
        let id = cell(self.id);
        let half = cell(self.half);
        Ok(Member {
            id: id.parse().map_err(|_| wrong_id(number, id))?,
            half: Half::from_letter(half)
                .ok_or_else(|| PoolError::UnknownHalf { row: number, half: half.to_owned() })?,
            category: Category::new(cell(self.category)).ok_or(PoolError::EmptyCategory { row: number })?,
            cells: self.others.iter().map(|&index| cell(index).to_owned()).collect(),
        })
    }
}

/// The cleaned headings, each once, Chinese ones translated where the canonical ones are not all there.
fn headings(sheet: &Sheet) -> Result<Vec<String>, PoolError> {
    let row = sheet.header();
    let mut headings = Vec::with_capacity(row.cells().len());
    for cell in row.cells() {
        headings.push(clean(cell, row.number(), cell.trim())?);
    }
    if !REQUIRED.iter().all(|(name, _)| headings.iter().any(|heading| heading == name)) {
        for heading in &mut headings {
            let known =
                REQUIRED.iter().chain(&FURTHER).find(|(_, chinese)| chinese.contains(&heading.as_str()));
            if let Some((name, _)) = known {
                *heading = (*name).to_owned();
            }
        }
    }
    let mut seen = BTreeSet::new();
    match headings.iter().find(|heading| !seen.insert(*heading)) {
        Some(heading) => Err(SpreadsheetError::RepeatedHeading { heading: heading.clone() }.into()),
        None => Ok(headings),
    }
}

/// The positions of the columns that are not required, ordered by their headings' bytes.
fn other_columns(headings: &[String]) -> Vec<usize> {
    let mut others: Vec<(&String, usize)> = headings
        .iter()
        .zip(0..)
        .filter(|(heading, _)| !REQUIRED.iter().any(|(name, _)| heading.as_str() == *name))
        .collect();
    others.sort_unstable();
    others.into_iter().map(|(_, index)| index).collect()
}

/// Why `id` is none. Full-width letters and digits look almost like the ones that are asked for.
fn wrong_id(row: usize, id: &str) -> PoolError {
    let narrow: String = id.chars().map(narrow).collect();
    let id = id.to_owned();
    match narrow.parse::<MemberId>() {
        Ok(narrow) if narrow.as_str() != id => PoolError::FullWidthId { row, id, narrow },
        _ => PoolError::Id { row, id },
    }
}

/// The ASCII character that a full-width one (U+FF01 to U+FF5E) is the wide form of; others as they are.
fn narrow(character: char) -> char {
    let code = u32::from(character).checked_sub(0xfee0).filter(|code| (0x21..=0x7e).contains(code));
    code.and_then(char::from_u32).unwrap_or(character)
}

fn missing_column(name: &str) -> PoolError {
    let chinese =
        REQUIRED.iter().find(|(required, _)| *required == name).map_or(&[][..], |(_, chinese)| *chinese);
    let names = std::iter::once(name).chain(chinese.iter().copied()).map(str::to_owned).collect();
    SpreadsheetError::MissingColumn { names }.into()
}

/// Steps 2 and 3: no control or invisible character; normal form C; no white space at the ends. And nothing that a
/// spreadsheet program would run as a formula, or has already changed: the published pool is opened in such programs.
fn clean(cell: &str, row: usize, column: &str) -> Result<String, PoolError> {
    if let Some(character) = cell.chars().find(|&character| is_forbidden(character)) {
        let column = column.chars().filter(|&character| !is_forbidden(character)).collect();
        return Err(PoolError::Character { row, column, character });
    }
    let cell = cell.nfc().collect::<String>().trim().to_owned();
    match Fault::of_text(&cell) {
        Some(fault) => {
            let (column, zh, en) = (column.to_owned(), fault.zh(), fault.en());
            Err(SpreadsheetError::Cell { row, column, zh, en }.into())
        }
        None => Ok(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import(text: &str) -> Result<String, PoolError> {
        Pool::import(text.as_bytes()).map(|pool| pool.to_tsv())
    }

    #[test]
    fn columns_and_rows_come_out_in_byte_order() {
        let text = "township,name,category,half,id\n北湖乡,b,农民,B,P2\n城关镇,a,外地客商,A,P10\n";
        let tsv = "public-draw/1\tpool\nid\thalf\tcategory\tname\ttownship\n\
                   P10\tA\t外地客商\ta\t城关镇\nP2\tB\t农民\tb\t北湖乡\n";
        assert_eq!(import(text).as_deref(), Ok(tsv));
    }

    #[test]
    fn chinese_headings_are_understood() {
        let english = import("id,half,category,name,乡镇\nP1,A,外地客商,李伟,x\n").unwrap();
        assert_eq!(
            import("编号,组别,类别,姓名,乡镇\nP1,A,外地客商,李伟,x\n").as_deref(),
            Ok(english.as_str())
        );
        let (gbk, _, _) = encoding_rs::GBK.encode("编号,半区,类别,姓名,乡镇\r\nP1,A,外地客商,李伟,x\r\n");
        assert_eq!(Pool::import(&gbk).unwrap().to_tsv(), english);
    }

    #[test]
    fn canonical_headings_leave_all_others_alone() {
        let tsv = import("id,half,category,姓名,编号\nP1,A,c,李伟,7\n").unwrap();
        assert!(tsv.contains("id\thalf\tcategory\t姓名\t编号\n"), "{tsv}");
    }

    #[test]
    fn every_problem_is_named_with_its_row() {
        let with = |row: &str| import(&format!("id,half,category,name\nP1,A,c,n\n\n{row}\n")).unwrap_err();
        let id = "p1".parse().unwrap();
        assert_eq!(with("p1,B,c,n"), PoolError::RepeatedId { row: 4, first_row: 2, id });
        assert_eq!(with("P 2,B,c,n"), PoolError::Id { row: 4, id: "P 2".to_owned() });
        assert_eq!(with("P2,C,c,n"), PoolError::UnknownHalf { row: 4, half: "C".to_owned() });
        assert_eq!(with("P2,B,\u{3000},n"), PoolError::EmptyCategory { row: 4 });
        assert_eq!(
            with("P2,B,c,n\u{200b}"),
            PoolError::Character { row: 4, column: "name".to_owned(), character: '\u{200b}' }
        );
        let narrow = SpreadsheetError::Width { row: 4, cells: 3, expected: 4 };
        assert_eq!(with("P2,B,c"), PoolError::Table(narrow));
        for error in [with("p1,B,c,n"), with("P 2,B,c,n"), with("P2,C,c,n"), with("P2,B,,n"), with("P2,B,c")]
        {
            assert!(error.zh().contains("第 4 行") && error.en().contains("row 4"), "{error}");
        }
    }

    #[test]
    fn wrong_headings_are_named() {
        let missing = import("id,half,name\nP1,A,n\n").unwrap_err();
        assert!(missing.zh().contains("category") && missing.zh().contains("类别"), "{}", missing.zh());
        let repeated = SpreadsheetError::RepeatedHeading { heading: "é".to_owned() };
        assert_eq!(import("id,half,category,é,e\u{301}\n"), Err(PoolError::Table(repeated)));
    }

    #[test]
    fn a_second_byte_order_mark_is_an_invisible_character() {
        let error = import("\u{feff}\u{feff}id,half,category\n").unwrap_err();
        assert_eq!(error, PoolError::Character { row: 1, column: "id".to_owned(), character: '\u{feff}' });
    }
}
