//! The form of a key file on the stick: what is not secret in the open, everything else encrypted.
//!
//! A random file key encrypts the content with XChaCha20-Poly1305. The file key itself lies in the file twice: under a key that
//! Argon2id makes of the passphrase, and under one that HKDF-SHA256 makes of the recovery code. Everything else in the file is
//! associated data, so nothing of it can be changed; `check`, the SHA-256 of the rest, tells a damaged file from a wrong passphrase.

use argon2::{Algorithm, Argon2, Params, Version};
use belenios::text::{Hash, Uuid};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hkdf::Hkdf;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Passphrase, RecoveryCode};

/// The first field of the file.
const FORMAT: &str = "pingyi-trustee-key/3";

/// A key of 256 bits.
pub(super) type FileKey = Zeroizing<[u8; 32]>;

/// What guessing a passphrase costs (RFC 9106).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes of the memory.
    pub lanes: u32,
}

impl Default for Cost {
    /// 64 MiB and three passes: the second recommended set of RFC 9106, with one lane for the terminal's one person.
    fn default() -> Self {
        Self { memory_kib: 64 << 10, passes: 3, lanes: 1 }
    }
}

impl Cost {
    /// The most that is accepted from a file: a hostile one must not stop the terminal.
    const MOST: Self = Self { memory_kib: 512 << 10, passes: 16, lanes: 8 };

    const fn is_bearable(self) -> bool {
        self.memory_kib <= Self::MOST.memory_kib
            && self.passes <= Self::MOST.passes
            && self.lanes <= Self::MOST.lanes
    }
}

/// Whose key it is. Stands in the file in the open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// Uuid of the election.
    pub poll: Uuid,
    /// The group of the key.
    pub group: String,
    /// Place among the trustees, from 1.
    pub position: u32,
    /// The trustee's name.
    pub name: String,
    /// How many trustees there are.
    pub trustees: u32,
    /// How many of them are needed to decrypt.
    pub needed: u32,
}

/// A whole key file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    format: String,
    pub(super) holder: Holder,
    passphrase: PassphraseWrap,
    recovery: Wrap,
    content: Encrypted,
    check: Hash,
}

/// The file key under the passphrase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PassphraseWrap {
    cost: Cost,
    wrap: Wrap,
}

/// The file key under another key that is made with this salt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wrap {
    #[serde(with = "hex::serde")]
    salt: [u8; 16],
    key: Encrypted,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Encrypted {
    #[serde(with = "hex::serde")]
    nonce: [u8; 24],
    #[serde(with = "hex::serde")]
    text: Vec<u8>,
}

/// The file is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SealedError {
    /// It is no key file of this release.
    Format,
    /// Some of it is not what was written.
    Damaged,
    /// The passphrase or the recovery code does not open it.
    Locked,
}

