//! How an enrolled terminal proves who it is: by its key, and afterwards by the token of its last sign-in.

use std::{fmt, sync::Arc};

use evaluation::{
    hash::Sha256Hash,
    wire::{Challenge, ChallengeQuery, SignIn, SignedIn, TerminalKey, path, sign_in_text},
};
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::{
    identity::Identity,
    tls::Pin,
    uplink::{UplinkError, post},
};

/// The terminal's key, the server's certificate, and the token, which is never written down. Clones share all of it, so that
/// everything that runs on a terminal is signed in together: the server knows one token of each terminal.
#[derive(Clone)]
pub struct Access(Arc<Inner>);

struct Inner {
    identity: Identity,
    pin: Pin,
    token: Mutex<Option<SecretString>>,
}

impl Access {
    /// The access of a terminal with this key that was enrolled at a server with this certificate (its SHA-256; none without
    /// TLS).
    #[must_use]
    pub fn new(identity: Identity, certificate: Option<Sha256Hash>) -> Self {
        Self(Arc::new(Inner { identity, pin: Pin::known(certificate), token: Mutex::default() }))
    }

    /// The terminal's key.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.0.identity
    }

    /// SHA-256 of the only certificate that is accepted of the server; none without TLS.
    #[must_use]
    pub fn certificate(&self) -> Option<Sha256Hash> {
        self.0.pin.certificate()
    }

    pub(crate) fn pin(&self) -> Pin {
        self.0.pin.clone()
    }

    /// The token; signs in first if there is none, or if the one there is the one that was `refused`.
    pub(crate) async fn token(
        &self,
        client: &Client,
        server: &str,
        refused: Option<&SecretString>,
    ) -> Result<SecretString, UplinkError> {
        let mut token = self.0.token.lock().await;
        let is_refused = |token: &SecretString| {
            refused.is_some_and(|refused| refused.expose_secret() == token.expose_secret())
        };
        if let Some(token) = token.as_ref().filter(|token| !is_refused(token)) {
            return Ok(token.clone());
        }
        let new = self.sign_in(client, server).await?;
        *token = Some(new.clone());
        Ok(new)
    }

    async fn sign_in(&self, client: &Client, server: &str) -> Result<SecretString, UplinkError> {
        let public_key = TerminalKey::from(self.identity().public());
        let address = |path: &str| format!("{server}{path}");
        let query = ChallengeQuery { public_key };
        let Challenge { nonce } = post(client, &address(path::TERMINAL_CHALLENGE), &query).await?;
        let text = sign_in_text(&public_key, &nonce, self.certificate());
        let signature = self.identity().sign(&text).into();
        let sent = SignIn { public_key, nonce, signature };
        let SignedIn { token } = post(client, &address(path::TERMINAL_SIGN_IN), &sent).await?;
        Ok(token.into())
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("identity", self.identity())
            .field("certificate", &self.certificate())
            .finish()
    }
}
