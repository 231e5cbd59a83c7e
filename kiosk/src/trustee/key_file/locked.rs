//! A key file before it is opened.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use belenios::{group::GroupName, with_group};
use evaluation::wire::TrusteeAssignment;

use super::{KeyFile, KeyFileError, check_is_of, content::read_content, io_error};
use crate::trustee::{
    Passphrase, RecoveryCode,
    sealed::{FileKey, Holder, Sealed, SealedError},
};

/// No key file is longer: the contributions of 255 trustees are a few megabytes.
const LARGEST: u64 = 32 << 20;

/// A key file as it was found on the stick, closed.
#[derive(Debug)]
pub struct LockedKeyFile {
    path: PathBuf,
    group: GroupName,
    pub(super) sealed: Sealed,
}

impl LockedKeyFile {
    /// Reads a key file without opening it.
    ///
    /// # Errors
    /// [`KeyFileError::Missing`], [`KeyFileError::Format`], [`KeyFileError::Damaged`], [`KeyFileError::Io`]
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let size = fs::metadata(path).map_err(|error| read_error(path, error))?.len();
        if size > LARGEST {
            return Err(KeyFileError::Format { path: path.into() });
        }
        let text = fs::read(path).map_err(|error| read_error(path, error))?;
        let sealed = Sealed::parse(&text).map_err(|error| sealed_error(path, error))?;
        let group = sealed.holder.group.parse().map_err(|_| KeyFileError::Format { path: path.into() })?;
        Ok(Self { path: path.into(), group, sealed })
    }

    /// Whose key it is.
    #[must_use]
    pub const fn holder(&self) -> &Holder {
        &self.sealed.holder
    }

    /// The file is of this trustee of this poll.
    ///
    /// # Errors
    /// [`KeyFileError::OtherPoll`], [`KeyFileError::OtherTrustee`]
    pub fn check_is_of(&self, assignment: &TrusteeAssignment) -> Result<(), KeyFileError> {
        check_is_of(&self.path, self.holder(), assignment)
    }

    /// Opens it with the passphrase. Takes about half a second, as guesses shall.
    ///
    /// # Errors
    /// [`KeyFileError::WrongPassphrase`], [`KeyFileError::Damaged`]
    pub fn open(self, passphrase: &Passphrase) -> Result<KeyFile, KeyFileError> {
        let key = self.sealed.unwrap(passphrase).map_err(|error| match error {
            SealedError::Locked => KeyFileError::WrongPassphrase,
            error => sealed_error(&self.path, error),
        })?;
        self.open_with(key)
    }

    /// Opens it with the code on the recovery sheet.
    ///
    /// # Errors
    /// [`KeyFileError::WrongRecoveryCode`], [`KeyFileError::Damaged`]
    pub fn open_with_recovery(self, code: &RecoveryCode) -> Result<KeyFile, KeyFileError> {
        let key = self.sealed.unwrap_with_recovery(code).map_err(|error| match error {
            SealedError::Locked => KeyFileError::WrongRecoveryCode,
            error => sealed_error(&self.path, error),
        })?;
        self.open_with(key)
    }

    fn open_with(self, key: FileKey) -> Result<KeyFile, KeyFileError> {
        let Self { path, group, sealed } = self;
        let content = read_content(&path, &sealed, &key)?;
        let wraps = sealed.wraps();
        let file = KeyFile { path, group, holder: sealed.holder, key, wraps, content };
        match (&file.content.seed, &file.content.secret) {
            (_, Some(_)) => with_group!(group, G => file.key::<G>().map(|_| ()))?,
            (Some(_), None) => with_group!(group, G => file.identity::<G>().map(|_| ()))?,
            (None, None) => return Err(KeyFileError::Damaged { path: file.path.clone() }),
        }
        Ok(file)
    }
}

pub(super) fn sealed_error(path: &Path, error: SealedError) -> KeyFileError {
    let path = path.into();
    match error {
        SealedError::Format => KeyFileError::Format { path },
        SealedError::Damaged | SealedError::Locked => KeyFileError::Damaged { path },
    }
}

fn read_error(path: &Path, error: io::Error) -> KeyFileError {
    if error.kind() == io::ErrorKind::NotFound {
        return KeyFileError::Missing { path: path.into() };
    }
    io_error("read", path)(error)
}
