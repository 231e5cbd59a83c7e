//! Tickets, ranking and selection (draw specification §6).

use std::collections::BTreeMap;

use super::{
    announce::Announcement,
    canon::{self, Kind, Version},
    further::{FeatureQuota, FurtherQuotas},
    quota::{Bounds, Infeasible},
    retry::{self, Retry},
    seed::{CompleteTranscript, Seed},
    tries::{Room, Tries},
};
use crate::{
    hash::Sha256Hash,
    pool::{Category, Half, MemberId, PerHalf, Pool},
};

/// The result of a draw: everybody's rank, ticket and status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawResult {
    seed: Seed,
    valid_reveals: usize,
    parties: usize,
    rankings: PerHalf<Vec<Ranked>>,
    bounds: PerHalf<Bounds>,
    further: Option<Further>,
}

/// What further quotas add to a result.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Further {
    retry: Retry,
    features: Vec<FeatureQuota>,
    /// Which further quotas count a person, by position; people whom none counts are left out.
    counted: BTreeMap<MemberId, Vec<usize>>,
}

/// One person of the pool in the ranking of a half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// The rank in the half, from 1: lower ticket, lower rank.
    pub rank: usize,
    /// The person's id.
    pub id: MemberId,
    /// The person's category.
    pub category: Category,
    /// The SHA-256 of the person's line.
    pub ticket: Sha256Hash,
    /// Drawn or not.
    pub status: Status,
}

/// Whether a person is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Drawn as a representative.
    Selected,
    /// The n-th alternate of the half, from 1.
    Alternate(usize),
}

/// Why no result can be computed from files that are each valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
pub enum DrawError {
    /// The pool cannot fulfil the announced terms.
    Infeasible(Infeasible),
    /// The transcript belongs to another announcement.
    OtherAnnouncement,
    /// The announcement names another pool.
    OtherPool,
    /// No try within the announced number met the further quotas: the draw is void.
    #[expect(missing_docs, reason = "the field is the number of tries")]
    RetryCapReached { cap: u32 },
}

/// Draws: ranks everybody by ticket and selects in each half, floors first, then filling up to the ceilings. With further
/// quotas, this is tried with one seed after the other until the people drawn meet them.
///
/// # Errors
/// If pool, announcement and transcript do not belong together, the pool cannot fulfil the terms, or no try within the
/// announced number meets the further quotas.
pub fn conduct(
    pool: &Pool,
    announcement: &Announcement,
    transcript: &CompleteTranscript,
) -> Result<DrawResult, DrawError> {
    conduct_with_progress(pool, announcement, transcript, &mut |_| ())
}

/// As [`conduct`]; `progress` is told now and then how many tries are done, out of
/// [`FurtherQuotas::retry_cap`].
///
/// # Errors
/// As [`conduct`].
pub fn conduct_with_progress(
    pool: &Pool,
    announcement: &Announcement,
    transcript: &CompleteTranscript,
    progress: &mut dyn FnMut(u32),
) -> Result<DrawResult, DrawError> {
    if announcement.terms().pool_sha256 != pool.hash() {
        return Err(DrawError::OtherPool);
    }
    if transcript.announce_sha256() != announcement.hash() {
        return Err(DrawError::OtherAnnouncement);
    }
    rank_and_select(pool, announcement, transcript, u32::MAX, progress)
}

/// As [`conduct`], whether or not the announcement names this pool, and with at most `limit` tries.
pub(super) fn rank_and_select(
    pool: &Pool,
    announcement: &Announcement,
    transcript: &CompleteTranscript,
    limit: u32,
    progress: &mut dyn FnMut(u32),
) -> Result<DrawResult, DrawError> {
    let terms = announcement.terms();
    let tries = Tries::new(pool, terms)?;
    let seed = transcript.seed();
    let search = |further: &FurtherQuotas| {
        let cap = further.retry_cap();
        retry::first(&tries, seed, cap.min(limit), progress).ok_or(DrawError::RetryCapReached { cap })
    };
    let retry = terms.further_quotas.as_ref().map(search).transpose()?;
    let mut room = tries.room();
    tries.run(retry.map_or(seed, |retry| retry.seed).hash(), &mut room);
    Ok(DrawResult {
        seed,
        valid_reveals: transcript.valid_reveals(),
        parties: terms.parties.len(),
        rankings: PerHalf::from_fn(|half| ranking(&tries, half, &room)),
        bounds: PerHalf { a: terms.bounds(pool, Half::A)?, b: terms.bounds(pool, Half::B)? },
        further: retry.map(|retry| Further {
            retry,
            features: terms.features().to_vec(),
            counted: counted(&tries, &room),
        }),
    })
}

fn ranking(tries: &Tries<'_>, half: Half, room: &Room) -> Vec<Ranked> {
    let mut alternates = 0_usize;
    let mut status = |seated| {
        if seated {
            return Status::Selected;
        }
        alternates = alternates.saturating_add(1);
        Status::Alternate(alternates)
    };
    tries
        .ranked(half, room)
        .zip(1..)
        .map(|((ticket, member, _, seated), rank)| Ranked {
            rank,
            id: member.id().clone(),
            category: member.category().clone(),
            ticket,
            status: status(seated),
        })
        .collect()
}

