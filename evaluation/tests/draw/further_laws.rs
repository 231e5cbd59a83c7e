//! What holds for every draw with further quotas, against the draw written a second time, and for every explanation of
//! terms that a pool cannot fulfil, against trying all sets of people.

use std::collections::{BTreeMap, BTreeSet};

use evaluation::{
    draw::{
        Announcement, CompleteTranscript, Conflict, DrawError, Feasibility, FeatureQuota, FurtherQuotas,
        Quota, Seating, Terms, conduct, feasibility,
        feasible::{NamedBound, Rule, Shortness},
    },
    pool::{Category, Half, Member, MemberId, PerHalf, Pool},
};
use proptest::{prelude::*, sample::Index};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use crate::{folder::hold, naive};

const CAP: u32 = 150;
const VALUES: [(&str, &[&str]); 2] = [("gender", &["女", "男"]), ("place", &["东", "西", "北"])];

fn pool(people: &[(usize, usize, usize, usize)]) -> Pool {
    let rows = people.iter().zip(1..).map(|((half, category, gender, place), n)| {
        let (gender, place) = (VALUES[0].1[*gender], VALUES[1].1[*place]);
        format!("P{n:03},{},{},{gender},{place}\n", Half::ALL[*half], ["农民", "人大代表"][*category])
    });
    Pool::import(format!("id,half,category,gender,place\n{}", rows.collect::<String>()).as_bytes()).unwrap()
}

fn terms(pool: &Pool, take: PerHalf<usize>, quotas: Vec<Quota>, features: Vec<FeatureQuota>) -> Terms {
    Terms {
        draw_id: "laws".to_owned(),
        pool_sha256: pool.hash(),
        take,
        quotas,
        further_quotas: (!features.is_empty()).then(|| FurtherQuotas::new(features, CAP).unwrap()),
        dice_digits: 4,
        public_source: None,
        min_reveals: 1,
        parties: vec!["甲".to_owned(), "乙".to_owned()],
    }
}

/// Every value in the pool with a place for its bounds, and how many of `people` have it.
fn values(pool: &Pool, people: &[&Member]) -> BTreeMap<(&'static str, &'static str), usize> {
    let has = |member: &Member, column: &str, value: &str| pool.cell(member, column) == Some(value);
    VALUES
        .iter()
        .flat_map(|(column, values)| values.iter().map(move |value| (*column, *value)))
        .filter(|(column, value)| pool.members().iter().any(|member| has(member, column, value)))
        .map(|(column, value)| {
            ((column, value), people.iter().filter(|member| has(member, column, value)).count())
        })
        .collect()
}

/// Terms around the first people of each half, who prove that they can be fulfilled.
fn feasible_terms(pool: &Pool, picks: &[Index], slack: usize) -> Terms {
    let mut take = PerHalf { a: 0, b: 0 };
    let mut chosen: Vec<&Member> = Vec::new();
    for (half, pick) in Half::ALL.into_iter().zip(picks) {
        let members: Vec<_> = pool.half(half).collect();
        *take.of_mut(half) = pick.index(members.len() + 1);
        chosen.extend(&members[..*take.of(half)]);
    }
    let features = values(pool, &chosen).into_iter().map(|((column, value), count)| FeatureQuota {
        column: column.to_owned(),
        value: value.to_owned(),
        min: count.saturating_sub(slack),
        max: count + slack,
    });
    let quota = chosen.first().map(|member| {
        let alike = |other: &&&Member| (other.half(), other.category()) == (member.half(), member.category());
        let count = chosen.iter().filter(alike).count();
        Quota {
            half: member.half(),
            category: member.category().clone(),
            min: count.saturating_sub(slack),
            max: count + slack,
        }
    });
    terms(pool, take, quota.into_iter().collect(), features.collect())
}

prop_compose! {
    fn case()(
        people in proptest::collection::vec((0..2_usize, 0..2_usize, 0..2_usize, 0..3_usize), 1..25),
        picks in proptest::collection::vec(any::<Index>(), 2),
        slack in 0..3_usize,
        seed in any::<u64>(),
    ) -> (Pool, Announcement, CompleteTranscript) {
        let pool = pool(&people);
        let announcement = Announcement::new(feasible_terms(&pool, &picks, slack)).unwrap();
        let transcript = hold(&announcement, &[], &mut ChaCha20Rng::seed_from_u64(seed));
        (pool, announcement, transcript)
    }
}

