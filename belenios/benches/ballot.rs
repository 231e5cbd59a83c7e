//! What a ballot of 70 questions with four answers costs: making it, checking it, and a trustee's decryption.

#![expect(clippy::expect_used, reason = "a bench ends where something is missing")]

use belenios::ballot::BallotBox;
use belenios::credential::Credential;
use belenios::election::{Election, Parameters, Question};
use belenios::group::{Belenios2048, Ed25519, Group};
use belenios::tally::EncryptedTally;
use belenios::text::Uuid;
use belenios::trustee::Trustees;
use belenios::trustee::single::SecretKey;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

fn ballot<G: Group>(criterion: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let key = SecretKey::<G>::generate(&mut rng);
    let trustees = Trustees::all_needed([key.to_public(None, &mut rng)]);
    let uuid = Uuid::random(&mut rng);
    let answers = ["满意", "较满意", "一般", "不满意"].map(str::to_owned).to_vec();
    let questions = (1..=70).map(|n| Question::single_choice(format!("{n}"), answers.clone())).collect();
    let credential = Credential::generate(&mut rng).derive(&uuid);
    let parameters =
        Parameters::new(uuid, "bench".to_owned(), String::new(), trustees.election_key(), questions);
    let ballot_box = BallotBox::new(Election::new(parameters).expect("the election is well formed"));
    let choices: Vec<_> = (0..70).map(|n| n % 4).collect();
    let ballot = ballot_box.encrypt(&credential, &choices, &mut rng).expect("the choices fit");
    let bytes = ballot.to_json().into_bytes();

    let mut group = criterion.benchmark_group(G::NAME);
    group.bench_function("encrypt", |bencher| {
        bencher.iter(|| ballot_box.encrypt(&credential, &choices, &mut rng));
    });
    // What a booth does while a voter reads one office, when a grade is tapped, and before the review is shown.
    group.bench_function("foresee one question", |bencher| {
        bencher.iter(|| ballot_box.begin(credential.clone()).foresee(&ballot_box, 0, &mut rng));
    });
    group.bench_function("choose after foreseeing", |bencher| {
        bencher.iter_batched_ref(
            || {
                let mut progress = ballot_box.begin(credential.clone());
                progress.foresee(&ballot_box, 0, &mut rng.clone()).expect("there is such a question");
                progress
            },
            |progress| progress.choose(&ballot_box, 0, 2, &mut ChaCha20Rng::seed_from_u64(1)),
            BatchSize::SmallInput,
        );
    });
    let mut progress = ballot_box.begin(credential.clone());
    for (question, choice) in choices.iter().enumerate() {
        progress.choose(&ballot_box, question, *choice, &mut rng).expect("the choice fits");
    }
    group.bench_function("prepare after choosing", |bencher| {
        bencher.iter(|| progress.prepare(&ballot_box, &mut rng));
    });
    let election = ballot_box.election().text().to_owned();
    group.bench_function("make an election ready", |bencher| {
        bencher
            .iter(|| BallotBox::new(Election::<G>::parse(&election).expect("the election is well formed")));
    });
    group.bench_function("check", |bencher| bencher.iter(|| ballot_box.check(&bytes)));
    let mut tally = EncryptedTally::empty(ballot_box.election());
    tally.add(&ballot, 1);
    group.bench_function("decrypt", |bencher| {
        bencher.iter(|| tally.decrypt(ballot_box.election(), &key, &mut rng));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = ballot::<Ed25519>, ballot::<Belenios2048>
}
criterion_main!(benches);
