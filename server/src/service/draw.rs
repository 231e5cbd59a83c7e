//! The draw of the representatives (draw specification §4 to §6): announcement, commitments, dice, reveals.
//!
//! What is typed in is kept at once; the draw itself is computed only by [`complete`], an act of two people.

use std::collections::BTreeMap;

use evaluation::draw::announce::{Announcement, Quota, Terms};
use evaluation::draw::ceremony::{Closed, Commitments, Outcome, Reveals};
use evaluation::draw::secret::Secret;
use evaluation::draw::seed::CompleteTranscript;
use evaluation::draw::select::conduct;
use evaluation::hash::Sha256Hash;
use evaluation::pool::{Category, PerHalf, Pool};
use evaluation::rules::{Half, Rules};
use serde::{Deserialize, Serialize};

use super::edition::{load_pool, load_rules, move_to};
use super::{Context, ServiceError, log};
use crate::domain::edition::EditionStepError;
use crate::domain::{Actor, DrawState, EditionId, EditionState, LogEvent, Purpose};
use crate::store::{Connection, StoreError, draws, editions};

/// What the commission enters for an announcement; pool, seats and quotas follow from the edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncementForm {
    /// A name that no other draw has.
    pub draw_id: String,
    /// Who brings a secret, in order.
    pub parties: Vec<String>,
    /// Decimal digits thrown by hand.
    pub dice_digits: usize,
    /// A public value that does not exist yet, named exactly.
    pub public_source: Option<String>,
}

/// The last entries of the ceremony. The payload of the two-person act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reveal {
    /// The edition.
    pub edition: EditionId,
    /// The ceremony.
    pub ceremony: u32,
    /// One secret a party, 64 hexadecimal digits; `MISSING` for an envelope that does not open its commitment.
    pub secrets: Vec<String>,
    /// The value of the public source.
    pub public_value: Option<String>,
}

/// Publishes the announcement, before any randomness exists.
pub async fn announce(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    form: AnnouncementForm,
) -> Result<u32, ServiceError> {
    let now = context.now();
    let mut tx = context.db.write().await?;
    let edition = editions::load(&mut tx, &context.county, id).await?;
    if edition.state != EditionState::PoolLocked {
        let (expected, found) = (EditionState::PoolLocked, edition.state);
        return Err(EditionStepError::WrongState { expected, found }.into());
    }
    let unfinished = [DrawState::Announced, DrawState::Committed, DrawState::Thrown];
    let earlier = draws::list(&mut tx, &context.county, id).await?;
    if earlier.iter().any(|draw| unfinished.contains(&draw.state)) {
        return Err(ServiceError::input(
            "draw_unfinished",
            "还有一次抽取没有完成。请先完成它。",
            "Another draw is not finished. Finish it first.",
        ));
    }
    let pool = load_pool(&mut tx, context, id).await?;
    let announcement = make_announcement(&load_rules(&edition)?, &pool, form)?;
    let announced = draws::Announcement {
        draw_id: &announcement.terms().draw_id,
        purpose: Purpose::Real,
        pool: &pool.to_tsv(),
        announce: announcement.to_tsv(),
        announced_at: now,
    };
    let ceremony =
        draws::insert(&mut tx, &context.county, id, announced).await.map_err(|error| match error {
            StoreError::UniqueViolation => ServiceError::input(
                "draw_id_used",
                "这个抽取编号已经用过，请另取一个。",
                "This draw id has been used. Choose another one.",
            ),
            error => error.into(),
        })?;
    let event = LogEvent::DrawAnnounced {
        edition: id.clone(),
        ceremony,
        purpose: Purpose::Real,
        announce: announcement.hash(),
    };
    log::append(&mut tx, &context.county, now, actor, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(ceremony)
}

/// Closes the list of commitments: one a party, in their order.
pub async fn close_commitments(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    ceremony: u32,
    commitments: &[String],
) -> Result<Sha256Hash, ServiceError> {
    let mut tx = context.db.write().await?;
    let mut draw = load(&mut tx, context, id, ceremony).await?;
    let announcement = read_announcement(&draw)?;
    let closed = close(&announcement, commitments)?;
    let parties = count(announcement.terms().parties.len());
    let from = draw.state;
    draw.state = from.commit(count(commitments.len()), parties)?;
    draw.commitments = Some(serde_json::to_string(commitments).map_err(ServiceError::contradiction)?);
    store_step(&mut tx, context, actor, id, from, &draw, None).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(closed.hash())
}

/// Records the dice, typed by two clerks.
pub async fn throw_dice(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    ceremony: u32,
    first: &str,
    second: &str,
) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let mut draw = load(&mut tx, context, id, ceremony).await?;
    let from = draw.state;
    let announcement = read_announcement(&draw)?;
    draw.state = from.throw(count(first.len()), count(announcement.terms().dice_digits))?;
    let closed = close(&announcement, &read_list(draw.commitments.as_deref())?)?;
    closed.type_dice(first, second).map_err(|refused| typed(refused.reason.zh(), refused.reason.en()))?;
    draw.dice = Some(first.to_owned());
    store_step(&mut tx, context, actor, id, from, &draw, None).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Checks the last entries without computing anything, so that a slip is noticed before the second person confirms.
pub async fn check_reveal(context: &Context, reveal: &Reveal) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    let draw = load(&mut tx, context, &reveal.edition, reveal.ceremony).await?;
    if draw.state != DrawState::Thrown {
        return Err(crate::domain::draw::DrawStepError::WrongState { found: draw.state }.into());
    }
    complete_transcript(&read_announcement(&draw)?, &draw, reveal).map(|_| ())
}

