//! The election's description: it ties edition, offices, draw and publication key to the election's fingerprint, and
//! so to every ballot and every trustee's proof.

use std::fmt::Write as _;

use belenios::election::Question;
use ed25519_dalek::VerifyingKey;

use crate::hash::Sha256Hash;
use crate::office::Offices;
use crate::rules::Rules;
use crate::wire::Purpose;

const TAG: &str = "pingyi/1";

/// What the description says, one `key value` line each, in this order, after the line `pingyi/1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Whether the ballots count.
    pub purpose: Purpose,
    /// SHA-256 of `edition.json`.
    pub edition: Sha256Hash,
    /// SHA-256 of `offices.csv`.
    pub offices: Sha256Hash,
    /// SHA-256 of `draw/announce.tsv`.
    pub draw_announce: Sha256Hash,
    /// SHA-256 of `draw/seed.tsv`.
    pub draw_seed: Sha256Hash,
    /// SHA-256 of `draw/result.tsv`.
    pub draw_result: Sha256Hash,
    /// The key that signs receipts and the publication.
    pub publication_key: VerifyingKey,
}

/// A text is not a description as [`Description::to_text`] writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the election's description is not that of an evaluation")]
pub struct DescriptionError;

impl Description {
    /// The text for the election object.
    #[must_use]
    pub fn to_text(&self) -> String {
        let purpose = match self.purpose {
            Purpose::Real => "real",
            Purpose::Rehearsal => "rehearsal",
        };
        let mut text = format!("{TAG}\npurpose {purpose}\n");
        for (key, hash) in [
            ("edition_sha256", &self.edition),
            ("offices_sha256", &self.offices),
            ("draw_announce_sha256", &self.draw_announce),
            ("draw_seed_sha256", &self.draw_seed),
            ("draw_result_sha256", &self.draw_result),
            ("publication_key", &Sha256Hash::from_bytes(self.publication_key.to_bytes())),
        ] {
            let _ = writeln!(text, "{key} {hash}");
        }
        text
    }

    /// Reads exactly what [`Description::to_text`] writes.
    ///
    /// # Errors
    ///
    /// [`DescriptionError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, DescriptionError> {
        let mut lines = text.lines();
        if lines.next() != Some(TAG) {
            return Err(DescriptionError);
        }
        let purpose = match lines.next() {
            Some("purpose real") => Purpose::Real,
            Some("purpose rehearsal") => Purpose::Rehearsal,
            _ => return Err(DescriptionError),
        };
        let mut hash = |key: &str| -> Result<Sha256Hash, DescriptionError> {
            let value = lines.next().and_then(|line| line.strip_prefix(key)?.strip_prefix(' '));
            value.ok_or(DescriptionError)?.parse().map_err(|_| DescriptionError)
        };
        let description = Self {
            purpose,
            edition: hash("edition_sha256")?,
            offices: hash("offices_sha256")?,
            draw_announce: hash("draw_announce_sha256")?,
            draw_seed: hash("draw_seed_sha256")?,
            draw_result: hash("draw_result_sha256")?,
            publication_key: VerifyingKey::from_bytes(hash("publication_key")?.as_bytes())
                .map_err(|_| DescriptionError)?,
        };
        if description.to_text() == text { Ok(description) } else { Err(DescriptionError) }
    }
}

/// The questions of the election: one an office, in the order of their numbers, answered by one of the grades, or by
/// 不了解 where the rules allow it.
#[must_use]
pub fn questions(rules: &Rules, offices: &Offices) -> Vec<Question> {
    let mut answers: Vec<String> = rules.grades.iter().map(|grade| grade.name.zh.clone()).collect();
    if rules.poll.abstention_allowed {
        answers.push("不了解".to_owned());
    }
    let question =
        |number: &str, name: &str| Question::single_choice(format!("{number} {name}"), answers.clone());
    offices.iter().map(|office| question(&office.number.to_string(), &office.full_name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::SigningKey;

    fn description() -> Description {
        Description {
            purpose: Purpose::Real,
            edition: Sha256Hash::of("edition"),
            offices: Sha256Hash::of("offices"),
            draw_announce: Sha256Hash::of("announce"),
            draw_seed: Sha256Hash::of("seed"),
            draw_result: Sha256Hash::of("result"),
            publication_key: SigningKey::from_bytes(&[7; 32]).verifying_key(),
        }
    }

    #[test]
    fn a_description_reads_back() {
        let text = description().to_text();
        assert_eq!(Description::parse(&text), Ok(description()));
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_description_in_any_other_form_is_refused() {
        let text = description().to_text();
        for altered in [
            text.replace("pingyi/1", "pingyi/2"),
            text.replace('\n', "\r\n"),
            text.replace("real", "serious"),
            text.trim_end().to_owned(),
            format!("{text}more\n"),
            String::new(),
        ] {
            assert_eq!(Description::parse(&altered), Err(DescriptionError), "{altered:?}");
        }
    }
}
