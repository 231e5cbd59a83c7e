//! The year: rules, offices, and the steps from one stage to the next (mission rules 1 to 3).

use ed25519_dalek::SigningKey;
use evaluation::hash::Sha256Hash;
use evaluation::office::Offices;
use evaluation::publication::signature::{key_from_text, key_to_text};
use evaluation::rules::{self, Rules};
use rand::Rng as _;
use zeroize::Zeroizing;

pub use super::pool::{import_pool, load_pool};

use super::folder::write_durably;
use super::poll::check_majority;
use super::{Context, ServiceError, log};
use crate::domain::edition::EditionStepError;
use crate::domain::{Actor, EditionId, EditionState, LogEvent};
use crate::store::{Connection, StoreError, editions, nominations, offices};

/// Creates the edition of a year from its rules, and makes its publication key.
pub async fn create(context: &Context, actor: &Actor, rules: &Rules) -> Result<EditionId, ServiceError> {
    check_majority(rules)?;
    let id = EditionId::generate(&mut context.rng());
    let key = make_publication_key(context, rules.year)?;
    let now = context.now();
    let rules_text = toml_text(rules)?;
    let row = editions::Edition {
        id: id.clone(),
        year: rules.year,
        state: EditionState::Draft,
        rules: rules_text.clone(),
        edition_json: None,
        publication_key: Some(hex::encode(key.verifying_key().as_bytes())),
        created_at: now,
    };
    let mut tx = context.db.write().await?;
    editions::insert(&mut tx, &context.county, &row).await.map_err(|error| match error {
        StoreError::UniqueViolation => ServiceError::input(
            "edition_exists",
            format!("{}年度的评议已经建立，不能重复建立。", rules.year),
            format!("The evaluation of {} exists already; it was not created again.", rules.year),
        ),
        error => error.into(),
    })?;
    let event =
        LogEvent::EditionCreated { edition: id.clone(), year: rules.year, rules: Sha256Hash::of(rules_text) };
    log::append(&mut tx, &context.county, now, actor, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(id)
}

/// Replaces the list of offices by the one in a CSV file. Nothing is imported if any row is wrong.
pub async fn import_offices(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    file: &[u8],
) -> Result<usize, ServiceError> {
    let mut tx = context.db.write().await?;
    let edition = editions::load(&mut tx, &context.county, id).await?;
    if !edition.state.is_list_open() {
        let (expected, found) = (EditionState::Draft, edition.state);
        return Err(EditionStepError::WrongState { expected, found }.into());
    }
    let list = Offices::from_csv(file, &load_rules(&edition)?)
        .map_err(|error| ServiceError::input("offices_file", error.zh(), error.en()))?;
    offices::delete_all(&mut tx, &context.county, id).await?;
    for office in &list {
        let row = offices::Office {
            number: office.number.value(),
            section: office.section.to_string(),
            unit: office.unit.clone(),
            office: office.office.clone(),
            scope: office.scope.clone().unwrap_or_default(),
            carried_over: office.carried_over,
            full_name: office.full_name.clone(),
            ..offices::Office::default()
        };
        offices::insert(&mut tx, &context.county, id, &row).await?;
    }
    let count = u32::try_from(list.len()).unwrap_or(u32::MAX);
    let event = LogEvent::OfficesImported { edition: id.clone(), offices: count, file: Sha256Hash::of(file) };
    log::append(&mut tx, &context.county, context.now(), actor, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(list.len())
}

/// Publishes the list of offices: from now on rules and offices are final.
pub async fn publish_list(context: &Context, actor: &Actor, id: &EditionId) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let edition = editions::load(&mut tx, &context.county, id).await?;
    let count = offices::count(&mut tx, &context.county, id).await?;
    let to = edition.state.list(count)?;
    let text = published_edition(&edition)?.to_json();
    editions::set_edition_json(&mut tx, &context.county, id, &text).await?;
    move_to(&mut tx, context, actor, &edition, to).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Takes one of the steps that ask for nothing but the stage before: open the pool, publish the statements, enter the
/// poll.
pub async fn step(
    context: &Context,
    actor: &Actor,
    id: &EditionId,
    step: fn(EditionState) -> Result<EditionState, EditionStepError>,
) -> Result<(), ServiceError> {
    let mut tx = context.db.write().await?;
    let edition = editions::load(&mut tx, &context.county, id).await?;
    let to = step(edition.state)?;
    move_to(&mut tx, context, actor, &edition, to).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Closes an edition for good. Called with the confirmed act, in its transaction.
pub async fn archive(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    id: &EditionId,
) -> Result<(), ServiceError> {
    let (edition, to) = check_archive(tx, context, id).await?;
    move_to(tx, context, actor, &edition, to).await
}

/// The edition, and where archiving leads, if it can be archived now.
pub(super) async fn check_archive(
    tx: &mut Connection,
    context: &Context,
    id: &EditionId,
) -> Result<(editions::Edition, EditionState), ServiceError> {
    let edition = editions::load(tx, &context.county, id).await?;
    let to = edition.state.archive()?;
    Ok((edition, to))
}

/// The rules of an edition.
pub fn load_rules(edition: &editions::Edition) -> Result<Rules, ServiceError> {
    Rules::parse(&edition.rules).map_err(ServiceError::contradiction)
}

/// `edition.json`: the rules under the id `<name of the rules>`, which holds the year.
pub fn published_edition(edition: &editions::Edition) -> Result<rules::Edition, ServiceError> {
    let rules = load_rules(edition)?;
    let id = rules.name.as_str().parse().map_err(ServiceError::contradiction)?;
    Ok(rules::Edition::new(id, rules))
}

/// The offices of an edition, as published.
pub async fn load_offices(
    tx: &mut Connection,
    context: &Context,
    edition: &editions::Edition,
) -> Result<Offices, ServiceError> {
    let rows = offices::list(tx, &context.county, &edition.id).await?;
    let offices = rows.into_iter().map(|row| {
        Ok(evaluation::office::Office {
            number: evaluation::office::OfficeNumber::new(row.number)
                .ok_or_else(|| ServiceError::contradiction("an office has the number 0"))?,
            section: row.section.parse().map_err(ServiceError::contradiction)?,
            unit: row.unit,
            office: row.office,
            scope: Some(row.scope).filter(|scope| !scope.is_empty()),
            carried_over: row.carried_over,
            full_name: row.full_name,
        })
    });
    let offices: Vec<_> = offices.collect::<Result<_, ServiceError>>()?;
    Offices::new(offices, &load_rules(edition)?).map_err(ServiceError::contradiction)
}

/// Moves the edition on and writes the log. When it is archived, names and numbers of the nominated people are erased,
/// as they were promised.
pub(super) async fn move_to(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    edition: &editions::Edition,
    to: EditionState,
) -> Result<(), ServiceError> {
    let from = edition.state;
    editions::set_state(tx, &context.county, &edition.id, from, to).await?;
    let event = LogEvent::EditionMoved { edition: edition.id.clone(), from, to };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    if to == EditionState::Archived {
        let people = nominations::erase_identities(tx, &context.county, &edition.id).await?;
        let people = u32::try_from(people).unwrap_or(u32::MAX);
        let event = LogEvent::IdentitiesErased { edition: edition.id.clone(), people };
        log::append(tx, &context.county, context.now(), actor, &event).await?;
    }
    Ok(())
}

/// The key that signs receipts and the publication of this year.
pub fn load_publication_key(context: &Context, year: i16) -> Result<SigningKey, ServiceError> {
    let text = Zeroizing::new(std::fs::read_to_string(context.publication_key(year))?);
    key_from_text(&text).map_err(ServiceError::contradiction)
}

/// Makes the key once; an edition that could not be created leaves it for the next try.
fn make_publication_key(context: &Context, year: i16) -> Result<SigningKey, ServiceError> {
    let path = context.publication_key(year);
    if path.exists() {
        return load_publication_key(context, year);
    }
    let mut seed = Zeroizing::new([0; 32]);
    context.rng().fill_bytes(seed.as_mut_slice());
    let key = SigningKey::from_bytes(&seed);
    write_durably(&path, key_to_text(&key).as_bytes(), true)?;
    Ok(key)
}

fn toml_text(rules: &Rules) -> Result<String, ServiceError> {
    toml::to_string(rules).map_err(ServiceError::contradiction)
}

#[cfg(test)]
mod tests {
    use evaluation::rules::RulesFile;

    use super::*;
    use crate::domain::InTwoLanguages as _;
    use crate::testing::{TestDb, clock, context};

    #[tokio::test]
    async fn an_edition_in_which_half_of_the_trustees_could_decrypt_is_not_created() {
        let db = TestDb::sqlite().await;
        db.run(async |db| {
            let folder = tempfile::tempdir().unwrap();
            let context = Context { folder: folder.path().to_owned(), ..context(db, &clock()) };
            let mut file = RulesFile::from(Rules::ningjin_2020());
            (file.poll.trustees, file.poll.threshold) = (4, Some(2));
            let rules = Rules::try_from(file.clone()).unwrap();
            let refused = create(&context, &Actor::System, &rules).await.unwrap_err();
            assert!(refused.zh().contains("4名监票人中2人") && refused.to_string().contains("2 of 4"));
            file.poll.threshold = Some(3);
            create(&context, &Actor::System, &Rules::try_from(file).unwrap()).await.unwrap();
        })
        .await;
    }
}
