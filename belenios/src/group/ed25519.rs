//! The prime-order subgroup of edwards25519 (protocol note §1.2): no clamping, texts big-endian in hexadecimal.

use std::fmt;

use crypto_bigint::U256;
use curve25519_dalek::edwards::{
    CompressedEdwardsY, EdwardsBasepointTable, EdwardsPoint, VartimeEdwardsPrecomputation,
};
use curve25519_dalek::traits::{
    BasepointTable, Identity, VartimeMultiscalarMul, VartimePrecomputedMultiscalarMul,
};
use curve25519_dalek::{constants, scalar};
use rand::CryptoRng;
use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroize;

use super::traits::element_and_scalar_traits;
use super::{DecodeError, Exponents, Group, decimal};

/// The group `Ed25519` of the protocol note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ed25519 {}

/// A point of the prime-order subgroup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element(EdwardsPoint);

/// An integer modulo the group order l. It may be secret: `Debug` hides it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Scalar(scalar::Scalar);

impl Group for Ed25519 {
    const NAME: &'static str = "Ed25519";
    const LONGEST_ELEMENT_TEXT: usize = 64;

    type Element = Element;
    type Scalar = Scalar;
    type Base = FixedBase;

    fn generator() -> Element {
        Element(constants::ED25519_BASEPOINT_POINT)
    }

    fn identity() -> Element {
        Element(EdwardsPoint::identity())
    }

    fn generator_if(chosen: Choice) -> Element {
        let (identity, generator) = (EdwardsPoint::identity(), constants::ED25519_BASEPOINT_POINT);
        Element(EdwardsPoint::conditional_select(&identity, &generator, chosen))
    }

    fn multiply(a: &Element, b: &Element) -> Element {
        Element(a.0 + b.0)
    }

    fn divide(a: &Element, b: &Element) -> Element {
        Element(a.0 - b.0)
    }

    fn power(base: &Element, exponent: &Scalar) -> Element {
        Element(base.0 * exponent.0)
    }

    fn generator_power(exponent: &Scalar) -> Element {
        Element(EdwardsPoint::mul_base(&exponent.0))
    }

    fn prepare(element: &Element) -> FixedBase {
        FixedBase {
            table: EdwardsBasepointTable::create(&element.0),
            public: VartimeEdwardsPrecomputation::new([constants::ED25519_BASEPOINT_POINT, element.0]),
        }
    }

    fn base_power(base: &FixedBase, exponent: &Scalar) -> Element {
        Element(base.table.mul_base(&exponent.0))
    }

    fn public_generator_product(z: &Scalar, x: &Element, c: &Scalar) -> Element {
        Element(EdwardsPoint::vartime_double_scalar_mul_basepoint(&c.0, &x.0, &z.0))
    }

    fn public_product(y: &Element, z: &Scalar, x: &Element, c: &Scalar) -> Element {
        Element(EdwardsPoint::vartime_multiscalar_mul([z.0, c.0], [y.0, x.0]))
    }

    fn public_products(y: &FixedBase, x: &Element, exponents: &[Exponents<Scalar>]) -> Vec<Element> {
        let product = |Exponents { g, y: of_y, x: of_x }: &Exponents<Scalar>| {
            Element(y.public.vartime_mixed_multiscalar_mul([g.0, of_y.0], [of_x.0], [x.0]))
        };
        exponents.iter().map(product).collect()
    }

    fn encode(element: &Element) -> String {
        encode_compressed(&element.0.compress())
    }

    fn encode_all(elements: &[Element]) -> Vec<String> {
        let points: Vec<_> = elements.iter().map(|element| element.0).collect();
        EdwardsPoint::compress_batch_alloc(&points).iter().map(encode_compressed).collect()
    }

    fn decode(text: &str) -> Result<Element, DecodeError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| DecodeError::Element)?;
        bytes.reverse();
        let compressed = CompressedEdwardsY(bytes);
        let point = compressed.decompress().ok_or(DecodeError::Element)?;
        // Decompression also reads some second names of the same point, and hexadecimal may be in upper case.
        if encode_compressed(&point.compress()) != text || !is_in_subgroup(&point) {
            return Err(DecodeError::Element);
        }
        Ok(Element(point))
    }

    fn scalar(value: u64) -> Scalar {
        Scalar(scalar::Scalar::from(value))
    }

    fn random_scalar(rng: &mut impl CryptoRng) -> Scalar {
        Scalar(scalar::Scalar::random(rng))
    }

    fn invert(scalar: &Scalar) -> Scalar {
        Scalar(scalar.0.invert())
    }

    fn reduce(bytes: &[u8]) -> Scalar {
        let mut wide = [0; 64];
        for (target, byte) in wide.iter_mut().zip(bytes.iter().rev()) {
            *target = *byte;
        }
        let reduced = Scalar(scalar::Scalar::from_bytes_mod_order_wide(&wide));
        wide.zeroize();
        reduced
    }

    fn encode_scalar(scalar: &Scalar) -> String {
        decimal::encode(&U256::from_le_slice(scalar.0.as_bytes()))
    }

    fn decode_scalar(text: &str) -> Result<Scalar, DecodeError> {
        let number: U256 = decimal::decode(text).ok_or(DecodeError::Scalar)?;
        let bytes = number.to_le_bytes().into();
        Option::from(scalar::Scalar::from_canonical_bytes(bytes)).map(Scalar).ok_or(DecodeError::Scalar)
    }
}

