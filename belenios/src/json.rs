//! JSON in and out. Reading is stricter than serde: what this crate would write as an object must be an object in the
//! text, because other programs refuse anything else.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The compact text of plain strings, numbers, vectors and structs, which cannot fail to be written into memory.
pub(crate) fn write(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Reads a text of which every part has the shape that [`write()`] gives it. Fields that the type does not know are left
/// to the type.
pub(crate) fn read<T: DeserializeOwned + Serialize>(text: &[u8]) -> Result<T, serde_json::Error> {
    let value: T = serde_json::from_slice(text)?;
    let found: Value = serde_json::from_slice(text)?;
    if covers(&found, &serde_json::to_value(&value)?) {
        Ok(value)
    } else {
        Err(serde_json::Error::custom("an object is written in another shape"))
    }
}

/// Whether `found` says all that `expected` says; objects of `found` may say more.
fn covers(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len() && found.iter().zip(expected).all(|(one, other)| covers(one, other))
        }
        (Value::Object(found), Value::Object(expected)) => {
            expected.iter().all(|(key, value)| found.get(key).is_some_and(|found| covers(found, value)))
        }
        (found, expected) => found == expected,
    }
}

/// A count or weight: a number, or above 2^30 - 1 the decimal in a string (protocol note §2.2).
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Count {
        Number(u64),
        Text(String),
    }
    match Count::deserialize(deserializer)? {
        Count::Number(number) => Ok(number),
        Count::Text(text) => {
            let number: u64 = text.parse().map_err(D::Error::custom)?;
            if number.to_string() == text {
                Ok(number)
            } else {
                Err(D::Error::custom("not a canonical number"))
            }
        }
    }
}

/// Writes what [`count`] reads.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
pub(crate) fn write_count<S: Serializer>(count: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    if *count < 1 << 30 { serializer.serialize_u64(*count) } else { serializer.collect_str(count) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Pair {
        one: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        other: Option<u32>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Weight(#[serde(deserialize_with = "count", serialize_with = "write_count")] u64);

    #[test]
    fn a_large_count_is_a_text_and_a_small_one_a_number() {
        for text in ["0", "1073741823", "\"1073741824\"", "\"18446744073709551615\""] {
            let weight: Weight = read(text.as_bytes()).unwrap();
            assert_eq!(write(&weight), text);
        }
        for text in ["-1", "\"01\"", "\"1\"", "\"18446744073709551616\"", "\"\"", "1.0"] {
            assert!(read::<Weight>(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_struct_written_as_an_array_is_refused() {
        assert!(read::<Pair>(br#"{"one":1}"#).is_ok());
        assert!(read::<Pair>(br#"{"one":1,"more":2}"#).is_ok());
        assert!(read::<Pair>(br"[1,null]").is_err());
        assert!(read::<Vec<Pair>>(br#"[{"one":1},[2,3]]"#).is_err());
    }
}
