//! Excel workbooks (.xlsx): the one sheet with content, as a person sees it.
//!
//! What is seen is what is imported, so everything that makes the two differ is refused with its place: formulas, merged
//! cells, hidden rows, columns and sheets, numbers that lost digits or are shown in another form. The reader trusts no
//! size that the file states: it unpacks, and keeps text, within limits of its own.

mod error;
mod format;
mod package;
mod worksheet;
mod xml;

pub use error::WorkbookError;

use format::Formats;
use package::Package;
use worksheet::{Shared, Worksheet, letters, within_limit};
use xml::{Node, Xml};

use super::{Encoding, Row, Sheet, SpreadsheetError, fault::Fault};
use crate::draw::canon::is_forbidden;

/// The most cells, blank ones between others included.
const MOST_CELLS: usize = 2_000_000;

/// The most worksheets, and the most links from one part to others.
const MOST_SHEETS: usize = 200;
const MOST_LINKS: usize = 10_000;

/// Whether the bytes are a workbook of any kind, or an archive that could be one.
pub(super) fn is_container(bytes: &[u8]) -> bool {
    is_archive(bytes) || is_compound_file(bytes)
}

/// The sheet with content.
pub(super) fn read(bytes: &[u8]) -> Result<Sheet, SpreadsheetError> {
    if is_compound_file(bytes) {
        return Err(kind_of_compound_file(bytes).into());
    }
    let mut package = Package::open(bytes)?;
    let (shared, entries) = read_workbook(&mut package)?;
    let (mut sheets, mut first) = (Vec::new(), None);
    for entry in entries {
        let text = package.text(&entry.path)?.ok_or(WorkbookError::Damaged)?;
        let sheet = Worksheet::read(&text, &shared)?;
        if !sheet.cells.is_empty() {
            sheets.push((shown(&entry.name), entry.is_hidden));
            // The contents of further sheets are not kept: they would be refused anyway.
            first.get_or_insert(sheet);
        }
    }
    match (first, sheets.as_slice()) {
        (None, _) | (_, []) => Err(SpreadsheetError::Empty),
        (Some(sheet), [(_, false)]) => table(sheet),
        (Some(_), [(name, true)]) => Err(WorkbookError::HiddenSheet { sheet: name.clone() }.into()),
        (Some(_), _) => Err(WorkbookError::SeveralSheets { sheets }.into()),
    }
}

/// A worksheet as the workbook lists it.
struct Entry {
    name: String,
    path: String,
    is_hidden: bool,
}

/// A link from one part to another.
struct Relationship {
    id: String,
    /// The last part of the kind's address.
    kind: String,
    path: String,
}

fn read_workbook(package: &mut Package<'_>) -> Result<(Shared, Vec<Entry>), WorkbookError> {
    let path = find_workbook(package)?;
    let text = package.text(&path)?.ok_or(WorkbookError::Damaged)?;
    let (folder, name) = path.rsplit_once('/').map_or(("", path.as_str()), |(folder, name)| (folder, name));
    let links = relationships(package, folder, &format!("{folder}/_rels/{name}.rels"))?;
    let first_of = |kind: &str| links.iter().find(|link| link.kind == kind).map(|link| link.path.clone());
    let strings = match first_of("sharedStrings") {
        Some(path) => read_strings(&package.text(&path)?.ok_or(WorkbookError::Damaged)?)?,
        None => Vec::new(),
    };
    let formats = match first_of("styles") {
        Some(path) => Formats::read(&package.text(&path)?.ok_or(WorkbookError::Damaged)?)?,
        None => Formats::default(),
    };
    let (mut xml, mut entries, mut counts_from_1904) = (Xml::new(&text), Vec::new(), false);
    loop {
        match xml.next()? {
            Node::Start(element) if element.name() == "workbookPr" => {
                counts_from_1904 |= element.flag("date1904")?;
            }
            Node::Start(_) if entries.len() > MOST_SHEETS => return Err(WorkbookError::TooLarge),
            Node::Start(element) if element.name() == "sheet" => {
                let id = element.attribute("id")?;
                let link = links.iter().find(|link| Some(&link.id) == id.as_ref());
                let link = link.ok_or(WorkbookError::Damaged)?;
                // Sheets that hold only a chart have no rows.
                if link.kind == "worksheet" {
                    entries.push(Entry {
                        name: element.attribute("name")?.unwrap_or_default(),
                        path: link.path.clone(),
                        is_hidden: element.attribute("state")?.is_some_and(|state| state != "visible"),
                    });
                }
            }
            Node::Done => return Ok((Shared { strings, formats, counts_from_1904 }, entries)),
            _ => {}
        }
    }
}

