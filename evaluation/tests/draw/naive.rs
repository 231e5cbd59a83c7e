//! The draw written a second time, as plainly as possible and without regard to speed, to compare with.

use std::{collections::BTreeSet, fmt::Write as _};

use evaluation::{
    draw::{Seed, Terms, ticket},
    hash::Sha256Hash,
    pool::{Half, Member, Pool},
};

/// One try: everybody with ticket, by half and rank, and the ids of those drawn.
pub(crate) struct Try<'a> {
    pub(crate) ranked: Vec<(Half, Vec<(Sha256Hash, &'a Member)>)>,
    pub(crate) drawn: BTreeSet<&'a str>,
}

pub(crate) fn one_try<'a>(pool: &'a Pool, terms: &Terms, seed: Seed) -> Try<'a> {
    let (mut ranked, mut drawn) = (Vec::new(), BTreeSet::new());
    for half in Half::ALL {
        let mut order: Vec<_> = pool.half(half).map(|person| (ticket(&seed, person.id()), person)).collect();
        order.sort_by_key(|(ticket, _)| *ticket);
        let mut seats: Vec<&Member> = Vec::new();
        for ceilings in [false, true] {
            for (_, person) in &order {
                let quota = terms.quotas.iter().find(|q| q.half == half && q.category == *person.category());
                let (min, max) = quota.map_or((0, usize::MAX), |quota| (quota.min, quota.max));
                let have = seats.iter().filter(|seat| seat.category() == person.category()).count();
                let limit = if ceilings { max } else { min };
                if seats.len() < *terms.take.of(half) && have < limit && !seats.contains(person) {
                    seats.push(person);
                }
            }
        }
        drawn.extend(seats.iter().map(|person| person.id().as_str()));
        ranked.push((half, order));
    }
    Try { ranked, drawn }
}

/// How many of `ids` each further quota counts.
pub(crate) fn counts(pool: &Pool, terms: &Terms, ids: &BTreeSet<&str>) -> Vec<usize> {
    let count = |column: &str, value: &str| {
        let has = |id: &&&str| pool.cell(pool.find(&id.parse().unwrap()).unwrap(), column) == Some(value);
        ids.iter().filter(has).count()
    };
    terms.features().iter().map(|quota| count(&quota.column, &quota.value)).collect()
}

pub(crate) fn meets(pool: &Pool, terms: &Terms, drawn: &BTreeSet<&str>) -> bool {
    let counts = counts(pool, terms, drawn);
    terms.features().iter().zip(counts).all(|(quota, count)| (quota.min..=quota.max).contains(&count))
}

/// `result.tsv` as it would be if the try `t` counted.
pub(crate) fn result_tsv(pool: &Pool, terms: &Terms, seed: Seed, t: u32, reveals: &str) -> String {
    let attempt = one_try(pool, terms, seed.retry(t));
    let mut text = format!(
        "public-draw/2\tresult\nseed\t{seed}\n{reveals}\nretry\t{t}\t{}\nhalf\trank\tid\tcategory\tticket\tstatus\n",
        seed.retry(t)
    );
    for (half, order) in attempt.ranked {
        let mut alternates = 0;
        for ((ticket, person), rank) in order.iter().zip(1..) {
            let (id, category) = (person.id().as_str(), person.category());
            let status = if attempt.drawn.contains(id) {
                "SELECTED".to_owned()
            } else {
                alternates += 1;
                format!("ALT{alternates}")
            };
            writeln!(text, "{half}\t{rank}\t{id}\t{category}\t{ticket}\t{status}").unwrap();
        }
    }
    text
}
