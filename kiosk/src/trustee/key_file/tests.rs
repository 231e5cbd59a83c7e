//! What a key file promises.

use std::{collections::BTreeSet, fs};

use belenios::group::Ed25519 as G;
use evaluation::wire::{PollState, Purpose};
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::trustee::sealed::Sealed;

/// Guessing is cheap in tests.
const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn passphrase(text: &str) -> Passphrase {
    Passphrase::typed(&text.into())
}

fn assignment(needed: u32) -> TrusteeAssignment {
    TrusteeAssignment {
        poll: "1r7xvBB2ZoyrxA".parse().unwrap(),
        position: 1,
        name: "监票人甲".into(),
        group: "Ed25519".into(),
        trustees: 3,
        needed,
        purpose: Purpose::Real,
        title: "宁晋县 2020 年度「阳光股室」评议".into(),
        state: PollState::Setup,
    }
}

struct Stick {
    folder: tempfile::TempDir,
    code: RecoveryCode,
}

impl Stick {
    fn path(&self) -> PathBuf {
        self.folder.path().join("trustee.key")
    }

    fn open(&self) -> KeyFile {
        KeyFile::load(&self.path(), &passphrase("four words are enough")).unwrap()
    }
}

fn begin(assignment: &TrusteeAssignment, seed: u64) -> Stick {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trustee.key");
    let words = passphrase("four words are enough");
    let (_, code) = KeyFile::create(&path, assignment, &words, CHEAP, &mut rng(seed)).unwrap();
    Stick { folder, code }
}

fn secret(file: &KeyFile) -> String {
    file.content.secret.clone().or(file.content.seed.clone()).unwrap()
}

#[test]
fn passphrase_and_recovery_code_open_the_same_key_and_the_stick_shows_nothing_of_it() {
    for needed in [3, 2] {
        for group in GroupName::ALL {
            let stick = begin(&TrusteeAssignment { group: group.to_string(), ..assignment(needed) }, 1);
            let file = stick.open();
            let recovered = LockedKeyFile::read(&stick.path()).unwrap().open_with_recovery(&stick.code);
            assert_eq!(secret(&file), secret(&recovered.unwrap()));
            let text = fs::read_to_string(stick.path()).unwrap();
            assert!(text.contains("监票人甲") && !text.contains(&secret(&file)));
            assert!(!format!("{file:?}").contains(&secret(&file)));
            assert_eq!(fs::read_dir(stick.folder.path()).unwrap().count(), 1);
        }
    }
}

#[test]
fn a_wrong_passphrase_and_a_wrong_recovery_code_are_told_apart_from_a_damaged_file() {
    let stick = begin(&assignment(2), 1);
    let locked = || LockedKeyFile::read(&stick.path()).unwrap();
    assert!(matches!(locked().open(&passphrase("another one")), Err(KeyFileError::WrongPassphrase)));
    let other = RecoveryCode::generate(&mut rng(9));
    assert!(matches!(locked().open_with_recovery(&other), Err(KeyFileError::WrongRecoveryCode)));
    assert!(locked().open(&passphrase("four words are enough")).is_ok());
}

#[test]
fn a_flipped_bit_anywhere_in_the_file_is_refused() {
    let stick = begin(&assignment(2), 1);
    let whole = fs::read(stick.path()).unwrap();
    let mut kinds = BTreeSet::new();
    for place in 0..whole.len() {
        for bit in [0, 5] {
            let mut damaged = whole.clone();
            damaged[place] ^= 1 << bit;
            fs::write(stick.path(), damaged).unwrap();
            match LockedKeyFile::read(&stick.path()) {
                Err(KeyFileError::Damaged { .. }) => kinds.insert("damaged"),
                Err(KeyFileError::Format { .. }) => kinds.insert("format"),
                other => panic!("byte {place}, bit {bit}: {other:?}"),
            };
        }
    }
    assert_eq!(kinds.len(), 2);
    for length in [0, 1, whole.len() / 2, whole.len() - 1] {
        fs::write(stick.path(), &whole[..length]).unwrap();
        assert!(LockedKeyFile::read(&stick.path()).is_err(), "{length} bytes");
    }
}

