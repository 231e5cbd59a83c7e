//! SHA-256 values as they are published: 64 lower-case hexadecimal digits (draw specification §2). The archive names its
//! objects in the same way, so it is the same type.

pub use belenios::text::{Hash as Sha256Hash, TextError as HashFormatError};
