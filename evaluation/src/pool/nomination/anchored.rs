//! The pool with masked names and anchors (draw specification §3, "Identity binding").

use std::collections::{BTreeMap, BTreeSet};

use rand::{CryptoRng, seq::SliceRandom as _};

use crate::pool::{
    Category, Feature, Half, Member, MemberId, Pool,
    identity::{DrawId, IdCardNumber, PersonName, Salt, anchor},
};

/// A person whose nomination was approved.
#[derive(Clone, Debug)]
pub struct Nominee {
    /// The half that the category belongs to.
    pub half: Half,
    /// The category.
    pub category: Category,
    /// The name, published masked.
    pub name: PersonName,
    /// The ID card number, published inside the anchor only.
    pub id_card: IdCardNumber,
    /// The salt of the anchor.
    pub salt: Salt,
}

/// The ids `P001`, `P002`, … for that many people, in random order, so that an id tells nothing about when or by whom
/// somebody was nominated.
pub fn member_ids(count: usize, rng: &mut (impl CryptoRng + ?Sized)) -> Vec<MemberId> {
    let width = count.to_string().len().max(3);
    let mut ids: Vec<_> =
        (1..=count).filter_map(|number| format!("P{number:0width$}").parse().ok()).collect();
    ids.shuffle(rng);
    ids
}

/// The pool of these people, with the columns id, half, category, anchor, name (masked) and the features that the rules
/// publish, as they are in `year`. No two ids may be the same.
#[must_use]
pub fn anchored_pool<'a>(
    draw: &DrawId,
    (features, year): (&[Feature], i16),
    people: impl IntoIterator<Item = (&'a MemberId, &'a Nominee)>,
) -> Pool {
    let member = |(id, person): (&MemberId, &Nominee)| {
        let anchor = anchor(draw, id, &person.name, &person.id_card, &person.salt);
        let own = [("anchor", anchor.to_string()), ("name", person.name.masked())];
        let of_rules =
            features.iter().map(|feature| (feature.column(), feature.of(&person.id_card, year).to_owned()));
        let cells: BTreeMap<_, _> = own.into_iter().chain(of_rules).collect();
        Member {
            id: id.clone(),
            half: person.half,
            category: person.category.clone(),
            cells: cells.into_values().collect(),
        }
    };
    let mut members: Vec<_> = people.into_iter().map(member).collect();
    members.sort_by(|one, other| one.id.cmp(&other.id));
    let columns: BTreeSet<_> =
        ["anchor", "name"].into_iter().chain(features.iter().map(|feature| feature.column())).collect();
    Pool { columns: columns.into_iter().map(str::to_owned).collect(), members }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    fn nominee(rng: &mut ChaCha20Rng, half: Half) -> Nominee {
        Nominee {
            half,
            category: Category::new("农民").unwrap(),
            name: PersonName::parse("买买提·艾力").unwrap(),
            id_card: IdCardNumber::parse("11010519491231002X").unwrap(),
            salt: Salt::generate(rng),
        }
    }

    #[test]
    fn ids_are_all_there_once_in_another_order() {
        let ids = member_ids(300, &mut ChaCha20Rng::seed_from_u64(1));
        let mut sorted = ids.clone();
        sorted.sort();
        assert_ne!(ids, sorted);
        let expected: Vec<_> = (1..=300).map(|number| format!("P{number:03}")).collect();
        assert_eq!(sorted.iter().map(MemberId::as_str).collect::<Vec<_>>(), expected);
        assert_eq!(
            member_ids(1000, &mut ChaCha20Rng::seed_from_u64(1)).iter().max().unwrap().as_str(),
            "P1000"
        );
    }

    #[test]
    fn features_of_the_rules_stand_in_columns_of_their_own() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let (ids, people) = (member_ids(1, &mut rng), [nominee(&mut rng, Half::A)]);
        let draw = "ningjin-2020-1".parse().unwrap();
        let features = ([Feature::Gender, Feature::AgeBand], 2020);
        let pool = anchored_pool(&draw, (&features.0, features.1), ids.iter().zip(&people));
        assert_eq!(pool.columns(), ["age_band", "anchor", "gender", "name"]);
        let member = &pool.members()[0];
        assert_eq!((pool.cell(member, "age_band"), pool.cell(member, "gender")), (Some("66+"), Some("女")));
        assert_eq!(Pool::from_tsv(pool.to_tsv().as_bytes()), Ok(pool));
    }

    proptest! {
        #[test]
        fn what_is_published_is_read_back_and_names_nobody(seed: u64, count in 0_usize..20) {
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            let ids = member_ids(count, &mut rng);
            let people: Vec<_> =
                Half::ALL.into_iter().cycle().take(count).map(|half| nominee(&mut rng, half)).collect();
            let draw = "ningjin-2020-1".parse().unwrap();
            let pool = anchored_pool(&draw, (&[], 2020), ids.iter().zip(&people));
            let tsv = pool.to_tsv();
            prop_assert_eq!(Pool::from_tsv(tsv.as_bytes()), Ok(pool.clone()));
            prop_assert!(tsv.starts_with("public-draw/1\tpool\nid\thalf\tcategory\tanchor\tname\n"));
            prop_assert!(!tsv.contains("买买提") && !tsv.contains("19491231"));
            for (id, person) in ids.iter().zip(&people) {
                let member = pool.find(id).unwrap();
                let anchor =
                    anchor(&draw, id, &person.name, &person.id_card, &person.salt).to_string();
                prop_assert_eq!(pool.cell(member, "anchor"), Some(anchor.as_str()));
                prop_assert_eq!(pool.cell(member, "name"), Some("买****力"));
            }
        }
    }
}
