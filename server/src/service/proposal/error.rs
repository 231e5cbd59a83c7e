//! Why an act was not proposed, confirmed or withdrawn.

use crate::{
    domain::{Action, InTwoLanguages, ProposalState, Role},
    store::StoreError,
};

/// Why an act was not proposed, confirmed or withdrawn. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ProposalError {
    /// The account cannot act any more.
    #[error("This account is disabled, so it can neither propose nor confirm. Ask the administrator.")]
    AccountDisabled,
    /// It waited too long.
    #[error("This proposal has lapsed: it was not confirmed within 15 minutes. Propose the act again.")]
    Lapsed,
    /// The role may not confirm this act.
    #[error("The {} may not confirm the act “{}”. Someone else must do it.", .role.en(), .action.en())]
    MayNotConfirm {
        /// The act.
        action: Action,
        /// The role of the account.
        role: Role,
    },
    /// The role may not propose this act.
    #[error("The {} may not propose the act “{}”. Someone else must do it.", .role.en(), .action.en())]
    MayNotPropose {
        /// The act.
        action: Action,
        /// The role of the account.
        role: Role,
    },
    /// There is no such proposal for this act.
    #[error("There is no such proposal. Open the list of waiting acts again.")]
    NotFound,
    /// Somebody else was faster.
    #[error("This proposal is already {}. Open the list of waiting acts again.", .0.en())]
    NotWaiting(ProposalState),
    /// Only the proposer may take it back.
    #[error("Only the person who proposed the act can withdraw it.")]
    NotYours,
    /// The payload is not what the act needs.
    #[error("The content of the proposal cannot be read. Withdraw it and propose the act again.")]
    Payload(#[source] serde_json::Error),
    /// The proposer was disabled or got another role meanwhile.
    #[error("The person who proposed this act no longer holds that role. Propose the act again.")]
    ProposerChanged,
    /// The second person is the first.
    #[error("An act that needs two people cannot be confirmed by the person who proposed it.")]
    SamePerson,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl InTwoLanguages for ProposalError {
    fn zh(&self) -> String {
        match self {
            Self::AccountDisabled => "该账号已停用，不能提出或确认操作。请联系管理员。".to_owned(),
            Self::Lapsed => "该操作提出后15分钟内未确认，已失效。请重新提出。".to_owned(),
            Self::MayNotConfirm { action, role } => {
                format!("{}不能确认“{}”，须由其他角色确认。", role.zh(), action.zh())
            }
            Self::MayNotPropose { action, role } => {
                format!("{}不能提出“{}”，须由其他角色提出。", role.zh(), action.zh())
            }
            Self::NotFound => "没有该待确认操作，请刷新待确认列表。".to_owned(),
            Self::NotWaiting(state) => format!("该操作{}，请刷新待确认列表。", state.zh()),
            Self::NotYours => "只有提出人可以撤回该操作。".to_owned(),
            Self::Payload(_) => "操作内容无法读取，请撤回后重新提出。".to_owned(),
            Self::ProposerChanged => "提出人已不再担任原角色，请重新提出该操作。".to_owned(),
            Self::SamePerson => "双人操作不能由提出人本人确认。".to_owned(),
            Self::Store(_) => "数据库出错，未作任何更改，请重试。".to_owned(),
        }
    }
}
