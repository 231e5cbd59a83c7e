//! What booths ask and send. Nothing here is logged, and no row tells when or where a ballot came.

use std::sync::Arc;

use belenios::ballot::BallotBox;
use belenios::group::Group;
use belenios::text::{Fingerprint, Uuid};
use belenios::with_group;
use ed25519_dalek::SigningKey;
use evaluation::hash::Sha256Hash;
use evaluation::wire::{
    self, BoothPoll, DraftLocator, OfficeInformation, Receipt, Refusal, RefusalReason, SetupFiles,
    unpad_ballot,
};

use super::challenge::is_challenged;
use super::draft::go_with_ballot;
use super::on_the_wire::{wire_purpose, wire_state};
use super::{compute, load_for_terminals, polls, present, restored};
use crate::domain::{CredentialStatus, PollState};
use crate::service::edition::load_publication_key;
use crate::service::{Context, ServiceError, office_text};
use crate::store::ballots::{Ballot, RefusedBallot};
use crate::store::credentials::Spent;
use crate::store::{Connection, StoreError, ballots, credentials, editions, offices};

/// What became of a ballot.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// It is stored, now or since an earlier delivery.
    Stored(Receipt),
    /// Another ballot of this card is stored, the card is void, or the ballot was opened: this one never will be.
    Refused(Refusal),
}

/// Everything a booth needs.
pub async fn for_booth(context: &Context) -> Result<BoothPoll, ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = load_for_terminals(&mut tx, context).await?;
    let texts = polls::load_texts(&mut tx, &context.county, &poll.id).await?;
    let (Some(election), Some(size)) = (texts.election, poll.ballot_size) else {
        return Err(ServiceError::input(
            "poll_not_ready",
            "投票还没有准备好。请等待制卡完成后再启动投票机。",
            "The poll is not ready. Wait until the cards are made, then start the booth.",
        ));
    };
    let information = information(&mut tx, context, &poll).await?;
    Ok(BoothPoll {
        state: wire_state(poll.state),
        purpose: wire_purpose(poll.purpose),
        setup: SetupFiles {
            election,
            trustees: present(texts.trustees, "trustees")?,
            credentials: present(texts.credentials, "credentials")?,
        },
        edition_json: present(texts.edition_json, "edition.json")?,
        offices_csv: present(texts.offices_csv, "offices.csv")?,
        information,
        ballot_size: usize::try_from(size).map_err(ServiceError::contradiction)?,
    })
}

/// What voters can read of the offices. Statements and opinions are among it once all are public.
async fn information(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
) -> Result<Vec<OfficeInformation>, ServiceError> {
    let edition = editions::load(tx, &context.county, &poll.edition).await?;
    let public = !office_text::is_open(edition.state);
    let offices = offices::list(tx, &context.county, &poll.edition).await?;
    let information = offices.into_iter().map(|office| OfficeInformation {
        number: office.number,
        statement: office.statement.filter(|_| public),
        duties: office.duties,
        commitment: office.commitment,
        opinions: office.opinions.filter(|_| public),
    });
    Ok(information.filter(|information| !information.is_empty()).collect())
}

/// Whether a credential may still vote.
pub async fn credential_status(
    context: &Context,
    credential: &str,
) -> Result<wire::CredentialStatus, ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = load_for_terminals(&mut tx, context).await?;
    // Anything else is on no list, and some databases refuse to look for it.
    if with_group!(poll.group, G => G::decode(credential).is_err()) {
        return Ok(wire::CredentialStatus::Unknown);
    }
    let status = credentials::find_status(&mut tx, &context.county, &poll.id, credential).await?;
    Ok(match status {
        None => wire::CredentialStatus::Unknown,
        Some(CredentialStatus::Spent) => wire::CredentialStatus::Spent,
        Some(CredentialStatus::Void) => wire::CredentialStatus::Void,
        Some(CredentialStatus::Unused) => wire::CredentialStatus::Unused,
    })
}

