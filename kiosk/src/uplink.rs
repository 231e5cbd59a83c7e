//! Talking to the server, as one terminal that signs in with its key.
//!
//! Nothing here is logged but that something went wrong: no ballot, no credential, no code, no tracker. An answer counts only
//! as far as it proves itself: a ballot is delivered when the publication key has signed for it, whatever status the answer
//! bears.

mod day;
mod delivery;
mod draft;

use std::time::Duration;

use belenios::text::{Fingerprint, Uuid};
use ed25519_dalek::VerifyingKey;
use evaluation::{
    hash::Sha256Hash,
    wire::{
        BALLOT_MEDIA_TYPE, BoothPoll, CardCredentials, CardOrder, ChallengeNotice, ChallengePromise,
        CredentialQuery, CredentialReport, CredentialStatus, DRAFT_HEADER, OpenedBallotFile, Problem,
        Receipt, Refusal, RefusalReason, TerminalStatus, TrusteeAssignment, TrusteeCeremony,
        TrusteeCertificate, TrusteeContribution, TrusteeKey, TrusteePartialDecryption, VoidCard, path,
    },
};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header::CONTENT_TYPE};
use secrecy::ExposeSecret;
use serde::{Serialize, de::DeserializeOwned};

pub use delivery::{Backoff, Courier, Delay, Delivery};
pub(crate) use delivery::{error_chain, on_disk};

use crate::{
    access::Access,
    spool::SpooledBallot,
    tls::{self, Pin},
};

/// The largest answer that is read where nothing larger is asked for.
const SMALL: usize = 64 << 10;
/// The largest description of a poll that is read.
const POLL: usize = 16 << 20;
/// The largest archive that is read: some thousand ballots.
const ARCHIVE: usize = 2 << 30;

/// How long the server may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For the connection.
    pub connect: Duration,
    /// For a whole request with its answer.
    pub request: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), request: Duration::from_secs(30) }
    }
}

/// As long as a person waits for an answer before the booth goes on as if there were no network.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks for something that a person is waiting for: a network that swallows everything must not hold up the screen.
///
/// # Errors
/// Those of the question; [`UplinkError::Silent`] if there is no answer after 3 s.
pub async fn soon<T>(question: impl Future<Output = Result<T, UplinkError>>) -> Result<T, UplinkError> {
    tokio::time::timeout(PATIENCE, question).await.unwrap_or(Err(UplinkError::Silent))
}

/// The server as one terminal sees it.
#[derive(Debug)]
pub struct Uplink {
    client: Client,
    server: String,
    access: Access,
}

/// The poll a ballot belongs to, and the key that must answer for it.
#[derive(Clone, Debug)]
pub struct Addressee {
    /// Uuid of the election.
    pub poll: Uuid,
    /// Public half of the publication key, from the election's description.
    pub publication_key: VerifyingKey,
}

/// What the server did with a ballot, under its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is stored durably.
    Stored,
    /// It is not stored, because another ballot of the same credential is.
    Refused {
        /// Tracker of that other ballot.
        stored: Fingerprint,
    },
    /// It is not stored, because the card was declared void before it arrived.
    Void,
    /// It is not stored, because it was opened to check a booth.
    Challenged,
}

/// A verified receipt or refusal for one ballot. Only this module makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    ballot: Sha256Hash,
    verdict: Verdict,
}

/// Why the server did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UplinkError {
    /// The answer is longer than any true one.
    #[error("the server's answer is too long")]
    AnswerTooLong,
    /// The address of the server is not usable.
    #[error("cannot talk to {server}")]
    Address {
        /// The address as configured.
        server: String,
        /// What is wrong with it.
        #[source]
        source: reqwest::Error,
    },
    /// No client can be made.
    #[error("cannot speak TLS")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server is not the one that the terminal was enrolled at.
    #[error(
        "服务器出示的证书与登记时不同，已拒绝连接。请检查服务器地址；地址无误则可能有人冒充服务器，请立即报告场务。\n\
         The server shows another certificate than at enrolment; the connection is refused. Check the server's address; if it is \
         right, somebody may pose as the server: tell the steward at once."
    )]
    OtherCertificate,
    /// The answer is not of the form agreed.
    #[error("the server's answer cannot be read")]
    Answer(#[source] serde_json::Error),
    /// The server says why it did not do it.
    #[error("the server answers {}: {} {}", .problem.code, .problem.zh, .problem.en)]
    Problem {
        /// The HTTP status.
        status: u16,
        /// What the server says.
        problem: Problem,
    },
    /// The server fails, without saying why.
    #[error("the server answers with status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The server cannot be reached, or does not answer in time.
    #[error("the server cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The server has not answered yet, and somebody waits.
    #[error("the server does not answer in time")]
    Silent,
    /// The receipt or refusal is for another ballot, or not signed with the publication key.
    #[error("the server's receipt proves nothing")]
    Untrue,
}

