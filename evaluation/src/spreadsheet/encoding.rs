//! Which encoding a text file is in.

use std::borrow::Cow;

use encoding_rs::GB18030;

use super::SpreadsheetError;

/// The encoding in which a file was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without byte order mark.
    Utf8,
    /// UTF-8 that starts with a byte order mark, as spreadsheet programs write it.
    Utf8WithMark,
    /// GB18030, of which GBK and GB2312 are parts.
    Gb18030,
    /// No text file but an Excel workbook.
    Workbook,
}

impl Encoding {
    /// The encoding's name for a reader of Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8WithMark => "UTF-8（带 BOM）",
            Self::Gb18030 => "GBK（GB18030）",
            Self::Workbook => "Excel 工作簿",
        }
    }

    /// The encoding's name for a reader of English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8WithMark => "UTF-8 with byte order mark",
            Self::Gb18030 => "GBK (GB18030)",
            Self::Workbook => "an Excel workbook",
        }
    }
}

/// The text in `bytes`; a byte order mark of UTF-8 is left in.
pub(super) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), SpreadsheetError> {
    if is_markup(bytes) {
        return Err(SpreadsheetError::WebPage);
    }
    if let Ok(text) = str::from_utf8(bytes) {
        let marked = text.starts_with('\u{feff}');
        return Ok((text.into(), if marked { Encoding::Utf8WithMark } else { Encoding::Utf8 }));
    }
    if is_mostly_utf8(bytes) {
        let offset = bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
        let line = bytes.iter().take(offset).filter(|byte| **byte == b'\n').count().saturating_add(1);
        return Err(SpreadsheetError::DamagedUtf8 { line });
    }
    match GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) if text.chars().all(is_plausible) => Ok((text, Encoding::Gb18030)),
        _ => Err(SpreadsheetError::UnknownEncoding),
    }
}

/// Some systems export web pages or XML under the name of a workbook.
fn is_markup(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes).trim_ascii_start();
    let start = bytes.get(..bytes.len().min(14)).unwrap_or(bytes).to_ascii_lowercase();
    [&b"<html"[..], b"<!doctype html", b"<?xml", b"<table"].iter().any(|markup| start.starts_with(markup))
}

/// GBK text hardly ever contains a three-byte UTF-8 sequence, so more of these than broken places mean damaged UTF-8,
/// which must not be read as GBK: every name in it would come out as other characters.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut wide, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        wide = wide.saturating_add(chunk.valid().chars().filter(|c| c.len_utf8() >= 3).count());
        broken = broken.saturating_add(usize::from(!chunk.invalid().is_empty()));
    }
    bytes.starts_with("\u{feff}".as_bytes()) || wide > broken
}

/// Bytes that are not GB18030 mostly decode to control or private use characters.
fn is_plausible(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{7f}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fffe}'..='\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "id,half,category,name\nP1,A,离退休干部,李伟\nP2,B,农民,张𠮷\n";

    #[test]
    fn utf8_is_read_with_and_without_mark() {
        assert_eq!(decode(TEXT.as_bytes()), Ok((TEXT.into(), Encoding::Utf8)));
        let marked = format!("\u{feff}{TEXT}");
        assert_eq!(decode(marked.as_bytes()), Ok((marked.as_str().into(), Encoding::Utf8WithMark)));
    }

    #[test]
    fn gbk_and_gb18030_are_recognised() {
        let (bytes, _, _) = GB18030.encode(TEXT);
        assert_eq!(decode(&bytes), Ok((TEXT.into(), Encoding::Gb18030)));
        let (bytes, _, _) = encoding_rs::GBK.encode("编号,姓名\n1,王芳\n");
        assert_eq!(decode(&bytes), Ok(("编号,姓名\n1,王芳\n".into(), Encoding::Gb18030)));
    }

    #[test]
    fn damaged_utf8_is_not_mistaken_for_gbk() {
        let mut bytes = TEXT.as_bytes().to_vec();
        let place = TEXT.find('李').unwrap();
        bytes.remove(place);
        assert_eq!(decode(&bytes), Err(SpreadsheetError::DamagedUtf8 { line: 2 }));
        let cut = TEXT.find('𠮷').unwrap() + 1;
        assert_eq!(decode(&TEXT.as_bytes()[..cut]), Err(SpreadsheetError::DamagedUtf8 { line: 3 }));
    }

    #[test]
    fn web_pages_and_utf16_are_refused() {
        assert_eq!(decode(b"\xef\xbb\xbf \n<HTML><table>"), Err(SpreadsheetError::WebPage));
        assert_eq!(decode(b"<?xml version=\"1.0\"?>"), Err(SpreadsheetError::WebPage));
        assert_eq!(decode(b"\xff\xfei\0d\0,\0"), Err(SpreadsheetError::UnknownEncoding));
    }
}
