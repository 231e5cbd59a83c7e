//! What a vote leaves behind: in the booth's folders, in the browser's profile, in the memory of the booth's program.

use std::{collections::BTreeSet, fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use evaluation::office::NINGJIN_2020;
use serde_json::{Value, json};
use support::{http::Visitor, place::Place, traces::Traces};

use crate::{
    booth::{Running, Standing, panels},
    hall::Hall,
};

const OFFICES: usize = 70;

#[tokio::test]
async fn nothing_of_a_vote_is_left_on_a_disk_or_in_the_memory_of_the_booth() -> Result<()> {
    let place = Place::new("booth_traces")?;
    let idle = "idle = { warning_seconds = 8, countdown_seconds = 2 }\n";
    let hall = Hall::voting_on(NINGJIN_2020);
    let running = Running { rest: idle, ..Running::default() };
    let standing = Standing::before_a_program(&place, panels(1)[0], hall, running).await?;
    standing.open_by_scanner().await?;
    let limits = fs::read_to_string(format!("/proc/{}/limits", standing.program()?.id()))?;
    let dumps = limits.lines().find(|line| line.starts_with("Max core file size"));
    ensure!(
        dumps.is_some_and(|line| line.split_whitespace().nth(4) == Some("0")),
        "a crash would write the memory to a file: {dumps:?}"
    );
    let grades: Vec<usize> = (0..OFFICES).map(|office| (office * 7 + office / 3 + office / 11) % 4).collect();
    let mut traces = Traces::default();
    traces.add_grades(&grades);
    for office in 0..OFFICES {
        traces.add(format!("the form of office {}", office + 1), form(office, &grades));
    }

    standing.scan(0).await?;
    standing.at_office(1).await?;
    standing.grade(1, &grades[..2]).await?;
    standing.at_office(3).await?;
    send(&standing, 2..40, &grades).await?;
    remember_card(&mut traces, standing.card(0)?);
    let known = in_memory(&standing, &traces)?;
    // Whoever finds nothing while a person votes looks at the wrong place.
    ensure!(known.iter().any(|name| name.ends_with("as options")), "the choices are not found: {known:?}");
    ensure!(known.iter().any(|name| name.starts_with("the card")), "the card is not found: {known:?}");
    nothing_on_disk(&place, &standing, &traces)?;

    // They leave without a word; the server keeps the draft.
    standing.browser.go_to(&format!("{}/office/41", standing.url)).await?;
    standing.says("内容已经收好").await?;
    standing.browser.wait_for("html.settled #code").await?;
    nothing_anywhere(&place, &standing, &traces, "after the veil")?;

    standing.scan(0).await?;
    standing.at_office(41).await?;
    send(&standing, 40..OFFICES - 1, &grades).await?;
    standing.go_to_office(OFFICES).await?;
    standing.grade(OFFICES, &grades[OFFICES - 1..]).await?;
    let tracker = standing.tracker().await?;
    let rows = rows(&standing).await?;
    ensure!(rows.len() == OFFICES, "the review has {} rows", rows.len());
    for (office, row) in rows.iter().enumerate() {
        traces.add(format!("row {} of the review", office + 1), row);
    }
    standing.tap(".cast").await?;
    ensure!(standing.browser.text(".receipt-code").await? == tracker, "another tracker");
    standing.stored(1)?;
    nothing_anywhere(&place, &standing, &traces, "after 提交成功")?;
    standing.tap(".finish button[data-main]").await?;
    standing.browser.wait_for("html.settled #code").await?;
    standing.browser.close().await?;
    let (found, _) = traces.in_files(&folders(&place))?;
    ensure!(found.is_empty(), "on the disk when the browser is closed: {found:?}");
    Ok(())
}

/// The part of a form that says what is chosen.
fn form(office: usize, grades: &[usize]) -> String {
    format!("office={}&grade={}", office + 1, grades.get(office).copied().unwrap_or_default())
}

/// As the pages do, without the time that a person needs.
async fn send(standing: &Standing<'_>, offices: std::ops::Range<usize>, grades: &[usize]) -> Result<()> {
    let send = "const [forms, done] = arguments;
        const session = document.querySelector('[name=session]').value;
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        (async () => {
            for (const [office, form] of forms) {
                const answer = await fetch(`/office/${office}`, { method: 'POST', headers, body: `session=${session}&${form}` });
                await answer.text();
            }
        })().then(() => done(true), (error) => done(String(error)));";
    let forms: Vec<Value> = offices.map(|office| json!([office + 1, form(office, grades)])).collect();
    let answered = standing.browser.run_later(send, vec![json!(forms)]).await?;
    ensure!(answered == true, "not all grades were sent: {answered}");
    Ok(())
}

/// The card's code, with and without its check character, as printed and without its marks.
fn remember_card(traces: &mut Traces, code: &str) {
    let secret = code.rsplit_once('-').map_or(code, |(secret, _)| secret);
    traces.add("the card", secret);
    traces.add("the card in a row", secret.replace('-', ""));
}

/// Every row of the review with its grade, as the program wrote it.
async fn rows(standing: &Standing<'_>) -> Result<Vec<String>> {
    let page = Visitor::new(&standing.url)?.see("/review").await?.text;
    let rows = page.split("?from=review\">").skip(1).filter_map(|rest| rest.split("</a>").next());
    Ok(rows.map(str::to_owned).collect())
}

fn in_memory<'a>(standing: &Standing<'_>, traces: &'a Traces) -> Result<BTreeSet<&'a str>> {
    let (found, read) = traces.in_memory(standing.program()?.id())?;
    println!("{} MiB of memory", read >> 20);
    ensure!(read > 1 << 20, "only {read} bytes of memory could be read");
    Ok(found)
}

/// Everything that the processes of this test write.
fn folders(place: &Place) -> Vec<PathBuf> {
    vec![place.work(""), place.output("")]
}

fn nothing_on_disk(place: &Place, standing: &Standing<'_>, traces: &Traces) -> Result<()> {
    let profile =
        standing.browser.profile().strip_prefix(place.work("")).context("the profile lies elsewhere")?;
    ensure!(place.work("").join(profile).join("Default").exists(), "the browser writes elsewhere");
    let (found, files) = traces.in_files(&folders(place))?;
    ensure!(files > 20, "only {files} files were looked at");
    ensure!(found.is_empty(), "on the disk: {found:?}");
    Ok(())
}

fn nothing_anywhere(place: &Place, standing: &Standing<'_>, traces: &Traces, when: &str) -> Result<()> {
    nothing_on_disk(place, standing, traces).with_context(|| when.to_owned())?;
    let found = in_memory(standing, traces)?;
    ensure!(found.is_empty(), "{when} the program still remembers {found:?}");
    Ok(())
}
