//! The trustees' shares of the decryption, and the result once all are in.

use std::io::Cursor;

use belenios::archive::EventType;
use belenios::election::Election;
use belenios::group::Group;
use belenios::proof::Proof;
use belenios::tally::{EncryptedTally, PartialDecryption};
use belenios::trustee::threshold::Quorum;
use belenios::trustee::{TrusteePublicKey, Trustees};
use belenios::verify::{Policy, Revotes, verify};
use belenios::with_group;
use evaluation::wire::{TrusteePartialDecryption, problem};

use super::archive::{Archive, Parts, Until, assemble, load, write};
use super::{compute, load_for_terminals, move_poll, polls, present};
use crate::domain::poll::{PollStepError, Shares};
use crate::domain::{Actor, LogEvent, PollId, PollState};
use crate::service::{Context, ServiceError, log};
use crate::store::polls::PollText;
use crate::store::terminals::Terminal;
use crate::store::{StoreError, trustees};

/// The closed archive up to the encrypted tally: what a trustee verifies before decrypting.
pub async fn archive_for_trustees(context: &Context) -> Result<Archive, ServiceError> {
    let poll = load_reconciled(context).await?;
    write(context, &poll.id, Until::EncryptedTally).await
}

/// The closing statement that every trustee signs.
pub async fn closing_statement(context: &Context) -> Result<String, ServiceError> {
    let poll = load_reconciled(context).await?;
    let mut tx = context.db.read().await?;
    let texts = polls::load_texts(&mut tx, &context.county, &poll.id).await?;
    present(texts.closing_statement, "closing statement")
}

/// Takes a trustee's share. With the last one that is needed the result is computed, and the whole archive verified.
pub async fn receive(
    context: &Context,
    terminal: &Terminal,
    sent: TrusteePartialDecryption,
) -> Result<(), ServiceError> {
    let position = terminal.trustee_position.ok_or(ServiceError::NotFound("trustee"))?;
    if has_arrived(context, position).await? {
        return Ok(());
    }
    let poll = load_reconciled(context).await?;
    let mut tx = context.db.read().await?;
    let texts = polls::load_texts(&mut tx, &context.county, &poll.id).await?;
    let all = trustees::list(&mut tx, &context.county, &poll.id).await?;
    drop(tx);
    let key =
        all.into_iter().find(|trustee| trustee.position == position).and_then(|trustee| trustee.public_key);
    let key = present(key, "key of this trustee")?;
    let sent = compute(move || with_group!(poll.group, G => check::<G>(&texts, &key, &sent))).await?;
    let actor = Actor::Terminal(terminal.id.clone());
    store(context, &actor, &poll.id, position, &sent).await?;
    // On its own, so that a terminal that hangs up cannot leave the poll without its result.
    let (context, id) = (context.clone(), poll.id);
    let finishing = tokio::spawn(async move { finish_if_complete(&context, &actor, &id).await });
    finishing.await.map_err(ServiceError::contradiction)?
}

/// Whether the result is there and this trustee's share went into the archive: it is sent again because an answer was lost.
async fn has_arrived(context: &Context, position: u32) -> Result<bool, ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = load_for_terminals(&mut tx, context).await?;
    let shares = trustees::list_decryptions(&mut tx, &context.county, &poll.id).await?;
    Ok(poll.state.has_result() && shares.iter().any(|share| share.position == position))
}

