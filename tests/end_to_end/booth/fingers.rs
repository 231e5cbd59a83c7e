//! Fingers that tremble, roll, rest and stay; and what is plugged in beside the panel.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use support::{place::Place, process::run};

use crate::{booth::Standing, gallery::PANELS};

#[tokio::test]
async fn a_trembling_or_slow_finger_presses_once_and_a_swipe_does_not_press() -> Result<()> {
    let place = Place::new("booth_trembling")?;
    let standing = Standing::at(&place, PANELS[0]).await?;
    let browser = &standing.browser;
    standing.present(0).await?;

    // 29 px away, in steps, and still a press; it looks pressed at once.
    let (x, y) = browser.middle(".grade[value='1']").await?;
    browser.touch("touchStart", &[(0, x, y)]).await?;
    let held = "return document.querySelector('.grade.held')?.value ?? null";
    ensure!(browser.run(held, Vec::new()).await? == json!("1"), "it does not look pressed");
    browser.screenshot("held").await?;
    for step in [10.0, 20.0, 29.0] {
        browser.touch("touchMove", &[(0, x, y + step)]).await?;
    }
    browser.touch("touchEnd", &[]).await?;
    standing.at_office(2).await?;

    // A swipe of 80 px is none.
    let (x, y) = browser.middle(".grade[value='2']").await?;
    browser.touch("touchStart", &[(0, x, y)]).await?;
    for step in [20.0, 50.0, 80.0] {
        browser.touch("touchMove", &[(0, x + step, y)]).await?;
    }
    browser.touch("touchEnd", &[]).await?;
    // A long press is a press.
    let (x, y) = browser.middle(".grade[value='3']").await?;
    browser.touch("touchStart", &[(0, x, y)]).await?;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    browser.screenshot("long").await?;
    browser.touch("touchEnd", &[]).await?;
    standing.at_office(3).await?;
    ensure!(standing.grades(3).await? == [Some(1), Some(3), None], "the grades are others");
    standing.browser.close().await
}

#[tokio::test]
async fn two_taps_at_once_or_one_after_the_other_grade_one_office() -> Result<()> {
    let place = Place::new("booth_two_taps")?;
    let standing = Standing::at(&place, PANELS[0]).await?;
    let browser = &standing.browser;
    standing.present(0).await?;
    let (x, first) = browser.middle(".grade[value='0']").await?;
    let (_, third) = browser.middle(".grade[value='2']").await?;

    // Two fingers; the second one leaves last.
    browser.touch("touchStart", &[(0, x, first)]).await?;
    browser.touch("touchStart", &[(0, x, first), (1, x, third)]).await?;
    browser.touch("touchMove", &[(1, x, third)]).await?;
    browser.touch("touchEnd", &[]).await?;
    standing.at_office(2).await?;

    // Both at the very same moment: one of them counts.
    browser.touch("touchStart", &[(0, x, third), (1, x, first)]).await?;
    browser.touch("touchEnd", &[]).await?;
    standing.at_office(3).await?;
    let grades = standing.grades(3).await?;
    ensure!(grades[0] == Some(0) && grades[1].is_some() && grades[2].is_none(), "{grades:?}");

    // A hand that rests beside the buttons does not hold up the finger; a double tap is one.
    standing.go_to_office(3).await?;
    browser.touch("touchStart", &[(5, 20.0, 400.0)]).await?;
    browser.touch("touchStart", &[(5, 20.0, 400.0), (6, x, third)]).await?;
    browser.touch("touchMove", &[(5, 20.0, 400.0)]).await?;
    browser.touch("touchEnd", &[]).await?;
    standing.at_review().await?;
    browser
        .run(
            "document.querySelectorAll('.rows details').forEach((list) => { list.open = true; })",
            Vec::new(),
        )
        .await?;
    // The second tap of a double tap on a row falls on the page that has just appeared.
    let (x, y) = browser.middle(".rows a[href^='/office/1']").await?;
    browser.touch("touchStart", &[(0, x, y)]).await?;
    browser.touch("touchEnd", &[]).await?;
    browser.wait_for("form.grade-form").await?;
    for css in [".grade[value='3']", ".grade[value='1']"] {
        browser.tap(css).await?;
    }
    ensure!(
        browser.run("return document.querySelector('.pressed')", Vec::new()).await?.is_null(),
        "it was taken"
    );
    let grades = standing.grades(3).await?;
    ensure!(grades[0] == Some(0) && grades[2] == Some(2), "{grades:?}");
    standing.browser.close().await
}

