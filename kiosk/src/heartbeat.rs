//! What a terminal tells the server of itself every ten seconds, for the steward's board.
//!
//! It goes by the clock and never by what a voter does; see docs/decisions/0013-terminal-identity.md.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use evaluation::wire::{DiskState, OpenedBooth, TerminalStatus};

use crate::uplink::{Uplink, error_chain};

/// Between two reports.
pub const PAUSE: Duration = Duration::from_secs(10);

/// With less room than this somebody should look, in bytes.
const LOW: u64 = 512 << 20;

/// With less room than this no ballot can be kept safely, in bytes.
const FULL: u64 = 32 << 20;

/// What is to be told. Clones are the same.
#[derive(Clone)]
pub struct Vitals(Arc<Inner>);

type AskBooth = Box<dyn Fn() -> BoothVitals + Send + Sync>;

/// What only a booth has to tell.
#[derive(Clone, Debug, Default)]
pub struct BoothVitals {
    /// Ballots that could not be delivered at the last attempt.
    pub undelivered: usize,
    /// What it was opened with.
    pub opened: Option<OpenedBooth>,
}

struct Inner {
    folder: PathBuf,
    booth: Mutex<Option<AskBooth>>,
}

impl Vitals {
    /// Of a terminal that keeps what it has in this folder.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self(Arc::new(Inner { folder, booth: Mutex::default() }))
    }

    /// From now on `ask` says how the booth is.
    pub fn of_booth(&self, ask: impl Fn() -> BoothVitals + Send + Sync + 'static) {
        *self.0.booth.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(ask));
    }

    /// How the terminal is now.
    #[must_use]
    pub fn status(&self) -> TerminalStatus {
        let ask = self.0.booth.lock().unwrap_or_else(PoisonError::into_inner);
        let booth = ask.as_ref().map(|ask| ask()).unwrap_or_default();
        TerminalStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            clock: clock(),
            undelivered: u32::try_from(booth.undelivered).unwrap_or(u32::MAX),
            disk: disk(room(&self.0.folder)),
            opened: booth.opened,
        }
    }

    /// Reports for ever. A report that does not arrive is not sent again: the next one says more.
    pub async fn report(&self, uplink: &Uplink, pause: Duration) {
        loop {
            if let Err(error) = uplink.send_status(&self.status()).await {
                tracing::debug!(error = error_chain(&error), "the server does not hear how this terminal is");
            }
            tokio::time::sleep(pause).await;
        }
    }
}

impl fmt::Debug for Vitals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vitals").field("folder", &self.0.folder).finish_non_exhaustive()
    }
}

/// Bytes left for what is kept in this folder, which may still have to be made.
fn room(folder: &Path) -> Option<u64> {
    let is_there = |folder: &&Path| folder.is_dir();
    let there = folder.ancestors().find(is_there).unwrap_or(Path::new("."));
    rustix::fs::statvfs(there).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// A disk that does not tell how much room it has is one to look at.
fn disk(room: Option<u64>) -> DiskState {
    match room {
        Some(LOW..) => DiskState::Ok,
        Some(FULL..) | None => DiskState::Low,
        Some(_) => DiskState::Full,
    }
}

#[expect(clippy::disallowed_methods, reason = "the report is about this very clock")]
fn clock() -> i64 {
    let now = SystemTime::now();
    let after = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    match now.duration_since(UNIX_EPOCH) {
        Ok(since) => after(since),
        Err(before) => after(before.duration()).saturating_neg(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_tells_how_much_room_there_is_in_three_steps() {
        let states = [None, Some(0), Some(FULL - 1), Some(FULL), Some(LOW - 1), Some(LOW)].map(disk);
        let [ok, low, full] = [DiskState::Ok, DiskState::Low, DiskState::Full];
        assert_eq!(states, [low, full, full, low, low, ok]);
    }

    #[test]
    fn the_room_of_a_folder_that_is_not_there_yet_is_that_of_its_disk() {
        let folder = tempfile::tempdir().unwrap();
        assert!(room(&folder.path().join("spool").join("poll")).is_some_and(|room| room > 0));
    }

    #[test]
    fn undelivered_ballots_are_what_the_courier_says() {
        let folder = tempfile::tempdir().unwrap();
        let vitals = Vitals::new(folder.path().to_owned());
        assert_eq!(vitals.status().undelivered, 0);
        vitals.clone().of_booth(|| BoothVitals { undelivered: 3, opened: None });
        assert_eq!(vitals.status().undelivered, 3);
    }
}
