//! The voting booth before a person: real pages in a real browser, touched, typed at, measured and looked at.
//!
//! The pages of [`screens`] are drawn from their view models. Votes go through a real booth; the server behind it is the
//! one that the kiosk's own tests use, which can be told to fail.

mod accessible;
mod aside;
mod booth;
mod checked;
mod faults;
mod fingers;
mod gallery;
#[cfg(test)]
#[expect(dead_code, reason = "the hall of the kiosk's tests, of which these need a part")]
#[path = "../../../kiosk/tests/terminal/hall.rs"]
mod hall;
mod halted;
mod interrupted;
mod launch;
mod left;
mod measured;
mod pace;
mod pictures;
mod refused;
mod resumed;
mod screens;
mod traces;
mod voice;
mod votes;

/// The group of the halls here.
#[cfg(test)]
use belenios::group::Ed25519 as G;
