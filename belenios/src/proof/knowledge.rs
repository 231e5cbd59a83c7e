//! Proof of knowing the discrete logarithm of a public element: `pok` of a trustee, signature of a ballot or message.

use rand::CryptoRng;
use zeroize::Zeroize;

use super::Proof;
use crate::group::{Group, hash_encoded};

/// c = H(prefix, [g^w]), z = w − x·c (protocol note §3.5, §4, §5).
pub(crate) fn prove<G: Group>(prefix: &[&str], secret: &G::Scalar, rng: &mut impl CryptoRng) -> Proof<G> {
    let mut w = G::random_scalar(rng);
    let commitment = G::encode(&G::generator_power(&w));
    let challenge = hash_encoded::<G>(prefix, [commitment.as_str()]);
    let response = w - *secret * challenge;
    w.zeroize();
    Proof { challenge, response }
}

/// c = H(prefix, [g^z · X^c]).
pub(crate) fn verify<G: Group>(prefix: &[&str], public: &G::Element, proof: &Proof<G>) -> bool {
    let commitment = G::public_generator_product(&proof.response, public, &proof.challenge);
    hash_encoded::<G>(prefix, [G::encode(&commitment).as_str()]) == proof.challenge
}
