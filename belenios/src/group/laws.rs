//! What must hold in every group, tried with random and with extreme numbers.

use crypto_bigint::U256;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use subtle::Choice;

use super::{Belenios2048, Ed25519, Exponents, Group, decimal, hash_to_scalar};

type Outcome = Result<(), TestCaseError>;

/// 0, 1, q-1, or any.
fn scalar<G: Group>() -> impl Strategy<Value = [u8; 64]> {
    let fixed = |scalar: G::Scalar| {
        let number: U256 = decimal::decode(&G::encode_scalar(&scalar)).unwrap();
        let mut bytes = [0; 64];
        bytes[32..].copy_from_slice(number.to_be_bytes().as_ref());
        Just(bytes)
    };
    let any = prop::array::uniform32(any::<u8>()).prop_map(|half| [half, half].concat().try_into().unwrap());
    prop_oneof![
        1 => fixed(G::scalar(0)),
        1 => fixed(G::scalar(1)),
        1 => fixed(-G::scalar(1)),
        8 => any
    ]
}

/// Square and multiply, bit by bit.
fn naive_power<G: Group>(base: &G::Element, exponent: &G::Scalar) -> G::Element {
    let number: U256 = decimal::decode(&G::encode_scalar(exponent)).unwrap();
    (0..U256::BITS).rev().fold(G::identity(), |power, bit| {
        let square = G::multiply(&power, &power);
        if number.bit_vartime(bit) { G::multiply(&square, base) } else { square }
    })
}

fn texts_read_back<G: Group>(bytes: &[u8]) -> Outcome {
    let scalar = G::reduce(bytes);
    prop_assert!(G::decode_scalar(&G::encode_scalar(&scalar)) == Ok(scalar));
    let elements = [G::generator_power(&scalar), G::identity(), G::generator()];
    let texts: Vec<_> = elements.iter().map(G::encode).collect();
    prop_assert_eq!(G::encode_all(&elements), &*texts);
    for (element, text) in elements.iter().zip(texts) {
        prop_assert_eq!(G::decode(&text), Ok(*element));
        prop_assert!(text.len() <= G::LONGEST_ELEMENT_TEXT);
        let json = serde_json::to_string(&text).unwrap();
        prop_assert_eq!(serde_json::to_string(element).unwrap(), &*json);
        prop_assert_eq!(serde_json::from_str::<G::Element>(&json).unwrap(), *element);
    }
    Ok(())
}

fn powers_agree<G: Group>(a: &[u8], z: &[u8], c: &[u8]) -> Outcome {
    let [a, z, c] = [a, z, c].map(G::reduce);
    let g = G::generator();
    prop_assert_eq!(G::generator_if(Choice::from(1)), g);
    prop_assert_eq!(G::generator_if(Choice::from(0)), G::identity());
    let base = naive_power::<G>(&g, &a);
    let (power, other) = (naive_power::<G>(&base, &z), naive_power::<G>(&g, &c));
    prop_assert_eq!(G::generator_power(&a), base);
    prop_assert_eq!(G::power(&base, &z), power);
    let prepared = G::prepare(&base);
    prop_assert_eq!(G::base_power(&prepared, &z), power);
    let product = G::multiply(&power, &other);
    prop_assert_eq!(G::public_generator_product(&c, &base, &z), product);
    prop_assert_eq!(G::public_product(&base, &z, &g, &c), product);
    prop_assert_eq!(G::power(&g, &(a * z + c)), product);
    let zero = G::scalar(0);
    let exponents = [(c, z, zero), (zero, z, c), (a, c, z), (zero, zero, z), (zero, zero, zero)];
    let exponents = exponents.map(|(g, y, x)| Exponents { g, y, x });
    let other_base = G::power(&g, &c);
    let expected = exponents.map(|Exponents { g, y, x }| G::generator_power(&(g + a * y + c * x)));
    prop_assert_eq!(G::public_products(&prepared, &other_base, &exponents), expected);
    prop_assert_eq!(G::public_products(&prepared, &other_base, &[]), []);
    prop_assert_eq!(G::divide(&product, &other), power);
    prop_assert_eq!(G::divide(&G::identity(), &base), G::generator_power(&-a));
    Ok(())
}

fn scalars_are_a_field<G: Group>(a: &[u8], b: &[u8], c: &[u8]) -> Outcome {
    let bytes = a;
    let [a, b, c] = [a, b, c].map(G::reduce);
    let (zero, one) = (G::scalar(0), G::scalar(1));
    prop_assert!((a + b) * c == a * c + b * c);
    prop_assert!(a - b == a + -b);
    prop_assert!(a + -a == zero && a * one == a);
    let inverse = G::invert(&a);
    let product = if a == zero { zero } else { one };
    prop_assert!(a * inverse == product);
    prop_assert!(a != zero || inverse == zero);
    let horner = bytes.iter().fold(zero, |number, byte| number * G::scalar(256) + G::scalar((*byte).into()));
    prop_assert!(a == horner);
    Ok(())
}

fn random_scalars_differ<G: Group>() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let scalars: Vec<_> = (0..20).map(|_| G::encode_scalar(&G::random_scalar(&mut rng))).collect();
    assert!(scalars.iter().all(|text| G::decode_scalar(text).is_ok()));
    assert!((1..20).all(|place| !scalars[..place].contains(&scalars[place])));
    assert!(G::decode_scalar(&"9".repeat(78)).is_err());
}

fn challenges_depend_on_every_element<G: Group>() {
    let (one, g) = (G::identity(), G::generator());
    let challenges = [
        hash_to_scalar::<G>("a|", &[one, g]),
        hash_to_scalar::<G>("a|", &[g, one]),
        hash_to_scalar::<G>("b|", &[one, g]),
        hash_to_scalar::<G>("a|", &[one]),
    ];
    assert!((1..4).all(|place| !challenges[..place].contains(&challenges[place])));
}

macro_rules! laws_of {
    ($module:ident, $group:ty, $cases:literal) => {
        mod $module {
            use super::*;

            proptest! {
                #![proptest_config(ProptestConfig::with_cases($cases))]

                #[test]
                fn texts_read_back(a in scalar::<$group>()) {
                    super::texts_read_back::<$group>(&a)?;
                }

                #[test]
                fn powers_agree(a in scalar::<$group>(), z in scalar::<$group>(), c in scalar::<$group>()) {
                    super::powers_agree::<$group>(&a, &z, &c)?;
                }

                #[test]
                fn scalars_are_a_field(
                    a in scalar::<$group>(),
                    b in scalar::<$group>(),
                    c in scalar::<$group>(),
                ) {
                    super::scalars_are_a_field::<$group>(&a, &b, &c)?;
                }
            }

            #[test]
            fn random_scalars_differ() {
                super::random_scalars_differ::<$group>();
            }

            #[test]
            fn challenges_depend_on_every_element() {
                super::challenges_depend_on_every_element::<$group>();
            }
        }
    };
}

laws_of!(ed25519, Ed25519, 64);
laws_of!(belenios2048, Belenios2048, 24);
