//! Acts of two people: one proposes, another with another role confirms, and it is carried out in that transaction.

#[cfg(test)]
mod tests;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::absence::NewAbsence;
use super::account::{AccountError, Invited};
use super::decision::NewDecision;
use super::draw::{Completion, Voiding};
use super::office_text::NewTexts;
use super::paper::{NewPaperCount, PaperCountEnd};
use super::poll::exceptions::{NewException, Withdrawal};
use super::pool::lock::LockRequest;
use super::proposal::{self, ProposalError};
use super::sanction::NewSanction;
use super::terminal::Enrolment;
use super::{
    Context, ServiceError, absence, account, decision, draw, edition, office_text, paper, poll, pool,
    publication, sanction, terminal,
};
use crate::domain::{AccountId, Action, Actor, EditionId, InTwoLanguages, PollId, ProposalId};
use crate::store::proposals::{self, Proposal};
use crate::store::terminals::Terminal;
use crate::store::{Connection, StoreError};

/// What is proposed, with everything that it will do. Accounts have proposals of their own in [`account`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Complete the transcript with this last entry and compute the draw.
    Draw(Completion),
    /// Break a draw off.
    VoidDraw(Voiding),
    /// Make the pool final.
    LockPool(LockRequest),
    /// Open this poll.
    OpenPoll(PollId),
    /// Make the keys of this poll void.
    RestartKeys(PollId),
    /// Let this poll go on, which was restored from a backup.
    ResumeRestored(PollId),
    /// End the voting: nobody begins to vote any more.
    ClosePoll(PollId),
    /// Record this exception.
    RecordException(NewException),
    /// Withdraw this exception.
    WithdrawException(Withdrawal),
    /// Show the result of this poll.
    Reveal(PollId),
    /// Take the seat of this representative and call this alternate.
    ReplaceAbsent(NewAbsence),
    /// Begin to count paper ballots.
    BeginPaperCount(NewPaperCount),
    /// End the count of paper ballots.
    EndPaperCount(PaperCountEnd),
    /// Record this sanction.
    Sanction(NewSanction),
    /// Record this decision of the leading group.
    DecideTie(NewDecision),
    /// Give an office these texts.
    ChangeOfficeTexts(NewTexts),
    /// Publish this edition.
    Publish(EditionId),
    /// Close this edition for good and erase who the nominated people are.
    Archive(EditionId),
    /// Let this device in.
    EnrolTerminal(Enrolment),
}

/// The payload of an act on a poll.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnPoll {
    /// The poll.
    pub poll: PollId,
}

/// The payload of an act on an edition.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnEdition {
    /// The edition.
    pub edition: EditionId,
}

/// What a confirmed act brought forth.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It is done.
    Done(Action),
    /// Somebody may choose a password; the code is shown now and never again.
    Invited(Action, Invited),
    /// A device is let in.
    Enrolled(Terminal),
}

/// Why an act was not proposed or carried out.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// About an account.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// About the two people.
    #[error(transparent)]
    Proposal(#[from] ProposalError),
    /// About what is to be done.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for ActError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl InTwoLanguages for ActError {
    fn zh(&self) -> String {
        match self {
            Self::Account(error) => error.zh(),
            Self::Proposal(error) => error.zh(),
            Self::Service(error) => error.zh(),
        }
    }
}

