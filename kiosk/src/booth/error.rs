//! What can go wrong at a booth, one variant for each thing a page says.

use belenios::ballot::ChoiceError;

use super::{Contact, SetupError};
use crate::{flow::FlowError, spool::SpoolError, uplink::UplinkError};

/// Why the booth cannot begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The poll does not hang together, or is not the one of the opening sheet.
    #[error("nobody can vote in this poll at this booth")]
    Setup(#[source] SetupError),
    /// The spool cannot be used.
    #[error("the spool cannot be used")]
    Spool(#[source] SpoolError),
    /// The server cannot be asked for the poll.
    #[error("the server does not tell the poll")]
    Uplink(#[source] UplinkError),
}

/// Why a card is not taken. The next one can be presented at once.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CardError {
    /// The check character does not fit, or characters are missing or wrong.
    #[error("the code was not typed correctly")]
    Mistyped,
    /// The server cannot be asked.
    #[error("the server cannot be asked about the card")]
    NoContact(#[source] UplinkError),
    /// At this booth nobody has compared the opening sheet and given the hall key yet.
    #[error("this booth has not been opened")]
    NotOpened,
    /// The poll is not open.
    #[error("the poll is not open")]
    PollNotOpen,
    /// The ballot of this card is stored already.
    #[error("the card has voted")]
    Spent,
    /// It cannot be told whether a ballot of this card waits here.
    #[error("the spool cannot be read")]
    Spool(#[source] SpoolError),
    /// The turn this speaks for is over.
    #[error("the turn is over")]
    TurnOver,
    /// In this turn a card has been presented already.
    #[error("a card has been presented already")]
    TurnTaken,
    /// No card of this poll bears this code.
    #[error("no card of this poll bears this code")]
    Unknown,
    /// The card was declared void.
    #[error("the card was declared void")]
    Void,
}

/// Why a step cannot be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TurnError {
    /// The choices do not fit the election; the booth is at fault.
    #[error("the choices do not fit the election")]
    Choices(#[source] ChoiceError),
    /// Encryption ended unexpectedly; the booth is at fault.
    #[error("the ballot could not be encrypted")]
    Encryption,
    /// The step is not possible from here.
    #[error("the step is not possible from here")]
    Flow(#[source] FlowError),
    /// No card has been presented.
    #[error("no card has been presented")]
    NoCard,
    /// No ballot has been cast in this turn.
    #[error("no ballot has been cast in this turn")]
    NotCast,
    /// The ballot was opened; the vote begins anew first.
    #[error("the ballot was opened, and the vote begins anew")]
    Opened,
    /// The turn this speaks for is over.
    #[error("the turn is over")]
    TurnOver,
}

/// Why the ballot is not cast.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CastError {
    /// Storing ended unexpectedly.
    #[error("storing the ballot was interrupted")]
    Interrupted,
    /// The review has not shown a tracker for what is chosen now.
    #[error("the ballot has not been reviewed")]
    NotReviewed,
    /// The server takes no ballots now.
    #[error("the poll is not open")]
    PollNotOpen(Contact),
    /// The ballot is not durable on this machine.
    #[error("the ballot cannot be stored on this machine")]
    Spool(#[source] SpoolError),
    /// The step is not possible in this turn.
    #[error(transparent)]
    Turn(#[from] TurnError),
}

/// Why a ballot is not opened. Nothing of it has left this machine's memory, and it will never be cast.
#[derive(Debug, thiserror::Error)]
pub enum ChallengeError {
    /// Opening ended unexpectedly.
    #[error("opening the ballot was interrupted")]
    Interrupted,
    /// The server has not promised to refuse the ballot for ever.
    #[error("the server has not promised to refuse the ballot for ever")]
    NoPromise(#[source] UplinkError),
    /// The review has not shown this tracker for what is chosen now.
    #[error("the ballot has not been reviewed")]
    NotReviewed,
    /// The step is not possible in this turn.
    #[error(transparent)]
    Turn(#[from] TurnError),
}
