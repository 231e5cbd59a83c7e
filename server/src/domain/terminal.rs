//! Devices in the hall, and what is wrong with one.

use evaluation::wire::{self, DiskState, OpenedBooth};
use jiff::{SignedDuration, Timestamp};

use super::word::word_enum;

/// A request for enrolment that nobody confirms within this time lapses; the terminal asks anew, with a new code.
pub const REQUEST_LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// At most so many requests for enrolment wait at a time: more than any hall has terminals.
pub const MOST_REQUESTS: usize = 50;

/// At most so many of them come from one machine; programs on the server's own machine are not counted.
pub const MOST_REQUESTS_OF_ONE: usize = 3;

/// A challenge is answered within this time.
pub const CHALLENGE_LIFETIME: SignedDuration = SignedDuration::from_mins(1);

/// A device reports every ten seconds; after three that are missing somebody should look.
const SILENCE: SignedDuration = SignedDuration::from_secs(35);

/// A clock that is off by more than this is set right, in seconds.
const CLOCK_TOLERANCE: i64 = 30;

word_enum! {
    /// What a device is for.
    pub enum TerminalRole {
        /// A voting booth.
        Booth = "booth", "投票机", "booth";
        /// The card officer's terminal.
        CardOfficer = "card_officer", "制卡终端", "card officer's terminal";
        /// A trustee's terminal.
        Trustee = "trustee", "监票终端", "trustee's terminal";
    }
}

word_enum! {
    /// Whether a device may speak to the server.
    pub enum TerminalStatus {
        /// It may sign in.
        Enrolled = "enrolled", "已登记", "enrolled";
        /// It never may again.
        Revoked = "revoked", "已停用", "revoked";
    }
}

impl From<wire::TerminalRole> for TerminalRole {
    fn from(role: wire::TerminalRole) -> Self {
        match role {
            wire::TerminalRole::Booth => Self::Booth,
            wire::TerminalRole::CardOfficer => Self::CardOfficer,
            wire::TerminalRole::Trustee => Self::Trustee,
        }
    }
}

/// What the server last heard of a device. Kept in memory only, never stored or logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// When.
    pub at: Timestamp,
    /// Version of the agent.
    pub version: String,
    /// How far the device's clock is ahead of the server's, in seconds.
    pub clock_ahead: i64,
    /// Ballots that could not be delivered at the last attempt.
    pub undelivered: u32,
    /// Room on its disk.
    pub disk: DiskState,
    /// Of a booth: what it was opened with.
    pub opened: Option<OpenedBooth>,
}

impl Heard {
    /// Whether reports are missing by now.
    #[must_use]
    pub fn is_silent(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) > SILENCE
    }
}

/// Something that somebody should see to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The server has not heard of the device since it was started.
    NeverHeard,
    /// The device does not report any more.
    Silent,
    /// No ballot can be kept safely.
    DiskFull,
    /// The disk fills up.
    DiskLow,
    /// So many ballots could not be delivered.
    Undelivered(u32),
    /// The clock is off by so many seconds: ahead if positive.
    Clock(i64),
    /// The agent is of another version than the server.
    Version,
    /// A booth was given another hall key than most booths of its poll: nobody can go on here with a vote begun there.
    HallKey,
}

/// For each poll the hall key that more of its booths were given than any other, by its mark; none where no key leads.
#[must_use]
pub fn usual_hall_keys<'a>(opened: impl IntoIterator<Item = &'a OpenedBooth>) -> Vec<OpenedBooth> {
    let mut counts: Vec<(&OpenedBooth, usize)> = Vec::new();
    for booth in opened {
        match counts.iter_mut().find(|(known, _)| *known == booth) {
            Some((_, count)) => *count += 1,
            None => counts.push((booth, 1)),
        }
    }
    let is_usual = |(booth, count): &&(&OpenedBooth, usize)| {
        counts.iter().all(|(other, others)| other.poll != booth.poll || other == booth || others < count)
    };
    counts.iter().filter(is_usual).map(|(booth, _)| (*booth).clone()).collect()
}

/// What is wrong with a device, worst first. `version` is the server's own.
#[must_use]
pub fn troubles(heard: Option<&Heard>, now: Timestamp, version: &str) -> Vec<Trouble> {
    let Some(heard) = heard else { return vec![Trouble::NeverHeard] };
    let disk = match heard.disk {
        DiskState::Ok => None,
        DiskState::Low => Some(Trouble::DiskLow),
        DiskState::Full => Some(Trouble::DiskFull),
    };
    [
        heard.is_silent(now).then_some(Trouble::Silent),
        disk,
        (heard.undelivered > 0).then_some(Trouble::Undelivered(heard.undelivered)),
        (heard.clock_ahead.saturating_abs() > CLOCK_TOLERANCE).then_some(Trouble::Clock(heard.clock_ahead)),
        (heard.version != version).then_some(Trouble::Version),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard() -> Heard {
        Heard {
            at: "2020-12-11T01:00:00Z".parse().unwrap(),
            version: "0.1.0".to_owned(),
            clock_ahead: 0,
            undelivered: 0,
            disk: DiskState::Ok,
            opened: None,
        }
    }

    fn found(heard: &Heard, seconds: i64) -> Vec<Trouble> {
        troubles(Some(heard), heard.at + SignedDuration::from_secs(seconds), "0.1.0")
    }

    #[test]
    fn a_device_that_reports_and_is_well_has_no_trouble() {
        assert_eq!(found(&heard(), 35), []);
        assert_eq!(found(&Heard { clock_ahead: -30, ..heard() }, 0), []);
    }

    #[test]
    fn each_trouble_is_told() {
        assert_eq!(troubles(None, heard().at, "0.1.0"), [Trouble::NeverHeard]);
        assert_eq!(found(&heard(), 36), [Trouble::Silent]);
        for (heard, trouble) in [
            (Heard { disk: DiskState::Low, ..heard() }, Trouble::DiskLow),
            (Heard { disk: DiskState::Full, ..heard() }, Trouble::DiskFull),
            (Heard { undelivered: 2, ..heard() }, Trouble::Undelivered(2)),
            (Heard { clock_ahead: 31, ..heard() }, Trouble::Clock(31)),
            (Heard { clock_ahead: i64::MIN, ..heard() }, Trouble::Clock(i64::MIN)),
            (Heard { version: "0.0.9".to_owned(), ..heard() }, Trouble::Version),
        ] {
            assert_eq!(found(&heard, 10), [trouble]);
        }
    }

    #[test]
    fn the_usual_hall_key_is_the_one_that_most_booths_of_a_poll_have() {
        let opened = |poll: &str, slip: &str| OpenedBooth {
            poll: poll.parse().unwrap(),
            hall_key: evaluation::hash::Sha256Hash::of(slip),
        };
        let (real, rehearsal) = ("2r7xvBB2ZoyrxA", "3r7xvBB2ZoyrxA");
        assert_eq!(usual_hall_keys([]), []);
        let one = opened(real, "a");
        assert_eq!(usual_hall_keys([&one, &one]), std::slice::from_ref(&one));
        let (other, earlier) = (opened(real, "b"), opened(rehearsal, "c"));
        assert_eq!(usual_hall_keys([&other, &one, &earlier, &one]), [one.clone(), earlier]);
        assert_eq!(usual_hall_keys([&one, &other]), [], "nobody knows which of two is the right one");
    }
}