impl Acknowledgement {
    /// The ballot that was answered for.
    #[must_use]
    pub const fn ballot(&self) -> Sha256Hash {
        self.ballot
    }

    /// What the server did with it.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    #[cfg(test)]
    pub(crate) const fn unchecked(ballot: Sha256Hash, verdict: Verdict) -> Self {
        Self { ballot, verdict }
    }
}

impl UplinkError {
    /// Whether the server answered at all.
    #[must_use]
    pub const fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Silent)
    }

    /// Whether the server says that it did not do it and would not if asked again.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Problem { status: 400..500, .. })
    }

    /// The stable code of the server's problem, if it named one.
    #[must_use]
    pub fn problem_code(&self) -> Option<&str> {
        match self {
            Self::Problem { problem, .. } => Some(&problem.code),
            _ => None,
        }
    }
}

impl Uplink {
    /// The server at this address, such as `https://10.0.0.1:8443`, for the terminal with this access.
    ///
    /// # Errors
    /// [`UplinkError::Address`]; [`UplinkError::OtherCertificate`] if the terminal was enrolled over TLS and the address is not,
    /// or the other way round.
    pub fn new(server: &str, access: Access, timeouts: Timeouts) -> Result<Self, UplinkError> {
        let server = server.trim_end_matches('/').to_owned();
        let client = client(&server, access.pin(), timeouts)?;
        if server.starts_with("https:") != access.certificate().is_some() {
            return Err(UplinkError::OtherCertificate);
        }
        Ok(Self { client, server, access })
    }

