//! A vote that is begun at one booth, killed in the middle, and ended at another; and what the server keeps in between, asked for as the
//! decision record says.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::{
    browser::Browser,
    form::Form,
    http::{Page, Visitor},
    place::Place,
    terminal::Terminal,
    traces::Traces,
};
use tokio::time::sleep;

use crate::{
    booths::{open_booth, start_booth, wait_for},
    commission::Commission,
    hall::Agent,
    installation::{Database, Installation},
    trustees::Trustees,
};

const OFFICES: usize = 70;
/// All but the last one are rated when the booth dies.
const RATED: usize = OFFICES - 1;
/// Nonce, tag, version, order, office on the screen, marks; and a byte an office.
const SEALED: usize = 24 + 16 + 1 + 32 + 2 + 1 + OFFICES;

#[tokio::test]
async fn a_vote_goes_on_at_another_booth_and_nothing_readable_of_it_lies_anywhere() -> Result<()> {
    let place = Place::new("drafts")?;
    let installation = Installation::new(&place, Database::Sqlite).await?;
    let commission = Commission::new(&installation).await?;
    commission.prepare(2).await?;
    commission.create_poll(0).await?;
    let trustees = Trustees::enrol(&place, &installation, &installation.hall).await?;
    trustees.make_keys().await?;
    let officer = Agent::start(&place, &installation.hall, "cards", "card_officer", "制卡终端", "")?;
    officer.enrol(&installation, None).await?;
    let cards = officer.make_cards().await?;
    let card = cards.first().context("no card")?;
    let setup = commission.opening_hash().await?;
    let hall_key = trustees.hall_key().await?;
    let dying = start_booth(&place, &installation.hall, 1)?;
    let other = start_impatient_booth(&place, &installation.hall)?;
    for booth in [&dying, &other] {
        booth.enrol(&installation, None).await?;
        open_booth(booth, &setup, &hall_key).await?;
    }
    let asker = asker(&installation).await?;
    commission.act_on_poll("open").await?;

    wait_for(&Visitor::new(&dying.url)?, "/", "name=\"code\"").await?;
    let chosen = rate_most(&dying, card).await?;
    until_kept(&asker, card).await?;
    drop(dying);
    nothing_readable_lies_anywhere(&place, &chosen)?;

    let unrated = chosen.iter().position(|place| *place == 0).context("all are rated")? + 1;
    let unrated = format!("/office/{unrated}");
    the_veil_falls_over_whoever_leaves(&place, &other, card, &unrated).await?;
    let visitor = Visitor::new(&other.url)?;
    let page = visitor.fill("/", "/card", &[("code", card)]).await?;
    ensure!(page.path == unrated, "the vote goes on at {}", page.path);
    ensure!(page.text.contains("接着上次评议"), "the page does not say that it goes on:\n{}", page.text);
    let review = grade(&visitor, &page, 0).await?;
    let cast = visitor.send(&Form::to(&review.text, "/cast")?).await?;
    wait_for(&visitor, "/done", "receipt-code").await?;
    ensure!(cast.path == "/done", "at {} after casting", cast.path);
    ensure!(find(&asker, card).await?.is_none(), "the draft stays when the ballot is stored");
    nothing_readable_lies_anywhere(&place, &chosen)
}

/// A booth that warns soon.
fn start_impatient_booth(place: &Place, server: &str) -> Result<Agent> {
    let spool = place.work("spool-2");
    let idle = "idle = { warning_seconds = 4, countdown_seconds = 4 }";
    let rest = format!("spool = \"{}\"\n{idle}\n", spool.display());
    Agent::start(place, server, "booth-2", "booth", "投票机02", &rest)
}

/// In a real browser: the card goes on, the warning comes, a press holds the veil off, and at last it falls by itself.
async fn the_veil_falls_over_whoever_leaves(
    place: &Place,
    booth: &Agent,
    card: &str,
    office: &str,
) -> Result<()> {
    let browser = Browser::open(place, "chromedriver", 1080, 1920).await?;
    wait_for(&Visitor::new(&booth.url)?, "/", "name=\"code\"").await?;
    browser.go_to(&booth.url).await?;
    browser.type_into("#code", card).await?;
    browser.click("button.start").await?;
    let form = format!("form.grade-form[action='{office}']");
    browser.wait_for(&form).await?;
    let band = browser.text(".notice-band").await?;
    ensure!(band.contains("接着上次评议"), "the band says {band}");
    browser.screenshot("1-resumed").await?;
    browser.wait_for("dialog.idle[open] .idle-seconds").await?;
    browser.screenshot("2-warning").await?;
    browser.click("dialog.idle[open] button").await?;
    browser.wait_for(&format!("body:has(dialog.idle:not([open])) {form}")).await?;
    browser.wait_for("dialog.idle[open]").await?;
    browser.wait_for("#code").await?;
    let band = browser.text(".notice-band").await?;
    ensure!(band.contains("再扫同一张卡"), "the band says {band}");
    browser.screenshot("3-veil").await?;
    browser.close().await
}

