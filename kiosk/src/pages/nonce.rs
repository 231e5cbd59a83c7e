//! What every form must carry.

use std::fmt;

use rand::CryptoRng;
use subtle::ConstantTimeEq;

/// 256 random bits that every form of a terminal's page carries, so that no other page, tab or person can speak for it.
#[derive(Clone)]
pub struct Nonce(String);

impl Nonce {
    pub(crate) fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(hex::encode(bytes))
    }

    /// What a form sent; it need not be a nonce that was given out.
    #[must_use]
    pub fn from_form(text: String) -> Self {
        Self(text)
    }

    /// The text for a form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Nonce {
    /// In a time that does not tell how much of it is right.
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Nonce {}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(hidden)")
    }
}
