//! What is known of the backup that a poll continues from.

use evaluation::hash::Sha256Hash;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A poll was restored from this backup, and two people have not resumed it yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestoredFrom {
    /// When the backup was made.
    pub made_at: Timestamp,
    /// Entries of the log in it.
    pub entries: u64,
    /// Hash of the last of them.
    pub head: Sha256Hash,
}
