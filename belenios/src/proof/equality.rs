//! Proof that a decryption factor was made with the trustee's key (protocol note §6).

use rand::CryptoRng;
use zeroize::Zeroize;

use super::Proof;
use crate::group::{Group, hash_to_scalar};

/// c = H(prefix, [g^w, alpha^w]), z = w − x·c.
pub(crate) fn prove<G: Group>(
    prefix: &str,
    secret: &G::Scalar,
    alpha: &G::Element,
    rng: &mut impl CryptoRng,
) -> Proof<G> {
    let mut w = G::random_scalar(rng);
    let challenge = hash_to_scalar::<G>(prefix, &[G::generator_power(&w), G::power(alpha, &w)]);
    let response = w - *secret * challenge;
    w.zeroize();
    Proof { challenge, response }
}

/// c = H(prefix, [g^z · X^c, alpha^z · F^c]).
pub(crate) fn verify<G: Group>(
    prefix: &str,
    public: &G::Element,
    alpha: &G::Element,
    factor: &G::Element,
    proof: &Proof<G>,
) -> bool {
    let Proof { challenge, response } = proof;
    let commitments = [
        G::public_generator_product(response, public, challenge),
        G::public_product(alpha, response, factor, challenge),
    ];
    hash_to_scalar::<G>(prefix, &commitments) == *challenge
}
