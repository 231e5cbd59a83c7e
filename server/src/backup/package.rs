//! What is inside a backup: a zip with the manifest, the database and the files of the server's folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Cursor, Read as _, Write as _};
use std::path::{Component, Path};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{BackupError, FORMAT, Manifest};

const MANIFEST: &str = "backup.json";
const DATABASE: &str = "database";
const FOLDER: &str = "folder/";

/// Files by their path below the server's folder, `/` between the parts.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A backup that was opened.
#[derive(Debug)]
pub struct Package {
    /// What it is of.
    pub manifest: Manifest,
    /// The database's dump.
    pub database: Vec<u8>,
    /// The files of the folder.
    pub files: Files,
}

/// Every file below the server's folder, except databases and what is being written.
///
/// # Errors
/// If something cannot be read; symbolic links are refused.
pub fn read_folder(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    collect(folder, "", &mut files)?;
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let name = entry.file_name().into_string().map_err(|_| io::ErrorKind::InvalidData)?;
        let path = format!("{prefix}{name}");
        if is_left_out(&name) {
            continue;
        }
        if kind.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else if kind.is_file() {
            files.insert(path, fs::read(entry.path())?);
        } else if kind.is_symlink() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("{path} is a symbolic link")));
        }
    }
    Ok(())
}

/// The database has its own way into the backup; the others are being written, or are backups themselves.
fn is_left_out(name: &str) -> bool {
    let database = [".db", ".db-wal", ".db-shm", ".db-journal"].iter().any(|end| name.ends_with(end));
    database || name.starts_with(".new-") || Path::new(name).extension().is_some_and(|end| end == "age")
}

/// Writes the zip.
///
/// # Errors
/// Only if memory is exhausted.
pub fn pack(manifest: &Manifest, database: &[u8], files: &Files) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // One fixed time: when files were written is nobody's business.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let text = serde_json::to_vec_pretty(manifest)?;
    let members = [(MANIFEST.to_owned(), text.as_slice()), (DATABASE.to_owned(), database)];
    let files = files.iter().map(|(name, bytes)| (format!("{FOLDER}{name}"), bytes.as_slice()));
    for (name, bytes) in members.into_iter().chain(files) {
        zip.start_file(name, options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Reads the zip.
///
/// # Errors
/// [`BackupError::Content`] if anything in it is not what [`pack`] writes.
pub fn unpack(bytes: &[u8]) -> Result<Package, BackupError> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| BackupError::Content("zip"))?;
    let (mut manifest, mut database, mut files) = (None, None, Files::new());
    for index in 0..zip.len() {
        let mut member = zip.by_index(index).map_err(|_| BackupError::Content("zip"))?;
        let name = member.name().map_err(|_| BackupError::Content("zip"))?.to_string();
        let mut content = Vec::new();
        member.read_to_end(&mut content).map_err(|_| BackupError::Content("zip"))?;
        match name.as_str() {
            MANIFEST => manifest = Some(content),
            DATABASE => database = Some(content),
            _ => {
                let path = name.strip_prefix(FOLDER).filter(|path| is_below(path));
                files.insert(path.ok_or(BackupError::Content("folder"))?.to_owned(), content);
            }
        }
    }
    let manifest = manifest.ok_or(BackupError::Content(MANIFEST))?;
    let manifest: Manifest = serde_json::from_slice(&manifest).map_err(|_| BackupError::Content(MANIFEST))?;
    if manifest.format != FORMAT {
        return Err(BackupError::Content("format"));
    }
    Ok(Package { manifest, database: database.ok_or(BackupError::Content(DATABASE))?, files })
}

/// Whether a path stays below the folder.
fn is_below(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use evaluation::hash::Sha256Hash;

    use super::super::DatabaseKind;
    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            format: FORMAT.to_owned(),
            county: "ningjin".parse().unwrap(),
            database: DatabaseKind::Sqlite,
            made_at: "2020-12-11T01:00:00Z".parse().unwrap(),
            log_entries: 3,
            log_head: Sha256Hash::of("head"),
        }
    }

    #[test]
    fn everything_in_the_folder_but_the_database_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("keys")).unwrap();
        fs::write(folder.path().join("keys/ningjin-2020.key"), "secret").unwrap();
        for left_out in ["pingyi.db", "pingyi.db-wal", ".new-x", "old.age"] {
            fs::write(folder.path().join(left_out), "x").unwrap();
        }
        let files = read_folder(folder.path()).unwrap();
        let package = unpack(&pack(&manifest(), b"rows", &files).unwrap()).unwrap();
        assert_eq!(package.manifest, manifest());
        assert_eq!(package.database, b"rows");
        assert_eq!(
            package.files.into_iter().collect::<Vec<_>>(),
            [("keys/ningjin-2020.key".to_owned(), b"secret".to_vec())]
        );
    }

    #[test]
    fn a_backup_that_would_write_elsewhere_is_refused() {
        for path in ["../outside", "/etc/passwd", "a/../../b", ""] {
            let files = Files::from([(path.to_owned(), Vec::new())]);
            let packed = pack(&manifest(), b"", &files).unwrap();
            assert!(matches!(unpack(&packed), Err(BackupError::Content("folder"))), "{path}");
        }
    }

    #[test]
    fn another_programs_zip_is_refused() {
        let other = Manifest { format: "pingyi-backup/2".to_owned(), ..manifest() };
        assert!(unpack(&pack(&other, b"", &Files::new()).unwrap()).is_err());
        assert!(unpack(b"not a zip").is_err());
    }
}
