//! The announcement 公告: everything about the draw that is fixed before any randomness exists (draw specification §4).

mod error;
mod read;

pub use error::AnnounceError;

use super::{
    canon::{Kind, Version, is_forbidden, push_line},
    further::{FeatureQuota, FurtherQuotas},
};
use crate::{
    hash::Sha256Hash,
    pool::{Category, Half, PerHalf},
};

/// What an announcement says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// A name for this draw that no other draw has.
    pub draw_id: String,
    /// The SHA-256 of `pool.tsv`.
    pub pool_sha256: Sha256Hash,
    /// How many people are drawn from each half.
    pub take: PerHalf<usize>,
    /// Floors and ceilings of categories; a category without a quota has the floor 0 and no ceiling.
    pub quotas: Vec<Quota>,
    /// Quotas over other columns of the pool. With them the draw is `public-draw/2`, without them `public-draw/1`.
    pub further_quotas: Option<FurtherQuotas>,
    /// How many decimal digits are thrown with dice; 24 are advised, 0 is allowed.
    pub dice_digits: usize,
    /// A public value that does not exist yet when the envelopes are opened: what, which issue, which digits, in which
    /// order.
    pub public_source: Option<String>,
    /// With fewer valid reveals the draw is void.
    pub min_reveals: usize,
    /// The parties that commit to secrets, in order; the first is party 1. At least two.
    pub parties: Vec<String>,
}

/// How many of a category are drawn from a half, at least and at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The half.
    pub half: Half,
    /// The category.
    pub category: Category,
    /// The floor.
    pub min: usize,
    /// The ceiling; not below the floor.
    pub max: usize,
}

/// A published announcement: its terms, and the exact bytes whose hash all later steps name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    terms: Terms,
    tsv: String,
    hash: Sha256Hash,
}

impl Announcement {
    /// The announcement of `terms`. Whether the pool can fulfil them is asked with
    /// [`Terms::check_feasible`].
    ///
    /// # Errors
    /// If the terms contradict themselves, or a text could not stand in a cell.
    pub fn new(terms: Terms) -> Result<Self, AnnounceError> {
        let texts = terms.parties.iter().chain([&terms.draw_id]).chain(&terms.public_source);
        for text in texts {
            if text.is_empty() || text.trim() != text || text.chars().any(is_forbidden) {
                return Err(AnnounceError::Cell { text: text.clone() });
            }
        }
        if terms.public_source.as_deref() == Some("-") {
            return Err(AnnounceError::Cell { text: "-".to_owned() });
        }
        terms.check()?;
        let tsv = terms.to_tsv();
        let hash = Sha256Hash::of(&tsv);
        Ok(Self { terms, tsv, hash })
    }

    /// Reads a published `announce.tsv`. Keys may come in any order; keys that this version does not know are passed over,
    /// but not twice the same.
    ///
    /// # Errors
    /// The first line that is not as the draw specification §4 wants it, or what is missing.
    pub fn from_tsv(bytes: &[u8]) -> Result<Self, AnnounceError> {
        let terms = read::terms(bytes)?;
        terms.check()?;
        let tsv = String::from_utf8_lossy(bytes).into_owned();
        Ok(Self { terms, tsv, hash: Sha256Hash::of(bytes) })
    }

    /// What is announced.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The format of this draw and of all its files but `pool.tsv`.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.terms.version()
    }

    /// `announce.tsv`, to the byte.
    #[must_use]
    pub fn to_tsv(&self) -> &str {
        &self.tsv
    }

    /// `announce_sha256`: the SHA-256 of the file.
    #[must_use]
    pub const fn hash(&self) -> Sha256Hash {
        self.hash
    }
}

impl Terms {
    /// The format of a draw on these terms.
    #[must_use]
    pub const fn version(&self) -> Version {
        if self.further_quotas.is_some() { Version::Two } else { Version::One }
    }

    /// The checks that need no pool.
    fn check(&self) -> Result<(), AnnounceError> {
        if self.parties.len() < 2 {
            return Err(AnnounceError::TooFewParties);
        }
        if self.min_reveals > self.parties.len() {
            return Err(AnnounceError::TooManyReveals {
                min_reveals: self.min_reveals,
                parties: self.parties.len(),
            });
        }
        let mut seen = std::collections::BTreeSet::new();
        for Quota { half, category, min, max } in &self.quotas {
            if min > max {
                return Err(AnnounceError::FloorAboveCeiling { half: *half, category: category.clone() });
            }
            if !seen.insert((*half, category)) {
                return Err(AnnounceError::RepeatedQuota { half: *half, category: category.clone() });
            }
        }
        Ok(())
    }

