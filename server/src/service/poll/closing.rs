//! Closing in two steps, and the reconciliation 对账 that must balance before anything can be decrypted.

use belenios::ballot::BallotBox;
use belenios::election::Election;
use belenios::group::Group;
use belenios::tally::EncryptedTally;
use belenios::text::{Fingerprint, Uuid};
use belenios::with_group;
use evaluation::hash::Sha256Hash;
use evaluation::publication::closing::{Booth, BoothStatement, ClosingStatement, RefusedBallot};
use evaluation::publication::reconciliation::{Counts, Reconciliation};
use rayon::prelude::*;

use super::archive::{Archive, Parts, Until, assemble, load, unpadded};
use super::challenge;
use super::on_the_wire::wire_purpose;
use super::opening::{count_rows, load_zero_report};
use super::settling::{self, Settling};
use super::{compute, move_poll, polls, present};
use crate::domain::poll::PollStepError;
use crate::domain::{Actor, PollId, PollState};
use crate::service::sanction::load_sanctions;
use crate::service::{Context, ServiceError};
use crate::store::polls::PollText;
use crate::store::rewrite::rewrite_in_hash_order;
use crate::store::{Connection, StoreError, attendance, ballots, credentials, drafts, draws, void_cards};

/// Ends the voting: nobody begins any more, ballots on their way are still taken. Called with the confirmed act, in its
/// transaction.
pub async fn close(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    id: &PollId,
) -> Result<(), ServiceError> {
    let (poll, to) = check_close(tx, context, id).await?;
    move_poll(tx, context, actor, &poll, to).await
}

/// The poll, and where closing leads, if it can be closed now.
pub(in crate::service) async fn check_close(
    tx: &mut Connection,
    context: &Context,
    id: &PollId,
) -> Result<(polls::Poll, PollState), ServiceError> {
    let poll = polls::load(tx, &context.county, id).await?;
    let to = poll.state.close()?;
    Ok((poll, to))
}

/// Seals the box 封箱: no ballot is taken any more, and what tells the order of voting is destroyed. Possible once every booth
/// that takes part has finished, or two people have recorded why it cannot.
pub async fn seal(context: &Context, actor: &Actor, id: &PollId) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let poll = polls::load(&mut tx, &context.county, id).await?;
    let unfinished = if poll.state == PollState::Closing {
        settling::load(&mut tx, context, &poll).await?.unfinished()
    } else {
        Vec::new()
    };
    let to = poll.state.seal(unfinished)?;
    polls::set_closed_at(&mut tx, &context.county, id, context.now()).await?;
    drafts::delete_all(&mut tx, &context.county, id).await?;
    move_poll(&mut tx, context, actor, &poll, to).await?;
    tx.commit().await.map_err(StoreError::from)?;
    context.opened_ballots.forget();
    if let Err(error) = destroy_order(context).await {
        // The box is sealed all the same, and the reconciliation does this again before anything else.
        tracing::warn!(%error, "remains of the voting order are still on disk; the reconciliation destroys them");
    }
    Ok(())
}

/// Destroys what the database's files tell about the order of voting. May be repeated.
async fn destroy_order(context: &Context) -> Result<(), ServiceError> {
    Ok(rewrite_in_hash_order(&context.db).await?)
}

/// An open desk has not counted the cards that are left: its marks would be compared with themselves.
async fn no_desk_may_be_open(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
) -> Result<(), ServiceError> {
    let desks = attendance::list_desks(tx, &context.county, &poll.id).await?;
    let Some(open) = desks.iter().find(|desk| desk.is_open()) else { return Ok(()) };
    let name = &open.name;
    Err(ServiceError::input(
        "desk_open",
        format!("签到台“{name}”还没有结束。请签到处清点剩余的卡、结束签到台，再对账。没有作任何更改。"),
        format!(
            "The desk “{name}” is still open. Let the desk count the cards that are left and close; then reconcile. Nothing was changed."
        ),
    ))
}

/// Reconciles persons, cards and ballots, adds the ballots up while encrypted, and fixes the closing statement that the
/// trustees sign: from here on sanctions are frozen.
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
    no_desk_may_be_open(&mut tx, context, &poll).await?;
    let settling = settling::load(&mut tx, context, &poll).await?;
    let found = count_rows(&mut tx, context, &poll).await?;
    let to = poll.state.reconcile(found, settling.unsettled())?;
    let statement = closing_statement(&mut tx, context, &poll, &settling, &archive).await?;
    let cards = usize::try_from(found.credentials).map_err(ServiceError::contradiction)?;
    let drawn = settling::drawn(&mut tx, context, &poll).await?;
    let counts = Counts::of(&statement, wire_purpose(poll.purpose), drawn, cards, statement.ballots);
    let reconciliation = Reconciliation::new(&counts, &statement.exceptions);
    if reconciliation != settling.reconciliation {
        return Err(ServiceError::contradiction(
            "the closing statement counts otherwise than the stored rows",
        ));
    }
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
    settling: &Settling,
    archive: &Archive,
) -> Result<ClosingStatement, ServiceError> {
    let (county, id) = (&context.county, &poll.id);
    let tracker = |hash: Sha256Hash| Fingerprint::from_bytes(*hash.as_bytes());
    let refused = ballots::list_refused(tx, county, id).await?;
    let mut refused: Vec<_> = refused
        .into_iter()
        .map(|ballot| RefusedBallot { refused: tracker(ballot.refused), stored: ballot.stored.map(tracker) })
        .collect();
    refused.sort_unstable();
    let mut void_cards = void_cards::list(tx, county, id).await?;
    void_cards.sort_unstable();
    let mut not_returned = credentials::list_unused(tx, county, id).await?;
    not_returned.sort_unstable();
    let sanctions = load_sanctions(tx, context, &poll.edition).await?;
    let draw =
        draws::find_completed(tx, county, &poll.edition).await?.ok_or(ServiceError::NotFound("draw"))?;
    let zero_report = load_zero_report(tx, context, id).await?;
    Ok(ClosingStatement {
        poll: id.as_str().parse::<Uuid>().map_err(ServiceError::contradiction)?,
        archive_timestamp: archive.timestamp,
        setup_event: archive.setup,
        zero_report: zero_report.ok_or_else(|| ServiceError::contradiction("the poll has no zero report"))?,
        end_ballots_event: archive
            .end_ballots
            .ok_or_else(|| ServiceError::contradiction("the archive does not end its ballots"))?,
        ballots: ballots::count(tx, county, id).await?.into(),
        void_cards,
        not_returned,
        void_refused: settling.reconciliation.void_refused,
        refused,
        challenged: challenge::trackers(tx, context, poll).await?,
        booths: booths(settling),
        attendance: settling.reconciliation.attendance,
        exceptions: settling.reconciliation.exceptions.clone(),
        sanctions_sha256: Sha256Hash::of(sanctions.to_csv()),
        absences_sha256: draw.absences.as_ref().map(Sha256Hash::of),
    })
}

fn booths(settling: &Settling) -> Vec<Booth> {
    let booths = settling.booths.iter().map(|booth| Booth {
        booth: booth.name.clone(),
        public_key: booth.public_key.clone(),
        statement: booth
            .statement
            .as_ref()
            .map(|signed| BoothStatement { ballots: signed.statement.ballots, signature: signed.signature }),
    });
    let mut booths: Vec<_> = booths.collect();
    booths.sort_by(|one, other| (&one.booth, &one.public_key).cmp(&(&other.booth, &other.public_key)));
    booths
}
