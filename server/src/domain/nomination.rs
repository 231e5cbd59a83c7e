//! Nominations for the pool and their review (mission rule 3).

use super::{InTwoLanguages, word::word_enum};

word_enum! {
    /// Where a nomination stands.
    pub enum NominationState {
        /// Received, to be reviewed.
        Waiting = "waiting", "待审核", "waiting";
        /// Sent back with a reason, to be corrected.
        Returned = "returned", "已退回", "returned";
        /// Will be in the pool.
        Approved = "approved", "已通过", "approved";
        /// Will not be in the pool, with a reason.
        Rejected = "rejected", "未通过", "rejected";
    }
}

word_enum! {
    /// How a nomination came in.
    pub enum NominationSource {
        /// The person nominates himself or herself.
        SelfNomination = "self", "个人自荐", "self-nomination";
        /// A unit recommends the person.
        Unit = "unit", "单位推荐", "recommended by a unit";
        /// From a list collected on paper.
        List = "list", "纸质名单", "from a paper list";
    }
}

/// A decision of the review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Into the pool.
    Approve,
    /// Back to whoever sent it, with what is to be corrected.
    Return {
        /// What is to be corrected.
        reason: String,
    },
    /// Not into the pool.
    Reject {
        /// Why.
        reason: String,
    },
    /// To be reviewed again.
    Reopen,
}

/// A step of a review that is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NominationStepError {
    /// The nomination is in another state, perhaps because somebody else was faster.
    #[error(
        "This nomination is “{}” by now, perhaps because somebody else was faster; your step was not taken. Look at it below.",
        .found.en()
    )]
    WrongState {
        /// The state of the nomination.
        found: NominationState,
    },
    /// A return or a rejection has no reason.
    #[error("Give the reason; the person who looks the nomination up reads it.")]
    ReasonMissing,
    /// The nomination was corrected since the page was opened.
    #[error(
        "This nomination was changed since you opened the page; your step was not taken. Review it as it is now."
    )]
    Changed,
}

impl InTwoLanguages for NominationStepError {
    fn zh(&self) -> String {
        match self {
            Self::WrongState { found } => format!(
                "这份提名现在是“{}”，可能另一位工作人员刚刚处理过。您的操作没有执行，请查看下面的最新情况。",
                found.zh()
            ),
            Self::ReasonMissing => "请填写理由，提名人查询时会看到。".to_owned(),
            Self::Changed => {
                "打开页面之后，这份提名有了变动。您的操作没有执行，请按最新内容重新审核。".to_owned()
            }
        }
    }
}

impl NominationState {
    /// The state after a decision.
    ///
    /// # Errors
    /// If the decision does not fit the state, or lacks its reason.
    pub fn decide(self, decision: &Decision) -> Result<Self, NominationStepError> {
        if let Decision::Return { reason } | Decision::Reject { reason } = decision
            && reason.trim().is_empty()
        {
            return Err(NominationStepError::ReasonMissing);
        }
        match (self, decision) {
            (Self::Waiting, Decision::Approve) => Ok(Self::Approved),
            (Self::Waiting, Decision::Return { .. }) => Ok(Self::Returned),
            (Self::Waiting | Self::Returned, Decision::Reject { .. }) => Ok(Self::Rejected),
            (Self::Returned | Self::Approved | Self::Rejected, Decision::Reopen) => Ok(Self::Waiting),
            (found, _) => Err(NominationStepError::WrongState { found }),
        }
    }

    /// The state after the person has corrected a returned nomination.
    ///
    /// # Errors
    /// If it was not returned.
    pub fn correct(self) -> Result<Self, NominationStepError> {
        match self {
            Self::Returned => Ok(Self::Waiting),
            found => Err(NominationStepError::WrongState { found }),
        }
    }
}

impl Decision {
    /// The reason given with it.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Return { reason } | Self::Reject { reason } => Some(reason.trim()),
            Self::Approve | Self::Reopen => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_decision_fits_only_the_states_that_it_is_made_for() {
        use NominationState::{Approved, Rejected, Returned, Waiting};
        let reason = || "缺少职务".to_owned();
        for (decision, from, to) in [
            (Decision::Approve, vec![Waiting], Approved),
            (Decision::Return { reason: reason() }, vec![Waiting], Returned),
            (Decision::Reject { reason: reason() }, vec![Waiting, Returned], Rejected),
            (Decision::Reopen, vec![Returned, Approved, Rejected], Waiting),
        ] {
            for &state in NominationState::ALL {
                let expected = if from.contains(&state) {
                    Ok(to)
                } else {
                    Err(NominationStepError::WrongState { found: state })
                };
                assert_eq!(state.decide(&decision), expected, "{state} {decision:?}");
            }
        }
        assert_eq!(Returned.correct(), Ok(Waiting));
        assert!(Waiting.correct().is_err() && Approved.correct().is_err() && Rejected.correct().is_err());
    }

    #[test]
    fn a_return_and_a_rejection_need_a_reason() {
        for decision in
            [Decision::Return { reason: " ".to_owned() }, Decision::Reject { reason: String::new() }]
        {
            assert_eq!(NominationState::Waiting.decide(&decision), Err(NominationStepError::ReasonMissing));
        }
    }
}
