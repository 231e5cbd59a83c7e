//! How long a person waits at the booth, from tap to paint, and how long a whole vote takes. Nothing is compared with a limit.
//!
//! `tests/run` votes on a few offices without reading; `PINGYI_TEST_FULL=1` on all 70, with five seconds for each.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use evaluation::office::NINGJIN_2020;
use serde_json::Value;
use support::{place::Place, sample};

use crate::{
    booth::Standing,
    gallery::PANELS,
    hall::{Hall, offices},
};

/// How long a finger stays on the glass; waiting begins when it leaves.
const TAP: Duration = Duration::from_millis(80);

/// The milliseconds of every step of a kind.
type Pace = BTreeMap<String, Vec<f64>>;

#[tokio::test]
async fn every_step_of_a_robots_vote_is_measured_from_tap_to_paint() -> Result<()> {
    let (list, count, reading) = if sample::runs_in_full() {
        (NINGJIN_2020.to_owned(), 70, Duration::from_secs(5))
    } else {
        (offices(4), 4, Duration::ZERO)
    };
    let place = Place::new("booth_pace")?;
    let hall = Hall { receipt: Duration::from_mins(1), ..Hall::voting_on(&list) };
    let standing = Standing::of(&place, PANELS[0], hall).await?;
    standing.browser.before_scripts(include_str!("pace.js")).await?;
    let taken = vote(&standing, count, reading).await?;
    let steps = steps(&standing).await?;

    println!("{count} offices, {reading:?} of reading for each: from the card to 提交成功 in {taken:.1?}");
    println!("{:<40} {:>4} {:>9} {:>9} {:>9}", "milliseconds", "n", "median", "p95", "max");
    for (kind, times) in &steps {
        print(kind, times);
    }
    let mut screens: Vec<_> =
        steps.iter().filter(|(kind, _)| kind.contains("→ /")).flat_map(|(_, times)| times).copied().collect();
    screens.sort_unstable_by(f64::total_cmp);
    print("every change of screen", &screens);
    let measured = |kind: &str| steps.get(kind).map_or(0, Vec::len);
    for (kind, expected) in [
        ("/card → /office/n", 1),
        ("highlight over → /office/n", count - 1),
        ("highlight over → /review", 1),
        ("/cast → /done", 1),
        ("/finish → /", 1),
        ("grade lifted → marked", count),
    ] {
        let found = measured(kind);
        ensure!(found == expected, "{kind}: {found} of {expected} steps are measured: {steps:?}");
    }
    // The last page may be gone before it has painted a pressed button.
    let pressed = measured("finger down → looks pressed");
    ensure!(pressed >= count, "only {pressed} fingers are measured: {steps:?}");
    standing.browser.close().await
}

/// One vote by touch, reading every office and the review; how long it took until the success page was there.
async fn vote(standing: &Standing<'_>, count: usize, reading: Duration) -> Result<Duration> {
    let browser = &standing.browser;
    browser.go_to(&standing.url).await?;
    browser.wait_for("html.settled #code").await?;
    let began = Instant::now();
    browser.scan(standing.card(0)?).await?;
    for position in 1..=count {
        standing.until(&format!("location.pathname === '/office/{position}'")).await?;
        read(reading).await;
        standing.at_office(position).await?;
        browser.press(&format!(".grade[value='{}']", position % 4), TAP).await?;
    }
    standing.until("location.pathname === '/review'").await?;
    read(reading).await;
    standing.at_review().await?;
    browser.press(".cast", TAP).await?;
    standing.until("document.querySelector('.receipt-code')").await?;
    let taken = began.elapsed();
    standing.stored(1)?;
    browser.wait_for("html.settled .finish button[data-main]").await?;
    browser.press(".finish button[data-main]", TAP).await?;
    browser.wait_for("html.settled #code").await?;
    Ok(taken)
}

/// Reads for so long.
async fn read(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

async fn steps(standing: &Standing<'_>) -> Result<Pace> {
    let find = "return JSON.parse(sessionStorage.getItem('pace')).steps";
    let found = standing.browser.run(find, Vec::new()).await?;
    let mut steps = Pace::new();
    for step in found.as_array().context("nothing was measured")? {
        let kind = step.get("kind").and_then(Value::as_str).context("a step without a name")?;
        let time = step.get("milliseconds").and_then(Value::as_f64).context("a step without a time")?;
        steps.entry(kind.to_owned()).or_default().push(time);
    }
    for times in steps.values_mut() {
        times.sort_unstable_by(f64::total_cmp);
    }
    Ok(steps)
}

fn print(kind: &str, times: &[f64]) {
    let last = times.len().saturating_sub(1);
    let at = |percent: usize| times.get((last * percent).div_ceil(100)).copied().unwrap_or_default();
    println!("{kind:<40} {:>4} {:>9.1} {:>9.1} {:>9.1}", times.len(), at(50), at(95), at(100));
}
