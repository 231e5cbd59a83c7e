//! Why a key file cannot be used.

use std::{io, path::PathBuf};

use belenios::trustee::threshold::CeremonyError;

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// A message of the ceremony does not hold.
    #[error("{}\n{}", .zh, .en)]
    Ceremony {
        /// What happened, who is at fault, what next; Chinese.
        zh: String,
        /// The same in English.
        en: String,
    },
    /// The settings ask for an impossible cost of the passphrase.
    #[error("the cost of guessing the passphrase is set to something impossible")]
    Cost,
    /// The file is not what was written: the stick is failing, or somebody changed it.
    #[error("{path} is damaged")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
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
    /// There is no key file.
    #[error("there is no key file {path}")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file holds the key of another poll, or of other numbers of trustees; it is never overwritten.
    #[error("{path} holds the key of another poll")]
    OtherPoll {
        /// The file.
        path: PathBuf,
    },
    /// The file holds the key of another trustee of this poll; it is never overwritten.
    #[error("{path} holds the key of trustee {position}, {name}")]
    OtherTrustee {
        /// The file.
        path: PathBuf,
        /// Whose it is, from 1.
        position: u32,
        /// Whose it is.
        name: String,
    },
    /// A trustee saw another fingerprint: the commission has all keys made anew.
    #[error("the making of the keys was stopped with this file, because the fingerprints differed")]
    Stopped,
    /// The ceremony is not over.
    #[error("{path} holds no key yet; finish making the key first")]
    Unfinished {
        /// The file.
        path: PathBuf,
    },
    /// The passphrase does not open the file.
    #[error("the passphrase does not open the key file")]
    WrongPassphrase,
    /// The recovery code does not open the file.
    #[error("the recovery code does not open the key file")]
    WrongRecoveryCode,
}

impl From<CeremonyError> for KeyFileError {
    fn from(error: CeremonyError) -> Self {
        let (zh, en) = evaluation::ceremony::explain(error);
        Self::Ceremony { zh, en }
    }
}
