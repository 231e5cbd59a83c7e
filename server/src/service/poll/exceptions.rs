//! Recorded exceptions: what did not go as it must, found out and signed for by two people. Only what is really so can be
//! recorded, and only while it matters.

use evaluation::publication::exception::{Exception, Matter};
use evaluation::publication::reconciliation::LineName;
use evaluation::ruling::DocumentNumber;
use evaluation::wire::VoidKind;
use serde::{Deserialize, Serialize};

use super::polls;
use super::settling::{self, BoothView, Settling};
use crate::domain::poll::PollStepError;
use crate::domain::{Actor, LogEvent, PollId, PollState, TerminalId};
use crate::service::{Context, ServiceError, log};
use crate::store::Connection;
use crate::store::exceptions::{self, Recorded};

/// An exception to record. The payload of the two-person act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewException {
    /// The poll.
    pub poll: PollId,
    /// What did not go as it must.
    pub subject: Subject,
    /// Why, in the words of those who record it.
    pub reason: String,
    /// The document that they sign.
    pub document_number: String,
}

/// What did not go as it must.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Subject {
    /// This booth cannot say that all its ballots are delivered.
    BoothNotFinished {
        /// The booth.
        terminal: TerminalId,
    },
    /// This booth cannot sign for its ballots.
    BoothStatementMissing {
        /// The booth.
        terminal: TerminalId,
    },
    /// Cards at hand that nobody can read any more.
    CardUnreadable {
        /// What they would have been declared.
        card: VoidKind,
        /// How many.
        cards: u64,
    },
    /// A line differs.
    OutOfBalance {
        /// Which one.
        line: LineName,
        /// Left side less right side.
        difference: i64,
    },
    /// Cards that were not to vote have voted.
    SpentCard {
        /// What they would have been declared.
        card: VoidKind,
        /// How many, from 1 to `scans`: a card may have been counted again after the server began anew.
        cards: u64,
        /// How often such a card was scanned, as counted.
        scans: u64,
    },
    /// No check-in desk was ever opened for this real poll.
    NoCheckIn,
    /// No booth has signed for its ballots in this real poll.
    NoBoothStatement,
}

/// An exception to withdraw. The payload of the two-person act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The poll.
    pub poll: PollId,
    /// The number of the exception within it.
    pub number: u32,
    /// Why, in the words of those who withdraw it.
    pub reason: String,
}

/// Everything that holds the poll back now and can be recorded, in the order in which it is asked. Unreadable cards are known
/// to people only, so they are not here.
#[must_use]
pub fn open_subjects(state: PollState, settling: &Settling) -> Vec<Subject> {
    let mut subjects = Vec::new();
    let terminals = |holds: fn(&BoothView) -> bool| {
        settling.booths.iter().filter(move |booth| holds(booth)).map(|booth| booth.terminal.clone())
    };
    if state == PollState::Closing {
        let unfinished = terminals(BoothView::holds_back_sealing);
        subjects.extend(unfinished.map(|terminal| Subject::BoothNotFinished { terminal }));
    }
    if state == PollState::Closed {
        let silent = terminals(BoothView::holds_back_result);
        subjects.extend(silent.map(|terminal| Subject::BoothStatementMissing { terminal }));
        let counts = &settling.reconciliation;
        if counts.lacks_check_in() {
            subjects.push(Subject::NoCheckIn);
        }
        if counts.lacks_booth_statements() {
            subjects.push(Subject::NoBoothStatement);
        }
        for card in VoidKind::ALL {
            let scans = counts.void_refused.of(card);
            if scans > 0 && counts.recorded_for_spent(card) == 0 {
                subjects.push(Subject::SpentCard { card, cards: scans, scans });
            }
        }
        let differing = counts.unexplained();
        subjects.extend(
            differing.map(|line| Subject::OutOfBalance { line: line.line, difference: line.difference }),
        );
    }
    subjects
}

/// Whether this can be recorded now.
pub async fn check(context: &Context, new: &NewException) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    read(&mut tx, context, new).await.map(|_| ())
}

