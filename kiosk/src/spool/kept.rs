//! Copies of the ballots that the server has signed for, until the booth's statement is taken: a server that was lost and rebuilt
//! from an older backup gets them once more (design, a ballot's way).
//!
//! One file of one size, reserved before the first vote, with a place for each card of the poll. A ballot goes to a place that
//! chance chooses and is written there once, so neither the file nor how the disk has laid it out tells in which order people
//! voted. What it tells is what the record of delivered ballots tells, once the ballots are published: which encrypted ballots
//! came from this booth.

use std::{
    io,
    path::{Path, PathBuf},
};

use evaluation::hash::Sha256Hash;
use rand::{CryptoRng, seq::IteratorRandom as _};

use super::{Room, disk::Disk};

const NAME: &str = "kept";
/// Bytes of the hash before each ballot; all of them zero where no ballot has been written.
const HASH: usize = 32;

/// A copy: the hash that its place names, and the padded ballot.
pub(super) type Copy = (Sha256Hash, Vec<u8>);

/// Reserves the file, so that nothing has to be found on the disk while people vote.
pub(super) fn reserve(folder: &Path, disk: &dyn Disk, room: Room) -> io::Result<()> {
    let places = u64::try_from(room.ballots).map_err(io::Error::other)?;
    let size = u64::try_from(place_size(room)).map_err(io::Error::other)?;
    disk.reserve(&path(folder), places.saturating_mul(size))?;
    disk.sync_folder(folder)
}

/// Keeps a copy durably, at a place of its own. The same ballot again is kept once.
pub(super) fn keep(
    folder: &Path,
    disk: &dyn Disk,
    room: Room,
    (hash, padded): (Sha256Hash, &[u8]),
    rng: &mut impl CryptoRng,
) -> io::Result<()> {
    let places = match disk.read(&path(folder)) {
        Ok(bytes) => parse(&bytes, room),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            reserve(folder, disk, room)?;
            vec![None; room.ballots]
        }
        Err(error) => return Err(error),
    };
    if places.iter().flatten().any(|(kept, _)| *kept == hash) {
        return Ok(());
    }
    let free = places.iter().enumerate().filter(|(_, place)| place.is_none()).map(|(number, _)| number);
    let number = free.choose(rng).ok_or_else(|| io::Error::other("more ballots than cards"))?;
    let offset = u64::try_from(number.saturating_mul(place_size(room))).map_err(io::Error::other)?;
    disk.write_at(&path(folder), offset, &[hash.as_bytes().as_slice(), padded].concat())
}

/// All whole copies, in the order of their places. What was torn by a crash is none: its ballot is still on its way.
pub(super) fn read(folder: &Path, disk: &dyn Disk, room: Room) -> io::Result<Vec<Copy>> {
    match disk.read(&path(folder)) {
        Ok(bytes) => Ok(parse(&bytes, room).into_iter().flatten().collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Removes all copies.
pub(super) fn remove(folder: &Path, disk: &dyn Disk) -> io::Result<()> {
    disk.remove(&path(folder))
}

fn path(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

const fn place_size(room: Room) -> usize {
    room.ballot_size.saturating_add(HASH)
}

/// What is at each place.
fn parse(bytes: &[u8], room: Room) -> Vec<Option<Copy>> {
    let places = bytes.chunks_exact(place_size(room)).take(room.ballots);
    let read = |place: &[u8]| {
        let (hash, padded) = place.split_first_chunk::<HASH>()?;
        let ballot = evaluation::wire::unpad_ballot(padded, room.ballot_size).ok()?;
        (Sha256Hash::of(ballot).as_bytes() == hash).then(|| (Sha256Hash::from_bytes(*hash), padded.to_vec()))
    };
    places.map(read).collect()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use evaluation::wire::pad_ballot;
    use proptest::prelude::*;
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha20Rng;

    use super::*;
    use crate::spool::LocalDisk;

    const ROOM: Room = Room { ballot_size: 40, ballots: 6 };

    fn copy(number: u8) -> Copy {
        let ballot = format!("{{\"ballot\":{number}}}");
        (Sha256Hash::of(&ballot), pad_ballot(ballot.as_bytes(), ROOM.ballot_size).unwrap())
    }

    fn keep_in(folder: &Path, number: u8, rng: &mut ChaCha20Rng) -> io::Result<()> {
        let (hash, padded) = copy(number);
        keep(folder, &LocalDisk, ROOM, (hash, &padded), rng)
    }

    #[test]
    fn the_place_of_a_ballot_is_chance_and_the_file_has_one_size_and_no_time() {
        let mut firsts = BTreeSet::new();
        for seed in 0..40 {
            let folder = tempfile::tempdir().unwrap();
            reserve(folder.path(), &LocalDisk, ROOM).unwrap();
            let size = fs::metadata(folder.path().join(NAME)).unwrap().len();
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            keep_in(folder.path(), 1, &mut rng).unwrap();
            let bytes = fs::read(folder.path().join(NAME)).unwrap();
            firsts.insert(parse(&bytes, ROOM).iter().position(Option::is_some).unwrap());
            let metadata = fs::metadata(folder.path().join(NAME)).unwrap();
            assert_eq!(metadata.len(), size);
            assert_eq!(metadata.modified().unwrap(), std::time::SystemTime::UNIX_EPOCH);
        }
        assert_eq!(firsts.len(), ROOM.ballots, "the first ballot is found at every place");
    }

    #[test]
    fn there_is_a_place_for_every_card_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        for number in 0..6 {
            keep_in(folder.path(), number, &mut rng).unwrap();
            keep_in(folder.path(), number, &mut rng).unwrap();
        }
        keep_in(folder.path(), 6, &mut rng).unwrap_err();
        let mut found = read(folder.path(), &LocalDisk, ROOM).unwrap();
        let mut expected: Vec<_> = (0..6).map(copy).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
        remove(folder.path(), &LocalDisk).unwrap();
        assert_eq!(read(folder.path(), &LocalDisk, ROOM).unwrap(), []);
    }

    proptest! {
        #[test]
        fn a_crash_while_writing_loses_no_other_copy_and_its_place_is_free_again(cut in 0_usize..72, seed: u64) {
            let folder = tempfile::tempdir().unwrap();
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            for number in 0..5 {
                keep_in(folder.path(), number, &mut rng).unwrap();
            }
            let path = folder.path().join(NAME);
            let before = fs::read(&path).unwrap();
            keep_in(folder.path(), 5, &mut rng).unwrap();
            let after = fs::read(&path).unwrap();
            // Only the beginning of what was written has reached the disk.
            let first = before.chunks(place_size(ROOM)).zip(after.chunks(place_size(ROOM))).position(|(a, b)| a != b);
            let end = first.unwrap() * place_size(ROOM) + cut;
            fs::write(&path, [&after[..end], &before[end..]].concat()).unwrap();
            let found = read(folder.path(), &LocalDisk, ROOM).unwrap();
            prop_assert!((0..5).all(|number| found.contains(&copy(number))));
            keep_in(folder.path(), 5, &mut rng).unwrap();
            prop_assert_eq!(read(folder.path(), &LocalDisk, ROOM).unwrap().len(), 6);
        }
    }
}
