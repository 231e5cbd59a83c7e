//! Import of lists that were collected on paper.

use evaluation::pool::nomination::{ListedPerson, read_list};
use evaluation::spreadsheet::{Sheet, SpreadsheetError};

use super::review::is_same;
use crate::domain::{Actor, EditionId, LogEvent, NominationId, NominationSource, NominationState};
use crate::service::edition::load_rules;
use crate::service::pool::load_open;
use crate::service::{Context, ServiceError, log};
use crate::store::nominations::{self, Entry, Identity, Nomination};
use crate::store::{StoreError, pool};

/// What became of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListOutcome {
    /// Nothing was imported: these cells are wrong.
    Wrong(Vec<SpreadsheetError>),
    /// Nothing was imported: it was only to be checked, or there are repetitions that were not allowed.
    Checked {
        /// Rows that can be imported.
        people: usize,
        /// Who is there already.
        repeats: Vec<ListRepeat>,
    },
    /// All rows are nominations now and wait for the review.
    Imported(usize),
}

/// A row whose person is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRepeat {
    /// The row as the spreadsheet numbers it.
    pub row: usize,
    /// The name as published.
    pub masked_name: String,
    /// An earlier row of the same list with the same person.
    pub earlier_row: Option<usize>,
    /// Nominations of the same person, with their states.
    pub nominations: Vec<(NominationId, NominationState)>,
}

/// Imports all rows of a list, or none. Without `repeats_allowed` nobody is imported if somebody is there already; with
/// `check_only` nobody in any case.
pub async fn import_list(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    file: &[u8],
    repeats_allowed: bool,
    check_only: bool,
) -> Result<ListOutcome, ServiceError> {
    let mut tx = context.db.write().await?;
    let edition = load_open(&mut tx, context, id).await?;
    let ready_made: u32 = pool::count_halves(&mut tx, &context.county, id).await?.iter().sum();
    if ready_made > 0 {
        return Err(ServiceError::input(
            "pool_is_ready_made",
            "人员库现为整份导入的现成名单，不能再导入提名。请先在人员库页面弃用现成名单。没有导入任何人。",
            "The pool is a ready-made list; nominations cannot be added. Discard that list first. Nobody was imported.",
        ));
    }
    let sheet = match Sheet::read(file) {
        Ok(sheet) => sheet,
        Err(error) => return Ok(ListOutcome::Wrong(vec![error])),
    };
    let people = match read_list(&sheet, &load_rules(&edition)?) {
        Ok(people) => people,
        Err(wrong) => return Ok(ListOutcome::Wrong(wrong)),
    };
    let present = nominations::list(&mut tx, &context.county, id).await?;
    let repeats = find_repeats(&people, &present);
    if check_only || (!repeats.is_empty() && !repeats_allowed) {
        return Ok(ListOutcome::Checked { people: people.len(), repeats });
    }
    let number = people.len();
    for person in people {
        let new = nomination(context, person);
        nominations::insert(&mut tx, &context.county, id, &new, None).await?;
    }
    let nominations = u32::try_from(number).unwrap_or(u32::MAX);
    let event = LogEvent::NominationsImported { edition: id.clone(), nominations };
    log::append(&mut tx, &context.county, context.now(), actor, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(ListOutcome::Imported(number))
}

fn find_repeats(people: &[ListedPerson], present: &[Nomination]) -> Vec<ListRepeat> {
    let identities: Vec<_> = people.iter().map(identity).collect();
    let mut repeats = Vec::new();
    for (index, (person, identity)) in people.iter().zip(&identities).enumerate() {
        let before = people.iter().zip(&identities).take(index);
        let earlier_row =
            before.rev().find(|(_, other)| is_same(identity, other)).map(|(other, _)| other.row);
        let same = |nomination: &&Nomination| {
            nomination.identity.as_ref().is_some_and(|other| is_same(identity, other))
        };
        let nominations: Vec<_> =
            present.iter().filter(same).map(|nomination| (nomination.id.clone(), nomination.state)).collect();
        if earlier_row.is_some() || !nominations.is_empty() {
            let masked_name = person.name.masked();
            repeats.push(ListRepeat { row: person.row, masked_name, earlier_row, nominations });
        }
    }
    repeats
}

fn identity(person: &ListedPerson) -> Identity {
    Identity {
        name: person.name.clone(),
        id_card: person.id_card.clone(),
        phone: person.phone.clone(),
        salt: None,
    }
}

fn nomination(context: &Context, person: ListedPerson) -> Nomination {
    Nomination {
        id: NominationId::generate(&mut context.rng()),
        identity: Some(identity(&person)),
        entry: Entry {
            source: NominationSource::List,
            unit: person.unit,
            half: person.half,
            category: person.category.to_string(),
            workplace: person.workplace,
        },
        state: NominationState::Waiting,
        reason: None,
        version: 1,
        member_id: None,
        received_at: context.now(),
        decided_by: None,
        decided_at: None,
    }
}
