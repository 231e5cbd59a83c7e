//! The terminals of the hall, simulated by calling the services that their API calls.

use belenios::ballot::BallotBox;
use belenios::credential::Credential;
use belenios::election::Election;
use belenios::group::{Ed25519, Group as _};
use belenios::tally::EncryptedTally;
use belenios::text::Uuid;
use belenios::trustee::single::SecretKey;
use evaluation::wire::{TrusteePartialDecryption, pad_ballot};

use super::harness::Console;
use crate::domain::Role;
use crate::service::poll::ballot::{Delivery, receive};
use crate::service::poll::{cards, find_current, keys, tally};
use crate::service::{overview, terminal};
use crate::store::polls::{PollTexts, load_texts};
use crate::store::terminals::Terminal;
use crate::testing::rng;

/// Trustees and a card officer with their terminals.
pub(super) struct Hall {
    trustees: Vec<(Terminal, SecretKey<Ed25519>)>,
    card_officer: Terminal,
    credentials: Vec<Credential>,
}

impl Hall {
    /// Enrols all terminals through the console.
    pub(super) async fn enrol(console: &Console) -> Self {
        let mut rng = console.context.rng();
        let mut trustees = Vec::new();
        for position in 1..=3 {
            let terminal = enrol(console, "trustee", &position.to_string()).await;
            trustees.push((terminal, SecretKey::generate(&mut rng)));
        }
        Self { trustees, card_officer: enrol(console, "card_officer", "").await, credentials: Vec::new() }
    }

    pub(super) async fn send_keys(&self, console: &Console) {
        for (terminal, key) in &self.trustees {
            let public = key.to_public(Some("监票人".to_owned()), &mut rng());
            keys::receive(&console.context, terminal, &serde_json::to_string(&public).unwrap())
                .await
                .unwrap();
        }
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
        let (uuid, texts) = poll(console).await;
        let election = Election::<Ed25519>::parse(&texts.election.unwrap()).unwrap();
        let choices = vec![0; election.parameters().questions.len()];
        let ballot_box = BallotBox::new(election);
        for credential in self.credentials.iter().take(count) {
            let ballot = ballot_box.encrypt(&credential.derive(&uuid), &choices, &mut rng()).unwrap();
            let padded = pad_ballot(ballot.to_json().as_bytes(), ballot_box.maximal_ballot_size()).unwrap();
            let delivery = receive(&console.context, padded).await.unwrap();
            assert!(matches!(delivery, Delivery::Stored(_)));
        }
    }

    pub(super) async fn decrypt(&self, console: &Console) {
        let (_, texts) = poll(console).await;
        let election = Election::<Ed25519>::parse(&texts.election.unwrap()).unwrap();
        let sums: EncryptedTally<Ed25519> = serde_json::from_str(&texts.encrypted_tally.unwrap()).unwrap();
        let statement = texts.closing_statement.unwrap();
        for (terminal, key) in &self.trustees {
            let share = TrusteePartialDecryption {
                partial_decryption: sums.decrypt(&election, key, &mut rng()).to_json(),
                closing_signature: serde_json::to_string(&key.sign(&statement, &mut rng())).unwrap(),
            };
            tally::receive(&console.context, terminal, share.clone()).await.unwrap();
            if poll(console).await.1.result.is_none() {
                // Sent again, as after a lost answer.
                tally::receive(&console.context, terminal, share).await.unwrap();
            }
        }
    }
}

async fn enrol(console: &Console, role: &str, position: &str) -> Terminal {
    let fields = [("role", role), ("name", role), ("trustee_position", position)];
    let answer =
        console.together([Role::Administrator, Role::Supervisor], "/console/terminals", &fields).await;
    let token = answer.page.split("class=\"token\">").nth(1).unwrap().split('<').next().unwrap();
    terminal::find(&console.context, &token.parse().unwrap()).await.unwrap().unwrap()
}

async fn poll(console: &Console) -> (Uuid, PollTexts) {
    let edition = overview::find_edition(&console.context, 2020).await.unwrap();
    let mut tx = console.context.db.read().await.unwrap();
    let poll = find_current(&mut tx, &console.context, &edition.id).await.unwrap().unwrap();
    let texts = load_texts(&mut tx, &console.context.county, &poll.id).await.unwrap();
    (poll.id.as_str().parse().unwrap(), texts)
}
