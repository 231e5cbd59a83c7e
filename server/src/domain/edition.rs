//! The stages of one year's evaluation (mission rule 2) and what each step asks for.

use super::{InTwoLanguages, word::word_enum};

word_enum! {
    /// Where an edition stands. Steps go forward only, one at a time.
    pub enum EditionState {
        /// Being prepared.
        Draft = "draft", "筹备中", "draft";
        /// The list of offices is public, with duties and commitments.
        Listed = "listed", "名单已公布", "list published";
        /// People are being recommended and reviewed.
        PoolOpen = "pool_open", "人员库征集中", "pool open";
        /// The pool is final.
        PoolLocked = "pool_locked", "人员库已锁定", "pool locked";
        /// The representatives are drawn.
        Drawn = "drawn", "代表已抽取", "representatives drawn";
        /// The offices' statements are public.
        StatementsPublished = "statements_published", "述职材料已公开", "statements published";
        /// The poll is being prepared or held.
        Poll = "poll", "投票阶段", "poll";
        /// The result is public.
        Published = "published", "结果已公布", "published";
        /// Closed.
        Archived = "archived", "已归档", "archived";
    }
}

/// The pool, as far as locking it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolFacts {
    /// People in the pool.
    pub members: u32,
    /// People that the rules ask for (`ningjin-2020`: 300).
    pub required: u32,
    /// People in half A and in half B.
    pub halves: [u32; 2],
    /// Seats of half A and of half B (`ningjin-2020`: 50 each).
    pub seats: [u32; 2],
}

/// A step of an edition that is not possible yet, or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditionStepError {
    /// The step belongs to another stage.
    #[error(
        "This step belongs to the stage “{}”, but the edition is at “{}”. Nothing was changed.",
        .expected.en(),
        .found.en()
    )]
    WrongState {
        /// The state in which the step is possible.
        expected: EditionState,
        /// The state of the edition.
        found: EditionState,
    },
    /// There are no offices to list.
    #[error("No offices are entered yet, so there is no list to publish. Import the list of offices first.")]
    NoOffices,
    /// The pool has another size than the rules ask for.
    #[error(
        "The pool has {found} people; the rules ask for {required}. It was not locked. Correct the pool."
    )]
    PoolSize {
        /// People in the pool.
        found: u32,
        /// People that the rules ask for.
        required: u32,
    },
    /// A half has fewer people than seats.
    #[error("Half {half} has {found} people for {seats} seats. The pool was not locked. Add people to it.")]
    HalfTooSmall {
        /// A or B.
        half: char,
        /// People in this half.
        found: u32,
        /// Seats of this half.
        seats: u32,
    },
    /// No real draw is complete.
    #[error("No draw has been completed. Hold the draw first; rehearsals and void draws do not count.")]
    NotDrawn,
    /// The result is not revealed.
    #[error("The result of the poll is not revealed yet, so nothing can be published. Reveal it first.")]
    NotRevealed,
}

impl InTwoLanguages for EditionStepError {
    fn zh(&self) -> String {
        match self {
            Self::WrongState { expected, found } => {
                format!("此步骤只能在“{}”阶段进行，当前为“{}”。未作任何更改。", expected.zh(), found.zh())
            }
            Self::NoOffices => "尚未录入股室，没有可公布的名单。请先导入股室名单。".to_owned(),
            Self::PoolSize { found, required } => {
                format!("人员库现有{found}人，规则要求{required}人。未锁定，请核对人员库。")
            }
            Self::HalfTooSmall { half, found, seats } => {
                format!("{half}组现有{found}人，不足{seats}个名额。未锁定，请补充该组人员。")
            }
            Self::NotDrawn => "尚未完成抽取。演练和作废的抽取不算，请先完成抽取。".to_owned(),
            Self::NotRevealed => "投票结果尚未揭晓，不能发布。请先揭晓结果。".to_owned(),
        }
    }
}

impl EditionState {
    /// Publishes the list of offices. Needs at least one of `offices`.
    pub fn list(self, offices: u32) -> Result<Self, EditionStepError> {
        self.must_be(Self::Draft)?;
        if offices == 0 {
            return Err(EditionStepError::NoOffices);
        }
        Ok(Self::Listed)
    }

    /// Starts to collect the pool.
    pub fn open_pool(self) -> Result<Self, EditionStepError> {
        self.must_be(Self::Listed)?;
        Ok(Self::PoolOpen)
    }

