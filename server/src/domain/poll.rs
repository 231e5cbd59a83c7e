//! The states of a poll and the preconditions of each step.

use evaluation::publication::reconciliation::Imbalance;
use evaluation::wire::VoidKind;

use super::{InTwoLanguages, word::word_enum};

word_enum! {
    /// Whether a draw or poll counts. A rehearsal has its own keys and can never be merged with the real one.
    pub enum Purpose {
        /// Counts.
        Real = "real", "正式", "real";
        /// Practice.
        Rehearsal = "rehearsal", "演练", "rehearsal";
    }
}

word_enum! {
    /// Whether a card has been used.
    pub enum CredentialStatus {
        /// No ballot is stored for it.
        Unused = "unused", "未使用", "unused";
        /// A ballot is stored for it.
        Spent = "spent", "已使用", "spent";
        /// Declared void; no ballot is accepted for it.
        Void = "void", "已作废", "void";
    }
}

word_enum! {
    /// Where a poll stands.
    pub enum PollState {
        /// The trustees make their keys.
        Setup = "setup", "密钥准备中", "setup";
        /// All trustee keys are in.
        KeysReady = "keys_ready", "密钥就绪", "keys ready";
        /// All cards are registered and the election is final.
        CardsReady = "cards_ready", "评议卡就绪", "cards ready";
        /// Ballots are accepted.
        Open = "open", "投票进行中", "open";
        /// No ballots for a while.
        Paused = "paused", "投票暂停", "paused";
        /// Nobody begins to vote any more; ballots on their way are still accepted.
        Closing = "closing", "收票中", "closing";
        /// The box is sealed: no ballots any more.
        Closed = "closed", "投票已结束", "closed";
        /// Cards, spent credentials and ballots agree; sanctions are frozen.
        Reconciled = "reconciled", "已对账", "reconciled";
        /// The result is computed and proved.
        Tallied = "tallied", "已计票", "tallied";
        /// The result is shown.
        Revealed = "revealed", "已揭晓", "revealed";
    }
}

/// What the stored rows say, as far as opening and reconciliation are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BallotBox {
    /// Cards that were ordered for this poll.
    pub cards: u32,
    /// Public credentials on the server.
    pub credentials: u32,
    /// Spent credentials.
    pub spent: u32,
    /// Credentials of cards declared void.
    pub void: u32,
    /// Stored ballots.
    pub ballots: u32,
}

/// What keeps a closed poll from being reconciled, apart from the ballot box itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsettled {
    /// Booths that have not signed for their ballots, without a recorded exception.
    pub silent_booths: Vec<String>,
    /// Everything else that does not balance, without a recorded exception.
    pub imbalances: Vec<Imbalance>,
}

/// The partial decryptions that have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// How many.
    pub received: u32,
    /// How many the result needs.
    pub needed: u32,
    /// Whether those trustees can decrypt together.
    pub suffice: bool,
}

/// A step of a poll that is not possible yet, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PollStepError {
    /// The step belongs to another state.
    #[error("This step cannot be taken while the poll is “{}”. Nothing was changed; the page of the poll says \
             what comes next.", .found.en())]
    WrongState {
        /// The state of the poll.
        found: PollState,
    },
    /// Trustee keys are missing.
    #[error("{received} of {needed} trustee keys have arrived. Wait for the others.")]
    KeysMissing {
        /// Keys that arrived.
        received: u32,
        /// Keys needed.
        needed: u32,
    },
    /// Other public credentials than cards.
    #[error(
        "{registered} public credentials have arrived for {ordered} cards; the cards are not ready. Let the \
             card officer's terminal send again; if that does not help, call the supervisor."
    )]
    CardsMissing {
        /// Credentials that arrived.
        registered: u32,
        /// Cards ordered.
        ordered: u32,
    },
    /// The ballot box is not empty at opening.
    #[error(
        "The ballot box is not empty: {ballots} ballots, {spent} spent cards, {void} void cards. The poll cannot be opened; \
         call the supervisor."
    )]
    NotEmpty {
        /// Stored ballots.
        ballots: u32,
        /// Spent credentials.
        spent: u32,
        /// Credentials of void cards.
        void: u32,
    },
    /// Booths may still hold ballots.
    #[error(
        "These booths have not said that all their ballots are delivered: {}. Let them finish; for a booth that cannot, two \
         people record an exception. The box was not sealed.",
        .booths.join(", ")
    )]
    BoothsUnfinished {
        /// Their labels.
        booths: Vec<String>,
    },
    /// Booths have not signed for their ballots.
    #[error(
        "These booths have not signed for their ballots: {}. Let them do so; for a booth that cannot, two people record an \
         exception. There is no result until then.",
        .booths.join(", ")
    )]
    BoothsSilent {
        /// Their labels.
        booths: Vec<String>,
    },
    /// Lines of the reconciliation differ.
    #[error("The counts do not balance: {} There is no result until they do, or two people have recorded why.", .0.first().map(|imbalance| format!("{imbalance}.")).unwrap_or_default())]
    Differing(Vec<Imbalance>),
    /// Cards, spent credentials and ballots do not agree.
    #[error(
        "The counts do not balance: {} cards, {} credentials, {} spent, {} void, {} ballots. The \
         stored rows contradict themselves: there is no result until they do not; call the supervisor.",
        .0.cards, .0.credentials, .0.spent, .0.void, .0.ballots
    )]
    OutOfBalance(BallotBox),
    /// Partial decryptions are missing.
    #[error("{received} of {needed} partial decryptions have arrived. Wait for the other trustees.")]
    DecryptionsMissing {
        /// Partial decryptions that arrived.
        received: u32,
        /// Partial decryptions needed.
        needed: u32,
    },
    /// The archive does not pass the verifier.
    #[error("The archive does not pass its verification. The result is not shown; call the supervisor.")]
    NotVerified,
}

