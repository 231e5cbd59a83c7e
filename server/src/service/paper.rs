//! Counting paper ballots after a total failure: a count of its own, begun and ended by two people each, never mixed with
//! the electronic one.
//!
//! The papers are mixed, divided into piles of at most ten, and each pile gets a number on its band; nothing is written on
//! a ballot. Two people with two accounts type every pile without seeing each other's entry, and it counts only if both
//! are equal. Piles rather than single ballots: a slip is found within one pile and costs ten ballots at most, while a
//! hundred ballots take ten forms and not a hundred. No sums are shown before the count is over.

#[cfg(test)]
mod tests;

use evaluation::decision::Decisions;
use evaluation::hash::Sha256Hash;
use evaluation::office::Offices;
use evaluation::paper::{self, Difference, PaperBallot, PaperTally, read_pile, write_pile};
use evaluation::ranking::Ranking;
use evaluation::rules::Rules;
use serde::{Deserialize, Serialize};

use super::edition::{load_offices, load_rules};
use super::sanction::load_sanctions;
use super::{Context, ServiceError, log};
use crate::domain::paper::may_count;
use crate::domain::{Actor, EditionId, EditionState, LogEvent, PaperCountState};
use crate::store::accounts::{self, Account};
use crate::store::paper_counts::{self, PaperCount, Pile};
use crate::store::{Connection, StoreError, editions};

/// The highest number of a pile.
const MOST_PILES: u32 = 200;

/// Payload of the act that begins a count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPaperCount {
    /// The edition.
    pub edition: EditionId,
    /// Why there is no electronic count; stands on the result.
    pub reason: String,
}

/// Payload of the act that ends a count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperCountEnd {
    /// The edition.
    pub edition: EditionId,
    /// Papers taken out of the box, counted by hand.
    pub papers: u32,
    /// SHA-256 of all piles as typed: what the second person agrees to.
    pub piles: Sha256Hash,
}

/// A count, as its pages show it.
#[derive(Clone, Debug)]
pub struct PaperView {
    /// The count.
    pub count: PaperCount,
    /// The piles without their entries: number, ballots, who typed first, and second if both agree.
    pub piles: Vec<PileView>,
    /// The result, once the count is over.
    pub result: Option<PaperResult>,
}

/// How far a pile is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PileView {
    /// On its band.
    pub number: u32,
    /// Ballots in it.
    pub ballots: usize,
    /// Who typed it first.
    pub first: String,
    /// Who typed the same.
    pub second: Option<String>,
}

/// What the paper ballots came to.
#[derive(Clone, Debug)]
pub struct PaperResult {
    /// The sums.
    pub tally: PaperTally,
    /// The ranking that they give, by the same rules.
    pub ranking: Ranking,
}

/// What an entry of a pile came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PileEntry {
    /// It waits for the second person.
    First,
    /// Both agree; the pile counts.
    Agreed,
}

/// The rules and the list that ballots and tally sheets are printed from; `None` before the list of offices is final.
pub async fn lists(
    context: &Context,
    edition: &editions::Edition,
) -> Result<Option<(Rules, Offices)>, ServiceError> {
    if edition.state == EditionState::Draft {
        return Ok(None);
    }
    let mut tx = context.db.read().await?;
    Ok(Some((load_rules(edition)?, load_offices(&mut tx, context, edition).await?)))
}

/// Checks the reason of a new count.
pub fn check(new: &NewPaperCount) -> Result<(), ServiceError> {
    let length = new.reason.chars().count();
    if !(5..=200).contains(&length) || new.reason.chars().any(char::is_control) {
        return Err(wrong(
            "请写明改用纸质票的原因：一行，5至200字，会印在结果上。",
            "Write in one line, 5 to 200 characters, why paper ballots are counted; it stands on the result.",
        ));
    }
    Ok(())
}

/// Begins a count. Called with the confirmed act, in its transaction.
pub async fn begin(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    new: &NewPaperCount,
) -> Result<(), ServiceError> {
    check(new)?;
    let edition = editions::load(tx, &context.county, &new.edition).await?;
    if !may_count(edition.state) {
        return Err(wrong(
            "纸质票只能在抽取之后、结果发布之前计票。",
            "Paper ballots can be counted after the draw and before the result is published.",
        ));
    }
    paper_counts::insert(tx, &context.county, &new.edition, &new.reason).await.map_err(
        |error| match error {
            StoreError::UniqueViolation => {
                wrong("本年度的纸质票计票已经开始。", "The paper count of this edition has begun already.")
            }
            error => error.into(),
        },
    )?;
    let event = LogEvent::PaperCountBegun { edition: new.edition.clone(), reason: new.reason.clone() };
    write_log(tx, context, actor, &event).await
}

