//! The draw against the published test vectors, tampered copies of them, laws, and a checker written by others.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "draw/ceremony.rs"]
mod ceremony;
#[path = "draw/chances.rs"]
mod chances;
#[path = "draw/checker.rs"]
mod checker;
#[path = "draw/folder.rs"]
mod folder;
#[path = "draw/further.rs"]
mod further;
#[path = "draw/further_laws.rs"]
mod further_laws;
#[path = "draw/laws.rs"]
mod laws;
#[path = "draw/naive.rs"]
mod naive;
#[path = "draw/tampering.rs"]
mod tampering;
#[path = "draw/vectors.rs"]
mod vectors;
