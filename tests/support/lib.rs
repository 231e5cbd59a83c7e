//! What the end-to-end tests share: the project's programs as processes, a browser, a person at a form, and a second
//! way to count.
//!
//! Nothing here uses the code under test. A tool that is missing is an error, never a reason to skip.

pub mod browser;
pub mod cable;
pub mod form;
pub mod http;
pub mod place;
pub mod process;
pub mod recount;
pub mod sample;
pub mod table;
pub mod terminal;
pub mod traces;
