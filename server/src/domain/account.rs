//! Accounts of the console: roles, what each may do, and which exclude each other.

use super::word::word_enum;

word_enum! {
    /// What an account is for. One account has one role at a time.
    pub enum Role {
        /// Accounts and terminals; sees no ballot and no pool.
        Administrator = "administrator", "管理员", "administrator";
        /// The programme office inside the discipline commission: runs the year.
        Commission = "commission", "创建办", "commission";
        /// Second person of the irreversible acts.
        Supervisor = "supervisor", "监督员", "supervisor";
        /// Looks after the terminals in the hall.
        Steward = "steward", "场务", "steward";
        /// Sets the pace of the hall.
        Chair = "chair", "主持人", "chair";
        /// Reads everything, changes nothing.
        Auditor = "auditor", "审计员", "auditor";
        /// Decides what the rules leave to people.
        LeadingGroup = "leading_group", "领导小组", "leading group";
        /// Checks people in by name.
        CheckIn = "check_in", "签到处", "check-in desk";
        /// Makes the voting cards (credential authority).
        CardOfficer = "card_officer", "制卡员", "card officer";
        /// Holds a key share.
        Trustee = "trustee", "监票人", "trustee";
    }
}

word_enum! {
    /// Whether an account may sign in. Accounts are never deleted: the log names them.
    pub enum AccountStatus {
        /// May sign in.
        Enabled = "enabled", "启用", "enabled";
        /// May not sign in.
        Disabled = "disabled", "停用", "disabled";
    }
}

word_enum! {
    /// What a page or an action of the console asks for. Declared at its route.
    pub enum Permission {
        /// See the edition, its offices, stages and published texts.
        ViewEdition = "view_edition", "查看年度评议", "view the edition";
        /// See the pool, which names people.
        ViewPool = "view_pool", "查看人员库", "view the pool";
        /// See names, ID card numbers and phone numbers of nominated people in full.
        ViewIdentities = "view_identities", "查看身份信息", "view identities";
        /// See the names, and nothing else, of those who were drawn or called: to check them in.
        ViewSeatNames = "view_seat_names", "查看代表姓名", "view names of representatives";
        /// See turnout, and the state of the poll.
        ViewTurnout = "view_turnout", "查看投票进度", "view turnout";
        /// Read and verify the log.
        ViewLog = "view_log", "查看日志", "view the log";
        /// See accounts; propose to create them, change their role or reset a password; disable them.
        ManageAccounts = "manage_accounts", "管理账号", "manage accounts";
        /// See terminals, propose to enrol one, revoke one.
        ManageTerminals = "manage_terminals", "管理终端", "manage terminals";
        /// Create an edition, import offices and pool, enter texts, move it to the next stage.
        EditEdition = "edit_edition", "编辑年度评议", "edit the edition";
        /// Announce a draw, enter commitments, lead from step to step.
        ConductDraw = "conduct_draw", "组织抽取", "conduct the draw";
        /// Type dice and envelopes, which two different people type.
        TypeInDraw = "type_in_draw", "录入骰子和信封", "type dice and envelopes";
        /// Type paper ballots, which two different people type.
        TypePaperBallots = "type_paper_ballots", "录入纸质票", "type paper ballots";
        /// Create a poll, start the key ceremony, order cards.
        PreparePoll = "prepare_poll", "筹备投票", "prepare a poll";
        /// Pause and resume an open poll.
        PacePoll = "pace_poll", "控制投票进程", "pause and resume the poll";
        /// Lead the reveal on the screens of the hall, step by step.
        ConductReveal = "conduct_reveal", "主持揭晓", "conduct the reveal";
        /// Check people in.
        CheckIn = "check_in", "签到", "check people in";
        /// Record a decision of the leading group about a tie at a cut.
        RecordDecision = "record_decision", "登记裁定", "record a decision";
        /// See acts that wait for a second person; propose, confirm and withdraw those of one's own role.
        TakePartInActs = "take_part_in_acts", "参与双人操作", "take part in acts of two people";
    }
}

