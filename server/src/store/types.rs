//! Between the types of the program and the three types that both databases have.

use std::str::FromStr;

use evaluation::{hash::Sha256Hash, wire::TerminalKey};
use jiff::Timestamp;
use sqlx::{
    Row as _,
    any::{AnyQueryResult, AnyRow},
};

use super::StoreError;

/// One row, read by column name. An impossible value is an [`StoreError::Inconsistency`] that names table and column.
#[derive(Clone, Copy)]
pub(super) struct Row<'r> {
    table: &'static str,
    row: &'r AnyRow,
}

impl<'r> Row<'r> {
    pub(super) const fn new(table: &'static str, row: &'r AnyRow) -> Self {
        Self { table, row }
    }

    pub(super) fn text(self, column: &'static str) -> Result<String, StoreError> {
        Ok(self.row.try_get(column)?)
    }

    pub(super) fn optional_text(self, column: &'static str) -> Result<Option<String>, StoreError> {
        Ok(self.row.try_get(column)?)
    }

    /// A text with a meaning: an id, a state, a role.
    pub(super) fn parsed<T: FromStr>(self, column: &'static str) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| self.inconsistency(column))
    }

    pub(super) fn optional_parsed<T: FromStr>(self, column: &'static str) -> Result<Option<T>, StoreError> {
        self.optional_text(column)?
            .map(|text| text.parse().map_err(|_| self.inconsistency(column)))
            .transpose()
    }

    pub(super) fn number<T: TryFrom<i64>>(self, column: &'static str) -> Result<T, StoreError> {
        T::try_from(self.row.try_get::<i64, _>(column)?).map_err(|_| self.inconsistency(column))
    }

    pub(super) fn optional_number<T: TryFrom<i64>>(
        self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let number: Option<i64> = self.row.try_get(column)?;
        number.map(|number| T::try_from(number).map_err(|_| self.inconsistency(column))).transpose()
    }

    pub(super) fn bytes(self, column: &'static str) -> Result<Vec<u8>, StoreError> {
        Ok(self.row.try_get(column)?)
    }

    pub(super) fn hash(self, column: &'static str) -> Result<Sha256Hash, StoreError> {
        let bytes = <[u8; 32]>::try_from(self.bytes(column)?).map_err(|_| self.inconsistency(column))?;
        Ok(Sha256Hash::from_bytes(bytes))
    }

    pub(super) fn optional_hash(self, column: &'static str) -> Result<Option<Sha256Hash>, StoreError> {
        let bytes: Option<Vec<u8>> = self.row.try_get(column)?;
        bytes.map(|_| self.hash(column)).transpose()
    }

    pub(super) fn terminal_key(self, column: &'static str) -> Result<TerminalKey, StoreError> {
        let bytes = <[u8; 32]>::try_from(self.bytes(column)?).map_err(|_| self.inconsistency(column))?;
        TerminalKey::from_bytes(bytes).map_err(|_| self.inconsistency(column))
    }

    fn inconsistency(self, column: &'static str) -> StoreError {
        StoreError::Inconsistency { table: self.table, column }
    }
}

/// A time as the store keeps it: UTC, milliseconds, always 24 characters, so that texts sort as times do.
#[must_use]
pub fn time_text(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A number as the store keeps it.
pub(super) fn integer(number: impl TryInto<i64>) -> Result<i64, StoreError> {
    number.try_into().map_err(|_| StoreError::NumberTooLarge)
}

/// Exactly one row must have changed.
pub(super) fn must_change_one(result: &AnyQueryResult) -> Result<(), StoreError> {
    match result.rows_affected() {
        1 => Ok(()),
        actual => Err(StoreError::RowsAffected { expected: 1, actual }),
    }
}

/// The row, or [`StoreError::NotFound`].
pub(super) fn must_exist<T>(table: &'static str, row: Option<T>) -> Result<T, StoreError> {
    row.ok_or(StoreError::NotFound { table })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_fixed_width() {
        for (time, text) in [
            ("2020-12-11T01:00:00Z", "2020-12-11T01:00:00.000Z"),
            ("2020-12-11T09:00:00.5+08:00", "2020-12-11T01:00:00.500Z"),
        ] {
            assert_eq!(time_text(time.parse().unwrap()), text);
        }
    }
}
