//! Writing an archive, event by event, in the one legal order.

use std::io::{self, Write};

use super::member::{header, padding};
use super::{DATA_SUFFIX, EVENT_SUFFIX, Event, EventType, HEADER_NAME, Header, Owned, SetupData, SizedTally};
use crate::json;
use crate::text::Hash;

/// An archive could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The sink failed.
    #[error("the archive cannot be written")]
    Io(#[from] io::Error),
    /// The event may not follow the last one.
    #[error("{next:?} may not follow {last:?}")]
    Order {
        /// The last event written.
        last: Option<EventType>,
        /// The refused one.
        next: EventType,
    },
    /// A body or the time does not fit the format.
    #[error("a member is too large for the archive format")]
    TooLarge,
}

/// Writes an archive: `Setup`, `Ballot`*, `EndBallots`, `EncryptedTally`, `PartialDecryption`+, `Result`.
#[derive(Debug)]
pub struct Writer<W: Write> {
    sink: W,
    timestamp: u64,
    parent: Option<Hash>,
    height: u64,
    last: Option<EventType>,
}

impl<W: Write> Writer<W> {
    /// Begins an archive whose members all carry this time, in Unix seconds.
    pub fn new(sink: W, timestamp: u64) -> Result<Self, WriteError> {
        let mut writer = Self { sink, timestamp, parent: None, height: 0, last: None };
        let header = Header { version: 1, timestamp: timestamp.to_string() };
        writer.member(HEADER_NAME, json::write(&header).as_bytes())?;
        Ok(writer)
    }

    /// The election with its trustees and public credentials.
    pub fn setup(&mut self, election: &str, trustees: &str, credentials: &str) -> Result<Hash, WriteError> {
        let [election, trustees, credentials] = [election, trustees, credentials].map(str::as_bytes);
        let setup = SetupData {
            election: Hash::of(election),
            trustees: Hash::of(trustees),
            credentials: Hash::of(credentials),
            credentials_certificate: None,
        };
        let setup = json::write(&setup);
        self.event(EventType::Setup, &[election, trustees, credentials, setup.as_bytes()])
    }

    /// A ballot's canonical text.
    pub fn ballot(&mut self, ballot: &[u8]) -> Result<Hash, WriteError> {
        self.event(EventType::Ballot, &[ballot])
    }

    /// The end of voting.
    pub fn end_ballots(&mut self) -> Result<Hash, WriteError> {
        self.event(EventType::EndBallots, &[])
    }

    /// The encrypted tally of `voters` distinct voters with this total weight.
    pub fn encrypted_tally(
        &mut self,
        tally: &str,
        voters: u64,
        total_weight: u64,
    ) -> Result<Hash, WriteError> {
        let sized = SizedTally { num_tallied: voters, total_weight, encrypted_tally: Hash::of(tally) };
        self.event(EventType::EncryptedTally, &[tally.as_bytes(), json::write(&sized).as_bytes()])
    }

    /// The share of the trustee with this number, from 1.
    pub fn partial_decryption(&mut self, owner: usize, share: &str) -> Result<Hash, WriteError> {
        let wrapper = Owned { owner, payload: Hash::of(share) };
        self.event(EventType::PartialDecryption, &[share.as_bytes(), json::write(&wrapper).as_bytes()])
    }

    /// The decrypted sums.
    pub fn result(&mut self, result: &str) -> Result<Hash, WriteError> {
        self.event(EventType::Result, &[result.as_bytes()])
    }

    /// Ends writing and gives the sink back.
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.sink.flush()?;
        Ok(self.sink)
    }

    /// Writes the data members and the event; the last data member is the payload. Returns the event's hash.
    fn event(&mut self, event_type: EventType, data: &[&[u8]]) -> Result<Hash, WriteError> {
        if !may_follow(self.last, event_type) {
            return Err(WriteError::Order { last: self.last, next: event_type });
        }
        for body in data {
            self.member(&format!("{}{DATA_SUFFIX}", Hash::of(body)), body)?;
        }
        let payload = data.last().map(Hash::of);
        let event = json::write(&Event { parent: self.parent, height: self.height, event_type, payload });
        let hash = Hash::of(&event);
        self.member(&format!("{hash}{EVENT_SUFFIX}"), event.as_bytes())?;
        self.parent = Some(hash);
        self.height += 1;
        self.last = Some(event_type);
        Ok(hash)
    }

    fn member(&mut self, name: &str, body: &[u8]) -> Result<(), WriteError> {
        let size = u64::try_from(body.len()).map_err(|_| WriteError::TooLarge)?;
        let header = header(name, size, self.timestamp).ok_or(WriteError::TooLarge)?;
        self.sink.write_all(&header)?;
        self.sink.write_all(body)?;
        self.sink.write_all(&vec![0; padding(size)])?;
        Ok(())
    }
}

/// The phase order: `Setup, Ballot*, EndBallots, EncryptedTally, PartialDecryption+, Result`.
pub(crate) fn may_follow(last: Option<EventType>, next: EventType) -> bool {
    use EventType::{Ballot, EncryptedTally, EndBallots, PartialDecryption, Result, Setup};
    matches!(
        (last, next),
        (None, Setup)
            | (Some(Setup | Ballot), Ballot | EndBallots)
            | (Some(EndBallots), EncryptedTally)
            | (Some(EncryptedTally | PartialDecryption), PartialDecryption)
            | (Some(PartialDecryption), Result)
    )
}
