//! The order of a draw ceremony (draw specification §5).

use super::{InTwoLanguages, word::word_enum};

word_enum! {
    /// Where a draw stands.
    pub enum DrawState {
        /// The announcement is public, no randomness exists.
        Announced = "announced", "已公告", "announced";
        /// All commitments are up and the list is closed.
        Committed = "committed", "承诺已收齐", "commitments closed";
        /// The dice are thrown, and two people typed the same digits.
        Thrown = "thrown", "已掷骰", "dice thrown";
        /// All envelopes are open, in view of everybody; their contents are being typed.
        Opened = "opened", "信封已启封", "envelopes open";
        /// The seed is known and the draw computed.
        Drawn = "drawn", "已抽取", "drawn";
        /// Broken off, with a reason; stays published.
        Void = "void", "已作废", "void";
    }
}

/// A step of a draw that is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawStepError {
    /// The step belongs to another state.
    #[error("This step cannot be taken while the draw is “{}”. Nothing was changed.", .found.en())]
    WrongState {
        /// The state of the draw.
        found: DrawState,
    },
    /// Commitments are missing.
    #[error("{received} of {parties} commitments are up. The list cannot be closed yet.")]
    CommitmentsMissing {
        /// Commitments that are up.
        received: u32,
        /// Parties in the announcement.
        parties: u32,
    },
    /// The envelopes are open and enough of them can still be valid.
    #[error(
        "The envelopes are open, so the outcome may be known: the draw cannot be declared void while enough envelopes can open their commitments. Type them and complete the draw."
    )]
    MustBeCompleted,
    /// Envelopes have not been dealt with.
    #[error("The envelope of party {party} has not been dealt with yet. Type its content first.")]
    EnvelopeOutstanding {
        /// The first such party, from 1.
        party: u32,
    },
    /// Too few envelopes open their commitment.
    #[error(
        "Only {valid} envelopes open their commitment, {required} are required. The draw cannot go on: declare it void."
    )]
    RevealsMissing {
        /// Valid reveals.
        valid: u32,
        /// `min_reveals` of the announcement.
        required: u32,
    },
}

impl InTwoLanguages for DrawStepError {
    fn zh(&self) -> String {
        match self {
            Self::WrongState { found } => {
                format!("当前抽取状态为“{}”，不能进行此步骤。未作任何更改。", found.zh())
            }
            Self::CommitmentsMissing { received, parties } => {
                format!("承诺值已到{received}份，共需{parties}份，暂不能封闭名单。")
            }
            Self::MustBeCompleted => {
                "信封已经启封，结果可能已被人算出：只要有效信封仍可能够数，就不能作废。请录完信封，完成抽取。"
                    .to_owned()
            }
            Self::EnvelopeOutstanding { party } => {
                format!("第{party}方的信封还没有录入。请先录入。")
            }
            Self::RevealsMissing { valid, required } => {
                format!("仅有{valid}个信封与承诺值相符，至少需要{required}个。本次抽取不能继续，应予作废。")
            }
        }
    }
}

impl DrawState {
    /// Closes the list of commitments: one for each party.
    pub fn commit(self, received: u32, parties: u32) -> Result<Self, DrawStepError> {
        self.must_be(Self::Announced)?;
        if received != parties {
            return Err(DrawStepError::CommitmentsMissing { received, parties });
        }
        Ok(Self::Committed)
    }

    /// Takes a commitment; until the list is closed it can be replaced.
    pub fn may_commit(self) -> Result<(), DrawStepError> {
        self.must_be(Self::Announced)
    }

    /// Records the dice, on which two people agree.
    pub fn throw(self) -> Result<Self, DrawStepError> {
        self.must_be(Self::Committed)?;
        Ok(Self::Thrown)
    }

    /// Records that all envelopes were opened together (draw specification §5, step 4).
    pub fn open_envelopes(self) -> Result<Self, DrawStepError> {
        self.must_be(Self::Thrown)?;
        Ok(Self::Opened)
    }

    /// Takes the content of an envelope.
    pub fn may_reveal(self) -> Result<(), DrawStepError> {
        self.must_be(Self::Opened)
    }

    /// Computes the draw: no envelope may be `outstanding` (the first such party, from 1), and at least `required` reveals
    /// must open their commitment.
    pub fn draw(self, outstanding: Option<u32>, valid: u32, required: u32) -> Result<Self, DrawStepError> {
        self.must_be(Self::Opened)?;
        if let Some(party) = outstanding {
            return Err(DrawStepError::EnvelopeOutstanding { party });
        }
        if valid < required {
            return Err(DrawStepError::RevealsMissing { valid, required });
        }
        Ok(Self::Drawn)
    }

    /// Breaks the ceremony off. A completed draw is never void; and once the envelopes are open, whoever reads them may
    /// know the outcome, so a ceremony that `may_succeed` is completed (draw specification §5 iv).
    pub fn declare_void(self, may_succeed: bool) -> Result<Self, DrawStepError> {
        match self {
            Self::Opened if may_succeed => Err(DrawStepError::MustBeCompleted),
            Self::Announced | Self::Committed | Self::Thrown | Self::Opened => Ok(Self::Void),
            Self::Drawn | Self::Void => Err(DrawStepError::WrongState { found: self }),
        }
    }

    /// Whether the ceremony goes on: neither drawn nor void.
    #[must_use]
    pub const fn is_unfinished(self) -> bool {
        !matches!(self, Self::Drawn | Self::Void)
    }

    fn must_be(self, expected: Self) -> Result<(), DrawStepError> {
        if self == expected { Ok(()) } else { Err(DrawStepError::WrongState { found: self }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Step = fn(DrawState) -> Result<DrawState, DrawStepError>;

    #[test]
    fn each_step_is_possible_from_its_states_only() {
        use DrawState::{Announced, Committed, Drawn, Opened, Thrown, Void};
        let steps: [(Step, &[DrawState], DrawState); 5] = [
            (|state| state.commit(3, 3), &[Announced], Committed),
            (DrawState::throw, &[Committed], Thrown),
            (DrawState::open_envelopes, &[Thrown], Opened),
            (|state| state.draw(None, 2, 2), &[Opened], Drawn),
            (|state| state.declare_void(false), &[Announced, Committed, Thrown, Opened], Void),
        ];
        for (step, from, to) in steps {
            for &state in DrawState::ALL {
                let expected = if from.contains(&state) {
                    Ok(to)
                } else {
                    Err(DrawStepError::WrongState { found: state })
                };
                assert_eq!(step(state), expected);
            }
        }
    }

    #[test]
    fn each_missing_precondition_is_named() {
        assert_eq!(
            DrawState::Announced.commit(2, 3),
            Err(DrawStepError::CommitmentsMissing { received: 2, parties: 3 })
        );
        assert_eq!(
            DrawState::Opened.draw(Some(2), 1, 2),
            Err(DrawStepError::EnvelopeOutstanding { party: 2 })
        );
        assert_eq!(DrawState::Opened.declare_void(true), Err(DrawStepError::MustBeCompleted));
        assert_eq!(DrawState::Thrown.declare_void(true), Ok(DrawState::Void));
        assert_eq!(
            DrawState::Opened.draw(None, 1, 2),
            Err(DrawStepError::RevealsMissing { valid: 1, required: 2 })
        );
    }

    #[test]
    fn entries_are_taken_in_their_own_state_only() {
        for &state in DrawState::ALL {
            assert_eq!(state.may_commit().is_ok(), state == DrawState::Announced);
            assert_eq!(state.may_reveal().is_ok(), state == DrawState::Opened);
        }
    }
}
