//! The only place that reads the time of day.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp, TimestampRound, Unit};

/// Tells the time. Services take it as an argument, so that tests and replays decide what time it is.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time now, in whole milliseconds: the precision that the store keeps.
    fn now(&self) -> Timestamp;
}

/// A clock that several tasks share.
pub type SharedClock = Arc<dyn Clock>;

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the time")]
    fn now(&self) -> Timestamp {
        whole_milliseconds(Timestamp::now())
    }
}

/// A clock that stands still until it is moved.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<Timestamp>>);

impl ManualClock {
    /// A clock that shows `start`.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(whole_milliseconds(start))))
    }

    /// Moves the clock forward; a negative duration moves it back.
    pub fn advance(&self, by: SignedDuration) {
        let mut time = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *time = time.saturating_add(by).unwrap_or(*time);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `time` cut to the whole minute: for times that must not tell when exactly something happened.
#[must_use]
pub fn whole_minute(time: Timestamp) -> Timestamp {
    cut(time, Unit::Minute)
}

fn whole_milliseconds(time: Timestamp) -> Timestamp {
    cut(time, Unit::Millisecond)
}

fn cut(time: Timestamp, unit: Unit) -> Timestamp {
    // Rounding fails only at the very end of the year 9999; the time itself is then good enough.
    time.round(TimestampRound::new().smallest(unit).mode(jiff::RoundMode::Floor)).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::new("2020-12-11T01:00:00.123456Z".parse().unwrap());
        assert_eq!(clock.now().to_string(), "2020-12-11T01:00:00.123Z");
        clock.advance(SignedDuration::from_mins(15));
        assert_eq!(clock.now().to_string(), "2020-12-11T01:15:00.123Z");
    }

    #[test]
    fn a_coarse_time_hides_the_seconds() {
        let time: Timestamp = "2020-12-11T01:15:59.999Z".parse().unwrap();
        assert_eq!(whole_minute(time).to_string(), "2020-12-11T01:15:00Z");
    }
}
