//! Opening a booth: people compare the signed opening sheet with what this machine computed itself, and give it the hall key.

use belenios::text::Hash;
use evaluation::{
    hall_key::{HallKey, HallKeyError},
    wire::{BoothReady, OpenedBooth},
};
use secrecy::{ExposeSecret, SecretString};

use super::Booth;
use crate::{
    heartbeat::BoothVitals,
    spool::{Note, SpoolError},
    uplink::{UplinkError, on_disk},
};

/// What the square code of the opening sheet begins with.
const SHEET: &str = "PINGYI-SETUP";

/// How far the opening of a booth is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The signed opening sheet has not been compared.
    Sheet,
    /// The sheet is the right one; the slip with the hall key is missing.
    HallKey,
    /// People can vote, as far as this booth is concerned.
    Done,
}

/// How far the opening is, with the hall key once it is known: in memory only.
#[derive(Debug)]
pub(super) enum Opened {
    Sheet,
    HallKey,
    Done {
        /// None where the opening sheet's hash stands in the configuration.
        hall_key: Option<HallKey>,
    },
}

/// Why what was scanned or typed does not open the booth. It can be tried again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpeningError {
    /// It is not 64 hexadecimal digits, or no hall key: something was mistyped.
    #[error("it was not typed correctly")]
    Mistyped,
    /// A code of another kind was scanned.
    #[error("this is not what is asked for now")]
    Other,
    /// It is the opening sheet of another election.
    #[error("the opening sheet is of another election")]
    OtherElection,
    /// It cannot be kept on this machine's disk.
    #[error("the opening cannot be kept on this machine")]
    Spool(#[source] SpoolError),
    /// Nothing is asked for now.
    #[error("the booth is open already")]
    Open,
}

/// Reads the square code of an opening sheet, or its hash typed by hand in any groups.
///
/// # Errors
/// [`OpeningError::Mistyped`], [`OpeningError::Other`]
pub fn parse_opening_sheet(text: &str) -> Result<Hash, OpeningError> {
    let digits = match text.trim().split_once(':') {
        Some((prefix, digits)) if prefix.trim().eq_ignore_ascii_case(SHEET) => digits,
        Some(_) => return Err(OpeningError::Other),
        None => text,
    };
    let digits: String =
        digits.chars().filter(|character| !character.is_whitespace() && *character != '-').collect();
    digits.to_ascii_lowercase().parse().map_err(|_| OpeningError::Mistyped)
}

impl Booth {
    /// How far the opening of this booth is.
    #[must_use]
    pub fn opening(&self) -> Opening {
        match self.0.day().opened {
            Opened::Sheet => Opening::Sheet,
            Opened::HallKey => Opening::HallKey,
            Opened::Done { .. } => Opening::Done,
        }
    }

    /// Takes what was scanned or typed for the step of the opening that is due.
    ///
    /// # Errors
    /// [`OpeningError`]; the step is still due.
    pub async fn open(&self, scanned: &SecretString) -> Result<Opening, OpeningError> {
        match self.opening() {
            Opening::Sheet => {
                if parse_opening_sheet(scanned.expose_secret())? != self.poll().setup_event {
                    return Err(OpeningError::OtherElection);
                }
                self.remember_opened().await.map_err(OpeningError::Spool)?;
                self.0.day().opened = Opened::HallKey;
                Ok(Opening::HallKey)
            }
            Opening::HallKey => {
                let hall_key = HallKey::parse(scanned.expose_secret()).map_err(|error| match error {
                    HallKeyError::Other => OpeningError::Other,
                    HallKeyError::Mistyped(_) => OpeningError::Mistyped,
                })?;
                self.0.day().opened = Opened::Done { hall_key: Some(hall_key) };
                self.0.nudge.notify_one();
                Ok(Opening::Done)
            }
            Opening::Done => Err(OpeningError::Open),
        }
    }

    /// Runs something with the hall key, if this booth has been given one.
    pub fn with_hall_key<T>(&self, use_it: impl FnOnce(&HallKey) -> T) -> Option<T> {
        match &self.0.day().opened {
            Opened::Done { hall_key: Some(hall_key) } => Some(use_it(hall_key)),
            _ => None,
        }
    }

    /// What this booth tells of itself for the steward's board.
    #[must_use]
    pub fn vitals(&self) -> BoothVitals {
        let hall_key = self.with_hall_key(HallKey::mark);
        let poll = &self.poll().addressee.poll;
        let opened = hall_key.map(|hall_key| OpenedBooth { poll: poll.clone(), hall_key });
        BoothVitals { undelivered: self.failed(), opened }
    }

    /// From here on this booth owes a statement: also after a restart, when nobody scans any more.
    pub(super) async fn remember_opened(&self) -> Result<(), SpoolError> {
        let setup_event = self.poll().setup_event.to_string();
        on_disk(self.0.courier.spool(), move |spool| spool.keep(Note::Opened, &setup_event)).await
    }

    /// Tells the server that this booth takes part, unless it has taken note of that and still knows it.
    pub(super) async fn report_ready(&self) -> Result<(), UplinkError> {
        if self.opening() != Opening::Done || (self.0.day().is_ready && !self.0.courier.is_unknown()) {
            return Ok(());
        }
        let poll = self.poll();
        let ready = BoothReady { poll: poll.addressee.poll.clone(), setup_event: poll.setup_event };
        self.0.uplink.booth_ready(&ready).await?;
        self.0.day().is_ready = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_is_read_scanned_or_typed_in_groups() {
        let hash = Hash::of("setup");
        let digits = hash.to_string();
        let groups: Vec<_> =
            digits.as_bytes().chunks(8).map(|group| str::from_utf8(group).unwrap()).collect();
        for text in [
            format!("PINGYI-SETUP:{digits}"),
            format!("  pingyi-setup: {}\n", digits.to_uppercase()),
            groups.join(" "),
            groups.join("-").to_uppercase(),
        ] {
            assert_eq!(parse_opening_sheet(&text).unwrap(), hash, "{text}");
        }
        assert!(matches!(parse_opening_sheet("PINGYI-HALL:ABCD"), Err(OpeningError::Other)));
        assert!(matches!(parse_opening_sheet("https://example.org"), Err(OpeningError::Other)));
        for text in ["", &digits[1..], &digits.replace('a', "g"), &format!("{digits}0"), "票"] {
            assert!(matches!(parse_opening_sheet(text), Err(OpeningError::Mistyped)), "{text}");
        }
    }
}
