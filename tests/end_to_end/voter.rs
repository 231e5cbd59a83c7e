//! Representatives at a booth: one with eyes and fingers, the others by the same pages without a screen.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use support::{
    browser::Browser,
    form::Form,
    form::text_of_class,
    http::{Page, Visitor},
};
use tokio::time::sleep;

/// What a representative thinks of an office, told by its number, as an index into the grades.
pub(crate) type Opinion<'a> = &'a dyn Fn(u32) -> usize;

/// Longer than a booth waits for a receipt.
const PATIENCE: Duration = Duration::from_secs(30);

/// Votes through the booth's pages, from the beginning or where the card left off; answers the tracker.
pub(crate) async fn vote(booth: &str, card: &str, offices: usize, opinion: Opinion<'_>) -> Result<String> {
    let visitor = Visitor::new(booth)?;
    let page = visitor.fill("/", "/card", &[("code", card)]).await?;
    let tracker = rate_and_cast(&visitor, page, offices, opinion).await?;
    let began = Instant::now();
    loop {
        let done = visitor.see("/done").await?;
        if let Some(shown) = text_of_class(&done.text, "receipt-code code") {
            ensure!(shown == tracker, "the receipt is for {shown}, the review showed {tracker}");
            visitor.fill("/done", "/finish", &[]).await?;
            return Ok(tracker);
        }
        ensure!(began.elapsed() < PATIENCE, "no receipt:\n{}", done.text);
        sleep(Duration::from_millis(200)).await;
    }
}

/// Rates from the page of an office on, as the booth leads, and casts; answers the tracker of the review.
pub(crate) async fn rate_and_cast(
    visitor: &Visitor,
    mut page: Page,
    offices: usize,
    opinion: Opinion<'_>,
) -> Result<String> {
    // In whatever order the booth shows them.
    let mut rated = 0;
    while page.path.starts_with("/office/") {
        ensure!(rated < offices, "at {} after {rated} offices", page.path);
        rated += 1;
        let form = Form::to(&page.text, &page.path)?;
        let number = form.value("office").context("the page names no office")?.parse()?;
        let grade = opinion(number).to_string();
        ensure!(form.buttons.contains(&("grade".to_owned(), grade.clone())), "there is no grade {grade}");
        page = visitor.send(&form.with("grade", &grade)).await?;
    }
    ensure!(page.path == "/review", "at {} after the last office", page.path);
    let form = Form::to(&page.text, "/cast")?;
    let tracker = form.value("tracker").context("the review shows no tracker")?.to_owned();
    visitor.send(&form).await?;
    Ok(tracker)
}

/// The page that a card which is not taken leads to; the booth stays free for the next person.
pub(crate) async fn present_bad_card(booth: &str, code: &str) -> Result<String> {
    let visitor = Visitor::new(booth)?;
    let form = Form::to(&visitor.see("/").await?.text, "/card")?;
    let page = visitor.send(&form.with("code", code)).await?;
    ensure!(page.status.is_client_error(), "{code}: {}\n{}", page.status, page.text);
    ensure!(visitor.see("/").await?.text.contains("name=\"code\""), "the next person cannot go on");
    Ok(page.text)
}

/// Votes with a browser, clicking through every page; answers the tracker.
pub(crate) async fn vote_by_hand(
    browser: &Browser<'_>,
    booth: &str,
    card: &str,
    offices: usize,
    opinion: Opinion<'_>,
) -> Result<String> {
    browser.go_to(booth).await?;
    browser.type_into("#code", card).await?;
    browser.screenshot("1-card").await?;
    browser.click("button.start").await?;
    let mut before = String::new();
    for place in 1..=offices {
        // Whichever office comes next, but not the page that is just left.
        let form = format!("form.grade-form:not([action='{before}'])");
        before = browser.attribute(&form, "action").await?.context("the form leads nowhere")?;
        let form = format!("form.grade-form[action='{before}']");
        let number = browser.attribute(&format!("{form} input[name=office]"), "value").await?;
        let number: u32 = number.context("the page names no office")?.parse()?;
        if place == 1 {
            browser.screenshot("2-office").await?;
        }
        // A tap on a page that has only just appeared is taken for the second of a double tap, and ignored.
        browser.click(&format!("html.settled {form} button[value='{}']", opinion(number))).await?;
    }
    let tracker = browser.text(".tracker-line .code").await?;
    browser.screenshot("3-review").await?;
    browser.click("button.cast").await?;
    let shown = browser.text(".receipt-code").await?;
    ensure!(shown == tracker, "the receipt is for {shown}, the review showed {tracker}");
    browser.screenshot("4-done").await?;
    browser.click(".finish button").await?;
    browser.wait_for("#code").await?;
    Ok(tracker)
}
