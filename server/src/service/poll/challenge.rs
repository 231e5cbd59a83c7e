//! 核验本机: ballots that are opened to check a booth. They are refused for ever, and the list is published.
//!
//! The database learns only the ballot's hash. What was opened lies in memory ([`OpenedBallots`]): it holds the card's public
//! credential, and whoever saw the card's holder at that booth could find the ballot that the card casts later.

mod opened;

use belenios::ballot::OpenedBallot;
use belenios::text::Fingerprint;
use evaluation::hash::Sha256Hash;
use evaluation::wire::{ChallengeNotice, ChallengePromise, OpenedBallotFile, problem};

pub use self::opened::{Opened, OpenedBallots};

use super::ballot::not_open;
use super::booths::load_named;
use super::{compute, load_for_terminals, polls};
use crate::domain::PollState;
use crate::service::edition::load_publication_key;
use crate::service::{Context, ServiceError};
use crate::store::{Connection, StoreError, ballots, challenged, editions};

/// More ballots than anybody opens in a day. A booth that sends more is not one that people check.
const MOST: u32 = 1_000;

/// Records that a ballot is about to be opened, and promises to store it never. The same again is fine. `page` is the address at
/// which other devices find what was opened.
pub async fn record(
    context: &Context,
    sent: &ChallengeNotice,
    page: String,
) -> Result<ChallengePromise, ServiceError> {
    let hash = hash_of(&sent.tracker);
    let mut tx = context.db.write().await?;
    let poll = load_named(&mut tx, context, &sent.poll).await?;
    let year = editions::load(&mut tx, &context.county, &poll.edition).await?.year;
    let key = load_publication_key(context, year)?;
    let promise = || ChallengePromise::sign(sent.poll.clone(), sent.tracker, page, &key);
    let (county, id) = (&context.county, &poll.id);
    if challenged::contains(&mut tx, county, id, &hash).await? {
        return Ok(promise());
    }
    if ballots::contains(&mut tx, county, id, &hash).await? {
        return Err(already_cast());
    }
    if !poll.state.accepts_ballots() {
        return Err(not_now(poll.state));
    }
    if challenged::count(&mut tx, county, id).await? >= MOST {
        return Err(full());
    }
    challenged::insert(&mut tx, county, id, &hash).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(promise())
}

/// Whether a ballot was opened, so that it must not be stored.
pub(super) async fn is_challenged(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
    ballot: &Sha256Hash,
) -> Result<bool, ServiceError> {
    Ok(challenged::contains(tx, &context.county, &poll.id, ballot).await?)
}

/// The trackers of all ballots that were opened, sorted.
pub(super) async fn trackers(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
) -> Result<Vec<Fingerprint>, ServiceError> {
    let mut trackers: Vec<_> = challenged::list(tx, &context.county, &poll.id)
        .await?
        .iter()
        .map(|hash| Fingerprint::from_bytes(*hash.as_bytes()))
        .collect();
    trackers.sort_unstable();
    Ok(trackers)
}

/// Keeps what was opened in memory, for other devices to fetch. Whether it holds what it claims is found out, and not decided
/// upon: whoever fetches it sees for himself.
pub async fn keep(context: &Context, sent: OpenedBallotFile) -> Result<(), ServiceError> {
    let opened = OpenedBallot::parse(&sent.opened).map_err(|_| {
        ServiceError::input(
            "opened_unreadable",
            "送来的不是打开的票，没有保存。",
            "That is no opened ballot; nothing was kept.",
        )
    })?;
    let tracker = Fingerprint::of(opened.ballot());
    let mut tx = context.db.read().await?;
    let poll = load_named(&mut tx, context, &sent.poll).await?;
    if !shows_opened(poll.state) {
        return Err(not_open(poll.state));
    }
    if !is_challenged(&mut tx, context, &poll, &hash_of(&tracker)).await? {
        return Err(not_challenged());
    }
    let election = polls::load_texts(&mut tx, &context.county, &poll.id).await?.election;
    drop(tx);
    let text = sent.opened;
    let found = compute(move || {
        let election = election.map(Fingerprint::of);
        Ok(Opened::recompute(tracker, text, &opened, election))
    })
    .await?;
    context.opened_ballots.keep(&poll.id, found);
    Ok(())
}

/// The opened ballot whose tracker begins like this, while the poll is open.
pub async fn find(context: &Context, typed: &str) -> Result<Option<std::sync::Arc<Opened>>, ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = match load_for_terminals(&mut tx, context).await {
        Ok(poll) => poll,
        Err(ServiceError::Input { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    if !shows_opened(poll.state) {
        context.opened_ballots.forget();
        return Ok(None);
    }
    Ok(context.opened_ballots.find(&poll.id, typed))
}

/// Whether what was opened can be fetched: while people may still check a booth, and not a moment longer.
const fn shows_opened(state: PollState) -> bool {
    matches!(state, PollState::Open | PollState::Paused | PollState::Closing)
}

fn hash_of(tracker: &Fingerprint) -> Sha256Hash {
    Sha256Hash::from_bytes(*tracker.as_bytes())
}

fn already_cast() -> ServiceError {
    ServiceError::input(
        problem::ALREADY_CAST,
        "这张票已经投出并存好，不能再打开，没有作任何更改。",
        "This very ballot is cast and stored. It cannot be opened any more; nothing was changed.",
    )
}

fn not_now(found: PollState) -> ServiceError {
    ServiceError::input(
        problem::POLL_NOT_OPEN,
        format!("现在（{}）不能核验投票机，这张票没有打开。", found.zh()),
        format!("Booths cannot be checked now ({}); the ballot was not opened.", found.en()),
    )
}

fn full() -> ServiceError {
    ServiceError::input(
        problem::CHALLENGES_FULL,
        "核验的票已经太多，这张票没有打开。请报告监督员：可能有投票机在乱发请求。",
        "Too many ballots were opened already; this one was not. Tell the supervisor: a booth may be sending what nobody asked for.",
    )
}

fn not_challenged() -> ServiceError {
    ServiceError::input(
        problem::NOT_CHALLENGED,
        "这张票事先没有登记为核验，没有保存。",
        "Nobody has said before that this ballot would be opened; nothing was kept.",
    )
}
