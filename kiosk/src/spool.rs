//! Ballots on their way: one file each, on disk before anybody is told that the ballot is safe.
//!
//! A ballot is written to a temporary file, that file is synchronised, renamed to its final name, and the folder is
//! synchronised; only then is it stored. The name is the ballot's own hash, so that a file proves its content and the same
//! ballot has one file. All files have one size and one modification time, long ago, so that neither tells the order of
//! votes. (Change times kept by the file system cannot be set by any program; a file stays only until the server has
//! acknowledged its ballot.)
//!
//! A file leaves the spool in one way only: by a receipt or a refusal signed with the publication key
//! ([`crate::uplink::Acknowledgement`]).

mod disk;

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use evaluation::{
    hash::Sha256Hash,
    wire::{self, PaddingError},
};

pub use disk::{Disk, LocalDisk};

use crate::uplink::Acknowledgement;

/// Ends the name of a stored ballot.
const STORED: &str = "ballot";
/// Ends the name of a ballot that is being written.
const PARTIAL: &str = "part";
/// Locked by the one agent that uses the folder.
const LOCK: &str = "lock";

/// The folder of ballots on their way, of one poll.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    ballot_size: usize,
    disk: Box<dyn Disk>,
    /// Held as long as the spool lives; the operating system frees it even after a crash.
    _lock: fs::File,
}

/// A ballot read from the spool.
#[derive(Clone, PartialEq, Eq)]
pub struct SpooledBallot {
    padded: Vec<u8>,
    ballot_length: usize,
}

