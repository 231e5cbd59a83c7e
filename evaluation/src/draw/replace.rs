//! Who is called when a representative cannot come (draw specification §6, "Replacement").

use std::collections::BTreeSet;

use super::{
    canon::{self, Kind, TextError, Version},
    further::FeatureQuota,
    quota::Bound,
    select::{DrawResult, Ranked},
};
use crate::pool::{Category, Half, MemberId, PerHalf};

/// Why a list of absences or replacements cannot be taken. Lines are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[expect(missing_docs, reason = "the fields are the line or the id that the variant is about")]
pub enum ReplaceError {
    /// A line is not what must stand there.
    Line { line: usize },
    /// The person has no seat: not drawn, not called yet, or gone already.
    NoSeat { id: MemberId },
    /// Not a text file of a draw.
    Text(TextError),
    /// Nobody in the pool has this id.
    Unknown { id: MemberId },
}

/// Everybody who was absent, in the order in which the absences were approved. An alternate who was called and declines
/// is a later line of the same list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Absences(pub Vec<MemberId>);

/// Who was called for each absence, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replacements(pub Vec<Replacement>);

/// One absence and who was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The half of both.
    pub half: Half,
    /// The person who lost the seat.
    pub absent: MemberId,
    /// The person who got it; `None` if nobody could be called.
    pub called: Option<MemberId>,
}

/// Who holds the seats, from the draw up to the start of the poll.
#[derive(Clone, Debug)]
pub struct Seating<'a> {
    result: &'a DrawResult,
    seats: PerHalf<BTreeSet<&'a MemberId>>,
    gone: BTreeSet<&'a MemberId>,
}

impl<'a> Seating<'a> {
    /// The seats as drawn.
    #[must_use]
    pub fn new(result: &'a DrawResult) -> Self {
        let seats = PerHalf::from_fn(|half| result.selected(half).map(|person| &person.id).collect());
        Self { result, seats, gone: BTreeSet::new() }
    }

    /// Takes the seat of `id` and calls the next alternate of the same half. If the absence puts a category under its
    /// floor, only people of such a category are called; otherwise the first whose category is below its ceiling. Nobody
    /// returns after being replaced.
    ///
    /// With further quotas, the first of these people is called who leaves none of them further outside its bounds than it
    /// was before the absence; if there is nobody like that, the least important quotas are dropped one by one, for this
    /// call only, until there is (`docs/public-draw-2.md`).
    ///
    /// # Errors
    /// If `id` is not in the pool or has no seat.
    pub fn replace(&mut self, id: &MemberId) -> Result<Replacement, ReplaceError> {
        let (half, person) = self.result.find(id).ok_or_else(|| ReplaceError::Unknown { id: id.clone() })?;
        let before = self.feature_counts();
        if !self.seats.of_mut(half).remove(id) {
            return Err(ReplaceError::NoSeat { id: id.clone() });
        }
        self.gone.insert(&person.id);
        let called = self.next(half, &before);
        if let Some(called) = called {
            self.seats.of_mut(half).insert(called);
        }
        Ok(Replacement { half, absent: id.clone(), called: called.cloned() })
    }

    /// Replaces all these people, one after the other.
    ///
    /// # Errors
    /// If somebody is absent who has no seat at that moment; those before have been replaced then.
    pub fn replace_all(&mut self, absences: &Absences) -> Result<Replacements, ReplaceError> {
        Ok(Replacements(absences.0.iter().map(|id| self.replace(id)).collect::<Result<_, _>>()?))
    }

