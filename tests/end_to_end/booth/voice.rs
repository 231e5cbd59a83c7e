//! What is heard in the headphones: the browser's voice, and recorded prompts in its place.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use kiosk::clips::Clips;
use serde_json::json;
use support::{browser::Browser, place::Place};

use crate::{
    booth::{Standing, at_a_booth},
    gallery::PANELS,
    hall::Hall,
};

/// Notes what the browser's own voice is to say.
const LISTEN: &str = "window.spoken = [];
    speechSynthesis.speak = (words) => { window.spoken.push(words.text); setTimeout(() => words.onend?.()); };";

/// Notes how long each recording was that was played to its end, across pages.
const HEAR: &str = "const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
        this.addEventListener('ended', () => {
            sessionStorage.heard = `${sessionStorage.heard ?? ''} ${Math.round(this.duration * 100)}`;
        });
        return play.call(this);
    };";

const SETTINGS: &str = ".panel:nth-of-type(1) > summary";

async fn switch_voice(browser: &Browser<'_>, on: bool) -> Result<()> {
    browser.tap(SETTINGS).await?;
    browser.tap(if on { "[name=voice][value=on]" } else { "[name=voice][value=off]" }).await?;
    let css = if on { "html[data-voice=everything].settled" } else { "html:not([data-voice]).settled" };
    browser.wait_for(css).await?;
    Ok(())
}

#[tokio::test]
async fn choices_are_spoken_only_to_whoever_switched_the_voice_on() -> Result<()> {
    at_a_booth("booth_voice", PANELS[0], async |standing| {
    let browser = &standing.browser;
    browser.before_scripts(LISTEN).await?;
    let spoken = async || browser.run("return window.spoken.join(' | ')", Vec::new()).await;
    standing.present(0).await?;
    ensure!(spoken().await? == "", "it speaks without being asked");
    switch_voice(browser, true).await?;
    let prompt = spoken().await?;
    let prompt = prompt.as_str().unwrap_or_default();
    ensure!(prompt.contains("水资源管理与水土保持股") && prompt.contains("按 1，满意"), "{prompt}");
    browser.run("document.querySelector('form.grade-form').addEventListener('submit', () => { window.name = window.spoken.at(-1); })", Vec::new()).await?;
    browser.tap(".grade[value='1']").await?;
    standing.until("window.spoken?.includes('已选：较满意')").await?;
    standing.at_office(2).await?;
    switch_voice(browser, false).await?;
    ensure!(spoken().await? == "", "it goes on speaking");
    Ok(())
    }).await
}

/// A recording of so many hundredths of a second, in silence: 16 bits, one channel, 8 kHz.
fn wave(hundredths: u32) -> Vec<u8> {
    let sound = hundredths * 80 * 2;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + sound).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(8_000_u32.to_le_bytes());
    bytes.extend(16_000_u32.to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend(sound.to_le_bytes());
    bytes.resize(bytes.len() + usize::try_from(sound).unwrap_or(0), 0);
    bytes
}

/// Clips of all grades, of what to press, of the whole review, and of the first and third office; each of its own length.
fn record(folder: &Path) -> Result<Clips> {
    let folder_of_chinese = folder.join("zh");
    fs::create_dir_all(&folder_of_chinese)?;
    let recorded = [
        ("chosen-1", 11),
        ("chosen-2", 12),
        ("chosen-3", 13),
        ("chosen-4", 14),
        ("choose", 20),
        ("office-1", 31),
        ("office-3", 33),
        ("review-complete", 40),
    ];
    for (name, hundredths) in recorded {
        fs::write(folder_of_chinese.join(format!("{name}.wav")), wave(hundredths))?;
    }
    Ok(Clips::load(folder)?)
}

/// The recordings that the page has asked for since the last call, in the order of the names.
async fn asked(browser: &Browser<'_>) -> Result<Vec<String>> {
    let requests = browser.requests().await?;
    let mut clips: Vec<_> = requests
        .iter()
        .filter_map(|request| {
            let url: serde_json::Value = serde_json::from_str(request).ok()?;
            url.get("url")?.as_str()?.split_once("/clips/zh/").map(|(_, name)| name.to_owned())
        })
        .collect();
    clips.sort_unstable();
    Ok(clips)
}

#[tokio::test]
async fn recorded_prompts_are_heard_and_no_request_tells_what_was_chosen() -> Result<()> {
    let place = Place::new("booth_clips")?;
    let mut hall = Hall::new();
    hall.equipment.clips = record(&place.work("clips"))?;
    let mut standing = Standing::of(&place, PANELS[0], hall).await?;
    standing.note_requests().await?;
    let browser = &standing.browser;
    browser.before_scripts(LISTEN).await?;
    browser.before_scripts(HEAR).await?;
    let heard = async |recordings: &str| {
        let found = format!("` ${{sessionStorage.heard}} `.includes(' {recordings} ')");
        standing.until(&found).await.with_context(|| format!("{recordings} was not heard"))?;
        browser.run("sessionStorage.heard = ''", Vec::new()).await
    };
    standing.present(0).await?;
    ensure!(asked(browser).await?.is_empty(), "recordings are fetched before anybody asked for the voice");

    let all_grades = ["choose", "chosen-1", "chosen-2", "chosen-3", "chosen-4"];
    let with = |more: &[&str]| {
        let mut clips: Vec<_> = all_grades.iter().chain(more).map(|name| (*name).to_owned()).collect();
        clips.sort_unstable();
        clips
    };
    switch_voice(browser, true).await?;
    heard("31 20").await?;
    ensure!(asked(browser).await? == with(&["office-1"]), "another office than the first");
    // The third grade; the choice is heard before the next office comes. That one has no recording and is spoken.
    browser.tap(".grade[value='2']").await?;
    standing.at_office(2).await?;
    heard("13 20").await?;
    let spoken = browser.run("return window.spoken.join(' | ')", Vec::new()).await?;
    ensure!(
        spoken.as_str().is_some_and(|words| words.contains("股")),
        "the second office is not named: {spoken}"
    );
    ensure!(asked(browser).await? == with(&[]), "the page of the second office");
    browser.tap(".grade[value='0']").await?;
    standing.at_office(3).await?;
    heard("11 33 20").await?;
    ensure!(asked(browser).await? == with(&["office-3"]), "the page of the third office");
    // Back at the first, which is marked: the same requests as before it was.
    standing.go_to_office(1).await?;
    heard("31 20 13").await?;
    ensure!(asked(browser).await? == with(&["office-1"]), "a marked office asks for something else");

    standing.go_to_office(3).await?;
    browser.tap(".grade[value='3']").await?;
    standing.at_review().await?;
    heard("40").await?;
    asked(browser).await?;
    // Row by row with the keys; the grades lie there already, whatever they are.
    let walk = "for (const list of document.querySelectorAll('.rows details')) list.open = true;
                document.querySelector(\".rows a[href^='/office/1']\").focus();";
    browser.run(walk, Vec::new()).await?;
    heard("31 13").await?;
    ensure!(asked(browser).await? == ["office-1"], "the grade was fetched");

    let kept = "const done = arguments[arguments.length - 1];
        fetch('/clips/zh/chosen-3').then((answer) => done(answer.headers.get('cache-control')));";
    ensure!(browser.run_later(kept, Vec::new()).await? == json!("no-store"), "a recording may be kept");
    standing.browser.close().await
}
