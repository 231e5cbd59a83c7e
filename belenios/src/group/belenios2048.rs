//! The subgroup of order q of the integers modulo a 2048-bit prime p (protocol note §1.1): texts in decimal.
//!
//! Numbers modulo p and modulo q stay in Montgomery form. q lies above 2^255, so 32 bytes need not be below it.

use std::fmt;
use std::sync::LazyLock;

use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{CtAssign, CtEq, MultiExponentiate, U256, U2048, Word, const_monty_params};
use rand::CryptoRng;
use subtle::Choice;
use zeroize::Zeroize;

use super::traits::element_and_scalar_traits;
use super::{DecodeError, Exponents, Group, decimal};

const_monty_params!(
    FieldModulus,
    U2048,
    "a3ef2d011fefb1b6e39e568fccdffb0fb7dc7ef3a791b6862791811d21fc35f2\
     1e6d36856b428030421f514ed40bfd4c06e092a495af8d79a2f85e0fb11c0ede\
     07dd973f9c53e50930c6e82ac36de1ae3fb8c3aabfff12ce27a5022ddd8912d1\
     07435012768a2cdd0a4091d8fa447f6c7ebc15a349fa318a6b4fe17d8d47e843\
     a3e14dfa9b2162f4d7229abe93a188b46b006517d6f6747ebbb29c9ec3099b60\
     7f18fb1a8bc858279aa8599411d998d3e3fada9e010840d082d8c31911acdd4a\
     0e7992d0f18cc759cb5de0acf66a3882555bc810941e021b6a4ccfa04ee4008f\
     878affa2375e2999b44f6cef17d707301e59e0e6351e051ed9cec4157646e64f",
    "The prime p."
);
/// An integer modulo p.
type Residue = ConstMontyForm<FieldModulus, { U2048::LIMBS }>;

const_monty_params!(
    GroupOrder,
    U256,
    "adb6066a73522565f4daa0f2579db7f2f0fa90c2168bc709e20263387d55c491",
    "The prime q, the order of the subgroup."
);
/// An integer modulo q.
type Exponent = ConstMontyForm<GroupOrder, { U256::LIMBS }>;

/// g.
const GENERATOR: Residue = Residue::new(&U2048::from_be_hex(
    "1307c1ab5f295885d7caa3a78a42415e31fd1c5807b61fb1e781878a52230a51\
     988b98c259597f9c5a9dfd001d26ba31d9d8976f01d95a1c8262ee68a0e92cea\
     541e5219e0d0d094301b894236823fe1d4bc04e29f3748aefd4f10d5b1a356a8\
     643e673fd9d215fc8fe5fb9cf9fdb8ea88fdb1a3381a697fdf9c2458570b06d2\
     6aef1be365fdd90165f397c6b870df8c1b9e519edcee8bb0f74b7a1615a274ba\
     60a7ea574a61f552d2dde0ce514e0927c4ff49b1964c4a913731ae4268d60d7f\
     22127b6cbba44d453ac8b72fd04e0991b7aeff04867d8724ac638f5f34100d2d\
     47aa680d43771902743d663f42d853c041e1c91fe3823f4bcf284308f1d7e653",
));

/// The powers of g.
static GENERATOR_BASE: LazyLock<FixedBase> = LazyLock::new(|| FixedBase::new(&GENERATOR));

/// The group `BELENIOS-2048` of the protocol note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belenios2048 {}

/// An integer modulo p whose q-th power is 1; never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element(Residue);

/// An integer modulo the group order q. It may be secret: `Debug` hides it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Scalar(Exponent);

element_and_scalar_traits!(Belenios2048);

impl Group for Belenios2048 {
    const NAME: &'static str = "BELENIOS-2048";
    const LONGEST_ELEMENT_TEXT: usize = 617;

    type Element = Element;
    type Scalar = Scalar;
    type Base = FixedBase;

    fn generator() -> Element {
        Element(GENERATOR)
    }

    fn identity() -> Element {
        Element(Residue::ONE)
    }

    fn generator_if(chosen: Choice) -> Element {
        let mut selected = Residue::ONE;
        selected.ct_assign(&GENERATOR, chosen.unwrap_u8().into());
        Element(selected)
    }

    fn multiply(a: &Element, b: &Element) -> Element {
        Element(a.0 * b.0)
    }

    fn divide(a: &Element, b: &Element) -> Element {
        // No element is 0, so there is an inverse.
        Element(a.0 * b.0.invert().unwrap_or(Residue::ONE))
    }

    fn power(base: &Element, exponent: &Scalar) -> Element {
        Element(base.0.pow(&exponent.0.retrieve()))
    }

