//! What staff see: opening, test, closing.

use anyhow::Result;
use belenios::text::Hash;
use evaluation::wire::BoothStatement;
use kiosk::booth::{
    DeckTest, Ending,
    pages::{
        CardPage, CardProblem, DeckPage, DeckProblem, EndedPage, Look, OpeningPage, OpeningProblem,
        VerdictPage, card_page, deck_page, ended_page, opening_page, verdict_page,
    },
};

use super::{KEYBOARD, POLL, Screen, WATER, add, grades, say};

/// The opening sheet and the hall key.
pub(super) fn opening(look: Look<'_>, screens: &mut Vec<Screen>) {
    let sheet = OpeningPage { look, poll: say(&look, POLL), hall_key: false, problem: None, entered: "" };
    let other = OpeningPage { problem: Some(OpeningProblem::OtherElection), ..sheet };
    let hall_key = OpeningPage { hall_key: true, ..sheet };
    add(screens, "opening-sheet", opening_page(&sheet), &[]);
    add(screens, "opening-sheet-keyboard", opening_page(&sheet), KEYBOARD);
    add(screens, "opening-other", opening_page(&other), &[]);
    add(screens, "hall-key", opening_page(&hall_key), &[]);
    add(screens, "hall-key-keyboard", opening_page(&hall_key), KEYBOARD);
}

/// The test of logic and accuracy.
pub(super) fn rehearsal(look: Look<'_>, screens: &mut Vec<Screen>) {
    let look = Look { rehearsal: true, ..look };
    let known = evaluation::deck::counts(70, 4);
    let found = known.clone();
    let passed = DeckTest { ballots: 13, voted: 13, stored: 13, exact: 13, found, known };
    let started = DeckTest { voted: 3, stored: 3, exact: 3, ..passed.clone() };
    let deck = DeckPage { look, test: &started, problem: None };
    let refused = DeckPage { problem: Some(DeckProblem::Card(CardProblem::Spent)), ..deck };
    let setup_event = Hash::of("setup").to_string();
    let offices: Vec<_> =
        (1..=70).map(|number| (number, format!("{} {}", WATER.unit, WATER.office))).collect();
    let verdict = VerdictPage {
        look,
        test: &passed,
        booth: "3号投票机",
        poll: say(&look, POLL),
        election: "1r7xvBB2ZoyrxA",
        setup_event: &setup_event,
        offices: &offices,
        grades: &grades(&look),
    };
    let card = CardPage { look, poll: say(&look, POLL), problem: None, entered: "" };
    add(screens, "card-rehearsal", card_page(&card), &[]);
    add(screens, "deck", deck_page(&deck), &[]);
    add(screens, "deck-refused", deck_page(&refused), &[]);
    add(screens, "verdict", verdict_page(&verdict), &[]);
}

/// After the closing.
pub(super) fn ended(look: Look<'_>, screens: &mut Vec<Screen>) -> Result<()> {
    let statement =
        BoothStatement { poll: "1r7xvBB2ZoyrxA".parse()?, end_ballots_event: Hash::of("end"), ballots: 4 };
    let setup_event = Hash::of("setup").to_string();
    let page = |ending: &Ending, undelivered| {
        ended_page(&EndedPage { look, ending, undelivered: Some(undelivered), setup_event: &setup_event })
    };
    let signed = Ending::Signed { statement, taken: true };
    add(screens, "ended-pending", page(&Ending::Pending, 0), &[]);
    add(screens, "ended-signed", page(&signed, 0), &[]);
    add(screens, "ended-undelivered", page(&signed, 2), &[]);
    add(screens, "ended-missing", page(&Ending::Missing { ballots: 2 }, 0), &[]);
    add(screens, "ended-lost", page(&Ending::Lost, 0), &[]);
    add(screens, "ended-bad-archive", page(&Ending::BadArchive, 0), &[]);
    add(screens, "ended-no-part", page(&Ending::NoPart, 0), &[]);
    Ok(())
}
