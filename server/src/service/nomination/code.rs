//! The code with which a person looks up a nomination.

use std::{fmt, str::FromStr};

use evaluation::hash::Sha256Hash;
use rand::CryptoRng;
use zeroize::Zeroizing;

/// What one copy of the public form carries, 32 lower-case hexadecimal digits: sent twice, it makes one nomination.
#[derive(Clone, PartialEq, Eq)]
pub struct FormToken(Zeroizing<String>);

/// Sixteen characters (80 bits) that stand for one nomination. Shown once; the store keeps its SHA-256.
#[derive(Clone, PartialEq, Eq)]
pub struct LookupCode(Zeroizing<String>);

/// Digits and capital letters without I, L, O and U (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 16;

impl FormToken {
    /// A token for a new copy of the form.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = Zeroizing::new([0; 16]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(Zeroizing::new(hex::encode(bytes.as_slice())))
    }

    /// The digits, for the form.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The code that belongs to this copy of the form.
    #[must_use]
    pub fn code(&self) -> LookupCode {
        let hash = Sha256Hash::of(format!("pingyi lookup code\t{}\n", self.0.as_str())).to_string();
        let mut code = Zeroizing::new(String::with_capacity(LENGTH));
        // Two hexadecimal digits a character, of which five bits are used.
        for pair in hash.as_bytes().chunks(2).take(LENGTH) {
            let value = str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
            let letter = ALPHABET.get(usize::from(value.unwrap_or(0) & 0x1f)).copied().unwrap_or(b'0');
            code.push(char::from(letter));
        }
        LookupCode(code)
    }
}

impl FromStr for FormToken {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 32 && text.bytes().all(is_digit) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(())
        }
    }
}

impl LookupCode {
    /// In groups of four, as it is written down.
    #[must_use]
    pub fn in_groups(&self) -> Zeroizing<String> {
        let groups: Vec<_> =
            self.0.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok()).collect();
        Zeroizing::new(groups.join("-"))
    }

    /// What the store keeps.
    #[must_use]
    pub fn hash(&self) -> String {
        Sha256Hash::of(self.0.as_bytes()).to_string()
    }
}

impl FromStr for LookupCode {
    type Err = ();

    /// Case, hyphens and spaces do not matter; I and L are read as 1, O as 0.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut code = Zeroizing::new(String::with_capacity(LENGTH));
        for letter in text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').take(LENGTH + 1)
        {
            let letter = match letter.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            };
            if !u8::try_from(letter).is_ok_and(|byte| ALPHABET.contains(&byte)) {
                return Err(());
            }
            code.push(letter);
        }
        if code.len() == LENGTH { Ok(Self(code)) } else { Err(()) }
    }
}

impl fmt::Debug for FormToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormToken(…)")
    }
}

impl fmt::Debug for LookupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LookupCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rng;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let token = FormToken::generate(&mut rng());
        assert_eq!(token.expose().parse(), Ok(token.clone()));
        let code = token.code();
        assert_eq!(code.in_groups().len(), 19);
        for typed in [code.in_groups().to_string(), code.in_groups().to_lowercase().replace('-', " ")] {
            assert_eq!(typed.parse(), Ok(code.clone()));
        }
        assert_eq!("OIL0-0000-0000-0000".parse::<LookupCode>(), "0110-0000-0000-0000".parse());
        for bad in ["", "0000-0000-0000-000", "0000-0000-0000-00000", "0000-0000-0000-000U", "中文"] {
            assert_eq!(bad.parse::<LookupCode>(), Err(()), "{bad}");
        }
        assert_eq!(format!("{code:?} {token:?}"), "LookupCode(…) FormToken(…)");
    }

    #[test]
    fn every_copy_of_the_form_has_its_own_code() {
        let mut rng = rng();
        assert_ne!(FormToken::generate(&mut rng).code(), FormToken::generate(&mut rng).code());
    }
}
