//! One person of the pool.

use std::{borrow::Borrow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Half of the pool (mission rule 4). The notice names the groups of people in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Half {
    /// Retired cadres and people from outside who invest or trade here.
    A,
    /// Deputies, cadres, managers, shopkeepers and farmers.
    B,
}

/// One value for each half.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PerHalf<T> {
    /// The value for half A.
    pub a: T,
    /// The value for half B.
    pub b: T,
}

/// The id of a pool member: a letter or digit, then at most 31 letters, digits, dots, underscores or hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MemberId(String);

/// A text is no member id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is a letter or digit, then at most 31 letters, digits, dots, underscores or hyphens")]
pub struct MemberIdError;

/// The group of people that a member stands for, such as 农民; never empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Category(String);

/// One person of the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub(super) id: MemberId,
    pub(super) half: Half,
    pub(super) category: Category,
    pub(super) cells: Vec<String>,
}

impl Half {
    /// Both halves, in the order of the files.
    pub const ALL: [Self; 2] = [Self::A, Self::B];

    /// The half's letter.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }

    /// The half with this letter; only `A` and `B` are letters of halves.
    #[must_use]
    pub fn from_letter(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|half| half.letter() == letter)
    }
}

impl fmt::Display for Half {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.letter())
    }
}

impl<T> PerHalf<T> {
    /// The value of each half, made by `make`.
    pub fn from_fn(mut make: impl FnMut(Half) -> T) -> Self {
        Self { a: make(Half::A), b: make(Half::B) }
    }

    /// The value of one half.
    pub const fn of(&self, half: Half) -> &T {
        match half {
            Half::A => &self.a,
            Half::B => &self.b,
        }
    }

    /// The value of one half, to be changed.
    pub const fn of_mut(&mut self, half: Half) -> &mut T {
        match half {
            Half::A => &mut self.a,
            Half::B => &mut self.b,
        }
    }
}

impl MemberId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id with case ignored: two members may not have the same.
    pub(super) fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for MemberId {
    type Err = MemberIdError;

    fn from_str(text: &str) -> Result<Self, MemberIdError> {
        let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        let goes_on_well = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if starts_well && goes_on_well && text.len() <= 32 {
            Ok(Self(text.to_owned()))
        } else {
            Err(MemberIdError)
        }
    }
}

impl TryFrom<String> for MemberId {
    type Error = MemberIdError;

    fn try_from(text: String) -> Result<Self, MemberIdError> {
        text.parse()
    }
}

impl From<MemberId> for String {
    fn from(id: MemberId) -> Self {
        id.0
    }
}

impl Borrow<str> for MemberId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Category {
    /// The category with this name; `None` if the name is empty or cannot stand in a cell.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        if name.is_empty() || name.contains(['\t', '\n', '\r']) { None } else { Some(Self(name.to_owned())) }
    }

    /// The category's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Member {
    /// The member's id.
    #[must_use]
    pub const fn id(&self) -> &MemberId {
        &self.id
    }

    /// The half the member belongs to.
    #[must_use]
    pub const fn half(&self) -> Half {
        self.half
    }

    /// The member's category.
    #[must_use]
    pub const fn category(&self) -> &Category {
        &self.category
    }

    /// The cells of the other columns, in the order of [`Pool::columns`](super::Pool::columns).
    #[must_use]
    pub fn cells(&self) -> &[String] {
        &self.cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_the_pattern_of_the_specification() {
        for good in ["P001", "7", "a.b_c-d", &"x".repeat(32)] {
            assert_eq!(good.parse::<MemberId>().unwrap().as_str(), good);
        }
        for bad in ["", "-P1", ".P1", "P 1", "P1\n", "编号", "P１", &"x".repeat(33)] {
            assert_eq!(bad.parse::<MemberId>(), Err(MemberIdError), "{bad:?}");
        }
    }

    #[test]
    fn there_are_two_halves() {
        assert_eq!(Half::from_letter("B"), Some(Half::B));
        for bad in ["", "a", "C", "A "] {
            assert_eq!(Half::from_letter(bad), None);
        }
    }
}
