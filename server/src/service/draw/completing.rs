//! The last step: the public value completes the transcript, and the tickets are computed (draw specification §5 and §6).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use evaluation::draw::ceremony::{Opened, Outcome};
use evaluation::draw::seed::CompleteTranscript;
use evaluation::draw::select::{DrawError, DrawResult, conduct};
use evaluation::hash::Sha256Hash;
use evaluation::pool::Pool;
use serde::{Deserialize, Serialize};

use super::{Progress, count, load, read_announcement, store_step, typed};
use crate::domain::draw::DrawStepError;
use crate::domain::{Actor, EditionId, Purpose};
use crate::service::edition::move_to;
use crate::service::{Context, ServiceError};
use crate::store::{Connection, draws, editions};

/// More draws than one year has.
const MOST_KNOWN: usize = 16;

/// The payload of the two-person act that computes the draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completion {
    /// The edition.
    pub edition: EditionId,
    /// The ceremony.
    pub ceremony: u32,
    /// The value of the public source, if one was announced.
    pub public_value: Option<String>,
}

/// Checks the last entry without computing anything, so that a slip is noticed before the second person confirms.
pub async fn check_completion(context: &Context, completion: &Completion) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    let draw = load(&mut tx, context, &completion.edition, completion.ceremony).await?;
    let opened = opened(&draw)?;
    opened.check(completion.public_value.as_deref()).map_err(|error| typed(error.zh(), error.en()))
}

/// A draw that is computed and not stored yet.
#[derive(Debug)]
pub struct Prepared {
    transcript: CompleteTranscript,
    result: Result<DrawResult, DrawError>,
}

/// Completes the transcript and draws, outside any transaction: with further quotas this takes seconds. Called once the
/// second person may confirm, and never before.
pub async fn prepare(context: &Context, completion: &Completion) -> Result<Prepared, ServiceError> {
    let mut tx = context.db.read().await?;
    let draw = load(&mut tx, context, &completion.edition, completion.ceremony).await?;
    drop(tx);
    let announcement = read_announcement(&draw)?;
    let transcript = transcript(&draw, completion)?;
    let pool = Pool::from_tsv(draw.pool.as_bytes()).map_err(ServiceError::contradiction)?;
    let computing = tokio::task::spawn_blocking(move || {
        let result = conduct(&pool, &announcement, &transcript);
        Prepared { transcript, result }
    });
    computing.await.map_err(ServiceError::contradiction)
}

/// Stores what was prepared. Called with the confirmed act, in its transaction. A draw that meets its further quotas in
/// none of the announced tries is void, with its complete transcript.
pub async fn complete(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    completion: &Completion,
    prepared: &Prepared,
) -> Result<(), ServiceError> {
    let id = &completion.edition;
    let mut draw = load(tx, context, id, completion.ceremony).await?;
    let from = draw.state;
    let transcript = transcript(&draw, completion)?;
    if transcript.to_tsv() != prepared.transcript.to_tsv() {
        return Err(ServiceError::contradiction("the ceremony has changed since the draw was computed"));
    }
    let required = count(read_announcement(&draw)?.terms().min_reveals);
    let drawn = from.draw(None, count(transcript.valid_reveals()), required)?;
    draw.public_source.clone_from(&completion.public_value);
    draw.seed = Some(transcript.to_tsv().to_owned());
    match &prepared.result {
        Ok(result) => {
            draw.state = drawn;
            draw.result = Some(result.to_tsv());
        }
        Err(error @ DrawError::RetryCapReached { .. }) => {
            draw.state = from.declare_void(false)?;
            draw.voided_from = Some(from);
            draw.void_reason = Some(format!("{} {}", error.zh(), error.en()));
        }
        Err(error) => return Err(ServiceError::input("draw_impossible", error.zh(), error.en())),
    }
    let seed = Sha256Hash::of(transcript.to_tsv());
    store_step(tx, context, actor, id, from, &draw, Some(seed)).await?;
    if draw.purpose == Purpose::Rehearsal || draw.state != drawn {
        return Ok(());
    }
    let edition = editions::load(tx, &context.county, id).await?;
    let to = edition.state.draw(true)?;
    move_to(tx, context, actor, &edition, to).await
}

fn transcript(draw: &draws::Draw, completion: &Completion) -> Result<CompleteTranscript, ServiceError> {
    let completed = opened(draw)?.complete(completion.public_value.as_deref());
    completed.map_err(|refused| typed(refused.reason.zh(), refused.reason.en()))
}

/// A completed draw, computed again from its files. With further quotas that is a search of seconds, so a few are
/// remembered, under the hash of all that they follow from.
pub fn recompute(draw: &draws::Draw) -> Result<(Pool, DrawResult), ServiceError> {
    static KNOWN: Mutex<BTreeMap<Sha256Hash, (Pool, DrawResult)>> = Mutex::new(BTreeMap::new());
    let seed = draw.seed.as_deref().unwrap_or_default();
    let hashes = [&draw.pool, &draw.announce, seed].map(|text| Sha256Hash::of(text).to_string());
    let origin = Sha256Hash::of(hashes.concat());
    // Held while computing: whoever asks meanwhile waits for the same answer.
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((pool, result)) = known.get(&origin) {
        return Ok((pool.clone(), result.clone()));
    }
    let (pool, result) = compute(draw)?;
    if known.len() >= MOST_KNOWN {
        known.clear();
    }
    known.insert(origin, (pool.clone(), result.clone()));
    Ok((pool, result))
}

fn compute(draw: &draws::Draw) -> Result<(Pool, DrawResult), ServiceError> {
    let pool = Pool::from_tsv(draw.pool.as_bytes()).map_err(ServiceError::contradiction)?;
    let announcement = read_announcement(draw)?;
    let seed = draw.seed.as_deref().unwrap_or_default();
    let transcript =
        CompleteTranscript::from_tsv(seed.as_bytes(), &announcement).map_err(ServiceError::contradiction)?;
    let result = conduct(&pool, &announcement, &transcript).map_err(ServiceError::contradiction)?;
    Ok((pool, result))
}

/// The ceremony with all envelopes dealt with, and enough of them valid.
fn opened(draw: &draws::Draw) -> Result<Opened, ServiceError> {
    draw.state.may_reveal()?;
    let reveals = Progress::of(draw)?.reveals();
    let reveals = reveals.ok_or(DrawStepError::WrongState { found: draw.state })?;
    if let Some(party) = reveals.outstanding().first() {
        return Err(DrawStepError::EnvelopeOutstanding { party: count(*party) }.into());
    }
    match reveals.close().map_err(|refused| typed(refused.reason.zh(), refused.reason.en()))? {
        Outcome::Opened(opened) => Ok(*opened),
        Outcome::Void(void) => {
            let terms = read_announcement(draw)?;
            let valid = terms.terms().parties.len().saturating_sub(void.missing().len());
            let required = count(terms.terms().min_reveals);
            Err(DrawStepError::RevealsMissing { valid: count(valid), required }.into())
        }
    }
}
