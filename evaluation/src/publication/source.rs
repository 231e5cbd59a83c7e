//! Where the files of a publication come from: a folder, a zip file, or memory. The one place in this crate that reads
//! a disk, so that `pingyi verify` and the stand-alone verifier read alike.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

/// More than any publication holds: a zip file that unpacks to more is refused.
const LARGEST_TOTAL: u64 = 512 << 20;
/// More files than any publication has.
const MOST_FILES: usize = 10_000;
const TOO_MANY: &str = "it holds more files than any publication";

/// Something that can be read from any place.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// The files of a publication by name, with `/` between folders.
#[derive(Debug)]
pub enum Source {
    /// Files on disk.
    Folder(BTreeMap<String, OnDisk>),
    /// Files in memory, or unpacked from a zip file.
    Memory(BTreeMap<String, Vec<u8>>),
}

/// A file of a folder.
#[derive(Debug)]
pub enum OnDisk {
    /// A file that can be read.
    Regular(PathBuf),
    /// A link or a device, which is never followed: it could lead anywhere, or never end.
    Other,
}

/// What lies at a path.
#[derive(Debug)]
pub enum Opened {
    /// A publication.
    Publication(Source),
    /// A bare archive.
    Archive(File),
    /// A folder or zip file that cannot be a publication, with the reason.
    Broken(String),
}

/// A path cannot be judged at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is not there, or the operating system refuses it.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is neither a folder nor a zip nor a tar file.
    #[error("is neither a folder nor a zip file nor an archive (.bel)")]
    Kind,
}

/// Finds out what lies at `path`.
///
/// # Errors
///
/// [`OpenError`] if it is absent, unreadable, or of another kind.
pub fn open(path: &Path) -> Result<Opened, OpenError> {
    if fs::metadata(path)?.is_dir() {
        let mut files = BTreeMap::new();
        list(path, "", &mut files)?;
        if files.len() > MOST_FILES {
            return Ok(Opened::Broken(TOO_MANY.to_owned()));
        }
        return Ok(Opened::Publication(Source::Folder(files)));
    }
    let mut file = File::open(path)?;
    let mut head = Vec::new();
    file.by_ref().take(512).read_to_end(&mut head)?;
    file.rewind()?;
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    if head.starts_with(b"PK") || extension.as_deref() == Some("zip") {
        return Ok(match unzip(file) {
            Ok(files) => Opened::Publication(Source::Memory(files)),
            Err(reason) => Opened::Broken(reason),
        });
    }
    if matches!(extension.as_deref(), Some("bel" | "tar")) || looks_like_tar(&head) {
        return Ok(Opened::Archive(file));
    }
    Err(OpenError::Kind)
}

impl Source {
    /// The names of all files, sorted.
    pub fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Folder(files) => Box::new(files.keys().map(String::as_str)),
            Self::Memory(files) => Box::new(files.keys().map(String::as_str)),
        }
    }

    /// Opens a file.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotFound`] if there is none of this name, otherwise what the operating system says.
    pub fn open(&self, name: &str) -> io::Result<Box<dyn ReadSeek + '_>> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        Ok(match self {
            Self::Folder(files) => match files.get(name).ok_or_else(missing)? {
                OnDisk::Regular(path) => Box::new(File::open(path)?),
                OnDisk::Other => return Err(io::Error::other("not a regular file")),
            },
            Self::Memory(files) => Box::new(Cursor::new(files.get(name).ok_or_else(missing)?)),
        })
    }

    /// Reads a file whole.
    ///
    /// # Errors
    ///
    /// As [`Source::open`].
    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open(name)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Lists everything below a folder.
fn list(folder: &Path, prefix: &str, files: &mut BTreeMap<String, OnDisk>) -> Result<(), OpenError> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), files)?;
        } else {
            let regular = entry.file_type()?.is_file();
            files.insert(name, if regular { OnDisk::Regular(entry.path()) } else { OnDisk::Other });
        }
        if files.len() > MOST_FILES {
            return Ok(());
        }
    }
    Ok(())
}

fn unzip(file: File) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut zip = zip::ZipArchive::new(file).map_err(|error| error.to_string())?;
    // Programs differ in which of two they unpack.
    if zip.has_duplicate_names() || zip.has_overlapping_files().map_err(|error| error.to_string())? {
        return Err("the zip file holds a name twice, or files that overlap".to_owned());
    }
    if zip.len() > MOST_FILES {
        return Err(TOO_MANY.to_owned());
    }
    let mut files = BTreeMap::new();
    let mut left = LARGEST_TOTAL;
    for index in 0..zip.len() {
        let entry = zip.by_index(index).map_err(|error| error.to_string())?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().map_err(|error| error.to_string())?.into_owned();
        let mut bytes = Vec::new();
        entry.take(left.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        left = left.checked_sub(size).ok_or("the zip file unpacks to more than any publication holds")?;
        files.insert(name, bytes);
    }
    Ok(without_common_folder(files))
}

/// Zip programs often put the folder itself into the file.
fn without_common_folder(files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let folder =
        files.keys().next().and_then(|name| name.split_once('/')).map(|(folder, _)| format!("{folder}/"));
    match folder {
        Some(folder)
            if !["/", "./", "../", super::file::DRAW].contains(&folder.as_str())
                && files.keys().all(|name| name.starts_with(&folder)) =>
        {
            files.into_iter().map(|(name, bytes)| (name.replacen(&folder, "", 1), bytes)).collect()
        }
        _ => files,
    }
}

/// Whether the block has the checksum of a tar header.
fn looks_like_tar(head: &[u8]) -> bool {
    let Some(field) = head.get(148..156) else { return false };
    if head.len() < 512 {
        return false;
    }
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    let own: u32 = field.iter().map(|byte| u32::from(*byte)).sum();
    let text = String::from_utf8_lossy(field);
    let claimed = u32::from_str_radix(text.trim_matches(['\0', ' ']), 8);
    claimed.is_ok_and(|claimed| claimed == sum - own + 8 * u32::from(b' '))
}
