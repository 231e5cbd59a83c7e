//! The archive, written anew from the stored texts and ballots whenever somebody asks for it.

use belenios::archive::Writer;
use belenios::text::Hash;
use evaluation::wire::unpad_ballot;

use super::{compute, polls, present};
use crate::domain::PollId;
use crate::service::{Context, ServiceError};
use crate::store::{ballots, trustees};

/// How far an archive goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// The Setup event: public from the opening.
    Setup,
    /// The end of voting.
    EndBallots,
    /// The encrypted tally: what the trustees verify before they decrypt.
    EncryptedTally,
    /// The result.
    Result,
}

/// An archive and the hashes that others name.
#[derive(Clone, Debug)]
pub struct Archive {
    /// The file.
    pub bytes: Vec<u8>,
    /// The time in its header, in Unix seconds: the minute of the opening.
    pub timestamp: u64,
    /// The Setup event.
    pub setup: Hash,
    /// The `EndBallots` event, once there.
    pub end_ballots: Option<Hash>,
    /// The last event: it stands for the whole archive.
    pub head: Hash,
}

/// Everything an archive is written from. Ballots are in the order of their hashes, so that it tells no voting order.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) poll: polls::Poll,
    pub(super) texts: polls::PollTexts,
    pub(super) ballots: Vec<ballots::Ballot>,
    pub(super) shares: Vec<trustees::PartialDecryption>,
}

/// Writes the archive of a poll.
pub async fn write(context: &Context, poll: &PollId, until: Until) -> Result<Archive, ServiceError> {
    let parts = load(context, poll).await?;
    compute(move || assemble(&parts, until)).await
}

pub(super) async fn load(context: &Context, id: &PollId) -> Result<Parts, ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = polls::load(&mut tx, &context.county, id).await?;
    let texts = polls::load_texts(&mut tx, &context.county, id).await?;
    let mut ballots = ballots::list(&mut tx, &context.county, id).await?;
    ballots.sort_unstable_by_key(|ballot| ballot.hash);
    let shares = trustees::list_decryptions(&mut tx, &context.county, id).await?;
    Ok(Parts { poll, texts, ballots, shares })
}

/// A stored ballot without its padding.
pub(super) fn unpadded(ballot: &ballots::Ballot) -> Result<&[u8], ServiceError> {
    unpad_ballot(&ballot.payload, ballot.payload.len()).map_err(ServiceError::contradiction)
}

pub(super) fn assemble(parts: &Parts, until: Until) -> Result<Archive, ServiceError> {
    let texts = &parts.texts;
    let text = |text: &Option<String>, what| present(text.clone(), what);
    // The time is public and coarse: the minute of the opening.
    let opened = parts.poll.opened_at.map_or(0, jiff::Timestamp::as_second);
    let timestamp = u64::try_from(opened).map_err(ServiceError::contradiction)?;
    let mut writer = Writer::new(Vec::new(), timestamp).map_err(ServiceError::contradiction)?;
    let (election, trustees) = (text(&texts.election, "election")?, text(&texts.trustees, "trustees")?);
    let credentials = text(&texts.credentials, "credentials")?;
    let setup = writer.setup(&election, &trustees, &credentials).map_err(ServiceError::contradiction)?;
    let (mut end_ballots, mut head) = (None, setup);
    if until >= Until::EndBallots {
        for ballot in &parts.ballots {
            writer.ballot(unpadded(ballot)?).map_err(ServiceError::contradiction)?;
        }
        head = writer.end_ballots().map_err(ServiceError::contradiction)?;
        end_ballots = Some(head);
    }
    if until >= Until::EncryptedTally {
        let tally = text(&texts.encrypted_tally, "encrypted tally")?;
        let voters = u64::try_from(parts.ballots.len()).map_err(ServiceError::contradiction)?;
        head = writer.encrypted_tally(&tally, voters, voters).map_err(ServiceError::contradiction)?;
    }
    if until >= Until::Result {
        for share in &parts.shares {
            let owner = usize::try_from(share.position).map_err(ServiceError::contradiction)?;
            writer.partial_decryption(owner, &share.payload).map_err(ServiceError::contradiction)?;
        }
        head = writer.result(&text(&texts.result, "result")?).map_err(ServiceError::contradiction)?;
    }
    let bytes = writer.finish().map_err(ServiceError::contradiction)?;
    Ok(Archive { bytes, timestamp, setup, end_ballots, head })
}