/// Completes the transcript and draws. Called with the confirmed act, in its transaction.
pub async fn complete(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    reveal: &Reveal,
) -> Result<(), ServiceError> {
    let id = &reveal.edition;
    let mut draw = load(tx, context, id, reveal.ceremony).await?;
    let from = draw.state;
    let announcement = read_announcement(&draw)?;
    let transcript = complete_transcript(&announcement, &draw, reveal)?;
    draw.state = from.draw(count(transcript.valid_reveals()), count(announcement.terms().min_reveals))?;
    let pool = Pool::from_tsv(draw.pool.as_bytes()).map_err(ServiceError::contradiction)?;
    let result = conduct(&pool, &announcement, &transcript)
        .map_err(|error| ServiceError::input("draw_impossible", error.zh(), error.en()))?;
    draw.reveals = Some(serde_json::to_string(&reveal.secrets).map_err(ServiceError::contradiction)?);
    draw.public_source.clone_from(&reveal.public_value);
    draw.seed = Some(transcript.to_tsv().to_owned());
    draw.result = Some(result.to_tsv());
    let seed = Sha256Hash::of(transcript.to_tsv());
    store_step(tx, context, actor, id, from, &draw, Some(seed)).await?;
    let edition = editions::load(tx, &context.county, id).await?;
    let to = edition.state.draw(true)?;
    move_to(tx, context, actor, &edition, to).await
}

/// Breaks a ceremony off. It stays published with its reason.
pub async fn declare_void(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    ceremony: u32,
    reason: &str,
) -> Result<(), ServiceError> {
    if reason.trim().is_empty() {
        return Err(typed("请写明作废原因。", "Give the reason why the draw is void."));
    }
    let mut tx = context.db.write().await?;
    let mut draw = load(&mut tx, context, id, ceremony).await?;
    let from = draw.state;
    draw.state = from.declare_void()?;
    draw.void_reason = Some(reason.trim().to_owned());
    store_step(&mut tx, context, actor, id, from, &draw, None).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// The files of a completed draw, by name, as they are published.
#[must_use]
pub fn files(draw: &draws::Draw) -> BTreeMap<String, Vec<u8>> {
    let texts = [
        ("pool.tsv", Some(&draw.pool)),
        ("announce.tsv", Some(&draw.announce)),
        ("seed.tsv", draw.seed.as_ref()),
        ("result.tsv", draw.result.as_ref()),
        ("absences.tsv", draw.absences.as_ref()),
        ("replacements.tsv", draw.replacements.as_ref()),
    ];
    let present =
        texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.clone().into_bytes())));
    present.collect()
}

async fn load(
    tx: &mut Connection,
    context: &Context,
    id: &EditionId,
    ceremony: u32,
) -> Result<draws::Draw, ServiceError> {
    draws::find(tx, &context.county, id, ceremony).await?.ok_or(ServiceError::NotFound("draw"))
}