impl Sealed {
    /// Encrypts a content.
    pub(super) fn new(
        holder: Holder,
        (passphrase, recovery): (PassphraseWrap, Wrap),
        key: &FileKey,
        content: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Self {
        let bound = bound(&(FORMAT, &holder, &passphrase, &recovery));
        let content = Encrypted::new(key, content, &bound, rng);
        let mut sealed =
            Self { format: FORMAT.into(), holder, passphrase, recovery, content, check: Hash::of("") };
        sealed.check = sealed.sum();
        sealed
    }

    /// Reads a file. What comes back is exactly what was written, as far as accidents go.
    pub(super) fn parse(text: &[u8]) -> Result<Self, SealedError> {
        let sealed: Self = serde_json::from_slice(text).map_err(|_| {
            if text.starts_with(br#"{"format":"pingyi-trustee-key/"#) {
                SealedError::Damaged
            } else {
                SealedError::Format
            }
        })?;
        if sealed.format != FORMAT {
            return Err(SealedError::Format);
        }
        let whole = sealed.check == sealed.sum() && sealed.to_text().as_bytes() == text;
        if whole && sealed.passphrase.cost.is_bearable() { Ok(sealed) } else { Err(SealedError::Damaged) }
    }

    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The wraps of the file key, to be kept when the content changes.
    pub(super) fn wraps(&self) -> (PassphraseWrap, Wrap) {
        (self.passphrase.clone(), self.recovery.clone())
    }

    /// The file key, with the passphrase.
    pub(super) fn unwrap(&self, passphrase: &Passphrase) -> Result<FileKey, SealedError> {
        let PassphraseWrap { cost, wrap } = &self.passphrase;
        let key = stretch(passphrase, *cost, &wrap.salt).ok_or(SealedError::Damaged)?;
        wrap.open(&key, &bound(&(FORMAT, "passphrase", cost, &self.holder)))
    }

    /// The file key, with the recovery code.
    pub(super) fn unwrap_with_recovery(&self, code: &RecoveryCode) -> Result<FileKey, SealedError> {
        let key = expand(code, &self.recovery.salt);
        self.recovery.open(&key, &bound(&(FORMAT, "recovery", &self.holder)))
    }

    /// The content.
    pub(super) fn open(&self, key: &FileKey) -> Result<Zeroizing<Vec<u8>>, SealedError> {
        let bound = bound(&(FORMAT, &self.holder, &self.passphrase, &self.recovery));
        self.content.open(key, &bound).ok_or(SealedError::Damaged)
    }

    /// As somebody forges it who knows the form.
    #[cfg(test)]
    pub(super) fn with_sum(mut self) -> Self {
        self.check = self.sum();
        self
    }

    fn sum(&self) -> Hash {
        Hash::of(bound(&(&self.format, &self.holder, &self.passphrase, &self.recovery, &self.content)))
    }
}

impl PassphraseWrap {
    /// `None` if the cost is impossible.
    pub(super) fn new(
        holder: &Holder,
        key: &FileKey,
        passphrase: &Passphrase,
        cost: Cost,
        rng: &mut impl CryptoRng,
    ) -> Option<Self> {
        let salt = random(rng);
        let wrapping = stretch(passphrase, cost, &salt)?;
        let bound = bound(&(FORMAT, "passphrase", cost, holder));
        let key = Encrypted::new(&wrapping, key.as_slice(), &bound, rng);
        Some(Self { cost, wrap: Wrap { salt, key } })
    }
}

impl Wrap {
    pub(super) fn new(holder: &Holder, key: &FileKey, code: &RecoveryCode, rng: &mut impl CryptoRng) -> Self {
        let salt = random(rng);
        let bound = bound(&(FORMAT, "recovery", holder));
        Self { salt, key: Encrypted::new(&expand(code, &salt), key.as_slice(), &bound, rng) }
    }

    fn open(&self, wrapping: &FileKey, bound: &[u8]) -> Result<FileKey, SealedError> {
        let opened = self.key.open(wrapping, bound).ok_or(SealedError::Locked)?;
        let mut key = FileKey::default();
        if opened.len() != key.len() {
            return Err(SealedError::Damaged);
        }
        key.copy_from_slice(&opened);
        Ok(key)
    }
}

impl Encrypted {
    fn new(key: &FileKey, text: &[u8], bound: &[u8], rng: &mut impl CryptoRng) -> Self {
        let nonce = random(rng);
        let payload = Payload { msg: text, aad: bound };
        // Fails only for texts of many gigabytes; an empty one opens nothing.
        let text = cipher(key).encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
        Self { nonce, text }
    }

    fn open(&self, key: &FileKey, bound: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let payload = Payload { msg: &self.text, aad: bound };
        cipher(key).decrypt(&XNonce::from(self.nonce), payload).ok().map(Zeroizing::new)
    }
}

fn cipher(key: &FileKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&(**key).into())
}

/// A key from the passphrase, by Argon2id.
fn stretch(passphrase: &Passphrase, cost: Cost, salt: &[u8; 16]) -> Option<FileKey> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).ok()?;
    let mut key = FileKey::default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose().as_bytes(), salt, key.as_mut_slice())
        .ok()?;
    Some(key)
}

/// A key from the recovery code, which needs no stretching.
fn expand(code: &RecoveryCode, salt: &[u8; 16]) -> FileKey {
    let mut key = FileKey::default();
    // Fails only for keys of many kilobytes.
    _ = Hkdf::<Sha256>::new(Some(salt), code.expose())
        .expand(b"pingyi-trustee-recovery/1", key.as_mut_slice());
    key
}

/// What is bound to a ciphertext, as text.
fn bound(parts: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(parts).unwrap_or_default()
}

/// Random bytes.
pub(super) fn random<const LENGTH: usize>(rng: &mut impl CryptoRng) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    rng.fill_bytes(&mut bytes);
    bytes
}