impl InTwoLanguages for PollStepError {
    fn zh(&self) -> String {
        match self {
            Self::WrongState { found } => {
                format!(
                    "当前投票状态为“{}”，不能进行此步骤。未作任何更改；请回到投票页面，按那里的下一步做。",
                    found.zh()
                )
            }
            Self::KeysMissing { received, needed } => {
                format!("监票人密钥已到{received}份，共需{needed}份。请等待其余监票人。")
            }
            Self::CardsMissing { registered, ordered } => {
                format!(
                    "已登记评议卡{registered}张，应为{ordered}张，评议卡尚未就绪。请制卡终端重新提交；不行就报告监督员。"
                )
            }
            Self::NotEmpty { ballots, spent, void } => format!(
                "票箱不为空：已有{ballots}张票、{spent}张卡已使用、{void}张卡已作废。不能开启投票，请报告监督员。"
            ),
            Self::BoothsUnfinished { booths } => format!(
                "以下投票机还没有报告选票全部送达：{}。请等待其完成；确实不能完成的，由两人登记例外。票箱没有封存。",
                booths.join("、")
            ),
            Self::BoothsSilent { booths } => format!(
                "以下投票机还没有签署声明：{}。请等待其签署；确实不能签署的，由两人登记例外。在此之前不能产生结果。",
                booths.join("、")
            ),
            Self::Differing(imbalances) => {
                let first = imbalances.first().map(Imbalance::zh).unwrap_or_default();
                format!("对账不平：{first}对平或由两人登记例外之前不能产生结果。")
            }
            Self::OutOfBalance(count) => format!(
                "对账不平：评议卡{}张，登记{}张，已使用{}张，已作废{}张，选票{}张。这是存储记录自身的差错：对平之前不能产生结果，请报告监督员。",
                count.cards, count.credentials, count.spent, count.void, count.ballots
            ),
            Self::DecryptionsMissing { received, needed } => {
                format!("部分解密已到{received}份，共需{needed}份。请等待其余监票人。")
            }
            Self::NotVerified => "投票档案未通过验证，不能揭晓结果，请报告监督员。".to_owned(),
        }
    }
}

impl PollState {
    /// All trustee keys are in.
    pub fn finish_keys(self, received: u32, needed: u32) -> Result<Self, PollStepError> {
        self.must_be(&[Self::Setup])?;
        if received != needed || needed == 0 {
            return Err(PollStepError::KeysMissing { received, needed });
        }
        Ok(Self::KeysReady)
    }

    /// The trustees begin their keys anew: somebody's message did not hold, or their fingerprints differ. Possible until there
    /// are cards.
    pub fn restart_keys(self) -> Result<Self, PollStepError> {
        self.must_be(&[Self::Setup, Self::KeysReady])?;
        Ok(Self::Setup)
    }