    fn to_tsv(&self) -> String {
        let mut text = Kind::Announce.first_line_of(self.version());
        let mut line = |cells: &[&str]| push_line(&mut text, cells);
        line(&["draw_id", &self.draw_id]);
        line(&["pool_sha256", &self.pool_sha256.to_string()]);
        for half in Half::ALL {
            line(&["take", half.letter(), &self.take.of(half).to_string()]);
        }
        for Quota { half, category, min, max } in &self.quotas {
            line(&["quota", half.letter(), category.as_str(), &min.to_string(), &max.to_string()]);
        }
        if let Some(further) = &self.further_quotas {
            for FeatureQuota { column, value, min, max } in further.features() {
                line(&["feature", column, value, &min.to_string(), &max.to_string()]);
            }
            line(&["retry_cap", &further.retry_cap().to_string()]);
        }
        line(&["dice_digits", &self.dice_digits.to_string()]);
        line(&["public_source", self.public_source.as_deref().unwrap_or("-")]);
        line(&["min_reveals", &self.min_reveals.to_string()]);
        line(&["alternates", "ordered"]);
        for (party, number) in self.parties.iter().zip(1_usize..) {
            line(&["party", &number.to_string(), party]);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> Terms {
        Terms {
            draw_id: "2020".to_owned(),
            pool_sha256: Sha256Hash::of(b"pool"),
            take: PerHalf { a: 2, b: 3 },
            quotas: vec![Quota { half: Half::B, category: Category::new("农民").unwrap(), min: 1, max: 2 }],
            further_quotas: None,
            dice_digits: 24,
            public_source: Some("福彩双色球 第2026001期".to_owned()),
            min_reveals: 1,
            parties: vec!["纪委监委".to_owned(), "人大代表".to_owned()],
        }
    }

    fn further() -> FurtherQuotas {
        let quota = |value: &str, min, max| FeatureQuota {
            column: "性别".to_owned(),
            value: value.to_owned(),
            min,
            max,
        };
        FurtherQuotas::new(vec![quota("女", 1, 3), quota("男", 0, 4)], 1_000_000).unwrap()
    }

    #[test]
    fn what_is_announced_is_read_back() {
        for further_quotas in [None, Some(further())] {
            let announcement = Announcement::new(Terms { further_quotas, ..terms() }).unwrap();
            assert_eq!(Announcement::from_tsv(announcement.to_tsv().as_bytes()), Ok(announcement));
        }
    }

    #[test]
    fn further_quotas_make_it_the_second_format() {
        let first = Announcement::new(terms()).unwrap();
        let second = Announcement::new(Terms { further_quotas: Some(further()), ..terms() }).unwrap();
        assert_eq!((first.version(), second.version()), (Version::One, Version::Two));
        let added = "quota\tB\t农民\t1\t2\nfeature\t性别\t女\t1\t3\nfeature\t性别\t男\t0\t4\n\
                     retry_cap\t1000000\n";
        let expected = first.to_tsv().replace("quota\tB\t农民\t1\t2\n", added);
        assert_eq!(second.to_tsv(), expected.replacen("draw/1", "draw/2", 1));
    }

    #[test]
    fn terms_that_contradict_themselves_are_not_announced() {
        let refused = |change: fn(&mut Terms)| {
            let mut terms = terms();
            change(&mut terms);
            Announcement::new(terms).unwrap_err()
        };
        assert_eq!(refused(|terms| terms.parties.truncate(1)), AnnounceError::TooFewParties);
        let many = AnnounceError::TooManyReveals { min_reveals: 3, parties: 2 };
        assert_eq!(refused(|terms| terms.min_reveals = 3), many);
        let cell = |text: &str| AnnounceError::Cell { text: text.to_owned() };
        assert_eq!(refused(|terms| terms.draw_id.clear()), cell(""));
        assert_eq!(refused(|terms| terms.draw_id = "a\tb".to_owned()), cell("a\tb"));
        assert_eq!(refused(|terms| terms.public_source = Some("-".to_owned())), cell("-"));
        let category = Category::new("农民").unwrap();
        assert_eq!(
            refused(|terms| terms.quotas[0].min = 3),
            AnnounceError::FloorAboveCeiling { half: Half::B, category: category.clone() }
        );
        assert_eq!(
            refused(|terms| terms.quotas.push(terms.quotas[0].clone())),
            AnnounceError::RepeatedQuota { half: Half::B, category }
        );
    }
}
