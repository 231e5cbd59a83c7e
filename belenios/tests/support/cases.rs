//! The table of adversarial archives: how each is made, and what verifiers must say of it.

use belenios::archive::EventType;
use belenios::ballot::BallotError;
use belenios::group::Group;
use belenios::verify::Code;

use super::archive::{self, Event};
use super::election::{Cast, Hall};
use super::{forge, logs};

/// What a program says of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accept,
    Refuse,
}

/// Whether an error is the breach of one certain rule.
type Breaks = fn(&BallotError) -> bool;

/// An archive and what must be said of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// The code of the fault itself; none for an archive that is to be accepted.
    pub(crate) caught: Option<Code>,
    /// The codes of what does not fit any more because of the fault, all of it or a part.
    pub(crate) follows: Vec<Code>,
    /// What belenios-tool 2.0 says, where it knows the group.
    pub(crate) tool_2_0: Verdict,
    /// The event up to which the archive is to be complete.
    pub(crate) complete_until: EventType,
    /// The forged ballot, and the one rule that it breaks.
    pub(crate) forged: Option<(String, Breaks)>,
}

/// All cases of an election.
pub(crate) fn cases<G: Group>(hall: &Hall<G>) -> Vec<Case> {
    rows::<G>().iter().map(|row| row.make(hall)).collect()
}

/// The case with this number.
pub(crate) fn case<G: Group>(hall: &Hall<G>, number: &str) -> Case {
    let rows = rows::<G>();
    let row = rows.iter().find(|row| row.number() == number).unwrap();
    row.make(hall)
}

/// The numbers of all cases.
pub(crate) fn numbers<G: Group>() -> Vec<&'static str> {
    rows::<G>().iter().map(Row::number).collect()
}

enum Recipe<G: Group> {
    File(fn(&Hall<G>) -> Vec<u8>),
    Events(fn(&Hall<G>) -> Vec<Event>),
    /// A ballot in place of the first one, counted like any other, and the rule that it breaks.
    Ballot(fn(&Hall<G>) -> Cast<G>, Breaks),
}

struct Row<G: Group> {
    name: &'static str,
    recipe: Recipe<G>,
    caught: Option<Code>,
    follows: Vec<Code>,
    tool_2_0: Verdict,
    complete_until: EventType,
}

impl<G: Group> Row<G> {
    fn accepted(name: &'static str, recipe: Recipe<G>) -> Self {
        let (caught, follows, complete_until) = (None, Vec::new(), EventType::Result);
        Self { name, recipe, caught, follows, tool_2_0: Verdict::Accept, complete_until }
    }

    fn refused(name: &'static str, recipe: Recipe<G>, code: Code) -> Self {
        Self { caught: Some(code), tool_2_0: Verdict::Refuse, ..Self::accepted(name, recipe) }
    }

    fn also(mut self, follows: &[Code]) -> Self {
        self.follows = follows.to_vec();
        self
    }

    fn until(self, complete_until: EventType) -> Self {
        Self { complete_until, ..self }
    }

    /// A fault that belenios-tool 2.0 does not see.
    fn let_through(self) -> Self {
        Self { tool_2_0: Verdict::Accept, ..self }
    }

    fn number(&self) -> &'static str {
        self.name.split('_').next().unwrap()
    }

    fn make(&self, hall: &Hall<G>) -> Case {
        let (bytes, forged) = match &self.recipe {
            Recipe::File(make) => (make(hall), None),
            Recipe::Events(make) => (archive::bytes(&make(hall)), None),
            Recipe::Ballot(make, breaks) => {
                let mut ballots = hall.ballots.clone();
                ballots[0] = make(hall);
                let text = ballots[0].text.clone();
                (archive::bytes(&hall.log(&ballots, &hall.count(&ballots))), Some((text, *breaks)))
            }
        };
        Case {
            name: self.name,
            bytes,
            caught: self.caught,
            follows: self.follows.clone(),
            tool_2_0: self.tool_2_0,
            complete_until: self.complete_until,
            forged,
        }
    }
}

fn rows<G: Group>() -> Vec<Row<G>> {
    let mut rows = ballot_rows();
    rows.extend(log_rows());
    rows.extend(file_rows());
    rows.sort_by_key(|row| row.name);
    rows
}

/// Where ballots are not counted, for whatever reason, nothing fits that is made of all of them.
const UNCOUNTED: [Code; 3] = [Code::Tally, Code::Decryption, Code::Result];

