//! Terminals in the hall: each has a role and a secret token, shown once when two people have enrolled it.

use std::fmt;
use std::str::FromStr;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use evaluation::hash::Sha256Hash;
use rand::Rng as _;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Context, ServiceError, log};
use crate::domain::{Actor, LogEvent, TerminalId, TerminalRole, TerminalStatus};
use crate::store::terminals::{self, Terminal};
use crate::store::{Connection, StoreError};

/// What a terminal proves itself with, 256 bits. Only its SHA-256 is stored.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct TerminalToken([u8; 32]);

/// A text is not a terminal's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a terminal token")]
pub struct TerminalTokenError;

/// A device to let in. The payload of the two-person act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// What it is for.
    pub role: TerminalRole,
    /// What stands on its label.
    pub name: String,
    /// Which trustee sits at it, from 1; for trustees' terminals only.
    pub trustee_position: Option<u32>,
}

impl TerminalToken {
    /// The text for the terminal's configuration: 43 characters of base64url.
    #[must_use]
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl FromStr for TerminalToken {
    type Err = TerminalTokenError;

    fn from_str(text: &str) -> Result<Self, TerminalTokenError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TerminalTokenError)?;
        Ok(Self(bytes.try_into().map_err(|_| TerminalTokenError)?))
    }
}

impl fmt::Debug for TerminalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TerminalToken(…)")
    }
}

impl Enrolment {
    /// Refuses a device without a label, or a trustee's terminal without its trustee.
    pub fn check(&self) -> Result<(), ServiceError> {
        let fits = (self.role == TerminalRole::Trustee)
            == self.trustee_position.is_some_and(|position| position > 0);
        if self.name.trim().is_empty() || !fits {
            return Err(ServiceError::input(
                "terminal",
                "请填写终端名称；监票终端还要选定监票人。",
                "Enter a name for the terminal; a trustee's terminal also needs its trustee.",
            ));
        }
        Ok(())
    }
}

/// Lets a device in. Called with the confirmed act, in its transaction. The token is shown once and never again.
pub async fn enrol(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    enrolment: &Enrolment,
) -> Result<(Terminal, TerminalToken), ServiceError> {
    enrolment.check()?;
    let mut token = TerminalToken([0; 32]);
    context.rng().fill_bytes(&mut token.0);
    let terminal = Terminal {
        id: TerminalId::generate(&mut context.rng()),
        role: enrolment.role,
        name: enrolment.name.trim().to_owned(),
        status: TerminalStatus::Enrolled,
        trustee_position: enrolment.trustee_position,
        enrolled_at: context.now(),
    };
    terminals::insert(tx, &context.county, &terminal, &Sha256Hash::of(token.0)).await?;
    let event = LogEvent::TerminalEnrolled {
        terminal: terminal.id.clone(),
        role: terminal.role,
        name: terminal.name.clone(),
    };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok((terminal, token))
}

/// The enrolled device with this token. Found by hash, so that the time taken tells nothing about the token.
pub async fn find(context: &Context, token: &TerminalToken) -> Result<Option<Terminal>, StoreError> {
    let mut tx = context.db.read().await?;
    terminals::find_by_token(&mut tx, &context.county, &Sha256Hash::of(token.0)).await
}

/// All devices.
pub async fn list(context: &Context) -> Result<Vec<Terminal>, StoreError> {
    let mut tx = context.db.read().await?;
    terminals::list(&mut tx, &context.county).await
}

/// Shuts a device out for ever.
pub async fn revoke(context: &Context, actor: &Actor, id: &TerminalId) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    terminals::revoke(&mut tx, &context.county, id).await.map_err(|error| match error {
        StoreError::RowsAffected { .. } => ServiceError::NotFound("terminal"),
        error => error.into(),
    })?;
    let event = LogEvent::TerminalRevoked { terminal: id.clone() };
    log::append(&mut tx, &context.county, context.now(), actor, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}
