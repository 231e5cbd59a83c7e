//! The pool 评议代表库: the reviewed people of whom the representatives are drawn (mission rule 3, draw specification §3).
//!
//! [`Pool::import`] takes what the office's spreadsheet holds and brings it into one canonical form; the SHA-256 of that
//! form, `pool.tsv`, is what the announcement of the draw names. [`Pool::from_tsv`] is for verifiers: it takes the
//! published bytes and never normalises anything.

mod error;
mod feature;
pub mod identity;
mod import;
mod member;
pub mod nomination;
mod personal;
mod tsv;

pub use error::{PoolError, PoolFileError};
pub use feature::Feature;
pub use member::{Category, Half, Member, MemberId, PerHalf};

use crate::hash::Sha256Hash;

/// The pool: members ordered by id, ids unique even when case is ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The columns after id, half and category, in byte order.
    columns: Vec<String>,
    members: Vec<Member>,
}

impl Pool {
    /// The members, ordered by id.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The headings of the columns after id, half and category, in the order of [`Member::cells`].
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The member with this id.
    #[must_use]
    pub fn find(&self, id: &MemberId) -> Option<&Member> {
        let position = self.members.binary_search_by(|member| member.id.cmp(id)).ok()?;
        self.members.get(position)
    }

    /// What `member` has in the column `heading`, such as `name`.
    #[must_use]
    pub fn cell<'a>(&self, member: &'a Member, heading: &str) -> Option<&'a str> {
        let position = self.columns.iter().position(|column| column == heading)?;
        member.cells.get(position).map(String::as_str)
    }

    /// The members of one half, ordered by id.
    pub fn half(&self, half: Half) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.half == half)
    }

    /// How many members each half has.
    #[must_use]
    pub fn sizes(&self) -> PerHalf<usize> {
        PerHalf::from_fn(|half| self.half(half).count())
    }

    /// `pool_sha256`: the SHA-256 of [`Pool::to_tsv`].
    #[must_use]
    pub fn hash(&self) -> Sha256Hash {
        Sha256Hash::of(self.to_tsv())
    }

    /// The pool has the size that the rules ask for, and each half at least as many people as are to be drawn from it.
    ///
    /// # Errors
    /// [`PoolError::Total`] or [`PoolError::HalfTooSmall`].
    pub fn check_size(&self, total: usize, take: &PerHalf<usize>) -> Result<(), PoolError> {
        let sizes = self.sizes();
        for half in Half::ALL {
            let (found, needed) = (*sizes.of(half), *take.of(half));
            if found < needed {
                return Err(PoolError::HalfTooSmall { half, found, needed });
            }
        }
        let found = self.members.len();
        if found == total { Ok(()) } else { Err(PoolError::Total { found, needed: total }) }
    }
}
