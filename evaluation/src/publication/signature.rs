//! `SHA256SUMS` and the signature over it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use super::file;
use crate::hash::Sha256Hash;

/// A text is not a publication key: 64 hexadecimal digits and LF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a publication key is written as 64 hexadecimal digits on one line")]
pub struct KeyFormatError;

/// The text of `SHA256SUMS`: a line a file, as `sha256sum` writes and checks it, sorted by name.
#[must_use]
pub fn sums(hashes: &BTreeMap<String, Sha256Hash>) -> String {
    let mut text = String::new();
    for (name, hash) in hashes.iter().filter(|(name, _)| is_summed(name)) {
        // Writing to memory cannot fail.
        let _ = writeln!(text, "{hash}  {name}");
    }
    text
}

/// Whether `SHA256SUMS` lists this file: every one but itself and its signature.
#[must_use]
pub fn is_summed(name: &str) -> bool {
    name != file::SUMS && name != file::SUMS_SIGNATURE
}

/// The 64 bytes of `SHA256SUMS.sig`: a plain Ed25519 signature over the bytes of `SHA256SUMS`.
#[must_use]
pub fn sign(sums: &str, key: &SigningKey) -> [u8; 64] {
    key.sign(sums.as_bytes()).to_bytes()
}

/// Whether the signature is the key's over these bytes.
#[must_use]
pub fn is_signed(sums: &[u8], signature: &[u8], key: &VerifyingKey) -> bool {
    Signature::from_slice(signature).is_ok_and(|signature| key.verify_strict(sums, &signature).is_ok())
}

/// The text of a key file. It is the secret.
#[must_use]
pub fn key_to_text(key: &SigningKey) -> Zeroizing<String> {
    Zeroizing::new(format!("{}\n", *Zeroizing::new(hex::encode(key.as_bytes()))))
}

/// Reads a key file.
///
/// # Errors
///
/// [`KeyFormatError`] if it is anything else than 64 hexadecimal digits, white space around them aside.
pub fn key_from_text(text: &str) -> Result<SigningKey, KeyFormatError> {
    let mut seed = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), seed.as_mut_slice()).map_err(|_| KeyFormatError)?;
    Ok(SigningKey::from_bytes(&seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_reads_back_and_anything_else_is_refused() {
        let key = SigningKey::from_bytes(&[9; 32]);
        let text = key_to_text(&key);
        assert_eq!(key_from_text(&text).unwrap(), key);
        assert_eq!(key_from_text(&text[1..]), Err(KeyFormatError));
    }

    #[test]
    fn sums_leave_out_themselves_and_sort_by_name() {
        let names = ["b", "SHA256SUMS", "a/x", "SHA256SUMS.sig"];
        let hashes = names.into_iter().map(|name| (name.to_owned(), Sha256Hash::of(name))).collect();
        let text = sums(&hashes);
        let listed: Vec<_> = text.lines().map(|line| line.split_once("  ").unwrap().1).collect();
        assert_eq!(listed, ["a/x", "b"]);
    }
}
