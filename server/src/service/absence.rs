//! Absences after the draw: who loses the seat, and who is called (draw specification §6, "Replacement").
//!
//! The order of the alternates is public, so everybody knows who profits when somebody stays away. Hence the reason, its
//! document, and two people.

use evaluation::draw::Version;
use evaluation::draw::replace::{Absences, ReplaceError, Replacement, Seating};
use evaluation::hash::Sha256Hash;
use evaluation::pool::{Category, Half, MemberId, Pool};
use serde::{Deserialize, Serialize};

use super::draw::recompute;
use super::{Context, ServiceError, check_in, log, poll};
use crate::domain::absence::check as check_step;
use crate::domain::{AbsenceReason, Actor, EditionId, InTwoLanguages as _, LogEvent};
use crate::store::{Connection, absences, draws, editions};

/// An absence. The payload of the two-person act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAbsence {
    /// The edition.
    pub edition: EditionId,
    /// The ceremony in which the person was drawn.
    pub ceremony: u32,
    /// Who loses the seat.
    pub member: MemberId,
    /// Why.
    pub reason: AbsenceReason,
    /// Number of the document that shows it.
    pub document_number: String,
    /// SHA-256 of that document.
    pub document: Sha256Hash,
    /// Who is called instead; `None` if nobody is left. Both people agree on this person and no other.
    pub called: Option<MemberId>,
}

/// What is typed in about an absence. Who is called follows from the draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsenceForm {
    /// Who loses the seat.
    pub member: MemberId,
    /// Why.
    pub reason: AbsenceReason,
    /// Number of the document that shows it.
    pub document_number: String,
    /// SHA-256 of that document.
    pub document: Sha256Hash,
}

/// The seats of an edition and what happened to them.
#[derive(Clone, Debug)]
pub struct Seats {
    /// Who holds a seat now, by half and rank.
    pub holders: Vec<Holder>,
    /// The absences, in the order of approval.
    pub absences: Vec<absences::Absence>,
    /// The people of the draw.
    pub pool: Pool,
    /// Why no absence can be recorded now, if none can.
    pub closed: Option<crate::domain::absence::AbsenceStepError>,
}

/// Somebody who holds a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The id in the pool.
    pub id: MemberId,
    /// The half.
    pub half: Half,
    /// The category.
    pub category: Category,
    /// The place in the order of the half, from 1.
    pub rank: usize,
    /// Whether the person was called as an alternate.
    pub is_alternate: bool,
}

/// The seats of the completed draw; `None` before there is one.
pub async fn seats(context: &Context, id: &EditionId) -> Result<Option<Seats>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(draw) = draws::find_completed(&mut tx, &context.county, id).await? else { return Ok(None) };
    let closed = check_state(&mut tx, context, id).await?;
    let absences = absences::list(&mut tx, &context.county, id, draw.ceremony).await?;
    let (pool, result) = recompute(&draw)?;
    let mut seating = Seating::new(&result);
    seating.replace_all(&earlier(&draw, result.version())?).map_err(ServiceError::contradiction)?;
    let mut holders = Vec::new();
    for half in Half::ALL {
        let ranks: Vec<_> = result.ranking(half).iter().map(|person| &person.id).collect();
        holders.extend(seating.representatives(half).map(|person| Holder {
            id: person.id.clone(),
            half,
            category: person.category.clone(),
            rank: ranks.iter().position(|id| **id == person.id).map_or(0, |place| place.saturating_add(1)),
            is_alternate: !result.selected(half).any(|selected| selected.id == person.id),
        }));
    }
    Ok(Some(Seats { holders, absences, pool, closed }))
}

/// What would be proposed: everything that was typed in, and who would be called now.
pub async fn prepare(
    context: &Context,
    id: &EditionId,
    form: AbsenceForm,
) -> Result<NewAbsence, ServiceError> {
    let AbsenceForm { member, reason, document_number, document } = form;
    let mut tx = context.db.read().await?;
    let draw = load_draw(&mut tx, context, id).await?;
    let (called, _) = replace(&draw, &member)?;
    let (edition, ceremony, called) = (id.clone(), draw.ceremony, called.called);
    Ok(NewAbsence { edition, ceremony, member, reason, document_number, document, called })
}

/// Checks a proposal as it will be checked again when it is confirmed.
pub async fn check(context: &Context, new: &NewAbsence) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    checked(&mut tx, context, new).await.map(drop)
}

