//! Files of the server beside the database: keys and publications.

use std::path::{Path, PathBuf};

use super::Context;

impl Context {
    /// Where the publication of this year lies once it is made.
    #[must_use]
    pub fn publication(&self, year: i16) -> PathBuf {
        self.folder.join("publications").join(self.county.as_str()).join(year.to_string())
    }

    /// Where the key of this year's publication lies.
    #[must_use]
    pub fn publication_key(&self, year: i16) -> PathBuf {
        self.folder.join("keys").join(format!("{}-{year}.key", self.county))
    }
}

/// Makes a folder's entries stay after a power cut.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// Writes a file that appears whole or not at all, and stays after a power cut. A secret one is never overwritten.
pub(crate) fn write_durably(path: &Path, bytes: &[u8], secret: bool) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    let mode = if secret { 0o600 } else { 0o644 };
    file.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
    if secret {
        file.persist_noclobber(path).map_err(|error| error.error)?;
    } else {
        file.persist(path).map_err(|error| error.error)?;
    }
    sync_folder(folder)
}
