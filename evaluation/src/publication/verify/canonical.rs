//! An archive has one form: written anew from what it says, it ends with the same event.
//!
//! Other programs refuse objects in other shapes, and up to `EndBallots` the trustees' signatures on the closing statement
//! hold the form only as it is. After it, somebody could write the same shares and result in another way, and make the
//! chain of events anew.

use std::io::{self, BufReader, Read};

use belenios::archive::{Entry, EventType, Owned, Reader, Writer};
use belenios::election::Election;
use belenios::group::{Group, GroupName};
use belenios::tally::{ElectionResult, PartialDecryption};
use belenios::text::Hash;
use belenios::trustee::Trustees;
use belenios::with_group;

use super::super::source::Source;

/// The hash of the last event of the archive of this name, if it were written by this program: the shares in the order
/// of the trustees, every ballot counted once. `None` if the archive is too broken to tell.
pub(super) fn head(source: &Source, name: &str, group: GroupName) -> Option<Hash> {
    let source = BufReader::new(source.open(name).ok()?);
    with_group!(group, G => rewrite::<G>(source))
}

fn rewrite<G: Group>(source: impl Read) -> Option<Hash> {
    let mut reader = Reader::new(source).ok()?;
    let mut writer = Writer::new(io::sink(), reader.timestamp()).ok()?;
    let (mut head, mut ballots, mut last) = (None, 0_u64, 0_usize);
    while let Some(entry) = reader.next_entry().ok()? {
        let written = match (entry.event.event_type, texts(&entry)?.as_slice()) {
            (EventType::Setup, [election, trustees, credentials, _]) => {
                let election =
                    Election::new(Election::<G>::parse(election).ok()?.parameters().clone()).ok()?;
                let trustees = Trustees::<G>::parse(trustees).ok()?.to_json();
                let credentials: Vec<String> = serde_json::from_str(credentials).ok()?;
                writer.setup(election.text(), &trustees, &serde_json::to_string(&credentials).ok()?)
            }
            (EventType::Ballot, [ballot]) => {
                ballots = ballots.saturating_add(1);
                writer.ballot(ballot.as_bytes())
            }
            (EventType::EndBallots, []) => writer.end_ballots(),
            (EventType::EncryptedTally, [tally, _]) => writer.encrypted_tally(tally, ballots, ballots),
            (EventType::PartialDecryption, [share, wrapper]) => {
                let owner = serde_json::from_str::<Owned>(wrapper).ok()?.owner;
                if owner <= last {
                    return None;
                }
                last = owner;
                let share: PartialDecryption<G> = serde_json::from_str(share).ok()?;
                writer.partial_decryption(owner, &share.to_json())
            }
            (EventType::Result, [result]) => {
                let result: ElectionResult = serde_json::from_str(result).ok()?;
                writer.result(&result.to_json())
            }
            _ => return None,
        };
        head = Some(written.ok()?);
    }
    head
}

fn texts(entry: &Entry) -> Option<Vec<&str>> {
    entry.data.iter().map(|(_, bytes)| std::str::from_utf8(bytes).ok()).collect()
}
