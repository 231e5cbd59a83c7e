//! Judging a publication: every file is checked, and whatever can be recomputed is recomputed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read, Seek};

use belenios::archive::EventType;
use belenios::text::Hash;
use belenios::verify::{Policy, Revotes};
use belenios::with_group;
use sha2::{Digest, Sha256};

use super::report::{Check, Failure, Verdict, VerificationReport};
use super::source::Source;
use super::{file, signature};
use crate::description::Description;
use crate::hash::Sha256Hash;
use crate::office::Offices;
use crate::rules::Edition;

mod archive;
mod canonical;
mod closing;
mod tables;

/// What somebody who verifies asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The election check code (hash of the Setup event) printed on the signed opening sheet.
    pub anchor: Option<Hash>,
    /// For a bare archive: whether a second ballot of a credential is refused. In a publication it always is.
    pub no_revotes: bool,
}

/// Verifies a publication.
#[must_use]
pub fn verify_publication(source: &Source, options: Options) -> VerificationReport {
    let mut verifier = Verifier::new(source, options);
    let archive = verifier.archive();
    let description = verifier.description(&archive);
    verifier.sums(description.as_ref());
    let edition = verifier.edition(description.as_ref());
    let offices = verifier.offices(description.as_ref(), edition.as_ref());
    let draw = verifier.draw(description.as_ref(), edition.as_ref());
    verifier.election(&archive, edition.as_ref(), offices.as_ref());
    verifier.origin(&archive);
    let sanctions = verifier.sanctions();
    let closing = match archive::group(&archive) {
        Some(group) => with_group!(group, G => verifier.closing::<G>(&archive)),
        None => verifier.no_closing(),
    };
    let decisions = verifier.decisions();
    verifier.ranking(edition.as_ref(), offices.as_ref(), &archive, sanctions.as_ref(), decisions.as_ref());
    verifier.reconciliation(description.as_ref(), draw.as_ref(), &archive, closing.as_ref());
    verifier.log_head();
    verifier.nothing_else();
    verifier.finish(&archive)
}

/// Verifies a bare archive by the protocol and our stricter rules only.
///
/// # Errors
///
/// Only if the source itself fails.
pub fn verify_archive<R: Read + Seek>(source: R, options: Options) -> io::Result<VerificationReport> {
    let revotes = if options.no_revotes { Revotes::Forbidden } else { Revotes::Allowed };
    let report = belenios::verify::verify(source, Policy { revotes, complete_until: EventType::Result })?;
    let files = Source::Memory(BTreeMap::new());
    let mut verifier = Verifier::new(&files, options);
    verifier.report_archive(&report);
    verifier.origin(&report);
    Ok(verifier.finish(&report))
}

/// The report for something that is a publication or an archive, but too broken to look into.
#[must_use]
pub fn broken(reason: &str) -> VerificationReport {
    let files = Source::Memory(BTreeMap::new());
    let mut verifier = Verifier::new(&files, Options::default());
    verifier.check(
        "files",
        "文件可读",
        "the files can be read",
        vec![Failure::new(format!("文件无法使用：{reason}"), format!("the files cannot be used: {reason}"))],
    );
    verifier.finish(&belenios::verify::Report::default())
}

struct Verifier<'a> {
    source: &'a Source,
    options: Options,
    checks: Vec<Check>,
}

impl<'a> Verifier<'a> {
    fn new(source: &'a Source, options: Options) -> Self {
        Self { source, options, checks: Vec::new() }
    }

    fn check(&mut self, id: &'static str, zh: &'static str, en: &'static str, failures: Vec<Failure>) {
        self.checks.push(Check { id, zh, en, failures, skipped: false });
    }

    /// Records that a check could not be made; something it needs has failed before.
    fn skip(&mut self, id: &'static str, zh: &'static str, en: &'static str) {
        self.checks.push(Check { id, zh, en, failures: Vec::new(), skipped: true });
    }

