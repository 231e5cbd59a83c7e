//! Sealing to the recovery key: the age format, X25519.

use age::secrecy::ExposeSecret as _;
use age::x25519::{Identity, Recipient};
use zeroize::Zeroizing;

use super::BackupError;

/// A fresh recovery key: the private half for the envelope, the public half for the configuration.
#[must_use]
pub fn make_key() -> (Zeroizing<String>, String) {
    let identity = Identity::generate();
    let public = identity.to_public().to_string();
    (Zeroizing::new(identity.to_string().expose_secret().to_owned()), public)
}

/// Reads the public half.
///
/// # Errors
/// [`BackupError::Recipient`]
pub fn parse_recipient(text: &str) -> Result<Recipient, BackupError> {
    text.trim().parse().map_err(|_| BackupError::Recipient)
}

/// Reads the private half as it is typed from the sheet; spaces and small letters are forgiven.
///
/// # Errors
/// [`BackupError::Identity`]
pub fn parse_identity(text: &str) -> Result<Identity, BackupError> {
    let typed: Zeroizing<String> = Zeroizing::new(text.split_whitespace().collect());
    Zeroizing::new(typed.to_uppercase()).parse().map_err(|_| BackupError::Identity)
}

/// Seals bytes to the recovery key.
///
/// # Errors
/// [`BackupError::Recipient`]
pub fn seal(recipient: &Recipient, bytes: &[u8]) -> Result<Vec<u8>, BackupError> {
    age::encrypt(recipient, bytes).map_err(|_| BackupError::Recipient)
}

/// Opens what was sealed.
///
/// # Errors
/// [`BackupError::Sealed`]
pub fn open(identity: &Identity, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, BackupError> {
    age::decrypt(identity, bytes).map(Zeroizing::new).map_err(|_| BackupError::Sealed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_envelope_that_belongs_to_a_backup_opens_it() {
        let (private, public) = make_key();
        let (other, _) = make_key();
        let sealed = seal(&parse_recipient(&public).unwrap(), b"rows").unwrap();
        assert!(!sealed.windows(4).any(|window| window == b"rows"));
        let typed = private.to_lowercase();
        let typed = format!(" {} {}\n", &typed[..20], &typed[20..]);
        assert_eq!(*open(&parse_identity(&typed).unwrap(), &sealed).unwrap(), b"rows");
        let wrong = open(&parse_identity(&other).unwrap(), &sealed);
        assert!(matches!(wrong, Err(BackupError::Sealed)));
        for place in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[place] ^= 1;
            let opened = open(&parse_identity(&private).unwrap(), &damaged);
            assert!(opened.is_err(), "byte {place}");
        }
    }

    #[test]
    fn a_mistyped_key_is_named_as_such() {
        let (private, public) = make_key();
        assert!(matches!(parse_identity(&private[1..]), Err(BackupError::Identity)));
        assert!(matches!(parse_identity(&public), Err(BackupError::Identity)));
        assert!(matches!(parse_recipient(&private), Err(BackupError::Recipient)));
    }
}
