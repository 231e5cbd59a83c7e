//! The published tally, the trustees' shares, and the result, each compared with what is recomputed.

use super::Code;
use super::verifier::Verifier;
use crate::archive::{Entry, Owned, SizedTally};
use crate::group::Group;
use crate::json;
use crate::tally::{ElectionResult, EncryptedTally, PartialDecryption, TallyError};

impl<G: Group> Verifier<G> {
    pub(super) fn encrypted_tally(&mut self, entry: &Entry) {
        let at = Some(self.height());
        let [tally, sized] = entry.data.as_slice() else { return };
        let Ok(found) = json::read::<SizedTally>(&sized.1) else {
            self.report.find(Code::Tally, at, "the counts of the encrypted tally cannot be read");
            return;
        };
        if found.encrypted_tally != tally.0 {
            self.report.find(Code::Tally, at, "the counts belong to another encrypted tally");
        }
        let voters = self.voters;
        if found.num_tallied != voters || found.total_weight != self.total_weight {
            let message = format!(
                "the tally claims {} voters of weight {}, the ballots are of {voters} voters of weight {}",
                found.num_tallied, found.total_weight, self.total_weight
            );
            self.report.find(Code::Tally, at, message);
        }
        let published = serde_json::from_slice::<EncryptedTally<G>>(&tally.1);
        let canonical = published.as_ref().is_ok_and(|read| read.to_json().as_bytes() == tally.1);
        if !canonical {
            self.report.find(Code::Tally, at, "the encrypted tally is not in canonical form");
        } else if self.tally.is_some() && published.ok() != self.tally {
            self.report.find(Code::Tally, at, "the encrypted tally is not the product of the ballots");
        }
    }

    pub(super) fn partial_decryption(&mut self, entry: &Entry) {
        let at = Some(self.height());
        let [share, owned] = entry.data.as_slice() else { return };
        let Ok(owned) = json::read::<Owned>(&owned.1) else {
            self.report.find(Code::Decryption, at, "the owner of the partial decryption cannot be read");
            return;
        };
        if owned.payload != share.0 {
            self.report.find(Code::Decryption, at, "the owner belongs to another partial decryption");
        }
        let share = match json::read::<PartialDecryption<G>>(&share.1) {
            Ok(share) => share,
            Err(error) => {
                let message = format!("the partial decryption cannot be read: {error}");
                self.report.find(Code::Decryption, at, message);
                return;
            }
        };
        let (Some(setup), Some(tally)) = (&self.setup, &self.tally) else { return };
        let key = owned.owner.checked_sub(1).and_then(|index| setup.trustees.decryption_keys().nth(index));
        let Some(key) = key else {
            self.report.find(Code::Decryption, at, format!("there is no trustee {}", owned.owner));
            return;
        };
        if let Err(error) = tally.check(setup.ballot_box.election(), &key.public_key, &share) {
            let message = format!("trustee {}: {error}", owned.owner);
            self.report.find(Code::Decryption, at, message);
        } else if self.report.facts.decrypted_by.contains(&owned.owner) {
            let message = format!("trustee {} has two partial decryptions", owned.owner);
            self.report.find(Code::Decryption, at, message);
        } else {
            self.report.facts.decrypted_by.push(owned.owner);
            self.shares.push((owned.owner, share));
        }
    }

    pub(super) fn result(&mut self, entry: &Entry) {
        let at = Some(self.height());
        let [(_, bytes)] = entry.data.as_slice() else { return };
        let published = match json::read::<ElectionResult>(bytes) {
            Ok(result) => result,
            Err(error) => {
                self.report.find(Code::Result, at, format!("the result cannot be read: {error}"));
                return;
            }
        };
        if let (Some(setup), Some(tally)) = (&self.setup, &self.tally) {
            match tally.combine(&setup.trustees, &self.shares, self.total_weight) {
                Ok(result) if result == published => {}
                Ok(_) => {
                    let message = "the result is not the one that the partial decryptions give";
                    self.report.find(Code::Result, at, message);
                }
                Err(error @ TallyError::Quorum { .. }) => {
                    self.report.find(Code::Decryption, at, error.to_string());
                }
                Err(error) => self.report.find(Code::Result, at, error.to_string()),
            }
            self.check_rows(at, &published);
        }
        self.report.facts.result = Some(published);
    }

    /// Each voter chooses between `min` and `max` answers, so a row's sum lies between these times the voters.
    fn check_rows(&mut self, at: Option<u64>, result: &ElectionResult) {
        let Some(setup) = &self.setup else { return };
        let questions = &setup.ballot_box.election().parameters().questions;
        for (index, (question, row)) in questions.iter().zip(&result.result).enumerate() {
            let sum = row.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
            let least = self.total_weight.saturating_mul(question.min.into());
            let most = self.total_weight.saturating_mul(question.max.into());
            if !(least..=most).contains(&sum) {
                let message = format!("the row of question {} does not add up to the voters", index + 1);
                self.report.find(Code::Result, at, message);
            }
        }
    }
}
