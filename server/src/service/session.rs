//! Signing in and out.
//!
//! A session is a random 256-bit token in the browser and its SHA-256 in the database, so that a stolen database
//! opens no session.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use evaluation::hash::Sha256Hash;
use jiff::{SignedDuration, Timestamp};
use rand::CryptoRng;
use secrecy::SecretString;

use super::{Context, log, password::PasswordError};
use crate::{
    domain::{AccountId, AccountStatus, Actor, InTwoLanguages, LogEvent},
    store::{
        Connection, StoreError,
        accounts::{self, Account},
        sessions::{self, Session},
        sign_in_failures::{self, Failures},
    },
};

/// A session that is not used for this long has ended.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);

/// Use is written down at most this often, so that reading pages does not write.
const TOUCH_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// Wrong passwords that nobody has to wait for.
const FREE_FAILURES: u32 = 5;
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(15);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(5);
const FORGET_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// What the browser holds. Its `Debug` text hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; 32]);

/// A cookie holds no session token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a session token")]
pub struct TokenError;

impl SessionToken {
    fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut token = [0; 32];
        rng.fill_bytes(&mut token);
        Self(token)
    }

    /// The text for the cookie: 43 characters of base64url.
    #[must_use]
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    fn hash(&self) -> Sha256Hash {
        Sha256Hash::of(self.0)
    }
}

impl FromStr for SessionToken {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError)?;
        Ok(Self(bytes.try_into().map_err(|_| TokenError)?))
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// Why somebody was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Wrong name or password, or a disabled account: which one is not told.
    #[error("Name or password is wrong. Try again; after several failures you will have to wait.")]
    Refused,
    /// Too many failures.
    #[error("Too many wrong passwords for this name. Wait {} seconds, then try again.", .wait.as_secs())]
    SlowedDown {
        /// How long to wait.
        wait: SignedDuration,
    },
    /// The password could not be compared.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl InTwoLanguages for SignInError {
    fn zh(&self) -> String {
        match self {
            Self::Refused => "登录名或密码错误，请重试。多次错误后须等待。".to_owned(),
            Self::SlowedDown { wait } => {
                format!("该登录名密码错误次数过多，请等待{}秒后再试。", wait.as_secs())
            }
            Self::Password(error) => error.zh(),
            Self::Store(_) => "数据库出错，未能登录，请重试。".to_owned(),
        }
    }
}

/// Signs in. Wrong name, wrong password and disabled account get the same answer after the same time.
pub async fn sign_in(
    context: &Context,
    name: &str,
    password: &SecretString,
) -> Result<(SessionToken, Account), SignInError> {
    let (account, name_hash) = check_password(context, name, password).await?;
    let token = begin_session(context, &account.id, &name_hash).await?;
    Ok((token, account))
}

/// Recognises a second person who types name and password at somebody else's screen. No session begins. Guessing is
/// slowed down as for [`sign_in`].
pub async fn recognise(
    context: &Context,
    name: &str,
    password: &SecretString,
) -> Result<Account, SignInError> {
    let (account, name_hash) = check_password(context, name, password).await?;
    let mut tx = context.db.write().await?;
    forget_failures(&mut tx, context, &name_hash).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(account)
}

/// An attempt to use an invitation, already counted as failed.
pub(super) struct InvitedAttempt {
    /// The account of that name, if there is one.
    pub(super) account: Option<Account>,
    /// What the failures are counted under.
    pub(super) name_hash: Sha256Hash,
}

/// Counts an attempt to use an invitation, apart from attempts to sign in with the same name.
pub(super) async fn begin_invited(context: &Context, name: &str) -> Result<InvitedAttempt, SignInError> {
    let name_hash = Sha256Hash::of(format!("invitation\n{name}"));
    let found = begin_attempt(context, name, &name_hash).await?;
    Ok(InvitedAttempt { account: found.map(|(account, _)| account), name_hash })
}

