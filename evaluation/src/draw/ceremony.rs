//! The ceremony, step by step (draw specification §5).
//!
//! [`Commitments`] → [`Closed`] → [`Reveals`] → [`Opened`] → [`CompleteTranscript`]: each step exists as a type, and only
//! the last holds a [`Seed`](super::seed::Seed). So nothing can be drawn, shown or guessed at before the transcript is
//! complete. A step that is refused gives its state back unchanged ([`Refused`]), so that the clerk can type again.

mod error;

pub use error::{CeremonyError, Refused};
use zeroize::Zeroizing;

use super::{
    announce::Announcement,
    canon::{Kind, is_forbidden, push_line},
    secret::{Secret, commitment},
    seed::{CompleteTranscript, MISSING, check_dice, check_public_value},
};
use crate::hash::Sha256Hash;

/// Step 1: the parties hand in their commitments, in any order.
#[derive(Debug)]
pub struct Commitments {
    announcement: Announcement,
    commitments: Vec<Option<Sha256Hash>>,
}

/// Step 2: the list of commitments is final; its hash is shown and read out. The dice are thrown.
#[derive(Debug)]
pub struct Closed {
    announcement: Announcement,
    commitments: Vec<Sha256Hash>,
}

/// Steps 3 and 4: the dice are typed, all envelopes are open, and the secrets are typed one by one. Nothing is shown until
/// the last one is in.
#[derive(Debug)]
pub struct Reveals {
    announcement: Announcement,
    commitments: Vec<Sha256Hash>,
    dice: String,
    envelopes: Vec<Option<Reveal>>,
}

/// What became of one envelope.
#[derive(Debug)]
enum Reveal {
    Opens(Secret),
    Missing,
}

/// What the reveals came to.
#[derive(Debug)]
pub enum Outcome {
    /// Enough parties revealed: the public value is next.
    Opened(Box<Opened>),
    /// The draw is void.
    Void(VoidTranscript),
}

/// Step 5: all reveals are in and enough; only the value of the public source is open.
#[derive(Debug)]
pub struct Opened {
    announcement: Announcement,
    /// `seed.tsv` up to the last reveal.
    text: Zeroizing<String>,
}

/// A void draw. Its transcript stays published (draw specification §5 iv), but it lacks its last line and so has no seed.
#[derive(Clone, Debug)]
pub struct VoidTranscript {
    text: String,
    missing: Vec<usize>,
}

impl Commitments {
    /// Opens the list of commitments under a published announcement.
    #[must_use]
    pub fn open(announcement: &Announcement) -> Self {
        let commitments = vec![None; announcement.terms().parties.len()];
        Self { announcement: announcement.clone(), commitments }
    }

    /// Takes the commitment of a party (from 1). Until the list is closed, a party may correct it by handing in another.
    ///
    /// # Errors
    /// If there is no such party, or another party has handed in the same value.
    pub fn record(&mut self, party: usize, commitment: Sha256Hash) -> Result<(), CeremonyError> {
        let others = self.commitments.iter().zip(1_usize..).filter(|(_, other)| *other != party);
        if let Some((_, other)) = others.clone().find(|(known, _)| **known == Some(commitment)) {
            return Err(CeremonyError::CopiedCommitment { party, other });
        }
        *slot(&mut self.commitments, party)? = Some(commitment);
        Ok(())
    }

    /// The parties that have not handed in a commitment yet.
    #[must_use]
    pub fn outstanding(&self) -> Vec<usize> {
        empty_slots(&self.commitments)
    }

    /// Closes the list.
    ///
    /// # Errors
    /// While a commitment is outstanding.
    pub fn close(self) -> Result<Closed, Refused<Self>> {
        let parties = self.outstanding();
        if !parties.is_empty() {
            return Err(Refused::new(self, CeremonyError::CommitmentsOutstanding { parties }));
        }
        let commitments = self.commitments.into_iter().flatten().collect();
        Ok(Closed { announcement: self.announcement, commitments })
    }
}

impl Closed {
    /// The lines of `seed.tsv` that are final now. Their hash ([`Closed::hash`]) is shown and read out.
    #[must_use]
    pub fn opening_lines(&self) -> String {
        opening_lines(&self.announcement, &self.commitments)
    }

    /// The SHA-256 of [`Closed::opening_lines`].
    #[must_use]
    pub fn hash(&self) -> Sha256Hash {
        Sha256Hash::of(self.opening_lines())
    }

    /// Takes the dice, typed once by each of two clerks.
    ///
    /// # Errors
    /// If the two differ, or are not the announced number of digits.
    pub fn type_dice(self, first: &str, second: &str) -> Result<Reveals, Refused<Self>> {
        if first != second {
            return Err(Refused::new(self, CeremonyError::DiceDiffer));
        }
        if let Err(reason) = check_dice(first, self.announcement.terms().dice_digits) {
            return Err(Refused::new(self, reason.into()));
        }
        let envelopes = self.commitments.iter().map(|_| None).collect();
        Ok(Reveals {
            announcement: self.announcement,
            commitments: self.commitments,
            dice: first.to_owned(),
            envelopes,
        })
    }
}

impl Reveals {
    /// Takes the secret from the envelope of a party (from 1).
    ///
    /// # Errors
    /// If it does not open that party's commitment, the party is already done, or there is no such party.
    pub fn reveal(&mut self, party: usize, secret: Secret) -> Result<(), CeremonyError> {
        let opened = commitment(self.announcement.hash(), party, &secret);
        let expected = *slot(&mut self.commitments, party)?;
        if opened != expected {
            return Err(CeremonyError::NotOpening { party });
        }
        self.settle(party, Reveal::Opens(secret))
    }

