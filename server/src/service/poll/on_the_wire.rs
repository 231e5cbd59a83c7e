//! Words of the domain as the terminals read them.

use evaluation::wire;

use crate::domain::{PollState, Purpose};

/// Whether the ballots count.
pub(super) fn wire_purpose(purpose: Purpose) -> wire::Purpose {
    match purpose {
        Purpose::Real => wire::Purpose::Real,
        Purpose::Rehearsal => wire::Purpose::Rehearsal,
    }
}

/// Where the poll stands.
pub(super) fn wire_state(state: PollState) -> wire::PollState {
    match state {
        PollState::Setup => wire::PollState::Setup,
        PollState::KeysReady => wire::PollState::KeysReady,
        PollState::CardsReady => wire::PollState::CardsReady,
        PollState::Open => wire::PollState::Open,
        PollState::Paused => wire::PollState::Paused,
        PollState::Closing => wire::PollState::Closing,
        PollState::Closed => wire::PollState::Closed,
        PollState::Reconciled => wire::PollState::Reconciled,
        PollState::Tallied => wire::PollState::Tallied,
        PollState::Revealed => wire::PollState::Revealed,
    }
}
