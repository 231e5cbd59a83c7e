//! Adding up ballots while encrypted, and decrypting only the sums (protocol note §2.5 to §2.7, §6).

use std::collections::HashMap;

use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::ballot::{Ballot, Ciphertext};
use crate::election::Election;
use crate::group::{Group, product};
use crate::json;
use crate::proof::{Proof, equality};
use crate::text::Fingerprint;
use crate::trustee::single::SecretKey;
use crate::trustee::threshold::public_power;
use crate::trustee::{Combination, MissingTrustees, Trustees};

/// Finding a sum takes steps in the order of the root of the total weight, so that must be bounded.
const LARGEST_TOTAL: u64 = 100_000_000;

/// The encrypted sums: one ciphertext an answer, one row a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", transparent)]
pub struct EncryptedTally<G: Group>(Vec<Vec<Ciphertext<G>>>);

/// A trustee's share of the decryption of every sum, with proofs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct PartialDecryption<G: Group> {
    decryption_factors: Vec<Vec<G::Element>>,
    decryption_proofs: Vec<Vec<Proof<G>>>,
}

/// The decrypted sums: how many voters chose each answer, one row a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElectionResult {
    /// Votes per question and answer.
    pub result: Vec<Vec<u64>>,
}

/// A tally, a share of its decryption, or a result is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TallyError {
    /// A decryption proof does not hold. Questions and answers count from 1.
    #[error("the decryption proof of answer {answer} of question {question} does not hold")]
    DecryptionProof {
        /// The question.
        question: usize,
        /// The answer.
        answer: usize,
    },
    /// Two partial decryptions of one trustee, or one of nobody.
    #[error(
        "there must be one partial decryption of trustee {owner} at the most, and trustee {owner} must exist"
    )]
    Owner {
        /// The trustee, from 1.
        owner: usize,
    },
    /// Too few partial decryptions.
    #[error("of the trustees {from} to {to}, {needed} must have decrypted with proofs that hold; fewer have")]
    Quorum {
        /// How many are needed.
        needed: usize,
        /// The first of the trustees, from 1.
        from: usize,
        /// The last of them.
        to: usize,
    },
    /// A sum is not a number from 0 to the number of ballots.
    #[error("the sum of answer {answer} of question {question} cannot be found")]
    Sum {
        /// The question.
        question: usize,
        /// The answer.
        answer: usize,
    },
    /// The rows or columns do not fit the election.
    #[error("the table does not fit the questions of the election")]
    Shape,
    /// More votes than a search for the sums can reach.
    #[error("the ballots weigh more than {LARGEST_TOTAL} votes")]
    TooMany,
}

impl<G: Group> EncryptedTally<G> {
    /// The tally of no ballots.
    #[must_use]
    pub fn empty(election: &Election<G>) -> Self {
        let zero = Ciphertext { alpha: G::identity(), beta: G::identity() };
        let questions = &election.parameters().questions;
        Self(questions.iter().map(|question| vec![zero; question.answers.len()]).collect())
    }

    /// Adds a checked ballot, counting it `weight` times.
    pub fn add(&mut self, ballot: &Ballot<G>, weight: u64) {
        for (row, answer) in self.0.iter_mut().zip(ballot.answers()) {
            for (sum, choice) in row.iter_mut().zip(&answer.choices) {
                *sum = sum.combine(&weighted(choice, weight));
            }
        }
    }

    /// The text for the archive.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::write(self)
    }

    /// A trustee's factors F = alpha^x with proofs (protocol note §6).
    pub fn decrypt(
        &self,
        election: &Election<G>,
        key: &SecretKey<G>,
        rng: &mut impl CryptoRng,
    ) -> PartialDecryption<G> {
        let prefix = decryption_prefix::<G>(election.fingerprint(), key.public());
        let factors = self.map(|sum| G::power(&sum.alpha, key.secret()));
        let proofs = self.map(|sum| equality::prove::<G>(&prefix, key.secret(), &sum.alpha, rng));
        PartialDecryption { decryption_factors: factors, decryption_proofs: proofs }
    }

    /// Checks the shape and every proof of a trustee's share.
    pub fn check(
        &self,
        election: &Election<G>,
        public_key: &G::Element,
        share: &PartialDecryption<G>,
    ) -> Result<(), TallyError> {
        let prefix = decryption_prefix::<G>(election.fingerprint(), public_key);
        if !same_shape(&self.0, &share.decryption_factors) || !same_shape(&self.0, &share.decryption_proofs) {
            return Err(TallyError::Shape);
        }
        let rows = self.0.iter().zip(&share.decryption_factors).zip(&share.decryption_proofs);
        for (question, ((sums, factors), proofs)) in rows.enumerate() {
            for (answer, ((sum, factor), proof)) in sums.iter().zip(factors).zip(proofs).enumerate() {
                if !equality::verify::<G>(&prefix, public_key, &sum.alpha, factor, proof) {
                    return Err(TallyError::DecryptionProof { question: question + 1, answer: answer + 1 });
                }
            }
        }
        Ok(())
    }

    /// The sums from the checked shares, given with their owner numbers from 1: of every single trustee, and of t threshold
    /// trustees at least.
    pub fn combine(
        &self,
        trustees: &Trustees<G>,
        shares: &[(usize, PartialDecryption<G>)],
        total_weight: u64,
    ) -> Result<ElectionResult, TallyError> {
        let owners = owners(trustees, shares)?;
        let combination = trustees
            .combination(&owners)
            .map_err(|MissingTrustees { needed, from, to }| TallyError::Quorum { needed, from, to })?;
        if shares.iter().any(|(_, share)| !same_shape(&self.0, &share.decryption_factors)) {
            return Err(TallyError::Shape);
        }
        if total_weight > LARGEST_TOTAL {
            return Err(TallyError::TooMany);
        }
        let logarithms = Logarithms::<G>::up_to(total_weight);
        let mut result = Vec::with_capacity(self.0.len());
        for (question, sums) in self.0.iter().enumerate() {
            let mut row = Vec::with_capacity(sums.len());
            for (answer, sum) in sums.iter().enumerate() {
                let factor = combined_factor(&combination, shares, question, answer);
                let message = G::divide(&sum.beta, &factor);
                let error = TallyError::Sum { question: question + 1, answer: answer + 1 };
                row.push(logarithms.find(&message).ok_or(error)?);
            }
            result.push(row);
        }
        Ok(ElectionResult { result })
    }

    fn map<T>(&self, mut of: impl FnMut(&Ciphertext<G>) -> T) -> Vec<Vec<T>> {
        self.0.iter().map(|row| row.iter().map(&mut of).collect()).collect()
    }
}