/// Who is called, as the text of `public-draw/2` says it: all lines first, then one fewer, and so on.
fn called<'a>(
    pool: &'a Pool,
    terms: &Terms,
    ranked: &[&'a Member],
    before: &BTreeSet<&str>,
    seats: &BTreeSet<&str>,
    lost: &BTreeSet<&str>,
) -> Option<&'a MemberId> {
    let half = ranked.first()?.half();
    let quota = |category: &Category| {
        let quota = terms.quotas.iter().find(|quota| quota.half == half && quota.category == *category);
        quota.map_or((0, usize::MAX), |quota| (quota.min, quota.max))
    };
    let have = |category: &Category| {
        ranked.iter().filter(|m| m.category() == category && seats.contains(m.id().as_str())).count()
    };
    let is_short = |member: &&Member| have(member.category()) < quota(member.category()).0;
    let any_short = ranked.iter().any(is_short);
    let candidates = ranked.iter().filter(|member| {
        let id = member.id().as_str();
        let allowed =
            if any_short { is_short(member) } else { have(member.category()) < quota(member.category()).1 };
        !seats.contains(id) && !lost.contains(id) && allowed
    });
    let candidates: Vec<_> = candidates.collect();
    let before = naive::counts(pool, terms, before);
    let fits = |member: &Member, k: usize| {
        let mut with = seats.clone();
        with.insert(member.id().as_str());
        let after = naive::counts(pool, terms, &with);
        let lines = terms.features().iter().zip(&before).zip(&after).take(k).collect::<Vec<_>>();
        lines.into_iter().all(|((quota, before), after)| quota.distance(*after) <= quota.distance(*before))
    };
    (0..=terms.features().len())
        .rev()
        .find_map(|k| candidates.iter().find(|member| fits(member, k)))
        .map(|member| member.id())
}

fn holds(pool: &Pool, people: &[&Member], bound: &NamedBound) -> bool {
    let count = people
        .iter()
        .filter(|member| match &bound.rule {
            Rule::Take(half) => member.half() == *half,
            Rule::Floor { half, category } | Rule::Ceiling { half, category } => {
                member.half() == *half && member.category() == category
            }
            Rule::FeatureFloor { column, value } | Rule::FeatureCeiling { column, value } => {
                pool.cell(member, column) == Some(value)
            }
        })
        .count();
    match &bound.rule {
        Rule::Take(_) => count == bound.number,
        Rule::Floor { .. } | Rule::FeatureFloor { .. } => count >= bound.number,
        Rule::Ceiling { .. } | Rule::FeatureCeiling { .. } => count <= bound.number,
    }
}

/// For every set of people, which bounds it breaks, as bits. The fewest matter only, so each once.
fn broken(pool: &Pool, bounds: &[NamedBound]) -> BTreeSet<u32> {
    let members = pool.members();
    (0..1_u32 << members.len())
        .map(|set| {
            let people: Vec<_> =
                members.iter().zip(0..).filter(|(_, n)| set >> n & 1 == 1).map(|(m, _)| m).collect();
            bounds.iter().zip(0..).map(|(bound, n)| u32::from(!holds(pool, &people, bound)) << n).sum()
        })
        .collect()
}

/// All bounds of the terms; the numbers of the pool do not matter here.
fn all_bounds(terms: &Terms) -> Vec<NamedBound> {
    let named = |rule, number| NamedBound { rule, number, available: 0 };
    let mut bounds: Vec<_> = Half::ALL.map(|half| named(Rule::Take(half), *terms.take.of(half))).into();
    for Quota { half, category, min, max } in &terms.quotas {
        bounds.push(named(Rule::Floor { half: *half, category: category.clone() }, *min));
        bounds.push(named(Rule::Ceiling { half: *half, category: category.clone() }, *max));
    }
    for FeatureQuota { column, value, min, max } in terms.features() {
        bounds.push(named(Rule::FeatureFloor { column: column.clone(), value: value.clone() }, *min));
        bounds.push(named(Rule::FeatureCeiling { column: column.clone(), value: value.clone() }, *max));
    }
    bounds
}

prop_compose! {
    /// A small pool and any terms, most of which it cannot fulfil.
    fn any_terms()(
        people in proptest::collection::vec((0..2_usize, 0..2_usize, 0..2_usize, 0..3_usize), 2..10),
        take in (0..5_usize, 0..5_usize),
        bounds in proptest::collection::vec((0..4_usize, 0..3_usize), 9),
    ) -> (Pool, Terms) {
        let pool = pool(&people);
        let mut bounds = bounds.into_iter();
        let mut next = || bounds.next().map_or((0, 9), |(min, more)| (min, min + more));
        let groups: BTreeSet<_> = pool.members().iter().map(|m| (m.half(), m.category().clone())).collect();
        let quotas = groups.into_iter().map(|(half, category)| {
            let (min, max) = next();
            Quota { half, category, min: min.saturating_sub(1), max }
        });
        let quotas = quotas.collect();
        let features = values(&pool, &[]).into_keys().map(|(column, value)| {
            let (min, max) = next();
            FeatureQuota { column: column.to_owned(), value: value.to_owned(), min, max }
        });
        let features = features.collect();
        let terms = terms(&pool, PerHalf { a: take.0, b: take.1 }, quotas, features);
        (pool, terms)
    }
}

