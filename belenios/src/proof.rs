//! Zero-knowledge proofs made non-interactive by hashing (protocol note §3.3, §3.5, §4, §6).

use serde::{Deserialize, Serialize};

use crate::group::Group;

pub(crate) mod disjunctive;
pub(crate) mod equality;
pub(crate) mod knowledge;

/// A challenge and the response to it: `{"challenge": Zq, "response": Zq}` (protocol note §2).
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Proof<G: Group> {
    /// The hash of the statement and the commitments, or a part of it.
    pub challenge: G::Scalar,
    /// The answer that only somebody with the secret could compute.
    pub response: G::Scalar,
}

impl<G: Group> std::fmt::Debug for Proof<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proof")
            .field("challenge", &G::encode_scalar(&self.challenge))
            .field("response", &G::encode_scalar(&self.response))
            .finish()
    }
}
