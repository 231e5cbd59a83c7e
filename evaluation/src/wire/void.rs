//! Cards declared void, each with its own credential: nobody without the card can do it.

use belenios::credential::PrivateCredential;
use belenios::group::Group;
use belenios::proof::Proof;
use belenios::signature;
use belenios::text::Uuid;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};

/// Why a card is void.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidKind {
    /// Unusable at the booth; declared void before another card is handed out for it.
    Damaged,
    /// Never handed out.
    Spare,
    /// Handed out and given back without a vote.
    Returned,
    /// Drawn by the scrutineers to check booths.
    Audit,
}

/// A card declared void.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoidCard {
    /// The public credential, as it stands in the credentials file.
    pub credential: String,
    /// Why it is void.
    pub kind: VoidKind,
    /// Signature of the card's own credential over a line `pingyi-void/1`, poll, kind and credential.
    pub signature: CardSignature,
}

/// A signature made with a card's credential (protocol note §5, PKI signature), as two decimal texts: which group they belong
/// to stands in the election.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardSignature {
    /// The challenge.
    pub challenge: String,
    /// The response.
    pub response: String,
}

impl VoidKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Damaged, Self::Spare, Self::Returned, Self::Audit];

    /// The word in the signed text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Spare => "spare",
            Self::Returned => "returned",
            Self::Audit => "audit",
        }
    }
}

impl VoidKind {
    /// The kind in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Damaged => "损坏",
            Self::Spare => "备用",
            Self::Returned => "交回",
            Self::Audit => "核验",
        }
    }
}

impl VoidCard {
    /// Declares the card with this credential void.
    #[must_use]
    pub fn sign<G: Group>(
        poll: &Uuid,
        kind: VoidKind,
        card: &PrivateCredential<G>,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let credential = G::encode(card.public());
        let proof = card.sign(&signed_text(poll, kind, &credential), rng);
        Self { credential, kind, signature: CardSignature::new(&proof) }
    }

    /// Whether the card's own credential has signed this for this poll.
    #[must_use]
    pub fn is_signed<G: Group>(&self, poll: &Uuid) -> bool {
        let public = G::decode(&self.credential);
        let proof = self.signature.proof::<G>();
        let text = signed_text(poll, self.kind, &self.credential);
        public.ok().zip(proof).is_some_and(|(public, proof)| signature::verify::<G>(&public, &text, &proof))
    }
}

impl CardSignature {
    fn new<G: Group>(proof: &Proof<G>) -> Self {
        Self { challenge: G::encode_scalar(&proof.challenge), response: G::encode_scalar(&proof.response) }
    }

    fn proof<G: Group>(&self) -> Option<Proof<G>> {
        let challenge = G::decode_scalar(&self.challenge).ok()?;
        Some(Proof { challenge, response: G::decode_scalar(&self.response).ok()? })
    }
}

/// A line `pingyi-void/1`, then poll, kind and public credential, a line each without a line end after the last.
fn signed_text(poll: &Uuid, kind: VoidKind, credential: &str) -> String {
    format!("pingyi-void/1\n{poll}\n{}\n{credential}", kind.as_str())
}

#[cfg(test)]
mod tests {
    use belenios::credential::Credential;
    use belenios::group::GroupName;
    use belenios::with_group;
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    #[test]
    fn only_the_card_itself_declares_itself_void_in_its_own_poll() {
        for group in GroupName::ALL {
            with_group!(group, G => only_the_card_itself::<G>());
        }
    }

    fn only_the_card_itself<G: Group>() {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let poll: Uuid = "1r7xvBB2ZoyrxA".parse().unwrap();
        let card = Credential::generate(&mut rng).derive::<G>(&poll);
        let other = Credential::generate(&mut rng).derive::<G>(&poll);
        for kind in VoidKind::ALL {
            let void = VoidCard::sign(&poll, kind, &card, &mut rng);
            assert!(void.is_signed::<G>(&poll));
            assert!(!void.is_signed::<G>(&"12345678912345".parse().unwrap()));
            let taken = VoidCard { credential: G::encode(other.public()), ..void.clone() };
            assert!(!taken.is_signed::<G>(&poll));
            let next = if kind == VoidKind::Audit { VoidKind::Spare } else { VoidKind::Audit };
            assert!(!VoidCard { kind: next, ..void.clone() }.is_signed::<G>(&poll));
            let junk = CardSignature { challenge: "x".into(), response: "-1".into() };
            assert!(!VoidCard { signature: junk, ..void }.is_signed::<G>(&poll));
        }
    }
}
