//! Sanctions and decided ties (mission rule 9): entered with their document, frozen before the first decryption.

use evaluation::decision::Decisions;
use evaluation::office::OfficeNumber;
use evaluation::ruling::{Ruling, RulingKind, Rulings};
use evaluation::sanction::{SanctionKind, Sanctions};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Context, ServiceError, log, poll};
use crate::domain::{Actor, EditionId, LogEvent};
use crate::store::{Connection, offices, sanctions};

/// A sanction for canvassing 拉票. The payload of the two-person act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSanction {
    /// The edition.
    pub edition: EditionId,
    /// The office.
    pub number: u16,
    /// Number of the document that decides it.
    pub document_number: String,
    /// Date of the document.
    pub decided_on: Date,
}

/// Records a sanction. Called with the confirmed act, in its transaction.
pub async fn record(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    new: &NewSanction,
) -> Result<(), ServiceError> {
    check(tx, context, new).await?;
    let ruling = sanctions::Ruling {
        number: new.number,
        kind: SanctionKind::Canvassing.as_str().to_owned(),
        document_number: new.document_number.clone(),
        decided_on: new.decided_on,
    };
    sanctions::insert_sanction(tx, &context.county, &new.edition, &ruling).await?;
    let event = LogEvent::SanctionRecorded {
        edition: new.edition.clone(),
        number: new.number,
        kind: ruling.kind,
        document_number: ruling.document_number,
    };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok(())
}

/// Whether this sanction can be recorded now.
pub(super) async fn check(
    tx: &mut Connection,
    context: &Context,
    new: &NewSanction,
) -> Result<(), ServiceError> {
    let wrong = |zh: &str, en: &str| ServiceError::input("sanction", zh, en);
    if let Some(poll) = poll::find_current(tx, context, &new.edition).await?
        && poll.state.are_sanctions_frozen()
    {
        return Err(wrong(
            "对账后处理名单已经冻结，不能再登记。后来的认定须另行公布更正。",
            "Sanctions are frozen since the reconciliation. A later finding is published as a separate correction.",
        ));
    }
    if offices::find(tx, &context.county, &new.edition, new.number).await?.is_none() {
        return Err(wrong("没有这个编号的股室。", "There is no office with this number."));
    }
    if new.document_number.parse::<evaluation::ruling::DocumentNumber>().is_err() {
        return Err(wrong("请填写处理文件的文号。", "Enter the number of the document."));
    }
    let listed = sanctions::list_sanctions(tx, &context.county, &new.edition).await?;
    if listed.iter().any(|other| other.number == new.number) {
        return Err(wrong("这个股室已经登记过。", "This office has been recorded already."));
    }
    Ok(())
}

/// All sanctions of an edition.
pub async fn load_sanctions(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
) -> Result<Sanctions, ServiceError> {
    read(sanctions::list_sanctions(tx, &context.county, edition).await?)
}

/// All decided ties of an edition.
pub async fn load_decisions(
    tx: &mut Connection,
    context: &Context,
    edition: &EditionId,
) -> Result<Decisions, ServiceError> {
    read(sanctions::list_decisions(tx, &context.county, edition).await?)
}

fn read<K: RulingKind>(rows: Vec<sanctions::Ruling>) -> Result<Rulings<K>, ServiceError> {
    let mut rulings = Vec::with_capacity(rows.len());
    for row in rows {
        rulings.push(Ruling {
            number: OfficeNumber::new(row.number)
                .ok_or_else(|| ServiceError::contradiction("a ruling names office 0"))?,
            kind: K::ALL
                .iter()
                .copied()
                .find(|kind| kind.as_str() == row.kind)
                .ok_or_else(|| ServiceError::contradiction("a ruling has an unknown kind"))?,
            document_number: row.document_number.parse().map_err(ServiceError::contradiction)?,
            decided_on: row.decided_on,
        });
    }
    Rulings::new(rulings).map_err(ServiceError::contradiction)
}
