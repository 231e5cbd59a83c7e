//! What a booth knows of its own day: opened, reported, ended. In memory; what must outlive a restart lies in the spool's notes.

use evaluation::wire::BoothState;

use super::{DeckTest, Ending, opening::Opened};

#[derive(Debug)]
pub(super) struct Day {
    pub(super) opened: Opened,
    /// The server knows that this booth takes part, as far as this booth knows; likewise below.
    pub(super) is_ready: bool,
    /// The server knows that nobody votes here any more and all is delivered.
    pub(super) is_finished: bool,
    pub(super) ending: Ending,
    /// The logic and accuracy test, in a rehearsal only.
    pub(super) test: Option<DeckTest>,
    /// Looks to pass before the archive is fetched again.
    waits: u32,
}

impl Day {
    /// A booth that has just started.
    pub(super) const fn new(opened: Opened) -> Self {
        Self { opened, is_ready: false, is_finished: false, ending: Ending::Pending, test: None, waits: 0 }
    }

    /// What the server says that it knows of this booth. One that was restored from a backup may have forgotten, and is told
    /// again.
    pub(super) fn hear(&mut self, offered: &BoothState) {
        self.is_ready = offered.takes_part;
        self.is_finished = offered.has_finished;
        if let Ending::Signed { taken, .. } = &mut self.ending {
            *taken = *taken && offered.has_signed;
        }
    }

    /// The archive was no good; it is fetched again after so many looks.
    pub(super) fn put_off(&mut self, looks: u32) {
        self.ending = Ending::BadArchive;
        self.waits = looks;
    }

    /// Counts a look; true when it is time to fetch the archive again.
    pub(super) const fn is_due(&mut self) -> bool {
        self.waits = self.waits.saturating_sub(1);
        self.waits == 0
    }
}