    /// Counts a party (from 1) as missing: its envelope, typed twice, does not open its commitment (draw specification
    /// §5 ii).
    ///
    /// # Errors
    /// If the party is already done, or there is no such party.
    pub fn declare_missing(&mut self, party: usize) -> Result<(), CeremonyError> {
        self.settle(party, Reveal::Missing)
    }

    /// The hash of the list of commitments, as [`Closed::hash`].
    #[must_use]
    pub fn list_hash(&self) -> Sha256Hash {
        Sha256Hash::of(opening_lines(&self.announcement, &self.commitments))
    }

    /// The parties whose envelopes have not been dealt with yet.
    #[must_use]
    pub fn outstanding(&self) -> Vec<usize> {
        empty_slots(&self.envelopes)
    }

    /// Ends the reveals once all envelopes have been dealt with.
    ///
    /// # Errors
    /// While an envelope is outstanding.
    pub fn close(self) -> Result<Outcome, Refused<Self>> {
        let parties = self.outstanding();
        if !parties.is_empty() {
            return Err(Refused::new(self, CeremonyError::RevealsOutstanding { parties }));
        }
        let text = self.transcript_so_far();
        let missing = self.missing();
        let valid = self.envelopes.len().saturating_sub(missing.len());
        if valid < self.announcement.terms().min_reveals {
            return Ok(Outcome::Void(VoidTranscript { text: text.to_string(), missing }));
        }
        Ok(Outcome::Opened(Box::new(Opened { announcement: self.announcement, text })))
    }

    /// The lines of `seed.tsv` up to what has been typed: what stays published if the draw is broken off now.
    #[must_use]
    pub fn transcript_so_far(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(opening_lines(&self.announcement, &self.commitments));
        push_line(&mut text, &["dice", &self.dice]);
        for (reveal, party) in self.envelopes.iter().zip(1_usize..) {
            let value = match reveal {
                Some(Reveal::Opens(secret)) => secret.expose(),
                Some(Reveal::Missing) => MISSING,
                None => continue,
            };
            push_line(&mut text, &["reveal", &party.to_string(), value]);
        }
        text
    }

    /// The parties whose envelopes do not open their commitments.
    #[must_use]
    pub fn missing(&self) -> Vec<usize> {
        let envelopes = self.envelopes.iter().zip(1_usize..);
        envelopes
            .filter(|(reveal, _)| matches!(reveal, Some(Reveal::Missing)))
            .map(|(_, party)| party)
            .collect()
    }

    fn settle(&mut self, party: usize, reveal: Reveal) -> Result<(), CeremonyError> {
        let slot = slot(&mut self.envelopes, party)?;
        if slot.is_some() {
            return Err(CeremonyError::AlreadySettled { party });
        }
        *slot = Some(reveal);
        Ok(())
    }
}

impl Opened {
    /// The public source that was announced, if any.
    #[must_use]
    pub fn public_source(&self) -> Option<&str> {
        self.announcement.terms().public_source.as_deref()
    }

    /// Whether [`Opened::complete`] would take this value; nothing is computed from it.
    ///
    /// # Errors
    /// As [`Opened::complete`].
    pub fn check(&self, public_value: Option<&str>) -> Result<(), CeremonyError> {
        let value = public_value.unwrap_or("-");
        if value.chars().any(is_forbidden) || value.trim() != value {
            return Err(CeremonyError::PublicValueText);
        }
        Ok(check_public_value(value, &self.announcement)?)
    }

    /// Completes the transcript with the value of the public source, or with `None` if none was announced.
    ///
    /// # Errors
    /// If a value is given without an announced source or the other way round, or could not stand in a cell.
    pub fn complete(self, public_value: Option<&str>) -> Result<CompleteTranscript, Refused<Self>> {
        if let Err(reason) = self.check(public_value) {
            return Err(Refused::new(self, reason));
        }
        let value = public_value.unwrap_or("-");
        let text = format!("{}public\t{value}\n", self.text.as_str());
        CompleteTranscript::from_tsv(text.as_bytes(), &self.announcement)
            .map_err(|reason| Refused::new(self, reason.into()))
    }
}

impl VoidTranscript {
    /// The lines of the ceremony, to be published.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parties (from 1) that did not reveal, to be named and excluded.
    #[must_use]
    pub fn missing(&self) -> &[usize] {
        &self.missing
    }
}

fn opening_lines(announcement: &Announcement, commitments: &[Sha256Hash]) -> String {
    let mut text = Kind::Seed.first_line_of(announcement.version());
    push_line(&mut text, &["announce_sha256", &announcement.hash().to_string()]);
    for (commitment, party) in commitments.iter().zip(1_usize..) {
        push_line(&mut text, &["commit", &party.to_string(), &commitment.to_string()]);
    }
    text
}

fn slot<T>(slots: &mut [T], party: usize) -> Result<&mut T, CeremonyError> {
    let index = party.checked_sub(1);
    index.and_then(|index| slots.get_mut(index)).ok_or(CeremonyError::UnknownParty { party })
}

fn empty_slots<T>(slots: &[Option<T>]) -> Vec<usize> {
    slots.iter().zip(1_usize..).filter(|(slot, _)| slot.is_none()).map(|(_, party)| party).collect()
}
