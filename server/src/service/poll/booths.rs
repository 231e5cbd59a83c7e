//! What booths say of themselves around the voting: that they take part, that they have finished, and what they delivered.
//!
//! Only these requests know which booth asks; ballots and credentials do not, and nothing here tells a time.

use belenios::text::Hash;
use evaluation::wire::{
    self, BoothFinished, BoothReady, BoothRedelivered, BoothState, SignedBoothStatement, TerminalKey,
};

use super::archive::{self, Until};
use super::cards::setup_hash;
use super::on_the_wire::wire_state;
use super::{load_for_terminals, polls, restored};
use crate::domain::poll::PollStepError;
use crate::domain::{Actor, LogEvent, PollState, TerminalId};
use crate::service::{Context, ServiceError, log};
use crate::store::{Connection, StoreError, ballots, booths};

/// A booth, as it was enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booth {
    /// The terminal.
    pub terminal: TerminalId,
    /// What stands on its label.
    pub name: String,
    /// The public half of the key it was enrolled with.
    pub key: TerminalKey,
}

/// Where the poll stands, and what is known of this booth.
pub async fn state(context: &Context, booth: &Booth) -> Result<BoothState, ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = load_for_terminals(&mut tx, context).await?;
    let known = booths::find(&mut tx, &context.county, &poll.id, &booth.terminal).await?;
    Ok(BoothState {
        poll: poll.id.as_str().parse().map_err(ServiceError::contradiction)?,
        state: wire_state(poll.state),
        takes_part: known.is_some(),
        has_finished: known.as_ref().is_some_and(|known| known.finished),
        has_signed: known.is_some_and(|known| known.statement.is_some()),
        redeliver: restored::find_owed(&mut tx, context, &poll, &booth.terminal).await?,
    })
}

/// People at a booth have compared the opening sheet: it takes part from now on. The same again is fine.
pub async fn ready(context: &Context, booth: &Booth, sent: &BoothReady) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let poll = load_named(&mut tx, context, &sent.poll).await?;
    if booths::find(&mut tx, &context.county, &poll.id, &booth.terminal).await?.is_some() {
        return same_election(&mut tx, context, &poll, sent.setup_event).await;
    }
    if !poll.state.takes_booths() {
        return Err(PollStepError::WrongState { found: poll.state }.into());
    }
    same_election(&mut tx, context, &poll, sent.setup_event).await?;
    let key = hex::encode(booth.key.as_bytes());
    booths::insert(&mut tx, &context.county, &poll.id, &booth.terminal, &booth.name, &key).await?;
    let event = LogEvent::BoothReady { poll: poll.id, terminal: booth.terminal.clone() };
    write_log(&mut tx, context, booth, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Whether this booth takes part: asked before a ballot of it is taken, and forgotten before the ballot is looked at, so that
/// nothing about the ballot can depend on where it came from.
pub async fn must_take_part(context: &Context, booth: &Booth) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = load_for_terminals(&mut tx, context).await?;
    load_taking_part(&mut tx, context, &poll, booth).await.map(|_| ())
}

/// A booth has delivered all its ballots. The same again is fine, also after the box is sealed. Not logged: it tells when the
/// last person left a booth.
pub async fn finished(context: &Context, booth: &Booth, sent: &BoothFinished) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let poll = load_named(&mut tx, context, &sent.poll).await?;
    if load_taking_part(&mut tx, context, &poll, booth).await?.finished {
        return Ok(());
    }
    if poll.state != PollState::Closing {
        return Err(PollStepError::WrongState { found: poll.state }.into());
    }
    booths::set_finished(&mut tx, &context.county, &poll.id, &booth.terminal).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// A booth has delivered once more whatever it had delivered before the restoration that it names. The same again is fine, and
/// so is one that does not matter any more. Kept in memory: if the server ends, every booth does it again.
pub async fn redelivered(
    context: &Context,
    booth: &Booth,
    sent: &BoothRedelivered,
) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = load_named(&mut tx, context, &sent.poll).await?;
    load_taking_part(&mut tx, context, &poll, booth).await?;
    context.terminals.note_redelivered(&booth.terminal, sent.backup);
    Ok(())
}

/// The closed archive up to the end of the ballots, for a booth that looks for what it delivered.
pub async fn archive(context: &Context) -> Result<Vec<u8>, ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = load_for_terminals(&mut tx, context).await?;
    drop(tx);
    if poll.state < PollState::Closed {
        return Err(PollStepError::WrongState { found: poll.state }.into());
    }
    Ok(archive::write(context, &poll.id, Until::EndBallots).await?.bytes)
}