    /// Reads a file that must be there.
    fn read(&self, name: &str) -> Result<Vec<u8>, Failure> {
        self.source.read(name).map_err(|error| {
            let (zh, en) = match error.kind() {
                io::ErrorKind::NotFound => ("没有这个文件".to_owned(), "the file is missing".to_owned()),
                _ => (format!("读取失败（{error}）"), format!("the file cannot be read ({error})")),
            };
            Failure::new(format!("{name}：{zh}"), format!("{name}: {en}"))
        })
    }

    /// Reads a text file that must be there.
    fn read_text(&self, name: &str) -> Result<String, Failure> {
        String::from_utf8(self.read(name)?)
            .map_err(|_| Failure::new(format!("{name}：不是 UTF-8 文本"), format!("{name}: not UTF-8 text")))
    }

    /// Every file has the SHA-256 value that `SHA256SUMS` says, and the edition's key signed that list.
    fn sums(&mut self, description: Option<&Description>) {
        let mut failures = Vec::new();
        let mut hashes = BTreeMap::new();
        for name in self.source.names().filter(|name| signature::is_summed(name)) {
            match self.source.open(name).and_then(hash_of) {
                Ok(hash) => _ = hashes.insert(name.to_owned(), hash),
                Err(error) => failures.push(Failure::new(
                    format!("{name}：读取失败（{error}）"),
                    format!("{name}: cannot be read ({error})"),
                )),
            }
        }
        let expected = signature::sums(&hashes);
        let sums = self.read(file::SUMS);
        match &sums {
            Ok(sums) if *sums == expected.as_bytes() => {}
            Ok(sums) => failures.extend(differences(sums, &expected)),
            Err(failure) => failures.push(failure.clone()),
        }
        self.check("sums", "各文件与 SHA256SUMS 一致", "every file is as SHA256SUMS says", failures);

        let (id, zh, en) = ("signature", "SHA256SUMS 的签名", "the signature of SHA256SUMS");
        let Some(description) = description else { return self.skip(id, zh, en) };
        let failures = match (sums, self.read(file::SUMS_SIGNATURE)) {
            (Ok(sums), Ok(signed)) if signature::is_signed(&sums, &signed, &description.publication_key) => {
                vec![]
            }
            (Ok(_), Ok(_)) => vec![Failure::new(
                "签名不是由本年度公布密钥作出的",
                "the signature is not one of the edition's publication key",
            )],
            (sums, signed) => [sums.err(), signed.err()].into_iter().flatten().collect(),
        };
        self.check(id, zh, en, failures);
    }

    fn edition(&mut self, description: Option<&Description>) -> Option<Edition> {
        let (id, zh, en) = ("edition", "规则与日期 edition.json", "rules and dates, edition.json");
        let (edition, mut failures) = match self.read_text(file::EDITION) {
            Ok(text) => match Edition::parse(&text) {
                Ok(edition) => (Some(edition), Vec::new()),
                Err(error) => (None, vec![Failure::new(error.zh(), error.en())]),
            },
            Err(failure) => (None, vec![failure]),
        };
        if let (Some(edition), Some(description)) = (&edition, description) {
            failures.extend(bound(file::EDITION, edition.hash(), description.edition));
        }
        self.check(id, zh, en, failures);
        edition
    }

    fn offices(&mut self, description: Option<&Description>, edition: Option<&Edition>) -> Option<Offices> {
        let (id, zh, en) = ("offices", "股室名单 offices.csv", "the offices, offices.csv");
        let Some(edition) = edition else {
            self.skip(id, zh, en);
            return None;
        };
        let mut failures = Vec::new();
        let offices = match self.read(file::OFFICES) {
            Ok(bytes) => match Offices::from_csv(&bytes, &edition.rules) {
                Ok(offices) => {
                    failures.extend(rewritten(file::OFFICES, &bytes, &offices.to_csv()));
                    Some(offices)
                }
                Err(error) => {
                    failures.push(Failure::new(error.zh(), error.en()));
                    None
                }
            },
            Err(failure) => {
                failures.push(failure);
                None
            }
        };
        if let (Some(offices), Some(description)) = (&offices, description) {
            failures.extend(bound(file::OFFICES, offices.hash(), description.offices));
        }
        self.check(id, zh, en, failures);
        offices
    }