    /// Makes the pool final. Needs the size that the rules ask for, and in each half at least as many people as
    /// seats.
    pub fn lock_pool(self, facts: PoolFacts) -> Result<Self, EditionStepError> {
        self.must_be(Self::PoolOpen)?;
        if facts.members != facts.required {
            return Err(EditionStepError::PoolSize { found: facts.members, required: facts.required });
        }
        for (half, (found, seats)) in ['A', 'B'].into_iter().zip(facts.halves.into_iter().zip(facts.seats)) {
            if found < seats {
                return Err(EditionStepError::HalfTooSmall { half, found, seats });
            }
        }
        Ok(Self::PoolLocked)
    }

    /// Takes over the result of the draw. Needs a completed real draw.
    pub fn draw(self, real_draw_completed: bool) -> Result<Self, EditionStepError> {
        self.must_be(Self::PoolLocked)?;
        if !real_draw_completed {
            return Err(EditionStepError::NotDrawn);
        }
        Ok(Self::Drawn)
    }

    /// Publishes the offices' statements.
    pub fn publish_statements(self) -> Result<Self, EditionStepError> {
        self.must_be(Self::Drawn)?;
        Ok(Self::StatementsPublished)
    }

    /// Enters the stage in which polls are prepared and held.
    pub fn start_poll(self) -> Result<Self, EditionStepError> {
        self.must_be(Self::StatementsPublished)?;
        Ok(Self::Poll)
    }

    /// Publishes the result. Needs a revealed real poll.
    pub fn publish(self, real_poll_revealed: bool) -> Result<Self, EditionStepError> {
        self.must_be(Self::Poll)?;
        if !real_poll_revealed {
            return Err(EditionStepError::NotRevealed);
        }
        Ok(Self::Published)
    }

    /// Closes the edition.
    pub fn archive(self) -> Result<Self, EditionStepError> {
        self.must_be(Self::Published)?;
        Ok(Self::Archived)
    }

    /// Whether offices and rules may still be changed.
    #[must_use]
    pub fn is_list_open(self) -> bool {
        self == Self::Draft
    }

    /// Whether people may still be added to the pool.
    #[must_use]
    pub fn is_pool_open(self) -> bool {
        self == Self::PoolOpen
    }

    fn must_be(self, expected: Self) -> Result<(), EditionStepError> {
        if self == expected { Ok(()) } else { Err(EditionStepError::WrongState { expected, found: self }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOL: PoolFacts = PoolFacts { members: 300, required: 300, halves: [150, 150], seats: [50, 50] };

    type Step = fn(EditionState) -> Result<EditionState, EditionStepError>;

    const STEPS: [Step; 8] = [
        |state| state.list(70),
        EditionState::open_pool,
        |state| state.lock_pool(POOL),
        |state| state.draw(true),
        EditionState::publish_statements,
        EditionState::start_poll,
        |state| state.publish(true),
        EditionState::archive,
    ];

    #[test]
    fn each_step_leads_from_its_state_to_the_next_and_from_no_other() {
        for (index, step) in STEPS.iter().enumerate() {
            for (position, &state) in EditionState::ALL.iter().enumerate() {
                if position == index {
                    assert_eq!(step(state), Ok(EditionState::ALL[index + 1]));
                } else {
                    let expected = EditionState::ALL[index];
                    assert_eq!(step(state), Err(EditionStepError::WrongState { expected, found: state }));
                }
            }
        }
    }

    #[test]
    fn each_missing_precondition_is_named() {
        assert_eq!(EditionState::Draft.list(0), Err(EditionStepError::NoOffices));
        let pool_of_299 = PoolFacts { members: 299, halves: [150, 149], ..POOL };
        assert_eq!(
            EditionState::PoolOpen.lock_pool(pool_of_299),
            Err(EditionStepError::PoolSize { found: 299, required: 300 })
        );
        let small_half = PoolFacts { halves: [251, 49], ..POOL };
        assert_eq!(
            EditionState::PoolOpen.lock_pool(small_half),
            Err(EditionStepError::HalfTooSmall { half: 'B', found: 49, seats: 50 })
        );
        assert_eq!(EditionState::PoolLocked.draw(false), Err(EditionStepError::NotDrawn));
        assert_eq!(EditionState::Poll.publish(false), Err(EditionStepError::NotRevealed));
    }

    #[test]
    fn errors_speak_both_languages() {
        let error = EditionStepError::HalfTooSmall { half: 'B', found: 49, seats: 50 };
        assert!(error.zh().contains("B组现有49人"));
        assert!(error.en().contains("Half B has 49 people"));
    }
}
