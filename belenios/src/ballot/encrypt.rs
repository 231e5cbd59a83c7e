//! Making a ballot (protocol note §3.2 to §3.5).

use rand::CryptoRng;
use subtle::{Choice, ConstantTimeEq};

use super::{Answer, Ballot, BallotBox, Ciphertext, Signature, Statement, combined, elements};
use crate::credential::PrivateCredential;
use crate::election::Question;
use crate::group::{Group, sum};
use crate::proof::disjunctive::Prover;
use crate::proof::knowledge;

/// The choices do not fit the election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// Another number of choices than questions.
    #[error("there are {questions} questions and {choices} choices")]
    Count {
        /// Questions of the election.
        questions: usize,
        /// Choices given.
        choices: usize,
    },
    /// A question's choices do not fit its answers or its bounds.
    #[error("the choice for question {question} is not possible")]
    Question {
        /// From 1.
        question: usize,
    },
}

/// A ballot, and by question what its ciphertexts were made with: a secret.
pub(super) struct Encrypted<G: Group> {
    pub(super) ballot: Ballot<G>,
    pub(super) randomness: Vec<Vec<G::Scalar>>,
}

impl<G: Group> BallotBox<G> {
    /// The ballot, and the randomness of its ciphertexts.
    pub(super) fn encrypt_and_sign(
        &self,
        credential: &PrivateCredential<G>,
        choices: &[usize],
        rng: &mut impl CryptoRng,
    ) -> Result<Encrypted<G>, ChoiceError> {
        let parameters = self.election.parameters();
        let questions = &parameters.questions;
        if questions.len() != choices.len() {
            return Err(ChoiceError::Count { questions: questions.len(), choices: choices.len() });
        }
        for (index, (question, choice)) in questions.iter().zip(choices).enumerate() {
            if *choice >= question.answers.len() || !(question.min..=question.max).contains(&1) {
                return Err(ChoiceError::Question { question: index + 1 });
            }
        }
        let statement = format!("{}|{}", self.election.fingerprint(), G::encode(credential.public()));
        let (mut answers, mut all_randomness) = (Vec::new(), Vec::new());
        for (question, choice) in questions.iter().zip(choices) {
            let count = question.answers.len();
            let randomness: Vec<_> = (0..count).map(|_| G::random_scalar(rng)).collect();
            answers.push(self.encrypt_answer(&statement, question, *choice, &randomness, rng));
            all_randomness.push(randomness);
        }
        let mut ballot = Ballot {
            election_uuid: parameters.uuid.clone(),
            election_hash: *self.election.fingerprint(),
            credential: *credential.public(),
            answers,
            signature: None,
        };
        let hash = ballot.unsigned_hash();
        let proof = knowledge::prove(&["sig|", &hash.to_string(), "|"], credential.secret(), rng);
        ballot.signature = Some(Signature { hash, proof });
        Ok(Encrypted { ballot, randomness: all_randomness })
    }

    fn encrypt_answer(
        &self,
        statement: &str,
        question: &Question,
        choice: usize,
        randomness: &[G::Scalar],
        rng: &mut impl CryptoRng,
    ) -> Answer<G> {
        let count = randomness.len();
        let mut choices = Vec::with_capacity(count);
        let mut provers = Vec::with_capacity(count);
        for (index, r) in randomness.iter().enumerate() {
            let chosen = index.ct_eq(&choice);
            choices.push(self.encrypt_bit(*r, chosen));
            let message = u32::from(chosen.unwrap_u8());
            provers.push(Prover::commit(&self.key, *r, message, 0..=1, rng));
        }
        let total = combined(&choices);
        let overall = Prover::commit(&self.key, sum::<G>(randomness), 1, question.min..=question.max, rng);

        let commitments = provers.iter().chain([&overall]).flat_map(|prover| prover.commitments.clone());
        let texts = G::encode_all(&elements(&choices, &total, commitments));
        let hashed = Statement::new(statement, &texts, count);
        let individual_proofs = provers.into_iter().enumerate().map(|(index, prover)| {
            prover.respond(hashed.individual, hashed.ciphertext(index), hashed.individual_commitments(index))
        });
        let individual_proofs = individual_proofs.collect();
        let overall_proof = overall.respond(&hashed.overall, hashed.sum, hashed.overall_commitments(count));
        Answer { choices, individual_proofs, overall_proof }
    }

    /// alpha = g^r, beta = y^r·g^m for m = 1 if `chosen`, otherwise 0.
    pub(super) fn encrypt_bit(&self, randomness: G::Scalar, chosen: Choice) -> Ciphertext<G> {
        Ciphertext {
            alpha: G::generator_power(&randomness),
            beta: G::multiply(&G::base_power(&self.key, &randomness), &G::generator_if(chosen)),
        }
    }
}