    /// Signs in now, so that whoever asks knows whether the terminal is let in. Every other request does so when it has to.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn sign_in(&self) -> Result<(), UplinkError> {
        self.access.token(&self.client, &self.server, None).await.map(|_| ())
    }

    /// Tells how this terminal is.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn send_status(&self, status: &TerminalStatus) -> Result<(), UplinkError> {
        self.send(self.client.post(self.url(path::TERMINAL_STATUS)).json(status)).await.map(|_| ())
    }

    /// The poll this booth votes in.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn booth_poll(&self) -> Result<BoothPoll, UplinkError> {
        json(self.send(self.client.get(self.url(path::BOOTH_POLL))).await?, POLL).await
    }

    /// Whether a credential, given by its public half, may still vote.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn credential_status(&self, credential: String) -> Result<CredentialStatus, UplinkError> {
        let query = CredentialQuery { credential };
        let response = self.send(self.client.post(self.url(path::BOOTH_CREDENTIAL)).json(&query)).await?;
        Ok(json::<CredentialReport>(response, SMALL).await?.status)
    }

    /// Delivers a ballot, with the name of the draft that goes with it. It may be delivered any number of times.
    ///
    /// # Errors
    /// [`UplinkError`]; whatever it is, the ballot must be delivered again.
    pub async fn deliver(
        &self,
        ballot: &SpooledBallot,
        addressee: &Addressee,
    ) -> Result<Acknowledgement, UplinkError> {
        let hash = Sha256Hash::of(ballot.ballot());
        let tracker = Fingerprint::from_bytes(*hash.as_bytes());
        let request = self
            .client
            .post(self.url(path::BOOTH_BALLOT))
            .header(CONTENT_TYPE, BALLOT_MEDIA_TYPE)
            .body(ballot.padded().to_vec());
        let request = match ballot.draft() {
            Some(locator) => request.header(DRAFT_HEADER, locator.to_string()),
            None => request,
        };
        let response = self.request(request).await?;
        let status = response.status();
        let body = read(response, SMALL).await?;
        if status.is_success() {
            let receipt: Receipt = serde_json::from_slice(&body).map_err(UplinkError::Answer)?;
            let true_one = receipt.poll == addressee.poll && receipt.tracker == tracker;
            if true_one && receipt.verify(&addressee.publication_key).is_ok() {
                return Ok(Acknowledgement { ballot: hash, verdict: Verdict::Stored });
            }
            return Err(UplinkError::Untrue);
        }
        if status == StatusCode::CONFLICT
            && let Ok(refusal) = serde_json::from_slice::<Refusal>(&body)
        {
            let true_one = refusal.poll == addressee.poll
                && refusal.refused == tracker
                && refusal.because != RefusalReason::Stored(tracker);
            if true_one && refusal.verify(&addressee.publication_key).is_ok() {
                let verdict = match refusal.because {
                    RefusalReason::Challenged => Verdict::Challenged,
                    RefusalReason::Stored(stored) => Verdict::Refused { stored },
                    RefusalReason::Void => Verdict::Void,
                };
                return Ok(Acknowledgement { ballot: hash, verdict });
            }
            return Err(UplinkError::Untrue);
        }
        Err(refused(status, &body))
    }

    /// Tells that the ballot with this tracker is about to be opened. Only once the server has signed that it will never store it may
    /// anything that opens it leave this machine's memory.
    ///
    /// # Errors
    /// [`UplinkError`]; whatever it is, the server may have taken note.
    pub async fn challenge(
        &self,
        tracker: Fingerprint,
        addressee: &Addressee,
    ) -> Result<ChallengePromise, UplinkError> {
        let notice = ChallengeNotice { poll: addressee.poll.clone(), tracker };
        let response = self.send(self.client.post(self.url(path::BOOTH_CHALLENGE)).json(&notice)).await?;
        let promise: ChallengePromise = json(response, SMALL).await?;
        let true_one = promise.poll == addressee.poll && promise.tracker == tracker;
        if true_one && promise.verify(&addressee.publication_key).is_ok() {
            Ok(promise)
        } else {
            Err(UplinkError::Untrue)
        }
    }

    /// Sends what was opened, for other devices to fetch.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn send_opened(&self, opened: &OpenedBallotFile) -> Result<(), UplinkError> {
        self.send(self.client.post(self.url(path::BOOTH_OPENED)).json(opened)).await.map(|_| ())
    }

    /// How many cards to make, and for which election.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn card_order(&self) -> Result<CardOrder, UplinkError> {
        json(self.send(self.client.get(self.url(path::CARDS_ORDER))).await?, SMALL).await
    }

    /// Sends the public halves of the cards made.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn send_card_credentials(&self, credentials: &CardCredentials) -> Result<(), UplinkError> {
        self.send(self.client.post(self.url(path::CARDS_CREDENTIALS)).json(credentials)).await.map(|_| ())
    }

    /// Which key the trustee at this terminal makes.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn trustee_assignment(&self) -> Result<TrusteeAssignment, UplinkError> {
        json(self.send(self.client.get(self.url(path::TRUSTEE_ASSIGNMENT))).await?, SMALL).await
    }

    /// Sends the trustee's certificate, round 1 of the key ceremony.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn send_certificate(&self, certificate: &TrusteeCertificate) -> Result<(), UplinkError> {
        self.send(self.client.post(self.url(path::TRUSTEE_CERTIFICATE)).json(certificate)).await.map(|_| ())
    }

    /// Sends the trustee's contribution, round 2 of the key ceremony.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn send_contribution(&self, contribution: &TrusteeContribution) -> Result<(), UplinkError> {
        self.send(self.client.post(self.url(path::TRUSTEE_CONTRIBUTION)).json(contribution)).await.map(|_| ())
    }

    /// How far the key ceremony is.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn trustee_ceremony(&self) -> Result<TrusteeCeremony, UplinkError> {
        json(self.send(self.client.get(self.url(path::TRUSTEE_CEREMONY))).await?, POLL).await
    }

    /// Sends the trustee's public key.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn send_trustee_key(&self, key: &TrusteeKey) -> Result<(), UplinkError> {
        self.send(self.client.post(self.url(path::TRUSTEE_KEY)).json(key)).await.map(|_| ())
    }

    /// Declares a card void. The same again is fine.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn send_void(&self, void: &VoidCard) -> Result<(), UplinkError> {
        self.send(self.client.post(self.url(path::TRUSTEE_VOID)).json(void)).await.map(|_| ())
    }

    /// The closed archive up to the encrypted tally.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn closed_archive(&self) -> Result<Vec<u8>, UplinkError> {
        read(self.send(self.client.get(self.url(path::TRUSTEE_ARCHIVE))).await?, ARCHIVE).await
    }

    /// The closing statement that the trustee signs, to the byte.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn closing_statement(&self) -> Result<Vec<u8>, UplinkError> {
        read(self.send(self.client.get(self.url(path::TRUSTEE_CLOSING))).await?, POLL).await
    }

    /// Sends the trustee's partial decryption with the signature under the closing statement.
    ///
    /// # Errors
    /// [`UplinkError`]
    pub async fn send_partial_decryption(
        &self,
        partial_decryption: &TrusteePartialDecryption,
    ) -> Result<(), UplinkError> {
        let request = self.client.post(self.url(path::TRUSTEE_PARTIAL_DECRYPTION)).json(partial_decryption);
        self.send(request).await.map(|_| ())
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server)
    }

    /// Sends a request; an answer that is no success is an error.
    async fn send(&self, request: RequestBuilder) -> Result<Response, UplinkError> {
        let response = self.request(request).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = read(response, SMALL).await?;
        Err(refused(status, &body))
    }

    /// Sends a request with the token. If the token has been replaced, signs in anew and sends it once more.
    async fn request(&self, request: RequestBuilder) -> Result<Response, UplinkError> {
        let again = request.try_clone();
        let token = self.access.token(&self.client, &self.server, None).await?;
        let response = answer(request.bearer_auth(token.expose_secret())).await?;
        match again {
            Some(again) if response.status() == StatusCode::UNAUTHORIZED => {
                let token = self.access.token(&self.client, &self.server, Some(&token)).await?;
                answer(again.bearer_auth(token.expose_secret())).await
            }
            _ => Ok(response),
        }
    }
}

