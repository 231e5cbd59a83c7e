//! The first try that meets the further quotas (`docs/public-draw-2.md`, draw specification §10 "Retry").

use rayon::prelude::*;

use super::{seed::Seed, tries::Tries};

/// How many tries are run between two reports of progress.
const CHUNK: u32 = 2048;

/// Which try of a `public-draw/2` draw counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The number of the try, from 0: so many before it did not meet the further quotas.
    pub t: u32,
    /// The seed of its tickets, `Seed::retry(t)`.
    pub seed: Seed,
}

/// The first of the tries 0, 1, …, `limit` − 1 that meets the further quotas. Tries are run side by side, but the lowest
/// number wins, so the answer is always the same. `progress` is told now and then how many tries are done.
pub(super) fn first(
    tries: &Tries<'_>,
    seed: Seed,
    limit: u32,
    progress: &mut dyn FnMut(u32),
) -> Option<Retry> {
    let mut start = 0_u32;
    while start < limit {
        let end = start.saturating_add(CHUNK).min(limit);
        let found = (start..end)
            .into_par_iter()
            .map_init(|| tries.room(), |room, t| tries.run(seed.retry(t).hash(), room).then_some(t))
            .find_first(Option::is_some)
            .flatten();
        if let Some(t) = found {
            return Some(Retry { t, seed: seed.retry(t) });
        }
        progress(end);
        start = end;
    }
    None
}
