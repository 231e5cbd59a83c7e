//! What a draw costs: of 300 people, of 20,000 people, and one try of a draw with further quotas.

#![expect(clippy::expect_used, reason = "a bench ends where something is missing")]

use std::{fmt::Write as _, fs, hint::black_box, path::Path};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use evaluation::{
    draw::{
        Announcement, Commitments, CompleteTranscript, FeatureQuota, FurtherQuotas, Outcome, Secret, Terms,
        chances::estimate_acceptance, commitment, conduct, feasibility,
    },
    pool::{PerHalf, Pool},
};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

fn pool_of_the_vector() -> Pool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/draw/vectors/v2_300/pool.tsv");
    Pool::from_tsv(&fs::read(path).expect("the vector is there")).expect("the vector is well formed")
}

fn large_pool() -> Pool {
    let mut text = "id,half,category,name\n".to_owned();
    for n in 0..20_000 {
        let (half, category) = [("A", "外地客商"), ("B", "农民"), ("A", "离退休干部"), ("B", "人大代表")]
            .get(n % 4)
            .expect("there are four");
        writeln!(text, "P{n:05},{half},{category},测试{n}").expect("a string takes everything");
    }
    Pool::import(text.as_bytes()).expect("the pool is well formed")
}

fn terms(pool: &Pool, further_quotas: Option<FurtherQuotas>) -> Terms {
    Terms {
        draw_id: "bench".to_owned(),
        pool_sha256: pool.hash(),
        take: PerHalf { a: 50, b: 50 },
        quotas: vec![],
        further_quotas,
        dice_digits: 0,
        public_source: None,
        min_reveals: 2,
        parties: vec!["甲".to_owned(), "乙".to_owned()],
    }
}

fn hold(announcement: &Announcement) -> CompleteTranscript {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let secrets = [Secret::generate(&mut rng), Secret::generate(&mut rng)];
    let mut commitments = Commitments::open(announcement);
    for (secret, party) in secrets.iter().zip(1..) {
        let commitment = commitment(announcement.hash(), party, secret);
        commitments.record(party, commitment).expect("the party is announced");
    }
    let mut reveals = commitments.close().expect("all are in").type_dice("", "").expect("no dice");
    for (secret, party) in secrets.into_iter().zip(1..) {
        reveals.reveal(party, secret).expect("it opens");
    }
    match reveals.close().expect("all are open") {
        Outcome::Opened(opened) => opened.complete(None).expect("no public source"),
        Outcome::Void(_) => unreachable!("both have revealed"),
    }
}

fn draw(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("draw");
    for (name, pool) in [("300 people", pool_of_the_vector()), ("20000 people", large_pool())] {
        let announcement = Announcement::new(terms(&pool, None)).expect("the terms are fine");
        let transcript = hold(&announcement);
        group.bench_function(name, |bencher| {
            bencher.iter(|| conduct(black_box(&pool), &announcement, &transcript).expect("it is drawn"));
        });
    }
    let pool = pool_of_the_vector();
    let feature = |column: &str, value: &str, min, max| FeatureQuota {
        column: column.to_owned(),
        value: value.to_owned(),
        min,
        max,
    };
    let features = vec![feature("gender", "女", 30, 36), feature("township", "北湖乡", 15, 17)];
    let further = FurtherQuotas::new(features, 1_000_000).expect("the quotas are fine");
    let terms = terms(&pool, Some(further));
    // On one core and on all; the time is that of a thousand tries.
    group.bench_function("1000 tries with further quotas, all cores", |bencher| {
        bencher.iter_batched(
            || ChaCha20Rng::seed_from_u64(7),
            |mut rng| estimate_acceptance(&pool, &terms, &mut rng, 1000, &mut |_| ()).expect("it is tried"),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("one try with further quotas, prepared anew", |bencher| {
        bencher.iter_batched(
            || ChaCha20Rng::seed_from_u64(7),
            |mut rng| estimate_acceptance(&pool, &terms, &mut rng, 1, &mut |_| ()).expect("it is tried"),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("feasibility", |bencher| {
        bencher.iter(|| feasibility(black_box(&pool), &terms).expect("the names are there"));
    });
    group.finish();
}

criterion_group!(benches, draw);
criterion_main!(benches);