/// The path of the workbook in the package; the refusal if the archive holds something else.
fn find_workbook(package: &mut Package<'_>) -> Result<String, WorkbookError> {
    if let Some(kind) = package.text("mimetype")? {
        let is_spreadsheet = kind.contains("opendocument.spreadsheet");
        return Err(if is_spreadsheet { WorkbookError::OpenDocument } else { WorkbookError::OtherArchive });
    }
    let links = relationships(package, "", "_rels/.rels")?;
    let path = links.into_iter().find(|link| link.kind == "officeDocument").map(|link| link.path);
    match path.filter(|path| package.has(path)) {
        Some(path) if path.ends_with("workbook.bin") => Err(WorkbookError::Binary),
        Some(path) if path.ends_with("workbook.xml") => Ok(path),
        _ if package.has("xl/workbook.xml") => Ok("xl/workbook.xml".to_owned()),
        _ if package.has_folder("xl") => Err(WorkbookError::Damaged),
        _ => Err(WorkbookError::OtherArchive),
    }
}

/// The links in a part of links; none if there is no such part.
fn relationships(
    package: &mut Package<'_>,
    folder: &str,
    path: &str,
) -> Result<Vec<Relationship>, WorkbookError> {
    let Some(text) = package.text(path)? else { return Ok(Vec::new()) };
    let (mut xml, mut links) = (Xml::new(&text), Vec::new());
    loop {
        match xml.next()? {
            Node::Start(_) if links.len() > MOST_LINKS => return Err(WorkbookError::TooLarge),
            Node::Start(element) if element.name() == "Relationship" => {
                let attribute = |name| element.attribute(name)?.ok_or(WorkbookError::Damaged);
                let (kind, target) = (attribute("Type")?, attribute("Target")?);
                links.push(Relationship {
                    id: attribute("Id")?,
                    kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                    path: resolve(folder, &target),
                });
            }
            Node::Done => return Ok(links),
            _ => {}
        }
    }
}

/// The path that `target` has, seen from `folder`.
fn resolve(folder: &str, target: &str) -> String {
    let path = if target.starts_with('/') { target.to_owned() } else { format!("{folder}/{target}") };
    let mut steps = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

fn read_strings(text: &str) -> Result<Vec<Result<String, Fault>>, WorkbookError> {
    let (mut xml, mut strings) = (Xml::new(text), Vec::new());
    loop {
        match xml.next()? {
            Node::Start(element) if element.name() == "si" => strings.push(within_limit(xml.rich_text()?)),
            Node::Done => return Ok(strings),
            _ => {}
        }
    }
}

/// The rows of a sheet, once nothing in it is hidden, merged or other than it seems.
fn table(sheet: Worksheet) -> Result<Sheet, SpreadsheetError> {
    let header = sheet.cells.keys().next().map_or(0, |(row, _)| *row);
    let name = |row: usize, column: usize| match sheet.cells.get(&(header, column)) {
        Some(Ok(heading)) if row > header => shown(heading.trim()),
        _ => letters(column),
    };
    if let Some(column) = sheet.hidden_column() {
        return Err(WorkbookError::HiddenColumn { column: name(usize::MAX, column) }.into());
    }
    if let Some((row, _)) = sheet.cells.keys().find(|(row, _)| sheet.hidden_rows.contains(row)) {
        return Err(WorkbookError::HiddenRow { row: *row }.into());
    }
    if let Some(merged) = sheet.merged() {
        let (row, column) = merged.first;
        let (column, range) = (name(row, column), shown(&merged.range));
        return Err(WorkbookError::Merged { row, column, range }.into());
    }
    for ((row, column), content) in &sheet.cells {
        if let Err(fault) = content {
            let (zh, en) = (fault.zh(), fault.en());
            return Err(SpreadsheetError::Cell { row: *row, column: name(*row, *column), zh, en });
        }
    }
    let width = sheet.width();
    let mut rows: Vec<Row> = Vec::new();
    for ((row, column), content) in sheet.cells {
        if rows.last().is_none_or(|last| last.number != row) {
            if rows.len().saturating_add(1).saturating_mul(width) > MOST_CELLS {
                return Err(WorkbookError::TooLarge.into());
            }
            rows.push(Row { number: row, cells: vec![String::new(); width] });
        }
        let cell = rows.last_mut().and_then(|last| last.cells.get_mut(column.checked_sub(1)?));
        if let (Some(cell), Ok(text)) = (cell, content) {
            *cell = text;
        }
    }
    let mut rows = rows.into_iter();
    let header = rows.next().ok_or(SpreadsheetError::Empty)?;
    Ok(Sheet { encoding: Encoding::Workbook, header, rows: rows.collect() })
}

/// A name from the file, fit to stand in a sentence.
fn shown(name: &str) -> String {
    const LONGEST: usize = 40;
    let visible = name.chars().filter(|character| !is_forbidden(*character));
    let mut shown: String = visible.clone().take(LONGEST).collect();
    if visible.count() > LONGEST {
        shown.push('…');
    }
    shown
}

/// A zip archive, empty ones included.
fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// The container of old office programs and of workbooks with a password.
fn is_compound_file(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xd0\xcf\x11\xe0")
}

/// What a compound file holds, by the names in its directory.
fn kind_of_compound_file(bytes: &[u8]) -> WorkbookError {
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).chain([0, 0]).collect();
        bytes.windows(name.len()).any(|window| window == name)
    };
    if has("EncryptedPackage") {
        WorkbookError::Password
    } else if has("Workbook") || has("Book") {
        WorkbookError::Old
    } else {
        WorkbookError::OtherOffice
    }
}