#[tokio::test]
async fn the_roll_of_a_finger_is_one_press() -> Result<()> {
    let place = Place::new("booth_roll")?;
    let standing = Standing::at(&place, PANELS[0]).await?;
    let browser = &standing.browser;
    browser.go_to(&standing.url).await?;
    browser.wait_for("html.settled").await?;
    browser.tap(".keyboard-toggle").await?;
    let (x, y) = browser.middle(".keyboard button:nth-child(3)").await?;
    let now = browser.run("return Date.now() / 1000", Vec::new()).await?;
    let now = now.as_f64().context("the browser has no clock")?;
    // The finger leaves the glass for 40 ms while it rolls; 300 ms later it types on.
    for (begin, end, slip) in [(0.0, 0.05, 0.0), (0.09, 0.14, 9.0), (0.44, 0.5, 0.0)] {
        browser.touch_at("touchStart", &[(0, x + slip, y)], Some(now + begin)).await?;
        browser.touch_at("touchEnd", &[], Some(now + end)).await?;
    }
    let typed = browser.value("#code").await?;
    ensure!(typed == "33", "{typed} was typed");
    standing.browser.close().await
}

#[tokio::test]
async fn a_list_scrolls_under_a_finger_without_being_pressed() -> Result<()> {
    let place = Place::new("booth_scroll")?;
    let standing = Standing::at(&place, PANELS[1]).await?;
    let browser = &standing.browser;
    standing.present(0).await?;
    browser.tap(".foot.overview").await?;
    standing.at_review().await?;
    browser
        .run(
            "document.querySelectorAll('.rows details').forEach((list) => { list.open = true; })",
            Vec::new(),
        )
        .await?;
    let (x, y) = browser.middle(".rows a").await?;
    browser.touch("touchStart", &[(0, x, y + 60.0)]).await?;
    for step in 1..=12 {
        browser.touch("touchMove", &[(0, x, y + 60.0 - f64::from(step) * 15.0)]).await?;
    }
    browser.touch("touchEnd", &[]).await?;
    standing.until("document.querySelector('.rows').scrollTop > 60").await?;
    ensure!(browser.path().await? == "/review", "a swipe has pressed");
    standing.browser.close().await
}

/// The pressed state is there when the next picture is painted; how long that takes is printed, since it is the machine's.
#[tokio::test]
async fn a_press_is_seen_in_the_next_picture() -> Result<()> {
    let place = Place::new("booth_pressed")?;
    let standing = Standing::at(&place, PANELS[0]).await?;
    let browser = &standing.browser;
    standing.present(0).await?;
    let watch = "window.seen = [];
        addEventListener('touchstart', (event) => requestAnimationFrame(() => {
            const held = document.querySelector('.held') !== null;
            window.seen.push(held ? performance.now() - event.timeStamp : Infinity);
        }), true);";
    browser.run(watch, Vec::new()).await?;
    let (x, y) = browser.middle(".grade[value='1']").await?;
    for _ in 0..9 {
        browser.touch("touchStart", &[(0, x, y)]).await?;
        browser.touch("touchMove", &[(0, x + 90.0, y)]).await?;
        browser.touch("touchEnd", &[]).await?;
    }
    let seen = browser.run("return window.seen.sort((one, other) => one - other)", Vec::new()).await?;
    println!("pressed state after {seen} ms");
    let seen = seen.as_array().context("nothing was seen")?;
    ensure!(seen.len() == 9 && seen.iter().all(Value::is_number), "a press was not seen: {seen:?}");
    standing.browser.close().await
}