    /// Files that no check knows would be unproved ballast, or a trap.
    fn nothing_else(&mut self) {
        let unknown = self.source.names().filter(|name| !file::is_known(name));
        let failures = unknown
            .map(|name| {
                Failure::new(format!("{name}：不属于公布文件"), format!("{name}: not part of a publication"))
            })
            .collect();
        self.check("nothing_else", "没有其他文件", "there is no other file", failures);
    }

    fn finish(self, archive: &belenios::verify::Report) -> VerificationReport {
        let passed = self.checks.iter().all(Check::passed);
        let verdict = match (passed, self.options.anchor) {
            (false, _) => Verdict::Invalid,
            (true, None) => Verdict::ConsistentOriginNotChecked,
            (true, Some(_)) => Verdict::Valid,
        };
        VerificationReport {
            verdict,
            checks: self.checks,
            warnings: archive.warnings.iter().map(archive_failure).collect(),
            setup_event: archive.facts.setup.map(|hash| hash.to_string()),
            archive_head: archive.facts.head.map(|hash| hash.to_string()),
            ballots: archive.facts.setup.map(|_| archive.facts.ballots),
        }
    }
}

/// The file is the one that the election's description names.
fn bound(name: &str, found: Sha256Hash, expected: Sha256Hash) -> Option<Failure> {
    (found != expected).then(|| {
        Failure::new(
            format!("{name}：与选举说明中的哈希不符"),
            format!("{name}: not the file that the election's description names"),
        )
    })
}

/// The bytes are exactly what this program writes for that content.
fn rewritten(name: &str, found: &[u8], expected: &str) -> Option<Failure> {
    (found != expected.as_bytes()).then(|| {
        Failure::new(
            format!("{name}：内容与重新计算的不一致"),
            format!("{name}: not what is recomputed, byte for byte"),
        )
    })
}

/// The lines that only one of the two lists has.
fn differences(found: &[u8], expected: &str) -> Vec<Failure> {
    let found = String::from_utf8_lossy(found);
    let found_lines: BTreeSet<_> = found.lines().collect();
    let expected_lines: BTreeSet<_> = expected.lines().collect();
    let name = |line: &str| line.split_once("  ").map_or(line, |(_, name)| name).to_owned();
    let names: BTreeSet<_> =
        found_lines.symmetric_difference(&expected_lines).map(|line| name(line)).collect();
    if names.is_empty() {
        return vec![Failure::new("SHA256SUMS 的写法不符", "SHA256SUMS is not written in its one form")];
    }
    let failure = |name| Failure::new(format!("{name}：与清单不符"), format!("{name}: not as listed"));
    names.into_iter().map(failure).collect()
}

fn hash_of(source: impl Read) -> io::Result<Sha256Hash> {
    let mut source = BufReader::with_capacity(1 << 16, source);
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = source.read(&mut buffer)?;
        if read == 0 {
            return Ok(Sha256Hash::from_bytes(hasher.finalize().into()));
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
}

/// A finding of the archive's verifier in both languages.
fn archive_failure(finding: &belenios::verify::Finding) -> Failure {
    let place = finding.event.map_or_else(String::new, |height| format!("第 {height} 个事件，"));
    let event = finding.event.map_or_else(String::new, |height| format!("event {height}, "));
    Failure::new(
        format!("{place}{}（{}）", archive::code_zh(finding.code), finding.message),
        format!("{event}{}: {}", finding.code, finding.message),
    )
}