    /// All cards are registered and the election is final.
    pub fn finish_cards(self, registered: u32, ordered: u32) -> Result<Self, PollStepError> {
        self.must_be(&[Self::KeysReady])?;
        if registered != ordered || ordered == 0 {
            return Err(PollStepError::CardsMissing { registered, ordered });
        }
        Ok(Self::CardsReady)
    }

    /// Starts to accept ballots. Needs an empty box: the zero report, from the stored rows.
    pub fn open(self, found: BallotBox) -> Result<Self, PollStepError> {
        self.must_be(&[Self::CardsReady])?;
        let BallotBox { ballots, spent, void, .. } = found;
        if [ballots, spent, void] != [0; 3] {
            return Err(PollStepError::NotEmpty { ballots, spent, void });
        }
        if found.credentials != found.cards {
            return Err(PollStepError::CardsMissing { registered: found.credentials, ordered: found.cards });
        }
        Ok(Self::Open)
    }

    /// Accepts no ballots for a while.
    pub fn pause(self) -> Result<Self, PollStepError> {
        self.must_be(&[Self::Open])?;
        Ok(Self::Paused)
    }

    /// Accepts ballots again.
    pub fn resume(self) -> Result<Self, PollStepError> {
        self.must_be(&[Self::Paused])?;
        Ok(Self::Open)
    }

    /// Nobody begins to vote any more; ballots on their way are still accepted.
    pub fn close(self) -> Result<Self, PollStepError> {
        self.must_be(&[Self::Open, Self::Paused])?;
        Ok(Self::Closing)
    }

    /// Seals the box 封箱: accepts no ballots any more. `unfinished` are the booths that may still hold ballots, without a
    /// recorded exception.
    pub fn seal(self, unfinished: Vec<String>) -> Result<Self, PollStepError> {
        self.must_be(&[Self::Closing])?;
        if !unfinished.is_empty() {
            return Err(PollStepError::BoothsUnfinished { booths: unfinished });
        }
        Ok(Self::Closed)
    }

    /// Persons, cards and ballots agree (对账), or two people have recorded why they do not.
    pub fn reconcile(self, found: BallotBox, unsettled: Unsettled) -> Result<Self, PollStepError> {
        self.must_be(&[Self::Closed])?;
        let BallotBox { cards, credentials, spent, void, ballots } = found;
        if ballots != spent || credentials != cards || spent.saturating_add(void) > credentials {
            return Err(PollStepError::OutOfBalance(found));
        }
        if !unsettled.silent_booths.is_empty() {
            return Err(PollStepError::BoothsSilent { booths: unsettled.silent_booths });
        }
        if !unsettled.imbalances.is_empty() {
            return Err(PollStepError::Differing(unsettled.imbalances));
        }
        Ok(Self::Reconciled)
    }

    /// The result is computed. Needs a quorum of the trustees.
    pub fn tally(self, shares: Shares) -> Result<Self, PollStepError> {
        self.must_be(&[Self::Reconciled])?;
        if !shares.suffice {
            return Err(PollStepError::DecryptionsMissing {
                received: shares.received,
                needed: shares.needed,
            });
        }
        Ok(Self::Tallied)
    }

    /// The result is shown. Needs an archive that passes the strict verifier.
    pub fn reveal(self, archive_verified: bool) -> Result<Self, PollStepError> {
        self.must_be(&[Self::Tallied])?;
        if !archive_verified {
            return Err(PollStepError::NotVerified);
        }
        Ok(Self::Revealed)
    }

    /// Whether a ballot may be stored.
    #[must_use]
    pub fn accepts_ballots(self) -> bool {
        matches!(self, Self::Open | Self::Closing)
    }

    /// Whether a booth may begin to take part.
    #[must_use]
    pub fn takes_booths(self) -> bool {
        matches!(self, Self::CardsReady | Self::Open | Self::Paused)
    }

    /// Whether a card may be declared void. A damaged one at once, before another card is handed out for it; all others in
    /// public, after the box is sealed.
    #[must_use]
    pub fn takes_void(self, kind: VoidKind) -> bool {
        match self {
            Self::Open | Self::Paused | Self::Closing => kind == VoidKind::Damaged,
            state => state == Self::Closed,
        }
    }

    /// Whether sanctions are frozen: from the reconciliation on, so that none can be tuned to the result.
    #[must_use]
    pub fn are_sanctions_frozen(self) -> bool {
        matches!(self, Self::Reconciled | Self::Tallied | Self::Revealed)
    }

