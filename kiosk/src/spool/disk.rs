//! What the spool asks of the operating system: a seam, so that tests can let it fail.

use std::{
    fmt,
    fs::{self, File, FileTimes, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
    time::SystemTime,
};

use rustix::fs::FallocateFlags;

/// The operations on files and folders the spool is made of.
pub trait Disk: fmt::Debug + Send + Sync {
    /// Writes a file of its own, readable by nobody else, with the modification time all files have, and synchronises it.
    ///
    /// # Errors
    /// What the operating system says; the file may then be there in part.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Writes a file over what it held before, in place, so that the disk keeps no older version of it, and synchronises it.
    ///
    /// # Errors
    /// What the operating system says; the file may then hold a part of either content.
    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Makes a file of this many zeros, readable by nobody else, with all of its room on the disk, unless it is that long already;
    /// synchronised.
    ///
    /// # Errors
    /// What the operating system says; the file may then be shorter.
    fn reserve(&self, path: &Path, length: u64) -> io::Result<()>;

    /// Writes into a file from this byte on, without changing its length or its modification time, and synchronises it.
    ///
    /// # Errors
    /// What the operating system says; a part may then be written.
    fn write_at(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Reads a whole file, leaving its times as they were.
    ///
    /// # Errors
    /// What the operating system says.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Renames a file, replacing one of the new name.
    ///
    /// # Errors
    /// What the operating system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file; one that is not there is fine.
    ///
    /// # Errors
    /// What the operating system says.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// What the operating system says.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// The disk of this machine.
#[derive(Clone, Copy, Debug)]
pub struct LocalDisk;

impl Disk for LocalDisk {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.set_times(long_ago())?;
        file.sync_all()
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.set_len(u64::try_from(bytes.len()).map_err(io::Error::other)?)?;
        file.set_times(long_ago())?;
        file.sync_all()
    }

    fn reserve(&self, path: &Path, length: u64) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
        // Where the file system cannot reserve, zeros take the room.
        if rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, length).is_err() {
            file.seek(SeekFrom::End(0))?;
            let missing = length.saturating_sub(file.metadata()?.len());
            io::copy(&mut io::repeat(0).take(missing), &mut file)?;
        }
        file.set_times(long_ago())?;
        file.sync_all()
    }

    fn write_at(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let file = OpenOptions::new().write(true).open(path)?;
        file.write_all_at(bytes, offset)?;
        file.set_times(long_ago())?;
        file.sync_all()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        file.set_times(long_ago())?;
        Ok(bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let folder = File::open(folder)?;
        folder.set_times(long_ago())?;
        folder.sync_all()
    }
}

/// The one time everything in the spool bears.
fn long_ago() -> FileTimes {
    FileTimes::new().set_accessed(SystemTime::UNIX_EPOCH).set_modified(SystemTime::UNIX_EPOCH)
}
