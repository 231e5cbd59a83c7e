//! Pictures of all screens, to be looked at: `tests/output/booth_pictures/screenshots`. A sampled run has those of one panel,
//! `tests/run --full` (or `PINGYI_TEST_FULL=1`) those of all.

use anyhow::{Result, ensure};
use support::{browser::Browser, place::Place, sample::runs_in_full};

use crate::gallery::{Gallery, LARGEST, PANELS, STANDARD};

#[tokio::test]
async fn every_screen_can_be_looked_at_on_every_panel() -> Result<()> {
    let place = Place::new("booth_pictures")?;
    let browser = Browser::open(&place, "chromedriver", 1080, 1920).await?;
    let mut pictures = 0_usize;
    let panels = if runs_in_full() { &PANELS[..] } else { &PANELS[..1] };
    for panel in panels.iter().copied() {
        browser.set_viewport(panel.width, panel.height).await?;
        let gallery = Gallery::open(panel, STANDARD).await?;
        for screen in &gallery.screens {
            gallery.show(&browser, screen).await?;
            for wish in [STANDARD, LARGEST] {
                gallery.change(&browser, wish).await?;
                browser.screenshot(&gallery.title(screen, wish)).await?;
                pictures = pictures.saturating_add(1);
            }
        }
    }
    ensure!(pictures > 70 * panels.len(), "only {pictures} pictures");
    browser.close().await
}