/// Why a ballot is not in the spool, or cannot be read from it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolError {
    /// The disk is full. The ballot is not stored.
    #[error("the disk is full; the ballot is not stored")]
    Full(#[source] io::Error),
    /// Another agent uses the same folder.
    #[error("another agent uses the folder {folder}")]
    InUse {
        /// The folder of the spool.
        folder: PathBuf,
    },
    /// The operating system refused. If it was about storing, the ballot is not stored.
    #[error("cannot {step} in the spool")]
    Io {
        /// What was to be done.
        step: &'static str,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The ballot does not fit the size of this poll.
    #[error("the ballot cannot be padded to the size of this poll")]
    Padding(#[source] PaddingError),
    /// The file is not the ballot its name says: it is torn or was changed.
    #[error("the spooled ballot {ballot} is damaged")]
    Torn {
        /// The name of the file: hash of the ballot it should hold.
        ballot: Sha256Hash,
    },
}

impl Spool {
    /// Opens the folder, made if missing, for ballots padded to `ballot_size` bytes. Files that were being written when the
    /// agent ended are removed: their ballots were never reported as stored.
    ///
    /// # Errors
    /// [`SpoolError::InUse`], [`SpoolError::Io`]
    pub fn open(folder: &Path, ballot_size: usize, disk: Box<dyn Disk>) -> Result<Self, SpoolError> {
        // Readable by nobody else: names and times of files would tell when somebody votes.
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|source| SpoolError::Io { step: "make the folder", source })?;
        let lock = fs::File::create(folder.join(LOCK))
            .map_err(|source| SpoolError::Io { step: "make the lock", source })?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => SpoolError::InUse { folder: folder.into() },
            fs::TryLockError::Error(source) => SpoolError::Io { step: "take the lock", source },
        })?;
        let spool = Self { folder: folder.into(), ballot_size, disk, _lock: lock };
        for name in spool.names()? {
            if Path::new(&name).extension().is_some_and(|end| end == PARTIAL) {
                spool.disk.remove(&folder.join(name)).map_err(io_error("remove a partial file"))?;
            }
        }
        spool.disk.sync_folder(folder).map_err(io_error("synchronise the folder"))?;
        Ok(spool)
    }

    /// Stores a ballot durably and returns its hash. The same ballot again is stored once.
    ///
    /// # Errors
    /// Every error means that the ballot is not stored.
    pub fn store(&self, ballot: &[u8]) -> Result<Sha256Hash, SpoolError> {
        let padded = wire::pad_ballot(ballot, self.ballot_size).map_err(SpoolError::Padding)?;
        let hash = Sha256Hash::of(ballot);
        let partial = self.path(hash, PARTIAL);
        let stored = self.path(hash, STORED);
        let written = self
            .disk
            .write(&partial, &padded)
            .map_err(io_error("write a ballot"))
            .and_then(|()| self.disk.rename(&partial, &stored).map_err(io_error("rename a ballot")))
            .and_then(|()| self.disk.sync_folder(&self.folder).map_err(io_error("synchronise the folder")));
        if let Err(error) = written {
            // What is said to the person must be true after a restart too: no trace of the attempt may be delivered later.
            // Files that cannot be removed are as harmless as the disk allows: partial ones are removed at the next start.
            let _ = self.disk.remove(&partial);
            let _ = self.disk.remove(&stored);
            let _ = self.disk.sync_folder(&self.folder);
            return Err(error);
        }
        Ok(hash)
    }

    /// The hashes of all stored ballots, sorted: the order of votes is nowhere.
    ///
    /// # Errors
    /// [`SpoolError::Io`]
    pub fn pending(&self) -> Result<Vec<Sha256Hash>, SpoolError> {
        let mut ballots: Vec<Sha256Hash> = self
            .names()?
            .iter()
            .filter_map(|name| name.strip_suffix(STORED)?.strip_suffix('.')?.parse().ok())
            .collect();
        ballots.sort_unstable();
        Ok(ballots)
    }

    /// Reads a stored ballot and checks that it is the one its name says.
    ///
    /// # Errors
    /// [`SpoolError::Torn`], [`SpoolError::Io`]
    pub fn read(&self, ballot: Sha256Hash) -> Result<SpooledBallot, SpoolError> {
        let path = self.path(ballot, STORED);
        let padded = self.disk.read(&path).map_err(io_error("read a ballot"))?;
        match wire::unpad_ballot(&padded, self.ballot_size) {
            Ok(bytes) if Sha256Hash::of(bytes) == ballot => {
                let ballot_length = bytes.len();
                Ok(SpooledBallot { padded, ballot_length })
            }
            _ => Err(SpoolError::Torn { ballot }),
        }
    }

    /// Removes a ballot that the server has answered for with its signature. A refused one goes too: the server publishes
    /// both trackers, and a file kept here would tell when its card was at this booth.
    ///
    /// # Errors
    /// [`SpoolError::Io`]
    pub fn acknowledge(&self, acknowledgement: &Acknowledgement) -> Result<(), SpoolError> {
        let stored = self.path(acknowledgement.ballot(), STORED);
        self.disk.remove(&stored).map_err(io_error("remove a ballot that was answered for"))?;
        self.disk.sync_folder(&self.folder).map_err(io_error("synchronise the folder"))
    }

    fn path(&self, ballot: Sha256Hash, end: &str) -> PathBuf {
        self.folder.join(format!("{ballot}.{end}"))
    }

    fn names(&self) -> Result<Vec<String>, SpoolError> {
        let listed = || -> io::Result<Vec<String>> {
            fs::read_dir(&self.folder)?
                .filter_map(|entry| entry.map(|entry| entry.file_name().into_string().ok()).transpose())
                .collect()
        };
        listed().map_err(io_error("list the folder"))
    }
}

impl SpooledBallot {
    /// The ballot as it travels.
    #[must_use]
    pub fn padded(&self) -> &[u8] {
        &self.padded
    }

    /// The ballot itself.
    #[must_use]
    pub fn ballot(&self) -> &[u8] {
        self.padded.get(..self.ballot_length).unwrap_or_default()
    }
}

impl std::fmt::Debug for SpooledBallot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SpooledBallot(hidden)")
    }
}

fn io_error(step: &'static str) -> impl Fn(io::Error) -> SpoolError {
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => SpoolError::Full(source),
        _ => SpoolError::Io { step, source },
    }
}

#[cfg(test)]
mod tests;
