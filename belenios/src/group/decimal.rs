//! Decimal texts of numbers of a fixed length (protocol note §1.1, §1.4).

use crypto_bigint::Uint;

/// No limb needs more decimal digits.
const DIGITS_PER_LIMB: usize = 20;

/// The decimal text.
pub(super) fn encode<const LIMBS: usize>(number: &Uint<LIMBS>) -> String {
    number.to_string_radix_vartime(10)
}

/// Reads a canonical decimal: digits only, no leading zero, no more bits than the type has.
pub(super) fn decode<const LIMBS: usize>(text: &str) -> Option<Uint<LIMBS>> {
    let digits = text.as_bytes();
    let canonical = digits.len() <= DIGITS_PER_LIMB * LIMBS
        && digits.iter().all(u8::is_ascii_digit)
        && (digits.len() == 1 || digits.first() != Some(&b'0'));
    if !canonical {
        return None;
    }
    Uint::from_str_radix_vartime(text, 10).ok()
}

#[cfg(test)]
mod tests {
    use crypto_bigint::{U256, U2048};

    use super::*;

    #[test]
    fn only_the_canonical_decimal_is_read() {
        for text in
            ["", "00", "01", "+1", "-1", " 1", "1_0", "0x1", "1e3", &"9".repeat(80), &"9".repeat(1000)]
        {
            assert_eq!(decode::<{ U256::LIMBS }>(text), None, "{text:?}");
        }
        assert_eq!(decode(&encode(&U2048::MAX)), Some(U2048::MAX));
        assert_eq!(decode::<{ U2048::LIMBS }>(&"9".repeat(617)), None);
    }

    proptest::proptest! {
        #[test]
        fn every_number_reads_back(words: [u64; 4], long: [u64; 32]) {
            let (number, long) = (U256::from_words(words), U2048::from_words(long));
            proptest::prop_assert_eq!(decode(&encode(&number)), Some(number));
            proptest::prop_assert_eq!(decode(&encode(&long)), Some(long));
        }
    }
}
