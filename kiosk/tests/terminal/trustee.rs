//! The trustee's terminal.

use belenios::{
    archive::Writer,
    ballot::BallotBox,
    credential::Credential,
    election::Election,
    group::{Ed25519 as G, Group as _},
    proof::Proof,
    signature,
    tally::{EncryptedTally, PartialDecryption},
    text::{Fingerprint, Hash},
    trustee::Trustees,
};
use evaluation::{
    hash::Sha256Hash,
    publication::{
        closing::{ClosingStatement, ZeroReport},
        exception::{Exception, Matter},
        reconciliation::ByKind,
    },
    wire::{PollState, Purpose, TrusteeAssignment, TrusteePartialDecryption},
};
use kiosk::{
    os_rng,
    trustee::{self, ClosedPoll, Cost, KeyFile, Passphrase, TrusteeError},
    uplink::{Timeouts, Uplink},
};

use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;

use crate::hall::Hall;

pub(crate) fn uplink(hall: &Hall) -> Uplink {
    Uplink::new(&hall.url(), Hall::access(), Timeouts::default()).unwrap()
}

/// Guessing is cheap in tests.
pub(crate) const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

pub(crate) fn passphrase() -> Passphrase {
    Passphrase::typed(&"four words are enough".into())
}

/// The key of the hall's trustee, in a file: the first thing the hall's generator made was this key.
pub(crate) fn key_file(hall: &Hall) -> KeyFile {
    let path = hall.folder.path().join("trustee.key");
    let mut rng = ChaCha20Rng::seed_from_u64(42);
    let (file, _) = KeyFile::create(&path, &assignment(), &passphrase(), CHEAP, &mut rng).unwrap();
    assert_eq!(file.key::<G>().unwrap().public(), hall.secret.public());
    file
}

fn assignment() -> TrusteeAssignment {
    TrusteeAssignment {
        poll: "1r7xvBB2ZoyrxA".parse().unwrap(),
        position: 1,
        name: "监票人甲".into(),
        group: "Ed25519".into(),
        trustees: 1,
        needed: 1,
        purpose: Purpose::Real,
        title: "宁晋县 2020 年度「阳光股室」评议".into(),
        state: PollState::Setup,
    }
}

pub(crate) struct Closed {
    pub(crate) archive: Vec<u8>,
    pub(crate) closing: ClosingStatement,
    pub(crate) head: Hash,
}

fn exception(matter: Matter) -> Exception {
    let reason = "两人当场核对".to_owned();
    Exception { matter, reason, document_number: "宁创〔2020〕11号".parse().unwrap() }
}

/// The closed archive of two ballots, and its closing statement.
pub(crate) fn close(hall: &Hall, choices: &[[usize; 3]]) -> Closed {
    let setup = &hall.poll.setup;
    let ballot_box = BallotBox::<G>::new(Election::parse(&setup.election).unwrap());
    let mut writer = Writer::new(Vec::new(), 1_600_000_000).unwrap();
    let setup_event = writer.setup(&setup.election, &setup.trustees, &setup.credentials).unwrap();
    let mut tally = EncryptedTally::empty(ballot_box.election());
    for (code, choices) in hall.codes.iter().zip(choices) {
        let credential =
            Credential::parse_card_code(code).unwrap().derive::<G>(&"1r7xvBB2ZoyrxA".parse().unwrap());
        let ballot = ballot_box.encrypt(&credential, choices, &mut os_rng()).unwrap();
        writer.ballot(ballot.to_json().as_bytes()).unwrap();
        tally.add(&ballot, 1);
    }
    let end_ballots_event = writer.end_ballots().unwrap();
    let ballots = u64::try_from(choices.len()).unwrap();
    let head = writer.encrypted_tally(&tally.to_json(), ballots, ballots).unwrap();
    let unused = hall.codes.iter().skip(choices.len());
    let mut not_returned: Vec<_> = unused
        .map(|code| {
            let credential = Credential::parse_card_code(code).unwrap();
            G::encode(credential.derive::<G>(&"1r7xvBB2ZoyrxA".parse().unwrap()).public())
        })
        .collect();
    not_returned.sort();
    let closing = ClosingStatement {
        poll: "1r7xvBB2ZoyrxA".parse().unwrap(),
        archive_timestamp: 1_600_000_000,
        setup_event,
        end_ballots_event,
        ballots,
        zero_report: ZeroReport {
            setup_event,
            credentials: u64::try_from(hall.codes.len()).unwrap(),
            ballots: 0,
            spent: 0,
            void: 0,
            log_entries: 1,
            log_head: Sha256Hash::of("log"),
        },
        void_cards: Vec::new(),
        not_returned,
        void_refused: ByKind::default(),
        refused: Vec::new(),
        challenged: Vec::new(),
        booths: Vec::new(),
        attendance: None,
        exceptions: [Matter::NoCheckIn, Matter::NoBoothStatement].map(exception).to_vec(),
        sanctions_sha256: Sha256Hash::of(""),
        absences_sha256: None,
    };
    Closed { archive: writer.finish().unwrap(), closing, head }
}

