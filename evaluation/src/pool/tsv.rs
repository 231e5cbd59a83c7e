//! `pool.tsv`: written from a [`Pool`], and read back without normalising anything (draw specification §3).

use std::collections::BTreeSet;

use super::{Category, Half, Member, Pool, PoolFileError};
use crate::draw::canon::{self, Kind, Line, is_forbidden};

const REQUIRED: [&str; 3] = ["id", "half", "category"];

impl Pool {
    /// The canonical `pool.tsv`.
    #[must_use]
    pub fn to_tsv(&self) -> String {
        let mut text = Kind::Pool.first_line();
        let others = self.columns.iter().map(String::as_str);
        canon::push_line(&mut text, &REQUIRED.into_iter().chain(others).collect::<Vec<_>>());
        for member in &self.members {
            let required = [member.id.as_str(), member.half.letter(), member.category.as_str()];
            let others = member.cells.iter().map(String::as_str);
            canon::push_line(&mut text, &required.into_iter().chain(others).collect::<Vec<_>>());
        }
        text
    }

    /// Reads a published `pool.tsv`. Only the canonical form is taken, so that [`Pool::to_tsv`] gives the same bytes.
    ///
    /// # Errors
    /// The first line that is not as the draw specification §3 wants it.
    pub fn from_tsv(bytes: &[u8]) -> Result<Self, PoolFileError> {
        let lines = canon::read(bytes, Kind::Pool)?;
        let (header, rows) = lines.split_first().ok_or(PoolFileError::Header)?;
        let columns = read_header(header)?;
        let mut members: Vec<Member> = Vec::with_capacity(rows.len());
        let mut taken = BTreeSet::new();
        for row in rows {
            let member = read_member(row, columns.len())?;
            if members.last().is_some_and(|last| last.id > member.id) {
                return Err(PoolFileError::Order { line: row.number });
            }
            if !taken.insert(member.id.folded()) {
                return Err(PoolFileError::RepeatedId { line: row.number, id: member.id });
            }
            members.push(member);
        }
        Ok(Self { columns, members })
    }
}

fn read_header(header: &Line<'_>) -> Result<Vec<String>, PoolFileError> {
    let others = match header.cells.strip_prefix(&REQUIRED) {
        Some(others) if header.cells.iter().all(|cell| is_clean(cell) && !cell.is_empty()) => others,
        _ => return Err(PoolFileError::Header),
    };
    if !others.is_sorted_by(|one, other| one < other) || others.iter().any(|other| REQUIRED.contains(other)) {
        return Err(PoolFileError::Header);
    }
    Ok(others.iter().map(|&other| other.to_owned()).collect())
}

fn read_member(row: &Line<'_>, others: usize) -> Result<Member, PoolFileError> {
    let line = row.number;
    let (&[id, half, category], cells) = match row.cells.split_first_chunk() {
        Some((required, cells)) if cells.len() == others => (required, cells),
        _ => return Err(PoolFileError::Width { line }),
    };
    if !row.cells.iter().all(|cell| is_clean(cell)) {
        return Err(PoolFileError::Cell { line });
    }
    Ok(Member {
        id: id.parse().map_err(|_| PoolFileError::Id { line })?,
        half: Half::from_letter(half).ok_or(PoolFileError::UnknownHalf { line })?,
        category: Category::new(category).ok_or(PoolFileError::EmptyCategory { line })?,
        cells: cells.iter().map(|&cell| cell.to_owned()).collect(),
    })
}

/// Whether the cell is as an import leaves it, as far as no table of normal forms is needed to say so.
fn is_clean(cell: &str) -> bool {
    !cell.chars().any(is_forbidden) && cell.trim() == cell
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOL: &str =
        "public-draw/1\tpool\nid\thalf\tcategory\tage\tname\nP1\tA\t农民\t\t李伟\nP2\tB\t农民\t7\t王芳\n";

    fn error(from: &str, to: &str) -> PoolFileError {
        assert!(POOL.contains(from));
        Pool::from_tsv(POOL.replacen(from, to, 1).as_bytes()).unwrap_err()
    }

    #[test]
    fn the_canonical_form_is_read_and_written_unchanged() {
        assert_eq!(Pool::from_tsv(POOL.as_bytes()).unwrap().to_tsv(), POOL);
    }

    #[test]
    fn everything_but_the_canonical_form_is_refused() {
        assert_eq!(error("P1", "P3"), PoolFileError::Order { line: 4 });
        assert_eq!(error("P2", "p1"), PoolFileError::RepeatedId { line: 4, id: "p1".parse().unwrap() });
        assert_eq!(error("P1", "P 1"), PoolFileError::Id { line: 3 });
        assert_eq!(error("A\t", "a\t"), PoolFileError::UnknownHalf { line: 3 });
        assert_eq!(error("农民", ""), PoolFileError::EmptyCategory { line: 3 });
        assert_eq!(error("农民", "农民 "), PoolFileError::Cell { line: 3 });
        assert_eq!(error("农民", "农\u{200b}民"), PoolFileError::Cell { line: 3 });
        assert_eq!(error("\t李伟", ""), PoolFileError::Width { line: 3 });
        assert_eq!(error("\t李伟", "\t李伟\t"), PoolFileError::Width { line: 3 });
        assert_eq!(error("王芳\n", "王芳\n\n"), PoolFileError::Width { line: 5 });
        for header in
            ["id\tcategory\thalf\tage\tname", "id\thalf\tcategory\tname\tage", "id\thalf\tcategory\tage\tage"]
        {
            assert_eq!(error("id\thalf\tcategory\tage\tname", header), PoolFileError::Header);
        }
    }
}
