//! What is printed of the pool: a slip for each member, and the representatives with their full names.

use evaluation::pool::identity::{DrawId, anchor, anchor_command};
use evaluation::pool::{Half, MemberId, Pool};
use zeroize::Zeroizing;

use super::{Context, ServiceError};
use crate::domain::{EditionState, NominationState};
use crate::service::overview::drawn_people;
use crate::store::editions::Edition;
use crate::store::nominations::{self, Nomination};
use crate::store::{draws, pool};

/// What a member of the pool keeps, to prove who has which id.
#[derive(Clone)]
pub struct Slip {
    /// The id in the pool.
    pub id: MemberId,
    /// The half.
    pub half: Half,
    /// The category.
    pub category: String,
    /// The full name.
    pub name: String,
    /// The name as published.
    pub masked: String,
    /// The salt, 32 hexadecimal digits.
    pub salt: Zeroizing<String>,
    /// The anchor as published.
    pub anchor: String,
    /// The command that recomputes the anchor.
    pub command: Zeroizing<String>,
}

/// A representative, as the desk needs it.
#[derive(Clone, PartialEq, Eq)]
pub struct Representative {
    /// The id in the pool.
    pub id: MemberId,
    /// The half.
    pub half: Half,
    /// The category.
    pub category: String,
    /// The full name; of a ready-made pool what its column of names has; nothing after the names were erased.
    pub name: Option<String>,
    /// Workplace and position; may be empty.
    pub workplace: String,
    /// Whether this person was called for somebody who cannot come.
    pub called: bool,
}

/// Names nobody.
impl std::fmt::Debug for Slip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Slip({})", self.id)
    }
}

/// Names nobody.
impl std::fmt::Debug for Representative {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Representative({})", self.id)
    }
}

/// The slips of a locked pool, by id, and the draw id inside their anchors. `None` if the pool has no anchors (it is
/// ready-made), is not locked, or the names were erased.
pub async fn slips(
    context: &Context,
    edition: &Edition,
) -> Result<Option<(DrawId, Vec<Slip>)>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(lock) = pool::find_lock(&mut tx, &context.county, &edition.id).await? else { return Ok(None) };
    let Some(draw_id) = lock.draw_id else { return Ok(None) };
    let draw_id: DrawId = draw_id.parse().map_err(ServiceError::contradiction)?;
    let all = nominations::list(&mut tx, &context.county, &edition.id).await?;
    let mut slips: Vec<_> = all
        .into_iter()
        .filter(|nomination| nomination.state == NominationState::Approved)
        .filter_map(|nomination| slip(&draw_id, nomination))
        .collect();
    slips.sort_by(|one, other| one.id.cmp(&other.id));
    Ok((!slips.is_empty()).then_some((draw_id, slips)))
}

fn slip(draw_id: &DrawId, nomination: Nomination) -> Option<Slip> {
    let (identity, id) = (nomination.identity?, nomination.member_id?);
    let salt = identity.salt?;
    let anchor = anchor(draw_id, &id, &identity.name, &identity.id_card, &salt).to_string();
    let command = anchor_command(draw_id, &id, &identity.name, &identity.id_card, &salt);
    Some(Slip {
        half: nomination.entry.half,
        category: nomination.entry.category,
        name: identity.name.expose().to_owned(),
        masked: identity.name.masked(),
        salt: Zeroizing::new(salt.expose().to_owned()),
        anchor,
        command,
        id,
    })
}

/// The people who hold the seats now, half A first, by id. `None` before the draw.
pub async fn representatives(
    context: &Context,
    edition: &Edition,
) -> Result<Option<Vec<Representative>>, ServiceError> {
    if edition.state < EditionState::Drawn {
        return Ok(None);
    }
    let mut tx = context.db.read().await?;
    let Some(draw) = draws::find_completed(&mut tx, &context.county, &edition.id).await? else {
        return Ok(None);
    };
    let nominated = nominations::list(&mut tx, &context.county, &edition.id).await?;
    drop(tx);
    let Some(people) = drawn_people(&draw)? else { return Ok(None) };
    let mut list = Vec::new();
    for half in Half::ALL {
        let mut ids: Vec<_> = people.facts.representatives.of(half).iter().collect();
        ids.sort();
        for id in ids {
            let called = !people.facts.selected.of(half).contains(id);
            list.extend(representative(&people.pool, &nominated, id, called));
        }
    }
    Ok(Some(list))
}

fn representative(
    pool: &Pool,
    nominated: &[Nomination],
    id: &MemberId,
    called: bool,
) -> Option<Representative> {
    let member = pool.find(id)?;
    let found = find_nomination(nominated, id);
    Some(Representative {
        id: id.clone(),
        half: member.half(),
        category: member.category().to_string(),
        name: full_name(pool, nominated, id),
        workplace: found.map(|nomination| nomination.entry.workplace.clone()).unwrap_or_default(),
        called,
    })
}

fn find_nomination<'a>(nominated: &'a [Nomination], id: &MemberId) -> Option<&'a Nomination> {
    nominated.iter().find(|nomination| {
        nomination.state == NominationState::Approved && nomination.member_id.as_ref() == Some(id)
    })
}

/// The full name of a nominated person; of a ready-made pool what its column of names has; nothing after the names were
/// erased.
pub(in crate::service) fn full_name(pool: &Pool, nominated: &[Nomination], id: &MemberId) -> Option<String> {
    let name = match find_nomination(nominated, id) {
        Some(nomination) => nomination.identity.as_ref().map(|identity| identity.name.expose().to_owned()),
        None => pool.find(id).and_then(|member| pool.cell(member, "name")).map(str::to_owned),
    };
    name.filter(|name| !name.is_empty())
}
