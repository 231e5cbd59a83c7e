//! Progress for whoever watches: a line a step, and a bar where a step takes long.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Says what has been done.
pub(super) fn done(zh: &str, en: &str) {
    println!("✓ {zh} · {en}");
}

/// A bar that counts to `total`. Where nobody watches it stays silent.
pub(super) fn bar(zh: &str, en: &str, total: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX));
    let template = "  {msg} [{bar:30}] {pos}/{len} {elapsed}";
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(format!("{zh} · {en}"));
    bar
}

/// A sign that something long is under way.
pub(super) fn spinner(zh: &str, en: &str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner();
    spinner.set_message(format!("{zh} · {en} …"));
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}
