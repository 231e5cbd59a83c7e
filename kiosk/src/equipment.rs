//! What stands before the voter at a booth: the panel, and what is plugged in beside it.
//!
//! ```toml
//! [equipment]
//! panel = { width_mm = 194, width_px = 1080 }  # visible width, and the same in CSS pixels
//! keypad = true            # a keypad lies there: the grades show its digits
//! camera = true            # a card may be held before the machine's own camera
//! receipt_printer = true   # the tracker may be printed, on paper 80 mm wide
//! voice = "offered"        # "off", "offered" or "on"; headphones only
//! clips = "/media/voice"   # recorded prompts in place of the browser's voice; a relative path is taken from this file
//! pointer = "auto"         # "auto", "hidden" (a panel that poses as a mouse) or "shown"
//! ```

use std::path::PathBuf;

use serde::Deserialize;

use crate::clips::Clips;

/// What stands before the voter. By default nothing but a panel of unknown size.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Equipment {
    /// How large the panel is; without it the pages guess.
    pub panel: Option<Panel>,
    /// Whether a keypad lies there.
    pub keypad: bool,
    /// Whether cards may be held before the machine's own camera.
    pub camera: bool,
    /// Whether the tracker can be printed.
    pub receipt_printer: bool,
    /// Whether prompts are spoken.
    pub voice: Voice,
    /// The folder of recorded prompts.
    #[serde(rename = "clips")]
    pub clips_folder: Option<PathBuf>,
    /// What was read from it.
    #[serde(skip)]
    pub clips: Clips,
    /// Whether the mouse pointer is shown.
    pub pointer: Pointer,
}

/// The visible width of a panel as it stands, upright or lying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// In millimetres, as measured with a ruler.
    pub width_mm: u16,
    /// In CSS pixels: those of the panel, divided by the scale of the desktop.
    pub width_px: u16,
}

/// Whether prompts are spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// Never.
    #[default]
    Off,
    /// If the voter switches them on.
    Offered,
    /// From the start; what was chosen is spoken only if the voter switches that on.
    On,
}

/// Whether the mouse pointer is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pointer {
    /// Where a mouse is what people point with; not where they touch.
    #[default]
    Auto,
    /// Never.
    Hidden,
    /// Always.
    Shown,
}

/// CSS pixels on a centimetre of any real panel.
const PIXELS_IN_10_MM: std::ops::RangeInclusive<u32> = 20..=400;

impl Panel {
    /// Whether a panel can have this size. Millimetres and pixels exchanged, or inches in their place, are noticed.
    #[must_use]
    pub fn is_possible(self) -> bool {
        let (width_mm, width_px) = (u32::from(self.width_mm), u32::from(self.width_px));
        (80..=3000).contains(&width_mm)
            && width_px >= 320
            && PIXELS_IN_10_MM.contains(&(width_px.saturating_mul(10) / width_mm))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Equipment, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn nothing_is_there_unless_it_is_named() {
        let bare = read("").unwrap();
        assert_eq!(bare, Equipment::default());
        assert!(!bare.camera && !bare.receipt_printer && bare.voice == Voice::Off);
        let full = read(
            "panel = { width_mm = 194, width_px = 1080 }\nkeypad = true\ncamera = true\n\
             receipt_printer = true\nvoice = 'offered'",
        );
        assert_eq!(full.unwrap().panel, Some(Panel { width_mm: 194, width_px: 1080 }));
        assert!(read("printer = true").is_err());
        assert!(read("voice = 'loud'").is_err());
        assert!(read("pointer = 'blinking'").is_err());
        let clips = read("clips = 'voice'").unwrap();
        assert_eq!((clips.clips_folder, clips.clips), (Some("voice".into()), Clips::default()));
    }

    #[test]
    fn sizes_that_no_panel_has_are_noticed() {
        let panel = |width_mm, width_px| Panel { width_mm, width_px }.is_possible();
        for (width_mm, width_px) in [(194, 1080), (217, 1280), (344, 1920), (597, 1920), (151, 1024)] {
            assert!(panel(width_mm, width_px), "{width_mm}");
        }
        assert!(!panel(1080, 194), "exchanged");
        assert!(!panel(8, 1080), "inches");
        assert!(!panel(0, 0));
    }
}