#[tokio::test]
async fn a_trustee_decrypts_the_sums_of_what_was_inspected_and_signs_the_closing() {
    let hall = Hall::new();
    let mut file = key_file(&hall);
    let closed = close(&hall, &[[0, 1, 2], [0, 3, 2]]);
    hall.shared.archive.lock().unwrap().clone_from(&closed.archive);
    *hall.shared.closing.lock().unwrap() = closed.closing.signed_text();
    let uplink = uplink(&hall);
    let poll = trustee::inspect(&uplink, &file, Some(closed.closing.setup_event)).await.unwrap();
    assert_eq!((poll.head, poll.ballots), (closed.head, 2));
    trustee::decrypt(&uplink, &mut file, &poll, &mut os_rng()).await.unwrap();

    let sent = hall.shared.received.lock().unwrap().pop().unwrap();
    let sent: TrusteePartialDecryption = serde_json::from_str(&sent).unwrap();
    let signature: Proof<G> = serde_json::from_str(&sent.closing_signature).unwrap();
    assert!(signature::verify(hall.secret.public(), &closed.closing.signed_text(), &signature));
    let share: PartialDecryption<G> = serde_json::from_str(&sent.partial_decryption).unwrap();
    let trustees = Trustees::parse(&hall.poll.setup.trustees).unwrap();
    let mut reader = belenios::archive::Reader::new(closed.archive.as_slice()).unwrap();
    let mut tally: Option<EncryptedTally<G>> = None;
    while let Some(entry) = reader.next_entry().unwrap() {
        if entry.hash == closed.head {
            tally = Some(serde_json::from_slice(&entry.data[0].1).unwrap());
        }
    }
    let result = tally.unwrap().combine(&trustees, &[(1, share)], 2).unwrap();
    assert_eq!(result.result, [[2, 0, 0, 0], [0, 1, 0, 1], [0, 0, 2, 0]]);
}

#[test]
fn a_key_works_for_one_archive_only() {
    let hall = Hall::new();
    let mut file = key_file(&hall);
    let check = |closed: &Closed, file: &KeyFile| {
        ClosedPoll::check(&closed.archive, &closed.closing.signed_text(), file, None).unwrap()
    };
    let first = check(&close(&hall, &[[0, 1, 2], [0, 3, 2]]), &file);
    first.decrypt(&mut file, &mut os_rng()).unwrap();
    first.decrypt(&mut file, &mut os_rng()).unwrap();
    let other = check(&close(&hall, &[[0, 1, 2]]), &file);
    assert!(matches!(other.decrypt(&mut file, &mut os_rng()), Err(TrusteeError::Head { .. })));
}

