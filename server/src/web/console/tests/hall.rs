//! The terminals of the hall, simulated by calling the services that their API calls.

use belenios::ballot::BallotBox;
use belenios::credential::Credential;
use belenios::election::Election;
use belenios::group::{Ed25519, Group as _};
use belenios::tally::EncryptedTally;
use belenios::text::Uuid;
use belenios::trustee::single::SecretKey;
use evaluation::wire::{self, TrusteePartialDecryption, pad_ballot, problem};

use super::harness::Console;
use crate::domain::Role;
use crate::service::poll::ballot::{Delivery, receive};
use crate::service::poll::{cards, find_working, tally};
use crate::service::{ServiceError, overview, terminal};
use crate::store::polls::{PollTexts, load_texts};
use crate::store::terminals::Terminal;
use crate::testing::ceremony::Ceremony;
use crate::testing::{request_enrolment, rng};

/// Trustees and a card officer with their terminals.
pub(super) struct Hall {
    trustees: Vec<Terminal>,
    keys: Vec<SecretKey<Ed25519>>,
    card_officer: Terminal,
    credentials: Vec<Credential>,
}

impl Hall {
    /// Enrols all terminals through the console.
    pub(super) async fn enrol(console: &Console) -> Self {
        let mut trustees = Vec::new();
        for position in 1..=3 {
            trustees.push(enrol(console, wire::TerminalRole::Trustee, &position.to_string()).await);
        }
        let card_officer = enrol(console, wire::TerminalRole::CardOfficer, "").await;
        Self { trustees, keys: Vec::new(), card_officer, credentials: Vec::new() }
    }

    pub(super) async fn send_keys(&mut self, console: &Console) {
        self.keys = Ceremony::begin(&console.context, &self.trustees).await.hold().await;
    }

    pub(super) async fn make_cards(&mut self, console: &Console) {
        let order = cards::order(&console.context).await.unwrap();
        let mut rng = console.context.rng();
        self.credentials = (0..order.cards).map(|_| Credential::generate(&mut rng)).collect();
        let public =
            |credential: &Credential| Ed25519::encode(credential.derive::<Ed25519>(&order.poll).public());
        let public: Vec<_> = self.credentials.iter().map(public).collect();
        // Sent twice, as after a lost answer.
        for _ in 0..2 {
            Box::pin(cards::receive(&console.context, &self.card_officer, public.clone())).await.unwrap();
        }
    }

    /// The first `count` cards vote, all of them 满意 for every office.
    pub(super) async fn vote(&self, console: &Console, count: usize) {
        let (_, texts) = poll(console).await;
        let election = Election::<Ed25519>::parse(&texts.election.unwrap()).unwrap();
        let choices = vec![0; election.parameters().questions.len()];
        Box::pin(self.cast(console, &vec![choices; count])).await;
    }

    /// A card for each of these ballots.
    pub(super) async fn cast(&self, console: &Console, ballots: &[Vec<usize>]) {
        let (uuid, texts) = poll(console).await;
        let ballot_box = BallotBox::new(Election::<Ed25519>::parse(&texts.election.unwrap()).unwrap());
        assert!(ballots.len() <= self.credentials.len());
        for (credential, choices) in self.credentials.iter().zip(ballots) {
            let ballot = ballot_box.encrypt(&credential.derive(&uuid), choices, &mut rng()).unwrap();
            let padded = pad_ballot(ballot.to_json().as_bytes(), ballot_box.maximal_ballot_size()).unwrap();
            let delivery = receive(&console.context, padded, None).await.unwrap();
            assert!(matches!(delivery, Delivery::Stored(_)));
        }
    }

    /// The second and the third trustee decrypt. The first one comes when the result is there.
    pub(super) async fn decrypt(&self, console: &Console) {
        let (_, texts) = poll(console).await;
        let election = Election::<Ed25519>::parse(&texts.election.unwrap()).unwrap();
        let sums: EncryptedTally<Ed25519> = serde_json::from_str(&texts.encrypted_tally.unwrap()).unwrap();
        let statement = texts.closing_statement.unwrap();
        let share = |key: &SecretKey<Ed25519>| TrusteePartialDecryption {
            partial_decryption: sums.decrypt(&election, key, &mut rng()).to_json(),
            closing_signature: serde_json::to_string(&key.sign(&statement, &mut rng())).unwrap(),
        };
        for (terminal, key) in self.trustees.iter().zip(&self.keys).skip(1) {
            // Sent twice, as after a lost answer.
            for _ in 0..2 {
                tally::receive(&console.context, terminal, share(key)).await.unwrap();
            }
        }
        let late = tally::receive(&console.context, &self.trustees[0], share(&self.keys[0])).await;
        let Err(ServiceError::Input { code, zh, .. }) = late else { panic!("{late:?}") };
        assert_eq!(code, problem::SHARE_NOT_NEEDED);
        assert!(zh.starts_with("结果已经算出，不再需要"), "{zh}");
    }
}

async fn enrol(console: &Console, role: wire::TerminalRole, position: &str) -> Terminal {
    let label = format!("{}{position}", role.as_str());
    let request = request_enrolment(&console.context, role, &label).await;
    let fields = [("name", label.as_str()), ("trustee_position", position)];
    let path = format!("/console/terminals/requests/{}", request.id);
    console.together([Role::Administrator, Role::Supervisor], &path, &fields).await.expect_done();
    let all = terminal::list(&console.context).await.unwrap();
    all.into_iter().find(|terminal| terminal.public_key == request.asked.public_key).unwrap()
}

async fn poll(console: &Console) -> (Uuid, PollTexts) {
    let edition = overview::find_edition(&console.context, 2020).await.unwrap();
    let mut tx = console.context.db.read().await.unwrap();
    let poll = find_working(&mut tx, &console.context, &edition.id).await.unwrap().unwrap();
    let texts = load_texts(&mut tx, &console.context.county, &poll.id).await.unwrap();
    (poll.id.as_str().parse().unwrap(), texts)
}
