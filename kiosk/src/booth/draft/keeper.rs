//! Brings sealed drafts to the server in the background: one worker, of each draft only the newest, tried until it is done. No page ever
//! waits for it, and a failure never keeps anybody from voting.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use belenios::text::Uuid;
use evaluation::wire::{DraftLocator, SealedDraft};
use tokio::sync::Notify;

use crate::uplink::{Backoff, Uplink, UplinkError, error_chain};

/// What is still to be done at the server.
#[derive(Debug)]
pub(in crate::booth) struct Keeper {
    uplink: Arc<Uplink>,
    poll: Uuid,
    backoff: Backoff,
    work: Mutex<Work>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Work {
    jobs: BTreeMap<DraftLocator, (u64, Job)>,
    /// Numbers the jobs, so that the worker knows whether a newer one came meanwhile.
    last: u64,
    /// What is on its way at this moment.
    on_its_way: Option<DraftLocator>,
}

#[derive(Clone, Debug)]
enum Job {
    Save(SealedDraft),
    Drop,
}

impl Keeper {
    /// A keeper for the drafts of one poll. [`Self::run`] is its work.
    pub(in crate::booth) fn new(uplink: Arc<Uplink>, poll: Uuid, backoff: Backoff) -> Self {
        Self { uplink, poll, backoff, work: Mutex::default(), wake: Notify::new() }
    }

    /// This is the newest draft of this name.
    pub(in crate::booth) fn save(&self, locator: DraftLocator, sealed: SealedDraft) {
        self.work().put(locator, Job::Save(sealed));
        self.wake.notify_one();
    }

    /// The draft of this name is not needed any more.
    pub(in crate::booth) fn drop_draft(&self, locator: DraftLocator) {
        self.work().put(locator, Job::Drop);
        self.wake.notify_one();
    }

    /// The ballot that takes the draft of this name with it is safe on this machine: nothing of it is stored any more, and what is on its
    /// way is dropped behind it.
    pub(in crate::booth) fn cast(&self, locator: DraftLocator) {
        let mut work = self.work();
        work.jobs.remove(&locator);
        if work.on_its_way == Some(locator) {
            work.put(locator, Job::Drop);
        }
        drop(work);
        self.wake.notify_one();
    }

    /// Whether the server has the newest draft of this name.
    pub(in crate::booth) fn is_stored(&self, locator: DraftLocator) -> bool {
        !self.work().jobs.contains_key(&locator)
    }

    /// How many drafts are still to be brought to the server.
    pub(in crate::booth) fn waiting(&self) -> usize {
        self.work().jobs.len()
    }

    /// Works for ever: whenever there is something new, and again after a failure.
    pub(in crate::booth) async fn run(&self) {
        let mut failures = 0;
        loop {
            if self.round().await {
                failures = 0;
                self.wake.notified().await;
            } else {
                failures = u32::saturating_add(failures, 1);
                let pause = tokio::time::sleep(self.backoff.after(failures));
                tokio::select! {
                    () = pause => {}
                    () = self.wake.notified() => {}
                }
            }
        }
    }

    /// Tries everything once; true if nothing is left. One that fails does not hold up the others.
    async fn round(&self) -> bool {
        let waiting: Vec<DraftLocator> = self.work().jobs.keys().copied().collect();
        for locator in waiting {
            let Some((number, job)) = self.work().take_up(locator) else { continue };
            let sent = self.send(locator, job).await;
            if let Err(error) = &sent {
                tracing::warn!(
                    error = error_chain(error),
                    "a draft could not be kept; it will be tried again"
                );
            }
            self.work().come_back(locator, number, sent.is_ok());
        }
        self.work().jobs.is_empty()
    }

    async fn send(&self, locator: DraftLocator, job: Job) -> Result<(), UplinkError> {
        match job {
            Job::Save(sealed) => self.uplink.save_draft(&self.poll, locator, sealed).await,
            Job::Drop => self.uplink.drop_draft(&self.poll, locator).await,
        }
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work {
    fn put(&mut self, locator: DraftLocator, job: Job) {
        self.last = self.last.wrapping_add(1);
        self.jobs.insert(locator, (self.last, job));
    }

    /// What is to be done for this draft now. It stays until it has come back.
    fn take_up(&mut self, locator: DraftLocator) -> Option<(u64, Job)> {
        let found = self.jobs.get(&locator).cloned();
        self.on_its_way = found.is_some().then_some(locator);
        found
    }

    /// A job has come back; it is off the list if it was done and no newer one came meanwhile.
    fn come_back(&mut self, locator: DraftLocator, number: u64, done: bool) {
        self.on_its_way = None;
        if done && self.jobs.get(&locator).is_some_and(|(newest, _)| *newest == number) {
            self.jobs.remove(&locator);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: DraftLocator = DraftLocator::from_bytes([1; 32]);

    fn save(byte: u8) -> Job {
        Job::Save(SealedDraft::new(vec![byte]))
    }

    #[test]
    fn only_the_newest_draft_is_sent() {
        let mut work = Work::default();
        work.put(FIRST, save(1));
        work.put(FIRST, save(2));
        let (number, job) = work.take_up(FIRST).unwrap();
        assert!(matches!(job, Job::Save(sealed) if sealed.as_bytes() == [2]));
        work.come_back(FIRST, number, true);
        assert!(work.jobs.is_empty());
    }

    #[test]
    fn what_changed_while_the_older_one_was_on_its_way_is_still_to_be_sent() {
        let mut work = Work::default();
        work.put(FIRST, save(1));
        let (number, _) = work.take_up(FIRST).unwrap();
        work.put(FIRST, save(2));
        work.come_back(FIRST, number, true);
        let (_, job) = work.take_up(FIRST).unwrap();
        assert!(matches!(job, Job::Save(sealed) if sealed.as_bytes() == [2]));
    }

    #[test]
    fn what_failed_is_kept() {
        let mut work = Work::default();
        work.put(FIRST, save(1));
        let (number, _) = work.take_up(FIRST).unwrap();
        work.come_back(FIRST, number, false);
        assert!(work.take_up(FIRST).is_some());
    }
}
