//! PERSON SIDE: nominations for the pool, and apart from them who the people are.
//!
//! Everything that changes something here works only while the pool of the edition is open, whatever a service believes.
//! The one exception is [`erase_identities`], at the end of the year.

use evaluation::pool::identity::{IdCardNumber, PersonName, Phone, Salt};
use evaluation::pool::{Half, MemberId};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, time_text},
};
use crate::domain::{AccountId, CountyId, EditionId, NominationId, NominationSource, NominationState};

/// A nomination. Its `Debug` names nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nomination {
    /// Random id; never published.
    pub id: NominationId,
    /// What was entered, apart from who it is.
    pub entry: Entry,
    /// Where the review stands.
    pub state: NominationState,
    /// Why it was returned or rejected.
    pub reason: Option<String>,
    /// Grows with every change.
    pub version: u32,
    /// The id in the pool that the latest proposal to lock it has given.
    pub member_id: Option<MemberId>,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Who took the last decision.
    pub decided_by: Option<AccountId>,
    /// When the last decision was taken.
    pub decided_at: Option<Timestamp>,
    /// Who it is; nothing after the edition is archived.
    pub identity: Option<Identity>,
}

/// What a nomination says about the person, apart from who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How it came in.
    pub source: NominationSource,
    /// The unit that recommends the person; may be empty.
    pub unit: String,
    /// The half that the category belongs to.
    pub half: Half,
    /// The category, by its Chinese name.
    pub category: String,
    /// Workplace and position; may be empty.
    pub workplace: String,
}

/// Who a person is. Its `Debug` does not say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The name.
    pub name: PersonName,
    /// The ID card number.
    pub id_card: IdCardNumber,
    /// The phone number.
    pub phone: Phone,
    /// The salt of the anchor, once the lock of the pool is proposed.
    pub salt: Option<Salt>,
}

statements! {
    INSERT = "INSERT INTO nominations (county, edition, id, source, unit, half, category, workplace, code_hash,
                                       received_at, state, version)
              SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', 1
              WHERE EXISTS (SELECT 1 FROM editions WHERE county = $1 AND id = $2 AND state = 'pool_open')";
    INSERT_IDENTITY = "INSERT INTO nomination_identities (county, edition, nomination, name, id_card, phone)
                       VALUES ($1, $2, $3, $4, $5, $6)";
    LIST = "SELECT n.id, n.source, n.unit, n.half, n.category, n.workplace, n.state, n.reason, n.version, n.member_id,
                   n.received_at, n.decided_by, n.decided_at, i.name, i.id_card, i.phone, i.salt
            FROM nominations n
            LEFT JOIN nomination_identities i
                   ON i.county = n.county AND i.edition = n.edition AND i.nomination = n.id
            WHERE n.county = $1 AND n.edition = $2 ORDER BY n.received_at, n.id";
    FIND = "SELECT n.id, n.source, n.unit, n.half, n.category, n.workplace, n.state, n.reason, n.version, n.member_id,
                   n.received_at, n.decided_by, n.decided_at, i.name, i.id_card, i.phone, i.salt
            FROM nominations n
            LEFT JOIN nomination_identities i
                   ON i.county = n.county AND i.edition = n.edition AND i.nomination = n.id
            WHERE n.county = $1 AND n.edition = $2 AND n.id = $3";
    FIND_BY_CODE = "SELECT n.id, n.source, n.unit, n.half, n.category, n.workplace, n.state, n.reason, n.version,
                           n.member_id, n.received_at, n.decided_by, n.decided_at, i.name, i.id_card, i.phone, i.salt
                    FROM nominations n
                    LEFT JOIN nomination_identities i
                           ON i.county = n.county AND i.edition = n.edition AND i.nomination = n.id
                    WHERE n.county = $1 AND n.edition = $2 AND n.code_hash = $3";
    COUNT = "SELECT count(*) AS number FROM nominations WHERE county = $1 AND edition = $2";
    DECIDE = "UPDATE nominations SET state = $5, reason = $6, decided_by = $7, decided_at = $8, version = version + 1
              WHERE county = $1 AND edition = $2 AND id = $3 AND version = $4
                AND EXISTS (SELECT 1 FROM editions WHERE county = $1 AND id = $2 AND state = 'pool_open')";
    CORRECT = "UPDATE nominations SET source = $5, unit = $6, half = $7, category = $8, workplace = $9,
                                      state = 'waiting', reason = NULL, version = version + 1
               WHERE county = $1 AND edition = $2 AND id = $3 AND version = $4 AND state = 'returned'
                 AND EXISTS (SELECT 1 FROM editions WHERE county = $1 AND id = $2 AND state = 'pool_open')";
    CORRECT_IDENTITY = "UPDATE nomination_identities SET name = $4, id_card = $5, phone = $6
                        WHERE county = $1 AND edition = $2 AND nomination = $3
                          AND EXISTS (SELECT 1 FROM editions WHERE county = $1 AND id = $2 AND state = 'pool_open')";
    CLEAR_MEMBERS = "UPDATE nominations SET member_id = NULL WHERE county = $1 AND edition = $2
                     AND EXISTS (SELECT 1 FROM editions WHERE county = $1 AND id = $2 AND state = 'pool_open')";
    CLEAR_SALTS = "UPDATE nomination_identities SET salt = NULL WHERE county = $1 AND edition = $2
                   AND EXISTS (SELECT 1 FROM editions WHERE county = $1 AND id = $2 AND state = 'pool_open')";
    SET_MEMBER = "UPDATE nominations SET member_id = $4
                  WHERE county = $1 AND edition = $2 AND id = $3 AND state = 'approved'
                    AND EXISTS (SELECT 1 FROM editions WHERE county = $1 AND id = $2 AND state = 'pool_open')";
    SET_SALT = "UPDATE nomination_identities SET salt = $4 WHERE county = $1 AND edition = $2 AND nomination = $3
                  AND EXISTS (SELECT 1 FROM editions WHERE county = $1 AND id = $2 AND state = 'pool_open')";
    ERASE = "DELETE FROM nomination_identities WHERE county = $1 AND edition = $2";
    ERASE_TEXTS = "UPDATE nominations SET unit = '', workplace = '', code_hash = NULL,
                          reason = CASE WHEN reason IS NULL THEN NULL ELSE '' END
                   WHERE county = $1 AND edition = $2";
}

