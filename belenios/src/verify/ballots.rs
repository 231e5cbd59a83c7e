//! Ballots: each proved and signed, by a credential on the list, and added to the recomputed tally.

use super::setup::with_source;
use super::verifier::{PendingBallot, Verifier};
use super::{Code, Revotes};
use crate::archive::Entry;
use crate::ballot::Ballot;
use crate::cores;
use crate::group::Group;
use crate::text::{Fingerprint, Hash};

/// Ballots checked together: enough to keep all cores busy, few enough to fit any memory.
const BATCH: usize = 32;

impl<G: Group> Verifier<G> {
    /// Takes a ballot in; it is checked with its batch.
    pub(super) fn ballot(&mut self, entry: Entry) {
        let height = self.height();
        for (hash, bytes) in entry.data {
            self.report.facts.ballots += 1;
            if self.lists {
                self.report.facts.trackers.push(Fingerprint::from_bytes(*hash.as_bytes()));
            }
            // Without a readable setup nothing can be said about a ballot, and that is found already.
            let Some(setup) = &self.setup else { continue };
            if bytes.len() <= setup.ballot_size {
                self.pending.push(PendingBallot { height, hash, bytes });
            } else {
                let message = "the ballot is longer than any ballot of this election";
                self.report.find(Code::Ballot, Some(height), message);
            }
        }
        if self.pending.len() >= BATCH {
            self.check_pending();
        }
    }

    /// Checks the waiting ballots and counts the good ones.
    pub(super) fn check_pending(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let Some(setup) = &self.setup else { return };
        let outcomes = cores::map(&pending, |ballot| setup.ballot_box.check(&ballot.bytes));
        for (ballot, outcome) in pending.iter().zip(outcomes) {
            match outcome {
                Ok(checked) => self.count(ballot.height, ballot.hash, &checked),
                Err(error) => self.report.find(Code::Ballot, Some(ballot.height), with_source(&error)),
            }
        }
    }

    fn count(&mut self, height: u64, hash: Hash, ballot: &Ballot<G>) {
        let credential = G::encode(ballot.credential());
        let revotes = self.policy.revotes;
        let voter = self.setup.as_mut().and_then(|setup| setup.voters.get_mut(&credential));
        let Some(voter) = voter else {
            let message = "the ballot is signed with a credential that is not on the list";
            self.report.find(Code::UnknownCredential, Some(height), message);
            return;
        };
        let weight = voter.weight;
        if voter.first.is_none() {
            voter.first = Some(hash);
            self.voters += 1;
            self.total_weight = self.total_weight.saturating_add(weight);
        } else if voter.first == Some(hash) || voter.later.contains(&hash) {
            let message = "the same ballot stands in the archive twice";
            self.report.find(Code::DuplicateBallot, Some(height), message);
        } else if revotes == Revotes::Forbidden {
            let message = "the credential has signed another ballot before";
            self.report.find(Code::Revote, Some(height), message);
        } else {
            voter.later.insert(hash);
        }
        let counts = match &self.last_ballots {
            Some(last) => last.get(&credential) == Some(&height),
            None => true,
        };
        if let (true, Some(tally)) = (counts, &mut self.tally) {
            tally.add(ballot, weight);
        }
        if self.lists {
            self.report.facts.voted.push(credential);
        }
    }
}
