//! The publication: made, verified as a stranger would, and only then put where the public reads it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use belenios::group::Group;
use belenios::text::Uuid;
use belenios::with_group;
use evaluation::hash::Sha256Hash;
use evaluation::publication::closing::{Closing, ClosingStatement, TrusteeSignature};
use evaluation::publication::file;
use evaluation::publication::source::Source;
use evaluation::publication::verify::{Options, verify_publication};
use evaluation::publication::write::{LogHead, Publication};

use super::edition::{load_offices, load_publication_key, move_to, published_edition};
use super::folder::{sync_folder, write_durably};
use super::poll::archive::{Until, write};
use super::poll::find_current;
use super::poll::reveal::load_result;
use super::sanction::{load_decisions, load_sanctions};
use super::{Context, ServiceError, log};
use crate::domain::edition::EditionStepError;
use crate::domain::{Actor, EditionId, LogEvent, PollId, PollState};
use crate::store::{Connection, draws, editions, polls, trustees};

/// A publication that has passed its verification, ready to be put in place.
#[derive(Debug)]
pub struct Prepared {
    year: i16,
    files: BTreeMap<String, Vec<u8>>,
    poll: PollId,
    /// Of what they were made from.
    basis: Sha256Hash,
}

/// Makes and verifies the publication of an edition. Takes seconds; nothing is changed.
pub async fn prepare(context: &Context, id: &EditionId) -> Result<Prepared, ServiceError> {
    let mut tx = context.db.read().await?;
    let (edition, poll) = check(&mut tx, context, id).await?;
    drop(tx);
    let archive = write(context, &poll.id, Until::Result).await?;
    let mut tx = context.db.read().await?;
    // First, so that what changes meanwhile is noticed.
    let basis = basis(&mut tx, context, &edition, &poll.id).await?;
    let files = with_group!(poll.group, G => make_files::<G>(&mut tx, context, &edition, &poll, archive.bytes).await)?;
    drop(tx);
    let year = edition.year;
    let files = tokio::task::spawn_blocking(move || verified(files)).await;
    Ok(Prepared { year, files: files.map_err(ServiceError::contradiction)??, poll: poll.id, basis })
}

/// The edition and its revealed poll, if it can be published now.
pub(super) async fn check(
    tx: &mut Connection,
    context: &Context,
    id: &EditionId,
) -> Result<(editions::Edition, polls::Poll), ServiceError> {
    let edition = editions::load(tx, &context.county, id).await?;
    let poll = find_current(tx, context, id).await?;
    let revealed = poll.filter(|poll| poll.state == PollState::Revealed);
    edition.state.publish(revealed.is_some())?;
    Ok((edition, revealed.ok_or(EditionStepError::NotRevealed)?))
}

/// The hash of everything that a publication is made from, apart from the archive, which the result completes, and the head of
/// the log, which always moves.
async fn basis(
    tx: &mut Connection,
    context: &Context,
    edition: &editions::Edition,
    poll: &PollId,
) -> Result<Sha256Hash, ServiceError> {
    let draw = draws::find_completed(tx, &context.county, &edition.id).await?;
    let draw = draw.as_ref().map(super::draw::files).unwrap_or_default();
    let draw: BTreeMap<_, _> = draw.iter().map(|(name, bytes)| (name, Sha256Hash::of(bytes))).collect();
    let texts = polls::load_texts(tx, &context.county, poll).await?;
    let trustees = trustees::list(tx, &context.county, poll).await?;
    let signatures: Vec<_> = trustees.into_iter().map(|trustee| trustee.closing_signature).collect();
    let all = (
        &edition.rules,
        load_offices(tx, context, edition).await?.to_csv(),
        draw,
        load_sanctions(tx, context, &edition.id).await?.to_csv(),
        load_decisions(tx, context, &edition.id).await?.to_csv(),
        (texts.result, texts.closing_statement, texts.reconciliation),
        signatures,
    );
    Ok(Sha256Hash::of(serde_json::to_vec(&all).map_err(ServiceError::contradiction)?))
}

