//! What is printed and signed: at the opening of a poll the opening sheet 开启单 and the zero report 零票报告, after the sealing
//! the closing sheet 封箱单.

use belenios::group::Group;
use belenios::text::Hash;
use belenios::trustee::threshold::{Certificate, Certificates, Quorum};
use belenios::with_group;
use evaluation::ceremony::key_fingerprint;
use evaluation::publication::closing::ZeroReport;

use super::edition::load_rules;
use super::log::{self, LogHead};
use super::overview::{PollView, find_poll};
use super::poll::archive::{self, Until};
use super::poll::opening::{count_rows, load_zero_report};
use super::{Context, ServiceError};
use crate::domain::poll::BallotBox;
use crate::domain::{EditionId, PollState};
use crate::store::trustees::Trustee;
use crate::store::{editions, polls, trustees};

/// What stands on the opening sheet of a poll whose election is final.
#[derive(Clone, Debug)]
pub struct OpeningSheet {
    /// The poll that everybody works with.
    pub poll: PollView,
    /// Hash of the Setup event, which every booth scans.
    pub setup: Hash,
    /// The code that every trustee's terminal shows: certificates and final key.
    pub keys: Hash,
}

/// The opening sheet; none until the cards are ready.
pub async fn opening_sheet(
    context: &Context,
    edition: &EditionId,
) -> Result<Option<OpeningSheet>, ServiceError> {
    let Some(poll) = find_poll(context, edition).await? else { return Ok(None) };
    let Some(setup) = poll.setup else { return Ok(None) };
    let mut tx = context.db.read().await?;
    let (county, id) = (&context.county, &poll.poll.id);
    let list = polls::load_texts(&mut tx, county, id).await?.trustees;
    let list = list.ok_or_else(|| ServiceError::contradiction("a final election has no trustees"))?;
    let rules = load_rules(&editions::load(&mut tx, county, edition).await?)?;
    let quorum =
        Quorum::new(rules.poll.needed(), rules.poll.trustees).map_err(ServiceError::contradiction)?;
    let all = trustees::list(&mut tx, county, id).await?;
    let certificates = with_group!(poll.poll.group, G => certificates::<G>(quorum, &all))?;
    Ok(Some(OpeningSheet { setup, keys: key_fingerprint(certificates, &list), poll }))
}

/// The fingerprint of all certificates; none where each trustee made a key alone.
fn certificates<G: Group>(quorum: Quorum, all: &[Trustee]) -> Result<Option<Hash>, ServiceError> {
    let sent: Option<Vec<_>> = all.iter().map(|trustee| trustee.certificate.as_deref()).collect();
    let Some(sent) = sent else { return Ok(None) };
    let parsed = sent.into_iter().map(serde_json::from_str::<Certificate<G>>).collect::<Result<_, _>>();
    let parsed = parsed.map_err(ServiceError::contradiction)?;
    let checked = Certificates::check(quorum, parsed).map_err(ServiceError::contradiction)?;
    Ok(Some(checked.fingerprint()))
}

/// What stands on the closing sheet of a sealed poll.
#[derive(Clone, Debug)]
pub struct ClosingSheet {
    /// The poll that everybody works with.
    pub poll: PollView,
    /// Hash of the Setup event, as on the opening sheet.
    pub setup: Hash,
    /// Hash of the `EndBallots` event: it stands for all ballots, and every booth shows it.
    pub end_ballots: Hash,
    /// Hash of the archive's last event once the ballots are added up: what every trustee's terminal shows before it decrypts.
    pub head: Option<Hash>,
}

/// The closing sheet; none until the box is sealed.
pub async fn closing_sheet(
    context: &Context,
    edition: &EditionId,
) -> Result<Option<ClosingSheet>, ServiceError> {
    let Some(poll) = find_poll(context, edition).await? else { return Ok(None) };
    if poll.poll.state < PollState::Closed {
        return Ok(None);
    }
    let added_up = poll.poll.state >= PollState::Reconciled;
    let until = if added_up { Until::EncryptedTally } else { Until::EndBallots };
    let archive = archive::write(context, &poll.poll.id, until).await?;
    let end_ballots =
        archive.end_ballots.ok_or_else(|| ServiceError::contradiction("a sealed archive has an end"))?;
    let head = added_up.then_some(archive.head);
    Ok(Some(ClosingSheet { setup: archive.setup, end_ballots, head, poll }))
}

/// The zero report of a poll: what was stored at its opening, or what it would say if the poll were opened now.
#[derive(Clone, Debug)]
pub struct ZeroPreview {
    /// The poll that everybody works with.
    pub poll: PollView,
    /// What the stored rows say.
    pub found: BallotBox,
    /// The newest entry of the log.
    pub head: LogHead,
    /// The report that was made in the moment of the opening, once there is one.
    pub stored: Option<ZeroReport>,
}

impl ZeroPreview {
    /// Whether nothing is in the box and every card is registered.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        let BallotBox { cards, credentials, spent, void, ballots } = self.found;
        ballots == 0 && spent == 0 && void == 0 && cards == credentials
    }
}

/// Counts the stored rows; none until the cards are ready.
pub async fn zero_preview(
    context: &Context,
    edition: &EditionId,
) -> Result<Option<ZeroPreview>, ServiceError> {
    let Some(poll) = find_poll(context, edition).await? else { return Ok(None) };
    if poll.setup.is_none() {
        return Ok(None);
    }
    let mut tx = context.db.read().await?;
    let found = count_rows(&mut tx, context, &poll.poll).await?;
    let head = log::head(&mut tx, &context.county).await?;
    let stored = load_zero_report(&mut tx, context, &poll.poll.id).await?;
    Ok(Some(ZeroPreview { poll, found, head, stored }))
}
