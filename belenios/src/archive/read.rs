//! Reading an archive event by event, accepting only the bytes that the writer would have written.

use std::io::{self, Read};

use super::member::{BLOCK, header, name_and_size, padding};
use serde::Deserialize;

use super::{DATA_SUFFIX, EVENT_SUFFIX, Event, EventType, HEADER_NAME, Header};
use crate::json;
use crate::text::Hash;

/// A member larger than this is no part of any real election; reading it would only fill the memory.
const LARGEST_MEMBER: u64 = 64 << 20;
/// No event has more data members before it.
const MOST_DATA_MEMBERS: usize = 5;

/// The bytes are not an archive, or not exactly the one that its own content demands.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The name of a member is not the hash of its body.
    #[error("the member {name} does not hold what its name says")]
    Content {
        /// The member.
        name: String,
    },
    /// An event is not in canonical form.
    #[error("the event {0} is not in canonical form")]
    Event(Hash),
    /// The first member is not the header of a version 1 archive.
    #[error("the archive does not begin with a header of version 1 in its exact form")]
    Header,
    /// The source failed.
    #[error("the archive cannot be read")]
    Io(#[from] io::Error),
    /// A member's header or padding is not the one and only form.
    #[error("the member at byte {offset} is not in the exact form of the format")]
    Member {
        /// Where it begins.
        offset: u64,
    },
    /// Data members without an event that uses them, or more than any event has.
    #[error("data members stand where no event uses them")]
    Stray,
    /// The archive ends in the middle of a member.
    #[error("the archive is cut off")]
    Truncated,
    /// An event of a type that this crate does not know.
    #[error("the event {0} is of an unknown type")]
    UnknownEvent(Hash),
}

/// An event with the data members before it.
#[derive(Debug)]
pub struct Entry {
    /// The event's own hash.
    pub hash: Hash,
    /// The event.
    pub event: Event,
    /// The bodies of the data members, in order, with their hashes.
    pub data: Vec<(Hash, Vec<u8>)>,
}

/// Reads one event at a time, so that memory does not grow with the archive.
#[derive(Debug)]
pub struct Reader<R: Read> {
    source: R,
    offset: u64,
    timestamp: u64,
}

impl<R: Read> Reader<R> {
    /// Reads the header.
    pub fn new(source: R) -> Result<Self, ArchiveError> {
        strictly(|faults| Self::new_noting(source, faults))
    }

    /// The time of the archive, in Unix seconds.
    #[must_use]
    pub fn timestamp(&self) -> u64 {
        self.timestamp
    }

