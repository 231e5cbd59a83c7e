//! A terminal in the hall, made by hand from what the decision record says: a key, a code, a token.

use anyhow::{Context, Result, ensure};
use ed25519_dalek::{Signer, SigningKey};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::http::client;

const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A terminal that believes whatever certificate the server names; that others do not is tested elsewhere.
#[derive(Debug)]
pub struct Terminal {
    client: Client,
    server: String,
    key: SigningKey,
    token: Option<String>,
    /// SHA-256 of the server's certificate, `none` without TLS.
    certificate: String,
}

impl Terminal {
    /// A terminal with a key made from this number.
    pub fn new(server: &str, number: u8) -> Result<Self> {
        let key = SigningKey::from_bytes(&[number; 32]);
        let client = client().tls_danger_accept_invalid_certs(true).build()?;
        Ok(Self { client, server: server.to_owned(), key, token: None, certificate: "none".to_owned() })
    }

    /// Somebody with this token, or none.
    pub fn with_token(server: &str, token: Option<String>) -> Result<Self> {
        Ok(Self { token, ..Self::new(server, 0)? })
    }

    /// A request to a path, with the token if there is one.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.server));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Asks to be let in; answers the code that its screen would show.
    pub async fn ask(&mut self, role: &str, label: &str) -> Result<String> {
        let nonce = [0x5a; 32];
        let key = hex::encode(self.key.verifying_key().to_bytes());
        let commitment = hex::encode(Sha256::digest(nonce));
        let asked = json!({ "public_key": key, "commitment": commitment, "role": role, "label": label });
        let answer = self.post("/api/terminal/enrolment", &asked).await?;
        if let Some(certificate) = answer.get("certificate").and_then(Value::as_str) {
            certificate.clone_into(&mut self.certificate);
        }
        let certificate = &self.certificate;
        let server = text(&answer, "nonce")?;
        let nonce = hex::encode(nonce);
        let reveal = json!({ "request": text(&answer, "request")?, "nonce": nonce });
        self.post("/api/terminal/enrolment/reveal", &reveal).await?;
        Ok(code(&format!(
            "pingyi-enrolment/1\nkey {key}\ncertificate {certificate}\nterminal {nonce}\nserver {server}\nrole {role}\nlabel {label}\n"
        )))
    }

    /// Signs in with the key.
    pub async fn sign_in(&mut self) -> Result<()> {
        let key = hex::encode(self.key.verifying_key().to_bytes());
        let answer = self.post("/api/terminal/challenge", &json!({ "public_key": key })).await?;
        let nonce = text(&answer, "nonce")?;
        let certificate = &self.certificate;
        let signed = format!("pingyi-sign-in/1\nkey {key}\nchallenge {nonce}\ncertificate {certificate}\n");
        let signature = hex::encode(self.key.sign(signed.as_bytes()).to_bytes());
        let sent = json!({ "public_key": key, "nonce": nonce, "signature": signature });
        self.token = Some(text(&self.post("/api/terminal/sign-in", &sent).await?, "token")?);
        Ok(())
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let response = self.request(Method::POST, path).json(body).send().await?;
        let status = response.status();
        let bytes = response.bytes().await?;
        ensure!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&bytes));
        Ok(serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

fn text(answer: &Value, name: &str) -> Result<String> {
    let found = answer.get(name).and_then(Value::as_str);
    Ok(found.with_context(|| format!("no {name} in {answer}"))?.to_owned())
}

/// The first 40 bits of the hash, five a letter, in two groups.
fn code(text: &str) -> String {
    let hash = Sha256::digest(text);
    let bits = hash.iter().take(5).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let letter = |place: u32| {
        let index = usize::try_from(bits >> (5 * place) & 0x1f).unwrap_or_default();
        char::from(ALPHABET.get(index).copied().unwrap_or_default())
    };
    let group = |places: std::ops::Range<u32>| -> String { places.rev().map(letter).collect() };
    format!("{}-{}", group(4..8), group(0..4))
}
