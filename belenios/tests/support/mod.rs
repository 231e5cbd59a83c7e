//! What the tests of whole archives need: an honest election, and a forger who knows all its secrets.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something is missing")]

pub(crate) mod archive;
pub(crate) mod cases;
pub(crate) mod election;
pub(crate) mod forge;
mod logs;
mod prove;
pub(crate) mod trustees;
mod wire;
