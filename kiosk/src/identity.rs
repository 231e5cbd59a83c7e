//! What a terminal is known by: a key that it makes itself and never gives away.

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use evaluation::wire::{BoothStatement, SignedBoothStatement};
use rand::CryptoRng;
use zeroize::Zeroizing;

/// The terminal's Ed25519 key. `Debug` shows only the public half, dropping wipes the secret.
pub struct Identity(SigningKey);

impl Identity {
    /// A fresh key.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Self(SigningKey::from_bytes(&seed))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> VerifyingKey {
        self.0.verifying_key()
    }

    /// Signs a text. What is signed begins with a line that says what it is.
    #[must_use]
    pub fn sign(&self, text: &str) -> Signature {
        self.0.sign(text.as_bytes())
    }

    /// Signs the statement of this booth about the ballots it delivered.
    #[must_use]
    pub fn sign_statement(&self, statement: BoothStatement) -> SignedBoothStatement {
        statement.sign(&self.0)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", hex::encode(self.public().to_bytes()))
    }
}
