//! Why a step of the ceremony is refused.

use std::fmt;

use crate::draw::seed::SeedError;

/// Why a step of the ceremony is refused. Parties are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[expect(missing_docs, reason = "the fields are the parties that the variant is about")]
pub enum CeremonyError {
    /// The envelope of this party has been dealt with.
    AlreadySettled { party: usize },
    /// Commitments are still to be handed in.
    CommitmentsOutstanding { parties: Vec<usize> },
    /// Another party has handed in the same commitment.
    CopiedCommitment { party: usize, other: usize },
    /// The two clerks typed different dice.
    DiceDiffer,
    /// The secret does not open the commitment.
    NotOpening { party: usize },
    /// The public value has invisible characters or white space at an end.
    PublicValueText,
    /// Envelopes are still to be dealt with.
    RevealsOutstanding { parties: Vec<usize> },
    /// The value would not make a valid transcript.
    Transcript(SeedError),
    /// There is no such party.
    UnknownParty { party: usize },
}

/// A refused step: the state as it was, and the reason.
#[derive(Debug)]
pub struct Refused<S> {
    /// The state before the step.
    pub state: Box<S>,
    /// Why the step was refused.
    pub reason: CeremonyError,
}

impl<S> Refused<S> {
    pub(super) fn new(state: S, reason: CeremonyError) -> Self {
        Self { state: Box::new(state), reason }
    }
}

impl<S> fmt::Display for Refused<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl<S: fmt::Debug> std::error::Error for Refused<S> {}

impl From<SeedError> for CeremonyError {
    fn from(error: SeedError) -> Self {
        Self::Transcript(error)
    }
}

impl CeremonyError {
    /// What happened and what to do next, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::AlreadySettled { party } => format!("参与方 {party} 的信封已经处理过，不能更改。"),
            Self::CommitmentsOutstanding { parties } => {
                format!("还有参与方没有提交承诺：{}。全部提交后才能封闭名单。", listed(parties))
            }
            Self::CopiedCommitment { party, other } => {
                format!("参与方 {party} 的承诺与参与方 {other} 的相同。每一方须用自己的密数。")
            }
            Self::DiceDiffer => "两次录入的骰子数字不一致。请对照记录重新录入。".to_owned(),
            Self::NotOpening { party } => {
                format!("参与方 {party} 的密数与其承诺不符。请对照信封重新录入；两次不符按未开示处理。")
            }
            Self::PublicValueText => "公开值含有不可见字符或首尾空白。请重新录入。".to_owned(),
            Self::RevealsOutstanding { parties } => {
                format!("还有信封没有录入：参与方 {}。", listed(parties))
            }
            Self::Transcript(error) => error.zh(),
            Self::UnknownParty { party } => format!("公告中没有参与方 {party}。"),
        }
    }

    /// What happened and what to do next, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::AlreadySettled { party } => {
                format!("the envelope of party {party} has been dealt with and cannot be changed")
            }
            Self::CommitmentsOutstanding { parties } => {
                format!(
                    "no commitment yet from party {}; the list closes when all are there",
                    listed(parties)
                )
            }
            Self::CopiedCommitment { party, other } => {
                format!(
                    "party {party} handed in the commitment of party {other}; each needs a secret of its own"
                )
            }
            Self::DiceDiffer => {
                "the two clerks typed different dice; compare with the record and type again".to_owned()
            }
            Self::NotOpening { party } => format!(
                "the secret does not open the commitment of party {party}; type it again from the envelope, a second failure counts as missing"
            ),
            Self::PublicValueText => {
                "the public value has invisible characters or white space at an end; type it again".to_owned()
            }
            Self::RevealsOutstanding { parties } => {
                format!("the envelope of party {} has not been dealt with yet", listed(parties))
            }
            Self::Transcript(error) => error.en(),
            Self::UnknownParty { party } => format!("there is no party {party} in the announcement"),
        }
    }
}

fn listed(parties: &[usize]) -> String {
    parties.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}