/// Takes a padded ballot: checks everything, then stores it, spends its credential and drops its draft in one durable transaction.
pub async fn receive(
    context: &Context,
    padded: Vec<u8>,
    draft: Option<DraftLocator>,
) -> Result<Delivery, ServiceError> {
    let mut tx = context.db.read().await?;
    let poll = load_for_terminals(&mut tx, context).await?;
    let election = polls::load_texts(&mut tx, &context.county, &poll.id).await?.election;
    let edition = editions::load(&mut tx, &context.county, &poll.edition).await?;
    drop(tx);
    let (Some(election), Some(size)) = (election, poll.ballot_size) else { return Err(not_open(poll.state)) };
    let prepared = Arc::clone(&context.prepared_election);
    let (padded, ballot) =
        compute(move || with_group!(poll.group, G => check::<G>(&*prepared.of(&election)?, size, padded)))
            .await?;
    let key = load_publication_key(context, edition.year)?;
    let uuid: Uuid = poll.id.as_str().parse().map_err(ServiceError::contradiction)?;
    let sealed = Sealed { poll: uuid, key };

    let mut tx = context.db.write().await?;
    let poll = polls::load(&mut tx, &context.county, &poll.id).await?;
    // First of all: whoever sends an opened ballot hears so, whatever else became of the card.
    if is_challenged(&mut tx, context, &poll, &ballot.hash).await? {
        let delivery = refuse(&mut tx, context, &poll, &sealed, &ballot, RefusalReason::Challenged).await?;
        tx.commit().await.map_err(StoreError::from)?;
        return Ok(delivery);
    }
    if let Some(stored) =
        ballots::find_by_credential(&mut tx, &context.county, &poll.id, &ballot.public_credential).await?
    {
        let delivery = answer_again(&mut tx, context, &poll, &sealed, &ballot, stored).await?;
        go_with_ballot(&mut tx, context, &poll, draft).await?;
        tx.commit().await.map_err(StoreError::from)?;
        return Ok(delivery);
    }
    // Before the state is asked: a void card stays void, and its ballot must not be brought again and again.
    let status =
        credentials::find_status(&mut tx, &context.county, &poll.id, &ballot.public_credential).await?;
    if status == Some(CredentialStatus::Void) {
        let delivery = refuse(&mut tx, context, &poll, &sealed, &ballot, RefusalReason::Void).await?;
        tx.commit().await.map_err(StoreError::from)?;
        return Ok(delivery);
    }
    if !poll.state.accepts_ballots() && !restored::takes_old_ballots(&mut tx, context, &poll).await? {
        return Err(not_open(poll.state));
    }
    match credentials::spend(&mut tx, &context.county, &poll.id, &ballot.public_credential).await? {
        Spent::Now => {}
        Spent::Unknown => return Err(unknown_credential()),
        Spent::Void | Spent::Before => {
            return Err(ServiceError::contradiction("an unused credential could not be spent"));
        }
    }
    let tracker = tracker(ballot.hash);
    ballots::insert(&mut tx, &context.county, &poll.id, &Ballot { payload: padded, ..ballot }).await?;
    go_with_ballot(&mut tx, context, &poll, draft).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Delivery::Stored(Receipt::sign(sealed.poll, tracker, &sealed.key)))
}

struct Sealed {
    poll: Uuid,
    key: SigningKey,
}

/// The answer for a credential that has a ballot: the receipt again, or a refusal that is published.
async fn answer_again(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
    sealed: &Sealed,
    ballot: &Ballot,
    stored: Sha256Hash,
) -> Result<Delivery, ServiceError> {
    if stored == ballot.hash {
        return Ok(Delivery::Stored(Receipt::sign(sealed.poll.clone(), tracker(stored), &sealed.key)));
    }
    refuse(tx, context, poll, sealed, ballot, RefusalReason::Stored(tracker(stored))).await
}

/// Signs that this ballot is not stored and why, and records it.
async fn refuse(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
    sealed: &Sealed,
    ballot: &Ballot,
    because: RefusalReason,
) -> Result<Delivery, ServiceError> {
    // Every refusal that is signed is published; once the closing statement is fixed none can be added.
    if !matches!(poll.state, PollState::Open | PollState::Paused | PollState::Closing | PollState::Closed) {
        return Err(not_open(poll.state));
    }
    let stored = match because {
        RefusalReason::Stored(stored) => Some(Sha256Hash::from_bytes(*stored.as_bytes())),
        RefusalReason::Challenged | RefusalReason::Void => None,
    };
    let refused = RefusedBallot { refused: ballot.hash, stored };
    ballots::insert_refused(tx, &context.county, &poll.id, refused).await?;
    let refused = tracker(ballot.hash);
    Ok(Delivery::Refused(Refusal::sign(sealed.poll.clone(), refused, because, &sealed.key)))
}

/// Size, canonical form, signature and every proof (protocol note §3).
fn check<G: Group>(
    election: &BallotBox<G>,
    size: u32,
    padded: Vec<u8>,
) -> Result<(Vec<u8>, Ballot), ServiceError> {
    let invalid = |zh: &str, en: String| ServiceError::input(wire::problem::BALLOT_INVALID, zh, en);
    let size = usize::try_from(size).map_err(ServiceError::contradiction)?;
    let bytes = unpad_ballot(&padded, size).map_err(|error| {
        invalid("选票长度不符，没有保存。", format!("The ballot was not stored: {error}."))
    })?;
    let ballot = election.check(bytes).map_err(|error| {
        invalid("选票没有通过检验，没有保存。", format!("The ballot was not stored: {error}."))
    })?;
    let public_credential = G::encode(ballot.credential());
    let hash = Sha256Hash::of(bytes);
    Ok((padded, Ballot { hash, public_credential, payload: Vec::new() }))
}

fn tracker(hash: Sha256Hash) -> Fingerprint {
    Fingerprint::from_bytes(*hash.as_bytes())
}

pub(super) fn not_open(found: PollState) -> ServiceError {
    ServiceError::input(
        wire::problem::POLL_NOT_OPEN,
        format!("投票现在不接收选票（{}）。这张票没有保存。", found.zh()),
        format!("The poll takes no ballots now ({}). This ballot was not stored.", found.en()),
    )
}

fn unknown_credential() -> ServiceError {
    ServiceError::input(
        wire::problem::CREDENTIAL_UNKNOWN,
        "这张卡不属于本次投票，选票没有保存。请联系工作人员。",
        "This card does not belong to this poll; the ballot was not stored. Ask the staff.",
    )
}
