//! The chances of a draw in plain numbers, to be announced with it (draw specification §9): whole numbers and fractions,
//! never rounded without saying so.
//!
//! What the rules settle is exact; what only a simulation can tell ([`Rehearsal`]) says with how many trials, and how far
//! off it may be. The randomness of a simulation is the caller's, never that of a draw.

mod exact;
mod rehearsal;

pub use exact::{Chance, Outcomes, category_chances, half_chances, possible_outcomes};
pub use rehearsal::{Acceptance, Estimate, Rehearsal, estimate_acceptance, rehearse};
