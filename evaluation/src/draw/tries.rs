//! One try of a draw, made to be run many times: tickets, ranking and selection of both halves (draw specification §6).
//!
//! A draw is one try. With further quotas it is as many as it takes ([`retry`](super::retry)); an estimate is made from
//! thousands. So what belongs to the pool and the terms is prepared once, and a try writes only into a [`Room`].

use sha2::{Digest, Sha256};

use super::{
    announce::Terms,
    canon::PROTOCOL,
    further::FeatureQuota,
    quota::{Bound, Bounds, Infeasible},
};
use crate::{
    hash::Sha256Hash,
    pool::{Category, Half, Member, PerHalf, Pool},
};

/// A pool and terms, ready to be drawn from.
pub(super) struct Tries<'a> {
    sides: PerHalf<Side<'a>>,
    features: &'a [FeatureQuota],
}

/// One half of the pool.
struct Side<'a> {
    people: Vec<Person<'a>>,
    categories: Vec<&'a Category>,
    bounds: Vec<Bound>,
    take: usize,
}

/// One person, with everything that a try asks about.
struct Person<'a> {
    member: &'a Member,
    /// The end of the line whose hash is the ticket: the id and the line end.
    line_end: String,
    /// Which of the half's categories.
    category: usize,
    /// Which further quotas count this person.
    features: Vec<usize>,
}

/// Where a try is run; made once, used for many.
pub(super) struct Room {
    sides: PerHalf<SideRoom>,
    features: Vec<usize>,
}

/// The outcome of a try in one half.
#[derive(Default)]
struct SideRoom {
    /// Ticket and person, by rank.
    order: Vec<([u8; 32], usize)>,
    seated: Vec<bool>,
    /// How many of each category are drawn.
    counts: Vec<usize>,
}

impl<'a> Tries<'a> {
    /// Makes `pool` ready to be drawn from on these terms.
    ///
    /// # Errors
    /// If the pool cannot fulfil the quotas of categories, or has not a column or value of a further quota.
    pub(super) fn new(pool: &'a Pool, terms: &'a Terms) -> Result<Self, Infeasible> {
        terms.check_feasible(pool)?;
        let bounds = PerHalf { a: terms.bounds(pool, Half::A)?, b: terms.bounds(pool, Half::B)? };
        let features = terms.features();
        let sides =
            PerHalf::from_fn(|half| Side::new(pool, half, *terms.take.of(half), bounds.of(half), features));
        Ok(Self { sides, features })
    }

    /// Room for one try at a time.
    pub(super) fn room(&self) -> Room {
        Room {
            sides: PerHalf::from_fn(|_| SideRoom::default()),
            features: Vec::with_capacity(self.features.len()),
        }
    }

    /// Ranks everybody by the tickets of `seed` and selects in each half. Whether the further quotas are met as well is
    /// the answer; without further quotas they are.
    pub(super) fn run(&self, seed: Sha256Hash, room: &mut Room) -> bool {
        let start = Sha256::new_with_prefix(format!("{PROTOCOL}\tticket\t{seed}\t"));
        for half in Half::ALL {
            self.sides.of(half).run(&start, room.sides.of_mut(half));
        }
        if self.features.is_empty() {
            return true;
        }
        room.features.clear();
        room.features.resize(self.features.len(), 0);
        for half in Half::ALL {
            let (people, seated) = (&self.sides.of(half).people, &room.sides.of(half).seated);
            for (person, _) in people.iter().zip(seated).filter(|(_, seated)| **seated) {
                for &feature in &person.features {
                    add_one(&mut room.features, feature);
                }
            }
        }
        self.features.iter().zip(&room.features).all(|(quota, count)| quota.distance(*count) == 0)
    }

    /// The people of a half by rank: ticket, person, the further quotas that count the person, and whether drawn.
    pub(super) fn ranked<'b>(
        &'b self,
        half: Half,
        room: &'b Room,
    ) -> impl Iterator<Item = (Sha256Hash, &'a Member, &'b [usize], bool)> {
        let (side, room) = (self.sides.of(half), room.sides.of(half));
        room.order.iter().filter_map(|(ticket, index)| {
            let person = side.people.get(*index)?;
            let seated = room.seated.get(*index).is_some_and(|seated| *seated);
            Some((Sha256Hash::from_bytes(*ticket), person.member, person.features.as_slice(), seated))
        })
    }

    /// The categories of a half, in the order of [`Room::seats`].
    pub(super) fn categories(&self, half: Half) -> &[&'a Category] {
        &self.sides.of(half).categories
    }
}

impl Room {
    /// How many of each category of a half were drawn in the last try.
    pub(super) fn seats(&self, half: Half) -> &[usize] {
        &self.sides.of(half).counts
    }
}

impl<'a> Side<'a> {
    fn new(pool: &'a Pool, half: Half, take: usize, bounds: &Bounds, features: &[FeatureQuota]) -> Self {
        let positions: Vec<Option<usize>> = features
            .iter()
            .map(|quota| pool.columns().iter().position(|column| *column == quota.column))
            .collect();
        let mut categories: Vec<&'a Category> = pool.half(half).map(Member::category).collect();
        categories.sort_unstable();
        categories.dedup();
        let people = pool.half(half).map(|member| {
            let has = |(quota, position): (&FeatureQuota, &Option<usize>)| {
                position.and_then(|position| member.cells().get(position)) == Some(&quota.value)
            };
            let counted = features.iter().zip(&positions).zip(0..).filter(|(pair, _)| has(*pair));
            Person {
                member,
                line_end: format!("{}\n", member.id()),
                category: categories.binary_search(&member.category()).unwrap_or(usize::MAX),
                features: counted.map(|(_, feature)| feature).collect(),
            }
        });
        let people = people.collect();
        let none = Bound { min: 0, max: 0 };
        let bounds =
            categories.iter().map(|category| bounds.get(*category).copied().unwrap_or(none)).collect();
        Self { people, categories, bounds, take }
    }

    fn run(&self, start: &Sha256, room: &mut SideRoom) {
        room.order.clear();
        room.order.extend(self.people.iter().zip(0..).map(|(person, index)| {
            let mut hasher = start.clone();
            hasher.update(&person.line_end);
            (hasher.finalize().into(), index)
        }));
        // People stand in the order of their ids, so equal tickets would be ranked by id.
        room.order.sort_unstable();
        self.select(room);
    }

    /// Goes down the ranking twice: first for people whose category is below its floor, then for people whose category is
    /// below its ceiling, until enough have a seat.
    fn select(&self, room: &mut SideRoom) {
        room.seated.clear();
        room.seated.resize(self.people.len(), false);
        room.counts.clear();
        room.counts.resize(self.categories.len(), 0);
        let mut free = self.take;
        let passes: [fn(&Bound) -> usize; 2] = [|bound| bound.min, |bound| bound.max];
        for limit in passes {
            for (_, index) in &room.order {
                if free == 0 {
                    return;
                }
                let Some(category) = self.people.get(*index).map(|person| person.category) else { continue };
                let (Some(seated), Some(count), Some(bound)) =
                    (room.seated.get_mut(*index), room.counts.get_mut(category), self.bounds.get(category))
                else {
                    continue;
                };
                if !*seated && *count < limit(bound) {
                    *seated = true;
                    *count = count.saturating_add(1);
                    free = free.saturating_sub(1);
                }
            }
        }
    }
}

fn add_one(counts: &mut [usize], index: usize) {
    if let Some(count) = counts.get_mut(index) {
        *count = count.saturating_add(1);
    }
}
