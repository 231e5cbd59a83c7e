//! Checking people in on the day of the vote: when it is possible, and what the counts are.

use super::{InTwoLanguages, PollState, word::word_enum};

word_enum! {
    /// Why the number of cards differs from the number of people.
    pub enum CorrectionKind {
        /// Somebody was marked by mistake; the card went back into the box.
        Undone = "undone", "撤销签到", "mark taken back";
        /// A damaged card was exchanged for another one.
        Reissued = "reissued", "换卡", "card exchanged";
        /// A damaged card that nothing could read was sealed into an envelope and exchanged for another one.
        ReissuedUnreadable = "reissued_unreadable", "换卡（读不出，已封入信封）", "card exchanged (unreadable, in an envelope)";
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
    /// Of these, cards that nothing could read: they lie in sealed envelopes and are not declared void.
    pub unreadable: u32,
}

/// Nobody can be checked in, or no card can be exchanged now.
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
    /// The counts are part of the reconciliation.
    #[error(
        "The counts of the desks are part of the reconciliation, which is final. Nothing was changed. Tell the commission: what is \
         found now is published apart."
    )]
    Reconciled,
    /// As many cards are exchanged as are void: the next one could still vote.
    #[error(
        "No second card was given: {void} damaged cards are declared void and {exchanged} were exchanged for them, so the damaged \
         card can still vote. Its holder takes it to a trustee's terminal, where it is declared void (from the opening of the poll \
         on); then press again. If it cannot be read there either, seal it into an envelope with the supervisor and choose that."
    )]
    CardStillVotes {
        /// Damaged cards that are declared void.
        void: u32,
        /// Cards that were exchanged for such a card.
        exchanged: u32,
    },
}

impl InTwoLanguages for CheckInStepError {
    fn zh(&self) -> String {
        match self {
            Self::NoCards => "本次投票的评议卡尚未就绪，没有卡可发。请等待制卡员。".to_owned(),
            Self::Over => "投票已不再接纳新的投票人，不能再签到。请结束签到台。".to_owned(),
            Self::Reconciled => {
                "各签到台的张数已随对账封存，不能再更正。没有作任何更改。请报告创建办，另行公布。".to_owned()
            }
            Self::CardStillVotes { void, exchanged } => format!(
                "没有换发新卡：已作废的损坏卡有{void}张，为此换发的已有{exchanged}张，这张损坏的卡还能投票。请本人带着它到监票人终端作废（投票开启后才能作废），再按一次。那里也完全读不出的，与监督员一起封入信封，再选“读不出”。"
            ),
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

/// Whether the number of cards that were left at a closed desk can still be corrected: until it is part of a reconciliation.
pub const fn check_correction(poll: PollState) -> Result<(), CheckInStepError> {
    match poll {
        PollState::Reconciled | PollState::Tallied | PollState::Revealed => Err(CheckInStepError::Reconciled),
        _ => Ok(()),
    }
}

/// Whether a damaged card can be exchanged that is said to be void: one more must be void than were exchanged so far. Which
/// ones these are nobody knows here; counts suffice, so that nobody has two cards that vote.
pub const fn check_exchange(void: u32, counts: AttendanceCounts) -> Result<(), CheckInStepError> {
    let exchanged = counts.reissued.saturating_sub(counts.unreadable);
    if void > exchanged { Ok(()) } else { Err(CheckInStepError::CardStillVotes { void, exchanged }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desks_count_is_corrected_until_the_reconciliation_is_sealed() {
        for &state in PollState::ALL {
            assert_eq!(check_correction(state).is_ok(), state < PollState::Reconciled, "{state}");
        }
    }

    #[test]
    fn a_card_is_exchanged_only_if_one_more_is_void() {
        let check = |void, reissued, unreadable| {
            check_exchange(void, AttendanceCounts { reissued, unreadable, ..AttendanceCounts::default() })
        };
        assert_eq!(check(0, 0, 0), Err(CheckInStepError::CardStillVotes { void: 0, exchanged: 0 }));
        assert_eq!(check(1, 0, 0), Ok(()));
        assert_eq!(check(1, 1, 0), Err(CheckInStepError::CardStillVotes { void: 1, exchanged: 1 }));
        // A card in an envelope is not void, and takes nobody's place.
        assert_eq!(check(0, 1, 1), Err(CheckInStepError::CardStillVotes { void: 0, exchanged: 0 }));
        assert_eq!(check(1, 1, 1), Ok(()));
    }

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
