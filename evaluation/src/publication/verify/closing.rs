//! The closing statement: true to the archive, and signed by the trustees.

use std::collections::BTreeSet;

use belenios::group::Group;
use belenios::signature;
use belenios::trustee::Trustees;
use belenios::verify::Report;

use super::super::closing::{Closing, ClosingStatement};
use super::super::file;
use super::super::report::Failure;
use super::{Verifier, rewritten};
use crate::hash::Sha256Hash;

/// The check of the statement itself, and that of its signatures.
const STATEMENT: (&str, &str, &str) =
    ("closing", "收票声明 closing.json", "the closing statement, closing.json");
const SIGNATURES: (&str, &str, &str) =
    ("closing_signatures", "监票人在收票声明上的签名", "the trustees' signatures");

impl Verifier<'_> {
    /// In which group the trustees would have signed is not known.
    pub(super) fn no_closing(&mut self) -> Option<ClosingStatement> {
        for (id, zh, en) in [STATEMENT, SIGNATURES] {
            self.skip(id, zh, en);
        }
        None
    }

    pub(super) fn closing<G: Group>(&mut self, archive: &Report) -> Option<ClosingStatement> {
        let (id, zh, en) = STATEMENT;
        let text = match self.read_text(file::CLOSING) {
            Ok(text) => text,
            Err(failure) => {
                self.check(id, zh, en, vec![failure]);
                return None;
            }
        };
        let closing: Closing<G> = match serde_json::from_str(&text) {
            Ok(closing) => closing,
            Err(error) => {
                let failure = Failure::new(
                    format!("closing.json 读不懂：{error}"),
                    format!("closing.json cannot be read: {error}"),
                );
                self.check(id, zh, en, vec![failure]);
                return None;
            }
        };
        let mut failures: Vec<_> =
            rewritten(file::CLOSING, text.as_bytes(), &closing.to_json()).into_iter().collect();
        failures.extend(self.untrue(&closing.statement, archive));
        self.check(id, zh, en, failures);

        let failures = unsigned(&closing, archive);
        let (id, zh, en) = SIGNATURES;
        self.check(id, zh, en, failures);
        Some(closing.statement)
    }

    /// What the statement says otherwise than archive and files do.
    fn untrue(&mut self, statement: &ClosingStatement, archive: &Report) -> Vec<Failure> {
        let facts = &archive.facts;
        let trackers: BTreeSet<_> = facts.trackers.iter().collect();
        let voted: BTreeSet<_> = facts.voted.iter().collect();
        let mut failures = Vec::new();
        let mut demand = |holds: bool, zh: &str, en: &str| {
            if !holds {
                failures.push(Failure::new(zh, en));
            }
        };
        demand(facts.uuid.as_ref() == Some(&statement.poll), "选举编号不符", "it names another election");
        demand(
            facts.timestamp == statement.archive_timestamp,
            "存档时间不符",
            "it names another time of the archive",
        );
        demand(facts.setup == Some(statement.setup_event), "设置事件不符", "it names another Setup event");
        demand(
            facts.end_ballots == Some(statement.end_ballots_event),
            "收票事件不符",
            "it names another EndBallots event",
        );
        demand(
            facts.ballots == statement.ballots,
            "票数与存档不符",
            "it counts other ballots than the archive",
        );
        let mut void = statement.void_credentials.iter();
        demand(
            void.all(|credential| facts.credentials.contains(credential) && !voted.contains(credential)),
            "作废的卡不在名单上，或已投票",
            "a void card is not on the list, or has voted",
        );
        let mut refused = statement.refused.iter();
        demand(
            refused.all(|ballot| !trackers.contains(&ballot.refused) && trackers.contains(&ballot.stored)),
            "被拒的票被计入，或其所指的票不在存档中",
            "a refused ballot is counted, or the ballot it was refused for is not in the archive",
        );
        demand(
            !statement.challenged.iter().any(|tracker| trackers.contains(tracker)),
            "核验过的票被计入",
            "a challenged ballot is counted",
        );
        demand(
            self.hash(file::SANCTIONS) == Some(statement.sanctions_sha256),
            "处理名单在收票后被改动",
            "the sanctions are not those that were frozen at closing",
        );
        demand(
            self.hash(&format!("{}absences.tsv", file::DRAW)) == statement.absences_sha256,
            "缺席名单在收票后被改动",
            "the absences are not those that were frozen at closing",
        );
        failures
    }

    fn hash(&self, name: &str) -> Option<Sha256Hash> {
        self.source.read(name).ok().map(Sha256Hash::of)
    }
}

/// Every trustee who has decrypted, and nobody else, has signed, once, and the signature holds.
fn unsigned<G: Group>(closing: &Closing<G>, archive: &Report) -> Vec<Failure> {
    let trustees = archive.facts.trustees.as_deref().and_then(|text| Trustees::<G>::parse(text).ok());
    let Some(trustees) = trustees else {
        return vec![Failure::new("监票人名单读不懂", "the list of trustees cannot be read")];
    };
    let text = closing.statement.signed_text();
    let mut failures = Vec::new();
    let mut owners = BTreeSet::new();
    for signed in &closing.trustee_signatures {
        let key = signed.owner.checked_sub(1).and_then(|index| trustees.decryption_keys().nth(index));
        let holds = key.is_some_and(|key| signature::verify::<G>(&key.public_key, &text, &signed.signature));
        if !holds || !owners.insert(signed.owner) {
            failures.push(Failure::new(
                format!("监票人 {} 的签名不成立", signed.owner),
                format!("the signature of trustee {} does not hold", signed.owner),
            ));
        }
    }
    let expected: BTreeSet<_> = archive.facts.decrypted_by.iter().copied().collect();
    for owner in expected.difference(&owners) {
        failures.push(Failure::new(
            format!("缺监票人 {owner} 的签名"),
            format!("the signature of trustee {owner} is missing"),
        ));
    }
    for owner in owners.difference(&expected) {
        failures.push(Failure::new(
            format!("监票人 {owner} 签了名，却没有解密"),
            format!("trustee {owner} has signed and not decrypted"),
        ));
    }
    if failures.is_empty() && !closing.trustee_signatures.is_sorted_by_key(|signed| signed.owner) {
        failures.push(Failure::new(
            "签名没有按监票人的顺序排列",
            "the signatures do not stand in the order of the trustees",
        ));
    }
    failures
}