/// Records an absence. Called with the confirmed act, in its transaction.
pub async fn record(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    new: &NewAbsence,
) -> Result<(), ServiceError> {
    let (draw, absences, replacements) = checked(tx, context, new).await?;
    let listed = absences::list(tx, &context.county, &new.edition, draw.ceremony).await?.len();
    let absence = absences::Absence {
        number: u32::try_from(listed.saturating_add(1)).map_err(ServiceError::contradiction)?,
        member: new.member.to_string(),
        reason: new.reason,
        document_number: new.document_number.clone(),
        document: new.document,
        called: new.called.as_ref().map(ToString::to_string),
        approved_at: context.now(),
    };
    let files = absences::Files { absences: &absences, replacements: &replacements };
    absences::append(tx, &context.county, &new.edition, draw.ceremony, &absence, files).await?;
    let event = LogEvent::RepresentativeReplaced {
        edition: new.edition.clone(),
        ceremony: draw.ceremony,
        absent: new.member.clone(),
        called: new.called.clone(),
        reason: new.reason,
        document_number: absence.document_number,
        document: new.document,
        absences: Sha256Hash::of(&absences),
    };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok(())
}

/// The draw, and the two files as they will be.
async fn checked(
    tx: &mut Connection,
    context: &Context,
    new: &NewAbsence,
) -> Result<(draws::Draw, String, String), ServiceError> {
    let draw = load_draw(tx, context, &new.edition).await?;
    if draw.ceremony != new.ceremony {
        return Err(wrong(
            "这项操作属于另一次抽取。请撤回后重新提出。",
            "This belongs to another draw. Withdraw it and propose it anew.",
        ));
    }
    if new.document_number.parse::<evaluation::ruling::DocumentNumber>().is_err() {
        return Err(wrong(
            "请填写证明文件的文号：一行文字，不以 = + - @ 开头。",
            "Enter the number of the document: one line that does not begin with = + - @.",
        ));
    }
    if check_in::is_present(tx, context, &new.edition, &new.member).await? {
        let member = &new.member;
        return Err(wrong(
            format!("{member}已经签到，不能登记缺席。如系误签，请签到处先由两人撤销签到。"),
            format!(
                "{member} is checked in, so no absence can be recorded. If that was a mistake, two people at the desk take the mark back first."
            ),
        ));
    }
    let (replacement, files) = replace(&draw, &new.member)?;
    if replacement.called != new.called {
        let named = |id: &Option<MemberId>, nobody: &str| {
            id.as_ref().map_or_else(|| nobody.to_owned(), ToString::to_string)
        };
        return Err(wrong(
            format!(
                "提出之后又有别的递补生效：现在应递补的是{}，不再是提出时写明的{}。未作任何更改，请撤回后重新提出。",
                named(&replacement.called, "无人"),
                named(&new.called, "无人")
            ),
            format!(
                "Another replacement came in between: now {} would be called, not {} as proposed. Nothing was changed; withdraw this and propose it anew.",
                named(&replacement.called, "nobody"),
                named(&new.called, "nobody")
            ),
        ));
    }
    Ok((draw, files.0, files.1))
}

/// The completed draw, if absences may be recorded now.
async fn load_draw(
    tx: &mut Connection,
    context: &Context,
    id: &EditionId,
) -> Result<draws::Draw, ServiceError> {
    if let Some(error) = check_state(tx, context, id).await? {
        return Err(wrong(error.zh(), error.to_string()));
    }
    let draw = draws::find_completed(tx, &context.county, id).await?;
    draw.ok_or_else(|| ServiceError::contradiction("a drawn edition has no completed draw"))
}

async fn check_state(
    tx: &mut Connection,
    context: &Context,
    id: &EditionId,
) -> Result<Option<crate::domain::absence::AbsenceStepError>, ServiceError> {
    let edition = editions::load(tx, &context.county, id).await?;
    let poll = poll::find_current(tx, context, id).await?;
    Ok(check_step(edition.state, poll.map(|poll| poll.state)).err())
}

/// Who is called if `member` is the next to be absent, and `absences.tsv` and `replacements.tsv` after that.
fn replace(draw: &draws::Draw, member: &MemberId) -> Result<(Replacement, (String, String)), ServiceError> {
    let (_, result) = recompute(draw)?;
    let mut absences = earlier(draw, result.version())?;
    let mut seating = Seating::new(&result);
    let mut replacements = seating.replace_all(&absences).map_err(ServiceError::contradiction)?;
    let replacement = seating.replace(member).map_err(|error| match error {
        ReplaceError::NoSeat { .. } | ReplaceError::Unknown { .. } => {
            wrong(format!("{}请核对编号。", error.zh()), format!("{}. Check the id.", error.en()))
        }
        error => ServiceError::contradiction(error),
    })?;
    absences.0.push(member.clone());
    replacements.0.push(replacement.clone());
    let version = result.version();
    Ok((replacement, (absences.to_tsv(version), replacements.to_tsv(version))))
}

/// The absences that are recorded already.
fn earlier(draw: &draws::Draw, version: Version) -> Result<Absences, ServiceError> {
    let text = draw.absences.as_deref();
    let absences = text.map(|text| Absences::from_tsv(text.as_bytes(), version)).transpose();
    Ok(absences.map_err(ServiceError::contradiction)?.unwrap_or_default())
}

fn wrong(zh: impl Into<String>, en: impl Into<String>) -> ServiceError {
    ServiceError::input("absence", zh, en)
}

#[cfg(test)]
mod tests;
