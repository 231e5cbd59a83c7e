//! Chances: exact where the rules settle them, estimated where not, and observed over many seeds.

use std::{collections::BTreeMap, env};

use evaluation::{
    draw::{
        Announcement, Feasibility, FeatureQuota, FurtherQuotas, Infeasible, Quota, Terms,
        chances::{
            Acceptance, Chance, category_chances, estimate_acceptance, half_chances, possible_outcomes,
            rehearse,
        },
        conduct, feasibility,
        feasible::Shortness,
    },
    pool::{Category, Half, MemberId},
};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use crate::folder::{Folder, hold};

fn quota(half: Half, category: &str, min: usize, max: usize) -> Quota {
    Quota { half, category: Category::new(category).unwrap(), min, max }
}

fn feature(column: &str, value: &str, min: usize, max: usize) -> FeatureQuota {
    FeatureQuota { column: column.to_owned(), value: value.to_owned(), min, max }
}

fn with_features(terms: &Terms, features: Vec<FeatureQuota>) -> Terms {
    Terms { further_quotas: Some(FurtherQuotas::new(features, 1_000_000).unwrap()), ..terms.clone() }
}

#[test]
fn without_quotas_everybody_of_a_half_has_the_same_chance() {
    let folder = Folder::vector("v2_300");
    let (pool, announcement) = (folder.pool(), folder.announcement());
    let chances = half_chances(&pool, announcement.terms());
    assert_eq!((chances.a.to_string(), chances.b.to_string()), ("50/150".to_owned(), "50/150".to_owned()));
    for half in Half::ALL {
        let categories = category_chances(&pool, announcement.terms(), half).unwrap();
        assert!(categories.values().all(|chance| *chance == Some(Chance { seats: 50, people: 150 })));
    }
}

#[test]
fn the_number_of_outcomes_is_exact() {
    let folder = Folder::vector("v2_300");
    let outcomes = possible_outcomes(&folder.pool(), folder.announcement().terms()).unwrap();
    // C(150, 50) squared, from another program.
    let square = "405162990018970340199751908160171239022527655331073364452340925866141007913459600";
    assert_eq!(outcomes.to_string(), square);
    assert_eq!((outcomes.zh().as_str(), outcomes.en().as_str()), ("约 4.1×10^80", "about 4.1 × 10^80"));
    let tiny = Folder::vector("v1_tiny");
    assert_eq!(possible_outcomes(&tiny.pool(), tiny.announcement().terms()).unwrap().zh(), "100");
    // w1: C(6, 2) of half A; one farmer of three and one of the three others of half B.
    let further = Folder::vector("w1_tiny");
    assert_eq!(possible_outcomes(&further.pool(), further.announcement().terms()).unwrap().zh(), "135");
}

#[test]
fn fixed_seats_give_exact_chances_and_the_rest_is_estimated() {
    let folder = Folder::vector("v2_300");
    let pool = folder.pool();
    let base = folder.announcement().terms().clone();
    let size = |name: &str| pool.half(Half::B).filter(|member| member.category().as_str() == name).count();
    let farmers = Category::new("农民").unwrap();
    let fixed = Terms { quotas: vec![quota(Half::B, "农民", 7, 7)], ..base.clone() };
    let chances = category_chances(&pool, &fixed, Half::B).unwrap();
    let people = size("农民");
    assert_eq!(chances[&farmers], Some(Chance { seats: 7, people }));
    let rest = Some(Chance { seats: 43, people: 150 - people });
    assert!(chances.iter().filter(|(name, _)| **name != farmers).all(|(_, chance)| *chance == rest));

    let loose = Terms { quotas: vec![quota(Half::B, "农民", 7, 9)], ..base };
    assert_eq!(category_chances(&pool, &loose, Half::B).unwrap()[&farmers], None);
    // Estimates for fixed seats come out exactly, and for the others within four standard errors.
    let rehearsal = rehearse(&pool, &fixed, &mut ChaCha20Rng::seed_from_u64(3), 1000, &mut |_| ()).unwrap();
    for (name, estimate) in &rehearsal.categories.b {
        let Chance { seats, people } = chances[name].unwrap();
        let (seats, people) = (seats as u64, people as u64);
        assert_eq!(estimate.trials, 1000);
        let off = (estimate.seats * people).abs_diff(seats * estimate.people) * 1_000_000;
        assert!(
            off <= 4 * estimate.standard_error_millionths * people * estimate.people,
            "{name}: {estimate:?}"
        );
        assert_eq!(estimate.standard_error_millionths == 0, *name == farmers);
    }
}

#[test]
fn an_acceptance_rate_is_estimated_from_made_up_seeds() {
    let folder = Folder::vector("w2_300");
    let (pool, announcement) = (folder.pool(), folder.announcement());
    let mut told = Vec::new();
    let estimate = |seed, told: &mut Vec<u32>| {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        estimate_acceptance(&pool, announcement.terms(), &mut rng, 2500, &mut |done| told.push(done)).unwrap()
    };
    let acceptance = estimate(1, &mut told);
    assert_eq!((acceptance.tries, told), (2500, vec![2048, 2500]));
    assert_eq!(acceptance, estimate(1, &mut Vec::new()), "the same randomness, the same estimate");
    assert!((25..250).contains(&acceptance.accepted), "{acceptance:?}");
    assert_eq!(acceptance.void_chance_millionths(1_000_000), 1);
}