/// Adds a nomination in the state [`NominationState::Waiting`]. A code that is in use is
/// [`StoreError::UniqueViolation`].
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    new: &Nomination,
    code_hash: Option<&str>,
) -> Result<(), StoreError> {
    let entry = &new.entry;
    let result = sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(new.id.as_str())
        .bind(entry.source.as_str())
        .bind(&entry.unit)
        .bind(entry.half.letter())
        .bind(&entry.category)
        .bind(&entry.workplace)
        .bind(code_hash)
        .bind(time_text(new.received_at))
        .execute(&mut *tx)
        .await?;
    must_change_one(&result)?;
    if let Some(identity) = &new.identity {
        sqlx::query(INSERT_IDENTITY)
            .bind(county.as_str())
            .bind(edition.as_str())
            .bind(new.id.as_str())
            .bind(identity.name.expose())
            .bind(identity.id_card.expose())
            .bind(identity.phone.expose())
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// All nominations, in the order of their arrival.
pub async fn list(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<Vec<Nomination>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).bind(edition.as_str()).fetch_all(tx).await?;
    rows.iter().map(read).collect()
}

/// The nomination with this id.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    id: &NominationId,
) -> Result<Option<Nomination>, StoreError> {
    find_by(tx, FIND, county, edition, id.as_str()).await
}

/// The nomination whose code has this hash.
pub async fn find_by_code(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    code_hash: &str,
) -> Result<Option<Nomination>, StoreError> {
    find_by(tx, FIND_BY_CODE, county, edition, code_hash).await
}

/// How many nominations there are.
pub async fn count(tx: &mut Connection, county: &CountyId, edition: &EditionId) -> Result<u32, StoreError> {
    let row = sqlx::query(COUNT).bind(county.as_str()).bind(edition.as_str()).fetch_one(tx).await?;
    Row::new("nominations", &row).number("number")
}

/// A decision about a nomination.
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a> {
    /// The state that it leads to.
    pub to: NominationState,
    /// The reason given.
    pub reason: Option<&'a str>,
    /// Who decided.
    pub by: &'a AccountId,
    /// When.
    pub at: Timestamp,
}

