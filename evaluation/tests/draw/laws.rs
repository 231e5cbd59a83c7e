//! What holds for every pool, every announcement, every seed and every sequence of bytes.

use std::collections::BTreeMap;

use evaluation::{
    draw::{
        Absences, Announcement, CompleteTranscript, DrawResult, Quota, Replacements, Seating, Status, Terms,
        Version, conduct, verify_folder,
    },
    hash::Sha256Hash,
    pool::{Category, Half, MemberId, PerHalf, Pool},
};
use proptest::{prelude::*, sample::Index};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use crate::folder::{Folder, VECTORS, hold};

const CATEGORIES: [&str; 3] = ["外地客商", "农民", "人大代表"];

/// One draw that can be fulfilled, with everything that belongs to it.
#[derive(Clone, Debug)]
struct Case {
    rows: Vec<String>,
    announcement: Announcement,
    transcript: CompleteTranscript,
}

impl Case {
    fn pool(&self) -> Pool {
        import(&self.rows)
    }

    fn draw(&self) -> DrawResult {
        conduct(&self.pool(), &self.announcement, &self.transcript).unwrap()
    }
}

fn import(rows: &[String]) -> Pool {
    Pool::import(format!("id,half,category,name\n{}", rows.concat()).as_bytes()).unwrap()
}

/// Quotas around a random selection, which proves that they can be fulfilled.
fn feasible_terms(pool: &Pool, picks: &[Index], slack: usize) -> Terms {
    let mut take = PerHalf { a: 0, b: 0 };
    let mut counts: BTreeMap<(Half, Category), usize> = BTreeMap::new();
    for (half, pick) in Half::ALL.into_iter().zip(picks) {
        let members: Vec<_> = pool.half(half).collect();
        *take.of_mut(half) = pick.index(members.len() + 1);
        for (member, rank) in members.iter().zip(0..) {
            let count = counts.entry((half, member.category().clone())).or_default();
            *count += usize::from(rank < *take.of(half));
        }
    }
    let quotas = counts.into_iter().map(|((half, category), count)| Quota {
        half,
        category,
        min: count.saturating_sub(slack),
        max: count + slack,
    });
    Terms {
        draw_id: "laws".to_owned(),
        pool_sha256: pool.hash(),
        take,
        quotas: quotas.collect(),
        further_quotas: None,
        dice_digits: 4,
        public_source: None,
        min_reveals: 1,
        parties: vec!["甲".to_owned(), "乙".to_owned()],
    }
}

prop_compose! {
    fn case()(
        people in proptest::collection::vec((0..2_usize, 0..3_usize, "[A-Za-z张李\u{3000}]{0,4}"), 1..40),
        picks in proptest::collection::vec(any::<Index>(), 2),
        slack in 0..3_usize,
        seed in any::<u64>(),
        missing in proptest::option::of(1..3_usize),
    ) -> Case {
        let rows: Vec<String> = people
            .iter()
            .zip(1..)
            .map(|((half, category, name), n)| format!("P{n:03},{},{},{name}\n", Half::ALL[*half], CATEGORIES[*category]))
            .collect();
        let announcement = Announcement::new(feasible_terms(&import(&rows), &picks, slack)).unwrap();
        let missing: Vec<usize> = missing.into_iter().collect();
        let transcript = hold(&announcement, &missing, &mut ChaCha20Rng::seed_from_u64(seed));
        Case { rows, announcement, transcript }
    }
}

fn shuffled_case() -> impl Strategy<Value = (Case, Vec<String>)> {
    case().prop_flat_map(|case| {
        let rows = Just(case.rows.clone()).prop_shuffle();
        (Just(case), rows)
    })
}

