//! An honest election with all its secrets: trustees, three questions of four answers, five ballots.
//!
//! Only the ballots come from the crate; tally and decryption are made anew here, so that they can be made wrong.

use belenios::ballot::BallotBox;
use belenios::credential::{Credential, PrivateCredential};
use belenios::election::{Election, Parameters, Question};
use belenios::group::Group;
use belenios::text::Uuid;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use sha2::{Digest, Sha256};

use super::archive::{self, Event, json};
use super::prove::{self, Pair};
use super::trustees::Trustees;
use super::wire;

const VOTES: [[usize; 3]; 5] = [[0, 0, 3], [1, 2, 0], [2, 1, 1], [0, 3, 0], [0, 0, 0]];
/// On the list of credentials, but without a ballot in the honest archive.
pub(crate) const ABSTAINER: usize = VOTES.len();

pub(crate) struct Hall<G: Group> {
    pub(crate) ballot_box: BallotBox<G>,
    pub(crate) voters: Vec<Voter<G>>,
    /// The honest ballots.
    pub(crate) ballots: Vec<Cast<G>>,
    trustees: Trustees<G>,
}

pub(crate) struct Voter<G: Group> {
    credential: PrivateCredential<G>,
    pub(crate) secret: G::Scalar,
    pub(crate) public: String,
}

/// A ballot with what it adds to the tally.
#[derive(Clone)]
pub(crate) struct Cast<G: Group> {
    pub(crate) text: String,
    pub(crate) choices: Vec<Vec<Pair<G>>>,
    pub(crate) votes: Vec<Vec<i64>>,
}

/// Everything after the end of voting.
pub(crate) struct Count<G: Group> {
    pub(crate) voters: u64,
    pub(crate) tally: Vec<Vec<Pair<G>>>,
    /// With owner numbers from 1.
    pub(crate) shares: Vec<(usize, wire::PartialDecryption)>,
    pub(crate) result: Vec<Vec<i64>>,
}

