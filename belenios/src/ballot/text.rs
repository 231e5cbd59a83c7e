//! The canonical text of a ballot, put together from those of its answers, so that each is written once: when the answer is
//! made, or to compare it with what was read.

use std::borrow::Borrow;

use serde::Serialize;

use super::{Answer, Signature};
use crate::group::Group;
use crate::json;
use crate::proof::Proof;
use crate::text::{Fingerprint, Uuid};

impl<G: Group> Answer<G> {
    /// The canonical text. The elements are turned into text at once, which is an order of magnitude cheaper than one by one.
    pub(super) fn to_json(&self) -> String {
        let elements: Vec<_> = self.choices.iter().flat_map(|choice| [choice.alpha, choice.beta]).collect();
        let texts = G::encode_all(&elements);
        let choices = texts.chunks_exact(2).filter_map(|pair| match pair {
            [alpha, beta] => Some(CiphertextText { alpha, beta }),
            _ => None,
        });
        json::write(&AnswerText::<G> {
            choices: choices.collect(),
            individual_proofs: &self.individual_proofs,
            overall_proof: &self.overall_proof,
        })
    }
}

/// [`Answer`] with the texts of its elements.
#[derive(Serialize)]
#[serde(bound = "")]
struct AnswerText<'a, G: Group> {
    choices: Vec<CiphertextText<'a>>,
    individual_proofs: &'a [Vec<Proof<G>>],
    overall_proof: &'a [Proof<G>],
}

#[derive(Serialize)]
struct CiphertextText<'a> {
    alpha: &'a str,
    beta: &'a str,
}

/// A ballot without answers and signature.
#[derive(Serialize)]
#[serde(bound = "")]
struct Head<'a, G: Group> {
    election_uuid: &'a Uuid,
    election_hash: &'a Fingerprint,
    credential: &'a G::Element,
    answers: [(); 0],
}

/// What ends a list and the object it stands in.
const END: &str = "]}";

/// The canonical text of a ballot without its signature, given those of its answers.
pub(super) fn unsigned<G: Group>(
    election_uuid: &Uuid,
    election_hash: &Fingerprint,
    credential: &G::Element,
    answers: &[impl Borrow<str>],
) -> String {
    let head = json::write(&Head::<G> { election_uuid, election_hash, credential, answers: [] });
    let length: usize = answers.iter().map(|answer| answer.borrow().len() + 1).sum();
    // Room for the signature too.
    let mut text = String::with_capacity(head.len() + length + 512);
    text.push_str(head.strip_suffix(END).unwrap_or(&head));
    for (index, answer) in answers.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(answer.borrow());
    }
    text.push_str(END);
    text
}

/// The canonical text of the whole ballot, given that without its signature.
pub(super) fn signed<G: Group>(mut unsigned: String, signature: &Signature<G>) -> String {
    unsigned.pop();
    unsigned.push_str(",\"signature\":");
    unsigned.push_str(&json::write(signature));
    unsigned.push('}');
    unsigned
}
