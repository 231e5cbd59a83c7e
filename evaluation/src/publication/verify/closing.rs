//! The closing statement: true to the archive, and signed by the trustees.

use std::collections::BTreeSet;

use belenios::group::Group;
use belenios::signature;
use belenios::trustee::Trustees;
use belenios::verify::Report;

use super::super::closing::{Closing, ClosingStatement, faults};
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
        failures.extend(self.untrue::<G>(&closing.statement, archive));
        self.check(id, zh, en, failures);

        let failures = unsigned(&closing, archive);
        let (id, zh, en) = SIGNATURES;
        self.check(id, zh, en, failures);
        Some(closing.statement)
    }

    /// What the statement says otherwise than archive and files do.
    fn untrue<G: Group>(&mut self, statement: &ClosingStatement, archive: &Report) -> Vec<Failure> {
        let mut failures: Vec<_> = faults::<G>(statement, &archive.facts)
            .into_iter()
            .map(|fault| Failure::new(fault.zh, fault.en))
            .collect();
        let mut demand = |holds: bool, zh: &str, en: &str| {
            if !holds {
                failures.push(Failure::new(zh, en));
            }
        };
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
