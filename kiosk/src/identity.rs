//! What a terminal is known by: a key that it makes itself and never gives away.
//!
//! It lies in the terminal's folder, readable by its owner only, in the file `identity.key`: 64 hexadecimal digits and a line
//! feed.

use std::{
    fmt, fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use evaluation::wire::{BoothStatement, SignedBoothStatement};
use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::private_file;

/// The file of the key.
const FILE: &str = "identity.key";

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The file is no key.
    #[error(
        "{path} 不是终端密钥；请把它移开，重新登记 · {path} is no terminal's key; put it aside and enrol anew"
    )]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("{path} 无法读写 · {path} cannot be read or written")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
}

/// The terminal's Ed25519 key. `Debug` shows only the public half, dropping wipes the secret.
pub struct Identity(SigningKey);

impl Identity {
    /// A fresh key.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Self(SigningKey::from_bytes(&seed))
    }

    /// The key in this folder; made and kept there if there is none yet.
    ///
    /// # Errors
    /// [`IdentityError`]
    pub fn load_or_make(folder: &Path, rng: &mut impl CryptoRng) -> Result<Self, IdentityError> {
        if let Some(identity) = Self::load(folder)? {
            return Ok(identity);
        }
        let (path, identity) = (folder.join(FILE), Self::generate(rng));
        let written =
            make_folder(folder).and_then(|()| private_file::write_new(&path, identity.text().as_bytes()));
        written.map(|()| identity).map_err(|source| IdentityError::Io { path, source })
    }

    /// The key in this folder, if there is one.
    ///
    /// # Errors
    /// [`IdentityError`]
    pub fn load(folder: &Path) -> Result<Option<Self>, IdentityError> {
        let path = folder.join(FILE);
        match fs::read_to_string(&path).map(Zeroizing::new) {
            Ok(text) => Self::read(&text).map(Some).ok_or(IdentityError::Format { path }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(IdentityError::Io { path, source }),
        }
    }

    /// A new key in the place of the one in this folder, which was enrolled before and is of no use any more.
    ///
    /// # Errors
    /// [`IdentityError::Io`]
    pub fn replace(folder: &Path, rng: &mut impl CryptoRng) -> Result<Self, IdentityError> {
        let (path, identity) = (folder.join(FILE), Self::generate(rng));
        let written =
            make_folder(folder).and_then(|()| private_file::replace(&path, identity.text().as_bytes()));
        written.map(|()| identity).map_err(|source| IdentityError::Io { path, source })
    }

    fn read(text: &str) -> Option<Self> {
        let mut seed = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim_end(), seed.as_mut_slice()).ok()?;
        Some(Self(SigningKey::from_bytes(&seed)))
    }

    fn text(&self) -> Zeroizing<String> {
        let seed = Zeroizing::new(self.0.to_bytes());
        let mut text = Zeroizing::new(hex::encode(seed.as_slice()));
        text.push('\n');
        text
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> VerifyingKey {
        self.0.verifying_key()
    }

    /// Signs a text. What is signed begins with a line that says what it is.
    #[must_use]
    pub fn sign(&self, text: &str) -> Signature {
        self.0.sign(text.as_bytes())
    }

    /// Signs the statement of this booth about the ballots it delivered.
    #[must_use]
    pub fn sign_statement(&self, statement: BoothStatement) -> SignedBoothStatement {
        statement.sign(&self.0)
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", hex::encode(self.public().to_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::os_rng;

    #[test]
    fn a_terminal_makes_its_key_once_and_nobody_else_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let public = |identity: Identity| identity.public().to_bytes();
        let first = public(Identity::load_or_make(folder.path(), &mut os_rng()).unwrap());
        assert_eq!(public(Identity::load_or_make(folder.path(), &mut os_rng()).unwrap()), first);
        let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let new = public(Identity::replace(folder.path(), &mut os_rng()).unwrap());
        assert_ne!(new, first);
        assert_eq!(public(Identity::load_or_make(folder.path(), &mut os_rng()).unwrap()), new);
    }

    #[test]
    fn a_damaged_key_is_never_silently_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "nonsense").unwrap();
        let loaded = Identity::load_or_make(folder.path(), &mut os_rng());
        assert!(matches!(loaded, Err(IdentityError::Format { .. })));
        assert_eq!(fs::read_to_string(folder.path().join(FILE)).unwrap(), "nonsense");
    }

    #[test]
    fn the_secret_is_never_printed_by_accident() {
        let identity = Identity(SigningKey::from_bytes(&[7; 32]));
        assert!(!format!("{identity:?}").contains("0707"));
    }
}
