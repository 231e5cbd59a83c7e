//! Files of the server beside the database: keys and publications.

use std::path::{Path, PathBuf};

use super::Context;

impl Context {
    /// Where the publication of this year lies once it is made.
    #[must_use]
    pub fn publication(&self, year: i16) -> PathBuf {
        self.folder.join("publications").join(year.to_string())
    }

    /// Where the key of this year's publication lies.
    #[must_use]
    pub fn publication_key(&self, year: i16) -> PathBuf {
        self.folder.join("keys").join(format!("publication-{year}.key"))
    }
}

/// Writes a file that appears whole or not at all, and stays after a power cut.
pub(super) fn write_durably(path: &Path, bytes: &[u8], secret: bool) -> std::io::Result<()> {
    use std::io::Write as _;
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = if secret { 0o600 } else { 0o644 };
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    file.persist(path).map_err(|error| error.error)?;
    std::fs::File::open(folder)?.sync_all()
}
