//! Chances that the rules settle.

use std::{collections::BTreeMap, fmt};

use num_bigint::BigUint;

use crate::{
    draw::{
        announce::Terms,
        quota::{Bound, Bounds, Infeasible},
    },
    pool::{Category, Half, PerHalf, Pool},
};

/// A chance as a fraction, not shortened: 50/150 says more than 1/3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chance {
    /// How many are drawn.
    pub seats: usize,
    /// Out of how many; 0 only where nobody is.
    pub people: usize,
}

/// How many different sets of people can be drawn.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcomes(BigUint);

/// The chance of each person of a half without any quotas: how many are drawn, out of how many (draw specification §9.3).
#[must_use]
pub fn half_chances(pool: &Pool, terms: &Terms) -> PerHalf<Chance> {
    PerHalf::from_fn(|half| Chance { seats: *terms.take.of(half), people: *pool.sizes().of(half) })
}

/// The chance of each person of each category of a half, where the rules settle it; `None` where it depends on the
/// tickets in a way that only a simulation shows. With further quotas this is the mean over the category, since its people
/// need not be alike in them, and only the categories with a fixed number of seats have one.
///
/// Settled are the categories that get the same number of seats in every draw, because floor and ceiling are equal or
/// because the other bounds leave no choice: their people are treated alike. The people of all categories without a floor,
/// and with a ceiling that cannot be reached, are treated alike too, whatever their category; if no other category is left,
/// they share the seats that are left (draw specification §9.4).
///
/// # Errors
/// If the pool cannot fulfil the quotas of categories.
pub fn category_chances(
    pool: &Pool,
    terms: &Terms,
    half: Half,
) -> Result<BTreeMap<Category, Option<Chance>>, Infeasible> {
    let bounds = terms.bounds(pool, half)?;
    let take = *terms.take.of(half);
    let mut people: BTreeMap<&Category, usize> = BTreeMap::new();
    for member in pool.half(half) {
        let count = people.entry(member.category()).or_default();
        *count = count.saturating_add(1);
    }
    let size = |category: &Category| people.get(category).copied().unwrap_or_default();
    let fixed: BTreeMap<&Category, usize> = bounds
        .iter()
        .filter_map(|(category, bound)| fixed_seats(*bound, &bounds, take).map(|seats| (category, seats)))
        .collect();
    let loose: Vec<(&Category, &Bound)> =
        bounds.iter().filter(|(category, _)| !fixed.contains_key(category)).collect();
    let seats = take.saturating_sub(fixed.values().sum());
    let share = Chance { seats, people: loose.iter().map(|(category, _)| size(category)).sum() };
    let alike = terms.further_quotas.is_none()
        && loose.iter().all(|(category, bound)| bound.min == 0 && bound.max >= size(category).min(seats));
    let chance = |category: &Category| match fixed.get(category) {
        Some(seats) => Some(Chance { seats: *seats, people: size(category) }),
        None => alike.then_some(share),
    };
    Ok(bounds.keys().map(|category| (category.clone(), chance(category))).collect())
}

/// How many sets of people fulfil the terms and so can be drawn: without quotas C(n, k) of each half, multiplied. Further
/// quotas leave fewer; they are not counted here.
///
/// # Errors
/// If the pool cannot fulfil the quotas of categories.
pub fn possible_outcomes(pool: &Pool, terms: &Terms) -> Result<Outcomes, Infeasible> {
    let mut product = BigUint::from(1_u32);
    for half in Half::ALL {
        let (bounds, take) = (terms.bounds(pool, half)?, *terms.take.of(half));
        let is_free = |category: &Category| {
            !terms.quotas.iter().any(|quota| quota.half == half && quota.category == *category)
        };
        let size =
            |category: &Category| pool.half(half).filter(|member| member.category() == category).count();
        // Ways to have so many seats taken by the categories seen so far.
        let mut ways = vec![BigUint::from(1_u32)];
        let free = bounds.keys().filter(|category| is_free(category)).map(&size).sum();
        let bounded = bounds.iter().filter(|(category, _)| !is_free(category));
        let groups = bounded.map(|(category, bound)| (size(category), *bound));
        for (people, bound) in groups.chain([(free, Bound { min: 0, max: free })]) {
            ways = with_group(&ways, people, bound, take);
        }
        product *= ways.into_iter().nth(take).unwrap_or_default();
    }
    Ok(Outcomes(product))
}