/// Somebody who knows the format can make the sum fit again, but not what the secrets are bound to.
#[test]
fn a_file_changed_by_somebody_who_knows_its_form_does_not_open() {
    let (stick, other) = (begin(&assignment(2), 1), begin(&assignment(2), 2));
    let take = |part: &str| {
        let read = |stick: &Stick| -> serde_json::Value {
            serde_json::from_slice(&fs::read(stick.path()).unwrap()).unwrap()
        };
        let mut value = serde_json::to_value(LockedKeyFile::read(&stick.path()).unwrap().sealed).unwrap();
        match part {
            "holder" => value["holder"]["position"] = 2.into(),
            part => value[part] = read(&other)[part].clone(),
        }
        let forged: Sealed = serde_json::from_value(value).unwrap();
        let path = stick.folder.path().join("forged.key");
        fs::write(&path, forged.with_sum().to_text()).unwrap();
        let words = passphrase("four words are enough");
        let opened = LockedKeyFile::read(&path).unwrap().open(&words);
        let recovered = LockedKeyFile::read(&path).unwrap().open_with_recovery(&stick.code);
        (opened.is_err(), recovered.is_err())
    };
    for part in ["holder", "passphrase", "recovery", "content"] {
        assert_eq!(take(part), (true, true), "{part}");
    }
}

#[test]
fn a_file_that_would_stop_the_terminal_is_refused() {
    let stick = begin(&assignment(2), 1);
    let text = fs::read_to_string(stick.path()).unwrap();
    let cost = serde_json::to_string(&CHEAP).unwrap();
    let greedy = serde_json::to_string(&Cost { memory_kib: 1 << 30, ..CHEAP }).unwrap();
    let forged: Sealed = serde_json::from_str(&text.replace(&cost, &greedy)).unwrap();
    fs::write(stick.path(), forged.with_sum().to_text()).unwrap();
    assert!(matches!(LockedKeyFile::read(&stick.path()), Err(KeyFileError::Damaged { .. })));
}

#[test]
fn the_file_of_another_trustee_or_poll_is_named_and_never_overwritten() {
    let stick = begin(&assignment(2), 1);
    let check = |other: &TrusteeAssignment| LockedKeyFile::read(&stick.path()).unwrap().check_is_of(other);
    assert!(check(&assignment(2)).is_ok());
    let second = TrusteeAssignment { position: 2, name: "监票人乙".into(), ..assignment(2) };
    let error = check(&second).unwrap_err();
    assert!(matches!(&error, KeyFileError::OtherTrustee { position: 1, name, .. } if name == "监票人甲"));
    let group = GroupName::ALL.into_iter().find(|group| *group != GroupName::Ed25519).unwrap();
    for other in [
        TrusteeAssignment { poll: "2r7xvBB2ZoyrxA".parse().unwrap(), ..assignment(2) },
        TrusteeAssignment { trustees: 4, ..assignment(2) },
        TrusteeAssignment { group: group.to_string(), ..assignment(2) },
        assignment(3),
    ] {
        assert!(matches!(check(&other), Err(KeyFileError::OtherPoll { .. })), "{other:?}");
    }
    let again = KeyFile::create(&stick.path(), &second, &passphrase("x"), CHEAP, &mut rng(2));
    assert!(matches!(again, Err(KeyFileError::Io { .. })));
    assert!(stick.open().check_is_of(&assignment(2)).is_ok());
}

#[test]
fn a_stick_with_another_file_on_it_is_not_written_to() {
    let (stick, other) = (begin(&assignment(2), 1), begin(&assignment(2), 2));
    let mut file = stick.open();
    let foreign = fs::read(other.path()).unwrap();
    fs::write(stick.path(), &foreign).unwrap();
    assert!(matches!(file.certificate::<G>(&mut rng(1)), Err(KeyFileError::Damaged { .. })));
    assert_eq!(fs::read(stick.path()).unwrap(), foreign);
    fs::remove_file(stick.path()).unwrap();
    assert!(matches!(file.certificate::<G>(&mut rng(1)), Err(KeyFileError::Missing { .. })));
}

