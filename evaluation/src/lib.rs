//! The rules of the evaluation: offices, pool and draw, score and ranking, publication and its verification.
//!
//! Nothing here reads a clock, a network or a random number generator: time and randomness are arguments, so that
//! everything can be replayed. The one place that reads a disk is [`publication::source`], for the two verifiers.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod carry_over;
pub mod ceremony;
pub mod decision;
pub mod deck;
pub mod description;
pub mod draw;
pub mod grade;
pub mod hall_key;
pub mod hash;
pub mod office;
pub mod paper;
pub mod paper_code;
pub mod pool;
pub mod publication;
pub mod ranking;
pub mod reveal;
pub mod rules;
pub mod ruling;
pub mod sanction;
pub mod score;
pub mod spreadsheet;
mod table;
pub mod wire;
