//! The complete transcript of a ceremony, and the seed, which is its hash (draw specification §5).

mod error;

pub use error::SeedError;

use super::{
    announce::Announcement,
    canon::{self, Kind, Line},
    secret::{Secret, commitment},
};
use crate::hash::Sha256Hash;

/// How `seed.tsv` writes that a party did not reveal.
pub(super) const MISSING: &str = "MISSING";

/// The seed of a draw. Only a [`CompleteTranscript`] has one, so no ticket can be computed before its last line is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(Sha256Hash);

/// All lines of `seed.tsv`, checked against the announcement.
///
/// It comes from a [`ceremony`](super::ceremony) or from the published file; there is no other way to make one.
#[derive(Clone, Debug)]
pub struct CompleteTranscript {
    announce_sha256: Sha256Hash,
    commitments: Vec<Sha256Hash>,
    dice: String,
    reveals: Vec<Option<Secret>>,
    public_value: Option<String>,
    tsv: String,
    seed: Seed,
}

impl Seed {
    /// The SHA-256 of `seed.tsv`.
    #[must_use]
    pub const fn hash(&self) -> Sha256Hash {
        self.0
    }

    /// The seed of the try `t` of a draw with further quotas: for 0 the seed itself, for others the SHA-256 of the line
    /// `public-draw/1<TAB>retry<TAB>seed<TAB>t<LF>` (draw specification §10).
    #[must_use]
    pub fn retry(&self, t: u32) -> Self {
        if t == 0 { *self } else { Self(canon::hash_line("retry", &[&self.to_string(), &t.to_string()])) }
    }
}

impl std::fmt::Display for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl CompleteTranscript {
    /// Reads a published `seed.tsv` against its announcement: every line in its place, every reveal opening its
    /// commitment, enough of them.
    ///
    /// # Errors
    /// The first line that is wrong; all reveals that open nothing are named together.
    pub fn from_tsv(bytes: &[u8], announcement: &Announcement) -> Result<Self, SeedError> {
        let lines = canon::read_version(bytes, Kind::Seed, announcement.version())?;
        let parties = announcement.terms().parties.len();
        let parts = Parts::split(&lines, parties)?;
        if value(parts.announce, &["announce_sha256"]) != Some(&announcement.hash().to_string()) {
            return Err(SeedError::OtherAnnouncement);
        }
        let commitments = read_commitments(parts.commitments)?;
        let dice = value(parts.dice, &["dice"]).ok_or(SeedError::Line { line: parts.dice.number })?;
        check_dice(dice, announcement.terms().dice_digits)?;
        let reveals = read_reveals(parts.reveals)?;
        let public_value =
            value(parts.public, &["public"]).ok_or(SeedError::Line { line: parts.public.number })?;
        check_public_value(public_value, announcement)?;
        check_openings(announcement, &commitments, &reveals)?;
        Ok(Self {
            announce_sha256: announcement.hash(),
            commitments,
            dice: dice.to_owned(),
            reveals,
            public_value: Some(public_value.to_owned()).filter(|text| text != "-"),
            tsv: String::from_utf8_lossy(bytes).into_owned(),
            seed: Seed(Sha256Hash::of(bytes)),
        })
    }

    /// The seed.
    #[must_use]
    pub const fn seed(&self) -> Seed {
        self.seed
    }

    /// `seed.tsv`, to the byte.
    #[must_use]
    pub fn to_tsv(&self) -> &str {
        &self.tsv
    }

    /// The hash of the announcement under which the ceremony was held.
    #[must_use]
    pub const fn announce_sha256(&self) -> Sha256Hash {
        self.announce_sha256
    }

    /// The commitments, party 1 first.
    #[must_use]
    pub fn commitments(&self) -> &[Sha256Hash] {
        &self.commitments
    }

    /// The digits thrown.
    #[must_use]
    pub fn dice(&self) -> &str {
        &self.dice
    }

    /// The secrets, public by now, party 1 first; `None` for a party whose envelope did not open its commitment.
    #[must_use]
    pub fn reveals(&self) -> &[Option<Secret>] {
        &self.reveals
    }

    /// How many reveals open their commitments.
    #[must_use]
    pub fn valid_reveals(&self) -> usize {
        self.reveals.iter().flatten().count()
    }

