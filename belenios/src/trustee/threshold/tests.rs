use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::group::Ed25519;
use crate::json;
use crate::trustee::single::SecretKey;
use crate::trustee::{TrusteePublicKey, Trustees, TrusteesError};

type G = Ed25519;
type Keys = (SecretKey<G>, TrusteePublicKey<G>);

struct Ceremony {
    rng: ChaCha20Rng,
    identities: Vec<Identity<G>>,
    certificates: Certificates<G>,
    contributions: Vec<Contribution<G>>,
}

impl Ceremony {
    fn new(seed: u64, needed: usize, size: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let quorum = Quorum::new(needed, size).unwrap();
        let identities: Vec<_> =
            quorum.indexes().map(|index| Identity::generate(quorum, index, &mut rng).unwrap()).collect();
        let certificates = identities.iter().map(|identity| identity.certificate(&mut rng)).collect();
        let certificates = Certificates::check(quorum, certificates).unwrap();
        let contributions =
            identities.iter().map(|identity| identity.contribute(&certificates, &mut rng).unwrap()).collect();
        Self { rng, identities, certificates, contributions }
    }

    fn checked(&self) -> Result<Contributions<G>, CeremonyError> {
        Contributions::check(&self.certificates, self.contributions.clone())
    }

    fn finish(&mut self) -> Result<Vec<Keys>, CeremonyError> {
        let contributions = self.checked()?;
        let rng = &mut self.rng;
        self.identities
            .iter()
            .map(|identity| identity.finish(&self.certificates, &contributions, None, rng))
            .collect()
    }

    fn block(&mut self) -> Block<G> {
        let public = self.finish().unwrap().into_iter().map(|(_, public)| public).collect();
        Block::assemble(&self.certificates, &self.checked().unwrap(), public).unwrap()
    }
}

#[test]
fn the_messages_of_every_round_come_back_byte_for_byte() {
    let mut ceremony = Ceremony::new(1, 2, 3);
    for certificate in ceremony.certificates.as_slice() {
        let text = json::write(certificate);
        assert_eq!(&json::read::<Certificate<G>>(text.as_bytes()).unwrap(), certificate);
    }
    for contribution in &ceremony.contributions {
        let text = json::write(contribution);
        assert_eq!(&json::read::<Contribution<G>>(text.as_bytes()).unwrap(), contribution);
    }
    let text = Trustees::threshold(ceremony.block()).to_json();
    let read = Trustees::<G>::parse(&text).unwrap();
    assert_eq!(read.to_json(), text);
    assert_eq!(read.omissions().count(), 0);
}

