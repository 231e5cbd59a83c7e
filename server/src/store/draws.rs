//! Ceremonies of the draw, numbered, void ones and rehearsals too (draw specification §5).

use jiff::Timestamp;

use super::{
    Connection, StoreError, statements,
    types::{Row, must_change_one, must_exist, time_text},
};
use crate::domain::{AccountId, CountyId, DrawState, EditionId, Purpose};

/// One ceremony. Texts are the files of the draw folder, byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct Draw {
    /// From 1, for each edition.
    pub ceremony: u32,
    /// `draw_id` of the announcement; unique in the edition.
    pub draw_id: String,
    /// Whether it counts.
    pub purpose: Purpose,
    /// Where it stands.
    pub state: DrawState,
    /// `pool.tsv`.
    pub pool: String,
    /// `announce.tsv`.
    pub announce: String,
    /// JSON list of commitments or nulls, in the order of the parties.
    pub commitments: Option<String>,
    /// The digits as the first clerk typed them, and that clerk.
    pub dice_first: Option<(String, AccountId)>,
    /// The digits thrown, once a second clerk agrees.
    pub dice: Option<String>,
    /// JSON list of what became of each envelope, in the order of the parties.
    pub envelopes: Option<String>,
    /// The value of the public source, or `-`.
    pub public_source: Option<String>,
    /// `seed.tsv`.
    pub seed: Option<String>,
    /// `result.tsv`.
    pub result: Option<String>,
    /// `absences.tsv`.
    pub absences: Option<String>,
    /// `replacements.tsv`.
    pub replacements: Option<String>,
    /// Why it is void; set exactly if it is.
    pub void_reason: Option<String>,
    /// In which state it was broken off; for void ones.
    pub voided_from: Option<DrawState>,
    /// When it was announced.
    pub announced_at: Timestamp,
}

/// Secrets stand in it, so little of it is ever printed.
impl std::fmt::Debug for Draw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { ceremony, draw_id, state, .. } = self;
        write!(f, "Draw({ceremony}, {draw_id}, {state})")
    }
}

statements! {
    INSERT = "INSERT INTO draws (county, edition, ceremony, draw_id, purpose, state, pool, announce, announced_at)
              VALUES ($1, $2, $3, $4, $5, 'announced', $6, $7, $8)";
    COUNT = "SELECT count(*) AS number FROM draws WHERE county = $1 AND edition = $2";
    FIND = "SELECT * FROM draws WHERE county = $1 AND edition = $2 AND ceremony = $3";
    FIND_COMPLETED = "SELECT * FROM draws WHERE county = $1 AND edition = $2 AND purpose = 'real' AND state = 'drawn'
                      ORDER BY ceremony DESC LIMIT 1";
    LIST = "SELECT * FROM draws WHERE county = $1 AND edition = $2 ORDER BY ceremony";
    UPDATE = "UPDATE draws SET state = $5, commitments = $6, dice_first = $7, dice_first_by = $8, dice = $9,
                               envelopes = $10, public_source = $11, seed = $12, result = $13, absences = $14,
                               replacements = $15, void_reason = $16, voided_from = $17
              WHERE county = $1 AND edition = $2 AND ceremony = $3 AND state = $4";
}

/// What an announcement fixes.
#[derive(Clone, Copy, Debug)]
pub struct Announcement<'a> {
    /// `draw_id`.
    pub draw_id: &'a str,
    /// Whether it counts.
    pub purpose: Purpose,
    /// `pool.tsv`.
    pub pool: &'a str,
    /// `announce.tsv`.
    pub announce: &'a str,
    /// When.
    pub announced_at: Timestamp,
}

/// Adds a ceremony in the state [`DrawState::Announced`] and answers its number. A `draw_id` that was used is
/// [`StoreError::UniqueViolation`].
pub async fn insert(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    announcement: Announcement<'_>,
) -> Result<u32, StoreError> {
    let row = sqlx::query(COUNT).bind(county.as_str()).bind(edition.as_str()).fetch_one(&mut *tx).await?;
    let ceremony = Row::new("draws", &row).number::<u32>("number")?.saturating_add(1);
    sqlx::query(INSERT)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(ceremony))
        .bind(announcement.draw_id)
        .bind(announcement.purpose.as_str())
        .bind(announcement.pool)
        .bind(announcement.announce)
        .bind(time_text(announcement.announced_at))
        .execute(tx)
        .await?;
    Ok(ceremony)
}

/// The ceremony with this number.
pub async fn find(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    ceremony: u32,
) -> Result<Option<Draw>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(ceremony))
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(|row| read(Row::new("draws", row))).transpose()
}

/// The ceremony with this number, which must exist.
pub async fn load(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    ceremony: u32,
) -> Result<Draw, StoreError> {
    must_exist("draws", find(tx, county, edition, ceremony).await?)
}

