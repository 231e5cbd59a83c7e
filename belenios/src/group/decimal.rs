//! Decimal texts of 256-bit numbers (protocol note §1.4).

use crypto_bigint::U256;

/// The decimal text of a little-endian number.
pub(super) fn encode(bytes: &[u8; 32]) -> String {
    U256::from_le_slice(bytes).to_string_radix_vartime(10)
}

/// The little-endian bytes of a canonical decimal: digits only, no leading zero, below 2^256.
pub(super) fn decode(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    let canonical =
        digits.iter().all(u8::is_ascii_digit) && (digits.len() == 1 || digits.first() != Some(&b'0'));
    if !canonical {
        return None;
    }
    let number = U256::from_str_radix_vartime(text, 10).ok()?;
    Some(number.to_le_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_decimal_is_read() {
        for text in ["", "00", "01", "+1", "-1", " 1", "1_0", "0x1", "1e3", &"9".repeat(80)] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_number_reads_back(bytes: [u8; 32]) {
            proptest::prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
    }
}
