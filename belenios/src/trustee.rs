//! Trustees (监票人): who holds the election key, and the list of them in the archive (protocol note §4, §5).

use serde::{Deserialize, Serialize, Serializer, ser::SerializeSeq};

use crate::group::{Group, product};
use crate::json;
use crate::proof::Proof;
use crate::proof::knowledge;

pub mod single;

/// A trustee's public key with the proof of knowing the private one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct TrusteePublicKey<G: Group> {
    /// Proof of knowledge of the private key.
    pub pok: Proof<G>,
    /// X = g^x.
    pub public_key: G::Element,
    /// The trustee's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl<G: Group> TrusteePublicKey<G> {
    /// Checks the proof of knowledge: H("pok|" group "|" str(X) "|", [g^z·X^c]) (protocol note §4).
    #[must_use]
    pub fn is_proved(&self) -> bool {
        let public = G::encode(&self.public_key);
        knowledge::verify(&["pok|", G::NAME, "|", &public, "|"], &self.public_key, &self.pok)
    }
}

/// One item of the list of trustees.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trustee<G: Group> {
    /// A trustee without whom nothing can be decrypted.
    Single(TrusteePublicKey<G>),
}

/// The trustees of an election, in the order of their owner numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trustees<G: Group>(Vec<Trustee<G>>);

/// A list of trustees is refused.
#[derive(Debug, thiserror::Error)]
pub enum TrusteesError {
    /// No JSON of the right form.
    #[error("the list of trustees cannot be read")]
    Json(#[source] serde_json::Error),
    /// Nobody holds a key.
    #[error("there is no trustee")]
    NoTrustee,
    /// The proof of knowledge of a key does not hold.
    #[error("trustee {owner} does not prove knowledge of the private key")]
    ProofOfKnowledge {
        /// The trustee, from 1.
        owner: usize,
    },
    /// Somebody holds no key at all, or the key of another: one person would count as two.
    #[error("trustee {owner} has the neutral element or another trustee's key as key")]
    Repeated {
        /// The trustee, from 1.
        owner: usize,
    },
    /// A kind of trustee that is not known.
    #[error("trustees of kind {0:?} are not supported")]
    Kind(String),
}

impl<G: Group> Trustees<G> {
    /// Trustees who are all needed.
    #[must_use]
    pub fn all_needed(keys: impl IntoIterator<Item = TrusteePublicKey<G>>) -> Self {
        Self(keys.into_iter().map(Trustee::Single).collect())
    }

    /// Reads the list and checks every proof of knowledge.
    pub fn parse(text: &str) -> Result<Self, TrusteesError> {
        let items: Vec<(String, Box<serde_json::value::RawValue>)> =
            serde_json::from_str(text).map_err(TrusteesError::Json)?;
        let (mut trustees, mut keys) = (Vec::with_capacity(items.len()), Vec::new());
        for (kind, body) in items {
            if kind != "Single" {
                return Err(TrusteesError::Kind(kind));
            }
            let key: TrusteePublicKey<G> = json::read(body.get().as_bytes()).map_err(TrusteesError::Json)?;
            check(&key, &keys)?;
            keys.push(key.public_key);
            trustees.push(Trustee::Single(key));
        }
        if trustees.is_empty() {
            return Err(TrusteesError::NoTrustee);
        }
        Ok(Self(trustees))
    }

    /// The text for the archive.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::write(self)
    }

    /// The election key y: the product of the items' keys.
    #[must_use]
    pub fn election_key(&self) -> G::Element {
        product::<G>(self.0.iter().map(|trustee| match trustee {
            Trustee::Single(key) => &key.public_key,
        }))
    }

    /// The keys that partial decryptions are proved with, in the order of owner numbers from 1.
    pub fn decryption_keys(&self) -> impl Iterator<Item = &TrusteePublicKey<G>> {
        self.0.iter().map(|trustee| match trustee {
            Trustee::Single(key) => key,
        })
    }
}

/// The key is one of its own, and its holder knows the private half.
fn check<G: Group>(key: &TrusteePublicKey<G>, earlier: &[G::Element]) -> Result<(), TrusteesError> {
    let owner = earlier.len() + 1;
    if key.public_key == G::identity() || earlier.contains(&key.public_key) {
        Err(TrusteesError::Repeated { owner })
    } else if key.is_proved() {
        Ok(())
    } else {
        Err(TrusteesError::ProofOfKnowledge { owner })
    }
}

impl<G: Group> Serialize for Trustees<G> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut items = serializer.serialize_seq(Some(self.0.len()))?;
        for trustee in &self.0 {
            match trustee {
                Trustee::Single(key) => items.serialize_element(&("Single", key))?,
            }
        }
        items.end()
    }
}
