//! Terminals in the hall: how one becomes known, signs in, reports how it is, and is shut out.
//!
//! A terminal makes its own key and never gives it away. It is let in by two people who compare a code on its screen with
//! the same code in the console ([`evaluation::wire::EnrolmentCode`]); afterwards it proves itself with its key. What is
//! passing (requests, challenges, reports) is kept in [`TerminalMemory`] and written down nowhere.

mod enrolment;
mod memory;
mod session;
mod status;
#[cfg(test)]
mod tests;

pub use enrolment::{
    Arrival, Enrolment, Request, ask, check, discard, enrol, find_request, forget, list_requests, reveal,
    state,
};
pub use memory::TerminalMemory;
pub use session::{TerminalToken, TerminalTokenError, challenge, find, sign_in};
pub use status::{TerminalView, list_views, report};

use super::{Context, ServiceError, log};
use crate::domain::{Actor, LogEvent, TerminalId};
use crate::store::terminals::{self, Terminal};
use crate::store::{Connection, StoreError};

/// All devices.
pub async fn list(context: &Context) -> Result<Vec<Terminal>, StoreError> {
    let mut tx = context.db.read().await?;
    terminals::list(&mut tx, &context.county).await
}

/// Shuts a device out for ever.
pub async fn revoke(context: &Context, actor: &Actor, id: &TerminalId) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    revoke_in(&mut tx, context, actor, id).await?;
    tx.commit().await.map_err(StoreError::from)?;
    context.terminals.rows().heard.remove(id);
    Ok(())
}

async fn revoke_in(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    id: &TerminalId,
) -> Result<(), ServiceError> {
    terminals::revoke(tx, &context.county, id).await.map_err(|error| match error {
        StoreError::RowsAffected { .. } => ServiceError::NotFound("terminal"),
        error => error.into(),
    })?;
    let event = LogEvent::TerminalRevoked { terminal: id.clone() };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok(())
}
