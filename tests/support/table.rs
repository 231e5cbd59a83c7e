//! CSV files as tables of cells by column name.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result};

/// One row: column → cell.
pub type Row = BTreeMap<String, String>;

/// All rows of a file, with or without a byte order mark.
pub fn read(path: &Path) -> Result<Vec<Row>> {
    parse(&std::fs::read(path).with_context(|| path.display().to_string())?)
}

/// All rows of a table in memory.
pub fn parse(bytes: &[u8]) -> Result<Vec<Row>> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::Reader::from_reader(bytes);
    reader.deserialize().map(|row| Ok(row?)).collect()
}

/// The cell of a row, which must have that column.
pub fn cell<'a>(row: &'a Row, column: &str) -> Result<&'a str> {
    row.get(column).map(String::as_str).with_context(|| format!("there is no column {column} in {row:?}"))
}
