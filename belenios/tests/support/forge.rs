//! Ballots of the first voter with one fault each. All but the ones whose signature is the fault are signed anew, so
//! that nothing else is wrong with them.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use belenios::group::Group;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use sha2::{Digest, Sha256};

use super::archive::json;
use super::election::{Cast, Hall};
use super::prove::{self, Claim, Pair};
use super::wire::{Answer, Ballot, Ciphertext, Signature};

/// The honest ballot with something in it altered.
fn altered<G: Group>(hall: &Hall<G>, alter: impl FnOnce(&mut Ballot)) -> Cast<G> {
    let mut cast = hall.ballots[0].clone();
    let mut ballot: Ballot = serde_json::from_str(&cast.text).unwrap();
    alter(&mut ballot);
    cast.text = json(&ballot);
    cast
}

/// Signs the ballot as it is with the first voter's credential (protocol note §3.5).
fn sign<G: Group>(hall: &Hall<G>, ballot: &mut Ballot) {
    ballot.signature = None;
    let hash = STANDARD_NO_PAD.encode(Sha256::digest(json(ballot)));
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let proof = prove::knowledge::<G>(&format!("sig|{hash}|"), hall.voters[0].secret, &mut rng);
    ballot.signature = Some(Signature { hash, proof });
}

pub(crate) fn flipped_proof<G: Group>(hall: &Hall<G>) -> Cast<G> {
    altered(hall, |ballot| {
        prove::flip::<G>(&mut ballot.answers[0].individual_proofs[0][0]);
        sign(hall, ballot);
    })
}

pub(crate) fn flipped_proof_under_the_old_signature<G: Group>(hall: &Hall<G>) -> Cast<G> {
    altered(hall, |ballot| prove::flip::<G>(&mut ballot.answers[0].individual_proofs[0][0]))
}

pub(crate) fn bad_signature<G: Group>(hall: &Hall<G>) -> Cast<G> {
    altered(hall, |ballot| prove::flip::<G>(&mut ballot.signature.as_mut().unwrap().proof))
}

pub(crate) fn flipped_overall_proof<G: Group>(hall: &Hall<G>) -> Cast<G> {
    altered(hall, |ballot| {
        prove::flip::<G>(&mut ballot.answers[0].overall_proof[0]);
        sign(hall, ballot);
    })
}

/// A ballot without a fault, but with an answer encrypted and proved here: what the forger proves truly holds.
pub(crate) fn true_proofs<G: Group>(hall: &Hall<G>) -> Cast<G> {
    with_messages(hall, [1, 0, 0, 0])
}

/// Two answers to one question, each properly encrypted.
pub(crate) fn two_grades<G: Group>(hall: &Hall<G>) -> Cast<G> {
    with_messages(hall, [1, 1, 0, 0])
}

/// Three votes for one answer, paid for with negative ones, so that the sum is 1.
pub(crate) fn weight_three<G: Group>(hall: &Hall<G>) -> Cast<G> {
    with_messages(hall, [3, -1, -1, 0])
}

/// The same JSON with a space in it. The signature is over the canonical form and still holds.
pub(crate) fn noncanonical<G: Group>(hall: &Hall<G>) -> Cast<G> {
    let mut cast = hall.ballots[0].clone();
    cast.text = cast.text.replacen(',', ", ", 1);
    cast
}

/// An element under a second name that other programs read as well, signed over these very bytes.
pub(crate) fn noncanonical_element<G: Group>(hall: &Hall<G>) -> Cast<G> {
    altered(hall, |ballot| {
        let alpha = &mut ballot.answers[0].choices[0].alpha;
        // An element is written in hexadecimal of fixed length or in decimal.
        *alpha = if G::NAME == "Ed25519" { alpha.to_uppercase() } else { format!("0{alpha}") };
        sign(hall, ballot);
    })
}

/// The honest ballot with these numbers encrypted in the answer to the first question.
fn with_messages<G: Group>(hall: &Hall<G>, messages: [i64; 4]) -> Cast<G> {
    let (answer, choices) = answer(hall, messages);
    let mut cast = altered(hall, |ballot| {
        ballot.answers[0] = answer;
        sign(hall, ballot);
    });
    cast.choices[0] = choices;
    cast.votes[0] = messages.to_vec();
    cast
}

/// Encrypts the numbers and claims of each that it is 0 or 1, and of the sum that it is 1. Where that is false the
/// proof is a forgery.
fn answer<G: Group>(hall: &Hall<G>, messages: [i64; 4]) -> (Answer, Vec<Pair<G>>) {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let election = hall.ballot_box.election();
    let key = election.parameters().public_key;
    let individual = format!("{}|{}", election.fingerprint(), hall.voters[0].public);
    let (mut choices, mut individual_proofs) = (Vec::new(), Vec::new());
    let (mut sum, mut total) = ([G::identity(); 2], G::scalar(0));
    for message in messages {
        let r = G::random_scalar(&mut rng);
        let shift = G::generator_power(&scalar::<G>(message));
        let ciphertext = [G::generator_power(&r), G::multiply(&G::power(&key, &r), &shift)];
        let branch = usize::from(message > 0);
        let claim =
            Claim { statement: &individual, key, ciphertext, randomness: r, messages: &[0, 1], branch };
        individual_proofs.push(prove::disjunctive::<G>(&claim, &mut rng));
        choices.push(ciphertext);
        sum = [G::multiply(&sum[0], &ciphertext[0]), G::multiply(&sum[1], &ciphertext[1])];
        total = total + r;
    }
    let texts: Vec<_> = choices.iter().flatten().map(G::encode).collect();
    let statement = format!("{individual}|{}", texts.join(","));
    let claim =
        Claim { statement: &statement, key, ciphertext: sum, randomness: total, messages: &[1], branch: 0 };
    let overall_proof = prove::disjunctive::<G>(&claim, &mut rng);
    let wire =
        choices.iter().map(|[alpha, beta]| Ciphertext { alpha: G::encode(alpha), beta: G::encode(beta) });
    (Answer { choices: wire.collect(), individual_proofs, overall_proof }, choices)
}

fn scalar<G: Group>(number: i64) -> G::Scalar {
    let absolute = G::scalar(number.unsigned_abs());
    if number < 0 { -absolute } else { absolute }
}
