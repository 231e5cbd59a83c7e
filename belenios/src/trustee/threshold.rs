//! Threshold trustees: n people make one key together, any t of them decrypt (protocol note §5, after Pedersen).
//!
//! The ceremony has three rounds. Each is a function of one trustee's machine with a message type of its own; a server
//! only collects the messages of a round and hands all of them to everybody:
//!
//! | round | a trustee makes | from | collected and checked as |
//! | --- | --- | --- | --- |
//! | 1 | [`Certificate`] with [`Identity::certificate`] | its own seed | [`Certificates`] |
//! | 2 | [`Contribution`] with [`Identity::contribute`] | the certificates | [`Contributions`] |
//! | 3 | key and public key with [`Identity::finish`] | certificates and contributions | [`Block`] |
//!
//! A server that shows everybody other certificates could sit between the trustees. So before anything is encrypted to the key,
//! everyone sees that the published block is the outcome of the very messages that were shown here
//! ([`Trustees::is_outcome_of`](super::Trustees::is_outcome_of)), and compares the published list, or already
//! [`Certificates::fingerprint`], by word of mouth. What goes from one trustee to another is sealed to the recipient,
//! signed by the sender and bound to that fingerprint; whatever does not hold names the trustee whose message it is
//! ([`CeremonyError::culprit`]).
//!
//! ```
//! use belenios::group::Ed25519;
//! use belenios::trustee::Trustees;
//! use belenios::trustee::threshold::{Block, Certificates, Contributions, Identity, Quorum};
//! # use rand::SeedableRng;
//! # let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
//!
//! let quorum = Quorum::new(2, 3)?;
//! let trustees: Vec<Identity<Ed25519>> =
//!     quorum.indexes().map(|index| Identity::generate(quorum, index, &mut rng)).collect::<Result<_, _>>()?;
//!
//! let certificates = trustees.iter().map(|trustee| trustee.certificate(&mut rng)).collect();
//! let certificates = Certificates::check(quorum, certificates)?;
//!
//! let contributions = trustees.iter().map(|trustee| trustee.contribute(&certificates, &mut rng));
//! let contributions = Contributions::check(&certificates, contributions.collect::<Result<_, _>>()?)?;
//!
//! let (mut secret, mut public) = (Vec::new(), Vec::new());
//! for trustee in &trustees {
//!     let (key, public_key) = trustee.finish(&certificates, &contributions, None, &mut rng)?;
//!     secret.push(key);
//!     public.push(public_key);
//! }
//! let trustees = Trustees::threshold(Block::assemble(&certificates, &contributions, public)?);
//! assert!(trustees.is_quorum(&[1, 3]) && !trustees.is_quorum(&[2]));
//! # Ok::<(), belenios::trustee::threshold::CeremonyError>(())
//! ```

mod block;
mod certificate;
mod contribution;
mod identity;
mod sealed;

pub(super) use block::lagrange;
pub use block::{Block, Omission};
pub use certificate::{Certificate, Certificates};
pub use contribution::{Contribution, Contributions};
pub use identity::Identity;
pub use sealed::SealedShare;

use serde::{Deserialize, Serialize};

use crate::group::Group;
use crate::proof::Proof;
use crate::signature;
use crate::trustee::MOST_TRUSTEES;

/// How many trustees there are, and how many of them are needed to decrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quorum {
    needed: usize,
    size: usize,
}

impl Quorum {
    /// `needed` of `size` trustees, 1 ≤ needed ≤ size ≤ 255.
    ///
    /// # Errors
    /// [`CeremonyError::Quorum`]
    pub const fn new(needed: usize, size: usize) -> Result<Self, CeremonyError> {
        if needed == 0 || needed > size || size > MOST_TRUSTEES {
            return Err(CeremonyError::Quorum { needed, size });
        }
        Ok(Self { needed, size })
    }

    /// t: how many decrypt.
    #[must_use]
    pub const fn needed(self) -> usize {
        self.needed
    }

    /// n: how many there are.
    #[must_use]
    pub const fn size(self) -> usize {
        self.size
    }

    /// The trustees' indexes, from 1.
    pub fn indexes(self) -> impl Iterator<Item = usize> {
        1..=self.size
    }
}

/// A text with its author's signature: `{"message": string, "signature": proof}` (protocol note §2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct SignedMessage<G: Group> {
    /// The exact text that is signed.
    pub message: String,
    /// Over the text (protocol note §5, "PKI signature").
    pub signature: Proof<G>,
}

impl<G: Group> SignedMessage<G> {
    fn sign(secret: &G::Scalar, message: String, rng: &mut impl rand::CryptoRng) -> Self {
        let signature = signature::sign::<G>(secret, &message, rng);
        Self { message, signature }
    }

    fn is_signed_by(&self, public: &G::Element) -> bool {
        signature::verify::<G>(public, &self.message, &self.signature)
    }
}

