//! Ballots: one encrypted answer a question, proved and signed with a credential (protocol note §2.4, §3).

use std::borrow::Borrow;

use serde::{Deserialize, Serialize};

use crate::cores;
use crate::election::{Election, Question};
use crate::group::{Group, product};
use crate::proof::Proof;
use crate::text::{Fingerprint, Uuid};

mod audit;
mod check;
mod encrypt;
mod progress;
mod text;

pub use audit::{Audit, AuditError, OpenedBallot, PreparedBallot};
pub use check::BallotError;
pub use encrypt::ChoiceError;
pub use progress::BallotInProgress;

/// An exponential ElGamal ciphertext of a small number m: (g^r, y^r·g^m).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Ciphertext<G: Group> {
    /// g^r.
    pub alpha: G::Element,
    /// y^r·g^m.
    pub beta: G::Element,
}

impl<G: Group> Ciphertext<G> {
    /// The ciphertext of the sum of the two numbers.
    #[must_use]
    pub fn combine(&self, other: &Self) -> Self {
        Self { alpha: G::multiply(&self.alpha, &other.alpha), beta: G::multiply(&self.beta, &other.beta) }
    }
}

/// The encrypted answer to one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Answer<G: Group> {
    /// One ciphertext of 0 or 1 a possible answer.
    pub choices: Vec<Ciphertext<G>>,
    /// Proofs that each choice is 0 or 1.
    pub individual_proofs: Vec<Vec<Proof<G>>>,
    /// Proof that the sum of the choices lies in the question's bounds.
    pub overall_proof: Vec<Proof<G>>,
}

/// The signature of a ballot with its credential (protocol note §3.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Signature<G: Group> {
    /// The hash of the ballot without this field.
    pub hash: Fingerprint,
    /// The proof of knowing the credential's secret, bound to that hash.
    pub proof: Proof<G>,
}

/// A ballot. Field order is the canonical one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Ballot<G: Group> {
    election_uuid: Uuid,
    election_hash: Fingerprint,
    credential: G::Element,
    answers: Vec<Answer<G>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Signature<G>>,
}

impl<G: Group> Ballot<G> {
    /// The canonical text, as it is stored, sent and published.
    #[must_use]
    pub fn to_json(&self) -> String {
        let unsigned = self.unsigned_text(&cores::map(&self.answers, Answer::to_json));
        match &self.signature {
            Some(signature) => text::signed(unsigned, signature),
            None => unsigned,
        }
    }

    /// The tracker (回执码): the hash of the canonical text.
    #[must_use]
    pub fn tracker(&self) -> Fingerprint {
        Fingerprint::of(self.to_json())
    }

    /// The public credential that signed it.
    #[must_use]
    pub fn credential(&self) -> &G::Element {
        &self.credential
    }

    /// The encrypted answers, one a question.
    #[must_use]
    pub fn answers(&self) -> &[Answer<G>] {
        &self.answers
    }

    /// The canonical text without the signature, given those of the answers: its hash is signed.
    fn unsigned_text(&self, answers: &[impl Borrow<str>]) -> String {
        text::unsigned::<G>(&self.election_uuid, &self.election_hash, &self.credential, answers)
    }
}

/// An election made ready for encrypting and checking many ballots.
#[derive(Debug)]
pub struct BallotBox<G: Group> {
    election: Election<G>,
    /// The election key with precomputed multiples.
    key: G::Base,
}

impl<G: Group> BallotBox<G> {
    /// Prepares `election`.
    #[must_use]
    pub fn new(election: Election<G>) -> Self {
        let key = G::prepare(&election.parameters().public_key);
        Self { election, key }
    }

    /// The election.
    #[must_use]
    pub fn election(&self) -> &Election<G> {
        &self.election
    }

    /// The length in bytes that no ballot's canonical text exceeds: what all are padded to in transport and store, so
    /// that the decimal lengths of its scalars tell nothing.
    #[must_use]
    pub fn maximal_ballot_size(&self) -> usize {
        let largest = Proof { challenge: -G::scalar(1), response: -G::scalar(1) };
        let identity = G::identity();
        let ciphertext = Ciphertext { alpha: identity, beta: identity };
        let answer = |question: &Question| {
            let branches = usize::try_from(question.max - question.min).unwrap_or(0) + 1;
            Answer {
                choices: vec![ciphertext; question.answers.len()],
                individual_proofs: vec![vec![largest; 2]; question.answers.len()],
                overall_proof: vec![largest; branches],
            }
        };
        let questions = &self.election.parameters().questions;
        let ballot = Ballot::<G> {
            election_uuid: self.election.parameters().uuid.clone(),
            election_hash: *self.election.fingerprint(),
            credential: identity,
            answers: questions.iter().map(answer).collect(),
            signature: Some(Signature { hash: *self.election.fingerprint(), proof: largest }),
        };
        let elements = 1 + questions.iter().map(|question| 2 * question.answers.len()).sum::<usize>();
        ballot.to_json().len() + elements * (G::LONGEST_ELEMENT_TEXT - G::encode(&identity).len())
    }
}

/// The parts of a question's ciphertexts that prover and verifier hash, in the one order both use.
struct Statement<'a> {
    /// S0 = φ "|" str(C) (protocol note §3.4).
    individual: &'a str,
    /// S1 = S0 "|" and all ciphertexts.
    overall: String,
    /// `[str(alpha_0), str(beta_0), …]`.
    choices: &'a [String],
    /// `[str(Πalpha), str(Πbeta)]`.
    sum: &'a [String],
    /// Commitments of the individual proofs, then of the overall proof.
    commitments: &'a [String],
}

/// Commitments of one individual proof: A and B for 0 and for 1.
const INDIVIDUAL_COMMITMENTS: usize = 4;

impl<'a> Statement<'a> {
    /// Cuts the texts of [`elements`] for a question of `answers` answers.
    fn new(individual: &'a str, texts: &'a [String], answers: usize) -> Self {
        let (choices, rest) = texts.split_at_checked(2 * answers).unwrap_or((texts, &[]));
        let (sum, commitments) = rest.split_at_checked(2).unwrap_or((rest, &[]));
        let overall = format!("{individual}|{}", choices.join(","));
        Self { individual, overall, choices, sum, commitments }
    }

    fn ciphertext(&self, answer: usize) -> &'a [String] {
        self.choices.chunks(2).nth(answer).unwrap_or(&[])
    }

    fn individual_commitments(&self, answer: usize) -> &'a [String] {
        self.commitments.chunks(INDIVIDUAL_COMMITMENTS).nth(answer).unwrap_or(&[])
    }

    fn overall_commitments(&self, answers: usize) -> &'a [String] {
        self.commitments.get(answers * INDIVIDUAL_COMMITMENTS..).unwrap_or(&[])
    }
}

/// The product of a question's ciphertexts: it encrypts the number of chosen answers.
fn combined<G: Group>(choices: &[Ciphertext<G>]) -> Ciphertext<G> {
    Ciphertext {
        alpha: product::<G>(choices.iter().map(|choice| &choice.alpha)),
        beta: product::<G>(choices.iter().map(|choice| &choice.beta)),
    }
}

/// All elements of a question that are hashed, to be turned into text at once; [`Statement::new`] cuts the texts.
fn elements<G: Group>(
    choices: &[Ciphertext<G>],
    sum: &Ciphertext<G>,
    commitments: impl IntoIterator<Item = G::Element>,
) -> Vec<G::Element> {
    let ciphertexts = choices.iter().chain([sum]).flat_map(|ciphertext| [ciphertext.alpha, ciphertext.beta]);
    ciphertexts.chain(commitments).collect()
}
