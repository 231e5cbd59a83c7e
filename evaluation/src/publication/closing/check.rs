//! What in a closing statement can be held against the archive. A trustee's terminal asks before it signs, `verify` afterwards.

use std::collections::BTreeSet;

use belenios::group::Group;
use belenios::verify::Facts;
use ed25519_dalek::VerifyingKey;

use super::ClosingStatement;
use crate::publication::exception::Matter;

/// Something that the statement says otherwise than the archive, or without proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

/// Every fault of a statement about the archive with these facts, which come from a verifier that lists ballots.
///
/// That booths' keys are those of enrolled terminals, and what the check-in desk counted, no archive can tell: the trustees
/// sign for it.
#[must_use]
pub fn faults<G: Group>(statement: &ClosingStatement, facts: &Facts) -> Vec<Fault> {
    let all = [
        archive(statement, facts),
        cards::<G>(statement, facts),
        ballots(statement, facts),
        booths(statement),
    ];
    all.into_iter().flatten().collect()
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn demand(&mut self, holds: bool, zh: &'static str, en: &'static str) {
        if !holds {
            self.0.push(Fault { zh, en });
        }
    }
}

/// It names this archive, and the zero report of this election.
fn archive(statement: &ClosingStatement, facts: &Facts) -> Vec<Fault> {
    let mut faults = Faults::default();
    let mut demand = |holds, zh, en| faults.demand(holds, zh, en);
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
    demand(facts.ballots == statement.ballots, "票数与存档不符", "it counts other ballots than the archive");
    let zero = &statement.zero_report;
    demand(
        zero.is_zero()
            && zero.setup_event == statement.setup_event
            && usize::try_from(zero.credentials) == Ok(facts.credentials.len()),
        "零票报告不是零，或属于另一次选举",
        "the zero report is not zero, or is one of another election",
    );
    faults.0
}

/// Used, void and not returned cards are all cards, and none is in two of these lists.
fn cards<G: Group>(statement: &ClosingStatement, facts: &Facts) -> Vec<Fault> {
    let mut faults = Faults::default();
    let voted: BTreeSet<&str> = facts.voted.iter().map(String::as_str).collect();
    let void: Vec<_> = statement.void_cards.iter().map(|card| card.credential.as_str()).collect();
    let kept: Vec<_> = statement.not_returned.iter().map(String::as_str).collect();
    faults.demand(
        is_strictly_sorted(&void) && is_strictly_sorted(&kept),
        "作废或未交回的卡没有排序，或有重复",
        "void or not returned cards are not sorted, or stand twice",
    );
    faults.demand(
        statement.void_cards.iter().all(|card| card.is_signed::<G>(&statement.poll)),
        "有的作废声明不是由该卡自己签名的",
        "a card is declared void without a signature of its own",
    );
    faults.demand(!void.iter().any(|card| voted.contains(card)), "作废的卡已投票", "a void card has voted");
    let listed: BTreeSet<&str> = facts
        .credentials
        .iter()
        .map(|line| line.split_once(',').map_or(line.as_str(), |(card, _)| card))
        .collect();
    let total =
        [voted.len(), void.len(), kept.len()].iter().fold(0_usize, |sum, count| sum.saturating_add(*count));
    let accounted: BTreeSet<&str> = voted.iter().copied().chain(void).chain(kept).collect();
    faults.demand(
        accounted == listed && total == listed.len(),
        "已用、作废、未交回的卡合起来不是全部的卡",
        "used, void and not returned cards are not all cards, each once",
    );
    faults.0
}

/// No ballot that was refused, or opened to check a booth, is counted.
fn ballots(statement: &ClosingStatement, facts: &Facts) -> Vec<Fault> {
    let mut faults = Faults::default();
    let trackers: BTreeSet<_> = facts.trackers.iter().collect();
    let mut refused = statement.refused.iter();
    faults.demand(
        refused.all(|ballot| {
            let stands = ballot.stored.as_ref().is_none_or(|stored| trackers.contains(stored));
            stands && !trackers.contains(&ballot.refused)
        }),
        "被拒的票被计入，或其所指的票不在存档中",
        "a refused ballot is counted, or the ballot it was refused for is not in the archive",
    );
    faults.demand(
        !statement.challenged.iter().any(|tracker| trackers.contains(tracker)),
        "核验过的票被计入",
        "a challenged ballot is counted",
    );
    faults.0
}

/// Every booth that took part has a key and has signed for its own count with it, or an exception names it; the recorded
/// exceptions stand in their one order.
fn booths(statement: &ClosingStatement) -> Vec<Fault> {
    let mut faults = Faults::default();
    let holds = |booth: &super::Booth| {
        let key = verifying_key(&booth.public_key);
        key.is_some_and(|key| {
            booth.statement.is_none_or(|said| {
                said.signed(&statement.poll, statement.end_ballots_event).verify(&key).is_ok()
            })
        })
    };
    faults.demand(
        statement.booths.iter().all(holds),
        "投票机声明的签名不成立",
        "the signature under a booth's statement does not hold",
    );
    let keys: BTreeSet<_> = statement.booths.iter().map(|booth| &booth.public_key).collect();
    let order = |booth: &super::Booth| (booth.booth.clone(), booth.public_key.clone());
    faults.demand(
        keys.len() == statement.booths.len() && statement.booths.is_sorted_by_key(order),
        "投票机没有排序，或同一台出现两次",
        "the booths are not sorted, or one stands twice",
    );
    faults.demand(
        booths_are_excepted(statement),
        "参加的投票机没有签署声明也没有登记例外，或例外所指的投票机并非如此",
        "a booth that took part has neither signed nor an exception, or an exception names one of which it is not true",
    );
    faults.demand(
        statement.exceptions.is_sorted(),
        "例外没有按规定的次序排列",
        "the exceptions do not stand in their one order",
    );
    faults.0
}

/// Labels are not unique, so the silent booths of a label are counted against the exceptions that name it.
fn booths_are_excepted(statement: &ClosingStatement) -> bool {
    let (mut silent, mut not_finished) = (Vec::new(), Vec::new());
    for exception in &statement.exceptions {
        match &exception.matter {
            Matter::BoothStatementMissing { booth } => silent.push(booth.as_str()),
            Matter::BoothNotFinished { booth } => not_finished.push(booth.as_str()),
            _ => {}
        }
    }
    silent.sort_unstable();
    let mut unsigned: Vec<_> = statement
        .booths
        .iter()
        .filter(|booth| booth.statement.is_none())
        .map(|booth| booth.booth.as_str())
        .collect();
    unsigned.sort_unstable();
    let took_part = |label: &&str| statement.booths.iter().filter(|booth| booth.booth == *label).count();
    let named = |label: &&str| not_finished.iter().filter(|named| *named == label).count();
    silent == unsigned && not_finished.iter().all(|label| named(label) <= took_part(label))
}

fn verifying_key(hexadecimal: &str) -> Option<VerifyingKey> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(hexadecimal, &mut bytes).ok()?;
    let key = VerifyingKey::from_bytes(&bytes).ok()?;
    (hex::encode(bytes) == hexadecimal).then_some(key)
}

fn is_strictly_sorted(cards: &[&str]) -> bool {
    cards.is_sorted_by(|one, next| one < next)
}
