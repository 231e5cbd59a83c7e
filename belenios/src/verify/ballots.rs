//! Ballots: each proved and signed, by a credential on the list, and added to the recomputed tally.

use super::setup::with_source;
use super::verifier::{PendingBallot, Verifier};
use super::{Code, Revotes};
use crate::archive::Entry;
use crate::ballot::{Ballot, BallotBox, BallotError};
use crate::group::Group;
use crate::text::Fingerprint;

/// Ballots checked together: enough to keep all cores busy, few enough to fit any memory.
const BATCH: usize = 32;

impl<G: Group> Verifier<G> {
    /// Takes a ballot in; it is checked with its batch.
    pub(super) fn ballot(&mut self, entry: Entry) {
        let height = entry.event.height;
        for (hash, bytes) in entry.data {
            if !self.payloads.insert(hash) {
                let message = "the same ballot stands in the archive twice";
                self.report.find(Code::DuplicateBallot, Some(height), message);
            }
            self.report.facts.trackers.push(Fingerprint::of(&bytes));
            let fits = self.setup.as_ref().is_none_or(|setup| bytes.len() <= setup.ballot_size);
            if fits {
                self.pending.push(PendingBallot { height, bytes });
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
        for (height, outcome) in check_all(&setup.ballot_box, &pending) {
            match outcome {
                Ok(ballot) => self.count(height, &ballot),
                Err(error) => self.report.find(Code::Ballot, Some(height), with_source(&error)),
            }
        }
    }

    fn count(&mut self, height: u64, ballot: &Ballot<G>) {
        let credential = G::encode(ballot.credential());
        let weights = self.setup.as_ref().map(|setup| &setup.weights);
        let Some(weight) = weights.and_then(|weights| weights.get(&credential).copied()) else {
            let message = "the ballot is signed with a credential that is not on the list";
            self.report.find(Code::UnknownCredential, Some(height), message);
            return;
        };
        let counts = match &self.last_ballots {
            Some(last) => last.get(&credential) == Some(&height),
            None => true,
        };
        let first = self.voters.insert(credential.clone());
        if first {
            self.total_weight = self.total_weight.saturating_add(weight);
        } else if self.policy.revotes == Revotes::Forbidden {
            let message = "the credential has signed another ballot before";
            self.report.find(Code::Revote, Some(height), message);
        }
        self.report.facts.voted.push(credential);
        if let (true, Some(tally)) = (counts, &mut self.tally) {
            tally.add(ballot, weight);
        }
    }
}

type Outcome<G> = (u64, Result<Ballot<G>, BallotError>);

#[cfg(feature = "parallel")]
fn check_all<G: Group>(ballot_box: &BallotBox<G>, pending: &[PendingBallot]) -> Vec<Outcome<G>> {
    use rayon::prelude::*;
    pending.par_iter().map(|ballot| (ballot.height, ballot_box.check(&ballot.bytes))).collect()
}

#[cfg(not(feature = "parallel"))]
fn check_all<G: Group>(ballot_box: &BallotBox<G>, pending: &[PendingBallot]) -> Vec<Outcome<G>> {
    pending.iter().map(|ballot| (ballot.height, ballot_box.check(&ballot.bytes))).collect()
}
