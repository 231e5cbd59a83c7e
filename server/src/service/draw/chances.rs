//! The chances that an announcement leaves everybody, in plain numbers (draw specification §9).

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use evaluation::draw::announce::Announcement;
use evaluation::draw::chances::{
    Acceptance, Chance, Estimate, Outcomes, category_chances, half_chances, possible_outcomes, rehearse,
};
use evaluation::hash::Sha256Hash;
use evaluation::pool::{Category, Half, PerHalf, Pool};
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;

use crate::service::ServiceError;

/// Draws simulated where the rules do not settle a chance.
const TRIALS: u32 = 4_000;

/// Tries simulated with further quotas, of which few may meet them.
const TRIES: u32 = 40_000;

/// Every preview of an announcement adds one.
const MOST_KNOWN: usize = 64;

/// What is said of one category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CategoryChance {
    /// Settled by the rules.
    Exact(Chance),
    /// From a simulation.
    Estimated(Estimate),
}

/// The chances of a draw.
#[derive(Clone, Debug)]
pub struct Chances {
    /// Seats and people of each half.
    pub halves: PerHalf<Chance>,
    /// How many different sets of people can be drawn, further quotas left aside.
    pub outcomes: Outcomes,
    /// Each category, where there are quotas; empty without.
    pub categories: PerHalf<BTreeMap<Category, CategoryChance>>,
    /// How often a try meets the further quotas, if there are any.
    pub acceptance: Option<Acceptance>,
}

/// The chances under `announcement`, which names `pool`. A simulation starts from the announcement's hash, so that the same
/// announcement is always described by the same numbers; it is run once and remembered.
///
/// # Errors
/// If the pool cannot fulfil the terms.
pub fn chances(announcement: &Announcement, pool: &Pool) -> Result<Arc<Chances>, ServiceError> {
    static KNOWN: LazyLock<Mutex<BTreeMap<Sha256Hash, Arc<Chances>>>> = LazyLock::new(Mutex::default);
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let found = known().get(&announcement.hash()).cloned();
    if let Some(chances) = found {
        return Ok(chances);
    }
    let chances = Arc::new(compute(announcement, pool)?);
    let mut known = known();
    if known.len() >= MOST_KNOWN {
        known.clear();
    }
    known.insert(announcement.hash(), Arc::clone(&chances));
    drop(known);
    Ok(chances)
}

fn compute(announcement: &Announcement, pool: &Pool) -> Result<Chances, ServiceError> {
    let terms = announcement.terms();
    let impossible =
        |error: evaluation::draw::Infeasible| ServiceError::input("draw_entry", error.zh(), error.en());
    let mut exact = PerHalf::<BTreeMap<Category, Option<Chance>>>::default();
    for half in Half::ALL.into_iter().filter(|half| terms.quotas.iter().any(|quota| quota.half == *half)) {
        *exact.of_mut(half) = category_chances(pool, terms, half).map_err(impossible)?;
    }
    let has_further = terms.further_quotas.is_some();
    let is_open = Half::ALL.into_iter().any(|half| exact.of(half).values().any(Option::is_none));
    let rehearsal = if has_further || is_open {
        let mut rng = ChaCha20Rng::from_seed(*announcement.hash().as_bytes());
        let tries = if has_further { TRIES } else { TRIALS };
        Some(rehearse(pool, terms, &mut rng, tries, &mut |_| {}).map_err(impossible)?)
    } else {
        None
    };
    let categories = PerHalf::from_fn(|half| {
        let estimate = |category: &Category| {
            rehearsal.as_ref().and_then(|rehearsal| rehearsal.categories.of(half).get(category)).copied()
        };
        let all = exact.of(half).iter().filter_map(|(category, chance)| {
            let settled = chance.map(CategoryChance::Exact);
            let chance = settled.or_else(|| estimate(category).map(CategoryChance::Estimated))?;
            Some((category.clone(), chance))
        });
        all.collect()
    });
    Ok(Chances {
        halves: half_chances(pool, terms),
        outcomes: possible_outcomes(pool, terms).map_err(impossible)?,
        categories,
        acceptance: rehearsal.filter(|_| has_further).map(|rehearsal| rehearsal.acceptance),
    })
}