/// Records an exception. Called with the confirmed act, in its transaction.
pub async fn record(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    new: &NewException,
) -> Result<(), ServiceError> {
    let recorded = read(tx, context, new).await?;
    exceptions::insert(tx, &context.county, &new.poll, &recorded).await?;
    let Exception { matter, document_number, .. } = recorded.exception;
    let document_number = document_number.to_string();
    let event = LogEvent::ExceptionRecorded { poll: new.poll.clone(), matter, document_number };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok(())
}

async fn read(tx: &mut Connection, context: &Context, new: &NewException) -> Result<Recorded, ServiceError> {
    let wrong = |zh: &str, en: &str| ServiceError::input("exception", zh, en);
    let poll = polls::load(tx, &context.county, &new.poll).await?;
    if !matches!(poll.state, PollState::Closing | PollState::Closed) {
        return Err(PollStepError::WrongState { found: poll.state }.into());
    }
    let settling = settling::load(tx, context, &poll).await?;
    let document_number: DocumentNumber = new.document_number.parse().map_err(|_| {
        wrong(
            "请填写例外记录的文号，首尾不要有空格。",
            "Enter the number of the document that records the exception.",
        )
    })?;
    let reason = written_reason(&new.reason)?;
    let (terminal, matter) = matter(poll.state, &settling, &new.subject)?;
    Ok(Recorded { terminal, exception: Exception { matter, reason, document_number } })
}

fn written_reason(reason: &str) -> Result<String, ServiceError> {
    let trimmed = reason.trim();
    if trimmed.is_empty() || reason.chars().count() > Exception::LONGEST_REASON {
        return Err(ServiceError::input(
            "exception",
            "请写明原因，最多400字。原因会公布，不要写代表的姓名。",
            "Write down the reason, at most 400 characters. It is published: name no representative.",
        ));
    }
    Ok(trimmed.to_owned())
}

/// Whether this exception can be withdrawn now.
pub async fn check_withdrawal(context: &Context, withdrawal: &Withdrawal) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    find_to_withdraw(&mut tx, context, withdrawal).await.map(|_| ())
}

/// Withdraws an exception; that it was there stays in the log. Called with the confirmed act, in its transaction.
pub async fn withdraw(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    withdrawal: &Withdrawal,
) -> Result<(), ServiceError> {
    let Exception { matter, document_number, .. } = find_to_withdraw(tx, context, withdrawal).await?;
    exceptions::withdraw(tx, &context.county, &withdrawal.poll, withdrawal.number).await?;
    let event = LogEvent::ExceptionWithdrawn {
        poll: withdrawal.poll.clone(),
        matter,
        document_number: document_number.to_string(),
        reason: written_reason(&withdrawal.reason)?,
    };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok(())
}

/// The exception that is to be withdrawn, and whether it already was; none if there never was one with this number.
pub async fn find_recorded(
    context: &Context,
    withdrawal: &Withdrawal,
) -> Result<Option<(Exception, bool)>, ServiceError> {
    let mut tx = context.db.read().await?;
    let found = exceptions::find(&mut tx, &context.county, &withdrawal.poll, withdrawal.number).await?;
    Ok(found.map(|(recorded, withdrawn)| (recorded.exception, withdrawn)))
}

async fn find_to_withdraw(
    tx: &mut Connection,
    context: &Context,
    withdrawal: &Withdrawal,
) -> Result<Exception, ServiceError> {
    written_reason(&withdrawal.reason)?;
    let poll = polls::load(tx, &context.county, &withdrawal.poll).await?;
    let all = exceptions::list(tx, &context.county, &withdrawal.poll).await?;
    let found = all.into_iter().find(|(number, _)| *number == withdrawal.number);
    let Some((_, Recorded { exception, .. })) = found else {
        return Err(ServiceError::input(
            "exception",
            "没有这份例外，或已经撤销。请刷新页面重新核对。",
            "There is no such exception (any more). Look at the page again.",
        ));
    };
    if !may_be_withdrawn(poll.state, &exception.matter) {
        return Err(PollStepError::WrongState { found: poll.state }.into());
    }
    Ok(exception)
}

