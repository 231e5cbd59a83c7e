//! What can be read of an office: its duties 职责 and commitment 承诺 (notice 四（二）), its statement 述职 of the year
//! (notice 四（六）), and the digest 群众意见摘要 of what the public said of it. Entered by the commission, and compared with
//! the signed paper by a second person.

use serde::{Deserialize, Serialize};

use super::edition::load_rules;
use super::{Context, ServiceError, log};
use crate::domain::{Actor, EditionId, EditionState, LogEvent};
use crate::store::offices::{self, Office};
use crate::store::{Connection, editions};

/// Most characters of duties, of a commitment and of a digest; how many a statement may have is in the rules.
pub const LONGEST: usize = 2000;

/// The texts of an office from now on. The payload of the two-person act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTexts {
    /// The edition.
    pub edition: EditionId,
    /// The office.
    pub number: u16,
    /// Its duties; empty for none yet.
    pub duties: String,
    /// Its commitment; empty for none yet.
    pub commitment: String,
    /// Its statement; empty for none yet.
    pub statement: String,
    /// The digest of the public's opinions; empty for none yet.
    #[serde(default)]
    pub opinions: String,
}

impl NewTexts {
    /// The texts as they are stored: lines end with LF, nothing around them.
    #[must_use]
    pub fn new(
        edition: EditionId,
        number: u16,
        [duties, commitment, statement, opinions]: [&str; 4],
    ) -> Self {
        let plain = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
        Self {
            edition,
            number,
            duties: plain(duties),
            commitment: plain(commitment),
            statement: plain(statement),
            opinions: plain(opinions),
        }
    }
}

/// Whether texts can be changed in this state: representatives are guided by them from the moment that all are public.
#[must_use]
pub fn is_open(state: EditionState) -> bool {
    state < EditionState::StatementsPublished
}

/// Whether these texts could be stored now.
pub async fn check(context: &Context, new: &NewTexts) -> Result<(), ServiceError> {
    let mut tx = context.db.read().await?;
    check_in(&mut tx, context, new).await.map(drop)
}

/// Stores the texts. Called with the confirmed act, in its transaction.
pub async fn change(
    tx: &mut Connection,
    context: &Context,
    actor: &Actor,
    new: &NewTexts,
) -> Result<(), ServiceError> {
    let office = check_in(tx, context, new).await?;
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let changed = Office {
        duties: some(&new.duties),
        commitment: some(&new.commitment),
        statement: some(&new.statement),
        opinions: some(&new.opinions),
        ..office
    };
    offices::set_texts(tx, &context.county, &new.edition, &changed).await?;
    let event = LogEvent::OfficeTextChanged { edition: new.edition.clone(), number: new.number };
    log::append(tx, &context.county, context.now(), actor, &event).await?;
    Ok(())
}

async fn check_in(tx: &mut Connection, context: &Context, new: &NewTexts) -> Result<Office, ServiceError> {
    let wrong = |zh: String, en: String| ServiceError::input("office_texts", zh, en);
    let edition = editions::load(tx, &context.county, &new.edition).await?;
    if !is_open(edition.state) {
        return Err(wrong(
            "述职材料已经公开，各股室的材料不能再改。".to_owned(),
            "The statements are public; the texts of the offices cannot be changed any more.".to_owned(),
        ));
    }
    let office = offices::find(tx, &context.county, &new.edition, new.number).await?;
    let office = office.ok_or(ServiceError::NotFound("office"))?;
    let longest = load_rules(&edition)?.statement_max_characters;
    for (zh, en, text, most) in [
        ("职责", "duties", &new.duties, LONGEST),
        ("承诺", "commitment", &new.commitment, LONGEST),
        ("述职", "statement", &new.statement, longest),
        ("群众意见摘要", "digest of opinions", &new.opinions, LONGEST),
    ] {
        let found = text.chars().count();
        if found > most {
            return Err(wrong(
                format!("{zh}有 {found} 个字，最多 {most} 个字。请删减。"),
                format!("The {en} has {found} characters; {most} are allowed. Shorten it."),
            ));
        }
    }
    let before = [&office.duties, &office.commitment, &office.statement, &office.opinions];
    let after = [&new.duties, &new.commitment, &new.statement, &new.opinions];
    if before.into_iter().zip(after).all(|(before, after)| before.as_deref().unwrap_or_default() == *after) {
        return Err(wrong(
            "与现有的材料相同，没有改动，不必提出。".to_owned(),
            "These are the texts that are there already; there is nothing to propose.".to_owned(),
        ));
    }
    Ok(office)
}
