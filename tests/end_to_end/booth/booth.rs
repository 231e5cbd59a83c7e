//! A real booth with a browser before it, and the hall of the kiosk's tests behind it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kiosk::{
    booth::{Booth, router},
    equipment::{Equipment, Panel as Size, Voice},
    terminal::Pages,
};
use serde_json::{Value, json};
use support::{
    browser::Browser,
    place::{Place, free_address},
};

use crate::{gallery::Panel, hall::Hall};

/// Stands at a booth and does something there.
pub(crate) async fn at_a_booth(
    name: &str,
    panel: Panel,
    visit: impl AsyncFnOnce(&Standing<'_>) -> Result<()>,
) -> Result<()> {
    let place = Place::new(name)?;
    let standing = Standing::at(&place, panel).await?;
    visit(&standing).await?;
    standing.browser.close().await
}

/// The same with the first card, at the first office.
pub(crate) async fn with_a_card(
    name: &str,
    panel: Panel,
    vote: impl AsyncFnOnce(&Standing<'_>) -> Result<()>,
) -> Result<()> {
    at_a_booth(name, panel, async |standing| {
        standing.present(0).await?;
        vote(standing).await
    })
    .await
}

/// A booth that somebody stands at.
pub(crate) struct Standing<'a> {
    pub(crate) hall: Hall,
    pub(crate) browser: Browser<'a>,
    pub(crate) url: String,
    // They work as long as somebody stands here.
    booth: Option<Booth>,
    pages: Pages,
}

impl<'a> Standing<'a> {
    /// In front of a panel, with everything plugged in; three offices are to be graded.
    pub(crate) async fn at(place: &'a Place, panel: Panel) -> Result<Self> {
        Self::of(place, panel, Hall::new()).await
    }

    pub(crate) async fn of(place: &'a Place, panel: Panel, mut hall: Hall) -> Result<Self> {
        hall.equipment = Equipment {
            panel: Some(Size { width_mm: panel.width_mm, width_px: u16::try_from(panel.width)? }),
            keypad: true,
            camera: true,
            receipt_printer: true,
            voice: Voice::Offered,
            ..hall.equipment
        };
        let booth = hall.booth().await;
        let address = free_address()?;
        let pages = Pages::listen(address).await?;
        pages.show(router(booth.clone()));
        let browser = Browser::open(place, "chromedriver", panel.width, panel.height).await?;
        browser.enable_touch().await?;
        Ok(Self { hall, browser, url: format!("http://{address}"), booth: Some(booth), pages })
    }

    /// Starts the booth's program anew, at the same address.
    pub(crate) async fn restart(&mut self) {
        self.pages.show(axum::Router::new());
        self.booth = None;
        let booth = loop {
            // The last one may not have let go of its folder yet.
            match self.hall.try_booth().await {
                Ok(booth) => break booth,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        self.pages.show(router(booth.clone()));
        self.booth = Some(booth);
    }

    /// The code of a card.
    pub(crate) fn card(&self, number: usize) -> Result<&str> {
        Ok(self.hall.codes.get(number).context("there is no such card")?)
    }

    /// Goes to the first page and lets the scanner type a card.
    pub(crate) async fn present(&self, card: usize) -> Result<()> {
        self.browser.go_to(&self.url).await?;
        self.browser.wait_for("#code").await?;
        self.browser.scan(self.card(card)?).await?;
        self.at_office(1).await
    }

    /// Waits for an office, and until it takes a grade.
    pub(crate) async fn at_office(&self, position: usize) -> Result<()> {
        let css = format!("html.settled form.grade-form[action='/office/{position}']");
        self.browser.wait_for(&css).await?;
        Ok(())
    }

    /// Waits for the review, complete or not.
    pub(crate) async fn at_review(&self) -> Result<()> {
        self.browser.wait_for("html.settled .review-layout").await?;
        Ok(())
    }

    /// The grade that is marked on the page of an office, from 0.
    pub(crate) async fn marked(&self) -> Result<Option<u64>> {
        let find = "return document.querySelector('.grade[aria-pressed=true]')?.value ?? null";
        let found = self.browser.run(find, Vec::new()).await?;
        Ok(found.as_str().map(str::parse).transpose()?)
    }

    /// The grades of the first offices, read on their pages; the vote must not be cast.
    pub(crate) async fn grades(&self, offices: usize) -> Result<Vec<Option<u64>>> {
        let mut grades = Vec::new();
        for position in 1..=offices {
            self.browser.go_to(&format!("{}/office/{position}", self.url)).await?;
            self.at_office(position).await?;
            grades.push(self.marked().await?);
        }
        Ok(grades)
    }

    /// Goes back to an office by its address, as after a reload.
    pub(crate) async fn go_to_office(&self, position: usize) -> Result<()> {
        self.browser.go_to(&format!("{}/office/{position}", self.url)).await?;
        self.at_office(position).await
    }

    /// Waits until something in the page is so.
    pub(crate) async fn until(&self, condition: &str) -> Result<()> {
        for _ in 0..600 {
            let script = format!("return Boolean({condition})");
            // A page that gives way to the next one answers nothing.
            if self.browser.run(&script, Vec::new()).await.ok() == Some(Value::Bool(true)) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.browser.screenshot("never").await?;
        anyhow::bail!("it never was so: {condition}")
    }

    /// The words of the page.
    pub(crate) async fn says(&self, words: &str) -> Result<()> {
        self.until(&format!("document.body.innerText.includes({})", json!(words))).await
    }

    /// No ballot, or this many, lie at the server.
    pub(crate) fn stored(&self, ballots: usize) -> Result<()> {
        let stored = self.hall.stored().len();
        ensure!(stored == ballots, "{stored} ballots are stored in place of {ballots}");
        Ok(())
    }
}