/// Writes a decision down. The nomination must have this version.
pub async fn decide(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    (id, version): (&NominationId, u32),
    decided: Decided<'_>,
) -> Result<(), StoreError> {
    let result = sqlx::query(DECIDE)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(id.as_str())
        .bind(i64::from(version))
        .bind(decided.to.as_str())
        .bind(decided.reason)
        .bind(decided.by.as_str())
        .bind(time_text(decided.at))
        .execute(tx)
        .await?;
    must_change_one(&result)
}

/// Replaces a returned nomination, which must have this version, by the corrected one.
pub async fn correct(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    (id, version): (&NominationId, u32),
    entry: &Entry,
    identity: &Identity,
) -> Result<(), StoreError> {
    let result = sqlx::query(CORRECT)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(id.as_str())
        .bind(i64::from(version))
        .bind(entry.source.as_str())
        .bind(&entry.unit)
        .bind(entry.half.letter())
        .bind(&entry.category)
        .bind(&entry.workplace)
        .execute(&mut *tx)
        .await?;
    must_change_one(&result)?;
    let result = sqlx::query(CORRECT_IDENTITY)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(id.as_str())
        .bind(identity.name.expose())
        .bind(identity.id_card.expose())
        .bind(identity.phone.expose())
        .execute(tx)
        .await?;
    must_change_one(&result)
}

/// Takes all ids in the pool and all salts back, before new ones are given.
pub async fn clear_members(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<(), StoreError> {
    for statement in [CLEAR_MEMBERS, CLEAR_SALTS] {
        sqlx::query(statement).bind(county.as_str()).bind(edition.as_str()).execute(&mut *tx).await?;
    }
    Ok(())
}

/// Gives an approved person an id in the pool and a salt.
pub async fn set_member(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    id: &NominationId,
    member: &MemberId,
    salt: &Salt,
) -> Result<(), StoreError> {
    for (statement, value) in [(SET_MEMBER, member.as_str()), (SET_SALT, salt.expose())] {
        let result = sqlx::query(statement)
            .bind(county.as_str())
            .bind(edition.as_str())
            .bind(id.as_str())
            .bind(value)
            .execute(&mut *tx)
            .await?;
        must_change_one(&result)?;
    }
    Ok(())
}

/// Erases who all these people are, and answers how many they were.
pub async fn erase_identities(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<u64, StoreError> {
    sqlx::query(ERASE_TEXTS).bind(county.as_str()).bind(edition.as_str()).execute(&mut *tx).await?;
    let result = sqlx::query(ERASE).bind(county.as_str()).bind(edition.as_str()).execute(tx).await?;
    Ok(result.rows_affected())
}

async fn find_by(
    tx: &mut Connection,
    statement: &'static str,
    county: &CountyId,
    edition: &EditionId,
    key: &str,
) -> Result<Option<Nomination>, StoreError> {
    let row = sqlx::query(statement)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(key)
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<Nomination, StoreError> {
    let identity = read_identity(Row::new("nomination_identities", row))?;
    let row = Row::new("nominations", row);
    let half = Half::from_letter(&row.text("half")?);
    Ok(Nomination {
        id: row.parsed("id")?,
        entry: Entry {
            source: row.parsed("source")?,
            unit: row.text("unit")?,
            half: half.ok_or(StoreError::Inconsistency { table: "nominations", column: "half" })?,
            category: row.text("category")?,
            workplace: row.text("workplace")?,
        },
        state: row.parsed("state")?,
        reason: row.optional_text("reason")?,
        version: row.number("version")?,
        member_id: row.optional_parsed("member_id")?,
        received_at: row.parsed("received_at")?,
        decided_by: row.optional_parsed("decided_by")?,
        decided_at: row.optional_parsed("decided_at")?,
        identity,
    })
}

fn read_identity(row: Row<'_>) -> Result<Option<Identity>, StoreError> {
    let wrong = |column| StoreError::Inconsistency { table: "nomination_identities", column };
    let Some(name) = row.optional_text("name")? else { return Ok(None) };
    let salt = row.optional_text("salt")?;
    Ok(Some(Identity {
        name: PersonName::parse(&name).map_err(|_| wrong("name"))?,
        id_card: IdCardNumber::parse(&row.text("id_card")?).map_err(|_| wrong("id_card"))?,
        phone: Phone::parse(&row.text("phone")?).map_err(|_| wrong("phone"))?,
        salt: salt.map(|salt| Salt::parse(&salt).map_err(|_| wrong("salt"))).transpose()?,
    }))
}

#[cfg(test)]
mod tests;
