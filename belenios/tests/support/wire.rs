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

/// A single trustee, or a verification key of a threshold block.
#[derive(Serialize)]
pub(crate) struct PublicKey {
    pub(crate) pok: Proof,
    #[serde(rename = "public_key")]
    pub(crate) element: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signature: Option<Proof>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Block {
    pub(crate) threshold: u64,
    pub(crate) certs: Vec<SignedMessage>,
    pub(crate) coefexps: Vec<SignedMessage>,
    pub(crate) signatures: Vec<Proof>,
    pub(crate) verification_keys: Vec<PublicKey>,
}

#[derive(Clone, Serialize)]
pub(crate) struct SignedMessage {
    pub(crate) message: String,
    pub(crate) signature: Proof,
}

#[derive(Serialize)]
pub(crate) struct Certificate {
    pub(crate) context: Context,
    pub(crate) verification: String,
    pub(crate) encryption: String,
}

#[derive(Serialize)]
pub(crate) struct Context {
    pub(crate) group: &'static str,
    pub(crate) size: u64,
    pub(crate) threshold: u64,
    pub(crate) index: u64,
}

#[derive(Serialize)]
pub(crate) struct CoefficientList {
    pub(crate) coefexps: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct Certificates {
    pub(crate) certs: Vec<SignedMessage>,
    pub(crate) coefexps: Vec<String>,
}
