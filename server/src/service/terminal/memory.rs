//! What the server knows of terminals while it runs: gone when it ends, never in a database, a file or a log.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use evaluation::hash::Sha256Hash;
use evaluation::wire::{TerminalKey, TerminalNonce};
use jiff::{SignedDuration, Timestamp};

use super::Request;
use crate::domain::TerminalId;
use crate::domain::terminal::{CHALLENGE_LIFETIME, Heard, MOST_REQUESTS_OF_ONE, REQUEST_LIFETIME};

/// Requests that wait, challenges that were given, and what devices last reported.
#[derive(Debug, Default)]
pub struct TerminalMemory {
    certificate: Option<Sha256Hash>,
    rows: Mutex<Rows>,
}

#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) requests: Vec<Request>,
    pub(super) challenges: Vec<IssuedChallenge>,
    pub(super) heard: BTreeMap<TerminalId, Heard>,
    /// The backup, by the head of its log, after which a booth has delivered everything once more.
    pub(super) redelivered: BTreeMap<TerminalId, Sha256Hash>,
}

#[derive(Debug)]
pub(super) struct IssuedChallenge {
    pub(super) nonce: TerminalNonce,
    pub(super) public_key: TerminalKey,
    pub(super) at: Timestamp,
}

impl TerminalMemory {
    /// Nothing yet. `certificate` is the SHA-256 of the certificate shown to the hall, if there is one.
    #[must_use]
    pub fn new(certificate: Option<Sha256Hash>) -> Self {
        Self { certificate, rows: Mutex::default() }
    }

    /// SHA-256 of the certificate shown to the hall; none without TLS.
    #[must_use]
    pub const fn certificate(&self) -> Option<Sha256Hash> {
        self.certificate
    }

    /// Remembers that a booth has delivered everything once more since this backup was restored.
    pub(in crate::service) fn note_redelivered(&self, booth: &TerminalId, backup: Sha256Hash) {
        self.rows().redelivered.insert(booth.clone(), backup);
    }

    /// Whether a booth has delivered everything once more since this backup was restored.
    pub(in crate::service) fn has_redelivered(&self, booth: &TerminalId, backup: Sha256Hash) -> bool {
        self.rows().redelivered.get(booth) == Some(&backup)
    }

    pub(super) fn rows(&self) -> MutexGuard<'_, Rows> {
        // Every change is a single step, so that what a panic leaves behind is whole.
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows {
    /// One machine never fills the places of all: its oldest requests give way to its newest.
    pub(super) fn make_room_for(&mut self, machine: Option<IpAddr>) {
        let Some(machine) = machine else { return };
        let is_same = |request: &Request| request.machine == Some(machine);
        let mut surplus = (self.requests.iter().filter(|request| is_same(request)).count() + 1)
            .saturating_sub(MOST_REQUESTS_OF_ONE);
        self.requests.retain(|request| {
            let gives_way = surplus > 0 && is_same(request);
            surplus -= usize::from(gives_way);
            !gives_way
        });
    }

    /// Forgets what has lapsed. A clock that runs backwards gives nobody more time.
    pub(super) fn forget_lapsed(&mut self, now: Timestamp) {
        let lives = |at: Timestamp, lifetime: SignedDuration| {
            let age = now.duration_since(at);
            !age.is_negative() && age < lifetime
        };
        self.requests.retain(|request| lives(request.asked_at, REQUEST_LIFETIME));
        self.challenges.retain(|challenge| lives(challenge.at, CHALLENGE_LIFETIME));
    }
}
