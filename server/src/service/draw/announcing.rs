//! The announcement: everything that is fixed before any randomness exists (draw specification §4).

use std::sync::Arc;

use evaluation::draw::announce::{Announcement, Quota, Terms};
use evaluation::draw::feasible::{Feasibility, feasibility};
use evaluation::draw::further::FurtherQuotas;
use evaluation::pool::{Category, PerHalf, Pool};
use evaluation::rules::{Half, Rules};

use super::{Chances, Envelope, chances, envelopes, read_announcement, typed, without_spaces};
use crate::domain::edition::EditionStepError;
use crate::domain::{Actor, DrawState, EditionId, EditionState, LogEvent, Purpose};
use crate::service::edition::{load_pool, load_rules};
use crate::service::{Context, ServiceError, log};
use crate::store::{Connection, StoreError, draws, editions};

/// After so many void draws numbered slips are drawn by hand (draw specification §5 iv).
const MOST_VOID: usize = 2;

/// Columns of the pool in which a quota would name a person.
const NAMING: [&str; 2] = ["anchor", "name"];

/// What the commission enters for an announcement; pool and seats follow from the edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncementForm {
    /// Whether it counts, or is a rehearsal.
    pub purpose: Purpose,
    /// A name that no other draw has.
    pub draw_id: String,
    /// Who brings a secret, in order.
    pub parties: Vec<String>,
    /// Decimal digits thrown by hand.
    pub dice_digits: usize,
    /// A public value that does not exist yet, named exactly.
    pub public_source: Option<String>,
    /// Envelopes that must open their commitment; `None` for what the rules say.
    pub min_reveals: Option<usize>,
    /// Floors and ceilings of categories; `None` for those of the rules.
    pub quotas: Option<Vec<Quota>>,
    /// How many of all people drawn have a value in a column of the pool; makes it a `public-draw/2`.
    pub further_quotas: Option<FurtherQuotas>,
}

/// The announcement that the form would make, and everybody's chances under it. Nothing is stored.
pub async fn preview(
    context: &Context,
    id: &EditionId,
    form: AnnouncementForm,
) -> Result<(Announcement, Arc<Chances>), ServiceError> {
    let mut tx = context.db.read().await?;
    let (announcement, pool) = prepare(&mut tx, context, id, form).await?;
    drop(tx);
    let chances = chances(&announcement, &pool)?;
    Ok((announcement, chances))
}

