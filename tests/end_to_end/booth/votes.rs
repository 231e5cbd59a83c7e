//! Whole votes: by touch, by keys alone, with a reload at every screen.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use evaluation::{office::NINGJIN_2020, wire::PollState};
use support::place::Place;

use crate::{
    booth::{Standing, panels},
    gallery::{PANELS, Panel},
    hall::Hall,
};

#[tokio::test]
async fn a_representative_votes_on_all_seventy_offices_with_a_finger() -> Result<()> {
    for panel in panels(0) {
        vote_with_a_finger(panel).await?;
    }
    Ok(())
}

/// What this robot thinks of an office, from 0.
const fn grade_of(position: usize) -> usize {
    (position * 7 + position / 9) % 4
}

async fn vote_with_a_finger(panel: Panel) -> Result<()> {
    let place = Place::new(&format!("booth_touch_{}", panel.name))?;
    let hall = Hall { receipt: Duration::from_mins(1), ..Hall::voting_on(NINGJIN_2020) };
    let standing = Standing::of(&place, panel, hall).await?;
    let browser = &standing.browser;
    standing.present(0).await?;
    let began = Instant::now();
    for position in 1..=70_usize {
        standing.at_office(position).await?;
        let grade = grade_of(position);
        browser.tap(&format!(".grade[value='{grade}']")).await?;
    }
    standing.at_review().await?;
    println!("70 offices by touch in {:?}", began.elapsed());
    browser.wait_for(".cast").await?;
    browser.screenshot("review").await?;
    let shown = browser.run(
        "return [...document.querySelectorAll('.rows .row-grade')].map((row) => row.textContent)",
        Vec::new(),
    );
    let shown = shown.await?;
    let names = ["满意", "较满意", "一般", "不满意"];
    let expected = (1..=70).filter_map(|position| names.get(grade_of(position)).copied());
    let expected: Vec<_> = expected.map(serde_json::Value::from).collect();
    ensure!(shown.as_array() == Some(&expected), "the review shows {shown}");
    let tracker = browser.text(".tracker-line .code").await?;
    browser.tap(".cast").await?;
    ensure!(browser.text(".receipt-code").await? == tracker, "another tracker");
    browser.screenshot("success").await?;
    standing.stored(1)?;
    browser.tap(".finish button[data-main]").await?;
    browser.wait_for("#code").await?;
    standing.browser.close().await
}

#[tokio::test]
async fn everything_is_done_with_keys_alone_at_the_largest_text_in_high_contrast() -> Result<()> {
    for panel in panels(1) {
        vote_with_keys(panel).await?;
    }
    Ok(())
}

async fn vote_with_keys(panel: Panel) -> Result<()> {
    let place = Place::new(&format!("booth_keys_{}", panel.name))?;
    let standing = Standing::at(&place, panel).await?;
    let browser = &standing.browser;
    browser.go_to(&standing.url).await?;
    scan_over_what_was_typed(&standing).await?;

    // 8 opens the settings, 4 is the largest text; the tabulator goes on to the contrast.
    browser.key("8").await?;
    browser.wait_for(".panel[open] [name=text_size]").await?;
    browser.key("4").await?;
    browser.wait_for("html.text-4.settled").await?;
    browser.key("8").await?;
    for _ in 0..6 {
        browser.key("Tab").await?;
    }
    browser.screenshot("settings").await?;
    browser.key("Enter").await?;
    browser.wait_for("html.text-4.high-contrast.settled").await?;

    browser.key("2").await?;
    standing.at_office(2).await?;
    browser.key("Backspace").await?;
    standing.at_office(1).await?;
    ensure!(standing.marked().await? == Some(1), "the key 2 did not grade");
    browser.key("5").await?;
    standing.at_office(2).await?;
    ensure!(standing.marked().await?.is_none(), "the way on has graded");
    // Without a grade there is no way on but the list of all.
    browser.key("Enter").await?;
    browser.key("7").await?;
    standing.at_review().await?;
    browser.screenshot("review-incomplete").await?;
    // The main thing of an incomplete review is to go on.
    browser.key("Enter").await?;
    standing.at_office(2).await?;
    browser.key("4").await?;
    standing.at_office(3).await?;
    browser.screenshot("office").await?;
    browser.key("1").await?;
    standing.at_review().await?;
    change_by_rows(&standing).await?;

    browser.wait_for(".cast").await?;
    browser.key("5").await?;
    standing
        .until("document.activeElement.matches('.cast:focus-visible')")
        .await
        .context("提交 is not marked visibly")?;
    browser.screenshot("cast-marked").await?;
    standing.stored(0)?;
    browser.key("5").await?;
    browser.wait_for(".receipt-code").await?;
    browser.screenshot("success").await?;
    standing.stored(1)?;
    browser.key("Enter").await?;
    browser.wait_for("html.text-2:not(.high-contrast) #code").await?;
    standing.browser.close().await
}