/// Puts the publication in place and ends the edition's poll stage. Called with the confirmed act, in its transaction.
pub async fn publish(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    prepared: &Prepared,
) -> Result<(), ServiceError> {
    let edition = editions::load(tx, &context.county, id).await?;
    let to = edition.state.publish(true)?;
    if basis(tx, context, &edition, &prepared.poll).await? != prepared.basis {
        return Err(changed_meanwhile());
    }
    let folder = context.publication(prepared.year);
    place(&folder, &prepared.files)?;
    let sums = prepared.files.get(file::SUMS).map_or_else(|| Sha256Hash::of(""), Sha256Hash::of);
    move_to(tx, context, actor, &edition, to).await?;
    let event = LogEvent::Published { edition: id.clone(), sums };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok(())
}

fn changed_meanwhile() -> ServiceError {
    ServiceError::input(
        "publication_changed",
        "没有公布：制作公布文件的这几秒里，并列的裁定、处理或监票人的签名有了变动，做好的文件已经过时。请先核对有无新的裁定，再按一次确认，文件会重新制作。",
        "Nothing was published: while the files were made, in these seconds, a decision on a tie, a sanction or a trustee's signature \
         was added, so they are out of date. See what is new, then confirm again: the files are made anew.",
    )
}

async fn make_files<G: Group>(
    tx: &mut Connection,
    context: &Context,
    row: &editions::Edition,
    poll: &polls::Poll,
    archive: Vec<u8>,
) -> Result<BTreeMap<String, Vec<u8>>, ServiceError> {
    let missing = |what: &str| ServiceError::contradiction(format!("the poll has no {what}"));
    let draw = draws::find_completed(tx, &context.county, &row.id).await?.ok_or(missing("draw"))?;
    let texts = polls::load_texts(tx, &context.county, &poll.id).await?;
    let statement = texts.closing_statement.ok_or(missing("closing statement"))?;
    let reconciliation = texts.reconciliation.ok_or(missing("reconciliation"))?;
    let head = log::head(tx, &context.county).await?;
    let publication = Publication {
        edition: &published_edition(row)?,
        offices: &load_offices(tx, context, row).await?,
        draw: &super::draw::files(&draw),
        uuid: &poll.id.as_str().parse::<Uuid>().map_err(ServiceError::contradiction)?,
        archive,
        result: &load_result(tx, context, &poll.id).await?,
        sanctions: &load_sanctions(tx, context, &row.id).await?,
        decisions: &load_decisions(tx, context, &row.id).await?,
        closing: &load_closing::<G>(tx, context, poll, &statement).await?,
        reconciliation: &serde_json::from_str(&reconciliation).map_err(ServiceError::contradiction)?,
        log_head: LogHead { entries: head.seq, hash: head.hash },
    };
    publication.files(&load_publication_key(context, row.year)?).map_err(ServiceError::contradiction)
}

async fn load_closing<G: Group>(
    tx: &mut Connection,
    context: &Context,
    poll: &polls::Poll,
    statement: &str,
) -> Result<Closing<G>, ServiceError> {
    let mut trustee_signatures = Vec::new();
    for trustee in trustees::list(tx, &context.county, &poll.id).await? {
        if let Some(signature) = trustee.closing_signature {
            trustee_signatures.push(TrusteeSignature {
                owner: usize::try_from(trustee.position).map_err(ServiceError::contradiction)?,
                signature: serde_json::from_str(&signature).map_err(ServiceError::contradiction)?,
            });
        }
    }
    let statement = ClosingStatement::parse_signed_text(statement).map_err(ServiceError::contradiction)?;
    Ok(Closing { statement, trustee_signatures })
}

/// Only what our own verifier accepts is published.
fn verified(files: BTreeMap<String, Vec<u8>>) -> Result<BTreeMap<String, Vec<u8>>, ServiceError> {
    let source = Source::Memory(files);
    let report = verify_publication(&source, Options::default());
    match source {
        Source::Memory(files) if report.is_accepted() => Ok(files),
        _ => Err(ServiceError::contradiction(format!("the publication does not verify:\n{report}"))),
    }
}

/// The whole folder appears at once, under its name, or not at all.
fn place(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), ServiceError> {
    let fresh = folder.with_extension("new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    for (name, bytes) in files {
        write_durably(&fresh.join(name), bytes, false)?;
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::rename(fresh, folder)?;
    Ok(sync_folder(folder.parent().unwrap_or(Path::new(".")))?)
}
