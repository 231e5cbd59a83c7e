use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use belenios::text::Fingerprint;
use proptest::prelude::*;

use super::*;
use crate::uplink::Verdict;

const SIZE: usize = 64;
/// Operations on the disk when an empty spool is opened.
const OPENING: usize = 4;
const ROOM: Room = Room { ballot_size: SIZE, ballots: 8 };

/// A local disk on which the operations from number `from` on fail, `times` of them.
#[derive(Clone, Debug)]
struct FailingDisk {
    done: Arc<AtomicUsize>,
    from: usize,
    times: usize,
    kind: io::ErrorKind,
}

impl FailingDisk {
    fn new(from: usize, times: usize, kind: io::ErrorKind) -> Self {
        Self { done: Arc::new(AtomicUsize::new(0)), from, times, kind }
    }

    fn step(&self) -> io::Result<()> {
        let step = self.done.fetch_add(1, Ordering::Relaxed);
        if (self.from..self.from.saturating_add(self.times)).contains(&step) {
            Err(self.kind.into())
        } else {
            Ok(())
        }
    }
}

impl Disk for FailingDisk {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step().inspect_err(|_| {
            // A full disk takes a part first.
            LocalDisk.write(path, &bytes[..bytes.len() / 2]).unwrap();
        })?;
        LocalDisk.write(path, bytes)
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step()?;
        LocalDisk.overwrite(path, bytes)
    }

    fn reserve(&self, path: &Path, length: u64) -> io::Result<()> {
        self.step()?;
        LocalDisk.reserve(path, length)
    }

    fn write_at(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.step().inspect_err(|_| {
            LocalDisk.write_at(path, offset, &bytes[..bytes.len() / 2]).unwrap();
        })?;
        LocalDisk.write_at(path, offset, bytes)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.step()?;
        LocalDisk.read(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        LocalDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        LocalDisk.remove(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.step()?;
        LocalDisk.sync_folder(folder)
    }
}

fn open(folder: &Path) -> Spool {
    Spool::open(folder, ROOM, Box::new(LocalDisk)).unwrap()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_stored_ballot_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let hash = open(folder.path()).store(b"{\"ballot\":1}", None).unwrap();

    let spool = open(folder.path());
    assert_eq!(spool.pending().unwrap(), [hash]);
    let ballot = spool.read(hash).unwrap();
    assert_eq!(ballot.ballot(), b"{\"ballot\":1}");
    assert_eq!(ballot.padded().len(), SIZE);
}

#[test]
fn files_tell_neither_time_nor_length_nor_order() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    let mut stored: Vec<_> = ["{}", "{\"longer\":1}", "{\"a\":2}"]
        .iter()
        .map(|ballot| spool.store(ballot.as_bytes(), None).unwrap())
        .collect();
    stored.sort_unstable();
    assert_eq!(spool.pending().unwrap(), stored);
    for hash in stored {
        spool.read(hash).unwrap();
        let metadata = fs::metadata(folder.path().join(format!("{hash}.ballot"))).unwrap();
        assert_eq!(metadata.len(), u64::try_from(SIZE + LOCATOR).unwrap());
        assert_eq!(metadata.modified().unwrap(), std::time::SystemTime::UNIX_EPOCH);
        assert_eq!(metadata.accessed().unwrap(), std::time::SystemTime::UNIX_EPOCH);
    }
    assert_eq!(fs::metadata(folder.path()).unwrap().modified().unwrap(), std::time::SystemTime::UNIX_EPOCH);
}

#[test]
fn the_same_ballot_is_stored_once() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    assert_eq!(spool.store(b"{}", None).unwrap(), spool.store(b"{}", None).unwrap());
    assert_eq!(spool.pending().unwrap().len(), 1);
}