impl<G: Group> PartialDecryption<G> {
    /// The text for the archive.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::write(self)
    }
}

impl ElectionResult {
    /// The text for the archive.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::write(self)
    }
}

/// "decrypt|" φ "|" str(X) "|".
fn decryption_prefix<G: Group>(fingerprint: &Fingerprint, public_key: &G::Element) -> String {
    format!("decrypt|{fingerprint}|{}|", G::encode(public_key))
}

/// Whose shares these are; nobody may have two.
fn owners<G: Group>(
    trustees: &Trustees<G>,
    shares: &[(usize, PartialDecryption<G>)],
) -> Result<Vec<usize>, TallyError> {
    let known = 1..=trustees.decryption_keys().count();
    let mut owners = Vec::with_capacity(shares.len());
    for (owner, _) in shares {
        if owners.contains(owner) || !known.contains(owner) {
            return Err(TallyError::Owner { owner: *owner });
        }
        owners.push(*owner);
    }
    Ok(owners)
}

/// `Π F_j^(λ_j)`: what the election's private key would give for this sum.
fn combined_factor<G: Group>(
    combination: &Combination<G>,
    shares: &[(usize, PartialDecryption<G>)],
    question: usize,
    answer: usize,
) -> G::Element {
    let factors: Vec<_> = combination
        .iter()
        .filter_map(|(owner, power)| {
            let (_, share) = shares.iter().find(|(of, _)| of == owner)?;
            let factor = share.decryption_factors.get(question)?.get(answer)?;
            Some(power.as_ref().map_or(*factor, |power| public_power::<G>(factor, power)))
        })
        .collect();
    product::<G>(&factors)
}

fn weighted<G: Group>(choice: &Ciphertext<G>, weight: u64) -> Ciphertext<G> {
    if weight == 1 {
        return *choice;
    }
    let weight = G::scalar(weight);
    Ciphertext {
        alpha: public_power::<G>(&choice.alpha, &weight),
        beta: public_power::<G>(&choice.beta, &weight),
    }
}

/// Finds the small number n of g^n by baby steps and giant steps: about √n of each, in time and memory.
struct Logarithms<G: Group> {
    largest: u64,
    steps: u64,
    /// j by the text of `g^j`, for j below `steps`.
    baby: HashMap<String, u64>,
    /// `g^(−steps)`.
    giant: G::Element,
}

impl<G: Group> Logarithms<G> {
    /// For numbers from 0 to `largest`.
    fn up_to(largest: u64) -> Self {
        let steps = largest.isqrt() + 1;
        let mut powers = Vec::new();
        let mut power = G::identity();
        for _ in 0..steps {
            powers.push(power);
            power = G::multiply(&power, &G::generator());
        }
        let baby = G::encode_all(&powers).into_iter().zip(0..).collect();
        Self { largest, steps, baby, giant: G::divide(&G::identity(), &power) }
    }

    fn find(&self, message: &G::Element) -> Option<u64> {
        let mut rest = *message;
        for giant_step in 0..self.steps {
            if let Some(baby_step) = self.baby.get(&G::encode(&rest)) {
                let found = giant_step * self.steps + baby_step;
                return Some(found).filter(|found| *found <= self.largest);
            }
            rest = G::multiply(&rest, &self.giant);
        }
        None
    }
}

fn same_shape<A, B>(a: &[Vec<A>], b: &[Vec<B>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.len() == b.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Ed25519;

    #[test]
    fn every_number_up_to_the_largest_is_found_and_no_other() {
        for largest in [0, 1, 2, 3, 8, 9, 10, 100] {
            let logarithms = Logarithms::<Ed25519>::up_to(largest);
            for number in 0..=largest + 25 {
                let message = Ed25519::generator_power(&Ed25519::scalar(number));
                let expected = Some(number).filter(|number| *number <= largest);
                assert_eq!(logarithms.find(&message), expected, "{number} up to {largest}");
            }
            let negative = Ed25519::generator_power(&-Ed25519::scalar(1));
            assert_eq!(logarithms.find(&negative), None);
        }
    }
}
