//! The ceremony refuses every step out of its order, and gives the state back.

use evaluation::draw::{
    Announcement, CeremonyError, Commitments, Outcome, Reveals, Secret, SeedError, Terms, commitment,
};

use crate::folder::{Folder, hold};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

fn announcement() -> Announcement {
    let terms = Folder::vector("v2_300").announcement().terms().clone();
    Announcement::new(Terms { dice_digits: 3, ..terms }).unwrap()
}

fn secrets() -> Vec<Secret> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    (0..3).map(|_| Secret::generate(&mut rng)).collect()
}

fn committed(announcement: &Announcement) -> Commitments {
    let mut commitments = Commitments::open(announcement);
    for (secret, party) in secrets().iter().zip(1..) {
        commitments.record(party, commitment(announcement.hash(), party, secret)).unwrap();
    }
    commitments
}

fn diced(announcement: &Announcement) -> Reveals {
    committed(announcement).close().unwrap().type_dice("042", "042").unwrap()
}

#[test]
fn the_list_closes_only_when_every_party_has_committed() {
    let announcement = announcement();
    let mut commitments = Commitments::open(&announcement);
    let hash = commitment(announcement.hash(), 2, &secrets()[1]);
    commitments.record(2, hash).unwrap();
    assert_eq!(commitments.record(1, hash), Err(CeremonyError::CopiedCommitment { party: 1, other: 2 }));
    assert_eq!(commitments.record(0, announcement.hash()), Err(CeremonyError::UnknownParty { party: 0 }));
    assert_eq!(commitments.record(4, announcement.hash()), Err(CeremonyError::UnknownParty { party: 4 }));
    let refused = commitments.close().unwrap_err();
    assert_eq!(refused.reason, CeremonyError::CommitmentsOutstanding { parties: vec![1, 3] });
    assert_eq!(refused.state.outstanding(), [1, 3]);
}

#[test]
fn the_lines_read_out_at_closing_open_the_transcript() {
    let announcement = announcement();
    let closed = committed(&announcement).close().unwrap();
    assert_eq!(closed.opening_lines().lines().count(), 5);
    let transcript = hold(&announcement, &[], &mut ChaCha20Rng::seed_from_u64(1));
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut again = Commitments::open(&announcement);
    for party in 1..=3 {
        again.record(party, commitment(announcement.hash(), party, &Secret::generate(&mut rng))).unwrap();
    }
    assert!(transcript.to_tsv().starts_with(&again.close().unwrap().opening_lines()));
}

#[test]
fn both_clerks_must_type_the_announced_digits() {
    let announcement = announcement();
    let closed = committed(&announcement).close().unwrap();
    let refused = closed.type_dice("042", "043").unwrap_err();
    assert_eq!(refused.reason, CeremonyError::DiceDiffer);
    let mut closed = *refused.state;
    for bad in ["42", "0042", "04x", "０４２", ""] {
        let refused = closed.type_dice(bad, bad).unwrap_err();
        assert_eq!(refused.reason, CeremonyError::Transcript(SeedError::Dice { expected: 3 }));
        closed = *refused.state;
    }
    assert!(closed.type_dice("042", "042").is_ok());
}

#[test]
fn a_reveal_must_open_the_commitment_of_its_own_party() {
    let announcement = announcement();
    let (mut reveals, secrets) = (diced(&announcement), secrets());
    assert_eq!(reveals.reveal(1, secrets[1].clone()), Err(CeremonyError::NotOpening { party: 1 }));
    reveals.reveal(1, secrets[0].clone()).unwrap();
    assert_eq!(reveals.reveal(1, secrets[0].clone()), Err(CeremonyError::AlreadySettled { party: 1 }));
    assert_eq!(reveals.declare_missing(1), Err(CeremonyError::AlreadySettled { party: 1 }));
    assert_eq!(reveals.declare_missing(9), Err(CeremonyError::UnknownParty { party: 9 }));
    let refused = reveals.close().unwrap_err();
    assert_eq!(refused.reason, CeremonyError::RevealsOutstanding { parties: vec![2, 3] });
    assert!(!format!("{:?}", refused.state).contains(secrets[0].expose()), "a secret is never printed");
}

#[test]
fn too_few_reveals_make_the_draw_void_and_name_the_parties() {
    let announcement = announcement();
    let mut reveals = diced(&announcement);
    reveals.reveal(2, secrets()[1].clone()).unwrap();
    reveals.declare_missing(1).unwrap();
    reveals.declare_missing(3).unwrap();
    let Outcome::Void(void) = reveals.close().unwrap() else { panic!("one reveal is too few") };
    assert_eq!(void.missing(), [1, 3]);
    assert!(void.text().ends_with("reveal\t3\tMISSING\n"));
}

#[test]
fn the_public_value_is_given_exactly_if_its_source_was_announced() {
    let with_source = announcement();
    let without = Announcement::new(Terms { public_source: None, ..with_source.terms().clone() }).unwrap();
    for (announcement, good, bad) in [
        (&with_source, Some("03 07"), [None, Some("-"), Some("")]),
        (&without, None, [Some("03 07"), Some(""), Some("0")]),
    ] {
        let mut reveals = diced(announcement);
        for (secret, party) in secrets().into_iter().zip(1..) {
            reveals.reveal(party, secret).unwrap();
        }
        let Outcome::Opened(mut opened) = reveals.close().unwrap() else { panic!("all have revealed") };
        for value in bad {
            *opened = *opened.complete(value).unwrap_err().state;
        }
        let refused = opened.complete(Some("a\tb")).unwrap_err();
        assert_eq!(refused.reason, CeremonyError::PublicValueText);
        assert_eq!(refused.state.complete(good).unwrap().public_value(), good);
    }
}
