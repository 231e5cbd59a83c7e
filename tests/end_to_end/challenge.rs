//! 核验本机 with real processes: a booth opens a ballot, other devices compute it again, it never counts, and its card votes once.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};
use support::{
    form::{Form, text_of_class},
    http::Visitor,
    place::{Place, program},
    process::{Finished, run},
};
use tokio::time::sleep;

use crate::{
    commission::Commission,
    day::{choices, finish, open_poll, opinion},
    hall::Agent,
    installation::{Database, Installation},
    published::Published,
    voter::vote,
};

const OFFICES: usize = 70;
/// What whoever checks invents for every office: 不满意.
const INVENTED: usize = 3;

#[tokio::test]
async fn an_opened_ballot_is_computed_elsewhere_never_counted_and_published_as_such() -> Result<()> {
    let place = Place::new("challenge")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    let commission = Commission::new(&installation).await?;
    commission.prepare(1).await?;
    let poll = open_poll(&place, &installation, &commission, 0).await?;
    let stick = place.work("stick");
    fs::create_dir(&stick)?;
    let booth = start_booth(&place, &installation, &poll.setup, &stick).await?;

    let [first, second, ..] = poll.codes.as_slice() else { anyhow::bail!("no two cards") };
    let opened = challenge(&booth, first).await?;
    let file = other_devices_compute_it_again(&place, &installation, &opened).await?;
    let saved = fs::read_dir(&stick)?.next().context("nothing lies on the stick")??.path();
    ensure!(fs::read(&saved)? == fs::read(&file)?, "the stick holds something else than the server");
    a_booth_that_lies_is_found_out(&place, &file)?;

    let brought = the_opened_ballot_is_brought_all_the_same(&place, &file, &opened)?;
    let mut trackers = Vec::new();
    // The vote begins anew with the same card; it is the visitor of the check who goes on.
    trackers.push(vote_anew(&booth, 1).await?);
    let second_opinion = |office| opinion(2, office);
    trackers.push(vote(&booth.url, second, OFFICES, &second_opinion).await?);
    ensure!(!trackers.contains(&opened), "the opened ballot was cast");
    ensure!(goes(&brought).await, "the refused ballot is tried for ever");
    ensure!(!installation.log()?.contains(&opened), "the log names the opened ballot");
    ensure!(!booth.log().contains(&opened), "the booth's log names the opened ballot");

    finish(&commission, &poll, trackers.len()).await?;
    let gone = Visitor::new(&installation.url)?.open(&address(&opened)).await?;
    ensure!(
        gone.status == 404 && !gone.text.contains("不满意"),
        "what was opened is still shown:\n{}",
        gone.text
    );
    let published = Published::download(&place, &installation).await?;
    published.is_a_recount_of(&choices(trackers.len()))?;
    published.holds_the_ballots(&trackers)?;
    published.names_challenged(&opened)?;
    published.is_verified(&poll.setup)
}

async fn start_booth(place: &Place, installation: &Installation, setup: &str, stick: &Path) -> Result<Agent> {
    let rest = format!(
        "spool = \"{}\"\nsetup = \"{setup}\"\nchallenges = \"{}\"\n",
        place.work("spool").display(),
        stick.display()
    );
    let booth = Agent::start(place, &installation.hall, "booth", "booth", "投票机1", &rest)?;
    booth.enrol(installation, None).await?;
    Ok(booth)
}

fn address(tracker: &str) -> String {
    format!("/challenge?tracker={}", tracker.replace('+', "%2B").replace('/', "%2F"))
}

/// Enters invented grades from the start, presses 核验本机 on the review and opens the ballot; answers its tracker.
async fn challenge(booth: &Agent, card: &str) -> Result<String> {
    let visitor = Visitor::new(&booth.url)?;
    visitor.fill("/", "/card", &[("code", card)]).await?;
    rate(&visitor, &|_| INVENTED).await?;
    let review = visitor.see("/review").await?;
    let shown = Form::to(&review.text, "/cast")?.value("tracker").context("no tracker")?.to_owned();
    ensure!(review.text.contains("href=\"/challenge\""), "the review offers no check:\n{}", review.text);
    let warning = visitor.see("/challenge").await?;
    ensure!(warning.text.contains("只用假设的评价核验"), "no warning:\n{}", warning.text);
    let page = visitor.send(&Form::to(&warning.text, "/challenge")?).await?;
    ensure!(page.path == "/challenge/opened", "at {}:\n{}", page.path, page.text);
    ensure!(page.text.contains(&shown), "another ballot was opened:\n{}", page.text);
    let grades = page.text.matches("<strong>不满意</strong>").count();
    ensure!(grades == OFFICES, "{grades} of {OFFICES} grades are shown");
    ensure!(visitor.open("/review").await?.path == "/challenge/opened", "the opened ballot can be cast");
    Ok(shown)
}

async fn rate(visitor: &Visitor, think: &dyn Fn(u32) -> usize) -> Result<()> {
    for position in 1..=OFFICES {
        let path = format!("/office/{position}");
        let form = Form::to(&visitor.see(&path).await?.text, &path)?;
        let number = form.value("office").context("the page names no office")?.parse()?;
        visitor.send(&form.with("grade", &think(number).to_string())).await?;
    }
    Ok(())
}

