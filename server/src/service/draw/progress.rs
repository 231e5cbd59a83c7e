//! What is stored of a ceremony, as the steps of the draw again.

use evaluation::draw::announce::Announcement;
use evaluation::draw::ceremony::{CeremonyError, Closed, Commitments, Reveals};
use evaluation::draw::secret::Secret;
use evaluation::hash::Sha256Hash;

use super::envelopes::Envelope;
use super::read_announcement;
use crate::domain::DrawState;
use crate::service::ServiceError;
use crate::store::draws::Draw;

/// Where an unfinished ceremony is.
#[derive(Debug)]
pub enum Progress {
    /// Commitments come in.
    Commitments(Commitments),
    /// The list of commitments is closed.
    Closed(Closed),
    /// The dice are thrown.
    Reveals(Reveals),
}

impl Progress {
    /// Reads the entries again; those that were checked when they were stored must still be right.
    pub fn of(draw: &Draw) -> Result<Self, ServiceError> {
        let announcement = read_announcement(draw)?;
        let mut open = Commitments::open(&announcement);
        for (party, commitment) in (1..).zip(commitments(draw)?) {
            if let Some(commitment) = commitment {
                open.record(party, commitment).map_err(contradicting)?;
            }
        }
        if !is_list_closed(draw) {
            return Ok(Self::Commitments(open));
        }
        let closed = open.close().map_err(|refused| contradicting(refused.reason))?;
        let Some(dice) = &draw.dice else { return Ok(Self::Closed(closed)) };
        let mut reveals = closed.type_dice(dice, dice).map_err(|refused| contradicting(refused.reason))?;
        for (party, envelope) in (1..).zip(envelopes(draw, &announcement)?) {
            match envelope {
                Envelope::Sealed { .. } => {}
                Envelope::Opens { secret } => {
                    let secret = Secret::parse(&secret).map_err(ServiceError::contradiction)?;
                    reveals.reveal(party, secret).map_err(contradicting)?;
                }
                Envelope::Missing => reveals.declare_missing(party).map_err(contradicting)?,
            }
        }
        Ok(Self::Reveals(reveals))
    }

    /// The list of commitments, if it is closed and the dice are still to be thrown.
    #[must_use]
    pub fn closed(self) -> Option<Closed> {
        if let Self::Closed(closed) = self { Some(closed) } else { None }
    }

    /// The reveals, once the dice are thrown.
    #[must_use]
    pub fn reveals(self) -> Option<Reveals> {
        if let Self::Reveals(reveals) = self { Some(reveals) } else { None }
    }
}

/// A void draw no longer tells by its state how far it came; its envelopes are on record from the closing on.
fn is_list_closed(draw: &Draw) -> bool {
    match draw.state {
        DrawState::Announced => false,
        DrawState::Void => draw.envelopes.is_some(),
        DrawState::Committed | DrawState::Thrown | DrawState::Opened | DrawState::Drawn => true,
    }
}

/// The commitments that are up, party 1 first; `None` for a party that has handed in none.
pub fn commitments(draw: &Draw) -> Result<Vec<Option<Sha256Hash>>, ServiceError> {
    let Some(text) = &draw.commitments else {
        return Ok(vec![None; read_announcement(draw)?.terms().parties.len()]);
    };
    serde_json::from_str(text).map_err(ServiceError::contradiction)
}

/// What became of each envelope, party 1 first.
pub fn envelopes(draw: &Draw, announcement: &Announcement) -> Result<Vec<Envelope>, ServiceError> {
    let Some(text) = &draw.envelopes else {
        return Ok(vec![Envelope::default(); announcement.terms().parties.len()]);
    };
    serde_json::from_str(text).map_err(ServiceError::contradiction)
}

/// The lines of the transcript that a void draw leaves; `None` if the draw is not void, or the list of commitments was
/// never closed.
pub(super) fn void_transcript(draw: &Draw) -> Option<String> {
    if draw.state != DrawState::Void {
        return None;
    }
    if let Some(complete) = &draw.seed {
        return Some(complete.clone());
    }
    match Progress::of(draw).ok()? {
        Progress::Commitments(_) => None,
        Progress::Closed(closed) => Some(closed.opening_lines()),
        Progress::Reveals(reveals) => Some(reveals.transcript_so_far().to_string()),
    }
}

fn contradicting(reason: CeremonyError) -> ServiceError {
    ServiceError::contradiction(reason)
}