/// A point y with tables: of its multiples, and of those of g and y for public exponents.
pub struct FixedBase {
    table: EdwardsBasepointTable,
    public: VartimeEdwardsPrecomputation,
}

impl fmt::Debug for FixedBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FixedBase(…)")
    }
}

/// Whether the order of a public point divides l, in variable time: then (l − 1)·P = −P, and only then.
fn is_in_subgroup(point: &EdwardsPoint) -> bool {
    let (minus_one, zero) = (-scalar::Scalar::ONE, scalar::Scalar::ZERO);
    EdwardsPoint::vartime_double_scalar_mul_basepoint(&minus_one, point, &zero) == -point
}

fn encode_compressed(compressed: &CompressedEdwardsY) -> String {
    let mut bytes = compressed.to_bytes();
    bytes.reverse();
    hex::encode(bytes)
}

element_and_scalar_traits!(Ed25519);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::group::hash_to_scalar;

    #[test]
    fn texts_are_those_of_the_protocol_note() {
        let g = Ed25519::generator();
        assert_eq!(Ed25519::encode(&g), format!("{}58", "66".repeat(31)));
        assert_eq!(Ed25519::encode(&Ed25519::identity()), format!("{}1", "0".repeat(63)));
        let inverse = Ed25519::divide(&Ed25519::identity(), &g);
        assert_eq!(Ed25519::encode(&inverse), format!("e6{}58", "66".repeat(30)));
        let square = Ed25519::generator_power(&Ed25519::scalar(2));
        assert_eq!(
            Ed25519::encode(&square),
            "2260cdf3092329c21da25ee8c9a21f5697390f51643851560e5f46ae6af8a3c9"
        );
    }

    #[test]
    fn challenge_is_the_one_of_the_protocol_note() {
        let g = Ed25519::generator();
        let h = hash_to_scalar::<Ed25519>("test|", &[g, Ed25519::multiply(&g, &g)]);
        assert_eq!(
            Ed25519::encode_scalar(&h),
            "2370774463793154680129944454915784952120282166946273810422504580598911896654"
        );
    }

    #[test]
    fn second_names_of_an_element_are_refused() {
        let text = Ed25519::encode(&Ed25519::generator());
        assert_eq!(Ed25519::decode(&text), Ok(Ed25519::generator()));
        assert!(Ed25519::decode(&Ed25519::encode(&Ed25519::identity())).is_ok());
        let square = "2260cdf3092329c21da25ee8c9a21f5697390f51643851560e5f46ae6af8a3c9";
        assert_eq!(Ed25519::decode(&square.to_uppercase()), Err(DecodeError::Element));
        // y = p + 1 is the identity under another name; y = 0 has order four.
        let p_plus_one = format!("7{}ee", "f".repeat(61));
        assert_eq!(Ed25519::decode(&p_plus_one), Err(DecodeError::Element));
        assert_eq!(Ed25519::decode(&"0".repeat(64)), Err(DecodeError::Element));
        assert_eq!(Ed25519::decode(&text[..62]), Err(DecodeError::Element));
    }

    proptest! {
        #[test]
        fn the_fast_test_for_the_subgroup_is_the_plain_one(bytes: [u8; 32], multiple: [u8; 32], torsion in 0..8_usize) {
            let multiple = scalar::Scalar::from_bytes_mod_order(multiple);
            let near = EdwardsPoint::mul_base(&multiple) + constants::EIGHT_TORSION[torsion];
            prop_assert_eq!(is_in_subgroup(&near), torsion == 0);
            // Any point of the curve: most are not in the subgroup.
            for point in CompressedEdwardsY(bytes).decompress().into_iter().chain([near]) {
                prop_assert_eq!(is_in_subgroup(&point), point.is_torsion_free());
            }
        }
    }

    #[test]
    fn the_group_order_itself_is_no_scalar() {
        let order = "7237005577332262213973186563042994240857116359379907606001950938285454250989";
        assert!(Ed25519::decode_scalar(order).is_err());
        let last = "7237005577332262213973186563042994240857116359379907606001950938285454250988";
        assert!(Ed25519::decode_scalar(last).is_ok());
    }
}
