//! Rulings about single offices, each with the document that records it: [sanctions](crate::sanction) and
//! [decisions](crate::decision).
//!
//! Both are published as CSV with the columns `number,kind,document_number,decided_on`, sorted by number and kind, UTF-8
//! without byte order mark, lines ending with LF.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    office::OfficeNumber,
    spreadsheet::{Column, Row, Sheet, SpreadsheetError},
    table::{Table, cell_fault},
};

const COLUMNS: [&str; 4] = ["number", "kind", "document_number", "decided_on"];
const HEADINGS: [&[&str]; 4] = [
    &["number", "序号", "编号"],
    &["kind", "种类"],
    &["document_number", "文号"],
    &["decided_on", "决定日期"],
];

/// A kind of ruling.
pub trait RulingKind: Copy + fmt::Debug + Ord + 'static {
    /// All kinds.
    const ALL: &'static [Self];
    /// The kind as files name it.
    fn as_str(self) -> &'static str;
    /// The kind in Chinese.
    fn zh(self) -> &'static str;
}

/// One ruling: which office, what, by which document, on which day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruling<K> {
    /// The office.
    pub number: OfficeNumber,
    /// What was ruled.
    pub kind: K,
    /// The document that records it.
    pub document_number: DocumentNumber,
    /// The day it was decided.
    pub decided_on: Date,
}

/// Number of an official document 文号: one line of text, never empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocumentNumber(String);

/// A text is not the number of a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number of a document {0}")]
pub struct DocumentNumberError(&'static str);

/// The same ruling stands twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("office {number} has the ruling {kind} twice")]
pub struct RepeatedRulingError {
    /// The office.
    pub number: OfficeNumber,
    /// The kind.
    pub kind: &'static str,
}

/// All rulings of one sort in an edition, at most one of each kind for each office, by number and kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rulings<K>(Vec<Ruling<K>>);

impl DocumentNumber {
    /// The number as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DocumentNumber {
    type Err = DocumentNumberError;

    fn from_str(text: &str) -> Result<Self, DocumentNumberError> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for DocumentNumber {
    type Error = DocumentNumberError;

    fn try_from(text: String) -> Result<Self, DocumentNumberError> {
        if text.is_empty() || text.trim() != text {
            return Err(DocumentNumberError("is not empty and has no space around it"));
        }
        match cell_fault(&text) {
            Some((_, en)) => Err(DocumentNumberError(en)),
            None => Ok(Self(text)),
        }
    }
}

impl From<DocumentNumber> for String {
    fn from(number: DocumentNumber) -> Self {
        number.0
    }
}

impl<K: RulingKind> Rulings<K> {
    /// The rulings, in whatever order they come.
    ///
    /// # Errors
    ///
    /// [`RepeatedRulingError`] if an office has two rulings of one kind.
    pub fn new(mut rulings: Vec<Ruling<K>>) -> Result<Self, RepeatedRulingError> {
        rulings.sort_by_key(|ruling| (ruling.number, ruling.kind));
        for (one, next) in rulings.iter().zip(rulings.iter().skip(1)) {
            if (one.number, one.kind) == (next.number, next.kind) {
                return Err(RepeatedRulingError { number: next.number, kind: next.kind.as_str() });
            }
        }
        Ok(Self(rulings))
    }

    /// Reads a table with the columns `number,kind,document_number,decided_on`, headings and kinds also in Chinese.
    ///
    /// # Errors
    ///
    /// [`SpreadsheetError`] names the row, the column and the reason.
    pub fn from_csv(bytes: &[u8]) -> Result<Self, SpreadsheetError> {
        let sheet = Sheet::read(bytes)?;
        sheet.check_widths()?;
        let [number, kind, document_number, decided_on] = HEADINGS.map(|names| sheet.require_column(names));
        let columns = [number?, kind?, document_number?, decided_on?];
        let mut rulings: Vec<Ruling<K>> = Vec::new();
        for row in sheet.rows() {
            let ruling = read_row(row, &columns)?;
            if rulings.iter().any(|earlier| (earlier.number, earlier.kind) == (ruling.number, ruling.kind)) {
                let [number, ..] = &columns;
                return Err(row.complaint(
                    number,
                    "这个股室已有同一种类的一行，请删去一行。",
                    "this office already has a row of this kind. Delete one of the two.",
                ));
            }
            rulings.push(ruling);
        }
        rulings.sort_by_key(|ruling| (ruling.number, ruling.kind));
        Ok(Self(rulings))
    }

    /// The published table; only the heading if there is no ruling.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut table = Table::new("\n");
        table.push(COLUMNS);
        for ruling in &self.0 {
            let (number, decided_on) = (ruling.number.to_string(), ruling.decided_on.to_string());
            table.push([&number, ruling.kind.as_str(), ruling.document_number.as_str(), &decided_on]);
        }
        table.into_text()
    }

    /// All rulings by number and kind.
    pub fn iter(&self) -> std::slice::Iter<'_, Ruling<K>> {
        self.0.iter()
    }

    /// Whether the office has a ruling of this kind.
    #[must_use]
    pub fn contains(&self, number: OfficeNumber, kind: K) -> bool {
        self.iter().any(|ruling| ruling.number == number && ruling.kind == kind)
    }
}

