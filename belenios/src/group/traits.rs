//! What every group's `Element` and `Scalar` have in common, derived from their inner number and from [`Group`].
//!
//! [`Group`]: super::Group

/// Implements the arithmetic, `Debug` and `Zeroize` of `Scalar` and the serde forms of `Element` and `Scalar`, newtypes
/// of the module that calls it, for this group.
macro_rules! element_and_scalar_traits {
    ($group:ty) => {
        impl std::fmt::Debug for Scalar {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("Scalar(…)")
            }
        }

        impl std::ops::Add for Scalar {
            type Output = Self;

            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl std::ops::Sub for Scalar {
            type Output = Self;

            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl std::ops::Mul for Scalar {
            type Output = Self;

            fn mul(self, other: Self) -> Self {
                Self(self.0 * other.0)
            }
        }

        impl std::ops::Neg for Scalar {
            type Output = Self;

            fn neg(self) -> Self {
                Self(-self.0)
            }
        }

        impl zeroize::Zeroize for Scalar {
            fn zeroize(&mut self) {
                self.0.zeroize();
            }
        }

        impl serde::Serialize for Element {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&<$group as $crate::group::Group>::encode(self))
            }
        }

        impl<'de> serde::Deserialize<'de> for Element {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                <$group as $crate::group::Group>::decode(&text).map_err(serde::de::Error::custom)
            }
        }

        impl serde::Serialize for Scalar {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&<$group as $crate::group::Group>::encode_scalar(self))
            }
        }

        impl<'de> serde::Deserialize<'de> for Scalar {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                <$group as $crate::group::Group>::decode_scalar(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(super) use element_and_scalar_traits;
