//! Booths as processes of their own, from the start to the first card.

use std::time::Duration;

use anyhow::{Result, ensure};
use support::{
    form::{Form, text_of_class},
    http::Visitor,
    place::Place,
};
use tokio::time::sleep;

use crate::hall::Agent;

/// Starts a booth that is not enrolled yet.
pub(crate) fn start_booth(place: &Place, server: &str, number: usize) -> Result<Agent> {
    let rest = format!("spool = \"{}\"\n", place.work(&format!("spool-{number}")).display());
    Agent::start(place, server, &format!("booth-{number}"), "booth", &format!("投票机{number:02}"), &rest)
}

/// The opening sheet, then the slip with the hall key.
pub(crate) async fn open_booth(booth: &Agent, setup: &str, hall_key: &str) -> Result<()> {
    let visitor = Visitor::new(&booth.url)?;
    wait_for(&visitor, "/", "name=\"scanned\"").await?;
    scan(booth, &format!("PINGYI-SETUP:{setup}")).await?;
    let page = scan(booth, &format!("PINGYI-HALL:{hall_key}")).await?;
    ensure!(!page.contains("name=\"scanned\""), "{} does not open:\n{page}", booth.label);
    Ok(())
}

/// What the booth says to something scanned while it waits for sheet and slip.
pub(crate) async fn scan(booth: &Agent, text: &str) -> Result<String> {
    let visitor = Visitor::new(&booth.url)?;
    let page = wait_for(&visitor, "/", "name=\"scanned\"").await?;
    Ok(visitor.send(&Form::to(&page, "/opening")?.with("scanned", text)).await?.text)
}

/// Waits until a booth asks for a card.
pub(crate) async fn wait_for_card(booth: &Agent) -> Result<()> {
    wait_for(&Visitor::new(&booth.url)?, "/", "name=\"code\"").await.map(|_| ())
}

/// Looks again until the page says this; answers it.
pub(crate) async fn wait_for(visitor: &Visitor, path: &str, words: &str) -> Result<String> {
    for _ in 0..600 {
        let page = visitor.open(path).await?.text;
        if page.contains(words) || text_of_class(&page, words).is_some() {
            return Ok(page);
        }
        sleep(Duration::from_millis(100)).await;
    }
    let page = visitor.open(path).await?.text;
    anyhow::bail!("{path} never says {words}:\n{page}")
}
