//! Files with secrets: made once, readable by nobody else, durable before anything relies on them.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Writes a file that must not be there yet, and makes it durable. It appears whole or not at all: a stick pulled out in the
/// middle leaves only a file of another name.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let begun = begin(path, bytes)?;
    let written = match fs::hard_link(&begun, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => rename_new(&begun, path),
        linked => linked,
    };
    let removed = match fs::remove_file(&begun) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    };
    written.and(removed).and_then(|()| sync_folder_of(path))
}

/// Where there are no hard links (FAT, as most sticks have): this terminal is the only one that writes there, so nothing can appear
/// between the look and the renaming.
pub(crate) fn rename_new(begun: &Path, path: &Path) -> io::Result<()> {
    if path.try_exists()? { Err(io::ErrorKind::AlreadyExists.into()) } else { fs::rename(begun, path) }
}

/// Puts new content into a file, durably: after a crash there is the old or the new one, whole.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::rename(begin(path, bytes)?, path)?;
    sync_folder_of(path)
}

/// The content, durable, under another name beside the file.
fn begin(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut begun = path.as_os_str().to_owned();
    begun.push(".new");
    let begun = PathBuf::from(begun);
    // What an earlier attempt left is worthless.
    match fs::remove_file(&begun) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = write_and_sync(&begun, bytes);
    if written.is_err() {
        // Half a secret must not stay; if it cannot be removed either, the first error is the one to tell.
        _ = fs::remove_file(&begun);
    }
    written.map(|()| begun)
}

fn write_and_sync(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_readable_by_nobody_else_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        write_new(&path, b"first").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(write_new(&path, b"second").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        replace(&path, b"third").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read(&path).unwrap(), b"third");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn without_hard_links_a_secret_is_not_overwritten_either() {
        let folder = tempfile::tempdir().unwrap();
        let (begun, path) = (folder.path().join("begun"), folder.path().join("secret"));
        fs::write(&begun, b"first").unwrap();
        rename_new(&begun, &path).unwrap();
        fs::write(&begun, b"second").unwrap();
        assert_eq!(rename_new(&begun, &path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
    }
}
