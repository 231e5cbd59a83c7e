//! Import of lists that were collected on paper.

use std::collections::HashMap;

use evaluation::pool::identity::{IdCardNumber, PersonName, Phone};
use evaluation::pool::nomination::{ListedPerson, read_list};
use evaluation::spreadsheet::{Sheet, SpreadsheetError};

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
    let mut known = People::default();
    for nomination in present {
        if let Some(identity) = &nomination.identity {
            known.add(&identity.id_card, &identity.name, &identity.phone, nomination);
        }
    }
    let (mut rows, mut repeats) = (People::default(), Vec::new());
    for person in people {
        let earlier_row = rows.find(person).into_iter().max();
        let mut nominations: Vec<_> = known
            .find(person)
            .into_iter()
            .map(|nomination: &Nomination| (nomination.id.clone(), nomination.state))
            .collect();
        nominations.sort();
        nominations.dedup();
        if earlier_row.is_some() || !nominations.is_empty() {
            let masked_name = person.name.masked();
            repeats.push(ListRepeat { row: person.row, masked_name, earlier_row, nominations });
        }
        rows.add(&person.id_card, &person.name, &person.phone, person.row);
    }
    repeats
}

/// Who is there, to be found as the review does: by ID card number, or by name and phone. A list may be long.
struct People<'a, T> {
    by_id_card: HashMap<&'a IdCardNumber, Vec<T>>,
    by_phone: HashMap<(&'a PersonName, &'a Phone), Vec<T>>,
}

impl<T> Default for People<'_, T> {
    fn default() -> Self {
        Self { by_id_card: HashMap::new(), by_phone: HashMap::new() }
    }
}

impl<'a, T: Copy> People<'a, T> {
    fn add(&mut self, id_card: &'a IdCardNumber, name: &'a PersonName, phone: &'a Phone, one: T) {
        self.by_id_card.entry(id_card).or_default().push(one);
        self.by_phone.entry((name, phone)).or_default().push(one);
    }

    fn find(&self, person: &ListedPerson) -> Vec<T> {
        let same_card = self.by_id_card.get(&person.id_card).into_iter().flatten();
        let same_phone = self.by_phone.get(&(&person.name, &person.phone)).into_iter().flatten();
        same_card.chain(same_phone).copied().collect()
    }
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

#[cfg(test)]
mod tests {
    use evaluation::pool::{Category, Half};
    use proptest::prelude::*;

    use super::*;
    use crate::service::nomination::review::is_same;

    const CARDS: [&str; 3] = ["110101199003070177", "11010119900307109X", "110101199003072316"];

    fn person((row, (card, name, phone)): (usize, (usize, usize, usize))) -> ListedPerson {
        ListedPerson {
            row,
            name: PersonName::parse(["赵子龙", "孙大圣"][name]).unwrap(),
            id_card: IdCardNumber::parse(CARDS[card]).unwrap(),
            phone: Phone::parse(["13800000001", "13800000002"][phone]).unwrap(),
            half: Half::B,
            category: Category::new("农民").unwrap(),
            unit: String::new(),
            workplace: String::new(),
        }
    }

    proptest! {
        #[test]
        fn a_row_is_a_repetition_exactly_if_the_review_would_say_so(
            rows in proptest::collection::vec((0..3_usize, 0..2_usize, 0..2_usize), 0..8),
        ) {
            let people: Vec<_> = (2..).zip(rows).map(person).collect();
            let repeats: Vec<_> = find_repeats(&people, &[]).iter().map(|repeat| repeat.row).collect();
            let expected: Vec<_> = people
                .iter()
                .enumerate()
                .filter(|(index, one)| {
                    people.iter().take(*index).any(|other| is_same(&identity(one), &identity(other)))
                })
                .map(|(_, one)| one.row)
                .collect();
            prop_assert_eq!(repeats, expected);
        }
    }
}
