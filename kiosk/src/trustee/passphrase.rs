//! What opens the key file: a passphrase in the trustee's head, or the recovery code on a sheet of paper.

use std::collections::BTreeSet;

use appearance::Text;
use evaluation::paper_code::{self, PaperCodeError};
use rand::CryptoRng;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// Fewest characters of a passphrase that is not four words.
const FEWEST_CHARACTERS: usize = 12;
/// So many words are enough, if they have together at least [`FEWEST_IN_WORDS`] characters.
const FEWEST_WORDS: usize = 4;
const FEWEST_IN_WORDS: usize = 8;
/// Fewer different characters are a pattern, not a passphrase.
const FEWEST_DIFFERENT: usize = 5;
const MOST_CHARACTERS: usize = 256;

/// The kind of the printed recovery code.
const RECOVERY_KIND: &str = "trustee recovery";

/// A trustee's passphrase. `Debug` hides it, dropping wipes it.
#[derive(Clone, Debug)]
pub struct Passphrase(SecretString);

/// Why a passphrase cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseError {
    /// It was typed differently the second time.
    #[error("the passphrase was typed differently the second time")]
    Differs,
    /// Too long to be typed ever again.
    #[error("the passphrase has more than {MOST_CHARACTERS} characters")]
    Long,
    /// Neither twelve characters nor four words.
    #[error(
        "the passphrase has fewer than {FEWEST_CHARACTERS} characters and fewer than {FEWEST_WORDS} words"
    )]
    Short,
    /// The same few characters again and again.
    #[error("the passphrase consists of the same few characters")]
    Simple,
}

impl PassphraseError {
    /// What is wrong and how to mend it.
    #[must_use]
    pub const fn words(self) -> Text {
        match self {
            Self::Differs => Text::new(
                "两次输入的口令不一样。请重新输入两遍。",
                "The passphrase was typed differently the second time. Type it twice again.",
            ),
            Self::Long => Text::new(
                "口令太长，最多 256 个字符。请另选一个。",
                "The passphrase is too long: 256 characters at the most. Choose another one.",
            ),
            Self::Short => Text::new(
                "口令太短：至少 12 个字符，或者四个用空格隔开的词。请另选一个。",
                "The passphrase is too short: at least 12 characters, or four words with spaces between. Choose another one.",
            ),
            Self::Simple => Text::new(
                "口令里只有少数几个重复的字符，太容易猜到。请另选一个。",
                "The passphrase repeats a few characters only and is easily guessed. Choose another one.",
            ),
        }
    }
}

impl Passphrase {
    /// A new passphrase, typed twice.
    ///
    /// # Errors
    /// [`PassphraseError`]
    pub fn choose(first: &SecretString, again: &SecretString) -> Result<Self, PassphraseError> {
        let (first, again) = (Self::typed(first), Self::typed(again));
        let text = first.expose();
        if text != again.expose() {
            return Err(PassphraseError::Differs);
        }
        let characters = text.chars().count();
        if characters > MOST_CHARACTERS {
            return Err(PassphraseError::Long);
        }
        let in_words = text.chars().filter(|character| !character.is_whitespace()).count();
        let words = text.split_whitespace().count() >= FEWEST_WORDS && in_words >= FEWEST_IN_WORDS;
        if characters < FEWEST_CHARACTERS && !words {
            return Err(PassphraseError::Short);
        }
        if text.chars().collect::<BTreeSet<_>>().len() < FEWEST_DIFFERENT {
            return Err(PassphraseError::Simple);
        }
        Ok(first)
    }

    /// A passphrase typed to open a file; white space around it is no part of it.
    #[must_use]
    pub fn typed(text: &SecretString) -> Self {
        Self(SecretString::from(text.expose_secret().trim()))
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The 128 random bits on the recovery sheet. `Debug` hides them, dropping wipes them.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Zeroizing<[u8; 16]>);

impl RecoveryCode {
    /// A fresh code.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 16]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(bytes)
    }

    /// Reads the code as it is typed from the sheet.
    ///
    /// # Errors
    /// [`PaperCodeError`] if it was mistyped
    pub fn parse(text: &str) -> Result<Self, PaperCodeError> {
        paper_code::parse(RECOVERY_KIND, text).map(Self)
    }

    /// The code for the sheet: seven groups of four characters, the last two of which are check characters.
    #[must_use]
    pub fn print(&self) -> Zeroizing<String> {
        paper_code::print(RECOVERY_KIND, self.0.as_slice())
    }

    pub(super) fn expose(&self) -> &[u8; 16] {
        &self.0
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    fn choose(first: &str, again: &str) -> Result<Passphrase, PassphraseError> {
        Passphrase::choose(&first.into(), &again.into())
    }

    #[test]
    fn a_passphrase_has_twelve_characters_or_four_words() {
        for good in ["correct horse", "太阳 河流 山川 大地", "阳光评议二〇二〇年十二月"] {
            assert!(choose(good, &format!(" {good} ")).is_ok(), "{good}");
        }
        for (short, error) in [
            ("", PassphraseError::Short),
            ("elevenchars", PassphraseError::Short),
            ("a b c d", PassphraseError::Short),
            ("aaaaaaaaaaaaaaaa", PassphraseError::Simple),
        ] {
            assert_eq!(choose(short, short).unwrap_err(), error, "{short}");
        }
        assert_eq!(choose(&"abcdef".repeat(50), &"abcdef".repeat(50)).unwrap_err(), PassphraseError::Long);
        assert_eq!(choose("correct horse", "correct house").unwrap_err(), PassphraseError::Differs);
    }

    #[test]
    fn a_recovery_code_is_read_as_it_was_printed_and_neither_secret_shows_in_debug_output() {
        let code = RecoveryCode::generate(&mut ChaCha20Rng::seed_from_u64(3));
        assert_eq!(RecoveryCode::parse(&code.print().to_lowercase()), Ok(code.clone()));
        assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
        let passphrase = choose("correct horse", "correct horse").unwrap();
        assert!(!format!("{passphrase:?}").contains("correct"));
    }
}
