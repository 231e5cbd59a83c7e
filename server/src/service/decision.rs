//! Ties across a cut, which the leading group decides (mission "equal scores"): recorded after the hall has been told, with a
//! document and by two people, before the result is published.

use std::collections::BTreeSet;

use evaluation::decision::Cut;
use evaluation::office::OfficeNumber;
use evaluation::ranking::{RankedOffice, SectionRanking, Tie};
use evaluation::rules::Section;
use evaluation::ruling::{DocumentNumber, RulingKind as _};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::poll::find_current;
use super::poll::reveal::load_ranking;
use super::{Context, ServiceError, log, reveal};
use crate::domain::{Actor, EditionId, EditionState, LogEvent};
use crate::store::{Connection, editions, sanctions};

/// Which of the tied offices belong below a cut. The payload of the two-person act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    /// The edition.
    pub edition: EditionId,
    /// The section, by its id in the rules.
    pub section: String,
    /// The cut.
    pub cut: Cut,
    /// The offices that are named for the places below it: as many as are open.
    pub numbers: BTreeSet<u16>,
    /// Number of the document that decides it.
    pub document_number: String,
    /// Date of the document.
    pub decided_on: Date,
}

/// A tie across a cut.
#[derive(Clone, Debug)]
pub struct TieView {
    /// Its section.
    pub section: Section,
    /// Offices, places, and who was named.
    pub tie: Tie,
    /// The tied offices with their scores, by number.
    pub offices: Vec<RankedOffice>,
    /// Whether another tie of the section has to be decided before this one.
    pub waits: bool,
}

impl TieView {
    /// How many offices are still to be named.
    #[must_use]
    pub fn missing(&self) -> usize {
        self.tie.open_places.saturating_sub(self.tie.decided.len())
    }

    /// The offices that may still be named.
    pub fn candidates(&self) -> impl Iterator<Item = &RankedOffice> {
        self.offices.iter().filter(|ranked| !self.tie.decided.contains(&ranked.office.number))
    }
}

/// What can be decided.
#[derive(Clone, Debug)]
pub enum Ties {
    /// The hall has not been told the whole ranking yet.
    TooEarly,
    /// All ties across a cut, decided or not; whether decisions can still be recorded.
    Known(Vec<TieView>, bool),
}

/// The ties of an edition.
pub async fn ties(context: &Context, edition: &EditionId) -> Result<Ties, ServiceError> {
    let mut tx = context.db.read().await?;
    load(&mut tx, context, edition).await
}

/// Whether this decision could be recorded now.
pub async fn check(context: &Context, new: &NewDecision) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    check_against(load(&mut tx, context, &new.edition).await?, new)
}

/// Records a decision. Called with the confirmed act, in its transaction.
pub async fn record(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    new: &NewDecision,
) -> Result<(), ServiceError> {
    check_against(load(tx, context, &new.edition).await?, new)?;
    for &number in &new.numbers {
        let ruling = sanctions::Ruling {
            number,
            kind: new.cut.as_str().to_owned(),
            document_number: new.document_number.clone(),
            decided_on: new.decided_on,
        };
        sanctions::insert_decision(tx, &context.county, &new.edition, &ruling).await?;
        let event = LogEvent::DecisionRecorded {
            edition: new.edition.clone(),
            number,
            kind: ruling.kind,
            document_number: ruling.document_number,
        };
        log::append(tx, &context.county, context.now(), actor, &event).await?;
    }
    // The ranking that follows must be one; otherwise nothing of this stays.
    load(tx, context, &new.edition).await.map(drop)
}

async fn load(tx: &mut Connection, context: &Context, id: &EditionId) -> Result<Ties, ServiceError> {
    let edition = editions::load(tx, &context.county, id).await?;
    let Some(poll) = find_current(tx, context, id).await? else { return Ok(Ties::TooEarly) };
    if !reveal::is_public(tx, context, &poll, edition.state).await? {
        return Ok(Ties::TooEarly);
    }
    let ranking = load_ranking(tx, context, &poll).await?;
    let views = ranking.sections().iter().flat_map(views).collect();
    Ok(Ties::Known(views, edition.state == EditionState::Poll))
}

fn views(ranked: &SectionRanking) -> Vec<TieView> {
    let view = |tie: &Tie| TieView {
        section: ranked.section.clone(),
        offices: ranked
            .offices
            .iter()
            .filter(|office| tie.offices.contains(&office.office.number))
            .cloned()
            .collect(),
        waits: tie.cut == Cut::BottomTen
            && ranked.ties.iter().any(|other| other.cut == Cut::BottomThree && !other.is_decided()),
        tie: tie.clone(),
    };
    ranked.ties.iter().map(view).collect()
}

fn check_against(ties: Ties, new: &NewDecision) -> Result<(), ServiceError> {
    let wrong = |zh: String, en: String| ServiceError::input("decision", zh, en);
    let Ties::Known(views, open) = ties else {
        return Err(wrong(
            "主持人还没有在会场宣布完全部名次，不能裁定并列。".to_owned(),
            "The chair has not shown the whole ranking in the hall yet; ties are decided after that."
                .to_owned(),
        ));
    };
    if !open {
        return Err(wrong(
            "结果已经发布，不能再登记裁定。后来的裁定须另行公布更正。".to_owned(),
            "The result is published; no decision can be recorded any more. A later one is published as a separate correction.".to_owned(),
        ));
    }
    let found = views
        .iter()
        .find(|view| view.section.id.as_str() == new.section && view.tie.cut == new.cut)
        .filter(|view| view.missing() > 0);
    let Some(view) = found else {
        return Err(wrong(
            "这里没有待裁定的并列。请返回重新选择。".to_owned(),
            "There is no tie to decide here. Go back and choose again.".to_owned(),
        ));
    };
    if view.waits {
        return Err(wrong(
            "请先裁定本部分后三名的并列。".to_owned(),
            "Decide the tie at the last three of this section first.".to_owned(),
        ));
    }
    let candidates: BTreeSet<OfficeNumber> = view.candidates().map(|ranked| ranked.office.number).collect();
    let named: BTreeSet<_> = new.numbers.iter().filter_map(|&number| OfficeNumber::new(number)).collect();
    let missing = view.missing();
    if named.len() != missing || new.numbers.len() != missing || !named.is_subset(&candidates) {
        return Err(wrong(
            format!("请在并列的股室中恰好选出 {missing} 个列入{}。", new.cut.zh()),
            format!("Choose exactly {missing} of the tied offices for the places below the cut."),
        ));
    }
    if new.document_number.parse::<DocumentNumber>().is_err() {
        return Err(wrong(
            "请填写裁定文件的文号。".to_owned(),
            "Enter the number of the document that decides it.".to_owned(),
        ));
    }
    Ok(())
}