fn ballot_rows<G: Group>() -> Vec<Row<G>> {
    use BallotError::{IndividualProof, Json, NotCanonical, OverallProof, Signature};
    let row =
        |name, make, breaks| Row::refused(name, Recipe::Ballot(make, breaks), Code::Ballot).also(&UNCOUNTED);
    let individual: Breaks = |error| matches!(error, IndividualProof { question: 1, answer: 1 });
    let overall: Breaks = |error| matches!(error, OverallProof { question: 1 });
    let signature: Breaks = |error| matches!(error, Signature);
    let canonical: Breaks = |error| matches!(error, NotCanonical);
    let element: Breaks = |error| matches!(error, Json(_));
    vec![
        row("01_flip_proof_resigned", forge::flipped_proof, individual),
        row("02_flip_proof_not_resigned", forge::flipped_proof_under_the_old_signature, signature),
        row("04_bad_signature", forge::bad_signature, signature),
        row("05_flip_overall_proof_resigned", forge::flipped_overall_proof, overall),
        row("24_two_grades_forged_overall", forge::two_grades, overall),
        row("25_weight3_ballot_forged_individual", forge::weight_three, individual),
        row("26_noncanonical_ballot", forge::noncanonical, canonical),
        row("27_noncanonical_group_element_resigned", forge::noncanonical_element, element).let_through(),
    ]
}

fn log_rows<G: Group>() -> Vec<Row<G>> {
    use Code::{
        Ballot, Credentials, Decryption, DuplicateBallot, Incomplete, PhaseOrder, Result, Tally,
        UnknownCredential,
    };
    let accepted = |name, make| Row::accepted(name, Recipe::Events(make));
    let refused = |name, make, code| Row::refused(name, Recipe::Events(make), code);
    let early_end_hides_ballots = "29_EndBallots_before_last_ballot_only_last_tallied";
    let wrong_tally = [Decryption, Result];
    vec![
        accepted("00_honest_rebuilt", Hall::honest),
        refused("06_duplicate_public_credential", logs::duplicate_credential, Credentials),
        accepted("07_revote_last_counts", logs::revote_last_counts),
        refused("08_revote_both_counted", logs::revote_both_counted, Tally).also(&wrong_tally),
        refused("09_replayed_ballot_exact_copy", logs::replayed_ballot, DuplicateBallot).let_through(),
        refused("10_tampered_result", logs::tampered_result, Result),
        refused("13_missing_ballot_chain_rebuilt", logs::dropped_ballot, Tally).also(&wrong_tally),
        accepted("14_dropped_ballot_fully_retallied", logs::dropped_ballot_retallied),
        refused("15_no_EndBallots", logs::no_end_of_ballots, PhaseOrder).let_through(),
        refused("16_no_result_event", logs::no_result, Incomplete).let_through(),
        refused("17_swapped_partial_decryptions", logs::swapped_decryptions, Decryption),
        refused("18_missing_partial_decryption", logs::missing_decryption, Decryption),
        refused("19_bad_decryption_proof", logs::bad_decryption_proof, Decryption),
        refused("20_published_tally_altered_only", logs::altered_tally, Tally).let_through(),
        refused("21_forged_tally_and_result", logs::forged_tally, Tally).also(&[Decryption]),
        refused("22_wrong_num_tallied", logs::wrong_number_of_voters, Tally).let_through(),
        refused("23_unknown_credential", logs::unknown_credential, UnknownCredential).also(&UNCOUNTED),
        refused(early_end_hides_ballots, logs::early_end_hides_ballots, PhaseOrder)
            .also(&UNCOUNTED)
            .let_through(),
        refused("29b_EndBallots_before_last_ballot_all_tallied", logs::early_end, PhaseOrder),
        refused("30_ballot_after_result", logs::ballot_after_result, PhaseOrder),
        refused("32_voting_phase_bad_signature", logs::bad_signature_while_voting, Ballot)
            .until(EventType::Setup),
    ]
}

fn file_rows<G: Group>() -> Vec<Row<G>> {
    let row = |name, make, code| Row::refused(name, Recipe::File(make), code);
    vec![
        row("03_flip_byte_in_place", logs::flipped_byte, Code::Archive).also(&[
            Code::Chain,
            Code::Ballot,
            Code::Tally,
            Code::Decryption,
            Code::Result,
        ]),
        row("11_missing_ballot_event_raw", logs::missing_event, Code::Chain).also(&UNCOUNTED),
        row("12_missing_ballot_payload_raw", logs::missing_payload, Code::Chain).also(&UNCOUNTED),
        row("28_trailing_zero_blocks", logs::trailing_zeros, Code::Archive),
        row("31_tar_mtime_changed", logs::other_time, Code::Archive),
    ]
}
