//! One trustee in the ceremony: the secrets, and what is made with them in each round.

use std::fmt;

use rand::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::certificate::{Content, Context};
use super::contribution::CoefficientsMessage;
use super::{
    CeremonyError, Certificate, Certificates, Contribution, Contributions, Quorum, SealedShare,
    SignedMessage, index_scalar,
};
use crate::group::Group;
use crate::json;
use crate::proof::Proof;
use crate::signature;
use crate::text::{BASE58, random_base58};
use crate::trustee::TrusteePublicKey;
use crate::trustee::single::SecretKey;

/// Characters of a seed: 22 · log2(58) = 128.9 bits.
const SEED_LENGTH: usize = 22;

/// A trustee's secrets in a ceremony: one seed, from which the key to sign with and the key to receive with follow.
///
/// `Debug` shows only the place, dropping wipes the secrets.
pub struct Identity<G: Group> {
    quorum: Quorum,
    index: usize,
    seed: Zeroizing<String>,
    signing: G::Scalar,
    receiving: G::Scalar,
}

impl<G: Group> Identity<G> {
    /// A fresh seed for the trustee at `index`, from 1.
    ///
    /// # Errors
    /// [`CeremonyError::Quorum`] if there is no such place.
    pub fn generate(quorum: Quorum, index: usize, rng: &mut impl CryptoRng) -> Result<Self, CeremonyError> {
        let seed = Zeroizing::new(random_base58(rng, SEED_LENGTH));
        Self::from_seed(quorum, index, &seed)
    }

    /// The identity of a seed that [`Identity::seed`] gave: 22 Base58 characters.
    ///
    /// # Errors
    /// [`CeremonyError::Quorum`] if there is no such place, [`CeremonyError::Message`] if that is no seed.
    pub fn from_seed(quorum: Quorum, index: usize, seed: &str) -> Result<Self, CeremonyError> {
        if !(1..=quorum.size).contains(&index) {
            return Err(CeremonyError::Quorum { needed: quorum.needed, size: quorum.size });
        }
        if seed.len() != SEED_LENGTH || !seed.bytes().all(|byte| BASE58.contains(&byte)) {
            return Err(CeremonyError::Message { trustee: index });
        }
        let (signing, receiving) = (derive::<G>("sk|", seed), derive::<G>("dk|", seed));
        Ok(Self { quorum, index, seed: Zeroizing::new(seed.to_owned()), signing, receiving })
    }

    /// The seed. It is the secret: keep it only where the key may lie, until the ceremony is over.
    #[must_use]
    pub fn seed(&self) -> &str {
        &self.seed
    }

    /// This trustee's place, from 1.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// Round 1: the public keys, signed (protocol note §5, step 1).
    pub fn certificate(&self, rng: &mut impl CryptoRng) -> Certificate<G> {
        let content = Content::<G> {
            context: Some(Context::new::<G>(self.quorum, self.index)),
            verification: G::generator_power(&self.signing),
            encryption: G::generator_power(&self.receiving),
        };
        Certificate(SignedMessage::sign(&self.signing, json::write(&content), rng))
    }

    /// Round 2: a random polynomial of degree t − 1, its coefficients in public as exponents, its value at each trustee's
    /// index sealed to that trustee (protocol note §5, step 3). Compare [`Certificates::fingerprint`] before.
    ///
    /// # Errors
    /// [`CeremonyError::NotMine`] if the certificates do not hold the one made here.
    pub fn contribute(
        &self,
        certificates: &Certificates<G>,
        rng: &mut impl CryptoRng,
    ) -> Result<Contribution<G>, CeremonyError> {
        self.check_mine(certificates)?;
        let polynomial: Vec<G::Scalar> = (0..self.quorum.needed).map(|_| G::random_scalar(rng)).collect();
        let polynomial = Zeroizing::new(polynomial);
        let public: Vec<_> = polynomial.iter().map(G::generator_power).collect();
        let agreement = certificates.agreement(&public);
        let coefficients = json::write(&CoefficientsMessage::<G> { coefexps: public });
        let mut shares = Vec::with_capacity(self.quorum.size);
        for recipient in self.quorum.indexes() {
            let value = Zeroizing::new(evaluate::<G>(&polynomial, recipient));
            shares.push(self.seal(&value, certificates, recipient, rng)?);
        }
        Ok(Contribution {
            coefexps: SignedMessage::sign(&self.signing, coefficients, rng),
            signature: self.sign(&agreement, rng),
            shares,
        })
    }

