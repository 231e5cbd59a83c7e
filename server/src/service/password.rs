//! Passwords: what is accepted, and how it is hashed (Argon2id, OWASP parameters).

use argon2::{
    Argon2, Params,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use rand::{CryptoRng, Rng};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::domain::InTwoLanguages;

const SHORTEST: usize = 10;
const LONGEST: usize = 128;
const SALT_LENGTH: usize = 16;

/// Hashes at a time: each takes 19 MiB and a processor for a while.
const AT_A_TIME: usize = 2;

/// Why a password cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too few or too many characters.
    #[error("The password must have {SHORTEST} to {LONGEST} characters. Choose another one.")]
    Length,
    /// The hash could not be computed.
    #[error("The password could not be processed. Try again; if it fails again, restart the server.")]
    Hashing,
}

impl InTwoLanguages for PasswordError {
    fn zh(&self) -> String {
        match self {
            Self::Length => format!("密码须为{SHORTEST}至{LONGEST}个字符，请重新设置。"),
            Self::Hashing => "密码处理失败，请重试；如仍失败，请重启服务器。".to_owned(),
        }
    }
}

/// Hashes and compares passwords, off the async threads.
#[derive(Debug)]
pub struct Passwords {
    params: Params,
    /// Hash of a password that nobody knows: compared when a name does not exist, so that it takes as long.
    decoy: String,
    turns: Semaphore,
}

impl Passwords {
    /// The parameters for real accounts: 19 MiB, two passes (the crate's default, which follows OWASP).
    pub fn new(rng: &mut impl CryptoRng) -> Result<Self, PasswordError> {
        Self::with(Params::DEFAULT, rng)
    }

    /// Parameters that take no time, for tests only.
    pub fn weak(rng: &mut impl CryptoRng) -> Result<Self, PasswordError> {
        let params = Params::new(Params::MIN_M_COST, Params::MIN_T_COST, Params::MIN_P_COST, None)
            .map_err(|_| PasswordError::Hashing)?;
        Self::with(params, rng)
    }

    fn with(params: Params, rng: &mut impl CryptoRng) -> Result<Self, PasswordError> {
        let mut secret = [0; 32];
        rng.fill_bytes(&mut secret);
        let decoy = hash_now(&params, &secret, &salt(rng))?;
        Ok(Self { params, decoy, turns: Semaphore::new(AT_A_TIME) })
    }

    /// The PHC string of a new password.
    pub async fn hash(
        &self,
        password: &SecretString,
        rng: &mut impl CryptoRng,
    ) -> Result<String, PasswordError> {
        if !(SHORTEST..=LONGEST).contains(&password.expose_secret().chars().count()) {
            return Err(PasswordError::Length);
        }
        let (params, password, salt) = (self.params.clone(), password.clone(), salt(rng));
        let _turn = self.turns.acquire().await.map_err(|_| PasswordError::Hashing)?;
        spawn_blocking(move || hash_now(&params, password.expose_secret().as_bytes(), &salt))
            .await
            .map_err(|_| PasswordError::Hashing)?
    }

    /// Whether `password` belongs to `hash`. Without a hash the answer is no, and takes as long.
    pub async fn matches(
        &self,
        password: &SecretString,
        hash: Option<String>,
    ) -> Result<bool, PasswordError> {
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
        // Nothing longer was ever accepted; so a megabyte cannot keep the processor busy.
        let short = password.expose_secret().len() <= LONGEST.saturating_mul(4);
        let password = if short { password.clone() } else { SecretString::default() };
        let _turn = self.turns.acquire().await.map_err(|_| PasswordError::Hashing)?;
        let equal = spawn_blocking(move || {
            // The parameters stand in the hash.
            Argon2::default().verify_password(password.expose_secret().as_bytes(), hash.as_str()).is_ok()
        })
        .await
        .map_err(|_| PasswordError::Hashing)?;
        Ok(exists && short && equal)
    }
}

fn hash_now(params: &Params, password: &[u8], salt: &[u8]) -> Result<String, PasswordError> {
    let hash =
        Argon2::from(params).hash_password_with_salt(password, salt).map_err(|_| PasswordError::Hashing)?;
    Ok(hash.to_string())
}

fn salt(rng: &mut impl Rng) -> [u8; SALT_LENGTH] {
    let mut salt = [0; SALT_LENGTH];
    rng.fill_bytes(&mut salt);
    salt
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rng;

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let passwords = Passwords::weak(&mut rng()).unwrap();
        let hash = passwords.hash(&"阳光评议阳光评议二〇".into(), &mut rng()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$"));
        assert_eq!(passwords.matches(&"阳光评议阳光评议二〇".into(), Some(hash.clone())).await, Ok(true));
        assert_eq!(passwords.matches(&"阳光评议阳光评议二一".into(), Some(hash.clone())).await, Ok(false));
        assert_eq!(passwords.matches(&"".into(), Some(hash)).await, Ok(false));
        assert_eq!(passwords.matches(&"阳光评议阳光评议二〇".into(), None).await, Ok(false));
    }

    #[tokio::test]
    async fn real_accounts_get_the_recommended_parameters() {
        let passwords = Passwords::new(&mut rng()).unwrap();
        let hash = passwords.hash(&"long enough".into(), &mut rng()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }

    #[tokio::test]
    async fn short_and_endless_passwords_are_refused() {
        let passwords = Passwords::weak(&mut rng()).unwrap();
        for password in ["", "九个字符的密码不够"] {
            assert_eq!(passwords.hash(&password.into(), &mut rng()).await, Err(PasswordError::Length));
        }
        let endless: SecretString = "a".repeat(1_000_000).into();
        assert_eq!(passwords.hash(&endless, &mut rng()).await, Err(PasswordError::Length));
        let hash = passwords.hash(&"long enough".into(), &mut rng()).await.unwrap();
        assert_eq!(passwords.matches(&endless, Some(hash)).await, Ok(false));
    }
}
