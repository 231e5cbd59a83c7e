//! The JSON of ballots and decryptions with every element and scalar left as text, so that any text can stand there
//! (protocol note §2). Field order is the canonical one.

use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Proof {
    pub(crate) challenge: String,
    pub(crate) response: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Ciphertext {
    pub(crate) alpha: String,
    pub(crate) beta: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) choices: Vec<Ciphertext>,
    pub(crate) individual_proofs: Vec<Vec<Proof>>,
    pub(crate) overall_proof: Vec<Proof>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Signature {
    pub(crate) hash: String,
    pub(crate) proof: Proof,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Ballot {
    pub(crate) election_uuid: String,
    pub(crate) election_hash: String,
    pub(crate) credential: String,
    pub(crate) answers: Vec<Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signature: Option<Signature>,
}

#[derive(Clone, Serialize)]
pub(crate) struct PartialDecryption {
    pub(crate) decryption_factors: Vec<Vec<String>>,
    pub(crate) decryption_proofs: Vec<Vec<Proof>>,
}

#[derive(Serialize)]
pub(crate) struct PublicKey {
    pub(crate) pok: Proof,
    #[serde(rename = "public_key")]
    pub(crate) element: String,
    pub(crate) name: String,
}
