//! The publication: the folder from which anybody can recompute draw, tally and ranking.
//!
//! [`mod@write`] makes its files, [`verify`] judges them. Whatever can be recomputed is recomputed and compared to the
//! byte; the rest is tied to the election, to the trustees' signatures, or to the signature over `SHA256SUMS`.

pub mod closing;
pub mod command;
pub mod exception;
pub mod reconciliation;
pub mod report;
pub mod signature;
pub mod source;
pub mod verify;
pub mod write;

/// The names of the files.
pub mod file {
    /// Rules and dates.
    pub const EDITION: &str = "edition.json";
    /// The rated offices.
    pub const OFFICES: &str = "offices.csv";
    /// Where the files of the draw lie.
    pub const DRAW: &str = "draw/";
    /// The ranking for spreadsheets.
    pub const RANKING_CSV: &str = "ranking.csv";
    /// The ranking for programs.
    pub const RANKING_JSON: &str = "ranking.json";
    /// The sanctions in force at the reveal.
    pub const SANCTIONS: &str = "sanctions.csv";
    /// Ties at a cut that the leading group decided, if any.
    pub const DECISIONS: &str = "decisions.csv";
    /// What was true when the poll closed, signed by the trustees.
    pub const CLOSING: &str = "closing.json";
    /// Persons, cards and ballots.
    pub const RECONCILIATION: &str = "reconciliation.json";
    /// The head of the commission's log.
    pub const LOG_HEAD: &str = "log-head.txt";
    /// The SHA-256 values of all other files.
    pub const SUMS: &str = "SHA256SUMS";
    /// The signature over them.
    pub const SUMS_SIGNATURE: &str = "SHA256SUMS.sig";
    /// How the name of the archive ends.
    pub const ARCHIVE_SUFFIX: &str = ".bel";
    /// The files of a draw that must be there.
    pub const DRAW_REQUIRED: [&str; 4] = ["pool.tsv", "announce.tsv", "seed.tsv", "result.tsv"];
    /// The files of a draw that are there after an absence.
    pub const DRAW_OPTIONAL: [&str; 2] = ["absences.tsv", "replacements.tsv"];

    /// Whether a publication has a file of this name.
    #[must_use]
    pub fn is_known(name: &str) -> bool {
        let drawn = |name: &str| DRAW_REQUIRED.iter().chain(&DRAW_OPTIONAL).any(|known| *known == name);
        let single = [
            EDITION,
            OFFICES,
            RANKING_CSV,
            RANKING_JSON,
            SANCTIONS,
            DECISIONS,
            CLOSING,
            RECONCILIATION,
            LOG_HEAD,
            SUMS,
            SUMS_SIGNATURE,
        ];
        single.contains(&name)
            || name.strip_prefix(DRAW).is_some_and(drawn)
            || (name.ends_with(ARCHIVE_SUFFIX) && !name.contains('/'))
    }
}

use serde::Serialize;

/// JSON as the publication writes it: indented by two spaces, fields in the order of the types, LF at the end.
fn to_pretty_json(value: &impl Serialize) -> String {
    // The types have text keys and no fallible serialisation.
    let mut json = serde_json::to_string_pretty(value).unwrap_or_default();
    json.push('\n');
    json
}
