//! Signatures by a trustee's key over a text (protocol note §5, "PKI signature").

use rand::CryptoRng;

use crate::group::Group;
use crate::proof::{Proof, knowledge};

/// Signs `message`: c = H("sigmsg|" M "|", [g^w]), z = w − sk·c.
pub fn sign<G: Group>(secret: &G::Scalar, message: &str, rng: &mut impl CryptoRng) -> Proof<G> {
    knowledge::prove(&["sigmsg|", message, "|"], secret, rng)
}

/// Whether `signature` is one of the owner of `public` over `message`.
#[must_use]
pub fn verify<G: Group>(public: &G::Element, message: &str, signature: &Proof<G>) -> bool {
    knowledge::verify(&["sigmsg|", message, "|"], public, signature)
}