    /// The value of the public source, if one was announced.
    #[must_use]
    pub fn public_value(&self) -> Option<&str> {
        self.public_value.as_deref()
    }
}

/// The lines of `seed.tsv` by what they are.
struct Parts<'a, 'b> {
    announce: &'a Line<'b>,
    commitments: &'a [Line<'b>],
    dice: &'a Line<'b>,
    reveals: &'a [Line<'b>],
    public: &'a Line<'b>,
}

impl<'a, 'b> Parts<'a, 'b> {
    fn split(lines: &'a [Line<'b>], parties: usize) -> Result<Self, SeedError> {
        let wrong_count = || SeedError::LineCount {
            found: lines.len().saturating_add(1),
            expected: parties.saturating_mul(2).saturating_add(4),
        };
        let (announce, rest) = lines.split_first().ok_or_else(wrong_count)?;
        let (commitments, rest) = rest.split_at_checked(parties).ok_or_else(wrong_count)?;
        let (dice, rest) = rest.split_first().ok_or_else(wrong_count)?;
        let (reveals, rest) = rest.split_at_checked(parties).ok_or_else(wrong_count)?;
        match rest {
            [public] => Ok(Self { announce, commitments, dice, reveals, public }),
            _ => Err(wrong_count()),
        }
    }
}

/// The last cell of a line whose other cells are exactly `keys`.
fn value<'b>(line: &Line<'b>, keys: &[&str]) -> Option<&'b str> {
    match line.cells.split_last() {
        Some((value, found)) if found == keys => Some(value),
        _ => None,
    }
}

fn read_commitments(lines: &[Line<'_>]) -> Result<Vec<Sha256Hash>, SeedError> {
    let mut commitments = Vec::with_capacity(lines.len());
    for (line, party) in lines.iter().zip(1_usize..) {
        let hash: Sha256Hash = value(line, &["commit", &party.to_string()])
            .and_then(|text| text.parse().ok())
            .ok_or(SeedError::Line { line: line.number })?;
        if commitments.contains(&hash) {
            return Err(SeedError::CopiedCommitment { party });
        }
        commitments.push(hash);
    }
    Ok(commitments)
}

fn read_reveals(lines: &[Line<'_>]) -> Result<Vec<Option<Secret>>, SeedError> {
    let read = |(line, party): (&Line<'_>, usize)| {
        let wrong = SeedError::Line { line: line.number };
        match value(line, &["reveal", &party.to_string()]) {
            Some(MISSING) => Ok(None),
            Some(text) => Secret::parse(text).map(Some).map_err(|_| wrong),
            None => Err(wrong),
        }
    };
    lines.iter().zip(1_usize..).map(read).collect()
}

/// As many decimal digits as announced, and nothing else.
pub(super) fn check_dice(dice: &str, expected: usize) -> Result<(), SeedError> {
    if dice.len() == expected && dice.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        Err(SeedError::Dice { expected })
    }
}

/// A value if a source was announced, `-` if not.
pub(super) fn check_public_value(text: &str, announcement: &Announcement) -> Result<(), SeedError> {
    match (announcement.terms().public_source.is_some(), text) {
        (true, "-" | "") => Err(SeedError::PublicValueMissing),
        (true, _) | (false, "-") => Ok(()),
        (false, _) => Err(SeedError::PublicValueNotAnnounced),
    }
}

fn check_openings(
    announcement: &Announcement,
    commitments: &[Sha256Hash],
    reveals: &[Option<Secret>],
) -> Result<(), SeedError> {
    let opens = |party: usize, secret: &Secret, expected: &Sha256Hash| {
        commitment(announcement.hash(), party, secret) == *expected
    };
    let parties: Vec<usize> = commitments
        .iter()
        .zip(reveals)
        .zip(1_usize..)
        .filter(|((expected, reveal), party)| {
            reveal.as_ref().is_some_and(|secret| !opens(*party, secret, expected))
        })
        .map(|(_, party)| party)
        .collect();
    if !parties.is_empty() {
        return Err(SeedError::NotOpening { parties });
    }
    let (valid, needed) = (reveals.iter().flatten().count(), announcement.terms().min_reveals);
    if valid < needed { Err(SeedError::TooFewReveals { valid, needed }) } else { Ok(()) }
}
