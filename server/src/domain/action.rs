//! Acts that need two people: who may propose and who may confirm each.

use super::{Role, word::word_enum};

word_enum! {
    /// An act that one person proposes and a second one, with another role, confirms.
    pub enum Action {
        /// Make the pool final.
        LockPool = "lock_pool", "锁定人员库", "lock the pool";
        /// Open the envelopes' result: compute the draw.
        Draw = "draw", "抽取评议代表", "draw the representatives";
        /// Break a draw off.
        VoidDraw = "void_draw", "作废抽取", "declare a draw void";
        /// Open a poll.
        OpenPoll = "open_poll", "开启投票", "open the poll";
        /// Make the trustees' keys void, so that they are made anew.
        RestartKeys = "restart_keys", "作废监票人密钥", "make the trustees' keys void";
        /// Let a poll go on that was restored from a backup.
        ResumeRestored = "resume_restored", "恢复备份后继续投票", "resume a restored poll";
        /// Close a poll for good.
        ClosePoll = "close_poll", "结束投票", "close the poll";
        /// Record that something of a poll did not go as it must.
        RecordException = "record_exception", "登记例外", "record an exception";
        /// Take back that something of a poll did not go as it must.
        WithdrawException = "withdraw_exception", "撤销例外", "withdraw an exception";
        /// Show the result.
        Reveal = "reveal", "揭晓结果", "reveal the result";
        /// Begin to count paper ballots, apart from the electronic ones.
        BeginPaperCount = "begin_paper_count", "开始纸质票计票", "begin to count paper ballots";
        /// End the count of paper ballots, and show its result.
        EndPaperCount = "end_paper_count", "结束纸质票计票", "end the count of paper ballots";
        /// Record that a representative cannot come, and call the next alternate.
        ReplaceAbsent = "replace_absent", "登记缺席并递补", "record an absence and call the alternate";
        /// Record that an office was caught canvassing (mission rule 9).
        Sanction = "sanction", "登记处理", "record a sanction";
        /// Record how the leading group decided a tie at a cut.
        DecideTie = "decide_tie", "裁定并列", "decide a tie";
        /// Enter what an office says of itself: duties, commitment, statement.
        ChangeOfficeTexts = "change_office_texts", "录入股室材料", "enter the texts of an office";
        /// Sign and publish the publication folder.
        Publish = "publish", "发布", "publish";
        /// Close the year and erase who the nominated people are.
        Archive = "archive", "归档", "archive the edition";
        /// Create an account.
        CreateAccount = "create_account", "新建账号", "create an account";
        /// Change the role of an account.
        ChangeRole = "change_role", "变更角色", "change a role";
        /// Make the password of an account void, and invite its holder to choose another one.
        ResetPassword = "reset_password", "重置密码", "reset a password";
        /// Let a disabled account sign in again.
        EnableAccount = "enable_account", "启用账号", "enable an account";
        /// Let a device in the hall speak to the server.
        EnrolTerminal = "enrol_terminal", "登记终端", "enrol a terminal";
        /// Continue from a backup.
        Restore = "restore", "恢复备份", "restore a backup";
    }
}

impl Action {
    /// The roles that may propose this act.
    #[must_use]
    pub const fn proposers(self) -> &'static [Role] {
        match self {
            Self::LockPool
            | Self::RestartKeys
            | Self::Draw
            | Self::VoidDraw
            | Self::BeginPaperCount
            | Self::EndPaperCount
            | Self::ReplaceAbsent
            | Self::RecordException
            | Self::WithdrawException
            | Self::Sanction
            | Self::ChangeOfficeTexts
            | Self::Publish
            | Self::Archive => &[Role::Commission],
            Self::DecideTie => &[Role::LeadingGroup],
            Self::OpenPoll | Self::ResumeRestored | Self::ClosePoll | Self::Reveal => {
                &[Role::Commission, Role::Chair]
            }
            Self::CreateAccount
            | Self::ChangeRole
            | Self::ResetPassword
            | Self::EnableAccount
            | Self::Restore => &[Role::Administrator],
            Self::EnrolTerminal => &[Role::Administrator, Role::Steward],
        }
    }

    /// The roles that may confirm this act. None of them may propose it, so the two people always differ in role.
    #[must_use]
    pub const fn confirmers(self) -> &'static [Role] {
        match self {
            Self::Draw
            | Self::OpenPoll
            | Self::RestartKeys
            | Self::ResumeRestored
            | Self::ClosePoll
            | Self::DecideTie
            | Self::EnrolTerminal => &[Role::Supervisor],
            Self::LockPool
            | Self::VoidDraw
            | Self::BeginPaperCount
            | Self::EndPaperCount
            | Self::ReplaceAbsent
            | Self::RecordException
            | Self::WithdrawException
            | Self::Reveal
            | Self::Sanction
            | Self::ChangeOfficeTexts
            | Self::Publish
            | Self::Archive
            | Self::CreateAccount
            | Self::ChangeRole
            | Self::ResetPassword
            | Self::EnableAccount
            | Self::Restore => &[Role::Supervisor, Role::LeadingGroup],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_role_can_both_propose_and_confirm_an_act() {
        for &action in Action::ALL {
            assert!(!action.proposers().is_empty());
            assert!(!action.confirmers().is_empty());
            assert!(action.proposers().iter().all(|role| !action.confirmers().contains(role)), "{action}");
        }
    }

    #[test]
    fn every_proposer_and_confirmer_may_take_part_in_acts() {
        for &action in Action::ALL {
            for role in action.proposers().iter().chain(action.confirmers()) {
                assert!(role.may(crate::domain::Permission::TakePartInActs), "{action} {role}");
            }
        }
    }
}