#[test]
fn the_name_of_the_draft_stays_with_the_ballot() {
    let folder = tempfile::tempdir().unwrap();
    let locator = DraftLocator::from_bytes([0xa5; 32]);
    let spool = open(folder.path());
    let hash = spool.store(b"{\"a\":1}", Some(locator)).unwrap();
    let without = spool.store(b"{\"a\":2}", None).unwrap();
    drop(spool);
    let spool = open(folder.path());
    assert_eq!(spool.read(hash).unwrap().draft(), Some(locator));
    assert_eq!(spool.read(hash).unwrap().padded().len(), SIZE, "it is no part of what travels");
    assert_eq!(spool.read(without).unwrap().draft(), None);
}

#[test]
fn a_file_of_an_earlier_release_or_with_a_damaged_name_is_still_delivered() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    let hash = spool.store(b"{}", Some(DraftLocator::from_bytes([0xa5; 32]))).unwrap();
    let path = folder.path().join(format!("{hash}.ballot"));
    let whole = fs::read(&path).unwrap();
    for content in [whole[..SIZE].to_vec(), [&whole[..SIZE], &[b'?'; LOCATOR]].concat()] {
        fs::write(&path, content).unwrap();
        let ballot = spool.read(hash).unwrap();
        assert_eq!((ballot.ballot(), ballot.draft()), (b"{}".as_slice(), None));
    }
}

#[test]
fn only_a_signed_answer_lets_a_ballot_go() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    let stored = spool.store(b"{\"a\":1}", None).unwrap();
    let refused = spool.store(b"{\"a\":2}", None).unwrap();

    spool.acknowledge(&Acknowledgement::unchecked(stored, Verdict::Stored)).unwrap();
    spool
        .acknowledge(&Acknowledgement::unchecked(refused, Verdict::Refused { stored: Fingerprint::of("") }))
        .unwrap();
    assert!(spool.pending().unwrap().is_empty());
    assert_eq!(files(folder.path()), ["delivered-1", "delivered-2", "kept", "lock"]);
    // Acknowledged twice, as after a lost answer.
    spool.acknowledge(&Acknowledgement::unchecked(stored, Verdict::Stored)).unwrap();
    assert_eq!(spool.delivered().unwrap(), [stored], "a refused ballot does not count");
    drop(spool);
    assert_eq!(open(folder.path()).delivered().unwrap(), [stored]);
}

#[test]
fn a_ballot_stays_until_it_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let hash = open(folder.path()).store(b"{}", None).unwrap();
    // Everything fails from the first write of the record on.
    let disk = FailingDisk::new(OPENING + 2, 100, io::ErrorKind::Other);
    let spool = Spool::open(folder.path(), ROOM, Box::new(disk)).unwrap();
    spool.acknowledge(&Acknowledgement::unchecked(hash, Verdict::Stored)).unwrap_err();
    drop(spool);
    let spool = open(folder.path());
    assert_eq!(spool.pending().unwrap(), [hash]);
    spool.acknowledge(&Acknowledgement::unchecked(hash, Verdict::Stored)).unwrap();
    assert_eq!(spool.delivered().unwrap(), [hash]);
}

#[test]
fn a_record_that_was_lost_is_never_taken_for_an_empty_one() {
    for damage in ["gone", "torn"] {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path());
        spool.keep(Note::Opened, "setup").unwrap();
        let hash = spool.store(b"{}", None).unwrap();
        spool.acknowledge(&Acknowledgement::unchecked(hash, Verdict::Stored)).unwrap();
        drop(spool);
        for copy in ["delivered-1", "delivered-2"] {
            let path = folder.path().join(copy);
            if damage == "gone" { fs::remove_file(path).unwrap() } else { fs::write(path, "?").unwrap() }
        }
        for _ in 0..2 {
            let spool = open(folder.path());
            assert!(matches!(spool.delivered(), Err(SpoolError::Lost)), "{damage}");
            // Ballots on their way are delivered all the same.
            let hash = spool.store(b"{\"b\":1}", None).unwrap();
            spool.acknowledge(&Acknowledgement::unchecked(hash, Verdict::Stored)).unwrap();
            assert!(spool.pending().unwrap().is_empty());
        }
    }
}

