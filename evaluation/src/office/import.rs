//! Reading a list of offices that people hand in.

use std::collections::BTreeMap;

use super::{Office, OfficeNumber};
use crate::{
    rules::{Rules, SectionId},
    spreadsheet::{Column, Row, Sheet, SpreadsheetError},
    table::cell_fault,
};

/// The headings that are understood for each column of `offices.csv`, in its order.
const HEADINGS: [&[&str]; 7] = [
    &["number", "序号", "编号"],
    &["section", "部分", "类别"],
    &["unit", "单位"],
    &["office", "股室", "股室或营业厅"],
    &["scope", "评议范围", "职责范围"],
    &["carried_over", "上年后十名"],
    &["full_name", "全称"],
];

/// The columns of one sheet.
struct Columns {
    number: Column,
    section: Column,
    unit: Column,
    office: Column,
    scope: Column,
    carried_over: Column,
    full_name: Column,
}

/// The offices of a list, by number.
///
/// # Errors
///
/// The first thing that is wrong, with its row.
pub(super) fn read(bytes: &[u8], rules: &Rules) -> Result<Vec<Office>, SpreadsheetError> {
    let sheet = Sheet::read(bytes)?;
    sheet.check_widths()?;
    check_headings(&sheet)?;
    let columns = Columns::find(&sheet)?;
    let (mut offices, mut names) = (BTreeMap::new(), BTreeMap::new());
    for row in sheet.rows() {
        let office = read_row(row, &columns, rules)?;
        if let Some(earlier) = names.insert(office.full_name.clone(), row.number()) {
            return Err(repeated(row, &columns.full_name, earlier));
        }
        if let Some((earlier, _)) = offices.insert(office.number, (row, office)) {
            return Err(repeated(row, &columns.number, earlier.number()));
        }
    }
    if offices.is_empty() {
        return Err(SpreadsheetError::Empty);
    }
    for (expected, (number, (row, _))) in (1_usize..).zip(&offices) {
        if usize::from(number.value()) != expected {
            return Err(row.complaint(
                &columns.number,
                format!("编号须从 1 起连续，缺少 {expected}。请补上或重新编号。"),
                format!(
                    "numbers run from 1 without a gap, and {expected} is missing. Add it or number anew."
                ),
            ));
        }
    }
    Ok(offices.into_values().map(|(_, office)| office).collect())
}

/// Refuses a column that would be dropped silently.
fn check_headings(sheet: &Sheet) -> Result<(), SpreadsheetError> {
    for heading in sheet.header().cells() {
        let heading = heading.trim();
        if !HEADINGS.iter().any(|names| names.contains(&heading)) {
            let column = sheet.require_column(&[heading])?;
            return Err(sheet.header().complaint(
                &column,
                "不认识这一列，请删去后再导入。",
                "this column is not understood. Delete it and import again.",
            ));
        }
    }
    Ok(())
}

impl Columns {
    fn find(sheet: &Sheet) -> Result<Self, SpreadsheetError> {
        let [number, section, unit, office, scope, carried_over, full_name] =
            HEADINGS.map(|names| sheet.require_column(names));
        Ok(Self {
            number: number?,
            section: section?,
            unit: unit?,
            office: office?,
            scope: scope?,
            carried_over: carried_over?,
            full_name: full_name?,
        })
    }
}

fn read_row(row: &Row, columns: &Columns, rules: &Rules) -> Result<Office, SpreadsheetError> {
    Ok(Office {
        number: read_number(row, &columns.number)?,
        section: read_section(row, &columns.section, rules)?,
        unit: read_text(row, &columns.unit)?,
        office: read_text(row, &columns.office)?,
        scope: read_optional(row, &columns.scope)?,
        carried_over: read_flag(row, &columns.carried_over)?,
        full_name: read_text(row, &columns.full_name)?,
    })
}

fn read_number(row: &Row, column: &Column) -> Result<OfficeNumber, SpreadsheetError> {
    let text = read_text(row, column)?;
    text.parse().map_err(|_| {
        row.complaint(
            column,
            format!("“{text}”不是编号，编号是从 1 起的整数。"),
            format!("\"{text}\" is not a number; offices are numbered from 1."),
        )
    })
}

fn read_section(row: &Row, column: &Column, rules: &Rules) -> Result<SectionId, SpreadsheetError> {
    let text = read_text(row, column)?;
    let found = rules.sections.iter().find(|section| section.id.as_str() == text || section.name.zh == text);
    found.map(|section| section.id.clone()).ok_or_else(|| {
        let known: Vec<_> = rules.sections.iter().map(|section| section.name.zh.as_str()).collect();
        let ids: Vec<_> = rules.sections.iter().map(|section| section.id.as_str()).collect();
        row.complaint(
            column,
            format!("没有“{text}”这一部分，可填：{}。", known.join("、")),
            format!("there is no section \"{text}\"; the sections are {}.", ids.join(", ")),
        )
    })
}

fn read_flag(row: &Row, column: &Column) -> Result<bool, SpreadsheetError> {
    match row.cell(column) {
        "true" | "TRUE" | "是" => Ok(true),
        "false" | "FALSE" | "否" => Ok(false),
        other => Err(row.complaint(
            column,
            format!("须填“是”或“否”，现为“{other}”。"),
            format!("it is true or false, not \"{other}\"."),
        )),
    }
}

fn read_text(row: &Row, column: &Column) -> Result<String, SpreadsheetError> {
    read_optional(row, column)?
        .ok_or_else(|| row.complaint(column, "不能为空，请填写。", "it cannot be empty. Fill it in."))
}

fn read_optional(row: &Row, column: &Column) -> Result<Option<String>, SpreadsheetError> {
    let text = row.cell(column);
    match cell_fault(text) {
        Some((zh, en)) => Err(row.complaint(column, format!("{zh}。"), format!("{en}."))),
        None => Ok((!text.is_empty()).then(|| text.to_owned())),
    }
}

fn repeated(row: &Row, column: &Column, earlier: usize) -> SpreadsheetError {
    row.complaint(
        column,
        format!("与第 {earlier} 行重复。请改正其中一行。"),
        format!("it is the same as in row {earlier}. Correct one of the two."),
    )
}