fn make_announcement(
    rules: &Rules,
    pool: &Pool,
    form: AnnouncementForm,
) -> Result<Announcement, ServiceError> {
    if form.parties.len() < rules.draw.min_parties {
        let needed = rules.draw.min_parties;
        return Err(typed(
            format!("抽取至少要有{needed}方参加，现有{}方。", form.parties.len()),
            format!("At least {needed} parties must take part; there are {}.", form.parties.len()),
        ));
    }
    let terms = Terms {
        draw_id: form.draw_id,
        pool_sha256: pool.hash(),
        take: PerHalf::from_fn(|half| rules.pool.halves.of(half).take),
        quotas: quotas(rules),
        further_quotas: None,
        dice_digits: form.dice_digits,
        public_source: form.public_source,
        min_reveals: rules.draw.min_reveals(form.parties.len()),
        parties: form.parties,
    };
    terms.check_feasible(pool).map_err(|error| typed(error.zh(), error.en()))?;
    Announcement::new(terms).map_err(|error| typed(error.zh(), error.en()))
}

fn quotas(rules: &Rules) -> Vec<Quota> {
    let mut quotas = Vec::new();
    for half in Half::ALL {
        let limited = rules.pool.halves.of(half).categories.iter();
        for category in limited.filter(|category| category.min.is_some() || category.max.is_some()) {
            let take = rules.pool.halves.of(half).take;
            if let Some(name) = Category::new(&category.name.zh) {
                let (min, max) = (category.min.unwrap_or(0), category.max.unwrap_or(take));
                quotas.push(Quota { half, category: name, min, max });
            }
        }
    }
    quotas
}

fn read_announcement(draw: &draws::Draw) -> Result<Announcement, ServiceError> {
    Announcement::from_tsv(draw.announce.as_bytes()).map_err(ServiceError::contradiction)
}

fn read_list(json: Option<&str>) -> Result<Vec<String>, ServiceError> {
    serde_json::from_str(json.unwrap_or("[]")).map_err(ServiceError::contradiction)
}

fn close(announcement: &Announcement, commitments: &[String]) -> Result<Closed, ServiceError> {
    let mut open = Commitments::open(announcement);
    for (party, commitment) in (1..).zip(commitments) {
        let hash = commitment.trim().parse().map_err(|_| {
            typed(
                format!("第{party}方的承诺值应为64位小写十六进制数。"),
                format!("The commitment of party {party} must be 64 lower-case hexadecimal digits."),
            )
        })?;
        open.record(party, hash).map_err(|error| typed(error.zh(), error.en()))?;
    }
    open.close().map_err(|refused| typed(refused.reason.zh(), refused.reason.en()))
}

fn complete_transcript(
    announcement: &Announcement,
    draw: &draws::Draw,
    reveal: &Reveal,
) -> Result<CompleteTranscript, ServiceError> {
    let dice = draw.dice.as_deref().unwrap_or_default();
    let closed = close(announcement, &read_list(draw.commitments.as_deref())?)?;
    let mut reveals: Reveals =
        closed.type_dice(dice, dice).map_err(|refused| ServiceError::contradiction(refused.reason.en()))?;
    for (party, secret) in (1..).zip(&reveal.secrets) {
        let outcome = if secret == "MISSING" {
            reveals.declare_missing(party)
        } else {
            let secret = Secret::parse(secret.trim()).map_err(|_| {
                typed(
                    format!("第{party}方的秘密值应为64位小写十六进制数。"),
                    format!("The secret of party {party} must be 64 lower-case hexadecimal digits."),
                )
            })?;
            reveals.reveal(party, secret)
        };
        outcome.map_err(|error| typed(error.zh(), error.en()))?;
    }
    match reveals.close().map_err(|refused| typed(refused.reason.zh(), refused.reason.en()))? {
        Outcome::Opened(opened) => opened
            .complete(reveal.public_value.as_deref())
            .map_err(|refused| typed(refused.reason.zh(), refused.reason.en())),
        Outcome::Void(void) => {
            let valid = reveal.secrets.len().saturating_sub(void.missing().len());
            let required = count(announcement.terms().min_reveals);
            Err(crate::domain::draw::DrawStepError::RevealsMissing { valid: count(valid), required }.into())
        }
    }
}

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