/// A client for this address, which must be usable.
pub(crate) fn client(server: &str, pin: Pin, timeouts: Timeouts) -> Result<Client, UplinkError> {
    let client = tls::client(pin, timeouts).map_err(|error| UplinkError::Client(error.into()))?;
    match client.get(server).build() {
        Ok(_) => Ok(client),
        Err(source) => Err(UplinkError::Address { server: server.to_owned(), source }),
    }
}

/// Sends a question to an address that asks for no token, and reads its answer.
pub(crate) async fn post<T: DeserializeOwned>(
    client: &Client,
    address: &str,
    question: &impl Serialize,
) -> Result<T, UplinkError> {
    let response = answer(client.post(address).json(question)).await?;
    let status = response.status();
    let body = read(response, SMALL).await?;
    if status.is_success() {
        // An answer without content is read as nothing.
        let body = if body.is_empty() { b"null".as_slice() } else { &body };
        serde_json::from_slice(body).map_err(UplinkError::Answer)
    } else {
        Err(refused(status, &body))
    }
}

async fn answer(request: RequestBuilder) -> Result<Response, UplinkError> {
    request.send().await.map_err(|error| {
        if tls::is_other_certificate(&error) {
            UplinkError::OtherCertificate
        } else {
            UplinkError::Unreachable(error)
        }
    })
}

fn refused(status: StatusCode, body: &[u8]) -> UplinkError {
    match serde_json::from_slice(body) {
        Ok(problem) => UplinkError::Problem { status: status.as_u16(), problem },
        Err(_) => UplinkError::Status { status: status.as_u16() },
    }
}

async fn json<T: DeserializeOwned>(response: Response, most: usize) -> Result<T, UplinkError> {
    serde_json::from_slice(&read(response, most).await?).map_err(UplinkError::Answer)
}

/// Reads an answer of at most `most` bytes.
async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, UplinkError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(UplinkError::Unreachable)? {
        if body.len().saturating_add(chunk.len()) > most {
            return Err(UplinkError::AnswerTooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
