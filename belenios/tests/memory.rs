//! The verifier reads an archive as a stream: what it holds in memory does not grow with the number of ballots.

#![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::fs::File;
use std::io::{BufWriter, Seek};

use belenios::archive::Writer;
use belenios::ballot::BallotBox;
use belenios::credential::{Credential, PrivateCredential};
use belenios::election::{Election, Parameters, Question};
use belenios::group::{Ed25519, Group};
use belenios::tally::EncryptedTally;
use belenios::text::Uuid;
use belenios::trustee::Trustees;
use belenios::trustee::single::SecretKey;
use belenios::verify::{Policy, Report, verify, verify_listing};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// On the list whether they vote or not: only the number of ballots differs.
const VOTERS: usize = 800;

/// An archive on disk in which so many of the voters have voted.
fn archive(ballots: usize) -> File {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let key = SecretKey::<Ed25519>::generate(&mut rng);
    let trustees = Trustees::all_needed([key.to_public(None, &mut rng)]);
    let uuid = Uuid::random(&mut rng);
    let question = Question::single_choice("?".to_owned(), vec!["0".to_owned(), "1".to_owned()]);
    let parameters = Parameters::new(
        uuid.clone(),
        "memory".to_owned(),
        String::new(),
        trustees.election_key(),
        vec![question; 2],
    );
    let credentials: Vec<PrivateCredential<Ed25519>> =
        (0..VOTERS).map(|_| Credential::generate(&mut rng).derive(&uuid)).collect();
    let listed: Vec<_> = credentials.iter().map(|credential| Ed25519::encode(credential.public())).collect();
    let ballot_box = BallotBox::new(Election::new(parameters).unwrap());
    let election = ballot_box.election();
    let mut writer = Writer::new(BufWriter::new(tempfile::tempfile().unwrap()), 1).unwrap();
    let listed = serde_json::to_string(&listed).unwrap();
    writer.setup(election.text(), &trustees.to_json(), &listed).unwrap();
    let mut tally = EncryptedTally::empty(election);
    for credential in credentials.iter().take(ballots) {
        let ballot = ballot_box.encrypt(credential, &[0, 1], &mut rng).unwrap();
        writer.ballot(ballot.to_json().as_bytes()).unwrap();
        tally.add(&ballot, 1);
    }
    writer.end_ballots().unwrap();
    let count = ballots as u64;
    writer.encrypted_tally(&tally.to_json(), count, count).unwrap();
    let share = tally.decrypt(election, &key, &mut rng);
    writer.partial_decryption(1, &share.to_json()).unwrap();
    let result = tally.combine(&trustees, &[(1, share)], count).unwrap();
    writer.result(&result.to_json()).unwrap();
    writer.finish().unwrap().into_inner().unwrap()
}

/// The most bytes that were held at once while an archive was verified.
fn peak(mut archive: File, verify: fn(File, Policy) -> std::io::Result<Report>) -> usize {
    archive.rewind().unwrap();
    let profiler = dhat::Profiler::builder().testing().build();
    let report = verify(archive, Policy::STRICT).unwrap();
    let peak = dhat::HeapStats::get().max_bytes;
    drop(profiler);
    assert!(report.is_accepted(), "{:?}", report.findings);
    peak
}

/// One test, since only one profiler can run at a time.
#[test]
fn memory_does_not_grow_with_the_number_of_ballots() {
    // Whatever is made once, such as tables of the generator, is made here.
    peak(archive(1), verify);
    let (few, many) = (peak(archive(100), verify), peak(archive(VOTERS), verify));
    // Eight times the ballots. Not even a hash of 32 bytes may be kept of each.
    assert!(many < few + (VOTERS - 100) * 16, "{few} bytes for 100 ballots, {many} for {VOTERS}");
    // What would be seen if ballots were listed: the measure can tell.
    let listing = peak(archive(VOTERS), verify_listing);
    assert!(listing > many + 50_000, "{many} bytes without the list, {listing} with it, {few} few");
    println!("peak: {few} bytes for 100 ballots, {many} for {VOTERS}, {listing} with the list of ballots");
}
