//! The life of an act that needs two people.

use jiff::{SignedDuration, Timestamp};

use super::word::word_enum;

/// A proposal that nobody confirms within this time lapses.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(15);

word_enum! {
    /// Where a proposal stands. All but the first are final.
    pub enum ProposalState {
        /// Waits for the second person.
        Proposed = "proposed", "待确认", "waiting for the second person";
        /// Confirmed and carried out, in one transaction.
        Confirmed = "confirmed", "已确认", "confirmed";
        /// Taken back by the proposer.
        Withdrawn = "withdrawn", "已撤回", "withdrawn";
        /// Not confirmed in time.
        Lapsed = "lapsed", "已失效", "lapsed";
    }
}

/// Whether a proposal made at `proposed_at` has lapsed at `now`.
///
/// A clock that runs backwards does not give a proposal more time: one from the future has lapsed too.
#[must_use]
pub fn has_lapsed(proposed_at: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(proposed_at);
    age >= LIFETIME || age.is_negative()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_lives_for_fifteen_minutes() {
        let proposed_at: Timestamp = "2020-12-11T01:00:00Z".parse().unwrap();
        assert!(!has_lapsed(proposed_at, proposed_at));
        assert!(!has_lapsed(proposed_at, "2020-12-11T01:14:59.999Z".parse().unwrap()));
        assert!(has_lapsed(proposed_at, "2020-12-11T01:15:00Z".parse().unwrap()));
        assert!(has_lapsed(proposed_at, "2020-12-11T00:59:59Z".parse().unwrap()));
    }
}
