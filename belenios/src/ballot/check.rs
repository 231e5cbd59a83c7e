//! Checking a ballot: every rule of protocol note §3, one function a rule, and canonical form everywhere.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Answer, Ballot, BallotBox, Signature, Statement, combined, elements, text};
use crate::cores;
use crate::election::Question;
use crate::group::Group;
use crate::proof::{disjunctive, knowledge};
use crate::text::{Fingerprint, Uuid};

/// A ballot is refused. Questions and answers count from 1.
#[derive(Debug, thiserror::Error)]
pub enum BallotError {
    /// Another number of answers than questions, or of choices or proofs in an answer.
    #[error("question {question} does not have the right number of choices and proofs")]
    AnswerShape {
        /// The question.
        question: usize,
    },
    /// Another number of answers than questions.
    #[error("the ballot answers {found} questions, the election has {expected}")]
    Answers {
        /// Answers in the ballot.
        found: usize,
        /// Questions of the election.
        expected: usize,
    },
    /// The ballot was made for another election.
    #[error("the ballot belongs to another election")]
    Election,
    /// A choice is not proved to be 0 or 1.
    #[error("the proof of choice {answer} of question {question} does not hold")]
    IndividualProof {
        /// The question.
        question: usize,
        /// The choice.
        answer: usize,
    },
    /// No JSON of a ballot, or an element or a scalar is not canonical or not in the group.
    #[error("the ballot cannot be read")]
    Json(#[source] serde_json::Error),
    /// The bytes are not the canonical text of the ballot.
    #[error("the ballot is not in canonical form")]
    NotCanonical,
    /// The number of chosen answers is not proved to lie in the bounds.
    #[error("the overall proof of question {question} does not hold")]
    OverallProof {
        /// The question.
        question: usize,
    },
    /// The signature does not fit the ballot and its credential, or is missing.
    #[error("the signature of the ballot does not hold")]
    Signature,
}

impl<G: Group> BallotBox<G> {
    /// Reads a ballot and checks everything that can be checked without the list of credentials.
    pub fn check(&self, bytes: &[u8]) -> Result<Ballot<G>, BallotError> {
        let (ballot, signed) = read::<G>(bytes)?;
        self.check_election(&ballot)?;
        check_signature(&ballot, signed)?;
        let statement = format!("{}|{}", self.election.fingerprint(), G::encode(&ballot.credential));
        let questions = &self.election.parameters().questions;
        let answers: Vec<_> = questions.iter().zip(&ballot.answers).enumerate().collect();
        let outcomes = cores::map(&answers, |(index, (question, answer))| {
            check_shape(index + 1, question, answer)?;
            self.check_proofs(index + 1, question, answer, &statement)
        });
        outcomes.into_iter().collect::<Result<(), _>>()?;
        Ok(ballot)
    }

    fn check_election(&self, ballot: &Ballot<G>) -> Result<(), BallotError> {
        let parameters = self.election.parameters();
        if ballot.election_uuid != parameters.uuid || ballot.election_hash != *self.election.fingerprint() {
            return Err(BallotError::Election);
        }
        if ballot.answers.len() != parameters.questions.len() {
            return Err(BallotError::Answers {
                found: ballot.answers.len(),
                expected: parameters.questions.len(),
            });
        }
        Ok(())
    }

