//! What a voter can read of an office while grading it.

use serde::{Deserialize, Serialize};

/// What is public of an office. Nothing of it is bound into the election: it informs, and grades are given to the office all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeInformation {
    /// The office's number on the list.
    pub number: u16,
    /// 述职: its statement of the year, at most as long as the rules allow.
    pub statement: Option<String>,
    /// 职责: its duties.
    pub duties: Option<String>,
    /// 承诺: what it promises.
    pub commitment: Option<String>,
    /// 群众意见摘要: a digest of the opinions collected from the public.
    pub opinions: Option<String>,
}

impl OfficeInformation {
    /// Whether there is anything to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let texts = [&self.statement, &self.duties, &self.commitment, &self.opinions];
        texts.into_iter().all(|text| text.as_ref().is_none_or(String::is_empty))
    }
}