#[test]
fn after_the_statement_nothing_tells_what_was_delivered() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    spool.keep(Note::Opened, "setup").unwrap();
    let hash = spool.store(b"{}", None).unwrap();
    spool.acknowledge(&Acknowledgement::unchecked(hash, Verdict::Stored)).unwrap();
    spool.keep(Note::Statement, "signed").unwrap();
    spool.forget_delivered().unwrap();
    drop(spool);
    let spool = open(folder.path());
    assert_eq!(spool.kept(Note::Statement).unwrap().as_deref(), Some("signed"));
    assert_eq!(files(folder.path()), ["lock", "opened", "statement"]);
    assert_eq!(spool.kept(Note::Lost).unwrap(), None);
}

#[test]
fn a_second_agent_cannot_use_the_same_folder() {
    let folder = tempfile::tempdir().unwrap();
    let _first = open(folder.path());
    let second = Spool::open(folder.path(), ROOM, Box::new(LocalDisk));
    assert!(matches!(second, Err(SpoolError::InUse { .. })));
}

#[test]
fn a_ballot_longer_than_the_polls_size_is_not_stored() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    assert!(matches!(
        spool.store(&[b'1'; SIZE + 1], None),
        Err(SpoolError::Padding(PaddingError::TooLong { .. }))
    ));
    assert!(spool.pending().unwrap().is_empty());
}

#[test]
fn a_full_disk_is_said_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FailingDisk::new(OPENING, 1, io::ErrorKind::StorageFull);
    let spool = Spool::open(folder.path(), ROOM, Box::new(disk)).unwrap();
    assert!(matches!(spool.store(b"{}", None), Err(SpoolError::Full(_))));
    assert_eq!(files(folder.path()), ["lock"]);
    // Room again: the same ballot is stored now.
    spool.store(b"{}", None).unwrap();
    assert_eq!(spool.pending().unwrap().len(), 1);
}

#[test]
fn a_torn_or_changed_file_is_never_delivered() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    let hash = spool.store(b"{\"a\":1}", None).unwrap();
    let path = folder.path().join(format!("{hash}.ballot"));
    let whole = fs::read(&path).unwrap();
    for damaged in [&whole[..20], &[], &[whole.as_slice(), b" "].concat(), &[b"[", &whole[1..]].concat()] {
        fs::write(&path, damaged).unwrap();
        assert!(matches!(spool.read(hash), Err(SpoolError::Torn { .. })));
    }
}

#[test]
fn files_of_others_are_ignored_and_partial_ones_removed_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "?").unwrap();
    fs::write(folder.path().join("zz.ballot"), "?").unwrap();
    fs::write(folder.path().join(format!("{}.part", Sha256Hash::of(b"x"))), "?").unwrap();
    assert!(open(folder.path()).pending().unwrap().is_empty());
    assert_eq!(files(folder.path()), ["lock", "notes.txt", "zz.ballot"]);
}

proptest! {
    #[test]
    fn a_ballot_is_reported_stored_exactly_if_it_is(
        from in OPENING..OPENING + 7,
        times in 0_usize..4,
        full: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let kind = if full { io::ErrorKind::StorageFull } else { io::ErrorKind::Other };
        let spool = Spool::open(folder.path(), ROOM, Box::new(FailingDisk::new(from, times, kind))).unwrap();
        let reported = spool.store(b"{\"a\":1}", None);
        drop(spool);
        let spool = open(folder.path());
        let there = spool.pending().unwrap();
        match reported {
            Ok(hash) => {
                prop_assert_eq!(&there, &[hash]);
                prop_assert!(spool.read(hash).is_ok());
            }
            // When even removing fails, a whole ballot may stay: it is exactly the one the person confirmed.
            Err(_) if times > 1 => prop_assert!(there.iter().all(|hash| spool.read(*hash).is_ok())),
            Err(_) => prop_assert!(there.is_empty()),
        }
    }
}
