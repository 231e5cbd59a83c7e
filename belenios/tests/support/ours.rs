//! An election by our own code, with credentials that belenios-tool can use.

use belenios::archive::Writer;
use belenios::ballot::{Ballot, BallotBox};
use belenios::credential::PrivateCredential;
use belenios::election::{Election, Parameters, Question};
use belenios::group::Group;
use belenios::tally::{ElectionResult, EncryptedTally, PartialDecryption};
use belenios::text::Uuid;
use belenios::trustee::Trustees;
use belenios::trustee::single::SecretKey;
use belenios::trustee::threshold::{Block, Certificates, Contributions, Identity, Quorum};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use crate::credential_2_0;

/// What voters 1 to 3 choose.
pub(crate) const VOTES: [[usize; 2]; 3] = [[0, 3], [2, 3], [0, 1]];

pub(crate) fn expected() -> ElectionResult {
    ElectionResult { result: vec![vec![2, 0, 1, 0], vec![0, 1, 0, 2]] }
}

pub(crate) struct Ours<G: Group> {
    pub(crate) rng: ChaCha20Rng,
    pub(crate) trustees: Trustees<G>,
    pub(crate) ballot_box: BallotBox<G>,
    /// In the tool's text form.
    pub(crate) credentials: Vec<String>,
}

impl<G: Group> Ours<G> {
    /// Opens an election of these trustees.
    pub(crate) fn open(trustees: Trustees<G>, mut rng: ChaCha20Rng) -> Self {
        let uuid = Uuid::random(&mut rng);
        let answers = ["满意", "较满意", "一般", "不满意"].map(str::to_owned).to_vec();
        let question = |title: &str| Question::single_choice(title.to_owned(), answers.clone());
        let questions = ["第\"1\"项", "第2项😀"].map(question).to_vec();
        let key = trustees.election_key();
        let parameters = Parameters::new(uuid, "评议".to_owned(), "a\tb\n/\\".to_owned(), key, questions);
        let ballot_box = BallotBox::new(Election::new(parameters).unwrap());
        let credentials = VOTES.iter().map(|_| credential_2_0::generate(&mut rng)).collect();
        Self { rng, trustees, ballot_box, credentials }
    }

    /// Three trustees who are all needed, and their election; the keys with their owner numbers.
    pub(crate) fn with_three_keys(seed: u64) -> (Self, Vec<(usize, SecretKey<G>)>) {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let keys: Vec<_> = (0..3).map(|_| SecretKey::<G>::generate(&mut rng)).collect();
        let name = || Some("监票人".to_owned());
        let public: Vec<_> = keys.iter().map(|key| key.to_public(name(), &mut rng)).collect();
        (Self::open(Trustees::all_needed(public), rng), (1..).zip(keys).collect())
    }

    /// Three trustees of whom two suffice, after their ceremony, and their election.
    pub(crate) fn with_two_of_three(seed: u64) -> (Self, Vec<(usize, SecretKey<G>)>) {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let quorum = Quorum::new(2, 3).unwrap();
        let people: Vec<_> =
            quorum.indexes().map(|index| Identity::<G>::generate(quorum, index, &mut rng).unwrap()).collect();
        let certificates = people.iter().map(|one| one.certificate(&mut rng)).collect();
        let certificates = Certificates::check(quorum, certificates).unwrap();
        let contributions = people.iter().map(|one| one.contribute(&certificates, &mut rng).unwrap());
        let contributions = Contributions::check(&certificates, contributions.collect()).unwrap();
        let (mut keys, mut public) = (Vec::new(), Vec::new());
        for one in &people {
            let name = Some("监票人".to_owned());
            let (key, public_key) = one.finish(&certificates, &contributions, name, &mut rng).unwrap();
            keys.push((one.index(), key));
            public.push(public_key);
        }
        let block = Block::assemble(&certificates, &contributions, public).unwrap();
        (Self::open(Trustees::threshold(block), rng), keys)
    }

    pub(crate) fn election(&self) -> &Election<G> {
        self.ballot_box.election()
    }

    pub(crate) fn voters(&self) -> Vec<PrivateCredential<G>> {
        let uuid = &self.election().parameters().uuid;
        self.credentials.iter().map(|credential| credential_2_0::derive(credential, uuid)).collect()
    }

    pub(crate) fn public_credentials(&self) -> String {
        let public: Vec<_> = self.voters().iter().map(|voter| G::encode(voter.public())).collect();
        serde_json::to_string(&public).unwrap()
    }

    /// The ballots of all voters.
    pub(crate) fn ballots(&mut self) -> Vec<Ballot<G>> {
        let votes = self.voters().into_iter().zip(VOTES);
        votes.map(|(voter, vote)| self.ballot_box.encrypt(&voter, &vote, &mut self.rng).unwrap()).collect()
    }

    pub(crate) fn tally(&self, ballots: &[Ballot<G>]) -> EncryptedTally<G> {
        let mut tally = EncryptedTally::empty(self.election());
        for ballot in ballots {
            tally.add(ballot, 1);
        }
        tally
    }

    /// The archive up to the encrypted tally.
    pub(crate) fn archive_to_tally(&self, ballots: &[Ballot<G>]) -> Writer<Vec<u8>> {
        let mut writer = Writer::new(Vec::new(), 1_795_456_978).unwrap();
        let (election, credentials) = (self.election().text(), self.public_credentials());
        writer.setup(election, &self.trustees.to_json(), &credentials).unwrap();
        for ballot in ballots {
            writer.ballot(ballot.to_json().as_bytes()).unwrap();
        }
        writer.end_ballots().unwrap();
        let voters = ballots.len() as u64;
        writer.encrypted_tally(&self.tally(ballots).to_json(), voters, voters).unwrap();
        writer
    }

    /// The finished archive, decrypted by the trustees with these numbers.
    pub(crate) fn archive(&self, ballots: &[Ballot<G>], shares: &[(usize, PartialDecryption<G>)]) -> Vec<u8> {
        let mut writer = self.archive_to_tally(ballots);
        for (owner, share) in shares {
            writer.partial_decryption(*owner, &share.to_json()).unwrap();
        }
        let voters = ballots.len() as u64;
        let result = self.tally(ballots).combine(&self.trustees, shares, voters).unwrap();
        writer.result(&result.to_json()).unwrap();
        writer.finish().unwrap()
    }

    /// The shares of these trustees.
    pub(crate) fn shares(
        &mut self,
        ballots: &[Ballot<G>],
        keys: &[(usize, SecretKey<G>)],
    ) -> Vec<(usize, PartialDecryption<G>)> {
        let tally = self.tally(ballots);
        let Self { ballot_box, rng, .. } = self;
        keys.iter().map(|(owner, key)| (*owner, tally.decrypt(ballot_box.election(), key, rng))).collect()
    }
}
