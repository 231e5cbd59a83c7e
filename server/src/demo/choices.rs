//! What the simulated representatives think: every office has a standing, every representative a temper.

use std::fmt::Write as _;

use evaluation::office::Offices;
use evaluation::rules::Rules;
use rand::RngExt as _;
use rand_chacha::ChaCha20Rng;

/// The place of the chosen grade for every office, in their order.
pub(super) type Choices = Vec<usize>;

/// The choices of all representatives.
pub(super) fn simulate(offices: &Offices, representatives: usize, rng: &mut ChaCha20Rng) -> Vec<Choices> {
    let standings: Vec<f64> = offices.iter().map(|_| rng.random_range(0.15..0.95)).collect();
    let mut all = Vec::with_capacity(representatives);
    for _ in 0..representatives {
        let temper = rng.random_range(-0.15..0.15);
        all.push(standings.iter().map(|standing| grade(standing + temper, rng)).collect());
    }
    all
}

/// `simulated-choices.csv`: a row a representative and office, so that anyone can recount.
pub(super) fn to_csv(rules: &Rules, offices: &Offices, all: &[Choices]) -> String {
    let mut csv = String::from("representative,office_number,grade\n");
    for (representative, choices) in (1..).zip(all) {
        for (office, choice) in offices.iter().zip(choices) {
            let grade = rules.grades.get(*choice).map_or("", |grade| grade.name.zh.as_str());
            // Writing to a string cannot fail.
            let _ = writeln!(csv, "{representative},{},{grade}", office.number);
        }
    }
    csv
}

/// Mostly the grade that fits the standing, sometimes a better or worse one.
fn grade(standing: f64, rng: &mut ChaCha20Rng) -> usize {
    let felt = standing + rng.random_range(-0.35..0.35);
    match felt {
        felt if felt > 0.65 => 0,
        felt if felt > 0.40 => 1,
        felt if felt > 0.15 => 2,
        _ => 3,
    }
}