/// Somebody's telephone finds the ballot by its tracker, and the verifier computes it again. Answers the file.
async fn other_devices_compute_it_again(
    place: &Place,
    installation: &Installation,
    tracker: &str,
) -> Result<PathBuf> {
    let phone = Visitor::new(&installation.url)?;
    let page = phone.see(&address(tracker)).await?;
    ensure!(page.text.contains("重新计算：一致") && page.text.contains(tracker), "{}", page.text);
    let first = phone.see(&address(tracker.get(..8).unwrap_or_default())).await?;
    ensure!(
        first.text.contains(tracker),
        "the first characters of a tracker do not suffice:\n{}",
        first.text
    );
    let asks = phone.see("/challenge").await?;
    ensure!(asks.text.contains("name=\"tracker\""), "the page takes no tracker:\n{}", asks.text);
    ensure!(page.text.contains("action=\"/challenge/file\""), "the page offers no file:\n{}", page.text);
    let path = address(tracker).replace("/challenge?", "/challenge/file?");
    let file = place.work("opened.json");
    fs::write(&file, phone.download(&path).await?)?;
    let said = verify(&file)?;
    ensure!(said.code == Some(0), "the opened ballot is refused:\n{}", said.stdout);
    ensure!(said.stdout.contains(tracker), "it is another ballot:\n{}", said.stdout);
    ensure!(said.stdout.matches("：不满意").count() == OFFICES, "other grades:\n{}", said.stdout);
    let other = format!("/challenge?tracker={}", "A".repeat(43));
    ensure!(phone.open(&other).await?.status == 404, "a tracker that nobody opened is found");
    Ok(file)
}

/// A booth shows what was chosen and has encrypted something else; or it opens another ballot.
fn a_booth_that_lies_is_found_out(place: &Place, file: &Path) -> Result<()> {
    let honest = fs::read_to_string(file)?;
    let lie = place.work("lie.json");
    for (from, to) in [("\"choice\":3", "\"choice\":0"), ("\"randomness\":[\"", "\"randomness\":[\"1")] {
        let altered = honest.replacen(from, to, 1);
        ensure!(altered != honest, "{from} does not stand in the file");
        fs::write(&lie, altered)?;
        let said = verify(&lie)?;
        ensure!(said.code == Some(1) && said.stdout.contains("不一致"), "a lie passes:\n{}", said.stdout);
    }
    Ok(())
}

/// Somebody puts the opened ballot into the booth's spool, as if it had been cast: it goes with the next one. Answers where it lies.
fn the_opened_ballot_is_brought_all_the_same(place: &Place, file: &Path, tracker: &str) -> Result<PathBuf> {
    let opened: serde_json::Value = serde_json::from_slice(&fs::read(file)?)?;
    let mut ballot =
        opened.get("ballot").and_then(|ballot| ballot.as_str()).context("no ballot")?.as_bytes().to_vec();
    let hash = Sha256::digest(&ballot);
    ensure!(STANDARD_NO_PAD.encode(hash) == tracker, "the file holds another ballot");
    let ask = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('SELECT ballot_size FROM polls').fetchone())";
    let size = run(Command::new("python3").args(["-c", ask]).arg(place.work("pingyi.db")), "")?.success()?;
    ballot.resize(size.trim().parse()?, b' ');
    let folders = fs::read_dir(place.work("spool"))?.collect::<Result<Vec<_>, _>>()?;
    let folder = folders.first().context("the booth has no spool")?.path();
    let path = folder.join(format!("{}.ballot", hex::encode(hash)));
    fs::write(&path, ballot)?;
    Ok(path)
}

/// Whether the booth lets go of a file: it tidies up behind the page.
async fn goes(file: &Path) -> bool {
    for _ in 0..100 {
        if !file.exists() {
            return true;
        }
        sleep(Duration::from_millis(100)).await;
    }
    false
}

fn verify(file: &Path) -> Result<Finished> {
    run(Command::new(program("pingyi-verify")?).arg("--challenge").arg(file), "")
}

/// Presses 从头开始 and votes; answers the tracker.
async fn vote_anew(booth: &Agent, representative: usize) -> Result<String> {
    let visitor = Visitor::new(&booth.url)?;
    let page = visitor.see("/challenge/opened").await?;
    let first = visitor.send(&Form::to(&page.text, "/challenge/anew")?).await?;
    ensure!(first.path.starts_with("/office/"), "at {} in place of the first office", first.path);
    ensure!(
        !first.text.contains("aria-pressed=\"true\" class=\"grade\""),
        "a grade is left:\n{}",
        first.text
    );
    let review = visitor.see("/review").await?;
    ensure!(review.text.contains("70 个股室未评"), "choices are left:\n{}", review.text);
    rate(&visitor, &|office| opinion(representative, office)).await?;
    let form = Form::to(&visitor.see("/review").await?.text, "/cast")?;
    let tracker = form.value("tracker").context("no tracker")?.to_owned();
    visitor.send(&form).await?;
    for _ in 0..100 {
        let done = visitor.see("/done").await?;
        if text_of_class(&done.text, "receipt-code code").is_some_and(|shown| shown == tracker) {
            visitor.fill("/done", "/finish", &[]).await?;
            return Ok(tracker);
        }
        sleep(Duration::from_millis(200)).await;
    }
    anyhow::bail!("no receipt")
}
