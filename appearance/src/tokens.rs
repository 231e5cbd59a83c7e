//! Checks of the palette in `style/tokens.css`.

const TOKENS: &str = include_str!("style/tokens.css");

/// Text on its ground: at least 4.5:1 (WCAG 2.2, 1.4.3).
const WORDS: [(&str, &str); 25] = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "sunk"),
    ("ink", "teal-soft"),
    ("ink", "sun"),
    ("ink", "sun-soft"),
    ("ink", "info-soft"),
    ("ink", "problem-soft"),
    ("muted", "paper"),
    ("muted", "surface"),
    ("muted", "sunk"),
    ("muted", "sun-soft"),
    ("teal", "surface"),
    ("teal", "paper"),
    ("teal", "teal-soft"),
    ("on-teal", "teal"),
    ("on-teal", "teal-deep"),
    ("link", "paper"),
    ("link", "surface"),
    ("link", "sunk"),
    ("sun-ink", "sun-soft"),
    ("info", "info-soft"),
    ("problem", "problem-soft"),
    ("problem", "surface"),
    ("problem", "paper"),
];

/// Signs, frames and rings against what they stand on: at least 3:1 (WCAG 2.2, 1.4.11).
const SIGNS: [(&str, &str); 10] = [
    ("line-strong", "paper"),
    ("line-strong", "surface"),
    ("line-strong", "sunk"),
    ("sun", "teal"),
    ("sun", "teal-deep"),
    ("teal-deep", "paper"),
    ("teal-deep", "surface"),
    ("grade-pattern-2", "grade-2"),
    ("grade-pattern-3", "grade-3"),
    ("grade-pattern-4", "grade-4"),
];

/// The colours of one rule of the style sheet, over those of the standard palette.
fn palette(selector: &str) -> std::collections::BTreeMap<String, String> {
    let rule = |start: &str| {
        TOKENS.split_once(start).and_then(|(_, rest)| rest.split_once('}')).unwrap().0.to_owned()
    };
    let mut colours = std::collections::BTreeMap::new();
    for text in [rule(":root {"), rule(selector)] {
        for line in text.lines() {
            if let Some((name, value)) =
                line.trim().strip_prefix("--").and_then(|line| line.split_once(": #"))
            {
                colours.insert(name.to_owned(), value.trim_end_matches(';').to_owned());
            }
        }
    }
    colours
}

/// Relative luminance of `rrggbb`, 0 to 1 (WCAG 2.2, definitions).
fn luminance(colour: &str) -> f64 {
    let channel = |start: usize| {
        let value = f64::from(u8::from_str_radix(&colour[start..start + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

fn contrast(first: &str, second: &str) -> f64 {
    let (first, second) = (luminance(first), luminance(second));
    (first.max(second) + 0.05) / (first.min(second) + 0.05)
}

fn require(selector: &str, pairs: &[(&str, &str)], least: f64) {
    let colours = palette(selector);
    for (front, ground) in pairs {
        let found = contrast(&colours[*front], &colours[*ground]);
        assert!(found >= least, "{selector} {front} on {ground}: {found:.2} < {least}");
    }
}

#[test]
fn contrast_is_computed_as_wcag_defines_it() {
    assert!((contrast("000000", "ffffff") - 21.0).abs() < 1e-9);
    assert!((contrast("777777", "ffffff") - 4.478).abs() < 0.001);
}

#[test]
fn text_stands_out_from_its_ground() {
    require(":root {", &WORDS, 4.5);
}

#[test]
fn signs_and_frames_stand_out_from_their_ground() {
    require(":root {", &SIGNS, 3.0);
}

#[test]
fn high_contrast_is_higher_still() {
    for selector in ["@media (prefers-contrast: more) {\n  :root {", ":root.high-contrast {"] {
        require(selector, &WORDS, 7.0);
        require(selector, &SIGNS, 4.5);
    }
}

#[test]
fn both_ways_to_high_contrast_give_the_same_palette() {
    assert_eq!(palette("@media (prefers-contrast: more) {\n  :root {"), palette(":root.high-contrast {"));
}
