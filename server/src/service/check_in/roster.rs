//! Who is expected: those drawn, and the alternates called for them.

use std::collections::{BTreeMap, BTreeSet};

use evaluation::draw::select::DrawResult;
use evaluation::pool::{Half, MemberId, Pool};

use super::wrong;
use crate::domain::EditionId;
use crate::service::draw::recompute;
use crate::service::pool::print::full_name;
use crate::service::{Context, ServiceError};
use crate::store::{Connection, absences, draws, nominations};

/// Somebody who was drawn or called. Name, half and category, and nothing else of what is known about the person.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The id in the pool.
    pub id: MemberId,
    /// The full name; a ready-made pool may have none, and after the archive they are erased.
    pub name: Option<String>,
    /// The half.
    pub half: Half,
    /// The category.
    pub category: String,
    /// Whether the person holds the seat.
    pub seat: Seat,
}

/// Where a seat stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seat {
    /// Drawn, and still a representative.
    Drawn,
    /// An alternate who was called.
    Called,
    /// Lost as absent; this alternate was called, or nobody was left.
    Lost(Option<MemberId>),
}

/// Names nobody.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Person({} {:?})", self.id, self.seat)
    }
}

struct Drawn {
    pool: Pool,
    result: DrawResult,
    seats: BTreeMap<MemberId, Seat>,
}

/// Everybody who was drawn or called, by id; `None` before the draw.
pub(super) async fn people(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
) -> Result<Option<Vec<Person>>, ServiceError> {
    let Some(drawn) = load(tx, context, edition).await? else { return Ok(None) };
    let nominated = nominations::list(tx, &context.county, edition).await?;
    let person = |(id, seat): (MemberId, Seat)| {
        let member = drawn.pool.find(&id)?;
        let name = full_name(&drawn.pool, &nominated, &id);
        Some(Person { half: member.half(), category: member.category().to_string(), name, seat, id })
    };
    Ok(Some(drawn.seats.into_iter().filter_map(person).collect()))
}

/// The ids of everybody who was drawn or called; `None` before the draw.
pub(super) async fn called(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
) -> Result<Option<BTreeSet<MemberId>>, ServiceError> {
    Ok(load(tx, context, edition).await?.map(|drawn| drawn.seats.into_keys().collect()))
}

/// Refuses, in words for the desk, whoever holds no seat.
pub(super) async fn check_seat(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
    member: &MemberId,
) -> Result<(), ServiceError> {
    let drawn = load(tx, context, edition).await?.ok_or(ServiceError::NotFound("draw"))?;
    match drawn.seats.get(member) {
        Some(Seat::Drawn | Seat::Called) => Ok(()),
        Some(Seat::Lost(called)) => {
            let zh = called.as_ref().map_or_else(String::new, |id| format!("，由{id}递补"));
            let en = called.as_ref().map_or_else(String::new, |id| format!("; {id} was called instead"));
            Err(wrong(
                format!("{member}已登记缺席{zh}，席位不能恢复。没有签到，请向本人说明。"),
                format!(
                    "{member} was recorded as absent{en}, and no seat comes back. Nobody was checked in; explain it to the person."
                ),
            ))
        }
        None if Half::ALL.iter().any(|&half| drawn.result.alternates(half).any(|one| one.id == *member)) => {
            Err(wrong(
                format!("{member}是候补，尚未被递补，不能签到。只有登记缺席后被递补的候补才能签到。"),
                format!(
                    "{member} is an alternate who was not called, and cannot be checked in until called for somebody absent."
                ),
            ))
        }
        None => Err(wrong(
            format!("{member}不在评议代表名单中，不能签到。请核对编号。"),
            format!("{member} is not among the representatives and cannot be checked in. Check the id."),
        )),
    }
}

async fn load(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
) -> Result<Option<Drawn>, ServiceError> {
    let Some(draw) = draws::find_completed(tx, &context.county, edition).await? else { return Ok(None) };
    let (pool, result) = recompute(&draw)?;
    let selected = Half::ALL.iter().flat_map(|&half| result.selected(half));
    let mut seats: BTreeMap<_, _> = selected.map(|person| (person.id.clone(), Seat::Drawn)).collect();
    for absence in absences::list(tx, &context.county, edition, draw.ceremony).await? {
        let called: Option<MemberId> =
            absence.called.as_deref().map(str::parse).transpose().map_err(ServiceError::contradiction)?;
        seats.extend(called.clone().map(|id| (id, Seat::Called)));
        seats.insert(absence.member.parse().map_err(ServiceError::contradiction)?, Seat::Lost(called));
    }
    Ok(Some(Drawn { pool, result, seats }))
}
