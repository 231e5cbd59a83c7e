//! What the pages of a ceremony show.

use evaluation::draw::announce::Announcement;
use evaluation::hash::Sha256Hash;

use super::{Envelope, Progress, commitments, envelopes, read_announcement};
use crate::domain::EditionId;
use crate::service::{Context, ServiceError};
use crate::store::draws::Draw;
use crate::store::{accounts, draws};

/// A ceremony with everything that may be seen of it now.
#[derive(Clone, Debug)]
pub struct CeremonyView {
    /// The row.
    pub draw: Draw,
    /// What is announced.
    pub announcement: Announcement,
    /// The commitments that are up, party 1 first.
    pub commitments: Vec<Option<Sha256Hash>>,
    /// The hash of the list of commitments, which is read aloud once the list is closed.
    pub list_hash: Option<Sha256Hash>,
    /// Who typed the dice first, while a second person is awaited.
    pub first_clerk: Option<String>,
    /// What became of each envelope, party 1 first.
    pub envelopes: Vec<Envelope>,
}

impl CeremonyView {
    /// How many envelopes have been dealt with.
    #[must_use]
    pub fn settled(&self) -> usize {
        self.envelopes.iter().filter(|envelope| !matches!(envelope, Envelope::Sealed { .. })).count()
    }

    /// Whether all envelopes have been dealt with.
    #[must_use]
    pub fn is_all_settled(&self) -> bool {
        self.settled() == self.envelopes.len()
    }

    /// How many envelopes open their commitments.
    #[must_use]
    pub fn valid(&self) -> usize {
        self.envelopes.iter().filter(|envelope| matches!(envelope, Envelope::Opens { .. })).count()
    }
}

/// The ceremony with this number.
pub async fn find_ceremony(
    context: &Context,
    edition: &EditionId,
    ceremony: u32,
) -> Result<CeremonyView, ServiceError> {
    let mut tx = context.db.read().await?;
    let draw = draws::find(&mut tx, &context.county, edition, ceremony).await?;
    let draw = draw.ok_or(ServiceError::NotFound("draw"))?;
    let first_clerk = match (&draw.dice_first, &draw.dice) {
        (Some((_, clerk)), None) => Some(accounts::load(&mut tx, &context.county, clerk).await?.person),
        _ => None,
    };
    drop(tx);
    let announcement = read_announcement(&draw)?;
    let list_hash = match Progress::of(&draw)? {
        Progress::Commitments(_) => None,
        Progress::Closed(closed) => Some(closed.hash()),
        Progress::Reveals(reveals) => Some(reveals.list_hash()),
    };
    Ok(CeremonyView {
        commitments: commitments(&draw)?,
        envelopes: envelopes(&draw, &announcement)?,
        announcement,
        list_hash,
        first_clerk,
        draw,
    })
}