#[tokio::test]
async fn the_receipt_is_printed_on_80_mm_with_the_tracker_and_nothing_else() -> Result<()> {
    let place = Place::new("booth_receipt")?;
    let standing = Standing::at(&place, PANELS[0]).await?;
    let browser = &standing.browser;
    standing.present(0).await?;
    for position in 1..=3 {
        standing.at_office(position).await?;
        browser.tap(".grade[value='1']").await?;
    }
    browser.tap(".cast").await?;
    let tracker = browser.text(".receipt-code").await?;
    browser.screenshot("success").await?;
    // What the button asks the browser for.
    browser.run("window.print = () => { window.printed = true; }", Vec::new()).await?;
    browser.tap(".print:not([hidden])").await?;
    standing.until("window.printed").await?;
    let sheets = browser.print_receipt("receipt").await?;
    let paper: Vec<_> = sheets.iter().map(|(width, _)| width.round()).collect();
    ensure!(paper == [80.0], "the sheets are {sheets:?} mm");
    // The same page as the printer gets it: the square code can be read, and nothing else is on the paper.
    browser.show_as_printed().await?;
    browser.set_viewport(302, 416).await?;
    let words = browser.run("return document.body.innerText", Vec::new()).await?;
    let words = words.as_str().unwrap_or_default();
    ensure!(words.starts_with("回执码") && words.contains(&tracker), "{words}");
    ensure!(!words.contains("完成") && !words.contains("提交成功") && !words.contains("大字"), "{words}");
    browser.screenshot("receipt").await?;
    let picture = browser.screenshot_of("svg.qr", "qr").await?;
    let mut read = std::process::Command::new("zbarimg");
    let read = run(read.args(["--quiet", "--raw"]).arg(&picture), "")?.success()?;
    ensure!(read.trim() == tracker, "the printed square code says {read}");
    standing.browser.close().await
}

#[tokio::test]
async fn a_card_is_read_by_the_camera_where_the_browser_can() -> Result<()> {
    let place = Place::new("booth_camera")?;
    let standing = Standing::at(&place, PANELS[0]).await?;
    let browser = &standing.browser;
    browser.go_to(&standing.url).await?;
    browser.wait_for(".camera[hidden]").await.context("offered although this browser has no detector")?;
    let card = standing.card(0)?;
    browser
        .before_scripts(&format!(
            "window.BarcodeDetector = class {{ async detect() {{ return window.hold ? [] : [{{ rawValue: {} }}]; }} }};
             window.hold = true;
             navigator.mediaDevices.getUserMedia = async () => document.createElement('canvas').captureStream();
             HTMLMediaElement.prototype.play = async () => {{}};",
            json!(card)
        ))
        .await?;
    browser.go_to(&standing.url).await?;
    browser.wait_for("html.settled .camera:not([hidden])").await?;
    browser.tap("[data-camera]").await?;
    browser.wait_for(".camera.seeing").await?;
    browser.screenshot("camera").await?;
    browser.tap("[data-camera]").await?;
    browser.wait_for(".camera:not(.seeing)").await?;
    browser.tap("[data-camera]").await?;
    browser.run("window.hold = false", Vec::new()).await?;
    standing.at_office(1).await?;
    standing.browser.close().await
}

#[tokio::test]
async fn choices_are_spoken_only_to_whoever_switched_the_voice_on() -> Result<()> {
    let place = Place::new("booth_voice")?;
    let standing = Standing::at(&place, PANELS[0]).await?;
    let browser = &standing.browser;
    let listen = "window.spoken = [];
        speechSynthesis.speak = (words) => { window.spoken.push(words.text); setTimeout(() => words.onend?.()); };";
    browser.before_scripts(listen).await?;
    let spoken = async || browser.run("return window.spoken.join(' | ')", Vec::new()).await;
    standing.present(0).await?;
    ensure!(spoken().await? == "", "it speaks without being asked");
    browser.tap(".panel:nth-of-type(1) > summary").await?;
    browser.tap("[name=voice][value=on]").await?;
    browser.wait_for("html[data-voice=everything].settled").await?;
    let prompt = spoken().await?;
    let prompt = prompt.as_str().unwrap_or_default();
    ensure!(prompt.contains("水资源管理与水土保持股") && prompt.contains("按 1，满意"), "{prompt}");
    browser.run("document.querySelector('form.grade-form').addEventListener('submit', () => { window.name = window.spoken.at(-1); })", Vec::new()).await?;
    browser.tap(".grade[value='1']").await?;
    standing.until("window.spoken?.includes('已选：较满意')").await?;
    standing.at_office(2).await?;
    browser.tap(".panel:nth-of-type(1) > summary").await?;
    browser.tap("[name=voice][value=off]").await?;
    browser.wait_for("html:not([data-voice]).settled").await?;
    ensure!(spoken().await? == "", "it goes on speaking");
    standing.browser.close().await
}
