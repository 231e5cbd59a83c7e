//! Half a vote at a booth that dies, and the other half at another one.

use anyhow::{Result, ensure};
use support::place::Place;

use crate::{
    booth::{Standing, locked, panels},
    gallery::PANELS,
    hall::{Hall, offices},
};

#[tokio::test]
async fn half_a_vote_goes_on_at_another_booth_and_the_first_one_cannot_cast_it_again() -> Result<()> {
    for panel in panels(0) {
        let place = Place::new(&format!("booth_resumed_{}", panel.name))?;
        let mut first = Standing::opened(&place, panel, Hall::voting_on(&offices(5))).await?;
        first.present(0).await?;
        first.grade(1, &[3, 1]).await?;
        first.at_office(3).await?;
        first.until_kept().await?;
        first.browser.kill()?;

        let second = first.at_another(PANELS[1], "other").await?;
        let tracker = go_on(&second).await?;
        the_first_booth_comes_back(&mut first, &tracker).await?;
        first.browser.close().await?;
        second.browser.close().await?;
    }
    Ok(())
}

/// The same office, the same grades; the vote is ended and cast. Answers the tracker.
async fn go_on(second: &Standing<'_>) -> Result<String> {
    second.browser.go_to(&second.url).await?;
    second.scan(0).await?;
    second.at_office(3).await?;
    let band = second.browser.text(".notice-band").await?;
    ensure!(band.contains("接着上次评议"), "the band says {band}");
    second.browser.screenshot("1-resumed").await?;
    ensure!(second.grades(3).await? == [Some(3), Some(1), None], "other grades");
    second.grade(3, &[0, 2, 1]).await?;
    let tracker = second.tracker().await?;
    second.tap(".cast").await?;
    ensure!(second.browser.text(".receipt-code").await? == tracker, "another tracker");
    second.stored(1)?;
    ensure!(locked(&second.hall.shared.drafts).is_empty(), "the draft stays when the ballot is stored");
    Ok(tracker)
}

/// It has heard of nothing, and its turn still stands there.
async fn the_first_booth_comes_back(first: &mut Standing<'_>, cast: &str) -> Result<()> {
    let before = first.hall.stored();
    first.new_browser().await?;
    first.at_office(3).await?;
    first.grade(3, &[2, 2, 2]).await?;
    let tracker = first.tracker().await?;
    ensure!(tracker != cast, "two booths make the same ballot");
    first.tap(".cast").await?;
    first.says("这张卡先前已经投过票").await?;
    let said = first.browser.text("main").await?;
    ensure!(said.contains("先前的票有效，这次的没有计入"), "the person reads {said}");
    let named = first.browser.texts(".trackers .code").await?;
    ensure!(named == [cast, &tracker], "the trackers that are named: {named:?}");
    first.browser.screenshot("2-refused").await?;
    ensure!(first.hall.stored() == before, "the ballot box holds something else");

    first.restart().await;
    first.open_by_scanner().await?;
    first.scan(0).await?;
    first.says("这张卡已经投过票了").await?;
    ensure!(first.hall.stored() == before, "the ballot box holds something else");
    Ok(())
}
