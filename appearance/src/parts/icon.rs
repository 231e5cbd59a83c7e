use maud::{Markup, html};

use crate::parts::Tone;

/// The sign of the grade at `index` (0 is the first grade): circle, square, diamond, triangle, and a cross bar for
/// anything further. The shapes are equal in weight and say nothing good or bad.
#[must_use]
pub fn grade_icon(index: usize) -> Markup {
    let shape = match index {
        0 => "M24 7a17 17 0 1 0 0 34 17 17 0 1 0 0-34z",
        1 => "M9 9h30v30H9z",
        2 => "M24 4l20 20-20 20L4 24z",
        3 => "M24 7l19 33H5z",
        _ => "M8 24h32",
    };
    html! {
        svg class="grade-icon" viewBox="0 0 48 48" aria-hidden="true" {
            path d=(shape) stroke-width="5" stroke-linejoin="round" stroke-linecap="round" {}
        }
    }
}

/// The sign of an alert's tone: tick, letter i, triangle with a mark, octagon with a cross.
#[must_use]
pub fn tone_icon(tone: Tone) -> Markup {
    let (frame, sign) = match tone {
        Tone::Done => ("M24 4a20 20 0 1 0 0 40 20 20 0 1 0 0-40z", "M14 25l7 7 14-15"),
        Tone::Note => ("M24 4a20 20 0 1 0 0 40 20 20 0 1 0 0-40z", "M24 22v12M24 14v.5"),
        Tone::Warning => ("M24 5l21 37H3z", "M24 18v12M24 36v.5"),
        Tone::Problem => ("M16 4h16l12 12v16L32 44H16L4 32V16z", "M17 17l14 14M31 17L17 31"),
    };
    html! {
        svg viewBox="0 0 48 48" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="4"
            stroke-linecap="round" stroke-linejoin="round" {
            path d=(frame) {} path d=(sign) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_grades_have_four_different_signs() {
        let mut signs: Vec<String> = (0..4).map(|index| grade_icon(index).into_string()).collect();
        signs.dedup();
        assert_eq!(signs.len(), 4);
    }
}
