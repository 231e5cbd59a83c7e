//! Checking people in on the day of the vote: when it is possible, and what the counts are.

use super::{InTwoLanguages, PollState, word::word_enum};

word_enum! {
    /// Why the number of cards differs from the number of people.
    pub enum CorrectionKind {
        /// Somebody was marked by mistake; the card went back into the box.
        Undone = "undone", "撤销签到", "mark taken back";
        /// A damaged card was exchanged for another one.
        Reissued = "reissued", "换卡", "card exchanged";
    }
}

/// The counts of the desks, for the reconciliation (mission "reconciliation").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttendanceCounts {
    /// People called: those drawn, and the alternates called for them.
    pub expected: u32,
    /// People checked in.
    pub present: u32,
    /// People called who are not checked in; those who lost the seat are among them.
    pub absent: u32,
    /// Cards handed out: of a closed desk the cards of its box less those counted at its closing, of an open one the
    /// marks. It equals `present + reissued` if nobody miscounted.
    pub handed_out: u32,
    /// Damaged cards exchanged.
    pub reissued: u32,
}

/// Nobody can be checked in now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckInStepError {
    /// There are no cards yet.
    #[error(
        "The cards of this poll are not ready, so there is nothing to hand out. Wait for the card officer."
    )]
    NoCards,
    /// The poll is over.
    #[error("The poll takes no more voters, so nobody can be checked in any more. Close the desk.")]
    Over,
}

impl InTwoLanguages for CheckInStepError {
    fn zh(&self) -> String {
        match self {
            Self::NoCards => "本次投票的评议卡尚未就绪，没有卡可发。请等待制卡员。".to_owned(),
            Self::Over => "投票已不再接纳新的投票人，不能再签到。请结束签到台。".to_owned(),
        }
    }
}

/// Whether people can be checked in while the poll is in this state: from the moment the cards are ready, as long as
/// they can still vote. Who comes late is let in.
pub const fn check(poll: PollState) -> Result<(), CheckInStepError> {
    match poll {
        PollState::Setup | PollState::KeysReady => Err(CheckInStepError::NoCards),
        PollState::CardsReady | PollState::Open | PollState::Paused => Ok(()),
        _ => Err(CheckInStepError::Over),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_checked_in_from_the_cards_to_the_end_of_the_voting() {
        for &state in PollState::ALL {
            let expected = match state {
                PollState::CardsReady | PollState::Open | PollState::Paused => Ok(()),
                state if state < PollState::CardsReady => Err(CheckInStepError::NoCards),
                _ => Err(CheckInStepError::Over),
            };
            assert_eq!(check(state), expected, "{state}");
        }
    }
}
