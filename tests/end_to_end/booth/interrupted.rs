//! A browser that dies, and a program that is started anew, at every screen.

use std::time::Duration;

use anyhow::{Result, ensure};
use evaluation::wire::PollState;
use support::place::Place;

use crate::{
    booth::{Standing, locked, panels},
    gallery::Panel,
    hall::Hall,
};

/// A booth that soon says that a ballot waits.
fn hall() -> Hall {
    Hall { receipt: Duration::from_millis(300), ..Hall::new() }
}

/// Two things to happen to a booth; after either, the person goes on as far as they can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blow {
    /// The browser is killed and started again.
    Browser,
    /// The program is started anew, people open the booth again, and the person presents the card again.
    Program,
}

impl Blow {
    async fn strike(self, standing: &mut Standing<'_>) -> Result<()> {
        match self {
            Self::Browser => standing.kill_browser().await,
            Self::Program => {
                standing.until_kept().await?;
                standing.restart().await;
                standing.open_by_scanner().await
            }
        }
    }

    /// The same while a person votes.
    async fn strike_voter(self, standing: &mut Standing<'_>) -> Result<()> {
        self.strike(standing).await?;
        if self == Self::Program {
            standing.scan(0).await?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_browser_killed_at_any_screen_is_back_where_the_person_was() -> Result<()> {
    for panel in panels(2) {
        vote_through(Blow::Browser, panel).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_program_started_anew_at_any_screen_loses_nothing() -> Result<()> {
    for panel in panels(1) {
        vote_through(Blow::Program, panel).await?;
    }
    Ok(())
}

async fn vote_through(blow: Blow, panel: Panel) -> Result<()> {
    let place = Place::new(&format!("booth_killed_{blow:?}_{}", panel.name).to_lowercase())?;
    let mut standing = Standing::opened(&place, panel, hall()).await?;
    standing.browser.go_to(&standing.url).await?;
    standing.browser.wait_for("#code").await?;
    blow.strike(&mut standing).await?;
    standing.scan(0).await?;

    standing.grade(1, &[3]).await?;
    standing.at_office(2).await?;
    blow.strike_voter(&mut standing).await?;
    standing.at_office(2).await?;
    standing.browser.screenshot("1-office").await?;
    standing.tap(".foot.overview").await?;
    standing.browser.wait_for(".rows .unrated").await?;
    blow.strike_voter(&mut standing).await?;
    standing.browser.wait_for("html.settled .rows .unrated").await?;
    standing.browser.screenshot("2-review-incomplete").await?;
    standing.tap("a.next").await?;
    standing.grade(2, &[1]).await?;
    standing.at_office(3).await?;
    the_poll_pauses(blow, &mut standing).await?;

    standing.grade(3, &[2]).await?;
    let tracker = standing.tracker().await?;
    blow.strike_voter(&mut standing).await?;
    let after = standing.tracker().await?;
    // What is encrypted is never kept; what was chosen is.
    ensure!((after == tracker) == (blow == Blow::Browser), "{tracker} was shown, then {after}");
    let held = shown_on_review(&standing).await?;
    ensure!(held == ["不满意", "较满意", "一般"], "the review shows {held:?}");
    the_booth_is_checked(blow, &mut standing).await?;
    cast(blow, &mut standing).await?;
    standing.browser.close().await
}

async fn the_poll_pauses(blow: Blow, standing: &mut Standing<'_>) -> Result<()> {
    standing.hall.change_poll(|poll| poll.state = PollState::Paused);
    standing.until("document.body.innerText.includes('投票暂停') || (location.reload(), false)").await?;
    blow.strike(standing).await?;
    standing.says("投票暂停").await?;
    standing.browser.screenshot("3-paused").await?;
    standing.hall.change_poll(|poll| poll.state = PollState::Open);
    if blow == Blow::Program {
        standing.scan(0).await?;
    }
    standing.at_office(3).await
}

/// The names of the grades on the review.
async fn shown_on_review(standing: &Standing<'_>) -> Result<Vec<String>> {
    let find = "return [...document.querySelectorAll('.rows .row-grade')].map((row) => row.textContent)";
    Ok(serde_json::from_value(standing.browser.run(find, Vec::new()).await?)?)
}

async fn the_booth_is_checked(blow: Blow, standing: &mut Standing<'_>) -> Result<()> {
    let tracker = standing.tracker().await?;
    standing.tap("a[href='/challenge']").await?;
    standing.says("只用假设的评价核验").await?;
    blow.strike_voter(standing).await?;
    // Nothing was opened: the review is there, to cast or to check.
    let after = standing.tracker().await?;
    ensure!((after == tracker) == (blow == Blow::Browser), "{tracker} was to be checked, then {after}");

    standing.tap("a[href='/challenge']").await?;
    standing.tap("button.grave").await?;
    standing.says("票已打开，永远不会计入").await?;
    blow.strike_voter(standing).await?;
    match blow {
        Blow::Browser => {
            standing.says("票已打开，永远不会计入").await?;
            ensure!(
                standing.browser.text(".tracker-line .code").await? == after,
                "another ballot was opened"
            );
            standing.browser.screenshot("4-opened").await?;
            standing.tap(".onward .next").await?;
            standing.at_office(1).await?;
        }
        // Invented grades are no draft: the card begins anew.
        Blow::Program => standing.at_office(1).await?,
    }
    ensure!(standing.grades(3).await? == [None; 3], "invented grades are left over");
    standing.go_to_office(1).await
}

async fn cast(blow: Blow, standing: &mut Standing<'_>) -> Result<()> {
    standing.grade(1, &[0, 1, 3]).await?;
    let tracker = standing.tracker().await?;
    standing.hall.server_down();
    standing.tap(".cast").await?;
    standing.says("票已封存在本机，正在等待送达").await?;
    match blow {
        Blow::Browser => {
            blow.strike(standing).await?;
            standing.says("票已封存在本机，正在等待送达").await?;
            ensure!(standing.browser.text(".tracker-line .code").await? == tracker, "another tracker");
            standing.browser.screenshot("5-waiting").await?;
            standing.hall.server_up();
            ensure!(standing.browser.text(".receipt-code").await? == tracker, "another tracker");
            blow.strike(standing).await?;
            ensure!(standing.browser.text(".receipt-code").await? == tracker, "another tracker");
            standing.browser.screenshot("6-success").await?;
        }
        Blow::Program => {
            standing.die();
            standing.hall.server_up();
            standing.stored(0)?;
            standing.restart().await;
            standing.open_by_scanner().await?;
            // Whoever doubts presents the card once more.
            standing.scan(0).await?;
            standing.says("这张卡已经投过票了").await?;
            standing.browser.screenshot("5-spent").await?;
            blow.strike_voter(standing).await?;
            standing.says("这张卡已经投过票了").await?;
        }
    }
    standing.stored(1)?;
    ensure!(locked(&standing.hall.shared.drafts).is_empty(), "the draft stays when the ballot is stored");
    Ok(())
}
