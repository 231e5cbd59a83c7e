//! Short names that files, forms and columns use for a thing of the rules.

/// Why a text is not an identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no identifier: 1 to 64 small letters, digits, _ and -, the first of them a letter.")]
pub struct IdentifierError(pub String);

/// Whether `text` matches `[a-z][a-z0-9_-]{0,63}`.
pub(crate) fn is_identifier(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(allowed)
}

/// Declares identifier types: `[a-z][a-z0-9_-]{0,63}`, written and read as that text.
macro_rules! identifiers {
    ($($(#[$attribute:meta])* $name:ident;)+) => {$(
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::rules::IdentifierError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(text.to_owned())
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::rules::IdentifierError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                if $crate::rules::identifier::is_identifier(&text) {
                    Ok(Self(text))
                } else {
                    Err($crate::rules::IdentifierError(text))
                }
            }
        }

        impl From<$name> for String {
            fn from(identifier: $name) -> Self {
                identifier.0
            }
        }
    )+};
}
pub(crate) use identifiers;

#[cfg(test)]
mod tests {
    use super::is_identifier;

    #[test]
    fn identifiers_are_short_lower_case_words() {
        for good in ["a", "government", "ningjin-2020", "fairly_satisfied"] {
            assert!(is_identifier(good), "{good}");
        }
        for bad in ["", "2020", "_a", "A", "a b", "满意", "a\n", &"a".repeat(65)] {
            assert!(!is_identifier(bad), "{bad:?}");
        }
    }
}
