//! Writes the seeds of every target into `corpus/`, from the sample archives and from small elections of every group.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use belenios::archive::{Entry, EventType, Reader, Writer};
use belenios::ballot::BallotBox;
use belenios::credential::Credential;
use belenios::election::Election;
use belenios::group::{Group, GroupName};
use belenios::tally::EncryptedTally;
use belenios::text::Hash;
use belenios::trustee::Trustees;
use belenios::trustee::single::SecretKey;
use belenios::trustee::threshold::{Block, Certificates, Contributions, Identity, Quorum};
use belenios::with_group;
use belenios_fuzz::{SMALL_KEY, small_election};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

fn main() {
    for (number, group) in (0..).zip(GroupName::ALL) {
        with_group!(group, G => {
            Small::<G>::new().seeds(number);
            Small::<G>::threshold().threshold_seeds();
        });
    }
    for sample in fs::read_dir(samples()).unwrap() {
        let path = sample.unwrap().path();
        if path.join("private").is_dir() {
            let bytes = fs::read(archive_in(&path)).unwrap();
            let first = Reader::new(Cursor::new(&bytes)).unwrap().next_entry().unwrap().unwrap();
            election(&text(&first, 0));
            trustees(&text(&first, 1));
        }
    }
    for text in ["ABCDE-FGHJKL-MNPQR-STUVWX", "1111111111111111111111", "zzzzz zzzzzz zzzzz zzzzzz"] {
        let code = Credential::parse(text).unwrap().card_code();
        for form in
            [code.to_string(), code.replace('-', ""), code.replace('-', "\u{3000}"), code.to_lowercase()]
        {
            seed("credential", form.as_bytes());
        }
        seed("credential", text.as_bytes());
    }
}

struct Small<G: Group> {
    rng: ChaCha20Rng,
    /// Of the trustees who come to decrypt, with owner numbers.
    keys: Vec<(usize, SecretKey<G>)>,
    trustees: Trustees<G>,
    ballot_box: BallotBox<G>,
}

impl<G: Group> Small<G> {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = SecretKey::parse(&SMALL_KEY.to_string()).unwrap();
        let trustees = Trustees::all_needed([key.to_public(Some("t".to_owned()), &mut rng)]);
        Self { rng, keys: vec![(1, key)], trustees, ballot_box: BallotBox::new(small_election()) }
    }

    /// The same election with two of three trustees, after a ceremony.
    fn threshold() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let quorum = Quorum::new(2, 3).unwrap();
        let people: Vec<_> =
            quorum.indexes().map(|index| Identity::<G>::generate(quorum, index, &mut rng).unwrap()).collect();
        let certificates = people.iter().map(|one| one.certificate(&mut rng)).collect();
        let certificates = Certificates::check(quorum, certificates).unwrap();
        let contributions =
            people.iter().map(|one| one.contribute(&certificates, &mut rng).unwrap()).collect();
        let contributions = Contributions::check(&certificates, contributions).unwrap();
        let finish = |one: &Identity<G>| {
            let (key, public) = one.finish(&certificates, &contributions, None, &mut rng).unwrap();
            ((one.index(), key), public)
        };
        let (mut keys, public): (Vec<_>, Vec<_>) = people.iter().map(finish).unzip();
        keys.remove(1);
        let block = Block::assemble(&certificates, &contributions, public).unwrap();
        let trustees = Trustees::threshold(block);
        let mut parameters = small_election::<G>().parameters().clone();
        parameters.public_key = trustees.election_key();
        let ballot_box = BallotBox::new(Election::new(parameters).unwrap());
        Self { rng, keys, trustees, ballot_box }
    }

    fn threshold_seeds(mut self) {
        let text = self.trustees.to_json();
        trustees(&text);
        let mut block: serde_json::Value = serde_json::from_str(&text).unwrap();
        block[0][1].as_object_mut().unwrap().remove("signatures");
        trustees(&block.to_string());
        let archive = self.archive(&[(0, 1)], &["", ""]);
        seed("events", lines(&archive).as_bytes());
        seed("archive", &archive);
    }

    fn seeds(mut self, group: u8) {
        election(self.ballot_box.election().text());
        trustees(&self.trustees.to_json());
        let second = SecretKey::<G>::generate(&mut self.rng).to_public(None, &mut self.rng);
        trustees(&Trustees::all_needed([second.clone()]).to_json());
        trustees(&Trustees::all_needed([second.clone(), second]).to_json());
        let ballot = self.ballot(0, 1);
        for form in [ballot.clone(), ballot.replacen(':', ": ", 1), without_signature(&ballot), ballot + "\n"]
        {
            seed("ballot", &[&[group], form.as_bytes()].concat());
        }
        for (votes, weights) in [
            (&[(0, 1)][..], &["", ""]),
            (&[(0, 1), (1, 0)], &[",2", ",0"]),
            (&[(0, 1), (0, 0)], &["", ""]),
            (&[(0, 1)], &[",1000", ""]),
            (&[(0, 1)], &[",18446744073709551615", ",18446744073709551615"]),
        ] {
            let archive = self.archive(votes, weights);
            seed("events", lines(&archive).as_bytes());
            if weights.iter().all(|weight| weight.is_empty()) {
                seed("archive", &archive);
                seed("archive", &archive[..archive.len() / 2]);
            }
        }
    }

    fn credential(voter: usize) -> Credential {
        Credential::parse(["ABCDE-FGHJKL-MNPQR-STUVWX", "1111111111111111111111"][voter]).unwrap()
    }

    fn ballot(&mut self, voter: usize, choice: usize) -> String {
        let uuid = self.ballot_box.election().parameters().uuid.clone();
        let credential = Self::credential(voter).derive(&uuid);
        self.ballot_box.encrypt(&credential, &[choice], &mut self.rng).unwrap().to_json()
    }

    /// The last ballot of a voter counts, as often as the weight says.
    fn archive(&mut self, votes: &[(usize, usize)], weights: &[&str; 2]) -> Vec<u8> {
        let uuid = self.ballot_box.election().parameters().uuid.clone();
        let public =
            |voter: usize| G::encode(Self::credential(voter).derive::<G>(&uuid).public()) + weights[voter];
        let mut writer = Writer::new(Vec::new(), 1).unwrap();
        let credentials = serde_json::to_string(&[public(0), public(1)]).unwrap();
        let election = self.ballot_box.election().text().to_owned();
        writer.setup(&election, &self.trustees.to_json(), &credentials).unwrap();
        let mut tally = EncryptedTally::empty(self.ballot_box.election());
        let (mut voters, mut total) = (0, 0_u64);
        for (index, (voter, choice)) in votes.iter().enumerate() {
            let ballot = self.ballot(*voter, *choice);
            writer.ballot(ballot.as_bytes()).unwrap();
            if votes[index + 1..].iter().all(|(later, _)| later != voter) {
                let weight = weights[*voter].trim_start_matches(',').parse().unwrap_or(1);
                tally.add(&self.ballot_box.check(ballot.as_bytes()).unwrap(), weight);
                (voters, total) = (voters + 1, total.saturating_add(weight));
            }
        }
        writer.end_ballots().unwrap();
        writer.encrypted_tally(&tally.to_json(), voters, total).unwrap();
        let mut shares = Vec::new();
        for (owner, key) in &self.keys {
            let share = tally.decrypt(self.ballot_box.election(), key, &mut self.rng);
            writer.partial_decryption(*owner, &share.to_json()).unwrap();
            shares.push((*owner, share));
        }
        let result = tally.combine(&self.trustees, &shares, total);
        let text = result.map_or_else(|_| r#"{"result":[[0,1]]}"#.to_owned(), |result| result.to_json());
        writer.result(&text).unwrap();
        writer.finish().unwrap()
    }
}

