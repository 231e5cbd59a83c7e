//! Signing in: an enrolled device answers a challenge with its key and gets a token.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use evaluation::hash::Sha256Hash;
use evaluation::wire::{SignIn, TerminalKey, TerminalNonce, problem, sign_in_text};
use rand::Rng as _;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::memory::IssuedChallenge;
use crate::domain::TerminalStatus;
use crate::service::{Context, ServiceError};
use crate::store::terminals::{self, Terminal};
use crate::store::{Connection, StoreError};

/// A device asks once and answers at once; a few more are for one that was started anew.
const MOST_CHALLENGES: usize = 8;

/// What a device shows with every request after it has signed in, 256 bits. Only its SHA-256 is stored.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct TerminalToken([u8; 32]);

/// A text is not a terminal's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a terminal token")]
pub struct TerminalTokenError;

impl TerminalToken {
    /// The text for the device: 43 characters of base64url.
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

/// A challenge for the enrolled device with this key; nobody else gets one.
pub async fn challenge(
    context: &Context,
    public_key: &TerminalKey,
) -> Result<Option<TerminalNonce>, StoreError> {
    let mut tx = context.db.read().await?;
    let found = find_enrolled(&mut tx, context, public_key).await?;
    drop(tx);
    if found.is_none() {
        return Ok(None);
    }
    let mut random = [0; 32];
    context.rng().fill_bytes(&mut random);
    let issued =
        IssuedChallenge { nonce: TerminalNonce::new(random), public_key: *public_key, at: context.now() };
    let nonce = issued.nonce;
    let mut rows = context.terminals.rows();
    rows.forget_lapsed(context.now());
    let of_this_device = |challenge: &IssuedChallenge| challenge.public_key == *public_key;
    if rows.challenges.iter().filter(|challenge| of_this_device(challenge)).count() >= MOST_CHALLENGES
        && let Some(oldest) = rows.challenges.iter().position(of_this_device)
    {
        rows.challenges.remove(oldest);
    }
    rows.challenges.push(issued);
    Ok(Some(nonce))
}

/// Signs a device in. `certificate` is the SHA-256 of the certificate shown where it asks. A challenge is good once.
pub async fn sign_in(
    context: &Context,
    certificate: Option<Sha256Hash>,
    sent: &SignIn,
) -> Result<TerminalToken, ServiceError> {
    let text = sign_in_text(&sent.public_key, &sent.nonce, certificate);
    if !take_challenge(context, sent) || sent.public_key.verify(&text, &sent.signature).is_err() {
        return Err(refused());
    }
    let mut token = TerminalToken([0; 32]);
    context.rng().fill_bytes(&mut token.0);
    let mut tx = context.db.write().await?;
    // It may have been revoked since it asked for the challenge.
    let terminal = find_enrolled(&mut tx, context, &sent.public_key).await?.ok_or_else(refused)?;
    terminals::set_token(&mut tx, &context.county, &terminal.id, &Sha256Hash::of(token.0)).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(token)
}

/// The enrolled device with this token. Found by hash, so that the time taken tells nothing about the token.
pub async fn find(context: &Context, token: &TerminalToken) -> Result<Option<Terminal>, StoreError> {
    let mut tx = context.db.read().await?;
    terminals::find_by_token(&mut tx, &context.county, &Sha256Hash::of(token.0)).await
}

async fn find_enrolled(
    tx: &mut Connection,
    context: &Context,
    key: &TerminalKey,
) -> Result<Option<Terminal>, StoreError> {
    let found = terminals::find_by_key(tx, &context.county, key).await?;
    Ok(found.filter(|terminal| terminal.status == TerminalStatus::Enrolled))
}

fn take_challenge(context: &Context, sent: &SignIn) -> bool {
    let mut rows = context.terminals.rows();
    rows.forget_lapsed(context.now());
    let place = rows
        .challenges
        .iter()
        .position(|challenge| challenge.nonce == sent.nonce && challenge.public_key == sent.public_key);
    place.map(|place| rows.challenges.remove(place)).is_some()
}

fn refused() -> ServiceError {
    ServiceError::input(
        problem::SIGN_IN_REFUSED,
        "服务器不认可本终端的签名：应答已过期，或者连接中途被人接管。终端会再试；仍不行请联系场务。",
        "The server does not accept this terminal's signature: the answer came too late, or somebody sits in the connection. The terminal tries again; if it goes on, call the steward.",
    )
}