/// Takes the ballots of a pile as `clerk` typed them. The first person may type again; a second person who types the same
/// makes them count.
pub async fn type_pile(
    context: &Context,
    clerk: &Account,
    id: &EditionId,
    number: u32,
    text: &str,
) -> Result<PileEntry, ServiceError> {
    let mut tx = context.db.write().await?;
    let (rules, offices) = open_count(&mut tx, context, id).await?;
    if !(1..=MOST_PILES).contains(&number) {
        return Err(wrong(
            format!("捆号应为1至{MOST_PILES}。"),
            format!("The number of a pile is 1 to {MOST_PILES}."),
        ));
    }
    let typed = read_pile(&rules, &offices, text).map_err(|error| wrong(error.zh(), error.en()))?;
    let piles = paper_counts::list_piles(&mut tx, &context.county, id).await?;
    let found = piles.into_iter().find(|pile| pile.number == number);
    if found.as_ref().is_some_and(|pile| pile.second_by.is_some()) {
        return Err(wrong(
            format!("第{number}捆已由两人录入一致，不能再改。请核对捆号。"),
            format!("Two people agree on pile {number}; it cannot be changed. Check the number."),
        ));
    }
    let first = match found {
        Some(pile) => {
            let by = accounts::load(&mut tx, &context.county, &pile.first_by).await?;
            Some((pile, by)).filter(|(_, by)| by.person != clerk.person && by.id != clerk.id)
        }
        None => None,
    };
    let entry = match first {
        None => {
            let text = write_pile(&typed);
            paper_counts::type_first(&mut tx, &context.county, id, number, &text, &clerk.id).await?;
            PileEntry::First
        }
        Some((pile, by)) => {
            let first = read_stored(&rules, &offices, &pile)?;
            if let Some(difference) = paper::compare(&first, &typed) {
                return Err(differing(difference, &by.person));
            }
            paper_counts::agree(&mut tx, &context.county, id, number, &clerk.id).await?;
            let ballots = u32::try_from(typed.len()).unwrap_or(u32::MAX);
            let event = LogEvent::PaperPileAgreed {
                edition: id.clone(),
                pile: number,
                ballots,
                entry: Sha256Hash::of(&pile.entry),
            };
            write_log(&mut tx, context, &Actor::Account(clerk.id.clone()), &event).await?;
            PileEntry::Agreed
        }
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(entry)
}

/// Takes the first entry of a pile back, whoever typed it.
pub async fn clear_pile(context: &Context, id: &EditionId, number: u32) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    open_count(&mut tx, context, id).await?;
    paper_counts::clear(&mut tx, &context.county, id, number).await.map_err(|error| match error {
        StoreError::RowsAffected { .. } => wrong(
            "没有可清除的录入：该捆尚未录入，或已由两人录入一致。",
            "There is nothing to clear: the pile was not typed, or two people agree on it.",
        ),
        error => error.into(),
    })?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// What would be proposed to end the count, with the papers counted by hand.
pub async fn prepare_end(
    context: &Context,
    id: &EditionId,
    papers: u32,
) -> Result<PaperCountEnd, ServiceError> {
    let mut tx = context.db.read().await?;
    let piles = paper_counts::list_piles(&mut tx, &context.county, id).await?;
    let end = PaperCountEnd { edition: id.clone(), papers, piles: hash(&piles) };
    checked_end(&mut tx, context, &end).await?;
    Ok(end)
}

/// Whether the count can be ended like this now.
pub async fn check_end(context: &Context, end: &PaperCountEnd) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    checked_end(&mut tx, context, end).await.map(drop)
}

/// Ends the count and makes its result visible. Called with the confirmed act, in its transaction.
pub async fn end(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    end: &PaperCountEnd,
) -> Result<(), ServiceError> {
    let tally = checked_end(tx, context, end).await?;
    paper_counts::close(tx, &context.county, &end.edition).await?;
    let event = LogEvent::PaperCountEnded {
        edition: end.edition.clone(),
        valid: tally.valid,
        invalid: tally.invalid,
        piles: end.piles,
    };
    write_log(tx, context, actor, &event).await
}

/// The count of an edition; `None` before one was begun.
pub async fn view(context: &Context, edition: &editions::Edition) -> Result<Option<PaperView>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(count) = paper_counts::find(&mut tx, &context.county, &edition.id).await? else {
        return Ok(None);
    };
    let stored = paper_counts::list_piles(&mut tx, &context.county, &edition.id).await?;
    let mut piles = Vec::new();
    for pile in &stored {
        let first = accounts::load(&mut tx, &context.county, &pile.first_by).await?.person;
        let second = match &pile.second_by {
            Some(by) => Some(accounts::load(&mut tx, &context.county, by).await?.person),
            None => None,
        };
        piles.push(PileView { number: pile.number, ballots: pile.entry.lines().count(), first, second });
    }
    let result = match count.state {
        PaperCountState::Open => None,
        PaperCountState::Closed => Some(result(&mut tx, context, edition, &stored).await?),
    };
    Ok(Some(PaperView { count, piles, result }))
}