/// The election and what is near it.
fn election(text: &str) {
    seed("election", text.as_bytes());
    for (part, other) in [
        ("\"answers\"", "\"type\":null,\"answers\""),
        ("\"min\":1", "\"min\":0"),
        ("\"min\":1", "\"blank\":false,\"min\":1"),
        ("\"max\":1", "\"max\":2"),
        ("\"version\":1", "\"version\":1,\"language\":[\"en\",\"ltr\"]"),
        ("\"uuid\"", "\"administrator\":\"a\",\"credential_authority\":\"\\u007f\",\"uuid\""),
        ("{", "{ "),
    ] {
        seed("election", text.replacen(part, other, 1).as_bytes());
    }
}

/// The list and what is near it.
fn trustees(text: &str) {
    seed("trustees", text.as_bytes());
    seed("trustees", text.replacen("\"pok\":", "\"more\":null,\"pok\": ", 1).as_bytes());
    seed("trustees", text.replacen("\"name\":", "\"name\":null,\"other\":", 1).as_bytes());
}

fn without_signature(ballot: &str) -> String {
    ballot.split(",\"signature\"").next().unwrap().to_owned() + "}"
}

/// The archive in the lines of the `events` target.
fn lines(archive: &[u8]) -> String {
    let mut reader = Reader::new(Cursor::new(archive)).unwrap();
    let mut lines = Vec::new();
    while let Some(entry) = reader.next_entry().unwrap() {
        let wrapper =
            |field: &str| serde_json::from_str::<serde_json::Value>(&text(&entry, 1)).unwrap()[field].clone();
        lines.push(match entry.event.event_type {
            EventType::Setup => format!("S {}\t{}\t{}", text(&entry, 0), text(&entry, 1), text(&entry, 2)),
            EventType::Ballot => format!("B {}", text(&entry, 0)),
            EventType::EndBallots => "E".to_owned(),
            EventType::EncryptedTally => {
                format!("T {} {} {}", wrapper("num_tallied"), wrapper("total_weight"), text(&entry, 0))
            }
            EventType::PartialDecryption => format!("P {} {}", wrapper("owner"), text(&entry, 0)),
            EventType::Result => format!("R {}", text(&entry, 0)),
        });
    }
    lines.join("\n")
}

fn text(entry: &Entry, place: usize) -> String {
    String::from_utf8(entry.data[place].1.clone()).unwrap()
}

/// Named after the content, as the fuzzer names what it finds.
fn seed(target: &str, bytes: &[u8]) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join(&Hash::of(bytes).to_string()[..16]), bytes).unwrap();
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/belenios")
}

fn archive_in(directory: &Path) -> PathBuf {
    let mut paths = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    paths.find(|path| path.extension().is_some_and(|extension| extension == "bel")).unwrap()
}
