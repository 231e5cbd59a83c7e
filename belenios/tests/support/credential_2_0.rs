//! Private credentials as belenios-tool 2.0 writes them: `XXX-XXX-XXX-XXX-XXX` (protocol note §3.1).

use belenios::credential::PrivateCredential;
use belenios::group::Group;
use belenios::text::{BASE58, Uuid};
use rand::CryptoRng;
use sha2::Sha256;

/// Base58 digits before the check digit.
const DIGITS: usize = 14;
const ITERATIONS: u32 = 1000;

/// A fresh credential: 14 random digits and the check digit 53 − (v mod 53).
pub(crate) fn generate(rng: &mut impl CryptoRng) -> String {
    let mut digits = Vec::with_capacity(DIGITS + 1);
    while digits.len() < DIGITS {
        let mut byte = [0];
        rng.fill_bytes(&mut byte);
        digits.extend((byte[0] < 232).then_some(usize::from(byte[0] % 58)));
    }
    let value = digits.iter().fold(0, |value, digit| (value * 58 + digit) % 53);
    digits.push(53 - value);
    let characters: Vec<_> = digits.iter().map(|digit| char::from(*BASE58.get(*digit).unwrap())).collect();
    let groups: Vec<String> = characters.chunks(3).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// The key pair in an election: s = PBKDF2-HMAC-SHA256 of the text with its dashes, salted with the identifier.
pub(crate) fn derive<G: Group>(credential: &str, uuid: &Uuid) -> PrivateCredential<G> {
    let mut bytes = [0; 32];
    pbkdf2::pbkdf2_hmac::<Sha256>(credential.as_bytes(), uuid.as_str().as_bytes(), ITERATIONS, &mut bytes);
    PrivateCredential::from_scalar(G::reduce(&bytes))
}