    fn generator_power(exponent: &Scalar) -> Element {
        Element(GENERATOR_BASE.power(&exponent.0))
    }

    fn prepare(element: &Element) -> FixedBase {
        FixedBase::new(&element.0)
    }

    fn base_power(base: &FixedBase, exponent: &Scalar) -> Element {
        Element(base.power(&exponent.0))
    }

    fn public_generator_product(z: &Scalar, x: &Element, c: &Scalar) -> Element {
        let mut product = public_power(&x.0, &c.0.retrieve());
        GENERATOR_BASE.multiply_public_power(&mut product, &z.0);
        Element(product)
    }

    fn public_product(y: &Element, z: &Scalar, x: &Element, c: &Scalar) -> Element {
        let powers = [(y.0, z.0.retrieve()), (x.0, c.0.retrieve())];
        Element(Residue::multi_exponentiate(&powers))
    }

    fn public_products(y: &FixedBase, x: &Element, exponents: &[Exponents<Scalar>]) -> Vec<Element> {
        let of_x: Vec<_> = exponents.iter().map(|exponents| exponents.x.0.retrieve()).collect();
        let mut products = public_powers(&x.0, &of_x);
        for (product, exponents) in products.iter_mut().zip(exponents) {
            GENERATOR_BASE.multiply_public_power(product, &exponents.g.0);
            y.multiply_public_power(product, &exponents.y.0);
        }
        products.into_iter().map(Element).collect()
    }

    fn encode(element: &Element) -> String {
        decimal::encode(&element.0.retrieve())
    }

    fn encode_all(elements: &[Element]) -> Vec<String> {
        elements.iter().map(Self::encode).collect()
    }

    fn decode(text: &str) -> Result<Element, DecodeError> {
        let number = decimal::decode(text).ok_or(DecodeError::Element)?;
        if number >= *Residue::MODULUS.as_ref() {
            return Err(DecodeError::Element);
        }
        let residue = Residue::new(&number);
        // The q-th power of 0 is 0.
        if public_power(&residue, Exponent::MODULUS.as_ref()) != Residue::ONE {
            return Err(DecodeError::Element);
        }
        Ok(Element(residue))
    }

    fn scalar(value: u64) -> Scalar {
        Scalar(Exponent::new(&U256::from(value)))
    }

    fn random_scalar(rng: &mut impl CryptoRng) -> Scalar {
        let mut bytes = [0; 32];
        loop {
            rng.fill_bytes(&mut bytes);
            let mut number = U256::from_be_slice(&bytes);
            if number < *Exponent::MODULUS.as_ref() {
                let scalar = Scalar(Exponent::new(&number));
                bytes.zeroize();
                number.zeroize();
                return scalar;
            }
        }
    }

    fn invert(scalar: &Scalar) -> Scalar {
        Scalar(scalar.0.invert().unwrap_or(Exponent::ZERO))
    }

    fn reduce(bytes: &[u8]) -> Scalar {
        let mut wide = [0; 64];
        for (target, byte) in wide.iter_mut().rev().zip(bytes.iter().rev()) {
            *target = *byte;
        }
        let (high, low) = wide.split_at(32);
        // `new` takes numbers above q, and 2^256 is one more than the largest of them.
        let shift = Exponent::new(&U256::MAX) + Exponent::ONE;
        let reduced =
            Exponent::new(&U256::from_be_slice(high)) * shift + Exponent::new(&U256::from_be_slice(low));
        wide.zeroize();
        Scalar(reduced)
    }

    fn encode_scalar(scalar: &Scalar) -> String {
        decimal::encode(&scalar.0.retrieve())
    }

    fn decode_scalar(text: &str) -> Result<Scalar, DecodeError> {
        let number = decimal::decode(text).ok_or(DecodeError::Scalar)?;
        if number >= *Exponent::MODULUS.as_ref() {
            return Err(DecodeError::Scalar);
        }
        Ok(Scalar(Exponent::new(&number)))
    }
}

/// Bits of an exponent that one multiplication takes care of. With more, reading the whole row for every secret digit
/// would cost more than the multiplications saved.
const WINDOW: u32 = 6;

/// Powers in a row.
const ROW: usize = 1 << WINDOW;

/// Windows in an exponent.
const ROWS: u32 = U256::BITS.div_ceil(WINDOW);

/// The powers `b^(d·2^(6i))` of an element b for all six-bit digits d and all places i, one row a place.
pub struct FixedBase(Vec<Residue>);

