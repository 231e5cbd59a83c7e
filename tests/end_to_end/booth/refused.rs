//! Cards and ballots that are not taken: what the person reads, what to do next, and that nothing is recorded.

use anyhow::{Result, ensure};
use belenios::{
    credential::Credential,
    group::{Ed25519 as Group, Group as _},
};
use evaluation::wire::{CardOrder, Purpose};
use kiosk::{cards::Cards, os_rng};
use support::place::Place;

use crate::{
    booth::{Standing, locked, panels},
    gallery::Panel,
    hall::{Fault, Hall},
};

/// A minute without anybody passes in a moment.
const MINUTES_PASS: &str = "{
    const wait = setTimeout;
    window.setTimeout = (work, time, ...rest) => wait(work, time >= 60000 ? 2000 : time, ...rest);
}";

#[tokio::test]
async fn a_card_that_is_not_taken_is_told_why_without_alarm_and_the_next_person_begins() -> Result<()> {
    for panel in panels(1) {
        present_cards_that_are_not_taken(panel).await?;
    }
    Ok(())
}

async fn present_cards_that_are_not_taken(panel: Panel) -> Result<()> {
    let place = Place::new(&format!("booth_cards_{}", panel.name))?;
    let standing = Standing::opened(&place, panel, Hall::new()).await?;
    let browser = &standing.browser;
    standing.present(0).await?;
    standing.grade(1, &[0, 1, 2]).await?;
    standing.tap(".cast").await?;
    standing.tap(".finish button[data-main]").await?;
    standing.stored(1)?;
    declare_void(&standing, 1)?;

    browser.wait_for("html.settled #code").await?;
    let mistyped = mistyped(standing.card(2)?);
    browser.scan(&mistyped).await?;
    told(&standing, "mistyped", "卡号没有输对", "请对照卡片改正").await?;
    ensure!(browser.value("#code").await? == mistyped, "what was typed is lost");
    for (name, code, headline, advice) in [
        // Never two in a row that are told the same.
        ("other-election", of_another_election()?, "这不是本次投票的评议卡", "请核对是不是今天领的卡"),
        ("spent", standing.card(0)?.to_owned(), "这张卡已经投过票了", "您如果还没投过，请举手"),
        ("unknown", invented(), "这不是本次投票的评议卡", "举手找场务人员"),
        ("void", standing.card(1)?.to_owned(), "这张卡已经作废", "请用换领的新卡"),
    ] {
        browser.scan(&code).await?;
        told(&standing, name, headline, advice).await?;
        let page = browser.run("return document.documentElement.outerHTML", Vec::new()).await?.to_string();
        ensure!(!page.contains(&code), "the code of the {name} card stays on the screen");
    }
    standing.stored(1)?;
    ensure!(locked(&standing.hall.shared.drafts).is_empty(), "something was begun");

    // The next person need not put anything right first.
    browser.scan(standing.card(3)?).await?;
    standing.at_office(1).await?;
    standing.browser.close().await
}

/// The screen says so, at its top, and takes the next card.
async fn told(standing: &Standing<'_>, name: &str, headline: &str, advice: &str) -> Result<()> {
    let browser = &standing.browser;
    standing.says(headline).await?;
    browser.wait_for("html.settled .alert[role=status]").await?;
    let said = browser.text(".alert").await?;
    ensure!(said.contains(headline) && said.contains(advice), "the {name} card is told {said}");
    for alarming in ["错误", "非法", "违规", "警告"] {
        ensure!(!said.contains(alarming), "the {name} card is told {said}");
    }
    browser.wait_for("#code:focus").await?;
    browser.screenshot(name).await
}

#[tokio::test]
async fn what_was_said_of_a_card_does_not_wait_for_the_next_person() -> Result<()> {
    let place = Place::new("booth_card_forgotten")?;
    let standing = Standing::at(&place, panels(2)[0]).await?;
    let browser = &standing.browser;
    browser.before_scripts(MINUTES_PASS).await?;
    browser.go_to(&standing.url).await?;
    browser.wait_for("html.settled #code").await?;
    browser.scan(&mistyped(standing.card(2)?)).await?;
    standing.says("卡号没有输对").await?;
    // The code that was typed is a secret of its card.
    standing
        .until("!document.querySelector('.alert') && document.querySelector('#code')?.value === ''")
        .await?;
    ensure!(browser.path().await? == "/", "at {}", browser.path().await?);
    standing.browser.close().await
}

#[tokio::test]
async fn a_ballot_that_is_refused_is_never_called_submitted_and_its_person_knows_what_to_do() -> Result<()> {
    for panel in panels(0) {
        cast_ballots_that_are_refused(panel).await?;
    }
    Ok(())
}

async fn cast_ballots_that_are_refused(panel: Panel) -> Result<()> {
    let place = Place::new(&format!("booth_refused_{}", panel.name))?;
    let standing = Standing::opened(&place, panel, Hall::new()).await?;
    let browser = &standing.browser;
    let (stored, void, opened) =
        ("这张卡先前已经投过票", "这张卡已经作废，您的票没有计入", "这张票被打开过，没有计入");
    for (card, fault, name, headline, advice) in [
        (0, Fault::Refuse, "stored", stored, "请不要离开，马上举手"),
        (1, Fault::Void, "void", void, "马上举手"),
        (2, Fault::None, "opened", opened, "举手"),
    ] {
        standing.hall.fault(fault);
        standing.present(card).await?;
        standing.grade(1, &[0, 1, 2]).await?;
        let tracker = standing.tracker().await?;
        if name == "opened" {
            locked(&standing.hall.shared.challenged).insert(tracker.parse()?);
        }
        standing.tap(".cast").await?;
        browser.wait_for("html.settled .outcome[role=alert]").await?;
        let said = browser.text("main").await?;
        ensure!(said.contains(headline) && said.contains(advice), "the person reads {said}");
        ensure!(said.contains(&tracker), "the tracker is not named: {said}");
        ensure!(!said.contains("提交成功") && !said.contains("已经送达并存好"), "{said}");
        browser.screenshot(name).await?;
        standing.stored(0)?;
        standing.tap(".finish button").await?;
        browser.wait_for("html.settled #code").await?;
    }
    standing.browser.close().await
}

fn declare_void(standing: &Standing<'_>, card: usize) -> Result<()> {
    let credential = Credential::parse_card_code(standing.card(card)?)?;
    let election = locked(&standing.hall.shared.election).clone();
    let public = Group::encode(credential.derive::<Group>(&election).public());
    locked(&standing.hall.shared.void).insert(public);
    Ok(())
}

/// A slip of the finger.
fn mistyped(code: &str) -> String {
    let mut characters: Vec<char> = code.chars().collect();
    if let Some(second) = characters.get_mut(1) {
        *second = if *second == 'a' { 'b' } else { 'a' };
    }
    characters.into_iter().collect()
}

/// A code that nobody printed.
fn invented() -> String {
    Credential::generate(&mut os_rng()).card_code().to_string()
}

fn of_another_election() -> Result<String> {
    let order = CardOrder {
        poll: "2r7xvBB2ZoyrxA".parse()?,
        group: "Ed25519".into(),
        title: "演练".into(),
        purpose: Purpose::Rehearsal,
        cards: 1,
    };
    let cards = Cards::make(order, &mut os_rng())?;
    Ok(cards.codes().next().map(|code| code.to_string()).unwrap_or_default())
}
