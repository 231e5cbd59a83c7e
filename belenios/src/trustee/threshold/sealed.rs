//! A share on its way from one trustee to another: encrypted to the recipient, signed by the sender, and good for this one
//! ceremony and pair only.
//!
//! The archive format leaves this to the implementation (protocol note §5). Here: a fresh Diffie–Hellman value in the
//! election's group, HKDF-SHA-256 (RFC 5869) for key and nonce, ChaCha20-Poly1305 (RFC 8439), with group, fingerprint of
//! the certificates, both indexes and both keys as associated data.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use hkdf::Hkdf;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{CeremonyError, Certificates};
use crate::group::Group;
use crate::proof::Proof;
use crate::signature;

/// Digits of 2^256: every exponent is padded to them, so that the length of the sealed text tells nothing.
const DIGITS: usize = 78;

/// A share sealed to one trustee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct SealedShare<G: Group> {
    /// g^r, made for this message alone.
    ephemeral: G::Element,
    /// Ciphertext and tag, in lower-case hexadecimal.
    data: String,
    /// The sender's, over everything above and what it belongs to.
    signature: Proof<G>,
}

impl<G: Group> SealedShare<G> {
    /// Seals a share to the trustee `recipient` and signs it as the trustee `sender`.
    pub(super) fn seal(
        share: &G::Scalar,
        certificates: &Certificates<G>,
        sender: usize,
        recipient: usize,
        signing: &G::Scalar,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, CeremonyError> {
        let encryption = certificates.keys(recipient)?.encryption;
        let secret = Zeroizing::new(G::random_scalar(rng));
        let ephemeral = G::generator_power(&secret);
        let context = context(certificates, sender, recipient, &ephemeral)?;
        let shared = Zeroizing::new(G::encode(&G::power(&encryption, &secret)));
        let digits = Zeroizing::new(G::encode_scalar(share));
        let plain = Zeroizing::new(format!("{:0>DIGITS$}", *digits));
        let payload = Payload { msg: plain.as_bytes(), aad: context.as_bytes() };
        // Only a text longer than 256 GiB cannot be sealed.
        let sealed =
            cipher(&shared, &context).and_then(|(cipher, nonce)| cipher.encrypt(&nonce, payload).ok());
        let data = hex::encode(sealed.ok_or(CeremonyError::ShareSeal { trustee: sender })?);
        let signature = signature::sign::<G>(signing, &signed(&context, &data), rng);
        Ok(Self { ephemeral, data, signature })
    }

    /// Whether the sender has signed this for the recipient in this ceremony.
    pub(super) fn check_signature(
        &self,
        certificates: &Certificates<G>,
        sender: usize,
        recipient: usize,
    ) -> Result<(), CeremonyError> {
        let context = context(certificates, sender, recipient, &self.ephemeral)?;
        let from = &certificates.keys(sender)?.verification;
        if signature::verify::<G>(from, &signed(&context, &self.data), &self.signature) {
            Ok(())
        } else {
            Err(CeremonyError::ShareSignature { trustee: sender })
        }
    }

    /// Opens a share that [`Self::check_signature`] accepts.
    pub(super) fn open(
        &self,
        certificates: &Certificates<G>,
        sender: usize,
        recipient: usize,
        receiving: &G::Scalar,
    ) -> Result<Zeroizing<G::Scalar>, CeremonyError> {
        self.check_signature(certificates, sender, recipient)?;
        let error = CeremonyError::ShareSeal { trustee: sender };
        let context = context(certificates, sender, recipient, &self.ephemeral)?;
        let shared = Zeroizing::new(G::encode(&G::power(&self.ephemeral, receiving)));
        let (cipher, nonce) = cipher(&shared, &context).ok_or(error)?;
        let sealed = hex::decode(&self.data).map_err(|_| error)?;
        let payload = Payload { msg: &sealed, aad: context.as_bytes() };
        let plain = Zeroizing::new(cipher.decrypt(&nonce, payload).map_err(|_| error)?);
        let text = std::str::from_utf8(&plain).ok().filter(|text| text.len() == DIGITS).ok_or(error)?;
        let digits = text.trim_start_matches('0');
        let digits = if digits.is_empty() { "0" } else { digits };
        G::decode_scalar(digits).map(Zeroizing::new).map_err(|_| error)
    }
}

/// What a share belongs to.
fn context<G: Group>(
    certificates: &Certificates<G>,
    sender: usize,
    recipient: usize,
    ephemeral: &G::Element,
) -> Result<String, CeremonyError> {
    let (group, fingerprint) = (G::NAME, certificates.fingerprint());
    let encryption = G::encode(&certificates.keys(recipient)?.encryption);
    let ephemeral = G::encode(ephemeral);
    Ok(format!("threshold-share/1|{group}|{fingerprint}|{sender}|{recipient}|{encryption}|{ephemeral}"))
}

fn signed(context: &str, data: &str) -> String {
    format!("{context}|{data}")
}

/// The cipher and the nonce for one message; the shared value is used for no other.
fn cipher(shared: &str, context: &str) -> Option<(ChaCha20Poly1305, Nonce)> {
    let expander = Hkdf::<Sha256>::new(None, shared.as_bytes());
    let (mut key, mut nonce) = (Zeroizing::new([0; 32]), [0; 12]);
    expander.expand_multi_info(&[b"key|", context.as_bytes()], key.as_mut_slice()).ok()?;
    expander.expand_multi_info(&[b"nonce|", context.as_bytes()], &mut nonce).ok()?;
    Some((ChaCha20Poly1305::new_from_slice(key.as_slice()).ok()?, nonce.into()))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::super::{Identity, Quorum};
    use super::*;
    use crate::group::Ed25519;

    type G = Ed25519;

    #[test]
    fn a_share_opens_only_for_its_recipient_and_only_unchanged() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let quorum = Quorum::new(2, 3).unwrap();
        let identities: Vec<_> =
            quorum.indexes().map(|index| Identity::<G>::generate(quorum, index, &mut rng).unwrap()).collect();
        let certificates = identities.iter().map(|identity| identity.certificate(&mut rng)).collect();
        let certificates = Certificates::check(quorum, certificates).unwrap();
        let value = G::scalar(42);
        let (sender, recipient) = (&identities[0], &identities[1]);
        let sealed = sender.seal(&value, &certificates, 2, &mut rng).unwrap();
        assert_eq!(*recipient.open(&sealed, &certificates, 1).unwrap(), value);

        let third = identities[2].open(&sealed, &certificates, 1).unwrap_err();
        assert_eq!(third, CeremonyError::ShareSignature { trustee: 1 });
        let mut changed = SealedShare { data: sealed.data.replacen('a', "b", 1), ..sealed.clone() };
        let error = recipient.open(&changed, &certificates, 1).unwrap_err();
        assert_eq!(error, CeremonyError::ShareSignature { trustee: 1 });
        // Signed again, it is the sender who is at fault.
        let context = context(&certificates, 1, 2, &changed.ephemeral).unwrap();
        changed.signature = sender.sign(&signed(&context, &changed.data), &mut rng);
        let error = recipient.open(&changed, &certificates, 1).unwrap_err();
        assert_eq!(error, CeremonyError::ShareSeal { trustee: 1 });
    }

    #[test]
    fn every_sealed_share_has_the_same_length() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let quorum = Quorum::new(1, 1).unwrap();
        let identity = Identity::<G>::generate(quorum, 1, &mut rng).unwrap();
        let certificates = Certificates::check(quorum, vec![identity.certificate(&mut rng)]).unwrap();
        let length = |value: u64, rng: &mut ChaCha20Rng| {
            identity.seal(&G::scalar(value), &certificates, 1, rng).unwrap().data.len()
        };
        assert_eq!(length(0, &mut rng), length(u64::MAX, &mut rng));
    }
}
