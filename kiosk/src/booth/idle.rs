//! Somebody who has left without a word: a warning, a countdown, then the veil.
//!
//! The booth itself keeps the time and draws the veil, whatever its browser does; a script on the pages only shows the countdown. What
//! counts are requests of the person, not of pages that ask again by themselves.

use std::{
    sync::{Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};

use super::{Booth, Inner};

/// How long a booth waits for a person who does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdleTimes {
    /// Without any sign of the person, until the warning.
    pub warning: Duration,
    /// Counted down in the warning, until the veil.
    pub countdown: Duration,
}

impl Default for IdleTimes {
    fn default() -> Self {
        Self { warning: Duration::from_mins(2), countdown: Duration::from_secs(45) }
    }
}

impl IdleTimes {
    /// From the last sign of the person to the veil.
    #[must_use]
    pub const fn total(self) -> Duration {
        self.warning.saturating_add(self.countdown)
    }
}

/// When the person last did something.
#[derive(Debug)]
pub(super) struct Activity(Mutex<Instant>);

impl Activity {
    pub(super) const fn new(now: Instant) -> Self {
        Self(Mutex::new(now))
    }

    /// The person is there.
    pub(super) fn seen(&self, now: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// How long until the veil falls; nothing if it is time.
    pub(super) fn left(&self, times: IdleTimes, now: Instant) -> Option<Duration> {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = times.total().checked_sub(now.saturating_duration_since(last));
        left.filter(|left| !left.is_zero())
    }
}

/// Draws the veil when it is time, for as long as the booth lives. Whoever begins after a look has at least the whole time, so the
/// next look is never too late.
pub(super) async fn watch(booth: Weak<Inner>, times: IdleTimes) {
    let mut pause = times.total();
    loop {
        tokio::time::sleep(pause).await;
        let Some(inner) = booth.upgrade() else { return };
        pause = if let Some(left) = inner.activity.left(times, Instant::now()) {
            left
        } else {
            Booth(inner).veil().await;
            times.total()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_begins_anew_with_every_sign_of_the_person() {
        let times = IdleTimes::default();
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let activity = Activity::new(start);
        assert_eq!(activity.left(times, after(164)), Some(Duration::from_secs(1)));
        activity.seen(after(164));
        assert_eq!(activity.left(times, after(328)), Some(Duration::from_secs(1)));
        assert_eq!(activity.left(times, after(329)), None, "two minutes and a countdown of 45 seconds");
        assert_eq!(activity.left(times, after(3_600)), None);
    }
}
