//! The draw of the representatives (draw specification §4 to §6): announcement, commitments, dice, envelopes, result.
//!
//! Every entry is kept at once, so that a server that stops goes on where it was. What is stored becomes the steps of
//! [`evaluation::draw::ceremony`] again in [`Progress`]; tickets are computed only by [`complete`], an act of two people,
//! from a transcript that is complete by then.

mod announcing;
mod chances;
mod code;
mod committing;
mod completing;
mod dice;
mod envelopes;
mod progress;
#[cfg(test)]
mod tests;
mod view;
mod voiding;

use std::collections::BTreeMap;

use evaluation::draw::announce::Announcement;
use evaluation::hash::Sha256Hash;

pub use self::announcing::{AnnouncementForm, announce, preview};
pub use self::chances::{CategoryChance, Chances, chances};
pub use self::code::CommitmentCode;
pub use self::committing::{
    Invitation, close_commitments, commit_with_code, find_invitation, issue_code, record_commitment,
};
pub use self::completing::{Completion, Prepared, check_completion, complete, prepare, recompute};
pub use self::dice::{DiceEntry, clear_dice, type_dice};
pub use self::envelopes::{Envelope, declare_missing, open_envelopes, type_secret};
pub use self::progress::{Progress, commitments, envelopes};
pub use self::view::{CeremonyView, find_ceremony};
pub use self::voiding::{Voiding, check_voiding, declare_void};
use super::{Context, ServiceError, log};
use crate::domain::{Actor, DrawState, EditionId, LogEvent};
use crate::store::{Connection, draws};

/// The files of a draw, by name, as they are published; of a void one the transcript as far as it came.
#[must_use]
pub fn files(draw: &draws::Draw) -> BTreeMap<String, Vec<u8>> {
    let void = progress::void_transcript(draw);
    let texts = [
        ("pool.tsv", Some(&draw.pool)),
        ("announce.tsv", Some(&draw.announce)),
        ("seed.tsv", draw.seed.as_ref().filter(|_| draw.state != DrawState::Void)),
        ("void-transcript.tsv", void.as_ref()),
        ("result.tsv", draw.result.as_ref()),
        ("absences.tsv", draw.absences.as_ref()),
        ("replacements.tsv", draw.replacements.as_ref()),
    ];
    let present =
        texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.clone().into_bytes())));
    present.collect()
}

/// The announcement of a ceremony.
pub fn read_announcement(draw: &draws::Draw) -> Result<Announcement, ServiceError> {
    Announcement::from_tsv(draw.announce.as_bytes()).map_err(ServiceError::contradiction)
}

async fn load(
    tx: &mut Connection,
    context: &Context,
    id: &EditionId,
    ceremony: u32,
) -> Result<draws::Draw, ServiceError> {
    draws::find(tx, &context.county, id, ceremony).await?.ok_or(ServiceError::NotFound("draw"))
}

/// Stores a step to another state and writes the log.
async fn store_step(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    from: DrawState,
    draw: &draws::Draw,
    seed: Option<Sha256Hash>,
) -> Result<(), ServiceError> {
    draws::update(tx, &context.county, id, from, draw).await?;
    let event =
        LogEvent::DrawMoved { edition: id.clone(), ceremony: draw.ceremony, from, to: draw.state, seed };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok(())
}

fn typed(zh: impl Into<String>, en: impl Into<String>) -> ServiceError {
    ServiceError::input("draw_entry", zh, en)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Without white space anywhere: people type long numbers in groups, and scanners end with a line break.
fn without_spaces(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}