/// Whether an exception about this can still be withdrawn: only while the poll is where it was when it was recorded. What the
/// sealing or the reconciliation rested on stays.
#[must_use]
pub const fn may_be_withdrawn(state: PollState, matter: &Matter) -> bool {
    match matter {
        Matter::BoothNotFinished { .. } => matches!(state, PollState::Closing),
        Matter::BoothStatementMissing { .. }
        | Matter::CardUnreadable { .. }
        | Matter::OutOfBalance { .. }
        | Matter::SpentCard { .. }
        | Matter::NoCheckIn
        | Matter::NoBoothStatement => matches!(state, PollState::Closed),
    }
}

/// What is published of a subject, if it is so.
fn matter(
    state: PollState,
    settling: &Settling,
    subject: &Subject,
) -> Result<(Option<TerminalId>, Matter), ServiceError> {
    let gone = || {
        ServiceError::input(
            "exception",
            "所选的情况现在并不存在，或已经登记过。没有登记。请刷新页面重新核对。",
            "What was chosen is not so (any more), or is recorded already. Nothing was recorded; look at the page again.",
        )
    };
    if let Subject::CardUnreadable { card, cards } = *subject {
        return Ok((None, unreadable(state, settling, card, cards)?));
    }
    let asked = match *subject {
        // How many cards it really were is for people to say.
        Subject::SpentCard { card, scans, .. } => &Subject::SpentCard { card, cards: scans, scans },
        _ => subject,
    };
    if !open_subjects(state, settling).contains(asked) {
        return Err(gone());
    }
    let label = |terminal: &TerminalId| {
        let booth = settling.booths.iter().find(|booth| booth.terminal == *terminal);
        booth.map(|booth| booth.name.clone()).ok_or_else(gone)
    };
    Ok(match subject {
        Subject::BoothNotFinished { terminal } => {
            (Some(terminal.clone()), Matter::BoothNotFinished { booth: label(terminal)? })
        }
        Subject::BoothStatementMissing { terminal } => {
            (Some(terminal.clone()), Matter::BoothStatementMissing { booth: label(terminal)? })
        }
        Subject::OutOfBalance { line, difference } => {
            (None, Matter::OutOfBalance { line: *line, difference: *difference })
        }
        Subject::CardUnreadable { card, cards } => {
            (None, Matter::CardUnreadable { card: *card, cards: *cards })
        }
        Subject::SpentCard { card, cards, scans } if (1..=*scans).contains(cards) => {
            (None, Matter::SpentCard { card: *card, cards: *cards, scans: *scans })
        }
        Subject::SpentCard { scans, .. } => {
            return Err(ServiceError::input(
                "exception",
                format!("已投过票的卡应为1至{scans}张：这类卡共扫描到{scans}次，重复扫描的不算。"),
                format!(
                    "The number of cards that have voted must be 1 to {scans}: such cards were scanned {scans} times."
                ),
            ));
        }
        Subject::NoCheckIn => (None, Matter::NoCheckIn),
        Subject::NoBoothStatement => (None, Matter::NoBoothStatement),
    })
}

/// Cards that nobody can read: as many as are left at most, once the box is sealed.
fn unreadable(
    state: PollState,
    settling: &Settling,
    card: VoidKind,
    cards: u64,
) -> Result<Matter, ServiceError> {
    if state != PollState::Closed {
        return Err(PollStepError::WrongState { found: state }.into());
    }
    let left = settling.reconciliation.not_returned;
    if left == 0 {
        return Err(ServiceError::input(
            "exception",
            "每张卡都已投票、作废或登记，没有剩下无法读取的卡。请再清点一次。",
            "Every card has voted, is void or is recorded: none is left that could not be read. Count the cards again.",
        ));
    }
    if !(1..=left).contains(&cards) {
        return Err(ServiceError::input(
            "exception",
            format!("无法读取的卡应为1至{left}张：既未使用也未作废的卡还剩{left}张。"),
            format!("The number of unreadable cards must be 1 to {left}: so many are neither used nor void."),
        ));
    }
    Ok(Matter::CardUnreadable { card, cards })
}
