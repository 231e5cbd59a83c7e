//! Drafts: the choices of a person who has not cast yet, sealed so that only this card at a booth with this hall key opens them.
//!
//! XChaCha20-Poly1305 under HKDF-SHA256(secret of the card ‖ hall key), with a fresh random nonce; poll and Setup event are bound to it.
//! The name under which the server keeps it comes from the secret of the card alone: a booth finds it before anybody has chosen anything,
//! and nothing public tells it. A found card alone, the server's database alone and a booth alone open nothing.

mod keeper;

use belenios::{
    credential::Credential,
    text::{Hash, Uuid},
};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use evaluation::{
    hall_key::HallKey,
    wire::{DraftLocator, SealedDraft},
};
use hkdf::Hkdf;
use rand::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

pub(super) use keeper::Keeper;

/// Name and version of the form; part of the key and of what is bound to the draft.
const FORM: &str = "pingyi-draft/1";
/// What the locator is derived for.
const LOCATOR: &str = "draft-id";
const NONCE: usize = 24;
const KEY: usize = 32;

/// What seals and opens the draft of one card in one poll. The key is overwritten when dropped.
pub(super) struct DraftSeal {
    key: Zeroizing<[u8; KEY]>,
    locator: DraftLocator,
    bound: String,
}

impl DraftSeal {
    /// The seal of this card's draft.
    pub(super) fn new(credential: &Credential, hall_key: &HallKey, poll: &Uuid, setup_event: Hash) -> Self {
        let secret = credential.text();
        let hall_key = hall_key.expose();
        // The room is taken at once: a vector that grows leaves copies behind.
        let mut both = Zeroizing::new(Vec::with_capacity(secret.len().saturating_add(hall_key.len())));
        both.extend_from_slice(secret.as_bytes());
        both.extend_from_slice(hall_key);
        Self {
            key: derive(&both, FORM),
            locator: DraftLocator::from_bytes(*derive(secret.as_bytes(), LOCATOR)),
            bound: format!("{FORM}\n{poll}\n{setup_event}\n"),
        }
    }

    /// Under what name the server keeps it.
    pub(super) const fn locator(&self) -> DraftLocator {
        self.locator
    }

    /// Seals a draft; each time to other bytes.
    pub(super) fn seal(&self, draft: &[u8], rng: &mut impl CryptoRng) -> SealedDraft {
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: draft, aad: self.bound.as_bytes() };
        // Fails only for drafts of many gigabytes; an empty one opens nothing.
        let text = self.cipher().encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
        SealedDraft::new([nonce.as_slice(), &text].concat())
    }

    /// Opens a draft that was sealed with the same card, hall key, poll and Setup event; nothing if it is another or was changed.
    pub(super) fn open(&self, sealed: &SealedDraft) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, text) = sealed.as_bytes().split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: text, aad: self.bound.as_bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.key).into())
    }
}

fn derive(secret: &[u8], purpose: &str) -> Zeroizing<[u8; KEY]> {
    let mut key = Zeroizing::new([0; KEY]);
    // Fails only for keys of many kilobytes.
    _ = Hkdf::<Sha256>::new(None, secret).expand(purpose.as_bytes(), key.as_mut_slice());
    key
}

#[cfg(test)]
mod tests {
    use evaluation::wire::sealed_draft_size;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;
    use crate::flow::Flow;

    const POLL: &str = "1r7xvBB2ZoyrxA";

    fn credential(seed: u64) -> Credential {
        Credential::generate(&mut ChaCha20Rng::seed_from_u64(seed))
    }

    fn hall_key(seed: u64) -> HallKey {
        HallKey::generate(&mut ChaCha20Rng::seed_from_u64(seed))
    }

    fn seal_of(card: u64, hall: u64, poll: &str, setup: &str) -> DraftSeal {
        DraftSeal::new(&credential(card), &hall_key(hall), &poll.parse().unwrap(), Hash::of(setup))
    }

    fn seal() -> DraftSeal {
        seal_of(1, 1, POLL, "setup")
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_with_the_same_card_and_hall_key(draft: Vec<u8>, seed: u64) {
            let sealed = seal().seal(&draft, &mut ChaCha20Rng::seed_from_u64(seed));
            let opened = seal().open(&sealed);
            prop_assert_eq!(opened.as_deref(), Some(&draft));
        }

        #[test]
        fn a_single_flipped_bit_is_refused(draft: Vec<u8>, place: prop::sample::Index, bit in 0..8_u32) {
            let sealed = seal().seal(&draft, &mut ChaCha20Rng::seed_from_u64(2));
            let mut bytes = sealed.as_bytes().to_vec();
            let place = place.index(bytes.len());
            bytes[place] ^= 1 << bit;
            prop_assert!(seal().open(&SealedDraft::new(bytes)).is_none());
        }

        #[test]
        fn arbitrary_bytes_open_nothing_and_never_panic(bytes: Vec<u8>) {
            prop_assert!(seal().open(&SealedDraft::new(bytes)).is_none());
        }

        #[test]
        fn every_draft_of_an_election_has_one_length_and_tells_no_choice(
            choices in prop::collection::vec(0..4_usize, 70),
            rated in 0..=70_usize,
        ) {
            let mut flow = Flow::new(std::num::NonZeroU16::new(70).unwrap(), 4);
            for (position, grade) in flow.positions().zip(choices).take(rated) {
                flow.grade(position, grade).unwrap();
            }
            let snapshot = flow.snapshot();
            let sealed = seal().seal(&snapshot, &mut ChaCha20Rng::seed_from_u64(3));
            prop_assert_eq!(sealed.as_bytes().len(), sealed_draft_size(70));
            prop_assert!(!sealed.as_bytes().windows(16).any(|part| snapshot.windows(16).any(|plain| plain == part)));
        }
    }

    #[test]
    fn another_card_hall_key_poll_or_setup_opens_nothing() {
        let sealed = seal().seal(b"draft", &mut ChaCha20Rng::seed_from_u64(2));
        for (what, other) in [
            ("card", seal_of(2, 1, POLL, "setup")),
            ("hall key", seal_of(1, 2, POLL, "setup")),
            ("poll", seal_of(1, 1, "2r7xvBB2ZoyrxA", "setup")),
            ("setup", seal_of(1, 1, POLL, "other")),
        ] {
            assert!(other.open(&sealed).is_none(), "{what}");
        }
    }

    #[test]
    fn the_name_comes_from_the_card_alone_and_is_not_its_key() {
        assert_eq!(seal().locator(), seal_of(1, 2, "2r7xvBB2ZoyrxA", "other").locator());
        assert_ne!(seal().locator(), seal_of(2, 1, POLL, "setup").locator());
        assert_ne!(seal().locator().as_bytes(), &*seal().key);
    }

    #[test]
    fn the_same_draft_is_sealed_to_other_bytes_each_time() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        assert_ne!(seal().seal(b"draft", &mut rng), seal().seal(b"draft", &mut rng));
    }
}
