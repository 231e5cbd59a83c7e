use std::fmt::Write as _;

use maud::{Markup, html};

use crate::parts::grade_icon;

/// How many ballots gave one grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share<'a> {
    /// Name of the grade, in the language of the page.
    pub label: &'a str,
    /// Ballots that gave it.
    pub count: u64,
}

/// A horizontal bar, divided among up to four grades in the order of the rules. Each part has its own colour and
/// its own pattern, and says its name and number when pointed at; the whole says everything to a screen reader.
#[must_use]
pub fn bar(shares: &[Share<'_>]) -> Markup {
    let total: u64 = shares.iter().map(|share| share.count).sum();
    let mut before = 0;
    let mut parts = Vec::new();
    for (index, share) in shares.iter().enumerate() {
        let (start, end) = (position(before, total), position(before + share.count, total));
        before += share.count;
        if share.count > 0 {
            parts.push((index, share, start, end - start));
        }
    }
    html! {
        svg class="bar" viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(summary(shares)) {
            @for (index, share, start, width) in parts {
                svg x=(hundredths(start)) y="0" width=(hundredths(width)) height=(HEIGHT) {
                    title { (share.label) " " (share.count) " / " (total) }
                    rect class={ "grade-fill-" (index + 1) } width=(WIDTH) height=(HEIGHT) {}
                    path class={ "grade-pattern grade-pattern-" (index + 1) } d=(pattern(index, width / 100 + 1)) {}
                }
            }
            rect class="frame" x="0.5" y="0.5" width=(WIDTH - 1) height=(HEIGHT - 1) {}
        }
    }
}

/// What the colours, patterns and signs of the grades mean; one legend serves all bars of a page.
#[must_use]
pub fn legend(labels: &[&str]) -> Markup {
    html! {
        ul class="legend" {
            @for (index, label) in labels.iter().enumerate() {
                li {
                    svg class="swatch" viewBox={ "0 0 48 " (HEIGHT) } aria-hidden="true" {
                        rect class={ "grade-fill-" (index + 1) } width="48" height=(HEIGHT) {}
                        path class={ "grade-pattern grade-pattern-" (index + 1) } d=(pattern(index, 48)) {}
                        rect class="frame" x="0.5" y="0.5" width="47" height=(HEIGHT - 1) {}
                    }
                    (grade_icon(index)) span { (label) }
                }
            }
        }
    }
}

fn summary(shares: &[Share<'_>]) -> String {
    let parts: Vec<String> = shares.iter().map(|share| format!("{} {}", share.label, share.count)).collect();
    parts.join(", ")
}

/// Where `count` of `total` ends on the bar, in hundredths of a unit.
fn position(count: u64, total: u64) -> u64 {
    (count * WIDTH * 100).checked_div(total).unwrap_or(0)
}

fn hundredths(length: u64) -> String {
    format!("{}.{:02}", length / 100, length % 100)
}

/// Lines that fill a part of that width: none, upright, dots, rising.
fn pattern(index: usize, width: u64) -> String {
    let mut path = String::new();
    let steps = |step: usize| (0..=width + HEIGHT).step_by(step);
    // Writing to a String cannot fail.
    match index {
        1 => steps(8).for_each(|x| {
            let _ = write!(path, "M{} 0v{HEIGHT}", x + 4);
        }),
        2 => steps(8).for_each(|x| {
            let _ = write!(path, "M{} 6v.1M{} 12v.1M{} 18v.1", x + 4, x + 8, x + 4);
        }),
        3 => steps(9).for_each(|x| {
            let _ = write!(path, "M{x} 0l-{HEIGHT} {HEIGHT}");
        }),
        _ => {}
    }
    path
}

const WIDTH: u64 = 320;
const HEIGHT: u64 = 24;

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(counts: [u64; 4]) -> [Share<'static>; 4] {
        let mut labels = ["满意", "较满意", "一般", "不满意"].into_iter();
        counts.map(|count| Share { label: labels.next().unwrap(), count })
    }

    #[test]
    fn the_parts_fill_the_whole_bar_and_none_is_drawn_for_nothing() {
        let markup = bar(&shares([1, 1, 0, 1])).into_string();
        assert!(markup.contains(r#"<svg x="0.00" y="0" width="106.66""#));
        assert!(markup.contains(r#"<svg x="213.33" y="0" width="106.67""#));
        assert_eq!(markup.matches("<title>").count(), 3);
        assert!(markup.contains(r#"aria-label="满意 1, 较满意 1, 一般 0, 不满意 1""#));
    }

    #[test]
    fn a_bar_without_ballots_is_an_empty_frame() {
        let markup = bar(&shares([0, 0, 0, 0])).into_string();
        assert!(!markup.contains("<title>") && markup.contains("class=\"frame\""));
    }

    #[test]
    fn grades_differ_by_pattern_and_not_by_colour_alone() {
        let patterns: std::collections::BTreeSet<String> = (0..4).map(|index| pattern(index, 48)).collect();
        assert_eq!(patterns.len(), 4);
    }
}