/// The number of seats of a category with this bound, if every draw gives it the same.
fn fixed_seats(bound: Bound, bounds: &Bounds, take: usize) -> Option<usize> {
    let sum = |part: fn(&Bound) -> usize| bounds.values().map(part).fold(0, usize::saturating_add);
    let other_floors = sum(|bound| bound.min).saturating_sub(bound.min);
    let other_ceilings = sum(|bound| bound.max).saturating_sub(bound.max);
    let least = bound.min.max(take.saturating_sub(other_ceilings));
    let most = bound.max.min(take.saturating_sub(other_floors));
    (least == most).then_some(least)
}

fn with_group(ways: &[BigUint], people: usize, bound: Bound, take: usize) -> Vec<BigUint> {
    let choices = binomials(people, bound.max.min(take));
    let mut result = vec![BigUint::default(); take.saturating_add(1)];
    for (choice, seats) in choices.iter().zip(0_usize..).skip(bound.min) {
        for (slot, way) in result.iter_mut().skip(seats).zip(ways) {
            *slot += way * choice;
        }
    }
    result
}

/// C(n, 0), C(n, 1), … C(n, `last`).
fn binomials(n: usize, last: usize) -> Vec<BigUint> {
    let mut values = vec![BigUint::from(1_u32)];
    for k in 1..=last {
        let previous = values.last().cloned().unwrap_or_default();
        values.push(previous * n.saturating_add(1).saturating_sub(k) / k);
    }
    values
}

impl Outcomes {
    /// The exact number.
    #[must_use]
    pub const fn exact(&self) -> &BigUint {
        &self.0
    }

    /// The number for people, in Chinese: exact up to six digits, otherwise 约 4.1×10^80.
    #[must_use]
    pub fn zh(&self) -> String {
        self.rounded().map_or_else(
            || self.0.to_string(),
            |(first, second, power)| format!("约 {first}.{second}×10^{power}"),
        )
    }

    /// The number for people, in English: exact up to six digits, otherwise about 4.1 × 10^80.
    #[must_use]
    pub fn en(&self) -> String {
        self.rounded().map_or_else(
            || self.0.to_string(),
            |(first, second, power)| format!("about {first}.{second} × 10^{power}"),
        )
    }

    /// Two digits, rounded half up, and the power of ten; `None` for numbers that are short enough as they are.
    fn rounded(&self) -> Option<(u32, u32, u32)> {
        let digits = self.0.to_string();
        let power = u32::try_from(digits.len()).ok()?.checked_sub(1).filter(|power| *power > 5)?;
        let unit = BigUint::from(10_u32).pow(power.checked_sub(1)?);
        let two = u32::try_from((&self.0 + &unit / 2_u32) / unit).ok()?;
        // 9.96 is rounded to 10, which is the next power of ten.
        let (two, power) = if two == 100 { (10, power.saturating_add(1)) } else { (two, power) };
        Some((two / 10, two % 10, power))
    }
}

impl fmt::Display for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.seats, self.people)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_outcomes_is_shown_as_people_can_read_it() {
        let shown = |text: &str| Outcomes(text.parse().unwrap()).zh();
        assert_eq!(shown("999999"), "999999");
        assert_eq!(shown("1000000"), "约 1.0×10^6");
        assert_eq!(shown("1049999"), "约 1.0×10^6");
        assert_eq!(shown("1050000"), "约 1.1×10^6");
        assert_eq!(shown("9949999"), "约 9.9×10^6");
        assert_eq!(shown("9950000"), "约 1.0×10^7");
        assert_eq!(
            Outcomes("41".parse::<BigUint>().unwrap() * BigUint::from(10_u32).pow(79)).en(),
            "about 4.1 × 10^80"
        );
    }

    #[test]
    fn binomials_are_those_of_the_triangle() {
        let numbers = |n, last| binomials(n, last).iter().map(BigUint::to_string).collect::<Vec<_>>();
        assert_eq!(numbers(5, 5), ["1", "5", "10", "10", "5", "1"]);
        assert_eq!(numbers(2, 4), ["1", "2", "1", "0", "0"]);
        assert_eq!(numbers(0, 1), ["1", "0"]);
    }
}
