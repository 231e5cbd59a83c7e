//! The order of a draw ceremony (draw specification §5).

use super::{InTwoLanguages, word::word_enum};

word_enum! {
    /// Where a draw stands.
    pub enum DrawState {
        /// The announcement is public, no randomness exists.
        Announced = "announced", "已公告", "announced";
        /// All commitments are up and the list is closed.
        Committed = "committed", "承诺已收齐", "commitments closed";
        /// The dice are thrown.
        Thrown = "thrown", "已掷骰", "dice thrown";
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
    /// Another number of digits than announced.
    #[error("{found} dice digits were entered, {announced} were announced. Enter exactly those.")]
    DiceDigits {
        /// Digits entered.
        found: u32,
        /// Digits announced.
        announced: u32,
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
            Self::DiceDigits { found, announced } => {
                format!("录入了{found}位骰子数字，公告为{announced}位。请按公告位数录入。")
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

    /// Records the dice, exactly as many digits as announced.
    pub fn throw(self, found: u32, announced: u32) -> Result<Self, DrawStepError> {
        self.must_be(Self::Committed)?;
        if found != announced {
            return Err(DrawStepError::DiceDigits { found, announced });
        }
        Ok(Self::Thrown)
    }

    /// Computes the draw; at least `required` reveals must open their commitment.
    pub fn draw(self, valid: u32, required: u32) -> Result<Self, DrawStepError> {
        self.must_be(Self::Thrown)?;
        if valid < required {
            return Err(DrawStepError::RevealsMissing { valid, required });
        }
        Ok(Self::Drawn)
    }

    /// Breaks the ceremony off. A completed draw is never void.
    pub fn declare_void(self) -> Result<Self, DrawStepError> {
        match self {
            Self::Announced | Self::Committed | Self::Thrown => Ok(Self::Void),
            Self::Drawn | Self::Void => Err(DrawStepError::WrongState { found: self }),
        }
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
        use DrawState::{Announced, Committed, Drawn, Thrown, Void};
        let steps: [(Step, &[DrawState], DrawState); 4] = [
            (|state| state.commit(3, 3), &[Announced], Committed),
            (|state| state.throw(24, 24), &[Committed], Thrown),
            (|state| state.draw(2, 2), &[Thrown], Drawn),
            (DrawState::declare_void, &[Announced, Committed, Thrown], Void),
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
            DrawState::Committed.throw(23, 24),
            Err(DrawStepError::DiceDigits { found: 23, announced: 24 })
        );
        assert_eq!(
            DrawState::Thrown.draw(1, 2),
            Err(DrawStepError::RevealsMissing { valid: 1, required: 2 })
        );
    }
}
