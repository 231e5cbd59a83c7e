//! The agent on each terminal in the hall: the voting booth, the card officer's terminal, the trustee's terminal.
//!
//! | module | holds |
//! | --- | --- |
//! | [`flow`] | one person's vote as a pure state machine |
//! | [`booth`] | the voting booth and its pages |
//! | [`spool`] | ballots on this machine's disk, on their way |
//! | [`uplink`] | the server as a terminal sees it, and delivery |
//! | [`cards`] | making and printing voting cards |
//! | [`trustee`] | making a key share, decrypting the sums |
//! | [`config`] | what this terminal is |
//! | [`terminal`] | the terminal from the moment it is switched on |
//! | [`enrolment`], [`identity`], [`access`] | becoming known to the server, and proving it later |
//! | [`equipment`] | what stands before the voter at a booth |
//! | [`heartbeat`] | what the steward's board is told |
//! | [`pages`] | what the pages of all terminals have in common |
//! | [`identity`] | the key this terminal is known by |
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod access;
pub mod booth;
pub mod cards;
pub mod clips;
pub mod config;
pub mod enrolment;
pub mod equipment;
pub mod flow;
pub mod heartbeat;
pub mod identity;
pub mod pages;
mod private_file;
pub mod spool;
pub mod terminal;
mod tls;
pub mod trustee;
pub mod uplink;

use rand::{CryptoRng, rand_core::UnwrapErr, rngs::SysRng};

/// Randomness from the operating system, drawn anew each time: no state of a generator stays in memory from which a ballot's
/// secrets could be computed again.
#[must_use]
pub fn os_rng() -> impl CryptoRng {
    UnwrapErr(SysRng)
}
