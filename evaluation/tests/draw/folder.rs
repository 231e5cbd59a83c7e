//! Draw folders in memory: the published vectors, and draws made on the spot.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use evaluation::{
    draw::{
        Announcement, Commitments, CompleteTranscript, DrawResult, Outcome, Report, Secret, Terms,
        commitment, conduct, verify_folder,
    },
    pool::Pool,
};
use rand::{CryptoRng, RngExt};

/// The names of the three vectors.
pub(crate) const VECTORS: [&str; 3] = ["v1_tiny", "v2_300", "v3_quota_refusal"];

/// The names of the vectors with further quotas.
pub(crate) const VECTORS_2: [&str; 2] = ["w1_tiny", "w2_300"];

/// The fixtures of the draw.
pub(crate) const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/draw");

/// File name → bytes.
#[derive(Clone, Debug)]
pub(crate) struct Folder(pub(crate) BTreeMap<String, Vec<u8>>);

impl Folder {
    pub(crate) fn vector(name: &str) -> Self {
        let family = if VECTORS_2.contains(&name) { "vectors2" } else { "vectors" };
        let directory = Path::new(FIXTURES).join(family).join(name);
        let entries = fs::read_dir(&directory).unwrap().map(Result::unwrap);
        Self(
            entries
                .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
                .collect(),
        )
    }

    pub(crate) fn bytes(&self, file: &str) -> &[u8] {
        &self.0[file]
    }

    pub(crate) fn text(&self, file: &str) -> &str {
        str::from_utf8(self.bytes(file)).unwrap()
    }

    /// Replaces the first `from` in a file; it must be there.
    pub(crate) fn replace(mut self, file: &str, from: &str, to: &str) -> Self {
        assert!(self.text(file).contains(from), "{from:?} is not in {file}");
        let text = self.text(file).replacen(from, to, 1);
        self.0.insert(file.to_owned(), text.into_bytes());
        self
    }

    /// Lets a program written by others judge the folder: `Ok` with what it says, or `Err`.
    pub(crate) fn check(&self, program: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in &self.0 {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        let output = Command::new("python3")
            .arg(format!("{FIXTURES}/{program}"))
            .arg(folder.path())
            .output()
            .unwrap_or_else(|error| panic!("this test runs a checker and needs python3: {error}"));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    pub(crate) fn verify(&self) -> Report {
        verify_folder(|name| self.0.get(name).cloned())
    }

    pub(crate) fn announcement(&self) -> Announcement {
        Announcement::from_tsv(self.bytes("announce.tsv")).unwrap()
    }

    pub(crate) fn transcript(&self) -> CompleteTranscript {
        CompleteTranscript::from_tsv(self.bytes("seed.tsv"), &self.announcement()).unwrap()
    }

    pub(crate) fn pool(&self) -> Pool {
        Pool::from_tsv(self.bytes("pool.tsv")).unwrap()
    }

    pub(crate) fn draw(&self) -> DrawResult {
        conduct(&self.pool(), &self.announcement(), &self.transcript()).unwrap()
    }
}

/// Holds a whole ceremony; `missing` parties (from 1) do not reveal.
pub(crate) fn hold(
    announcement: &Announcement,
    missing: &[usize],
    rng: &mut impl CryptoRng,
) -> CompleteTranscript {
    let terms: &Terms = announcement.terms();
    let secrets: Vec<Secret> = terms.parties.iter().map(|_| Secret::generate(rng)).collect();
    let mut commitments = Commitments::open(announcement);
    for (secret, party) in secrets.iter().zip(1..) {
        commitments.record(party, commitment(announcement.hash(), party, secret)).unwrap();
    }
    let dice: String = (0..terms.dice_digits).map(|_| char::from(b'0' + rng.random_range(0..10))).collect();
    let mut reveals = commitments.close().unwrap().type_dice(&dice, &dice).unwrap();
    for (secret, party) in secrets.into_iter().zip(1..) {
        if missing.contains(&party) {
            reveals.declare_missing(party).unwrap();
        } else {
            reveals.reveal(party, secret).unwrap();
        }
    }
    let Outcome::Opened(opened) = reveals.close().unwrap() else { panic!("the draw is void") };
    let public_value = terms.public_source.as_ref().map(|_| "03 07 12 18 25 31 + 09");
    opened.complete(public_value).unwrap()
}
