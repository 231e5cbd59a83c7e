//! Round 1: every trustee's keys for the ceremony.

use serde::{Deserialize, Serialize};

use super::{CeremonyError, Quorum, SignedMessage};
use crate::group::Group;
use crate::json;
use crate::text::Hash;

/// A trustee's message of round 1: the keys it signs and receives with, signed by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", transparent)]
pub struct Certificate<G: Group>(pub(super) SignedMessage<G>);

/// What a certificate says. Field order is the canonical one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(super) struct Content<G: Group> {
    /// Since belenios-tool 2.5.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) context: Option<Context>,
    pub(super) verification: G::Element,
    pub(super) encryption: G::Element,
}

/// Which ceremony and which place a certificate is for.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Context {
    group: String,
    size: usize,
    threshold: usize,
    index: usize,
}

impl Context {
    pub(super) fn new<G: Group>(quorum: Quorum, index: usize) -> Self {
        Self { group: G::NAME.to_owned(), size: quorum.size, threshold: quorum.needed, index }
    }
}

/// A trustee's public keys in the ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Keys<G: Group> {
    pub(super) verification: G::Element,
    pub(super) encryption: G::Element,
}

/// The certificates of all trustees, in the order of their indexes, each checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificates<G: Group> {
    quorum: Quorum,
    messages: Vec<Certificate<G>>,
    keys: Vec<Keys<G>>,
    fingerprint: Hash,
    complete: bool,
}

impl<G: Group> Certificates<G> {
    /// Checks the certificates of round 1, given in the order of the trustees: made for this ceremony and place, signed,
    /// and with keys of their own.
    ///
    /// # Errors
    /// [`CeremonyError`]; it names the trustee whose certificate does not hold.
    pub fn check(quorum: Quorum, certificates: Vec<Certificate<G>>) -> Result<Self, CeremonyError> {
        let checked = Self::check_published(quorum, certificates)?;
        // Old programs leave the context out; nobody has to trust that in a ceremony of today.
        match checked
            .messages
            .iter()
            .zip(quorum.indexes())
            .find(|(certificate, _)| !certificate.has_context())
        {
            Some((_, trustee)) => Err(CeremonyError::CertificateContext { trustee }),
            None => Ok(checked),
        }
    }

    /// [`Certificates::check`], but a context may be missing, as in archives of old programs.
    pub(super) fn check_published(
        quorum: Quorum,
        certificates: Vec<Certificate<G>>,
    ) -> Result<Self, CeremonyError> {
        if certificates.len() != quorum.size {
            return Err(CeremonyError::Count { expected: quorum.size, found: certificates.len() });
        }
        let mut keys: Vec<Keys<G>> = Vec::with_capacity(certificates.len());
        let mut complete = true;
        for (certificate, trustee) in certificates.iter().zip(quorum.indexes()) {
            complete &= certificate.has_context();
            keys.push(certificate.keys(quorum, trustee, &keys)?);
        }
        let fingerprint = Hash::of(json::write(&certificates));
        Ok(Self { quorum, messages: certificates, keys, fingerprint, complete })
    }

    /// How many trustees there are and how many are needed.
    #[must_use]
    pub const fn quorum(&self) -> Quorum {
        self.quorum
    }

    /// What all trustees must see alike: the SHA-256 of the canonical list of certificates.
    #[must_use]
    pub const fn fingerprint(&self) -> Hash {
        self.fingerprint
    }

    /// The certificates in the order of the trustees.
    #[must_use]
    pub fn as_slice(&self) -> &[Certificate<G>] {
        &self.messages
    }

    /// Whether every certificate names its ceremony and place.
    pub(super) const fn is_complete(&self) -> bool {
        self.complete
    }

    /// The keys of a trustee, by index from 1.
    pub(super) fn keys(&self, trustee: usize) -> Result<&Keys<G>, CeremonyError> {
        let keys = trustee.checked_sub(1).and_then(|place| self.keys.get(place));
        keys.ok_or(CeremonyError::Message { trustee })
    }

    /// What every trustee signs together with its public coefficients (protocol note §5, step 3).
    pub(super) fn agreement(&self, coefficients: &[G::Element]) -> String {
        #[derive(Serialize)]
        #[serde(bound = "")]
        struct Agreement<'a, G: Group> {
            certs: &'a [Certificate<G>],
            coefexps: &'a [G::Element],
        }
        let agreement = Agreement { certs: &self.messages, coefexps: coefficients };
        format!("certs_sig|{}", json::write(&agreement))
    }
}

impl<G: Group> Certificate<G> {
    /// Checks a certificate as it arrives: everything that [`Certificates::check`] demands of it but that its keys differ from
    /// those of the others.
    ///
    /// # Errors
    /// [`CeremonyError`], naming `trustee`.
    pub fn check(&self, quorum: Quorum, trustee: usize) -> Result<(), CeremonyError> {
        self.keys(quorum, trustee, &[])?;
        if self.has_context() { Ok(()) } else { Err(CeremonyError::CertificateContext { trustee }) }
    }

    /// The keys, if they are made for this ceremony and place, are none of the `others`, and are signed.
    fn keys(&self, quorum: Quorum, trustee: usize, others: &[Keys<G>]) -> Result<Keys<G>, CeremonyError> {
        let content = self.content(trustee)?;
        if content.context.is_some_and(|context| context != Context::new::<G>(quorum, trustee)) {
            return Err(CeremonyError::CertificateContext { trustee });
        }
        let own = Keys { verification: content.verification, encryption: content.encryption };
        let both = [own.verification, own.encryption];
        if both.contains(&G::identity()) || own.verification == own.encryption {
            return Err(CeremonyError::CertificateKey { trustee });
        }
        let shared = |other: &Keys<G>| both.contains(&other.verification) || both.contains(&other.encryption);
        if let Some(place) = others.iter().position(shared) {
            return Err(CeremonyError::SharedKey { one: place + 1, other: trustee });
        }
        if !self.0.is_signed_by(&own.verification) {
            return Err(CeremonyError::CertificateSignature { trustee });
        }
        Ok(own)
    }

    fn content(&self, trustee: usize) -> Result<Content<G>, CeremonyError> {
        json::read(self.0.message.as_bytes()).map_err(|_| CeremonyError::Message { trustee })
    }

    fn has_context(&self) -> bool {
        self.content(0).is_ok_and(|content| content.context.is_some())
    }
}
