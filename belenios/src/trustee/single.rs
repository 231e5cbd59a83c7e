//! Trustees who are all needed to decrypt (protocol note §4).

use std::fmt;

use rand::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

use super::TrusteePublicKey;
use crate::group::{DecodeError, Group};
use crate::proof::{Proof, knowledge};
use crate::signature;

/// A trustee's private key. `Debug` shows only the public half, dropping wipes it.
#[derive(Clone)]
pub struct SecretKey<G: Group> {
    secret: G::Scalar,
    public: G::Element,
}

impl<G: Group> SecretKey<G> {
    /// A fresh key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self::from_scalar(G::random_scalar(rng))
    }

    /// Reads the decimal text of [`SecretKey::to_text`].
    pub fn parse(text: &str) -> Result<Self, DecodeError> {
        let secret = G::decode_scalar(text)?;
        if secret == G::scalar(0) { Err(DecodeError::Scalar) } else { Ok(Self::from_scalar(secret)) }
    }

    /// The decimal text. It is the secret: keep it only where the key may lie.
    ///
    /// The time to write or read a decimal depends a little on the number; do neither where others can measure it.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(G::encode_scalar(&self.secret))
    }

    /// X = g^x.
    #[must_use]
    pub fn public(&self) -> &G::Element {
        &self.public
    }

    /// The public key with its proof of knowledge, for the list of trustees.
    pub fn to_public(&self, name: Option<String>, rng: &mut impl CryptoRng) -> TrusteePublicKey<G> {
        let public = G::encode(&self.public);
        let pok = knowledge::prove(&["pok|", G::NAME, "|", &public, "|"], &self.secret, rng);
        TrusteePublicKey { pok, public_key: self.public, signature: None, name }
    }

    /// Signs a text, for statements that a trustee answers for.
    pub fn sign(&self, message: &str, rng: &mut impl CryptoRng) -> Proof<G> {
        signature::sign(&self.secret, message, rng)
    }

    pub(crate) fn secret(&self) -> &G::Scalar {
        &self.secret
    }

    pub(super) fn from_scalar(secret: G::Scalar) -> Self {
        Self { secret, public: G::generator_power(&secret) }
    }
}

impl<G: Group> fmt::Debug for SecretKey<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}, …)", G::encode(&self.public))
    }
}

impl<G: Group> Drop for SecretKey<G> {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}
