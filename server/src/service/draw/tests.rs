//! What the ceremony promises (draw specification §5), on both databases.

mod commitments;
mod dice;
mod envelopes;
mod hall;
mod steps;
mod vectors;
mod voiding;