/// A booth made by hand, to ask as one.
async fn asker(installation: &Installation) -> Result<Terminal> {
    let mut terminal = Terminal::new(&installation.hall, 9)?;
    let code = terminal.ask("booth", "第三台").await?;
    installation.let_in("第三台", &code, None).await?;
    terminal.sign_in().await?;
    Ok(terminal)
}

/// Rates all offices but the last one; answers the places of the grades from 1, in the order of the list.
async fn rate_most(booth: &Agent, card: &str) -> Result<Vec<u8>> {
    let visitor = Visitor::new(&booth.url)?;
    let mut page = visitor.fill("/", "/card", &[("code", card)]).await?;
    ensure!(!page.text.contains("接着上次评议"), "a new vote goes on:\n{}", page.text);
    let mut chosen = vec![0; OFFICES];
    for place in 0..RATED {
        let choice = (place * 7 + place / 3) % 4;
        let number: usize =
            Form::to(&page.text, &page.path)?.value("office").context("no office")?.parse()?;
        *chosen.get_mut(number - 1).context("no such office")? = u8::try_from(choice + 1)?;
        page = grade(&visitor, &page, choice).await?;
    }
    Ok(chosen)
}

async fn grade(visitor: &Visitor, page: &Page, choice: usize) -> Result<Page> {
    visitor.send(&Form::to(&page.text, &page.path)?.with("grade", &choice.to_string())).await
}

/// Until the server has the newest draft: it does not change any more.
async fn until_kept(asker: &Terminal, card: &str) -> Result<()> {
    let mut before = None;
    for _ in 0..100 {
        let found = find(asker, card).await?;
        if found.is_some() && found == before {
            let size = found.map_or(0, |sealed| sealed.len() / 2);
            ensure!(size == SEALED, "a draft of {size} bytes in place of {SEALED}");
            return Ok(());
        }
        before = found;
        sleep(Duration::from_millis(500)).await;
    }
    anyhow::bail!("the server never has the draft")
}

/// The sealed draft of this card.
async fn find(asker: &Terminal, card: &str) -> Result<Option<String>> {
    let state: Value = asker.request(Method::GET, "/api/booth/state").send().await?.json().await?;
    let query = json!({ "poll": state.get("poll"), "locator": hex::encode(locator(card)) });
    let answer = asker.request(Method::POST, "/api/booth/draft/find").json(&query).send().await?;
    ensure!(answer.status().is_success(), "{}", answer.status());
    let answer: Value = answer.json().await?;
    Ok(answer.get("sealed").and_then(Value::as_str).map(str::to_owned))
}

/// HKDF-SHA256 of the card's code without its check character.
fn locator(card: &str) -> [u8; 32] {
    let secret = card.rsplit_once('-').map_or(card, |(secret, _)| secret);
    hmac(&hmac(&[0; 32], secret.as_bytes()), b"draft-id\x01")
}

fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let padded = |pad: u8| {
        let mut block = [pad; 64];
        for (byte, key) in block.iter_mut().zip(key) {
            *byte ^= key;
        }
        block
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

/// Neither the booths' folders and logs nor the server's database hold what was chosen, in whatever form.
fn nothing_readable_lies_anywhere(place: &Place, chosen: &[u8]) -> Result<()> {
    let mut traces = Traces::default();
    for rated in chosen.split(|place| *place == 0) {
        traces.add_grades(&rated.iter().map(|place| usize::from(*place) - 1).collect::<Vec<_>>());
    }
    let names = ["spool-1", "spool-2", "booth-1", "booth-2", "server", "pingyi.db", "pingyi.db-wal"];
    let mut paths = names.map(|name| place.work(name)).to_vec();
    paths.push(place.output(""));
    let (found, files) = traces.in_files(&paths)?;
    ensure!(files > 8, "the test looks at {files} files only");
    ensure!(found.is_empty(), "what was chosen can be read: {found:?}");
    Ok(())
}
