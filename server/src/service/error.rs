//! What can go wrong in a use case, in words for the person who asked.

use crate::domain::InTwoLanguages;
use crate::domain::attendance::CheckInStepError;
use crate::domain::draw::DrawStepError;
use crate::domain::edition::EditionStepError;
use crate::domain::nomination::NominationStepError;
use crate::domain::poll::PollStepError;
use crate::store::StoreError;

/// Why a use case changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Nobody can be checked in now.
    #[error(transparent)]
    CheckIn(#[from] CheckInStepError),
    /// The step of the draw is not possible.
    #[error(transparent)]
    Draw(#[from] DrawStepError),
    /// The step of the edition is not possible.
    #[error(transparent)]
    Edition(#[from] EditionStepError),
    /// What was entered or sent is wrong. Both sentences say what and what next.
    #[error("{en}")]
    Input {
        /// Stable code for programs, `snake_case`.
        code: &'static str,
        /// In Chinese.
        zh: String,
        /// In English.
        en: String,
    },
    /// A file on the server cannot be read or written.
    #[error("a file of the server cannot be read or written")]
    Io(#[from] std::io::Error),
    /// The step of the review is not possible.
    #[error(transparent)]
    Nomination(#[from] NominationStepError),
    /// There is no such thing.
    #[error("This does not exist (any more): {0}. Go back and choose again.")]
    NotFound(&'static str),
    /// The step of the poll is not possible.
    #[error(transparent)]
    Poll(#[from] PollStepError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that was checked before it was stored is wrong now.
    #[error("stored data contradict each other: {0}")]
    Contradiction(String),
}

impl ServiceError {
    /// Wrong input, with what is wrong and what to do next.
    pub fn input(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Input { code, zh: zh.into(), en: en.into() }
    }

    /// Something stored is not what it was when it was checked.
    pub fn contradiction(what: impl std::fmt::Display) -> Self {
        Self::Contradiction(what.to_string())
    }
}

impl InTwoLanguages for ServiceError {
    fn zh(&self) -> String {
        match self {
            Self::CheckIn(error) => error.zh(),
            Self::Draw(error) => error.zh(),
            Self::Edition(error) => error.zh(),
            Self::Input { zh, .. } => zh.clone(),
            Self::Nomination(error) => error.zh(),
            Self::NotFound(_) => "所指的内容不存在或已不在。请返回重新选择。".to_owned(),
            Self::Poll(error) => error.zh(),
            Self::Io(_) | Self::Store(_) | Self::Contradiction(_) => {
                "服务器内部出错，未作任何更改。请记下时间并报告管理员。".to_owned()
            }
        }
    }
}
