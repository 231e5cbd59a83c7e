//! Why an account was not made or changed.

use super::{Half, LONGEST_NAME, LONGEST_PERSON};
use crate::{
    domain::{InTwoLanguages, Role},
    service::{password::PasswordError, proposal::ProposalError, session::SignInError},
    store::StoreError,
};

/// Why an account was not made or changed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The first accounts exist.
    #[error("This county has accounts already, so the first two cannot be made again.")]
    AlreadySetUp,
    /// A disabled account is enabled first.
    #[error("This account is disabled. Enable it first; two people do it.")]
    Disabled,
    /// One person may not hold both roles within one edition.
    #[error(
        "This person has been {} in the present edition and so cannot become {}. Choose another person.",
        .held.en(), .wanted.en()
    )]
    Excluded {
        /// The role held in this edition.
        held: Role,
        /// The role asked for.
        wanted: Role,
    },
    /// The account is not what the second person saw.
    #[error(
        "The account was changed after this was proposed. Nothing was changed; withdraw it and propose it anew."
    )]
    ChangedMeanwhile,
    /// The proposer's half is shown once, or there is none.
    #[error(
        "This half of the code was shown already, or the invitation was used or replaced. If the slip is lost, two people reset the password."
    )]
    HalfGone,
    /// Either half of a code does not pass its check.
    #[error(
        "The {} half of the code is mistyped. Compare it with the slip of that half, and see whether the two halves were swapped; nothing was counted as a failure.",
        match .0 { Half::Proposer => "first", Half::Confirmer => "second" }
    )]
    HalfMistyped(Half),
    /// Only the proposer is shown the proposer's half.
    #[error("This half of the code is shown only to the person who proposed it.")]
    HalfOfAnother,
    /// The name or the code is wrong, or the code was used already: which one is not told.
    #[error(
        "Name or code is wrong, or the code was used already. Compare all with the two slips; after several failures you will have to wait."
    )]
    Invitation,
    /// The code came too late.
    #[error(
        "This invitation has lapsed: it is good for 24 hours. Ask the administrator for another one; two people give it."
    )]
    InvitationLapsed,
    /// Somebody must remain to act.
    #[error("This is the last enabled {}. Enable or appoint another one first.", .0.en())]
    LastOf(Role),
    /// The name cannot be used.
    #[error(
        "The sign-in name must have 1 to {LONGEST_NAME} letters, digits, dots or hyphens. Choose another one."
    )]
    Name,
    /// The name is taken.
    #[error("The sign-in name “{0}” is taken. Choose another one.")]
    NameTaken(String),
    /// There is nothing to change.
    #[error("The account is already so. Nothing was changed.")]
    NoChange,
    /// There is no such account.
    #[error("There is no such account. Open the list of accounts again.")]
    NotFound,
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The person's name cannot be used.
    #[error("The person's name must have 1 to {LONGEST_PERSON} characters.")]
    Person,
    /// Two people agree on it, or it is not done.
    #[error(transparent)]
    Proposal(#[from] ProposalError),
    /// The two first accounts must belong to two people.
    #[error("The first administrator and the first supervisor must be two people with two names.")]
    SamePerson,
    /// Too many wrong codes.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl InTwoLanguages for AccountError {
    fn zh(&self) -> String {
        match self {
            Self::AlreadySetUp => "本县已有账号，不能再次进行首次设置。".to_owned(),
            Self::Excluded { held, wanted } => {
                format!("此人在本年度评议中担任过{}，不能再担任{}，请另选他人。", held.zh(), wanted.zh())
            }
            Self::Disabled => "该账号已停用。请先由两人启用。".to_owned(),
            Self::ChangedMeanwhile => "提出之后该账号已有变动。未作任何更改，请撤回后重新提出。".to_owned(),
            Self::HalfGone => {
                "这半个邀请码已经显示过，或邀请码已用过、已被替换。纸条丢失的，由两人重新办理重置密码。"
                    .to_owned()
            }
            Self::HalfMistyped(half) => {
                let name = match half {
                    Half::Proposer => "甲",
                    Half::Confirmer => "乙",
                };
                format!(
                    "{name}码没有输对，请对照{name}码的纸条重新输入，看看两码有没有填反。这次不算错误次数。"
                )
            }
            Self::HalfOfAnother => "这半个邀请码只向提出人显示。".to_owned(),
            Self::Invitation => {
                "登录名或邀请码不对，或邀请码已经用过。请对照两张纸条重新输入；多次错误后须等待。".to_owned()
            }
            Self::InvitationLapsed => {
                "邀请码已失效（有效24小时）。请找管理员重新办理，须由两人办理。".to_owned()
            }
            Self::SignIn(error) => error.zh(),
            Self::LastOf(role) => {
                format!("这是最后一个启用的{}账号，请先启用或任命另一人。", role.zh())
            }
            Self::Name => {
                format!("登录名须为1至{LONGEST_NAME}个汉字、字母、数字、点或连字符，请重新填写。")
            }
            Self::NameTaken(name) => format!("登录名“{name}”已被使用，请更换。"),
            Self::NoChange => "账号已是该状态，未作更改。".to_owned(),
            Self::NotFound => "没有该账号，请刷新账号列表。".to_owned(),
            Self::Password(error) => error.zh(),
            Self::Person => format!("姓名须为1至{LONGEST_PERSON}个字符。"),
            Self::Proposal(error) => error.zh(),
            Self::SamePerson => "首位管理员和首位监督员须为两个人，登录名也须不同。".to_owned(),
            Self::Store(_) => "数据库出错，未作任何更改，请重试。".to_owned(),
        }
    }
}
