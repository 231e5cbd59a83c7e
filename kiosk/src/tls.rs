//! TLS to a server whose certificate nobody vouches for: the terminal knows it by its SHA-256.
//!
//! Only the identity of the certificate replaces the usual chain of trust. That the server holds its key is proved in every
//! handshake as always: the signatures are checked by rustls. Names and dates in the certificate are not looked at, so that a
//! terminal whose clock is wrong still gets through.

use std::sync::{Arc, OnceLock};

use evaluation::hash::Sha256Hash;
use reqwest::{Client, redirect};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{
        CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use crate::uplink::Timeouts;

/// The one certificate that is accepted. Clones are the same pin.
#[derive(Clone, Debug)]
pub(crate) struct Pin(Arc<OnceLock<Option<Sha256Hash>>>);

impl Pin {
    /// Only this certificate; none at all where the terminal was enrolled without TLS.
    pub(crate) fn known(certificate: Option<Sha256Hash>) -> Self {
        Self(Arc::new(certificate.into()))
    }

    /// The first certificate that is shown, and from then on only that.
    pub(crate) fn first() -> Self {
        Self(Arc::default())
    }

    /// The certificate, if one is known.
    pub(crate) fn certificate(&self) -> Option<Sha256Hash> {
        self.0.get().copied().flatten()
    }

    fn accepts(&self, shown: Sha256Hash) -> bool {
        *self.0.get_or_init(|| Some(shown)) == Some(shown)
    }
}

/// A client that speaks TLS with the server of this pin only, follows no redirect and uses no proxy.
pub(crate) fn client(pin: Pin, timeouts: Timeouts) -> Result<Client, ClientError> {
    let provider = Arc::new(ring::default_provider());
    Ok(Client::builder()
        .tls_backend_preconfigured(config(pin, provider)?)
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.request)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .build()?)
}

/// Why there is no client. It comes from the program itself, not from the network.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    #[error("TLS cannot be set up")]
    Tls(#[from] Error),
    #[error("no client can be made")]
    Client(#[from] reqwest::Error),
}

fn config(pin: Pin, provider: Arc<CryptoProvider>) -> Result<ClientConfig, Error> {
    let verifier = Pinned { pin, algorithms: provider.signature_verification_algorithms };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

/// Whether a request failed because the server showed another certificate than the pinned one.
pub(crate) fn is_other_certificate(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        let refused = |error: &Error| matches!(error, Error::InvalidCertificate(_));
        if error.downcast_ref().is_some_and(refused) {
            return true;
        }
        // An I/O error hides what it wraps from its chain of sources.
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    false
}

#[derive(Debug)]
struct Pinned {
    pin: Pin,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.pin.accepts(Sha256Hash::of(end_entity)) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_keeps_to_what_it_knows_or_saw_first() {
        let [one, other] = ["one", "other"].map(Sha256Hash::of);
        let first = Pin::first();
        assert_eq!(first.certificate(), None);
        assert!(first.accepts(one) && !first.clone().accepts(other) && first.accepts(one));
        assert_eq!(first.certificate(), Some(one));
        let known = Pin::known(Some(one));
        assert!(known.accepts(one) && !known.accepts(other));
        let without_tls = Pin::known(None);
        assert!(!without_tls.accepts(one));
    }
}
