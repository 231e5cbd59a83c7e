//! CSV as this program writes it: UTF-8, RFC 4180 quotes only where needed.

/// A table under construction.
#[derive(Debug)]
pub(crate) struct Table {
    text: String,
    line_end: &'static str,
}

impl Table {
    /// A table whose lines end with `line_end`.
    pub(crate) const fn new(line_end: &'static str) -> Self {
        Self { text: String::new(), line_end }
    }

    /// Appends a row.
    pub(crate) fn push<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        for (position, cell) in cells.into_iter().enumerate() {
            if position > 0 {
                self.text.push(',');
            }
            if cell.contains(['"', ',', '\r', '\n']) {
                self.text.push('"');
                self.text.push_str(&cell.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(cell);
            }
        }
        self.text.push_str(self.line_end);
    }

    /// The finished text.
    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

/// Why `text` cannot stand in a cell of a published table, in Chinese and English: it would look like another text, or
/// a spreadsheet program would take it for a formula.
pub(crate) fn cell_fault(text: &str) -> Option<(&'static str, &'static str)> {
    if text.contains(is_invisible) {
        Some((
            "含有看不见的字符，请删去后重新输入",
            "it has an invisible character; delete it and type the cell again",
        ))
    } else if text.starts_with(['=', '+', '-', '@']) {
        Some((
            "不能以 = + - @ 开头，表格软件会当作公式",
            "it begins like a formula; = + - @ cannot come first",
        ))
    } else {
        None
    }
}

/// The characters that the draw specification §3 refuses.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_only_where_needed() {
        let mut table = Table::new("\n");
        table.push(["股室", "a,b", "say \"no\"", ""]);
        assert_eq!(table.into_text(), "股室,\"a,b\",\"say \"\"no\"\"\",\n");
    }

    #[test]
    fn deceptive_cells_are_found() {
        for text in ["水务\u{200b}局", "水务\t局", "=1+1", "@cmd"] {
            assert!(cell_fault(text).is_some(), "{text:?}");
        }
        assert_eq!(cell_fault("水务局水资源管理股（水政）"), None);
    }
}
