//! Trustees with all their secrets, as they stand in the archive (protocol note §4, §5).

use belenios::group::Group;
use rand_chacha::ChaCha20Rng;

use super::archive::json;
use super::prove;
use super::wire::{Block, Certificate, Certificates, CoefficientList, Context, PublicKey, SignedMessage};

/// The trustees of an election.
pub(crate) struct Trustees<G: Group> {
    /// The list for the archive.
    pub(crate) text: String,
    /// The election key.
    pub(crate) key: G::Element,
    /// The exponents, with owner numbers, of those who come to decrypt: not one more than is needed.
    pub(crate) present: Vec<(usize, G::Scalar)>,
}

/// Three trustees without any of whom nothing can be decrypted.
pub(crate) fn all_needed<G: Group>(rng: &mut ChaCha20Rng) -> Trustees<G> {
    let secrets: Vec<_> = (0..3).map(|_| G::random_scalar(rng)).collect();
    let list: Vec<_> = secrets.iter().map(|secret| ("Single", public_key::<G>(*secret, rng))).collect();
    Trustees {
        text: json(&list),
        key: product::<G>(secrets.iter().map(G::generator_power)),
        present: (1..).zip(secrets).collect(),
    }
}

const SIZE: u64 = 3;
const THRESHOLD: u64 = 2;

/// Three trustees of whom any two can decrypt; the first and the last come.
pub(crate) fn two_of_three<G: Group>(rng: &mut ChaCha20Rng) -> Trustees<G> {
    let mut random = || -> Vec<_> { (0..SIZE).map(|_| G::random_scalar(rng)).collect() };
    let (signing, encryption, constant, slope) = (random(), random(), random(), random());
    let certs: Vec<_> = (1..)
        .zip(signing.iter().zip(&encryption))
        .map(|(index, (signing, encryption))| certificate::<G>(index, *signing, encryption, rng))
        .collect();
    let shares: Vec<_> = (1..=SIZE).map(|owner| share::<G>(owner, &constant, &slope)).collect();
    let (mut coefexps, mut signatures, mut verification_keys) = (Vec::new(), Vec::new(), Vec::new());
    for (index, secret) in signing.iter().enumerate() {
        let polynomial = [&constant[index], &slope[index]];
        let exponents: Vec<_> = polynomial.map(|a| G::encode(&G::generator_power(a))).to_vec();
        let list = CoefficientList { coefexps: exponents.clone() };
        coefexps.push(sign::<G>(*secret, json(&list), rng));
        let all = json(&Certificates { certs: certs.clone(), coefexps: exponents });
        signatures.push(sign::<G>(*secret, format!("certs_sig|{all}"), rng).signature);
        let mut key = public_key::<G>(shares[index], rng);
        key.name = None;
        key.signature = Some(sign::<G>(*secret, key.element.clone(), rng).signature);
        verification_keys.push(key);
    }
    let block = Block { threshold: THRESHOLD, certs, coefexps, signatures, verification_keys };
    Trustees {
        text: json(&[("Pedersen", block)]),
        key: product::<G>(constant.iter().map(G::generator_power)),
        present: vec![(1, shares[0]), (3, shares[2])],
    }
}

fn certificate<G: Group>(
    index: u64,
    signing: G::Scalar,
    encryption: &G::Scalar,
    rng: &mut ChaCha20Rng,
) -> SignedMessage {
    let certificate = Certificate {
        context: Context { group: G::NAME, size: SIZE, threshold: THRESHOLD, index },
        verification: G::encode(&G::generator_power(&signing)),
        encryption: G::encode(&G::generator_power(encryption)),
    };
    sign::<G>(signing, json(&certificate), rng)
}

/// The sum of all polynomials at the place of this trustee.
fn share<G: Group>(owner: u64, constant: &[G::Scalar], slope: &[G::Scalar]) -> G::Scalar {
    let values = constant.iter().zip(slope).map(|(constant, slope)| *constant + *slope * G::scalar(owner));
    values.fold(G::scalar(0), |sum, value| sum + value)
}

fn public_key<G: Group>(secret: G::Scalar, rng: &mut ChaCha20Rng) -> PublicKey {
    let element = G::encode(&G::generator_power(&secret));
    let pok = prove::knowledge::<G>(&format!("pok|{}|{element}|", G::NAME), secret, rng);
    PublicKey { pok, element, signature: None, name: Some("监票人".to_owned()) }
}

fn sign<G: Group>(secret: G::Scalar, message: String, rng: &mut ChaCha20Rng) -> SignedMessage {
    let signature = prove::knowledge::<G>(&format!("sigmsg|{message}|"), secret, rng);
    SignedMessage { message, signature }
}

fn product<G: Group>(elements: impl Iterator<Item = G::Element>) -> G::Element {
    elements.fold(G::identity(), |product, element| G::multiply(&product, &element))
}
