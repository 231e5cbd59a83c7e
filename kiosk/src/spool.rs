//! Ballots on their way: one file each, on disk before anybody is told that the ballot is safe.
//!
//! A ballot is written to a temporary file, that file is synchronised, renamed to its final name, and the folder is
//! synchronised; only then is it stored. The name is the ballot's own hash, so that a file proves its content and the same
//! ballot has one file. All files have one size and one modification time, long ago, so that neither tells the order of
//! votes. (Change times kept by the file system cannot be set by any program; a file stays only until the server has
//! acknowledged its ballot.)
//!
//! Behind the padded ballot stands the name of its draft, or as many zeros; files of earlier releases end with the ballot.
//!
//! A file leaves the spool in one way only: by a receipt or a refusal signed with the publication key
//! ([`crate::uplink::Acknowledgement`]). By a receipt a copy ([`Spool::copies`]) and its hash ([`Spool::delivered`]) are kept first,
//! so that a crash in between delivers it once more, which is idempotent, and never forgets it.

mod delivered;
mod disk;
mod kept;
mod note;

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use evaluation::{
    hash::Sha256Hash,
    wire::{self, DraftLocator, PaddingError},
};

pub use disk::{Disk, LocalDisk};
pub use note::Note;

use self::delivered::Found;
use crate::{
    os_rng,
    uplink::{Acknowledgement, Verdict},
};

/// Ends the name of a stored ballot.
const STORED: &str = "ballot";
/// Ends the name of a ballot that is being written.
const PARTIAL: &str = "part";
/// Characters of the name of a draft.
const LOCATOR: usize = 64;
/// Locked by the one agent that uses the folder.
const LOCK: &str = "lock";

/// The folder of ballots on their way, of one poll.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    room: Room,
    disk: Box<dyn Disk>,
    /// Held as long as the spool lives; the operating system frees it even after a crash.
    _lock: fs::File,
}

/// What a spool has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Bytes of every padded ballot.
    pub ballot_size: usize,
    /// The most ballots a booth can deliver: one for each card.
    pub ballots: usize,
}

/// A ballot read from the spool.
#[derive(Clone, PartialEq, Eq)]
pub struct SpooledBallot {
    padded: Vec<u8>,
    ballot_length: usize,
    draft: Option<DraftLocator>,
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
    /// The record of delivered ballots was there and is gone or damaged: nobody can say any more what this booth delivered.
    #[error("the record of delivered ballots is lost")]
    Lost,
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
    /// Opens the folder, made if missing. Files that were being written when the
    /// agent ended are removed: their ballots were never reported as stored.
    ///
    /// # Errors
    /// [`SpoolError::InUse`], [`SpoolError::Io`]
    pub fn open(folder: &Path, room: Room, disk: Box<dyn Disk>) -> Result<Self, SpoolError> {
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
        let spool = Self { folder: folder.into(), room, disk, _lock: lock };
        for name in spool.names()? {
            if Path::new(&name).extension().is_some_and(|end| end == PARTIAL) {
                spool.disk.remove(&folder.join(name)).map_err(io_error("remove a partial file"))?;
            }
        }
        spool.disk.sync_folder(folder).map_err(io_error("synchronise the folder"))?;
        spool.check_record()?;
        Ok(spool)
    }

    /// Stores a ballot durably, with the name of the draft that goes with it, and returns its hash. The same ballot again is stored
    /// once.
    ///
    /// # Errors
    /// Every error means that the ballot is not stored.
    pub fn store(&self, ballot: &[u8], draft: Option<DraftLocator>) -> Result<Sha256Hash, SpoolError> {
        let mut content = wire::pad_ballot(ballot, self.room.ballot_size).map_err(SpoolError::Padding)?;
        content.extend(draft.map_or_else(|| "0".repeat(LOCATOR), |locator| locator.to_string()).bytes());
        let hash = Sha256Hash::of(ballot);
        let partial = self.path(hash, PARTIAL);
        let stored = self.path(hash, STORED);
        let written = self
            .disk
            .write(&partial, &content)
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
        let mut padded = self.disk.read(&path).map_err(io_error("read a ballot"))?;
        let draft = match padded.len().checked_sub(self.room.ballot_size) {
            Some(LOCATOR) => read_locator(&padded.split_off(self.room.ballot_size)),
            _ => None,
        };
        self.whole(ballot, padded, draft)
    }

    fn whole(
        &self,
        ballot: Sha256Hash,
        padded: Vec<u8>,
        draft: Option<DraftLocator>,
    ) -> Result<SpooledBallot, SpoolError> {
        match wire::unpad_ballot(&padded, self.room.ballot_size) {
            Ok(bytes) if Sha256Hash::of(bytes) == ballot => {
                let ballot_length = bytes.len();
                Ok(SpooledBallot { padded, ballot_length, draft })
            }
            _ => Err(SpoolError::Torn { ballot }),
        }
    }

    /// Removes a ballot that the server has answered for with its signature, one that is stored once a copy and its hash are kept. A
    /// refused one goes too, and is not recorded: the server publishes both trackers, and a file kept here would tell when its
    /// card was at this booth.
    ///
    /// # Errors
    /// [`SpoolError::Io`]; the ballot is then still here.
    pub fn acknowledge(&self, acknowledgement: &Acknowledgement) -> Result<(), SpoolError> {
        if acknowledgement.verdict() == Verdict::Stored {
            self.record(acknowledgement.ballot())?;
        }
        let stored = self.path(acknowledgement.ballot(), STORED);
        self.disk.remove(&stored).map_err(io_error("remove a ballot that was answered for"))?;
        self.disk.sync_folder(&self.folder).map_err(io_error("synchronise the folder"))
    }

