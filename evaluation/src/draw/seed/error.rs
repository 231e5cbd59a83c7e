//! Why bytes are no valid transcript.

use crate::draw::canon::TextError;

/// Why a `seed.tsv` does not belong to its announcement, or the draw is void. Lines and parties are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[expect(
    missing_docs,
    reason = "the fields are the line, the party or the numbers that the variant is about"
)]
pub enum SeedError {
    /// A commitment equals that of an earlier party.
    CopiedCommitment { party: usize },
    /// The dice are not the announced number of decimal digits.
    Dice { expected: usize },
    /// A line is not what must stand there.
    Line { line: usize },
    /// There are too many or too few lines for the announced parties.
    LineCount { found: usize, expected: usize },
    /// Reveals that do not open the commitments of their parties.
    NotOpening { parties: Vec<usize> },
    /// The transcript names another announcement.
    OtherAnnouncement,
    /// A public source was announced, but there is no value of it.
    PublicValueMissing,
    /// There is a public value, but no source was announced.
    PublicValueNotAnnounced,
    /// Not a text file of a draw.
    Text(TextError),
    /// The draw is void.
    TooFewReveals { valid: usize, needed: usize },
}

impl From<TextError> for SeedError {
    fn from(error: TextError) -> Self {
        Self::Text(error)
    }
}

impl SeedError {
    /// The error in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::CopiedCommitment { party } => format!("参与方 {party} 的承诺与前面一方相同。"),
            Self::Dice { expected } => format!("骰子数字应为 {expected} 位十进制数字。"),
            Self::Line { line } => format!("第 {line} 行的内容或格式不对。"),
            Self::LineCount { found, expected } => {
                format!("共有 {found} 行，按公告的参与方数应为 {expected} 行。")
            }
            Self::NotOpening { parties } => {
                format!("参与方 {} 开示的密数与其承诺不符。", listed(parties, "、"))
            }
            Self::OtherAnnouncement => "记录指向的不是这份公告，公告可能被改动过。".to_owned(),
            Self::PublicValueMissing => "公告了公开来源，但没有填写它的值。".to_owned(),
            Self::PublicValueNotAnnounced => "没有公告公开来源，却填写了公开值。".to_owned(),
            Self::Text(error) => error.zh(),
            Self::TooFewReveals { valid, needed } => {
                format!("有效开示只有 {valid} 个，至少需要 {needed} 个：本次抽取无效。")
            }
        }
    }

    /// The error in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::CopiedCommitment { party } => {
                format!("the commitment of party {party} equals that of an earlier party")
            }
            Self::Dice { expected } => format!("the dice must be {expected} decimal digits"),
            Self::Line { line } => format!("line {line} is not what must stand there"),
            Self::LineCount { found, expected } => {
                format!("there are {found} lines, the announced parties need {expected}")
            }
            Self::NotOpening { parties } => {
                format!("the secret of party {} does not open its commitment", listed(parties, ", "))
            }
            Self::OtherAnnouncement => {
                "the transcript names another announcement; this one may have been changed".to_owned()
            }
            Self::PublicValueMissing => "a public source was announced, but its value is missing".to_owned(),
            Self::PublicValueNotAnnounced => {
                "there is a public value, but no public source was announced".to_owned()
            }
            Self::Text(error) => error.en(),
            Self::TooFewReveals { valid, needed } => {
                format!("only {valid} valid reveals, {needed} are needed: the draw is void")
            }
        }
    }
}

fn listed(parties: &[usize], separator: &str) -> String {
    parties.iter().map(usize::to_string).collect::<Vec<_>>().join(separator)
}
