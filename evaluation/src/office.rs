//! The offices 股室 under evaluation.

mod import;

use std::{fmt, num::NonZeroU16, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    hash::Sha256Hash,
    rules::{Rules, SectionId},
    spreadsheet::SpreadsheetError,
    table::Table,
};

/// The 70 offices of 宁晋县 for 2020 (notice 二), as published in `offices.csv`.
pub const NINGJIN_2020: &str = include_str!("../data/offices.csv");

/// The columns of `offices.csv`.
const COLUMNS: [&str; 7] = ["number", "section", "unit", "office", "scope", "carried_over", "full_name"];

/// Number of an office on the list, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OfficeNumber(NonZeroU16);

/// A text is not the number of an office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number of an office is a whole number from 1 to 65535, without leading zeros")]
pub struct OfficeNumberError;

/// One office under evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Its number, also the order of the questions on the ballot.
    pub number: OfficeNumber,
    /// The section it is ranked in.
    pub section: SectionId,
    /// The unit 单位 it belongs to.
    pub unit: String,
    /// Its name inside the unit.
    pub office: String,
    /// The part of its work that is evaluated, if the notice names one.
    pub scope: Option<String>,
    /// Whether it is on the list because it was among last year's last ten.
    pub carried_over: bool,
    /// Its name as the notice writes it.
    pub full_name: String,
}

/// The list of offices of an edition, numbered 1, 2, 3, … without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offices(Vec<Office>);

impl OfficeNumber {
    /// The number; none for 0.
    #[must_use]
    pub const fn new(number: u16) -> Option<Self> {
        match NonZeroU16::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number, from 1.
    #[must_use]
    pub const fn value(self) -> u16 {
        self.0.get()
    }

    /// The position in the list and of the question on the ballot, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.value()).saturating_sub(1)
    }
}

impl fmt::Display for OfficeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for OfficeNumber {
    type Err = OfficeNumberError;

    fn from_str(text: &str) -> Result<Self, OfficeNumberError> {
        if !text.starts_with(|first: char| matches!(first, '1'..='9')) {
            return Err(OfficeNumberError);
        }
        text.parse().map(Self).map_err(|_| OfficeNumberError)
    }
}

impl Offices {
    /// Reads a list as people hand it in: the columns of `offices.csv` in any order, headings and cells also in Chinese.
    ///
    /// # Errors
    ///
    /// [`SpreadsheetError`] names the row, the column and the reason: an unknown section, an empty or deceptive cell, a
    /// number or name that comes twice, a gap in the numbers, a column that is missing or unknown.
    pub fn from_csv(bytes: &[u8], rules: &Rules) -> Result<Self, SpreadsheetError> {
        import::read(bytes, rules).map(Self)
    }

    /// The offices of this list, which must be as good as an imported one.
    ///
    /// # Errors
    ///
    /// [`SpreadsheetError`] names the row, counted as in a file with a heading, and the reason.
    pub fn new(offices: Vec<Office>, rules: &Rules) -> Result<Self, SpreadsheetError> {
        Self::from_csv(Self(offices).to_csv().as_bytes(), rules)
    }

    /// The bytes of `offices.csv`: by number, UTF-8 without byte order mark, lines end with CRLF.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut table = Table::new("\r\n");
        table.push(COLUMNS);
        for office in self {
            table.push([
                office.number.to_string().as_str(),
                office.section.as_str(),
                &office.unit,
                &office.office,
                office.scope.as_deref().unwrap_or(""),
                if office.carried_over { "true" } else { "false" },
                &office.full_name,
            ]);
        }
        table.into_text()
    }

    /// SHA-256 of `offices.csv`.
    #[must_use]
    pub fn hash(&self) -> Sha256Hash {
        Sha256Hash::of(self.to_csv())
    }

    /// The office with this number.
    #[must_use]
    pub fn find(&self, number: OfficeNumber) -> Option<&Office> {
        self.0.get(number.index())
    }

    /// All offices by number.
    pub fn iter(&self) -> std::slice::Iter<'_, Office> {
        self.0.iter()
    }

    /// The offices of one section by number.
    pub fn in_section<'a>(&'a self, section: &'a SectionId) -> impl Iterator<Item = &'a Office> {
        self.iter().filter(move |office| office.section == *section)
    }

    /// How many offices there are, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a list of offices is never empty")]
    pub const fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'a> IntoIterator for &'a Offices {
    type Item = &'a Office;
    type IntoIter = std::slice::Iter<'a, Office>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The 70 offices of 宁晋县 for 2020 (notice 二).
#[must_use]
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "the list is compiled in, a test reads it"
)]
pub fn ningjin_2020() -> Offices {
    Offices::from_csv(NINGJIN_2020.as_bytes(), &Rules::ningjin_2020())
        .expect("invariant: the shipped list is valid")
}

#[cfg(test)]
mod tests;
