//! The ceremonies of the draw, as far as each has come. Void ones and rehearsals stay listed (draw specification §5).

use std::collections::BTreeMap;
use std::sync::Arc;

use evaluation::draw::announce::Announcement;
use evaluation::draw::ceremony::Commitments;
use evaluation::draw::replace::{Replacement, Replacements};
use evaluation::draw::seed::CompleteTranscript;
use evaluation::draw::select::{DrawResult, Ranked, Status};
use evaluation::hash::Sha256Hash;
use evaluation::pool::{Half, MemberId, PerHalf, Pool};
use jiff::Timestamp;

use super::{Context, ServiceError, Year, latest_year};
use crate::domain::{DrawState, Purpose};
use crate::service::draw::{Chances, Envelope, chances, commitments, envelopes, files, recompute};
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
    /// When.
    pub announced_at: Timestamp,
    /// How many people each half of the pool has.
    pub pool: PerHalf<usize>,
    /// Everybody's chances under the announcement.
    pub chances: Arc<Chances>,
    /// The masked names (张*三) that the pool's column `name` gives; none that are written out.
    pub names: BTreeMap<MemberId, String>,
    /// The commitments, party 1 first; empty until the list is closed.
    pub commitments: Vec<String>,
    /// Whether each party's envelope opens its commitment, party 1 first; `None` where that is not known.
    pub envelopes: Vec<Option<bool>>,
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

impl PublicDraw {
    /// The hash that was read out when the list of commitments closed: that of the first lines of the transcript.
    #[must_use]
    pub fn closing_hash(&self) -> Option<Sha256Hash> {
        let mut list = Commitments::open(&self.announcement);
        for (commitment, party) in self.commitments.iter().zip(1..) {
            list.record(party, commitment.parse().ok()?).ok()?;
        }
        list.close().ok().map(|closed| closed.hash())
    }
}

impl Drawn {
    /// How the person lost the seat and who was called; `None` for whoever never lost one.
    #[must_use]
    pub fn absence_of(&self, id: &MemberId) -> Option<&Replacement> {
        self.replacements.iter().find(|replacement| replacement.absent == *id)
    }

    /// Whether the person was called for somebody who is absent.
    #[must_use]
    pub fn is_called(&self, id: &MemberId) -> bool {
        self.replacements.iter().any(|replacement| replacement.called.as_ref() == Some(id))
    }