#[test]
fn an_archive_that_does_not_verify_is_never_decrypted() {
    let hall = Hall::new();
    let file = key_file(&hall);
    let closed = close(&hall, &[[0, 1, 2]]);
    let text = closed.closing.signed_text();
    let check = |archive: &[u8], closing: &str, anchor| ClosedPoll::check(archive, closing, &file, anchor);
    assert!(check(&closed.archive, &text, None).is_ok());

    let step = closed.archive.len() / 40;
    for place in (0..closed.archive.len()).step_by(step) {
        let mut damaged = closed.archive.clone();
        damaged[place] ^= 1;
        assert!(check(&damaged, &text, None).is_err(), "byte {place}");
    }
    let anchor = check(&closed.archive, &text, Some(Hash::of("other")));
    assert!(matches!(anchor, Err(TrusteeError::Anchor { .. })));
    assert!(matches!(check(&[], &text, None), Err(TrusteeError::Archive { .. })));
}

#[test]
fn a_closing_statement_that_does_not_fit_the_archive_is_never_signed() {
    let hall = Hall::new();
    let file = key_file(&hall);
    let closed = close(&hall, &[[0, 1, 2]]);
    let counted = {
        let facts = belenios::verify::verify_listing(
            std::io::Cursor::new(&closed.archive),
            belenios::verify::Policy {
                revotes: belenios::verify::Revotes::Forbidden,
                complete_until: belenios::archive::EventType::EncryptedTally,
            },
        );
        facts.unwrap().facts
    };
    let (tracker, voter) = (counted.trackers[0], counted.voted[0].clone());
    let refused = |change: &dyn Fn(&mut ClosingStatement)| {
        let mut closing = closed.closing.clone();
        change(&mut closing);
        let checked = ClosedPoll::check(&closed.archive, &closing.signed_text(), &file, None);
        matches!(checked, Err(TrusteeError::Closing { .. }))
    };
    let other = Fingerprint::of("other");
    let pair = |refused, stored| evaluation::publication::closing::RefusedBallot { refused, stored };
    assert!(!refused(&|_| {}));
    assert!(!refused(&|closing| closing.refused.push(pair(other, Some(tracker)))));
    assert!(!refused(&|closing| closing.refused.push(pair(other, None))));
    assert!(refused(&|closing| closing.refused.push(pair(tracker, None))));
    // A real poll without check-in or booths, and nobody has recorded why.
    assert!(refused(&|closing| drop(closing.exceptions.remove(0))));
    assert!(refused(&|closing| drop(closing.exceptions.pop())));
    assert!(refused(&|closing| closing.ballots += 1));
    assert!(refused(&|closing| closing.setup_event = Hash::of("")));
    assert!(refused(&|closing| closing.end_ballots_event = Hash::of("")));
    assert!(refused(&|closing| closing.poll = "2r7xvBB2ZoyrxA".parse().unwrap()));
    assert!(refused(&|closing| closing.challenged.push(tracker)));
    assert!(refused(&|closing| closing.not_returned.push(voter.clone())));
    assert!(refused(&|closing| closing.zero_report.spent = 1));
    assert!(refused(&|closing| closing.refused.push(pair(tracker, Some(other)))));
    let text = ClosedPoll::check(&closed.archive, "pingyi-closing/1\n{}", &file, None);
    assert!(matches!(text, Err(TrusteeError::Closing { .. })));
}

#[test]
fn a_key_that_is_not_of_this_election_decrypts_nothing() {
    let hall = Hall::new();
    let closed = close(&hall, &[[0, 1, 2]]);
    let path = hall.folder.path().join("other.key");
    let (file, _) = KeyFile::create(&path, &assignment(), &passphrase(), CHEAP, &mut os_rng()).unwrap();
    let checked = ClosedPoll::check(&closed.archive, &closed.closing.signed_text(), &file, None);
    assert!(matches!(checked, Err(TrusteeError::NotMine { position: 1 })));
}
