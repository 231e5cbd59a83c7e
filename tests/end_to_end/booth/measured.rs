//! Sizes on the panel, in millimetres and points; nothing cut off, nothing to scroll sideways.

use anyhow::{Result, ensure};
use appearance::Language;
use kiosk::booth::pages::TextSize;
use serde_json::{Value, json};
use support::{browser::Browser, place::Place, sample::runs_in_full};

use crate::gallery::{Gallery, PANELS, STANDARD, Wish};

/// Measures the page; answers what is wrong with it, and the smallest grade, gap and text found.
const MEASURE: &str = include_str!("measure.js");

#[tokio::test]
async fn everything_to_press_and_to_read_is_large_enough_and_nothing_is_cut_off() -> Result<()> {
    let place = Place::new("booth_measured")?;
    let browser = Browser::open(&place, "chromedriver", 1080, 1920).await?;
    let mut wrong = Vec::new();
    let mut smallest = Smallest::default();
    for panel in PANELS {
        browser.set_viewport(panel.width, panel.height).await?;
        let pixels = f64::from(panel.width) / f64::from(panel.width_mm);
        for language in [Language::Chinese, Language::English] {
            let gallery = Gallery::open(panel, Wish { language, ..STANDARD }).await?;
            for screen in &gallery.screens {
                gallery.show(&browser, screen).await?;
                for text_size in sizes(language).iter().copied() {
                    let wish = Wish { language, text_size, high_contrast: text_size == TextSize::Largest };
                    gallery.change(&browser, wish).await?;
                    let found = browser.run(MEASURE, vec![json!(pixels)]).await?;
                    let listed = found.get("wrong").and_then(Value::as_array).cloned().unwrap_or_default();
                    let title = gallery.title(screen, wish);
                    if !listed.is_empty() {
                        browser.screenshot(&title).await?;
                    }
                    wrong.extend(listed.iter().map(|wrong| format!("{title}: {wrong}")));
                    smallest.take(&found);
                }
            }
        }
    }
    println!("{smallest:?}");
    ensure!(smallest.text_pt.is_finite() && smallest.target_mm.is_finite(), "nothing was measured");
    ensure!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
    browser.close().await
}

/// The sizes that are measured: in a sampled run the largest, which is the hardest to fit, and the standard one in Chinese.
fn sizes(language: Language) -> &'static [TextSize] {
    match language {
        _ if runs_in_full() => &TextSize::ALL,
        Language::Chinese => &[TextSize::Standard, TextSize::Largest],
        Language::English => &[TextSize::Largest],
    }
}

/// The smallest of everything, in millimetres and points.
#[derive(Debug)]
struct Smallest {
    grade_mm: f64,
    grade_gap_mm: f64,
    target_mm: f64,
    text_pt: f64,
}

impl Default for Smallest {
    fn default() -> Self {
        let none = f64::INFINITY;
        Self { grade_mm: none, grade_gap_mm: none, target_mm: none, text_pt: none }
    }
}

impl Smallest {
    fn take(&mut self, found: &Value) {
        let number = |name| found.get(name).and_then(Value::as_f64).unwrap_or(f64::INFINITY);
        self.grade_mm = self.grade_mm.min(number("grade"));
        self.grade_gap_mm = self.grade_gap_mm.min(number("gap"));
        self.target_mm = self.target_mm.min(number("target"));
        self.text_pt = self.text_pt.min(number("text"));
    }
}