    /// The next event with its data; `None` at the end.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, ArchiveError> {
        strictly(|faults| self.next_entry_noting(faults))
    }

    /// [`Reader::new`], but what can be read all the same is only noted in `faults`.
    pub(crate) fn new_noting(source: R, faults: &mut Vec<ArchiveError>) -> Result<Self, ArchiveError> {
        let mut reader = Self { source, offset: 0, timestamp: 0 };
        let block = reader.block()?.ok_or(ArchiveError::Truncated)?;
        let (name, size) = name_and_size(&block).ok_or(ArchiveError::Header)?;
        if name != HEADER_NAME || size > LARGEST_MEMBER {
            return Err(ArchiveError::Header);
        }
        let (body, padded) = reader.body(size)?;
        let parsed: Header = serde_json::from_slice(&body).map_err(|_| ArchiveError::Header)?;
        reader.timestamp = parsed.timestamp.parse().map_err(|_| ArchiveError::Header)?;
        let expected = Header { version: 1, timestamp: reader.timestamp.to_string() };
        let canonical = serde_json::to_vec(&expected).is_ok_and(|bytes| bytes == body);
        if !canonical || !padded || header(HEADER_NAME, size, reader.timestamp) != Some(block) {
            faults.push(ArchiveError::Header);
        }
        Ok(reader)
    }

    /// [`Reader::next_entry`], but what can be read all the same is only noted in `faults`.
    pub(crate) fn next_entry_noting(
        &mut self,
        faults: &mut Vec<ArchiveError>,
    ) -> Result<Option<Entry>, ArchiveError> {
        let mut data = Vec::new();
        let mut stray = false;
        while let Some((name, body)) = self.member(faults)? {
            let hash = Hash::of(&body);
            let (claimed, is_event) = match (name.strip_suffix(DATA_SUFFIX), name.strip_suffix(EVENT_SUFFIX))
            {
                (Some(claimed), _) => (claimed, false),
                (None, Some(claimed)) => (claimed, true),
                (None, None) => return Err(ArchiveError::Content { name }),
            };
            if claimed != hash.to_string() {
                faults.push(ArchiveError::Content { name });
            }
            if is_event {
                return Ok(Some(Entry { hash, event: read_event(hash, &body, faults)?, data }));
            }
            if data.len() < MOST_DATA_MEMBERS {
                data.push((hash, body));
            } else if !std::mem::replace(&mut stray, true) {
                faults.push(ArchiveError::Stray);
            }
        }
        if !data.is_empty() {
            faults.push(ArchiveError::Stray);
        }
        Ok(None)
    }

    fn member(&mut self, faults: &mut Vec<ArchiveError>) -> Result<Option<(String, Vec<u8>)>, ArchiveError> {
        let offset = self.offset;
        let Some(block) = self.block()? else { return Ok(None) };
        let malformed = ArchiveError::Member { offset };
        let Some((name, size)) = name_and_size(&block).filter(|(_, size)| *size <= LARGEST_MEMBER) else {
            return Err(malformed);
        };
        let name = name.to_owned();
        let (body, padded) = self.body(size)?;
        if !padded || header(&name, size, self.timestamp) != Some(block) {
            faults.push(malformed);
        }
        Ok(Some((name, body)))
    }

    /// A whole block, or nothing at the end.
    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, ArchiveError> {
        let bytes = self.bytes(BLOCK as u64)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        bytes.try_into().map(Some).map_err(|_| ArchiveError::Truncated)
    }

    /// A body of `size` bytes, and whether its padding is all zeros.
    fn body(&mut self, size: u64) -> Result<(Vec<u8>, bool), ArchiveError> {
        let body = self.bytes(size)?;
        let padding_length = padding(size);
        let padding = self.bytes(padding_length as u64)?;
        if body.len() as u64 != size || padding.len() != padding_length {
            return Err(ArchiveError::Truncated);
        }
        Ok((body, padding.iter().all(|byte| *byte == 0)))
    }

    fn bytes(&mut self, size: u64) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = Vec::new();
        self.source.by_ref().take(size).read_to_end(&mut bytes)?;
        self.offset += bytes.len() as u64;
        Ok(bytes)
    }
}

/// Makes an error of the first fault that was noted.
fn strictly<T>(
    read: impl FnOnce(&mut Vec<ArchiveError>) -> Result<T, ArchiveError>,
) -> Result<T, ArchiveError> {
    let mut faults = Vec::new();
    let outcome = read(&mut faults);
    match faults.into_iter().next() {
        Some(fault) => Err(fault),
        None => outcome,
    }
}

fn read_event(hash: Hash, body: &[u8], faults: &mut Vec<ArchiveError>) -> Result<Event, ArchiveError> {
    #[derive(Deserialize)]
    struct OnlyType {
        r#type: String,
    }
    let Ok(event) = serde_json::from_slice::<Event>(body) else {
        let known = |name: &str| serde_json::from_value::<EventType>(name.into()).is_ok();
        return match serde_json::from_slice::<OnlyType>(body) {
            Ok(only) if !known(&only.r#type) => Err(ArchiveError::UnknownEvent(hash)),
            _ => Err(ArchiveError::Event(hash)),
        };
    };
    if json::write(&event).as_bytes() != body {
        faults.push(ArchiveError::Event(hash));
    }
    Ok(event)
}