/// The completed real draw, whose representatives vote.
pub async fn find_completed(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<Option<Draw>, StoreError> {
    let row =
        sqlx::query(FIND_COMPLETED).bind(county.as_str()).bind(edition.as_str()).fetch_optional(tx).await?;
    row.as_ref().map(|row| read(Row::new("draws", row))).transpose()
}

/// All ceremonies, in order.
pub async fn list(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
) -> Result<Vec<Draw>, StoreError> {
    let rows = sqlx::query(LIST).bind(county.as_str()).bind(edition.as_str()).fetch_all(tx).await?;
    rows.iter().map(|row| read(Row::new("draws", row))).collect()
}

/// Stores what a ceremony gained, which must be in the state `from`. Number, id, purpose, pool and announcement
/// cannot change.
pub async fn update(
    tx: &mut Connection,
    county: &CountyId,
    edition: &EditionId,
    from: DrawState,
    draw: &Draw,
) -> Result<(), StoreError> {
    let result = sqlx::query(UPDATE)
        .bind(county.as_str())
        .bind(edition.as_str())
        .bind(i64::from(draw.ceremony))
        .bind(from.as_str())
        .bind(draw.state.as_str())
        .bind(draw.commitments.as_deref())
        .bind(draw.dice_first.as_ref().map(|(digits, _)| digits.as_str()))
        .bind(draw.dice_first.as_ref().map(|(_, clerk)| clerk.as_str()))
        .bind(draw.dice.as_deref())
        .bind(draw.envelopes.as_deref())
        .bind(draw.public_source.as_deref())
        .bind(draw.seed.as_deref())
        .bind(draw.result.as_deref())
        .bind(draw.absences.as_deref())
        .bind(draw.replacements.as_deref())
        .bind(draw.void_reason.as_deref())
        .bind(draw.voided_from.map(DrawState::as_str))
        .execute(tx)
        .await?;
    must_change_one(&result)
}

fn read(row: Row<'_>) -> Result<Draw, StoreError> {
    Ok(Draw {
        ceremony: row.number("ceremony")?,
        draw_id: row.text("draw_id")?,
        purpose: row.parsed("purpose")?,
        state: row.parsed("state")?,
        pool: row.text("pool")?,
        announce: row.text("announce")?,
        commitments: row.optional_text("commitments")?,
        dice_first: row.optional_text("dice_first")?.zip(row.optional_parsed("dice_first_by")?),
        dice: row.optional_text("dice")?,
        envelopes: row.optional_text("envelopes")?,
        public_source: row.optional_text("public_source")?,
        seed: row.optional_text("seed")?,
        result: row.optional_text("result")?,
        absences: row.optional_text("absences")?,
        replacements: row.optional_text("replacements")?,
        void_reason: row.optional_text("void_reason")?,
        voided_from: row.optional_parsed("voided_from")?,
        announced_at: row.parsed("announced_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        both_databases,
        clock::Clock as _,
        testing::{clock, context, insert_edition},
    };

    fn announcement(draw_id: &str, purpose: Purpose) -> Announcement<'_> {
        Announcement { draw_id, purpose, pool: "pool\n", announce: "announce\n", announced_at: clock().now() }
    }

    both_databases! {
        async fn ceremonies_are_numbered_and_void_ones_stay(db: Db) {
            let context = context(db, &clock());
            let (county, edition) = (&context.county, &insert_edition(&context).await.id);
            let mut tx = context.db.write().await.unwrap();
            let rehearsal = announcement("2020-0", Purpose::Rehearsal);
            assert_eq!(insert(&mut tx, county, edition, rehearsal).await.unwrap(), 1);
            let real = announcement("2020-1", Purpose::Real);
            assert_eq!(insert(&mut tx, county, edition, real).await.unwrap(), 2);
            let mut draw = load(&mut tx, county, edition, 2).await.unwrap();
            draw.state = DrawState::Void;
            draw.void_reason = Some("第2方信封与承诺不符".to_owned());
            update(&mut tx, county, edition, DrawState::Announced, &draw).await.unwrap();
            assert_eq!(
                insert(&mut tx, county, edition, announcement("2020-2", Purpose::Real)).await.unwrap(),
                3
            );
            let states: Vec<_> =
                list(&mut tx, county, edition).await.unwrap().iter().map(|draw| draw.state).collect();
            assert_eq!(states, [DrawState::Announced, DrawState::Void, DrawState::Announced]);
            assert_eq!(find_completed(&mut tx, county, edition).await.unwrap(), None);
        }

        async fn a_completed_draw_is_found_again_byte_for_byte(db: Db) {
            let context = context(db, &clock());
            let (county, edition) = (&context.county, &insert_edition(&context).await.id);
            let mut tx = context.db.write().await.unwrap();
            insert(&mut tx, county, edition, announcement("2020-1", Purpose::Real)).await.unwrap();
            let mut draw = load(&mut tx, county, edition, 1).await.unwrap();
            draw.state = DrawState::Drawn;
            draw.commitments = Some("[]".to_owned());
            draw.dice = Some("0".repeat(24));
            draw.dice_first = Some(("0".repeat(24), AccountId::generate(&mut context.rng())));
            draw.envelopes = Some("[]".to_owned());
            draw.public_source = Some("-".to_owned());
            draw.seed = Some("seed\n".to_owned());
            draw.result = Some("result\n".to_owned());
            let too_early = update(&mut tx, county, edition, DrawState::Thrown, &draw).await;
            assert!(matches!(too_early, Err(StoreError::RowsAffected { expected: 1, actual: 0 })));
            update(&mut tx, county, edition, DrawState::Announced, &draw).await.unwrap();
            assert_eq!(find_completed(&mut tx, county, edition).await.unwrap(), Some(draw));
        }

        async fn a_draw_id_is_used_once(db: Db) {
            let context = context(db, &clock());
            let (county, edition) = (&context.county, &insert_edition(&context).await.id);
            let mut tx = context.db.write().await.unwrap();
            insert(&mut tx, county, edition, announcement("2020-1", Purpose::Real)).await.unwrap();
            let again = insert(&mut tx, county, edition, announcement("2020-1", Purpose::Real)).await;
            assert!(matches!(again, Err(StoreError::UniqueViolation)));
        }
    }
}
