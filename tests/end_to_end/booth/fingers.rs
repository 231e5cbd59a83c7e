//! Fingers that tremble, roll, rest and stay; and what is plugged in beside the panel.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use support::{place::Place, process::run};

use crate::{
    booth::{Standing, at_a_booth, with_a_card},
    gallery::PANELS,
    hall::{Hall, offices},
};

#[tokio::test]
async fn a_trembling_or_slow_finger_presses_once_and_a_swipe_does_not_press() -> Result<()> {
    with_a_card("booth_trembling", PANELS[0], async |standing| {
        let browser = &standing.browser;

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
        Ok(())
    })
    .await
}

#[tokio::test]
async fn two_taps_at_once_or_one_after_the_other_grade_one_office() -> Result<()> {
    with_a_card("booth_two_taps", PANELS[0], async |standing| {
        let browser = &standing.browser;
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
        // The second tap of a double tap on a row falls on the page that has just appeared. However slow this machine is, that page
        // has not settled yet.
        browser
            .before_scripts(
                "const later = window.setTimeout;
                window.setTimeout = (call, time) =>
                    later(call, sessionStorage.unsettled && time >= 450 && time <= 1800 ? 600000 : time);",
            )
            .await?;
        browser.run("sessionStorage.unsettled = 'yes'", Vec::new()).await?;
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
        browser.run("sessionStorage.removeItem('unsettled')", Vec::new()).await?;
        let grades = standing.grades(3).await?;
        ensure!(grades[0] == Some(0) && grades[2] == Some(2), "{grades:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_roll_of_a_finger_is_one_press() -> Result<()> {
    at_a_booth("booth_roll", PANELS[0], async |standing| {
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
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_list_scrolls_under_a_finger_without_being_pressed() -> Result<()> {
    with_a_card("booth_scroll", PANELS[1], async |standing| {
        let browser = &standing.browser;
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
        Ok(())
    })
    .await
}

/// The pressed state is there when the next picture is painted; how long that takes is printed, since it is the machine's.
#[tokio::test]
async fn a_press_is_seen_in_the_next_picture() -> Result<()> {
    with_a_card("booth_pressed", PANELS[0], async |standing| {
        let browser = &standing.browser;
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
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_receipt_is_printed_on_80_mm_with_the_tracker_and_nothing_else() -> Result<()> {
    with_a_card("booth_receipt", PANELS[0], async |standing| {
        let browser = &standing.browser;
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
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_card_is_read_by_the_camera_where_the_browser_can() -> Result<()> {
    at_a_booth("booth_camera", PANELS[0], async |standing| {
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
    Ok(())
    }).await
}

#[tokio::test]
async fn no_pointer_is_in_the_way_of_whoever_touches() -> Result<()> {
    at_a_booth("booth_pointer", PANELS[0], async |standing| {
        let browser = &standing.browser;
        browser.go_to(&standing.url).await?;
        // The browser says that fingers are what people point with here.
        let pointer = async |css: &str| {
            let find = "return getComputedStyle(document.querySelector(arguments[0])).cursor";
            browser.run(find, vec![json!(css)]).await
        };
        let coarse = browser.run("return matchMedia('(pointer: coarse)').matches", Vec::new()).await?;
        ensure!(coarse == json!(true), "the panel is not taken for one that is touched");
        for css in ["body", ".start", "#code", ".panel > summary"] {
            ensure!(pointer(css).await? == json!("none"), "a pointer is on {css}");
        }
        // A mouse on a table has one, until somebody touches the screen, and again when it is moved.
        browser.disable_touch().await?;
        browser.reload().await?;
        browser.wait_for("html.settled").await?;
        ensure!(pointer("body").await? != json!("none"), "a mouse has no pointer");
        let touch = "document.body.dispatchEvent(new TouchEvent('touchstart', { bubbles: true }))";
        browser.run(touch, Vec::new()).await?;
        ensure!(pointer("body").await? == json!("none"), "a pointer after a touch");
        let mouse = "document.body.dispatchEvent(new PointerEvent('pointermove', \
                     { bubbles: true, pointerType: 'mouse', movementX: 5 }))";
        browser.run(mouse, Vec::new()).await?;
        ensure!(pointer("body").await? != json!("none"), "a mouse that is moved has no pointer");
        Ok(())
    })
    .await
}

/// A scanner that types the code of a card, with no time between two characters.
const SCAN: &str = "for (const key of [...arguments[0], 'Enter'])
        (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));";

#[tokio::test]
async fn a_card_scanned_where_none_is_asked_for_presses_nothing() -> Result<()> {
    with_a_card("booth_scanned_elsewhere", PANELS[1], async |standing| {
        let browser = &standing.browser;
        // As one digit alone would, and at its end as a person marks and presses 提交.
        let scan = async |code: &str| {
            browser.run(SCAN, vec![json!(code)]).await?;
            tokio::time::sleep(Duration::from_millis(300)).await;
            anyhow::Ok(())
        };
        for code in [standing.card(0)?, "1", "4a5", "5Gh2k-9aBcDe-15"] {
            scan(code).await?;
            ensure!(browser.path().await? == "/office/1", "{code} has left the first office");
            ensure!(standing.marked().await?.is_none(), "{code} has graded");
        }
        standing.grade(1, &[3, 1, 2]).await?;
        standing.at_review().await?;
        browser.wait_for(".cast").await?;
        for code in [standing.card(0)?, "5", "5Gh2k-9aBcDe-55"] {
            scan(code).await?;
            ensure!(browser.path().await? == "/review", "{code} has left the review");
            let marked = browser.run("return document.activeElement.matches('.cast')", Vec::new()).await?;
            ensure!(marked == false, "{code} has marked 提交");
        }
        standing.stored(0)?;
        standing.tap(".cast").await?;
        browser.wait_for("html.settled .receipt-code").await?;
        scan(standing.card(0)?).await?;
        ensure!(browser.path().await? == "/done", "the tracker is gone before it was read");
        // A person's key still does what it says.
        browser.key("Enter").await?;
        browser.wait_for("html.settled #code").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_key_that_is_held_presses_once() -> Result<()> {
    with_a_card("booth_held_key", PANELS[1], async |standing| {
        let browser = &standing.browser;
        browser.hold_key("2", 20).await?;
        standing.at_office(2).await?;
        ensure!(standing.marked().await?.is_none(), "the next office is graded too");
        standing.grade(2, &[1, 2]).await?;
        standing.at_review().await?;
        browser.wait_for(".cast").await?;
        browser.hold_key("Enter", 30).await?;
        standing.until("document.activeElement.matches('.cast')").await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        ensure!(browser.path().await? == "/review", "held down, it was cast");
        standing.stored(0)?;
        browser.key("Enter").await?;
        browser.wait_for(".receipt-code").await?;
        standing.stored(1)
    })
    .await
}

#[tokio::test]
async fn a_slow_press_beside_an_open_panel_closes_it_and_nothing_else() -> Result<()> {
    with_a_card("booth_beside_panel", PANELS[0], async |standing| {
        let browser = &standing.browser;
        for milliseconds in [0, 1_500] {
            browser.tap(".panel:nth-of-type(1) > summary").await?;
            browser.wait_for(".panel[open]").await?;
            let (x, y) = browser.middle(".language").await?;
            browser.touch("touchStart", &[(0, x, y)]).await?;
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            browser.touch("touchEnd", &[]).await?;
            standing.until("!document.querySelector('.panel[open]')").await?;
            tokio::time::sleep(Duration::from_millis(200)).await;
            ensure!(
                browser.run("return document.documentElement.lang", Vec::new()).await? == "zh-CN",
                "it was pressed"
            );
        }
        // The next press is one again, at once.
        browser.tap(".grade[value='1']").await?;
        standing.at_office(2).await
    })
    .await
}

#[tokio::test]
async fn with_five_offices_on_the_screen_a_key_or_a_finger_that_bounces_grades_one() -> Result<()> {
    let place = Place::new("booth_five_bounce")?;
    let hall = Hall::asking(&offices(12), |rules| rules.poll.offices_per_screen = 5);
    let standing = Standing::of(&place, PANELS[0], hall).await?;
    let browser = &standing.browser;
    browser.go_to(&standing.url).await?;
    browser.wait_for("html.settled #code").await?;
    browser.scan(standing.card(0)?).await?;
    let graded = async || {
        let count = browser
            .run("return document.querySelectorAll('.grade[aria-pressed=true]').length", Vec::new())
            .await?;
        anyhow::Ok(count.as_u64().unwrap_or_default())
    };
    browser.wait_for("html.settled .group-row.current").await?;
    // However slow this machine is, the page that comes after a grade has not settled yet.
    browser
        .before_scripts(
            "const later = window.setTimeout;
            window.setTimeout = (call, time) => later(call, sessionStorage.unsettled && time >= 250 && time <= 1000 ? 600000 : time);
            window.requestAnimationFrame = (call) => later(call, 1);",
        )
        .await?;
    browser.run("sessionStorage.unsettled = 'yes'", Vec::new()).await?;
    browser.key("1").await?;
    standing.until("document.querySelectorAll('.grade[aria-pressed=true]').length === 1").await?;
    browser.key("1").await?;
    browser.tap(".group-row.current .grade[value='2']").await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    ensure!(graded().await? == 1, "the bounce has graded the next office");
    browser.run("sessionStorage.removeItem('unsettled')", Vec::new()).await?;
    browser.reload().await?;
    for number in 2..=5 {
        browser.wait_for("html.settled .group-row.current").await?;
        if number % 2 == 0 {
            browser.key("3").await?;
        } else {
            browser.tap(".group-row.current .grade[value='1']").await?;
        }
        standing
            .until(&format!("document.querySelectorAll('.grade[aria-pressed=true]').length === {number}"))
            .await?;
    }
    standing.browser.close().await
}
