//! 核验本机 before a person: invented grades, the ballot opened on the screen, the vote anew.

use anyhow::{Result, ensure};
use serde_json::json;
use support::place::Place;

use crate::{
    booth::{Standing, locked, panels},
    gallery::Panel,
    hall::{Fault, Hall},
};

#[tokio::test]
async fn a_checked_ballot_is_shown_with_the_tracker_of_the_review_and_another_one_is_cast() -> Result<()> {
    for panel in panels(0) {
        check_and_cast(panel).await?;
    }
    Ok(())
}

async fn check_and_cast(panel: Panel) -> Result<()> {
    let place = Place::new(&format!("booth_checked_{}", panel.name))?;
    let standing = Standing::opened(&place, panel, Hall::new()).await?;
    let browser = &standing.browser;
    standing.present(0).await?;
    standing.grade(1, &[3, 0, 3]).await?;
    let shown = standing.tracker().await?;
    standing.tap("a[href='/challenge']").await?;
    standing.says("只用假设的评价核验").await?;
    ensure!(browser.text(".tracker-line .code").await? == shown, "the warning is about another ballot");
    browser.screenshot("1-warning").await?;

    // Whoever turns back finds the same ballot, and nothing was opened.
    standing.tap("a.button[href='/review']").await?;
    ensure!(standing.tracker().await? == shown, "turning back made another ballot");
    ensure!(locked(&standing.hall.shared.challenged).is_empty(), "the server heard of a check");

    standing.tap("a[href='/challenge']").await?;
    // Without a promise of the server nothing is opened.
    standing.hall.fault(Fault::Status(503));
    standing.tap("button.grave").await?;
    standing.says("没有打开").await?;
    browser.screenshot("2-not-opened").await?;
    standing.hall.fault(Fault::None);
    standing.tap("button.grave").await?;
    standing.says("票已打开，永远不会计入").await?;
    ensure!(browser.text(".tracker-line .code").await? == shown, "another ballot was opened");
    let held = browser.texts(".opened-ballot strong").await?;
    ensure!(held == ["不满意", "满意", "不满意"], "the opened ballot holds {held:?}");
    browser.screenshot("3-opened").await?;
    standing.until_kept().await?;
    ensure!(locked(&standing.hall.shared.drafts).is_empty(), "the invented grades are kept as a draft");

    standing.tap(".onward .next").await?;
    standing.at_office(1).await?;
    ensure!(standing.grades(3).await? == [None; 3], "invented grades are left over");
    the_opened_ballot_cannot_be_cast(&standing, &shown).await?;
    standing.go_to_office(1).await?;
    standing.grade(1, &[3, 0, 3]).await?;
    let recast = standing.tracker().await?;
    ensure!(recast != shown, "the same grades make the same ballot");
    the_opened_ballot_cannot_be_cast(&standing, &shown).await?;
    browser.go_to(&format!("{}/review", standing.url)).await?;
    ensure!(standing.tracker().await? == recast, "the ballot is another one now");
    standing.tap(".cast").await?;
    ensure!(browser.text(".receipt-code").await? == recast, "the receipt is for another ballot");
    browser.screenshot("4-recast").await?;
    standing.stored(1)?;
    standing.browser.close().await
}

/// As if a page of earlier had kept its form.
async fn the_opened_ballot_cannot_be_cast(standing: &Standing<'_>, tracker: &str) -> Result<()> {
    let send = "const [tracker, done] = arguments;
        const session = document.querySelector('[name=session]').value;
        fetch('/cast', { method: 'POST', body: new URLSearchParams({ session, tracker }) })
            .then((answer) => done(new URL(answer.url).pathname));";
    let path = standing.browser.run_later(send, vec![json!(tracker)]).await?;
    ensure!(path == "/review", "an opened ballot was sent to be cast and led to {path}");
    standing.stored(0)
}