    /// The hashes of all ballots that were delivered from here and have a signed receipt, sorted.
    ///
    /// # Errors
    /// [`SpoolError::Lost`], [`SpoolError::Io`]
    pub fn delivered(&self) -> Result<Vec<Sha256Hash>, SpoolError> {
        if self.kept(Note::Lost)?.is_some() {
            return Err(SpoolError::Lost);
        }
        self.recorded()
    }

    /// Copies of all ballots that were delivered from here and have a signed receipt, in an order that tells nothing.
    ///
    /// # Errors
    /// [`SpoolError::Lost`] if there is not a copy of each, or they were forgotten; [`SpoolError::Io`]
    pub fn copies(&self) -> Result<Vec<SpooledBallot>, SpoolError> {
        if self.kept(Note::Statement)?.is_some() {
            return Err(SpoolError::Lost);
        }
        let delivered = self.delivered()?;
        let copies =
            kept::read(&self.folder, self.disk.as_ref(), self.room).map_err(io_error("read the copies"))?;
        if !delivered.iter().all(|hash| copies.iter().any(|(kept, _)| kept == hash)) {
            return Err(SpoolError::Lost);
        }
        let ballots = copies.into_iter().map(|(ballot, padded)| self.whole(ballot, padded, None));
        ballots.collect()
    }

    /// Forgets which ballots were delivered from here: their statement has been taken.
    ///
    /// # Errors
    /// [`SpoolError::Io`]
    pub fn forget_delivered(&self) -> Result<(), SpoolError> {
        kept::remove(&self.folder, self.disk.as_ref()).map_err(io_error("remove the copies"))?;
        delivered::remove(&self.folder, self.disk.as_ref()).map_err(io_error("remove the record"))
    }

    /// Keeps a note durably, in place of an earlier one.
    ///
    /// # Errors
    /// [`SpoolError::Full`], [`SpoolError::Io`]
    pub fn keep(&self, note: Note, text: &str) -> Result<(), SpoolError> {
        if note == Note::Opened && self.kept(Note::Opened)?.is_none() {
            self.write_record(&[])?;
            kept::reserve(&self.folder, self.disk.as_ref(), self.room).map_err(io_error("reserve room"))?;
        }
        let partial = self.folder.join(note.name()).with_extension(PARTIAL);
        self.disk
            .write(&partial, text.as_bytes())
            .and_then(|()| self.disk.rename(&partial, &self.folder.join(note.name())))
            .and_then(|()| self.disk.sync_folder(&self.folder))
            .map_err(io_error("keep a note"))
    }

    /// What was kept.
    ///
    /// # Errors
    /// [`SpoolError::Io`]
    pub fn kept(&self, note: Note) -> Result<Option<String>, SpoolError> {
        match self.disk.read(&self.folder.join(note.name())) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error("read a note")(error)),
        }
    }

    /// A record that is gone or damaged while it should be there is remembered as lost: a new one would tell less than the
    /// truth.
    fn check_record(&self) -> Result<(), SpoolError> {
        let expected = self.kept(Note::Opened)?.is_some() && self.kept(Note::Statement)?.is_none();
        let found = delivered::read(&self.folder, self.disk.as_ref()).map_err(io_error("read the record"))?;
        if expected && !matches!(found, Found::Hashes(_)) {
            tracing::error!("the record of delivered ballots is lost; this booth cannot sign its statement");
            self.keep(Note::Lost, "")?;
            self.write_record(&[])?;
        }
        Ok(())
    }

    fn record(&self, ballot: Sha256Hash) -> Result<(), SpoolError> {
        let mut hashes = self.recorded()?;
        if !hashes.contains(&ballot) {
            let copy = self.read(ballot)?;
            kept::keep(&self.folder, self.disk.as_ref(), self.room, (ballot, copy.padded()), &mut os_rng())
                .map_err(io_error("keep a copy"))?;
            hashes.push(ballot);
        }
        self.write_record(&hashes)
    }

    fn recorded(&self) -> Result<Vec<Sha256Hash>, SpoolError> {
        match delivered::read(&self.folder, self.disk.as_ref()).map_err(io_error("read the record"))? {
            Found::Hashes(hashes) => Ok(hashes),
            Found::Nothing => Ok(Vec::new()),
            Found::Damaged => Err(SpoolError::Lost),
        }
    }

    fn write_record(&self, hashes: &[Sha256Hash]) -> Result<(), SpoolError> {
        delivered::write(&self.folder, self.disk.as_ref(), self.room.ballots, hashes)
            .map_err(io_error("write the record"))
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

    /// The name of the draft that goes with it.
    #[must_use]
    pub const fn draft(&self) -> Option<DraftLocator> {
        self.draft
    }
}

/// A name that was damaged is none: the ballot, which proves itself, counts.
fn read_locator(text: &[u8]) -> Option<DraftLocator> {
    let locator: DraftLocator = str::from_utf8(text).ok()?.parse().ok()?;
    (*locator.as_bytes() != [0; 32]).then_some(locator)
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
