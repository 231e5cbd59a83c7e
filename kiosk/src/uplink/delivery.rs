//! Bringing spooled ballots to the server until it has answered for each with its signature.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use belenios::text::Fingerprint;
use evaluation::{
    hash::Sha256Hash,
    wire::{DraftLocator, problem},
};
use tokio::sync::{Notify, watch};

use super::{Addressee, Uplink, UplinkError, Verdict};
use crate::spool::{Spool, SpoolError};

/// What has become of one ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is safe on this machine, and on its way.
    Waiting(Delay),
    /// The server has it and has signed for it.
    Stored,
    /// The server has another ballot of the same card and has signed that it refuses this one.
    Refused {
        /// Tracker of that other ballot.
        stored: Fingerprint,
    },
    /// The card had been declared void before the ballot arrived, and the server has signed that it refuses it.
    Void,
    /// The ballot was opened to check a booth, and the server has signed that it refuses it.
    Challenged,
}

/// Why a ballot is still on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// It was handed over just now.
    Handed,
    /// The server takes no ballots now.
    PollNotOpen,
    /// The server does not know that this booth takes part; it is told again, and takes the ballot then.
    BoothNotReady,
    /// The server answered, but not with a receipt that proves anything.
    ServerTrouble,
    /// The server cannot be reached.
    Unreachable,
}

/// How long to wait between attempts: doubled after each failure up to a limit.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// After the first failure.
    pub first: Duration,
    /// Never longer than this.
    pub most: Duration,
}

/// Delivers the ballots of one spool. [`Courier::run`] is its work; [`Courier::hand_over`] gives it a ballot.
#[derive(Debug)]
pub struct Courier {
    spool: Arc<Spool>,
    uplink: Arc<Uplink>,
    addressee: Addressee,
    backoff: Backoff,
    handed_over: Notify,
    /// Held for a round: two at once could each write a record without the other's ballot.
    round: tokio::sync::Mutex<()>,
    waiting: Mutex<HashMap<Sha256Hash, watch::Sender<Delivery>>>,
    failed: AtomicUsize,
    unknown: AtomicBool,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), most: Duration::from_secs(30) }
    }
}

impl Backoff {
    /// The wait after this many failures in a row.
    #[must_use]
    pub fn after(self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        self.first.saturating_mul(1 << doublings).min(self.most)
    }
}

impl Courier {
    /// A courier for the ballots in `spool`, those of an earlier run included.
    #[must_use]
    pub fn new(spool: Arc<Spool>, uplink: Arc<Uplink>, addressee: Addressee, backoff: Backoff) -> Self {
        Self {
            spool,
            uplink,
            addressee,
            backoff,
            handed_over: Notify::new(),
            round: tokio::sync::Mutex::default(),
            waiting: Mutex::default(),
            failed: AtomicUsize::new(0),
            unknown: AtomicBool::new(false),
        }
    }

    /// Stores a ballot durably on this machine, with the name of the draft that goes with it, wakes the courier, and returns where to
    /// watch what becomes of it.
    ///
    /// # Errors
    /// Every error means that the ballot is not stored and will not be delivered.
    pub async fn hand_over(
        &self,
        ballot: Vec<u8>,
        draft: Option<DraftLocator>,
    ) -> Result<watch::Receiver<Delivery>, SpoolError> {
        // Watched before it is stored: a courier on its way could deliver it at once.
        let hash = Sha256Hash::of(&ballot);
        let receiver = self
            .watchers()
            .entry(hash)
            .or_insert_with(|| watch::Sender::new(Delivery::Waiting(Delay::Handed)))
            .subscribe();
        if let Err(error) = on_disk(&self.spool, move |spool| spool.store(&ballot, draft)).await {
            self.watchers().remove(&hash);
            return Err(error);
        }
        self.handed_over.notify_one();
        Ok(receiver)
    }

    /// How many ballots have not been answered for.
    ///
    /// # Errors
    /// [`SpoolError::Io`]
    pub async fn pending(&self) -> Result<usize, SpoolError> {
        on_disk(&self.spool, |spool| spool.pending().map(|ballots| ballots.len())).await
    }

