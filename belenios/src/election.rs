//! The election object and its fingerprint (protocol note §2.1).

use serde::{Deserialize, Serialize};

use crate::group::Group;
use crate::text::{Fingerprint, Uuid};

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
    /// Marks other kinds of questions, which this crate refuses.
    #[serde(default, rename = "type", skip_serializing)]
    kind: Option<String>,
}

impl Question {
    /// A question with exactly one answer to choose.
    #[must_use]
    pub fn single_choice(question: String, answers: Vec<String>) -> Self {
        Self { answers, blank: None, min: 1, max: 1, question, kind: None }
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
    /// A question with impossible bounds, a blank answer, or of another kind than homomorphic.
    #[error("question {number} is not supported: {reason}")]
    Question {
        /// From 1.
        number: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// There is nothing to vote on.
    #[error("the election has no question")]
    NoQuestion,
    /// Only protocol version 1 exists.
    #[error("protocol version {0} is not supported")]
    Version(u32),
}

impl<G: Group> Election<G> {
    /// The election with these parameters.
    pub fn new(parameters: Parameters<G>) -> Result<Self, ElectionError> {
        let text = serde_json::to_string(&parameters).map_err(ElectionError::Json)?;
        Self::from_parts(parameters, text)
    }

    /// Reads an election; the text need not be canonical, its exact bytes give the fingerprint.
    pub fn parse(text: &str) -> Result<Self, ElectionError> {
        let found = group_name(text)?;
        if found != G::NAME {
            return Err(ElectionError::Group { found, expected: G::NAME });
        }
        let parameters = serde_json::from_str(text).map_err(ElectionError::Json)?;
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
        for (index, question) in parameters.questions.iter().enumerate() {
            if let Some(reason) = unsupported(question) {
                return Err(ElectionError::Question { number: index + 1, reason });
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
    if question.kind.is_some() {
        Some("it is not homomorphic")
    } else if question.blank == Some(true) {
        Some("it allows a blank answer")
    } else if question.answers.is_empty() {
        Some("it has no answers")
    } else if question.min > question.max {
        Some("its minimum is above its maximum")
    } else if usize::try_from(question.max).map_or(true, |max| max > question.answers.len()) {
        Some("its maximum is above the number of answers")
    } else {
        None
    }
}
