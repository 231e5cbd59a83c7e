//! A hall that votes in the usual group.

pub(crate) use belenios::group::Ed25519 as G;

#[expect(dead_code, clippy::unwrap_used, clippy::wildcard_imports, reason = "the hall is that of the tests")]
#[path = "../../tests/terminal/hall.rs"]
pub(crate) mod hall;