async fn result(
    tx: &mut Connection,
    context: &Context,
    edition: &editions::Edition,
    piles: &[Pile],
) -> Result<PaperResult, ServiceError> {
    let (rules, offices) = (load_rules(edition)?, load_offices(tx, context, edition).await?);
    let tally = tally(&rules, &offices, piles)?;
    let sanctions = load_sanctions(tx, context, &edition.id).await?;
    // Ties of the electronic ranking were decided for that ranking alone.
    let ranking = Ranking::compute(&rules, &offices, &tally.counts, &sanctions, &Decisions::default());
    Ok(PaperResult { tally, ranking: ranking.map_err(ServiceError::contradiction)? })
}

fn tally(rules: &Rules, offices: &Offices, piles: &[Pile]) -> Result<PaperTally, ServiceError> {
    let mut ballots = Vec::new();
    for pile in piles.iter().filter(|pile| pile.second_by.is_some()) {
        ballots.extend(read_stored(rules, offices, pile)?);
    }
    paper::tally(rules, offices, &ballots).map_err(ServiceError::contradiction)
}

fn read_stored(rules: &Rules, offices: &Offices, pile: &Pile) -> Result<Vec<PaperBallot>, ServiceError> {
    read_pile(rules, offices, &pile.entry).map_err(ServiceError::contradiction)
}

/// What the ballots add up to, if nothing waits, all papers are typed and the piles are those that were proposed.
async fn checked_end(
    tx: &mut Connection,
    context: &Context,
    end: &PaperCountEnd,
) -> Result<PaperTally, ServiceError> {
    let (rules, offices) = open_count(tx, context, &end.edition).await?;
    let piles = paper_counts::list_piles(tx, &context.county, &end.edition).await?;
    if let Some(pile) = piles.iter().find(|pile| pile.second_by.is_none()) {
        let number = pile.number;
        return Err(wrong(
            format!("第{number}捆只有一人录入。请由第二人录入，或清除后再结束。"),
            format!("Only one person has typed pile {number}. Let a second one type it, or clear it."),
        ));
    }
    if hash(&piles) != end.piles {
        return Err(wrong(
            "提出之后录入又有变动。未作任何更改，请撤回后重新提出。",
            "Piles were typed after this was proposed. Nothing was changed; withdraw it and propose it anew.",
        ));
    }
    let tally = tally(&rules, &offices, &piles)?;
    let typed = tally.valid.saturating_add(tally.invalid);
    if typed != end.papers || typed == 0 {
        let papers = end.papers;
        return Err(wrong(
            format!("票箱中清点出{papers}张票，已录入{typed}张，两数须相等。请查找漏录、重录的捆。"),
            format!(
                "{papers} papers were counted and {typed} typed; both must be equal. Look for piles that are missing or typed twice."
            ),
        ));
    }
    Ok(tally)
}

async fn open_count(
    tx: &mut Connection,
    context: &Context,
    id: &EditionId,
) -> Result<(Rules, Offices), ServiceError> {
    let count = paper_counts::find(tx, &context.county, id).await?;
    if count.is_none_or(|count| count.state != PaperCountState::Open) {
        return Err(wrong("现在没有进行中的纸质票计票。", "No paper ballots are being counted now."));
    }
    let edition = editions::load(tx, &context.county, id).await?;
    Ok((load_rules(&edition)?, load_offices(tx, context, &edition).await?))
}

/// Names the first place where the two differ, but not what the first person typed there: the second is to look at the
/// ballot, not at the first entry.
fn differing(difference: Difference, by: &str) -> ServiceError {
    match difference {
        Difference::Ballots => wrong(
            format!("与{by}录入的张数不同。没有记录：请两人一起清点这一捆，由录错的一方重新录入。"),
            format!(
                "{by} has typed another number of ballots. Nothing was recorded: both count the pile; whoever was wrong types again."
            ),
        ),
        Difference::Mark(ballot, office) => wrong(
            format!(
                "与{by}录入的从第{ballot}张票第{office}号股室起不一致。没有记录：请两人一起看这张票，由录错的一方重新录入。"
            ),
            format!(
                "It differs from what {by} typed, first at ballot {ballot}, office {office}. Nothing was recorded: both look at that ballot; whoever was wrong types again."
            ),
        ),
    }
}

/// The hash of all piles: a line that names the format, then for each pile its number and its lines.
fn hash(piles: &[Pile]) -> Sha256Hash {
    let piles = piles.iter().map(|pile| format!("pile\t{}\n{}", pile.number, pile.entry));
    Sha256Hash::of(format!("pingyi-paper/1\n{}", piles.collect::<String>()))
}

async fn write_log(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    event: &LogEvent,
) -> Result<(), ServiceError> {
    log::append(tx, &context.county, context.now(), actor, event).await?;
    Ok(())
}

fn wrong(zh: impl Into<String>, en: impl Into<String>) -> ServiceError {
    ServiceError::input("paper_count", zh, en)
}
