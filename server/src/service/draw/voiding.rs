//! Breaking a ceremony off. An act of two people: whoever could void a draw alone could choose among its outcomes.

use serde::{Deserialize, Serialize};

use super::{Envelope, envelopes, load, read_announcement, store_step, typed};
use crate::domain::{Actor, EditionId, Purpose};
use crate::service::{Context, ServiceError};
use crate::store::{Connection, draws};

/// The payload of the act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voiding {
    /// The edition.
    pub edition: EditionId,
    /// The ceremony.
    pub ceremony: u32,
    /// Why; it stays published.
    pub reason: String,
}

/// Checks that the ceremony can be broken off, and that a reason is given.
pub async fn check_voiding(context: &Context, voiding: &Voiding) -> Result<(), ServiceError> {
    check_reason(voiding)?;
    let mut tx = context.db.read().await?;
    let draw = load(&mut tx, context, &voiding.edition, voiding.ceremony).await?;
    draw.state.declare_void(may_succeed(&draw)?)?;
    Ok(())
}

/// Breaks the ceremony off. It stays published with its reason and its transcript as far as it came. Called with the
/// confirmed act, in its transaction.
pub async fn declare_void(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    voiding: &Voiding,
) -> Result<(), ServiceError> {
    check_reason(voiding)?;
    let mut draw = load(tx, context, &voiding.edition, voiding.ceremony).await?;
    let from = draw.state;
    draw.state = from.declare_void(may_succeed(&draw)?)?;
    draw.voided_from = Some(from);
    draw.void_reason = Some(voiding.reason.trim().to_owned());
    store_step(tx, context, actor, &voiding.edition, from, &draw, None).await
}

/// Whether enough envelopes open their commitments, or still can. A rehearsal may be broken off at any time: it chooses
/// nobody.
fn may_succeed(draw: &draws::Draw) -> Result<bool, ServiceError> {
    let announcement = read_announcement(draw)?;
    let missing = envelopes(draw, &announcement)?.iter().filter(|one| **one == Envelope::Missing).count();
    let possible = announcement.terms().parties.len().saturating_sub(missing);
    Ok(draw.purpose == Purpose::Real && possible >= announcement.terms().min_reveals)
}

fn check_reason(voiding: &Voiding) -> Result<(), ServiceError> {
    if voiding.reason.trim().is_empty() {
        return Err(typed("请写明作废原因。", "Give the reason why the draw is void."));
    }
    Ok(())
}
