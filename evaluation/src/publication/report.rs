//! What a verification says: one line a check, all failures listed.

use std::fmt;

use serde::Serialize;

/// The outcome for the whole folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything holds, and the election is the one of the signed opening sheet.
    Valid,
    /// Everything holds together; nobody said which election it must be.
    ConsistentOriginNotChecked,
    /// Something does not hold.
    Invalid,
}

/// One thing that is wrong, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// One check with everything that it found wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable name for programs.
    pub id: &'static str,
    /// What is checked, in Chinese.
    pub zh: &'static str,
    /// What is checked, in English.
    pub en: &'static str,
    /// What was found wrong; empty if the check passed.
    pub failures: Vec<Failure>,
    /// Whether it could not be made, because something before it failed. Counts as failed.
    pub skipped: bool,
}

/// The report of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerificationReport {
    /// The outcome.
    pub verdict: Verdict,
    /// All checks in the order they were made.
    pub checks: Vec<Check>,
    /// What is no fault here, but what other programs may refuse.
    pub warnings: Vec<Failure>,
    /// Hash of the Setup event, to compare with the signed opening sheet.
    pub setup_event: Option<String>,
    /// Hash of the archive's last event.
    pub archive_head: Option<String>,
    /// Ballots in the archive.
    pub ballots: Option<u64>,
}

impl Failure {
    /// A failure in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: printable(zh.into()), en: printable(en.into()) }
    }
}

/// Longer sentences are cut: they quote what somebody else wrote.
const LONGEST: usize = 600;

/// File names and quotations come from whoever made the files: nothing in them may steer a terminal, or fill it.
pub(super) fn printable(text: String) -> String {
    if text.chars().count() <= LONGEST && !text.chars().any(is_unsafe) {
        return text;
    }
    let shown =
        text.chars().take(LONGEST).map(|character| if is_unsafe(character) { '\u{fffd}' } else { character });
    shown.collect()
}

/// Control characters, and marks that reverse or hide text.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl Check {
    /// Whether the check was made and found nothing.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty() && !self.skipped
    }
}

impl VerificationReport {
    /// Whether nothing was found wrong.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.verdict != Verdict::Invalid
    }

    /// The report for programs, as indented JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        super::to_pretty_json(self)
    }
}

impl fmt::Display for VerificationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            let mark = match (check.passed(), check.skipped) {
                (true, _) => "通过 ok  ",
                (false, true) => "未验 skip",
                (false, false) => "不符 FAIL",
            };
            writeln!(f, "{mark}  {} · {}", check.zh, check.en)?;
            for failure in &check.failures {
                writeln!(f, "           - {} · {}", failure.zh, failure.en)?;
            }
        }
        for warning in &self.warnings {
            writeln!(f, "注意 note  {} · {}", warning.zh, warning.en)?;
        }
        for (zh, en, value) in [
            ("设置事件", "setup event", self.setup_event.clone()),
            ("存档末端", "archive head", self.archive_head.clone()),
            ("票数", "ballots", self.ballots.map(|count| count.to_string())),
        ] {
            if let Some(value) = value {
                writeln!(f, "{zh} · {en}: {value}")?;
            }
        }
        let (zh, en) = match self.verdict {
            Verdict::Valid => ("核验通过，来源与签字的开启单一致", "valid; origin checked"),
            Verdict::ConsistentOriginNotChecked => ("前后一致；来源未核对", "consistent; origin not checked"),
            Verdict::Invalid => ("核验不通过", "invalid"),
        };
        writeln!(f, "结论 · verdict: {zh} · {en}")
    }
}
