//! Cards declared void at the scrutineers' terminal, each with its own code. The secret is gone as soon as the card has signed.

use belenios::{
    credential::{Credential, CredentialError},
    group::{GroupName, UnknownGroup},
    text::Uuid,
    with_group,
};
use evaluation::wire::{TrusteeAssignment, VoidCard, VoidKind, problem};
use rand::CryptoRng;

use crate::uplink::{Uplink, UplinkError};

/// Why a card was not declared void.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VoidError {
    /// It is void already, for another reason.
    #[error("the card has been declared void before")]
    Already,
    /// The poll uses a group this release does not know.
    #[error("no card of this poll can be declared void here")]
    Group(#[source] UnknownGroup),
    /// The code was mistyped.
    #[error("the code was not typed correctly")]
    Mistyped(#[source] CredentialError),
    /// The server cannot be asked.
    #[error("the server cannot be reached")]
    NoContact(#[source] UplinkError),
    /// The server says why not.
    #[error("the server did not take it")]
    Refused(#[source] UplinkError),
    /// A ballot is stored for it.
    #[error("the card has voted")]
    Spent,
    /// No card of this poll has this code.
    #[error("no card of this poll has this code")]
    Unknown,
}

/// What the card with this code says of itself.
///
/// # Errors
/// [`VoidError::Mistyped`], [`VoidError::Group`]
pub fn sign(
    assignment: &TrusteeAssignment,
    kind: VoidKind,
    code: &str,
    rng: &mut impl CryptoRng,
) -> Result<VoidCard, VoidError> {
    let group: GroupName = assignment.group.parse().map_err(VoidError::Group)?;
    let card = Credential::parse_card_code(code).map_err(VoidError::Mistyped)?;
    Ok(with_group!(group, G => {
        let poll: &Uuid = &assignment.poll;
        VoidCard::sign(poll, kind, &card.derive::<G>(poll), rng)
    }))
}

/// Sends it to the server.
///
/// # Errors
/// [`VoidError`]
pub async fn send(uplink: &Uplink, void: &VoidCard) -> Result<(), VoidError> {
    uplink.send_void(void).await.map_err(|error| match error.problem_code() {
        Some(problem::CARD_VOID) => VoidError::Already,
        Some(problem::CARD_SPENT) => VoidError::Spent,
        Some(problem::CREDENTIAL_UNKNOWN) => VoidError::Unknown,
        _ if error.is_refusal() => VoidError::Refused(error),
        _ => VoidError::NoContact(error),
    })
}
