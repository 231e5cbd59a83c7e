//! The trustees' key ceremony, simulated by calling the services that their API calls.

use belenios::group::Ed25519;
use belenios::trustee::single::SecretKey;
use belenios::trustee::threshold::{Certificates, Contributions, Identity, Quorum};
use serde::Serialize;

use super::rng;
use crate::service::poll::keys::{Message, assignment, progress, receive};
use crate::service::{Context, ServiceError};
use crate::store::terminals::Terminal;

type G = Ed25519;

/// The trustees of a ceremony, each with a terminal and an identity.
#[derive(Debug)]
pub struct Ceremony<'a> {
    context: &'a Context,
    trustees: Vec<(&'a Terminal, Identity<G>)>,
    quorum: Quorum,
}

impl<'a> Ceremony<'a> {
    /// The trustees at these terminals.
    pub async fn begin(context: &'a Context, terminals: impl IntoIterator<Item = &'a Terminal>) -> Self {
        let mut rng = rng();
        let (mut trustees, mut quorum) = (Vec::new(), Quorum::new(1, 1).unwrap());
        for terminal in terminals {
            let assignment = assignment(context, terminal).await.unwrap();
            let number = |number: u32| usize::try_from(number).unwrap();
            quorum = Quorum::new(number(assignment.needed), number(assignment.trustees)).unwrap();
            let identity = Identity::generate(quorum, number(assignment.position), &mut rng).unwrap();
            trustees.push((terminal, identity));
        }
        Self { context, trustees, quorum }
    }

    /// Sends a message of a trustee, by place from 0.
    pub async fn send(
        &self,
        place: usize,
        message: Message,
        body: &impl Serialize,
    ) -> Result<(), ServiceError> {
        let (terminal, _) = &self.trustees[place];
        receive(self.context, terminal, message, &serde_json::to_string(body).unwrap()).await
    }

    /// The identity of a trustee, by place from 0.
    #[must_use]
    pub fn identity(&self, place: usize) -> &Identity<G> {
        &self.trustees[place].1
    }

    /// All send their certificates, twice as after a lost answer.
    pub async fn certify(&self) -> Certificates<G> {
        for (place, (_, identity)) in self.trustees.iter().enumerate() {
            let certificate = identity.certificate(&mut rng());
            for _ in 0..2 {
                self.send(place, Message::Certificate, &certificate).await.unwrap();
            }
        }
        let all = progress(self.context, self.trustees[0].0).await.unwrap().certificates.unwrap();
        Certificates::check(self.quorum, read(&all)).unwrap()
    }

    /// All send their contributions, twice.
    pub async fn contribute(&self, certificates: &Certificates<G>) -> Contributions<G> {
        let mut rng = self.context.rng();
        for (place, (_, identity)) in self.trustees.iter().enumerate() {
            let contribution = identity.contribute(certificates, &mut rng).unwrap();
            for _ in 0..2 {
                self.send(place, Message::Contribution, &contribution).await.unwrap();
            }
        }
        let all = progress(self.context, self.trustees[0].0).await.unwrap().contributions.unwrap();
        Contributions::check(certificates, read(&all)).unwrap()
    }

    /// All rounds; answers the keys in the order of the trustees.
    pub async fn hold(&self) -> Vec<SecretKey<G>> {
        let certificates = self.certify().await;
        let contributions = self.contribute(&certificates).await;
        let mut keys = Vec::new();
        for (place, (_, identity)) in self.trustees.iter().enumerate() {
            for _ in 0..2 {
                let finished = identity.finish(&certificates, &contributions, None, &mut rng());
                let (key, public) = finished.unwrap();
                self.send(place, Message::PublicKey, &public).await.unwrap();
                keys.truncate(place);
                keys.push(key);
            }
        }
        keys
    }
}

fn read<T: serde::de::DeserializeOwned>(texts: &[String]) -> Vec<T> {
    texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}