    /// The people of a half who hold a seat now, by rank.
    pub fn representatives(&self, half: Half) -> impl Iterator<Item = &Ranked> {
        self.result.ranking(half).iter().filter(|person| {
            let has_had_a_seat = person.status == Status::Selected || self.is_called(&person.id);
            has_had_a_seat && self.absence_of(&person.id).is_none()
        })
    }
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

/// One ceremony of the latest year.
///
/// # Errors
///
/// [`ServiceError::NotFound`] if there is none of this number.
pub async fn find(context: &Context, ceremony: u32) -> Result<(Year, PublicDraw), ServiceError> {
    let missing = || ServiceError::NotFound("draw");
    let mut tx = context.db.read().await?;
    let year = latest_year(&mut tx, context).await?.ok_or_else(missing)?;
    let draw = draws::find(&mut tx, &context.county, &year.edition.id, ceremony).await?;
    let draw = read(&draw.ok_or_else(missing)?)?;
    Ok((year, draw))
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
    // Until the list is closed, a commitment can still be replaced.
    let commitments = match draw.state {
        DrawState::Announced => Vec::new(),
        _ => commitments(draw)?,
    };
    Ok(PublicDraw {
        ceremony: draw.ceremony,
        purpose: draw.purpose,
        state: draw.state,
        void_reason: draw.void_reason.clone(),
        pool: pool.sizes(),
        chances: chances(&announcement, &pool)?,
        commitments: commitments.into_iter().flatten().map(|hash| hash.to_string()).collect(),
        envelopes: envelopes(draw, &announcement)?.iter().map(Envelope::opens).collect(),
        dice: draw.dice.clone(),
        drawn: read_drawn(draw, &announcement)?,
        absences: Vec::new(),
        files: files(draw).into_keys().collect(),
        announcement,
        announced_at: draw.announced_at,
        names: masked_names(&pool),
    })
}

/// Only masked names are shown, whatever the pool holds.
fn masked_names(pool: &Pool) -> BTreeMap<MemberId, String> {
    let name = |member| pool.cell(member, "name").filter(|name| name.contains('*'));
    let named =
        pool.members().iter().filter_map(|member| Some((member.id().clone(), name(member)?.to_owned())));
    named.collect()
}

fn read_drawn(draw: &draws::Draw, announcement: &Announcement) -> Result<Option<Drawn>, ServiceError> {
    let (DrawState::Drawn, Some(seed)) = (draw.state, &draw.seed) else { return Ok(None) };
    let transcript =
        CompleteTranscript::from_tsv(seed.as_bytes(), announcement).map_err(ServiceError::contradiction)?;
    let (_, result) = recompute(draw)?;
    let read = |text: &str| Replacements::from_tsv(text.as_bytes(), announcement.version());
    let replacements = draw.replacements.as_deref().map(read);
    let replacements = replacements.transpose().map_err(ServiceError::contradiction)?;
    Ok(Some(Drawn {
        result,
        opened: transcript.reveals().iter().map(Option::is_some).collect(),
        public_value: transcript.public_value().map(str::to_owned),
        replacements: replacements.map(|list| list.0).unwrap_or_default(),
    }))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs;

    use evaluation::draw::replace::{Absences, Seating};
    use evaluation::draw::select::conduct;

    use super::*;

    const VECTOR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/draw/vectors/v2_300");

    fn file(name: &str) -> String {
        fs::read_to_string(format!("{VECTOR}/{name}.tsv")).unwrap()
    }

    /// The draw of the vector `v2_300`, with its four absences.
    pub(crate) fn vector() -> PublicDraw {
        let pool = Pool::from_tsv(file("pool").as_bytes()).unwrap();
        let announcement = Announcement::from_tsv(file("announce").as_bytes()).unwrap();
        let transcript = CompleteTranscript::from_tsv(file("seed").as_bytes(), &announcement).unwrap();
        let result = conduct(&pool, &announcement, &transcript).unwrap();
        let absent = file("absences").lines().skip(1).map(|id| id.parse().unwrap()).collect();
        let replacements = Seating::new(&result).replace_all(&Absences(absent)).unwrap().0;
        PublicDraw {
            ceremony: 1,
            purpose: Purpose::Real,
            state: DrawState::Drawn,
            void_reason: None,
            announced_at: Timestamp::UNIX_EPOCH,
            pool: pool.sizes(),
            chances: chances(&announcement, &pool).unwrap(),
            names: masked_names(&pool),
            commitments: transcript.commitments().iter().map(Sha256Hash::to_string).collect(),
            absences: Vec::new(),
            envelopes: vec![Some(true); 3],
            dice: Some(transcript.dice().to_owned()),
            drawn: Some(Drawn { result, opened: vec![true; 3], public_value: None, replacements }),
            files: Vec::new(),
            announcement,
        }
    }

    #[test]
    fn the_hash_read_out_at_closing_is_that_of_the_first_lines_of_the_transcript() {
        let draw = vector();
        let lines: String = file("seed").split_inclusive('\n').take(5).collect();
        assert_eq!(draw.closing_hash(), Some(Sha256Hash::of(lines)));
        assert_eq!(PublicDraw { commitments: Vec::new(), ..draw }.closing_hash(), None);
    }

    #[test]
    fn whoever_left_a_seat_is_no_representative_and_whoever_was_called_is() {
        let drawn = vector().drawn.unwrap();
        let ids = |half| drawn.representatives(half).map(|person| person.id.as_str()).collect::<Vec<_>>();
        let (a, b) = (ids(Half::A), ids(Half::B));
        assert_eq!((a.len(), b.len()), (50, 50));
        assert!(a.contains(&"P051") && !a.contains(&"P124"));
        assert!(b.contains(&"P215") && !b.contains(&"P207") && !b.contains(&"P279"), "P207 declined");
    }

    #[test]
    fn only_masked_names_are_taken_from_the_pool() {
        let pool = "public-draw/1\tpool\nid\thalf\tcategory\tname\nP1\tA\tc\t张*三\nP2\tA\tc\t李四\n";
        let names = masked_names(&Pool::from_tsv(pool.as_bytes()).unwrap());
        assert_eq!(names.values().collect::<Vec<_>>(), ["张*三"]);
    }
}
