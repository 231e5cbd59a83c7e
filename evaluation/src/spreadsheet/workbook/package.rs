//! The parts of a workbook: a zip archive of XML files, unpacked within a limit.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use zip::ZipArchive;

use super::WorkbookError;

/// The most bytes that all parts together may unpack to. A list of 20,000 people has less than 10 MB.
const LARGEST_TOTAL: u64 = 64 << 20;

/// The most files that the archive may hold.
const MOST_FILES: usize = 10_000;

/// An open archive, and how much may still be unpacked from it.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    indices: BTreeMap<String, usize>,
    left: u64,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, WorkbookError> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| WorkbookError::Damaged)?;
        if archive.len() > MOST_FILES {
            return Err(WorkbookError::TooLarge);
        }
        // Programs differ in which of two they open.
        let overlapping = archive.has_overlapping_files().map_err(|_| WorkbookError::Damaged)?;
        if archive.has_duplicate_names() || overlapping {
            return Err(WorkbookError::Damaged);
        }
        let mut indices = BTreeMap::new();
        for index in 0..archive.len() {
            let name = archive.name_for_index(index).and_then(Result::ok).ok_or(WorkbookError::Damaged)?;
            if indices.insert(normalize(&name), index).is_some() {
                return Err(WorkbookError::Damaged);
            }
        }
        Ok(Self { archive, indices, left: LARGEST_TOTAL })
    }

    /// Whether there is a part with this path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.indices.contains_key(&normalize(path))
    }

    /// Whether there is a part in this folder.
    pub(super) fn has_folder(&self, folder: &str) -> bool {
        let folder = format!("{}/", normalize(folder));
        self.indices.keys().any(|path| path.starts_with(&folder))
    }

    /// The text of a part; `None` if there is no such part. Counted while it is unpacked: what the archive says about its
    /// size proves nothing.
    pub(super) fn text(&mut self, path: &str) -> Result<Option<String>, WorkbookError> {
        let Some(&index) = self.indices.get(&normalize(path)) else { return Ok(None) };
        let entry = self.archive.by_index(index).map_err(|_| WorkbookError::Damaged)?;
        let mut bytes = Vec::new();
        let read = entry.take(self.left.saturating_add(1)).read_to_end(&mut bytes);
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(size).ok_or(WorkbookError::TooLarge)?;
        read.map_err(|_| WorkbookError::Damaged)?;
        String::from_utf8(bytes).map(Some).map_err(|_| WorkbookError::Damaged)
    }
}

/// Paths are compared without case, and some programs write backslashes.
fn normalize(path: &str) -> String {
    path.replace('\\', "/").trim_start_matches('/').to_lowercase()
}