fn check_conflict(pool: &Pool, terms: &Terms, conflict: &Conflict) -> Result<(), TestCaseError> {
    let all = broken(pool, &all_bounds(terms));
    prop_assert!(!all.contains(&0), "a set of people meets everything");
    let broken = broken(pool, &conflict.bounds);
    prop_assert!(!broken.contains(&0), "the bounds of the explanation can be met");
    prop_assert_ne!(conflict.shortness, Shortness::Unreduced);
    for needless in 0..conflict.bounds.len() {
        prop_assert!(broken.contains(&(1 << needless)), "one bound of the explanation is needless");
    }
    if conflict.shortness == Shortness::Fewest {
        // No set of fewer bounds is broken by everybody.
        let count = all_bounds(terms).len();
        let smaller = (0..1_u32 << count).filter(|set| (set.count_ones() as usize) < conflict.bounds.len());
        for set in smaller {
            prop_assert!(all.iter().any(|broken| broken & set == 0), "there is a shorter explanation");
        }
    }
    for bound in &conflict.bounds {
        prop_assert!(
            conflict.zh().contains(&bound.number.to_string()) && conflict.en().contains(&bound.en())
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_first_try_that_meets_all_lines_counts((pool, announcement, transcript) in case()) {
        let (terms, seed) = (announcement.terms(), transcript.seed());
        let expected = (0..CAP).find(|t| naive::meets(&pool, terms, &naive::one_try(&pool, terms, seed.retry(*t)).drawn));
        match (conduct(&pool, &announcement, &transcript), expected) {
            (Ok(result), Some(t)) => {
                prop_assert_eq!(result.to_tsv(), naive::result_tsv(&pool, terms, seed, t, "reveals\t2\t2"));
                let drawn: BTreeSet<_> = Half::ALL.iter().flat_map(|half| result.selected(*half)).map(|p| p.id.as_str()).collect();
                prop_assert!(naive::meets(&pool, terms, &drawn));
                prop_assert_eq!(drawn.len(), terms.take.a + terms.take.b);
            }
            (Err(error), None) => prop_assert_eq!(error, DrawError::RetryCapReached { cap: CAP }),
            (result, expected) => prop_assert!(false, "{:?} instead of {:?}", result.map(|r| r.retry()), expected),
        }
    }

    #[test]
    fn what_is_announced_with_further_quotas_is_read_back((_, announcement, transcript) in case()) {
        let read = Announcement::from_tsv(announcement.to_tsv().as_bytes()).unwrap();
        prop_assert_eq!(&read, &announcement);
        let again = CompleteTranscript::from_tsv(transcript.to_tsv().as_bytes(), &read).unwrap();
        prop_assert_eq!(again.seed(), transcript.seed());
    }

    #[test]
    fn a_replacement_is_the_one_of_the_text_and_worsens_nothing_it_need_not(
        (pool, announcement, transcript) in case(),
        absent in proptest::collection::vec(any::<Index>(), 0..8),
    ) {
        let terms = announcement.terms();
        let Ok(result) = conduct(&pool, &announcement, &transcript) else { return Ok(()) };
        let mut seating = Seating::new(&result);
        let mut lost = BTreeSet::new();
        for index in absent {
            let people: Vec<_> = Half::ALL.iter().flat_map(|half| seating.representatives(*half)).collect();
            let Some(person) = people.get(index.index(people.len().max(1))) else { continue };
            let before: BTreeSet<&str> = people.iter().map(|person| person.id.as_str()).collect();
            let mut seats = before.clone();
            seats.remove(person.id.as_str());
            lost.insert(person.id.as_str());
            let (half, _) = result.find(&person.id).unwrap();
            let ranked: Vec<_> = result.ranking(half).iter().map(|p| pool.find(&p.id).unwrap()).collect();
            let expected = called(&pool, terms, &ranked, &before, &seats, &lost);
            let replacement = seating.replace(&person.id).unwrap();
            prop_assert_eq!(replacement.called.as_ref(), expected);
            let kept = |id: &MemberId| {
                let mut with = seats.clone();
                with.insert(id.as_str());
                let counts = naive::counts(&pool, terms, &before).into_iter().zip(naive::counts(&pool, terms, &with));
                terms.features().iter().zip(counts).take_while(|(q, (b, a))| q.distance(*a) <= q.distance(*b)).count()
            };
            if let Some(id) = &replacement.called {
                let quotas = |id: &MemberId| pool.find(id).unwrap().category().clone();
                let rivals = result.ranking(half).iter().filter(|rival| {
                    !before.contains(rival.id.as_str()) && !lost.contains(rival.id.as_str()) && rival.category == quotas(id)
                });
                prop_assert!(rivals.map(|rival| kept(&rival.id)).all(|rival| rival <= kept(id)));
            }
        }
    }

    #[test]
    fn terms_are_feasible_exactly_if_some_set_of_people_fulfils_them((pool, terms) in any_terms()) {
        match feasibility(&pool, &terms).unwrap() {
            Feasibility::Feasible => {
                prop_assert!(broken(&pool, &all_bounds(&terms)).contains(&0));
                prop_assert!(terms.check_feasible(&pool).is_ok());
            }
            Feasibility::Infeasible(conflict) => check_conflict(&pool, &terms, &conflict)?,
            Feasibility::Undecided => prop_assert!(false, "so small a question is always answered"),
        }
    }
}
