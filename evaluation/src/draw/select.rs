//! Tickets, ranking and selection (draw specification §6).

use std::collections::{BTreeMap, BTreeSet};

use super::{
    announce::Announcement,
    canon::{self, Kind},
    quota::{Bound, Bounds, Infeasible},
    seed::{CompleteTranscript, Seed},
};
use crate::{
    hash::Sha256Hash,
    pool::{Category, Half, Member, MemberId, PerHalf, Pool},
};

/// The result of a draw: everybody's rank, ticket and status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawResult {
    seed: Seed,
    valid_reveals: usize,
    parties: usize,
    rankings: PerHalf<Vec<Ranked>>,
    bounds: PerHalf<Bounds>,
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
}

/// Draws: ranks everybody by ticket and selects in each half, floors first, then filling up to the ceilings.
///
/// # Errors
/// If pool, announcement and transcript do not belong together, or the pool cannot fulfil the terms.
pub fn conduct(
    pool: &Pool,
    announcement: &Announcement,
    transcript: &CompleteTranscript,
) -> Result<DrawResult, DrawError> {
    if announcement.terms().pool_sha256 != pool.hash() {
        return Err(DrawError::OtherPool);
    }
    if transcript.announce_sha256() != announcement.hash() {
        return Err(DrawError::OtherAnnouncement);
    }
    rank_and_select(pool, announcement, transcript).map_err(DrawError::Infeasible)
}

/// As [`conduct`], whether or not the announcement names this pool.
pub(super) fn rank_and_select(
    pool: &Pool,
    announcement: &Announcement,
    transcript: &CompleteTranscript,
) -> Result<DrawResult, Infeasible> {
    let terms = announcement.terms();
    let bounds = PerHalf { a: terms.bounds(pool, Half::A)?, b: terms.bounds(pool, Half::B)? };
    let seed = transcript.seed();
    let rankings = PerHalf::from_fn(|half| rank(pool, half, seed, *terms.take.of(half), bounds.of(half)));
    Ok(DrawResult {
        seed,
        valid_reveals: transcript.valid_reveals(),
        parties: terms.parties.len(),
        rankings,
        bounds,
    })
}

/// The ticket of one person: anyone can compute it by hand with `printf` and `sha256sum`.
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
        let mut text = Kind::Result.first_line();
        let mut line = |cells: &[&str]| canon::push_line(&mut text, cells);
        line(&["seed", &self.seed.to_string()]);
        line(&["reveals", &self.valid_reveals.to_string(), &self.parties.to_string()]);
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

impl DrawError {
    /// The error in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Infeasible(error) => error.zh(),
            Self::OtherAnnouncement => "抽取记录指向的不是这份公告。".to_owned(),
            Self::OtherPool => "公告指向的不是这份名单，名单可能被改动过。".to_owned(),
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
        }
    }
}

fn rank(pool: &Pool, half: Half, seed: Seed, take: usize, bounds: &Bounds) -> Vec<Ranked> {
    let mut order: Vec<(Sha256Hash, &Member)> =
        pool.half(half).map(|member| (ticket(&seed, member.id()), member)).collect();
    order.sort_by(|one, other| (one.0, one.1.id()).cmp(&(other.0, other.1.id())));
    let seats = select(&order, take, bounds);
    let mut alternates = 0_usize;
    let mut status = |id: &MemberId| {
        if seats.contains(id) {
            return Status::Selected;
        }
        alternates = alternates.saturating_add(1);
        Status::Alternate(alternates)
    };
    order
        .into_iter()
        .zip(1..)
        .map(|((ticket, member), rank)| Ranked {
            rank,
            id: member.id().clone(),
            category: member.category().clone(),
            ticket,
            status: status(member.id()),
        })
        .collect()
}

/// Goes down the ranking twice: first for people whose category is below its floor, then for people whose category is
/// below its ceiling, until `take` have a seat.
fn select<'a>(order: &[(Sha256Hash, &'a Member)], take: usize, bounds: &Bounds) -> BTreeSet<&'a MemberId> {
    let mut seats = BTreeSet::new();
    let mut counts: BTreeMap<&Category, usize> = BTreeMap::new();
    let passes: [fn(&Bound) -> usize; 2] = [|bound| bound.min, |bound| bound.max];
    for limit in passes {
        for (_, member) in order {
            let limit = bounds.get(member.category()).map_or(0, limit);
            let count = counts.entry(member.category()).or_default();
            if *count < limit && seats.len() < take && seats.insert(member.id()) {
                *count = count.saturating_add(1);
            }
        }
    }
    seats
}
