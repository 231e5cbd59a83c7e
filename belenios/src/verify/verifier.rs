//! The walk over the events: chain and phase order here, contents in the sibling modules.

use std::collections::{HashMap, HashSet};

use super::{Code, Policy, Report};
use crate::archive::{Entry, EventType, may_follow};
use crate::ballot::BallotBox;
use crate::group::Group;
use crate::tally::{EncryptedTally, PartialDecryption};
use crate::text::Hash;
use crate::trustee::Trustees;

/// What the Setup event establishes, where it could be read.
pub(super) struct Setup<G: Group> {
    pub(super) ballot_box: BallotBox<G>,
    /// No ballot of this election is longer, in bytes.
    pub(super) ballot_size: usize,
    /// No tally, partial decryption or result of this election is longer, in bytes.
    pub(super) largest_object: usize,
    pub(super) trustees: Trustees<G>,
    /// Public credentials in their text form.
    pub(super) voters: HashMap<String, Voter>,
}

/// What is known of a listed credential.
pub(super) struct Voter {
    /// How many times a ballot counts.
    pub(super) weight: u64,
    /// The first ballot signed with it.
    pub(super) first: Option<Hash>,
    /// The others, where revotes are allowed.
    pub(super) later: HashSet<Hash>,
}

impl Voter {
    pub(super) fn new(weight: u64) -> Self {
        Self { weight, first: None, later: HashSet::new() }
    }
}

/// A ballot waiting to be checked with others of its batch.
pub(super) struct PendingBallot {
    pub(super) height: u64,
    pub(super) hash: Hash,
    pub(super) bytes: Vec<u8>,
}

pub(super) struct Verifier<G: Group> {
    pub(super) policy: Policy,
    /// Whether the facts list the ballots.
    pub(super) lists: bool,
    pub(super) report: Report,
    pub(super) setup: Option<Setup<G>>,
    /// Where revotes are allowed: the height of the ballot that counts, by credential.
    pub(super) last_ballots: Option<HashMap<String, u64>>,
    pub(super) pending: Vec<PendingBallot>,
    /// Distinct credentials that have voted.
    pub(super) voters: u64,
    pub(super) tally: Option<EncryptedTally<G>>,
    pub(super) total_weight: u64,
    pub(super) shares: Vec<(usize, PartialDecryption<G>)>,
    reached: Option<EventType>,
    last: Option<EventType>,
    head: Option<Hash>,
    height: u64,
}

impl<G: Group> Verifier<G> {
    pub(super) fn new(
        policy: Policy,
        lists: bool,
        last_ballots: Option<HashMap<String, u64>>,
        report: Report,
    ) -> Self {
        Self {
            policy,
            lists,
            report,
            setup: None,
            last_ballots,
            pending: Vec::new(),
            voters: 0,
            tally: None,
            total_weight: 0,
            shares: Vec::new(),
            reached: None,
            last: None,
            head: None,
            height: 0,
        }
    }

    /// Where the next event stands.
    pub(super) const fn height(&self) -> u64 {
        self.height
    }

    /// Checks one event and its data.
    pub(super) fn entry(&mut self, entry: Entry) {
        let event_type = entry.event.event_type;
        let height = self.height;
        self.chain(&entry);
        if !may_follow(self.last, event_type) {
            let message = match self.last {
                Some(last) => format!("{event_type:?} may not follow {last:?}"),
                None => format!("the archive begins with {event_type:?}"),
            };
            self.report.find(Code::PhaseOrder, Some(height), message);
        }
        if event_type != EventType::Ballot {
            self.check_pending();
        }
        let hash = entry.hash;
        if event_type.may_have(entry.data.len()) {
            match event_type {
                EventType::Setup => self.setup(&entry),
                EventType::Ballot => self.ballot(entry),
                EventType::EndBallots => self.report.facts.end_ballots = Some(hash),
                EventType::EncryptedTally if self.fits(&entry, Code::Tally) => self.encrypted_tally(&entry),
                EventType::PartialDecryption if self.fits(&entry, Code::Decryption) => {
                    self.partial_decryption(&entry);
                }
                EventType::Result if self.fits(&entry, Code::Result) => self.result(&entry),
                EventType::EncryptedTally | EventType::PartialDecryption | EventType::Result => {}
            }
        }
        self.reached = self.reached.max(Some(event_type));
        self.last = Some(event_type);
        self.head = Some(hash);
        self.height += 1;
    }

    /// Checks what can be checked only at the end.
    pub(super) fn finish(mut self) -> Report {
        self.check_pending();
        self.report.facts.head = self.head;
        if self.reached < Some(self.policy.complete_until) {
            let message = format!("the archive is incomplete: it has no {:?}", self.policy.complete_until);
            self.report.find(Code::Incomplete, None, message);
        }
        self.report
    }

    /// Whether the objects of an event can be of this election; a hostile one must not fill the memory when it is read.
    fn fits(&mut self, entry: &Entry, code: Code) -> bool {
        // Without a readable setup nothing can be said about them, and that is found already.
        let Some(setup) = &self.setup else { return false };
        let fits = entry.data.iter().all(|(_, bytes)| bytes.len() <= setup.largest_object);
        if !fits {
            self.report.find(code, Some(self.height), "an object is longer than any of this election");
        }
        fits
    }

    /// Parent, height, and that the event uses exactly the data members before it.
    fn chain(&mut self, entry: &Entry) {
        let event = &entry.event;
        let at = Some(self.height);
        if event.parent != self.head {
            self.report.find(Code::Chain, at, "the event does not name the event before it as its parent");
        }
        if event.height != self.height {
            let message = format!("the event has height {} in place of {}", event.height, self.height);
            self.report.find(Code::Chain, at, message);
        }
        if event.payload != entry.data.last().map(|(hash, _)| *hash) {
            self.report.find(Code::Chain, at, "the payload of the event is not the member before it");
        }
        if !event.event_type.may_have(entry.data.len()) {
            self.report.find(Code::Chain, at, "the event does not have the right number of data members");
        }
    }
}
