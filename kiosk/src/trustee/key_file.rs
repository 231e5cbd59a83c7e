//! The file with a trustee's key, and the record of the one archive it has decrypted.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use belenios::{
    group::{DecodeError, Group, GroupName},
    text::{Hash, Uuid},
    trustee::single::SecretKey,
    with_group,
};
use evaluation::wire::TrusteeAssignment;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::private_file;

/// The first field of the file.
const FORMAT: &str = "pingyi-trustee-key/2";

/// A trustee's key as it lies on the trustee's stick.
///
/// The file is JSON: `{"format":"pingyi-trustee-key/2","poll":…,"group":…,"position":…,"name":…,"secret":…}`, `secret` being the
/// decimal text of the private key. Beside it, with `.head` behind its name, lies the head of the archive that was decrypted.
pub struct KeyFile {
    path: PathBuf,
    group: GroupName,
    content: Content,
}

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The file is no key file.
    #[error("{path} is no key file of this release")]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot {step} {path}")]
    Io {
        /// What was to be done.
        step: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The file holds the key of another poll or trustee; it is never overwritten.
    #[error("{path} holds the key of another poll or trustee")]
    Other {
        /// The file.
        path: PathBuf,
    },
    /// The secret is no scalar of the group.
    #[error("the secret in {path} is damaged")]
    Secret {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: DecodeError,
    },
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Content {
    format: String,
    #[zeroize(skip)]
    poll: Uuid,
    group: String,
    position: u32,
    name: String,
    secret: String,
}

impl KeyFile {
    /// Reads a key file.
    ///
    /// # Errors
    /// [`KeyFileError`]
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        let text = fs::read_to_string(path).map(Zeroizing::new).map_err(io_error("read", path))?;
        let content: Content =
            serde_json::from_str(&text).map_err(|_| KeyFileError::Format { path: path.into() })?;
        if content.format != FORMAT {
            return Err(KeyFileError::Format { path: path.into() });
        }
        let group = content.group.parse().map_err(|_| KeyFileError::Format { path: path.into() })?;
        let file = Self { path: path.into(), group, content };
        with_group!(group, G => file.key::<G>().map(|_| ()))?;
        Ok(file)
    }

    /// The key of this assignment: from the file if it is there, otherwise a fresh one, durable before it is returned.
    ///
    /// # Errors
    /// [`KeyFileError`]
    pub fn load_or_make(
        path: &Path,
        assignment: &TrusteeAssignment,
        group: GroupName,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, KeyFileError> {
        if path.exists() {
            let file = Self::load(path)?;
            let same = file.content.poll == assignment.poll
                && file.group == group
                && file.content.position == assignment.position
                && file.content.name == assignment.name;
            return if same { Ok(file) } else { Err(KeyFileError::Other { path: path.into() }) };
        }
        let content = Content {
            format: FORMAT.to_owned(),
            poll: assignment.poll.clone(),
            group: group.to_string(),
            position: assignment.position,
            name: assignment.name.clone(),
            secret: with_group!(group, G => SecretKey::<G>::generate(rng).to_text().to_string()),
        };
        // Strings and numbers can always be written.
        let text = Zeroizing::new(serde_json::to_string(&content).unwrap_or_default());
        private_file::write_new(path, text.as_bytes()).map_err(io_error("write", path))?;
        Self::load(path)
    }

    /// Records the head this key decrypts, durably, and returns the one on record: of this archive the first time, and the
    /// same for ever.
    ///
    /// # Errors
    /// [`KeyFileError::Io`]
    pub fn record_head(&self, head: Hash) -> Result<String, KeyFileError> {
        let mut record = self.path.clone().into_os_string();
        record.push(".head");
        let record = PathBuf::from(record);
        match private_file::write_new(&record, head.to_string().as_bytes()) {
            Ok(()) => Ok(head.to_string()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                fs::read_to_string(&record).map_err(io_error("read", &record))
            }
            Err(error) => Err(io_error("write", &record)(error)),
        }
    }

    /// The poll the key was made for.
    #[must_use]
    pub const fn poll(&self) -> &Uuid {
        &self.content.poll
    }

    /// The group the key lives in.
    #[must_use]
    pub const fn group(&self) -> GroupName {
        self.group
    }

    /// The trustee's place, from 1.
    #[must_use]
    pub const fn position(&self) -> u32 {
        self.content.position
    }

    /// The key, in the group of the file.
    ///
    /// # Errors
    /// [`KeyFileError::Secret`] if it is no key of this group
    pub fn key<G: Group>(&self) -> Result<SecretKey<G>, KeyFileError> {
        SecretKey::parse(&self.content.secret)
            .map_err(|source| KeyFileError::Secret { path: self.path.clone(), source })
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFile")
            .field("path", &self.path)
            .field("position", &self.content.position)
            .finish_non_exhaustive()
    }
}

fn io_error(step: &'static str, path: &Path) -> impl Fn(io::Error) -> KeyFileError {
    let path = path.to_owned();
    move |source| KeyFileError::Io { step, path: path.clone(), source }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    fn assignment() -> TrusteeAssignment {
        TrusteeAssignment {
            poll: "1r7xvBB2ZoyrxA".parse().unwrap(),
            position: 1,
            name: "监票人甲".into(),
            group: "Ed25519".into(),
        }
    }

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(1)
    }

    #[test]
    fn the_same_assignment_has_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trustee.key");
        let made = KeyFile::load_or_make(&path, &assignment(), GroupName::Ed25519, &mut rng()).unwrap();
        let mut other = ChaCha20Rng::seed_from_u64(2);
        let again = KeyFile::load_or_make(&path, &assignment(), GroupName::Ed25519, &mut other).unwrap();
        assert_eq!(made.content.secret, again.content.secret);
        assert!(!format!("{made:?}").contains(made.content.secret.as_str()));
    }

    #[test]
    fn the_key_of_another_trustee_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trustee.key");
        KeyFile::load_or_make(&path, &assignment(), GroupName::Ed25519, &mut rng()).unwrap();
        let other = TrusteeAssignment { position: 2, ..assignment() };
        let made = KeyFile::load_or_make(&path, &other, GroupName::Ed25519, &mut rng());
        assert!(matches!(made, Err(KeyFileError::Other { .. })));
    }

    #[test]
    fn the_first_head_is_on_record_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trustee.key");
        let file = KeyFile::load_or_make(&path, &assignment(), GroupName::Ed25519, &mut rng()).unwrap();
        let (first, second) = (Hash::of("first"), Hash::of("second"));
        assert_eq!(file.record_head(first).unwrap(), first.to_string());
        assert_eq!(file.record_head(second).unwrap(), first.to_string());
        assert_eq!(KeyFile::load(&path).unwrap().record_head(first).unwrap(), first.to_string());
    }

    #[test]
    fn a_damaged_key_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trustee.key");
        fs::write(&path, "{}").unwrap();
        assert!(matches!(KeyFile::load(&path), Err(KeyFileError::Format { .. })));
        let secret = r#"{"format":"pingyi-trustee-key/2","poll":"1r7xvBB2ZoyrxA","group":"Ed25519","position":1,"name":"","secret":"x"}"#;
        fs::write(&path, secret).unwrap();
        assert!(matches!(KeyFile::load(&path), Err(KeyFileError::Secret { .. })));
    }
}
