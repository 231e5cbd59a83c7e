//! Pictures of all screens, to be looked at: `tests/output/booth_pictures/screenshots`. A sampled run has those of one panel,
//! `tests/run --full` (or `PINGYI_TEST_FULL=1`) those of all, in both languages; `PINGYI_TEST_ONLY=group,opened` those whose name has
//! one of these parts.

use anyhow::{Result, ensure};
use appearance::Language;
use kiosk::booth::pages::TextSize;
use support::{browser::Browser, place::Place, sample::runs_in_full};

use crate::gallery::{Gallery, LARGEST, PANELS, STANDARD, Wish};

const SMALLEST: Wish = Wish { text_size: TextSize::Small, ..STANDARD };

#[tokio::test]
async fn every_screen_can_be_looked_at_on_every_panel() -> Result<()> {
    let place = Place::new("booth_pictures")?;
    let browser = Browser::open(&place, "chromedriver", 1080, 1920).await?;
    let panels = if runs_in_full() { &PANELS[..] } else { &PANELS[..1] };
    for panel in panels.iter().copied() {
        browser.set_viewport(panel.width, panel.height).await?;
        for (language, wishes) in wishes() {
            let gallery = Gallery::open(panel, Wish { language, ..STANDARD }).await?;
            ensure!(!gallery.screens.is_empty(), "there is no such screen");
            for screen in &gallery.screens {
                gallery.show(&browser, screen).await?;
                for wish in wishes {
                    let wish = Wish { language, ..*wish };
                    gallery.change(&browser, wish).await?;
                    browser.screenshot(&gallery.title(screen, wish)).await?;
                }
            }
        }
    }
    browser.close().await
}

/// How the screens are looked at, in each language.
fn wishes() -> Vec<(Language, &'static [Wish])> {
    if runs_in_full() {
        vec![(Language::Chinese, &[SMALLEST, STANDARD, LARGEST]), (Language::English, &[STANDARD, LARGEST])]
    } else {
        vec![(Language::Chinese, &[STANDARD, LARGEST])]
    }
}
