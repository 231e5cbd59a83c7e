//! The anchor of a pool member (draw specification §3, "Identity binding").
//!
//! The published pool shows a masked name only. The anchor is a hash of the full name, the ID card number and a salt
//! that nobody but this person and the commission knows: with the slip in hand a person proves to be P017, and nobody can
//! give P017 to somebody else after the draw.

use std::{fmt, str::FromStr};

use rand::CryptoRng;
use zeroize::Zeroizing;

use super::{IdCardNumber, PersonName};
use crate::{draw::canon::PROTOCOL, hash::Sha256Hash, pool::MemberId};

/// The random 128 bits of one person's anchor, written as 32 lower-case hexadecimal digits. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt(Zeroizing<String>);

/// A text is not 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a salt is written as 32 lower-case hexadecimal digits")]
pub struct SaltFormatError;

/// The `draw_id` in an anchor: a letter or digit, then at most 63 letters, digits, dots, underscores or hyphens, so that
/// it can stand in a shell command.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DrawId(String);

/// A text is no [`DrawId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the id of a draw is a letter or digit, then at most 63 letters, digits, dots, underscores or hyphens"
)]
pub struct DrawIdError;

impl Salt {
    /// A fresh salt.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = Zeroizing::new([0; 16]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(Zeroizing::new(hex::encode(bytes.as_slice())))
    }

    /// The salt that was stored or typed.
    ///
    /// # Errors
    /// If `text` is not 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, SaltFormatError> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 32 && text.bytes().all(is_digit) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(SaltFormatError)
        }
    }

    /// The 32 digits, for the person's slip.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(…)")
    }
}

impl DrawId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DrawId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DrawId {
    type Err = DrawIdError;

    fn from_str(text: &str) -> Result<Self, DrawIdError> {
        let starts_well = text.starts_with(|first: char| first.is_ascii_alphanumeric());
        let goes_on_well = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if starts_well && goes_on_well && text.len() <= 64 {
            Ok(Self(text.to_owned()))
        } else {
            Err(DrawIdError)
        }
    }
}

impl TryFrom<String> for DrawId {
    type Error = DrawIdError;

    fn try_from(text: String) -> Result<Self, DrawIdError> {
        text.parse()
    }
}

impl From<DrawId> for String {
    fn from(id: DrawId) -> Self {
        id.0
    }
}

/// The anchor: SHA-256 of the line
/// `public-draw/1<TAB>anchor<TAB>draw_id<TAB>id<TAB>name<TAB>id_card<TAB>salt<LF>`.
#[must_use]
pub fn anchor(
    draw: &DrawId,
    id: &MemberId,
    name: &PersonName,
    id_card: &IdCardNumber,
    salt: &Salt,
) -> Sha256Hash {
    Sha256Hash::of(line(
        ["\t", "\n"],
        [draw.as_str(), id.as_str(), name.expose(), id_card.expose(), salt.expose()],
    ))
}

/// The command that recomputes an [`anchor`] on any computer with `sha256sum`. No part of it can end the quotation: see
/// [`PersonName`] and [`DrawId`].
#[must_use]
pub fn anchor_command(
    draw: &DrawId,
    id: &MemberId,
    name: &PersonName,
    id_card: &IdCardNumber,
    salt: &Salt,
) -> Zeroizing<String> {
    let parts = [draw.as_str(), id.as_str(), name.expose(), id_card.expose(), salt.expose()];
    let line = line(["\\t", "\\n"], parts);
    let mut command = Zeroizing::new(String::with_capacity(line.len().saturating_add(32)));
    for part in ["printf '", line.as_str(), "' | sha256sum"] {
        command.push_str(part);
    }
    command
}

fn line([tab, end]: [&str; 2], parts: [&str; 5]) -> Zeroizing<String> {
    // Reserved at once, so that growing leaves no copy behind.
    let mut line = Zeroizing::new(String::with_capacity(512));
    line.push_str(PROTOCOL);
    for part in ["anchor"].into_iter().chain(parts) {
        line.push_str(tab);
        line.push_str(part);
    }
    line.push_str(end);
    line
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    fn parts(name: &str) -> (DrawId, MemberId, PersonName, IdCardNumber, Salt) {
        (
            "ningjin-2020-1".parse().unwrap(),
            "P017".parse().unwrap(),
            PersonName::parse(name).unwrap(),
            IdCardNumber::parse("11010519491231002X").unwrap(),
            Salt::parse("000102030405060708090a0b0c0d0e0f").unwrap(),
        )
    }

    #[test]
    fn an_anchor_is_one_line_that_anyone_can_hash() {
        let (draw, id, name, id_card, salt) = parts("买买提·艾力");
        let line = "public-draw/1\tanchor\tningjin-2020-1\tP017\t买买提·艾力\t11010519491231002X\t\
                    000102030405060708090a0b0c0d0e0f\n";
        assert_eq!(anchor(&draw, &id, &name, &id_card, &salt), Sha256Hash::of(line));
    }

    #[test]
    fn the_command_recomputes_the_anchor() {
        for name in ["张三", "买买提·艾力", "O'Neil Anna-Maria", "𠮷田"] {
            let (draw, id, name, id_card, salt) = parts(name);
            let command = anchor_command(&draw, &id, &name, &id_card, &salt);
            let output = std::process::Command::new("sh").arg("-c").arg(command.as_str()).output().unwrap();
            let hash = anchor(&draw, &id, &name, &id_card, &salt);
            assert_eq!(str::from_utf8(&output.stdout).unwrap(), format!("{hash}  -\n"));
        }
    }

    #[test]
    fn a_salt_has_128_bits_and_is_never_printed_by_accident() {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
        let (one, other) = (Salt::generate(&mut rng), Salt::generate(&mut rng));
        assert_ne!(one, other);
        assert_eq!(Salt::parse(one.expose()), Ok(one.clone()));
        assert_eq!(format!("{one:?}"), "Salt(…)");
        for bad in ["", &"0F".repeat(16), &"0g".repeat(16), &"0f".repeat(17)] {
            assert_eq!(Salt::parse(bad), Err(SaltFormatError));
        }
    }

    #[test]
    fn the_id_of_a_draw_can_stand_in_a_command() {
        for bad in ["", "-x", "a b", "a'b", "a%s", "a\\b", "宁晋", &"x".repeat(65)] {
            assert_eq!(bad.parse::<DrawId>(), Err(DrawIdError), "{bad}");
        }
    }
}
