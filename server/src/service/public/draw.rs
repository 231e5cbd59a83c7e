//! The ceremonies of the draw, as far as each has come. Void ones and rehearsals stay listed (draw specification §5).

use evaluation::draw::announce::Announcement;
use evaluation::draw::replace::{Replacement, Replacements};
use evaluation::draw::seed::CompleteTranscript;
use evaluation::draw::select::{DrawResult, conduct};
use evaluation::pool::{PerHalf, Pool};

use super::{Context, ServiceError, Year, latest_year};
use crate::domain::{DrawState, Purpose};
use crate::service::draw::files;
use crate::store::absences::{self, Absence};
use crate::store::draws;

/// One ceremony.
#[derive(Clone, Debug)]
pub struct PublicDraw {
    /// Its number, from 1.
    pub ceremony: u32,
    /// Whether it counts.
    pub purpose: Purpose,
    /// Where it stands.
    pub state: DrawState,
    /// Why it is void.
    pub void_reason: Option<String>,
    /// What was announced before any randomness existed.
    pub announcement: Announcement,
    /// How many people each half of the pool has.
    pub pool: PerHalf<usize>,
    /// The commitments, party 1 first; empty until the list is closed.
    pub commitments: Vec<String>,
    /// The digits thrown.
    pub dice: Option<String>,
    /// Seed and representatives.
    pub drawn: Option<Drawn>,
    /// Who lost a seat after the draw, why, and who was called, in the order of approval.
    pub absences: Vec<Absence>,
    /// The names of the files to download.
    pub files: Vec<String>,
}

/// What a completed draw brought forth.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Everybody's rank, ticket and status; ids, no names.
    pub result: DrawResult,
    /// Whether each party's envelope opened its commitment, party 1 first.
    pub opened: Vec<bool>,
    /// The value of the public source.
    pub public_value: Option<String>,
    /// Who was called for whom.
    pub replacements: Vec<Replacement>,
}

/// All ceremonies of the latest year, in order.
pub async fn list(context: &Context) -> Result<Option<(Year, Vec<PublicDraw>)>, ServiceError> {
    let mut tx = context.db.read().await?;
    let Some(year) = latest_year(&mut tx, context).await? else { return Ok(None) };
    let rows = draws::list(&mut tx, &context.county, &year.edition.id).await?;
    let mut ceremonies = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    for draw in &mut ceremonies {
        draw.absences = absences::list(&mut tx, &context.county, &year.edition.id, draw.ceremony).await?;
    }
    Ok(Some((year, ceremonies)))
}

/// A file of a ceremony, byte for byte; without a number, of the one that counts.
///
/// # Errors
///
/// [`ServiceError::NotFound`] if there is no such file, or not yet.
pub async fn file(context: &Context, ceremony: Option<u32>, name: &str) -> Result<Vec<u8>, ServiceError> {
    let missing = || ServiceError::NotFound("file");
    let mut tx = context.db.read().await?;
    let year = latest_year(&mut tx, context).await?.ok_or_else(missing)?;
    let draw = match ceremony {
        Some(number) => draws::find(&mut tx, &context.county, &year.edition.id, number).await?,
        None => draws::find_completed(&mut tx, &context.county, &year.edition.id).await?,
    };
    files(&draw.ok_or_else(missing)?).remove(name).ok_or_else(missing)
}

fn read(draw: &draws::Draw) -> Result<PublicDraw, ServiceError> {
    let pool = Pool::from_tsv(draw.pool.as_bytes()).map_err(ServiceError::contradiction)?;
    let announcement =
        Announcement::from_tsv(draw.announce.as_bytes()).map_err(ServiceError::contradiction)?;
    let commitments = draw.commitments.as_deref().unwrap_or("[]");
    Ok(PublicDraw {
        ceremony: draw.ceremony,
        purpose: draw.purpose,
        state: draw.state,
        void_reason: draw.void_reason.clone(),
        pool: pool.sizes(),
        commitments: serde_json::from_str(commitments).map_err(ServiceError::contradiction)?,
        dice: draw.dice.clone(),
        drawn: read_drawn(draw, &pool, &announcement)?,
        absences: Vec::new(),
        files: files(draw).into_keys().collect(),
        announcement,
    })
}

fn read_drawn(
    draw: &draws::Draw,
    pool: &Pool,
    announcement: &Announcement,
) -> Result<Option<Drawn>, ServiceError> {
    let (DrawState::Drawn, Some(seed)) = (draw.state, &draw.seed) else { return Ok(None) };
    let transcript =
        CompleteTranscript::from_tsv(seed.as_bytes(), announcement).map_err(ServiceError::contradiction)?;
    let result = conduct(pool, announcement, &transcript).map_err(ServiceError::contradiction)?;
    let replacements = draw.replacements.as_deref().map(|text| Replacements::from_tsv(text.as_bytes()));
    let replacements = replacements.transpose().map_err(ServiceError::contradiction)?;
    Ok(Some(Drawn {
        result,
        opened: transcript.reveals().iter().map(Option::is_some).collect(),
        public_value: transcript.public_value().map(str::to_owned),
        replacements: replacements.map(|list| list.0).unwrap_or_default(),
    }))
}