impl FixedBase {
    fn new(base: &Residue) -> Self {
        let mut entries = Vec::new();
        let mut step = *base;
        for _ in 0..ROWS {
            let mut power = Residue::ONE;
            for _ in 0..ROW {
                entries.push(power);
                power *= &step;
            }
            step = power;
        }
        Self(entries)
    }

    /// The power, in constant time.
    fn power(&self, exponent: &Exponent) -> Residue {
        let mut product = Residue::ONE;
        for (row, digit) in self.0.chunks_exact(ROW).zip(digits(exponent)) {
            let mut selected = Residue::ONE;
            for (index, entry) in (0..).zip(row) {
                selected.ct_assign(entry, digit.ct_eq(&index));
            }
            product *= &selected;
        }
        product
    }

    /// Multiplies `product` by the power, in variable time.
    fn multiply_public_power(&self, product: &mut Residue, exponent: &Exponent) {
        for (row, digit) in self.0.chunks_exact(ROW).zip(digits(exponent)) {
            let entry = usize::try_from(digit).ok().and_then(|digit| row.get(digit));
            if let Some(entry) = entry.filter(|_| digit > 0) {
                *product *= entry;
            }
        }
    }
}

/// The six-bit digits of an exponent from the lowest, in constant time.
fn digits(exponent: &Exponent) -> impl Iterator<Item = Word> {
    const MASK: Word = (1 << WINDOW) - 1;
    let number = exponent.retrieve();
    (0..ROWS).map(move |row| {
        // The time depends only on the row.
        let [lowest, ..] = *number.wrapping_shr_vartime(row * WINDOW).as_words();
        lowest & MASK
    })
}

impl fmt::Debug for FixedBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FixedBase(…)")
    }
}

/// Bits of a digit in [`public_powers`].
const PUBLIC_WINDOW: u32 = 4;

/// Odd digits of that many bits.
const ODD_DIGITS: usize = 1 << (PUBLIC_WINDOW - 1);

/// One exponent on its way through [`public_powers`].
#[derive(Clone, Copy)]
struct Buckets {
    /// The bits not yet seen.
    rest: U256,
    /// Bits to pass over: they belong to the last digit.
    skip: u32,
    /// For each odd digit the product of the squares at its places.
    products: [Option<Residue>; ODD_DIGITS],
}

impl Buckets {
    fn new(exponent: &U256) -> Self {
        Self { rest: *exponent, skip: 0, products: [None; ODD_DIGITS] }
    }

    /// Takes in one bit of the exponent, `square` being the base squared as often as there were bits before.
    fn step(&mut self, square: &Residue) {
        let [lowest, ..] = *self.rest.as_words();
        if self.skip > 0 {
            self.skip -= 1;
        } else if lowest & 1 == 1 {
            let digit = usize::try_from(lowest % (1 << PUBLIC_WINDOW)).unwrap_or(0);
            if let Some(product) = self.products.get_mut(digit / 2) {
                *product = Some(times(product.as_ref(), square));
            }
            self.skip = PUBLIC_WINDOW - 1;
        }
        self.rest = self.rest.shr_vartime(1);
    }

    /// The product of all buckets raised to their digits 2k+1: the product of the k-th powers, squared, times all.
    fn finish(&self) -> Residue {
        let (mut all, mut weighted) = (None, None);
        let mut products = self.products.iter();
        let first = products.next().copied().flatten();
        for product in products.rev() {
            if let Some(product) = product {
                all = Some(times(all.as_ref(), product));
            }
            if let Some(all) = &all {
                weighted = Some(times(weighted.as_ref(), all));
            }
        }
        let factors = [all, first, weighted.map(|weighted: Residue| weighted.square())];
        factors
            .iter()
            .flatten()
            .fold(None, |power, factor| Some(times(power.as_ref(), factor)))
            .unwrap_or(Residue::ONE)
    }
}

/// The product, if there are two factors.
fn times(a: Option<&Residue>, b: &Residue) -> Residue {
    a.map_or(*b, |a| a * b)
}

/// The powers of one base, in variable time: all exponents share the squarings (Yao's method with sliding windows).
fn public_powers(base: &Residue, exponents: &[U256]) -> Vec<Residue> {
    let mut buckets: Vec<_> = exponents.iter().map(Buckets::new).collect();
    let bits = exponents.iter().map(U256::bit_width_vartime).max().unwrap_or(0);
    let mut square = *base;
    for bit in 0..bits {
        if bit > 0 {
            square = square.square();
        }
        for bucket in &mut buckets {
            bucket.step(&square);
        }
    }
    buckets.iter().map(Buckets::finish).collect()
}