fn counted(tries: &Tries<'_>, room: &Room) -> BTreeMap<MemberId, Vec<usize>> {
    Half::ALL
        .into_iter()
        .flat_map(|half| tries.ranked(half, room))
        .filter(|(_, _, features, _)| !features.is_empty())
        .map(|(_, member, features, _)| (member.id().clone(), features.to_vec()))
        .collect()
}

/// The ticket of one person: anyone can compute it by hand with `printf` and `sha256sum`. The seed is
/// [`DrawResult::ticket_seed`].
#[must_use]
pub fn ticket(seed: &Seed, id: &MemberId) -> Sha256Hash {
    canon::hash_line("ticket", &[&seed.to_string(), id.as_str()])
}

impl DrawResult {
    /// The seed of the draw.
    #[must_use]
    pub const fn seed(&self) -> Seed {
        self.seed
    }

    /// The seed of the tickets: that of the draw, with further quotas that of the try which counts.
    #[must_use]
    pub fn ticket_seed(&self) -> Seed {
        self.retry().map_or(self.seed, |retry| retry.seed)
    }

    /// Which try counts; only in a draw with further quotas.
    #[must_use]
    pub fn retry(&self) -> Option<Retry> {
        self.further.as_ref().map(|further| further.retry)
    }

    /// The format of the draw's files.
    #[must_use]
    pub const fn version(&self) -> Version {
        if self.further.is_some() { Version::Two } else { Version::One }
    }

    /// The further quotas, the most important first; none in a `public-draw/1` draw.
    #[must_use]
    pub fn features(&self) -> &[FeatureQuota] {
        self.further.as_ref().map_or(&[], |further| &further.features)
    }

    /// Which of [`DrawResult::features`] count this person, by position.
    #[must_use]
    pub fn counted(&self, id: &MemberId) -> &[usize] {
        let counted = self.further.as_ref().and_then(|further| further.counted.get(id));
        counted.map_or(&[], Vec::as_slice)
    }

    /// Everybody of a half, by rank.
    #[must_use]
    pub fn ranking(&self, half: Half) -> &[Ranked] {
        self.rankings.of(half)
    }

    /// The people drawn from a half, by rank.
    pub fn selected(&self, half: Half) -> impl Iterator<Item = &Ranked> {
        self.ranking(half).iter().filter(|person| person.status == Status::Selected)
    }

    /// The alternates of a half, in the order in which they are called.
    pub fn alternates(&self, half: Half) -> impl Iterator<Item = &Ranked> {
        self.ranking(half).iter().filter(|person| person.status != Status::Selected)
    }

    /// The person with this id, and the half.
    #[must_use]
    pub fn find(&self, id: &MemberId) -> Option<(Half, &Ranked)> {
        Half::ALL.into_iter().find_map(|half| {
            let person = self.ranking(half).iter().find(|person| person.id == *id)?;
            Some((half, person))
        })
    }

    /// Floors and ceilings of each category of a half.
    #[must_use]
    pub const fn bounds(&self, half: Half) -> &Bounds {
        self.bounds.of(half)
    }

    /// `result.tsv`.
    #[must_use]
    pub fn to_tsv(&self) -> String {
        let mut text = Kind::Result.first_line_of(self.version());
        let mut line = |cells: &[&str]| canon::push_line(&mut text, cells);
        line(&["seed", &self.seed.to_string()]);
        line(&["reveals", &self.valid_reveals.to_string(), &self.parties.to_string()]);
        if let Some(Retry { t, seed }) = self.retry() {
            line(&["retry", &t.to_string(), &seed.to_string()]);
        }
        line(&["half", "rank", "id", "category", "ticket", "status"]);
        for half in Half::ALL {
            for Ranked { rank, id, category, ticket, status } in self.ranking(half) {
                let (rank, ticket, status) = (rank.to_string(), ticket.to_string(), status.to_string());
                line(&[half.letter(), &rank, id.as_str(), category.as_str(), &ticket, &status]);
            }
        }
        text
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Selected => f.write_str("SELECTED"),
            Self::Alternate(number) => write!(f, "ALT{number}"),
        }
    }
}

impl From<Infeasible> for DrawError {
    fn from(error: Infeasible) -> Self {
        Self::Infeasible(error)
    }
}

impl DrawError {
    /// The error in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Infeasible(error) => error.zh(),
            Self::OtherAnnouncement => "抽取记录指向的不是这份公告。".to_owned(),
            Self::OtherPool => "公告指向的不是这份名单，名单可能被改动过。".to_owned(),
            Self::RetryCapReached { cap } => format!(
                "按公告最多重抽 {cap} 次，没有一次满足全部其他名额规定：本次抽取无效。请放宽名额规定，以新的抽取编号重新公告。"
            ),
        }
    }

    /// The error in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Infeasible(error) => error.en(),
            Self::OtherAnnouncement => "the transcript names another announcement".to_owned(),
            Self::OtherPool => {
                "the announcement names another pool; this one may have been changed".to_owned()
            }
            Self::RetryCapReached { cap } => format!(
                "none of the announced {cap} tries meets all further quotas: the draw is void; announce wider quotas under a new draw id"
            ),
        }
    }
}
