//! Chances that a simulation tells: draws with made-up seeds, run before announcing.

use std::collections::BTreeMap;

use rand::Rng;
use rayon::prelude::*;

use crate::{
    draw::{announce::Terms, quota::Infeasible, tries::Tries},
    hash::Sha256Hash,
    pool::{Category, Half, PerHalf, Pool},
};

/// How many tries are run between two reports of progress.
const CHUNK: u32 = 2048;

/// How often a try met the further quotas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// How many tries were run.
    pub tries: u32,
    /// How many of them met all further quotas.
    pub accepted: u32,
}

/// The chance of each person of a category, estimated: a fraction of whole numbers, with its standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// The seats that the category got in all trials together.
    pub seats: u64,
    /// The people of the category, counted once for each trial.
    pub people: u64,
    /// How many draws were simulated; with further quotas, how many tries met them.
    pub trials: u32,
    /// The standard error of `seats / people`, in millionths, rounded up.
    pub standard_error_millionths: u64,
}

/// What many draws with made-up seeds came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    /// How many tries met the further quotas; all, if there are none.
    pub acceptance: Acceptance,
    /// The chances by half and category, over the tries that met them; empty if none did.
    pub categories: PerHalf<BTreeMap<Category, Estimate>>,
}

/// Estimates how often a try meets the further quotas, from `tries` tries with seeds from `rng`. `progress` is told now and
/// then how many are done.
///
/// # Errors
/// If the pool cannot fulfil the quotas of categories, or has not a column or value of a further quota.
pub fn estimate_acceptance<R: Rng + ?Sized>(
    pool: &Pool,
    terms: &Terms,
    rng: &mut R,
    tries: u32,
    progress: &mut dyn FnMut(u32),
) -> Result<Acceptance, Infeasible> {
    Ok(rehearse(pool, terms, rng, tries, progress)?.acceptance)
}

/// As [`estimate_acceptance`], with the chances of each category.
///
/// # Errors
/// As [`estimate_acceptance`].
pub fn rehearse<R: Rng + ?Sized>(
    pool: &Pool,
    terms: &Terms,
    rng: &mut R,
    tries: u32,
    progress: &mut dyn FnMut(u32),
) -> Result<Rehearsal, Infeasible> {
    let prepared = Tries::new(pool, terms)?;
    let mut sums = Sums::default();
    let mut done = 0_u32;
    while done < tries {
        let size = tries.saturating_sub(done).min(CHUNK);
        let seeds: Vec<Sha256Hash> = (0..size).map(|_| random_seed(rng)).collect();
        let chunk = seeds
            .into_par_iter()
            .fold(
                || (prepared.room(), Sums::default()),
                |(mut room, mut sums), seed| {
                    if prepared.run(seed, &mut room) {
                        sums.add_try(|half| room.seats(half));
                    }
                    (room, sums)
                },
            )
            .map(|(_, sums)| sums)
            .reduce(Sums::default, |one, other| one.and(&other));
        sums = sums.and(&chunk);
        done = done.saturating_add(size);
        progress(done);
    }
    let categories = PerHalf::from_fn(|half| {
        let names = prepared.categories(half).iter().copied();
        let size = |name: &Category| pool.half(half).filter(|member| member.category() == name).count();
        let sums_of_half = sums.seats.of(half).iter();
        names
            .zip(sums_of_half)
            .map(|(name, sum)| (name.clone(), sum.estimate(size(name), sums.accepted)))
            .collect()
    });
    Ok(Rehearsal { acceptance: Acceptance { tries, accepted: sums.accepted }, categories })
}

fn random_seed<R: Rng + ?Sized>(rng: &mut R) -> Sha256Hash {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    Sha256Hash::from_bytes(bytes)
}

/// Sums over the accepted tries.
#[derive(Default)]
struct Sums {
    accepted: u32,
    seats: PerHalf<Vec<Sum>>,
}

/// The seats of one category: their sum, and the sum of their squares.
#[derive(Clone, Copy, Default)]
struct Sum {
    seats: u64,
    squares: u64,
}

