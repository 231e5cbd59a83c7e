use maud::{Markup, html};

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column<'a> {
    /// Its heading, in the language of the page.
    pub heading: &'a str,
    /// Whether it holds numbers, which line up at their end.
    pub numeric: bool,
}

impl<'a> Column<'a> {
    /// A column of words.
    #[must_use]
    pub const fn words(heading: &'a str) -> Self {
        Self { heading, numeric: false }
    }

    /// A column of numbers.
    #[must_use]
    pub const fn numbers(heading: &'a str) -> Self {
        Self { heading, numeric: true }
    }
}

/// What stands in one cell.
pub type Cell = Markup;

/// A row of a table.
#[derive(Debug)]
pub struct Row {
    /// One cell for each column.
    pub cells: Vec<Cell>,
    /// Whether the row is set off, as the bottom ten are; the cells must say so in words too.
    pub flagged: bool,
}

impl From<Vec<Cell>> for Row {
    fn from(cells: Vec<Cell>) -> Self {
        Self { cells, flagged: false }
    }
}

/// A table whose header stays in sight and whose rows become small cards on a phone, where each cell says its
/// column's heading itself.
#[must_use]
pub fn table(caption: &str, columns: &[Column<'_>], rows: impl IntoIterator<Item = Row>) -> Markup {
    let class = |column: &Column<'_>| column.numeric.then_some("number");
    html! {
        table class="stacking" {
            caption { (caption) }
            thead { tr { @for column in columns { th scope="col" class=[class(column)] { (column.heading) } } } }
            tbody {
                @for row in rows {
                    tr class=[row.flagged.then_some("flagged")] {
                        @for (column, cell) in columns.iter().zip(&row.cells) {
                            td class=[class(column)] data-label=(column.heading) { (cell) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_knows_the_heading_of_its_column() {
        let columns = [Column::words("股室"), Column::numbers("得分")];
        let row = Row { flagged: true, ..Row::from(vec![html! { "综合股" }, html! { "91.20" }]) };
        let markup = table("排名", &columns, [row]).into_string();
        assert!(markup.contains(r#"<td data-label="股室">综合股</td>"#));
        assert!(markup.contains(r#"<td class="number" data-label="得分">91.20</td>"#));
        assert!(markup.contains(r#"<tr class="flagged">"#));
    }
}
