//! Which ballots this booth has delivered: their hashes, until its statement about them is taken.
//!
//! Two copies of one fixed size, each written over in place, one after the other: one of them is whole after any crash, and at
//! rest both say the same. The hashes are sorted, so neither the files nor what an ordinary disk keeps of older versions
//! tells in which order people voted. Whoever holds the disk learns which encrypted ballots came from this booth, and no
//! more; the file is removed when the statement has been taken.

use std::{
    io,
    path::{Path, PathBuf},
};

use evaluation::hash::Sha256Hash;

use super::disk::Disk;

/// A line without a hash.
const EMPTY: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// The copies, in the order in which they are written.
const COPIES: [&str; 2] = ["delivered-1", "delivered-2"];

/// What is found in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// There is no copy.
    Nothing,
    /// There are files, and none of them is whole.
    Damaged,
    /// The hashes, sorted.
    Hashes(Vec<Sha256Hash>),
}

/// Reads the newest whole copy.
pub(super) fn read(folder: &Path, disk: &dyn Disk) -> io::Result<Found> {
    let mut found = Found::Nothing;
    for path in paths(folder) {
        match disk.read(&path) {
            Ok(bytes) => match parse(&bytes) {
                Some(hashes) => return Ok(Found::Hashes(hashes)),
                None => found = Found::Damaged,
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Writes both copies, with room for `most` hashes.
pub(super) fn write(folder: &Path, disk: &dyn Disk, most: usize, hashes: &[Sha256Hash]) -> io::Result<()> {
    let content = print(most, hashes).ok_or_else(|| io::Error::other("more ballots than cards"))?;
    for path in paths(folder) {
        disk.overwrite(&path, &content)?;
    }
    disk.sync_folder(folder)
}

/// Removes both copies.
pub(super) fn remove(folder: &Path, disk: &dyn Disk) -> io::Result<()> {
    for path in paths(folder) {
        disk.remove(&path)?;
    }
    disk.sync_folder(folder)
}

fn paths(folder: &Path) -> [PathBuf; 2] {
    COPIES.map(|name| folder.join(name))
}

/// A line for each hash, sorted; lines of zeros up to the size that all have; and the hash of all that.
fn print(most: usize, hashes: &[Sha256Hash]) -> Option<Vec<u8>> {
    let mut lines: Vec<String> = hashes.iter().map(Sha256Hash::to_string).collect();
    lines.sort_unstable();
    let empty = most.checked_sub(lines.len())?;
    lines.extend(std::iter::repeat_n(EMPTY.to_owned(), empty));
    lines.push(String::new());
    let content = lines.join("\n");
    let check = Sha256Hash::of(&content);
    Some(format!("{content}{check}\n").into_bytes())
}

fn parse(bytes: &[u8]) -> Option<Vec<Sha256Hash>> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let (content, check) = text.split_at_checked(text.rfind('\n').map_or(0, |end| end.saturating_add(1)))?;
    if check != Sha256Hash::of(content).to_string() {
        return None;
    }
    content.lines().filter(|line| *line != EMPTY).map(|line| line.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spool::LocalDisk;

    fn hashes(count: u8) -> Vec<Sha256Hash> {
        (0..count).map(|number| Sha256Hash::of([number])).collect()
    }

    #[test]
    fn the_files_tell_neither_order_nor_number_nor_time() {
        let folder = tempfile::tempdir().unwrap();
        let mut forwards = hashes(5);
        write(folder.path(), &LocalDisk, 9, &forwards).unwrap();
        let bytes = std::fs::read(folder.path().join("delivered-1")).unwrap();
        forwards.reverse();
        write(folder.path(), &LocalDisk, 9, &forwards).unwrap();
        for copy in COPIES {
            let path = folder.path().join(copy);
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
            assert_eq!(
                std::fs::metadata(path).unwrap().modified().unwrap(),
                std::time::SystemTime::UNIX_EPOCH
            );
        }
        write(folder.path(), &LocalDisk, 9, &[]).unwrap();
        assert_eq!(std::fs::read(folder.path().join("delivered-1")).unwrap().len(), bytes.len());
    }

    #[test]
    fn there_is_room_for_every_card_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &LocalDisk, 5, &hashes(5)).unwrap();
        assert!(write(folder.path(), &LocalDisk, 5, &hashes(6)).is_err());
        let Found::Hashes(found) = read(folder.path(), &LocalDisk).unwrap() else { panic!() };
        assert_eq!(found.len(), 5);
    }

    proptest! {
        #[test]
        fn a_crash_while_writing_leaves_the_old_set_or_the_new_one(cut in 0_usize..800, second: bool) {
            let folder = tempfile::tempdir().unwrap();
            let (old, new) = (hashes(3), hashes(4));
            write(folder.path(), &LocalDisk, 9, &old).unwrap();
            // The crash hits the first copy, or the second once the first is whole.
            let content = print(9, &new).unwrap();
            let torn = |name: &str| {
                let path = folder.path().join(name);
                let mut bytes = std::fs::read(&path).unwrap();
                let cut = cut.min(bytes.len());
                bytes[..cut].copy_from_slice(&content[..cut]);
                // What was not written may be the same in both.
                let whole = bytes == content;
                std::fs::write(path, bytes).unwrap();
                whole
            };
            if second {
                std::fs::write(folder.path().join(COPIES[0]), &content).unwrap();
            }
            let whole = torn(COPIES[usize::from(second)]);
            let Found::Hashes(found) = read(folder.path(), &LocalDisk).unwrap() else { panic!() };
            prop_assert!(found.len() == 3 || found.len() == 4);
            prop_assert_eq!(found.len() == 4, second || whole);
        }
    }
}