impl Role {
    /// Whether this role may do what `permission` names.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::ViewEdition => true,
            Permission::ViewPool => {
                matches!(self, Self::Commission | Self::Supervisor | Self::Auditor | Self::CheckIn)
            }
            Permission::ViewSeatNames => matches!(self, Self::Commission | Self::Supervisor | Self::CheckIn),
            Permission::ViewIdentities => matches!(self, Self::Commission),
            Permission::ViewTurnout => matches!(
                self,
                Self::Commission
                    | Self::Supervisor
                    | Self::Steward
                    | Self::Chair
                    | Self::Auditor
                    | Self::LeadingGroup
            ),
            Permission::ViewLog => matches!(
                self,
                Self::Administrator
                    | Self::Commission
                    | Self::Supervisor
                    | Self::Auditor
                    | Self::LeadingGroup
            ),
            Permission::ManageAccounts => matches!(self, Self::Administrator),
            Permission::ManageTerminals => matches!(self, Self::Administrator | Self::Steward),
            Permission::EditEdition | Permission::ConductDraw | Permission::PreparePoll => {
                matches!(self, Self::Commission)
            }
            Permission::TypeInDraw | Permission::TypePaperBallots => {
                matches!(self, Self::Commission | Self::Supervisor)
            }
            Permission::PacePoll => matches!(self, Self::Chair | Self::Steward),
            Permission::ConductReveal => matches!(self, Self::Chair),
            Permission::CheckIn => matches!(self, Self::CheckIn),
            Permission::RecordDecision => matches!(self, Self::LeadingGroup),
            Permission::TakePartInActs => {
                !matches!(self, Self::Auditor | Self::CheckIn | Self::CardOfficer | Self::Trustee)
            }
        }
    }

    /// Whether this role shuts its holder out of every other exclusive role for the rest of the edition.
    #[must_use]
    pub const fn is_exclusive(self) -> bool {
        matches!(
            self,
            Self::Administrator | Self::CardOfficer | Self::Trustee | Self::CheckIn | Self::Commission
        )
    }

    /// Whether one person may hold both roles within one edition: administrator, card officer, trustee, check-in and
    /// commission exclude each other.
    #[must_use]
    pub fn excludes(self, other: Self) -> bool {
        self != other && self.is_exclusive() && other.is_exclusive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_exclusive_roles_exclude_each_other_and_nothing_else() {
        let exclusive =
            [Role::Administrator, Role::CardOfficer, Role::Trustee, Role::CheckIn, Role::Commission];
        for &one in Role::ALL {
            for &other in Role::ALL {
                let expected = one != other && exclusive.contains(&one) && exclusive.contains(&other);
                assert_eq!(one.excludes(other), expected, "{one} {other}");
            }
        }
    }

    #[test]
    fn the_auditor_reads_and_changes_nothing() {
        let allowed: Vec<_> =
            Permission::ALL.iter().copied().filter(|&permission| Role::Auditor.may(permission)).collect();
        assert_eq!(
            allowed,
            [Permission::ViewEdition, Permission::ViewPool, Permission::ViewTurnout, Permission::ViewLog]
        );
    }

    #[test]
    fn the_administrator_sees_neither_pool_nor_poll() {
        assert!(!Role::Administrator.may(Permission::ViewPool));
        assert!(!Role::Administrator.may(Permission::ViewTurnout));
        assert!(!Role::Administrator.may(Permission::PreparePoll));
    }

    #[test]
    fn every_permission_has_a_holder() {
        for &permission in Permission::ALL {
            assert!(Role::ALL.iter().any(|role| role.may(permission)), "{permission}");
        }
    }

    #[test]
    fn words_are_read_back() {
        for &role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!("Administrator".parse::<Role>().is_err());
    }
}
