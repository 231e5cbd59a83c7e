use std::fmt::Write as _;

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// The text does not fit into the largest QR symbol (about 2,300 bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QrTooLong;

impl std::fmt::Display for QrTooLong {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("二维码放不下这么长的内容 the text is too long for a QR picture")
    }
}

impl std::error::Error for QrTooLong {}

/// A QR picture (error correction level M) of `text`, with the quiet zone of four modules that scanners need.
/// `label` is what a screen reader says instead of the picture.
///
/// # Errors
/// [`QrTooLong`] if the text does not fit.
pub fn qr_svg(text: &str, label: &str) -> Result<Markup, QrTooLong> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| QrTooLong)?;
    let width = code.width();
    let side = width + 2 * QUIET_ZONE;
    let path = modules(&code.to_colors(), width);
    Ok(html! {
        svg class="qr" viewBox={ "0 0 " (side) " " (side) } role="img" aria-label=(label) shape-rendering="crispEdges" {
            path d=(path) {}
        }
    })
}

/// The dark modules, one horizontal run after the other.
fn modules(colors: &[Color], width: usize) -> String {
    let mut path = String::new();
    for (y, row) in colors.chunks(width.max(1)).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            if run.first() == Some(&Color::Dark) {
                // Writing to a String cannot fail.
                let _ =
                    write!(path, "M{} {}h{}v1h-{}z", x + QUIET_ZONE, y + QUIET_ZONE, run.len(), run.len());
            }
            x += run.len();
        }
    }
    path
}

const QUIET_ZONE: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_its_quiet_zone_and_a_label() {
        let picture = qr_svg("3yVq8K1abc", "回执码").unwrap().into_string();
        assert!(picture.contains(r#"viewBox="0 0 29 29""#), "version 1 is 21 modules wide: {picture}");
        assert!(picture.contains("M4 4h7v1h-7z"), "the finder pattern starts inside the quiet zone");
        assert!(picture.contains(r#"aria-label="回执码""#));
    }

    #[test]
    fn a_text_that_does_not_fit_is_an_error() {
        assert_eq!(qr_svg(&"长".repeat(2_000), "").unwrap_err(), QrTooLong);
    }
}
