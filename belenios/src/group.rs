//! The groups an election can be held in, and the operations the protocol needs (protocol note §1).
//!
//! All protocol code is written once over [`Group`]. Operations on secrets run in constant time; the ones named
//! `public_…` do not and must only be given public values. Writing and reading decimals is not constant in time
//! either: secrets meet it only in a trustee's key file.

use std::fmt::{self, Debug};
use std::ops::{Add, Mul, Neg, Sub};
use std::str::FromStr;

use rand::CryptoRng;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use subtle::Choice;
use zeroize::Zeroize;

mod belenios2048;
mod decimal;
mod ed25519;
#[cfg(test)]
mod laws;
mod traits;

pub use belenios2048::Belenios2048;
pub use ed25519::Ed25519;

/// A text is not the one canonical form of a group element or of a scalar of this group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not the canonical text of an element of the prime-order group (protocol note §1.1, §1.2).
    #[error("not the canonical form of a group element")]
    Element,
    /// Not a decimal number from 0 to q-1 without sign or leading zero (protocol note §1.4).
    #[error("not a canonical decimal number below the group order")]
    Scalar,
}

/// The groups that this crate knows, for choosing one at run time with [`with_group!`](crate::with_group).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupName {
    /// [`Ed25519`].
    Ed25519,
    /// [`Belenios2048`].
    Belenios2048,
}

/// A name is not one of a group that this crate knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the group {0:?} is not supported")]
pub struct UnknownGroup(pub String);

impl GroupName {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Ed25519, Self::Belenios2048];

    /// The name in the election's `group` field (protocol note §0).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => Ed25519::NAME,
            Self::Belenios2048 => Belenios2048::NAME,
        }
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for GroupName {
    type Err = UnknownGroup;

    fn from_str(name: &str) -> Result<Self, UnknownGroup> {
        let known = Self::ALL.into_iter().find(|group| group.as_str() == name);
        known.ok_or_else(|| UnknownGroup(name.to_owned()))
    }
}

/// Evaluates an expression that is generic in the group, for the group of a [`GroupName`].
///
/// ```
/// use belenios::group::{Group, GroupName};
/// use belenios::with_group;
///
/// let name: GroupName = "Ed25519".parse()?;
/// let text = with_group!(name, G => G::encode(&G::identity()));
/// assert!(text.ends_with('1'));
/// # Ok::<(), belenios::group::UnknownGroup>(())
/// ```
#[macro_export]
macro_rules! with_group {
    ($name:expr, $group:ident => $body:expr) => {
        match $name {
            $crate::group::GroupName::Ed25519 => {
                type $group = $crate::group::Ed25519;
                $body
            }
            $crate::group::GroupName::Belenios2048 => {
                type $group = $crate::group::Belenios2048;
                $body
            }
        }
    };
}

/// The exponents of one product of [`Group::public_products`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exponents<S> {
    /// Of the generator g.
    pub g: S,
    /// Of the prepared base y.
    pub y: S,
    /// Of the element x.
    pub x: S,
}

