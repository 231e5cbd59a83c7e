//! Round 2: what every trustee adds to the common key.

use serde::{Deserialize, Serialize};

use super::block::check_key;
use super::{CeremonyError, Certificates, SealedShare, SignedMessage, evaluate_in_exponent, index_scalar};
use crate::group::{Group, product};
use crate::json;
use crate::proof::Proof;
use crate::signature;
use crate::trustee::TrusteePublicKey;

/// A trustee's message of round 2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Contribution<G: Group> {
    /// The coefficients of the trustee's polynomial, as exponents; published.
    pub coefexps: SignedMessage<G>,
    /// Over all certificates and the coefficients: everybody has seen the same certificates; published.
    pub signature: Proof<G>,
    /// One for each trustee, in order; never published.
    pub shares: Vec<SealedShare<G>>,
}

/// The signed text of the coefficients.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(super) struct CoefficientsMessage<G: Group> {
    pub(super) coefexps: Vec<G::Element>,
}

/// The public coefficients of all trustees, in the order of their indexes, each checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Coefficients<G: Group> {
    /// `A_ik`, by trustee.
    each: Vec<Vec<G::Element>>,
    /// `Π_i A_ik`, by k.
    common: Vec<G::Element>,
}

impl<G: Group> Coefficients<G> {
    /// Checks signature and number of every trustee's coefficients.
    pub(super) fn check<'a>(
        certificates: &Certificates<G>,
        messages: impl ExactSizeIterator<Item = &'a SignedMessage<G>>,
    ) -> Result<Self, CeremonyError> {
        let quorum = certificates.quorum();
        if messages.len() != quorum.size() {
            return Err(CeremonyError::Count { expected: quorum.size(), found: messages.len() });
        }
        let mut all = Vec::with_capacity(quorum.size());
        for (message, trustee) in messages.zip(quorum.indexes()) {
            all.push(read_coefficients(certificates, message, trustee)?);
        }
        let of_degree = |k: usize| all.iter().filter_map(move |coefficients| coefficients.get(k));
        let common = (0..quorum.needed()).map(|k| product::<G>(of_degree(k))).collect();
        Ok(Self { each: all, common })
    }

    /// Every trustee has signed these certificates together with the coefficients.
    pub(super) fn check_agreement<'a>(
        &self,
        certificates: &Certificates<G>,
        signatures: impl ExactSizeIterator<Item = &'a Proof<G>>,
    ) -> Result<(), CeremonyError> {
        if signatures.len() != self.each.len() {
            return Err(CeremonyError::Count { expected: self.each.len(), found: signatures.len() });
        }
        for ((signature, coefficients), trustee) in signatures.zip(&self.each).zip(1..) {
            check_agreement(certificates, coefficients, signature, trustee)?;
        }
        Ok(())
    }

    /// The block's part of the election key: `Π_i A_i0`.
    pub(super) fn election_key(&self) -> G::Element {
        self.common.first().copied().unwrap_or_else(G::identity)
    }

    /// The public key that a trustee must end with: `Π_i Π_k A_ik^(j^k)` (protocol note §5, step 6).
    pub(super) fn public_key(&self, trustee: usize) -> G::Element {
        evaluate_in_exponent::<G>(&self.common, &index_scalar::<G>(trustee))
    }

    /// What the share of one trustee for another must be in the exponent.
    fn promised(&self, sender: usize, recipient: usize) -> Option<G::Element> {
        let coefficients = sender.checked_sub(1).and_then(|place| self.each.get(place))?;
        Some(evaluate_in_exponent::<G>(coefficients, &index_scalar::<G>(recipient)))
    }
}

/// The coefficients in a trustee's message: signed, and as many as trustees are needed.
fn read_coefficients<G: Group>(
    certificates: &Certificates<G>,
    message: &SignedMessage<G>,
    trustee: usize,
) -> Result<Vec<G::Element>, CeremonyError> {
    if !message.is_signed_by(&certificates.keys(trustee)?.verification) {
        return Err(CeremonyError::ContributionSignature { trustee });
    }
    let content: CoefficientsMessage<G> =
        json::read(message.message.as_bytes()).map_err(|_| CeremonyError::Message { trustee })?;
    if content.coefexps.len() != certificates.quorum().needed() {
        return Err(CeremonyError::Coefficients { trustee });
    }
    Ok(content.coefexps)
}

