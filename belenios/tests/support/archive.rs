//! An archive written without any rule of order, so that illegal ones can be made (protocol note §7).

use serde::Serialize;
use sha2::{Digest, Sha256};

const BLOCK: usize = 512;
pub(crate) const TIME: u64 = 1_795_456_978;

/// An event with the data members before it; the last of them is its payload.
#[derive(Clone)]
pub(crate) struct Event {
    kind: &'static str,
    data: Vec<String>,
}

pub(crate) fn setup(election: &str, trustees: &str, credentials: &str) -> Event {
    let named = format!(
        r#"{{"election":"{}","trustees":"{}","credentials":"{}"}}"#,
        sha256(election),
        sha256(trustees),
        sha256(credentials)
    );
    let data = [election, trustees, credentials, &named].map(str::to_owned).to_vec();
    Event { kind: "Setup", data }
}

pub(crate) fn ballot(text: &str) -> Event {
    Event { kind: "Ballot", data: vec![text.to_owned()] }
}

pub(crate) fn end_ballots() -> Event {
    Event { kind: "EndBallots", data: Vec::new() }
}

pub(crate) fn encrypted_tally(tally: &str, voters: u64) -> Event {
    let hash = sha256(tally);
    let sized = format!(r#"{{"num_tallied":{voters},"total_weight":{voters},"encrypted_tally":"{hash}"}}"#);
    Event { kind: "EncryptedTally", data: vec![tally.to_owned(), sized] }
}

pub(crate) fn partial_decryption(owner: usize, share: &str) -> Event {
    let wrapper = format!(r#"{{"owner":{owner},"payload":"{}"}}"#, sha256(share));
    Event { kind: "PartialDecryption", data: vec![share.to_owned(), wrapper] }
}

pub(crate) fn result(rows: &[Vec<i64>]) -> Event {
    Event { kind: "Result", data: vec![format!(r#"{{"result":{}}}"#, json(&rows))] }
}

/// One file of the archive.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) body: Vec<u8>,
    pub(crate) time: u64,
}

impl Member {
    fn new(name: impl Into<String>, body: &str) -> Self {
        Self { name: name.into(), body: body.into(), time: TIME }
    }
}

/// The header and the members of a chain of events.
pub(crate) fn members(events: &[Event]) -> Vec<Member> {
    let header = format!(r#"{{"version":1,"timestamp":"{TIME}"}}"#);
    let mut members = vec![Member::new("BELENIOS", &header)];
    let mut parent = String::new();
    for (height, event) in events.iter().enumerate() {
        members
            .extend(event.data.iter().map(|body| Member::new(format!("{}.data.json", sha256(body)), body)));
        let payload = event.data.last().map(|body| format!(r#","payload":"{}""#, sha256(body)));
        let payload = payload.unwrap_or_default();
        let body = format!(r#"{{{parent}"height":{height},"type":"{}"{payload}}}"#, event.kind);
        members.push(Member::new(format!("{}.event.json", sha256(&body)), &body));
        parent = format!(r#""parent":"{}","#, sha256(&body));
    }
    members
}

/// The members one after another, as they are.
pub(crate) fn tar(members: &[Member]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for Member { name, body, time } in members {
        let fields = [
            (0, name.clone()),
            (100, "0000644".to_owned()),
            (108, "0000000".to_owned()),
            (116, "0000000".to_owned()),
            (124, format!("{:011o}", body.len())),
            (136, format!("{time:011o}")),
            (148, " ".repeat(8)),
            (156, "0".to_owned()),
        ];
        let mut block = [0; BLOCK];
        for (offset, text) in fields {
            block[offset..offset + text.len()].copy_from_slice(text.as_bytes());
        }
        let checksum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{checksum:06o}\0 ").as_bytes());
        bytes.extend(block);
        bytes.extend(body);
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    }
    bytes
}

/// The archive of a chain of events.
pub(crate) fn bytes(events: &[Event]) -> Vec<u8> {
    tar(&members(events))
}

pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}