    /// Individual and overall proofs (protocol note §3.3, §3.4).
    fn check_proofs(
        &self,
        question_number: usize,
        question: &Question,
        answer: &Answer<G>,
        statement: &str,
    ) -> Result<(), BallotError> {
        let y = &self.key;
        let total = combined(&answer.choices);
        let individual = answer.choices.iter().zip(&answer.individual_proofs);
        let commitments = individual
            .flat_map(|(choice, proofs)| {
                disjunctive::commitments(y, &choice.alpha, &choice.beta, 0..=1, proofs)
            })
            .chain(disjunctive::commitments(
                y,
                &total.alpha,
                &total.beta,
                question.min..=question.max,
                &answer.overall_proof,
            ));
        let texts = G::encode_all(&elements(&answer.choices, &total, commitments));
        let count = answer.choices.len();
        let hashed = Statement::new(statement, &texts, count);
        for (index, proofs) in answer.individual_proofs.iter().enumerate() {
            let commitments = hashed.individual_commitments(index);
            if !disjunctive::holds(hashed.individual, hashed.ciphertext(index), commitments, proofs) {
                return Err(BallotError::IndividualProof { question: question_number, answer: index + 1 });
            }
        }
        let commitments = hashed.overall_commitments(count);
        if !disjunctive::holds(&hashed.overall, hashed.sum, commitments, &answer.overall_proof) {
            return Err(BallotError::OverallProof { question: question_number });
        }
        Ok(())
    }
}

/// A ballot whose answers are not yet read.
#[derive(Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
struct Unread<'a, G: Group> {
    election_uuid: Uuid,
    election_hash: Fingerprint,
    credential: G::Element,
    #[serde(borrow)]
    answers: Vec<&'a RawValue>,
    signature: Option<Signature<G>>,
}

/// Reads a ballot that is in canonical form, and the hash of its text without the signature.
fn read<G: Group>(bytes: &[u8]) -> Result<(Ballot<G>, Fingerprint), BallotError> {
    let unread: Unread<'_, G> = serde_json::from_slice(bytes).map_err(BallotError::Json)?;
    // The answer, and whether its text is the canonical one.
    let answers = cores::map(&unread.answers, |text| {
        let answer: Answer<G> = serde_json::from_str(text.get())?;
        let canonical = answer.to_json() == text.get();
        Ok((answer, canonical))
    });
    let answers: Vec<_> = answers.into_iter().collect::<Result<_, _>>().map_err(BallotError::Json)?;
    if !answers.iter().all(|(_, canonical)| *canonical) {
        return Err(BallotError::NotCanonical);
    }
    let texts: Vec<_> = unread.answers.iter().map(|text| text.get()).collect();
    let ballot = Ballot {
        election_uuid: unread.election_uuid,
        election_hash: unread.election_hash,
        credential: unread.credential,
        answers: answers.into_iter().map(|(answer, _)| answer).collect(),
        signature: unread.signature,
    };
    let unsigned = ballot.unsigned_text(&texts);
    let signed = Fingerprint::of(&unsigned);
    let whole = match &ballot.signature {
        Some(signature) => text::signed(unsigned, signature),
        None => unsigned,
    };
    if whole.as_bytes() == bytes { Ok((ballot, signed)) } else { Err(BallotError::NotCanonical) }
}

/// The signature of protocol note §3.5, for a ballot with this hash of its text without the signature.
fn check_signature<G: Group>(ballot: &Ballot<G>, hash: Fingerprint) -> Result<(), BallotError> {
    let signature = ballot.signature.as_ref().ok_or(BallotError::Signature)?;
    let prefix = ["sig|", &hash.to_string(), "|"];
    if hash == signature.hash && knowledge::verify(&prefix, &ballot.credential, &signature.proof) {
        Ok(())
    } else {
        Err(BallotError::Signature)
    }
}

/// One ciphertext and one pair of proofs an answer, one overall proof a possible total.
fn check_shape<G: Group>(
    question_number: usize,
    question: &Question,
    answer: &Answer<G>,
) -> Result<(), BallotError> {
    let answers = question.answers.len();
    let totals = usize::try_from(question.max - question.min).unwrap_or(usize::MAX).saturating_add(1);
    let fits = answer.choices.len() == answers
        && answer.individual_proofs.len() == answers
        && answer.individual_proofs.iter().all(|proofs| proofs.len() == 2)
        && answer.overall_proof.len() == totals;
    if fits { Ok(()) } else { Err(BallotError::AnswerShape { question: question_number }) }
}
