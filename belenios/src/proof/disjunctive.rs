//! Proof that a ciphertext encrypts one of several given numbers (protocol note §3.3).
//!
//! Both sides first compute all commitments and then hash them, so that the caller can turn the elements of a whole
//! question into text in one go, which is an order of magnitude cheaper than one by one.

use std::ops::RangeInclusive;

use rand::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

use super::Proof;
use crate::group::{Exponents, Group, hash_encoded, sum};

/// The prover between commitment and response.
pub(crate) struct Prover<G: Group> {
    /// `[A_0, B_0, …, A_k, B_k]`.
    pub(crate) commitments: Vec<G::Element>,
    /// The simulated branches; the place of the true one holds zeros.
    proofs: Vec<Proof<G>>,
    true_branch: usize,
    nonce: G::Scalar,
    randomness: G::Scalar,
}

impl<G: Group> Prover<G> {
    /// Commits to a proof that `(g^r, y^r·g^m)` encrypts one of `messages`.
    ///
    /// Knowing r and m, the simulated commitments are `A_j = g^(z+rc)` and `B_j = y^(z+rc)·g^((m−M_j)c)`.
    pub(crate) fn commit(
        y: &G::Base,
        randomness: G::Scalar,
        message: u32,
        messages: RangeInclusive<u32>,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let nonce = G::random_scalar(rng);
        let mut prover =
            Self { commitments: Vec::new(), proofs: Vec::new(), true_branch: 0, nonce, randomness };
        for (branch, candidate) in messages.enumerate() {
            let zero = G::scalar(0);
            if candidate == message {
                prover.true_branch = branch;
                prover.proofs.push(Proof { challenge: zero, response: zero });
                prover.commitments.extend([G::generator_power(&nonce), G::base_power(y, &nonce)]);
            } else {
                let proof = Proof { challenge: G::random_scalar(rng), response: G::random_scalar(rng) };
                // With the published z and c it would tell r.
                let exponent = Zeroizing::new(proof.response + randomness * proof.challenge);
                let difference = G::scalar(message.into()) - G::scalar(candidate.into());
                let shift = G::generator_power(&(difference * proof.challenge));
                prover.proofs.push(proof);
                prover.commitments.push(G::generator_power(&exponent));
                prover.commitments.push(G::multiply(&G::base_power(y, &exponent), &shift));
            }
        }
        prover
    }

    /// Answers the challenge for the statement S and the texts of ciphertext and commitments.
    pub(crate) fn respond(
        mut self,
        statement: &str,
        ciphertext: &[String],
        commitments: &[String],
    ) -> Vec<Proof<G>> {
        let hash = challenge::<G>(statement, ciphertext, commitments);
        let challenge = hash - sum::<G>(self.proofs.iter().map(|proof| &proof.challenge));
        let response = self.nonce - self.randomness * challenge;
        let mut proofs = std::mem::take(&mut self.proofs);
        if let Some(proof) = proofs.get_mut(self.true_branch) {
            *proof = Proof { challenge, response };
        }
        proofs
    }
}

impl<G: Group> Drop for Prover<G> {
    fn drop(&mut self) {
        self.nonce.zeroize();
        self.randomness.zeroize();
        self.true_branch.zeroize();
    }
}

/// The verifier's commitments `A_j = g^z·alpha^c`, `B_j = y^z·beta^c·g^(−M_j·c)`, one pair a proof.
pub(crate) fn commitments<G: Group>(
    y: &G::Base,
    alpha: &G::Element,
    beta: &G::Element,
    messages: RangeInclusive<u32>,
    proofs: &[Proof<G>],
) -> Vec<G::Element> {
    let of_alpha = proofs.iter().map(|Proof { challenge, response }| Exponents {
        g: *response,
        y: G::scalar(0),
        x: *challenge,
    });
    let of_beta = proofs.iter().zip(messages).map(|(Proof { challenge, response }, message)| Exponents {
        g: -(G::scalar(message.into()) * *challenge),
        y: *response,
        x: *challenge,
    });
    let [a, b] = [(alpha, of_alpha.collect::<Vec<_>>()), (beta, of_beta.collect())]
        .map(|(element, exponents)| G::public_products(y, element, &exponents));
    a.into_iter().zip(b).flat_map(|(a, b)| [a, b]).collect()
}

/// Whether the challenges of the branches add up to the hash.
pub(crate) fn holds<G: Group>(
    statement: &str,
    ciphertext: &[String],
    commitments: &[String],
    proofs: &[Proof<G>],
) -> bool {
    challenge::<G>(statement, ciphertext, commitments)
        == sum::<G>(proofs.iter().map(|proof| &proof.challenge))
}

/// `h = H("prove|" S "|" str(alpha) "," str(beta) "|", [A_0, B_0, …])`.
fn challenge<G: Group>(statement: &str, ciphertext: &[String], commitments: &[String]) -> G::Scalar {
    let ciphertext = ciphertext.join(",");
    hash_encoded::<G>(&["prove|", statement, "|", &ciphertext, "|"], commitments.iter().map(String::as_str))
}
