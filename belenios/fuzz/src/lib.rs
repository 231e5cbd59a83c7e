//! What must hold for any bytes at all. The fuzzer and, on stable, `belenios/tests/corpus.rs` call these functions.

use std::collections::HashSet;
use std::io::Cursor;
use std::sync::LazyLock;

use belenios::archive::{EventType, Reader, WriteError, Writer};
use belenios::ballot::BallotBox;
use belenios::credential::Credential;
use belenios::election::{Election, Parameters, Question, group_name};
use belenios::group::{Group, GroupName};
use belenios::tally::EncryptedTally;
use belenios::text::{BASE58, Fingerprint, Uuid};
use belenios::trustee::Trustees;
use belenios::verify::{Policy, Report, Revotes, verify, verify_listing};
use belenios::with_group;

/// The private key of the one trustee of [`small_election`].
pub const SMALL_KEY: u64 = 7;

/// The election of the `ballot` target: small, because every execution checks all its proofs.
#[must_use]
pub fn small_election<G: Group>() -> Election<G> {
    let uuid: Uuid = "12345678912345".parse().unwrap();
    let question = Question::single_choice("?".to_owned(), vec!["a".to_owned(), "b".to_owned()]);
    let key = G::generator_power(&G::scalar(SMALL_KEY));
    Election::new(Parameters::new(uuid, "fuzz".to_owned(), String::new(), key, vec![question])).unwrap()
}

/// Any bytes as an archive.
pub fn archive(bytes: &[u8]) {
    judge(bytes);
}

/// Any log in lines, made into an archive in which every hash is right, so that the checks behind the hashes are met.
pub fn events(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut writer = Writer::new(Vec::new(), 1).unwrap();
    for line in text.split('\n') {
        // What may not stand here is passed over.
        let _: Option<Result<_, WriteError>> = event(&mut writer, line);
    }
    judge(&writer.finish().unwrap());
}

/// `S election TAB trustees TAB credentials`, `B ballot`, `E`, `T voters weight tally`, `P owner share`, `R result`.
fn event(writer: &mut Writer<Vec<u8>>, line: &str) -> Option<Result<belenios::text::Hash, WriteError>> {
    let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
    Some(match kind {
        "S" => {
            let mut parts = rest.split('\t');
            writer.setup(parts.next()?, parts.next()?, parts.next()?)
        }
        "B" => writer.ballot(rest.as_bytes()),
        "E" => writer.end_ballots(),
        "T" => {
            let mut parts = rest.splitn(3, ' ');
            let (voters, weight) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            writer.encrypted_tally(parts.next()?, voters, weight)
        }
        "P" => {
            let (owner, share) = rest.split_once(' ')?;
            writer.partial_decryption(owner.parse().ok()?, share)
        }
        "R" => writer.result(rest),
        _ => return None,
    })
}

/// Both policies agree as they should, and what is accepted is complete.
fn judge(bytes: &[u8]) {
    let [strict, lax] = [Revotes::Forbidden, Revotes::Allowed].map(|revotes| {
        let policy = Policy { revotes, complete_until: EventType::Result };
        let report = verify_listing(Cursor::new(bytes), policy).unwrap();
        assert_eq!(report.is_accepted(), report.findings.is_empty());
        assert!(report.facts.voted.len() <= report.facts.trackers.len());
        report
    });
    assert!(!strict.is_accepted() || lax.is_accepted(), "forbidding revotes accepts more");
    if lax.is_accepted() {
        accepted(bytes, &lax);
    }
    if strict.is_accepted() {
        let voters: HashSet<_> = strict.facts.voted.iter().collect();
        assert_eq!(voters.len(), strict.facts.trackers.len());
        assert_eq!(strict.facts.result, lax.facts.result);
    }
}

fn accepted(bytes: &[u8], report: &Report) {
    let facts = &report.facts;
    let named = [facts.setup, facts.end_ballots, facts.head];
    assert!(named.iter().all(Option::is_some) && facts.uuid.is_some() && facts.result.is_some());
    assert_eq!(facts.voted.len(), facts.trackers.len());
    assert_eq!(facts.ballots, facts.trackers.len() as u64);
    let distinct: HashSet<_> = facts.trackers.iter().map(Fingerprint::as_bytes).collect();
    assert_eq!(distinct.len(), facts.trackers.len());
    let policy = Policy { revotes: Revotes::Allowed, complete_until: EventType::Result };
    let again = verify_listing(Cursor::new(rewritten(bytes)), policy).unwrap();
    assert!(again.is_accepted(), "written anew it is refused: {:?}", again.findings);
    assert_eq!(again.facts.result, facts.result);
    assert_eq!(again.facts.trackers, facts.trackers);
    assert_eq!(again.facts.decrypted_by, facts.decrypted_by);
    let cut = verify(Cursor::new(&bytes[..bytes.len() - 1]), policy).unwrap();
    assert!(!cut.is_accepted());
}