    /// The people of a half who hold a seat now, by rank.
    pub fn representatives(&self, half: Half) -> impl Iterator<Item = &'a Ranked> {
        let ranking = self.result.ranking(half).iter();
        ranking.filter(move |person| self.seats.of(half).contains(&person.id))
    }

    /// How many of the people who hold a seat now each further quota counts, in the order of [`DrawResult::features`].
    #[must_use]
    pub fn feature_counts(&self) -> Vec<usize> {
        let mut counts = vec![0_usize; self.result.features().len()];
        for id in self.seats.a.iter().chain(&self.seats.b) {
            for &feature in self.result.counted(id) {
                if let Some(count) = counts.get_mut(feature) {
                    *count = count.saturating_add(1);
                }
            }
        }
        counts
    }

    /// The person to be called, where `before` are the feature counts before the absence.
    fn next(&self, half: Half, before: &[usize]) -> Option<&'a MemberId> {
        let below = |limit: fn(&Bound) -> usize| -> BTreeSet<&Category> {
            let bounds = self.result.bounds(half).iter();
            let below = bounds.filter(|(category, bound)| self.count(half, category) < limit(bound));
            below.map(|(category, _)| category).collect()
        };
        let under_floor = below(|bound| bound.min);
        let open = if under_floor.is_empty() { below(|bound| bound.max) } else { under_floor };
        let candidates: Vec<&Ranked> = self
            .result
            .ranking(half)
            .iter()
            .filter(|person| !self.seats.of(half).contains(&person.id) && !self.gone.contains(&person.id))
            .filter(|person| open.contains(&person.category))
            .collect();
        // A person worsens some quotas; the first of them tells how many of the most important are kept.
        let now = self.feature_counts();
        let kept = |person: &&&Ranked| self.first_worsened(&person.id, before, &now);
        // `max_by_key` gives the last of equals, so the ranking is gone through from its end.
        candidates.iter().rev().max_by_key(kept).map(|person| &person.id)
    }

    /// How many of the further quotas, from the most important on, are no further outside their bounds than before the
    /// absence if `id` is called.
    fn first_worsened(&self, id: &MemberId, before: &[usize], now: &[usize]) -> usize {
        let counted = self.result.counted(id);
        let keeps = |(((quota, before), now), feature): (((&FeatureQuota, &usize), &usize), usize)| {
            let after = now.saturating_add(usize::from(counted.contains(&feature)));
            quota.distance(after) <= quota.distance(*before)
        };
        self.result.features().iter().zip(before).zip(now).zip(0..).take_while(|each| keeps(*each)).count()
    }

    fn count(&self, half: Half, category: &Category) -> usize {
        self.representatives(half).filter(|person| person.category == *category).count()
    }
}

impl Absences {
    /// `absences.tsv` of a draw of this version.
    #[must_use]
    pub fn to_tsv(&self, version: Version) -> String {
        let mut text = Kind::Absences.first_line_of(version);
        for id in &self.0 {
            canon::push_line(&mut text, &[id.as_str()]);
        }
        text
    }

    /// Reads the published `absences.tsv` of a draw of this version: one id a line.
    ///
    /// # Errors
    /// The first line that is no id.
    pub fn from_tsv(bytes: &[u8], version: Version) -> Result<Self, ReplaceError> {
        let lines = canon::read_version(bytes, Kind::Absences, version)?;
        let ids = lines.iter().map(|line| match *line.cells.as_slice() {
            [id] => id.parse().map_err(|_| ReplaceError::Line { line: line.number }),
            _ => Err(ReplaceError::Line { line: line.number }),
        });
        Ok(Self(ids.collect::<Result<_, _>>()?))
    }
}

impl Replacements {
    /// `replacements.tsv` of a draw of this version.
    #[must_use]
    pub fn to_tsv(&self, version: Version) -> String {
        let mut text = Kind::Replacements.first_line_of(version);
        for Replacement { half, absent, called } in &self.0 {
            let called = called.as_ref().map_or("-", MemberId::as_str);
            canon::push_line(&mut text, &[half.letter(), absent.as_str(), called]);
        }
        text
    }

    /// Reads the published `replacements.tsv` of a draw of this version. What it says is checked by computing it again with [`Seating::replace_all`].
    ///
    /// # Errors
    /// The first line that is not half, id and id or `-`.
    pub fn from_tsv(bytes: &[u8], version: Version) -> Result<Self, ReplaceError> {
        let lines = canon::read_version(bytes, Kind::Replacements, version)?;
        let replacements = lines.iter().map(|line| {
            let read = || {
                let [half, absent, called] = *line.cells.as_slice() else { return None };
                let called = if called == "-" { None } else { Some(called.parse().ok()?) };
                Some(Replacement { half: Half::from_letter(half)?, absent: absent.parse().ok()?, called })
            };
            read().ok_or(ReplaceError::Line { line: line.number })
        });
        Ok(Self(replacements.collect::<Result<_, _>>()?))
    }
}

impl From<TextError> for ReplaceError {
    fn from(error: TextError) -> Self {
        Self::Text(error)
    }
}

impl ReplaceError {
    /// The error in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Line { line } => format!("第 {line} 行的格式不对。"),
            Self::NoSeat { id } => format!("{id} 没有席位：未被抽中、尚未递补，或已被替换。"),
            Self::Text(error) => error.zh(),
            Self::Unknown { id } => format!("名单中没有 {id}。"),
        }
    }

    /// The error in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Line { line } => format!("line {line} has not the right form"),
            Self::NoSeat { id } => {
                format!("{id} has no seat: not drawn, not called yet, or replaced already")
            }
            Self::Text(error) => error.en(),
            Self::Unknown { id } => format!("there is no {id} in the pool"),
        }
    }
}