/// No rulings.
impl<K> Default for Rulings<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'a, K: RulingKind> IntoIterator for &'a Rulings<K> {
    type Item = &'a Ruling<K>;
    type IntoIter = std::slice::Iter<'a, Ruling<K>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn read_row<K: RulingKind>(row: &Row, columns: &[Column; 4]) -> Result<Ruling<K>, SpreadsheetError> {
    let [number, kind, document_number, decided_on] = columns;
    Ok(Ruling {
        number: row
            .cell(number)
            .parse()
            .map_err(|_| row.complaint(number, "须填股室的编号。", "it is the number of an office."))?,
        kind: read_kind(row, kind)?,
        document_number: row.cell(document_number).parse().map_err(|_| {
            row.complaint(
                document_number,
                "须填文号，一行文字，不含看不见的字符，不以 = + - @ 开头。",
                "it is one line of text without invisible characters, and does not begin like a formula.",
            )
        })?,
        decided_on: read_date(row.cell(decided_on)).ok_or_else(|| {
            row.complaint(decided_on, "须填日期，写作 2020-12-11。", "it is a date, written as 2020-12-11.")
        })?,
    })
}

fn read_kind<K: RulingKind>(row: &Row, column: &Column) -> Result<K, SpreadsheetError> {
    let text = row.cell(column);
    K::ALL.iter().copied().find(|kind| kind.as_str() == text || kind.zh() == text).ok_or_else(|| {
        let zh: Vec<_> = K::ALL.iter().map(|kind| kind.zh()).collect();
        let en: Vec<_> = K::ALL.iter().map(|kind| kind.as_str()).collect();
        row.complaint(column, format!("可填：{}。", zh.join("、")), format!("it is {}.", en.join(" or ")))
    })
}

/// Dates have one written form.
fn read_date(text: &str) -> Option<Date> {
    text.parse().ok().filter(|date: &Date| date.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        decision::{Cut, Decisions},
        sanction::Sanctions,
    };

    const HEADER: &str = "number,kind,document_number,decided_on\n";

    #[test]
    fn tables_are_read_back_and_sorted() {
        let text =
            format!("{HEADER}12,bottom_ten,宁创〔2020〕9号,2020-12-16\n3,bottom_three,\"a,b\",2020-12-16\n");
        let decisions = Decisions::from_csv(text.as_bytes()).unwrap();
        assert!(decisions.contains("12".parse().unwrap(), Cut::BottomTen));
        assert!(!decisions.contains("12".parse().unwrap(), Cut::BottomThree));
        let written = decisions.to_csv();
        assert_eq!(
            written,
            format!("{HEADER}3,bottom_three,\"a,b\",2020-12-16\n12,bottom_ten,宁创〔2020〕9号,2020-12-16\n")
        );
        assert_eq!(Decisions::from_csv(written.as_bytes()), Ok(decisions));
    }

    #[test]
    fn headings_and_kinds_may_be_chinese() {
        let sanctions =
            Sanctions::from_csv("编号,种类,文号,决定日期\n5,拉票,宁纪〔2020〕8号,2020-12-12\n".as_bytes());
        assert_eq!(sanctions.unwrap().to_csv(), format!("{HEADER}5,canvassing,宁纪〔2020〕8号,2020-12-12\n"));
    }

    #[test]
    fn no_ruling_is_a_table_with_a_heading_only() {
        assert_eq!(Sanctions::default().to_csv(), HEADER);
        assert_eq!(Sanctions::from_csv(HEADER.as_bytes()), Ok(Sanctions::default()));
    }

    #[test]
    fn every_refusal_names_row_and_column() {
        for (row, named) in [
            ("0,canvassing,8号,2020-12-12", "number"),
            ("1,gossip,8号,2020-12-12", "kind"),
            ("1,canvassing,,2020-12-12", "document_number"),
            ("1,canvassing,=8,2020-12-12", "document_number"),
            ("1,canvassing,8号,2020-12-32", "decided_on"),
            ("1,canvassing,8号,20201212", "decided_on"),
            ("1,canvassing,8号,2020-12-12T00:00:00", "decided_on"),
            ("9,canvassing,9号,2020-12-13", "number"),
        ] {
            let text = format!("{HEADER}9,canvassing,8号,2020-12-12\n{row}\n");
            match Sanctions::from_csv(text.as_bytes()) {
                Err(SpreadsheetError::Cell { row: 3, column, .. }) => assert_eq!(column, named),
                other => panic!("{row}: {other:?}"),
            }
        }
    }

    #[test]
    fn same_ruling_twice_is_refused() {
        let ruling = Ruling {
            number: OfficeNumber::new(3).unwrap(),
            kind: Cut::BottomTen,
            document_number: "8号".parse().unwrap(),
            decided_on: "2020-12-12".parse().unwrap(),
        };
        let other = Ruling { kind: Cut::BottomThree, ..ruling.clone() };
        assert!(Rulings::new(vec![ruling.clone(), other]).is_ok());
        assert!(Rulings::new(vec![ruling.clone(), ruling]).is_err());
    }
}