/// Something was begun on the screen and is scanned over, also when it was refused, wherever the marker is.
async fn scan_over_what_was_typed(standing: &Standing<'_>) -> Result<()> {
    let browser = &standing.browser;
    browser.wait_for("html.settled").await?;
    browser.tap(".keyboard-toggle").await?;
    browser.tap(".keyboard button:nth-child(3)").await?;
    browser.scan("5Gh2k-9aBcDe").await?;
    browser.wait_for(".alert").await?;
    ensure!(browser.value("#code").await? == "5Gh2k-9aBcDe", "what was scanned is not there to be seen");
    browser.run("document.activeElement.blur()", Vec::new()).await?;
    browser.scan(standing.card(0)?).await?;
    standing.at_office(1).await
}

/// Down to the first row of the first section, into it, another grade, and straight back.
async fn change_by_rows(standing: &Standing<'_>) -> Result<()> {
    let browser = &standing.browser;
    browser.key("ArrowDown").await?;
    browser.key("Enter").await?;
    browser.key("ArrowDown").await?;
    browser.screenshot("review-row").await?;
    browser.key("Enter").await?;
    standing.at_office(1).await?;
    browser.key("3").await?;
    standing.at_review().await
}

#[tokio::test]
async fn a_reload_finds_every_screen_again() -> Result<()> {
    let place = Place::new("booth_reload")?;
    let hall = Hall { receipt: Duration::from_millis(300), ..Hall::new() };
    let standing = Standing::of(&place, PANELS[2], hall).await?;
    let browser = &standing.browser;
    browser.go_to(&standing.url).await?;
    let again = async |css: &str| {
        browser.wait_for(css).await?;
        browser.reload().await?;
        browser.wait_for(css).await?;
        anyhow::Ok(())
    };
    again("#code").await?;
    browser.scan("123456789-abcdef").await?;
    browser.wait_for(".alert").await?;
    standing.present(0).await?;
    again("form.grade-form[action='/office/1']").await?;
    for position in 1..=2 {
        standing.at_office(position).await?;
        browser.tap(".grade[value='0']").await?;
    }
    again("form.grade-form[action='/office/3']").await?;
    standing.at_office(3).await?;
    browser.tap(".foot.overview").await?;
    again(".rows .unrated").await?;
    standing.at_review().await?;
    browser.tap("a.next").await?;
    standing.at_office(3).await?;

    standing.hall.change_poll(|poll| poll.state = PollState::Paused);
    browser.reload().await?;
    standing.until("document.body.innerText.includes('投票暂停') || (location.reload(), false)").await?;
    again(".outcome[role=status]").await?;
    standing.hall.change_poll(|poll| poll.state = PollState::Open);
    // The page looks by itself, and the person is where they were.
    standing.at_office(3).await?;
    browser.tap(".grade[value='3']").await?;
    standing.at_review().await?;
    again(".cast").await?;

    let tracker = browser.text(".tracker-line .code").await?;
    standing.hall.server_down();
    browser.tap(".cast").await?;
    standing.says("正在等待送达").await?;
    again(".outcome[role=status]").await?;
    standing.hall.server_up();
    ensure!(browser.text(".receipt-code").await? == tracker, "another tracker");
    again(".receipt-code").await?;
    standing.stored(1)?;
    standing.browser.close().await
}

#[tokio::test]
async fn a_page_that_waits_is_not_lost_when_the_booth_is_started_anew() -> Result<()> {
    let place = Place::new("booth_restart")?;
    let hall = Hall::new();
    hall.change_poll(|poll| poll.state = PollState::CardsReady);
    let mut standing = Standing::of(&place, PANELS[0], hall).await?;
    standing.browser.go_to(&standing.url).await?;
    standing.says("投票还没有开始").await?;
    standing.restart().await;
    standing.hall.change_poll(|poll| poll.state = PollState::Open);
    standing.browser.wait_for("#code").await?;
    standing.browser.close().await
}