#[test]
fn the_numbers_of_an_estimate_are_rounded_to_the_careful_side() {
    let of = |tries, accepted| Acceptance { tries, accepted };
    assert_eq!(of(1000, 250).expected_tries(), Some(4));
    assert_eq!(of(1000, 0).expected_tries(), None);
    // The root of 1/4 · 3/4 / 1000 is 0.0136931 and a little.
    assert_eq!(of(1000, 250).standard_error_millionths(), 13_694);
    assert_eq!(of(1000, 0).standard_error_millionths(), 3000);
    assert_eq!(of(1000, 500).void_chance_millionths(3), 125_000);
    assert_eq!(of(1000, 500).void_chance_millionths(0), 1_000_000);
    assert_eq!(of(1000, 1000).void_chance_millionths(1), 0);
    assert_eq!(of(1000, 0).void_chance_millionths(10_000_000), 1_000_000);
    // 0.999 to the power of 1000 is 0.367695 and a little.
    assert_eq!(of(1000, 1).void_chance_millionths(1000), 367_696);
}

#[test]
fn bounds_that_contradict_each_other_are_named_with_their_numbers() {
    let folder = Folder::vector("v2_300");
    let (pool, base) = (folder.pool(), folder.announcement().terms().clone());
    let conflict = |terms: &Terms| match feasibility(&pool, terms).unwrap() {
        Feasibility::Infeasible(conflict) => conflict,
        other => panic!("{other:?}"),
    };
    let single = conflict(&with_features(&base, vec![feature("gender", "女", 83, 90)]));
    assert_eq!((single.bounds.len(), single.shortness), (1, Shortness::Fewest));
    assert!(single.zh().contains("至少 83 人（库中 82 人）"), "{}", single.zh());
    assert!(single.en().contains("at least 83 (the pool has 82)"), "{}", single.en());
    let both = with_features(&base, vec![feature("gender", "女", 0, 10), feature("gender", "男", 0, 40)]);
    let both = conflict(&both);
    assert_eq!((both.bounds.len(), both.shortness), (4, Shortness::Fewest), "{}", both.zh());
    let towns = ["东河镇", "北湖乡", "南坪镇", "城关镇", "柳林镇"];
    let towns = towns.map(|town| feature("township", town, 21, 100)).to_vec();
    let towns = conflict(&with_features(&base, towns));
    assert_eq!((towns.bounds.len(), towns.shortness), (7, Shortness::Irreducible), "{}", towns.zh());
    let sum = Terms {
        quotas: ["离退休干部", "外来投资者", "外地客商"].map(|name| quota(Half::A, name, 17, 50)).to_vec(),
        ..base.clone()
    };
    let sum = conflict(&sum);
    assert_eq!((sum.bounds.len(), sum.shortness), (4, Shortness::Fewest), "{}", sum.zh());
    let wide = vec![feature("gender", "女", 25, 40), feature("township", "北湖乡", 10, 20)];
    assert_eq!(feasibility(&pool, &with_features(&base, wide)), Ok(Feasibility::Feasible));
    let unknown = with_features(&base, vec![feature("gender", "⼥", 1, 40)]);
    assert!(matches!(feasibility(&pool, &unknown), Err(Infeasible::UnknownValue { .. })));
    let unknown = with_features(&base, vec![feature("性别", "女", 1, 40)]);
    assert!(matches!(unknown.check_feasible(&pool), Err(Infeasible::UnknownColumn { .. })));
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place here that reads whether tests/run was called with --full"
)]
fn runs_in_full() -> bool {
    env::var("PINGYI_TEST_FULL").is_ok_and(|value| value == "1")
}

/// 10,000 ceremonies in the full run; otherwise a sample of 1,000.
#[test]
fn over_many_seeds_everybody_is_drawn_as_often_as_promised() {
    let folder = Folder::vector("v2_300");
    let pool = folder.pool();
    let terms = Terms { dice_digits: 24, public_source: None, ..folder.announcement().terms().clone() };
    let announcement = Announcement::new(terms).unwrap();
    let ceremonies: u32 = if runs_in_full() { 10_000 } else { 1_000 };
    let mut rng = ChaCha20Rng::seed_from_u64(2020);
    let mut drawn: BTreeMap<MemberId, i64> = BTreeMap::new();
    for _ in 0..ceremonies {
        let result = conduct(&pool, &announcement, &hold(&announcement, &[], &mut rng)).unwrap();
        for person in Half::ALL.iter().flat_map(|half| result.selected(*half)) {
            *drawn.entry(person.id.clone()).or_default() += 1;
        }
    }
    assert_eq!(drawn.len(), 300);
    let n = i64::from(ceremonies);
    for (id, count) in drawn {
        // Drawn with 1/3: the expected count is n/3, its variance 2n/9; so (3·count − n)² ≤ 16 · 2n.
        let off = 3 * count - n;
        assert!(off * off <= 16 * 2 * n, "{id} was drawn {count} times out of {n}");
    }
}
