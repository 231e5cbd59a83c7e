//! Reloads, and browsers that die, at the screens beside the way from the card to the success page.

use std::time::Duration;

use anyhow::{Result, ensure};
use belenios::credential::Credential;
use evaluation::wire::PollState;
use kiosk::{booth::IdleTimes, os_rng};
use support::place::Place;

use crate::{
    booth::{Standing, panels},
    gallery::PANELS,
    hall::{Fault, Hall, offices},
};

/// A reload and a new browser, after both of which the screen says the same.
async fn again(standing: &mut Standing<'_>, words: &str) -> Result<()> {
    standing.says(words).await?;
    standing.browser.reload().await?;
    standing.says(words).await?;
    standing.kill_browser().await?;
    standing.says(words).await
}

#[tokio::test]
async fn the_steps_of_opening_and_what_was_said_of_a_card_survive_or_are_gone_and_never_stand_in_the_way()
-> Result<()> {
    let place = Place::new("booth_aside_card")?;
    let mut standing = Standing::opened(&place, panels(1)[0], Hall::new()).await?;
    standing.restart().await;
    standing.browser.go_to(&standing.url).await?;
    again(&mut standing, "开机核对 1/2").await?;
    standing.scan_opening_sheet().await?;
    again(&mut standing, "开机核对 2/2").await?;
    standing.scan_hall_key().await?;

    let nobodys = Credential::generate(&mut os_rng()).card_code().to_string();
    for browser_dies in [false, true] {
        standing.browser.wait_for("html.settled #code").await?;
        standing.browser.scan(&nobodys).await?;
        standing.says("这不是本次投票的评议卡").await?;
        if browser_dies {
            standing.kill_browser().await?;
        } else {
            standing.browser.reload().await?;
        }
        standing.browser.wait_for("html.settled #code").await?;
    }
    standing.scan(0).await?;
    standing.at_office(1).await?;
    standing.browser.close().await
}

#[tokio::test]
async fn whoever_asks_to_leave_or_is_refused_or_comes_late_reads_the_same_after_a_reload_and_a_new_browser()
-> Result<()> {
    let place = Place::new("booth_aside_ends")?;
    let mut standing = Standing::opened(&place, panels(0)[0], Hall::new()).await?;
    standing.present(0).await?;
    standing.grade(1, &[3]).await?;
    standing.at_office(2).await?;
    let turns = |standing: &Standing<'_>, state| standing.hall.change_poll(|poll| poll.state = state);
    turns(&standing, PollState::Closing);
    standing.until_heard(PollState::Closing).await?;
    standing.browser.reload().await?;
    again(&mut standing, "投票就要结束了").await?;
    standing.tap(".closing a[href='/hand-back']").await?;
    standing.says("不投票就离开吗？").await?;
    standing.browser.reload().await?;
    standing.says("不投票就离开吗？").await?;
    // Nothing was handed back: a new browser finds the vote where it was.
    standing.kill_browser().await?;
    standing.at_office(2).await?;
    turns(&standing, PollState::Open);
    standing.until_heard(PollState::Open).await?;
    standing.grade(2, &[1, 2]).await?;
    standing.tracker().await?;

    standing.hall.fault(Fault::Refuse);
    standing.tap(".cast").await?;
    again(&mut standing, "这张卡先前已经投过票").await?;
    standing.browser.screenshot("refused").await?;
    standing.hall.fault(Fault::None);
    standing.tap(".finish button").await?;
    standing.browser.wait_for("html.settled #code").await?;

    for (state, words) in [(PollState::Paused, "投票暂停"), (PollState::Closed, "投票已经结束")] {
        turns(&standing, state);
        standing.until_heard(state).await?;
        standing.browser.reload().await?;
        again(&mut standing, words).await?;
    }
    standing.stored(0)?;
    standing.browser.close().await
}

#[tokio::test]
async fn five_offices_on_a_screen_are_found_again_with_the_grades_they_had() -> Result<()> {
    let place = Place::new("booth_aside_five")?;
    let hall = Hall::asking(&offices(12), |rules| rules.poll.offices_per_screen = 5);
    let mut standing = Standing::opened(&place, PANELS[0], hall).await?;
    standing.browser.go_to(&standing.url).await?;
    standing.scan(0).await?;
    let graded =
        |number: usize| format!("document.querySelectorAll('.grade[aria-pressed=true]').length === {number}");
    for number in 1..=3 {
        standing.tap(".group-row.current .grade[value='2']").await?;
        standing.until(&graded(number)).await?;
    }
    standing.browser.reload().await?;
    standing.until(&graded(3)).await?;
    standing.kill_browser().await?;
    standing.until(&graded(3)).await?;
    for number in 4..=5 {
        standing.tap(".group-row.current .grade[value='2']").await?;
        standing.until(&graded(number)).await?;
    }
    standing.browser.close().await
}

#[tokio::test]
async fn a_warning_that_counts_down_is_gone_with_its_browser_and_the_vote_is_not() -> Result<()> {
    let place = Place::new("booth_aside_warned")?;
    let idle = IdleTimes { warning: Duration::from_secs(4), countdown: Duration::from_mins(1) };
    let mut standing = Standing::opened(&place, panels(2)[0], Hall { idle, ..Hall::new() }).await?;
    standing.present(0).await?;
    standing.grade(1, &[3]).await?;
    standing.at_office(2).await?;
    for browser_dies in [false, true] {
        standing.browser.wait_for("dialog#idle[open]").await?;
        if browser_dies {
            standing.kill_browser().await?;
        } else {
            standing.browser.reload().await?;
        }
        standing.at_office(2).await?;
        ensure!(standing.grades(1).await? == [Some(3)], "a grade is lost");
        standing.go_to_office(2).await?;
    }
    standing.browser.close().await
}
