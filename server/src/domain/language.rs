//! Everything a person reads exists in Chinese and in English.

/// A message for people. It says what happened, what it means and what to do next.
///
/// The English text is the `Display` text, so that errors need to be written only once for logs and pages.
pub trait InTwoLanguages: std::fmt::Display {
    /// The Chinese text.
    fn zh(&self) -> String;

    /// The English text.
    fn en(&self) -> String {
        self.to_string()
    }
}
