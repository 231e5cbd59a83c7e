//! Provers of their own, straight from the protocol note: they prove what is false just as readily, and fail.

use belenios::group::{Group, hash_to_scalar};
use rand_chacha::ChaCha20Rng;

use super::wire::Proof;

/// A ciphertext (alpha, beta).
pub(crate) type Pair<G> = [<G as Group>::Element; 2];

/// Knowledge of `secret`: c = H(prefix, [g^w]), z = w - x·c.
pub(crate) fn knowledge<G: Group>(prefix: &str, secret: G::Scalar, rng: &mut ChaCha20Rng) -> Proof {
    let w = G::random_scalar(rng);
    let challenge = hash_to_scalar::<G>(prefix, &[G::generator_power(&w)]);
    proof::<G>(challenge, w - secret * challenge)
}

/// That alpha^x was made with the x of g^x (protocol note §6).
pub(crate) fn decryption<G: Group>(
    prefix: &str,
    secret: G::Scalar,
    alpha: &G::Element,
    rng: &mut ChaCha20Rng,
) -> Proof {
    let w = G::random_scalar(rng);
    let challenge = hash_to_scalar::<G>(prefix, &[G::generator_power(&w), G::power(alpha, &w)]);
    proof::<G>(challenge, w - secret * challenge)
}

/// What is claimed of a ciphertext: that it encrypts the message of one branch.
pub(crate) struct Claim<'a, G: Group> {
    pub(crate) statement: &'a str,
    pub(crate) key: G::Element,
    pub(crate) ciphertext: Pair<G>,
    pub(crate) randomness: G::Scalar,
    pub(crate) messages: &'a [u64],
    pub(crate) branch: usize,
}

/// The disjunctive proof of protocol note §3.3; it holds only if the claim is true.
pub(crate) fn disjunctive<G: Group>(claim: &Claim<'_, G>, rng: &mut ChaCha20Rng) -> Vec<Proof> {
    let [alpha, beta] = claim.ciphertext;
    let w = G::random_scalar(rng);
    let (mut proofs, mut commitments, mut simulated) = (Vec::new(), Vec::new(), G::scalar(0));
    for (branch, message) in claim.messages.iter().enumerate() {
        if branch == claim.branch {
            commitments.extend([G::generator_power(&w), G::power(&claim.key, &w)]);
            proofs.push([G::scalar(0); 2]);
        } else {
            let (c, z) = (G::random_scalar(rng), G::random_scalar(rng));
            let shifted = G::divide(&beta, &G::generator_power(&G::scalar(*message)));
            commitments.push(G::public_generator_product(&z, &alpha, &c));
            commitments.push(G::public_product(&claim.key, &z, &shifted, &c));
            simulated = simulated + c;
            proofs.push([c, z]);
        }
    }
    let prefix = format!("prove|{}|{},{}|", claim.statement, G::encode(&alpha), G::encode(&beta));
    let challenge = hash_to_scalar::<G>(&prefix, &commitments) - simulated;
    proofs[claim.branch] = [challenge, w - claim.randomness * challenge];
    proofs.into_iter().map(|[c, z]| proof::<G>(c, z)).collect()
}

/// The proof with another response: it holds no longer.
pub(crate) fn flip<G: Group>(proof: &mut Proof) {
    let response = G::decode_scalar(&proof.response).unwrap() + G::scalar(1);
    proof.response = G::encode_scalar(&response);
}

fn proof<G: Group>(challenge: G::Scalar, response: G::Scalar) -> Proof {
    Proof { challenge: G::encode_scalar(&challenge), response: G::encode_scalar(&response) }
}