    /// Round 3: opens the shares sent to this trustee and adds them up to its key (protocol note §5, step 5).
    ///
    /// # Errors
    /// [`CeremonyError`]; it names the trustee whose share does not hold.
    pub fn finish(
        &self,
        certificates: &Certificates<G>,
        contributions: &Contributions<G>,
        name: Option<String>,
        rng: &mut impl CryptoRng,
    ) -> Result<(SecretKey<G>, TrusteePublicKey<G>), CeremonyError> {
        self.check_mine(certificates)?;
        let mut sum = Zeroizing::new(G::scalar(0));
        for sender in self.quorum.indexes() {
            let share = contributions.share(sender, self.index)?;
            let value = self.open(share, certificates, sender)?;
            if G::generator_power(&value) != contributions.promised(sender, self.index)? {
                return Err(CeremonyError::ShareValue { trustee: sender });
            }
            *sum = *sum + *value;
        }
        let key = SecretKey::from_scalar(*sum);
        let mut public = key.to_public(name, rng);
        public.signature = Some(self.sign(&G::encode(key.public()), rng));
        Ok((key, public))
    }

    /// The numbers that this trustee's ceremony is held with.
    #[must_use]
    pub const fn quorum(&self) -> Quorum {
        self.quorum
    }

    pub(super) fn seal(
        &self,
        share: &G::Scalar,
        certificates: &Certificates<G>,
        recipient: usize,
        rng: &mut impl CryptoRng,
    ) -> Result<SealedShare<G>, CeremonyError> {
        SealedShare::seal(share, certificates, self.index, recipient, &self.signing, rng)
    }

    pub(super) fn open(
        &self,
        share: &SealedShare<G>,
        certificates: &Certificates<G>,
        sender: usize,
    ) -> Result<Zeroizing<G::Scalar>, CeremonyError> {
        share.open(certificates, sender, self.index, &self.receiving)
    }

    pub(super) fn sign(&self, message: &str, rng: &mut impl CryptoRng) -> Proof<G> {
        signature::sign(&self.signing, message, rng)
    }

    fn check_mine(&self, certificates: &Certificates<G>) -> Result<(), CeremonyError> {
        let mine = certificates.keys(self.index).is_ok_and(|keys| {
            keys.verification == G::generator_power(&self.signing)
                && keys.encryption == G::generator_power(&self.receiving)
        });
        if mine && certificates.quorum() == self.quorum {
            Ok(())
        } else {
            Err(CeremonyError::NotMine { trustee: self.index })
        }
    }
}

impl<G: Group> fmt::Debug for Identity<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({} of {}, …)", self.index, self.quorum.size)
    }
}

impl<G: Group> Drop for Identity<G> {
    fn drop(&mut self) {
        self.signing.zeroize();
        self.receiving.zeroize();
    }
}

/// `int_BE(SHA-256(purpose ‖ seed))` mod q.
fn derive<G: Group>(purpose: &str, seed: &str) -> G::Scalar {
    let mut digest = Zeroizing::new([0; 32]);
    digest.copy_from_slice(&Sha256::new().chain_update(purpose).chain_update(seed).finalize());
    G::reduce(digest.as_slice())
}

/// The polynomial's value at an index, by Horner.
fn evaluate<G: Group>(polynomial: &[G::Scalar], index: usize) -> G::Scalar {
    let index = index_scalar::<G>(index);
    polynomial.iter().rev().fold(G::scalar(0), |value, coefficient| value * index + *coefficient)
}
