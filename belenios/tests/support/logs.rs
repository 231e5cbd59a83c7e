//! Whole archives with one fault each: in who votes, in the count, in the order of events, or in the file.

use belenios::group::Group;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use super::archive::{self, Event, Member};
use super::election::{ABSTAINER, Cast, Hall};
use super::{forge, prove};

/// The place of `EndBallots` among the honest events.
const END_BALLOTS: usize = 6;

pub(crate) fn duplicate_credential<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut credentials = hall.credentials();
    credentials.push(&hall.voters[0].public);
    let mut events = hall.honest();
    events[0] = hall.setup(&credentials);
    events
}

pub(crate) fn revote_last_counts<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let ballots = with_revote(hall);
    hall.log(&ballots, &hall.count(&ballots[1..]))
}

pub(crate) fn revote_both_counted<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let ballots = with_revote(hall);
    hall.log(&ballots, &hall.count(&ballots))
}

pub(crate) fn replayed_ballot<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut ballots = hall.ballots.clone();
    ballots.push(hall.ballots[0].clone());
    hall.log(&ballots, &hall.count(&hall.ballots))
}

pub(crate) fn dropped_ballot<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    hall.log(&without_second(hall), &hall.count(&hall.ballots))
}

pub(crate) fn dropped_ballot_retallied<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let ballots = without_second(hall);
    hall.log(&ballots, &hall.count(&ballots))
}

pub(crate) fn unknown_credential<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut rng = rng();
    let stranger = hall.stranger(&mut rng);
    let mut ballots = hall.ballots.clone();
    ballots.push(hall.vote(&stranger, [3, 3, 3], &mut rng));
    hall.log(&ballots, &hall.count(&ballots))
}

pub(crate) fn tampered_result<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut count = hall.count(&hall.ballots);
    count.result[0][0] -= 1;
    count.result[0][1] += 1;
    hall.log(&hall.ballots, &count)
}

pub(crate) fn swapped_decryptions<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut count = hall.count(&hall.ballots);
    (count.shares[0].0, count.shares[1].0) = (count.shares[1].0, count.shares[0].0);
    hall.log(&hall.ballots, &count)
}

pub(crate) fn missing_decryption<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut count = hall.count(&hall.ballots);
    count.shares.pop();
    hall.log(&hall.ballots, &count)
}

pub(crate) fn bad_decryption_proof<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut count = hall.count(&hall.ballots);
    prove::flip::<G>(&mut count.shares[0].1.decryption_proofs[0][0]);
    hall.log(&hall.ballots, &count)
}

pub(crate) fn altered_tally<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut count = hall.count(&hall.ballots);
    let beta = &mut count.tally[0][0][1];
    *beta = G::multiply(beta, &G::generator());
    hall.log(&hall.ballots, &count)
}

/// The trustees decrypt, with true proofs, a tally that nobody's ballots add up to.
pub(crate) fn forged_tally<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut rng = rng();
    let invented = [[0; 3]; 5].map(|choices| hall.vote(&hall.voters[0], choices, &mut rng));
    hall.log(&hall.ballots, &hall.count(&invented))
}

pub(crate) fn wrong_number_of_voters<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut count = hall.count(&hall.ballots);
    count.voters = 99;
    hall.log(&hall.ballots, &count)
}

pub(crate) fn no_end_of_ballots<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut events = hall.honest();
    events.remove(END_BALLOTS);
    events
}

pub(crate) fn no_result<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut events = hall.honest();
    events.pop();
    events
}

/// Whoever collects ballots backwards from the last one stops at the first end of voting.
pub(crate) fn early_end_hides_ballots<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut events = hall.log(&hall.ballots, &hall.count(&hall.ballots[4..]));
    events.insert(END_BALLOTS - 1, archive::end_ballots());
    events
}

pub(crate) fn early_end<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let mut events = hall.honest();
    events.insert(END_BALLOTS - 1, archive::end_ballots());
    events
}

pub(crate) fn ballot_after_result<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let late = hall.vote(&hall.voters[ABSTAINER], [0; 3], &mut rng());
    let mut events = hall.honest();
    events.push(archive::ballot(&late.text));
    events
}

pub(crate) fn bad_signature_while_voting<G: Group>(hall: &Hall<G>) -> Vec<Event> {
    let ballots = [&forge::bad_signature(hall), &hall.ballots[1]];
    let mut events = vec![hall.setup(&hall.credentials())];
    events.extend(ballots.map(|ballot| archive::ballot(&ballot.text)));
    events
}

pub(crate) fn flipped_byte<G: Group>(hall: &Hall<G>) -> Vec<u8> {
    with_second_ballot(hall, |members, place| {
        let byte = members[place].body.iter_mut().rfind(|byte| byte.is_ascii_digit()).unwrap();
        *byte ^= 1;
    })
}

pub(crate) fn missing_event<G: Group>(hall: &Hall<G>) -> Vec<u8> {
    with_second_ballot(hall, |members, place| drop(members.remove(place + 1)))
}

pub(crate) fn missing_payload<G: Group>(hall: &Hall<G>) -> Vec<u8> {
    with_second_ballot(hall, |members, place| drop(members.remove(place)))
}

pub(crate) fn trailing_zeros<G: Group>(hall: &Hall<G>) -> Vec<u8> {
    let mut bytes = archive::bytes(&hall.honest());
    bytes.extend([0; 1024]);
    bytes
}

pub(crate) fn other_time<G: Group>(hall: &Hall<G>) -> Vec<u8> {
    let mut members = archive::members(&hall.honest());
    members[0].time += 1;
    archive::tar(&members)
}

/// The honest archive, altered at the place of the member that holds the second ballot.
fn with_second_ballot<G: Group>(hall: &Hall<G>, alter: impl FnOnce(&mut Vec<Member>, usize)) -> Vec<u8> {
    let mut members = archive::members(&hall.honest());
    let ballot = hall.ballots[1].text.as_bytes();
    let place = members.iter().position(|member| member.body == ballot).unwrap();
    alter(&mut members, place);
    archive::tar(&members)
}

fn without_second<G: Group>(hall: &Hall<G>) -> Vec<Cast<G>> {
    let mut ballots = hall.ballots.clone();
    ballots.remove(1);
    ballots
}

/// The honest ballots and then a second one of the first voter.
fn with_revote<G: Group>(hall: &Hall<G>) -> Vec<Cast<G>> {
    let mut ballots = hall.ballots.clone();
    ballots.push(hall.vote(&hall.voters[0], [3, 3, 2], &mut rng()));
    ballots
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(5)
}
