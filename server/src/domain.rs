//! Who may do what, and in which order: roles, states, ids and the events of the log.
//!
//! Pure: no database, no HTTP, no clock. Facts that a rule needs are arguments; the answer is the next state or an
//! error that says which precondition fails, in Chinese and in English.

pub mod absence;
pub mod account;
pub mod action;
pub mod attendance;
pub mod draw;
pub mod edition;
pub mod id;
pub mod language;
pub mod log_event;
pub mod nomination;
pub mod paper;
pub mod poll;
pub mod proposal;
pub mod restored;
pub mod terminal;
mod word;

pub use absence::AbsenceReason;
pub use account::{AccountStatus, Permission, Role};
pub use action::Action;
pub use attendance::{AttendanceCounts, CorrectionKind};
pub use draw::DrawState;
pub use edition::EditionState;
pub use id::{
    AccountId, CountyId, EditionId, EnrolmentId, IdError, NominationId, PollId, ProposalId, TerminalId,
};
pub use language::InTwoLanguages;
pub use log_event::{Actor, LogEvent};
pub use nomination::{NominationSource, NominationState};
pub use paper::PaperCountState;
pub use poll::{CredentialStatus, PollState, Purpose};
pub use proposal::ProposalState;
pub use restored::RestoredFrom;
pub use terminal::{TerminalRole, TerminalStatus};
pub use word::UnknownWord;