/// Proposes an act. What can be checked now is checked now.
pub async fn propose(context: &Context, by: &AccountId, act: &Act) -> Result<Proposal, ActError> {
    check(context, act).await?;
    let mut tx = context.db.write().await?;
    let tx_ref = &mut tx;
    let proposal = match act {
        Act::Draw(completion) => proposal::propose(tx_ref, context, by, Action::Draw, completion).await?,
        Act::VoidDraw(voiding) => proposal::propose(tx_ref, context, by, Action::VoidDraw, voiding).await?,
        Act::LockPool(request) => {
            let payload = pool::lock::prepare(tx_ref, context, request).await?;
            proposal::propose(tx_ref, context, by, Action::LockPool, &payload).await?
        }
        Act::OpenPoll(id) => on_poll(tx_ref, context, by, Action::OpenPoll, id).await?,
        Act::RestartKeys(id) => on_poll(tx_ref, context, by, Action::RestartKeys, id).await?,
        Act::ResumeRestored(id) => on_poll(tx_ref, context, by, Action::ResumeRestored, id).await?,
        Act::ClosePoll(id) => on_poll(tx_ref, context, by, Action::ClosePoll, id).await?,
        Act::RecordException(new) => {
            proposal::propose(tx_ref, context, by, Action::RecordException, new).await?
        }
        Act::WithdrawException(which) => {
            proposal::propose(tx_ref, context, by, Action::WithdrawException, which).await?
        }
        Act::Reveal(id) => on_poll(tx_ref, context, by, Action::Reveal, id).await?,
        Act::ReplaceAbsent(new) => proposal::propose(tx_ref, context, by, Action::ReplaceAbsent, new).await?,
        Act::BeginPaperCount(new) => {
            proposal::propose(tx_ref, context, by, Action::BeginPaperCount, new).await?
        }
        Act::EndPaperCount(end) => proposal::propose(tx_ref, context, by, Action::EndPaperCount, end).await?,
        Act::Sanction(new) => proposal::propose(tx_ref, context, by, Action::Sanction, new).await?,
        Act::DecideTie(new) => proposal::propose(tx_ref, context, by, Action::DecideTie, new).await?,
        Act::ChangeOfficeTexts(new) => {
            proposal::propose(tx_ref, context, by, Action::ChangeOfficeTexts, new).await?
        }
        Act::Publish(id) => {
            let payload = OnEdition { edition: id.clone() };
            proposal::propose(tx_ref, context, by, Action::Publish, &payload).await?
        }
        Act::Archive(id) => {
            let payload = OnEdition { edition: id.clone() };
            proposal::propose(tx_ref, context, by, Action::Archive, &payload).await?
        }
        Act::EnrolTerminal(new) => {
            terminal::check(tx_ref, context, new).await?;
            proposal::propose(tx_ref, context, by, Action::EnrolTerminal, new).await?
        }
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(proposal)
}

/// What can be checked before anybody else looks at it.
async fn check(context: &Context, act: &Act) -> Result<(), ServiceError> {
    match act {
        Act::Draw(completion) => draw::check_completion(context, completion).await,
        Act::VoidDraw(voiding) => draw::check_voiding(context, voiding).await,
        Act::BeginPaperCount(new) => paper::check(new),
        Act::ReplaceAbsent(new) => absence::check(context, new).await,
        Act::RecordException(new) => poll::exceptions::check(context, new).await,
        Act::WithdrawException(which) => poll::exceptions::check_withdrawal(context, which).await,
        Act::ResumeRestored(id) => poll::restored::check(context, id).await,
        Act::DecideTie(new) => decision::check(context, new).await,
        Act::ChangeOfficeTexts(new) => office_text::check(context, new).await,
        Act::EndPaperCount(end) => paper::check_end(context, end).await,
        Act::OpenPoll(_)
        | Act::RestartKeys(_)
        | Act::ClosePoll(_)
        | Act::Reveal(_)
        | Act::Sanction(_)
        | Act::Publish(_)
        | Act::Archive(_) => check_step(context, act).await,
        // Checked in the transaction that proposes them.
        Act::LockPool(_) | Act::EnrolTerminal(_) => Ok(()),
    }
}

/// Whether a step of the edition or its poll is possible now, or a sanction can be recorded: the same question that is asked
/// again when it is confirmed.
async fn check_step(context: &Context, act: &Act) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    let tx = &mut tx;
    match act {
        Act::OpenPoll(id) => poll::opening::check(tx, context, id).await.map(drop),
        Act::RestartKeys(id) => poll::keys::check_restart(tx, context, id).await.map(drop),
        Act::ClosePoll(id) => poll::closing::check_close(tx, context, id).await.map(drop),
        Act::Reveal(id) => poll::reveal::check(tx, context, id).await.map(drop),
        Act::Sanction(new) => sanction::check(tx, context, new).await,
        Act::Publish(id) => publication::check(tx, context, id).await.map(drop),
        Act::Archive(id) => edition::check_archive(tx, context, id).await.map(drop),
        _ => Ok(()),
    }
}

/// Confirms a proposal as the second person and carries it out: both happen, or neither.
pub async fn confirm(context: &Context, by: &AccountId, id: &ProposalId) -> Result<Outcome, ActError> {
    let mut tx = context.db.read().await?;
    let proposal = proposals::find(&mut tx, &context.county, id).await?.ok_or(ProposalError::NotFound)?;
    drop(tx);
    match proposal.action {
        Action::CreateAccount => {
            return Ok(Outcome::Invited(proposal.action, account::confirm_creation(context, by, id).await?));
        }
        Action::ResetPassword => {
            let invited = account::confirm_password_reset(context, by, id).await?;
            return Ok(Outcome::Invited(proposal.action, invited));
        }
        Action::ChangeRole => account::confirm_role_change(context, by, id).await?,
        Action::EnableAccount => account::confirm_enabling(context, by, id).await?,
        Action::Publish => confirm_publication(context, by, &proposal).await?,
        Action::Draw => confirm_draw(context, by, &proposal).await?,
        Action::EnrolTerminal => return confirm_enrolment(context, by, id).await,
        action => confirm_in_one_step(context, by, id, action).await?,
    }
    Ok(Outcome::Done(proposal.action))
}