    /// Whether the result is there, so that no further partial decryption is needed.
    #[must_use]
    pub fn has_result(self) -> bool {
        matches!(self, Self::Tallied | Self::Revealed)
    }

    /// Whether partial decryptions are accepted.
    #[must_use]
    pub fn accepts_decryptions(self) -> bool {
        self == Self::Reconciled
    }

    fn must_be(self, allowed: &[Self]) -> Result<(), PollStepError> {
        if allowed.contains(&self) { Ok(()) } else { Err(PollStepError::WrongState { found: self }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: BallotBox = BallotBox { cards: 100, credentials: 100, spent: 0, void: 0, ballots: 0 };
    const FULL: BallotBox = BallotBox { cards: 100, credentials: 100, spent: 98, void: 1, ballots: 98 };

    const ENOUGH: Shares = Shares { received: 2, needed: 2, suffice: true };

    type Step = fn(PollState) -> Result<PollState, PollStepError>;

    /// What is wrong, in numbers and names, and who does what now.
    #[test]
    fn whatever_is_missing_for_a_step_is_said_in_both_languages_with_what_to_do() {
        let booths = || vec!["1号".to_owned(), "2号".to_owned()];
        let (state, missing) = (PollState::Setup, FULL);
        for (error, zh, en) in [
            (PollStepError::WrongState { found: state }, [state.zh(), "下一步"], [state.en(), "next"]),
            (
                PollStepError::KeysMissing { received: 2, needed: 3 },
                ["已到2份，共需3份", "等待"],
                ["2 of 3", "Wait"],
            ),
            (
                PollStepError::CardsMissing { registered: 99, ordered: 100 },
                ["99张，应为100张", "重新提交"],
                ["99 public", "send again"],
            ),
            (
                PollStepError::NotEmpty { ballots: 1, spent: 2, void: 3 },
                ["1张票、2张卡", "监督员"],
                ["1 ballots, 2 spent", "supervisor"],
            ),
            (
                PollStepError::BoothsUnfinished { booths: booths() },
                ["1号、2号", "登记例外"],
                ["1号, 2号", "exception"],
            ),
            (
                PollStepError::BoothsSilent { booths: booths() },
                ["1号、2号", "登记例外"],
                ["1号, 2号", "exception"],
            ),
            (PollStepError::OutOfBalance(missing), ["评议卡100张", "监督员"], ["100 cards", "supervisor"]),
            (
                PollStepError::DecryptionsMissing { received: 1, needed: 2 },
                ["已到1份，共需2份", "等待"],
                ["1 of 2", "Wait"],
            ),
            (PollStepError::NotVerified, ["未通过验证", "监督员"], ["does not pass", "supervisor"]),
        ] {
            assert!(zh.iter().all(|words| error.zh().contains(words)), "{}", error.zh());
            assert!(en.iter().all(|words| error.en().contains(words)), "{}", error.en());
        }
    }

    #[test]
    fn each_step_is_possible_from_its_states_only() {
        use PollState::{
            CardsReady, Closed, Closing, KeysReady, Open, Paused, Reconciled, Revealed, Setup, Tallied,
        };
        let steps: [(Step, &[PollState], PollState); 11] = [
            (|state| state.finish_keys(3, 3), &[Setup], KeysReady),
            (PollState::restart_keys, &[Setup, KeysReady], Setup),
            (|state| state.finish_cards(100, 100), &[KeysReady], CardsReady),
            (|state| state.open(EMPTY), &[CardsReady], Open),
            (PollState::pause, &[Open], Paused),
            (PollState::resume, &[Paused], Open),
            (PollState::close, &[Open, Paused], Closing),
            (|state| state.seal(vec![]), &[Closing], Closed),
            (|state| state.reconcile(FULL, Unsettled::default()), &[Closed], Reconciled),
            (|state| state.tally(ENOUGH), &[Reconciled], Tallied),
            (|state| state.reveal(true), &[Tallied], Revealed),
        ];
        for (step, from, to) in steps {
            for &state in PollState::ALL {
                let expected = if from.contains(&state) {
                    Ok(to)
                } else {
                    Err(PollStepError::WrongState { found: state })
                };
                assert_eq!(step(state), expected);
            }
        }
    }

    #[test]
    fn a_poll_opens_only_with_an_empty_box() {
        let with_ballot = BallotBox { ballots: 1, ..EMPTY };
        assert_eq!(
            PollState::CardsReady.open(with_ballot),
            Err(PollStepError::NotEmpty { ballots: 1, spent: 0, void: 0 })
        );
        let with_spent_card = BallotBox { spent: 1, ..EMPTY };
        assert_eq!(
            PollState::CardsReady.open(with_spent_card),
            Err(PollStepError::NotEmpty { ballots: 0, spent: 1, void: 0 })
        );
        let with_void_card = BallotBox { void: 1, ..EMPTY };
        assert_eq!(
            PollState::CardsReady.open(with_void_card),
            Err(PollStepError::NotEmpty { ballots: 0, spent: 0, void: 1 })
        );
        let with_card_missing = BallotBox { credentials: 99, ..EMPTY };
        assert_eq!(
            PollState::CardsReady.open(with_card_missing),
            Err(PollStepError::CardsMissing { registered: 99, ordered: 100 })
        );
    }

    #[test]
    fn there_is_no_result_until_the_counts_balance() {
        for found in [
            BallotBox { ballots: 97, ..FULL },
            BallotBox { spent: 99, ..FULL },
            BallotBox { credentials: 101, ..FULL },
            BallotBox { spent: 101, ballots: 101, ..FULL },
            BallotBox { void: 3, ..FULL },
        ] {
            let settled = Unsettled::default();
            assert_eq!(PollState::Closed.reconcile(found, settled), Err(PollStepError::OutOfBalance(found)));
        }
        // Nobody voted: that balances, and must be publishable like any other outcome.
        assert_eq!(PollState::Closed.reconcile(EMPTY, Unsettled::default()), Ok(PollState::Reconciled));
    }

    #[test]
    fn booths_finish_before_the_box_is_sealed_and_sign_before_there_is_a_result() {
        let booths = || vec!["投票机3".to_owned(), "投票机7".to_owned()];
        let error = PollState::Closing.seal(booths()).unwrap_err();
        assert_eq!(error, PollStepError::BoothsUnfinished { booths: booths() });
        assert!(
            error.zh().contains("投票机3、投票机7") && error.en().contains("投票机3, 投票机7"),
            "{error}"
        );
        let silent = Unsettled { silent_booths: booths(), ..Unsettled::default() };
        let error = PollState::Closed.reconcile(FULL, silent).unwrap_err();
        assert_eq!(error, PollStepError::BoothsSilent { booths: booths() });
        assert!(error.zh().contains("还没有签署声明：投票机3") && error.en().contains("signed"), "{error}");
        let differing = Unsettled { imbalances: vec![Imbalance::Unreadable], ..Unsettled::default() };
        let error = PollState::Closed.reconcile(FULL, differing).unwrap_err();
        assert!(error.zh().contains("多于剩下的卡") && error.en().contains("more cards"), "{error}");
    }

    #[test]
    fn a_damaged_card_is_void_at_once_and_all_others_after_the_box_is_sealed() {
        for &state in PollState::ALL {
            for kind in VoidKind::ALL {
                let at_once = matches!(state, PollState::Open | PollState::Paused | PollState::Closing);
                let expected = state == PollState::Closed || (at_once && kind == VoidKind::Damaged);
                assert_eq!(state.takes_void(kind), expected, "{state} {kind:?}");
            }
        }
    }

    #[test]
    fn keys_cards_decryptions_and_verification_are_waited_for() {
        assert_eq!(
            PollState::Setup.finish_keys(2, 3),
            Err(PollStepError::KeysMissing { received: 2, needed: 3 })
        );
        assert!(PollState::Setup.finish_keys(0, 0).is_err());
        assert_eq!(
            PollState::KeysReady.finish_cards(99, 100),
            Err(PollStepError::CardsMissing { registered: 99, ordered: 100 })
        );
        assert_eq!(
            PollState::Reconciled.tally(Shares { received: 1, needed: 2, suffice: false }),
            Err(PollStepError::DecryptionsMissing { received: 1, needed: 2 })
        );
        assert_eq!(PollState::Tallied.reveal(false), Err(PollStepError::NotVerified));
    }

    #[test]
    fn sanctions_are_frozen_before_decryptions_are_accepted() {
        for &state in PollState::ALL {
            assert!(!state.accepts_decryptions() || state.are_sanctions_frozen());
            assert!(!state.accepts_ballots() || !state.are_sanctions_frozen());
        }
    }
}
