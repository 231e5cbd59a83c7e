//! Closing, and the reconciliation 对账 that must balance before anything can be decrypted.

use belenios::ballot::BallotBox;
use belenios::election::Election;
use belenios::group::Group;
use belenios::tally::EncryptedTally;
use belenios::text::{Fingerprint, Uuid};
use belenios::with_group;
use evaluation::hash::Sha256Hash;
use evaluation::publication::closing::{ClosingStatement, RefusedBallot};
use evaluation::publication::reconciliation::{Counts, Reconciliation};
use rayon::prelude::*;

use super::archive::{Archive, Parts, Until, assemble, load, unpadded};
use super::opening::count_rows;
use super::{compute, move_poll, polls, present};
use crate::domain::poll::PollStepError;
use crate::domain::{Actor, PollId, PollState};
use crate::service::sanction::load_sanctions;
use crate::service::{Context, ServiceError};
use crate::store::polls::PollText;
use crate::store::rewrite::rewrite_in_hash_order;
use crate::store::{Connection, StoreError, ballots, credentials, draws};

/// Closes the poll for good. Called with the confirmed act, in its transaction; [`destroy_order`] follows it.
pub async fn close(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    id: &PollId,
) -> Result<(), ServiceError> {
    let poll = polls::load(tx, &context.county, id).await?;
    let to = poll.state.close()?;
    polls::set_closed_at(tx, &context.county, id, context.now()).await?;
    move_poll(tx, context, actor, &poll, to).await
}

/// Destroys what the database's files tell about the order of voting. May be repeated.
pub async fn destroy_order(context: &Context) -> Result<(), ServiceError> {
    Ok(rewrite_in_hash_order(&context.db).await?)
}

/// Reconciles cards, credentials and ballots, adds the ballots up while encrypted, and fixes the closing statement that
/// the trustees sign: from here on sanctions are frozen.
pub async fn reconcile(context: &Context, actor: &Actor, id: &PollId) -> Result<(), ServiceError> {
    let parts = load(context, id).await?;
    if parts.poll.state != PollState::Closed {
        return Err(PollStepError::WrongState { found: parts.poll.state }.into());
    }
    destroy_order(context).await?;
    let (tally, archive) = compute(move || {
        let tally = with_group!(parts.poll.group, G => add_up::<G>(&parts))?;
        Ok((tally, assemble(&parts, Until::EndBallots)?))
    })
    .await?;
    let mut tx = context.db.write().await?;
    let poll = polls::load(&mut tx, &context.county, id).await?;
    let to = poll.state.reconcile(count_rows(&mut tx, context, &poll).await?)?;
    let draw = draws::find_completed(&mut tx, &context.county, &poll.edition)
        .await?
        .ok_or(ServiceError::NotFound("draw"))?;
    let statement = closing_statement(&mut tx, context, &poll, &draw, &archive).await?;
    let reconciliation = count(&mut tx, context, &poll, &draw, &statement).await?;
    for (which, text) in [
        (PollText::EncryptedTally, tally),
        (PollText::ClosingStatement, statement.signed_text()),
        (PollText::Reconciliation, reconciliation.to_json()),
    ] {
        polls::set_text(&mut tx, &context.county, id, which, &text).await?;
    }
    move_poll(&mut tx, context, actor, &poll, to).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Checks every stored ballot again and adds them up. A ballot that fails now was changed in the database.
fn add_up<G: Group>(parts: &Parts) -> Result<String, ServiceError> {
    let election = present(parts.texts.election.clone(), "election")?;
    let election = Election::<G>::parse(&election).map_err(ServiceError::contradiction)?;
    let ballot_box = BallotBox::new(election);
    let checked = parts
        .ballots
        .par_iter()
        .map(|ballot| ballot_box.check(unpadded(ballot)?).map_err(ServiceError::contradiction));
    let checked: Vec<_> = checked.collect::<Result<_, ServiceError>>()?;
    let mut tally = EncryptedTally::empty(ballot_box.election());
    for ballot in &checked {
        tally.add(ballot, 1);
    }
    Ok(tally.to_json())
}

async fn closing_statement(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
    draw: &draws::Draw,
    archive: &Archive,
) -> Result<ClosingStatement, ServiceError> {
    let tracker = |hash: Sha256Hash| Fingerprint::from_bytes(*hash.as_bytes());
    let refused = ballots::list_refused(tx, &context.county, &poll.id).await?;
    let mut refused: Vec<_> = refused
        .into_iter()
        .map(|ballot| RefusedBallot { refused: tracker(ballot.refused), stored: tracker(ballot.stored) })
        .collect();
    refused.sort_unstable();
    let sanctions = load_sanctions(tx, context, &poll.edition).await?;
    let ballots = ballots::count(tx, &context.county, &poll.id).await?;
    Ok(ClosingStatement {
        poll: poll.id.as_str().parse::<Uuid>().map_err(ServiceError::contradiction)?,
        archive_timestamp: archive.timestamp,
        setup_event: archive.setup,
        end_ballots_event: archive
            .end_ballots
            .ok_or_else(|| ServiceError::contradiction("the archive does not end its ballots"))?,
        ballots: ballots.into(),
        void_credentials: Vec::new(),
        refused,
        challenged: Vec::new(),
        booth_statements: Vec::new(),
        sanctions_sha256: Sha256Hash::of(sanctions.to_csv()),
        absences_sha256: draw.absences.as_ref().map(Sha256Hash::of),
    })
}

async fn count(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
    draw: &draws::Draw,
    statement: &ClosingStatement,
) -> Result<Reconciliation, ServiceError> {
    let files = crate::service::draw::files(draw);
    let report = evaluation::draw::verify::verify_folder(|name| files.get(name).cloned());
    let facts = report.facts.ok_or_else(|| ServiceError::contradiction("the draw does not verify"))?;
    let cards = credentials::count(tx, &context.county, &poll.id).await?.registered;
    let called = facts.replacements.0.iter().filter(|replacement| replacement.called.is_some()).count();
    let number = |count: u64| usize::try_from(count).map_err(ServiceError::contradiction);
    let held = &facts.representatives;
    let reconciliation = Reconciliation::new(&Counts {
        drawn: facts.selected.a.len().saturating_add(facts.selected.b.len()),
        replacements: called,
        seats: held.a.len().saturating_add(held.b.len()),
        cards_made: number(cards.into())?,
        ballots: number(statement.ballots)?,
        refused_ballots: statement.refused.len(),
    });
    match reconciliation.imbalances().first() {
        None => Ok(reconciliation),
        Some(imbalance) => Err(ServiceError::input(
            "out_of_balance",
            format!("对账不平：{}对平之前不能产生结果。", imbalance.zh()),
            format!("The counts do not balance: {imbalance}. There is no result until they do."),
        )),
    }
}