/// A group of prime order q in which the discrete logarithm is hard, written multiplicatively.
pub trait Group: Copy + Debug + Eq + Send + Sync + 'static {
    /// The name in the election's `group` field (protocol note §0).
    const NAME: &'static str;

    /// Characters of the longest canonical text of an element.
    const LONGEST_ELEMENT_TEXT: usize;

    /// An element of the prime-order group. Its serde form is the canonical text `str(X)`; reading checks membership.
    type Element: Copy + Debug + Eq + Send + Sync + Serialize + DeserializeOwned + 'static;

    /// An exponent, an integer modulo q. Its serde form is the canonical decimal.
    type Scalar: Copy
        + Eq
        + Send
        + Sync
        + Zeroize
        + Serialize
        + DeserializeOwned
        + Add<Output = Self::Scalar>
        + Sub<Output = Self::Scalar>
        + Mul<Output = Self::Scalar>
        + Neg<Output = Self::Scalar>
        + 'static;

    /// An element with precomputed powers, for many exponentiations of one base.
    type Base: Debug + Send + Sync;

    /// The generator g.
    fn generator() -> Self::Element;
    /// The neutral element.
    fn identity() -> Self::Element;
    /// g if `chosen`, otherwise the neutral element, in constant time: g^m for m = 0 or 1, without the cost of a power.
    fn generator_if(chosen: Choice) -> Self::Element;
    /// The product a·b.
    fn multiply(a: &Self::Element, b: &Self::Element) -> Self::Element;
    /// The quotient a/b.
    fn divide(a: &Self::Element, b: &Self::Element) -> Self::Element;
    /// `base^exponent`, in constant time.
    fn power(base: &Self::Element, exponent: &Self::Scalar) -> Self::Element;
    /// `g^exponent`, in constant time.
    fn generator_power(exponent: &Self::Scalar) -> Self::Element;
    /// Prepares `element` for [`Group::base_power`] and [`Group::public_products`].
    fn prepare(element: &Self::Element) -> Self::Base;
    /// `base^exponent` for a prepared base, in constant time.
    fn base_power(base: &Self::Base, exponent: &Self::Scalar) -> Self::Element;
    /// `g^z · x^c` for public values, in variable time.
    fn public_generator_product(z: &Self::Scalar, x: &Self::Element, c: &Self::Scalar) -> Self::Element;
    /// `y^z · x^c` for public values, in variable time.
    fn public_product(
        y: &Self::Element,
        z: &Self::Scalar,
        x: &Self::Element,
        c: &Self::Scalar,
    ) -> Self::Element;
    /// The product of powers of g, y and x for each set of exponents, for public values, in variable time; cheaper than
    /// one by one where powers of the same x can share work.
    fn public_products(
        y: &Self::Base,
        x: &Self::Element,
        exponents: &[Exponents<Self::Scalar>],
    ) -> Vec<Self::Element>;

    /// The canonical text `str(X)`.
    fn encode(element: &Self::Element) -> String;
    /// The canonical texts of many elements, cheaper than one by one.
    fn encode_all(elements: &[Self::Element]) -> Vec<String>;
    /// Reads a canonical text and checks membership in the prime-order group.
    fn decode(text: &str) -> Result<Self::Element, DecodeError>;

    /// The scalar with this small value.
    fn scalar(value: u64) -> Self::Scalar;
    /// A uniform scalar from 0 to q-1.
    fn random_scalar(rng: &mut impl CryptoRng) -> Self::Scalar;
    /// The multiplicative inverse modulo q; zero for zero.
    fn invert(scalar: &Self::Scalar) -> Self::Scalar;
    /// The big-endian number in `bytes`, modulo q (protocol note §1.3, §3.1). At most 64 bytes are meaningful.
    fn reduce(bytes: &[u8]) -> Self::Scalar;
    /// The decimal text.
    fn encode_scalar(scalar: &Self::Scalar) -> String;
    /// Reads a canonical decimal from 0 to q-1.
    fn decode_scalar(text: &str) -> Result<Self::Scalar, DecodeError>;
}

/// `H(prefix, [E1, …, En])`: SHA-256 of the prefix and the comma-separated texts, big-endian, modulo q
/// (protocol note §1.3).
pub fn hash_to_scalar<G: Group>(prefix: &str, elements: &[G::Element]) -> G::Scalar {
    let texts = G::encode_all(elements);
    hash_encoded::<G>(&[prefix], texts.iter().map(String::as_str))
}

/// [`hash_to_scalar`] for elements whose texts are known already; the prefix may come in pieces.
pub(crate) fn hash_encoded<'a, G: Group>(
    prefix: &[&str],
    elements: impl IntoIterator<Item = &'a str>,
) -> G::Scalar {
    let mut hasher = Sha256::new();
    for piece in prefix {
        hasher.update(piece.as_bytes());
    }
    for (index, element) in elements.into_iter().enumerate() {
        if index > 0 {
            hasher.update(b",");
        }
        hasher.update(element.as_bytes());
    }
    G::reduce(&hasher.finalize())
}

/// The product of elements.
pub(crate) fn product<'a, G: Group>(elements: impl IntoIterator<Item = &'a G::Element>) -> G::Element {
    elements.into_iter().fold(G::identity(), |product, element| G::multiply(&product, element))
}

/// The sum of scalars.
pub(crate) fn sum<'a, G: Group>(scalars: impl IntoIterator<Item = &'a G::Scalar>) -> G::Scalar {
    scalars.into_iter().fold(G::scalar(0), |sum, scalar| sum + *scalar)
}
