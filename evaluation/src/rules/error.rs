//! Why a set of rules is refused.

/// Why a set of rules is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[non_exhaustive]
pub enum RulesError {
    /// A field has a value that makes no sense.
    Field {
        /// Path of the field, such as `pool.halves.A.take`.
        field: String,
        /// What is wrong, in Chinese.
        zh: &'static str,
        /// What is wrong, in English.
        en: &'static str,
    },
    /// The text is not TOML or JSON, or a field is missing, unknown or of the wrong kind.
    Syntax {
        /// The place and the reason, from the parser.
        reason: String,
    },
}

impl RulesError {
    /// What happened and what to do next, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Field { field, zh, .. } => format!("规则文件的 {field} 不对：{zh}。请改正后再试。"),
            Self::Syntax { reason } => format!("规则文件读不懂，请改正所指的位置：{reason}"),
        }
    }

    /// What happened and what to do next, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Field { field, en, .. } => {
                format!("{field} of the rules file is wrong: {en}. Correct it and try again.")
            }
            Self::Syntax { reason } => {
                format!("the rules file cannot be read; correct the place shown: {reason}")
            }
        }
    }
}
