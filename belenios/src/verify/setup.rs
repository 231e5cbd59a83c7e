//! The Setup event: election, trustees, credentials, and that they belong together.

use std::collections::HashMap;

use super::verifier::{Setup, Verifier, Voter};
use super::{Code, Report};
use crate::archive::{Entry, SetupData};
use crate::ballot::BallotBox;
use crate::election::{Election, ElectionError};
use crate::group::Group;
use crate::json;
use crate::tally::EncryptedTally;
use crate::trustee::{Trustees, TrusteesError};

impl<G: Group> Verifier<G> {
    pub(super) fn setup(&mut self, entry: &Entry) {
        if self.report.facts.setup.is_some() {
            return;
        }
        let report = &mut self.report;
        report.facts.setup = Some(entry.hash);
        let (election, trustees, credentials, certificate, setup) = match entry.data.as_slice() {
            [election, trustees, credentials, setup] => (election, trustees, credentials, None, setup),
            [election, trustees, credentials, certificate, setup] => {
                (election, trustees, credentials, Some(certificate.0), setup)
            }
            _ => return,
        };
        let named = SetupData {
            election: election.0,
            trustees: trustees.0,
            credentials: credentials.0,
            credentials_certificate: certificate,
        };
        if !json::read::<SetupData>(&setup.1).is_ok_and(|found| found == named) {
            report.find(Code::Setup, Some(0), "the setup data does not name the objects before it");
        }
        let election = read_election::<G>(&election.1, report);
        let trustees = read_trustees::<G>(&trustees.1, report);
        let voters = read_credentials::<G>(&credentials.1, report);
        if let (Some(election), Some(trustees), Some(voters)) = (election, trustees, voters) {
            for omission in trustees.omissions() {
                report.warn(Code::Trustees, Some(0), omission.to_string());
            }
            if election.parameters().public_key != trustees.election_key() {
                let message = "the election key is not the product of the trustees' keys";
                report.find(Code::Election, Some(0), message);
            }
            self.tally = Some(EncryptedTally::empty(&election));
            let ballot_box = BallotBox::new(election);
            let ballot_size = ballot_box.maximal_ballot_size();
            let largest_object = largest_object(ballot_box.election());
            self.setup = Some(Setup { ballot_box, ballot_size, largest_object, trustees, voters });
        }
    }
}

/// Room for a ciphertext, or a factor and its proof, and for spaces in between, for every answer.
fn largest_object<G: Group>(election: &Election<G>) -> usize {
    let questions = &election.parameters().questions;
    let answers: usize = questions.iter().map(|question| question.answers.len()).sum();
    (answers + 64) * (4 * G::LONGEST_ELEMENT_TEXT + 1024)
}

fn read_election<G: Group>(bytes: &[u8], report: &mut Report) -> Option<Election<G>> {
    let text = utf8(bytes, Code::Election, report)?;
    report.facts.election = Some(text.to_owned());
    match Election::<G>::parse(text) {
        Ok(election) => {
            report.facts.uuid = Some(election.parameters().uuid.clone());
            Some(election)
        }
        Err(error) => {
            let code = match &error {
                ElectionError::Unsupported { .. } => Code::Unsupported,
                _ => Code::Election,
            };
            report.find(code, Some(0), with_source(&error));
            None
        }
    }
}

fn read_trustees<G: Group>(bytes: &[u8], report: &mut Report) -> Option<Trustees<G>> {
    let text = utf8(bytes, Code::Trustees, report)?;
    report.facts.trustees = Some(text.to_owned());
    match Trustees::<G>::parse(text) {
        Ok(trustees) => Some(trustees),
        Err(error) => {
            let code = match &error {
                TrusteesError::Kind(_) => Code::Unsupported,
                _ => Code::Trustees,
            };
            report.find(code, Some(0), with_source(&error));
            None
        }
    }
}

/// The texts of the credentials on a list, without weights; none if it cannot be read.
pub(super) fn credentials_of(list: &[u8]) -> impl Iterator<Item = String> {
    let list = serde_json::from_slice::<Vec<String>>(list).unwrap_or_default();
    list.into_iter().map(|item| split_weight(&item).0.to_owned())
}

/// `str(C)` or `str(C),weight` (protocol note §2.2).
fn split_weight(item: &str) -> (&str, &str) {
    item.split_once(',').unwrap_or((item, "1"))
}

/// The listed credentials with their weights; everybody votes for the first time.
fn read_credentials<G: Group>(bytes: &[u8], report: &mut Report) -> Option<HashMap<String, Voter>> {
    let text = utf8(bytes, Code::Credentials, report)?;
    let Ok(list) = serde_json::from_str::<Vec<String>>(text) else {
        report.find(Code::Credentials, Some(0), "the list of credentials cannot be read");
        return None;
    };
    let mut voters = HashMap::with_capacity(list.len());
    for (index, item) in list.iter().enumerate() {
        let (credential, weight) = split_weight(item);
        let number = index + 1;
        let canonical_weight = weight.parse::<u64>().ok().filter(|parsed| parsed.to_string() == weight);
        let Some(weight) = canonical_weight.filter(|_| is_credential::<G>(credential)) else {
            let message = format!(
                "credential {number} is not the canonical form of a group element other than the neutral one"
            );
            report.find(Code::Credentials, Some(0), message);
            continue;
        };
        if voters.insert(credential.to_owned(), Voter::new(weight)).is_some() {
            let message = format!("credential {number} stands on the list twice");
            report.find(Code::Credentials, Some(0), message);
        }
    }
    report.facts.credentials = list;
    Some(voters)
}

fn is_credential<G: Group>(text: &str) -> bool {
    G::decode(text).is_ok_and(|credential| credential != G::identity())
}

fn utf8<'a>(bytes: &'a [u8], code: Code, report: &mut Report) -> Option<&'a str> {
    let text = std::str::from_utf8(bytes).ok();
    if text.is_none() {
        report.find(code, Some(0), "the object is not UTF-8 text");
    }
    text
}

/// The sentence of an error and of what caused it.
pub(super) fn with_source(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", with_source(source)),
        None => error.to_string(),
    }
}
