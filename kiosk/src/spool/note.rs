//! What a booth must remember of the day beside its ballots.

/// A note of one poll in its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// People have compared the opening sheet: the hash of its Setup event.
    Opened,
    /// The signed statement of this booth, as it is handed in.
    Statement,
    /// The record of delivered ballots was lost at some time.
    Lost,
}

impl Note {
    /// The name of its file.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Statement => "statement",
            Self::Lost => "lost",
        }
    }
}