impl Sums {
    fn add_try<'a>(&mut self, seats: impl Fn(Half) -> &'a [usize]) {
        self.accepted = self.accepted.saturating_add(1);
        for half in Half::ALL {
            let sums = self.seats.of_mut(half);
            for (&count, index) in seats(half).iter().zip(0_usize..) {
                if sums.len() <= index {
                    sums.push(Sum::default());
                }
                if let (Some(sum), Ok(count)) = (sums.get_mut(index), u64::try_from(count)) {
                    sum.seats = sum.seats.saturating_add(count);
                    sum.squares = sum.squares.saturating_add(count.saturating_mul(count));
                }
            }
        }
    }

    fn and(mut self, other: &Self) -> Self {
        self.accepted = self.accepted.saturating_add(other.accepted);
        for half in Half::ALL {
            let sums = self.seats.of_mut(half);
            let others = other.seats.of(half);
            sums.resize(sums.len().max(others.len()), Sum::default());
            for (sum, other) in sums.iter_mut().zip(others) {
                sum.seats = sum.seats.saturating_add(other.seats);
                sum.squares = sum.squares.saturating_add(other.squares);
            }
        }
        self
    }
}

impl Sum {
    /// The estimate for a category of `size` people. With T trials, sum S and squares Q, the variance of the mean number
    /// of seats is (T·Q − S²) / (T²·(T − 1)); one trial tells no variance, and counts as one seat.
    fn estimate(self, size: usize, trials: u32) -> Estimate {
        const MILLION: u128 = 1_000_000;
        let (size, count) = (u64::try_from(size).unwrap_or(u64::MAX), u128::from(trials));
        let (sum, squares) = (u128::from(self.seats), u128::from(self.squares));
        let spread = count.saturating_mul(squares).saturating_sub(sum.saturating_mul(sum));
        let divisor = count.saturating_mul(count).saturating_mul(count.saturating_sub(1));
        let divisor = divisor.saturating_mul(u128::from(size).saturating_mul(u128::from(size)));
        let scaled = spread.saturating_mul(MILLION.saturating_mul(MILLION));
        let error = scaled
            .checked_div(divisor)
            .map_or(MILLION, |square| root_rounded_up(square, scaled % divisor > 0));
        Estimate {
            seats: self.seats,
            people: size.saturating_mul(u64::from(trials)),
            trials,
            standard_error_millionths: u64::try_from(error).unwrap_or(u64::MAX),
        }
    }
}

/// The root of `square`, or of a little more if `and_more`, rounded up.
const fn root_rounded_up(square: u128, and_more: bool) -> u128 {
    let root = square.isqrt();
    if root.saturating_mul(root) < square || and_more { root.saturating_add(1) } else { root }
}

impl Acceptance {
    /// The mean number of tries that a draw needs, rounded up; `None` if no try was accepted.
    #[must_use]
    pub const fn expected_tries(&self) -> Option<u32> {
        if self.accepted == 0 { None } else { Some(self.tries.div_ceil(self.accepted)) }
    }

    /// The standard error of `accepted / tries`, in millionths, rounded up. Where no try or each was accepted, the rule of
    /// three instead: the rate is within 3 / `tries` of what was seen, in 19 of 20 cases.
    #[must_use]
    pub fn standard_error_millionths(&self) -> u64 {
        const MILLION: u128 = 1_000_000;
        let (tries, accepted) = (u128::from(self.tries), u128::from(self.accepted));
        let rejected = tries.saturating_sub(accepted);
        if tries == 0 {
            return 1_000_000;
        }
        let error = if accepted == 0 || rejected == 0 {
            MILLION.saturating_mul(3).div_ceil(tries)
        } else {
            let scaled = accepted.saturating_mul(rejected).saturating_mul(MILLION.saturating_mul(MILLION));
            let cube = tries.saturating_mul(tries).saturating_mul(tries);
            root_rounded_up(scaled / cube, scaled % cube > 0)
        };
        u64::try_from(error.min(MILLION)).unwrap_or(1_000_000)
    }

    /// The chance that none of `cap` tries is accepted, so that the draw is void, in millionths, rounded up: 1 also stands
    /// for everything smaller. If no try was accepted, nothing speaks against a void draw, and it is one million.
    #[must_use]
    pub fn void_chance_millionths(&self, cap: u32) -> u32 {
        const ONE: u128 = 1 << 60;
        let rejected = u128::from(self.tries.saturating_sub(self.accepted));
        if self.tries == 0 {
            return 1_000_000;
        }
        // (rejected / tries) ^ cap by squaring, in fractions of 2^60, each step rounded up.
        let mut base = rejected.saturating_mul(ONE).div_ceil(u128::from(self.tries));
        let (mut power, mut exponent) = (ONE, cap);
        while exponent > 0 {
            if exponent % 2 == 1 {
                power = power.saturating_mul(base).div_ceil(ONE);
            }
            base = base.saturating_mul(base).div_ceil(ONE);
            exponent /= 2;
        }
        u32::try_from(power.saturating_mul(1_000_000).div_ceil(ONE)).unwrap_or(1_000_000)
    }
}
