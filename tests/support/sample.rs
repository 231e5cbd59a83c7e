//! How thorough a run is.

use std::env;

/// Whether `tests/run` was called with `--full`.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place here that reads whether tests/run was called with --full"
)]
pub fn runs_in_full() -> bool {
    env::var("PINGYI_TEST_FULL").is_ok_and(|value| value == "1")
}

/// Whether this one is wanted: everything, unless `PINGYI_TEST_ONLY` names a part of the names that are.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place here that reads what is to be tried alone")]
pub fn is_wanted(name: &str) -> bool {
    env::var("PINGYI_TEST_ONLY").map_or(true, |part| part.split(',').any(|part| name.contains(part)))
}

/// The PostgreSQL that tests may fill, as `tests/run` starts it.
///
/// # Errors
///
/// If there is none; with how to get one.
#[expect(clippy::disallowed_methods, reason = "the one place here that reads where the tests' PostgreSQL is")]
pub fn postgres_url() -> anyhow::Result<String> {
    env::var("PINGYI_TEST_POSTGRES").map_err(|_| {
        anyhow::anyhow!(
            "this test needs PostgreSQL: run tests/run, which starts one, or start one with `tests/postgres.sh start \
             /tmp/pingyi-postgres 55432` and export the line that it prints"
        )
    })
}

/// Places in a file at which to change a byte: both ends and some between; in the full run many more.
#[must_use]
pub fn positions(length: usize) -> Vec<usize> {
    let between = if runs_in_full() { 30 } else { 2 };
    let mut positions: Vec<_> = (0..between).map(|step| length * (2 * step + 1) / (2 * between)).collect();
    positions.extend([0, length.saturating_sub(1)]);
    positions.sort_unstable();
    positions.dedup();
    positions.retain(|position| *position < length);
    positions
}

#[cfg(test)]
mod tests {
    use super::positions;

    #[test]
    fn both_ends_are_always_among_the_positions() {
        for length in [1, 2, 7, 1000] {
            let positions = positions(length);
            assert_eq!((positions.first(), positions.last()), (Some(&0), Some(&(length - 1))));
        }
        assert!(positions(0).is_empty());
    }
}