/// Takes a booth's signed statement: about this poll and its sealed box, no more ballots than there are, signed by the key of
/// the booth. The same again is fine, another one is refused.
pub async fn receive_statement(
    context: &Context,
    booth: &Booth,
    sent: &SignedBoothStatement,
) -> Result<(), ServiceError> {
    let key = booth.key;
    let mut tx = context.db.read().await?;
    let poll = load_named(&mut tx, context, &sent.statement.poll).await?;
    let known = load_taking_part(&mut tx, context, &poll, booth).await?;
    let stored = ballots::count(&mut tx, &context.county, &poll.id).await?;
    drop(tx);
    // Two numbers, a hash and a signature can always be written.
    let signed = serde_json::to_string(sent).unwrap_or_default();
    if let Some(statement) = known.statement {
        return if statement == signed { Ok(()) } else { Err(another_statement()) };
    }
    if poll.state != PollState::Closed {
        return Err(PollStepError::WrongState { found: poll.state }.into());
    }
    let end = archive::write(context, &poll.id, Until::EndBallots).await?.end_ballots;
    check(sent, &key, end, stored.into())?;
    let mut tx = context.db.write().await?;
    let poll = polls::load(&mut tx, &context.county, &poll.id).await?;
    if poll.state != PollState::Closed {
        return Err(PollStepError::WrongState { found: poll.state }.into());
    }
    booths::set_statement(&mut tx, &context.county, &poll.id, &booth.terminal, &signed).await?;
    let event = LogEvent::BoothStatementReceived {
        poll: poll.id,
        terminal: booth.terminal.clone(),
        ballots: sent.statement.ballots,
    };
    write_log(&mut tx, context, booth, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

fn check(
    sent: &SignedBoothStatement,
    key: &TerminalKey,
    end: Option<Hash>,
    stored: u64,
) -> Result<(), ServiceError> {
    let invalid = |zh, en| Err(ServiceError::input("statement_invalid", zh, en));
    if key.verify(&sent.statement.signed_text(), &sent.signature).is_err() {
        return invalid(
            "声明的签名不是由这台投票机的密钥作出的，没有保存。请报告监督员。",
            "The signature is not one of this booth's key; nothing was stored. Call the supervisor.",
        );
    }
    if end != Some(sent.statement.end_ballots_event) {
        return invalid(
            "声明所指的不是已封存的票箱，没有保存。请让投票机重新下载档案核对。",
            "The statement is not about the sealed box; nothing was stored. Let the booth fetch the archive and check again.",
        );
    }
    if sent.statement.ballots > stored {
        return invalid(
            "声明的票数多于票箱中的票，没有保存。请立即报告监督员。",
            "The statement counts more ballots than the box holds; nothing was stored. Call the supervisor at once.",
        );
    }
    Ok(())
}

/// The poll of the terminals, if it is the one that the booth names.
pub(super) async fn load_named(
    tx: &mut Connection,
    context: &Context,
    named: &belenios::text::Uuid,
) -> Result<polls::Poll, ServiceError> {
    let poll = load_for_terminals(tx, context).await?;
    if poll.id.as_str() == named.to_string() { Ok(poll) } else { Err(another_election()) }
}

async fn same_election(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
    setup_event: Hash,
) -> Result<(), ServiceError> {
    let texts = polls::load_texts(tx, &context.county, &poll.id).await?;
    if setup_hash(&texts)? == setup_event { Ok(()) } else { Err(another_election()) }
}

async fn load_taking_part(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
    booth: &Booth,
) -> Result<booths::Booth, ServiceError> {
    let known = booths::find(tx, &context.county, &poll.id, &booth.terminal).await?;
    known.ok_or_else(|| {
        ServiceError::input(
            wire::problem::BOOTH_NOT_READY,
            "这台投票机没有核对过开启单，不参加本次投票，没有保存。请在这台机器上扫描开启单后再试。",
            "This booth has not compared the opening sheet and takes no part in this poll; nothing was stored. Scan the opening \
             sheet at it, then try again.",
        )
    })
}

async fn write_log(
    tx: &mut Connection,
    context: &Context,
    booth: &Booth,
    event: &LogEvent,
) -> Result<(), StoreError> {
    let actor = Actor::Terminal(booth.terminal.clone());
    log::append(tx, &context.county, context.now(), &actor, event).await?;
    Ok(())
}

fn another_election() -> ServiceError {
    ServiceError::input(
        wire::problem::ANOTHER_ELECTION,
        "投票机核对的不是本次选举，没有保存。请不要在这台机器上投票，立即报告监督员。",
        "The booth has compared another election; nothing was stored. Let nobody vote at it and call the supervisor at once.",
    )
}

fn another_statement() -> ServiceError {
    ServiceError::input(
        "statement_exists",
        "这台投票机已经签署过另一份声明，没有更改。请报告监督员。",
        "This booth has signed another statement before; nothing was changed. Call the supervisor.",
    )
}
