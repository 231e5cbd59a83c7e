//! Trustees (监票人): who holds the election key, and the list of them in the archive (protocol note §4, §5).

use serde::{Deserialize, Serialize, Serializer, ser::SerializeSeq};

use crate::group::{Group, product};
use crate::json;
use crate::proof::{Proof, knowledge};

pub mod single;
pub mod threshold;

use threshold::{Block, CeremonyError, Certificates, Contributions, Omission, Quorum};

/// More trustees than any election has.
const MOST_TRUSTEES: usize = 255;
/// Longer than the list of any trustees; a hostile one must not fill the memory.
const LARGEST_TEXT: usize = 16 << 20;

/// A trustee's public key with the proof of knowing the private one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct TrusteePublicKey<G: Group> {
    /// Proof of knowledge of the private key.
    pub pok: Proof<G>,
    /// X = g^x.
    pub public_key: G::Element,
    /// By which a threshold trustee vouches for the key; since belenios-tool 3.0, in threshold blocks only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Proof<G>>,
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
    /// Trustees of whom some suffice.
    Pedersen(Box<Block<G>>),
}

impl<G: Group> Trustee<G> {
    /// The item's part of the election key.
    fn key(&self) -> &G::Element {
        match self {
            Self::Single(key) => &key.public_key,
            Self::Pedersen(block) => block.key(),
        }
    }

    /// The keys of the people behind it.
    fn keys(&self) -> &[TrusteePublicKey<G>] {
        match self {
            Self::Single(key) => std::slice::from_ref(key),
            Self::Pedersen(block) => block.verification_keys(),
        }
    }
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
    /// The ceremony of threshold trustees does not hold.
    #[error("the block of threshold trustees does not hold")]
    Ceremony(#[from] CeremonyError),
    /// More trustees, or longer texts of theirs, than any election has.
    #[error("there are more than {MOST_TRUSTEES} trustees, or {LARGEST_TEXT} bytes of them")]
    TooMany,
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

    /// Trustees of whom some suffice.
    #[must_use]
    pub fn threshold(block: Block<G>) -> Self {
        Self(vec![Trustee::Pedersen(Box::new(block))])
    }

    /// Reads the list and checks everything in it: keys, proofs of knowledge, and the ceremony of threshold trustees.
    pub fn parse(text: &str) -> Result<Self, TrusteesError> {
        if text.len() > LARGEST_TEXT {
            return Err(TrusteesError::TooMany);
        }
        let items: Vec<(String, Box<serde_json::value::RawValue>)> =
            serde_json::from_str(text).map_err(TrusteesError::Json)?;
        let (mut trustees, mut keys) = (Vec::with_capacity(items.len()), Vec::new());
        for (kind, body) in items {
            let body = body.get().as_bytes();
            let trustee = match kind.as_str() {
                "Single" => Trustee::Single(json::read(body).map_err(TrusteesError::Json)?),
                "Pedersen" => {
                    let published = json::read(body).map_err(TrusteesError::Json)?;
                    Trustee::Pedersen(Box::new(Block::check(published)?))
                }
                _ => return Err(TrusteesError::Kind(kind)),
            };
            // Keys within a block follow from the ceremony; with t = 1 they are all alike.
            let earlier = keys.len();
            if earlier + trustee.keys().len() > MOST_TRUSTEES {
                return Err(TrusteesError::TooMany);
            }
            for key in trustee.keys() {
                check(key, keys.len() + 1, keys.get(..earlier).unwrap_or_default())?;
                keys.push(key.public_key);
            }
            trustees.push(trustee);
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
        product::<G>(self.0.iter().map(Trustee::key))
    }

    /// The keys that partial decryptions are proved with, in the order of owner numbers from 1.
    pub fn decryption_keys(&self) -> impl Iterator<Item = &TrusteePublicKey<G>> {
        self.0.iter().flat_map(Trustee::keys)
    }

    /// What old programs have left out of threshold blocks.
    pub fn omissions(&self) -> impl Iterator<Item = Omission> {
        self.0
            .iter()
            .flat_map(|trustee| match trustee {
                Trustee::Single(_) => &[],
                Trustee::Pedersen(block) => block.omissions(),
            })
            .copied()
    }

    /// How many of how many trustees decrypt, if any of them will do: they are all single trustees, or one threshold block.
    /// `None` if it matters who comes.
    #[must_use]
    pub fn quorum(&self) -> Option<Quorum> {
        match self.0.as_slice() {
            [Trustee::Pedersen(block)] => Some(block.quorum()),
            all if all.iter().all(|trustee| matches!(trustee, Trustee::Single(_))) => {
                Quorum::new(all.len(), all.len()).ok()
            }
            _ => None,
        }
    }

    /// Whether these trustees are the outcome of this very ceremony and nobody else ([`Block::is_outcome_of`]).
    #[must_use]
    pub fn is_outcome_of(&self, certificates: &Certificates<G>, contributions: &Contributions<G>) -> bool {
        match self.0.as_slice() {
            [Trustee::Pedersen(block)] => block.is_outcome_of(certificates, contributions),
            _ => false,
        }
    }

    /// Whether partial decryptions of these owners, from 1, suffice for the result.
    #[must_use]
    pub fn is_quorum(&self, owners: &[usize]) -> bool {
        self.combination(owners).is_ok()
    }

    /// Whose partial decryptions make the result, and to which power each goes into it: those of all single trustees, and of
    /// every threshold block the t smallest present (protocol note §5, "Combination"). None is the first power.
    pub(crate) fn combination(&self, owners: &[usize]) -> Result<Combination<G>, MissingTrustees> {
        let mut combination = Vec::new();
        let mut before = 0;
        for trustee in &self.0 {
            match trustee {
                Trustee::Single(_) => {
                    let owner = before + 1;
                    if !owners.contains(&owner) {
                        return Err(MissingTrustees { needed: 1, from: owner, to: owner });
                    }
                    combination.push((owner, None));
                }
                Trustee::Pedersen(block) => {
                    let quorum = block.quorum();
                    let present = quorum.indexes().filter(|index| owners.contains(&(before + index)));
                    let present: Vec<_> = present.take(quorum.needed()).collect();
                    if present.len() < quorum.needed() {
                        let (from, to) = (before + 1, before + quorum.size());
                        return Err(MissingTrustees { needed: quorum.needed(), from, to });
                    }
                    let powers = threshold::lagrange::<G>(&present).into_iter().map(Some);
                    combination.extend(present.iter().map(|index| before + index).zip(powers));
                }
            }
            before += trustee.keys().len();
        }
        Ok(combination)
    }
}

/// Owners with the powers of their factors.
pub(crate) type Combination<G> = Vec<(usize, Option<<G as Group>::Scalar>)>;

/// Too few of some trustees have decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MissingTrustees {
    pub(crate) needed: usize,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// The key is one of its own, and its holder knows the private half.
fn check<G: Group>(
    key: &TrusteePublicKey<G>,
    owner: usize,
    others: &[G::Element],
) -> Result<(), TrusteesError> {
    if key.public_key == G::identity() || others.contains(&key.public_key) {
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
                Trustee::Pedersen(block) => items.serialize_element(&("Pedersen", block))?,
            }
        }
        items.end()
    }
}
