//! Representatives who cannot come after the draw (mission table "no-show after the draw").

use super::{EditionState, InTwoLanguages, PollState, word::word_enum};

word_enum! {
    /// Why a representative lost the seat. Published with the absence.
    pub enum AbsenceReason {
        /// Ill.
        Illness = "illness", "疾病", "illness";
        /// A death or another change in the family.
        Family = "family", "家庭变故", "bereavement or family";
        /// Called away by a public duty.
        PublicDuty = "public_duty", "公务冲突", "public duty";
        /// Does not want the seat.
        Declined = "declined", "本人辞谢", "declined";
        /// Found not to be eligible, after the draw.
        Ineligible = "ineligible", "不符合条件", "not eligible";
        /// Died.
        Died = "died", "去世", "died";
        /// Did not turn up.
        NoShow = "no_show", "未到场", "did not turn up";
    }
}

/// Absences cannot be recorded now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AbsenceStepError {
    /// Nobody is drawn yet.
    #[error("The representatives are not drawn yet, so nobody can be replaced. Hold the draw first.")]
    NotDrawn,
    /// The poll has begun.
    #[error(
        "Representatives are replaced up to the start of the poll only. From now on the seats of absent people stay empty."
    )]
    PollBegun,
}

impl InTwoLanguages for AbsenceStepError {
    fn zh(&self) -> String {
        match self {
            Self::NotDrawn => "尚未抽取评议代表，没有人可以递补。请先完成抽取。".to_owned(),
            Self::PollBegun => "递补只能在投票开始之前进行。投票开始后，缺席者的席位空缺。".to_owned(),
        }
    }
}

/// Whether absences may be recorded in this state of the edition and of its real poll, if it has one.
pub const fn check(edition: EditionState, poll: Option<PollState>) -> Result<(), AbsenceStepError> {
    use PollState::{CardsReady, KeysReady, Setup};
    match (edition, poll) {
        (
            EditionState::Drawn | EditionState::StatementsPublished | EditionState::Poll,
            None | Some(Setup | KeysReady | CardsReady),
        ) => Ok(()),
        (
            EditionState::Draft | EditionState::Listed | EditionState::PoolOpen | EditionState::PoolLocked,
            _,
        ) => Err(AbsenceStepError::NotDrawn),
        _ => Err(AbsenceStepError::PollBegun),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_replaced_between_the_draw_and_the_start_of_the_poll() {
        use EditionState::{Archived, Drawn, Poll, Published, StatementsPublished};
        for &edition in EditionState::ALL {
            let polls = std::iter::once(None).chain(PollState::ALL.iter().copied().map(Some));
            for poll in polls {
                let begun = poll.is_some_and(|poll| poll >= PollState::Open);
                let expected = match edition {
                    Drawn | StatementsPublished | Poll if !begun => Ok(()),
                    Drawn | StatementsPublished | Poll | Published | Archived => {
                        Err(AbsenceStepError::PollBegun)
                    }
                    _ => Err(AbsenceStepError::NotDrawn),
                };
                assert_eq!(check(edition, poll), expected, "{edition} {poll:?}");
            }
        }
    }
}
