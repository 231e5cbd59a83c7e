//! Nominations: from the public form or a paper list through the review into the pool (mission rule 3).
//!
//! Names and numbers never appear in a log entry, an address or an error message.

mod code;
mod form;
mod list;
mod review;
mod submit;
#[cfg(test)]
mod tests;

pub use code::{FormToken, LookupCode};
pub use form::{FormField, FormProblem, NominationForm};
pub use list::{ListOutcome, ListRepeat, import_list};
pub use review::{ReviewCount, Twin, approve_all, count_states, decide, list_all, person_of, twins};
pub use submit::{Status, SubmitError, correct, find_open, look_up, submit};