/// The ceremony cannot go on. Trustees are named by their index from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CeremonyError {
    /// The contribution was made for another set of certificates than the one shown here.
    #[error("trustee {trustee} has seen other certificates")]
    Agreement {
        /// Who contributed.
        trustee: usize,
    },
    /// The certificate is of another group, quorum or place.
    #[error("the certificate of trustee {trustee} was made for another ceremony or place")]
    CertificateContext {
        /// Whose it is.
        trustee: usize,
    },
    /// A key of the certificate is the neutral element, or both are the same.
    #[error("the certificate of trustee {trustee} has no two keys")]
    CertificateKey {
        /// Whose it is.
        trustee: usize,
    },
    /// The certificate is not signed with its own key.
    #[error("the signature of trustee {trustee}'s certificate does not hold")]
    CertificateSignature {
        /// Whose it is.
        trustee: usize,
    },
    /// The public coefficients are not as many as trustees are needed.
    #[error(
        "the contribution of trustee {trustee} has another number of coefficients than trustees are needed"
    )]
    Coefficients {
        /// Who contributed.
        trustee: usize,
    },
    /// Not one message a trustee.
    #[error("there are {found} messages of {expected} trustees")]
    Count {
        /// Trustees.
        expected: usize,
        /// Messages.
        found: usize,
    },
    /// A signed text cannot be read.
    #[error("a message of trustee {trustee} cannot be read")]
    Message {
        /// Whose it is.
        trustee: usize,
    },
    /// This trustee's own certificate is not in the set.
    #[error("the certificate shown for trustee {trustee} is not the one made here")]
    NotMine {
        /// This trustee.
        trustee: usize,
    },
    /// The key is not proved to be known.
    #[error("trustee {trustee} does not prove knowledge of the key")]
    PublicKeyProof {
        /// Whose key it is.
        trustee: usize,
    },
    /// The key is not signed by the trustee.
    #[error("the key of trustee {trustee} is not signed by that trustee")]
    PublicKeySignature {
        /// Whose key it is.
        trustee: usize,
    },
    /// The key is not the one that the contributions give.
    #[error("the key of trustee {trustee} is not the one that the contributions give")]
    PublicKeyValue {
        /// Whose key it is.
        trustee: usize,
    },
    /// Impossible numbers.
    #[error("{needed} of {size} trustees is not possible")]
    Quorum {
        /// Needed.
        needed: usize,
        /// Altogether.
        size: usize,
    },
    /// Two certificates have a key in common: one of the two trustees has copied it, and nothing tells who.
    #[error("the certificates of trustees {one} and {other} have a key in common")]
    SharedKey {
        /// One of the two.
        one: usize,
        /// The other one.
        other: usize,
    },
    /// A sealed share does not open: it was sealed with something else than this ceremony demands.
    #[error("the share sent by trustee {trustee} cannot be opened")]
    ShareSeal {
        /// Who sent it.
        trustee: usize,
    },
    /// A sealed share is not signed by its sender: the sender is at fault, or whoever carried it.
    #[error("the signature of the share sent by trustee {trustee} does not hold")]
    ShareSignature {
        /// Who sent it.
        trustee: usize,
    },
    /// A share is not the value that the sender's public coefficients promise.
    #[error("the share sent by trustee {trustee} is not the one promised")]
    ShareValue {
        /// Who sent it.
        trustee: usize,
    },
    /// The signature of the coefficients does not hold.
    #[error("the signature of trustee {trustee}'s contribution does not hold")]
    ContributionSignature {
        /// Who contributed.
        trustee: usize,
    },
}

impl CeremonyError {
    /// The trustee whose message does not hold, by index from 1; none if no single one is at fault. See also
    /// [`CeremonyError::may_be_the_carrier`].
    #[must_use]
    pub const fn culprit(self) -> Option<usize> {
        match self {
            Self::Agreement { trustee }
            | Self::CertificateContext { trustee }
            | Self::CertificateKey { trustee }
            | Self::CertificateSignature { trustee }
            | Self::Coefficients { trustee }
            | Self::ContributionSignature { trustee }
            | Self::Message { trustee }
            | Self::PublicKeyProof { trustee }
            | Self::PublicKeySignature { trustee }
            | Self::PublicKeyValue { trustee }
            | Self::ShareSeal { trustee }
            | Self::ShareSignature { trustee }
            | Self::ShareValue { trustee } => Some(trustee),
            // Nobody of the others made these: numbers are wrong, or somebody carried a certificate wrongly.
            Self::Count { .. } | Self::NotMine { .. } | Self::Quorum { .. } | Self::SharedKey { .. } => None,
        }
    }

    /// Whether somebody who carried the message could have caused this as well. Otherwise the trustee's own signature
    /// stands under what is wrong.
    #[must_use]
    pub const fn may_be_the_carrier(self) -> bool {
        !matches!(
            self,
            Self::CertificateContext { .. }
                | Self::Coefficients { .. }
                | Self::ShareSeal { .. }
                | Self::ShareValue { .. }
                | Self::SharedKey { .. }
        )
    }
}

/// The value at `index` of the polynomial whose coefficients stand in the exponents: `Π_k A_k^(index^k)`, by Horner.
fn evaluate_in_exponent<G: Group>(coefficients: &[G::Element], index: &G::Scalar) -> G::Element {
    coefficients
        .iter()
        .rev()
        .fold(G::identity(), |value, coefficient| G::multiply(&public_power::<G>(&value, index), coefficient))
}

/// `base^exponent` for public values, in variable time.
pub(crate) fn public_power<G: Group>(base: &G::Element, exponent: &G::Scalar) -> G::Element {
    G::public_generator_product(&G::scalar(0), base, exponent)
}

/// An index as an exponent.
fn index_scalar<G: Group>(index: usize) -> G::Scalar {
    G::scalar(u64::try_from(index).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
