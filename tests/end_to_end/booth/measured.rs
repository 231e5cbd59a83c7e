//! Sizes on the panel, in millimetres and points; nothing cut off, nothing to scroll sideways.

use anyhow::{Result, ensure};
use appearance::Language;
use kiosk::booth::pages::TextSize;
use serde::Deserialize;
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
            let mut layouts = vec![Layout::default(); sizes(language).len()];
            for screen in &gallery.screens {
                gallery.show(&browser, screen).await?;
                for (text_size, layout) in sizes(language).iter().copied().zip(&mut layouts) {
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
                    layout.add(&title, found)?;
                }
            }
            wrong.extend(layouts.iter().flat_map(Layout::faults));
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

/// Where things stand on the screens of one panel, language and text size, in pixels.
#[derive(Clone, Default)]
struct Layout {
    screens: Vec<(String, Places)>,
}

/// Left, top, right, bottom.
type Edges = [f64; 4];

/// What `measure.js` found of one screen.
#[derive(Clone, Deserialize)]
struct Places {
    foot: Vec<Edges>,
    casts: Vec<Pressed>,
    others: Vec<Pressed>,
}

/// Something to press.
#[derive(Clone, Deserialize)]
struct Pressed {
    name: String,
    edges: Edges,
}

impl Layout {
    fn add(&mut self, title: &str, found: Value) -> Result<()> {
        self.screens.push((title.to_owned(), serde_json::from_value(found)?));
        Ok(())
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let with_foot: Vec<_> = self.screens.iter().filter(|(_, places)| !places.foot.is_empty()).collect();
        if let Some(((first, expected), rest)) = with_foot.split_first() {
            let moved = rest.iter().filter(|(_, places)| places.foot != expected.foot);
            faults.extend(moved.map(|(title, places)| {
                format!(
                    "{title}: the four places are at {:?}, on {first} at {:?}",
                    places.foot, expected.foot
                )
            }));
        }
        for (title, cast) in
            self.screens.iter().flat_map(|(title, places)| places.casts.iter().map(move |cast| (title, cast)))
        {
            for (other_title, places) in &self.screens {
                let under = places.others.iter().filter(|other| overlap(cast.edges, other.edges));
                faults.extend(under.map(|other| {
                    format!("{other_title}: {} stands where {} is on {title}", other.name, cast.name)
                }));
            }
        }
        faults
    }
}

/// Whether a finger can find both at one place.
fn overlap([left, top, right, bottom]: Edges, other: Edges) -> bool {
    let [other_left, other_top, other_right, other_bottom] = other;
    right.min(other_right) - left.max(other_left) > 1.0 && bottom.min(other_bottom) - top.max(other_top) > 1.0
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
