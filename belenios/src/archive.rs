//! The archive `<uuid>.bel`: a hash-chained log of events in old-style tar members (protocol note §7).

use serde::{Deserialize, Serialize};

use crate::json;
use crate::text::Hash;

mod member;
mod prefix;
mod read;
mod write;

pub(crate) use write::may_follow;

pub use prefix::is_prefix;
pub use read::{ArchiveError, Entry, Reader};
pub use write::{WriteError, Writer};

/// What an event records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EventType {
    /// Election, trustees, credentials.
    Setup,
    /// A ballot.
    Ballot,
    /// No more ballots.
    EndBallots,
    /// The encrypted sums.
    EncryptedTally,
    /// A trustee's share of the decryption.
    PartialDecryption,
    /// The decrypted sums.
    Result,
}

impl EventType {
    /// Whether so many data members may stand before the event; the last of them is its payload. Belenios 3.3 may put a
    /// certificate of the credentials before the setup data.
    pub(crate) const fn may_have(self, data_members: usize) -> bool {
        match self {
            Self::Setup => matches!(data_members, 4 | 5),
            Self::Ballot | Self::Result => data_members == 1,
            Self::EndBallots => data_members == 0,
            Self::EncryptedTally | Self::PartialDecryption => data_members == 2,
        }
    }
}

/// A link of the log. Field order is the canonical one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The hash of the event before; absent in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Hash>,
    /// 0, 1, 2, …
    pub height: u64,
    /// What is recorded.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// The hash of the payload; absent for `EndBallots`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Hash>,
}

/// The payload of a `Setup` event (protocol note §2.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetupData {
    /// The election object.
    pub election: Hash,
    /// The list of trustees.
    pub trustees: Hash,
    /// The list of public credentials.
    pub credentials: Hash,
    /// A certificate of the credentials, which 3.3 may add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials_certificate: Option<Hash>,
}

/// The payload of an `EncryptedTally` event (protocol note §2.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizedTally {
    /// Distinct voters whose ballots are in the tally.
    #[serde(deserialize_with = "json::count", serialize_with = "json::write_count")]
    pub num_tallied: u64,
    /// The sum of their weights.
    #[serde(deserialize_with = "json::count", serialize_with = "json::write_count")]
    pub total_weight: u64,
    /// The encrypted tally.
    pub encrypted_tally: Hash,
}

/// The payload of a `PartialDecryption` event (protocol note §2.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owned {
    /// The trustee, from 1 over the flattened list.
    pub owner: usize,
    /// The partial decryption.
    pub payload: Hash,
}

/// The body of the first member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    version: u32,
    timestamp: String,
}

const HEADER_NAME: &str = "BELENIOS";
const DATA_SUFFIX: &str = ".data.json";
const EVENT_SUFFIX: &str = ".event.json";