/// The trustee has signed these certificates together with the coefficients.
fn check_agreement<G: Group>(
    certificates: &Certificates<G>,
    coefficients: &[G::Element],
    signature: &Proof<G>,
    trustee: usize,
) -> Result<(), CeremonyError> {
    let agreement = certificates.agreement(coefficients);
    if signature::verify::<G>(&certificates.keys(trustee)?.verification, &agreement, signature) {
        Ok(())
    } else {
        Err(CeremonyError::Agreement { trustee })
    }
}

impl<G: Group> Contribution<G> {
    /// Checks a contribution as it arrives: everything that [`Contributions::check`] demands of it.
    ///
    /// # Errors
    /// [`CeremonyError`], naming `sender`.
    pub fn check(&self, certificates: &Certificates<G>, sender: usize) -> Result<(), CeremonyError> {
        let coefficients = read_coefficients(certificates, &self.coefexps, sender)?;
        check_agreement(certificates, &coefficients, &self.signature, sender)?;
        if self.shares.len() != certificates.quorum().size() {
            return Err(CeremonyError::Message { trustee: sender });
        }
        for (share, recipient) in self.shares.iter().zip(1..) {
            share.check_signature(certificates, sender, recipient)?;
        }
        Ok(())
    }
}

/// The contributions of all trustees, in the order of their indexes. What is public in them is checked; the shares are
/// checked by their recipients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contributions<G: Group> {
    contributions: Vec<Contribution<G>>,
    coefficients: Coefficients<G>,
}

impl<G: Group> Contributions<G> {
    /// Checks the contributions of round 2, given in the order of the trustees: all made for these certificates, signed,
    /// of the right size, and every sealed share signed by its sender.
    ///
    /// # Errors
    /// [`CeremonyError`]; it names the trustee whose contribution does not hold.
    pub fn check(
        certificates: &Certificates<G>,
        contributions: Vec<Contribution<G>>,
    ) -> Result<Self, CeremonyError> {
        let messages = contributions.iter().map(|contribution| &contribution.coefexps);
        let coefficients = Coefficients::check(certificates, messages)?;
        for (contribution, sender) in contributions.iter().zip(1..) {
            contribution.check(certificates, sender)?;
        }
        Ok(Self { contributions, coefficients })
    }

    /// Checks a trustee's public key of round 3 as it arrives, as [`Block::assemble`](super::Block::assemble) does with all.
    ///
    /// # Errors
    /// [`CeremonyError`], naming `trustee`.
    pub fn check_key(
        &self,
        certificates: &Certificates<G>,
        key: &TrusteePublicKey<G>,
        trustee: usize,
    ) -> Result<(), CeremonyError> {
        if key.signature.is_none() {
            return Err(CeremonyError::PublicKeySignature { trustee });
        }
        check_key(certificates, &self.coefficients, key, trustee)
    }

    /// The election key that these contributions give.
    #[must_use]
    pub fn election_key(&self) -> G::Element {
        self.coefficients.election_key()
    }

    pub(super) fn as_slice(&self) -> &[Contribution<G>] {
        &self.contributions
    }

    pub(super) fn share(&self, sender: usize, recipient: usize) -> Result<&SealedShare<G>, CeremonyError> {
        let contribution = sender.checked_sub(1).and_then(|place| self.contributions.get(place));
        let share = contribution.and_then(|contribution| {
            recipient.checked_sub(1).and_then(|place| contribution.shares.get(place))
        });
        share.ok_or(CeremonyError::Message { trustee: sender })
    }

    pub(super) fn promised(&self, sender: usize, recipient: usize) -> Result<G::Element, CeremonyError> {
        self.coefficients.promised(sender, recipient).ok_or(CeremonyError::Message { trustee: sender })
    }
}