/// Publishes the announcement, before any randomness exists.
pub async fn announce(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    form: AnnouncementForm,
) -> Result<u32, ServiceError> {
    let (now, purpose) = (context.now(), form.purpose);
    let mut tx = context.db.write().await?;
    let (announcement, pool) = prepare(&mut tx, context, id, form).await?;
    let announced = draws::Announcement {
        draw_id: &announcement.terms().draw_id,
        purpose,
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
    let event =
        LogEvent::DrawAnnounced { edition: id.clone(), ceremony, purpose, announce: announcement.hash() };
    log::append(&mut tx, &context.county, now, actor, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(ceremony)
}

/// Everything that must hold before a draw is announced.
async fn prepare(
    tx: &mut Connection,
    context: &Context,
    id: &EditionId,
    form: AnnouncementForm,
) -> Result<(Announcement, Pool), ServiceError> {
    let edition = editions::load(tx, &context.county, id).await?;
    if edition.state != EditionState::PoolLocked {
        let (expected, found) = (EditionState::PoolLocked, edition.state);
        return Err(EditionStepError::WrongState { expected, found }.into());
    }
    let earlier = draws::list(tx, &context.county, id).await?;
    if earlier.iter().any(|draw| draw.state.is_unfinished()) {
        return Err(ServiceError::input(
            "draw_unfinished",
            "还有一次抽取没有完成。请先完成它，或将其作废。",
            "Another draw is not finished. Finish it first, or declare it void.",
        ));
    }
    if form.purpose == Purpose::Real {
        check_void_draws(&earlier, &form.parties)?;
    }
    let pool = load_pool(tx, context, id).await?;
    let announcement = make_announcement(&load_rules(&edition)?, &pool, form)?;
    Ok((announcement, pool))
}

/// One void draw at most; the party that did not reveal is excluded from the next (draw specification §5 iv).
fn check_void_draws(earlier: &[draws::Draw], parties: &[String]) -> Result<(), ServiceError> {
    let void: Vec<_> = earlier
        .iter()
        .filter(|draw| draw.purpose == Purpose::Real && draw.state == DrawState::Void)
        .collect();
    // Breaking off before the dice chooses nothing, and may only mend a slip in the announcement.
    if void.iter().filter(|draw| draw.dice.is_some()).count() >= MOST_VOID {
        return Err(ServiceError::input(
            "draw_by_hand",
            "已有两次抽取作废。按抽取规则不再用本系统重抽，改为当众用编号纸签或号码球人工抽取，并公开说明。",
            "Two draws are void. By the rules of the draw it is not repeated here: draw numbered slips or balls by hand, in public, and say so.",
        ));
    }
    for draw in void {
        if let Some(party) =
            withheld(draw)?.into_iter().find(|party| parties.iter().any(|other| is_same(other, party)))
        {
            let (draw, zh_party) = (&draw.draw_id, party.clone());
            return Err(typed(
                format!("“{zh_party}”在作废的抽取 {draw} 中没有打开承诺，不能再作为参加方。请另请一方。"),
                format!(
                    "“{party}” did not open its commitment in the void draw {draw} and cannot take part again. Ask another party."
                ),
            ));
        }
    }
    Ok(())
}

/// White space and case do not make another party.
fn is_same(one: &str, other: &str) -> bool {
    let plain = |name: &str| without_spaces(name).to_lowercase();
    plain(one) == plain(other)
}

/// The parties of a draw whose envelopes did not open their commitments, typed by two people.
fn withheld(draw: &draws::Draw) -> Result<Vec<String>, ServiceError> {
    let announcement = read_announcement(draw)?;
    let envelopes = envelopes(draw, &announcement)?;
    let parties = announcement.terms().parties.iter().zip(envelopes);
    // A draw can be declared void before the last envelope was counted as missing.
    let is_withheld = |envelope: &Envelope| *envelope == Envelope::Missing || envelope.may_be_missing();
    Ok(parties.filter(|(_, envelope)| is_withheld(envelope)).map(|(name, _)| name.clone()).collect())
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
    let least = rules.draw.min_reveals(form.parties.len());
    let min_reveals = form.min_reveals.unwrap_or(least);
    if min_reveals < least {
        return Err(typed(
            format!("规则要求至少{least}个信封与承诺相符，不能少于此数。"),
            format!(
                "The rules ask for at least {least} envelopes that open their commitment; it cannot be fewer."
            ),
        ));
    }
    let terms = Terms {
        draw_id: form.draw_id,
        pool_sha256: pool.hash(),
        take: PerHalf::from_fn(|half| rules.pool.halves.of(half).take),
        quotas: form.quotas.unwrap_or_else(|| quotas(rules)),
        further_quotas: form.further_quotas,
        dice_digits: form.dice_digits,
        public_source: form.public_source,
        min_reveals,
        parties: form.parties,
    };
    for feature in terms.further_quotas.iter().flat_map(FurtherQuotas::features) {
        if NAMING.contains(&feature.column.as_str()) {
            return Err(typed(
                format!("“{}”列指明个人，不能用作名额。", feature.column),
                format!("The column “{}” names persons and cannot have quotas.", feature.column),
            ));
        }
    }
    let answer = feasibility(pool, &terms).map_err(|error| typed(error.zh(), error.en()))?;
    // Where the search ends undecided, the preview tells how many tries met everything.
    if let Feasibility::Infeasible(conflict) = answer {
        return Err(typed(conflict.zh(), conflict.en()));
    }
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