/// Acts that need nothing prepared outside their transaction.
async fn confirm_in_one_step(
    context: &Context,
    by: &AccountId,
    id: &ProposalId,
    action: Action,
) -> Result<(), ActError> {
    let actor = Actor::Account(by.clone());
    let mut tx = context.db.write().await?;
    let confirmed = proposal::confirm(&mut tx, context, by, action, id).await?;
    let tx_ref = &mut tx;
    match action {
        Action::VoidDraw => draw::declare_void(tx_ref, context, &actor, &read(&confirmed)?).await?,
        Action::LockPool => pool::lock::lock(tx_ref, context, &actor, &read(&confirmed)?).await?,
        Action::Archive => {
            let OnEdition { edition } = read(&confirmed)?;
            edition::archive(tx_ref, context, &actor, &edition).await?;
        }
        Action::OpenPoll => poll::opening::open(tx_ref, context, &actor, &polled(&confirmed)?).await?,
        Action::RestartKeys => poll::keys::restart(tx_ref, context, &actor, &polled(&confirmed)?).await?,
        Action::ResumeRestored => {
            poll::restored::resume(tx_ref, context, &actor, &polled(&confirmed)?).await?;
        }
        Action::ClosePoll => poll::closing::close(tx_ref, context, &actor, &polled(&confirmed)?).await?,
        Action::RecordException => {
            poll::exceptions::record(tx_ref, context, &actor, &read(&confirmed)?).await?;
        }
        Action::WithdrawException => {
            poll::exceptions::withdraw(tx_ref, context, &actor, &read(&confirmed)?).await?;
        }
        Action::Reveal => poll::reveal::reveal(tx_ref, context, &actor, &polled(&confirmed)?).await?,
        Action::ReplaceAbsent => absence::record(tx_ref, context, &actor, &read(&confirmed)?).await?,
        Action::BeginPaperCount => paper::begin(tx_ref, context, &actor, &read(&confirmed)?).await?,
        Action::EndPaperCount => paper::end(tx_ref, context, &actor, &read(&confirmed)?).await?,
        Action::Sanction => sanction::record(tx_ref, context, &actor, &read(&confirmed)?).await?,
        Action::DecideTie => decision::record(tx_ref, context, &actor, &read(&confirmed)?).await?,
        Action::ChangeOfficeTexts => office_text::change(tx_ref, context, &actor, &read(&confirmed)?).await?,
        Action::Restore => {
            return Err(ServiceError::input(
                "not_here",
                "恢复备份只能在服务器上由命令行进行。",
                "A backup is restored at the server's command line only.",
            )
            .into());
        }
        Action::CreateAccount
        | Action::ChangeRole
        | Action::ResetPassword
        | Action::EnableAccount
        | Action::Publish
        | Action::Draw
        | Action::EnrolTerminal => return Err(ProposalError::NotFound.into()),
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Whether this person may confirm this now: asked before something slow is made for it, and again when it is carried out.
async fn may_confirm(
    context: &Context,
    by: &AccountId,
    action: Action,
    id: &ProposalId,
) -> Result<Proposal, ActError> {
    // Never committed.
    let mut tx = context.db.write().await?;
    Ok(proposal::confirm(&mut tx, context, by, action, id).await?)
}

/// The publication is made and verified between two transactions, which would block others for seconds. The second one compares
/// what it was made from with what is so then.
async fn confirm_publication(context: &Context, by: &AccountId, waiting: &Proposal) -> Result<(), ActError> {
    let confirmed = may_confirm(context, by, Action::Publish, &waiting.id).await?;
    let OnEdition { edition } = read(&confirmed)?;
    let prepared = publication::prepare(context, &edition).await?;
    let mut tx = context.db.write().await?;
    proposal::confirm(&mut tx, context, by, Action::Publish, &waiting.id).await?;
    let actor = Actor::Account(by.clone());
    publication::publish(&mut tx, context, &actor, &edition, &prepared).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// The draw is computed between two transactions, of which the first only asks whether this person may confirm it.
async fn confirm_draw(context: &Context, by: &AccountId, waiting: &Proposal) -> Result<(), ActError> {
    let confirmed = may_confirm(context, by, Action::Draw, &waiting.id).await?;
    let completion = read(&confirmed)?;
    let prepared = draw::prepare(context, &completion).await?;
    let mut tx = context.db.write().await?;
    proposal::confirm(&mut tx, context, by, Action::Draw, &waiting.id).await?;
    let actor = Actor::Account(by.clone());
    draw::complete(&mut tx, context, &actor, &completion, &prepared).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

async fn confirm_enrolment(context: &Context, by: &AccountId, id: &ProposalId) -> Result<Outcome, ActError> {
    let mut tx = context.db.write().await?;
    let confirmed = proposal::confirm(&mut tx, context, by, Action::EnrolTerminal, id).await?;
    let actor = Actor::Account(by.clone());
    let enrolment = read(&confirmed)?;
    let terminal = terminal::enrol(&mut tx, context, &actor, &enrolment).await?;
    tx.commit().await.map_err(StoreError::from)?;
    terminal::forget(context, &enrolment);
    Ok(Outcome::Enrolled(terminal))
}

async fn on_poll(
    tx: &mut Connection,
    context: &Context,
    by: &AccountId,
    action: Action,
    poll: &PollId,
) -> Result<Proposal, ProposalError> {
    proposal::propose(tx, context, by, action, &OnPoll { poll: poll.clone() }).await
}

fn read<T: DeserializeOwned>(proposal: &Proposal) -> Result<T, ProposalError> {
    proposal::payload(proposal)
}

fn polled(proposal: &Proposal) -> Result<PollId, ProposalError> {
    read::<OnPoll>(proposal).map(|payload| payload.poll)
}
