//! An honest election to try things on.

use belenios::archive::Writer;
use belenios::ballot::{Ballot, BallotBox};
use belenios::credential::{Credential, PrivateCredential};
use belenios::election::{Election, Parameters, Question};
use belenios::group::Group;
use belenios::tally::EncryptedTally;
use belenios::text::Uuid;
use belenios::trustee::Trustees;
use belenios::trustee::single::SecretKey;
use belenios::trustee::threshold::{Block, Certificates, Contributions, Identity, Quorum};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

/// An election in which everybody is honest, with all its secrets.
pub(crate) struct Hall<G: Group> {
    pub(crate) rng: ChaCha20Rng,
    pub(crate) trustees: Trustees<G>,
    pub(crate) keys: Vec<SecretKey<G>>,
    pub(crate) ballot_box: BallotBox<G>,
    pub(crate) credentials: Vec<PrivateCredential<G>>,
}

impl<G: Group> Hall<G> {
    /// With three trustees who are all needed.
    pub(crate) fn new(seed: u64, questions: usize, voters: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let keys: Vec<_> = (0..3).map(|_| SecretKey::<G>::generate(&mut rng)).collect();
        let public: Vec<_> =
            keys.iter().map(|key| key.to_public(Some("监票人".to_owned()), &mut rng)).collect();
        Self::with(rng, Trustees::all_needed(public), keys, questions, voters)
    }

    /// With so many threshold trustees, of whom `needed` decrypt.
    pub(crate) fn with_threshold(seed: u64, (needed, size): (usize, usize), voters: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let quorum = Quorum::new(needed, size).unwrap();
        let identities: Vec<Identity<G>> =
            quorum.indexes().map(|index| Identity::generate(quorum, index, &mut rng).unwrap()).collect();
        let certificates = identities.iter().map(|identity| identity.certificate(&mut rng)).collect();
        let certificates = Certificates::check(quorum, certificates).unwrap();
        let contributions =
            identities.iter().map(|identity| identity.contribute(&certificates, &mut rng).unwrap()).collect();
        let contributions = Contributions::check(&certificates, contributions).unwrap();
        let (mut keys, mut public) = (Vec::new(), Vec::new());
        for identity in &identities {
            let (key, public_key) = identity.finish(&certificates, &contributions, None, &mut rng).unwrap();
            keys.push(key);
            public.push(public_key);
        }
        let block = Block::assemble(&certificates, &contributions, public).unwrap();
        Self::with(rng, Trustees::threshold(block), keys, 1, voters)
    }

    fn with(
        mut rng: ChaCha20Rng,
        trustees: Trustees<G>,
        keys: Vec<SecretKey<G>>,
        questions: usize,
        voters: usize,
    ) -> Self {
        let uuid = Uuid::random(&mut rng);
        let answers = ["满意", "较满意", "一般", "不满意"].map(str::to_owned).to_vec();
        let questions =
            (1..=questions).map(|n| Question::single_choice(format!("第{n}项"), answers.clone())).collect();
        let parameters = Parameters::new(
            uuid.clone(),
            "评议".to_owned(),
            "测试 \"引号\"".to_owned(),
            trustees.election_key(),
            questions,
        );
        let credentials = (0..voters).map(|_| Credential::generate(&mut rng).derive(&uuid)).collect();
        let ballot_box = BallotBox::new(Election::new(parameters).unwrap());
        Self { rng, trustees, keys, ballot_box, credentials }
    }

    pub(crate) fn ballot(&mut self, voter: usize, choices: &[usize]) -> Ballot<G> {
        self.ballot_box
            .encrypt(&self.credentials.get(voter).unwrap().clone(), choices, &mut self.rng)
            .unwrap()
    }

    /// The archive of these ballots, tallied and decrypted by all trustees.
    pub(crate) fn archive(&mut self, ballots: &[Ballot<G>]) -> Vec<u8> {
        let owners: Vec<_> = (1..=self.keys.len()).collect();
        self.archive_decrypted_by(&owners, ballots)
    }

    /// The archive of these ballots, tallied, and decrypted by these trustees if they suffice.
    pub(crate) fn archive_decrypted_by(&mut self, owners: &[usize], ballots: &[Ballot<G>]) -> Vec<u8> {
        let election = self.ballot_box.election();
        let credentials: Vec<_> =
            self.credentials.iter().map(|credential| G::encode(credential.public())).collect();
        let mut writer = Writer::new(Vec::new(), 1_795_456_978).unwrap();
        let credentials = serde_json::to_string(&credentials).unwrap();
        writer.setup(election.text(), &self.trustees.to_json(), &credentials).unwrap();
        let mut tally = EncryptedTally::empty(election);
        for ballot in ballots {
            writer.ballot(ballot.to_json().as_bytes()).unwrap();
            tally.add(ballot, 1);
        }
        writer.end_ballots().unwrap();
        let voters = ballots.len() as u64;
        writer.encrypted_tally(&tally.to_json(), voters, voters).unwrap();
        let mut shares = Vec::new();
        for owner in owners {
            let key = self.keys.get(owner - 1).unwrap();
            let share = tally.decrypt(election, key, &mut self.rng);
            tally.check(election, key.public(), &share).unwrap();
            writer.partial_decryption(*owner, &share.to_json()).unwrap();
            shares.push((*owner, share));
        }
        if self.trustees.is_quorum(owners) {
            let result = tally.combine(&self.trustees, &shares, voters).unwrap();
            writer.result(&result.to_json()).unwrap();
        }
        writer.finish().unwrap()
    }
}
