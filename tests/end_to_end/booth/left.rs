//! Somebody who leaves without a word, in Chromium: warning, countdown, veil, and the way back.

use std::time::Duration;

use anyhow::{Result, ensure};
use kiosk::booth::IdleTimes;
use serde_json::json;
use support::place::Place;

use crate::{
    booth::{Standing, locked, panels},
    hall::Hall,
};

/// Long enough for a few requests on a busy machine.
const IDLE: IdleTimes = IdleTimes { warning: Duration::from_secs(5), countdown: Duration::from_secs(6) };

/// A clock of the page that stands still until `pass` is called.
const CLOCK: &str = "{
    let now = 1600000000000;
    let last = 0;
    const waiting = new Map();
    Date.now = () => now;
    window.setTimeout = (work, time = 0) => (waiting.set(++last, { at: now + time, work }), last);
    window.clearTimeout = (number) => waiting.delete(number);
    window.pass = (time) => {
        const end = now + time;
        for (;;) {
            const due = [...waiting].filter(([, one]) => one.at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
            if (!due) break;
            waiting.delete(due[0]);
            now = Math.max(now, due[1].at);
            due[1].work();
        }
        now = end;
    };
}";

#[tokio::test]
async fn after_two_minutes_a_warning_counts_forty_five_seconds_and_a_press_goes_on() -> Result<()> {
    let place = Place::new("booth_warning")?;
    let standing = Standing::opened(&place, panels(1)[0], Hall::new()).await?;
    let browser = &standing.browser;
    standing.present(0).await?;
    browser.before_scripts(CLOCK).await?;
    browser.reload().await?;
    browser.wait_for("#idle").await?;
    let pass = async |seconds: f64| {
        browser.run("window.pass(arguments[0])", vec![json!(seconds * 1000.0)]).await?;
        anyhow::Ok(browser.run("return document.querySelector('#idle').open", Vec::new()).await? == true)
    };
    ensure!(!pass(119.0).await?, "warned before two minutes are over");
    ensure!(pass(1.0).await?, "no warning after two minutes");
    for (seconds, left) in [(0.0, "45"), (15.0, "30"), (29.0, "1")] {
        ensure!(pass(seconds).await?, "the warning is gone");
        let shown = browser.text("#idle .idle-seconds").await?;
        ensure!(shown == left, "{shown} seconds are shown in place of {left}");
    }
    browser.screenshot("1-warning").await?;
    browser.tap("#idle button").await?;
    standing.until("!document.querySelector('#idle').open").await?;
    ensure!(!pass(119.0).await?, "the time did not begin anew");
    ensure!(pass(1.0).await?, "no second warning");
    // What the press was meant for is done by none of it.
    let path = browser.path().await?;
    ensure!(path == "/office/1", "at {path}");
    standing.browser.close().await
}

#[tokio::test]
async fn the_veil_in_the_browser_hides_everything_and_the_same_card_goes_on() -> Result<()> {
    let place = Place::new("booth_veil")?;
    let hall = Hall { idle: IDLE, ..Hall::new() };
    let standing = Standing::opened(&place, panels(0)[0], hall).await?;
    let browser = &standing.browser;
    standing.present(0).await?;
    standing.grade(1, &[3]).await?;
    standing.at_office(2).await?;
    let office = browser.text("h1").await?;
    browser.wait_for("dialog#idle[open]").await?;
    standing.says("内容已经收好").await?;
    browser.wait_for("html.settled #code").await?;
    browser.screenshot("2-veil").await?;
    let page = browser.run("return document.documentElement.outerHTML", Vec::new()).await?.to_string();
    ensure!(!page.contains(&office) && !page.contains("不满意"), "the veil shows something of the vote");
    standing.stored(0)?;
    let kept = locked(&standing.hall.shared.drafts).len();
    ensure!(kept == 1, "{kept} drafts are kept");

    // The way back through the browser's own memory is shut too.
    browser.run("window.before = true; history.back()", Vec::new()).await?;
    standing.until("!window.before && document.querySelector('#code')").await?;
    browser.wait_for("html.settled #code").await?;
    standing.scan(0).await?;
    standing.at_office(2).await?;
    let band = browser.text(".notice-band").await?;
    ensure!(band.contains("接着上次评议"), "the band says {band}");
    standing.grade(2, &[0, 0]).await?;
    standing.tracker().await?;
    let held = "return document.querySelector('.rows .row-grade').textContent";
    let held = browser.run(held, Vec::new()).await?;
    ensure!(held == "不满意", "the review shows {held}");
    standing.tap(".cast").await?;
    browser.wait_for(".receipt-code").await?;
    standing.stored(1)?;
    standing.browser.close().await
}
