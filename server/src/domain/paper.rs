//! The count of paper ballots, after a total failure.

use super::{EditionState, word::word_enum};

word_enum! {
    /// Where a count of paper ballots stands.
    pub enum PaperCountState {
        /// Piles are typed.
        Open = "open", "录入中", "being typed";
        /// It is over; its result is shown.
        Closed = "closed", "已结束", "over";
    }
}

/// Whether paper ballots can be counted in this state of the edition: once there are representatives, and before a
/// result is published.
#[must_use]
pub const fn may_count(edition: EditionState) -> bool {
    matches!(edition, EditionState::Drawn | EditionState::StatementsPublished | EditionState::Poll)
}