/// The same objects through our own writer.
fn rewritten(bytes: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(Cursor::new(bytes)).unwrap();
    let mut writer = Writer::new(Vec::new(), reader.timestamp()).unwrap();
    while let Some(entry) = reader.next_entry().unwrap() {
        let data: Vec<_> = entry.data.iter().map(|(_, body)| std::str::from_utf8(body).unwrap()).collect();
        let number = |field: &str| {
            let wrapper: serde_json::Value = serde_json::from_str(data[1]).unwrap();
            let value = &wrapper[field];
            value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap()
        };
        match entry.event.event_type {
            EventType::Setup => writer.setup(data[0], data[1], data[2]),
            EventType::Ballot => writer.ballot(data[0].as_bytes()),
            EventType::EndBallots => writer.end_ballots(),
            EventType::EncryptedTally => {
                writer.encrypted_tally(data[0], number("num_tallied"), number("total_weight"))
            }
            EventType::PartialDecryption => {
                writer.partial_decryption(usize::try_from(number("owner")).unwrap(), data[0])
            }
            EventType::Result => writer.result(data[0]),
        }
        .unwrap();
    }
    writer.finish().unwrap()
}

/// A byte that chooses the group, then any bytes as a ballot of [`small_election`].
pub fn ballot(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let group = GroupName::ALL[usize::from(*first) % GroupName::ALL.len()];
    with_group!(group, G => {
        static BOX: LazyLock<BallotBox<G>> = LazyLock::new(|| BallotBox::new(small_election()));
        ballot_in(&BOX, bytes);
    });
}

fn ballot_in<G: Group>(ballot_box: &BallotBox<G>, bytes: &[u8]) {
    let Ok(ballot) = ballot_box.check(bytes) else { return };
    assert_eq!(ballot.to_json().as_bytes(), bytes);
    assert_eq!(ballot.tracker(), Fingerprint::of(bytes));
    assert!(bytes.len() <= ballot_box.maximal_ballot_size());
    let (mut once, mut twice) =
        (EncryptedTally::empty(ballot_box.election()), EncryptedTally::empty(ballot_box.election()));
    once.add(&ballot, 1);
    twice.add(&ballot, 2);
    once.add(&ballot, 1);
    assert_eq!(once, twice, "a weight of two is not two ballots");
}

/// Any text as the election object of every group.
pub fn election(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for group in GroupName::ALL {
        with_group!(group, G => election_in::<G>(text));
    }
}

fn election_in<G: Group>(text: &str) {
    let Ok(election) = Election::<G>::parse(text) else { return };
    assert_eq!(group_name(text).unwrap(), G::NAME);
    assert_eq!(election.text(), text);
    assert_eq!(*election.fingerprint(), Fingerprint::of(text));
    let canonical = Election::new(election.parameters().clone()).unwrap();
    let again = Election::<G>::parse(canonical.text()).unwrap();
    assert_eq!(again, canonical);
    assert_eq!(again.parameters(), election.parameters());
    let ballot_box = BallotBox::new(election);
    assert!(ballot_box.maximal_ballot_size() > ballot_box.election().parameters().questions.len());
}

/// Any text as the list of trustees of every group.
pub fn trustees(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for group in GroupName::ALL {
        with_group!(group, G => trustees_in::<G>(text));
    }
}

fn trustees_in<G: Group>(text: &str) {
    let Ok(trustees) = Trustees::<G>::parse(text) else { return };
    let people = trustees.decryption_keys().count();
    assert!(trustees.decryption_keys().all(|key| key.is_proved() && key.public_key != G::identity()));
    let again = Trustees::<G>::parse(&trustees.to_json()).unwrap();
    assert_eq!(again, trustees);
    assert_eq!(again.election_key(), trustees.election_key());
    assert!(again.omissions().eq(trustees.omissions()));
    assert!(trustees.is_quorum(&(1..=people).collect::<Vec<_>>()) && !trustees.is_quorum(&[]));
}

/// Any text as what somebody types from a voting card.
pub fn credential(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(credential) = Credential::parse(text) {
        assert_eq!(Credential::parse(&credential.text()), Ok(credential));
    }
    let Ok(credential) = Credential::parse_card_code(text) else { return };
    let code = credential.card_code();
    let is_base58 = |character: &char| u8::try_from(*character).is_ok_and(|byte| BASE58.contains(&byte));
    let typed: String = text.chars().filter(is_base58).collect();
    assert_eq!(typed, code.replace('-', ""));
    assert_eq!(Credential::parse_card_code(&code), Ok(credential.clone()));
    assert!(Credential::parse(text).is_err(), "a card code is read without its check character");
    let uuid: Uuid = "12345678912345".parse().unwrap();
    for group in GroupName::ALL {
        with_group!(group, G => assert_ne!(*credential.derive::<G>(&uuid).public(), G::identity()));
    }
}
