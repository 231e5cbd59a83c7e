//! Verifies a draw folder by computing everything again (draw specification §6 to §8).
//!
//! The folder is judged alone: whether its sizes are those of the rules, and whether an announcement follows the
//! specification's advice, is asked elsewhere.

use super::{
    announce::Announcement,
    canon::{self, Kind, Version, parse_number},
    replace::{Absences, Replacements, Seating},
    retry::Retry,
    seed::CompleteTranscript,
    select::{DrawError, DrawResult, rank_and_select},
};
use crate::{
    hash::Sha256Hash,
    pool::{MemberId, PerHalf, Pool},
};

/// One thing that is wrong in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, as named in the folder.
    pub file: &'static str,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What is wrong, in English.
    pub en: String,
}

/// What a verifier found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Everything that is wrong; empty if the draw is verified.
    pub findings: Vec<Finding>,
    /// What was computed; only if nothing is wrong.
    pub facts: Option<Facts>,
}

/// What the files of a verified draw say, all of it computed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The name of the draw.
    pub draw_id: String,
    /// The SHA-256 of `pool.tsv`.
    pub pool_sha256: Sha256Hash,
    /// The SHA-256 of `announce.tsv`.
    pub announce_sha256: Sha256Hash,
    /// The SHA-256 of `seed.tsv`, the seed.
    pub seed: Sha256Hash,
    /// The SHA-256 of `result.tsv`.
    pub result_sha256: Sha256Hash,
    /// Which try counts; only in a draw with further quotas.
    pub retry: Option<Retry>,
    /// How many people each half of the pool has.
    pub members: PerHalf<usize>,
    /// How many parties revealed their secrets.
    pub valid_reveals: usize,
    /// How many parties there were.
    pub parties: usize,
    /// The people drawn, by rank.
    pub selected: PerHalf<Vec<MemberId>>,
    /// The people who hold the seats after all replacements, by rank.
    pub representatives: PerHalf<Vec<MemberId>>,
    /// Who was called for whom, in order.
    pub replacements: Replacements,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_valid(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Verifies the folder whose files `read` gives by name (`pool.tsv`, …); `None` for a file that is not there. All
/// findings are listed, as far as a broken file leaves anything to check.
pub fn verify_folder(read: impl Fn(&str) -> Option<Vec<u8>>) -> Report {
    let mut verifier = Verifier { findings: Vec::new() };
    let facts = verifier.folder(&Folder::open(read));
    let facts = facts.filter(|_| verifier.findings.is_empty());
    Report { findings: verifier.findings, facts }
}

/// The bytes of the files that are there.
struct Folder {
    pool: Option<Vec<u8>>,
    announce: Option<Vec<u8>>,
    seed: Option<Vec<u8>>,
    result: Option<Vec<u8>>,
    absences: Option<Vec<u8>>,
    replacements: Option<Vec<u8>>,
}

impl Folder {
    fn open(read: impl Fn(&str) -> Option<Vec<u8>>) -> Self {
        let read = |kind: Kind| read(kind.file_name());
        Self {
            pool: read(Kind::Pool),
            announce: read(Kind::Announce),
            seed: read(Kind::Seed),
            result: read(Kind::Result),
            absences: read(Kind::Absences),
            replacements: read(Kind::Replacements),
        }
    }
}

struct Verifier {
    findings: Vec<Finding>,
}

impl Verifier {
    fn folder(&mut self, folder: &Folder) -> Option<Facts> {
        let pool_bytes = self.present(Kind::Pool, folder.pool.as_deref());
        let announce_bytes = self.present(Kind::Announce, folder.announce.as_deref());
        let seed_bytes = self.present(Kind::Seed, folder.seed.as_deref());
        let result_bytes = self.present(Kind::Result, folder.result.as_deref());

        let pool = pool_bytes.and_then(|bytes| self.pool(bytes));
        let announcement = announce_bytes.and_then(|bytes| self.announcement(bytes));
        if let (Some(bytes), Some(announcement)) = (pool_bytes, &announcement)
            && Sha256Hash::of(bytes) != announcement.terms().pool_sha256
        {
            self.report(
                Kind::Pool,
                "名单的 SHA-256 与公告不符：名单或公告被改动过。",
                "the SHA-256 is not the one in the announcement: the pool or the announcement has been changed",
            );
        }
        let version = announcement.as_ref().map(Announcement::version);
        let transcript = match (seed_bytes, &announcement) {
            (Some(bytes), Some(announcement)) => self.transcript(bytes, announcement),
            (Some(bytes), None) => {
                self.check_text(Kind::Seed, bytes, version);
                None
            }
            (None, _) => None,
        };
        let result = match (&pool, &announcement, &transcript) {
            (Some(pool), Some(announcement), Some(transcript)) => {
                self.draw(pool, announcement, transcript, result_bytes)
            }
            _ => None,
        };
        let is_as_computed = match (result_bytes, &result) {
            (Some(bytes), Some(result)) => self.compare(Kind::Result, bytes, &result.to_tsv()),
            (Some(bytes), None) => {
                self.check_text(Kind::Result, bytes, version);
                false
            }
            (None, _) => false,
        };
        // From another result follow other replacements; that is not reported a second time.
        let mut seating = result.as_ref().filter(|_| is_as_computed).map(Seating::new);
        let replacements = self.replacements(folder, version, seating.as_mut())?;
        Some(facts(&pool?, &announcement?, &transcript?, result.as_ref()?, &seating?, replacements))
    }

    fn present<'a>(&mut self, kind: Kind, bytes: Option<&'a [u8]>) -> Option<&'a [u8]> {
        if bytes.is_none() {
            self.report(kind, "缺少这个文件。", "the file is missing");
        }
        bytes
    }

    fn pool(&mut self, bytes: &[u8]) -> Option<Pool> {
        Pool::from_tsv(bytes).map_err(|error| self.report(Kind::Pool, error.zh(), error.en())).ok()
    }

    fn announcement(&mut self, bytes: &[u8]) -> Option<Announcement> {
        Announcement::from_tsv(bytes)
            .map_err(|error| self.report(Kind::Announce, error.zh(), error.en()))
            .ok()
    }

    fn transcript(&mut self, bytes: &[u8], announcement: &Announcement) -> Option<CompleteTranscript> {
        CompleteTranscript::from_tsv(bytes, announcement)
            .map_err(|error| self.report(Kind::Seed, error.zh(), error.en()))
            .ok()
    }

    /// Draws again. With further quotas no more tries are run than `result` says were needed, so that a forged file
    /// cannot make a verifier work for longer than an honest one.
    fn draw(
        &mut self,
        pool: &Pool,
        announcement: &Announcement,
        transcript: &CompleteTranscript,
        result: Option<&[u8]>,
    ) -> Option<DrawResult> {
        let limit = match announcement.version() {
            Version::One => u32::MAX,
            Version::Two => self.published_try(announcement, result?)?.saturating_add(1),
        };
        match rank_and_select(pool, announcement, transcript, limit, &mut |_| ()) {
            Ok(result) => Some(result),
            Err(DrawError::RetryCapReached { .. }) => {
                self.report(
                    Kind::Result,
                    "第 4 行所说的这一次抽取，以及它之前的各次，都不满足公告的其他名额规定。",
                    "line 4: neither the try it names nor any before it meets the announced further quotas",
                );
                None
            }
            Err(error) => {
                self.report(Kind::Announce, error.zh(), error.en());
                None
            }
        }
    }

    /// The number of the try that counts, as `result.tsv` has it; below the announced cap.
    fn published_try(&mut self, announcement: &Announcement, bytes: &[u8]) -> Option<u32> {
        let lines = canon::read_version(bytes, Kind::Result, Version::Two).ok()?;
        let cap = announcement.terms().further_quotas.as_ref()?.retry_cap();
        let number = lines.get(2).and_then(|line| match *line.cells.as_slice() {
            ["retry", number, _] => parse_number(number)?.try_into().ok(),
            _ => None,
        });
        let number = number.filter(|number| *number < cap);
        if number.is_none() {
            self.report(
                Kind::Result,
                format!("第 4 行应写明有效的是第几次抽取（从 0 起，小于 {cap}）及其种子。"),
                format!("line 4 must name the try that counts (from 0, below {cap}) and its seed"),
            );
        }
        number
    }

    /// A file whose content cannot be computed again still has to be a text file of its kind.
    fn check_text(&mut self, kind: Kind, bytes: &[u8], version: Option<Version>) {
        let read = match version {
            Some(version) => canon::read_version(bytes, kind, version).map(|_| ()),
            None => canon::read_any_version(bytes, kind).map(|_| ()),
        };
        if let Err(error) = read {
            self.report(kind, error.zh(), error.en());
        }
    }

    /// The replacements, computed again if there are absences.
    fn replacements(
        &mut self,
        folder: &Folder,
        version: Option<Version>,
        seating: Option<&mut Seating<'_>>,
    ) -> Option<Replacements> {
        let (absences, published) = match (folder.absences.as_deref(), folder.replacements.as_deref()) {
            (None, None) => return Some(Replacements::default()),
            (None, Some(_)) => {
                self.report(
                    Kind::Absences,
                    "有 replacements.tsv，却缺少这个文件。",
                    "the file is missing, though there is a replacements.tsv",
                );
                return None;
            }
            (Some(_), None) => {
                self.report(
                    Kind::Replacements,
                    "有 absences.tsv，却缺少这个文件。",
                    "the file is missing, though there is an absences.tsv",
                );
                return None;
            }
            (Some(absences), Some(published)) => (absences, published),
        };
        // Without an announcement the file itself says which format it has.
        let version = version.unwrap_or_else(|| {
            canon::read_any_version(absences, Kind::Absences).map_or(Version::One, |(version, _)| version)
        });
        if let Err(error) = Replacements::from_tsv(published, version) {
            self.report(Kind::Replacements, error.zh(), error.en());
        }
        let absences = Absences::from_tsv(absences, version)
            .map_err(|error| self.report(Kind::Absences, error.zh(), error.en()))
            .ok()?;
        let replacements = seating?
            .replace_all(&absences)
            .map_err(|error| self.report(Kind::Absences, error.zh(), error.en()))
            .ok()?;
        self.compare(Kind::Replacements, published, &replacements.to_tsv(version));
        Some(replacements)
    }

    /// Whether the published bytes are the computed ones; if not, the first line that differs is named.
    fn compare(&mut self, kind: Kind, published: &[u8], computed: &str) -> bool {
        if published == computed.as_bytes() {
            return true;
        }
        let mut lines = computed.as_bytes().split(|&byte| byte == b'\n');
        let same =
            published.split(|&byte| byte == b'\n').take_while(|line| lines.next() == Some(*line)).count();
        let line = same.saturating_add(1);
        self.report(
            kind,
            format!("第 {line} 行起与重新计算的结果不符。"),
            format!("from line {line} on it differs from what was computed again"),
        );
        false
    }

    fn report(&mut self, kind: Kind, zh: impl Into<String>, en: impl Into<String>) {
        self.findings.push(Finding { file: kind.file_name(), zh: zh.into(), en: en.into() });
    }
}

fn facts(
    pool: &Pool,
    announcement: &Announcement,
    transcript: &CompleteTranscript,
    result: &DrawResult,
    seating: &Seating<'_>,
    replacements: Replacements,
) -> Facts {
    Facts {
        draw_id: announcement.terms().draw_id.clone(),
        pool_sha256: pool.hash(),
        announce_sha256: announcement.hash(),
        seed: transcript.seed().hash(),
        result_sha256: Sha256Hash::of(result.to_tsv()),
        retry: result.retry(),
        members: pool.sizes(),
        valid_reveals: transcript.valid_reveals(),
        parties: announcement.terms().parties.len(),
        selected: PerHalf::from_fn(|half| result.selected(half).map(|person| person.id.clone()).collect()),
        representatives: PerHalf::from_fn(|half| {
            seating.representatives(half).map(|person| person.id.clone()).collect()
        }),
        replacements,
    }
}
