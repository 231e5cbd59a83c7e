//! Invitations: the code with which a person chooses an own password, so that nobody else ever knows it.

use std::fmt;

use evaluation::hash::Sha256Hash;
use jiff::{SignedDuration, Timestamp};
use rand::{CryptoRng, RngExt};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{AccountError, write_log};
use crate::domain::{AccountId, AccountStatus, Actor, LogEvent};
use crate::service::{Context, session};
use crate::store::accounts::{self, Account};
use crate::store::{Connection, StoreError, invitations, sessions};

/// An invitation is good for this long.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Digits and letters that nobody mistakes for each other: no 0, 1, i, l, o.
const ALPHABET: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// Twelve characters are 59 bits; guessing is slowed down as for passwords.
const LENGTH: usize = 12;

/// A code that is good for choosing one password; shown once, only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationCode(Zeroizing<String>);

impl InvitationCode {
    fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let pick = |rng: &mut _| -> Option<char> {
            let index = RngExt::random_range(rng, 0..ALPHABET.len());
            ALPHABET.get(index).copied().map(char::from)
        };
        Self(Zeroizing::new((0..LENGTH).filter_map(|_| pick(&mut *rng)).collect()))
    }

    /// What somebody typed: white space, hyphens and case do not matter. Whether there is such a code, its hash tells.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        Self(Zeroizing::new(kept.collect::<String>().to_lowercase()))
    }

    /// The code in groups of four, to be handed to the person.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let groups: Vec<_> =
            self.0.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok()).collect();
        Zeroizing::new(groups.join("-"))
    }

    fn hash(&self) -> Sha256Hash {
        Sha256Hash::of(self.0.as_bytes())
    }
}

/// Never printed by accident.
impl fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationCode(…)")
    }
}

/// An account whose person is to choose a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// The account.
    pub account: Account,
    /// The code, to be handed to the person.
    pub code: InvitationCode,
    /// From then on it is good for nothing.
    pub lapses_at: Timestamp,
}

/// Invites somebody, in the transaction of the act that two people agreed on. The password that the account has, if any,
/// and its sessions end at once.
pub(super) async fn invite(
    tx: &mut Connection,
    context: &Context,
    account: Account,
) -> Result<Invited, AccountError> {
    let county = &context.county;
    let code = InvitationCode::generate(&mut context.rng());
    let lapses_at = context.now().saturating_add(LIFETIME).unwrap_or(Timestamp::MAX);
    accounts::set_password_hash(tx, county, &account.id, accounts::NO_PASSWORD).await?;
    sessions::delete_of_account(tx, county, &account.id).await?;
    let invitation = invitations::Invitation { code_hash: code.hash(), lapses_at };
    invitations::replace(tx, county, &account.id, invitation).await?;
    Ok(Invited { account, code, lapses_at })
}

/// Takes the password that a person chooses with an invitation. A wrong name and a wrong code get the same answer, and
/// guessing is slowed down as for passwords. The invitation is good once.
pub async fn accept(
    context: &Context,
    name: &str,
    code: &InvitationCode,
    password: &SecretString,
) -> Result<Account, AccountError> {
    let password_hash = context.passwords.hash(password, &mut context.rng()).await?;
    let attempt = session::begin_invited(context, name).await?;
    let (county, now) = (&context.county, context.now());
    let mut tx = context.db.write().await?;
    let Some(account) = attempt.account.filter(|account| account.status == AccountStatus::Enabled) else {
        return Err(AccountError::Invitation);
    };
    let invitation = invitations::find(&mut tx, county, &account.id).await?;
    let invitation = invitation.filter(|invitation| invitation.code_hash == code.hash());
    let invitation = invitation.ok_or(AccountError::Invitation)?;
    if now >= invitation.lapses_at {
        return Err(AccountError::InvitationLapsed);
    }
    accounts::set_password_hash(&mut tx, county, &account.id, &password_hash).await?;
    invitations::delete(&mut tx, county, &account.id, &invitation.code_hash).await?;
    session::forget_failures(&mut tx, context, &attempt.name_hash).await?;
    let event = LogEvent::InvitationAccepted { account: account.id.clone() };
    write_log(&mut tx, context, Actor::Account(account.id.clone()), &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(account)
}

/// Whether this account waits for its person to choose a password.
pub async fn is_waiting(context: &Context, account: &AccountId) -> Result<bool, StoreError> {
    let mut tx = context.db.read().await?;
    Ok(invitations::find(&mut tx, &context.county, account).await?.is_some())
}