async fn store(
    context: &Context,
    actor: &Actor,
    id: &PollId,
    position: u32,
    sent: &TrusteePartialDecryption,
) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let poll = polls::load(&mut tx, &context.county, id).await?;
    must_accept(poll.state)?;
    let inserted =
        trustees::insert_decryption(&mut tx, &context.county, id, position, &sent.partial_decryption).await;
    match inserted {
        Ok(()) => {}
        // Sent again, because the answer was lost: what may be left to do is done by the caller.
        Err(StoreError::UniqueViolation) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    trustees::set_closing_signature(&mut tx, &context.county, id, position, &sent.closing_signature).await?;
    let event = LogEvent::PartialDecryptionReceived { poll: id.clone(), position };
    log::append(&mut tx, &context.county, context.now(), actor, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Computes the result of a poll whose last share arrived just before the server ended. Called at the start.
pub async fn resume(context: &Context) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    let waiting = polls::list_in_state(&mut tx, &context.county, PollState::Reconciled).await?;
    drop(tx);
    for poll in waiting {
        finish_if_complete(context, &Actor::System, &poll.id).await?;
    }
    Ok(())
}

/// The result, if the shares suffice; the poll moves on only if the strict verifier accepts the finished archive.
async fn finish_if_complete(context: &Context, actor: &Actor, id: &PollId) -> Result<(), ServiceError> {
    loop {
        let parts = load(context, id).await?;
        let shares = with_group!(parts.poll.group, G => count_shares::<G>(&parts))?;
        let Ok(to) = parts.poll.state.tally(shares) else { return Ok(()) };
        let result = compute(move || with_group!(parts.poll.group, G => finish::<G>(parts))).await?;
        let mut tx = context.db.write().await?;
        let poll = polls::load(&mut tx, &context.county, id).await?;
        if poll.state != PollState::Reconciled {
            // Two trustees were the last one at the same time.
            return Ok(());
        }
        let present = trustees::list_decryptions(&mut tx, &context.county, id).await?.len();
        if u32::try_from(present) != Ok(shares.received) {
            // One more share has arrived meanwhile: the archive that is published must be the one that was verified.
            continue;
        }
        polls::set_text(&mut tx, &context.county, id, PollText::Result, &result).await?;
        move_poll(&mut tx, context, actor, &poll, to).await?;
        tx.commit().await.map_err(StoreError::from)?;
        return Ok(());
    }
}

/// Whether the trustees whose shares are there can decrypt together.
fn count_shares<G: Group>(parts: &Parts) -> Result<Shares, ServiceError> {
    let text = present(parts.texts.trustees.clone(), "trustees")?;
    let trustees = Trustees::<G>::parse(&text).map_err(ServiceError::contradiction)?;
    let owners = parts.shares.iter().map(|share| usize::try_from(share.position));
    let owners: Vec<_> = owners.collect::<Result<_, _>>().map_err(ServiceError::contradiction)?;
    let all = trustees.decryption_keys().count();
    let count = |number: usize| u32::try_from(number).map_err(ServiceError::contradiction);
    Ok(Shares {
        received: count(owners.len())?,
        needed: count(trustees.quorum().map_or(all, Quorum::needed))?,
        suffice: trustees.is_quorum(&owners),
    })
}

/// The result, if the archive with it passes the strict verifier.
fn finish<G: Group>(mut parts: Parts) -> Result<String, ServiceError> {
    let result = decrypt::<G>(&parts.texts, &parts.shares, parts.ballots.len())?;
    parts.texts.result = Some(result.clone());
    let archive = assemble(&parts, Until::Result)?;
    let policy = Policy { revotes: Revotes::Forbidden, complete_until: EventType::Result };
    let report = verify(Cursor::new(archive.bytes), policy)?;
    if report.is_accepted() { Ok(result) } else { Err(PollStepError::NotVerified.into()) }
}

/// The signature over the closing statement and every decryption proof hold; answers both in canonical form.
fn check<G: Group>(
    texts: &polls::PollTexts,
    key: &str,
    sent: &TrusteePartialDecryption,
) -> Result<TrusteePartialDecryption, ServiceError> {
    let invalid = |zh: &str, en: String| ServiceError::input("decryption_invalid", zh, en);
    let unreadable =
        || invalid("解密份额读不懂，没有保存。", "The share cannot be read and was not stored.".to_owned());
    let key: TrusteePublicKey<G> = serde_json::from_str(key).map_err(ServiceError::contradiction)?;
    let signature: Proof<G> = serde_json::from_str(&sent.closing_signature).map_err(|_| unreadable())?;
    let share: PartialDecryption<G> =
        serde_json::from_str(&sent.partial_decryption).map_err(|_| unreadable())?;
    let statement = present(texts.closing_statement.clone(), "closing statement")?;
    if !belenios::signature::verify::<G>(&key.public_key, &statement, &signature) {
        return Err(invalid(
            "监票人对收票声明的签名不成立，没有保存。",
            "The signature over the closing statement does not hold; nothing was stored.".to_owned(),
        ));
    }
    let (election, tally) = read_tally(texts)?;
    tally.check(&election, &key.public_key, &share).map_err(|error| {
        invalid("解密份额的证明不成立，没有保存。", format!("The share was not stored: {error}."))
    })?;
    Ok(TrusteePartialDecryption {
        partial_decryption: share.to_json(),
        closing_signature: serde_json::to_string(&signature).map_err(ServiceError::contradiction)?,
    })
}

fn decrypt<G: Group>(
    texts: &polls::PollTexts,
    shares: &[trustees::PartialDecryption],
    ballots: usize,
) -> Result<String, ServiceError> {
    let text = present(texts.trustees.clone(), "trustees")?;
    let trustees = Trustees::<G>::parse(&text).map_err(ServiceError::contradiction)?;
    let (_, tally) = read_tally(texts)?;
    let mut parsed = Vec::with_capacity(shares.len());
    for share in shares {
        let owner = usize::try_from(share.position).map_err(ServiceError::contradiction)?;
        parsed.push((owner, serde_json::from_str(&share.payload).map_err(ServiceError::contradiction)?));
    }
    let weight = u64::try_from(ballots).map_err(ServiceError::contradiction)?;
    Ok(tally.combine(&trustees, &parsed, weight).map_err(ServiceError::contradiction)?.to_json())
}

fn read_tally<G: Group>(texts: &polls::PollTexts) -> Result<(Election<G>, EncryptedTally<G>), ServiceError> {
    let election = present(texts.election.clone(), "election")?;
    let tally = present(texts.encrypted_tally.clone(), "encrypted tally")?;
    Ok((
        Election::parse(&election).map_err(ServiceError::contradiction)?,
        serde_json::from_str(&tally).map_err(ServiceError::contradiction)?,
    ))
}

async fn load_reconciled(context: &Context) -> Result<polls::Poll, ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = load_for_terminals(&mut tx, context).await?;
    must_accept(poll.state)?;
    Ok(poll)
}

/// Shares are taken after the reconciliation and until enough have decrypted.
fn must_accept(state: PollState) -> Result<(), ServiceError> {
    if state.accepts_decryptions() {
        Ok(())
    } else if state.has_result() {
        Err(ServiceError::input(
            problem::SHARE_NOT_NEEDED,
            "结果已经算出，不再需要您的解密。您无需再做什么，请保管好密钥，直到异议期结束后销毁。",
            "The result is there; your share is not needed any more. There is nothing left to do: keep the key safe until it \
             is destroyed after the objection period.",
        ))
    } else {
        Err(PollStepError::WrongState { found: state }.into())
    }
}