#[test]
fn a_new_passphrase_replaces_the_old_one_and_the_sheet_stays_good() {
    let stick = begin(&assignment(2), 1);
    let mut file = LockedKeyFile::read(&stick.path()).unwrap().open_with_recovery(&stick.code).unwrap();
    let before = secret(&file);
    file.set_passphrase(&passphrase("a new one"), CHEAP, &mut rng(2)).unwrap();
    let load = |words: &str| KeyFile::load(&stick.path(), &passphrase(words));
    assert!(matches!(load("four words are enough"), Err(KeyFileError::WrongPassphrase)));
    assert_eq!(secret(&load("a new one").unwrap()), before);
    assert!(LockedKeyFile::read(&stick.path()).unwrap().open_with_recovery(&stick.code).is_ok());
    let code = file.renew_recovery(&mut rng(3)).unwrap();
    let recover = |code| LockedKeyFile::read(&stick.path()).unwrap().open_with_recovery(code);
    assert!(matches!(recover(&stick.code), Err(KeyFileError::WrongRecoveryCode)));
    assert_eq!(secret(&recover(&code).unwrap()), before);
}

#[test]
fn what_was_sent_is_sent_again_byte_for_byte() {
    let alone = |position| TrusteeAssignment { position, trustees: 2, needed: 1, ..assignment(1) };
    let sticks: Vec<_> = (1..=2).map(|position| begin(&alone(position), position.into())).collect();
    let mut files: Vec<_> = sticks.iter().map(Stick::open).collect();
    let mut rng = rng(1);
    let quorum = files[0].quorum().unwrap();
    let sent: Vec<_> = files.iter_mut().map(|file| file.certificate::<G>(&mut rng).unwrap()).collect();
    assert_eq!(sticks[0].open().certificate::<G>(&mut rng).unwrap(), sent[0]);
    let read = sent.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    let certificates = Certificates::<G>::check(quorum, read).unwrap();
    let sent: Vec<_> =
        files.iter_mut().map(|file| file.contribution(&certificates, &mut rng).unwrap()).collect();
    assert_eq!(sticks[0].open().contribution(&certificates, &mut rng).unwrap(), sent[0]);
    let read = sent.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    let contributions = Contributions::<G>::check(&certificates, read).unwrap();
    assert!(matches!(files[0].key::<G>(), Err(KeyFileError::Unfinished { .. })));
    let sent = files[0].finish(&certificates, &contributions, &mut rng).unwrap();
    let mut reloaded = sticks[0].open();
    assert_eq!(reloaded.finish(&certificates, &contributions, &mut rng).unwrap(), sent);
    assert!(reloaded.key::<G>().is_ok() && reloaded.content.seed.is_none());
}

#[test]
fn the_first_head_is_on_record_for_ever() {
    let stick = begin(&assignment(3), 1);
    let (mut file, mut stale) = (stick.open(), stick.open());
    let (first, second) = (Hash::of("first"), Hash::of("second"));
    assert_eq!(file.record_head(first, &mut rng(1)).unwrap(), first);
    assert_eq!(file.record_head(second, &mut rng(1)).unwrap(), first);
    // What lies on the stick counts, not what this program read earlier.
    assert_eq!(stale.record_head(second, &mut rng(1)).unwrap(), first);
    assert_eq!(stick.open().record_head(second, &mut rng(1)).unwrap(), first);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_on_record_comes_back(
        name in "\\PC{0,40}", position in 1..=255_u32, printed: bool, stopped: bool, words in "\\PC{1,80}", head: [u8; 4],
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trustee.key");
        let assignment = TrusteeAssignment { name, position, trustees: 255, ..assignment(2) };
        let words = passphrase(&words);
        let (mut file, _) = KeyFile::create(&path, &assignment, &words, CHEAP, &mut rng(1)).unwrap();
        let wanted = Progress { sheet_printed: printed, stopped, head: Some(Hash::of(head)), ..Progress::default() };
        file.progress(|progress| *progress = wanted, &mut rng(2)).unwrap();
        let again = KeyFile::load(&path, &words).unwrap();
        prop_assert_eq!(again.how_far(), wanted);
        prop_assert_eq!(secret(&again), secret(&file));
        prop_assert!(again.check_is_of(&assignment).is_ok());
    }
}
