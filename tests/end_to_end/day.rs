//! A whole evaluation day: a server process, kiosk processes, a browser; and the result counted again from what people
//! chose.

use anyhow::{Result, ensure};
use support::{browser::Browser, place::Place, table::Row};

use crate::{
    commission::Commission,
    hall::{Booth, Hall},
    installation::{Database, Installation},
    published::Published,
    voter::{present_bad_card, vote, vote_by_hand},
};

const OFFICES: usize = 70;
const GRADES: [&str; 4] = ["满意", "较满意", "一般", "不满意"];

/// What is there when the poll is open.
struct OpenPoll {
    hall: Hall,
    codes: Vec<String>,
    setup: String,
}

#[tokio::test]
async fn an_evaluation_day_ends_with_the_ranking_that_its_ten_representatives_chose() -> Result<()> {
    let place = Place::new("day")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    let commission = Commission::new(&installation).await?;
    commission.prepare(5).await?;
    let poll = open_poll(&place, &installation, &commission, 0).await?;
    let by_hand = poll.hall.start_booth(&place, &installation, 1, &poll.setup).await?;
    let simulated = poll.hall.start_booth(&place, &installation, 2, &poll.setup).await?;

    let browser = Browser::open(&place, "chromedriver", 1080, 1920).await?;
    let first = poll.codes.first().map_or("", String::as_str);
    let mut trackers =
        vec![vote_by_hand(&browser, &by_hand.url, first, OFFICES, &|office| opinion(1, office)).await?];
    browser.close().await?;
    bad_cards_are_turned_away(&simulated.url, first).await?;
    for (code, representative) in poll.codes.iter().zip(1..).skip(1) {
        let think = |office| opinion(representative, office);
        trackers.push(vote(&simulated.url, code, OFFICES, &think).await?);
    }
    // They run to the end: each signs for what it delivered.
    let booths = [by_hand, simulated];
    no_card_stands_in_a_log(&installation, &booths, &poll.codes)?;
    finish(&commission, &poll, trackers.len()).await?;
    poll.hall.a_late_trustee_is_not_needed()?;

    let published = Published::download(&place, &installation).await?;
    published.is_a_recount_of(&choices(trackers.len()))?;
    published.holds_the_ballots(&trackers)?;
    published.begins_with_what_was_public_before(&installation).await?;
    published.is_verified(&poll.setup)?;
    published.cannot_be_changed_by_a_byte()
}

#[tokio::test]
async fn a_day_on_postgresql_goes_on_after_the_server_was_restarted() -> Result<()> {
    let place = Place::new("day_postgres")?;
    let installation = Installation::new(&place, Database::Postgres).await?;
    let commission = Commission::new(&installation).await?;
    commission.prepare(2).await?;
    let poll = open_poll(&place, &installation, &commission, 1).await?;
    let booth = poll.hall.start_booth(&place, &installation, 1, &poll.setup).await?;
    let mut trackers = Vec::new();
    // The spare card stays in its envelope.
    for (code, representative) in poll.codes.iter().zip(1..=4) {
        if representative == 3 {
            installation.stop()?;
            installation.start(&place)?;
        }
        let think = |office| opinion(representative, office);
        trackers.push(vote(&booth.url, code, OFFICES, &think).await?);
    }
    finish(&commission, &poll, trackers.len()).await?;
    poll.hall.a_late_trustee_is_not_needed()?;

    let published = Published::download(&place, &installation).await?;
    published.is_a_recount_of(&choices(trackers.len()))?;
    published.holds_the_ballots(&trackers)?;
    published.is_verified(&poll.setup)
}

/// Terminals, keys, cards, opening.
async fn open_poll(
    place: &Place,
    installation: &Installation,
    commission: &Commission<'_>,
    spare_cards: usize,
) -> Result<OpenPoll> {
    commission.create_poll(spare_cards).await?;
    let hall = Hall::enrol(place, installation).await?;
    hall.make_keys()?;
    let codes = hall.make_cards().await?;
    let setup = commission.opening_hash().await?;
    commission.act_on_poll("open").await?;
    Ok(OpenPoll { hall, codes, setup })
}

/// Closing, reconciliation, decryption, reveal, publication.
async fn finish(commission: &Commission<'_>, poll: &OpenPoll, ballots: usize) -> Result<()> {
    commission.act_on_poll("close").await?;
    commission.seal().await?;
    commission.record_that_nobody_was_checked_in().await?;
    commission.reconcile().await?;
    poll.hall.decrypt(&poll.setup, ballots)?;
    commission.act_on_poll("reveal").await?;
    commission.publish().await
}

/// A mistyped code, a code of no card, and a spent card: each gets a page that says so.
async fn bad_cards_are_turned_away(booth: &str, spent: &str) -> Result<()> {
    let mistyped = format!("{}?", spent.get(..spent.len().saturating_sub(1)).unwrap_or_default());
    for (code, said) in
        [(mistyped.as_str(), "卡号没有输对"), ("nonsense", "卡号没有输对"), (spent, "这张卡已经投过票了")]
    {
        let page = present_bad_card(booth, code).await?;
        ensure!(page.contains(said), "{code}: {said} is not on the page:\n{page}");
    }
    Ok(())
}

/// Whoever reads a log afterwards must not find a card that could be compared with a ballot.
fn no_card_stands_in_a_log(installation: &Installation, booths: &[Booth], codes: &[String]) -> Result<()> {
    let logs = booths.iter().map(Booth::log).chain([installation.log()?]);
    for log in logs {
        let found = codes.iter().find(|code| log.contains(code.as_str()));
        ensure!(found.is_none(), "a card's code stands in a log:\n{log}");
    }
    Ok(())
}

/// What a representative thinks of an office: neighbours differ, some offices are loved, some are not.
pub(crate) fn opinion(representative: usize, office: u32) -> usize {
    let office = usize::try_from(office).unwrap_or_default();
    let liking = (office * 7 + office / 9) % 11;
    let temper = (representative * 5 + office * representative) % 4;
    ((liking + temper) / 4).min(GRADES.len() - 1)
}

/// The rows that `simulated-choices.csv` of the demo would have.
pub(crate) fn choices(representatives: usize) -> Vec<Row> {
    let row = |representative: usize, office: u32| {
        let grade = GRADES.get(opinion(representative, office)).copied().unwrap_or_default();
        let cells = [
            ("representative", representative.to_string()),
            ("office_number", office.to_string()),
            ("grade", grade.to_owned()),
        ];
        cells.into_iter().map(|(column, cell)| (column.to_owned(), cell)).collect()
    };
    (1..=representatives)
        .flat_map(|representative| (1..=70).map(move |office| row(representative, office)))
        .collect()
}