/// What was right forgets what was wrong before.
pub(super) async fn forget_failures(
    tx: &mut Connection,
    context: &Context,
    name_hash: &Sha256Hash,
) -> Result<(), StoreError> {
    sign_in_failures::clear(tx, &context.county, name_hash).await
}

/// The account that a session belongs to, if it has not ended. Counts as use.
pub async fn find_account(context: &Context, token: &SessionToken) -> Result<Option<Account>, StoreError> {
    let (now, hash) = (context.now(), token.hash());
    let mut tx = context.db.read().await?;
    let Some(session) = sessions::find(&mut tx, &context.county, &hash).await? else { return Ok(None) };
    let idle = now.duration_since(session.last_seen_at);
    if idle >= IDLE {
        return Ok(None);
    }
    let account = accounts::load(&mut tx, &context.county, &session.account).await?;
    drop(tx);
    if account.status == AccountStatus::Disabled {
        return Ok(None);
    }
    if idle >= TOUCH_AFTER {
        let mut tx = context.db.write().await?;
        match sessions::touch(&mut tx, &context.county, &hash, now).await {
            // Signed out meanwhile.
            Err(StoreError::RowsAffected { .. }) => return Ok(None),
            result => result?,
        }
        tx.commit().await?;
    }
    Ok(Some(account))
}