impl<G: Group> Hall<G> {
    pub(crate) fn open(trustees: fn(&mut ChaCha20Rng) -> Trustees<G>) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let trustees = trustees(&mut rng);
        let answers = ["满意", "较满意", "一般", "不满意"].map(str::to_owned).to_vec();
        let questions = (1..=3).map(|n| Question::single_choice(format!("第{n}项"), answers.clone()));
        let (uuid, name) = (Uuid::random(&mut rng), "评议".to_owned());
        let parameters =
            Parameters::new(uuid.clone(), name, String::new(), trustees.key, questions.collect());
        let voters = (0..=ABSTAINER).map(|_| Voter::generate(&uuid, &mut rng)).collect();
        let ballot_box = BallotBox::new(Election::new(parameters).unwrap());
        let mut hall = Self { ballot_box, voters, ballots: Vec::new(), trustees };
        for (voter, choices) in hall.voters.iter().zip(VOTES) {
            hall.ballots.push(hall.vote(voter, choices, &mut rng));
        }
        hall
    }

    /// A voter whose credential is not on the list.
    pub(crate) fn stranger(&self, rng: &mut ChaCha20Rng) -> Voter<G> {
        Voter::generate(&self.ballot_box.election().parameters().uuid, rng)
    }

    pub(crate) fn vote(&self, voter: &Voter<G>, choices: [usize; 3], rng: &mut ChaCha20Rng) -> Cast<G> {
        let ballot = self.ballot_box.encrypt(&voter.credential, &choices, rng).unwrap();
        let pairs = |choices: &[belenios::ballot::Ciphertext<G>]| {
            choices.iter().map(|choice| [choice.alpha, choice.beta]).collect()
        };
        Cast {
            text: ballot.to_json(),
            choices: ballot.answers().iter().map(|answer| pairs(&answer.choices)).collect(),
            votes: choices.map(|choice| (0..4).map(|answer| i64::from(answer == choice)).collect()).to_vec(),
        }
    }

    /// The public credentials, as they are listed.
    pub(crate) fn credentials(&self) -> Vec<&str> {
        self.voters.iter().map(|voter| voter.public.as_str()).collect()
    }

    pub(crate) fn setup(&self, credentials: &[&str]) -> Event {
        archive::setup(self.ballot_box.election().text(), &self.trustees.text, &json(&credentials))
    }

    /// The events of an election with these ballots and this count.
    pub(crate) fn log(&self, ballots: &[Cast<G>], count: &Count<G>) -> Vec<Event> {
        let mut events = vec![self.setup(&self.credentials())];
        events.extend(ballots.iter().map(|ballot| archive::ballot(&ballot.text)));
        events.push(archive::end_ballots());
        events.extend(count.events());
        events
    }

    /// The honest archive's events.
    pub(crate) fn honest(&self) -> Vec<Event> {
        self.log(&self.ballots, &self.count(&self.ballots))
    }

    /// Tally, decryption and result of these ballots.
    pub(crate) fn count(&self, ballots: &[Cast<G>]) -> Count<G> {
        let mut tally = vec![vec![[G::identity(); 2]; 4]; 3];
        let mut result = vec![vec![0; 4]; 3];
        for ballot in ballots {
            for (question, (choices, votes)) in ballot.choices.iter().zip(&ballot.votes).enumerate() {
                for (answer, (choice, vote)) in choices.iter().zip(votes).enumerate() {
                    let [alpha, beta] = &mut tally[question][answer];
                    *alpha = G::multiply(alpha, &choice[0]);
                    *beta = G::multiply(beta, &choice[1]);
                    result[question][answer] += vote;
                }
            }
        }
        let shares = self.decrypt(&tally);
        Count { voters: ballots.len() as u64, tally, shares, result }
    }

    /// The shares of the trustees who are present.
    pub(crate) fn decrypt(&self, tally: &[Vec<Pair<G>>]) -> Vec<(usize, wire::PartialDecryption)> {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let fingerprint = self.ballot_box.election().fingerprint();
        let shares = self.trustees.present.iter().map(|(owner, secret)| {
            let prefix = format!("decrypt|{fingerprint}|{}|", G::encode(&G::generator_power(secret)));
            let share = wire::PartialDecryption {
                decryption_factors: each(tally, |[alpha, _]| G::encode(&G::power(alpha, secret))),
                decryption_proofs: each(tally, |[alpha, _]| {
                    prove::decryption::<G>(&prefix, *secret, alpha, &mut rng)
                }),
            };
            (*owner, share)
        });
        shares.collect()
    }
}

impl<G: Group> Count<G> {
    pub(crate) fn events(&self) -> Vec<Event> {
        let tally = each(&self.tally, |[alpha, beta]| wire::Ciphertext {
            alpha: G::encode(alpha),
            beta: G::encode(beta),
        });
        let mut events = vec![archive::encrypted_tally(&json(&tally), self.voters)];
        let shares = self.shares.iter();
        events.extend(shares.map(|(owner, share)| archive::partial_decryption(*owner, &json(share))));
        events.push(archive::result(&self.result));
        events
    }
}

impl<G: Group> Voter<G> {
    fn generate(uuid: &Uuid, rng: &mut ChaCha20Rng) -> Self {
        let credential = Credential::generate(rng);
        let secret = secret_exponent::<G>(uuid.as_str(), &credential.text());
        let public = G::encode(&G::generator_power(&secret));
        Self { credential: credential.derive(uuid), secret, public }
    }
}

/// The exponent s of a credential (protocol note §3.1).
fn secret_exponent<G: Group>(uuid: &str, credential: &str) -> G::Scalar {
    let half = |index: u8| Sha256::digest(format!("derive_credential|{uuid}|{index}|{credential}"));
    G::reduce(&[half(0), half(1)].concat())
}

fn each<T, U>(table: &[Vec<T>], mut of: impl FnMut(&T) -> U) -> Vec<Vec<U>> {
    table.iter().map(|row| row.iter().map(&mut of).collect()).collect()
}