/// A vector, one of its files, and how to damage it: another byte at a place, or one byte fewer.
fn damage() -> impl Strategy<Value = (&'static str, &'static str, Index, Option<u8>)> {
    const VECTORS: &[&str] = &["v2_300", "v3_quota_refusal", "w1_tiny"];
    const FILES: &[&str] =
        &["pool.tsv", "announce.tsv", "seed.tsv", "result.tsv", "absences.tsv", "replacements.tsv"];
    (proptest::sample::select(VECTORS), proptest::sample::select(FILES), any::<Index>(), any::<Option<u8>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_order_of_the_rows_gives_the_same_pool_and_draw((case, rows) in shuffled_case()) {
        let pool = import(&rows);
        prop_assert_eq!(pool.to_tsv(), case.pool().to_tsv());
        prop_assert_eq!(conduct(&pool, &case.announcement, &case.transcript).unwrap(), case.draw());
    }

    #[test]
    fn the_seats_are_taken_and_the_quotas_kept(case in case()) {
        let (result, terms) = (case.draw(), case.announcement.terms());
        for half in Half::ALL {
            prop_assert_eq!(result.selected(half).count(), *terms.take.of(half));
            prop_assert_eq!(result.ranking(half).len(), case.pool().half(half).count());
            for quota in terms.quotas.iter().filter(|quota| quota.half == half) {
                let seats = result.selected(half).filter(|person| person.category == quota.category).count();
                prop_assert!((quota.min..=quota.max).contains(&seats));
            }
        }
    }

    #[test]
    fn ranks_follow_tickets_and_alternates_are_numbered_in_order(case in case()) {
        for half in Half::ALL {
            let result = case.draw();
            prop_assert!(result.ranking(half).is_sorted_by_key(|person| person.ticket));
            prop_assert!(result.ranking(half).iter().map(|person| person.rank).eq(1..=result.ranking(half).len()));
            let numbers = (1..).map(Status::Alternate);
            prop_assert!(result.alternates(half).zip(numbers).all(|(person, status)| person.status == status));
        }
    }

    #[test]
    fn without_quotas_the_lowest_tickets_are_drawn(mut case in case(), seed in any::<u64>()) {
        let terms = Terms { quotas: Vec::new(), ..case.announcement.terms().clone() };
        case.announcement = Announcement::new(terms).unwrap();
        case.transcript = hold(&case.announcement, &[], &mut ChaCha20Rng::seed_from_u64(seed));
        let result = case.draw();
        for half in Half::ALL {
            prop_assert!(result.selected(half).map(|person| person.rank).eq(1..=result.selected(half).count()));
        }
    }

    #[test]
    fn every_file_is_read_back_as_it_was_written(case in case()) {
        let pool = case.pool();
        prop_assert_eq!(Pool::from_tsv(pool.to_tsv().as_bytes()).unwrap(), pool);
        let announcement = Announcement::from_tsv(case.announcement.to_tsv().as_bytes()).unwrap();
        prop_assert_eq!(&announcement, &case.announcement);
        let transcript = CompleteTranscript::from_tsv(case.transcript.to_tsv().as_bytes(), &announcement).unwrap();
        prop_assert_eq!(transcript.to_tsv(), case.transcript.to_tsv());
        prop_assert_eq!(transcript.seed().hash(), Sha256Hash::of(case.transcript.to_tsv()));
    }

    #[test]
    fn whatever_we_draw_and_replace_is_verified(case in case(), absent in proptest::collection::vec(any::<Index>(), 0..8)) {
        let result = case.draw();
        let mut seating = Seating::new(&result);
        let (mut absences, mut replacements) = (Absences::default(), Replacements::default());
        for index in absent {
            let seats: Vec<MemberId> =
                Half::ALL.iter().flat_map(|half| seating.representatives(*half)).map(|p| p.id.clone()).collect();
            if !seats.is_empty() {
                let id = seats[index.index(seats.len())].clone();
                replacements.0.push(seating.replace(&id).unwrap());
                absences.0.push(id);
            }
        }
        for id in &absences.0 {
            prop_assert!(seating.replace(id).is_err(), "nobody is replaced twice");
        }
        prop_assert_eq!(Absences::from_tsv(absences.to_tsv(Version::One).as_bytes(), Version::One), Ok(absences.clone()));
        prop_assert_eq!(Replacements::from_tsv(replacements.to_tsv(Version::One).as_bytes(), Version::One), Ok(replacements.clone()));
        let report = verify_folder(|name| Some(match name {
            "pool.tsv" => case.pool().to_tsv(),
            "announce.tsv" => case.announcement.to_tsv().to_owned(),
            "seed.tsv" => case.transcript.to_tsv().to_owned(),
            "result.tsv" => result.to_tsv(),
            "absences.tsv" => absences.to_tsv(Version::One),
            _ => replacements.to_tsv(Version::One),
        }.into_bytes()));
        prop_assert_eq!(&report.findings, &[]);
        let facts = report.facts.unwrap();
        prop_assert!(facts.representatives.a.iter().chain(&facts.representatives.b).all(|id| !absences.0.contains(id)));
    }

    #[test]
    fn a_changed_or_missing_byte_anywhere_is_found((vector, file, place, byte) in damage()) {
        let mut folder = Folder::vector(vector);
        let bytes = folder.0.get_mut(file).unwrap();
        let place = place.index(bytes.len());
        match byte {
            Some(byte) if byte != bytes[place] => bytes[place] = byte,
            _ => { bytes.remove(place); }
        }
        prop_assert!(!folder.verify().is_valid());
    }

    #[test]
    fn no_bytes_make_a_reader_panic(
        tail in proptest::collection::vec(any::<u8>(), 0..200),
        text in "[a-z0-9\t\nAB-]{0,80}",
        version in 1..3_u8,
        kind in proptest::sample::select(vec!["pool", "announce", "seed", "result", "absences", "replacements"]),
    ) {
        let announcement = Folder::vector(VECTORS[0]).announcement();
        let tagged = [format!("public-draw/{version}\t{kind}\n{text}\n").as_bytes(), &tail].concat();
        for bytes in [&tail, &tagged] {
            let _ = Pool::import(bytes);
            let _ = Pool::from_tsv(bytes);
            let _ = Announcement::from_tsv(bytes);
            let _ = CompleteTranscript::from_tsv(bytes, &announcement);
            let _ = Absences::from_tsv(bytes, Version::One);
            let _ = Replacements::from_tsv(bytes, Version::Two);
            prop_assert!(!verify_folder(|_| Some(bytes.clone())).is_valid());
        }
    }
}