/// Signs out. Doing it twice is no error.
pub async fn sign_out(context: &Context, token: &SessionToken) -> Result<(), StoreError> {
    let mut tx = context.db.write().await?;
    let hash = token.hash();
    if let Some(session) = sessions::find(&mut tx, &context.county, &hash).await? {
        sessions::delete(&mut tx, &context.county, &hash).await?;
        let event = LogEvent::SignedOut { account: session.account.clone() };
        log::append(&mut tx, &context.county, context.now(), &Actor::Account(session.account), &event)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Ends all sessions of an account, and answers how many there were.
pub async fn end_all(context: &Context, account: &AccountId) -> Result<u64, StoreError> {
    let mut tx = context.db.write().await?;
    let ended = sessions::delete_of_account(&mut tx, &context.county, account).await?;
    tx.commit().await?;
    Ok(ended)
}

async fn check_password(
    context: &Context,
    name: &str,
    password: &SecretString,
) -> Result<(Account, Sha256Hash), SignInError> {
    let name_hash = Sha256Hash::of(name);
    let found = begin_attempt(context, name, &name_hash).await?;
    let (account, password_hash) = found.unzip();
    let password_hash = password_hash.filter(|hash| hash != accounts::NO_PASSWORD);
    if !context.passwords.matches(password, password_hash).await? {
        return Err(SignInError::Refused);
    }
    let account = account.filter(|account| account.status == AccountStatus::Enabled);
    let account = account.ok_or(SignInError::Refused)?;
    Ok((account, name_hash))
}

/// Counts the attempt as failed before the password is looked at, so that a thousand attempts at once are slowed
/// down like a thousand in a row; a right password forgets the count.
async fn begin_attempt(
    context: &Context,
    name: &str,
    name_hash: &Sha256Hash,
) -> Result<Option<(Account, String)>, SignInError> {
    let (county, now) = (&context.county, context.now());
    let mut tx = context.db.write().await?;
    let failures = sign_in_failures::find(&mut tx, county, name_hash).await?;
    if let Some(wait) = failures.and_then(|failures| remaining_wait(failures, now)) {
        return Err(SignInError::SlowedDown { wait });
    }
    let found = accounts::find_by_name(&mut tx, county, name).await?;
    sign_in_failures::forget_before(&mut tx, county, before(now, FORGET_AFTER)).await?;
    sign_in_failures::record(&mut tx, county, name_hash, now).await?;
    let failures = failures.map_or(0, |failures| failures.count);
    // Only for real accounts, and without what was typed: people type passwords into the wrong field.
    if failures >= FREE_FAILURES
        && let Some((account, _)) = &found
    {
        let event = LogEvent::SignInSlowedDown { account: account.id.clone(), failures };
        log::append(&mut tx, county, now, &Actor::System, &event).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(found)
}

async fn begin_session(
    context: &Context,
    account: &AccountId,
    name_hash: &Sha256Hash,
) -> Result<SessionToken, StoreError> {
    let (county, now) = (&context.county, context.now());
    let token = SessionToken::generate(&mut context.rng());
    let session = Session { account: account.clone(), created_at: now, last_seen_at: now };
    let mut tx = context.db.write().await?;
    sign_in_failures::clear(&mut tx, county, name_hash).await?;
    sessions::delete_idle(&mut tx, county, before(now, IDLE)).await?;
    sessions::insert(&mut tx, county, &token.hash(), &session).await?;
    write_signed_in(&mut tx, context, account).await?;
    tx.commit().await?;
    Ok(token)
}

async fn write_signed_in(
    tx: &mut Connection,
    context: &Context,
    account: &AccountId,
) -> Result<(), StoreError> {
    let event = LogEvent::SignedIn { account: account.clone() };
    log::append(tx, &context.county, context.now(), &Actor::Account(account.clone()), &event).await?;
    Ok(())
}

/// How long one must still wait: nothing for the first failures, then 15 seconds, doubled each time, at most 5
/// minutes.
fn remaining_wait(failures: Failures, now: Timestamp) -> Option<SignedDuration> {
    let doublings = failures.count.checked_sub(FREE_FAILURES)?;
    let factor = 2_i32.checked_pow(doublings).unwrap_or(i32::MAX);
    let wait = FIRST_WAIT.checked_mul(factor).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
    // A clock that was set back must not lock people out for longer.
    let passed = now.duration_since(failures.last_failed_at).max(SignedDuration::ZERO);
    let remaining = wait.saturating_sub(passed);
    remaining.is_positive().then_some(remaining)
}

fn before(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        both_databases,
        clock::ManualClock,
        domain::Role,
        service::log::verify,
        store::{Db, log_entries},
        testing::{clock, context, insert_account},
    };

    const RIGHT: &str = "password of chair";
    const WRONG: &str = "password of nobody";

    async fn with_chair(db: Db) -> (Context, ManualClock, Account) {
        let clock = clock();
        let context = context(db, &clock);
        let account = insert_account(&context, Role::Chair).await;
        (context, clock, account)
    }

    async fn attempt(context: &Context, name: &str, password: &str) -> Result<SessionToken, SignInError> {
        sign_in(context, name, &password.into()).await.map(|(token, _)| token)
    }

    both_databases! {
        async fn a_session_ends_after_thirty_idle_minutes_and_not_before(db: Db) {
            let (context, clock, account) = with_chair(db).await;
            let token = attempt(&context, "chair", RIGHT).await.unwrap();
            for _ in 0..3 {
                clock.advance(SignedDuration::from_mins(29));
                assert_eq!(find_account(&context, &token).await.unwrap(), Some(account.clone()));
            }
            clock.advance(SignedDuration::from_mins(30));
            assert_eq!(find_account(&context, &token).await.unwrap(), None);
        }

        async fn signing_out_ends_the_session_at_once(db: Db) {
            let (context, _, account) = with_chair(db).await;
            let token = attempt(&context, "chair", RIGHT).await.unwrap();
            let other = attempt(&context, "chair", RIGHT).await.unwrap();
            sign_out(&context, &token).await.unwrap();
            sign_out(&context, &token).await.unwrap();
            assert_eq!(find_account(&context, &token).await.unwrap(), None);
            assert_eq!(find_account(&context, &other).await.unwrap(), Some(account.clone()));
            assert_eq!(end_all(&context, &account.id).await.unwrap(), 1);
            assert_eq!(find_account(&context, &other).await.unwrap(), None);
        }

        async fn the_database_holds_no_token(db: Db) {
            let (context, ..) = with_chair(db).await;
            let token = attempt(&context, "chair", RIGHT).await.unwrap();
            let mut tx = context.db.read().await.unwrap();
            let stored = sessions::find(&mut tx, &context.county, &Sha256Hash::from_bytes(token.0)).await.unwrap();
            assert_eq!(stored, None);
            assert!(sessions::find(&mut tx, &context.county, &token.hash()).await.unwrap().is_some());
        }

        async fn unknown_names_and_wrong_passwords_get_the_same_answers(db: Db) {
            let (context, clock, _) = with_chair(db).await;
            for _ in 0..5 {
                for name in ["chair", "nobody"] {
                    let refused = attempt(&context, name, WRONG).await;
                    assert!(matches!(refused, Err(SignInError::Refused)));
                }
            }
            for name in ["chair", "nobody"] {
                let slowed = attempt(&context, name, RIGHT).await;
                let Err(SignInError::SlowedDown { wait }) = slowed else { panic!("{slowed:?}") };
                assert_eq!(wait, SignedDuration::from_secs(15));
            }
            clock.advance(SignedDuration::from_secs(15));
            attempt(&context, "chair", RIGHT).await.unwrap();
            // A right password forgets the failures.
            assert!(matches!(attempt(&context, "chair", WRONG).await, Err(SignInError::Refused)));
            attempt(&context, "chair", RIGHT).await.unwrap();
        }

        async fn guessing_all_at_once_is_slowed_down_too(db: Db) {
            let (context, ..) = with_chair(db).await;
            let attempts: Vec<_> = (0..20)
                .map(|_| {
                    let context = context.clone();
                    tokio::spawn(async move { attempt(&context, "chair", WRONG).await })
                })
                .collect();
            let mut looked_at = 0;
            for attempt in attempts {
                if matches!(attempt.await.unwrap(), Err(SignInError::Refused)) {
                    looked_at += 1;
                }
            }
            assert_eq!(looked_at, 5);
        }

        async fn the_log_names_the_account_and_nothing_that_was_typed(db: Db) {
            let (context, clock, account) = with_chair(db).await;
            for _ in 0..8 {
                let _ = attempt(&context, "chair", WRONG).await;
                let _ = attempt(&context, WRONG, "").await;
                clock.advance(SignedDuration::from_mins(5));
            }
            let token = attempt(&context, "chair", RIGHT).await.unwrap();
            sign_out(&context, &token).await.unwrap();
            let mut tx = context.db.read().await.unwrap();
            let entries = log_entries::list(&mut tx, &context.county, 1, 100).await.unwrap();
            assert!(entries.iter().all(|entry| entry.event.contains(account.id.as_str())));
            assert!(entries.iter().all(|entry| !entry.event.contains(WRONG)));
            assert_eq!(entries.len(), 6);
            assert_eq!(verify(&context.db, &context.county).await.unwrap().findings, []);
        }
    }

    #[test]
    fn waiting_doubles_up_to_five_minutes() {
        let now = ManualClock::new("2020-12-11T01:00:00Z".parse().unwrap());
        let now = crate::clock::Clock::now(&now);
        let wait =
            |count| remaining_wait(Failures { count, last_failed_at: now }, now).map(|wait| wait.as_secs());
        assert_eq!(
            [4, 5, 6, 7, 9, 10, u32::MAX].map(wait),
            [None, Some(15), Some(30), Some(60), Some(240), Some(300), Some(300)]
        );
    }

    #[test]
    fn a_token_is_read_back_and_never_printed() {
        let token = SessionToken::generate(&mut crate::testing::rng());
        assert_eq!(token.expose().parse(), Ok(token.clone()));
        assert_eq!(token.expose().len(), 43);
        assert!(!format!("{token:?}").contains(&token.expose()));
        for text in ["", "x", &"A".repeat(44), "========"] {
            assert_eq!(text.parse::<SessionToken>(), Err(TokenError), "{text}");
        }
    }
}