/// [`public_powers`] for one exponent.
fn public_power(base: &Residue, exponent: &U256) -> Residue {
    public_powers(base, &[*exponent]).into_iter().next().unwrap_or(Residue::ONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::hash_to_scalar;

    const P: &str = "20694785691422546401013643657505008064922989295751104097100884787057374219242717401922237254497684338129066633138078958404960054389636289796393038773905722803605973749427671376777618898589872735865049081167099310535867780980030790491654063777173764198678527273474476341835600035698305193144284561701911000786737307333564123971732897913240474578834468260652327974647951137672658693582180046317922073668860052627186363386088796882120769432366149491002923444346373222145884100586421050242120365433561201320481118852408731077014151666200162313177169372189248078507711827842317498073276598828825169183103125680162072880719";
    const Q: &str = "78571733251071885079927659812671450121821421258408794611510081919805623223441";
    const G: &str = "2402352677501852209227687703532399932712287657378364916510075318787663274146353219320285676155269678799694668298749389095083896573425601900601068477164491735474137283104610458681314511781646755400527402889846139864532661215055797097162016168270312886432456663834863635782106154918419982534315189740658186868651151358576410138882215396016043228843603930989333662772848406593138406010231675095763777982665103606822406635076697764025346253773085133173495194248967754052573659049492477631475991575198775177711481490920456600205478127054728238140972518639858334115700568353695553423781475582491896050296680037745308460627";

    fn modulus_plus(difference: i8) -> String {
        let modulus: U2048 = decimal::decode(P).unwrap();
        let change = U2048::from(difference.unsigned_abs());
        decimal::encode(&if difference < 0 {
            modulus.wrapping_sub(&change)
        } else {
            modulus.wrapping_add(&change)
        })
    }

    #[test]
    fn numbers_are_those_of_the_protocol_note() {
        assert_eq!(decimal::encode(Residue::MODULUS.as_ref()), P);
        assert_eq!(decimal::encode(Exponent::MODULUS.as_ref()), Q);
        assert_eq!(Belenios2048::encode(&Belenios2048::generator()), G);
        assert_eq!(Belenios2048::encode(&Belenios2048::identity()), "1");
        assert_eq!(modulus_plus(-1).len(), Belenios2048::LONGEST_ELEMENT_TEXT);
    }

    #[test]
    fn challenge_is_the_one_of_the_protocol_note() {
        let h = hash_to_scalar::<Belenios2048>("test|", &[Belenios2048::generator()]);
        assert_eq!(
            Belenios2048::encode_scalar(&h),
            "27818220109447978578203343959151920379684826249517600816008531787356165697070"
        );
    }

    #[test]
    fn second_names_of_an_element_and_other_numbers_are_refused() {
        assert_eq!(Belenios2048::decode(G), Ok(Belenios2048::generator()));
        assert_eq!(Belenios2048::decode("1"), Ok(Belenios2048::identity()));
        let generator: U2048 = decimal::decode(G).unwrap();
        let above = decimal::encode(&generator.wrapping_add(Residue::MODULUS.as_ref()));
        // p-1 has order 2; 2 is no q-th root of 1 either.
        let others = [
            format!("0{G}"),
            format!("+{G}"),
            format!("{G} "),
            format!("{}_{}", &G[..1], &G[1..]),
            above,
            modulus_plus(-1),
            modulus_plus(0),
            modulus_plus(1),
        ];
        for text in others.iter().map(String::as_str).chain(["", "0", "00", "01", "-1", "2", "0x1"]) {
            assert_eq!(Belenios2048::decode(text), Err(DecodeError::Element), "{text:?}");
        }
    }

    #[test]
    fn the_group_order_itself_is_no_scalar() {
        assert!(Belenios2048::decode_scalar(Q).is_err());
        let last = Belenios2048::decode_scalar(&format!("{}0", &Q[..Q.len() - 1])).unwrap();
        assert_eq!(last + Belenios2048::scalar(1), Belenios2048::scalar(0));
    }

    #[test]
    fn bytes_are_a_big_endian_number() {
        assert_eq!(Belenios2048::reduce(&[]), Belenios2048::scalar(0));
        assert_eq!(Belenios2048::reduce(&[1, 2]), Belenios2048::scalar(258));
        let mut two_to_the_256 = [0; 33];
        two_to_the_256[0] = 1;
        let half = Belenios2048::reduce(&two_to_the_256[..17]);
        assert_eq!(Belenios2048::reduce(&two_to_the_256), half * half);
        let order: U256 = decimal::decode(Q).unwrap();
        assert_eq!(Belenios2048::reduce(&order.to_be_bytes()), Belenios2048::scalar(0));
    }
}