#[test]
fn the_same_seed_is_the_same_identity() {
    let ceremony = Ceremony::new(2, 2, 3);
    let identity = ceremony.identities.first().unwrap();
    let again = Identity::<G>::from_seed(identity.quorum(), 1, identity.seed()).unwrap();
    let mut rng = ceremony.rng.clone();
    assert!(again.contribute(&ceremony.certificates, &mut rng).is_ok());
    assert!(!format!("{again:?}").contains(identity.seed()));
    for seed in ["", "short", "0000000000000000000000"] {
        assert!(Identity::<G>::from_seed(identity.quorum(), 1, seed).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn all_trustees_together_hold_the_election_key(seed: u64, size in 1..6_usize, needed in 1..6_usize) {
        let needed = needed.min(size);
        let mut ceremony = Ceremony::new(seed, needed, size);
        let keys = ceremony.finish().unwrap();
        let trustees = Trustees::threshold(ceremony.block());
        prop_assert_eq!(trustees.election_key(), ceremony.checked().unwrap().election_key());
        // Any t keys interpolate to the private key of the election; here the last ones.
        let indexes: Vec<_> = (size - needed + 1..=size).collect();
        let secret = indexes.iter().zip(lagrange::<G>(&indexes)).fold(G::scalar(0), |sum, (index, power)| {
            sum + *keys[index - 1].0.secret() * power
        });
        prop_assert_eq!(G::generator_power(&secret), trustees.election_key());
        let fewer = indexes.get(1..).unwrap();
        prop_assert!(trustees.is_quorum(&indexes) && !trustees.is_quorum(fewer));
    }

    #[test]
    fn whoever_changes_a_message_is_named(seed: u64, culprit in 1..4_usize, fault in 0..6_usize) {
        let mut ceremony = Ceremony::new(seed, 2, 3);
        let honest = ceremony.contributions.clone();
        let other = honest.get(culprit % 3).unwrap().clone();
        let contribution = ceremony.contributions.get_mut(culprit - 1).unwrap();
        match fault {
            0 => contribution.coefexps = other.coefexps,
            1 => contribution.signature = other.signature,
            2 => contribution.shares = other.shares,
            3 => contribution.shares.reverse(),
            4 => _ = contribution.shares.pop(),
            _ => contribution.coefexps.message.push(' '),
        }
        prop_assert_eq!(ceremony.finish().unwrap_err().culprit(), Some(culprit));
    }
}

#[test]
fn a_trustee_who_sends_another_share_than_promised_is_named() {
    let mut ceremony = Ceremony::new(3, 2, 3);
    let cheat = ceremony.identities.first().unwrap();
    let sealed = cheat.seal(&G::scalar(7), &ceremony.certificates, 2, &mut ceremony.rng).unwrap();
    *ceremony.contributions.first_mut().unwrap().shares.get_mut(1).unwrap() = sealed;
    assert!(ceremony.checked().is_ok(), "in public nothing is wrong");
    assert_eq!(ceremony.finish().unwrap_err(), CeremonyError::ShareValue { trustee: 1 });
}

#[test]
fn a_server_that_shows_everybody_other_certificates_is_found() {
    let ceremony = Ceremony::new(5, 2, 3);
    let mut rng = ceremony.rng.clone();
    // Trustee 1 sees a false trustee 3, whose contribution the true ones would be sent.
    let quorum = ceremony.certificates.quorum();
    let false_third = Identity::<G>::generate(quorum, 3, &mut rng).unwrap();
    let mut shown = ceremony.certificates.as_slice().to_vec();
    *shown.last_mut().unwrap() = false_third.certificate(&mut rng);
    let shown = Certificates::check(quorum, shown).unwrap();
    assert_ne!(shown.fingerprint(), ceremony.certificates.fingerprint());
    let deceived = ceremony.identities.first().unwrap().contribute(&shown, &mut rng).unwrap();
    let mut contributions = ceremony.contributions.clone();
    *contributions.first_mut().unwrap() = deceived;
    assert_eq!(
        Contributions::check(&ceremony.certificates, contributions).unwrap_err(),
        CeremonyError::Agreement { trustee: 1 }
    );
    let third = ceremony.identities.last().unwrap();
    assert_eq!(third.contribute(&shown, &mut rng).unwrap_err(), CeremonyError::NotMine { trustee: 3 });
}

#[test]
fn a_certificate_of_another_place_quorum_or_key_is_refused() {
    let ceremony = Ceremony::new(6, 2, 3);
    let quorum = ceremony.certificates.quorum();
    let certificates = ceremony.certificates.as_slice();
    let mut swapped = certificates.to_vec();
    swapped.swap(0, 1);
    let error = Certificates::check(quorum, swapped).unwrap_err();
    assert_eq!(error, CeremonyError::CertificateContext { trustee: 1 });
    let of_three = Quorum::new(3, 3).unwrap();
    let error = Certificates::check(of_three, certificates.to_vec()).unwrap_err();
    assert_eq!(error, CeremonyError::CertificateContext { trustee: 1 });
    let error = Certificates::check(quorum, certificates[..2].to_vec()).unwrap_err();
    assert_eq!(error, CeremonyError::Count { expected: 3, found: 2 });
    let twin = Identity::<G>::from_seed(quorum, 3, ceremony.identities[0].seed()).unwrap();
    let mut with_twin = certificates.to_vec();
    with_twin[2] = twin.certificate(&mut ceremony.rng.clone());
    let error = Certificates::check(quorum, with_twin).unwrap_err();
    assert_eq!(error, CeremonyError::SharedKey { one: 1, other: 3 });
    assert_eq!(error.culprit(), None, "nothing tells who has copied");
    let mut forged = certificates.to_vec();
    forged[1].0.signature = certificates[0].0.signature;
    let error = Certificates::check(quorum, forged).unwrap_err();
    assert_eq!(error, CeremonyError::CertificateSignature { trustee: 2 });
}

/// One server, three trustees, a false pair of the others shown to each: the server knows every share of the polynomials
/// that it makes up. What it publishes at the end is nobody's ceremony.
#[test]
fn a_block_of_other_messages_than_were_shown_is_not_the_outcome() {
    let mut shown = Ceremony::new(10, 2, 3);
    let mut other = Ceremony::new(11, 2, 3);
    let (shown_block, other_block) = (shown.block(), other.block());
    let contributions = shown.checked().unwrap();
    assert!(shown_block.is_outcome_of(&shown.certificates, &contributions));
    assert!(!other_block.is_outcome_of(&shown.certificates, &contributions));
    // The same certificates, but other contributions.
    let mut rng = ChaCha20Rng::seed_from_u64(12);
    let again = shown.identities.iter().map(|identity| identity.contribute(&shown.certificates, &mut rng));
    shown.contributions = again.collect::<Result<_, _>>().unwrap();
    let block = shown.block();
    assert!(!block.is_outcome_of(&shown.certificates, &contributions));
    assert!(!Trustees::threshold(other_block).is_outcome_of(&shown.certificates, &contributions));
}

#[test]
fn a_key_that_is_not_the_one_of_the_ceremony_is_refused() {
    let mut ceremony = Ceremony::new(7, 2, 3);
    let public: Vec<_> = ceremony.finish().unwrap().into_iter().map(|(_, public)| public).collect();
    let contributions = ceremony.checked().unwrap();
    let assemble =
        |public: Vec<_>| Block::assemble(&ceremony.certificates, &contributions, public).unwrap_err();
    let mut swapped = public.clone();
    swapped.swap(0, 2);
    assert_eq!(assemble(swapped), CeremonyError::PublicKeyValue { trustee: 1 });
    let mut unproved = public.clone();
    unproved[1].pok = public[0].pok;
    assert_eq!(assemble(unproved), CeremonyError::PublicKeyProof { trustee: 2 });
    let mut unsigned = public.clone();
    unsigned[2].signature = None;
    assert_eq!(assemble(unsigned), CeremonyError::PublicKeySignature { trustee: 3 });
    let mut forged = public.clone();
    forged[2].signature = public[0].signature;
    assert_eq!(assemble(forged), CeremonyError::PublicKeySignature { trustee: 3 });
}

#[test]
fn a_block_of_an_old_program_is_read_and_what_it_lacks_is_named() {
    let mut ceremony = Ceremony::new(8, 2, 3);
    let text = Trustees::threshold(ceremony.block()).to_json();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let block = value.pointer_mut("/0/1").unwrap().as_object_mut().unwrap();
    block.remove("signatures").unwrap();
    for key in block.get_mut("verification_keys").unwrap().as_array_mut().unwrap() {
        key.as_object_mut().unwrap().remove("signature").unwrap();
    }
    let read = Trustees::<G>::parse(&value.to_string()).unwrap();
    assert_eq!(read.omissions().collect::<Vec<_>>(), [Omission::Agreement, Omission::KeySignatures]);
}

#[test]
fn a_published_block_with_any_part_changed_is_refused() {
    let text = Trustees::threshold(Ceremony::new(9, 2, 3).block()).to_json();
    let honest: serde_json::Value = serde_json::from_str(&text).unwrap();
    for part in ["certs", "coefexps", "signatures", "verification_keys"] {
        for (one, other) in [(0, 1), (1, 2)] {
            let mut value = honest.clone();
            value.pointer_mut(&format!("/0/1/{part}")).unwrap().as_array_mut().unwrap().swap(one, other);
            let refused = Trustees::<G>::parse(&value.to_string());
            assert!(matches!(refused, Err(TrusteesError::Ceremony(_))), "{part}: {refused:?}");
        }
    }
    for threshold in [0, 1, 3, 4] {
        let mut value = honest.clone();
        *value.pointer_mut("/0/1/threshold").unwrap() = threshold.into();
        assert!(Trustees::<G>::parse(&value.to_string()).is_err());
    }
}

#[test]
fn a_message_is_judged_alone_as_it_is_among_the_others() {
    let mut ceremony = Ceremony::new(9, 2, 3);
    let quorum = ceremony.certificates.quorum();
    let public: Vec<_> = ceremony.finish().unwrap().into_iter().map(|(_, public)| public).collect();
    let contributions = ceremony.checked().unwrap();
    let (certificates, sent) = (&ceremony.certificates, &ceremony.contributions);
    for trustee in quorum.indexes() {
        for place in quorum.indexes() {
            let holds = place == trustee;
            assert_eq!(certificates.as_slice()[trustee - 1].check(quorum, place).is_ok(), holds);
            assert_eq!(sent[trustee - 1].check(certificates, place).is_ok(), holds);
            assert_eq!(contributions.check_key(certificates, &public[trustee - 1], place).is_ok(), holds);
        }
    }
    let unsigned = TrusteePublicKey { signature: None, ..public[0].clone() };
    let refused = contributions.check_key(certificates, &unsigned, 1).unwrap_err();
    assert_eq!(refused, CeremonyError::PublicKeySignature { trustee: 1 });
    assert_eq!(singles(&public).quorum(), Quorum::new(3, 3).ok());
    assert_eq!(Trustees::threshold(ceremony.block()).quorum(), Some(quorum));
}

/// The same keys as those of trustees who are all needed.
fn singles(public: &[TrusteePublicKey<G>]) -> Trustees<G> {
    Trustees::all_needed(public.iter().cloned())
}
