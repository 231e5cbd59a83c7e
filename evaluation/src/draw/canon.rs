//! The text files of a draw: cells, lines, hashes (draw specification §2).
//!
//! UTF-8, LF line ends with a final one, cells separated by one TAB, and a first line that names the format and the kind
//! of file. So each file and each hashed line can be checked with `sha256sum` alone.
//!
//! There are two formats ([`Version`]). `public-draw/1` (`docs/public-draw-1.md`) is every draw without further quotas;
//! `public-draw/2` (`docs/public-draw-2.md`) is every draw with at least one. `pool.tsv` is locked before the terms are
//! known, so it has the tag `public-draw/1` in both, and so have all hashed lines.

use crate::hash::Sha256Hash;

/// The tag of every hashed line, of `pool.tsv`, and of all files of a draw without further quotas. Hashed lines keep it in
/// `public-draw/2`, so that one shell command checks a ticket of either.
pub const PROTOCOL: &str = "public-draw/1";

/// The format of a draw. Which one follows from the announced terms alone: a draw with further quotas is `public-draw/2`,
/// any other is `public-draw/1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// `public-draw/1`: quotas of categories at most.
    One,
    /// `public-draw/2`: with further quotas, met by drawing again in a published order.
    Two,
}

impl Version {
    /// The tag in the first line of the files of such a draw, `pool.tsv` apart.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::One => PROTOCOL,
            Self::Two => "public-draw/2",
        }
    }
}

/// The kinds of file in a draw folder; each is named after its kind, with `.tsv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The ids of absent representatives, in the order in which the absences were approved.
    Absences,
    /// The announcement, fixed before any randomness exists.
    Announce,
    /// The people of whom some are drawn.
    Pool,
    /// Who was called for whom.
    Replacements,
    /// Everybody's rank, ticket and status.
    Result,
    /// The transcript of the ceremony; its hash is the seed.
    Seed,
}

impl Kind {
    /// The kind as the first line of the file has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absences => "absences",
            Self::Announce => "announce",
            Self::Pool => "pool",
            Self::Replacements => "replacements",
            Self::Result => "result",
            Self::Seed => "seed",
        }
    }

    /// The name of the file in the draw folder.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Absences => "absences.tsv",
            Self::Announce => "announce.tsv",
            Self::Pool => "pool.tsv",
            Self::Replacements => "replacements.tsv",
            Self::Result => "result.tsv",
            Self::Seed => "seed.tsv",
        }
    }

    /// The first line of the file in `public-draw/1`, with its line end.
    pub(crate) fn first_line(self) -> String {
        self.first_line_of(Version::One)
    }

    /// The first line of the file in a draw of this version, with its line end.
    pub(crate) fn first_line_of(self, version: Version) -> String {
        format!("{}\t{}\n", version.tag(), self.name())
    }
}

/// Bytes are not a text file of the draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
pub enum TextError {
    /// A carriage return, as from an editor of another system.
    CarriageReturn {
        /// The line, from 1.
        line: usize,
    },
    /// The first line is not the tag and the kind.
    FirstLine {
        /// What the file must be.
        kind: Kind,
        /// The version that it must have; `None` if either would do.
        version: Option<Version>,
    },
    /// The last line does not end with LF.
    NoFinalLineEnd,
    /// Not UTF-8.
    NotUtf8 {
        /// The line, from 1.
        line: usize,
    },
}

impl TextError {
    /// The error in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::CarriageReturn { line } => {
                format!("第 {line} 行含有回车符，文件可能被其他编辑器另存过；应为 LF 换行。")
            }
            Self::FirstLine { kind, version } => {
                let tags = tags(*version).join("”或“");
                format!("第 1 行应为“{tags}”、制表符和“{}”。", kind.name())
            }
            Self::NoFinalLineEnd => "最后一行没有换行符，文件可能不完整。".to_owned(),
            Self::NotUtf8 { line } => format!("第 {line} 行不是 UTF-8 文本。"),
        }
    }

    /// The error in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::CarriageReturn { line } => {
                format!(
                    "line {line} has a carriage return; an editor may have saved the file again; lines end with LF"
                )
            }
            Self::FirstLine { kind, version } => {
                let tags = tags(*version).join("\" or \"");
                format!("line 1 must be \"{tags}\", a TAB and \"{}\"", kind.name())
            }
            Self::NoFinalLineEnd => "the last line has no line end; the file may be cut off".to_owned(),
            Self::NotUtf8 { line } => format!("line {line} is not UTF-8 text"),
        }
    }
}

fn tags(version: Option<Version>) -> Vec<&'static str> {
    version.map_or_else(|| vec![Version::One.tag(), Version::Two.tag()], |version| vec![version.tag()])
}

/// One line after the first, cut into cells.
#[derive(Clone, Debug)]
pub(crate) struct Line<'a> {
    /// The line in the file, from 1; so the first of these is 2.
    pub(crate) number: usize,
    pub(crate) cells: Vec<&'a str>,
}

/// The lines of a `public-draw/1` file of this kind, without the first. Nothing is normalised.
pub(crate) fn read(bytes: &[u8], kind: Kind) -> Result<Vec<Line<'_>>, TextError> {
    read_version(bytes, kind, Version::One)
}

