//! What the archive holds of threshold trustees, and the combination of their shares (protocol note §5).

use serde::{Deserialize, Serialize, Serializer};

use super::contribution::Coefficients;
use super::{CeremonyError, Certificate, Certificates, Contributions, Quorum, SignedMessage, index_scalar};
use crate::group::Group;
use crate::proof::Proof;
use crate::signature;
use crate::trustee::TrusteePublicKey;

/// The published block of n trustees of whom any t decrypt. Every version of belenios-tool accepts a block that
/// [`Block::assemble`] made; a block that was read may lack what old versions left out ([`Block::omissions`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block<G: Group> {
    published: Published<G>,
    quorum: Quorum,
    key: G::Element,
    omissions: Vec<Omission>,
}

/// What an old program has left out of a block. It can be used all the same; newer programs refuse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Omission {
    /// No certificate context, or no signatures of the certificates: needed since belenios-tool 2.5.1.
    #[error(
        "the certificates of the threshold trustees lack the context or signatures that belenios-tool demands since 2.5.1"
    )]
    Agreement,
    /// No signatures of the verification keys: needed since belenios-tool 3.0.
    #[error("the keys of the threshold trustees lack the signatures that belenios-tool demands since 3.0")]
    KeySignatures,
}

/// The JSON form. Field order is the canonical one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(in crate::trustee) struct Published<G: Group> {
    threshold: usize,
    certs: Vec<Certificate<G>>,
    coefexps: Vec<SignedMessage<G>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signatures: Option<Vec<Proof<G>>>,
    verification_keys: Vec<TrusteePublicKey<G>>,
}

impl<G: Group> Block<G> {
    /// The block of a finished ceremony, with the trustees' public keys of round 3 in their order.
    ///
    /// # Errors
    /// [`CeremonyError`]; it names the trustee whose key does not hold.
    pub fn assemble(
        certificates: &Certificates<G>,
        contributions: &Contributions<G>,
        public_keys: Vec<TrusteePublicKey<G>>,
    ) -> Result<Self, CeremonyError> {
        let contributions = contributions.as_slice();
        let unsigned = public_keys.iter().position(|key| key.signature.is_none());
        if let Some(place) = unsigned {
            return Err(CeremonyError::PublicKeySignature { trustee: place + 1 });
        }
        Self::check(Published {
            threshold: certificates.quorum().needed(),
            certs: certificates.as_slice().to_vec(),
            coefexps: contributions.iter().map(|contribution| contribution.coefexps.clone()).collect(),
            signatures: Some(contributions.iter().map(|contribution| contribution.signature).collect()),
            verification_keys: public_keys,
        })
    }

    /// Checks everything in a block; [`Omission`]s are noted.
    pub(in crate::trustee) fn check(published: Published<G>) -> Result<Self, CeremonyError> {
        let quorum = Quorum::new(published.threshold, published.verification_keys.len())?;
        let certificates = Certificates::check_published(quorum, published.certs.clone())?;
        let coefficients = Coefficients::check(&certificates, published.coefexps.iter())?;
        let mut omissions = Vec::new();
        if let Some(signatures) = &published.signatures {
            coefficients.check_agreement(&certificates, signatures.iter())?;
        }
        if published.signatures.is_none() || !certificates.is_complete() {
            omissions.push(Omission::Agreement);
        }
        for (key, trustee) in published.verification_keys.iter().zip(quorum.indexes()) {
            check_key(&certificates, &coefficients, key, trustee)?;
        }
        if published.verification_keys.iter().any(|key| key.signature.is_none()) {
            omissions.push(Omission::KeySignatures);
        }
        let key = coefficients.election_key();
        Ok(Self { published, quorum, key, omissions })
    }

    /// Whether this is the block of these very certificates and contributions. A trustee asks that of the published block:
    /// somebody who carried other messages to each trustee could know the key otherwise.
    #[must_use]
    pub fn is_outcome_of(&self, certificates: &Certificates<G>, contributions: &Contributions<G>) -> bool {
        let published = &self.published;
        let contributions = contributions.as_slice();
        published.threshold == certificates.quorum().needed()
            && published.certs == certificates.as_slice()
            && published.coefexps.iter().eq(contributions.iter().map(|contribution| &contribution.coefexps))
            && published.signatures.as_ref().is_some_and(|signatures| {
                signatures.iter().eq(contributions.iter().map(|contribution| &contribution.signature))
            })
    }

    /// How many trustees there are and how many are needed.
    #[must_use]
    pub const fn quorum(&self) -> Quorum {
        self.quorum
    }

    /// What old programs have left out; empty for a block of ours.
    #[must_use]
    pub fn omissions(&self) -> &[Omission] {
        &self.omissions
    }

    /// The block's part of the election key.
    pub(in crate::trustee) const fn key(&self) -> &G::Element {
        &self.key
    }

    /// The keys that shares are proved with, in the order of the trustees.
    pub(in crate::trustee) fn verification_keys(&self) -> &[TrusteePublicKey<G>] {
        &self.published.verification_keys
    }
}

impl<G: Group> Serialize for Block<G> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.published.serialize(serializer)
    }
}

/// Value, proof of knowledge and, where it is there, signature of a trustee's key (protocol note §5, steps 5 and 6).
pub(super) fn check_key<G: Group>(
    certificates: &Certificates<G>,
    coefficients: &Coefficients<G>,
    key: &TrusteePublicKey<G>,
    trustee: usize,
) -> Result<(), CeremonyError> {
    if key.public_key != coefficients.public_key(trustee) {
        return Err(CeremonyError::PublicKeyValue { trustee });
    }
    if !key.is_proved() {
        return Err(CeremonyError::PublicKeyProof { trustee });
    }
    let text = G::encode(&key.public_key);
    let verification = &certificates.keys(trustee)?.verification;
    let signed =
        key.signature.as_ref().is_none_or(|proof| signature::verify::<G>(verification, &text, proof));
    if signed { Ok(()) } else { Err(CeremonyError::PublicKeySignature { trustee }) }
}

/// Lagrange's coefficients at zero for these indexes: `λ_j = Π_(k≠j) k/(k−j)` mod q.
pub(in crate::trustee) fn lagrange<G: Group>(indexes: &[usize]) -> Vec<G::Scalar> {
    let scalars: Vec<_> = indexes.iter().map(|index| index_scalar::<G>(*index)).collect();
    let coefficient = |j: &G::Scalar| {
        let others = scalars.iter().filter(|k| *k != j);
        let (above, below) =
            others.fold((G::scalar(1), G::scalar(1)), |(above, below), k| (above * *k, below * (*k - *j)));
        above * G::invert(&below)
    };
    scalars.iter().map(coefficient).collect()
}
