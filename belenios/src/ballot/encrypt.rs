//! Making a ballot (protocol note §3.2 to §3.5).

use rand::CryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroize;

use super::{Answer, Ballot, BallotBox, Ciphertext, Signature, Statement, combined, elements, text};
use crate::credential::PrivateCredential;
use crate::election::Question;
use crate::group::{Group, sum};
use crate::proof::disjunctive::Prover;
use crate::proof::knowledge;
use crate::text::Fingerprint;

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

/// One encrypted answer, and what it was made of: a secret, which dropping wipes.
#[derive(Clone)]
pub(super) struct EncryptedAnswer<G: Group> {
    pub(super) answer: Answer<G>,
    /// The canonical text of the answer.
    pub(super) text: String,
    pub(super) choice: usize,
    pub(super) randomness: Vec<G::Scalar>,
}

impl<G: Group> Drop for EncryptedAnswer<G> {
    fn drop(&mut self) {
        self.choice.zeroize();
        self.randomness.zeroize();
    }
}

impl<G: Group> BallotBox<G> {
    /// What the proofs of a ballot with this credential are about.
    pub(super) fn statement(&self, credential: &PrivateCredential<G>) -> String {
        format!("{}|{}", self.election.fingerprint(), G::encode(credential.public()))
    }

    /// Answers one question, by its place and that of the choice from 0.
    pub(super) fn encrypt_choice(
        &self,
        statement: &str,
        question: usize,
        choice: usize,
        rng: &mut impl CryptoRng,
    ) -> Result<EncryptedAnswer<G>, ChoiceError> {
        let impossible = ChoiceError::Question { question: question.saturating_add(1) };
        let asked = self.election.parameters().questions.get(question).ok_or(impossible)?;
        if choice >= asked.answers.len() || !(asked.min..=asked.max).contains(&1) {
            return Err(impossible);
        }
        let randomness: Vec<_> = asked.answers.iter().map(|_| G::random_scalar(rng)).collect();
        let answer = self.encrypt_answer(statement, asked, choice, &randomness, rng);
        let text = answer.to_json();
        Ok(EncryptedAnswer { answer, text, choice, randomness })
    }

    /// The ballot of these answers, one a question, signed, and its canonical text, given those of the answers.
    pub(super) fn sign(
        &self,
        credential: &PrivateCredential<G>,
        answers: Vec<Answer<G>>,
        texts: &[&str],
        rng: &mut impl CryptoRng,
    ) -> (Ballot<G>, String) {
        let mut ballot = Ballot {
            election_uuid: self.election.parameters().uuid.clone(),
            election_hash: *self.election.fingerprint(),
            credential: *credential.public(),
            answers,
            signature: None,
        };
        let unsigned = ballot.unsigned_text(texts);
        let hash = Fingerprint::of(&unsigned);
        let proof = knowledge::prove(&["sig|", &hash.to_string(), "|"], credential.secret(), rng);
        let signature = Signature { hash, proof };
        let text = text::signed(unsigned, &signature);
        ballot.signature = Some(signature);
        (ballot, text)
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
