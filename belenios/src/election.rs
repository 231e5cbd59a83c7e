//! The election object and its fingerprint (protocol note §2.1).

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use crate::group::Group;
use crate::json;
use crate::text::{Fingerprint, Uuid};

/// Longer than any election; a hostile one must not fill the memory.
const LARGEST_TEXT: usize = 4 << 20;
/// More than any election has answers, all questions together.
const MOST_ANSWERS: usize = 10_000;

/// A homomorphic question: voters choose between `min` and `max` of the answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The answers in the order of the ciphertexts.
    pub answers: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blank: Option<bool>,
    /// The least number of answers to choose.
    pub min: u32,
    /// The largest number of answers to choose.
    pub max: u32,
    /// The question itself.
    pub question: String,
    /// Whether there is a `type`, even `null`: it marks other kinds of questions, which this crate refuses.
    #[serde(default, rename = "type", skip_serializing, deserialize_with = "is_there")]
    has_type: bool,
}

impl Question {
    /// A question with exactly one answer to choose.
    #[must_use]
    pub fn single_choice(question: String, answers: Vec<String>) -> Self {
        Self { answers, blank: None, min: 1, max: 1, question, has_type: false }
    }
}

/// The parameters of an election. Field order is the canonical one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Parameters<G: Group> {
    version: u32,
    /// Free text; part of the fingerprint.
    pub description: String,
    /// The title.
    pub name: String,
    group: String,
    /// The election key y, the product of the trustees' keys.
    pub public_key: G::Element,
    /// The questions in the order of a ballot's answers.
    pub questions: Vec<Question>,
    /// The identifier.
    pub uuid: Uuid,
    /// Who runs the election.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<String>,
    /// Who makes the credentials (制卡员).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_authority: Option<String>,
}

impl<G: Group> Parameters<G> {
    /// Parameters of version 1 in group `G`.
    #[must_use]
    pub fn new(
        uuid: Uuid,
        name: String,
        description: String,
        public_key: G::Element,
        questions: Vec<Question>,
    ) -> Self {
        Self {
            version: 1,
            description,
            name,
            group: G::NAME.to_owned(),
            public_key,
            questions,
            uuid,
            administrator: None,
            credential_authority: None,
        }
    }
}

/// An election: its parameters, and the exact text whose fingerprint every proof is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Election<G: Group> {
    parameters: Parameters<G>,
    text: String,
    fingerprint: Fingerprint,
}

/// A text is not an election that this crate can hold.
#[derive(Debug, thiserror::Error)]
pub enum ElectionError {
    /// Another group than the expected one.
    #[error("the election is in group {found:?}, expected {expected}")]
    Group {
        /// The group of the text.
        found: String,
        /// The group asked for.
        expected: &'static str,
    },
    /// No JSON of the right form.
    #[error("the election object cannot be read")]
    Json(#[source] serde_json::Error),
    /// The election key is the neutral element: nothing would be secret.
    #[error("the election key is the neutral element of the group")]
    NoKey,
    /// A question with impossible bounds or without answers.
    #[error("question {number} is not possible: {reason}")]
    Question {
        /// From 1.
        number: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// There is nothing to vote on.
    #[error("the election has no question")]
    NoQuestion,
    /// More text or answers than any election has.
    #[error("the election is larger than {LARGEST_TEXT} bytes or {MOST_ANSWERS} answers")]
    TooLarge,
    /// A question with a blank answer, or of another kind than homomorphic.
    #[error("question {number} is not supported: {reason}")]
    Unsupported {
        /// From 1.
        number: usize,
        /// What is not supported.
        reason: &'static str,
    },
    /// Only protocol version 1 exists.
    #[error("protocol version {0} is not supported")]
    Version(u32),
}

impl<G: Group> Election<G> {
    /// The election with these parameters.
    pub fn new(parameters: Parameters<G>) -> Result<Self, ElectionError> {
        let text = json::write(&parameters);
        Self::from_parts(parameters, text)
    }

    /// Reads an election; the text need not be canonical, its exact bytes give the fingerprint.
    pub fn parse(text: &str) -> Result<Self, ElectionError> {
        if text.len() > LARGEST_TEXT {
            return Err(ElectionError::TooLarge);
        }
        let found = group_name(text)?;
        if found != G::NAME {
            return Err(ElectionError::Group { found, expected: G::NAME });
        }
        let parameters = json::read(text.as_bytes()).map_err(ElectionError::Json)?;
        Self::from_parts(parameters, text.to_owned())
    }

    /// The parameters.
    #[must_use]
    pub fn parameters(&self) -> &Parameters<G> {
        &self.parameters
    }

    /// The exact text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// φ, the Base64 hash of the exact text.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    fn from_parts(parameters: Parameters<G>, text: String) -> Result<Self, ElectionError> {
        if parameters.version != 1 {
            return Err(ElectionError::Version(parameters.version));
        }
        if parameters.questions.is_empty() {
            return Err(ElectionError::NoQuestion);
        }
        let answers: usize = parameters.questions.iter().map(|question| question.answers.len()).sum();
        if answers > MOST_ANSWERS {
            return Err(ElectionError::TooLarge);
        }
        if parameters.public_key == G::identity() {
            return Err(ElectionError::NoKey);
        }
        for (number, question) in (1..).zip(&parameters.questions) {
            if let Some(reason) = unsupported(question) {
                return Err(ElectionError::Unsupported { number, reason });
            }
            if let Some(reason) = impossible(question) {
                return Err(ElectionError::Question { number, reason });
            }
        }
        let fingerprint = Fingerprint::of(&text);
        Ok(Self { parameters, text, fingerprint })
    }
}

/// The group that an election object names, to choose the right [`Group`] before reading it.
pub fn group_name(text: &str) -> Result<String, ElectionError> {
    #[derive(Deserialize)]
    struct OnlyGroup {
        group: String,
    }
    serde_json::from_str::<OnlyGroup>(text).map(|only| only.group).map_err(ElectionError::Json)
}

fn unsupported(question: &Question) -> Option<&'static str> {
    if question.has_type {
        Some("it is not homomorphic")
    } else if question.blank == Some(true) {
        Some("it allows a blank answer")
    } else {
        None
    }
}

fn impossible(question: &Question) -> Option<&'static str> {
    if question.answers.is_empty() {
        Some("it has no answers")
    } else if question.min > question.max {
        Some("its minimum is above its maximum")
    } else if usize::try_from(question.max).map_or(true, |max| max > question.answers.len()) {
        Some("its maximum is above the number of answers")
    } else {
        None
    }
}

/// Notes that a field is there, whatever it holds.
fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}
