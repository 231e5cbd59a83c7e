//! The agent on each terminal in the hall: the voting booth, the card officer's terminal, the trustee's terminal.
//!
//! | module | holds |
//! | --- | --- |
//! | [`flow`] | one person's vote as a pure state machine |
//! | [`booth`] | the voting booth and its pages |
//! | [`spool`] | ballots on this machine's disk, on their way |
//! | [`uplink`] | the server as a terminal sees it, and delivery |
//! | [`cards`] | making voting cards |
//! | [`trustee`] | making a key share, decrypting the sums |
//! | [`config`] | what this terminal is |
//! | [`pages`] | what the pages of all terminals have in common |
//! | [`identity`] | the key this terminal is known by |
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod booth;
pub mod cards;
pub mod config;
pub mod flow;
pub mod identity;
pub mod pages;
mod private_file;
pub mod spool;
pub mod trustee;
pub mod uplink;

use rand::{CryptoRng, rand_core::UnwrapErr, rngs::SysRng};

/// Randomness from the operating system, drawn anew each time: no state of a generator stays in memory from which a ballot's
/// secrets could be computed again.
#[must_use]
pub fn os_rng() -> impl CryptoRng {
    UnwrapErr(SysRng)
}
