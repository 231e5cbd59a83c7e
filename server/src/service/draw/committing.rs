//! The commitments: typed in by a clerk from the sheet on the envelope, or handed in by the party itself on its own
//! device, with a code that is good for one commitment (draw specification §5, steps 1 and 2).

use evaluation::draw::ceremony::Commitments;
use evaluation::hash::Sha256Hash;

use super::envelopes::sealed_envelopes;
use super::{
    CommitmentCode, Progress, commitments, count, load, read_announcement, store_step, typed, without_spaces,
};
use crate::domain::{Actor, DrawState, EditionId, LogEvent};
use crate::service::{Context, ServiceError, log};
use crate::store::{Connection, StoreError, commitment_codes, draws};

/// What a party that has a code is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The edition.
    pub edition: EditionId,
    /// The ceremony.
    pub ceremony: u32,
    /// The name of the draw.
    pub draw_id: String,
    /// The party, from 1.
    pub party: u32,
    /// The party's name.
    pub name: String,
    /// The announcement that the commitment is bound to.
    pub announce_sha256: Sha256Hash,
}

/// Records the commitment of a party (from 1). Until the list is closed it can be replaced.
pub async fn record_commitment(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    ceremony: u32,
    party: u32,
    text: &str,
) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    record(&mut tx, context, actor, (id, ceremony, party), text).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Makes a new code for a party (from 1); an earlier one is no longer good.
pub async fn issue_code(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    ceremony: u32,
    party: u32,
) -> Result<CommitmentCode, ServiceError> {
    let code = CommitmentCode::generate(&mut context.rng());
    let mut tx = context.db.write().await?;
    let draw = load(&mut tx, context, id, ceremony).await?;
    draw.state.may_commit()?;
    party_name(&draw, party)?;
    commitment_codes::replace(&mut tx, &context.county, id, (ceremony, party), &code.hash()).await?;
    let event = LogEvent::CommitmentCodeIssued { edition: id.clone(), ceremony, party };
    log::append(&mut tx, &context.county, context.now(), actor, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(code)
}

/// Whom a code belongs to.
pub async fn find_invitation(context: &Context, code: &CommitmentCode) -> Result<Invitation, ServiceError> {
    let mut tx = context.db.read().await?;
    invitation(&mut tx, context, code).await
}

/// Takes a commitment from the party itself. The code is used up.
pub async fn commit_with_code(
    context: &Context,
    code: &CommitmentCode,
    text: &str,
) -> Result<Invitation, ServiceError> {
    let mut tx = context.db.write().await?;
    let invitation = invitation(&mut tx, context, code).await?;
    let Invitation { edition, ceremony, party, .. } = &invitation;
    record(&mut tx, context, &Actor::System, (edition, *ceremony, *party), text).await?;
    commitment_codes::delete(&mut tx, &context.county, edition, (*ceremony, *party)).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(invitation)
}

/// Closes the list of commitments; answers the hash that is read aloud.
pub async fn close_commitments(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    ceremony: u32,
) -> Result<Sha256Hash, ServiceError> {
    let mut tx = context.db.write().await?;
    let mut draw = load(&mut tx, context, id, ceremony).await?;
    let from = draw.state;
    let announcement = read_announcement(&draw)?;
    let (received, parties) = (commitments(&draw)?, announcement.terms().parties.len());
    draw.state = from.commit(count(received.iter().flatten().count()), count(parties))?;
    let closed = Progress::of(&draw)?.closed();
    let closed =
        closed.ok_or_else(|| ServiceError::contradiction("the list of commitments does not close"))?;
    draw.envelopes = Some(sealed_envelopes(parties)?);
    if announcement.terms().dice_digits == 0 {
        draw.dice = Some(String::new());
        draw.state = draw.state.throw()?;
    }
    store_step(&mut tx, context, actor, id, from, &draw, None).await?;
    commitment_codes::delete_all(&mut tx, &context.county, id, ceremony).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(closed.hash())
}

async fn invitation(
    tx: &mut Connection,
    context: &Context,
    code: &CommitmentCode,
) -> Result<Invitation, ServiceError> {
    let unknown = || {
        typed(
            "没有这个代码，或者已经用过、已被新代码取代、承诺名单已经封闭。请核对后重新输入，或向工作人员要新的代码。",
            "There is no such code, or it was used, replaced by a new one, or the list of commitments is closed. Check it and type it again, or ask the staff for a new code.",
        )
    };
    let found = commitment_codes::find(tx, &context.county, &code.hash()).await?.ok_or_else(unknown)?;
    let commitment_codes::Code { edition, ceremony, party } = found;
    let draw = load(tx, context, &edition, ceremony).await?;
    if draw.state != DrawState::Announced {
        return Err(unknown());
    }
    let name = party_name(&draw, party)?;
    let announce_sha256 = read_announcement(&draw)?.hash();
    Ok(Invitation { edition, ceremony, draw_id: draw.draw_id, party, name, announce_sha256 })
}

async fn record(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    (id, ceremony, party): (&EditionId, u32, u32),
    text: &str,
) -> Result<(), ServiceError> {
    let mut draw = load(tx, context, id, ceremony).await?;
    draw.state.may_commit()?;
    party_name(&draw, party)?;
    let commitment = read_hash(party, text)?;
    let mut known = commitments(&draw)?;
    let mut open = Commitments::open(&read_announcement(&draw)?);
    for (other, known) in (1_u32..).zip(&known) {
        if let Some(known) = known.filter(|_| other != party) {
            open.record(index(other), known).map_err(ServiceError::contradiction)?;
        }
    }
    open.record(index(party), commitment).map_err(|error| typed(error.zh(), error.en()))?;
    if let Some(slot) = known.get_mut(index(party).saturating_sub(1)) {
        *slot = Some(commitment);
    }
    draw.commitments = Some(serde_json::to_string(&known).map_err(ServiceError::contradiction)?);
    draws::update(tx, &context.county, id, draw.state, &draw).await?;
    let event = LogEvent::CommitmentRecorded { edition: id.clone(), ceremony, party, commitment };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok(())
}

fn read_hash(party: u32, text: &str) -> Result<Sha256Hash, ServiceError> {
    without_spaces(text).to_ascii_lowercase().parse().map_err(|_| {
        typed(
            format!("第{party}方的承诺值应为64位十六进制数（0–9、a–f）。请对照信封上的数字重新录入。"),
            format!("The commitment of party {party} must be 64 hexadecimal digits (0–9, a–f). Compare it with the envelope and type it again."),
        )
    })
}

fn party_name(draw: &draws::Draw, party: u32) -> Result<String, ServiceError> {
    let announcement = read_announcement(draw)?;
    let name = announcement.terms().parties.get(index(party).wrapping_sub(1)).cloned();
    name.ok_or(ServiceError::NotFound("party"))
}

fn index(party: u32) -> usize {
    usize::try_from(party).unwrap_or(usize::MAX)
}