    /// How many ballots could not be delivered and recorded at the last attempt. One that was just handed over is not among them: the number
    /// does not move when somebody votes.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.failed.load(Ordering::Relaxed)
    }

    /// Whether the server said at the last attempt that it does not know this booth as ready: it was restored from an older
    /// backup, perhaps.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.unknown.load(Ordering::Relaxed)
    }

    /// Whether a ballot with these bytes in it waits on this machine.
    ///
    /// # Errors
    /// [`SpoolError::Io`]
    pub async fn holds(&self, needle: String) -> Result<bool, SpoolError> {
        on_disk(&self.spool, move |spool| {
            for hash in spool.pending()? {
                let held = spool.read(hash);
                if held.is_ok_and(|ballot| contains(ballot.ballot(), needle.as_bytes())) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }

    /// Delivers for ever: whenever a ballot is handed over, and again after a failure.
    pub async fn run(&self) {
        let mut failures = 0;
        loop {
            if self.round().await {
                failures = 0;
                self.handed_over.notified().await;
            } else {
                failures = u32::saturating_add(failures, 1);
                let pause = tokio::time::sleep(self.backoff.after(failures));
                tokio::select! {
                    () = pause => {}
                    () = self.handed_over.notified() => {}
                }
            }
        }
    }

    /// Tries to deliver every spooled ballot once; true if none is left here.
    pub async fn round(&self) -> bool {
        let _one_at_a_time = self.round.lock().await;
        let ballots = match on_disk(&self.spool, Spool::pending).await {
            Ok(ballots) => ballots,
            Err(error) => {
                tracing::error!(error = error_chain(&error), "the spool cannot be listed");
                return false;
            }
        };
        let mut failed = 0;
        let (mut unreachable, mut unknown) = (false, false);
        for ballot in ballots {
            let (outcome, removed) = if unreachable {
                (Delivery::Waiting(Delay::Unreachable), false)
            } else {
                self.deliver(ballot).await
            };
            // No server for one is no server for the others: they need not wait for it one by one.
            unreachable |= outcome == Delivery::Waiting(Delay::Unreachable);
            unknown |= outcome == Delivery::Waiting(Delay::BoothNotReady);
            failed += usize::from(!removed);
            if matches!(outcome, Delivery::Waiting(_)) {
                self.announce(ballot, outcome);
            }
        }
        self.failed.store(failed, Ordering::Relaxed);
        self.unknown.store(unknown, Ordering::Relaxed);
        failed == 0
    }

    /// What becomes of a ballot, and whether it is recorded and off the disk. Whoever watches it hears of a signed answer at once.
    async fn deliver(&self, hash: Sha256Hash) -> (Delivery, bool) {
        let ballot = match on_disk(&self.spool, move |spool| spool.read(hash)).await {
            Ok(ballot) => ballot,
            Err(error) => {
                tracing::error!(error = error_chain(&error), "a spooled ballot cannot be read");
                return (Delivery::Waiting(Delay::ServerTrouble), false);
            }
        };
        let acknowledgement = match self.uplink.deliver(&ballot, &self.addressee).await {
            Ok(acknowledgement) => acknowledgement,
            Err(error) => {
                tracing::warn!(
                    error = error_chain(&error),
                    "a ballot could not be delivered; it will be tried again"
                );
                return (Delivery::Waiting(Delay::of(&error)), false);
            }
        };
        let outcome = match acknowledgement.verdict() {
            Verdict::Stored => Delivery::Stored,
            Verdict::Refused { stored } => {
                tracing::warn!("the server refused a ballot of a card that had voted");
                Delivery::Refused { stored }
            }
            Verdict::Void => {
                tracing::warn!("the server refused a ballot of a card that had been declared void");
                Delivery::Void
            }
            Verdict::Challenged => {
                tracing::error!(
                    "the server refused a ballot that was opened before; a booth at fault or an attack"
                );
                Delivery::Challenged
            }
        };
        // The server has signed: the person need not wait until this machine has tidied up. If it fails in between, the ballot is
        // delivered once more and recorded then.
        self.announce(hash, outcome);
        let removed = on_disk(&self.spool, move |spool| spool.acknowledge(&acknowledgement)).await;
        if let Err(error) = &removed {
            // It will be delivered again, which does no harm.
            tracing::warn!(
                error = error_chain(error),
                "a delivered ballot could not be recorded and removed from the spool"
            );
        }
        (outcome, removed.is_ok())
    }

    /// The record of what this booth delivered and said.
    #[must_use]
    pub const fn spool(&self) -> &Arc<Spool> {
        &self.spool
    }

    fn announce(&self, ballot: Sha256Hash, delivery: Delivery) {
        let mut watchers = self.watchers();
        if let Some(watcher) = watchers.get(&ballot) {
            watcher.send_replace(delivery);
        }
        if !matches!(delivery, Delivery::Waiting(_)) {
            watchers.remove(&ballot);
        }
    }

    fn watchers(&self) -> std::sync::MutexGuard<'_, HashMap<Sha256Hash, watch::Sender<Delivery>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Delay {
    fn of(error: &UplinkError) -> Self {
        if error.is_unreachable() {
            Self::Unreachable
        } else {
            match error.problem_code() {
                Some(problem::POLL_NOT_OPEN) => Self::PollNotOpen,
                Some(problem::BOOTH_NOT_READY) => Self::BoothNotReady,
                _ => Self::ServerTrouble,
            }
        }
    }
}

/// Runs work on the disk where it holds up nothing else.
pub(crate) async fn on_disk<T: Send + 'static>(
    spool: &Arc<Spool>,
    work: impl FnOnce(&Spool) -> Result<T, SpoolError> + Send + 'static,
) -> Result<T, SpoolError> {
    let spool = Arc::clone(spool);
    tokio::task::spawn_blocking(move || work(&spool)).await.unwrap_or_else(|error| {
        Err(SpoolError::Io { step: "finish the work", source: std::io::Error::other(error) })
    })
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && bytes.windows(needle.len()).any(|window| window == needle)
}

/// An error with all its causes, for the log.
pub(crate) fn error_chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", error_chain(source)),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_limit() {
        let backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_secs(30) };
        let waits: Vec<_> = (1..=7).map(|failures| backoff.after(failures).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(backoff.after(u32::MAX).as_secs(), 30);
    }
}