/// The lines of a file of this kind in a draw of this version, without the first.
pub(crate) fn read_version(bytes: &[u8], kind: Kind, version: Version) -> Result<Vec<Line<'_>>, TextError> {
    match read_any_version(bytes, kind) {
        Ok((found, lines)) if found == version => Ok(lines),
        Ok(_) | Err(TextError::FirstLine { .. }) => {
            Err(TextError::FirstLine { kind, version: Some(version) })
        }
        Err(error) => Err(error),
    }
}

/// The version that a file of this kind says it has, and its lines without the first.
pub(crate) fn read_any_version(bytes: &[u8], kind: Kind) -> Result<(Version, Vec<Line<'_>>), TextError> {
    let text = str::from_utf8(bytes)
        .map_err(|error| TextError::NotUtf8 { line: line_at(bytes, error.valid_up_to()) })?;
    if let Some(position) = text.find('\r') {
        return Err(TextError::CarriageReturn { line: line_at(bytes, position) });
    }
    let body = text.strip_suffix('\n').ok_or(TextError::NoFinalLineEnd)?;
    let mut lines = body.split('\n');
    let first = lines.next().and_then(|line| line.split_once('\t'));
    let version = [Version::One, Version::Two]
        .into_iter()
        .find(|version| first == Some((version.tag(), kind.name())))
        .ok_or(TextError::FirstLine { kind, version: None })?;
    let lines = lines.zip(2..).map(|(line, number)| Line { number, cells: line.split('\t').collect() });
    Ok((version, lines.collect()))
}

/// Appends one line, its cells separated by TAB.
pub(crate) fn push_line(text: &mut String, cells: &[&str]) {
    for (cell, position) in cells.iter().zip(0_usize..) {
        if position > 0 {
            text.push('\t');
        }
        text.push_str(cell);
    }
    text.push('\n');
}

/// SHA-256 of the line `public-draw/1<TAB>purpose<TAB>…<LF>`.
pub(crate) fn hash_line(purpose: &str, cells: &[&str]) -> Sha256Hash {
    Sha256Hash::of(format!("{PROTOCOL}\t{purpose}\t{}\n", cells.join("\t")))
}

/// A whole number as the files write it: digits without sign or leading zero.
pub(crate) fn parse_number(text: &str) -> Option<usize> {
    let well_formed =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if well_formed { text.parse().ok() } else { None }
}

/// Control and invisible characters that may not stand in a cell (draw specification §3). The list is fixed, so that no
/// version of Unicode changes it.
#[must_use]
pub const fn is_forbidden(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
    )
}

fn line_at(bytes: &[u8], position: usize) -> usize {
    bytes.iter().take(position).filter(|byte| **byte == b'\n').count().saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(bytes: &[u8]) -> TextError {
        read(bytes, Kind::Pool).unwrap_err()
    }

    #[test]
    fn only_lf_text_with_its_tag_is_read() {
        let lines = read("public-draw/1\tpool\na\tb\n\n".as_bytes(), Kind::Pool).unwrap();
        assert_eq!(lines[0].cells, ["a", "b"]);
        assert_eq!((lines[1].number, lines[1].cells.as_slice()), (3, [""].as_slice()));
        assert_eq!(error(b""), TextError::NoFinalLineEnd);
        assert_eq!(error(b"public-draw/1\tpool"), TextError::NoFinalLineEnd);
        assert_eq!(error(b"public-draw/1\tpool\na\r\n"), TextError::CarriageReturn { line: 2 });
        assert_eq!(error(b"public-draw/1\tpool\n\n\xff\n"), TextError::NotUtf8 { line: 3 });
        for first in [
            "public-draw/1\tseed",
            "public-draw/1 pool",
            "\u{feff}public-draw/1\tpool",
            "public-draw/1\tpool\t",
            "public-draw/2\tpool",
        ] {
            let wrong = TextError::FirstLine { kind: Kind::Pool, version: Some(Version::One) };
            assert_eq!(error(format!("{first}\n").as_bytes()), wrong);
        }
    }

    #[test]
    fn a_file_says_which_format_it_has() {
        let second = Kind::Seed.first_line_of(Version::Two);
        assert_eq!(second, "public-draw/2\tseed\n");
        assert_eq!(read_any_version(second.as_bytes(), Kind::Seed).unwrap().0, Version::Two);
        let wrong = read_version(second.as_bytes(), Kind::Seed, Version::One).unwrap_err();
        assert!(wrong.zh().contains("“public-draw/1”") && wrong.en().contains("public-draw/1"), "{wrong}");
        let neither = read_any_version(b"public-draw/3\tseed\n", Kind::Seed).unwrap_err();
        assert!(neither.zh().contains("public-draw/1”或“public-draw/2"), "{neither}");
    }

    #[test]
    fn numbers_have_one_spelling() {
        assert_eq!(["0", "7", "50"].map(parse_number), [Some(0), Some(7), Some(50)]);
        for bad in ["", "07", "00", "+7", "-7", " 7", "7 ", "7_0", "７", "99999999999999999999999"] {
            assert_eq!(parse_number(bad), None, "{bad:?}");
        }
    }
}
