//! Credentials: the secret on a voting card and the public half in the archive (protocol note §3.1).

use std::fmt;

use rand::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::group::Group;
use crate::proof::Proof;
use crate::signature;
use crate::text::{BASE58, Uuid, random_base58};

/// Characters of a credential without dashes.
const LENGTH: usize = 22;
/// The groups of the printed form.
const GROUPS: [usize; 4] = [5, 6, 5, 6];

/// The secret of a voting card: 22 Base58 characters, printed in groups of 5-6-5-6.
///
/// `Debug` hides it, dropping wipes it.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Credential(String);

/// A text is not a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// A character outside the Base58 alphabet.
    #[error("a character of the credential is not in the Base58 alphabet")]
    Character,
    /// The check character does not fit: something was mistyped.
    #[error("the check character does not fit, something was mistyped")]
    Check,
    /// The wrong number of characters.
    #[error("the credential does not have the right number of characters")]
    Length,
}

impl Credential {
    /// A fresh credential of 22 · log2(58) = 128.9 bits.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(random_base58(rng, LENGTH))
    }

    /// Reads the 22 characters; dashes and white space are passed over.
    pub fn parse(text: &str) -> Result<Self, CredentialError> {
        let mut characters = strip(text)?;
        if characters.len() != LENGTH {
            characters.zeroize();
            return Err(CredentialError::Length);
        }
        Ok(Self(characters))
    }

    /// Reads a card code: the credential and its check character, as [`Credential::card_code`] prints it.
    pub fn parse_card_code(text: &str) -> Result<Self, CredentialError> {
        let mut characters = strip(text)?;
        let check = if characters.len() == LENGTH + 1 { characters.pop() } else { None };
        let Some(check) = check else {
            characters.zeroize();
            return Err(CredentialError::Length);
        };
        let credential = Self(characters);
        if credential.check_character() == check { Ok(credential) } else { Err(CredentialError::Check) }
    }

    /// The protocol's text, with dashes: `ABCDE-FGHJKL-MNPQR-STUVWX`.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(LENGTH + GROUPS.len()));
        let mut rest = self.0.as_str();
        for length in GROUPS {
            let (group, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
            if !text.is_empty() {
                text.push('-');
            }
            text.push_str(group);
            rest = tail;
        }
        text
    }

    /// What a card shows: the text, a dash, and a check character that is not part of the protocol.
    #[must_use]
    pub fn card_code(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}-{}", *self.text(), self.check_character()))
    }

    /// The key pair for one election: s = `int_BE(h0 ‖ h1)` mod q with hi =
    /// SHA-256("derive_credential|" uuid "|" i "|" text), as belenios-tool derives it since 2.4.
    #[must_use]
    pub fn derive<G: Group>(&self, uuid: &Uuid) -> PrivateCredential<G> {
        let text = self.text();
        let mut wide = Zeroizing::new([0; 64]);
        for (half, index) in wide.chunks_exact_mut(32).zip(["0", "1"]) {
            let mut hasher = Sha256::new();
            for piece in ["derive_credential|", uuid.as_str(), "|", index, "|", text.as_str()] {
                hasher.update(piece);
            }
            half.copy_from_slice(&hasher.finalize());
        }
        let secret = G::reduce(wide.as_slice());
        PrivateCredential { secret, public: G::generator_power(&secret) }
    }

    /// Luhn's check modulo 58: notices every single wrong character and nearly every swap of neighbours.
    fn check_character(&self) -> char {
        let mut total = 0;
        for (place, character) in self.0.bytes().rev().enumerate() {
            let digit = BASE58.iter().position(|symbol| *symbol == character).unwrap_or(0);
            total += if place % 2 == 0 { digit * 2 / 58 + digit * 2 % 58 } else { digit };
        }
        BASE58.get((58 - total % 58) % 58).copied().map_or('1', char::from)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(…)")
    }
}

/// A credential's key pair in one election. `Debug` shows only the public half, dropping wipes the secret.
#[derive(Clone)]
pub struct PrivateCredential<G: Group> {
    secret: G::Scalar,
    public: G::Element,
}

impl<G: Group> PrivateCredential<G> {
    /// The key pair with this secret exponent, for other programs' text forms of credentials.
    #[must_use]
    pub fn from_scalar(secret: G::Scalar) -> Self {
        Self { secret, public: G::generator_power(&secret) }
    }

    /// The public half C = g^s, which stands in the archive.
    #[must_use]
    pub fn public(&self) -> &G::Element {
        &self.public
    }

    /// Signs a text as the holder of the card (protocol note §5, PKI signature).
    pub fn sign(&self, message: &str, rng: &mut impl CryptoRng) -> Proof<G> {
        signature::sign(&self.secret, message, rng)
    }

    pub(crate) fn secret(&self) -> &G::Scalar {
        &self.secret
    }
}

impl<G: Group> fmt::Debug for PrivateCredential<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateCredential({}, …)", G::encode(&self.public))
    }
}

impl<G: Group> Drop for PrivateCredential<G> {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

fn strip(text: &str) -> Result<String, CredentialError> {
    let mut characters = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !character.is_whitespace() && *character != '-') {
        if !character.is_ascii() || !BASE58.contains(&u8::try_from(character).unwrap_or(b'0')) {
            characters.zeroize();
            return Err(CredentialError::Character);
        }
        characters.push(character);
    }
    Ok(characters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Ed25519;

    #[test]
    fn derivation_is_the_one_of_the_protocol_note() {
        let credential = Credential::parse("ABCDE-FGHJKL-MNPQR-STUVWX").unwrap();
        let derived = credential.derive::<Ed25519>(&"12345678912345".parse().unwrap());
        assert_eq!(
            Ed25519::encode_scalar(derived.secret()),
            "2313073810176925996715008565371552220854228956284919704937278004053935892127"
        );
        assert_eq!(
            Ed25519::encode(derived.public()),
            "ea30e41722ab5c49f7446ec89d74e41ca6e7c5a354139c807f0fc05152a7a090"
        );
    }

    #[test]
    fn every_single_mistyped_character_of_a_card_code_is_noticed() {
        let code = Credential::parse("ABCDE-FGHJKL-MNPQR-STUVWX").unwrap().card_code();
        assert!(Credential::parse_card_code(&code).is_ok());
        for (place, _) in code.char_indices().filter(|(_, character)| *character != '-') {
            for wrong in BASE58.iter().map(|symbol| char::from(*symbol)) {
                let mut mistyped = code.to_string();
                mistyped.replace_range(place..=place, &wrong.to_string());
                assert_eq!(Credential::parse_card_code(&mistyped).is_ok(), mistyped == *code, "{mistyped}");
            }
        }
    }

    #[test]
    fn debug_output_shows_no_secret() {
        let credential = Credential::parse("ABCDE-FGHJKL-MNPQR-STUVWX").unwrap();
        assert!(!format!("{credential:?}").contains("ABCDE"));
    }
}
